//===- ProgramValues.h - What host code computes, as formulas ---*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef LIB_TARGET_PROGRAMVALUES_H
#define LIB_TARGET_PROGRAMVALUES_H

#include "mhc/Target/DeviceProgram.h"

#include <variant>

namespace mlir::mhc {

/// A memref as host code has it: where it lies, and how.
struct HostMemRef {
  /// What the descriptor's aligned pointer points to.
  ProgramBuffer base;
  /// In elements.
  SizeExpr offset;
  SmallVector<SizeExpr> sizes, strides;
};

/// The bits of a float.
struct HostFloat {
  uint64_t bits;
};

/// An async token: steps are done in order anyway.
struct HostToken {};

/// A value of the host: an integer or index, an address, a memref, a float.
using HostValue =
    std::variant<SizeExpr, ProgramBuffer, HostMemRef, HostFloat, HostToken>;

/// The bytes of an element in memory; nothing for a type that has none.
std::optional<int64_t> getElementBytes(Type type);

/// The manifest's name of an element type; empty for one that it has none for.
std::string getElementName(Type type);

/// Sizes as of row-major layout.
SmallVector<SizeExpr> getRowMajorStrides(ArrayRef<SizeExpr> sizes,
                                         SizeExprContext &context);

/// Whether the elements lie one behind the other, in row-major order.
bool isContiguous(const HostMemRef &memref, SizeExprContext &context);

SizeExpr getNumElements(const HostMemRef &memref, SizeExprContext &context);

/// The address of the first element.
ProgramBuffer getFirstElement(const HostMemRef &memref, int64_t elementBytes,
                              SizeExprContext &context);

/// Whether two places are the same.
bool isSamePlace(const ProgramBuffer &a, const ProgramBuffer &b);

/// Whether two values are one buffer, seen in the same way.
bool isSameBuffer(const HostValue &a, const HostValue &b);

/// The values of the function that is interpreted.
class HostValues {
public:
  explicit HostValues(SizeExprContext &sizes) : sizes(sizes) {}

  void set(Value value, HostValue result) {
    values.insert_or_assign(value, std::move(result));
  }
  const HostValue &get(Value value) const { return values.at(value); }
  const SizeExpr &getInteger(Value value) const {
    return std::get<SizeExpr>(get(value));
  }
  const HostMemRef &getMemRef(Value value) const {
    return std::get<HostMemRef>(get(value));
  }
  bool isInteger(Value value) const {
    return std::holds_alternative<SizeExpr>(get(value));
  }
  bool isMemRef(Value value) const {
    return std::holds_alternative<HostMemRef>(get(value));
  }

  SizeExprContext &sizes;

private:
  DenseMap<Value, HostValue> values;
};

/// Computes an op on integers, addresses or floats without regions. None if it
/// is not one; failures have been reported.
std::optional<LogicalResult> interpretArithmetic(Operation *op,
                                                 HostValues &values);

/// Computes an op that looks at a memref, or makes one of another.
std::optional<LogicalResult> interpretView(Operation *op, HostValues &values);

} // namespace mlir::mhc

#endif // LIB_TARGET_PROGRAMVALUES_H
