//===- Approximations.h - Approximate instructions, perturbed -- -*- C++
//-*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The PTX ISA bounds the errors of its approximate instructions and leaves
// their bits open. Each function here returns the exact result plus an error
// within that bound, chosen by a hash of the operation, the operand's bits and
// a seed: a program that needs more than is promised fails for some seed, while
// equal operands always give equal results. The seed 0 means no error: the
// result is the exact one, rounded to nearest even.
//
// What the ISA's tables of special inputs promise is exact. Every NaN is the
// canonical one (0x7fffffff, 0x7fff, 0x7fffffff00000000). An error never
// changes the sign of a result unless the bound is absolute, never makes a
// finite result infinite, and, where no number of the format lies within the
// bound (subnormal results), it is the rounding to nearest alone. With `ftz`,
// subnormal operands and results become zeros of the same sign.
//
// The exact results are computed with +, -, *, / and square roots of doubles
// alone (beyond the range for which sine and cosine have a bound, with the
// host's library), so that the bits are the same on every machine. The default
// floating-point environment is assumed.
//
// Source: PTX ISA 9.1, "Floating Point Instructions" and "Half Precision
// Floating Point Instructions".
//
//===----------------------------------------------------------------------===//

#ifndef MHC_LIB_EMULATOR_ARITHMETIC_APPROXIMATIONS_H
#define MHC_LIB_EMULATOR_ARITHMETIC_APPROXIMATIONS_H

#include <cstdint>

namespace mhc::emulator {

/// ex2.approx{.ftz}.f32: 2 units in the last place of the rounded result.
float ex2Approx(float x, bool ftz, uint64_t seed);
/// ex2.approx.f16: 2^-9.9 of the result.
uint16_t ex2ApproxF16(uint16_t x, uint64_t seed);
/// ex2.approx.ftz.bf16: 2^-7 of the result.
uint16_t ex2ApproxBF16(uint16_t x, uint64_t seed);

/// lg2.approx{.ftz}.f32: 2^-22 for x in (0.5, 2), 2^-22 of the result
/// elsewhere.
float lg2Approx(float x, bool ftz, uint64_t seed);

/// rcp.approx{.ftz}.f32: 1 unit in the last place.
float rcpApprox(float x, bool ftz, uint64_t seed);

/// sqrt.approx{.ftz}.f32: 2^-23 of the result.
float sqrtApprox(float x, bool ftz, uint64_t seed);

/// rsqrt.approx{.ftz}.f32: 2^-22.9 of the result.
float rsqrtApprox(float x, bool ftz, uint64_t seed);

/// div.approx{.ftz}.f32: 2 units in the last place for |y| in [2^-126, 2^126];
/// zero, or NaN for an infinite x, for a greater finite y.
float divApprox(float x, float y, bool ftz, uint64_t seed);

/// div.full{.ftz}.f32: 2 units in the last place.
float divFull(float x, float y, bool ftz, uint64_t seed);

/// sin.approx{.ftz}.f32, cos.approx{.ftz}.f32: 2^-20.5 for |x| <= 2 pi, 2^-14.7
/// for |x| <= 100 pi. Beyond, where nothing is promised, the error grows with
/// |x|; results stay within [-1, 1].
float sinApprox(float x, bool ftz, uint64_t seed);
float cosApprox(float x, bool ftz, uint64_t seed);

/// tanh.approx.f32: 2^-11 of the result; subnormal operands are returned.
float tanhApprox(float x, uint64_t seed);
/// tanh.approx.f16 and .bf16: 2^-10.987 and 2^-8; the sign is x's and the
/// magnitude at most 1.
uint16_t tanhApproxF16(uint16_t x, uint64_t seed);
uint16_t tanhApproxBF16(uint16_t x, uint64_t seed);

/// rcp.approx.ftz.f64 and rsqrt.approx.ftz.f64: of the upper 32 bits of x; the
/// lower 32 bits of the result are 0. No bound is documented: 1 unit in the
/// last place of the 20 fraction bits is taken.
double rcpApproxF64(double x, uint64_t seed);
double rsqrtApproxF64(double x, uint64_t seed);

/// rsqrt.approx.f64: no bound is documented; 1 unit in the last place of the
/// rounded result is taken.
double rsqrtApproxFullF64(double x, uint64_t seed);

/// The forms on two halves of a word: ex2.approx.f16x2 and so on.
template <uint16_t (*Function)(uint16_t, uint64_t)>
uint32_t approximateHalves(uint32_t halves, uint64_t seed) {
  return static_cast<uint32_t>(
             Function(static_cast<uint16_t>(halves >> 16), seed))
             << 16 |
         Function(static_cast<uint16_t>(halves), seed);
}

/// The exact functions behind the above, to about 1e-16 (sine and cosine:
/// absolutely; the others of the result), for finite operands in the
/// functions' domains.
double exactEx2(double x);
double exactLg2(double x);
double exactSin(double x);
double exactCos(double x);
double exactTanh(double x);

} // namespace mhc::emulator

#endif // MHC_LIB_EMULATOR_ARITHMETIC_APPROXIMATIONS_H
