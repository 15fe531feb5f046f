//===- MemoryOrder.cpp - Atomics and fences -------------------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "MemoryOrder.h"

#include <algorithm>

using namespace llvm;
using namespace mhc::emulator;

using Parts = SmallVectorImpl<ScopedKnowledge>;

/// Parts that are kept apart by their CTA; what more CTAs release is merged.
static constexpr size_t kMaxParts = 8;

/// The CTA of a merged part: counts as included by every scope, so that too
/// much rather than too little passes.
static constexpr uint32_t kManyCtas = 0;

static void add(Parts &parts, Scope scope, uint32_t cta,
                const Knowledge &knowledge) {
  const bool wide = scope == Scope::Gpu || scope == Scope::System;
  ScopedKnowledge *merged = nullptr;
  for (ScopedKnowledge &part : parts) {
    if (part.scope == scope && part.cta == cta)
      return part.knowledge.join(knowledge);
    if (part.scope == scope && part.cta == kManyCtas)
      merged = &part;
  }
  if (!merged || !wide || parts.size() < kMaxParts) {
    parts.push_back({scope, wide && parts.size() >= kMaxParts ? kManyCtas : cta,
                     knowledge});
    return;
  }
  merged->knowledge.join(knowledge);
}

static bool acquires(Ordering ordering) {
  return ordering == Ordering::Acquire || ordering == Ordering::AcqRel ||
         ordering == Ordering::SeqCst;
}

static bool releases(Ordering ordering) {
  return ordering == Ordering::Release || ordering == Ordering::AcqRel ||
         ordering == Ordering::SeqCst;
}

static Agent::Fences &getFences(Agent &agent) {
  if (!agent.fences)
    agent.fences = std::make_unique<Agent::Fences>();
  return *agent.fences;
}

bool MemoryOrder::passes(const ScopedKnowledge &part, const Agent &agent,
                         Scope scope) const {
  return clusters.includes(part.scope, part.cta, agent.cta) &&
         (part.cta == kManyCtas ||
          clusters.includes(scope, agent.cta, part.cta));
}

void MemoryOrder::observe(const Agent &agent, uint64_t address, bool reads,
                          bool writes) {
  SmallVector<Epoch, 2> &seen = observers[address];
  if (writes)
    seen.clear();
  if (!reads)
    return;
  const Epoch now = agent.now();
  for (Epoch &epoch : seen)
    if (epoch.isSameAgent(now)) {
      epoch = now;
      return;
    }
  seen.push_back(now);
}

bool MemoryOrder::hasObserved(const Agent &agent, uint64_t address) const {
  auto it = observers.find(address);
  return it != observers.end() && llvm::any_of(it->second, [&](Epoch epoch) {
           return epoch.isSameAgent(agent.now()) || agent.clock.knows(epoch);
         });
}

void MemoryOrder::atomicAccess(Agent &agent, uint64_t address, bool reads,
                               bool writes, Ordering ordering, Scope scope) {
  observe(agent, address, reads, writes);
  auto it = variables.find(address);
  const bool continues =
      reads && it != variables.end() &&
      clusters.includes(scope, agent.cta, it->second.cta) &&
      clusters.includes(it->second.scope, it->second.cta, agent.cta);
  if (continues)
    for (const ScopedKnowledge &part : it->second.released) {
      if (acquires(ordering) && passes(part, agent, scope))
        acquire(agent, part.knowledge);
      else
        add(getFences(agent).read, part.scope, part.cta, part.knowledge);
    }
  if (!writes)
    return;

  // What the new value carries: of the old value, if this is a
  // read-modify-write or the releaser writes again, and of this thread.
  const Epoch self(agent.cta, agent.index, 0);
  SmallVector<ScopedKnowledge, 1> parts;
  Epoch sole = self;
  if (it != variables.end() &&
      (continues || (!reads && it->second.soleReleaser == self))) {
    parts = std::move(it->second.released);
    sole = it->second.soleReleaser;
  }
  const bool alone = parts.empty() || sole == self;
  if (releases(ordering)) {
    Knowledge own;
    release(agent, own);
    add(parts, scope, agent.cta, own);
    sole = alone ? self : Epoch();
  } else if (agent.fences) {
    for (unsigned i = 0; i != 4; ++i)
      if (agent.fences->hasRelease[i]) {
        add(parts, std::min(scope, static_cast<Scope>(i)), agent.cta,
            agent.fences->released[i]);
        sole = alone ? self : Epoch();
      }
  }
  if (parts.empty()) {
    if (it != variables.end())
      variables.erase(it);
    return;
  }
  Variable &variable = variables[address];
  variable.scope = scope;
  variable.cta = agent.cta;
  variable.soleReleaser = sole;
  variable.released = std::move(parts);
}

void MemoryOrder::fence(Agent &agent, Ordering ordering, Scope scope) {
  if (acquires(ordering) && agent.fences)
    llvm::erase_if(agent.fences->read, [&](const ScopedKnowledge &part) {
      if (!passes(part, agent, scope))
        return false;
      acquire(agent, part.knowledge);
      return true;
    });
  if (!releases(ordering))
    return;
  Agent::Fences &fences = getFences(agent);
  // It does what fences of narrower scope did, and more.
  const unsigned index = static_cast<unsigned>(scope);
  for (unsigned i = 0; i <= index; ++i) {
    fences.hasRelease[i] = i == index;
    fences.released[i] = Knowledge();
  }
  Knowledge &released = fences.released[index];
  released.clock = agent.clock.withoutOwner();
  released.clock.learn(agent.now());
  if (agent.tracksProxies)
    released.fenced = agent.fenced;
  agent.advance();
}

void MemoryOrder::forget(uint64_t address, uint64_t size) {
  if (variables.empty())
    return;
  if (size <= 64) {
    for (uint64_t i = 0; i != size; ++i)
      variables.erase(address + i);
    return;
  }
  SmallVector<uint64_t> gone;
  for (const auto &entry : variables)
    if (entry.first - address < size)
      gone.push_back(entry.first);
  for (uint64_t key : gone)
    variables.erase(key);
}
