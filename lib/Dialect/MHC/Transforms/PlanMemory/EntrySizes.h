//===- EntrySizes.h - Sizes of buffers, from arguments ----------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A buffer gets a place when its function is called, so its size must be known
// there: as a formula of the sizes of arguments, of numbers that are arguments,
// and of numbers in arguments that the function only reads.
//
//===----------------------------------------------------------------------===//

#ifndef LIB_DIALECT_MHC_TRANSFORMS_PLANMEMORY_ENTRYSIZES_H
#define LIB_DIALECT_MHC_TRANSFORMS_PLANMEMORY_ENTRYSIZES_H

#include "mhc/Dialect/MHC/Utils/SizeExpr.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"

namespace mlir::mhc {

/// A number that a function has at its entry: a size of an argument, an
/// argument, or an element of one.
struct EntryNumber {
  enum Kind { Dimension, Argument, Element } kind;
  unsigned argument;
  /// The dimension, or the element's indices.
  SmallVector<int64_t, 1> indices;

  bool comesBefore(const EntryNumber &other) const {
    return std::tie(argument, indices) <
           std::tie(other.argument, other.indices);
  }
  /// `dimension 0 of argument 1`
  std::string describe() const;
  /// As an index. `arguments` are those of the function or of a call.
  Value emit(OpBuilder &builder, Location loc, ValueRange arguments) const;
};

/// What the formulas of one function are made of.
struct FunctionEntry {
  explicit FunctionEntry(func::FuncOp function)
      : numArguments(function.getNumArguments()) {}

  /// The arguments from here on are memory that the caller gives.
  unsigned numArguments;
  /// By the names that formulas have for them.
  llvm::StringMap<EntryNumber> numbers;
  /// The names of sizes that are the same number as another one has.
  llvm::StringMap<std::string> equal;
};

/// Finds formulas.
class EntrySizes {
public:
  /// Adds the numbers that formulas are made of to `entry`.
  EntrySizes(func::FuncOp function, FunctionEntry &entry,
             SizeExprContext &context);

  /// The formula of an index or integer; none if it depends on anything that is
  /// not known at the entry.
  std::optional<SizeExpr> get(Value integer);
  std::optional<SizeExpr> getDim(Value memref, int64_t dim);
  /// Of all dimensions.
  std::optional<SmallVector<SizeExpr>> getShape(Value memref);
  /// How many bytes a dense buffer of that type and shape has. None for a type
  /// whose elements have no fixed number of bytes.
  std::optional<SizeExpr> getBytes(MemRefType type, ArrayRef<SizeExpr> shape);

  /// Says what the shape of a value is, which has no formula of its own.
  void setShape(Value memref, ArrayRef<SizeExpr> shape);

private:
  bool isArgument(BlockArgument argument);
  std::optional<SizeExpr> compute(Value integer);
  std::optional<SizeExpr> computeArithmetic(Operation *op);
  std::optional<SizeExpr> computeLoad(memref::LoadOp load);
  std::optional<SizeExpr> computeAffine(AffineExpr expr, unsigned numDims,
                                        ArrayRef<SizeExpr> operands);
  std::optional<SizeExpr> computeDim(Value memref, int64_t dim);
  std::optional<SizeExpr> computeCarriedDim(BlockArgument argument,
                                            int64_t dim);
  SizeExpr addNumber(StringRef name, EntryNumber number);

  func::FuncOp function;
  FunctionEntry &entry;
  SizeExprContext &context;
  DenseMap<Value, std::optional<SizeExpr>> integers;
  DenseMap<std::pair<Value, int64_t>, std::optional<SizeExpr>> dims;
};

/// Emits code that computes formulas, each part of them once.
class SizeEmitter {
public:
  /// `arguments` are those of the function that `entry` belongs to, or of a
  /// call of it.
  SizeEmitter(OpBuilder &builder, Location loc, const FunctionEntry &entry,
              ValueRange arguments)
      : builder(builder), loc(loc), entry(entry), arguments(arguments) {}

  /// An index.
  Value emit(const SizeExpr &expr);

private:
  Value emitAtom(const SizeAtom &atom);
  Value emitCondition(const SizeExpr &condition);
  Value emitTerm(const SizeExpr::Term &term);

  OpBuilder &builder;
  Location loc;
  const FunctionEntry &entry;
  ValueRange arguments;
  llvm::StringMap<Value> emitted;
};

} // namespace mlir::mhc

#endif // LIB_DIALECT_MHC_TRANSFORMS_PLANMEMORY_ENTRYSIZES_H
