//===- DeviceCalls.h - Host ops on the device, as calls ---------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The names and meanings of what EmulatorCalls.cpp emits and
// EmulatorRuntime.cpp defines.
//
//===----------------------------------------------------------------------===//

#ifndef LIB_TARGET_DEVICECALLS_H
#define LIB_TARGET_DEVICECALLS_H

#include "mhc/Dialect/MHC/Transforms/PlannedMemory.h"
#include "mhc/Target/DeviceModule.h"

#include "mlir/IR/Attributes.h"
#include "llvm/ADT/StringRef.h"

namespace mlir::mhc {

/// How one operand of a launch becomes arguments of the kernel.
enum class ArgumentForm : int32_t {
  Value,      ///< The value itself.
  Descriptor, ///< A memref as the fields of its descriptor.
  BarePointer ///< A memref as the address of its first element.
};

/// Attributes of a gpu.launch_func between replaceDeviceModules and the pass:
/// the forms of the operands, and the function that the launch stood in.
constexpr llvm::StringLiteral kFormsAttr = "mhc.argument_forms";
constexpr llvm::StringLiteral kFunctionAttr = "mhc.function";
/// The unit attribute by which a launch may begin before the one ahead of it
/// has ended.
constexpr llvm::StringLiteral kEarlyLaunchAttr = "mhc.early_launch";

/// The symbol whose address is the run-time state that every call is given.
constexpr llvm::StringLiteral kStateSymbol = "mhcEmulatorState";
constexpr llvm::StringLiteral kAllocateSymbol = "mhcEmulatorAllocate";
constexpr llvm::StringLiteral kDeallocateSymbol = "mhcEmulatorDeallocate";
constexpr llvm::StringLiteral kCopySymbol = "mhcEmulatorCopy";
constexpr llvm::StringLiteral kGlobalSymbol = "mhcEmulatorGlobal";
constexpr llvm::StringLiteral kFillSymbol = "mhcEmulatorFill";
constexpr llvm::StringLiteral kLaunchSymbol = "mhcEmulatorLaunch";
constexpr llvm::StringLiteral kStoredSymbol = "mhcEmulatorStored";
constexpr llvm::StringLiteral kLoadedSymbol = "mhcEmulatorLoaded";
constexpr llvm::StringLiteral kWorkspaceSymbol = "mhcEmulatorWorkspace";
constexpr llvm::StringLiteral kBeginLifeSymbol = "mhcEmulatorBeginLife";
constexpr llvm::StringLiteral kEndLifeSymbol = "mhcEmulatorEndLife";

/// The words of the launch's extents: grid, block, cluster, shared bytes.
constexpr unsigned kNumExtents = 10;

/// Whether a memory space is the default or the global one.
bool isGlobalMemory(Attribute memorySpace);

/// Creates the gpu.binary with the PTX of `device` before `source`, whose name
/// it takes.
void createBinary(gpu::GPUModuleOp source, const DeviceModule &device);

} // namespace mlir::mhc

#endif // LIB_TARGET_DEVICECALLS_H
