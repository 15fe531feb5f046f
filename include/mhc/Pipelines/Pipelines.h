//===- Pipelines.h - From model IR to a device, in one name -----*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MHC_PIPELINES_PIPELINES_H
#define MHC_PIPELINES_PIPELINES_H

#include "mlir/IR/DialectRegistry.h"
#include "mlir/Pass/PassManager.h"
#include "mlir/Pass/PassOptions.h"

namespace mlir::mhc {

/// Options of mhc-to-reference.
struct ReferenceOptions : PassPipelineOptions<ReferenceOptions> {
  Option<bool> round{*this, "round",
                     llvm::cl::desc("Round where the program does"),
                     llvm::cl::init(false)};
};

/// Model, row and token ops, and whatever upstream dialects stand beside them,
/// to linalg, math and arith on tensors: the beginning of the reference.
void buildModelToLinalgPipeline(OpPassManager &pm);

/// Model, row and token ops to kernels on tensors; functions with a body are
/// inlined first, what is no row or token op stays: the beginning of every
/// pipeline to a device.
void buildModelToKernelsPipeline(OpPassManager &pm);

/// To the LLVM dialect for the host, every number computed in f64: the
/// reference.
void buildReferencePipeline(OpPassManager &pm, const ReferenceOptions &options);

/// To the LLVM dialect for the host.
void buildCPUPipeline(OpPassManager &pm);

/// To the LLVM dialect for the host of a program whose kernels are emulated, or
/// run elsewhere: `calls` turns launches and device memory into calls. Buffers
/// live until the program frees them. Loops run in sequence.
void buildEmulatorHostPipeline(OpPassManager &pm, std::unique_ptr<Pass> calls);

/// Every dialect that the pipelines read or make, with the interfaces that they
/// need.
void registerDialects(DialectRegistry &registry);

/// The project's passes and pipelines, and the upstream passes that go with
/// them.
void registerPassesAndPipelines();

} // namespace mlir::mhc

#endif // MHC_PIPELINES_PIPELINES_H
