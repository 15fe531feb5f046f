//===- RebuildRegions.cpp - What a plan computes again --------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "RebuildRegions.h"

#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/IRMapping.h"
#include "mlir/Transforms/RegionUtils.h"

using namespace mlir;
using namespace mlir::mhc;

namespace {
class RegionInserter {
public:
  RegionInserter(TrainingStep &step, const ConnectionChain &chain,
                 const RecomputePlan &plan)
      : step(step), chain(chain), plan(plan),
        cheap(step.getForward().getFunctionBody().front()) {}

  unsigned run() {
    if (step.isJoint() && !plan.keepsEverything())
      for (size_t link = chain.connections.size(); link-- > 1;)
        fuseLateReads(link);
    // The backward goes from the last to the first, and so do regions.
    for (const RecomputeBlock &block : llvm::reverse(plan.blocks)) {
      if (block.method == BlockMethod::Rebuild)
        rebuild(block);
      else
        fuse(block);
    }
    return numRegions;
  }

private:
  /// The values that a region gives, and the ops of the forward that it runs
  /// again besides cheap ones.
  struct Piece {
    SmallVector<Value> wanted;
    llvm::SetVector<Operation *> ops;
    /// Has the dimensions of tokens.
    Value like;
  };

  void rebuild(const RecomputeBlock &block);
  void fuse(const RecomputeBlock &block);
  void fuseLateReads(size_t link);
  void addStreams(Piece &piece, size_t link);
  void addAggregate(Piece &piece, size_t link);
  void addSublayer(Piece &piece, size_t link);
  RecomputeOp insert(Piece &piece, bool fused, Operation *before);
  void insertAndRead(Piece &piece, bool fused, Operation *before);

  bool isMissing(AggregateChoice choice) const {
    return choice == AggregateChoice::Rebuild;
  }
  bool isRead(Value value) const { return step.getResiduals().contains(value); }

  TrainingStep &step;
  const ConnectionChain &chain;
  const RecomputePlan &plan;
  CheapValues cheap;
  unsigned numRegions = 0;
};
} // namespace

/// The streams of a connection, made by the one before it.
void RegionInserter::addStreams(Piece &piece, size_t link) {
  const Connection &connection = chain.connections[link];
  piece.ops.insert(connection.x.getDefiningOp());
  if (isRead(connection.x))
    piece.wanted.push_back(connection.x);
}

void RegionInserter::addAggregate(Piece &piece, size_t link) {
  const Connection &connection = chain.connections[link];
  piece.ops.insert(connection.y.getDefiningOp());
  if (isRead(connection.y))
    piece.wanted.push_back(connection.y);
}

void RegionInserter::addSublayer(Piece &piece, size_t link) {
  const Connection &connection = chain.connections[link];
  piece.ops.insert(connection.sublayer.begin(), connection.sublayer.end());
  if (isRead(connection.f))
    piece.wanted.push_back(connection.f);
  llvm::append_range(piece.wanted, connection.internals);
}

/// All that is missing of a block, in kernels of its own.
void RegionInserter::rebuild(const RecomputeBlock &block) {
  SmallVector<Piece> pieces;
  auto begin = [&] {
    pieces.emplace_back();
    pieces.back().like = chain.connections[block.begin].x;
  };
  begin();
  for (size_t link = block.begin; link < block.end; ++link) {
    const LinkChoice &choice = plan.links[link];
    bool endsForSublayer = choice.rerunsSublayer && isMissing(choice.aggregate);
    if (link > block.begin)
      addStreams(pieces.back(), link);
    // A kernel that has made enough ends: the next one reads these streams.
    if (!endsForSublayer && link > block.begin &&
        endsKernel(chain.numbers, plan, block, link))
      begin();
    if (isMissing(choice.aggregate))
      addAggregate(pieces.back(), link);
    if (choice.rerunsSublayer)
      addSublayer(pieces.back(), link);
  }
  // One after the other, before the first that reads any of it.
  SmallVector<Value> wanted;
  for (const Piece &piece : pieces)
    llvm::append_range(wanted, piece.wanted);
  Operation *first = step.findFirstReader(wanted);
  if (!first)
    return;
  for (Piece &piece : pieces)
    insertAndRead(piece, /*fused=*/false, first);
}

/// Each value that is missing by itself, for the kernels that read it.
void RegionInserter::fuse(const RecomputeBlock &block) {
  for (size_t link = block.end; link-- > block.begin;) {
    auto makePiece = [&] {
      Piece piece;
      piece.like = chain.connections[block.begin].x;
      for (size_t k = block.begin + 1; k <= link; ++k)
        piece.ops.insert(chain.connections[k].x.getDefiningOp());
      return piece;
    };
    auto insertFused = [&](Piece &piece) {
      if (Operation *first = step.findFirstReader(piece.wanted))
        insertAndRead(piece, /*fused=*/true, first);
    };
    // What reads the row first: its regions read the kept streams.
    Piece row = makePiece();
    if (isMissing(plan.links[link].aggregate)) {
      addAggregate(row, link);
      insertFused(row);
    }
    if (link == block.begin)
      continue;
    Piece streams = makePiece();
    addStreams(streams, link);
    insertFused(streams);
  }
}

/// Whether streams are read by the gradient of what read them, not by that of
/// the combine that mixed them: by its terms of the streams' gradient, and
/// where its coefficients come from.
static bool isLateRead(OpOperand &use) {
  auto inner = dyn_cast<InnerOp>(use.getOwner());
  if (!inner)
    return isa<CombineOp, OuterOp>(use.getOwner());
  auto rank = [](Value value) {
    return cast<RankedTensorType>(value.getType()).getRank();
  };
  Value other = inner->getOperand(1 - use.getOperandNumber());
  return rank(other) < rank(use.get());
}

/// In @f_backward the boundary between two connections makes the streams
/// between them of those before, which it reads anyway; here it reads what the
/// forward made. They need not be alive then.
void RegionInserter::fuseLateReads(size_t link) {
  const Connection &connection = chain.connections[link];
  const Connection &previous = chain.connections[link - 1];
  if (!previous.combine || previous.x == connection.x ||
      CombineOp(previous.combine).getOut() != connection.x ||
      !isRead(previous.x) || !isRead(previous.f))
    return;
  Operation *first = step.findFirstReader(connection.x, isLateRead);
  if (!first)
    return;
  // What is missing of these is inserted afterwards.
  Piece piece;
  piece.like = previous.x;
  piece.wanted = {connection.x};
  piece.ops.insert(previous.combine);
  RecomputeOp op = insert(piece, /*fused=*/true, first);
  step.replaceSomeReads(connection.x, op.getResult(0), isLateRead);
}

/// Inserts a region, and has the backward read what it gives.
void RegionInserter::insertAndRead(Piece &piece, bool fused,
                                   Operation *before) {
  if (piece.wanted.empty())
    return;
  RecomputeOp op = insert(piece, fused, before);
  for (auto [value, result] : llvm::zip_equal(piece.wanted, op.getResults()))
    step.replaceReads(value, result, piece.like);
}

RecomputeOp RegionInserter::insert(Piece &piece, bool fused,
                                   Operation *before) {
  // The ops to copy, and the values that they read of what is kept.
  llvm::SetVector<Value> inputs;
  DenseSet<Operation *> found;
  SmallVector<Operation *> copied;
  SmallVector<Value> work(piece.wanted);
  auto isCopied = [&](Operation *op) {
    return op && step.isForward(op) &&
           (piece.ops.contains(op) || cheap.isCheap(op));
  };
  // Sizes are asked of what is here in any case: what the backward reads now
  // may be computed again later.
  auto getSized = [&](tensor::DimOp dim) {
    Value source = dim.getSource();
    if (isCopied(source.getDefiningOp()) || isa<BlockArgument>(source))
      return source;
    std::optional<int64_t> index = dim.getConstantIndex();
    auto type = dyn_cast<RankedTensorType>(source.getType());
    auto likeType = cast<RankedTensorType>(piece.like.getType());
    bool isOfTokens = index && type && *index < likeType.getRank() &&
                      type.isDynamicDim(*index) &&
                      likeType.isDynamicDim(*index);
    return isOfTokens ? piece.like : source;
  };
  while (!work.empty()) {
    Value value = work.pop_back_val();
    Operation *op = value.getDefiningOp();
    if (!isCopied(op)) {
      inputs.insert(value);
      continue;
    }
    if (!found.insert(op).second)
      continue;
    copied.push_back(op);
    if (auto dim = dyn_cast<tensor::DimOp>(op)) {
      work.push_back(getSized(dim));
      work.push_back(dim.getIndex());
      continue;
    }
    llvm::append_range(work, op->getOperands());
    llvm::SetVector<Value> captured;
    getUsedValuesDefinedAbove(op->getRegions(), captured);
    llvm::append_range(work, captured);
  }
  llvm::sort(copied, [&](Operation *a, Operation *b) {
    return step.getPlace(a) < step.getPlace(b);
  });

  OpBuilder builder(before);
  SmallVector<Value> operands;
  for (Value input : inputs)
    operands.push_back(step.getInBackward(input));
  auto op =
      RecomputeOp::create(builder, piece.wanted.front().getLoc(),
                          ValueRange(piece.wanted).getTypes(), fused, operands);
  Block *body = builder.createBlock(&op.getBody());
  IRMapping mapping;
  for (Value input : inputs)
    mapping.map(input, body->addArgument(input.getType(), input.getLoc()));
  for (Operation *original : copied) {
    IRMapping here(mapping);
    if (auto dim = dyn_cast<tensor::DimOp>(original))
      here.map(dim.getSource(), mapping.lookup(getSized(dim)));
    Operation *copy = builder.clone(*original, here);
    mapping.map(original->getResults(), copy->getResults());
  }
  SmallVector<Value> results;
  for (Value value : piece.wanted)
    results.push_back(mapping.lookup(value));
  mhc::ReturnOp::create(builder, op.getLoc(), results);
  ++numRegions;
  return op;
}

unsigned mlir::mhc::insertRebuildRegions(TrainingStep &step,
                                         const ConnectionChain &chain,
                                         const RecomputePlan &plan) {
  return RegionInserter(step, chain, plan).run();
}
