//===- EmulatorProgram.h - A host program with emulated kernels -*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A program that launches kernels: its host functions are compiled for this
// machine, as HostProgram's are, and its launches, allocations and copies go to
// an Emulator. The way there, for a module with gpu.modules:
//
//   compileDeviceModules       the kernels, as LLVM modules and PTX
//   replaceDeviceModules       the launches checked against them
//   createDeviceEntryWrapper   an entry that allocates what is planned
//   buildEmulatorHostPipeline  (of Pipelines) with createEmulatorCallsPass
//   EmulatorProgram::compile, run
//
// Async tokens order nothing here: everything happens in program order, which
// satisfies every dependence that a token can state.
//
//===----------------------------------------------------------------------===//

#ifndef MHC_TARGET_EMULATORPROGRAM_H
#define MHC_TARGET_EMULATORPROGRAM_H

#include "mhc/Emulator/Emulator.h"
#include "mhc/Target/DeviceModule.h"
#include "mhc/Target/HostProgram.h"

#include "mlir/Pass/Pass.h"

namespace mlir::mhc {

/// Checks each gpu.launch_func against its kernel in `devices`, with a
/// diagnostic at the launch if the kernel is missing or takes other arguments;
/// launches that have been checked by an earlier call are left. Then replaces
/// each gpu.module by a gpu.binary with its PTX, and the global memory space of
/// memrefs on the host by the default one.
LogicalResult replaceDeviceModules(ModuleOp module,
                                   ArrayRef<DeviceModule> devices);

/// Turns launches, allocations, copies and the like in host functions into
/// calls of the run-time functions of EmulatorProgram: memref.alloc, dealloc
/// and copy, and gpu.alloc, dealloc, memcpy, memset, wait, launch_func,
/// host_register and host_unregister. Every memref.alloc gives device memory,
/// one with the attribute `mhc.workspace` a workspace, in which buffers live
/// from mhc.life_begin to mhc.life_end; every memref.get_global gives the
/// device's copy of a global.
std::unique_ptr<Pass> createEmulatorCallsPass();

/// An error at a place in the program.
class PlacedError : public llvm::ErrorInfo<PlacedError> {
public:
  static char ID;
  PlacedError(std::string message, ::mhc::emulator::SourcePlace place)
      : message(std::move(message)), place(std::move(place)) {}
  void log(llvm::raw_ostream &os) const override { os << message; }
  std::error_code convertToErrorCode() const override {
    return llvm::inconvertibleErrorCode();
  }

  const std::string message;
  const ::mhc::emulator::SourcePlace place;
};

/// A module in the LLVM dialect whose host functions run on this machine, and
/// whose kernels an Emulator executes.
class EmulatorProgram {
public:
  /// Compiles `module`, whose `entry` was made by createDeviceEntryWrapper, and
  /// has results of `results`. `place` is where the entry stands.
  static llvm::Expected<std::unique_ptr<EmulatorProgram>>
  compile(ModuleOp module, StringRef entry, ArrayRef<HostType> results,
          ::mhc::emulator::SourcePlace place = {});
  ~EmulatorProgram();

  /// Runs the entry once on `emulator`, which has the program's device modules.
  /// The arguments are copied to device memory first ("argument 0"), the
  /// results from it afterwards, where bytes that nobody wrote are findings
  /// ("result 0"). What a driver would refuse is a PlacedError. Assertions of
  /// the host program end the process, as HostProgram's do.
  llvm::Expected<SmallVector<::mhc::HostTensor>>
  run(::mhc::emulator::Emulator &emulator,
      ArrayRef<::mhc::HostTensor> arguments);

private:
  EmulatorProgram();
  struct Impl;
  std::unique_ptr<Impl> impl;
};

} // namespace mlir::mhc

#endif // MHC_TARGET_EMULATORPROGRAM_H
