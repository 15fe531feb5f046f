//===- MatrixUnitRows.cpp - mma.sync, eight columns at once ---------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The fast program for float operands handles the eight columns of a row of D
// at once, and computes in floats and doubles, every operation of which is
// exact until the last:
//
// - Significands are held as integers, so that a product has at most 22 bits
//   and fits into a float. It is scaled by a power of two to units of the last
//   bit kept, and the conversion to int32 cuts the rest off.
// - Eight products of less than 2^27 units (fractionBits <= 25) and the
//   accumulator fit into an int32; the partial sums are added as doubles.
//
// It leaves out what would slow it down: results that depend on an infinity or
// a NaN and subnormal f32 results are computed again by elements.
//
//===----------------------------------------------------------------------===//

#include "AlignedSums.h"

#include "mhc/Support/FloatFormats.h"

#include "llvm/Support/ErrorHandling.h"

#include <algorithm>
#include <array>
#include <cstring>

// The bits must not depend on what the host can fuse.
#pragma STDC FP_CONTRACT OFF

namespace mhc::emulator {

// Vectors are never passed to or returned from a function, so that the same
// code can be compiled for several instruction sets.
#define MHC_INLINE inline __attribute__((always_inline))

namespace {

/// The exponent of a zero among the products: less than every other.
constexpr int32_t kNoExponent = -(1 << 20);

constexpr unsigned kColumns = 8;
constexpr unsigned kRows = 16;

typedef int32_t IntVector __attribute__((vector_size(4 * kColumns)));
typedef uint32_t WordVector __attribute__((vector_size(4 * kColumns)));
typedef float FloatVector __attribute__((vector_size(4 * kColumns)));
typedef int64_t LongVector __attribute__((vector_size(8 * kColumns)));
typedef double DoubleVector __attribute__((vector_size(8 * kColumns)));

/// The operands, unpacked. The index of a product in the order of the blocks
/// is its slot.
struct Operands {
  /// Integer significands as floats, with their signs.
  alignas(32) float rowSignificands[kRows][kMaxK];
  alignas(32) int32_t rowExponents[kRows][kMaxK];
  FloatVector columnSignificands[kMaxK];
  IntVector columnExponents[kMaxK];
  /// Not 0 where the row or the column has an infinity or a NaN.
  IntVector rowSpecials[kRows];
  IntVector columnSpecials;
};

/// What of an operation the fast program needs to know.
struct Plan {
  const MatrixOperation &operation;
  const Blocks &blocks;
  /// The words that a lane holds of a row of A, or of a column of B.
  unsigned words;
  /// The fraction bits of a significand.
  int significandBits;
  /// The first of the four slots (one for each lane of a group) of element
  /// `second` of word `first` of a lane.
  std::array<std::array<unsigned, 4>, 2> slots;
};

/// An fp8 number as f16 sees it, unpacked.
struct Fp8Entry {
  float significand;
  int32_t exponent;
  int32_t special;
};

/// A format of at most 32 bits, the highest ones of which are in use.
struct BF16Elements {
  static constexpr unsigned perWord = 2, exponentBits = 8, fractionBits = 7;
  static constexpr unsigned low = 16;
};
struct F16Elements {
  static constexpr unsigned perWord = 2, exponentBits = 5, fractionBits = 10;
  static constexpr unsigned low = 16;
};
struct TF32Elements {
  static constexpr unsigned perWord = 1, exponentBits = 8, fractionBits = 10;
  static constexpr unsigned low = 13;
};

} // namespace

/// Whether any element is not 0.
static MHC_INLINE bool hasBits(const IntVector &vector) {
  int64_t parts[4];
  static_assert(sizeof(parts) == sizeof(vector));
  std::memcpy(parts, &vector, sizeof(parts));
  return (parts[0] | parts[1] | parts[2] | parts[3]) != 0;
}

/// Unpacks element `Index` of each of eight words.
template <typename Format, unsigned Index>
static MHC_INLINE void unpackWords(const WordVector &words,
                                   FloatVector &significands,
                                   IntVector &exponents, IntVector &specials) {
  constexpr unsigned fractionBits = Format::fractionBits;
  constexpr int32_t top = (1 << Format::exponentBits) - 1;
  // The element in the highest bits.
  WordVector bits = words;
  if constexpr (Format::perWord == 2 && Index == 0)
    bits = words << 16u;
  const WordVector sign = bits & 0x80000000u;
  const auto magnitude = (IntVector)((bits & 0x7fffffffu) >> Format::low);
  const IntVector field = magnitude >> static_cast<int>(fractionBits);
  const IntVector fraction = magnitude & ((1 << fractionBits) - 1);
  const IntVector hidden = (field != 0) & (1 << fractionBits);
  const IntVector least = field > 1 ? field : (IntVector{} + 1);
  const IntVector special = field == top;
  const auto significand =
      __builtin_convertvector(fraction | hidden, FloatVector);
  significands = (FloatVector)((WordVector)significand | sign);
  exponents = ((magnitude == 0) | special) ? (IntVector{} + kNoExponent)
                                           : least - (top >> 1);
  specials |= special;
}

/// Unpacks element `Index` of a word of a lane everywhere.
template <typename Format, unsigned Index>
static MHC_INLINE void
unpackOperands(const Plan &plan, const WordVector *rowWords,
               const WordVector *columnWords, Operands &operands) {
  for (unsigned row = 0; row != kRows; ++row) {
    union {
      FloatVector vector;
      float elements[kColumns];
    } significands;
    union {
      IntVector vector;
      int32_t elements[kColumns];
    } exponents;
    unpackWords<Format, Index>(rowWords[row], significands.vector,
                               exponents.vector, operands.rowSpecials[row]);
    for (unsigned word = 0; word != plan.words; ++word) {
      const unsigned slot = plan.slots[word][Index];
      std::memcpy(&operands.rowSignificands[row][slot],
                  &significands.elements[4 * word], 16);
      std::memcpy(&operands.rowExponents[row][slot],
                  &exponents.elements[4 * word], 16);
    }
  }
  for (unsigned word = 0; word != plan.words; ++word)
    for (unsigned lane = 0; lane != 4; ++lane) {
      const unsigned slot = plan.slots[word][Index] + lane;
      unpackWords<Format, Index>(
          columnWords[4 * word + lane], operands.columnSignificands[slot],
          operands.columnExponents[slot], operands.columnSpecials);
    }
}

/// The fp8 numbers of one format, unpacked.
static std::array<Fp8Entry, 256> buildFp8Table(MatrixType type, bool asF16) {
  std::array<Fp8Entry, 256> table;
  for (unsigned bits = 0; bits != 256; ++bits) {
    const Unpacked number = unpackElement(type, bits, asF16);
    const auto magnitude = static_cast<float>(number.significand >> 13);
    const bool isFinite = number.kind == Unpacked::Finite;
    table[bits] = {number.negative ? -magnitude : magnitude,
                   isFinite && number.significand ? number.exponent
                                                  : kNoExponent,
                   isFinite ? 0 : -1};
  }
  return table;
}

static const std::array<Fp8Entry, 256> &getFp8Table(MatrixType type,
                                                    bool asF16) {
  static const std::array<Fp8Entry, 256> e5m2 =
      buildFp8Table(MatrixType::E5M2, true);
  static const std::array<Fp8Entry, 256> e4m3[2] = {
      buildFp8Table(MatrixType::E4M3, false),
      buildFp8Table(MatrixType::E4M3, true)};
  return type == MatrixType::E5M2 ? e5m2 : e4m3[asF16];
}

static MHC_INLINE void unpackFp8(const Plan &plan, const WordVector *rowWords,
                                 const WordVector *columnWords,
                                 Operands &operands) {
  const auto &tableA = getFp8Table(plan.operation.a, plan.blocks.asF16);
  const auto &tableB = getFp8Table(plan.operation.b, plan.blocks.asF16);
  for (unsigned row = 0; row != kRows; ++row) {
    int32_t special = 0;
    for (unsigned word = 0; word != plan.words; ++word)
      for (unsigned lane = 0; lane != 4; ++lane) {
        uint32_t bytes = rowWords[row][4 * word + lane];
        for (unsigned byte = 0; byte != 4; ++byte, bytes >>= 8) {
          const Fp8Entry &entry = tableA[bytes & 0xff];
          const unsigned slot = plan.slots[word][byte] + lane;
          operands.rowSignificands[row][slot] = entry.significand;
          operands.rowExponents[row][slot] = entry.exponent;
          special |= entry.special;
        }
      }
    operands.rowSpecials[row] |= special;
  }
  for (unsigned word = 0; word != plan.words; ++word)
    for (unsigned lane = 0; lane != 4; ++lane)
      for (unsigned column = 0; column != kColumns; ++column) {
        uint32_t bytes = columnWords[4 * word + lane][column];
        for (unsigned byte = 0; byte != 4; ++byte, bytes >>= 8) {
          const Fp8Entry &entry = tableB[bytes & 0xff];
          const unsigned slot = plan.slots[word][byte] + lane;
          operands.columnSignificands[slot][column] = entry.significand;
          operands.columnExponents[slot][column] = entry.exponent;
          operands.columnSpecials[column] |= entry.special;
        }
      }
}

/// The words of each row of A, which lie in the four lanes of a group: first
/// word 0 of each lane, then word 1. Of one word, only the first four matter.
static MHC_INLINE void gatherRows(unsigned words, const uint32_t *a,
                                  WordVector *rows) {
  for (size_t group = 0; group != 8; ++group) {
    WordVector low, high;
    std::memcpy(&low, a + group * 8 * words, sizeof(low));
    if (words == 1) {
      rows[group] = __builtin_shufflevector(low, low, 0, 2, 4, 6, 0, 2, 4, 6);
      rows[group + 8] =
          __builtin_shufflevector(low, low, 1, 3, 5, 7, 1, 3, 5, 7);
      continue;
    }
    std::memcpy(&high, a + group * 16 + 8, sizeof(high));
    rows[group] = __builtin_shufflevector(low, high, 0, 4, 8, 12, 2, 6, 10, 14);
    rows[group + 8] =
        __builtin_shufflevector(low, high, 1, 5, 9, 13, 3, 7, 11, 15);
  }
}

/// Word `word` of lane `lane` of the group of each column of B, at index
/// 4 * word + lane: a transposition.
static MHC_INLINE void gatherColumns(unsigned words, const uint32_t *b,
                                     WordVector *columns) {
  WordVector lines[8];
  if (words == 1) {
    // Two groups a vector: four vectors, of which four columns are made.
    for (size_t i = 0; i != 4; ++i)
      std::memcpy(&lines[i], b + 8 * i, sizeof(lines[i]));
    WordVector pairs[4];
    for (unsigned i = 0; i != 2; ++i) {
      pairs[2 * i] = __builtin_shufflevector(lines[2 * i], lines[2 * i + 1], 0,
                                             4, 8, 12, 1, 5, 9, 13);
      pairs[2 * i + 1] = __builtin_shufflevector(lines[2 * i], lines[2 * i + 1],
                                                 2, 6, 10, 14, 3, 7, 11, 15);
    }
    for (unsigned i = 0; i != 2; ++i) {
      columns[2 * i] = __builtin_shufflevector(pairs[i], pairs[i + 2], 0, 1, 2,
                                               3, 8, 9, 10, 11);
      columns[2 * i + 1] = __builtin_shufflevector(pairs[i], pairs[i + 2], 4, 5,
                                                   6, 7, 12, 13, 14, 15);
    }
    return;
  }
  for (size_t i = 0; i != 8; ++i)
    std::memcpy(&lines[i], b + 8 * i, sizeof(lines[i]));
  WordVector pairs[8], fours[8];
  for (unsigned i = 0; i != 8; i += 2) {
    pairs[i] = __builtin_shufflevector(lines[i], lines[i + 1], 0, 8, 1, 9, 4,
                                       12, 5, 13);
    pairs[i + 1] = __builtin_shufflevector(lines[i], lines[i + 1], 2, 10, 3, 11,
                                           6, 14, 7, 15);
  }
  for (unsigned i = 0; i != 8; i += 4)
    for (unsigned j = 0; j != 2; ++j) {
      fours[i + 2 * j] = __builtin_shufflevector(pairs[i + j], pairs[i + j + 2],
                                                 0, 1, 8, 9, 4, 5, 12, 13);
      fours[i + 2 * j + 1] = __builtin_shufflevector(
          pairs[i + j], pairs[i + j + 2], 2, 3, 10, 11, 6, 7, 14, 15);
    }
  // Line 2 * lane + word of the transposed matrix.
  for (unsigned i = 0; i != 4; ++i) {
    columns[4 * (i % 2) + i / 2] = __builtin_shufflevector(
        fours[i], fours[i + 4], 0, 1, 2, 3, 8, 9, 10, 11);
    columns[4 * (i % 2) + i / 2 + 2] = __builtin_shufflevector(
        fours[i], fours[i + 4], 4, 5, 6, 7, 12, 13, 14, 15);
  }
}

/// The rows of C, an element in each 32 bits, from the lanes' words.
static MHC_INLINE void gatherC(bool isF16, const uint32_t *c, IntVector *rows) {
  const IntVector odd = {0, 16, 0, 16, 0, 16, 0, 16};
  for (size_t group = 0; group != 8; ++group) {
    IntVector low, high;
    if (isF16) {
      std::memcpy(&low, c + group * 8, sizeof(low));
      rows[group] =
          __builtin_shufflevector(low, low, 0, 0, 2, 2, 4, 4, 6, 6) >> odd &
          0xffff;
      rows[group + 8] =
          __builtin_shufflevector(low, low, 1, 1, 3, 3, 5, 5, 7, 7) >> odd &
          0xffff;
      continue;
    }
    std::memcpy(&low, c + group * 16, sizeof(low));
    std::memcpy(&high, c + group * 16 + 8, sizeof(high));
    rows[group] = __builtin_shufflevector(low, high, 0, 1, 4, 5, 8, 9, 12, 13);
    rows[group + 8] =
        __builtin_shufflevector(low, high, 2, 3, 6, 7, 10, 11, 14, 15);
  }
}

/// The inverse, for D.
static MHC_INLINE void scatterD(bool isF16, const IntVector *rows,
                                uint32_t *d) {
  for (size_t group = 0; group != 8; ++group) {
    const IntVector upper = rows[group];
    const IntVector lower = rows[group + 8];
    if (isF16) {
      const IntVector even =
          __builtin_shufflevector(upper, lower, 0, 8, 2, 10, 4, 12, 6, 14);
      const IntVector odd =
          __builtin_shufflevector(upper, lower, 1, 9, 3, 11, 5, 13, 7, 15);
      const IntVector words = even | odd << 16;
      std::memcpy(d + group * 8, &words, sizeof(words));
      continue;
    }
    const IntVector first =
        __builtin_shufflevector(upper, lower, 0, 1, 8, 9, 2, 3, 10, 11);
    const IntVector second =
        __builtin_shufflevector(upper, lower, 4, 5, 12, 13, 6, 7, 14, 15);
    std::memcpy(d + group * 16, &first, sizeof(first));
    std::memcpy(d + group * 16 + 8, &second, sizeof(second));
  }
}

static MHC_INLINE void unpackAll(const Plan &plan, const uint32_t *a,
                                 const uint32_t *b, Operands &operands) {
  WordVector rowWords[kRows];
  WordVector columnWords[kColumns];
  gatherRows(plan.words, a, rowWords);
  gatherColumns(plan.words, b, columnWords);

  operands.columnSpecials = IntVector{};
  for (unsigned row = 0; row != kRows; ++row)
    operands.rowSpecials[row] = IntVector{};
  switch (plan.operation.a) {
  case MatrixType::BF16:
    unpackOperands<BF16Elements, 0>(plan, rowWords, columnWords, operands);
    unpackOperands<BF16Elements, 1>(plan, rowWords, columnWords, operands);
    break;
  case MatrixType::F16:
    unpackOperands<F16Elements, 0>(plan, rowWords, columnWords, operands);
    unpackOperands<F16Elements, 1>(plan, rowWords, columnWords, operands);
    break;
  case MatrixType::TF32:
    unpackOperands<TF32Elements, 0>(plan, rowWords, columnWords, operands);
    break;
  default:
    unpackFp8(plan, rowWords, columnWords, operands);
    break;
  }

  // One special element of a row concerns all columns.
  for (unsigned row = 0; row != kRows; ++row)
    if (hasBits(operands.rowSpecials[row]))
      operands.rowSpecials[row] = IntVector{} - 1;
}

/// The bits of 2^exponent, for exponents of normal floats.
#define MHC_POWER(exponent) ((FloatVector)(((exponent) + 127) << 23))

/// Adds all blocks of `Step` products to the accumulators, and marks those
/// whose results are to be computed by elements.
template <unsigned Step, bool IsF16>
static MHC_INLINE void addBlocks(const Plan &plan, const Operands &operands,
                                 IntVector *accumulators, IntVector *marks) {
  const auto fractionBits = static_cast<int32_t>(plan.blocks.fractionBits);
  const int32_t unit = fractionBits - 2 * plan.significandBits;
  const int32_t unitC = fractionBits - (IsF16 ? 10 : 23);
  const int64_t cutMask = -(int64_t(1) << (52 - plan.blocks.resultBits));
  // Scales so small that every addend becomes zero.
  const IntVector smallest = IntVector{} - 60;

  for (unsigned first = 0; first < plan.operation.k; first += Step)
    for (unsigned row = 0; row != kRows; ++row) {
      // The accumulator.
      const IntVector c = accumulators[row];
      const IntVector fieldC = IsF16 ? c >> 10 & 0x1f : c >> 23 & 0xff;
      const IntVector hidden = (fieldC != 0) & (IsF16 ? 1 << 10 : 1 << 23);
      const IntVector significandC = (c & (IsF16 ? 0x3ff : 0x7fffff)) | hidden;
      const IntVector least = fieldC > 1 ? fieldC : (IntVector{} + 1);
      IntVector exponentC = least - (IsF16 ? 15 : 127);
      if (IsF16)
        exponentC =
            significandC == 0 ? (IntVector{} + kLeastExponent) : exponentC;
      marks[row] |= fieldC == (IsF16 ? 0x1f : 0xff);
      const auto signC =
          (IntVector)((WordVector)(IsF16 ? c << 16 : c) & 0x80000000u);
      const auto floatC = (FloatVector)((IntVector) __builtin_convertvector(
                                            significandC, FloatVector) |
                                        signC);

      // The largest exponent.
      IntVector exponents[Step];
      IntVector largest = exponentC;
#pragma clang loop unroll(full)
      for (unsigned i = 0; i != Step; ++i) {
        exponents[i] = operands.columnExponents[first + i] +
                       operands.rowExponents[row][first + i];
        largest = exponents[i] > largest ? exponents[i] : largest;
      }

      // The addends, in units of 2^(largest - fractionBits).
      IntVector sums[(Step + 7) / 8] = {};
      const IntVector shift = unit - largest;
#pragma clang loop unroll(full)
      for (unsigned i = 0; i != Step; ++i) {
        const IntVector wanted = exponents[i] + shift;
        const IntVector scale = wanted > smallest ? wanted : smallest;
        const FloatVector product = operands.columnSignificands[first + i] *
                                    operands.rowSignificands[row][first + i];
        sums[i / 8] +=
            __builtin_convertvector(product * MHC_POWER(scale), IntVector);
      }
      const IntVector wantedC = exponentC - largest + unitC;
      const IntVector scaleC = wantedC > smallest ? wantedC : smallest;
      sums[0] += __builtin_convertvector(floatC * MHC_POWER(scaleC), IntVector);

      DoubleVector total = __builtin_convertvector(sums[0], DoubleVector);
      IntVector anyUnit = sums[0];
      for (unsigned i = 1; i < (Step + 7) / 8; ++i) {
        total += __builtin_convertvector(sums[i], DoubleVector);
        anyUnit |= sums[i];
      }

      // The result.
      const LongVector power =
          __builtin_convertvector(largest + (1023 - fractionBits), LongVector)
          << 52;
      const DoubleVector value = total * (DoubleVector)power;
      if (IsF16) {
        for (unsigned column = 0; column != kColumns; ++column)
          accumulators[row][column] = doubleToF16(value[column]);
        continue;
      }
      const auto result = (IntVector) __builtin_convertvector(
          (DoubleVector)((LongVector)value & cutMask), FloatVector);
      accumulators[row] = result;
      // Subnormal results were rounded; zeros are right.
      marks[row] |= ((result & 0x7f800000) == 0) &
                    (largest < kLeastExponent + fractionBits) & (anyUnit != 0);
    }
}

#undef MHC_POWER

template <bool IsF16>
static MHC_INLINE void addAll(const Plan &plan, unsigned step,
                              const Operands &operands, IntVector *accumulators,
                              IntVector *marks) {
  switch (step) {
  case 4:
    return addBlocks<4, IsF16>(plan, operands, accumulators, marks);
  case 8:
    return addBlocks<8, IsF16>(plan, operands, accumulators, marks);
  case 16:
    return addBlocks<16, IsF16>(plan, operands, accumulators, marks);
  case 32:
    return addBlocks<32, IsF16>(plan, operands, accumulators, marks);
  default:
    llvm_unreachable("expected a step of the fast program");
  }
}

/// The whole fast program.
static MHC_INLINE void computeByRows(const Plan &plan, unsigned step,
                                     const uint32_t *a, const uint32_t *b,
                                     const uint32_t *c, uint32_t *d) {
  const MatrixOperation &operation = plan.operation;
  const bool isF16 = operation.accumulator == AccumulatorType::F16;
  Operands operands;
  unpackAll(plan, a, b, operands);

  IntVector before[kRows];
  gatherC(isF16, c, before);

  IntVector after[kRows];
  IntVector marks[kRows];
  for (unsigned row = 0; row != kRows; ++row) {
    after[row] = plan.blocks.asF16 ? IntVector{} : before[row];
    marks[row] = operands.rowSpecials[row] | operands.columnSpecials;
  }
  if (isF16)
    addAll<true>(plan, step, operands, after, marks);
  else
    addAll<false>(plan, step, operands, after, marks);
  if (plan.blocks.asF16)
    for (unsigned row = 0; row != kRows; ++row)
      for (unsigned column = 0; column != kColumns; ++column)
        after[row][column] = static_cast<int32_t>(addRounded(
            static_cast<uint32_t>(before[row][column]),
            static_cast<uint32_t>(after[row][column]), operation.accumulator));

  IntVector anyMark = marks[0];
  for (unsigned row = 1; row != kRows; ++row)
    anyMark |= marks[row];
  if (hasBits(anyMark)) {
    Elements elements;
    gatherElements(operation, a, b, elements);
    for (unsigned row = 0; row != kRows; ++row)
      for (unsigned column = 0; column != kColumns; ++column)
        if (marks[row][column])
          after[row][column] = static_cast<int32_t>(
              computeElement(operation, plan.blocks, elements.rows[row],
                             elements.columns[column],
                             static_cast<uint32_t>(before[row][column])));
  }

  scatterD(isF16, after, d);
}

static void computeByRowsAnywhere(const Plan &plan, unsigned step,
                                  const uint32_t *a, const uint32_t *b,
                                  const uint32_t *c, uint32_t *d) {
  computeByRows(plan, step, a, b, c, d);
}

#if defined(__x86_64__)
__attribute__((target("avx2"))) static void
computeByRowsAVX2(const Plan &plan, unsigned step, const uint32_t *a,
                  const uint32_t *b, const uint32_t *c, uint32_t *d) {
  computeByRows(plan, step, a, b, c, d);
}
#endif

bool addFloatsByRow(const MatrixOperation &operation, const Blocks &blocks,
                    const uint32_t *a, const uint32_t *b, const uint32_t *c,
                    uint32_t *d) {
  const unsigned chain = blocks.asF16 ? operation.k / 2 : operation.k;
  const unsigned step = std::min(blocks.products, chain);
  // What the int32 sums hold, and the steps that are compiled.
  if (blocks.fractionBits > 25 ||
      (step != 4 && step != 8 && step != 16 && step != 32) || chain % step != 0)
    return false;

  const unsigned perWord = getElementsPerWord(operation.a);
  const unsigned words = operation.getWordsB();
  Plan plan = {
      operation, blocks, words, operation.a == MatrixType::BF16 ? 7 : 10, {}};
  for (unsigned word = 0; word != words; ++word)
    for (unsigned index = 0; index != perWord; ++index)
      plan.slots[word][index] =
          4 * (blocks.asF16 ? index / 2 * 2 * words + 2 * word + index % 2
                            : word * perWord + index);
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx2")) {
    computeByRowsAVX2(plan, step, a, b, c, d);
    return true;
  }
#endif
  computeByRowsAnywhere(plan, step, a, b, c, d);
  return true;
}

} // namespace mhc::emulator
