//===- DeviceModulesAside.h - A file's own gpu.modules ----------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MHC_TARGET_DEVICEMODULESASIDE_H
#define MHC_TARGET_DEVICEMODULESASIDE_H

#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/OwningOpRef.h"

namespace mlir::mhc {

/// The gpu.modules that a file has: pipelines would change them, so they are
/// kept away, with binaries in their place.
class DeviceModulesAside {
public:
  explicit DeviceModulesAside(ModuleOp module);
  /// Puts them back.
  void restore();

private:
  ModuleOp module;
  SmallVector<OwningOpRef<gpu::GPUModuleOp>> devices;
};

} // namespace mlir::mhc

#endif // MHC_TARGET_DEVICEMODULESASIDE_H
