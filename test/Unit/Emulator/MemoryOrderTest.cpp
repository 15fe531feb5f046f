//===- MemoryOrderTest.cpp - Checks of atomics and fences -----------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "EmulatorChecks.h"

#include "Checks/MemoryOrder.h"

using namespace llvm;
using namespace mhc::emulator;
using namespace mhc::test;

namespace {

constexpr uint64_t flag = 0x1000;
constexpr Ordering relaxed = Ordering::Relaxed;

/// Four CTAs in clusters of two with one thread each, and a second thread in
/// the first.
struct Threads {
  MemoryOrder order{Clusters{1, 2}};
  Agent a{1, 0, 1}, neighbour{1, 40, 1}, b{2, 0, 1}, c{3, 0, 1}, d{4, 0, 1};

  void store(Agent &agent, Ordering ordering, Scope scope,
             uint64_t address = flag) {
    order.atomicAccess(agent, address, false, true, ordering, scope);
  }
  void load(Agent &agent, Ordering ordering, Scope scope,
            uint64_t address = flag) {
    order.atomicAccess(agent, address, true, false, ordering, scope);
  }
  void modify(Agent &agent, Ordering ordering, Scope scope,
              uint64_t address = flag) {
    order.atomicAccess(agent, address, true, true, ordering, scope);
  }
};

} // namespace

void mhc::test::checkMemoryOrder(Checks &checks) {
  checks.run("order-release-acquire", [&] {
    Threads t;
    const Epoch data = t.a.now();
    t.store(t.a, Ordering::Release, Scope::Gpu);
    const Epoch later = t.a.now();
    t.load(t.c, Ordering::Acquire, Scope::Gpu);
    checks.isTrue("released", t.c.clock.knows(data));
    checks.isTrue("written afterwards", !t.c.clock.knows(later));
  });

  checks.run("order-half-missing", [&] {
    {
      Threads t;
      const Epoch data = t.a.now();
      t.store(t.a, relaxed, Scope::Gpu);
      t.load(t.c, Ordering::Acquire, Scope::Gpu);
      checks.isTrue("no release", !t.c.clock.knows(data));
    }
    {
      Threads t;
      const Epoch data = t.a.now();
      t.store(t.a, Ordering::Release, Scope::Gpu);
      t.load(t.c, relaxed, Scope::Gpu);
      checks.isTrue("no acquire", !t.c.clock.knows(data));
      t.order.fence(t.c, Ordering::Release, Scope::Gpu);
      checks.isTrue("a release fence", !t.c.clock.knows(data));
      t.order.fence(t.c, Ordering::AcqRel, Scope::Gpu);
      checks.isTrue("an acquire fence", t.c.clock.knows(data));
    }
    {
      Threads t;
      const Epoch data = t.a.now();
      t.store(t.a, Ordering::Release, Scope::Gpu);
      t.load(t.c, Ordering::Acquire, Scope::Gpu, flag + 4);
      checks.isTrue("another flag", !t.c.clock.knows(data));
    }
  });

  checks.run("order-fences", [&] {
    Threads t;
    const Epoch data = t.a.now();
    t.order.fence(t.a, Ordering::SeqCst, Scope::Gpu);
    const Epoch between = t.a.now();
    t.store(t.a, relaxed, Scope::System);
    t.load(t.c, relaxed, Scope::System);
    checks.isTrue("not yet", !t.c.clock.knows(data));
    t.order.fence(t.c, Ordering::SeqCst, Scope::Gpu);
    checks.isTrue("fenced", t.c.clock.knows(data));
    checks.isTrue("after the fence", !t.c.clock.knows(between));
    // Another store of the thread carries the same fence.
    t.store(t.a, relaxed, Scope::Gpu, flag + 8);
    t.load(t.d, Ordering::Acquire, Scope::Gpu, flag + 8);
    checks.isTrue("second flag", t.d.clock.knows(data));
  });

  checks.run("order-scopes", [&] {
    const Scope scopes[] = {Scope::Cta, Scope::Cluster, Scope::Gpu,
                            Scope::System};
    for (Scope write : scopes)
      for (Scope read : scopes)
        for (Scope fenceScope : scopes)
          for (int how = 0; how != 3; ++how) {
            Threads t;
            const Epoch data = t.a.now();
            // A release, a release fence, or an acquire fence of that scope.
            Scope narrowest = std::min(write, read);
            if (how == 0) {
              t.store(t.a, Ordering::Release, write);
            } else {
              const Scope first = how == 1 ? fenceScope : Scope::System;
              t.order.fence(t.a, Ordering::AcqRel, first);
              t.store(t.a, relaxed, write);
              narrowest = std::min(narrowest, fenceScope);
            }
            Agent *readers[] = {&t.neighbour, &t.b, &t.c};
            for (int i = 0; i != 3; ++i) {
              t.load(*readers[i], how == 2 ? relaxed : Ordering::Acquire, read);
              if (how == 2)
                t.order.fence(*readers[i], Ordering::AcqRel, fenceScope);
              checks.equal("reader " + Twine(i) + " of how " + Twine(how),
                           static_cast<int>(narrowest) >= i,
                           readers[i]->clock.knows(data));
            }
          }
  });

  // Who has read the last value of an atomic comes after all who made it; who
  // has not, or has read one that a store replaced since, does not.
  checks.run("order-observed", [&] {
    Threads t;
    t.modify(t.a, relaxed, Scope::Gpu);
    checks.isTrue("another thread", !t.order.hasObserved(t.b, flag));
    t.modify(t.b, relaxed, Scope::Gpu);
    checks.isTrue("the last", t.order.hasObserved(t.b, flag));
    checks.isTrue("one before", !t.order.hasObserved(t.a, flag));
    checks.isTrue("a third", !t.order.hasObserved(t.c, flag));
    Clock passed;
    release(t.b, passed);
    acquire(t.c, passed);
    checks.isTrue("who knows of the last", t.order.hasObserved(t.c, flag));
    t.store(t.a, relaxed, Scope::Gpu);
    checks.isTrue("before a store", !t.order.hasObserved(t.b, flag));
    t.order.reset();
    checks.isTrue("another launch", !t.order.hasObserved(t.b, flag));
  });

  checks.run("order-release-sequence", [&] {
    {
      Threads t;
      const Epoch data = t.a.now();
      t.store(t.a, Ordering::Release, Scope::Gpu);
      t.modify(t.b, relaxed, Scope::Gpu);
      checks.isTrue("the middle", !t.b.clock.knows(data));
      t.load(t.c, Ordering::Acquire, Scope::Gpu);
      checks.isTrue("continued by an atomic", t.c.clock.knows(data));
    }
    {
      Threads t;
      const Epoch data = t.a.now();
      t.store(t.a, Ordering::Release, Scope::Gpu);
      t.store(t.b, relaxed, Scope::Gpu);
      t.load(t.c, Ordering::Acquire, Scope::Gpu);
      checks.isTrue("ended by a store", !t.c.clock.knows(data));
    }
    {
      Threads t;
      const Epoch data = t.a.now();
      t.store(t.a, Ordering::Release, Scope::Gpu);
      t.store(t.a, relaxed, Scope::Gpu);
      t.load(t.c, Ordering::Acquire, Scope::Gpu);
      checks.isTrue("continued by the releaser", t.c.clock.knows(data));
    }
    {
      Threads t;
      const Epoch data = t.a.now();
      t.store(t.a, Ordering::Release, Scope::Gpu);
      t.modify(t.b, relaxed, Scope::Cluster);
      t.load(t.c, Ordering::Acquire, Scope::Gpu);
      checks.isTrue("broken by a narrow atomic", !t.c.clock.knows(data));
    }
    {
      // A counter of arrivals, and the last one goes on.
      Threads t;
      const Epoch first = t.a.now(), second = t.b.now(), third = t.c.now();
      t.modify(t.a, Ordering::AcqRel, Scope::Gpu);
      t.modify(t.b, Ordering::Release, Scope::Gpu);
      t.order.fence(t.c, Ordering::AcqRel, Scope::Gpu);
      t.modify(t.c, relaxed, Scope::Gpu);
      t.modify(t.d, Ordering::AcqRel, Scope::Gpu);
      checks.isTrue("all arrivals", t.d.clock.knows(first) &&
                                        t.d.clock.knows(second) &&
                                        t.d.clock.knows(third));
      checks.isTrue("not backwards", !t.a.clock.knows(second));
    }
  });

  checks.run("order-transitive", [&] {
    Threads t;
    const Epoch data = t.a.now();
    t.store(t.a, Ordering::Release, Scope::Cta);
    t.load(t.neighbour, Ordering::Acquire, Scope::Cta);
    t.store(t.neighbour, Ordering::Release, Scope::Cluster, flag + 4);
    t.load(t.b, Ordering::Acquire, Scope::Cluster, flag + 4);
    t.store(t.b, Ordering::Release, Scope::Gpu, flag + 8);
    t.load(t.d, Ordering::Acquire, Scope::Gpu, flag + 8);
    checks.isTrue("through three flags", t.d.clock.knows(data));
    // One thread synchronises for its CTA.
    Agent other{4, 5, 1};
    SmallVector<Agent *> cta = {&t.d, &other};
    synchronise(cta, true);
    checks.isTrue("and a barrier", other.clock.knows(data));
  });

  checks.run("order-many-releasers", [&] {
    MemoryOrder order(Clusters{1, 1});
    std::vector<Epoch> epochs;
    for (uint32_t cta = 1; cta != 40; ++cta) {
      Agent agent(cta, 3, 1);
      epochs.push_back(agent.now());
      order.atomicAccess(agent, flag, true, true, Ordering::Release,
                         Scope::Gpu);
    }
    Agent last(40, 0, 1);
    order.atomicAccess(last, flag, true, true, Ordering::AcqRel, Scope::Gpu);
    checks.isTrue("all", llvm::all_of(epochs, [&](Epoch epoch) {
                    return last.clock.knows(epoch);
                  }));
    order.forget(flag & ~uint64_t{0xff}, 0x100);
    checks.equal("forgotten", size_t{0}, order.getNumVariables());
  });
}
