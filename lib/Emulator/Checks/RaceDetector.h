//===- RaceDetector.h - Accesses that nothing orders ----------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A shadow of memory that remembers, for each 4 bytes (and for single bytes
// where it must), the accesses that a later one could conflict with.
//
// Two accesses of one byte conflict if one of them writes, the earlier one is
// not known to the later one's clock, and they are not both atomic with scopes
// that include each other. A read by the non-coherent path conflicts with each
// write of its launch, ordered or not. A bulk copy's accesses also need a proxy
// fence after each write of the generic proxy.
//
// A cell is 32 bytes: an entry for the last write, and one for the last reads
// by the lanes of one group in one epoch. Where readers of several groups (or
// several atomic writers) are not ordered, further entries stand in a set, at
// most `kMaxEntries` for each cell; beyond that, or when the sets have taken
// `kSetBudget` bytes, an older entry is forgotten at random, so that a
// conflict with just that one can go unseen. A conflict of a narrow-scoped
// atomic with one of several atomics that are ordered among each other may go
// unseen as well. Everything that is reported is a conflict.
//
// The four cells of 16 aligned bytes may instead hold one state for all of
// them, a granule: it has room for the reads of five groups, and for a write
// whose lanes each wrote some of the halves. So tiles that the lanes of a warp
// write and that a few warps read take neither sets nor split cells. Nothing is
// lost: where a granule cannot say exactly what happened, it becomes cells.
//
//===----------------------------------------------------------------------===//

#ifndef MHC_EMULATOR_CHECKS_RACEDETECTOR_H
#define MHC_EMULATOR_CHECKS_RACEDETECTOR_H

#include "Clock.h"

#include "llvm/ADT/DenseSet.h"
#include "llvm/Support/Error.h"

#include <atomic>
#include <cstring>
#include <memory>
#include <mutex>

namespace mhc::emulator {

enum class AccessKind : uint8_t {
  Read,
  Write,
  /// A load, or a failed compare-and-swap, that is atomic.
  AtomicRead,
  /// A store or a read-modify-write that is atomic.
  AtomicWrite,
  /// Of global memory that the launch must not write (ld.global.nc).
  NonCoherentRead,
};

struct Access {
  /// Who accesses, and when: for an asynchronous copy the epoch of the agent
  /// that does it. Who waits for the copy should also learn what its issuer
  /// knew, or races that go through the copy may be missed.
  Epoch self;
  /// What the accessing (or issuing) agent knows.
  const Clock *knows = nullptr;
  AccessKind kind = AccessKind::Read;
  /// Of an atomic access.
  Scope scope = Scope::Gpu;
  /// The place in the program.
  uint32_t site = 0;
  /// For accesses through the async proxy: what proxy fences have made visible
  /// to it (the issuer's Agent::fenced). Null for other accesses, and where
  /// proxies are not checked.
  const Clock *fenced = nullptr;
};

struct Conflict {
  enum Kind : uint8_t {
    /// Nothing orders the two.
    Race,
    /// One is a non-coherent read, the other a write of the same launch.
    NonCoherent,
    /// Both are atomic, but the scope of one does not include the other.
    NarrowScope,
    /// The earlier write is known, but there was no proxy fence after it.
    MissingProxyFence,
  };
  Kind kind = Race;
  /// Host address of the first byte in conflict.
  uint64_t address = 0;
  Epoch other;
  uint32_t otherSite = 0;
  AccessKind otherKind = AccessKind::Read;
  Scope otherScope = Scope::Gpu;
};

class RaceDetector {
public:
  /// Further entries of a cell that are exact.
  static constexpr unsigned kMaxEntries = 32;
  /// Bytes of all sets, after which each is kept to four entries.
  static constexpr uint64_t kSetBudget = uint64_t{1} << 30;

  /// The shadow of [base, base + size), which takes memory only where the arena
  /// is used: eight times as much. Errors: no address space for it.
  static llvm::Expected<std::unique_ptr<RaceDetector>> create(uint64_t base,
                                                              uint64_t size);
  ~RaceDetector();

  /// Checks an access of [address, address + size), which lies in the arena,
  /// and records it. False and the first new conflict if there is one: each
  /// pair of sites and kind of conflict is told once. After a conflict in a
  /// byte only the new access of it is remembered. HOT.
  bool access(uint64_t address, uint32_t size, const Access &access,
              Conflict &conflict) {
    if (LLVM_LIKELY(!concurrent)) {
      if ((address & 3) == 0) {
        Cell *cell = getCell(address);
        if ((size == 4 && accessSame<1>(cell, access)) ||
            (size == 16 && accessSame<4>(cell, access)) ||
            (size == 8 && accessSame<2>(cell, access)))
          return true;
      }
      if ((address & 15) + size <= 16 && accessGranule(address, size, access))
        return true;
    }
    return accessSlow(address, size, access, conflict);
  }

  /// Forgets the accesses of memory that begins a new life, from whole words.
  void clear(uint64_t address, uint64_t size);
  /// Forgets everything, and which conflicts were told.
  void reset();

  /// Which CTAs of the present launch share a cluster.
  void setClusters(Clusters value) { clusters = value; }
  /// Accesses come from several host threads (their clocks are their own).
  /// To be set while none is under way.
  void setConcurrent(bool value) { concurrent = value; }
  /// Whether each conflict is told, even of sites of which one was told.
  void setTellAll(bool value) { tellAll = value; }

  /// Conflicts that were found, those that were not told among them.
  uint64_t getNumConflicts() const { return numConflicts; }
  /// Bytes of the sets and split cells, besides the shadow itself.
  uint64_t getPoolBytes() const;

private:
  /// One or more lanes of a group in one epoch: the epoch with flags in place
  /// of the lane.
  struct Entry {
    uint64_t stamp = 0;
    uint32_t lanes = 0;
    uint32_t site = 0;
  };
  struct Cell {
    Entry write;
    Entry read;
  };
  static_assert(sizeof(Cell) == 32, "two entries without gaps");
  struct Granule;
  struct Set;
  struct Shard;
  struct Visit;

  static constexpr uint64_t kFlags = uint64_t{31} << Epoch::kTickBits;

  RaceDetector(uint64_t base, uint64_t size);

  Cell *getCell(uint64_t address) const {
    return cells + ((address - base) >> 2);
  }

  /// Flags of an entry.
  static constexpr uint64_t kAtomic = uint64_t{1} << Epoch::kTickBits;
  static constexpr uint64_t kNonCoherent = kAtomic << 1;
  /// Of a cell's write: the cell is split, `lanes` is the index of the parts,
  /// and with kAtomic they are bytes and not halves. Of a cell's read: `lanes`
  /// is the index of a set, which neighbours may share. In a set: the entry is
  /// a write.
  static constexpr uint64_t kSpecial = kAtomic << 2;
  static constexpr unsigned kScopeShift = Epoch::kTickBits + 3;
  /// Of the write of each of four cells: they are a granule.
  static constexpr uint64_t kGranule = kNonCoherent;

  /// Whether the clock knows the entry, or all of it is the agent's own past.
  /// `own`, its lane, is 0 for asynchronous agents: nothing orders the copies
  /// of one.
  static bool isBefore(const Entry &entry, uint64_t stamp, uint32_t own,
                       const Clock &knows) {
    return entry.stamp == 0 ||
           ((entry.stamp ^ stamp) >> Epoch::kGroupShift == 0 &&
            entry.lanes == own) ||
           knows.getUnknownLanes(Epoch(entry.stamp), entry.lanes) == 0;
  }
  /// The same of a write, which must also be visible to the access's proxy.
  static bool isVisible(const Entry &entry, uint64_t stamp, uint32_t own,
                        const Access &access) {
    return isBefore(entry, stamp, own, *access.knows) &&
           (LLVM_LIKELY(!access.fenced) || Epoch(entry.stamp).isAsyncProxy() ||
            access.fenced->getUnknownLanes(Epoch(entry.stamp), entry.lanes) ==
                0);
  }

  /// The common cases of a whole cell; false if it is none and nothing changed.
  LLVM_ATTRIBUTE_ALWAYS_INLINE static bool accessOne(Cell &cell,
                                                     const Access &access) {
    const uint64_t stamp = access.self.bits & ~kFlags;
    const uint32_t lane = 1u << access.self.getLane();
    const uint32_t own = access.self.isThread() ? lane : 0;
    if (access.kind == AccessKind::NonCoherentRead) {
      // Of these only the last launch counts.
      if ((cell.write.stamp & kFlags) != 0 ||
          Epoch(cell.write.stamp).getCta() >= access.knows->getCtasBelow())
        return false;
      if (cell.read.stamp != 0) {
        if ((cell.read.stamp & kFlags) != kNonCoherent ||
            Epoch(cell.read.stamp).getCta() > access.self.getCta())
          return false;
        if (Epoch(cell.read.stamp).getCta() == access.self.getCta())
          return true;
      }
      cell.read = {stamp | kNonCoherent, lane, access.site};
      return true;
    }
    if (((cell.write.stamp | cell.read.stamp) & kFlags) != 0)
      return false;
    if (access.kind == AccessKind::Read) {
      if (cell.read.stamp == stamp) {
        if (cell.read.lanes & own)
          return true;
        if (!isVisible(cell.write, stamp, own, access))
          return false;
        cell.read.lanes |= lane;
        cell.read.site = access.site;
        return true;
      }
      if (!isVisible(cell.write, stamp, own, access) ||
          !isBefore(cell.read, stamp, own, *access.knows))
        return false;
      cell.read = {stamp, lane, access.site};
      return true;
    }
    if (access.kind == AccessKind::Write) {
      if (!isVisible(cell.write, stamp, own, access) ||
          !isBefore(cell.read, stamp, own, *access.knows))
        return false;
      cell.write = {stamp, lane, access.site};
      cell.read = {};
      return true;
    }
    return false;
  }

  /// The same for a few cells that are in one state.
  template <unsigned numCells>
  static bool accessSame(Cell *cell, const Access &access) {
    if (numCells == 1)
      return accessOne(cell[0], access);
    if ((cell[0].write.stamp & kFlags) != 0)
      return false;
    for (unsigned i = 1; i != numCells; ++i)
      if (!isEqual(cell[0], cell[i]))
        return false;
    Cell next = cell[0];
    if (!accessOne(next, access))
      return false;
    fill(cell, numCells, next);
    return true;
  }

  static bool isEqual(const Cell &a, const Cell &b) {
    return std::memcmp(&a, &b, sizeof(Cell)) == 0;
  }

  /// Field by field: what was just changed is in registers, or in stores that
  /// a load of more than a field would have to wait for.
  static void fill(Cell *cell, unsigned numCells, const Cell &value) {
    const uint64_t write = value.write.stamp, read = value.read.stamp;
    const uint32_t writeLanes = value.write.lanes, writeSite = value.write.site;
    const uint32_t readLanes = value.read.lanes, readSite = value.read.site;
    for (unsigned i = 0; i != numCells; ++i) {
      cell[i].write.stamp = write;
      cell[i].write.lanes = writeLanes;
      cell[i].write.site = writeSite;
      cell[i].read.stamp = read;
      cell[i].read.lanes = readLanes;
      cell[i].read.site = readSite;
    }
  }
  /// Likewise.
  static bool isEqual(const Entry &a, const Entry &b) {
    return ((a.stamp ^ b.stamp) | (a.lanes ^ b.lanes) | (a.site ^ b.site)) == 0;
  }

  bool accessSlow(uint64_t address, uint32_t size, const Access &access,
                  Conflict &conflict);
  bool accessGranule(uint64_t address, uint32_t size, const Access &access);
  void expand(Shard &shard, uint64_t address);
  void accessCells(Shard &shard, uint64_t address, uint32_t size, Visit &visit);
  void accessPart(Shard &shard, Cell &cell, unsigned numCells, uint64_t address,
                  Visit &visit);
  void accessSplit(Shard &shard, Cell &cell, uint64_t address, unsigned begin,
                   unsigned end, Visit &visit);
  void split(Shard &shard, Cell &cell, unsigned count);
  void freeSet(Shard &shard, Cell &cell, unsigned numCells);
  void freeCell(Shard &shard, Cell &cell);
  void storeEntries(Shard &shard, Cell &cell, unsigned numCells,
                    llvm::SmallVectorImpl<Entry> &rest);
  void tell(Visit &visit, const Conflict &found);
  void setMayRefer(uint64_t address);
  Shard &getShard(uint64_t address) const;

  uint64_t base;
  uint64_t size;
  Cell *cells = nullptr;
  /// For each 64 KiB of the arena, whether a cell may refer to a pool.
  uint8_t *mayRefer = nullptr;
  bool concurrent = false;
  bool tellAll = false;
  Clusters clusters;
  std::unique_ptr<Shard[]> shards;
  std::mutex toldMutex;
  llvm::DenseSet<std::pair<uint64_t, uint64_t>> told;
  std::atomic<uint64_t> numConflicts{0};
  std::atomic<uint64_t> setBytes{0};
};

} // namespace mhc::emulator

#endif // MHC_EMULATOR_CHECKS_RACEDETECTOR_H
