//===- MemoryBlocks.cpp - memcpy, memmove, memset -------------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The target expands them into loops of loads and stores, whose widths are not
// known here: each byte is one access.
//
//===----------------------------------------------------------------------===//

#include "Instrument/OperationTable.h"
#include "Machine/Access.h"

using namespace mhc::emulator;

/// data: the address spaces of target and source.
static void runCopy(Call &call) {
  Space targetSpace = getSpace(call.site.data & 0xff);
  Space sourceSpace = getSpace(call.site.data >> 8 & 0xff);
  uint64_t target = call.arguments[0], source = call.arguments[1];
  uint64_t bytes = call.arguments[2];
  bool backward = target > source;
  for (uint64_t i = 0; i < bytes; ++i) {
    uint64_t at = backward ? bytes - 1 - i : i;
    char value = *access(call.thread, call.site,
                         {source + at, sourceSpace, 1, 1, AccessKind::Read});
    *access(call.thread, call.site,
            {target + at, targetSpace, 1, 1, AccessKind::Write}) = value;
  }
}

static void runFill(Call &call) {
  Space space = getSpace(call.site.data & 0xff);
  for (uint64_t i = 0; i < call.arguments[2]; ++i)
    *access(call.thread, call.site,
            {call.arguments[0] + i, space, 1, 1, AccessKind::Write}) =
        static_cast<char>(call.arguments[1]);
}

void mhc::emulator::addMemoryOperations(OperationTable &table) {
  for (unsigned target : {0, 1, 3, 5})
    for (const char *size : {"i32", "i64"}) {
      std::string to = "p" + std::to_string(target);
      for (unsigned source : {0, 1, 3, 4, 5})
        for (const char *name : {"memcpy", "memcpy.inline", "memmove"})
          table.addIntrinsic(llvm::Twine("llvm.") + name + "." + to + ".p" +
                                 llvm::Twine(source) + "." + size,
                             runCopy, target | source << 8);
      for (const char *name : {"memset", "memset.inline"})
        table.addIntrinsic(llvm::Twine("llvm.") + name + "." + to + "." + size,
                           runFill, target);
    }
}
