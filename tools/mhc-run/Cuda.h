//===- Cuda.h - Programs on a GPU -------------------------------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef TOOLS_MHC_RUN_CUDA_H
#define TOOLS_MHC_RUN_CUDA_H

#include "Options.h"

#include "mhc/Runtime/mhcrt.h"
#include "mhc/Support/HostTensor.h"
#include "mhc/Support/Progress.h"

#include "mlir/IR/BuiltinOps.h"

/// A program on --device cuda: compiled as mhc-compile does, and run by the
/// runtime library that runs what mhc-compile writes.
class CudaProgram {
public:
  CudaProgram(const Options &options, mhc::Progress &progress)
      : options(options), progress(progress) {}
  ~CudaProgram();

  /// Opens the GPU, before anything is compiled for it.
  mlir::LogicalResult open();
  /// Compiles `module`, which has one public function, and loads it.
  mlir::LogicalResult compile(mlir::ModuleOp module);
  /// Runs it --repeat times; all runs must give the same bits. Adds the
  /// milliseconds of each run on the GPU to `times`.
  mlir::FailureOr<llvm::SmallVector<mhc::HostTensor>>
  run(llvm::ArrayRef<mhc::HostTensor> arguments,
      llvm::SmallVectorImpl<double> &times);

private:
  mlir::LogicalResult check(mhcrt_status status);
  mlir::LogicalResult allocate(uint64_t bytes, const std::string &name,
                               void *&data);
  mlir::LogicalResult prepare(llvm::ArrayRef<mhc::HostTensor> arguments);
  mlir::LogicalResult runOnce(llvm::SmallVectorImpl<mhc::HostTensor> &results,
                              llvm::SmallVectorImpl<double> &times);

  const Options &options;
  mhc::Progress &progress;
  std::string chip;

  mhcrt_device *device = nullptr;
  mhcrt_module *loaded = nullptr;
  const mhcrt_program *program = nullptr;
  void *stream = nullptr;
  mhcrt_event *start = nullptr, *end = nullptr;
  mhcrt_error error = {};

  /// What runs read and write.
  struct Result {
    mhc::ElementKind kind;
    llvm::SmallVector<int64_t> shape;
  };
  std::vector<Result> results;
  llvm::SmallVector<mhcrt_tensor> deviceArguments, deviceResults;
  void *workspace = nullptr;
  uint64_t workspaceBytes = 0;
  llvm::SmallVector<void *> allocations;
};

#endif // TOOLS_MHC_RUN_CUDA_H
