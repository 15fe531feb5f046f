//===- SumTree.cpp - Sums over hidden in the kernel's order ---------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "SumTree.h"

#include "../KernelLanes/LaneMath.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace mlir::mhc;

LeafOrder::LeafOrder(int64_t hidden, SumOrderAttr order)
    : hidden(hidden), leaf(order.getLeaf()),
      leaves(llvm::divideCeil(hidden, leaf)),
      groupLeaves(llvm::divideCeil(leaves, order.getGroups())),
      groups(llvm::divideCeil(leaves, groupLeaves)),
      lanes(std::min<int64_t>(leaf, 16)), vectors(leaf / lanes) {}

static int64_t countLevels(int64_t leaves) { return llvm::Log2_64(leaves) + 1; }

SumTree::SumTree(CodeBuilder &code, Workspace &workspace,
                 const LeafOrder &order, Type element, int64_t values,
                 int64_t slots)
    : code(code), order(order), element(element), values(values), slots(slots) {
  int64_t level = slots * values * order.lanes;
  leafStack =
      workspace.allocate(element, level * countLevels(order.groupLeaves));
  groupStack = workspace.allocate(element, level * countLevels(order.groups));
}

Value SumTree::getPlace(int64_t level, Value sum) {
  return code.mul(code.add(sum, level * slots * values), order.lanes);
}

void SumTree::pushAt(Value stack, int64_t level, Value sum, Value leaf) {
  for (int64_t below = 0; below < level; ++below) {
    Value finished = code.load(stack, getPlace(below, sum), order.lanes);
    leaf = arith::AddFOp::create(code.builder, code.loc, finished, leaf);
  }
  code.store(leaf, stack, getPlace(level, sum));
}

void SumTree::push(Value position, Value first, ArrayRef<Value> leaves,
                   int64_t rowLength, int64_t rowStride) {
  Value level = code.countTrailingZeros(code.add(position, 1));
  code.select(level, countLevels(order.groupLeaves) - 1, [&](int64_t carries) {
    for (auto [k, leaf] : llvm::enumerate(leaves)) {
      int64_t place = static_cast<int64_t>(k) / rowLength * rowStride +
                      static_cast<int64_t>(k) % rowLength;
      pushAt(leafStack, carries, code.add(first, place), leaf);
    }
  });
}

Value SumTree::fold(Value stack, int64_t count, Value sum) {
  Value result;
  for (int64_t level = 0; level < countLevels(count); ++level) {
    if (!(count >> level & 1))
      continue;
    Value finished = code.load(stack, getPlace(level, sum), order.lanes);
    result = result ? Value(arith::AddFOp::create(code.builder, code.loc,
                                                  finished, result))
                    : finished;
  }
  return result;
}

void SumTree::endGroup(Value group, int64_t leaves, Value usedSlots) {
  Value level = code.countTrailingZeros(code.add(group, 1));
  Value count = code.mul(usedSlots, values);
  code.select(level, countLevels(order.groups) - 1, [&](int64_t carries) {
    code.loop(count, [&](Value sum) {
      pushAt(groupStack, carries, sum, fold(leafStack, leaves, sum));
    });
  });
}

void SumTree::finish(Value usedSlots,
                     function_ref<void(Value, Value, Value)> store) {
  code.loop(usedSlots, [&](Value slot) {
    Value first = code.mul(slot, values);
    code.loop(code.index(values), [&](Value value) {
      Value root = fold(groupStack, order.groups, code.add(first, value));
      store(slot, value, createLaneSum(code.builder, code.loc, root));
    });
  });
}
