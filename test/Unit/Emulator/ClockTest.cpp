//===- ClockTest.cpp - Checks of who knows of what ------------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "EmulatorChecks.h"

#include "Checks/Clock.h"

#include <algorithm>
#include <deque>
#include <map>
#include <random>
#include <vector>

using namespace llvm;
using namespace mhc::emulator;
using namespace mhc::test;

namespace {

/// A run of a few CTAs with one full vector of ticks for each agent, beside the
/// agents' clocks.
class Model {
public:
  using Vector = std::map<uint64_t, uint32_t>;

  struct Published {
    Knowledge knowledge;
    Vector vector;
  };

  Model(uint32_t firstCta, unsigned numCtas, unsigned numThreads, uint64_t seed)
      : random(seed), firstCta(firstCta), numCtas(numCtas),
        numThreads(numThreads) {
    for (unsigned i = 0; i != numCtas * numThreads; ++i)
      agents.emplace_back(firstCta + i / numThreads, i % numThreads, firstCta,
                          true);
    vectors.resize(agents.size());
    published.resize(6);
  }

  static uint64_t getKey(Epoch epoch) { return epoch.bits >> Epoch::kTickBits; }

  static bool knows(const Vector &vector, Epoch epoch) {
    auto it = vector.find(getKey(epoch));
    return it != vector.end() && epoch.getTick() <= it->second;
  }
  bool knows(unsigned agent, Epoch epoch) const {
    return epoch.isSameAgent(agents[agent].now()) ||
           knows(vectors[agent], epoch);
  }

  static void learn(Vector &vector, Epoch epoch) {
    uint32_t &tick = vector[getKey(epoch)];
    tick = std::max(tick, epoch.getTick());
  }
  static void join(Vector &vector, const Vector &other) {
    for (const auto &[key, tick] : other)
      vector[key] = std::max(vector[key], tick);
  }

  /// Every thread does something in its present epoch.
  void act(unsigned agent) { occurred.push_back(agents[agent].now()); }

  void barrier(ArrayRef<unsigned> indices, bool whole) {
    Vector joined;
    SmallVector<Agent *> participants;
    for (unsigned i : indices) {
      act(i);
      join(joined, vectors[i]);
      learn(joined, agents[i].now());
      participants.push_back(&agents[i]);
    }
    for (unsigned i : indices)
      vectors[i] = joined;
    synchronise(participants, whole);
  }

  void release(unsigned agent, unsigned variable) {
    act(agent);
    join(published[variable].vector, vectors[agent]);
    learn(published[variable].vector, agents[agent].now());
    mhc::emulator::release(agents[agent], published[variable].knowledge);
  }
  void acquire(unsigned agent, unsigned variable) {
    join(vectors[agent], published[variable].vector);
    mhc::emulator::acquire(agents[agent], published[variable].knowledge);
  }

  /// An asynchronous agent of the thread ends one more group, and the thread
  /// waits for it.
  void complete(unsigned agent, uint32_t kind) {
    const uint32_t number = agents[agent].index + kind;
    const Epoch epoch(agents[agent].cta, number, ++groups[{agent, kind}]);
    occurred.push_back(epoch);
    learn(vectors[agent], epoch);
    agents[agent].clock.learn(epoch);
  }

  void step() {
    const unsigned agent = random() % agents.size();
    const unsigned cta = random() % numCtas;
    SmallVector<unsigned> some;
    switch (random() % 16) {
    case 0:
      for (unsigned i = 0; i != numThreads; ++i)
        some.push_back(cta * numThreads + i);
      return barrier(some, true);
    case 1:
      // Of a cluster of two.
      for (unsigned i = 0; i != 2 * numThreads; ++i)
        some.push_back((cta & ~1u) * numThreads + i);
      return barrier(some, random() % 2);
    case 2:
    case 3: {
      const unsigned warp = random() % ((numThreads + 31) / 32);
      for (unsigned i = warp * 32; i != std::min(warp * 32 + 32, numThreads);
           ++i)
        some.push_back(cta * numThreads + i);
      return barrier(some, false);
    }
    case 4:
    case 5:
      for (unsigned i = 0; i != numThreads; ++i)
        if (random() % 3 == 0)
          some.push_back(cta * numThreads + i);
      std::shuffle(some.begin(), some.end(), random);
      return barrier(some, false);
    case 6:
    case 7:
    case 8:
      return release(agent, random() % published.size());
    case 9:
    case 10:
    case 11:
      return acquire(agent, random() % published.size());
    case 12:
      published[random() % published.size()] = Published();
      return;
    case 13:
    case 14: {
      const uint32_t kinds[] = {Epoch::kAsyncCopies, Epoch::kBulkGroups,
                                Epoch::kMbarriers};
      return complete(agent, kinds[random() % 3]);
    }
    case 15: {
      const unsigned first = agent & ~31u, kind = Epoch::kAsyncCopies;
      for (unsigned i = first;
           i != std::min<unsigned>(first + 32, agents.size()); ++i)
        complete(i, kind);
      return;
    }
    }
  }

  std::mt19937_64 random;
  uint32_t firstCta;
  unsigned numCtas, numThreads;
  std::deque<Agent> agents;
  std::vector<Vector> vectors;
  std::vector<Published> published;
  std::map<std::pair<unsigned, uint32_t>, uint32_t> groups;
  std::vector<Epoch> occurred;
};

} // namespace

/// All agents' and variables' knowledge of everything that happened.
static void compareAll(Checks &checks, Model &model) {
  llvm::sort(model.occurred);
  model.occurred.erase(
      std::unique(model.occurred.begin(), model.occurred.end()),
      model.occurred.end());
  for (Epoch epoch : model.occurred) {
    for (unsigned i = 0; i != model.agents.size(); ++i)
      if (model.knows(i, epoch) != model.agents[i].clock.knows(epoch))
        checks.fail(
            "epoch " + Twine(epoch.getCta()) + "." + Twine(epoch.getAgent()) +
                "." + Twine(epoch.getTick()) + " in agent " + Twine(i),
            model.knows(i, epoch) ? "known" : "unknown", "the opposite");
    for (const Model::Published &published : model.published)
      if (Model::knows(published.vector, epoch) !=
          published.knowledge.clock.knows(epoch))
        checks.fail("epoch " + Twine(epoch.getAgent()) + " of a variable",
                    "the same", "the opposite");
  }
  // Lanes at once, as the detector asks.
  for (unsigned i = 0; i != 200; ++i) {
    const Epoch epoch = model.occurred[model.random() % model.occurred.size()];
    const Clock &clock =
        model.agents[model.random() % model.agents.size()].clock;
    const uint32_t lanes = model.random();
    uint32_t unknown = 0;
    for (unsigned lane = 0; lane != 32; ++lane)
      if ((lanes >> lane & 1) &&
          !clock.knows(Epoch(epoch.getCta(), epoch.getGroup() * 32 + lane,
                             epoch.getTick())))
        unknown |= 1u << lane;
    checks.equal("unknown lanes", unknown, clock.getUnknownLanes(epoch, lanes));
  }
}

void mhc::test::checkClock(Checks &checks) {
  checks.run("epoch-fields", [&] {
    const Epoch epoch(0xabcdef, 0xfed, 0x7654321);
    checks.equal("cta", 0xabcdefu, epoch.getCta());
    checks.equal("agent", 0xfedu, epoch.getAgent());
    checks.equal("tick", 0x7654321u, epoch.getTick());
    checks.equal("group", 0xfedu / 32, epoch.getGroup());
    checks.equal("lane", 0xfedu % 32, epoch.getLane());
    checks.isTrue("mbarriers are no threads", !epoch.isThread());
    checks.isTrue("none", Epoch().isNone() && !epoch.isNone());
    checks.isTrue("none is known", Clock().knows(Epoch()));
  });

  checks.run("clock-own-past", [&] {
    Agent a(3, 5, 3);
    checks.isTrue("own epoch", a.clock.knows(a.now()));
    checks.isTrue("earlier launches", a.clock.knows(Epoch(2, 900, 77)));
    checks.isTrue("neighbour", !a.clock.knows(Epoch(3, 6, 1)));
    checks.isTrue("a copy without owner",
                  !a.clock.withoutOwner().knows(a.now()));
    Agent b(4, 5, 3);
    Clock message;
    const Epoch before = a.now();
    release(a, message);
    acquire(b, message);
    checks.isTrue("released", b.clock.knows(before));
    checks.isTrue("afterwards", !b.clock.knows(a.now()));
  });

  checks.run("clock-launches", [&] {
    Agent a(10, 0, 10);
    a.clock.learn(Epoch(11, 3, 4));
    a.clock.learn(Epoch(12, 3, 4));
    a.clock.learnThreads(13, 6);
    a.clock.learnGroup(14, 33, 2);
    checks.isTrue("threads", a.clock.knows(Epoch(13, 9, 6)));
    checks.isTrue("their copies", !a.clock.knows(Epoch(13, 1033, 6)));
    checks.isTrue("group", a.clock.knows(Epoch(14, 1060, 2)));
    checks.isTrue("next group", !a.clock.knows(Epoch(14, 1088, 2)));
    Clock copy = a.clock.withoutOwner();
    copy.learnCtasBelow(12);
    checks.isTrue("all of the launch", copy.knows(Epoch(11, 1000, 999)));
    checks.isTrue("kept", copy.knows(Epoch(12, 3, 4)));
    copy.learnCtasBelow(15);
    checks.equal("nothing is left", 4u, copy.getSize());
  });

  for (unsigned threads : {32u, 48u, 64u, 7u}) {
    checks.run("clock-against-vectors-" + std::to_string(threads), [&] {
      const unsigned rounds = Checks::sample(2, 8);
      for (uint64_t seed = 0; seed != Checks::sample(3, 9); ++seed) {
        Model model(seed % 3 * 1000 + 1, 4, threads, seed);
        for (unsigned round = 0; round != rounds; ++round) {
          for (unsigned i = 0; i != 40; ++i)
            model.step();
          for (unsigned i = 0; i != model.agents.size(); ++i)
            model.act(i);
          compareAll(checks, model);
        }
      }
    });
  }

  checks.run("clock-proxy-fence", [&] {
    Agent writer(1, 0, 1, true), issuer(1, 40, 1, true);
    const Epoch write = writer.now();
    SmallVector<Agent *> both = {&writer, &issuer};
    synchronise(both, false);
    checks.isTrue("generic", issuer.clock.knows(write));
    checks.isTrue("no fence", !issuer.fenced.knows(write));
    fenceProxyAsync(writer);
    checks.isTrue("of the writer alone", !issuer.fenced.knows(write));
    const Epoch later = writer.now();
    synchronise(both, false);
    checks.isTrue("carried by the barrier", issuer.fenced.knows(write));
    checks.isTrue("after the fence", !issuer.fenced.knows(later));
    fenceProxyAsync(issuer);
    checks.isTrue("fence of the issuer", issuer.fenced.knows(later));
  });

  checks.run("clock-bounded", [&] {
    // A loading warp and eight computing warps that meet at mbarriers only.
    std::deque<Agent> agents;
    for (unsigned i = 0; i != 288; ++i)
      agents.emplace_back(1, i, 1);
    Clock full, empty;
    unsigned early = 0, late = 0;
    for (unsigned round = 0; round != 3000; ++round) {
      acquire(agents[256], empty);
      release(agents[256], full);
      full.learn(Epoch(1, Epoch::kMbarriers + round % 4, round / 4 + 1));
      for (unsigned i = 0; i != 256; ++i) {
        acquire(agents[i], full);
        if (round % 3 != 0 || i % 32 == 0)
          release(agents[i], empty);
      }
      unsigned &size = round < 1500 ? early : late;
      for (const Agent &agent : agents)
        size = std::max(size, agent.clock.getSize());
      size = std::max({size, full.getSize(), empty.getSize()});
    }
    checks.isTrue("no growth: " + Twine(early) + " to " + Twine(late),
                  late <= early && late < 400);
  });
}
