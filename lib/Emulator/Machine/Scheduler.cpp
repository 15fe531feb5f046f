//===- Scheduler.cpp - Runs the lanes of a launch -------------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Machine/Scheduler.h"

#include "Machine/Access.h"
#include "Machine/Gather.h"
#include "Machine/LaunchCounter.h"
#include "Operations/AsyncState.h"
#include "Operations/Barriers.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/raw_ostream.h"

#include <array>

using namespace mhc::emulator;

/// Addresses of one CTA's shared memory.
static constexpr uint64_t kSharedSlot = 256 << 10;
/// Visits of warps in which nothing but polls happened, for each warp that can
/// run, after which further clusters start; and how many more it takes until
/// nothing ever will happen: programs may give up after some polls.
static constexpr uint64_t kVainVisits = 64;
static constexpr uint64_t kHopelessVisits = 20000;
/// Visits with polls, whatever else happens, after which another cluster
/// starts: it may be the one that is waited for.
static constexpr uint64_t kPollsOfOthers = 4096;
/// A thread that polled so few turns ago still does; fewer than kVainVisits, so
/// that one that computes is seen to before others are stuck.
static constexpr unsigned kSpinTurns = 32;

Thread::Thread() = default;
Thread::Thread(Thread &&) = default;
Thread::~Thread() = default;
Warp::Warp() = default;
Warp::Warp(Warp &&) = default;
Warp::~Warp() = default;
Cta::Cta() = default;
Cta::~Cta() = default;

Scheduler::Scheduler(Device &device, Launch &launch)
    : device(device), launch(launch) {
  // How many clusters take turns from the beginning. One after another is
  // quickest; with counters they share the caches as resident ones would.
  const Order &order = device.options.order;
  unsigned resident =
      std::max(1u, device.options.residentCtas / launch.clusterSize);
  if (device.options.counters)
    window = resident;
  else if (order.kind == Order::Seeded)
    window = 1 + mix(order.seed, 77) % 4;
  else
    window = 1;
  window = std::min(window, resident);
  if (device.options.counters)
    counter = std::make_unique<LaunchCounter>(device);
  std::lock_guard<std::mutex> lock(device.mutex);
  if (device.freeStacks.empty()) {
    stacks = std::make_unique<StackPool>();
  } else {
    stacks = std::move(device.freeStacks.back());
    device.freeStacks.pop_back();
  }
}

Scheduler::~Scheduler() {
  std::lock_guard<std::mutex> lock(device.mutex);
  device.freeStacks.push_back(std::move(stacks));
}

//===----------------------------------------------------------------------===//
// The life of CTAs
//===----------------------------------------------------------------------===//

bool Scheduler::startCluster() {
  uint32_t index = launch.nextCluster++;
  if (index >= launch.numClusters) {
    launch.nextCluster = launch.numClusters;
    return false;
  }
  auto cluster = std::make_unique<Cluster>();
  cluster->launch = &launch;
  cluster->linear = launch.clusterOrder[index];
  for (uint32_t rank = 0; rank < launch.clusterSize; ++rank) {
    auto cta = std::make_unique<Cta>();
    cta->cluster = cluster.get();
    cta->rank = rank;
    cluster->ctas.push_back(std::move(cta));
  }
  clusters.push_back(std::move(cluster));
  for (std::unique_ptr<Cta> &cta : clusters.back()->ctas)
    start(*cta);
  return true;
}

/// Coordinates of element `linear` of a box, x fastest.
static std::array<uint32_t, 3>
delinearise(uint32_t linear, const std::array<uint32_t, 3> &extents) {
  return {linear % extents[0], linear / extents[0] % extents[1],
          linear / extents[0] / extents[1]};
}

static CtaSlot takeCtaSlot(Device &device) {
  std::lock_guard<std::mutex> lock(device.mutex);
  if (!device.freeSlots.empty()) {
    CtaSlot slot = device.freeSlots.back();
    device.freeSlots.pop_back();
    return slot;
  }
  Buffer *shared = device.memory->allocate(
      kSharedSlot, kSharedSlot, "shared memory", {}, Buffer::SharedMemory);
  Buffer *local = device.memory->allocate(
      kLocalSize * kMaxThreads, 4096, "local memory", {}, Buffer::LocalMemory);
  if (!shared || !local)
    return {};
  device.memory->setAddressable(shared->address, kSharedSlot, false);
  return {shared->address, local->address};
}

void Scheduler::start(Cta &cta) {
  const LaunchConfig &config = launch.config;
  std::array<uint32_t, 3> numClusters;
  for (unsigned i = 0; i < 3; ++i)
    numClusters[i] = config.grid[i] / config.cluster[i];
  auto clusterId = delinearise(cta.cluster->linear, numClusters);
  auto inCluster = delinearise(cta.rank, config.cluster);
  std::array<uint32_t, 3> ctaId;
  for (unsigned i = 0; i < 3; ++i)
    ctaId[i] = clusterId[i] * config.cluster[i] + inCluster[i];
  cta.linear =
      (ctaId[2] * config.grid[1] + ctaId[1]) * config.grid[0] + ctaId[0];
  // The CTAs of a cluster have consecutive numbers.
  cta.number =
      launch.firstCta + cta.cluster->linear * launch.clusterSize + cta.rank;

  CtaSlot slot = takeCtaSlot(device);
  if (!slot.shared) {
    device.findings.report("out of memory: no addresses are left for the "
                           "shared and local memory of a CTA",
                           launch.kernel.place);
    launch.abandoned = true;
    return;
  }
  cta.sharedBase = slot.shared;
  cta.localBase = slot.local;
  // Memory that begins a new life holds what no program should rely on.
  device.memory->setAddressable(cta.sharedBase, launch.sharedBytes, false);
  std::memset(reinterpret_cast<void *>(cta.sharedBase), 0xff,
              launch.sharedBytes);
  device.races->clear(cta.sharedBase, launch.sharedBytes);
  for (const SharedObject &object : launch.kernel.sharedObjects)
    device.memory->setAddressable(cta.sharedBase + object.offset, object.size,
                                  true);
  device.memory->setAddressable(
      cta.sharedBase + launch.kernel.staticSharedEnd,
      launch.sharedBytes - launch.kernel.staticSharedEnd, true);

  unsigned numThreads = config.block[0] * config.block[1] * config.block[2];
  unsigned numWarps = (numThreads + kWarpSize - 1) / kWarpSize;
  cta.threads.resize(numThreads);
  cta.warps.resize(numWarps);
  for (unsigned index = 0; index < numThreads; ++index) {
    Thread &thread = cta.threads[index];
    thread.index = index;
    thread.lane = index % kWarpSize;
    thread.cta = &cta;
    thread.warp = &cta.warps[index / kWarpSize];
    thread.scheduler = this;
    refuel(thread);
    thread.localBase = cta.localBase + index * kLocalSize;
    thread.agent = Agent(cta.number, index, launch.floorAtStart,
                         launch.kernel.usesAsyncProxy);
    uint32_t *registers = thread.registers;
    auto set3 = [&](Register first, const std::array<uint32_t, 3> &values) {
      for (unsigned i = 0; i < 3; ++i)
        registers[first + i] = values[i];
    };
    set3(TidX, delinearise(index, config.block));
    set3(NTidX, config.block);
    set3(CtaIdX, ctaId);
    set3(NCtaIdX, config.grid);
    set3(ClusterIdX, clusterId);
    set3(NClusterIdX, numClusters);
    set3(ClusterCtaIdX, inCluster);
    set3(ClusterNCtaIdX, config.cluster);
    registers[ClusterCtaRank] = cta.rank;
    registers[ClusterNCtaRank] = launch.clusterSize;
    registers[IsExplicitCluster] = launch.clusterSize > 1;
    registers[LaneId] = thread.lane;
    registers[WarpId] = index / kWarpSize;
    registers[NWarpId] = numWarps;
    registers[LaneMaskEq] = 1u << thread.lane;
    registers[LaneMaskLt] = (1u << thread.lane) - 1;
    registers[LaneMaskLe] = registers[LaneMaskLt] | registers[LaneMaskEq];
    registers[LaneMaskGt] = ~registers[LaneMaskLe];
    registers[LaneMaskGe] = ~registers[LaneMaskLt];
    registers[SmId] = cta.linear % 132;
    registers[NSmId] = 132;
    registers[GridId] = device.numLaunches;
    registers[WarpSize] = kWarpSize;
    registers[DynamicSharedSize] = config.dynamicSharedBytes;
    registers[TotalSharedSize] = launch.sharedBytes - kSharedReserved;
    StackPool::Stack stack = stacks->take();
    if (!stack.size) {
      report(thread, *launch.kernel.end,
             "out of memory: no stack for the lanes of a CTA");
      launch.abandoned = true;
      return;
    }
    thread.fiber.start(stack, runThread, &thread);
  }
  for (unsigned index = 0; index < numWarps; ++index) {
    Warp &warp = cta.warps[index];
    warp.cta = &cta;
    warp.index = index;
    unsigned first = index * kWarpSize;
    unsigned count = std::min(kWarpSize, numThreads - first);
    warp.lanes = llvm::MutableArrayRef<Thread>(cta.threads).slice(first, count);
    warp.numReady = count;
    enqueue(warp);
  }
  ++numResident;
}

void Scheduler::runThread(void *argument) {
  auto *thread = static_cast<Thread *>(argument);
  Launch &launch = thread->scheduler->launch;
  launch.kernel.entry(thread, launch.arguments.data());
  thread->scheduler->ended(*thread);
}

void Scheduler::exit(Thread &thread) {
  ended(thread);
  thread.fiber.suspend();
  llvm_unreachable("a thread that has ended was resumed");
}

void Scheduler::ended(Thread &thread) {
  threadEnded(thread);
  thread.state = Thread::Exited;
  --thread.warp->numReady;
  thread.warp->exited |= 1u << thread.lane;
  Cta &cta = *thread.cta;
  if (++cta.numExited == cta.threads.size())
    ++cta.cluster->numExited;
  progress();
  // Those who gather without it, and barriers that count the living.
  laneLeft(*thread.warp);
  threadLeft(cta, thread);
  uint32_t floor = thread.agent.clock.getCtasBelow();
  uint32_t before = launch.floorAtTrigger;
  while (floor < before &&
         !launch.floorAtTrigger.compare_exchange_weak(before, floor))
    ;
}

void Scheduler::end(Cta &cta) {
  if (counter)
    counter->endCta(cta);
  for (Thread &thread : cta.threads) {
    if (thread.localUsed)
      device.memory->setAddressable(thread.localBase, thread.localUsed, false);
    if (thread.fiber.getStack().size)
      stacks->giveBack(thread.fiber.getStack());
  }
  if (!cta.sharedBase)
    return;
  device.memory->setAddressable(cta.sharedBase, launch.sharedBytes, false);
  {
    std::lock_guard<std::mutex> lock(device.mutex);
    device.freeSlots.push_back({cta.sharedBase, cta.localBase});
  }
  --numResident;
}

//===----------------------------------------------------------------------===//
// Turns
//===----------------------------------------------------------------------===//

void Scheduler::enqueue(Warp &warp) {
  if (warp.isQueued)
    return;
  warp.isQueued = true;
  queue.push_back(&warp);
}

Warp *Scheduler::pick() {
  if (queue.empty())
    return nullptr;
  const Order &order = device.options.order;
  size_t index = 0;
  if (order.kind == Order::Seeded)
    index = mix(order.seed, ++numVisits) % queue.size();
  else if (order.kind == Order::Reverse)
    // The newest first, but for those that only poll.
    index = ++numVisits % 4 ? queue.size() - 1 : 0;
  Warp *warp = queue[index];
  queue.erase(queue.begin() + index);
  warp->isQueued = false;
  return warp;
}

void Scheduler::visit(Warp &warp) {
  const Order &order = device.options.order;
  std::array<uint8_t, kWarpSize> lanes;
  unsigned count = warp.lanes.size();
  for (unsigned i = 0; i < count; ++i)
    lanes[i] = order.kind == Order::Reverse ? count - 1 - i : i;
  if (order.kind == Order::Seeded) {
    uint64_t seed =
        mix(order.seed, mix(warp.cta->number, warp.index) + warp.visits++);
    for (unsigned i = count; i > 1; --i)
      std::swap(lanes[i - 1], lanes[mix(seed, i) % i]);
  }
  // Each lane in turn, again while there are some that an operation of the warp
  // made ready; one that yielded waits for the next visit.
  uint32_t yielded = 0;
  uint64_t before = numEvents;
  bool onlyPolls = true;
  for (bool again = true; again && !launch.abandoned;) {
    again = false;
    for (unsigned i = 0; i < count && warp.numReady; ++i) {
      Thread &thread = warp.lanes[lanes[i]];
      if (thread.state != Thread::Ready || yielded >> thread.lane & 1)
        continue;
      again = true;
      thread.polled = false;
      if (i + 1 < count) {
        warp.lanes[lanes[i + 1]].fiber.prefetch();
        __builtin_prefetch(&warp.lanes[lanes[i + 1]].gathered, 1);
      }
      running = &thread;
      thread.fiber.resume();
      running = nullptr;
      if (thread.state == Thread::Ready)
        yielded |= 1u << thread.lane;
      // Between two polls, turns may end anywhere.
      if (thread.polled) {
        thread.turnsSincePoll = 0;
        ++pollsSinceStart;
      } else if (thread.turnsSincePoll < kSpinTurns)
        ++thread.turnsSincePoll;
      onlyPolls &= thread.turnsSincePoll < kSpinTurns;
      if (launch.abandoned)
        return;
    }
  }
  if (counter)
    counter->endTurn(warp, yielded);
  if (warp.numReady)
    enqueue(warp);
  if (onlyPolls && numEvents == before)
    ++vainVisits;
  else
    vainVisits = 0;
}

void Scheduler::run() {
  bool more = true;
  while (!launch.abandoned && !device.findings.isExhausted()) {
    // Clusters that take turns from the beginning.
    while (more && clusters.size() < window)
      more = startCluster();
    // Nothing but polls: those that are waited for may not have started.
    bool stuck = queue.empty() || vainVisits > kVainVisits * queue.size();
    if ((stuck || pollsSinceStart > kPollsOfOthers) && !clusters.empty()) {
      pollsSinceStart = 0;
      if (more &&
          numResident + launch.clusterSize <=
              std::max(device.options.residentCtas, launch.clusterSize)) {
        more = startCluster();
        vainVisits = 0;
        if (more)
          continue;
      }
      if (queue.empty() ||
          vainVisits > kVainVisits * queue.size() + kHopelessVisits) {
        reportDeadlock();
        break;
      }
    }
    Warp *warp = pick();
    if (!warp)
      break;
    Cluster *cluster = warp->cta->cluster;
    visit(*warp);
    if (cluster->numExited != launch.clusterSize)
      continue;
    // Shared memory lives as long as its cluster.
    queue.erase(std::remove_if(
                    queue.begin(), queue.end(),
                    [&](Warp *warp) { return warp->cta->cluster == cluster; }),
                queue.end());
    for (std::unique_ptr<Cta> &cta : cluster->ctas)
      end(*cta);
    llvm::erase_if(clusters, [&](const std::unique_ptr<Cluster> &candidate) {
      return candidate.get() == cluster;
    });
  }
  if (!clusters.empty())
    abandon();
  if (counter) {
    std::lock_guard<std::mutex> lock(launch.countersMutex);
    launch.counters += counter->finish();
  }
}

void Scheduler::abandon() {
  // Fibers that are not finished own nothing: their stacks are dropped.
  launch.abandoned = true;
  for (std::unique_ptr<Cluster> &cluster : clusters)
    for (std::unique_ptr<Cta> &cta : cluster->ctas)
      end(*cta);
  clusters.clear();
  queue.clear();
}

//===----------------------------------------------------------------------===//
// Waiting
//===----------------------------------------------------------------------===//

void Scheduler::wake(Thread &thread) {
  assert(thread.state == Thread::Blocked && "expected a blocked thread");
  thread.state = Thread::Ready;
  ++thread.warp->numReady;
  progress();
  enqueue(*thread.warp);
}

void Scheduler::refuel(Thread &thread) {
  const Order &order = device.options.order;
  thread.fuel = kFuel;
  if (order.kind == Order::Seeded) {
    // Turns end anywhere.
    uint64_t place = mix(thread.cta->number, thread.index);
    thread.fuel = 1 + mix(order.seed, mix(place, thread.numRefuels++)) % 64;
  }
}

void Scheduler::yield(Thread &thread) { thread.fiber.suspend(); }

void Scheduler::poll(Thread &thread, const Wait &wait) {
  thread.wait = wait;
  thread.polled = true;
  thread.fiber.suspend();
}

//===----------------------------------------------------------------------===//
// Deadlock
//===----------------------------------------------------------------------===//

void Scheduler::reportDeadlock() {
  // Lanes that miss others of their warp are the cause of the rest.
  bool missing = false;
  for (std::unique_ptr<Cluster> &cluster : clusters)
    for (std::unique_ptr<Cta> &cta : cluster->ctas)
      for (Warp &warp : cta->warps)
        missing |= reportMissingLanes(warp);
  if (missing)
    return;
  // Threads that wait at the same place for the same thing, together.
  struct Group {
    const Site *site;
    const char *what;
    uint64_t detail;
    std::vector<const Thread *> threads;
  };
  std::vector<Group> groups;
  for (std::unique_ptr<Cluster> &cluster : clusters)
    for (std::unique_ptr<Cta> &cta : cluster->ctas)
      for (Thread &thread : cta->threads) {
        if (thread.state == Thread::Exited)
          continue;
        auto group = llvm::find_if(groups, [&](const Group &group) {
          return group.site == thread.wait.site &&
                 group.detail == thread.wait.detail;
        });
        if (group == groups.end()) {
          groups.push_back(
              {thread.wait.site, thread.wait.what, thread.wait.detail, {}});
          group = std::prev(groups.end());
        }
        group->threads.push_back(&thread);
      }
  if (groups.empty())
    return;
  auto describeGroup = [&](const Group &group) {
    std::string text;
    llvm::raw_string_ostream os(text);
    const Thread &first = *group.threads.front();
    os << group.threads.size()
       << (group.threads.size() == 1 ? " thread waits" : " threads wait")
       << " for " << (group.what ? group.what : "something");
    if (group.detail)
      os << llvm::format(" (0x%llx)",
                         static_cast<unsigned long long>(group.detail));
    os << ", the first being " << describe(first);
    if (first.wait.explain)
      os << ": " << first.wait.explain(first);
    return text;
  };
  Findings::Notes notes;
  for (const Group &group : llvm::drop_begin(groups))
    if (notes.size() < 8)
      notes.push_back({"here " + describeGroup(group),
                       group.site ? group.site->place : SourcePlace()});
  std::string message = "deadlock: " + describeGroup(groups.front());
  uint32_t started = launch.nextCluster;
  if (started < launch.numClusters)
    message +=
        "; " +
        std::to_string((launch.numClusters - started) * launch.clusterSize) +
        " CTAs have not started, as " +
        std::to_string(device.options.residentCtas) + " are resident at once";
  const Group &first = groups.front();
  report(const_cast<Thread &>(*first.threads.front()),
         first.site ? *first.site : *launch.kernel.end, message,
         std::move(notes));
}
