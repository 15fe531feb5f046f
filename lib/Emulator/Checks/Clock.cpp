//===- Clock.cpp - Who knows of what --------------------------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Clock.h"

#include "llvm/ADT/STLExtras.h"

#include <algorithm>
#include <atomic>
#include <utility>

using namespace llvm;
using namespace mhc::emulator;
using namespace mhc::emulator::detail;

//===----------------------------------------------------------------------===//
// Groups and CTAs
//===----------------------------------------------------------------------===//

// The loops over 32 lanes have no early exit and compare ticks as signed
// numbers, so that they become a few vector instructions.

/// Whether all of `a`'s lanes are at most `limit`.
static bool allAtMost(const LaneTicks &a, int32_t limit) {
  uint32_t more = 0;
  for (int32_t tick : a.tick)
    more |= tick > limit;
  return more == 0;
}

/// Whether all of `a`'s lanes are at most the other's, or `limit`.
static bool allAtMost(const LaneTicks &a, const LaneTicks &b, int32_t limit) {
  uint32_t more = 0;
  for (int i = 0; i != 32; ++i)
    more |= static_cast<uint32_t>(a.tick[i] > b.tick[i]) &
            static_cast<uint32_t>(a.tick[i] > limit);
  return more == 0;
}

static bool allAtLeast(const LaneTicks &a, int32_t limit) {
  uint32_t less = 0;
  for (int32_t tick : a.tick)
    less |= tick < limit;
  return less == 0;
}

/// Drops what the uniform tick covers, and lanes that all agree.
static void simplify(GroupTicks &group) {
  if (!group.lanes)
    return;
  const int32_t first = group.lanes->tick[0];
  if (group.lanes->tick[31] == first && allAtLeast(*group.lanes, first) &&
      allAtMost(*group.lanes, first))
    group.uniform = std::max(group.uniform, static_cast<uint32_t>(first));
  if (allAtMost(*group.lanes, group.uniform))
    group.lanes.reset();
}

static LaneTicks &getMutableLanes(GroupTicks &group) {
  if (!group.lanes) {
    group.lanes = new LaneTicks();
    std::fill_n(group.lanes->tick, 32, group.uniform);
  } else if (group.lanes->references > 1) {
    auto *copy = new LaneTicks();
    std::copy_n(group.lanes->tick, 32, copy->tick);
    group.lanes = copy;
  }
  return *group.lanes;
}

/// Whether `b`, with a further tick for all lanes, holds all that `a` does.
static bool isCovered(const GroupTicks &a, const GroupTicks &b,
                      uint32_t floor) {
  const uint32_t limit = std::max(floor, b.uniform);
  if (a.uniform > limit && !(b.lanes && allAtLeast(*b.lanes, a.uniform)))
    return false;
  if (!a.lanes || a.lanes == b.lanes)
    return true;
  return b.lanes ? allAtMost(*a.lanes, *b.lanes, limit)
                 : allAtMost(*a.lanes, limit);
}

static void joinGroup(GroupTicks &a, const GroupTicks &b) {
  if (isCovered(b, a, 0))
    return;
  if (isCovered(a, b, 0)) {
    a = b;
    return;
  }
  a.uniform = std::max(a.uniform, b.uniform);
  if (b.lanes && a.lanes != b.lanes) {
    LaneTicks &lanes = getMutableLanes(a);
    for (int i = 0; i != 32; ++i)
      lanes.tick[i] = std::max(lanes.tick[i], b.lanes->tick[i]);
  }
  simplify(a);
}

/// The threads' floor as it counts for a group.
static uint32_t getFloor(const CtaTicks &cta, uint32_t group) {
  return group < Epoch::kAsyncCopies / 32 ? cta.floor : 0;
}

static GroupTicks &getGroup(CtaTicks &cta, uint32_t group) {
  const unsigned position = cta.getPosition(group);
  if (!cta.has(group)) {
    cta.present[group >> 6] |= uint64_t{1} << (group & 63);
    cta.groups.insert(cta.groups.begin() + position, GroupTicks());
    cta.groups[position].uniform = getFloor(cta, group);
  }
  return cta.groups[position];
}

/// Calls `body(number, ticks)` for each group.
template <typename Ticks, typename Body>
static void forEachGroup(Ticks &cta, Body body) {
  unsigned position = 0;
  for (unsigned word = 0; word != 2; ++word)
    for (uint64_t bits = cta.present[word]; bits; bits &= bits - 1)
      body(word * 64 + __builtin_ctzll(bits), cta.groups[position++]);
}

/// Whether `b` holds all that `a` does (it may fail to see that it does).
static bool isCovered(const CtaTicks &a, const CtaTicks &b) {
  if (a.floor > b.floor || (a.present[0] & ~b.present[0] & ~0xffffffffull) ||
      (a.present[1] & ~b.present[1]))
    return false;
  unsigned position = 0;
  static const GroupTicks nothing;
  for (unsigned word = 0; word != 2; ++word)
    for (uint64_t bits = a.present[word]; bits; bits &= bits - 1) {
      const unsigned group = word * 64 + __builtin_ctzll(bits);
      const GroupTicks &ticks =
          b.has(group) ? b.groups[b.getPosition(group)] : nothing;
      if (!isCovered(a.groups[position++], ticks, getFloor(b, group)))
        return false;
    }
  return true;
}

/// Raises the threads' floor, and drops what it covers.
static void raiseFloor(CtaTicks &cta, uint32_t tick) {
  if (tick <= cta.floor)
    return;
  cta.floor = tick;
  SmallVector<GroupTicks, 2> kept;
  uint64_t present[2] = {0, cta.present[1]};
  forEachGroup(cta, [&](unsigned number, GroupTicks &group) {
    if (number < Epoch::kAsyncCopies / 32) {
      group.uniform = std::max(group.uniform, tick);
      simplify(group);
      if (group.uniform == tick && !group.lanes)
        return;
    }
    if (number < 64)
      present[0] |= uint64_t{1} << number;
    kept.push_back(std::move(group));
  });
  cta.groups = std::move(kept);
  std::copy_n(present, 2, cta.present);
}

static void joinCta(CtaTicks &a, const CtaTicks &b) {
  raiseFloor(a, b.floor);
  forEachGroup(b, [&](unsigned number, const GroupTicks &ticks) {
    const unsigned position = a.getPosition(number);
    if (a.has(number))
      return joinGroup(a.groups[position], ticks);
    if (isCovered(ticks, GroupTicks(), getFloor(a, number)))
      return;
    a.present[number >> 6] |= uint64_t{1} << (number & 63);
    a.groups.insert(a.groups.begin() + position, ticks);
  });
}

/// Versions count from different numbers in each host thread.
static uint64_t getNextVersion() {
  static std::atomic<uint64_t> numThreads{0};
  static thread_local uint64_t version = 0;
  if (version == 0)
    version = ++numThreads << 44;
  return ++version;
}

/// Whether `b` was seen to cover `a`.
static bool isKnownCovered(const CtaTicks &a, const CtaTicks &b) {
  return a.version != 0 && b.covered == a.version;
}

/// Whether `b` was seen to cover `a`, or does.
static bool checkCovered(const CtaTicks &a, const CtaTicks &b) {
  if (isKnownCovered(a, b))
    return true;
  if (!isCovered(a, b))
    return false;
  if (a.version == 0)
    a.version = getNextVersion();
  b.covered = a.version;
  return true;
}

static CtaTicks *copyCta(const CtaTicks &cta) {
  auto *copy = new CtaTicks(cta);
  copy->references = 0;
  return copy;
}

//===----------------------------------------------------------------------===//
// Clock
//===----------------------------------------------------------------------===//

const CtaTicks *Clock::find(uint32_t cta) const {
  if (cta == nearCta)
    return near.get();
  if (!far)
    return nullptr;
  auto it = llvm::partition_point(
      far->ctas, [&](const auto &ticks) { return ticks->cta < cta; });
  return it != far->ctas.end() && (*it)->cta == cta ? it->get() : nullptr;
}

CtaTicks &Clock::getMutable(uint32_t cta) {
  if (nearCta == 0)
    nearCta = cta;
  if (cta == nearCta) {
    if (!near) {
      near = new CtaTicks();
      near->cta = cta;
      near->floor = nearFloor;
    } else if (near->references > 1) {
      near = copyCta(*near);
    }
    near->version = 0;
    return *near;
  }
  if (!far) {
    far = new CtaTable();
  } else if (far->references > 1) {
    auto *copy = new CtaTable();
    copy->ctas = far->ctas;
    far = copy;
  }
  auto it = llvm::partition_point(
      far->ctas, [&](const auto &ticks) { return ticks->cta < cta; });
  if (it == far->ctas.end() || (*it)->cta != cta) {
    it = far->ctas.insert(it, IntrusiveRefCntPtr<CtaTicks>(new CtaTicks()));
    (*it)->cta = cta;
  } else if ((*it)->references > 1) {
    *it = copyCta(**it);
  }
  (*it)->version = 0;
  return **it;
}

bool Clock::knowsSlow(Epoch epoch) const {
  return getUnknownLanesSlow(epoch, 1u << epoch.getLane()) == 0;
}

uint32_t Clock::getUnknownLanesSlow(Epoch epoch, uint32_t lanes) const {
  const uint32_t tick = epoch.getTick();
  const auto signedTick = static_cast<int32_t>(tick);
  const uint32_t group = epoch.getGroup();
  if (tick == 0)
    return 0;
  if ((epoch.bits ^ owner.bits) >> Epoch::kGroupShift == 0)
    lanes &= ~(1u << owner.getLane());
  for (Epoch known : recent)
    if ((epoch.bits ^ known.bits) >> Epoch::kGroupShift == 0 &&
        tick <= known.getTick())
      lanes &= ~(1u << known.getLane());
  if (lanes == 0)
    return 0;
  const CtaTicks *cta = find(epoch.getCta());
  if (!cta)
    return lanes;
  if (tick <= getFloor(*cta, group))
    return 0;
  if (!cta->has(group))
    return lanes;
  const GroupTicks &ticks = cta->groups[cta->getPosition(group)];
  if (tick <= ticks.uniform)
    return 0;
  if (!ticks.lanes)
    return lanes;
  if ((lanes & (lanes - 1)) == 0)
    return ticks.lanes->tick[__builtin_ctz(lanes)] >= signedTick ? 0 : lanes;
  uint32_t known = 0;
  for (unsigned i = 0; i != 32; ++i)
    known |= uint32_t{ticks.lanes->tick[i] >= signedTick} << i;
  return lanes & ~known;
}

void Clock::raiseNear(uint32_t tick) {
  if (tick <= nearFloor)
    return;
  nearFloor = tick;
  if (!near)
    return;
  raiseFloor(getMutable(nearCta), tick);
  if (near->groups.empty())
    near.reset();
}

void Clock::joinNear(const Clock &other) {
  if (near == other.near) {
    nearFloor = std::max(nearFloor, other.nearFloor);
  } else if (!other.near) {
    raiseNear(other.nearFloor);
  } else if (!near && nearFloor <= other.nearFloor) {
    near = other.near;
    nearFloor = other.nearFloor;
  } else if (!near) {
    CtaTicks &mine = getMutable(nearCta);
    joinCta(mine, *other.near);
    nearFloor = mine.floor;
  } else if (isKnownCovered(*other.near, *near)) {
    return;
  } else if (checkCovered(*near, *other.near)) {
    near = other.near;
    nearFloor = other.nearFloor;
  } else if (!checkCovered(*other.near, *near)) {
    CtaTicks &mine = getMutable(nearCta);
    joinCta(mine, *other.near);
    nearFloor = mine.floor;
  }
}

void Clock::joinFar(const IntrusiveRefCntPtr<CtaTicks> &other) {
  const CtaTicks *mine = find(other->cta);
  if (mine == other.get())
    return;
  if (mine && checkCovered(*other, *mine))
    return;
  const bool replaces = !mine || checkCovered(*mine, *other);
  if (!replaces) {
    joinCta(getMutable(other->cta), *other);
    return;
  }
  // The table changes, but the CTA's ticks need no copy.
  if (!far) {
    far = new CtaTable();
  } else if (far->references > 1) {
    auto *copy = new CtaTable();
    copy->ctas = far->ctas;
    far = copy;
  }
  auto it = llvm::partition_point(
      far->ctas, [&](const auto &ticks) { return ticks->cta < other->cta; });
  if (mine)
    *it = other;
  else
    far->ctas.insert(it, other);
}

void Clock::join(const Clock &other) {
  if (this == &other)
    return;
  learnCtasBelow(other.ctasBelow);
  if (other.nearCta && other.nearCta >= ctasBelow) {
    if (nearCta == 0) {
      nearCta = other.nearCta;
      nearFloor = other.nearFloor;
      near = other.near;
    } else if (nearCta == other.nearCta) {
      joinNear(other);
    } else if (other.near) {
      joinFar(other.near);
    } else if (other.nearFloor) {
      learnThreads(other.nearCta, other.nearFloor);
    }
  }
  if (other.far && other.far != far) {
    if (!far && ctasBelow == other.ctasBelow && nearCta == other.nearCta) {
      far = other.far;
    } else {
      // The other may share its table with this clock's future one.
      const IntrusiveRefCntPtr<CtaTable> table = other.far;
      for (const IntrusiveRefCntPtr<CtaTicks> &ticks : table->ctas) {
        if (ticks->cta < ctasBelow)
          continue;
        if (ticks->cta != nearCta) {
          joinFar(ticks);
        } else if (near != ticks) {
          joinCta(getMutable(nearCta), *ticks);
          nearFloor = near->floor;
        }
      }
    }
  }
  for (Epoch epoch : other.recent)
    if (!epoch.isNone())
      learn(epoch);
}

/// Raises those lanes, in a CTA's ticks that are this clock's alone.
static void raiseLanes(CtaTicks &cta, uint32_t group, uint32_t lanes,
                       uint32_t tick) {
  GroupTicks &ticks = getGroup(cta, group);
  LaneTicks &mine = getMutableLanes(ticks);
  for (; lanes; lanes &= lanes - 1) {
    int32_t &old = mine.tick[__builtin_ctz(lanes)];
    old = std::max(old, static_cast<int32_t>(tick));
  }
  if (mine.tick[0] == mine.tick[31])
    simplify(ticks);
}

void Clock::learn(Epoch epoch) {
  if (knows(epoch))
    return;
  const uint32_t cta = epoch.getCta();
  if (nearCta == 0)
    nearCta = cta;
  if (cta == nearCta && near && near->references == 1 &&
      near->has(epoch.getGroup())) {
    raiseLanes(*near, epoch.getGroup(), 1u << epoch.getLane(), epoch.getTick());
    near->version = 0;
    return;
  }
  for (Epoch &known : recent) {
    if (known.isNone() || known.isSameAgent(epoch)) {
      known = epoch;
      return;
    }
  }
  flushRecent();
  recent[0] = epoch;
}

void Clock::flushRecent() {
  for (Epoch &epoch : recent) {
    if (!epoch.isNone())
      raiseLanes(getMutable(epoch.getCta()), epoch.getGroup(),
                 1u << epoch.getLane(), epoch.getTick());
    epoch = Epoch();
  }
}

void Clock::learnLanes(uint32_t cta, uint32_t group, uint32_t lanes,
                       uint32_t tick) {
  if (lanes == ~0u)
    return learnGroup(cta, group, tick);
  if (getUnknownLanes(Epoch(cta, group * 32, tick), lanes) != 0)
    raiseLanes(getMutable(cta), group, lanes, tick);
}

void Clock::learnGroup(uint32_t cta, uint32_t group, uint32_t tick) {
  if (getUnknownLanes(Epoch(cta, group * 32, tick), ~0u) == 0)
    return;
  GroupTicks &ticks = getGroup(getMutable(cta), group);
  ticks.uniform = std::max(ticks.uniform, tick);
  simplify(ticks);
}

void Clock::learnThreads(uint32_t cta, uint32_t tick) {
  if (cta < ctasBelow)
    return;
  if (nearCta == 0)
    nearCta = cta;
  if (cta == nearCta)
    return raiseNear(tick);
  const CtaTicks *known = find(cta);
  if (!known || known->floor < tick)
    raiseFloor(getMutable(cta), tick);
}

void Clock::learnCtasBelow(uint32_t cta) {
  if (cta <= ctasBelow)
    return;
  ctasBelow = cta;
  if (recent[1].getCta() < cta)
    recent[1] = Epoch();
  if (recent[0].getCta() < cta)
    recent[0] = std::exchange(recent[1], Epoch());
  if (far && far->ctas.front()->cta < cta) {
    auto *rest = new CtaTable();
    for (const auto &ticks : far->ctas)
      if (ticks->cta >= cta)
        rest->ctas.push_back(ticks);
    far = rest;
    if (rest->ctas.empty())
      far.reset();
  }
  if (nearCta == 0 || nearCta >= cta)
    return;
  near.reset();
  nearFloor = 0;
  nearCta = 0;
  if (far)
    setNear(far->ctas.front()->cta);
}

void Clock::setOwner(uint32_t cta, uint32_t agent) {
  owner = Epoch(cta, agent, 0);
  setNear(cta);
}

Clock Clock::withoutOwner() const {
  Clock copy = *this;
  copy.owner = Epoch();
  return copy;
}

void Clock::setNear(uint32_t cta) {
  if (cta == nearCta)
    return;
  const uint32_t oldCta = std::exchange(nearCta, cta);
  const uint32_t oldFloor = std::exchange(nearFloor, 0);
  const IntrusiveRefCntPtr<CtaTicks> old = std::move(near);
  near.reset();
  if (far) {
    auto it = llvm::partition_point(
        far->ctas, [&](const auto &ticks) { return ticks->cta < cta; });
    if (it != far->ctas.end() && (*it)->cta == cta) {
      near = *it;
      nearFloor = near->floor;
      auto *rest = new CtaTable();
      for (const auto &ticks : far->ctas)
        if (ticks->cta != cta)
          rest->ctas.push_back(ticks);
      far = rest;
      if (rest->ctas.empty())
        far.reset();
    }
  }
  if (oldCta == 0)
    return;
  if (old)
    joinFar(old);
  else if (oldFloor)
    learnThreads(oldCta, oldFloor);
}

void Clock::assign(const Clock &other) {
  ctasBelow = other.ctasBelow;
  nearCta = other.nearCta;
  nearFloor = other.nearFloor;
  if (near != other.near)
    near = other.near;
  if (far != other.far)
    far = other.far;
  std::copy_n(other.recent, 2, recent);
}

unsigned Clock::getSize() const {
  unsigned size = 4;
  auto add = [&](const CtaTicks &cta) {
    size += 2;
    for (const GroupTicks &group : cta.groups)
      size += group.lanes ? 33 : 1;
  };
  if (near)
    add(*near);
  if (far)
    for (const auto &cta : far->ctas)
      add(*cta);
  return size;
}

//===----------------------------------------------------------------------===//
// Agents
//===----------------------------------------------------------------------===//

Agent::Agent(uint32_t cta, uint32_t index, uint32_t ctasBelow,
             bool tracksProxies)
    : cta(cta), index(index), tracksProxies(tracksProxies) {
  clock.setOwner(cta, index);
  clock.learnCtasBelow(ctasBelow);
  fenced.setNear(cta);
  fenced.learnCtasBelow(ctasBelow);
}

namespace mhc::emulator {
/// Joins one of the clocks of all agents; with what the agents did up to `tick`
/// where that is not 0.
void joinAll(ArrayRef<Agent *> agents, bool whole, uint32_t tick,
             Clock Agent::*clock) {
  Clock joined = (agents.front()->*clock).withoutOwner();
  const Clock *last = &(agents.front()->*clock);
  for (Agent *agent : agents.drop_front()) {
    const Clock &other = agent->*clock;
    if (!other.isShared(*last)) {
      joined.join(other);
      last = &other;
    } else if (other.hasRecent()) {
      for (Epoch epoch : other.recent)
        if (!epoch.isNone())
          joined.learn(epoch);
    }
  }
  joined.flushRecent();
  if (tick != 0 && whole) {
    uint32_t lastCta = 0;
    for (Agent *agent : agents)
      if (agent->cta != lastCta)
        joined.learnThreads(lastCta = agent->cta, tick);
  } else if (tick != 0) {
    for (size_t i = 0, e = agents.size(); i != e;) {
      const uint32_t cta = agents[i]->cta, group = agents[i]->index / 32;
      uint32_t lanes = 0;
      for (; i != e && agents[i]->cta == cta && agents[i]->index / 32 == group;
           ++i)
        lanes |= 1u << agents[i]->index % 32;
      joined.learnLanes(cta, group, lanes, tick);
    }
  }
  for (Agent *agent : agents) {
    if (joined.nearCta != agent->cta)
      joined.setNear(agent->cta);
    (agent->*clock).assign(joined);
  }
}
} // namespace mhc::emulator

void mhc::emulator::synchronise(ArrayRef<Agent *> participants, bool whole) {
  if (participants.empty())
    return;
  uint32_t tick = 0;
  bool proxies = false;
  for (const Agent *agent : participants) {
    tick = std::max(tick, agent->tick);
    proxies |= agent->tracksProxies;
  }
  joinAll(participants, whole, tick, &Agent::clock);
  if (proxies)
    joinAll(participants, whole, 0, &Agent::fenced);
  for (Agent *agent : participants) {
    agent->tick = tick;
    agent->advance();
  }
}

void mhc::emulator::release(Agent &agent, Clock &into) {
  into.join(agent.clock);
  into.learn(agent.now());
  agent.advance();
}

void mhc::emulator::release(Agent &agent, Knowledge &into) {
  if (agent.tracksProxies)
    into.fenced.join(agent.fenced);
  release(agent, into.clock);
}

void mhc::emulator::acquire(Agent &agent, const Clock &from) {
  agent.clock.join(from);
}

void mhc::emulator::acquire(Agent &agent, const Knowledge &from) {
  agent.clock.join(from.clock);
  if (agent.tracksProxies)
    agent.fenced.join(from.fenced);
}

void mhc::emulator::learnCtasBelow(Agent &agent, uint32_t cta) {
  agent.clock.learnCtasBelow(cta);
  agent.fenced.learnCtasBelow(cta);
}

void mhc::emulator::fenceProxyAsync(Agent &agent) {
  if (!agent.tracksProxies)
    return;
  agent.fenced = agent.clock.withoutOwner();
  agent.fenced.learn(agent.now());
  agent.advance();
}
