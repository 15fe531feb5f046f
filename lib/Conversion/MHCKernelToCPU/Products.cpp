//===- Products.cpp - Products with phi of a leaf and a block of tokens ---===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Lanes are columns: a sum over hidden keeps one vector for each output and
// token in registers, adds a leaf's streams and vectors to it by a chain of
// fused multiply-adds from zero, and gives it to the tree of leaves. All
// precisions that an op may ask for are computed in f32 here, or in f64 for
// rows of f64.
//
//===----------------------------------------------------------------------===//

#include "SweepLowering.h"

#include "../KernelLanes/LaneMath.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"

using namespace mlir;
using namespace mlir::mhc;

/// Rows, a token's or a stream's, and outputs that are in registers at once.
static constexpr int64_t kRows = 4;
static constexpr int64_t kOutputs = 6;

//===----------------------------------------------------------------------===//
// phi
//===----------------------------------------------------------------------===//

void SweepLowering::packPhi(Value phi, const PackedPhi &packed,
                            const Leaf &leaf) {
  int64_t rows = packed.type.getOutputs() * packed.type.getStreams();
  Value memory = kernel.getWeight(phi);
  code.loop(code.index(rows), [&](Value row) {
    Value from = code.add(code.mul(row, order.hidden), leaf.column);
    Value to = code.mul(code.add(code.mul(leaf.inTile, rows), row), order.leaf);
    for (int64_t vector = 0; vector < order.vectors; ++vector) {
      int64_t count = countColumns(leaf, vector);
      Value lanes = code.zero(packed.element, order.lanes);
      if (count)
        lanes =
            convertFloat(builder, code.loc,
                         code.load(memory, code.add(from, vector * order.lanes),
                                   order.lanes, count),
                         packed.element);
      code.store(lanes, packed.memory, code.add(to, vector * order.lanes));
    }
  });
}

/// Columns of phi[output, stream].
Value SweepLowering::loadPhi(const PackedPhi &packed, Value leaf, Value output,
                             Value stream, int64_t vector) {
  Value row = code.add(code.mul(leaf, packed.type.getOutputs()), output);
  row = code.add(code.mul(row, packed.type.getStreams()), stream);
  return code.load(packed.memory,
                   code.add(code.mul(row, order.leaf), vector * order.lanes),
                   order.lanes);
}

//===----------------------------------------------------------------------===//
// project
//===----------------------------------------------------------------------===//

void SweepLowering::emitProject(Exit &exit, Value first, Value count) {
  auto phi = cast<WeightType>(exit.exit.by.getType());
  int64_t outputs = phi.getOutputs(), whole = outputs / kOutputs * kOutputs;
  if (whole)
    code.loop(code.index(0), code.index(whole), kOutputs, [&](Value output) {
      emitProjectPart(exit, first, count, output, kOutputs);
    });
  if (outputs > whole)
    emitProjectPart(exit, first, count, code.index(whole), outputs - whole);
}

// The leaves of the tile are the innermost loop: the lower levels of the stack
// of sums then stay in the nearest cache.
void SweepLowering::emitProjectPart(Exit &exit, Value first, Value count,
                                    Value output, int64_t outputs) {
  const TileBuffer &buffer = products[exit.exit.value];
  const PackedPhi &phi = packed[exit.exit.by];
  // A row of the product is a token, with all its streams, or one stream.
  int64_t streams = phi.type.getStreams(), rowValues = phi.type.getOutputs();
  int64_t tokenRows = buffer.streams / streams;
  Value rows = code.mul(kernel.getValidTokens(), tokenRows);
  auto emitLeafOf = [&](Value firstRow, Value leaf) {
    auto step = [&](Value stream, ValueRange sums) {
      SmallVector<Value> next(sums);
      for (int64_t vector = 0; vector < order.vectors; ++vector) {
        SmallVector<Value> x;
        for (int64_t row = 0; row < kRows; ++row) {
          Value place =
              code.add(code.mul(code.add(firstRow, row), streams), stream);
          x.push_back(
              code.load(buffer.memory,
                        getTilePlace(buffer, leaf, place, vector * order.lanes),
                        order.lanes));
        }
        for (int64_t j = 0; j < outputs; ++j) {
          Value w = loadPhi(phi, leaf, code.add(output, j), stream, vector);
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
    exit.tree->push(code.add(first, leaf),
                    code.add(code.mul(firstRow, rowValues), output), sums,
                    outputs, rowValues);
  };
  code.loop(code.index(0), rows, kRows, [&](Value firstRow) {
    code.loop(count, [&](Value leaf) { emitLeafOf(firstRow, leaf); });
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
  Value leafIndex = arith::DivSIOp::create(builder, code.loc, leaf.column,
                                           code.index(order.leaf));
  auto emitStream = [&](Value stream, Value row) {
    for (int64_t vector = 0; vector < order.vectors; ++vector) {
      if (countColumns(leaf, vector) == 0)
        break;
      SmallVector<Value> x;
      for (int64_t slot = 0; slot < kBlock; ++slot) {
        Value place = code.add(code.add(stream, row), slot * buffer.streams);
        Value lanes = code.load(
            buffer.memory,
            getTilePlace(buffer, leaf.inTile, place, vector * order.lanes),
            order.lanes);
        x.push_back(convertFloat(builder, code.loc, lanes, element));
      }
      code.loop(code.index(outputs), [&](Value output) {
        Value first =
            code.mul(code.add(code.mul(row, outputs), output), kBlock);
        Value sum;
        for (int64_t slot = 0; slot < kBlock; ++slot) {
          Value d = code.loadSplat(exit.coefficients, code.add(first, slot),
                                   order.lanes);
          d = convertFloat(builder, code.loc, d, element);
          sum =
              sum ? Value(
                        math::FmaOp::create(builder, code.loc, d, x[slot], sum))
                  : Value(arith::MulFOp::create(builder, code.loc, d, x[slot]));
        }
        // The chunk's total is [leaf][output][stream][column], as phi is
        // packed.
        Value place = code.add(code.mul(leafIndex, outputs), output);
        place = code.add(code.mul(place, streams), stream);
        place = code.add(code.mul(place, order.leaf), vector * order.lanes);
        Value before = code.load(total.memory, place, order.lanes);
        code.store(arith::AddFOp::create(builder, code.loc, before, sum),
                   total.memory, place);
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
  static constexpr int64_t kSlots = 8;
  const PackedPhi &phi = packed[op.getPhi()];
  int64_t outputs = phi.type.getOutputs();
  bool isEach = buffer.streams != phi.type.getStreams();
  Value d = kernel.getSpilled(op.getD());
  Type element = buffer.element;
  auto emitSlots = [&](Value stream, Value firstSlot) {
    Value phiStream = isEach ? code.index(0) : stream;
    auto step = [&](Value output, ValueRange sums) {
      SmallVector<Value> next(sums), w;
      for (int64_t vector = 0; vector < order.vectors; ++vector)
        w.push_back(loadPhi(phi, leaf.inTile, output, phiStream, vector));
      Value row = output;
      if (isEach)
        row = code.add(code.mul(stream, outputs), output);
      Value place = code.add(code.mul(row, kBlock), firstSlot);
      for (int64_t slot = 0; slot < kSlots; ++slot) {
        Value factor = code.loadSplat(d, code.add(place, slot), order.lanes);
        factor = convertFloat(builder, code.loc, factor, element);
        for (auto [vector, columns] : llvm::enumerate(w)) {
          Value &sum = next[slot * order.vectors + vector];
          sum = math::FmaOp::create(builder, code.loc, factor, columns, sum);
        }
      }
      return next;
    };
    SmallVector<Value> sums(kSlots * order.vectors,
                            code.zero(element, order.lanes));
    sums = code.loopCarrying(code.index(outputs), sums, step);
    for (int64_t slot = 0; slot < kSlots; ++slot)
      for (int64_t vector = 0; vector < order.vectors; ++vector) {
        Value row = code.mul(code.add(firstSlot, slot), buffer.streams);
        code.store(sums[slot * order.vectors + vector], buffer.memory,
                   getTilePlace(buffer, leaf.inTile, code.add(row, stream),
                                vector * order.lanes));
      }
  };
  code.loop(code.index(buffer.streams), [&](Value stream) {
    code.loop(code.index(0), kernel.getValidTokens(), kSlots,
              [&](Value slot) { emitSlots(stream, slot); });
  });
}
