//===- Counters.cpp - What a kernel has moved and executed ----------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Counters/Counters.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SmallVector.h"

using namespace llvm;

namespace mhc::emulator {

/// The one list of all numbers. `visit(group, name, value)` may change them.
template <typename C, typename Visit> static void forEach(C &c, Visit visit) {
  auto global = [&](StringRef group, auto &traffic) {
    visit(group, "requests", traffic.requests);
    visit(group, "bytes", traffic.bytes);
    visit(group, "sectors", traffic.sectors);
    visit(group, "lines", traffic.lines);
  };
  auto shared = [&](StringRef group, auto &traffic) {
    visit(group, "requests", traffic.requests);
    visit(group, "bytes", traffic.bytes);
    visit(group, "wavefronts", traffic.wavefronts);
    visit(group, "bank_conflicts", traffic.bankConflicts);
  };
  auto plain = [&](StringRef group, auto &traffic) {
    visit(group, "requests", traffic.requests);
    visit(group, "bytes", traffic.bytes);
  };
  visit("execution", "launches", c.launches);
  visit("execution", "ctas", c.ctas);
  visit("execution", "threads", c.threads);
  visit("execution", "lane_instructions", c.laneInstructions);
  visit("execution", "warp_instructions", c.warpInstructions);
  global("global_reads", c.globalReads);
  global("global_writes", c.globalWrites);
  global("global_atomics", c.globalAtomics);
  visit("l2", "sectors", c.l2Sectors);
  visit("l2", "hits", c.l2Hits);
  visit("device_memory", "bytes_read", c.deviceBytesRead);
  visit("device_memory", "bytes_written", c.deviceBytesWritten);
  shared("shared_reads", c.sharedReads);
  shared("shared_writes", c.sharedWrites);
  shared("shared_atomics", c.sharedAtomics);
  plain("distributed_reads", c.distributedReads);
  plain("distributed_writes", c.distributedWrites);
  plain("distributed_atomics", c.distributedAtomics);
  plain("local_reads", c.localReads);
  plain("local_writes", c.localWrites);
  plain("constant_reads", c.constantReads);
  visit("async_copies", "copies", c.asyncCopies);
  visit("async_copies", "bytes", c.asyncCopyBytes);
  visit("bulk_copies", "copies", c.bulkCopies);
  visit("bulk_copies", "bytes", c.bulkCopyBytes);
  visit("synchronisation", "cta_barriers", c.ctaBarriers);
  visit("synchronisation", "warp_barriers", c.warpBarriers);
  visit("synchronisation", "cluster_barriers", c.clusterBarriers);
  visit("synchronisation", "mbarrier_waits", c.mbarrierWaits);
  visit("collectives", "shuffles", c.shuffles);
  visit("collectives", "others", c.otherCollectives);
}

template <typename T, typename Visit>
static void forEachOfBuffer(T &traffic, Visit visit) {
  visit("bytes_read", traffic.bytesRead);
  visit("bytes_written", traffic.bytesWritten);
  visit("bytes_atomic", traffic.bytesAtomic);
  visit("sectors_read", traffic.sectorsRead);
  visit("sectors_written", traffic.sectorsWritten);
  visit("sectors_atomic", traffic.sectorsAtomic);
  visit("device_bytes_read", traffic.deviceBytesRead);
  visit("device_bytes_written", traffic.deviceBytesWritten);
}

BufferTraffic &BufferTraffic::operator+=(const BufferTraffic &other) {
  SmallVector<uint64_t> values;
  forEachOfBuffer(other,
                  [&](StringRef, uint64_t value) { values.push_back(value); });
  size_t index = 0;
  forEachOfBuffer(
      *this, [&](StringRef, uint64_t &value) { value += values[index++]; });
  return *this;
}

bool BufferTraffic::isZero() const {
  uint64_t bits = 0;
  forEachOfBuffer(*this, [&](StringRef, uint64_t value) { bits |= value; });
  return bits == 0;
}

Counters &Counters::operator+=(const Counters &other) {
  SmallVector<uint64_t> values;
  forEach(other, [&](StringRef, StringRef, uint64_t value) {
    values.push_back(value);
  });
  size_t index = 0;
  forEach(*this, [&](StringRef, StringRef, uint64_t &value) {
    value += values[index++];
  });
  for (const auto &[shape, count] : other.tensorCoreOps)
    addTensorCoreOp(shape, count);
  for (auto [buffer, traffic] : enumerate(other.buffers))
    getBuffer(buffer) += traffic;
  unknownBuffer += other.unknownBuffer;
  return *this;
}

void Counters::addTensorCoreOp(StringRef shape, uint64_t count) {
  auto it = tensorCoreOps.find(std::string_view(shape));
  if (it == tensorCoreOps.end())
    it = tensorCoreOps.emplace(shape.str(), 0).first;
  it->second += count;
}

void visitCounters(const Counters &counters,
                   function_ref<void(StringRef, StringRef, uint64_t)> visit) {
  forEach(counters, visit);
}

void visitTraffic(const BufferTraffic &traffic,
                  function_ref<void(StringRef, uint64_t)> visit) {
  forEachOfBuffer(traffic, visit);
}

} // namespace mhc::emulator
