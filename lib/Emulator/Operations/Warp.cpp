//===- Warp.cpp - Shuffles, votes and what else lanes do together ---------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Instrument/OperationTable.h"
#include "Machine/Access.h"
#include "Machine/Gather.h"
#include "Machine/Scheduler.h"

#include "llvm/ADT/bit.h"

#include <cmath>

using namespace mhc::emulator;

/// Calls `function(lane)` for each lane that takes part.
template <typename Function>
static void forLanes(uint32_t lanes, Function function) {
  for (; lanes; lanes &= lanes - 1)
    function(llvm::countr_zero(lanes));
}

//===----------------------------------------------------------------------===//
// shfl.sync(mask, value, b, c) -> value, and whether the source is in range
//===----------------------------------------------------------------------===//

enum ShuffleMode : uint64_t { Up, Down, Butterfly, Index };

static void shuffle(const WarpCall &call) {
  forLanes(call.lanes, [&](unsigned lane) {
    Call &own = *call.calls[lane];
    auto b = own.get<uint32_t>(2), c = own.get<uint32_t>(3);
    unsigned clamp = c & 31, segment = c >> 8 & 31;
    unsigned step = b & 31;
    unsigned most = (lane & segment) | (clamp & ~segment);
    unsigned least = lane & segment;
    int source = 0;
    bool inRange = false;
    switch (static_cast<ShuffleMode>(own.site.data)) {
    case Up:
      source = static_cast<int>(lane) - static_cast<int>(step);
      inRange = source >= static_cast<int>(most);
      break;
    case Down:
      source = lane + step;
      inRange = source <= static_cast<int>(most);
      break;
    case Butterfly:
      source = lane ^ step;
      inRange = source <= static_cast<int>(most);
      break;
    case Index:
      source = least | (step & ~segment);
      inRange = source <= static_cast<int>(most);
      break;
    }
    if (!inRange)
      source = lane;
    own.results[1] = inRange;
    if (call.lanes >> source & 1) {
      own.results[0] = call.calls[source]->arguments[1];
      return;
    }
    // The value of a lane that does not take part is undefined.
    own.results[0] = 0xffffffff;
    if (own.thread.scheduler->device.options.checks.sync)
      report(own.thread, own.site,
             "lane missing from " + getShortName(own.site) + ": " +
                 describe(own.thread) + " reads lane " +
                 std::to_string(source) +
                 ", which does not take part (it is not in the mask, or has "
                 "ended)");
  });
}

static void runShuffle(Call &call) {
  static constexpr WarpOperation operation = {shuffle};
  gather(call, call.get<uint32_t>(0), operation);
}

//===----------------------------------------------------------------------===//
// vote, match, redux, elect
//===----------------------------------------------------------------------===//

enum VoteMode : uint64_t { All, Any, Uniform, Ballot };

static void vote(const WarpCall &call) {
  uint32_t ballot = 0;
  forLanes(call.lanes, [&](unsigned lane) {
    ballot |= uint32_t(call.calls[lane]->arguments[1] & 1) << lane;
  });
  forLanes(call.lanes, [&](unsigned lane) {
    Call &own = *call.calls[lane];
    switch (static_cast<VoteMode>(own.site.data)) {
    case All:
      own.results[0] = ballot == call.lanes;
      break;
    case Any:
      own.results[0] = ballot != 0;
      break;
    case Uniform:
      own.results[0] = ballot == 0 || ballot == call.lanes;
      break;
    case Ballot:
      own.results[0] = ballot;
      break;
    }
  });
}

static void runVote(Call &call) {
  static constexpr WarpOperation operation = {vote};
  gather(call, call.get<uint32_t>(0), operation);
}

static void match(const WarpCall &call) {
  forLanes(call.lanes, [&](unsigned lane) {
    Call &own = *call.calls[lane];
    uint32_t equal = 0;
    forLanes(call.lanes, [&](unsigned other) {
      if (call.calls[other]->arguments[1] == own.arguments[1])
        equal |= 1u << other;
    });
    bool all = own.site.data;
    own.results[0] = !all || equal == call.lanes ? equal : 0;
    if (all)
      own.results[1] = equal == call.lanes;
  });
}

static void runMatch(Call &call) {
  static constexpr WarpOperation operation = {match};
  gather(call, call.get<uint32_t>(0), operation);
}

enum ReduxMode : uint64_t {
  ReduxAdd,
  ReduxUMin,
  ReduxUMax,
  ReduxMin,
  ReduxMax,
  ReduxAnd,
  ReduxOr,
  ReduxXor
};

static uint32_t combineRedux(ReduxMode mode, uint32_t a, uint32_t b) {
  auto x = static_cast<int32_t>(a), y = static_cast<int32_t>(b);
  switch (mode) {
  case ReduxAdd:
    return a + b;
  case ReduxUMin:
    return std::min(a, b);
  case ReduxUMax:
    return std::max(a, b);
  case ReduxMin:
    return std::min(x, y);
  case ReduxMax:
    return std::max(x, y);
  case ReduxAnd:
    return a & b;
  case ReduxOr:
    return a | b;
  case ReduxXor:
    return a ^ b;
  }
  llvm_unreachable("unknown reduction");
}

static void redux(const WarpCall &call) {
  auto mode = static_cast<ReduxMode>(call.site.data);
  uint32_t result = 0;
  bool first = true;
  forLanes(call.lanes, [&](unsigned lane) {
    auto value = call.calls[lane]->get<uint32_t>(0);
    result = first ? value : combineRedux(mode, result, value);
    first = false;
  });
  forLanes(call.lanes,
           [&](unsigned lane) { call.calls[lane]->results[0] = result; });
}

/// redux.sync(value, mask).
static void runRedux(Call &call) {
  static constexpr WarpOperation operation = {redux};
  gather(call, call.get<uint32_t>(1), operation);
}

/// data: bit 0 max rather than min, bit 1 of magnitudes, bit 2 NaN wins.
static void reduxFloat(const WarpCall &call) {
  uint64_t mode = call.site.data;
  float result = 0;
  bool first = true;
  forLanes(call.lanes, [&](unsigned lane) {
    float value = call.calls[lane]->get<float>(0);
    if (mode & 2)
      value = std::fabs(value);
    if (first)
      result = value;
    else if (mode & 4 && (std::isnan(value) || std::isnan(result)))
      result = NAN;
    else
      result = mode & 1 ? std::fmax(result, value) : std::fmin(result, value);
    first = false;
  });
  forLanes(call.lanes,
           [&](unsigned lane) { call.calls[lane]->set(0, result); });
}

static void runReduxFloat(Call &call) {
  static constexpr WarpOperation operation = {reduxFloat};
  gather(call, call.get<uint32_t>(1), operation);
}

/// elect.sync(mask) -> the elected lane, and whether it is the own one.
static void elect(const WarpCall &call) {
  unsigned leader = llvm::countr_zero(call.lanes);
  forLanes(call.lanes, [&](unsigned lane) {
    call.calls[lane]->results[0] = leader;
    call.calls[lane]->results[1] = lane == leader;
  });
}

static void runElect(Call &call) {
  static constexpr WarpOperation operation = {elect};
  gather(call, call.get<uint32_t>(0), operation);
}

/// Lanes run one after another, so that a program that relies on who is
/// converged sees the least: itself.
static void runActiveMask(Call &call) {
  call.results[0] = 1u << call.thread.lane;
}

//===----------------------------------------------------------------------===//
// bar.warp.sync(mask)
//===----------------------------------------------------------------------===//

static void warpBarrier(const WarpCall &call) {
  Agent *agents[kWarpSize];
  unsigned count = 0;
  forLanes(call.lanes, [&](unsigned lane) {
    agents[count++] = &call.warp.lanes[lane].agent;
  });
  synchronise(llvm::ArrayRef(agents, count), /*whole=*/false);
}

static void runWarpBarrier(Call &call) {
  static constexpr WarpOperation operation = {warpBarrier};
  gather(call, call.get<uint32_t>(0), operation);
}

void mhc::emulator::addWarpOperations(OperationTable &table) {
  struct Mode {
    const char *name;
    uint64_t mode;
  };
  for (Mode mode : {Mode{"up", Up}, Mode{"down", Down}, Mode{"bfly", Butterfly},
                    Mode{"idx", Index}})
    for (const char *type : {"i32", "f32", "i32p", "f32p"})
      table.addIntrinsic(llvm::Twine("llvm.nvvm.shfl.sync.") + mode.name + "." +
                             type,
                         runShuffle, mode.mode);
  for (Mode mode : {Mode{"all", All}, Mode{"any", Any}, Mode{"uni", Uniform},
                    Mode{"ballot", Ballot}})
    table.addIntrinsic(llvm::Twine("llvm.nvvm.vote.") + mode.name + ".sync",
                       runVote, mode.mode);
  for (const char *type : {"i32", "i64"}) {
    table.addIntrinsic(llvm::Twine("llvm.nvvm.match.any.sync.") + type,
                       runMatch, 0);
    table.addIntrinsic(llvm::Twine("llvm.nvvm.match.all.sync.") + type + "p",
                       runMatch, 1);
  }
  for (Mode mode :
       {Mode{"add", ReduxAdd}, Mode{"umin", ReduxUMin}, Mode{"umax", ReduxUMax},
        Mode{"min", ReduxMin}, Mode{"max", ReduxMax}, Mode{"and", ReduxAnd},
        Mode{"or", ReduxOr}, Mode{"xor", ReduxXor}})
    table.addIntrinsic(llvm::Twine("llvm.nvvm.redux.sync.") + mode.name,
                       runRedux, mode.mode);
  for (uint64_t mode = 0; mode < 8; ++mode)
    table.addIntrinsic(llvm::Twine("llvm.nvvm.redux.sync.f") +
                           (mode & 1 ? "max" : "min") +
                           (mode & 2 ? ".abs" : "") + (mode & 4 ? ".NaN" : ""),
                       runReduxFloat, mode);
  table.addIntrinsic("llvm.nvvm.elect.sync", runElect);
  table.addIntrinsic("llvm.nvvm.activemask", runActiveMask);
  table.addIntrinsic("llvm.nvvm.bar.warp.sync", runWarpBarrier);
}
