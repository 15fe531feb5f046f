//===- DeviceModule.h - A gpu.module, compiled to PTX -----------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// One path from a gpu.module to PTX, and to the LLVM module that this PTX was
// selected from: what the emulator executes is what the GPU gets.
//
//===----------------------------------------------------------------------===//

#ifndef MHC_TARGET_DEVICEMODULE_H
#define MHC_TARGET_DEVICEMODULE_H

#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/Pass/Pass.h"
#include "llvm/IR/LLVMContext.h"
#include "llvm/IR/Module.h"

#include <memory>
#include <string>

namespace mlir::mhc {

/// What device code is compiled for, and how.
struct DeviceOptions {
  /// The chip of a gpu.module that carries no #nvvm.target.
  std::string chip = "sm_90a";
  /// Its features, such as "+ptx86"; if empty, PTX 8.6, or the oldest version
  /// that knows the chip if that is newer.
  std::string features;
  /// Whether the PTX names the lines of the MLIR file. The LLVM module does in
  /// any case.
  bool lines = true;
  /// The optimisation level of LLVM, 0 to 3.
  unsigned optLevel = 3;
};

/// The chip that a gpu.module is compiled for.
struct DeviceTarget {
  std::string chip;
  std::string features;
};

/// A compiled gpu.module.
struct DeviceModule {
  std::string name;
  DeviceTarget target;
  /// Owns `optimised`, so it is declared, and destroyed, around it.
  std::unique_ptr<llvm::LLVMContext> context;
  /// What the PTX was selected from: nvptx64, optimised, with debug locations.
  std::unique_ptr<llvm::Module> optimised;
  std::string ptx;
};

/// The target that `module` carries, or that of `options`. Fails with a
/// diagnostic at the module if this LLVM knows no such chip or feature, or if
/// the features do not go with the chip.
FailureOr<DeviceTarget> getDeviceTarget(gpu::GPUModuleOp module,
                                        const DeviceOptions &options);

/// Lowers the ops of `module` (gpu, nvvm, nvgpu, vector, memref, affine, scf,
/// arith, math, index, func, cf) to the LLVM and NVVM dialects, with debug
/// scopes. The attribute `mhc.bare_pointers` of the module passes memrefs of
/// static shape as pointers and not as descriptors.
LogicalResult lowerDeviceModule(gpu::GPUModuleOp module);

/// Lowers a copy of `module`, optimises it, and selects PTX. libdevice
/// of the CUDA toolkit is linked if a function of it is called. Failures have
/// been reported as diagnostics; none of LLVM's ends the process.
FailureOr<DeviceModule> compileDeviceModule(gpu::GPUModuleOp module,
                                            const DeviceOptions &options = {});

/// Every gpu.module of `module`, in order.
FailureOr<SmallVector<DeviceModule>>
compileDeviceModules(ModuleOp module, const DeviceOptions &options = {});

/// What a pass leaves of the gpu.modules of a module.
enum class DeviceFormat {
  GPU,  ///< They are checked against the chip, and left as they are.
  LLVM, ///< The LLVM and NVVM dialects.
  PTX   ///< A gpu.binary with PTX in the place of each.
};
std::unique_ptr<Pass> createDeviceModulesPass(DeviceFormat format,
                                              DeviceOptions options);

/// The path of libdevice, or nothing: below CUDA_ROOT, CUDA_HOME or CUDA_PATH,
/// beside the ptxas on PATH, or below /usr/local/cuda or /opt/cuda.
std::string findLibdevice();

} // namespace mlir::mhc

#endif // MHC_TARGET_DEVICEMODULE_H
