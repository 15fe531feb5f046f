//===- host_math.h - Numbers, on the host, for the prototypes ---*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef PROBE_PROTOTYPES_HOST_MATH_H
#define PROBE_PROTOTYPES_HOST_MATH_H

#include "device/runtime.h"

#include <array>
#include <thread>

/// A function of the host that kernels call too.
#ifdef PROBE_EMULATED
#define HOST_DEVICE inline
#else
#define HOST_DEVICE __host__ __device__ __forceinline__
#endif

namespace probe {

//===----------------------------------------------------------------------===//
// bf16
//===----------------------------------------------------------------------===//

/// Rounds to nearest even. Finite numbers and infinities only.
inline u16 toBf16(float value) {
  u32 bits;
  std::memcpy(&bits, &value, 4);
  return static_cast<u16>((bits + 0x7fff + (bits >> 16 & 1)) >> 16);
}

inline float fromBf16(u16 value) {
  const u32 bits = static_cast<u32>(value) << 16;
  float result;
  std::memcpy(&result, &bits, 4);
  return result;
}

inline float roundedToBf16(float value) { return fromBf16(toBf16(value)); }

/// bf16 terms of a value, largest first: two of them hold 16 bits of it, three
/// hold 24, all of an f32.
inline std::array<u16, 3> bf16Terms(float value) {
  std::array<u16, 3> terms;
  for (u16 &term : terms) {
    term = toBf16(value);
    value -= fromBf16(term); // exact
  }
  return terms;
}

//===----------------------------------------------------------------------===//
// Random numbers: functions of a seed and an index, so that kernels and the
// host make the same ones, in any order
//===----------------------------------------------------------------------===//

/// 64 random bits: the finaliser of SplitMix64 (Steele, Lea, Flood 2014).
HOST_DEVICE u64 randomBits(u64 seed, u64 index) {
  u64 z = (seed << 40) + (index + 1) * 0x9e3779b97f4a7c15ull;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ull;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebull;
  return z ^ (z >> 31);
}

/// Uniform in [-1, 1), in steps of 2^-15, before it is rounded to bf16: element
/// `index` of a tensor.
HOST_DEVICE float randomElement(u64 seed, u64 index) {
  const u64 bits = randomBits(seed, index / 4) >> (16 * (index % 4));
  return (static_cast<int>(bits & 0xffff) - 32768) * (1.0f / 32768);
}

/// Uniform in [-1, 1), in steps of 2^-23.
inline float randomUniform(u64 seed, u64 index) {
  return (static_cast<int>(randomBits(seed, index) >> 40) - (1 << 23)) *
         (1.0f / (1 << 23));
}

inline std::vector<float> randomUniforms(u64 seed, size_t count,
                                         float magnitude = 1) {
  std::vector<float> values(count);
  for (size_t i = 0; i < count; ++i)
    values[i] = magnitude * randomUniform(seed, i);
  return values;
}

//===----------------------------------------------------------------------===//
// Errors and threads
//===----------------------------------------------------------------------===//

/// The largest of some errors; NaN stays.
inline void keepLargest(double &largest, double error) {
  if (!(error <= largest))
    largest = std::isnan(largest) ? largest : error;
}

/// Calls work(i) for i below `count`, by all cores; by one where GPUs are
/// emulated, since tests run beside each other.
template <typename Work> void forEach(size_t count, Work work) {
  const size_t cores =
      kEmulated ? 1 : std::max(1u, std::thread::hardware_concurrency());
  std::vector<std::thread> threads;
  for (size_t core = 1; core < std::min(cores, count); ++core)
    threads.emplace_back([=] {
      for (size_t i = core; i < count; i += cores)
        work(i);
    });
  for (size_t i = 0; i < count; i += cores)
    work(i);
  for (std::thread &thread : threads)
    thread.join();
}

} // namespace probe

#endif // PROBE_PROTOTYPES_HOST_MATH_H
