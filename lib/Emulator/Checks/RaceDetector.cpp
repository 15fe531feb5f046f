//===- RaceDetector.cpp - Accesses that nothing orders --------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "RaceDetector.h"

#include "llvm/ADT/STLExtras.h"

#include <sys/mman.h>

#include <algorithm>
#include <cerrno>
#include <vector>

using namespace llvm;
using namespace mhc::emulator;

//===----------------------------------------------------------------------===//
// Pools
//===----------------------------------------------------------------------===//

namespace {

/// Blocks of one size, by index.
class BlockPool {
public:
  void setBlockBytes(size_t bytes) { blockBytes = bytes; }

  uint32_t allocate() {
    if (freeBlocks.empty()) {
      const uint32_t first = chunks.size() * kChunk;
      chunks.push_back(std::make_unique<char[]>(kChunk * blockBytes));
      for (uint32_t i = kChunk; i-- != 0;)
        freeBlocks.push_back(first + i);
    }
    const uint32_t index = freeBlocks.back();
    freeBlocks.pop_back();
    return index;
  }
  void free(uint32_t index) { freeBlocks.push_back(index); }
  template <typename T> T *get(uint32_t index) const {
    return reinterpret_cast<T *>(chunks[index / kChunk].get() +
                                 index % kChunk * blockBytes);
  }
  uint64_t getBytes() const { return chunks.size() * kChunk * blockBytes; }
  void clear() {
    chunks.clear();
    freeBlocks.clear();
  }

private:
  static constexpr uint32_t kChunk = 32;
  size_t blockBytes = 0;
  std::vector<std::unique_ptr<char[]>> chunks;
  std::vector<uint32_t> freeBlocks;
};

} // namespace

/// Sets hold 4, 8, 16 or 32 entries.
static constexpr unsigned kSetClasses = 4;

static unsigned getCapacity(unsigned setClass) { return 4u << setClass; }

/// Memory of one shard: pieces of 256 bytes, in turn.
static constexpr unsigned kStripeBits = 8;
static constexpr unsigned kShards = 256;
static constexpr unsigned kReferBits = 16;
/// From this many bytes of shadow on, pages are given back instead of filled
/// with zeros.
static constexpr uint64_t kGiveBackBytes = uint64_t{1} << 20;

/// Accesses of a cell, or of several in one state, beyond its last write. The
/// entry that refers to it holds its class and its size, so that cells that
/// share it differ as soon as one of them changes.
struct RaceDetector::Set {
  uint32_t numCells;
  uint32_t unused[3];

  static size_t getBytes(unsigned setClass) {
    return sizeof(Set) + getCapacity(setClass) * sizeof(Entry);
  }
  static unsigned getClass(const Entry &reference) {
    return reference.site & 0xff;
  }
  static unsigned getSize(const Entry &reference) {
    return reference.site >> 8;
  }
  Entry *getEntries() { return reinterpret_cast<Entry *>(this + 1); }
};

struct alignas(64) RaceDetector::Shard {
  std::atomic_flag lock = ATOMIC_FLAG_INIT;
  /// Chooses the entries of full sets that are forgotten.
  uint32_t random = 1;
  BlockPool sets[kSetClasses];
  BlockPool halves;
  BlockPool bytes;

  Shard() {
    for (unsigned i = 0; i != kSetClasses; ++i)
      sets[i].setBlockBytes(Set::getBytes(i));
    halves.setBlockBytes(2 * sizeof(Cell));
    bytes.setBlockBytes(4 * sizeof(Cell));
  }

  BlockPool &getPartPool(bool isBytes) { return isBytes ? bytes : halves; }

  Set &getSet(const Entry &reference) const {
    return *sets[Set::getClass(reference)].get<Set>(reference.lanes);
  }
  ArrayRef<Entry> getEntries(const Entry &reference) const {
    return {getSet(reference).getEntries(), Set::getSize(reference)};
  }

  uint32_t getRandom() {
    random = random * 1664525 + 1013904223;
    return random >> 16;
  }
};

/// Four cells as one, for 16 bytes. A write that has not yet reached all of
/// them is pending; what it has not reached is in the older state.
struct RaceDetector::Granule {
  static constexpr unsigned kMoreReads = 4;
  /// A lane for each half, in one byte each.
  using Writers = uint64_t;
  static constexpr Writers kEach = 0x0101010101010101;
  /// In place of a lane: the pending write has not reached this half.
  static constexpr uint8_t kNotReached = 0xff;

  /// The last write of all halves, with these flags. Its lanes are all that
  /// took part.
  Entry write;
  static constexpr uint64_t kHasPending = kAtomic;
  static constexpr uint64_t kHasWriters = uint64_t{1} << kScopeShift;
  static constexpr uint64_t kHasMoreReads = kHasWriters << 1;
  /// The last reads of all halves.
  Entry read;
  /// The pending write.
  Entry pending;
  /// The lane that wrote each half, where there were several.
  Writers writers;
  Writers pendingWriters;
  /// Reads of other groups, where there are any. The first and the third stamp
  /// are in the place of a cell's write, and always have the flag kGranule.
  Entry moreReads[kMoreReads];

  explicit Granule(const Cell &cell) : write(cell.write), read(cell.read) {
    write.stamp |= kGranule;
    pending.stamp = kGranule;
    writers = pendingWriters = 0;
    clearMoreReads();
  }

  bool has(uint64_t flag) const { return write.stamp & flag; }
  void clearMoreReads() {
    for (unsigned i = 0; i != kMoreReads; ++i)
      moreReads[i] = {i % 2 == 0 ? kGranule : 0, 0, 0};
  }
  static Entry clean(Entry entry) {
    entry.stamp &= ~kFlags;
    return entry;
  }
  /// Of the first read and of more of them; unused ones are empty, which every
  /// clock knows.
  unsigned getNumReads() const {
    return has(kHasMoreReads) ? 1 + kMoreReads : 1;
  }
  Entry &getRead(unsigned i) { return i == 0 ? read : moreReads[i - 1]; }

  static uint8_t getWriter(Writers writers, unsigned half) {
    return writers >> (8 * half);
  }
  /// All bits of the halves that the pending write has not reached.
  static Writers getNotReached(Writers writers) {
    return (writers >> 7 & kEach) * 0xff;
  }

  /// All halves have this write, and no reads.
  void setWrite(uint64_t stamp, uint32_t lanes, uint32_t site) {
    write = {stamp | kGranule, lanes, site};
    read = Entry();
  }
};

/// One call of `access`.
struct RaceDetector::Visit {
  const Access &access;
  Conflict &conflict;
  uint64_t stamp;
  uint32_t lane;
  /// The lane, if the agent's own past is ordered.
  uint32_t own;
  bool writes;
  bool atomic;
  uint64_t flags;
  bool told = false;
  bool conflicts = false;

  Visit(const Access &access, Conflict &conflict)
      : access(access), conflict(conflict), stamp(access.self.bits & ~kFlags),
        lane(1u << access.self.getLane()),
        own(access.self.isThread() ? lane : 0),
        writes(access.kind == AccessKind::Write ||
               access.kind == AccessKind::AtomicWrite),
        atomic(access.kind == AccessKind::AtomicRead ||
               access.kind == AccessKind::AtomicWrite),
        flags(atomic ? kAtomic | uint64_t(access.scope) << kScopeShift
              : access.kind == AccessKind::NonCoherentRead ? kNonCoherent
                                                           : 0) {}
};

namespace {
/// Holds a shard, if there are several host threads.
class ShardLock {
public:
  ShardLock(std::atomic_flag &flag, bool locks)
      : flag(locks ? &flag : nullptr) {
    if (locks)
      while (flag.test_and_set(std::memory_order_acquire)) {
      }
  }
  ~ShardLock() {
    if (flag)
      flag->clear(std::memory_order_release);
  }

private:
  std::atomic_flag *flag;
};
} // namespace

//===----------------------------------------------------------------------===//
// The shadow
//===----------------------------------------------------------------------===//

static void *reserve(uint64_t bytes) {
  void *memory = mmap(nullptr, bytes, PROT_READ | PROT_WRITE,
                      MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (memory == MAP_FAILED)
    return nullptr;
  // Touched in long runs: fewer, larger pages.
  madvise(memory, bytes, MADV_HUGEPAGE);
  return memory;
}

RaceDetector::RaceDetector(uint64_t base, uint64_t size)
    : base(base), size(size), shards(new Shard[kShards]) {}

Expected<std::unique_ptr<RaceDetector>> RaceDetector::create(uint64_t base,
                                                             uint64_t size) {
  static_assert(sizeof(Granule) == 4 * sizeof(Cell), "in place of four cells");
  assert(base % 16 == 0 && size % 16 == 0 && "arenas consist of granules");
  std::unique_ptr<RaceDetector> detector(new RaceDetector(base, size));
  const uint64_t bytes = size / 4 * sizeof(Cell);
  detector->cells = static_cast<Cell *>(reserve(bytes));
  if (detector->cells)
    detector->mayRefer =
        static_cast<uint8_t *>(reserve((size >> kReferBits) + 1));
  if (!detector->mayRefer)
    return createStringError(
        std::error_code(errno, std::generic_category()),
        "cannot reserve %llu bytes of address space for the race detector: %s "
        "(a limit on virtual memory, such as ulimit -v or "
        "vm.overcommit_memory=2, must leave room for it, or use a smaller "
        "arena or no check for races)",
        static_cast<unsigned long long>(bytes), std::strerror(errno));
  return detector;
}

RaceDetector::~RaceDetector() {
  if (cells)
    munmap(cells, size / 4 * sizeof(Cell));
  if (mayRefer)
    munmap(mayRefer, (size >> kReferBits) + 1);
}

RaceDetector::Shard &RaceDetector::getShard(uint64_t address) const {
  return shards[(address - base) >> kStripeBits & (kShards - 1)];
}

void RaceDetector::setMayRefer(uint64_t address) {
  uint8_t &flag = mayRefer[(address - base) >> kReferBits];
  if (!__atomic_load_n(&flag, __ATOMIC_RELAXED))
    __atomic_store_n(&flag, 1, __ATOMIC_RELAXED);
}

uint64_t RaceDetector::getPoolBytes() const {
  uint64_t bytes = 0;
  for (unsigned i = 0; i != kShards; ++i) {
    for (const BlockPool &pool : shards[i].sets)
      bytes += pool.getBytes();
    bytes += shards[i].halves.getBytes() + shards[i].bytes.getBytes();
  }
  return bytes;
}

void RaceDetector::clear(uint64_t address, uint64_t bytes) {
  if (bytes == 0)
    return;
  assert(address >= base && address - base + bytes <= size && "in the arena");
  const uint64_t first = (address - base) / 4;
  const uint64_t end = (address - base + bytes + 3) / 4;
  // Of granules at the ends, a part stays.
  for (uint64_t edge : {first, end})
    if (edge % 4 != 0 && cells[edge].write.stamp & kGranule) {
      Shard &shard = getShard(base + edge * 4);
      ShardLock lock(shard.lock, concurrent);
      expand(shard, base + edge * 4);
    }
  // What the cells refer to.
  const uint64_t cellsPerFlag = uint64_t{1} << (kReferBits - 2);
  for (uint64_t i = first; i < end;) {
    const uint64_t flag = i / cellsPerFlag;
    const uint64_t flagEnd = std::min((flag + 1) * cellsPerFlag, end);
    if (__atomic_load_n(&mayRefer[flag], __ATOMIC_RELAXED)) {
      for (uint64_t j = i; j != flagEnd; ++j)
        if (!(cells[j].write.stamp & kGranule) &&
            ((cells[j].write.stamp | cells[j].read.stamp) & kSpecial)) {
          Shard &shard = getShard(base + j * 4);
          ShardLock lock(shard.lock, concurrent);
          freeCell(shard, cells[j]);
        }
      if (i == flag * cellsPerFlag && flagEnd == (flag + 1) * cellsPerFlag)
        __atomic_store_n(&mayRefer[flag], 0, __ATOMIC_RELAXED);
    }
    i = flagEnd;
  }
  auto begin = reinterpret_cast<uint64_t>(cells + first);
  auto stop = reinterpret_cast<uint64_t>(cells + end);
  constexpr uint64_t page = 4096;
  if (stop - begin >= kGiveBackBytes) {
    const uint64_t pageBegin = alignTo(begin, page), pageEnd = stop & -page;
    if (madvise(reinterpret_cast<void *>(pageBegin), pageEnd - pageBegin,
                MADV_DONTNEED) == 0) {
      std::memset(reinterpret_cast<void *>(begin), 0, pageBegin - begin);
      begin = pageEnd;
    }
  }
  std::memset(reinterpret_cast<void *>(begin), 0, stop - begin);
}

void RaceDetector::reset() {
  clear(base, size);
  for (unsigned i = 0; i != kShards; ++i) {
    Shard &shard = shards[i];
    for (BlockPool &pool : shard.sets)
      pool.clear();
    shard.halves.clear();
    shard.bytes.clear();
    shard.random = 1;
  }
  told.clear();
  numConflicts = 0;
  setBytes = 0;
}

//===----------------------------------------------------------------------===//
// Sets and parts
//===----------------------------------------------------------------------===//

/// Takes the set, if there is one, from some of the cells that refer to it.
void RaceDetector::freeSet(Shard &shard, Cell &cell, unsigned numCells) {
  if (!(cell.read.stamp & kSpecial))
    return;
  Set &set = shard.getSet(cell.read);
  assert(set.numCells >= numCells && "more cells than refer to the set");
  set.numCells -= numCells;
  if (set.numCells == 0) {
    const unsigned setClass = Set::getClass(cell.read);
    shard.sets[setClass].free(cell.read.lanes);
    setBytes.fetch_sub(Set::getBytes(setClass), std::memory_order_relaxed);
  }
  cell.read = {};
}

void RaceDetector::freeCell(Shard &shard, Cell &cell) {
  if (cell.write.stamp & kSpecial) {
    const bool isBytes = cell.write.stamp & kAtomic;
    BlockPool &pool = shard.getPartPool(isBytes);
    Cell *parts = pool.get<Cell>(cell.write.lanes);
    for (unsigned i = 0; i != (isBytes ? 4 : 2); ++i)
      freeSet(shard, parts[i], 1);
    pool.free(cell.write.lanes);
  } else {
    freeSet(shard, cell, 1);
  }
  cell = {};
}

/// Puts all entries but the last write in the cell, which stands for several
/// in one state, and whose set they may have come from.
void RaceDetector::storeEntries(Shard &shard, Cell &cell, unsigned numCells,
                                SmallVectorImpl<Entry> &rest) {
  // The newest is the last; writes that atomics followed are kept longest.
  const unsigned limit =
      setBytes.load(std::memory_order_relaxed) < kSetBudget ? kMaxEntries : 4;
  while (rest.size() > limit) {
    unsigned victim = shard.getRandom() % (rest.size() - 1);
    if (rest[victim].stamp & kSpecial && !(rest[victim].stamp & kAtomic))
      victim = (victim + 1) % (rest.size() - 1);
    rest.erase(rest.begin() + victim);
  }
  if (rest.size() <= 1 && (rest.empty() || !(rest[0].stamp & kSpecial))) {
    freeSet(shard, cell, numCells);
    cell.read = rest.empty() ? Entry() : rest[0];
    return;
  }
  unsigned setClass = 0;
  while (getCapacity(setClass) < rest.size())
    ++setClass;
  if (!(cell.read.stamp & kSpecial) || Set::getClass(cell.read) != setClass ||
      shard.getSet(cell.read).numCells != numCells) {
    freeSet(shard, cell, numCells);
    cell.read = {kSpecial, shard.sets[setClass].allocate(), setClass};
    shard.getSet(cell.read).numCells = numCells;
    setBytes.fetch_add(Set::getBytes(setClass), std::memory_order_relaxed);
  }
  cell.read.site = setClass | static_cast<uint32_t>(rest.size()) << 8;
  std::copy(rest.begin(), rest.end(), shard.getSet(cell.read).getEntries());
}

/// Makes `count` parts (2 or 4) of a cell that is whole, or in halves.
void RaceDetector::split(Shard &shard, Cell &cell, unsigned count) {
  const bool isSplit = cell.write.stamp & kSpecial;
  const uint32_t index = shard.getPartPool(count == 4).allocate();
  Cell *parts = shard.getPartPool(count == 4).get<Cell>(index);
  Cell *halves = isSplit ? shard.halves.get<Cell>(cell.write.lanes) : nullptr;
  for (unsigned i = 0; i != count; ++i) {
    parts[i] = isSplit ? halves[i / 2] : cell;
    if (parts[i].read.stamp & kSpecial)
      ++shard.getSet(parts[i].read).numCells;
  }
  freeCell(shard, cell);
  cell.write = {kSpecial | (count == 4 ? kAtomic : 0), index, 0};
}

//===----------------------------------------------------------------------===//
// Accesses
//===----------------------------------------------------------------------===//

void RaceDetector::tell(Visit &visit, const Conflict &found) {
  visit.conflicts = true;
  numConflicts.fetch_add(1, std::memory_order_relaxed);
  if (visit.told)
    return;
  if (!tellAll) {
    std::lock_guard<std::mutex> guard(toldMutex);
    if (!told.insert({uint64_t{visit.access.site} << 32 | found.otherSite,
                      uint64_t(found.kind) << 16 |
                          uint64_t(visit.access.kind) << 8 |
                          uint64_t(found.otherKind)})
             .second)
      return;
  }
  visit.told = true;
  visit.conflict = found;
}

/// Any access of all bytes of a whole cell, or of a part of one. The cell
/// stands for `numCells` that are in its state.
void RaceDetector::accessPart(Shard &shard, Cell &cell, unsigned numCells,
                              uint64_t address, Visit &visit) {
  const Access &access = visit.access;
  if (accessOne(cell, access))
    return;

  // One more of several readers. What it knows is dropped when the set is full.
  const bool hasSet = cell.read.stamp & kSpecial;
  if (hasSet && access.kind == AccessKind::Read &&
      (cell.write.stamp & kFlags) == 0 &&
      isVisible(cell.write, visit.stamp, visit.own, access)) {
    Set &set = shard.getSet(cell.read);
    const unsigned size = Set::getSize(cell.read);
    Entry *entries = set.getEntries(), *same = nullptr;
    uint64_t all = 0;
    bool hasOwnCta = false;
    for (unsigned i = 0; i != size; ++i) {
      all |= entries[i].stamp;
      hasOwnCta |= (entries[i].stamp ^ visit.stamp) >> Epoch::kCtaShift == 0;
      if (entries[i].stamp == visit.stamp)
        same = &entries[i];
    }
    if (!(all & kFlags)) {
      if (same && (same->lanes & visit.own))
        return;
      if (set.numCells == numCells) {
        if (same) {
          same->lanes |= visit.lane;
          same->site = access.site;
          return;
        }
        if (size != getCapacity(Set::getClass(cell.read))) {
          entries[size] = {visit.stamp, visit.lane, access.site};
          cell.read.site += 1 << 8;
          return;
        }
        // What very many CTAs read: those of a sample stand for the others.
        if (size == kMaxEntries && !hasOwnCta &&
            (visit.stamp * 0x9e3779b97f4a7c15ull) >> 60 != 0)
          return;
      }
    }
  }

  // The entries, all writes marked as such.
  SmallVector<Entry, kMaxEntries + 2> entries;
  if (hasSet) {
    const ArrayRef<Entry> set = shard.getEntries(cell.read);
    entries.append(set.begin(), set.end());
  } else if (cell.read.stamp != 0) {
    entries.push_back(cell.read);
  }
  if (cell.write.stamp != 0) {
    entries.push_back(cell.write);
    entries.back().stamp |= kSpecial;
  }

  const Clock &knows = *access.knows;
  const uint32_t selfCta = access.self.getCta();
  bool found = false;
  // A read that others of its kind stand for needs no entry.
  bool records = true;
  unsigned kept = 0;
  for (Entry entry : entries) {
    const Epoch epoch(entry.stamp);
    const bool otherWrites = entry.stamp & kSpecial;
    const bool otherAtomic = entry.stamp & kAtomic;
    const bool otherNonCoherent = entry.stamp & kNonCoherent;
    const auto otherScope = static_cast<Scope>(entry.stamp >> kScopeShift & 3);
    const bool isAlive = epoch.getCta() >= knows.getCtasBelow();
    uint32_t unknown = knows.getUnknownLanes(epoch, entry.lanes);
    if ((entry.stamp ^ visit.stamp) >> Epoch::kGroupShift == 0)
      unknown &= ~visit.own;

    Conflict conflict;
    uint32_t culprits = 0;
    if (access.kind == AccessKind::NonCoherentRead || otherNonCoherent) {
      if ((visit.writes || otherWrites) && isAlive) {
        culprits = entry.lanes;
        conflict.kind = Conflict::NonCoherent;
      }
    } else if (visit.writes || otherWrites) {
      if (unknown) {
        const bool bothIncluded =
            visit.atomic && otherAtomic &&
            clusters.includes(access.scope, selfCta, epoch.getCta()) &&
            clusters.includes(otherScope, epoch.getCta(), selfCta);
        if (!bothIncluded) {
          culprits = unknown;
          conflict.kind = visit.atomic && otherAtomic ? Conflict::NarrowScope
                                                      : Conflict::Race;
        }
      } else if (access.fenced && otherWrites && !epoch.isAsyncProxy()) {
        culprits = access.fenced->getUnknownLanes(epoch, entry.lanes);
        conflict.kind = Conflict::MissingProxyFence;
      }
    }
    if (culprits) {
      conflict.address = address;
      conflict.other =
          Epoch((entry.stamp & ~kFlags) | uint64_t(countr_zero(culprits))
                                              << Epoch::kTickBits);
      conflict.otherSite = entry.site;
      conflict.otherKind =
          otherNonCoherent ? AccessKind::NonCoherentRead
          : otherAtomic
              ? (otherWrites ? AccessKind::AtomicWrite : AccessKind::AtomicRead)
          : otherWrites ? AccessKind::Write
                        : AccessKind::Read;
      conflict.otherScope = otherScope;
      tell(visit, conflict);
      found = true;
      break;
    }

    // Lanes whose conflicts with later accesses this one has as well, since
    // whoever knows it knows them, need no longer be remembered.
    bool standsIn = false;
    switch (access.kind) {
    case AccessKind::Write:
      standsIn = true;
      break;
    case AccessKind::Read:
      standsIn = !otherWrites && (!otherNonCoherent || !isAlive);
      break;
    case AccessKind::NonCoherentRead:
      standsIn = !otherWrites;
      if (standsIn && otherNonCoherent) {
        if (epoch.getCta() >= selfCta)
          records = false;
        else
          unknown = 0;
      } else if (standsIn && epoch.getCta() == selfCta) {
        unknown = 0;
      }
      break;
    case AccessKind::AtomicRead:
    case AccessKind::AtomicWrite:
      standsIn = otherAtomic && (visit.writes || !otherWrites) &&
                 ((access.scope >= Scope::Gpu && otherScope >= Scope::Gpu) ||
                  (epoch.getCta() == selfCta && access.scope <= otherScope));
      standsIn |= !isAlive && (visit.writes || !otherWrites);
      break;
    }
    if (otherNonCoherent && isAlive && !visit.writes &&
        access.kind != AccessKind::NonCoherentRead) {
      standsIn = false;
      // Every write that would conflict with this read conflicts with that.
      records &= epoch.getCta() != selfCta;
    }
    if (standsIn && records)
      entry.lanes &= unknown;
    if (entry.lanes)
      entries[kept++] = entry;
  }
  entries.truncate(found ? 0 : kept);

  // Record the access, and put the last write in its place.
  const Entry self = {visit.stamp | visit.flags | (visit.writes ? kSpecial : 0),
                      visit.lane, access.site};
  if (found || records) {
    auto same = llvm::find_if(
        entries, [&](const Entry &entry) { return entry.stamp == self.stamp; });
    if (same == entries.end()) {
      entries.push_back(self);
    } else {
      Entry merged = *same;
      merged.lanes |= self.lanes;
      merged.site = self.site;
      entries.erase(same);
      entries.push_back(merged);
    }
  }
  Entry write;
  for (size_t i = entries.size(); i-- != 0;)
    if (entries[i].stamp & kSpecial) {
      write = entries[i];
      write.stamp &= ~kSpecial;
      entries.erase(entries.begin() + i);
      break;
    }
  storeEntries(shard, cell, numCells, entries);
  cell.write = write;
}

/// A plain access of bytes of one granule, or of four cells in one state that
/// it makes one because they would need a set or parts otherwise. False if the
/// cells must take it, and nothing has changed in what is known of them.
bool RaceDetector::accessGranule(uint64_t address, uint32_t bytes,
                                 const Access &access) {
  const bool isRead = access.kind == AccessKind::Read;
  const bool isWhole = bytes == 16;
  // A granule knows no reads of its parts.
  if (isRead ? !isWhole
             : access.kind != AccessKind::Write || ((address | bytes) & 1))
    return false;
  Cell *cell = getCell(address & ~uint64_t{15});
  if (!(cell->write.stamp & kGranule)) {
    // Whole writes, and those of words, need none.
    if ((!isRead && bytes != 2) ||
        ((cell->write.stamp | cell->read.stamp) & kFlags) != 0)
      return false;
    for (unsigned i = 1; i != 4; ++i)
      if (!isEqual(cell[0], cell[i]))
        return false;
    const Granule made(*cell);
    std::memcpy(static_cast<void *>(cell), &made, sizeof(Granule));
  }
  Granule &granule = *reinterpret_cast<Granule *>(cell);

  const Clock &knows = *access.knows;
  const uint64_t stamp = access.self.bits & ~kFlags;
  const uint32_t lane = 1u << access.self.getLane();
  const uint32_t own = access.self.isThread() ? lane : 0;

  if (isRead) {
    if (granule.has(Granule::kHasPending))
      return false;
    if (granule.read.stamp == stamp && granule.read.lanes & own)
      return true;
    if (!isVisible(granule.write, stamp, own, access))
      return false;
    const Entry self = {stamp, lane, access.site};
    // In the place of a read that this one is ordered after, if any.
    Entry *place = nullptr;
    for (unsigned i = 0, count = granule.getNumReads(); i != count; ++i) {
      Entry &entry = granule.getRead(i);
      if ((entry.stamp & ~kFlags) == stamp) {
        entry.lanes |= lane;
        entry.site = access.site;
        return true;
      }
      if (!place && isBefore(entry, stamp, own, knows))
        place = &entry;
    }
    if (!place) {
      // The first of more reads.
      if (granule.has(Granule::kHasMoreReads))
        return false;
      granule.clearMoreReads();
      granule.write.stamp |= Granule::kHasMoreReads;
      place = &granule.moreReads[0];
    }
    *place = {self.stamp | (place->stamp & kGranule), self.lanes, self.site};
    return true;
  }

  const unsigned begin = (address & 15) / 2, count = bytes / 2;
  const Granule::Writers mine = Granule::kEach * access.self.getLane();
  const Granule::Writers halves = (~Granule::Writers{0} >> (64 - 8 * count))
                                  << 8 * begin;
  auto isReachedByOthers = [&](Granule::Writers writers) {
    return ((writers ^ mine) & halves & ~Granule::getNotReached(writers)) != 0;
  };
  const bool isPending = granule.has(Granule::kHasPending);
  if (!isWhole && !isPending && Granule::clean(granule.write).stamp == stamp &&
      granule.write.site == access.site && own && granule.read.stamp == 0 &&
      (granule.has(Granule::kHasWriters) ? !isReachedByOthers(granule.writers)
                                         : granule.write.lanes == own))
    return true;

  // Who writes must know all of the older state, of whichever half.
  if (!isVisible(granule.write, stamp, own, access))
    return false;
  for (unsigned i = 0, count = granule.getNumReads(); i != count; ++i)
    if (!isBefore(granule.getRead(i), stamp, own, knows))
      return false;
  if (isWhole) {
    if (isPending && !isVisible(granule.pending, stamp, own, access))
      return false;
    granule.setWrite(stamp, lane, access.site);
    return true;
  }

  if (!isPending) {
    granule.write.stamp |= Granule::kHasPending;
    granule.pending = {stamp | kGranule, lane, access.site};
    granule.pendingWriters = ~Granule::Writers{0};
  } else if (Granule::clean(granule.pending).stamp != stamp ||
             granule.pending.site != access.site ||
             isReachedByOthers(granule.pendingWriters) || !own) {
    return false;
  }
  granule.pending.lanes |= lane;
  granule.pendingWriters = (granule.pendingWriters & ~halves) | (mine & halves);
  if (!Granule::getNotReached(granule.pendingWriters)) {
    const uint32_t lanes = granule.pending.lanes;
    granule.setWrite(stamp, lanes, access.site);
    if (lanes & (lanes - 1)) {
      granule.write.stamp |= Granule::kHasWriters;
      granule.writers = granule.pendingWriters;
    }
  }
  return true;
}

/// Makes cells of the granule that holds the address.
void RaceDetector::expand(Shard &shard, uint64_t address) {
  Cell *cell = getCell(address & ~uint64_t{15});
  Granule granule(*cell);
  std::memcpy(static_cast<void *>(&granule), cell, sizeof(Granule));
  assert(granule.has(kGranule) && "expected a granule");

  // The set of the reads is kept until the cells share it.
  SmallVector<Entry, Granule::kMoreReads + 1> reads;
  for (unsigned i = 0, count = granule.getNumReads(); i != count; ++i)
    if (const Entry read = Granule::clean(granule.getRead(i)); read.stamp != 0)
      reads.push_back(read);
  Cell old;
  storeEntries(shard, old, 1, reads);
  old.write = Granule::clean(granule.write);
  auto getHalf = [&](unsigned i) {
    Cell half;
    const uint8_t writer = Granule::getWriter(granule.pendingWriters, i);
    if (granule.has(Granule::kHasPending) && writer != Granule::kNotReached) {
      half.write = Granule::clean(granule.pending);
      half.write.lanes = 1u << writer;
      return half;
    }
    half = old;
    if (granule.has(Granule::kHasWriters))
      half.write.lanes = 1u << Granule::getWriter(granule.writers, i);
    if (half.read.stamp & kSpecial)
      ++shard.getSet(half.read).numCells;
    return half;
  };
  for (unsigned i = 0; i != 4; ++i) {
    Cell halves[2] = {getHalf(2 * i), getHalf(2 * i + 1)};
    if (isEqual(halves[0], halves[1])) {
      freeSet(shard, halves[1], 1);
      cell[i] = halves[0];
      continue;
    }
    const uint32_t index = shard.halves.allocate();
    std::copy_n(halves, 2, shard.halves.get<Cell>(index));
    cell[i] = Cell();
    cell[i].write = {kSpecial, index, 0};
  }
  freeSet(shard, old, 1);
  setMayRefer(address);
}

/// An access of the bytes [begin, end) of a cell that is split, or must be.
void RaceDetector::accessSplit(Shard &shard, Cell &cell, uint64_t address,
                               unsigned begin, unsigned end, Visit &visit) {
  const bool isSplit = cell.write.stamp & kSpecial;
  if (!isSplit) {
    // Nothing changes where the whole cell had such an access in this epoch.
    if (visit.access.kind == AccessKind::NonCoherentRead ||
        visit.access.kind == AccessKind::Read) {
      Cell after = cell;
      if (!((cell.write.stamp | cell.read.stamp) & kSpecial) &&
          accessOne(after, visit.access) && isEqual(after, cell))
        return;
    } else if (cell.write.stamp == visit.stamp && visit.own &&
               cell.write.lanes == visit.own && cell.read.stamp == 0 &&
               visit.access.kind == AccessKind::Write) {
      return;
    }
  }
  const bool needsBytes = (begin | end) & 1;
  if (!isSplit || (needsBytes && !(cell.write.stamp & kAtomic))) {
    split(shard, cell, needsBytes ? 4 : 2);
    setMayRefer(address);
  }

  const bool isBytes = cell.write.stamp & kAtomic;
  const unsigned count = isBytes ? 4 : 2, width = isBytes ? 1 : 2;
  const uint32_t index = cell.write.lanes;
  Cell *parts = shard.getPartPool(isBytes).get<Cell>(index);
  for (unsigned i = begin / width; i * width < end; ++i)
    accessPart(shard, parts[i], 1, address + i * width, visit);

  // One cell again, where the parts no longer differ. Of non-coherent reads
  // only the launch matters.
  const Cell &first = parts[0];
  if (first.read.stamp & kSpecial)
    return;
  for (unsigned i = 1; i != count; ++i) {
    const Cell &part = parts[i];
    if (!isEqual(part.write, first.write))
      return;
    if (!isEqual(part.read, first.read) &&
        ((part.read.stamp & kFlags) != kNonCoherent ||
         (first.read.stamp & kFlags) != kNonCoherent ||
         Epoch(part.read.stamp).getCta() != Epoch(first.read.stamp).getCta()))
      return;
  }
  cell = first;
  shard.getPartPool(isBytes).free(index);
}

/// The part of an access that lies in one shard.
void RaceDetector::accessCells(Shard &shard, uint64_t address, uint32_t bytes,
                               Visit &visit) {
  const uint64_t end = address + bytes;
  for (uint64_t word = address & ~uint64_t{3}; word < end;) {
    Cell *cell = getCell(word);
    if (cell->write.stamp & kGranule) {
      const uint64_t from = std::max(word, address);
      const uint64_t to = std::min((word | 15) + 1, end);
      if (accessGranule(from, to - from, visit.access)) {
        word = (word | 15) + 1;
        continue;
      }
      expand(shard, word);
    }
    if (word < address || word + 4 > end || (cell->write.stamp & kSpecial)) {
      accessSplit(shard, *cell, word, word < address ? address - word : 0,
                  std::min<uint64_t>(end - word, 4), visit);
      word += 4;
      continue;
    }
    // Neighbours often are in one state, and then come to one state.
    unsigned numCells = 1;
    while (word + 4 * numCells + 4 <= end && isEqual(*cell, cell[numCells]))
      ++numCells;
    accessPart(shard, *cell, numCells, word, visit);
    if (cell->read.stamp & kSpecial)
      setMayRefer(word);
    fill(cell + 1, numCells - 1, *cell);
    word += 4 * numCells;
  }
}

bool RaceDetector::accessSlow(uint64_t address, uint32_t bytes,
                              const Access &access, Conflict &conflict) {
  assert(address >= base && address - base + bytes <= size && "in the arena");
  Visit visit(access, conflict);
  while (bytes != 0) {
    const uint64_t offset = (address - base) & ((1u << kStripeBits) - 1);
    const uint32_t piece =
        std::min<uint64_t>(bytes, (1u << kStripeBits) - offset);
    Shard &shard = getShard(address);
    ShardLock lock(shard.lock, concurrent);
    // Otherwise this was tried before.
    if (!concurrent || (address & 15) + piece > 16 ||
        !accessGranule(address, piece, access))
      accessCells(shard, address, piece, visit);
    address += piece;
    bytes -= piece;
  }
  return !visit.told;
}
