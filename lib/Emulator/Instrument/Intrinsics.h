//===- Intrinsics.h - Intrinsics that need no handler -----------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MHC_EMULATOR_INSTRUMENT_INTRINSICS_H
#define MHC_EMULATOR_INSTRUMENT_INTRINSICS_H

#include "Machine/Thread.h"

#include "llvm/IR/Instruction.h"
#include "llvm/IR/Intrinsics.h"

#include <optional>

namespace mhc::emulator {

/// The special register that an intrinsic reads, if it reads one.
std::optional<Register> findRegister(llvm::Intrinsic::ID id);

/// LLVM's own intrinsics that mean the same on this machine.
bool isPortable(llvm::Intrinsic::ID id);

/// Those that say something to an optimiser alone.
bool isHint(llvm::Intrinsic::ID id);

/// The approximate instruction that the NVPTX target selects for an operation
/// that may be approximate (afn), on f32; empty if there is none.
llvm::StringRef getApproximation(const llvm::Instruction &instruction);

} // namespace mhc::emulator

#endif // MHC_EMULATOR_INSTRUMENT_INTRINSICS_H
