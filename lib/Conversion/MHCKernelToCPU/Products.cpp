//===- Products.cpp - Products with phi of a leaf and a block of tokens ---===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Lanes are columns: a sum over hidden keeps one vector for each output and token
// in registers, adds a leaf's streams and vectors to it by a chain of fused
// multiply-adds from zero, and gives it to the tree of leaves. All precisions that
// an op may ask for are computed in f32 here, or in f64 for rows of f64.
//
//===----------------------------------------------------------------------===//

#include "SweepLowering.h"

#include "LaneMath.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"

using namespace mlir;
using namespace mlir::mhc;

/// Rows, a token's or a stream's, and outputs that are in registers at once.
static constexpr int64_t kRows = 4;
static constexpr int64_t kOutputs = 6;

/// Columns of phi[output, stream], as elements of another type.
Value SweepLowering::loadPhi(Value phi, Type element, Value output,
                             Value stream, int64_t streams, const Leaf &leaf,
                             int64_t vector) {
  Value row = code.add(code.mul(output, streams), stream);
  Value place = code.add(code.mul(row, order.hidden), leaf.column);
  Value lanes = code.load(kernel.getWeight(phi),
                          code.add(place, vector * order.lanes), order.lanes,
                          countColumns(leaf, vector));
  return convertLanes(builder, code.loc, lanes, element);
}

//===----------------------------------------------------------------------===//
// project
//===----------------------------------------------------------------------===//

void SweepLowering::emitProject(Exit &exit, const Leaf &leaf) {
  auto phi = cast<WeightType>(exit.exit.by.getType());
  int64_t outputs = phi.getOutputs(), whole = outputs / kOutputs * kOutputs;
  if (whole)
    code.loop(code.index(0), code.index(whole), kOutputs, [&](Value output) {
      emitProjectPart(exit, leaf, output, kOutputs);
    });
  if (outputs > whole)
    emitProjectPart(exit, leaf, code.index(whole), outputs - whole);
}

void SweepLowering::emitProjectPart(Exit &exit, const Leaf &leaf, Value output,
                                    int64_t outputs) {
  const TileBuffer &buffer = products[exit.exit.value];
  auto phi = cast<WeightType>(exit.exit.by.getType());
  // A row of the product is a token, with all its streams, or one stream.
  int64_t streams = phi.getStreams();
  int64_t tokenRows = buffer.streams / streams;
  Value rows = code.mul(kernel.getValidTokens(), tokenRows);
  code.loop(code.index(0), rows, kRows, [&](Value firstRow) {
    auto step = [&](Value stream, ValueRange sums) {
      SmallVector<Value> next(sums);
      for (int64_t vector = 0; vector < order.vectors; ++vector) {
        if (countColumns(leaf, vector) == 0)
          break;
        SmallVector<Value> x;
        for (int64_t row = 0; row < kRows; ++row) {
          Value place =
              code.add(code.mul(code.add(firstRow, row), streams), stream);
          x.push_back(code.load(buffer.memory,
                                getTilePlace(buffer, leaf.inTile, place,
                                             vector * order.lanes),
                                order.lanes));
        }
        for (int64_t j = 0; j < outputs; ++j) {
          Value w = loadPhi(exit.exit.by, buffer.element, code.add(output, j),
                            stream, streams, leaf, vector);
          for (int64_t row = 0; row < kRows; ++row) {
            Value &sum = next[row * outputs + j];
            sum = math::FmaOp::create(builder, code.loc, w, x[row], sum);
          }
        }
      }
      return next;
    };
    SmallVector<Value> sums(kRows * outputs,
                            code.zero(buffer.element, order.lanes));
    if (streams * order.vectors <= 8)
      for (int64_t stream = 0; stream < streams; ++stream)
        sums = step(code.index(stream), sums);
    else
      sums = code.loopCarrying(code.index(streams), sums, step);
    int64_t rowValues = phi.getOutputs();
    exit.tree->push(leaf.position,
                    code.add(code.mul(firstRow, rowValues), output), sums,
                    outputs, rowValues);
  });
}

//===----------------------------------------------------------------------===//
// outer
//===----------------------------------------------------------------------===//

// The tokens of the block are added first, in order, and then their sum to the
// chunk's total.
void SweepLowering::emitOuter(Exit &exit, const Leaf &leaf) {
  const TileBuffer &buffer = products[exit.exit.value];
  const TotalMemory &total = exit.total;
  Type element = total.element;
  auto shape = cast<TotalType>(exit.result.getType()).getShape();
  int64_t outputs = shape[0];
  int64_t streams = shape.size() == 3 ? shape[1] : 1;
  int64_t tokenRows = buffer.streams / streams;
  auto emitStream = [&](Value stream, Value row) {
    for (int64_t vector = 0; vector < order.vectors; ++vector) {
      int64_t count = countColumns(leaf, vector);
      if (count == 0)
        break;
      SmallVector<Value> x;
      for (int64_t slot = 0; slot < kBlock; ++slot) {
        Value place = code.add(code.add(stream, row), slot * buffer.streams);
        Value lanes = code.load(buffer.memory,
                                getTilePlace(buffer, leaf.inTile, place,
                                             vector * order.lanes),
                                order.lanes);
        x.push_back(convertLanes(builder, code.loc, lanes, element));
      }
      code.loop(code.index(outputs), [&](Value output) {
        Value first = code.mul(
            code.add(code.mul(row, outputs), output), kBlock);
        Value sum;
        for (int64_t slot = 0; slot < kBlock; ++slot) {
          Value d = code.loadSplat(exit.coefficients, code.add(first, slot),
                                   order.lanes);
          d = convertLanes(builder, code.loc, d, element);
          sum = sum ? Value(math::FmaOp::create(builder, code.loc, d, x[slot],
                                                sum))
                    : Value(arith::MulFOp::create(builder, code.loc, d,
                                                  x[slot]));
        }
        Value place = code.mul(code.add(code.mul(output, streams), stream),
                               order.hidden);
        place = code.add(code.add(place, leaf.column), vector * order.lanes);
        Value before = code.load(total.memory, place, order.lanes, count);
        code.store(arith::AddFOp::create(builder, code.loc, before, sum),
                   total.memory, place, count);
      });
    }
  };
  // Whole tokens have a sum for each stream, single streams are added.
  Value zero = code.index(0);
  if (tokenRows == 1)
    code.loop(code.index(streams),
              [&](Value stream) { emitStream(stream, zero); });
  else
    code.loop(code.index(tokenRows), [&](Value row) { emitStream(zero, row); });
}

//===----------------------------------------------------------------------===//
// backproject
//===----------------------------------------------------------------------===//

void SweepLowering::emitBackproject(BackprojectOp op, const TileBuffer &buffer,
                                    const Leaf &leaf) {
  auto phi = cast<WeightType>(op.getPhi().getType());
  int64_t outputs = phi.getOutputs(), streams = phi.getStreams();
  bool isEach = buffer.streams != streams;
  Value d = kernel.getSpilled(op.getD());
  Type element = buffer.element;
  code.loop(code.index(buffer.streams), [&](Value stream) {
    Value phiStream = isEach ? code.index(0) : stream;
    auto step = [&](Value output, ValueRange sums) {
      SmallVector<Value> next(sums), w;
      for (int64_t vector = 0; vector < order.vectors; ++vector)
        if (countColumns(leaf, vector))
          w.push_back(loadPhi(op.getPhi(), element, output, phiStream, streams,
                              leaf, vector));
      Value first = output;
      if (isEach)
        first = code.add(code.mul(stream, outputs), output);
      first = code.mul(first, kBlock);
      for (int64_t slot = 0; slot < kBlock; ++slot) {
        Value factor = code.loadSplat(d, code.add(first, slot), order.lanes);
        factor = convertLanes(builder, code.loc, factor, element);
        for (auto [vector, columns] : llvm::enumerate(w)) {
          Value &sum = next[slot * order.vectors + vector];
          sum = math::FmaOp::create(builder, code.loc, factor, columns, sum);
        }
      }
      return next;
    };
    SmallVector<Value> sums(kBlock * order.vectors,
                            code.zero(element, order.lanes));
    sums = code.loopCarrying(code.index(outputs), sums, step);
    for (int64_t slot = 0; slot < kBlock; ++slot)
      for (int64_t vector = 0; vector < order.vectors; ++vector) {
        Value row = code.add(stream, slot * buffer.streams);
        code.store(sums[slot * order.vectors + vector], buffer.memory,
                   getTilePlace(buffer, leaf.inTile, row,
                                vector * order.lanes));
      }
  });
}
