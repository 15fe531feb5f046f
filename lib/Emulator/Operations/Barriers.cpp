//===- Barriers.cpp - The barriers of a CTA -------------------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// barrier.cta.{sync, arrive, red}. In the aligned forms a warp comes as a
// whole: its lanes gather first.
//
//===----------------------------------------------------------------------===//

#include "Operations/Barriers.h"

#include "Instrument/OperationTable.h"
#include "Machine/Access.h"
#include "Machine/Gather.h"
#include "Machine/Scheduler.h"

#include "llvm/ADT/bit.h"

using namespace mhc::emulator;

namespace {
enum class Form : uint8_t { Sync, Arrive, RedPopc, RedAnd, RedOr };

/// What Site::data holds.
struct BarrierCode {
  Form form;
  bool hasCount;

  uint64_t encode() const { return uint64_t(form) | uint64_t(hasCount) << 8; }
  static BarrierCode decode(uint64_t data) {
    return {Form(data & 0xff), (data >> 8 & 1) != 0};
  }
};
} // namespace

/// Lets those who wait go on, with the result of a reduction.
static void complete(Cta &cta, NamedBarrier &barrier) {
  bool whole = barrier.expected == 0 && !barrier.hasReleased;
  llvm::SmallVector<Agent *, 256> agents;
  for (Thread *thread : barrier.waiting)
    agents.push_back(&thread->agent);
  // Threads that have ended count as having come.
  if (whole)
    for (Thread &thread : cta.threads)
      if (thread.state == Thread::Exited)
        agents.push_back(&thread.agent);
  if (!agents.empty())
    synchronise(agents, whole);
  if (barrier.hasReleased)
    for (Agent *agent : agents)
      acquire(*agent, barrier.released);
  llvm::SmallVector<Thread *, 0> waiting = std::move(barrier.waiting);
  uint32_t numTrue = barrier.numTrue, arrived = barrier.arrived;
  barrier = NamedBarrier();
  for (Thread *thread : waiting) {
    thread->barrierResult = {numTrue, arrived};
    thread->isAtBarrier = false;
    // The one that came last is running.
    if (thread->state == Thread::Blocked)
      thread->scheduler->wake(*thread);
  }
}

static unsigned getExpected(const Cta &cta, const NamedBarrier &barrier) {
  return barrier.expected ? barrier.expected
                          : cta.threads.size() - cta.numExited;
}

/// One thread comes to the barrier and is at it from then on, unless it was the
/// last. `weight`: how many it counts for.
static void arrive(Call &call, unsigned weight, BarrierCode code) {
  Thread &thread = call.thread;
  Cta &cta = *thread.cta;
  bool sync = thread.scheduler->device.options.checks.sync;
  auto id = call.get<uint32_t>(0);
  uint32_t count = code.hasCount ? call.get<uint32_t>(1) : 0;
  if (id >= kNumNamedBarriers) {
    report(thread, call.site,
           "barrier out of range: " + describe(thread) + " comes to barrier " +
               std::to_string(id) + ", and there are 16");
    return;
  }
  if (code.hasCount && (count == 0 || count % kWarpSize) && sync)
    report(thread, call.site,
           "barrier with a wrong count: " + describe(thread) +
               " comes to barrier " + std::to_string(id) + " with a count of " +
               std::to_string(count) +
               ", which is not a positive multiple of 32");
  NamedBarrier &barrier = cta.barriers[id];
  if (!barrier.first) {
    barrier.first = &call.site;
    barrier.expected = count;
  } else if (barrier.expected != count && sync) {
    report(thread, call.site,
           "barrier with a wrong count: " + describe(thread) +
               " comes to barrier " + std::to_string(id) + " with a count of " +
               (count ? std::to_string(count) : "all threads") +
               ", others with " +
               (barrier.expected ? std::to_string(barrier.expected)
                                 : "all threads"),
           {{"the first of them is here", barrier.first->place}});
  }
  barrier.arrived += weight;
  if (code.form != Form::Sync && code.form != Form::Arrive)
    barrier.numTrue += call.arguments[code.hasCount ? 2 : 1] & 1;
  if (code.form == Form::Arrive) {
    release(thread.agent, barrier.released);
    barrier.hasReleased = true;
  } else {
    barrier.waiting.push_back(&thread);
    thread.isAtBarrier = true;
    thread.wait = {&call.site, "a barrier", id};
  }
  unsigned expected = getExpected(cta, barrier);
  if (barrier.arrived > expected && barrier.expected && sync)
    report(thread, call.site,
           "barrier with a wrong count: " + std::to_string(barrier.arrived) +
               " threads came to barrier " + std::to_string(id) + " of CTA (" +
               std::to_string(thread.registers[CtaIdX]) + ", " +
               std::to_string(thread.registers[CtaIdY]) + ", " +
               std::to_string(thread.registers[CtaIdZ]) + "), which expects " +
               std::to_string(expected));
  if (barrier.arrived >= expected)
    complete(cta, barrier);
}

static void setResult(Call &call, BarrierCode code) {
  const Thread::BarrierResult &result = call.thread.barrierResult;
  if (code.form == Form::RedPopc)
    call.results[0] = result.numTrue;
  else if (code.form == Form::RedAnd)
    call.results[0] = result.numTrue >= result.arrived;
  else if (code.form == Form::RedOr)
    call.results[0] = result.numTrue > 0;
}

/// Waits, if the barrier is not complete, and returns its result.
static void finish(Call &call, BarrierCode code) {
  if (call.thread.isAtBarrier)
    call.thread.scheduler->block(call.thread, call.thread.wait);
  setResult(call, code);
}

/// barrier.cta.* without .aligned: each thread for itself.
static void runBarrier(Call &call) {
  BarrierCode code = BarrierCode::decode(call.site.data);
  arrive(call, 1, code);
  finish(call, code);
}

/// The lanes of a warp, gathered, come to an aligned barrier; they are not
/// woken but by it.
static void arriveTogether(const WarpCall &call) {
  BarrierCode code = BarrierCode::decode(call.site.data);
  Warp &warp = call.warp;
  Scheduler &scheduler = *warp.lanes.front().scheduler;
  if (warp.exited && scheduler.device.options.checks.sync) {
    Thread &thread = warp.lanes[llvm::countr_zero(call.lanes)];
    report(thread, call.site,
           "barrier in divergent code: lanes of " + describe(thread) +
               "'s warp have ended and do not come to the aligned barrier");
  }
  // Where the program counts threads by hand, a warp counts for 32.
  unsigned extra = code.hasCount ? kWarpSize - llvm::popcount(call.lanes) : 0;
  for (uint32_t rest = call.lanes; rest; rest &= rest - 1) {
    bool last = !(rest & (rest - 1));
    arrive(*call.calls[llvm::countr_zero(rest)], 1 + (last ? extra : 0), code);
  }
  for (uint32_t rest = call.lanes; rest; rest &= rest - 1) {
    Thread &thread = warp.lanes[llvm::countr_zero(rest)];
    if (!thread.isAtBarrier && thread.state == Thread::Blocked)
      scheduler.wake(thread);
  }
}

static void runAlignedBarrier(Call &call) {
  static constexpr WarpOperation operation = {
      arriveTogether, /*aligned=*/true, /*needsAll=*/false, /*wakes=*/true,
      "barrier in divergent code"};
  gather(call, ~0u, operation);
  finish(call, BarrierCode::decode(call.site.data));
}

void mhc::emulator::threadLeft(Cta &cta, Thread &thread) {
  for (NamedBarrier &barrier : cta.barriers)
    if (barrier.first && !barrier.expected &&
        barrier.arrived >= getExpected(cta, barrier))
      complete(cta, barrier);
}

void mhc::emulator::addBarrierOperations(OperationTable &table) {
  // As MLIR writes them, and as users do.
  for (llvm::StringRef cta : {"bar.", "barrier.", "barrier.cta."})
    for (llvm::StringRef end : {";", ""}) {
      bool aligned = cta == "bar.";
      for (llvm::StringRef suffix : {"", ".aligned"}) {
        if (aligned && !suffix.empty())
          continue;
        Handler handler =
            aligned || !suffix.empty() ? runAlignedBarrier : runBarrier;
        table.addAssembly(cta + "sync" + suffix + " $0" + end, handler,
                          BarrierCode{Form::Sync, false}.encode());
        table.addAssembly(cta + "sync" + suffix + " $0, $1" + end, handler,
                          BarrierCode{Form::Sync, true}.encode());
        table.addAssembly(cta + "arrive" + suffix + " $0, $1" + end, handler,
                          BarrierCode{Form::Arrive, true}.encode());
      }
    }
  struct Name {
    const char *text;
    Form form;
  };
  for (Name name : {Name{"sync", Form::Sync}, Name{"arrive", Form::Arrive},
                    Name{"red.popc", Form::RedPopc},
                    Name{"red.and", Form::RedAnd}, Name{"red.or", Form::RedOr}})
    for (bool aligned : {false, true})
      for (bool hasCount : {false, true})
        table.addIntrinsic(llvm::Twine("llvm.nvvm.barrier.cta.") + name.text +
                               (aligned ? ".aligned" : "") +
                               (hasCount ? ".count" : ".all"),
                           aligned ? runAlignedBarrier : runBarrier,
                           BarrierCode{name.form, hasCount}.encode());
}
