//===- Memory.cpp - Device memory and what is known of each byte ----------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Machine/Memory.h"

#include "llvm/Support/MathExtras.h"

#include <cerrno>
#include <cstring>
#include <sys/mman.h>

using namespace mhc::emulator;

/// Reserved, not used: pages come into being when they are touched.
static constexpr uint64_t kArenaSize = 1ull << 40;
static constexpr uint64_t kSmallestGap = 64 << 10;
static constexpr uint64_t kLargestEager = 256 << 20;

static void *reserve(uint64_t bytes) {
  void *memory = mmap(nullptr, bytes, PROT_READ | PROT_WRITE,
                      MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (memory == MAP_FAILED)
    return nullptr;
  // Touched in long runs: fewer, larger pages.
  madvise(memory, bytes, MADV_HUGEPAGE);
  return memory;
}

llvm::Expected<std::unique_ptr<Memory>> Memory::create() {
  std::unique_ptr<Memory> memory(new Memory);
  void *arena = reserve(kArenaSize);
  void *status = arena ? reserve(kArenaSize / 4) : nullptr;
  if (!status) {
    std::string reason = std::strerror(errno);
    if (arena)
      munmap(arena, kArenaSize);
    return llvm::createStringError(
        "the emulator cannot reserve addresses for device memory: " + reason +
        " (is the address space limited, as by ulimit -v?)");
  }
  memory->base = reinterpret_cast<uint64_t>(arena);
  memory->size = kArenaSize;
  memory->next = memory->base + kSmallestGap;
  memory->status = static_cast<uint8_t *>(status);
  return memory;
}

Memory::~Memory() {
  if (!status)
    return;
  munmap(reinterpret_cast<void *>(base), size);
  munmap(status, size / 4);
}

Buffer *Memory::allocate(uint64_t bytes, uint64_t alignment,
                         llvm::StringRef name, const SourcePlace &place,
                         Buffer::Kind kind) {
  uint64_t gap = std::max(bytes, kSmallestGap);
  uint64_t left = base + size - next;
  if (bytes > left / 4 || alignment > left / 4)
    return nullptr;
  uint64_t address =
      llvm::alignTo(next + gap, std::max<uint64_t>(alignment, 16));
  next = address + bytes + gap;
  Buffer &buffer = buffers[address];
  buffer = {address, bytes, name.str(), place, kind, addName(name)};
  // A workspace's bytes get their status as buffers live there.
  if (kind == Buffer::Workspace)
    return &buffer;
  buffer.isLazy = bytes > kLargestEager;
  if (!buffer.isLazy)
    setAddressable(address, bytes, true);
  return &buffer;
}

bool Memory::materialise(uint64_t address) {
  if (!contains(address))
    return false;
  auto after = buffers.upper_bound(address);
  if (after == buffers.begin())
    return false;
  Buffer &buffer = std::prev(after)->second;
  if (!buffer.isLazy || !buffer.alive || buffer.kind == Buffer::LocalMemory ||
      address >= buffer.address + buffer.size)
    return false;
  // The memory whose status lies in one page with that of the address.
  uint64_t extent = 4 * 4096;
  uint64_t first = base + (address - base) / extent * extent;
  uint64_t last = std::min(first + extent, buffer.address + buffer.size);
  first = std::max(first, buffer.address);
  if (*getStatus(address) & 0x0f)
    return false;
  setAddressable(first, last - first, true);
  return true;
}

void Memory::release(Buffer &buffer) {
  buffer.alive = false;
  if (buffer.kind == Buffer::Workspace)
    lives.forget(buffer.address, buffer.size);
  setAddressable(buffer.address, buffer.size, false);
  uint64_t page = 4096;
  uint64_t first = llvm::alignTo(buffer.address, page);
  uint64_t last = (buffer.address + buffer.size) / page * page;
  if (last > first)
    madvise(reinterpret_cast<void *>(first), last - first, MADV_DONTNEED);
}

const Buffer *Memory::find(uint64_t address) const {
  const Buffer *allocation = findAllocation(address);
  if (allocation && allocation->kind == Buffer::Workspace)
    if (const Buffer *life = lives.find(address))
      return life;
  return allocation;
}

const Buffer *Memory::findAllocation(uint64_t address) const {
  auto after = buffers.upper_bound(address);
  const Buffer *below =
      after == buffers.begin() ? nullptr : &std::prev(after)->second;
  const Buffer *above = after == buffers.end() ? nullptr : &after->second;
  if (below && address < below->address + below->size)
    return below;
  // In a gap: the nearer of its two neighbours, if it is near.
  uint64_t toBelow =
      below ? address - (below->address + below->size) : UINT64_MAX;
  uint64_t toAbove = above ? above->address - address : UINT64_MAX;
  const Buffer *nearest = toBelow <= toAbove ? below : above;
  uint64_t distance = std::min(toBelow, toAbove);
  if (!nearest || distance > std::max(nearest->size, kSmallestGap))
    return nullptr;
  return nearest;
}

void Memory::beginLife(uint64_t address, uint64_t bytes, llvm::StringRef name,
                       const SourcePlace &place) {
  auto [found, isNew] = lifeIndices.try_emplace(name, 0);
  if (isNew)
    found->second = addName(name);
  lives.begin({address, bytes, name.str(), place, Buffer::Life, found->second});
  setAddressable(address, bytes, true);
}

void Memory::endLife(const Buffer &life, const SourcePlace &place) {
  setAddressable(life.address, life.size, false);
  lives.end(life, place);
}

/// Applies `set(byte, mask)` to the status bytes of a range of memory, where
/// the mask has a bit for each of the four bytes that lies in the range.
template <typename Partial, typename Whole>
static void forStatus(const Memory &memory, uint64_t address, uint64_t bytes,
                      Partial partial, Whole whole) {
  uint64_t end = address + bytes;
  while (address < end && (address & 3 || end - address < 4)) {
    uint64_t stop = std::min<uint64_t>((address & ~3ull) + 4, end);
    unsigned mask = ((1u << (stop - address)) - 1) << (address & 3);
    partial(*memory.getStatus(address), mask);
    address = stop;
  }
  uint64_t words = (end - address) / 4;
  if (words)
    whole(memory.getStatus(address), words);
  address += 4 * words;
  if (address < end)
    partial(*memory.getStatus(address), (1u << (end - address)) - 1);
}

void Memory::setAddressable(uint64_t address, uint64_t bytes,
                            bool addressable) {
  forStatus(
      *this, address, bytes,
      [&](uint8_t &byte, unsigned mask) {
        byte &= ~(mask | mask << 4);
        if (addressable)
          byte |= mask;
      },
      [&](uint8_t *first, uint64_t count) {
        // Whole pages of status are given back rather than written.
        if (!addressable && count > (1 << 16)) {
          auto low = llvm::alignTo(reinterpret_cast<uint64_t>(first), 4096);
          auto high = (reinterpret_cast<uint64_t>(first) + count) & ~4095ull;
          std::memset(first, 0, low - reinterpret_cast<uint64_t>(first));
          madvise(reinterpret_cast<void *>(low), high - low, MADV_DONTNEED);
          std::memset(reinterpret_cast<void *>(high), 0,
                      reinterpret_cast<uint64_t>(first) + count - high);
          return;
        }
        std::memset(first, addressable ? 0x0f : 0, count);
      });
}

void Memory::setInitialised(uint64_t address, uint64_t bytes,
                            bool initialised) {
  forStatus(
      *this, address, bytes,
      [&](uint8_t &byte, unsigned mask) {
        if (concurrent && initialised)
          __atomic_fetch_or(&byte, static_cast<uint8_t>(mask << 4),
                            __ATOMIC_RELAXED);
        else
          byte = initialised ? byte | mask << 4 : byte & ~(mask << 4);
      },
      [&](uint8_t *first, uint64_t count) {
        std::memset(first, initialised ? 0xff : 0x0f, count);
      });
}

void Memory::setHidden(uint64_t address, uint64_t bytes, bool hidden) {
  auto set = [&](uint8_t &byte, unsigned mask) {
    byte = hidden ? byte & ~mask : byte | mask;
  };
  forStatus(*this, address, bytes, set, [&](uint8_t *first, uint64_t count) {
    for (uint64_t i = 0; i < count; ++i)
      set(first[i], 0x0f);
  });
}

bool Memory::isAddressable(uint64_t address, uint64_t bytes) const {
  if (!bytes)
    return true;
  if (!contains(address) || bytes > size - (address - base))
    return false;
  bool result = true;
  forStatus(
      *this, address, bytes,
      [&](uint8_t &byte, unsigned mask) { result &= (byte & mask) == mask; },
      [&](uint8_t *first, uint64_t count) {
        for (uint64_t i = 0; i < count; ++i)
          result &= (first[i] & 0x0f) == 0x0f;
      });
  return result;
}

std::optional<uint64_t> Memory::findUninitialised(uint64_t address,
                                                  uint64_t bytes) const {
  for (uint64_t at = address, end = address + bytes; at < end;) {
    uint8_t byte = *getStatus(at);
    if ((at & 3) == 0 && end - at >= 4 && (byte & 0xf0) == 0xf0) {
      at += 4;
      continue;
    }
    if (!(byte >> (4 + (at & 3)) & 1))
      return at;
    ++at;
  }
  return std::nullopt;
}
