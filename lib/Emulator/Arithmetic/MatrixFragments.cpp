//===- MatrixFragments.cpp - 8x8 matrices in the lanes of a warp ----------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "MatrixFragments.h"

#include <cassert>

using namespace llvm;

namespace mhc::emulator {

static constexpr unsigned kLanes = 32;

void loadMatrices(ArrayRef<MatrixRow> rows, bool transpose,
                  MutableArrayRef<uint32_t> registers) {
  const size_t count = rows.size() / 8;
  assert((count == 1 || count == 2 || count == 4) && rows.size() == 8 * count &&
         "expected 1, 2 or 4 matrices");
  assert(registers.size() == kLanes * count && "expected a word a matrix");
  for (size_t matrix = 0; matrix != count; ++matrix) {
    const MatrixRow *first = &rows[8 * matrix];
    for (unsigned lane = 0; lane != kLanes; ++lane) {
      const unsigned row = lane / 4;
      const unsigned column = lane % 4 * 2;
      const uint32_t low = transpose ? first[column][row] : first[row][column];
      const uint32_t high =
          transpose ? first[column + 1][row] : first[row][column + 1];
      registers[lane * count + matrix] = low | high << 16;
    }
  }
}

void storeMatrices(ArrayRef<uint32_t> registers, bool transpose,
                   MutableArrayRef<MatrixRow> rows) {
  const size_t count = rows.size() / 8;
  assert((count == 1 || count == 2 || count == 4) && rows.size() == 8 * count &&
         "expected 1, 2 or 4 matrices");
  assert(registers.size() == kLanes * count && "expected a word a matrix");
  for (size_t matrix = 0; matrix != count; ++matrix) {
    MatrixRow *first = &rows[8 * matrix];
    for (unsigned lane = 0; lane != kLanes; ++lane) {
      const unsigned row = lane / 4;
      const unsigned column = lane % 4 * 2;
      const uint32_t word = registers[lane * count + matrix];
      (transpose ? first[column][row] : first[row][column]) =
          static_cast<uint16_t>(word);
      (transpose ? first[column + 1][row] : first[row][column + 1]) =
          static_cast<uint16_t>(word >> 16);
    }
  }
}

void transposeMatrix(ArrayRef<uint32_t> source,
                     MutableArrayRef<uint32_t> target) {
  std::array<MatrixRow, 8> rows;
  storeMatrices(source, /*transpose=*/false, rows);
  loadMatrices(rows, /*transpose=*/true, target);
}

} // namespace mhc::emulator
