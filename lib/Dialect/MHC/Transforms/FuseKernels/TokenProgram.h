//===- TokenProgram.h - What a block's ops do with tokens -------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Which tensors of a block are rows or coefficients of tokens, and which ops
// can therefore be part of the program of one token.
//
//===----------------------------------------------------------------------===//

#ifndef LIB_DIALECT_MHC_TRANSFORMS_FUSEKERNELS_TOKENPROGRAM_H
#define LIB_DIALECT_MHC_TRANSFORMS_FUSEKERNELS_TOKENPROGRAM_H

#include "mhc/Dialect/MHC/IR/MHC.h"

#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "llvm/ADT/MapVector.h"

namespace mlir::mhc {

/// What a tensor with token dimensions holds.
enum class Role { Rows, Coefficients };

struct TensorRole {
  Role role;
  /// How many of the leading dimensions are tokens.
  unsigned tokenRank;

  bool operator==(const TensorRole &other) const {
    return role == other.role && tokenRank == other.tokenRank;
  }
};

/// What an op becomes in a kernel.
enum class OpKind {
  /// Rows (and coefficients) to rows: part of a sweep.
  Column,
  /// Rows to coefficients, a sum over hidden: an exit of a sweep.
  Reduction,
  /// A sum over tokens, of rows or of coefficients.
  Total,
  /// Coefficients to coefficients.
  Token
};

/// The loops of a linalg op as tokens, streams and hidden.
struct LinalgLoops {
  SmallVector<unsigned> tokens;
  /// All other loops, in order.
  SmallVector<unsigned> inner;
  /// Of `inner`, for ops on rows.
  std::optional<unsigned> streams, hidden;
};

/// The scalar of a tensor whose elements are one constant: arith.constant of a
/// splat, or linalg.fill with a constant.
TypedAttr getSplat(Value tensor);

/// Reads one block.
class TokenProgram {
public:
  explicit TokenProgram(Block &block);

  /// None for a tensor without token dimensions, and for what is not known.
  std::optional<TensorRole> getRole(Value value) const {
    auto found = roles.find(value);
    return found == roles.end() ? std::nullopt
                                : std::optional<TensorRole>(found->second);
  }
  bool isRows(Value value) const {
    std::optional<TensorRole> role = getRole(value);
    return role && role->role == Role::Rows;
  }

  /// What an op becomes in a kernel; none if it cannot be part of one.
  std::optional<OpKind> getKind(Operation *op) const {
    auto found = kinds.find(op);
    return found == kinds.end() ? std::nullopt
                                : std::optional<OpKind>(found->second);
  }

  /// How many token dimensions an op has: those of its operands and results
  /// that have the most. Coefficients that are the same for all tokens may be
  /// made by ops without any.
  unsigned getOpTokenRank(Operation *op) const;

  /// Leaves an op to others.
  void exclude(Operation *op);

  const LinalgLoops &getLoops(linalg::LinalgOp op) const {
    return loops.find(op.getOperation())->second;
  }

  /// The operands that an op reads: without the destinations of linalg ops,
  /// which are uninitialised or zeros.
  static SmallVector<Value> getReadOperands(Operation *op);

  /// The type of a tensor inside a kernel: a row, a vector or a scalar. Null
  /// for rows that cannot be in memory.
  Type getInnerType(Value value) const;

  /// The type of a column of rows.
  Type getColumnType(Value rows) const;

private:
  using Kinds = llvm::DenseMap<Operation *, OpKind>;

  /// Learns roles from one op; false where it contradicts what is known.
  bool propagate(Operation *op);
  bool propagateMHC(Operation *op);
  bool propagateElementwise(Operation *op);
  bool propagateLinalg(linalg::LinalgOp op);
  /// Whether it is a sum over hidden or tokens that has made new rows known.
  bool seedSum(linalg::LinalgOp op);
  bool isSettled(ArrayRef<std::pair<Value, AffineMap>> values,
                 const LinalgLoops &found) const;
  bool assign(Value value, Role role, unsigned tokenRank);
  /// Coefficients that may lack the token dimensions.
  bool assignCoefficients(Value value, unsigned innerRank, unsigned tokenRank);
  std::optional<unsigned> getTokenRank(CombineOp op) const;
  void keepBitsInside();
  std::optional<OpKind> classify(Operation *op);
  std::optional<OpKind> classifyLinalg(linalg::LinalgOp op);

  llvm::DenseMap<Value, TensorRole> roles;
  Kinds kinds;
  llvm::DenseMap<Operation *, LinalgLoops> loops;
  bool changed = false;
  /// Whether what a linalg op reads beside coefficients may be coefficients.
  bool mayGuess = false;
};

} // namespace mlir::mhc

#endif // LIB_DIALECT_MHC_TRANSFORMS_FUSEKERNELS_TOKENPROGRAM_H
