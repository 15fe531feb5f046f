//===- MatrixFragments.h - 8x8 matrices in the lanes of a warp - -*- C++
//-*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// ldmatrix, stmatrix and movmatrix as pure functions. All three hold an 8x8
// matrix of 16-bit elements in one 32-bit register of each lane: lane l has the
// elements 2 * (l mod 4) and 2 * (l mod 4) + 1 of row l / 4, the first one in
// the lower half. With `.trans`, row and column change places.
//
//===----------------------------------------------------------------------===//

#ifndef MHC_LIB_EMULATOR_ARITHMETIC_MATRIXFRAGMENTS_H
#define MHC_LIB_EMULATOR_ARITHMETIC_MATRIXFRAGMENTS_H

#include "llvm/ADT/ArrayRef.h"

#include <array>
#include <cstdint>

namespace mhc::emulator {

/// A row of an 8x8 matrix of 16-bit elements in memory: 16 bytes.
using MatrixRow = std::array<uint16_t, 8>;

/// ldmatrix.m8n8.x1, x2 or x4 by the number of rows, 8, 16 or 32: `rows[i]` is
/// what the address of lane i points to. `registers` holds the words of lane 0
/// (one for each matrix), then those of lane 1, and so on.
void loadMatrices(llvm::ArrayRef<MatrixRow> rows, bool transpose,
                  llvm::MutableArrayRef<uint32_t> registers);

/// stmatrix.m8n8.x1, x2 or x4, the inverse: `rows[i]` is what is stored at the
/// address of lane i.
void storeMatrices(llvm::ArrayRef<uint32_t> registers, bool transpose,
                   llvm::MutableArrayRef<MatrixRow> rows);

/// movmatrix.m8n8.trans.b16: one register of each of the 32 lanes. `target`
/// and `source` may be the same.
void transposeMatrix(llvm::ArrayRef<uint32_t> source,
                     llvm::MutableArrayRef<uint32_t> target);

} // namespace mhc::emulator

#endif // MHC_LIB_EMULATOR_ARITHMETIC_MATRIXFRAGMENTS_H
