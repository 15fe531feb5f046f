//===- FloatFormats.h - Exact float format conversions -------- -*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// bfloat16 and IEEE binary16 are handled as the uint16_t that holds their bits.
// Widening is exact. Narrowing rounds once, to nearest, ties to even, from the
// source itself: a double never passes through a float, whose rounding would
// turn some values near a tie the wrong way. Values beyond the largest finite
// one become infinite, small ones subnormal or a zero of the same sign. A NaN
// comes out quiet, with its sign and the upper bits of its payload.
//
// The default floating-point environment is assumed (nearest even, subnormals
// not flushed).
//
//===----------------------------------------------------------------------===//

#ifndef MHC_SUPPORT_FLOATFORMATS_H
#define MHC_SUPPORT_FLOATFORMATS_H

#include "mhc/Support/ElementKind.h"
#include "mhc/Support/HostTensor.h"

#include "llvm/ADT/bit.h"
#include "llvm/Support/Error.h"

#include <cstddef>
#include <cstdint>

namespace mhc {

namespace detail {

/// Rounds the bits of a binary float with `SrcMantissa` fraction bits and
/// `SrcExponent` exponent bits to a 16-bit format, once, to nearest even. The
/// source has at least the target's exponent range, and more fraction bits.
template <typename Bits, int SrcMantissa, int SrcExponent, int DstMantissa,
          int DstExponent>
constexpr uint16_t narrowBits(Bits bits) {
  static_assert(SrcExponent >= DstExponent && SrcMantissa > DstMantissa);
  static_assert(DstMantissa + DstExponent == 15);
  constexpr int width = 1 + SrcMantissa + SrcExponent;
  static_assert(width == 8 * sizeof(Bits));
  constexpr Bits one = 1;
  constexpr int shift = SrcMantissa - DstMantissa;
  constexpr int biasChange =
      (1 << (SrcExponent - 1)) - (1 << (DstExponent - 1));
  constexpr Bits srcInf = ((one << SrcExponent) - 1) << SrcMantissa;
  constexpr Bits dstInf = ((one << DstExponent) - 1) << DstMantissa;

  const Bits magnitude = bits & ((one << (width - 1)) - 1);
  const auto sign = static_cast<uint16_t>((bits >> (width - 16)) & 0x8000);

  if (magnitude > srcInf) {
    constexpr Bits quiet = one << (DstMantissa - 1);
    const Bits payload = (magnitude >> shift) & ((one << DstMantissa) - 1);
    return static_cast<uint16_t>(sign | dstInf | quiet | payload);
  }

  // Formats with the same exponent range share their subnormals too.
  constexpr Bits leastNormal =
      biasChange == 0 ? 0 : static_cast<Bits>(biasChange + 1) << SrcMantissa;
  if (magnitude >= leastNormal) {
    const Bits value =
        magnitude - (static_cast<Bits>(biasChange) << SrcMantissa);
    const Bits rounded =
        (value + ((one << (shift - 1)) - 1) + ((value >> shift) & 1)) >> shift;
    return static_cast<uint16_t>(sign | (rounded < dstInf ? rounded : dstInf));
  }

  // The result is subnormal, zero, or the least normal number. A significand
  // that is shifted out by more than its length is less than half of the least
  // subnormal number; this takes in the source's own subnormals.
  const int drop =
      shift + biasChange + 1 - static_cast<int>(magnitude >> SrcMantissa);
  if (drop > SrcMantissa + 1)
    return sign;
  const Bits significand =
      (magnitude & ((one << SrcMantissa) - 1)) | (one << SrcMantissa);
  const Bits rounded =
      (significand + ((one << (drop - 1)) - 1) + ((significand >> drop) & 1)) >>
      drop;
  return static_cast<uint16_t>(sign | rounded);
}

} // namespace detail

/// float to bfloat16, rounded once.
inline uint16_t floatToBF16(float value) {
  return detail::narrowBits<uint32_t, 23, 8, 7, 8>(
      llvm::bit_cast<uint32_t>(value));
}

/// float to binary16, rounded once.
inline uint16_t floatToF16(float value) {
  return detail::narrowBits<uint32_t, 23, 8, 10, 5>(
      llvm::bit_cast<uint32_t>(value));
}

/// double to bfloat16, rounded once.
inline uint16_t doubleToBF16(double value) {
  return detail::narrowBits<uint64_t, 52, 11, 7, 8>(
      llvm::bit_cast<uint64_t>(value));
}

/// double to binary16, rounded once.
inline uint16_t doubleToF16(double value) {
  return detail::narrowBits<uint64_t, 52, 11, 10, 5>(
      llvm::bit_cast<uint64_t>(value));
}

/// bfloat16 to float, exactly.
inline float bf16ToFloat(uint16_t bits) {
  const uint32_t quiet = (bits & 0x7fff) > 0x7f80 ? 0x400000 : 0;
  return llvm::bit_cast<float>(static_cast<uint32_t>(bits) << 16 | quiet);
}

/// binary16 to float, exactly.
inline float f16ToFloat(uint16_t bits) {
  const uint32_t sign = static_cast<uint32_t>(bits & 0x8000) << 16;
  const uint32_t magnitude = bits & 0x7fff;
  uint32_t result;
  if (magnitude < 0x0400) // Zero or subnormal: a multiple of 2^-24.
    result = llvm::bit_cast<uint32_t>(static_cast<float>(magnitude) * 0x1p-24f);
  else if (magnitude < 0x7c00)
    result = (magnitude << 13) + ((127u - 15u) << 23);
  else
    result = 0x7f800000u | (magnitude & 0x3ff) << 13 |
             (magnitude > 0x7c00 ? 0x400000u : 0u);
  return llvm::bit_cast<float>(sign | result);
}

/// bfloat16 to double, exactly.
inline double bf16ToDouble(uint16_t bits) { return bf16ToFloat(bits); }

/// binary16 to double, exactly.
inline double f16ToDouble(uint16_t bits) { return f16ToFloat(bits); }

/// Converts `count` elements from one float kind to another, each with at most
/// one rounding; where the kinds are equal, the bits are copied. `source` and
/// `target` are aligned for their kinds and do not overlap.
void convertFloats(ElementKind from, const void *source, ElementKind to,
                   void *target, size_t count);

/// A copy of a float tensor with elements of the float kind `to`, each rounded
/// at most once. An error if the allocation fails.
llvm::Expected<HostTensor> convertFloats(const HostTensor &tensor,
                                         ElementKind to);

/// Element `index` (in C order) of a float tensor, as a double, exactly.
double getFloatElement(const HostTensor &tensor, size_t index);

} // namespace mhc

#endif // MHC_SUPPORT_FLOATFORMATS_H
