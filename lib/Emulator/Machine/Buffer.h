//===- Buffer.h - A buffer of device memory ---------------------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MHC_EMULATOR_MACHINE_BUFFER_H
#define MHC_EMULATOR_MACHINE_BUFFER_H

#include "mhc/Emulator/Emulator.h"

namespace mhc::emulator {

/// A buffer of device memory.
struct Buffer {
  enum Kind {
    Allocation,
    /// An allocation whose bytes belong to the buffers that live in it.
    Workspace,
    /// A buffer that lives, or has lived, in a workspace.
    Life,
    ModuleGlobal,
    SharedMemory,
    LocalMemory
  };
  uint64_t address;
  uint64_t size;
  std::string name;
  SourcePlace place;
  Kind kind;
  uint32_t index;
  bool alive = true;
  /// Has status only where it was touched: see Memory::materialise.
  bool isLazy = false;
  /// Of a life that has ended: where.
  SourcePlace end = {};

  uint64_t getEnd() const { return address + size; }
  bool holds(uint64_t byte) const { return byte - address < size; }
};

} // namespace mhc::emulator

#endif // MHC_EMULATOR_MACHINE_BUFFER_H
