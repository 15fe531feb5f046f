//===- LaunchCounter.cpp - Counts what a launch does ----------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Machine/LaunchCounter.h"

#include "Machine/Scheduler.h"

using namespace mhc::emulator;

uint32_t LaunchCounter::findBuffer(const Site &site, uint64_t address) {
  if (site.id >= lastBuffers.size())
    lastBuffers.resize(site.id + 1);
  LastBuffer &last = lastBuffers[site.id];
  if (LLVM_UNLIKELY(address - last.address >= last.size)) {
    std::lock_guard<std::mutex> lock(device.mutex);
    const Buffer *buffer = device.memory->find(address);
    if (!buffer)
      return kNoBuffer;
    last = {buffer->address, buffer->size, buffer->index};
  }
  return last.index;
}

void LaunchCounter::log(Thread &thread, const LaneAccess &access) {
  Warp &warp = *thread.warp;
  if (!warp.log)
    warp.log = std::make_unique<AccessLog>(kLogged);
  takeTurns(thread);
  warp.log->record(thread.lane, access);
}

void LaunchCounter::takeTurns(Thread &thread) {
  const AccessLog *log = thread.warp->log.get();
  if (log && log->getCount(thread.lane) >= kTurn &&
      thread.scheduler->isRunning(thread))
    thread.scheduler->yield(thread);
}

static TrafficSpace getTrafficSpace(const Thread &thread, Space space,
                                    const Cta *owner) {
  switch (space) {
  case Space::Shared:
    return owner == thread.cta ? TrafficSpace::Shared
                               : TrafficSpace::Distributed;
  case Space::Local:
    return TrafficSpace::Local;
  case Space::Constant:
    return TrafficSpace::Constant;
  default:
    return TrafficSpace::Global;
  }
}

void LaunchCounter::record(Thread &thread, const Site &site,
                           const AccessRequest &request,
                           const Resolved &resolved) {
  TrafficKind kind = TrafficKind::Read;
  if (request.kind == AccessKind::Write)
    kind = TrafficKind::Write;
  else if (request.kind == AccessKind::AtomicWrite)
    kind = site.isReadModifyWrite() ? TrafficKind::Atomic : TrafficKind::Write;
  uint64_t address = reinterpret_cast<uint64_t>(resolved.host);
  TrafficSpace space = getTrafficSpace(thread, resolved.space, resolved.owner);
  uint32_t buffer =
      space == TrafficSpace::Global ? findBuffer(site, address) : kNoBuffer;
  // The target makes several accesses of a vector of lesser alignment.
  uint32_t piece = std::min({request.size, request.alignment, 16u});
  for (uint32_t at = 0; at < request.size; at += piece)
    log(thread, LaneAccess(site.id, kind, space, address + at,
                           std::min(piece, request.size - at), buffer));
}

void LaunchCounter::recordAsyncCopy(Thread &thread, const Site &site,
                                    uint64_t source, uint32_t sourceSize,
                                    uint64_t target, uint32_t size) {
  if (sourceSize)
    log(thread,
        LaneAccess(site.id, TrafficKind::AsyncRead, TrafficSpace::Global,
                   source, sourceSize, findBuffer(site, source)));
  log(thread, LaneAccess(site.id, TrafficKind::AsyncWrite, TrafficSpace::Shared,
                         target, size));
}

TrafficCounter::BulkEnd LaunchCounter::getEnd(Thread &thread,
                                              const Resolved &place) {
  uint64_t address = reinterpret_cast<uint64_t>(place.host);
  TrafficSpace space = getTrafficSpace(thread, place.space, place.owner);
  uint32_t buffer = kNoBuffer;
  if (space == TrafficSpace::Global) {
    std::lock_guard<std::mutex> lock(device.mutex);
    if (const Buffer *found = device.memory->find(address))
      buffer = found->index;
  }
  return {space, address, buffer};
}

void LaunchCounter::countBulkCopy(Thread &thread, const Resolved &source,
                                  llvm::ArrayRef<Resolved> targets,
                                  uint64_t bytes) {
  llvm::SmallVector<TrafficCounter::BulkEnd> to;
  for (const Resolved &target : targets)
    to.push_back(getEnd(thread, target));
  traffic.countBulkCopy(getEnd(thread, source), to, bytes);
}

void LaunchCounter::countOperation(const Site &site) {
  switch (site.category) {
  case Category::None:
    break;
  case Category::CtaBarrier:
    ++counters.ctaBarriers;
    break;
  case Category::WarpBarrier:
    ++counters.warpBarriers;
    break;
  case Category::ClusterBarrier:
    ++counters.clusterBarriers;
    break;
  case Category::MbarrierWait:
    ++counters.mbarrierWaits;
    break;
  case Category::Shuffle:
    ++counters.shuffles;
    break;
  case Category::Collective:
    ++counters.otherCollectives;
    break;
  case Category::TensorCore:
    counters.addTensorCoreOp(getTensorCoreName(site.name));
    break;
  }
}

void LaunchCounter::endTurn(Warp &warp, uint32_t open) {
  if (warp.log)
    merger.merge(*warp.log, open, traffic);
}

void LaunchCounter::endCta(Cta &cta) {
  ++counters.ctas;
  counters.threads += cta.threads.size();
  for (Warp &warp : cta.warps) {
    endTurn(warp, 0);
    uint64_t most = 0;
    for (const Thread &thread : warp.lanes) {
      counters.laneInstructions += thread.instructions;
      most = std::max(most, thread.instructions);
    }
    counters.warpInstructions += most;
  }
}

const Counters &LaunchCounter::finish() {
  traffic.commit();
  return counters;
}
