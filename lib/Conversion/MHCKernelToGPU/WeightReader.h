//===- WeightReader.h - phi as the products read it -------------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// On tensor cores phi comes in fragments. A unit is 8 outputs, and a fragment
// is 16 bytes of each lane, of one unit, one stream and one part. A part is a
// bf16 term of phi, or a half of the tf32 values. Lane 4 g + t has
//
//   project      output g of the unit: columns 8 t to 8 t + 7 in bf16, or
//   columns
//                8 t + 4 part to 8 t + 4 part + 3 in tf32;
//   backproject  in word q column 8 (g / 2) + 2 q + g mod 2, which is where the
//                results of that column go: outputs 2 t and 2 t + 1 of the unit
//                in bf16, output t + 4 part in tf32.
//
// In shared memory: [leaf][stream][unit][part][word][lane], a word being a
// matrix for ldmatrix, without conflicts. (LLVM takes a vector load apart whose
// elements are used in several places.) In bf16 both uses have the matrices of
// project there, and backproject's are transposed by ldmatrix. For FMA:
// [leaf][output][stream][32], of the sum type.
//
//===----------------------------------------------------------------------===//

#ifndef MHC_CONVERSION_MHCKERNELTOGPU_WEIGHTREADER_H
#define MHC_CONVERSION_MHCKERNELTOGPU_WEIGHTREADER_H

#include "WeightProducts.h"

namespace mlir::mhc {

/// Outputs of a unit, bytes of a lane's fragment.
constexpr int64_t kUnit = 8, kFragment = 16;
/// Lanes of a warp, columns of a leaf, and of a lane.
constexpr int64_t kLanes = 32, kLeaf = 32, kColumns = 8;
/// Tokens of a tile.
constexpr int64_t kTokens = 8;

int64_t countUnits(const WeightProduct &product);
/// Parts of phi's fragments.
int64_t countParts(const WeightProduct &product);
/// bf16 terms of the rows, and of the coefficients that multiply phi or rows.
int64_t countRowTerms(const WeightProduct &product);
int64_t countCoefficientTerms(const WeightProduct &product);

/// A lane's view of phi in one tile.
class WeightReader {
public:
  WeightReader(DeviceCode &code, const WeightMemory &phi, const WarpTile &tile);

  /// The fragments of unit `first` + `unit`, one for each part: vectors of four
  /// words. Units beyond the last are not asked for; outputs beyond the last
  /// have finite values where phi is finite.
  SmallVector<Value> loadFragments(Value first, int64_t unit, int64_t stream);

  /// The lane's columns of an output, of the sum type, zero beyond hidden: from
  /// the memory of an FMA product, or from global memory.
  Value loadColumns(Value output, int64_t stream);
  Value loadGlobalColumns(Value output, int64_t stream);

private:
  DeviceCode &code;
  const WeightMemory &phi;
  const WarpTile &tile;
  /// The first of the lane's columns.
  Value column;
  /// Where the lane's row of the leaf's first fragment is in shared memory.
  Value row;
};

} // namespace mlir::mhc

#endif // MHC_CONVERSION_MHCKERNELTOGPU_WEIGHTREADER_H
