//===- Control.cpp - Fences of proxies, launches, ends and hints ----------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Instrument/OperationTable.h"
#include "Machine/Scheduler.h"
#include "Operations/AsyncState.h"

using namespace mhc::emulator;

/// What only helps the hardware, or is watched by a profiler.
static void runNothing(Call &) {}

static void runMbarrierInitFence(Call &call) {
  AsyncState &state = getAsyncState(call.thread);
  state.initialisedFenced = state.initialised;
}

static void runProxyFence(Call &call) { fenceProxyAsync(call.thread.agent); }

/// fence.{acquire,release}.sync_restrict; data holds the ordering.
static void runRestrictedFence(Call &call) {
  call.thread.scheduler->device.memoryOrder.fence(
      call.thread.agent, static_cast<Ordering>(call.site.data), Scope::Cluster);
}

//===----------------------------------------------------------------------===//
// Dependent launches
//===----------------------------------------------------------------------===//

static void runWaitForLaunches(Call &call) {
  Agent &agent = call.thread.agent;
  uint32_t floor = call.thread.scheduler->launch.floorAfterWait;
  agent.clock.learnCtasBelow(floor);
  if (agent.tracksProxies)
    agent.fenced.learnCtasBelow(floor);
}

static void runLaunchDependents(Call &call) {
  Launch &launch = call.thread.scheduler->launch;
  uint32_t floor = call.thread.agent.clock.getCtasBelow();
  uint32_t before = launch.floorAtTrigger;
  while (floor < before &&
         !launch.floorAtTrigger.compare_exchange_weak(before, floor))
    ;
}

//===----------------------------------------------------------------------===//
// Ends and pauses
//===----------------------------------------------------------------------===//

/// Sleeps of a thread that count as something that happens. Beyond, threads
/// that do nothing but sleep and look are in a deadlock.
static constexpr uint32_t kNumSleeps = 1024;

static void runSleep(Call &call) {
  AsyncState &state = getAsyncState(call.thread);
  if (state.numSleeps < kNumSleeps) {
    ++state.numSleeps;
    call.thread.scheduler->yield(call.thread);
    return;
  }
  call.thread.scheduler->poll(call.thread,
                              {&call.site, "the end of nanosleep"});
}

static void runExit(Call &call) { call.thread.scheduler->exit(call.thread); }

static void runTrap(Call &call) {
  report(call.thread, call.site, "trap: reached by " + describe(call.thread));
  call.thread.scheduler->exit(call.thread);
}

static void runBreakpoint(Call &call) {
  report(call.thread, call.site,
         "breakpoint: reached by " + describe(call.thread));
}

static void runSetMaxRegisters(Call &call) {
  uint32_t count = call.get<uint32_t>(0);
  if (count < 24 || count > 256 || count % 8)
    report(call.thread, call.site,
           "setmaxnreg to " + std::to_string(count) +
               " registers: not a multiple of 8 from 24 to 256");
}

void mhc::emulator::addControlOperations(OperationTable &table) {
  std::string prefix = "llvm.nvvm.";
  table.addIntrinsic(prefix + "fence.mbarrier_init.release.cluster",
                     runMbarrierInitFence);
  for (const char *proxy :
       {"async", "async.global", "async.shared_cta", "async.shared_cluster"})
    table.addIntrinsic(prefix + "fence.proxy." + proxy, runProxyFence);
  // Nothing here has several names or a texture path.
  table.addIntrinsic(prefix + "fence.proxy.alias", runNothing);
  table.addIntrinsic(
      prefix + "fence.acquire.sync_restrict.space.cluster.scope.cluster",
      runRestrictedFence, static_cast<uint64_t>(Ordering::Acquire));
  table.addIntrinsic(
      prefix + "fence.release.sync_restrict.space.cta.scope.cluster",
      runRestrictedFence, static_cast<uint64_t>(Ordering::Release));

  table.addIntrinsic(prefix + "griddepcontrol.wait", runWaitForLaunches);
  table.addIntrinsic(prefix + "griddepcontrol.launch.dependents",
                     runLaunchDependents);

  table.addIntrinsic(prefix + "nanosleep", runSleep);
  table.addIntrinsic(prefix + "exit", runExit);
  table.addIntrinsic("llvm.trap", runTrap);
  table.addIntrinsic("llvm.ubsantrap", runTrap);
  table.addIntrinsic("llvm.debugtrap", runBreakpoint);
  table.addAssembly("exit;", runExit);
  table.addAssembly("trap;", runTrap);

  for (const char *change : {"inc", "dec"})
    table.addIntrinsic(prefix + "setmaxnreg." + change + ".sync.aligned.u32",
                       runSetMaxRegisters);
  table.addIntrinsic(prefix + "pm.event.mask", runNothing);
  for (const char *name :
       {"prefetch.L1", "prefetch.L2", "prefetch.global.L1",
        "prefetch.global.L2", "prefetch.local.L1", "prefetch.local.L2",
        "prefetch.global.L2.evict.normal", "prefetch.global.L2.evict.last",
        "prefetchu.L1", "applypriority.global.L2.evict.normal",
        "applypriority.L2.evict.normal"})
    table.addIntrinsic(prefix + name, runNothing);
}
