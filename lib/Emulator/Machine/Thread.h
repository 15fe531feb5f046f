//===- Thread.h - Lanes, warps, CTAs and launches ---------------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MHC_EMULATOR_MACHINE_THREAD_H
#define MHC_EMULATOR_MACHINE_THREAD_H

#include "Checks/Clock.h"
#include "Instrument/Site.h"
#include "Machine/Fiber.h"

#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/SmallVector.h"

#include <map>
#include <memory>

namespace mhc::emulator {

class AccessLog;
class Device;
class Scheduler;
struct Cluster;
struct Cta;
struct Launch;
struct Warp;
struct AsyncState;
struct ClusterAsyncState;

constexpr unsigned kWarpSize = 32;
constexpr unsigned kMaxThreads = 1024;
constexpr unsigned kNumNamedBarriers = 16;

/// The special registers, each of 32 bits.
enum Register : unsigned {
  TidX,
  TidY,
  TidZ,
  NTidX,
  NTidY,
  NTidZ,
  CtaIdX,
  CtaIdY,
  CtaIdZ,
  NCtaIdX,
  NCtaIdY,
  NCtaIdZ,
  LaneId,
  WarpId,
  NWarpId,
  LaneMaskEq,
  LaneMaskLe,
  LaneMaskLt,
  LaneMaskGe,
  LaneMaskGt,
  SmId,
  NSmId,
  GridId,
  WarpSize,
  ClusterIdX,
  ClusterIdY,
  ClusterIdZ,
  NClusterIdX,
  NClusterIdY,
  NClusterIdZ,
  ClusterCtaIdX,
  ClusterCtaIdY,
  ClusterCtaIdZ,
  ClusterNCtaIdX,
  ClusterNCtaIdY,
  ClusterNCtaIdZ,
  ClusterCtaRank,
  ClusterNCtaRank,
  IsExplicitCluster,
  DynamicSharedSize,
  TotalSharedSize,
  kNumRegisters
};

/// What a suspended lane waits for, for the report of a deadlock.
struct Wait {
  const Site *site = nullptr;
  /// "the barrier 1", "lanes 0xffffffff of a shuffle": of static life.
  const char *what = nullptr;
  /// A number that belongs to it (a mask, a barrier), printed in hexadecimal if
  /// it is not 0.
  uint64_t detail = 0;
  /// More about what is lacking, if not null.
  std::string (*explain)(const Thread &) = nullptr;
};

/// What compiled code reads and writes of a lane.
struct LaneState {
  uint32_t registers[kNumRegisters] = {};
  /// Executed so far.
  uint64_t instructions = 0;
  /// Loop iterations left until the lane must let others run.
  int64_t fuel = 0;
  /// How much of its local memory is in use.
  uint64_t localUsed = 0;
};

/// One lane. Compiled code knows its address.
struct Thread : LaneState {
  enum State : uint8_t { Ready, Blocked, Exited };
  State state = Ready;
  /// The last suspension was a poll of something that had not happened.
  bool polled = false;
  /// How many turns have ended elsewhere since; many if it never did.
  unsigned turnsSincePoll = ~0u;
  /// How many of its instructions the launch has counted.
  uint64_t instructionsCounted = 0;
  /// How often it was given fuel.
  uint64_t numRefuels = 0;
  unsigned lane = 0;  // in its warp
  unsigned index = 0; // in its CTA
  Warp *warp = nullptr;
  Cta *cta = nullptr;
  Scheduler *scheduler = nullptr;
  Wait wait;
  Fiber fiber;
  /// What it knows of other agents' accesses.
  Agent agent{0, 0, 1};
  /// Where its local memory lies.
  uint64_t localBase = 0;
  /// The operation of a warp that it waits in: see Machine/Gather.h.
  Call *gathered = nullptr;
  const struct WarpOperation *gatheredIn = nullptr;
  uint32_t gatheredMask = 0;
  /// It waits at a barrier of its CTA; what the last one counted.
  bool isAtBarrier = false;
  struct BarrierResult {
    uint32_t numTrue = 0;
    uint32_t arrived = 0;
  } barrierResult;
  /// Where it has read by atomic or volatile accesses since something happened
  /// (a bit for each hash of a place), to see that it spins.
  uint64_t placesRead = 0;
  uint64_t eventsWhenRead = 0;
  /// Asynchronous copies of its own: see Operations/AsyncCopies.cpp.
  std::unique_ptr<AsyncState> async;

  Thread();
  Thread(Thread &&);
  ~Thread();
};

/// 32 lanes, or the rest of a CTA.
struct Warp {
  Cta *cta = nullptr;
  unsigned index = 0;
  llvm::MutableArrayRef<Thread> lanes;
  uint32_t exited = 0; // a bit for each lane
  /// The lanes that have come to an operation of the warp and wait in it.
  uint32_t gathered = 0;
  unsigned numReady = 0;
  bool isQueued = false;
  uint64_t visits = 0;
  /// Its accesses that are not counted yet, where counters are kept.
  std::unique_ptr<AccessLog> log;

  Warp();
  Warp(Warp &&);
  ~Warp();

  uint32_t existing() const {
    return lanes.size() == kWarpSize ? ~0u : (1u << lanes.size()) - 1;
  }
  uint32_t alive() const { return existing() & ~exited; }
};

/// A barrier of a CTA: who has come in this generation.
struct NamedBarrier {
  /// Threads that it waits for; 0 for all that have not ended.
  unsigned expected = 0;
  unsigned arrived = 0;
  /// Those that wait, and what those knew that only arrived.
  llvm::SmallVector<Thread *, 0> waiting;
  Knowledge released;
  bool hasReleased = false;
  /// The first to come; null while nobody has.
  const Site *first = nullptr;
  /// For reductions over the barrier.
  uint32_t numTrue = 0;
};

struct Cta {
  Cluster *cluster = nullptr;
  uint32_t linear = 0; // in the grid
  uint32_t rank = 0;   // in its cluster
  uint32_t number = 0; // over all launches, for epochs
  std::vector<Thread> threads;
  std::vector<Warp> warps;
  /// Where its shared memory lies in the arena.
  uint64_t sharedBase = 0;
  uint64_t localBase = 0;
  unsigned numExited = 0;
  NamedBarrier barriers[kNumNamedBarriers];
  /// Mbarriers and copies in flight: see Operations/AsyncState.h.
  std::unique_ptr<ClusterAsyncState> async;

  Cta();
  ~Cta();
};

struct Cluster {
  Launch *launch = nullptr;
  uint32_t linear = 0;
  std::vector<std::unique_ptr<Cta>> ctas;
  unsigned numExited = 0; // CTAs
  // The barrier of the cluster (barrier.cluster).
  unsigned arrived = 0;
  uint64_t generation = 0;
  llvm::SmallVector<Thread *, 0> waiting;
  /// What the arrivals of the last generation have released, and those of this
  /// one so far.
  Knowledge released;
  Knowledge nextReleased;
};

} // namespace mhc::emulator

#endif // MHC_EMULATOR_MACHINE_THREAD_H
