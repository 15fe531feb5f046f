//===- EmulatorRuntime.h - What host programs call --------------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef LIB_TARGET_EMULATORRUNTIME_H
#define LIB_TARGET_EMULATORRUNTIME_H

#include "DeviceCalls.h"
#include "HostRuntime.h"
#include "mhc/Emulator/Emulator.h"

#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/SmallVector.h"

#include <csetjmp>
#include <string>

namespace mlir::mhc {

/// What one run of a host program is connected to.
struct EmulatorState {
  ::mhc::emulator::Emulator *emulator = nullptr;
  /// Where the entry stands: the place of single loads and stores.
  ::mhc::emulator::SourcePlace entry;
  /// The device's copies of globals, by their addresses on the host.
  llvm::DenseMap<const void *, void *> globals;
  /// Why and where the program was given up; compiled code has nothing that
  /// would have to be destroyed on the way.
  std::string message;
  ::mhc::emulator::SourcePlace place;
  std::jmp_buf giveUp;
};

/// The functions of DeviceCalls.h, and `state` for their first parameter.
llvm::SmallVector<HostSymbol> getEmulatorSymbols(EmulatorState &state);

} // namespace mlir::mhc

#endif // LIB_TARGET_EMULATORRUNTIME_H
