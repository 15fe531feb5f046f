//===- Lives.cpp - Buffers that share a workspace -------------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Machine/Lives.h"

#include "llvm/ADT/STLExtras.h"

using namespace mhc::emulator;

static bool isWithin(const Buffer &buffer, uint64_t address, uint64_t bytes) {
  return buffer.address >= address && buffer.getEnd() <= address + bytes;
}

const Buffer *Lives::find(uint64_t address) const {
  auto after = alive.upper_bound(address);
  if (after == alive.begin())
    return nullptr;
  const Buffer &life = std::prev(after)->second;
  return life.holds(address) ? &life : nullptr;
}

Buffer *Lives::findIn(uint64_t address, uint64_t bytes) {
  auto next = alive.upper_bound(address);
  if (next != alive.begin() && std::prev(next)->second.holds(address))
    --next;
  if (next == alive.end() || next->first >= address + bytes)
    return nullptr;
  return &next->second;
}

const Buffer *Lives::findEnded(uint64_t address) const {
  for (const Buffer &life : llvm::reverse(ended))
    if (life.holds(address))
      return &life;
  return nullptr;
}

const Buffer *Lives::findAhead(uint64_t address) const {
  auto after = alive.upper_bound(address);
  return after == alive.begin() ? nullptr : &std::prev(after)->second;
}

void Lives::begin(Buffer life) {
  llvm::erase_if(ended, [&](const Buffer &other) {
    return isWithin(other, life.address, life.size);
  });
  uint64_t address = life.address;
  alive.insert_or_assign(address, std::move(life));
}

void Lives::end(const Buffer &life, const SourcePlace &place) {
  auto node = alive.extract(life.address);
  Buffer &last = ended.emplace_back(std::move(node.mapped()));
  last.alive = false;
  last.end = place;
}

void Lives::forget(uint64_t address, uint64_t bytes) {
  while (const Buffer *life = findIn(address, bytes))
    alive.erase(life->address);
  llvm::erase_if(ended, [&](const Buffer &life) {
    return isWithin(life, address, bytes);
  });
}
