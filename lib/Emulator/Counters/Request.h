//===- Request.h - One access of memory by a warp ---------------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MHC_EMULATOR_COUNTERS_REQUEST_H
#define MHC_EMULATOR_COUNTERS_REQUEST_H

#include "llvm/ADT/bit.h"

#include <cassert>
#include <cstdint>

namespace mhc::emulator {

/// The memories whose traffic is counted apart.
enum class TrafficSpace : uint8_t {
  Global,
  Shared,      // of the lane's own CTA
  Distributed, // shared memory of another CTA of the cluster
  Local,
  Constant,
};

/// What an access does to its memory. The asynchronous kinds are the two sides
/// of `cp.async`, and the write of `st.async`.
enum class TrafficKind : uint8_t { Read, Write, Atomic, AsyncRead, AsyncWrite };

/// The buffer of an access whose buffer is not known.
inline constexpr uint32_t kNoBuffer = 0xffffffff;

inline constexpr unsigned kLanes = 32;

/// Calls `body` with each lane of the mask.
template <typename Body> void forEachLane(uint32_t lanes, Body body) {
  for (; lanes != 0; lanes &= lanes - 1)
    body(unsigned(llvm::countr_zero(lanes)));
}

/// What one lane accesses. At most 255 bytes at an address below 2^48.
class LaneAccess {
public:
  LaneAccess() = default;
  LaneAccess(uint32_t site, TrafficKind kind, TrafficSpace space,
             uint64_t address, unsigned size, uint32_t buffer = kNoBuffer)
      : bits((address & kAddressMask) | uint64_t(size) << 48 |
             uint64_t(kind) << 56 | uint64_t(space) << 60),
        site(site), buffer(buffer) {
    assert(size < 256 && address <= kAddressMask && "does not fit");
  }

  uint64_t getAddress() const { return bits & kAddressMask; }
  unsigned getSize() const { return bits >> 48 & 0xff; }
  TrafficKind getKind() const { return TrafficKind(bits >> 56 & 0xf); }
  TrafficSpace getSpace() const { return TrafficSpace(bits >> 60); }
  /// Equal for accesses of one kind to one space.
  unsigned getKindAndSpace() const { return bits >> 56; }
  /// The instruction of the device program.
  uint32_t getSite() const { return site; }
  uint32_t getBuffer() const { return buffer; }

private:
  static constexpr uint64_t kAddressMask = (uint64_t(1) << 48) - 1;

  uint64_t bits;
  uint32_t site;
  uint32_t buffer;
};
static_assert(sizeof(LaneAccess) == 16);

/// One instruction's accesses to one memory by the lanes that execute it
/// together. Only the elements of active lanes mean something.
struct Request {
  uint32_t site = 0;
  TrafficKind kind = TrafficKind::Read;
  TrafficSpace space = TrafficSpace::Global;
  /// Bit i is set if lane i takes part.
  uint32_t active = 0;
  uint64_t address[kLanes];
  uint32_t buffer[kLanes];
  uint8_t size[kLanes];
};

} // namespace mhc::emulator

#endif // MHC_EMULATOR_COUNTERS_REQUEST_H
