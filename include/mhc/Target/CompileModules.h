//===- CompileModules.h - All kernels of a program --------------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MHC_TARGET_COMPILEMODULES_H
#define MHC_TARGET_COMPILEMODULES_H

#include "mhc/Target/Assemble.h"
#include "mhc/Target/DeviceModule.h"

#include "llvm/ADT/StringMap.h"

namespace mlir::mhc {

/// A gpu.module in every form.
struct DeviceImage {
  DeviceModule device;
  /// Empty without an assembler.
  Cubin cubin;
};

/// Where the code of a kernel is.
struct KernelCode {
  unsigned image;
  std::string symbol;
};

struct DeviceImages {
  std::vector<DeviceImage> images;

  /// Where `symbol` of the gpu.module `module` is.
  KernelCode getCode(StringRef module, StringRef symbol) const;

  /// Of each gpu.module by its name: its image.
  llvm::StringMap<unsigned> imageOf;
  /// The kernel's name in the image, of modules with one kernel that are equal
  /// to another but for names.
  llvm::StringMap<std::string> kernelOf;
};

/// Compiles the gpu.modules of `module` on all threads of its context, those
/// that differ in names and locations alone once, and assembles them if
/// `assembler` is not null. `setDone` is told how many of how many are done.
FailureOr<DeviceImages>
compileDeviceImages(ModuleOp module, const DeviceOptions &options,
                    const Assembler *assembler,
                    function_ref<void(size_t, size_t)> setDone = nullptr);

} // namespace mlir::mhc

#endif // MHC_TARGET_COMPILEMODULES_H
