//===- Gather.cpp - Operations of a whole warp ----------------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Machine/Gather.h"

#include "Machine/Access.h"
#include "Machine/LaunchCounter.h"
#include "Machine/Scheduler.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/bit.h"

using namespace mhc::emulator;

std::string mhc::emulator::getShortName(const Site &site) {
  llvm::StringRef name = site.name;
  name.consume_front("llvm.nvvm.");
  return name.take_until([](char c) { return c == ' ' || c == ';'; }).str();
}

static std::string toHex(uint32_t mask) {
  return "0x" + llvm::utohexstr(mask, /*LowerCase=*/true);
}

static bool isSame(const Thread &a, const Thread &b) {
  const Site &first = a.gathered->site, &second = b.gathered->site;
  if (a.gatheredIn != b.gatheredIn || a.gatheredMask != b.gatheredMask)
    return false;
  return &first == &second ||
         (!a.gatheredIn->aligned && first.handler == second.handler &&
          first.data == second.data);
}

/// Runs the operation that `thread` waits in if all have come; who runs it
/// himself is not woken.
static bool tryRun(Thread &thread, Thread *runner) {
  Warp &warp = *thread.warp;
  uint32_t lanes = thread.gatheredMask & warp.alive();
  if (lanes & ~warp.gathered)
    return false;
  Call *calls[kWarpSize] = {};
  for (uint32_t rest = lanes; rest; rest &= rest - 1) {
    Thread &other = warp.lanes[llvm::countr_zero(rest)];
    if (!isSame(thread, other))
      return false;
    calls[other.lane] = other.gathered;
  }
  const WarpOperation &operation = *thread.gatheredIn;
  const Site &site = warp.lanes[llvm::countr_zero(lanes)].gathered->site;
  if (LaunchCounter *counter = thread.scheduler->counter.get())
    counter->countOperation(site);
  uint32_t missing = thread.gatheredMask & ~lanes;
  if (operation.needsAll && missing &&
      thread.scheduler->device.options.checks.sync)
    report(thread, site,
           "lane missing from " + getShortName(site) + ": lanes " +
               toHex(missing) + " of " + describe(thread) +
               "'s warp have ended or do not exist, and all must take part");
  for (uint32_t rest = lanes; rest; rest &= rest - 1)
    warp.lanes[llvm::countr_zero(rest)].gathered = nullptr;
  warp.gathered &= ~lanes;
  operation.body({warp, site, lanes, calls});
  if (operation.wakes)
    return true;
  for (uint32_t rest = lanes; rest; rest &= rest - 1) {
    Thread &other = warp.lanes[llvm::countr_zero(rest)];
    if (&other != runner)
      other.scheduler->wake(other);
  }
  return true;
}

void mhc::emulator::gather(Call &call, uint32_t mask,
                           const WarpOperation &operation) {
  Thread &thread = call.thread;
  if (!(mask >> thread.lane & 1)) {
    if (thread.scheduler->device.options.checks.sync)
      report(thread, call.site,
             "wrong mask: " + getShortName(call.site) + " by " +
                 describe(thread) + " with the mask " + toHex(mask) +
                 ", which does not hold its own lane");
    mask |= 1u << thread.lane;
  }
  if (LaunchCounter *counter = thread.scheduler->counter.get())
    counter->takeTurns(thread);
  Warp &warp = *thread.warp;
  if (warp.gathered) {
    // A lane that is here and waits for this one, with another mask.
    const Thread &other = warp.lanes[llvm::countr_zero(warp.gathered)];
    if (&other.gathered->site == &call.site && other.gatheredMask != mask &&
        other.gatheredMask >> thread.lane & 1 &&
        thread.scheduler->device.options.checks.sync)
      report(thread, call.site,
             "wrong mask: " + getShortName(call.site) + " by " +
                 describe(thread) + " with the mask " + toHex(mask) +
                 ", while lane " + std::to_string(other.lane) +
                 " waits for it with the mask " + toHex(other.gatheredMask));
  }
  warp.gathered |= 1u << thread.lane;
  thread.gathered = &call;
  thread.gatheredIn = &operation;
  thread.gatheredMask = mask;
  if (!tryRun(thread, &thread))
    thread.scheduler->block(
        thread, {&call.site, "the lanes of its mask", thread.gatheredMask});
}

void mhc::emulator::laneLeft(Warp &warp) {
  for (Thread &thread : warp.lanes)
    if (thread.gathered)
      tryRun(thread, nullptr);
}

bool mhc::emulator::reportMissingLanes(Warp &warp) {
  bool found = false;
  uint32_t told = 0;
  for (Thread &thread : warp.lanes) {
    if (!thread.gathered || told >> thread.lane & 1)
      continue;
    const Site &site = thread.gathered->site;
    std::string name = getShortName(site);
    uint32_t here = 0, missing = 0;
    Thread *stray = nullptr;
    for (Thread &other : warp.lanes) {
      if (!(thread.gatheredMask >> other.lane & 1) ||
          other.state == Thread::Exited)
        continue;
      if (other.gathered && isSame(thread, other)) {
        here |= 1u << other.lane;
        continue;
      }
      missing |= 1u << other.lane;
      if (!stray || (!stray->gathered && other.gathered))
        stray = &other;
    }
    told |= here;
    if (!stray)
      continue;
    found = true;
    Findings::Notes notes;
    if (stray->wait.site)
      notes.push_back({"lane " + std::to_string(stray->lane) + " is here",
                       stray->wait.site->place});
    bool otherMask = stray->gathered &&
                     stray->gatheredIn == thread.gatheredIn &&
                     stray->gatheredMask != thread.gatheredMask;
    if (otherMask)
      report(thread, site,
             "wrong mask: " + name + " by lanes " + toHex(here) + " of " +
                 describe(thread) + "'s warp with the mask " +
                 toHex(thread.gatheredMask) + ", and by lane " +
                 std::to_string(stray->lane) + " with the mask " +
                 toHex(stray->gatheredMask),
             std::move(notes));
    else
      report(thread, site,
             (thread.gatheredIn->fault ? std::string(thread.gatheredIn->fault)
                                       : "lane missing from " + name) +
                 ": lanes " + toHex(here) + " of " + describe(thread) +
                 "'s warp wait with the mask " + toHex(thread.gatheredMask) +
                 " for lanes " + toHex(missing) + ", which do not come",
             std::move(notes));
  }
  return found;
}
