//===- Memory.h - Device memory and what is known of each byte --*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MHC_EMULATOR_MACHINE_MEMORY_H
#define MHC_EMULATOR_MACHINE_MEMORY_H

#include "Machine/Lives.h"

#include "llvm/ADT/StringMap.h"

#include <optional>

namespace mhc::emulator {

/// Where the shared window lies in the generic address space. A shared address
/// has 32 bits: an offset in the own CTA's memory, or one that mapa made: bit
/// 31, the rank of a CTA of the cluster in the next 7 bits, and an offset.
constexpr uint64_t kSharedWindow = 1ull << 62;
constexpr uint32_t kSharedOfCluster = 1u << 31;
constexpr unsigned kSharedRankShift = 24;
constexpr uint32_t kSharedOffsets = (1u << kSharedRankShift) - 1;

/// The address of `offset` in the memory of a CTA of the cluster; ranks beyond
/// any cluster's become one that no CTA has.
inline uint32_t getClusterAddress(uint32_t rank, uint32_t offset) {
  return kSharedOfCluster | std::min(rank, 127u) << kSharedRankShift |
         (offset & kSharedOffsets);
}
/// The first bytes of a CTA's shared memory belong to the system, as on
/// sm_90: no object has address 0.
constexpr uint32_t kSharedReserved = 1024;

/// Local memory of a thread.
constexpr uint64_t kLocalSize = 512 << 10;

/// One reserved range of addresses that holds everything device code can reach,
/// with a byte of status for 4 bytes of memory: the low half says which of them
/// belong to an object, the high half which have been written.
class Memory {
public:
  static llvm::Expected<std::unique_ptr<Memory>> create();
  ~Memory();

  /// Alignment is a power of two. A gap as large as the buffer (at least 64
  /// KiB) lies ahead of and behind it. Null if the range is used up.
  Buffer *allocate(uint64_t size, uint64_t alignment, llvm::StringRef name,
                   const SourcePlace &place, Buffer::Kind kind);
  /// Ends a buffer's life and gives its pages back to the machine; its
  /// addresses are not used again.
  void release(Buffer &buffer);
  /// The buffer, alive or not, that holds the address or ends shortly before
  /// it; null if there is none. Of a workspace, the buffer alive in it there
  /// is.
  const Buffer *find(uint64_t address) const;
  /// The allocation that `find` knows a buffer in, or finds itself.
  const Buffer *findAllocation(uint64_t address) const;

  /// The buffers in workspaces.
  const Lives &getLives() const { return lives; }
  /// Begins a life on bytes of a workspace that belong to no buffer; they are
  /// then unwritten.
  void beginLife(uint64_t address, uint64_t bytes, llvm::StringRef name,
                 const SourcePlace &place);
  /// A life with bytes in the range, if there is one.
  const Buffer *findLife(uint64_t address, uint64_t bytes) {
    return lives.findIn(address, bytes);
  }
  void endLife(const Buffer &life, const SourcePlace &place);

  /// The name of the buffer with this index.
  std::string getName(uint32_t index) const { return names[index]; }

  bool contains(uint64_t address) const { return address - base < size; }
  uint8_t *getStatus(uint64_t address) const {
    return status + ((address - base) >> 2);
  }
  /// Large buffers get their status page by page, when first touched. Whether
  /// the address lay in such a page; an access that was refused is then tried
  /// again.
  bool materialise(uint64_t address);
  /// Marks bytes as belonging to an object or not; they are then unwritten.
  void setAddressable(uint64_t address, uint64_t bytes, bool addressable);
  void setInitialised(uint64_t address, uint64_t bytes, bool initialised);
  /// Hides bytes from accesses, and shows them again: which of them have been
  /// written stays known.
  void setHidden(uint64_t address, uint64_t bytes, bool hidden);
  bool isAddressable(uint64_t address, uint64_t bytes) const;
  /// The first byte of the range that was never written, if there is one.
  std::optional<uint64_t> findUninitialised(uint64_t address,
                                            uint64_t bytes) const;

  /// Several host threads write: bits of one byte of status are then set
  /// atomically.
  void setConcurrent(bool value) { concurrent = value; }
  bool isConcurrent() const { return concurrent; }

  uint64_t getBase() const { return base; }
  uint64_t getSize() const { return size; }

private:
  Memory() = default;
  uint32_t addName(llvm::StringRef name) {
    names.push_back(name.str());
    return names.size() - 1;
  }

  uint64_t base = 0;
  uint64_t size = 0;
  uint64_t next = 0;
  uint8_t *status = nullptr;
  std::map<uint64_t, Buffer> buffers;
  Lives lives;
  /// The names of the buffers by their indices; those that live in workspaces
  /// have one index for each name.
  std::vector<std::string> names;
  llvm::StringMap<uint32_t> lifeIndices;
  bool concurrent = false;
};

} // namespace mhc::emulator

#endif // MHC_EMULATOR_MACHINE_MEMORY_H
