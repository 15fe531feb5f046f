//===- Random.h - Normal numbers, the same bits everywhere ---- -*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A counter-based generator: element i depends on the seed and on i alone, so
// tensors may be filled in any order, in pieces or by many threads. The numbers
// are the same bits on every machine: only +, -, *, / and square roots of IEEE
// doubles and integer operations are used, never a library's logarithm.
//
// Sources:
// - Philox4x32-10: J. K. Salmon, M. A. Moraes, R. O. Dror, D. E. Shaw,
//   "Parallel random numbers: as easy as 1, 2, 3", SC'11, 2011.
// - The inverse of the normal distribution, PPND16: M. J. Wichura, "Algorithm
//   AS 241: The percentage points of the normal distribution", Applied
//   Statistics 37(3), 1988.
//
//===----------------------------------------------------------------------===//

#ifndef MHC_SUPPORT_RANDOM_H
#define MHC_SUPPORT_RANDOM_H

#include "llvm/ADT/ArrayRef.h"

#include <array>
#include <cstdint>

namespace mhc {

/// The Philox4x32 block function with 10 rounds.
std::array<uint32_t, 4> philox4x32(std::array<uint32_t, 4> counter,
                                   std::array<uint32_t, 2> key);

/// The natural logarithm of a positive, finite, normal number, to about 1 ulp
/// (absolutely, near 1), the same bits on every machine.
double portableLog(double value);

/// The z for which a standard normal number is less than z with probability
/// `p`, to about 1e-15 relatively; 0 < p < 1.
double normalQuantile(double p);

/// Element `index` of the sequence of independent standard normal numbers that
/// belongs to `seed`. Of Philox's block for the counter (index, 0) and the key
/// `seed`, low words first, the first two words give the sign (the upper bit)
/// and the tail's probability (k + 1/2) 2^-53 (k: the lower 52 bits).
double standardNormal(uint64_t seed, uint64_t index);

/// Fills `values` with elements first, first + 1, ... of the sequence of
/// `seed`.
void fillStandardNormal(uint64_t seed, uint64_t first,
                        llvm::MutableArrayRef<double> values);

} // namespace mhc

#endif // MHC_SUPPORT_RANDOM_H
