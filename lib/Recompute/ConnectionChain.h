//===- ConnectionChain.h - The connections of a forward ---------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Finds the connections among the row ops of a forward, and what they take in
// memory: a mhc.combine that adds a sublayer's output f to streams x is one.
//
//===----------------------------------------------------------------------===//

#ifndef LIB_RECOMPUTE_CONNECTIONCHAIN_H
#define LIB_RECOMPUTE_CONNECTIONCHAIN_H

#include "TrainingStep.h"

#include "mhc/Analysis/RecomputeChain.h"
#include "mhc/Dialect/MHC/IR/MHC.h"
#include "mhc/Differentiate/Residuals.h"

namespace mlir::mhc {

/// One connection of the forward.
struct Connection {
  /// Makes the next streams; null after the last connection, for streams that
  /// the backward reads though none follows.
  CombineOp combine;
  /// The streams that it reads; null where there are no connections.
  Value x;
  /// What the sublayer reads; null if that is x itself, or if there is no
  /// sublayer.
  Value y;
  Value f;
  /// The ops between y and f.
  llvm::SetVector<Operation *> sublayer;
  /// What else the backward reads of them.
  SmallVector<Value> internals;
};

/// What a mhc.pin said, with the value it is of.
struct Pin {
  PinKind kind;
  Value value;
  Location loc;
};

/// The connections of a training step in the order of the forward, and the
/// same as numbers, link by link.
struct ConnectionChain {
  SmallVector<Connection> connections;
  RecomputeChain numbers;
  /// Streams of a token, as the paper's rule wants to know; 1 without any.
  int64_t numStreams = 1;
};

/// Removes the pins of a function and returns them. Pins of one value are
/// several.
SmallVector<Pin> takePins(func::FuncOp function);

/// Finds the connections of a step. Sizes are computed with every dynamic size
/// equal to `tokens`. A pin on what is no value of a connection, or sizes that
/// do not fit 64 bits, are errors.
FailureOr<ConnectionChain> findConnections(const TrainingStep &step,
                                           ArrayRef<Pin> pins, int64_t tokens);

} // namespace mlir::mhc

#endif // LIB_RECOMPUTE_CONNECTIONCHAIN_H
