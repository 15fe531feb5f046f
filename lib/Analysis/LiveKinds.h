//===- LiveKinds.h - What the tensors of a program are for ------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Sizes and kinds of tensors, for the analysis of live bytes.
//
//===----------------------------------------------------------------------===//

#ifndef LIB_ANALYSIS_LIVEKINDS_H
#define LIB_ANALYSIS_LIVEKINDS_H

#include "mhc/Analysis/Liveness.h"
#include "mhc/Dialect/MHC/IR/MHC.h"

#include "llvm/ADT/DenseSet.h"

namespace mlir::mhc {

/// Which dimensions are tokens, and how many there are.
class TokenSizes {
public:
  /// Looks for the token dimensions of `functions`: those of the first op on
  /// rows. Emits an error if `tokens` cannot be their product; 0 stands for a
  /// number that can.
  static FailureOr<TokenSizes> create(ArrayRef<func::FuncOp> functions,
                                      int64_t tokens);

  int64_t getTokens() const { return tokens; }
  /// How many leading dimensions of rows are tokens.
  unsigned getRank() const { return dims.size(); }
  /// Whether a tensor has a part for each token.
  bool isOfTokens(Type type) const;
  /// The bytes of a tensor; nothing if they do not fit 64 bits.
  std::optional<int64_t> getBytes(Type type) const;

private:
  SmallVector<int64_t> dims;
  int64_t tokens = 0;
  /// What each dynamic dimension is set to.
  int64_t dynamic = 0;
};

/// Follows what depends on gradients, and tells kinds, op by op in their order.
class LiveKinds {
public:
  explicit LiveKinds(const TokenSizes &sizes) : sizes(sizes) {}

  void addGradient(Value value) { gradients.insert(value); }
  bool dependsOnGradient(Value value) const {
    return gradients.contains(value);
  }
  /// Whether any operand does, or what the regions of the op use.
  bool readsGradient(Operation *op) const;

  /// Learns of the results of an op whose operands are known.
  void add(Operation *op);
  /// `value` is another name of `source`.
  void addAlias(Value value, Value source);
  /// Says what a value is for, where its op does not.
  void set(Value value, LiveKind kind) { kinds[value] = kind; }

  /// The kind of a value that was added; arguments are given.
  LiveKind get(Value value) const {
    auto found = kinds.find(value);
    return found == kinds.end() ? LiveKind::Given : found->second;
  }

  /// What a function's argument is for, as far as its uses tell.
  LiveKind classifyArgument(Value argument) const;

private:
  void addKernel(KernelOp kernel);
  LiveKind classify(OpResult result) const;
  LiveKind classifyKernelResult(KernelOp kernel, unsigned index) const;

  const TokenSizes &sizes;
  llvm::DenseSet<Value> gradients;
  llvm::DenseMap<Value, LiveKind> kinds;
};

} // namespace mlir::mhc

#endif // LIB_ANALYSIS_LIVEKINDS_H
