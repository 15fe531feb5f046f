//===- emulation.h - Device functions, on the host --------------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What ptx.h is for a GPU, over the fibers of machine.h: vectors, indices and
// each function, with CUDA's names where CUDA has it.
//
// A program includes this once, in one file.
//
//===----------------------------------------------------------------------===//

#ifndef PROBE_DEVICE_EMULATION_H
#define PROBE_DEVICE_EMULATION_H

#include "machine.h"

#include <chrono>
#include <cmath>

#define DEVICE inline
#define PROBE_GLOBAL static
#define PROBE_BOUNDS(THREADS, RESIDENT)
#define PROBE_CONSTANT

struct uint2 {
  u32 x, y;
};
struct uint4 {
  u32 x, y, z, w;
};
struct float2 {
  float x, y;
};
struct float4 {
  float x, y, z, w;
};
inline uint2 make_uint2(u32 x, u32 y) { return {x, y}; }
inline uint4 make_uint4(u32 x, u32 y, u32 z, u32 w) { return {x, y, z, w}; }
inline float2 make_float2(float x, float y) { return {x, y}; }
inline float4 make_float4(float x, float y, float z, float w) {
  return {x, y, z, w};
}
inline float __uint_as_float(u32 v) {
  float f;
  std::memcpy(&f, &v, 4);
  return f;
}
inline u32 __float_as_uint(float v) {
  u32 u;
  std::memcpy(&u, &v, 4);
  return u;
}
using std::max;
using std::min;

#define threadIdx (emulated::Index{emulated::machine.current->thread})
#define blockIdx (emulated::Index{emulated::machine.current->cta->index})
#define gridDim (emulated::Index{emulated::machine.grid})
#define blockDim (emulated::Index{emulated::machine.threads})

//===----------------------------------------------------------------------===//
// Where a thread is, and when
//===----------------------------------------------------------------------===//

inline u32 sharedBase() { return emulated::machine.current->cta->rank << 24; }
inline u32 clusterRank() { return emulated::machine.current->cta->rank; }
inline u32 multiprocessor() {
  return blockIdx.x % emulated::machine.multiprocessors;
}
/// Whoever looks at the clock may wait for time to pass: that is no deadlock.
inline u64 nanoseconds() {
  ++emulated::machine.progress;
  return std::chrono::duration_cast<std::chrono::nanoseconds>(
             std::chrono::steady_clock::now().time_since_epoch())
      .count();
}
inline u64 cycles() { return nanoseconds(); }
inline void spin() { emulated::yield(); }

inline void __syncthreads() {
  emulated::Cta *cta = emulated::machine.current->cta;
  const u64 generation = cta->generation;
  if (++cta->waiting == emulated::machine.threads) {
    cta->waiting = 0;
    ++cta->generation;
  } else {
    while (cta->generation == generation)
      emulated::yield();
  }
  ++emulated::machine.progress;
}

inline void __syncwarp() {
  const u32 nothing = 0;
  emulated::exchange(&nothing, 1);
}

inline u32 __shfl_sync(u32, u32 v, int lane, int width = 32) {
  const int buffer = emulated::machine.current->collectives & 1;
  const unsigned self = threadIdx.x & 31;
  const emulated::Warp &warp = emulated::exchange(&v, 1);
  return warp.words[buffer][(self & ~(width - 1)) | (lane & (width - 1))][0];
}
inline float __shfl_sync(u32 mask, float v, int lane, int width = 32) {
  return __uint_as_float(__shfl_sync(mask, __float_as_uint(v), lane, width));
}
inline u32 __shfl_xor_sync(u32, u32 v, int lanes) {
  const int buffer = emulated::machine.current->collectives & 1;
  const unsigned self = threadIdx.x & 31;
  const emulated::Warp &warp = emulated::exchange(&v, 1);
  return warp.words[buffer][self ^ lanes][0];
}
inline float __shfl_xor_sync(u32 mask, float v, int lanes) {
  return __uint_as_float(__shfl_xor_sync(mask, __float_as_uint(v), lanes));
}

//===----------------------------------------------------------------------===//
// Shared memory, of the CTA and of the cluster
//===----------------------------------------------------------------------===//

inline u32 loadShared(u32 a) {
  return emulated::load<u32>(emulated::ownShared(a, 4));
}
inline uint2 loadShared2(u32 a) {
  return emulated::load<uint2>(emulated::ownShared(a, 8));
}
inline uint4 loadShared4(u32 a) {
  return emulated::load<uint4>(emulated::ownShared(a, 16));
}
inline float loadSharedF(u32 a) { return __uint_as_float(loadShared(a)); }
inline float4 loadSharedF4(u32 a) {
  return emulated::load<float4>(emulated::ownShared(a, 16));
}
inline void storeShared(u32 a, u32 v) {
  std::memcpy(emulated::ownShared(a, 4), &v, 4);
}
inline void storeShared2(u32 a, uint2 v) {
  std::memcpy(emulated::ownShared(a, 8), &v, 8);
}
inline void storeShared4(u32 a, uint4 v) {
  std::memcpy(emulated::ownShared(a, 16), &v, 16);
}
inline void storeSharedF(u32 a, float v) { storeShared(a, __float_as_uint(v)); }
inline void storeSharedF4(u32 a, float4 v) {
  std::memcpy(emulated::ownShared(a, 16), &v, 16);
}

inline u32 mapToCta(u32 address, u32 rank) {
  return (address & emulated::kOffset) | rank << 24;
}
inline u32 loadRemote(u32 mapped) {
  return emulated::load<u32>(
      emulated::sharedAt(emulated::ctaOf(mapped), mapped, 4));
}
inline void storeRemoteF4(u32 mapped, float4 v, u32 mappedBarrier) {
  emulated::Cta *cta = emulated::ctaOf(mapped);
  if (cta != emulated::ctaOf(mappedBarrier))
    emulated::stop("a remote store whose barrier is in another CTA");
  emulated::sharedAt(cta, mapped, 16);
  emulated::postpone([=] {
    std::memcpy(emulated::sharedAt(cta, mapped, 16), &v, 16);
    emulated::Barrier &barrier = emulated::barrierAt(cta, mappedBarrier);
    barrier.bytes -= 16;
    emulated::endPhaseIfComplete(barrier);
  });
}

//===----------------------------------------------------------------------===//
// Barriers
//===----------------------------------------------------------------------===//

inline void barrierInit(u32 barrier, u32 arrivals) {
  emulated::ownShared(barrier, 8);
  emulated::machine.current->cta->barriers[barrier & emulated::kOffset] = {
      static_cast<int>(arrivals), static_cast<int>(arrivals)};
  ++emulated::machine.progress;
}
inline void fenceBarrierInit() {}
inline void barrierArrive(u32 barrier) {
  emulated::ownShared(barrier, 8);
  emulated::arriveAt(
      emulated::barrierAt(emulated::machine.current->cta, barrier));
}
inline void barrierArriveRemote(u32 mapped) {
  emulated::arriveAt(emulated::barrierAt(emulated::ctaOf(mapped), mapped));
}
inline void barrierExpect(u32 barrier, u32 bytes) {
  emulated::ownShared(barrier, 8);
  emulated::arriveAt(
      emulated::barrierAt(emulated::machine.current->cta, barrier), bytes);
}
inline void barrierWait(u32 barrier, u32 parity) {
  emulated::ownShared(barrier, 8);
  emulated::Cta *cta = emulated::machine.current->cta;
  while ((emulated::barrierAt(cta, barrier).phase & 1) == parity)
    emulated::yield();
  ++emulated::machine.progress;
}
inline void barrierWaitCluster(u32 barrier, u32 parity) {
  barrierWait(barrier, parity);
}
inline bool barrierTryWaitCluster(u32 barrier, u32 parity) {
  emulated::ownShared(barrier, 8);
  emulated::Cta *cta = emulated::machine.current->cta;
  const bool ended = (emulated::barrierAt(cta, barrier).phase & 1) != parity;
  ended ? (void)++emulated::machine.progress : emulated::yield();
  return ended;
}
inline void clusterArrive() {}
inline void clusterArriveRelaxed() {}
inline void clusterWait() {
  emulated::Machine &m = emulated::machine;
  emulated::Cluster &cluster = m.clusters[m.current->cta->cluster];
  const u64 generation = cluster.generation;
  if (++cluster.waiting == m.clusterSize * m.threads) {
    cluster.waiting = 0;
    ++cluster.generation;
  } else {
    while (cluster.generation == generation)
      emulated::yield();
  }
  ++m.progress;
}

//===----------------------------------------------------------------------===//
// Asynchronous copies into shared memory
//===----------------------------------------------------------------------===//

inline void copyAsync(u32 target, const void *source, bool valid) {
  emulated::Cta *cta = emulated::machine.current->cta;
  unsigned char *at = emulated::ownShared(target, 16);
  if (valid)
    emulated::checkGlobal(source, 16);
  std::memset(at, 0xff, 16);
  emulated::machine.current->open.push_back([=] {
    unsigned char *p = emulated::sharedAt(cta, target, 16);
    valid ? (void)std::memcpy(p, source, 16) : (void)std::memset(p, 0, 16);
  });
}
inline void copyCommit() {
  emulated::Fiber *self = emulated::machine.current;
  self->groups.push_back(std::move(self->open));
  self->open.clear();
}
template <int N> inline void copyWait() {
  auto &groups = emulated::machine.current->groups;
  while (groups.size() > N) {
    for (emulated::Work &work : groups.front())
      work();
    groups.erase(groups.begin());
  }
}
inline void copyBulk(u32 target, const void *source, u32 bytes, u32 barrier) {
  emulated::Cta *cta = emulated::machine.current->cta;
  if ((target | bytes) % 16)
    emulated::stop("a bulk copy of %u bytes to %u: expected multiples of 16",
                   bytes, target & emulated::kOffset);
  for (u32 i = 0; i < bytes; i += 16)
    emulated::checkGlobal(static_cast<const char *>(source) + i, 16);
  emulated::postpone([=] {
    for (u32 i = 0; i < bytes; i += 16)
      std::memcpy(emulated::sharedAt(cta, target + i, 16),
                  static_cast<const char *>(source) + i, 16);
    emulated::Barrier &counted = emulated::barrierAt(cta, barrier);
    counted.bytes -= bytes;
    emulated::endPhaseIfComplete(counted);
  });
}

inline void copyBulkOut(void *target, u32 source, u32 bytes) {
  emulated::Cta *cta = emulated::machine.current->cta;
  if ((source | bytes) % 16)
    emulated::stop("a bulk copy of %u bytes from %u: expected multiples of 16",
                   bytes, source & emulated::kOffset);
  for (u32 i = 0; i < bytes; i += 16)
    emulated::checkGlobal(static_cast<char *>(target) + i, 16);
  emulated::machine.current->openOut.push_back([=] {
    for (u32 i = 0; i < bytes; i += 16)
      std::memcpy(static_cast<char *>(target) + i,
                  emulated::sharedAt(cta, source + i, 16), 16);
  });
}
inline void copyBulkOutCommit() {
  emulated::Fiber *self = emulated::machine.current;
  self->groupsOut.push_back(std::move(self->openOut));
  self->openOut.clear();
}
template <int N> inline void copyBulkOutWait() {
  auto &groups = emulated::machine.current->groupsOut;
  while (groups.size() > N) {
    for (emulated::Work &work : groups.front())
      work();
    groups.erase(groups.begin());
  }
}
template <int N> inline void copyBulkOutWaitRead() { copyBulkOutWait<N>(); }
inline void fenceAsync() {}

//===----------------------------------------------------------------------===//
// Global memory
//===----------------------------------------------------------------------===//

namespace emulated {
template <typename T> T loadGlobal(const void *p) {
  checkGlobal(p, sizeof(T));
  return load<T>(static_cast<const unsigned char *>(p));
}
template <typename T> void storeGlobal(void *p, T v) {
  checkGlobal(p, sizeof(T));
  std::memcpy(p, &v, sizeof v);
}
} // namespace emulated

inline uint4 loadGlobal4(const void *p) {
  return emulated::loadGlobal<uint4>(p);
}
inline uint4 streamGlobal4(const void *p) { return loadGlobal4(p); }
inline uint4 loadL2x4(const void *p) { return loadGlobal4(p); }
inline u32 loadL2(const u32 *p) { return emulated::loadGlobal<u32>(p); }
inline u32 loadL1(const u32 *p) { return emulated::loadGlobal<u32>(p); }
inline void storeGlobal4(void *p, uint4 v) { emulated::storeGlobal(p, v); }
inline void streamStoreGlobal4(void *p, uint4 v) { storeGlobal4(p, v); }
inline void storeGlobalF4(void *p, float4 v) { emulated::storeGlobal(p, v); }
inline u32 loadAcquire(const u32 *p) { return emulated::loadGlobal<u32>(p); }
inline void storeRelease(u32 *p, u32 v) {
  emulated::storeGlobal(p, v);
  ++emulated::machine.progress;
}
inline u32 addRelaxed(u32 *p, u32 v) {
  const u32 old = loadAcquire(p);
  storeRelease(p, old + v);
  return old;
}
inline void addRelease(u32 *p, u32 v) { addRelaxed(p, v); }
inline float loadRelaxedF(const void *p) {
  return emulated::loadGlobal<float>(p);
}
inline float4 loadRelaxedF4(const void *p) {
  return emulated::loadGlobal<float4>(p);
}

//===----------------------------------------------------------------------===//
// Early launch and registers: a launch follows the one before it anyway
//===----------------------------------------------------------------------===//

inline void waitForEarlierLaunch() {}
inline void letNextLaunchStart() {}
template <int N> inline void raiseRegisters() {}
template <int N> inline void lowerRegisters() {}

//===----------------------------------------------------------------------===//
// Arithmetic
//===----------------------------------------------------------------------===//

namespace emulated {

/// Subnormal numbers become zeros of their signs.
inline float flush(float x) {
  return std::fabs(x) < 0x1p-126f ? std::copysign(0.0f, x) : x;
}
/// The one NaN that instructions return.
inline float withOneNaN(float x) {
  return std::isnan(x) ? __uint_as_float(0x7fffffff) : x;
}

/// A function on each half of a word.
template <typename Function>
u32 applyToHalves(u32 x, probe::FloatFormat format, Function function) {
  u32 halves[2] = {x & 0xffff, x >> 16};
  for (u32 &half : halves) {
    const probe::UnpackedFloat v = probe::unpackFloat(half, format);
    double value = std::ldexp(v.significand, v.exponent - format.fractionBits);
    if (v.kind != probe::UnpackedFloat::Finite)
      value = v.kind == probe::UnpackedFloat::NaN ? NAN : INFINITY;
    const double result = function(v.negative ? -value : value);
    int exponent = 0;
    const double fraction = std::frexp(std::fabs(result), &exponent);
    if (std::isnan(result))
      half = 0x7fff;
    else if (std::isinf(result))
      half = format.infinity() | (result < 0 ? format.sign() : 0);
    else
      half = probe::packFloat(
          std::signbit(result), static_cast<u64>(std::ldexp(fraction, 53)),
          exponent - 53, format, probe::Accumulation::Nearest);
  }
  return halves[0] | halves[1] << 16;
}

} // namespace emulated

// Rounded to nearest, or nearly so.
inline float rcpApproxFull(float x) { return emulated::withOneNaN(1 / x); }
inline float ex2ApproxFull(float x) {
  return emulated::withOneNaN(std::exp2(x));
}
inline float lg2ApproxFull(float x) {
  return emulated::withOneNaN(std::log2(x));
}
inline float rsqrtApproxFull(float x) {
  return emulated::withOneNaN(
      static_cast<float>(1 / std::sqrt(static_cast<double>(x))));
}
inline float sqrtApproxFull(float x) {
  return emulated::withOneNaN(std::sqrt(x));
}
inline float tanhApprox(float x) { return emulated::withOneNaN(std::tanh(x)); }
inline float rcpApprox(float x) {
  return emulated::flush(rcpApproxFull(emulated::flush(x)));
}
inline float ex2Approx(float x) {
  return emulated::flush(ex2ApproxFull(emulated::flush(x)));
}
inline float lg2Approx(float x) { return lg2ApproxFull(emulated::flush(x)); }
inline float rsqrtApprox(float x) {
  return rsqrtApproxFull(emulated::flush(x));
}
inline float sqrtApprox(float x) { return sqrtApproxFull(emulated::flush(x)); }
inline u32 ex2ApproxBf16(u32 x) {
  return emulated::applyToHalves(x, probe::kBf16, [](double v) {
    const auto flushed = emulated::flush(static_cast<float>(v));
    const double y = std::exp2(static_cast<double>(flushed));
    return y < 0x1p-126 ? 0.0 : y;
  });
}
inline u32 ex2ApproxF16(u32 x) {
  return emulated::applyToHalves(x, probe::kF16,
                                 [](double v) { return std::exp2(v); });
}
inline u32 tanhApproxBf16(u32 x) {
  return emulated::applyToHalves(x, probe::kBf16,
                                 [](double v) { return std::tanh(v); });
}
inline u32 tanhApproxF16(u32 x) {
  return emulated::applyToHalves(x, probe::kF16,
                                 [](double v) { return std::tanh(v); });
}

inline u32 roundToBf16(float v) {
  if (std::isnan(v))
    return 0x7fff;
  const u32 bits = __float_as_uint(v);
  return (bits + 0x7fff + (bits >> 16 & 1)) >> 16;
}
inline u32 packBf16(float low, float high) {
  return roundToBf16(low) | roundToBf16(high) << 16;
}

inline u32 transpose8x8(u32 a) {
  const int buffer = emulated::machine.current->collectives & 1;
  const unsigned lane = threadIdx.x & 31;
  const emulated::Warp &warp = emulated::exchange(&a, 1);
  const auto element = [&](unsigned row, unsigned column) {
    return warp.words[buffer][row * 4 + column / 2][0] >> (column % 2 * 16) &
           0xffff;
  };
  return element(lane % 4 * 2, lane / 4) | element(lane % 4 * 2 + 1, lane / 4)
                                               << 16;
}

namespace emulated {

/// One mma of m16n8: K products of elements of which PERWORD are in a word. A
/// lane holds rows lane / 4 and 8 below, of A's and B's words of K / PERWORD;
/// its four sums come as bits, rows below last.
template <int K, int PERWORD>
void multiply(u32 *sums, const u32 *a, const u32 *b,
              probe::OperandType operands, probe::SumType sum) {
  constexpr int wordsB = K / PERWORD / 4;
  constexpr int wordsA = 2 * wordsB;
  u32 words[wordsA + wordsB];
  std::copy(a, a + wordsA, words);
  std::copy(b, b + wordsB, words + wordsA);
  const int buffer = machine.current->collectives & 1;
  const unsigned lane = threadIdx.x & 31;
  const Warp &warp = exchange(words, wordsA + wordsB);
  const probe::Accumulator accumulator(machine.accumulation, operands, sum);
  for (unsigned e = 0; e < 4; ++e) {
    const unsigned row = lane / 4, column = lane % 4 * 2 + e % 2;
    u32 left[K], right[K];
    for (unsigned k = 0; k < K; ++k) {
      const unsigned word = k / PERWORD;
      const auto element = [&](unsigned line, unsigned index) {
        const u32 bits = warp.words[buffer][line * 4 + word % 4][index];
        return PERWORD == 1 ? bits : bits >> (k % PERWORD * 16) & 0xffff;
      };
      left[k] = element(row, word / 4 * 2 + e / 2);
      right[k] = element(column, wordsA + word / 4);
    }
    sums[e] = accumulator.add(left, right, K, sums[e]);
  }
}

/// d += a b, in f32.
template <int K, int PERWORD>
void multiplyF32(float *d, const u32 *a, const u32 *b,
                 probe::OperandType operands) {
  u32 sums[4];
  std::memcpy(sums, d, sizeof sums);
  multiply<K, PERWORD>(sums, a, b, operands, probe::SumType::F32);
  std::memcpy(d, sums, sizeof sums);
}

/// d += a b, in f16: two sums a word.
template <int K> void multiplyF16(u32 *d, const u32 *a, const u32 *b) {
  u32 sums[] = {d[0] & 0xffff, d[0] >> 16, d[1] & 0xffff, d[1] >> 16};
  multiply<K, 2>(sums, a, b, probe::OperandType::F16, probe::SumType::F16);
  d[0] = sums[0] | sums[1] << 16;
  d[1] = sums[2] | sums[3] << 16;
}

} // namespace emulated

inline void mmaBf16K16(float *d, const u32 *a, u32 b0, u32 b1) {
  const u32 b[] = {b0, b1};
  emulated::multiplyF32<16, 2>(d, a, b, probe::OperandType::BF16);
}
inline void mmaBf16K8(float *d, const u32 *a, u32 b0) {
  emulated::multiplyF32<8, 2>(d, a, &b0, probe::OperandType::BF16);
}
inline void mmaBf16K16Zero(float *d, const u32 *a, u32 b0, u32 b1) {
  std::fill(d, d + 4, 0.0f);
  mmaBf16K16(d, a, b0, b1);
}
inline void mmaBf16K8Zero(float *d, const u32 *a, u32 b0) {
  std::fill(d, d + 4, 0.0f);
  mmaBf16K8(d, a, b0);
}
inline void mmaF16K16(float *d, const u32 *a, u32 b0, u32 b1) {
  const u32 b[] = {b0, b1};
  emulated::multiplyF32<16, 2>(d, a, b, probe::OperandType::F16);
}
inline void mmaF16K8(float *d, const u32 *a, u32 b0) {
  emulated::multiplyF32<8, 2>(d, a, &b0, probe::OperandType::F16);
}
inline void mmaF16K16InF16(u32 *d, const u32 *a, u32 b0, u32 b1) {
  const u32 b[] = {b0, b1};
  emulated::multiplyF16<16>(d, a, b);
}
inline void mmaF16K8InF16(u32 *d, const u32 *a, u32 b0) {
  emulated::multiplyF16<8>(d, a, &b0);
}
inline void mmaTf32K8(float *d, const u32 *a, u32 b0, u32 b1) {
  const u32 b[] = {b0, b1};
  emulated::multiplyF32<8, 1>(d, a, b, probe::OperandType::TF32);
}
inline void mmaTf32K4(float *d, const u32 *a, u32 b0) {
  emulated::multiplyF32<4, 1>(d, a, &b0, probe::OperandType::TF32);
}

#endif // PROBE_DEVICE_EMULATION_H
