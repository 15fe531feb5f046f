//===- RowAccess.h - A lane's columns of a row in memory --------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MHC_CONVERSION_MHCKERNELTOGPU_ROWACCESS_H
#define MHC_CONVERSION_MHCKERNELTOGPU_ROWACCESS_H

#include "DeviceCode.h"

#include "mhc/Dialect/MHC/IR/MHC.h"

namespace mlir::mhc {

/// Loads and stores the 8 columns that a lane has of each stream of a row, in
/// accesses as wide as the row's alignment allows, at most 16 bytes. Columns
/// beyond hidden are zeros, and are not stored; an access is never cut by the
/// end of hidden, as its width divides it.
class RowAccess {
public:
  /// `isFull`: no column is ever beyond hidden.
  RowAccess(RowType type, bool isFull);

  /// Accesses of a stream's 8 columns, and columns of each.
  int64_t getAccesses() const { return accesses; }
  int64_t getWidth() const { return width; }

  /// Access `access` of each stream: vectors of getWidth() columns of the row
  /// that begins at `row`. `column` is the lane's first column.
  SmallVector<Value> load(DeviceCode &code, Value row, Value column,
                          int64_t access, bool isInvariant) const;
  /// Stores the columns, vector<8xT> for each stream.
  void store(DeviceCode &code, Value row, Value column,
             ArrayRef<Value> columns) const;

  /// The same in shared memory, where `place` is the warp's, see
  /// getSharedBytes: a lane finds what it has put there itself.
  SmallVector<Value> loadShared(DeviceCode &code, Value place, Value lane,
                                int64_t access) const;
  void storeShared(DeviceCode &code, Value place, Value lane,
                   ArrayRef<Value> columns) const;
  /// Begins to copy the columns there (cp.async), which takes 4 bytes at least;
  /// zeros where `isValid` (an i1) does not hold.
  bool canCopy() const { return width * bytes >= 4; }
  void copyToShared(DeviceCode &code, Value row, Value column, Value isValid,
                    Value place, Value lane) const;
  /// The bytes of a tile of 8 tokens by 32 columns.
  int64_t getSharedBytes() const { return 256 * bytes * type.getStreams(); }

private:
  Value getPart(DeviceCode &code, Value columns, int64_t access) const;
  /// Where an access begins, and whether it is below hidden (null: it is).
  std::pair<Value, Value> getPlace(DeviceCode &code, Value row, Value column,
                                   int64_t stream, int64_t access) const;

  RowType type;
  bool isFull;
  /// Of an element; elements of an access; accesses of a stream.
  int64_t bytes, width, accesses;
};

} // namespace mlir::mhc

#endif // MHC_CONVERSION_MHCKERNELTOGPU_ROWACCESS_H
