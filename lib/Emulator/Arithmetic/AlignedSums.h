//===- AlignedSums.h - The sums of a tensor core --------------- -*- C++
//-*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What the two programs of MatrixUnit.h for float operands share.
//
//===----------------------------------------------------------------------===//

#ifndef MHC_LIB_EMULATOR_ARITHMETIC_ALIGNEDSUMS_H
#define MHC_LIB_EMULATOR_ARITHMETIC_ALIGNEDSUMS_H

#include "MatrixUnit.h"

#include <cstdint>

namespace mhc::emulator {

constexpr unsigned kMaxK = 32;
/// The least exponent of an f32 accumulator, a zero's too.
constexpr int32_t kLeastExponent = -126;

/// How the products of an operation are made and dealt to blocks.
struct Blocks {
  unsigned fractionBits;
  /// The products of a block.
  unsigned products;
  /// The fraction bits of an f32 result.
  unsigned resultBits;
  /// fp8 elements are widened to f16, added up from zero in the order of k
  /// within each pair of bytes, and the sum is added to C.
  bool asF16;
};

/// A float as an integer significand times 2^(exponent - 23), or a special
/// value.
struct Unpacked {
  enum Kind : uint8_t { Finite, Infinity, NaN } kind = Finite;
  bool negative = false;
  uint32_t significand = 0;
  int32_t exponent = kLeastExponent;
};

/// The elements of both operands, by rows of A and columns of B.
struct Elements {
  uint32_t rows[16][kMaxK];
  uint32_t columns[8][kMaxK];
};

/// The elements of a 32-bit word, 1 for f64 too, whose word has 64 bits.
unsigned getElementsPerWord(MatrixType type);

Blocks getBlocks(const MatrixOperation &operation,
                 const AccumulationModel &model);

/// Unpacks an element of A or B; fp8 as f16 has it, if `asF16`.
Unpacked unpackElement(MatrixType type, uint32_t bits, bool asF16);

/// The elements of all lanes' registers.
void gatherElements(const MatrixOperation &operation, const uint32_t *a,
                    const uint32_t *b, Elements &elements);

/// One element of D from a row of A and a column of B, in the order of k.
uint32_t computeElement(const MatrixOperation &operation, const Blocks &blocks,
                        const uint32_t *row, const uint32_t *column,
                        uint32_t c);

/// An addition as of a CPU, with the canonical NaN.
uint32_t addRounded(uint32_t x, uint32_t y, AccumulatorType type);

/// D, one element after the other.
void addFloatsByElement(const MatrixOperation &operation, const Blocks &blocks,
                        const uint32_t *a, const uint32_t *b, const uint32_t *c,
                        uint32_t *d);

/// D, eight columns at once; false, and nothing done, for parameters that
/// program has not been made for.
bool addFloatsByRow(const MatrixOperation &operation, const Blocks &blocks,
                    const uint32_t *a, const uint32_t *b, const uint32_t *c,
                    uint32_t *d);

} // namespace mhc::emulator

#endif // MHC_LIB_EMULATOR_ARITHMETIC_ALIGNEDSUMS_H
