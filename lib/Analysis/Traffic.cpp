//===- Traffic.cpp - Bytes that a kernel moves ----------------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "mhc/Analysis/Traffic.h"

#include "llvm/ADT/SmallPtrSet.h"

using namespace mlir;
using namespace mlir::mhc;

KernelTraffic &KernelTraffic::operator+=(const KernelTraffic &other) {
  // A sum over kernels of several widths is no multiple of any.
  bool isFirst = sweeps == 0 && hidden == 0;
  if (other.sweeps > 0)
    hidden = isFirst || hidden == other.hidden ? other.hidden : 0;
  sweeps += other.sweeps;
  retained += other.retained;
  readAgain += other.readAgain;
  coefficients += other.coefficients;
  weights += other.weights;
  totals += other.totals;
  return *this;
}

static int64_t getElementBytes(Type element) {
  return llvm::divideCeil(element.getIntOrFloatBitWidth(), 8);
}

/// The bytes of a value of one token, or of a whole value without tokens.
static int64_t getBytes(Type type) {
  if (auto row = dyn_cast<RowType>(type))
    return row.getBytes();
  ArrayRef<int64_t> shape;
  Type element = getElementTypeOrSelf(type);
  if (auto weight = dyn_cast<WeightType>(type)) {
    shape = weight.getShape();
    element = weight.getElementType();
  } else if (auto total = dyn_cast<TotalType>(type)) {
    shape = total.getShape();
    element = total.getElementType();
  } else if (auto vector = dyn_cast<VectorType>(type)) {
    shape = vector.getShape();
  }
  return ShapedType::getNumElements(shape) * getElementBytes(element);
}

KernelTraffic mlir::mhc::computeTraffic(KernelOp kernel) {
  KernelTraffic traffic;
  Block &block = kernel.getBody().front();

  // One tensor bound to two arguments is one row in memory.
  auto getSource = [&](Value row) -> Value {
    auto argument = dyn_cast<BlockArgument>(row);
    return argument ? kernel.getIns()[argument.getArgNumber()] : row;
  };
  auto isOfTokens = [&](Value value) {
    auto argument = dyn_cast<BlockArgument>(value);
    return !argument || kernel.getTokenRank() == 0 ||
           kernel.hasTokens(argument.getArgNumber());
  };

  llvm::SmallPtrSet<Value, 8> everRead, stored;
  bool sameHidden = true;
  for (auto sweep : block.getOps<SweepOp>()) {
    auto hidden = static_cast<int64_t>(sweep.getHidden());
    sameHidden &= traffic.sweeps == 0 || hidden == traffic.hidden;
    traffic.hidden = hidden;
    ++traffic.sweeps;
    llvm::SmallPtrSet<Value, 8> read;
    for (Value row : sweep.getRows()) {
      if (!isOfTokens(row))
        continue;
      Value source = getSource(row);
      int64_t bytes = getBytes(row.getType());
      if (read.insert(source).second)
        traffic.readAgain.read += bytes;
      if (isa<BlockArgument>(row)) {
        if (everRead.insert(source).second)
          traffic.retained.read += bytes;
      } else {
        stored.insert(row);
      }
    }
  }
  if (!sameHidden)
    traffic.hidden = 0;

  for (auto [index, argument] : llvm::enumerate(block.getArguments())) {
    Type type = argument.getType();
    if (argument.use_empty())
      continue;
    if (isa<WeightType>(type) || !isOfTokens(argument))
      traffic.weights += getBytes(type);
    else if (!isa<RowType>(type))
      traffic.coefficients.read += getBytes(type);
  }
  for (Value value : kernel.getReturned()) {
    int64_t bytes = getBytes(value.getType());
    if (isa<TotalType>(value.getType())) {
      traffic.totals += bytes;
    } else if (isa<RowType>(value.getType())) {
      traffic.retained.written += bytes;
      traffic.readAgain.written += bytes;
      stored.erase(value);
    } else {
      traffic.coefficients.written += bytes;
    }
  }
  // Rows that are for later sweeps alone.
  for (Value row : stored)
    traffic.readAgain.written += getBytes(row.getType());
  return traffic;
}
