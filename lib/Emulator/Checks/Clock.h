//===- Clock.h - Who knows of what ----------------------------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Happens-before between the agents of a run. An epoch names a stretch in the
// life of one agent, a clock says which epochs an agent knows of, that is,
// which lie before all that the agent does next. Whatever orders agents
// (barriers, flags, completions) joins clocks; whatever touches memory asks
// whether the epoch of the earlier access is known.
//
// Agents come in groups of 32 (a warp's threads; the asynchronous agents of a
// warp's threads), and a clock holds a group as one number where its lanes
// agree. So it grows with the number of groups that disagree, never with time.
//
// Clocks share their tables and count references without atomics: agents that
// run on different host threads must not exchange clocks. Clocks that were
// made from `setCtasBelow` alone share nothing.
//
//===----------------------------------------------------------------------===//

#ifndef MHC_EMULATOR_CHECKS_CLOCK_H
#define MHC_EMULATOR_CHECKS_CLOCK_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/IntrusiveRefCntPtr.h"
#include "llvm/ADT/SmallVector.h"

#include <cassert>
#include <cstdint>
#include <memory>

namespace mhc::emulator {

/// Which threads an atomic access or a fence is meant for, as in PTX.
enum class Scope : uint8_t { Cta, Cluster, Gpu, System };

/// Which CTAs share a cluster: `size` consecutive numbers, from `firstCta` on.
struct Clusters {
  uint32_t firstCta = 0;
  uint32_t size = 1;

  bool same(uint32_t a, uint32_t b) const {
    return a == b || (size > 1 && a >= firstCta && b >= firstCta &&
                      (a - firstCta) / size == (b - firstCta) / size);
  }
  /// Whether `scope`, used in CTA `from`, includes the threads of CTA `to`.
  bool includes(Scope scope, uint32_t from, uint32_t to) const {
    switch (scope) {
    case Scope::Cta:
      return from == to;
    case Scope::Cluster:
      return same(from, to);
    case Scope::Gpu:
    case Scope::System:
      return true;
    }
    return true;
  }
};

/// A stretch in the life of an agent, in 64 bits: CTA (24, unique over the
/// run, from 1), agent (12), tick (28, from 1). Tick 0 is known to everyone, so
/// the group and phase numbers of asynchronous agents must start at 1.
struct Epoch {
  static constexpr unsigned kTickBits = 28;
  static constexpr unsigned kAgentBits = 12;
  static constexpr unsigned kCtaShift = kTickBits + kAgentBits;
  static constexpr unsigned kGroupShift = kTickBits + 5;
  static constexpr uint32_t kMaxTick = (1u << kTickBits) - 1;
  static constexpr uint32_t kMaxCta = (1u << 24) - 1;

  /// The agents of a CTA, by their first number.
  static constexpr uint32_t kThreads = 0;
  static constexpr uint32_t kAsyncCopies = 1024;
  static constexpr uint32_t kBulkGroups = 2048;
  static constexpr uint32_t kMbarriers = 3072;

  uint64_t bits = 0;

  constexpr Epoch() = default;
  constexpr explicit Epoch(uint64_t bits) : bits(bits) {}
  constexpr Epoch(uint32_t cta, uint32_t agent, uint32_t tick)
      : bits(uint64_t{cta} << kCtaShift | uint64_t{agent} << kTickBits | tick) {
  }

  constexpr bool isNone() const { return bits == 0; }
  constexpr uint32_t getCta() const { return bits >> kCtaShift; }
  constexpr uint32_t getAgent() const { return bits >> kTickBits & 0xfff; }
  constexpr uint32_t getTick() const { return bits & kMaxTick; }
  /// Agents that share all but the last five bits of their number.
  constexpr uint32_t getGroup() const { return bits >> kGroupShift & 0x7f; }
  constexpr uint32_t getLane() const { return bits >> kTickBits & 31; }
  /// Whether this is a thread, and no asynchronous agent.
  constexpr bool isThread() const { return getAgent() < kAsyncCopies; }
  /// Whether the agent works through the async proxy (bulk copies).
  constexpr bool isAsyncProxy() const { return getAgent() >= kBulkGroups; }
  constexpr bool isSameAgent(Epoch other) const {
    return (bits ^ other.bits) >> kTickBits == 0;
  }

  friend constexpr bool operator==(Epoch a, Epoch b) {
    return a.bits == b.bits;
  }
  friend constexpr bool operator!=(Epoch a, Epoch b) {
    return a.bits != b.bits;
  }
  /// By CTA, agent and time.
  friend constexpr bool operator<(Epoch a, Epoch b) { return a.bits < b.bits; }
};

struct Agent;

namespace detail {
/// Ticks of the 32 lanes of a group.
struct LaneTicks {
  alignas(32) int32_t tick[32];
  uint32_t references = 0;
  void Retain() { ++references; }
  void Release() {
    if (--references == 0)
      delete this;
  }
};

/// What is known of a group: a tick for all lanes, and more for single ones
/// where there are `lanes`.
struct GroupTicks {
  uint32_t uniform = 0;
  llvm::IntrusiveRefCntPtr<LaneTicks> lanes;
};

/// What is known of one CTA: all threads up to `floor`, and the groups of which
/// more is known, in the order of their numbers.
struct CtaTicks {
  uint32_t cta = 0;
  uint32_t floor = 0;
  uint32_t references = 0;
  /// Names this content, since lanes of a warp often join the same two tables
  /// one after another; 0 until somebody asks, and after each change.
  mutable uint64_t version = 0;
  /// The last version of another table that this one was seen to cover; it
  /// does so for good, since it only grows.
  mutable uint64_t covered = 0;
  uint64_t present[2] = {0, 0};
  llvm::SmallVector<GroupTicks, 2> groups;

  void Retain() { ++references; }
  void Release() {
    if (--references == 0)
      delete this;
  }
  bool has(uint32_t group) const {
    return present[group >> 6] >> (group & 63) & 1;
  }
  unsigned getPosition(uint32_t group) const {
    const uint64_t below = (uint64_t{1} << (group & 63)) - 1;
    const int first =
        __builtin_popcountll(present[0] & (group < 64 ? below : ~uint64_t{0}));
    return group < 64 ? first
                      : first + __builtin_popcountll(present[1] & below);
  }
};

/// CTAs other than a clock's near one, in the order of their numbers.
struct CtaTable {
  uint32_t references = 0;
  llvm::SmallVector<llvm::IntrusiveRefCntPtr<CtaTicks>, 4> ctas;
  void Retain() { ++references; }
  void Release() {
    if (--references == 0)
      delete this;
  }
};
} // namespace detail

/// What an agent knows: a tick for each agent of the run, up to which all of
/// that agent's epochs are known. Copies are cheap (they share tables).
class Clock {
public:
  /// Knows nothing but the none epoch.
  Clock() = default;

  /// Whether all that happened in this epoch lies before. HOT.
  bool knows(Epoch epoch) const {
    const uint32_t cta = epoch.getCta();
    if (cta < ctasBelow)
      return true;
    if (cta == nearCta && epoch.getTick() <= nearFloor && epoch.isThread())
      return true;
    return knowsSlow(epoch);
  }

  /// Those of `lanes` (of the epoch's group, the epoch's own lane is ignored)
  /// whose epoch with this tick is not known. HOT.
  uint32_t getUnknownLanes(Epoch epoch, uint32_t lanes) const {
    const uint32_t cta = epoch.getCta();
    if (cta < ctasBelow)
      return 0;
    if (cta == nearCta && epoch.getTick() <= nearFloor && epoch.isThread())
      return 0;
    return getUnknownLanesSlow(epoch, lanes);
  }

  /// Learns all that the other clock knows; not of the epochs of the other's
  /// owner itself (see `setOwner`), which a release adds by `learn`.
  void join(const Clock &other);
  /// Learns of the agent's epochs up to this one.
  void learn(Epoch epoch);
  /// Learns of all threads (not asynchronous agents) of a CTA up to a tick.
  void learnThreads(uint32_t cta, uint32_t tick);
  /// Learns of all lanes of a group up to a tick: a warp's threads, or their
  /// asynchronous agents (group = agent / 32).
  void learnGroup(uint32_t cta, uint32_t group, uint32_t tick);
  /// Learns of those lanes of a group up to a tick.
  void learnLanes(uint32_t cta, uint32_t group, uint32_t lanes, uint32_t tick);
  /// Learns of all CTAs with a smaller number: launches that have ended.
  void learnCtasBelow(uint32_t cta);
  /// The CTA below which everything is known.
  uint32_t getCtasBelow() const { return ctasBelow; }

  /// The clock belongs to this agent, and knows all of its epochs whatever the
  /// tick. Joins do not take this over.
  void setOwner(uint32_t cta, uint32_t agent);
  /// A copy that belongs to nobody; the owner's epochs are not known to it.
  Clock withoutOwner() const;

  /// Puts the knowledge of this CTA where it is found fastest.
  void setNear(uint32_t cta);

  /// How many numbers it holds, as a measure of its growth.
  unsigned getSize() const;

private:
  friend void joinAll(llvm::ArrayRef<Agent *> agents, bool whole, uint32_t tick,
                      Clock Agent::*clock);

  bool knowsSlow(Epoch epoch) const;
  uint32_t getUnknownLanesSlow(Epoch epoch, uint32_t lanes) const;
  const detail::CtaTicks *find(uint32_t cta) const;
  detail::CtaTicks &getMutable(uint32_t cta);
  void joinNear(const Clock &other);
  void joinFar(const llvm::IntrusiveRefCntPtr<detail::CtaTicks> &other);
  void raiseNear(uint32_t tick);
  void flushRecent();
  bool hasRecent() const { return recent[0].bits != 0; }
  /// Takes over all but the owner.
  void assign(const Clock &other);
  bool isShared(const Clock &other) const {
    return near == other.near && far == other.far &&
           nearFloor == other.nearFloor && nearCta == other.nearCta &&
           ctasBelow == other.ctasBelow;
  }

  uint32_t ctasBelow = 1;
  uint32_t nearCta = 0;
  /// Equals near->floor where there is a `near`.
  uint32_t nearFloor = 0;
  llvm::IntrusiveRefCntPtr<detail::CtaTicks> near;
  llvm::IntrusiveRefCntPtr<detail::CtaTable> far;
  /// The owner's agent, its tick 0; none if nobody.
  Epoch owner;
  /// Epochs learned that are not in the tables yet.
  Epoch recent[2];
};

/// What one agent hands to others: its clock, and what its proxy fences (and
/// those that it knows of) have made visible to the async proxy.
struct Knowledge {
  Clock clock;
  Clock fenced;

  void join(const Knowledge &other) {
    clock.join(other.clock);
    fenced.join(other.fenced);
  }
};

/// A Knowledge that was released by a thread of `cta`, with a scope.
struct ScopedKnowledge {
  Scope scope = Scope::System;
  uint32_t cta = 0;
  Knowledge knowledge;
};

/// The race state of one thread.
struct Agent {
  /// `ctasBelow` is the first CTA of the launch (or of the earliest launch that
  /// has not ended, for an early launch).
  explicit Agent(uint32_t cta = 0, uint32_t index = 0, uint32_t ctasBelow = 0,
                 bool tracksProxies = false);

  uint32_t cta;
  uint32_t index;
  uint32_t tick = 1;
  /// Whether `fenced` is kept up to date.
  bool tracksProxies;
  Clock clock;
  /// What is visible to bulk copies that this thread issues: each write of the
  /// generic proxy must lie before a fence.proxy.async, which may be its
  /// writer's, the issuer's, or that of any thread on the way.
  Clock fenced;

  /// The rest belongs to MemoryOrder.
  struct Fences {
    /// What the last release fence of each scope publishes with later stores.
    bool hasRelease[4] = {};
    Knowledge released[4];
    /// What relaxed loads have read, for a later acquire fence.
    llvm::SmallVector<ScopedKnowledge, 1> read;
  };
  std::unique_ptr<Fences> fences;

  /// The epoch of what the thread does now.
  Epoch now() const { return Epoch(cta, index, tick); }
  /// Begins a new epoch.
  void advance() {
    assert(tick < Epoch::kMaxTick && "too many synchronisations of a thread");
    ++tick;
  }
};

/// A barrier of these threads: everything before it in any of them is known to
/// all. `whole`: all threads of each CTA that occurs are among them (threads
/// that have ended belong to them, since their end counts as arrival);
/// cheapest. All of them get the same tick. Also right for the barrier of a
/// cluster.
void synchronise(llvm::ArrayRef<Agent *> participants, bool whole);

/// Publishes what the agent knows and did, and begins a new epoch.
void release(Agent &agent, Clock &into);
void release(Agent &agent, Knowledge &into);
/// Learns what was published.
void acquire(Agent &agent, const Clock &from);
void acquire(Agent &agent, const Knowledge &from);

/// All launches whose CTAs have smaller numbers have ended (griddepcontrol.wait
/// of an early launch).
void learnCtasBelow(Agent &agent, uint32_t cta);

/// fence.proxy.async: what the thread knows and did is visible to the async
/// proxy, for this thread and for all that it synchronises with afterwards.
/// Begins a new epoch. Does nothing if the agent does not track proxies.
void fenceProxyAsync(Agent &agent);

} // namespace mhc::emulator

#endif // MHC_EMULATOR_CHECKS_CLOCK_H
