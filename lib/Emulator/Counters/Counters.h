//===- Counters.h - What a kernel has moved and executed --------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MHC_EMULATOR_COUNTERS_COUNTERS_H
#define MHC_EMULATOR_COUNTERS_COUNTERS_H

#include "Counters/Request.h"

#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/ADT/StringRef.h"

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace mhc::emulator {

/// Requests of warps to global memory. `bytes` is what the lanes asked for, a
/// byte that two lanes ask for counting twice; a sector is 32 bytes and a line
/// 128, each counted once in a request.
struct GlobalTraffic {
  uint64_t requests = 0;
  uint64_t bytes = 0;
  uint64_t sectors = 0;
  uint64_t lines = 0;
};

/// Requests to a CTA's own shared memory. `wavefronts` is how many passes they
/// take, `bankConflicts` how many of these would not be there without
/// conflicts (see countWavefronts).
struct SharedTraffic {
  uint64_t requests = 0;
  uint64_t bytes = 0;
  uint64_t wavefronts = 0;
  uint64_t bankConflicts = 0;
};

struct PlainTraffic {
  uint64_t requests = 0;
  uint64_t bytes = 0;
};

/// The traffic of one buffer in global memory: bytes that lanes asked for, the
/// sectors of their requests, and the bytes moved between the L2 cache and
/// device memory.
struct BufferTraffic {
  uint64_t bytesRead = 0;
  uint64_t bytesWritten = 0;
  uint64_t bytesAtomic = 0;
  uint64_t sectorsRead = 0;
  uint64_t sectorsWritten = 0;
  uint64_t sectorsAtomic = 0;
  uint64_t deviceBytesRead = 0;
  uint64_t deviceBytesWritten = 0;

  BufferTraffic &operator+=(const BufferTraffic &other);
  bool isZero() const;
};

/// The counters of a launch, or of one host thread's part of it, which are
/// added up with +=.
struct Counters {
  uint64_t launches = 0;
  uint64_t ctas = 0;
  uint64_t threads = 0;
  /// LLVM instructions times the lanes that executed them, and instructions of
  /// warps where these are known.
  uint64_t laneInstructions = 0;
  uint64_t warpInstructions = 0;

  GlobalTraffic globalReads, globalWrites, globalAtomics;
  /// Sectors that were asked of the L2 cache, and those that it held.
  uint64_t l2Sectors = 0;
  uint64_t l2Hits = 0;
  uint64_t deviceBytesRead = 0;
  uint64_t deviceBytesWritten = 0;

  SharedTraffic sharedReads, sharedWrites, sharedAtomics;
  PlainTraffic distributedReads, distributedWrites, distributedAtomics;
  PlainTraffic localReads, localWrites;
  PlainTraffic constantReads;

  /// cp.async by lane, and bulk copies.
  uint64_t asyncCopies = 0;
  uint64_t asyncCopyBytes = 0;
  uint64_t bulkCopies = 0;
  uint64_t bulkCopyBytes = 0;

  /// Each once for a warp that takes part.
  uint64_t ctaBarriers = 0;
  uint64_t warpBarriers = 0;
  uint64_t clusterBarriers = 0;
  uint64_t mbarrierWaits = 0;
  uint64_t shuffles = 0;
  uint64_t otherCollectives = 0;

  /// Tensor-core operations of warps by shape and type ("m16n8k16.bf16").
  std::map<std::string, uint64_t, std::less<>> tensorCoreOps;

  /// By buffer number.
  std::vector<BufferTraffic> buffers;
  BufferTraffic unknownBuffer;

  Counters &operator+=(const Counters &other);

  void addTensorCoreOp(llvm::StringRef shape, uint64_t count = 1);
  BufferTraffic &getBuffer(uint32_t buffer) {
    if (buffer == kNoBuffer)
      return unknownBuffer;
    if (buffer >= buffers.size())
      buffers.resize(buffer + 1);
    return buffers[buffer];
  }
};

/// Calls `visit(group, name, value)` for each number of `counters` that is not
/// by shape or buffer. Group and name are the keys of the JSON text.
void visitCounters(
    const Counters &counters,
    llvm::function_ref<void(llvm::StringRef, llvm::StringRef, uint64_t)> visit);
/// The same for a buffer's traffic.
void visitTraffic(const BufferTraffic &traffic,
                  llvm::function_ref<void(llvm::StringRef, uint64_t)> visit);

} // namespace mhc::emulator

#endif // MHC_EMULATOR_COUNTERS_COUNTERS_H
