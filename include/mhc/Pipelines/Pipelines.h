//===- Pipelines.h - From model IR to a device, in one name -----*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MHC_PIPELINES_PIPELINES_H
#define MHC_PIPELINES_PIPELINES_H

#include "mhc/Target/DeviceModule.h"

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

/// What a program on a GPU is made for.
struct GPUOptions {
  std::string chip = "sm_90a";
  /// Whether the program's memory is planned: its results and one workspace
  /// become arguments. Not if its functions allocate for a caller of their own.
  bool planMemory = true;
  /// Whether the plan says when each buffer's life begins and ends, for the
  /// emulator.
  bool markLives = false;
};

/// Options of mhc-to-nvvm.
struct NVVMOptions : PassPipelineOptions<NVVMOptions> {
  Option<std::string> chip{*this, "chip",
                           llvm::cl::desc("The chip, such as sm_80, sm_90a"),
                           llvm::cl::init("sm_90a")};
  Option<std::string> features{
      *this, "features", llvm::cl::desc("Features of the chip, such as +ptx86"),
      llvm::cl::init("")};
  Option<DeviceFormat> format{
      *this, "format", llvm::cl::desc("What each gpu.module becomes"),
      llvm::cl::init(DeviceFormat::LLVM),
      llvm::cl::values(
          clEnumValN(DeviceFormat::GPU, "gpu", "What the lowering makes"),
          clEnumValN(DeviceFormat::LLVM, "llvm", "The LLVM and NVVM dialects"),
          clEnumValN(DeviceFormat::PTX, "ptx", "A gpu.binary with PTX"))};
  Option<unsigned> optLevel{
      *this, "opt-level", llvm::cl::desc("Optimisation of device code, 0 to 3"),
      llvm::cl::init(3)};
  Option<bool> markLives{
      *this, "mark-lives",
      llvm::cl::desc("Say when the buffers of the plan begin and end to live"),
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

/// To launches and device code: what stays on the host is allocations, copies
/// and launches, and the index arithmetic and control flow around them. Each
/// kernel is a gpu.module of its own, not lowered yet.
void buildGPUPipeline(OpPassManager &pm, const GPUOptions &options);

/// The same and, as options.format says, its device code lowered.
void buildNVVMPipeline(OpPassManager &pm, const NVVMOptions &options);

/// To the LLVM dialect for the host of a program after buildGPUPipeline, whose
/// kernels are emulated: `calls` turns launches and device memory into calls.
void buildEmulatorHostPipeline(OpPassManager &pm, std::unique_ptr<Pass> calls);

/// Every dialect that the pipelines read or make, with the interfaces that they
/// need.
void registerDialects(DialectRegistry &registry);

/// The project's passes and pipelines, and the upstream passes that go with
/// them.
void registerPassesAndPipelines();

} // namespace mlir::mhc

#endif // MHC_PIPELINES_PIPELINES_H
