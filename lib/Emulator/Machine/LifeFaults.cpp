//===- LifeFaults.cpp - Accesses outside of a buffer's life ---------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Machine/LifeFaults.h"

#include "llvm/ADT/STLExtras.h"

using namespace mhc::emulator;

static void note(Findings::Notes &notes, const llvm::Twine &message,
                 const SourcePlace &place) {
  if (!place.file.empty())
    notes.push_back({message.str(), place});
}

std::optional<LifeFault> mhc::emulator::explainLifeFault(const Memory &memory,
                                                         uint64_t address,
                                                         uint64_t bytes) {
  const Buffer *buffer = memory.find(address);
  if (!buffer || !buffer->alive)
    return std::nullopt;
  LifeFault fault;
  if (buffer->kind == Buffer::Life) {
    bool isWithin = bytes <= buffer->getEnd() - address;
    fault.kind = isWithin ? "use of a buffer that the launch was not given"
                          : "out of bounds";
    note(fault.notes, "the life of '" + buffer->name + "' begins here",
         buffer->place);
    return fault;
  }
  if (buffer->kind != Buffer::Workspace || address < buffer->address)
    return std::nullopt;
  const Lives &lives = memory.getLives();
  if (const Buffer *ended = lives.findEnded(address)) {
    fault.kind = "use after the end of a life";
    note(fault.notes, "the life of '" + ended->name + "' begins here",
         ended->place);
    note(fault.notes, "and it ends here", ended->end);
    return fault;
  }
  fault.kind = buffer->holds(address) ? "use of memory in which no buffer lives"
                                      : "out of bounds";
  const Buffer *ahead = lives.findAhead(address);
  if (ahead && ahead->address >= buffer->address)
    note(fault.notes,
         "'" + ahead->name + "', which ends " +
             std::to_string(address - ahead->getEnd()) +
             " bytes ahead of it, begins its life here",
         ahead->place);
  return fault;
}

LaunchLives::LaunchLives(Memory &memory, llvm::ArrayRef<uint64_t> addresses)
    : memory(memory) {
  for (const auto &alive : memory.getLives().getAlive()) {
    const Buffer &life = alive.second;
    if (llvm::any_of(addresses,
                     [&](uint64_t given) { return life.holds(given); }))
      continue;
    hidden.push_back(&life);
    memory.setHidden(life.address, life.size, true);
  }
}

LaunchLives::~LaunchLives() {
  for (const Buffer *life : hidden)
    memory.setHidden(life->address, life->size, false);
}
