//===- Liveness.h - Bytes alive at each step of a program -------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Which tensors of a function are in memory after each of its ops, in the
// order of the ops: of one function, of a forward and a backward function that
// run one after the other with residuals between them, or of a joint gradient
// function. It counts what the IR at hand writes: every tensor of row ops,
// exactly the rows that kernels write.
//
//===----------------------------------------------------------------------===//

#ifndef MHC_ANALYSIS_LIVENESS_H
#define MHC_ANALYSIS_LIVENESS_H

#include "mlir/Dialect/Func/IR/FuncOps.h"

#include <array>

namespace mlir::mhc {

/// What a tensor is for.
enum class LiveKind {
  /// Rows with streams: what combines, expands and connections make.
  Streams,
  /// What sublayers read: aggregated rows.
  Aggregates,
  /// What sublayers make: their outputs, and what is inside them.
  Sublayers,
  /// Products with phi, sums of squares, and what follows from these alone.
  Coefficients,
  /// What depends on gradients of the results, a part for each token.
  Gradients,
  /// Added over tokens: gradients of weights. Not bytes of tokens.
  WeightGradients,
  /// Arguments that the backward does not read, constants, what is computed of
  /// weights alone, and what someone else keeps (`mhc.pin given`). Not counted.
  Given,
};
constexpr unsigned kLiveKinds = 7;

/// The tokens that a program is measured for if nothing else is said.
constexpr int64_t kDefaultTokens = 4096;

/// `streams`, `weight gradients`, ...
StringRef stringifyLiveKind(LiveKind kind);

/// Whether bytes of that kind are activations: values of the forward.
inline bool isActivation(LiveKind kind) {
  return kind <= LiveKind::Coefficients;
}
/// Whether they are in the peak: activations, and gradients of tokens.
inline bool isCounted(LiveKind kind) { return kind <= LiveKind::Gradients; }

/// Bytes by kind. Of activations, `kept` is what the backward reads of the
/// forward, `recomputed` what it makes again, and `passing` what the forward
/// alone reads; without a backward they are all kept.
struct LiveBytes {
  std::array<int64_t, kLiveKinds> kept{}, recomputed{}, passing{};

  int64_t get(LiveKind kind) const {
    auto index = static_cast<unsigned>(kind);
    return kept[index] + recomputed[index] + passing[index];
  }
  /// Of activations that are kept or made again: what a budget is about.
  int64_t getActivations() const { return getKept() + getRecomputed(); }
  int64_t getKept() const;
  int64_t getRecomputed() const;
  int64_t getPassing() const;
  /// Of everything that is counted.
  int64_t getTotal() const;
};

/// A piece of memory, and the tensors in it: a value, its views, and what is
/// written in its place.
struct LiveBuffer {
  /// The first of the values; null for what is inside of a call.
  Value value;
  LiveKind kind = LiveKind::Given;
  /// Made in the backward from no gradient.
  bool isRecomputed = false;
  /// Whether it has a part for each token.
  bool isOfTokens = false;
  int64_t bytes = 0;
  /// The steps that make it first and use it last. Arguments are there before
  /// the first step, what a function returns until its last.
  size_t first = 0, last = 0;
};

/// An op that makes or reads tensors.
struct LiveStep {
  Operation *op = nullptr;
  LiveBytes bytes;
};

struct Liveness {
  /// As it was asked for: the name of the function itself, with what is looked
  /// at behind it: `block (forward, then backward)`.
  std::string title;
  int64_t tokens = 0;
  std::vector<LiveStep> steps;
  /// The first step of the backward; the number of steps if there is none.
  size_t backward = 0;
  std::vector<LiveBuffer> buffers;
  /// The first step with the most bytes counted, and with the most activations.
  size_t peak = 0, activationPeak = 0;

  bool hasBackward() const { return backward < steps.size(); }
  /// The buffers that are alive at a step, the largest first.
  SmallVector<const LiveBuffer *> getAlive(size_t step) const;
  /// The bytes of activations that wait for the backward when it begins.
  int64_t getKept() const;
};

/// The functions that a name stands for. `forward` alone, or with `backward`;
/// or `forward` is a joint gradient function, if `primal` is not it.
struct LiveFunctions {
  /// The function of which the others are derived.
  func::FuncOp primal;
  func::FuncOp forward, backward;
  /// Whether `forward` is `@f_gradient`.
  bool isJoint = false;
};

/// What the analysis looks at for a function: `@f_forward` and `@f_backward` if
/// both are there, `@f_gradient` if it is asked for by name, and else the
/// function itself.
LiveFunctions findLiveFunctions(func::FuncOp function);

/// Computes the bytes alive at each step for `tokens` tokens, to which every
/// dynamic dimension is set; several token dimensions together are `tokens`. 0
/// stands for the tokens of a static program, or kDefaultTokens. `given` are
/// values of the forward that someone else keeps.
/// Emits an error where a function is not one block on tensors, or its size
/// contradicts `tokens`. Linear in the number of ops.
FailureOr<Liveness> computeLiveness(const LiveFunctions &functions,
                                    int64_t tokens, ArrayRef<Value> given = {});

} // namespace mlir::mhc

#endif // MHC_ANALYSIS_LIVENESS_H
