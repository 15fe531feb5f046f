//===- SmallFloats.h - Conversions as the GPU makes them ------ -*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The `cvt` of the PTX ISA between f32 and the formats of up to 19 bits. A
// number is its bits in an integer. Each conversion rounds once; subnormal
// numbers are kept. In contrast to mhc/Support/FloatFormats.h, a NaN becomes
// the canonical NaN of the format: 0x7fff (f16, bf16), 0x7fffffff (tf32),
// 0x7f (e4m3, e5m2), 0xff (ue8m0), and the largest finite number where the
// format has none.
//
// Source: PTX ISA 9.1, "Data Movement and Conversion Instructions: cvt".
//
//===----------------------------------------------------------------------===//

#ifndef MHC_LIB_EMULATOR_ARITHMETIC_SMALLFLOATS_H
#define MHC_LIB_EMULATOR_ARITHMETIC_SMALLFLOATS_H

#include <cstdint>

namespace mhc::emulator {

enum class Rounding : uint8_t {
  /// To nearest, ties to even (.rn).
  NearestEven,
  /// To nearest, ties away from zero (.rna).
  NearestAway,
  /// Toward zero (.rz).
  TowardZero
};

struct Conversion {
  Rounding rounding = Rounding::NearestEven;
  /// .relu: what is negative becomes +0.
  bool relu = false;
  /// .satfinite: what is larger than the largest finite number, an infinity
  /// too, becomes that number, with its sign. The formats of 8 bits and less
  /// always saturate.
  bool saturate = false;
};

/// cvt.f16.f32 and cvt.bf16.f32.
uint16_t floatToF16(float value, Conversion conversion);
uint16_t floatToBF16(float value, Conversion conversion);

/// cvt.tf32.f32: an f32 word whose lower 13 bits are zero (or the NaN).
uint32_t floatToTF32(float value, Conversion conversion);

/// cvt.satfinite to 8 bits. e4m3 has no infinities and one NaN.
uint8_t floatToE4M3(float value, Conversion conversion = {});
uint8_t floatToE5M2(float value, Conversion conversion = {});

/// cvt.satfinite to 6 and 4 bits, in the lowest bits of the byte. These formats
/// have neither infinities nor NaNs: a NaN becomes the largest number.
uint8_t floatToE2M3(float value, Conversion conversion = {});
uint8_t floatToE3M2(float value, Conversion conversion = {});
uint8_t floatToE2M1(float value, Conversion conversion = {});

/// cvt.{rz,rp}{.satfinite}.ue8m0.f32: the exponent of a power of two, of the
/// number's magnitude, rounded down or `roundUp`.
uint8_t floatToUE8M0(float value, bool roundUp, bool saturate);

/// Exact widening; a NaN becomes 0x7fff, and `relu` makes what is negative +0.
uint16_t e4m3ToF16(uint8_t bits, bool relu = false);
uint16_t e5m2ToF16(uint8_t bits, bool relu = false);
uint16_t e2m3ToF16(uint8_t bits, bool relu = false);
uint16_t e3m2ToF16(uint8_t bits, bool relu = false);
uint16_t e2m1ToF16(uint8_t bits, bool relu = false);
uint16_t ue8m0ToBF16(uint8_t bits);

/// Exact widening to float; a NaN becomes 0x7fffffff.
float e4m3ToFloat(uint8_t bits);
float e5m2ToFloat(uint8_t bits);

/// Packed forms, in the order of `cvt d, a, b`: `a` is the upper half of d.
uint32_t floatsToF16x2(float a, float b, Conversion conversion);
uint32_t floatsToBF16x2(float a, float b, Conversion conversion);
uint16_t floatsToE4M3x2(float a, float b, Conversion conversion = {});
uint16_t floatsToE5M2x2(float a, float b, Conversion conversion = {});
uint16_t f16x2ToE4M3x2(uint32_t halves, Conversion conversion = {});
uint16_t f16x2ToE5M2x2(uint32_t halves, Conversion conversion = {});
uint32_t e4m3x2ToF16x2(uint16_t bytes, bool relu = false);
uint32_t e5m2x2ToF16x2(uint16_t bytes, bool relu = false);

} // namespace mhc::emulator

#endif // MHC_LIB_EMULATOR_ARITHMETIC_SMALLFLOATS_H
