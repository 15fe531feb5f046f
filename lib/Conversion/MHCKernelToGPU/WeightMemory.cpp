//===- WeightMemory.cpp - phi where a warp reads it -----------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "../KernelLanes/LaneProgram.h"
#include "SplitTerms.h"
#include "WeightReader.h"

#include "mhc/Dialect/MHC/Utils/LoopNest.h"

#include "llvm/Support/MathExtras.h"

#include <numeric>

using namespace mlir;
using namespace mlir::mhc;

//===----------------------------------------------------------------------===//
// Numbers
//===----------------------------------------------------------------------===//

WeightProduct mlir::mhc::getProduct(WeightType phi, Type column,
                                    Precision precision) {
  return {phi, precision, getElementCount(column),
          getElementTypeOrSelf(column)};
}

WeightProduct mlir::mhc::getOuterProduct(const SweepExit &exit,
                                         TotalType total) {
  auto phi = WeightType::get(total.getContext(), total.getShape(),
                             total.getElementType());
  return getProduct(phi, exit.value.getType(), exit.precision);
}

Type WeightProduct::getSumType() const {
  MLIRContext *context = rowElement.getContext();
  if (rowElement.isF64())
    return rowElement;
  return Float32Type::get(context);
}

bool WeightProduct::isOnTensorCores() const {
  return precision != Precision::F32 && !rowElement.isF64();
}

int64_t mlir::mhc::countUnits(const WeightProduct &product) {
  return llvm::divideCeil(product.phi.getOutputs(), kUnit);
}

int64_t mlir::mhc::countCoefficientTerms(const WeightProduct &product) {
  return product.precision == Precision::BF16x2 ? 2 : 3;
}

int64_t mlir::mhc::countParts(const WeightProduct &product) {
  if (product.precision == Precision::TF32)
    return 2;
  return std::min(countExactTerms(product.phi.getElementType()),
                  countCoefficientTerms(product));
}

int64_t mlir::mhc::countRowTerms(const WeightProduct &product) {
  return countExactTerms(product.rowElement);
}

/// Bytes of one leaf in shared memory.
static int64_t getLeafBytes(const WeightProduct &product) {
  if (product.isOnTensorCores())
    return product.phi.getStreams() * countUnits(product) *
           countParts(product) * kLanes * kFragment;
  return product.phi.getOutputs() * product.phi.getStreams() * kLeaf *
         getBytes(product.getSumType());
}

int64_t WeightMemory::getSharedBytes(const WeightProduct &product, Use,
                                     int64_t leaves) {
  return leaves * getLeafBytes(product);
}

WeightMemory::WeightMemory(const WeightProduct &product, Use use, Value global,
                           Value shared, int64_t alignment)
    : product(product), use(use), global(global), shared(shared),
      alignment(alignment) {}

//===----------------------------------------------------------------------===//
// Global memory
//===----------------------------------------------------------------------===//

/// `count` values of row `row` ([output][stream]) of phi from `column` on, f32,
/// or f64 in an f64 product. With `isMasked`, columns beyond hidden are zero;
/// none is read beyond it in any case. The column is a multiple of `count`.
static Value loadRow(DeviceCode &code, const WeightMemory &phi, Value row,
                     Value column, int64_t count, bool isMasked) {
  Type element = phi.product.phi.getElementType();
  int64_t hidden = phi.product.phi.getHidden(), bytes = getBytes(element);
  // The largest pieces that the end of a row does not cut.
  int64_t piece = std::gcd(count, hidden);
  int64_t alignment = std::gcd(phi.alignment, std::gcd(piece * bytes, 16l));
  Value base =
      code.offset(phi.global, code.mul(code.widen(row), hidden * bytes));
  SmallVector<Value> values;
  for (int64_t first = 0; first < count; first += piece) {
    Value from = code.add(column, first);
    Value inside = code.min(from, code.i32(hidden - piece));
    Value pointer = code.offset(base, code.mul(inside, bytes));
    Type type = element;
    if (piece > 1)
      type = VectorType::get({piece}, element);
    Value loaded = code.load(type, pointer, alignment, /*invariant=*/true);
    if (isMasked)
      loaded = code.select(code.less(from, code.i32(hidden)), loaded,
                           code.zero(type));
    if (piece == 1)
      values.push_back(loaded);
    else if (piece == count)
      return convertFloat(code.builder, code.loc, loaded,
                          phi.product.getSumType());
    else
      llvm::append_range(values, unpack(code, loaded));
  }
  Value all = count == 1 ? values.front() : code.join(values);
  return convertFloat(code.builder, code.loc, all, phi.product.getSumType());
}

/// What ldmatrix transposes on the way from shared memory.
static bool isTransposed(const WeightMemory &phi) {
  return phi.use == WeightMemory::Backproject &&
         phi.product.precision != Precision::TF32;
}

/// A lane's fragments of a unit from global memory, before they are transposed;
/// `output` is the unit's first, `column` the leaf's.
static SmallVector<Value> makeFragments(DeviceCode &code,
                                        const WeightMemory &phi, Value output,
                                        Value stream, Value column, Value lane,
                                        bool isMasked) {
  const WeightProduct &product = phi.product;
  Value g = code.div(lane, 4), t = code.rem(lane, 4);
  auto getRow = [&](Value inUnit) {
    Value inside = code.min(code.add(output, inUnit),
                            code.i32(product.phi.getOutputs() - 1));
    return code.add(code.mul(inside, product.phi.getStreams()), stream);
  };
  bool isTF32 = product.precision == Precision::TF32;
  SmallVector<Value> parts;
  if (isTF32 && phi.use == WeightMemory::Backproject) {
    Value own = code.add(code.mul(code.div(g, 2), kColumns), code.rem(g, 2));
    for (int64_t part = 0; part < 2; ++part) {
      SmallVector<Value> values;
      for (int64_t q = 0; q < 4; ++q)
        values.push_back(loadRow(code, phi, getRow(code.add(t, 4 * part)),
                                 code.add(code.add(column, own), 2 * q), 1,
                                 isMasked));
      parts.push_back(roundToTF32(code, code.join(values)));
    }
    return parts;
  }
  Value values =
      loadRow(code, phi, getRow(g), code.add(column, code.mul(t, kColumns)),
              kColumns, isMasked);
  if (isTF32) {
    SmallVector<Value> words = unpack(code, roundToTF32(code, values));
    return {code.join(ArrayRef(words).take_front(4)),
            code.join(ArrayRef(words).drop_front(4))};
  }
  return splitTerms(code, values, countParts(product));
}

//===----------------------------------------------------------------------===//
// Shared memory
//===----------------------------------------------------------------------===//

void WeightMemory::fill(DeviceCode &code, Value thread, int64_t threads,
                        int64_t leaves,
                        function_ref<Value(Value leaf)> getColumn) const {
  assert(shared && threads % kLanes == 0);
  int64_t streams = product.phi.getStreams();
  int64_t outputs = product.phi.getOutputs();
  // The innermost number of an item is the lane, or the vector of columns.
  bool isOnTensorCores = product.isOnTensorCores();
  int64_t inner = isOnTensorCores ? kLanes : kLeaf / kColumns;
  int64_t rows =
      isOnTensorCores ? streams * countUnits(product) : outputs * streams;
  auto emitItem = [&](Value item) {
    Value place = code.rem(item, inner), row = code.div(item, inner);
    Value leaf = code.div(row, rows);
    Value column = getColumn(leaf);
    if (!isOnTensorCores) {
      Value values =
          loadRow(code, *this, code.rem(row, rows),
                  code.add(column, code.mul(place, kColumns)), kColumns, true);
      int64_t bytes = kColumns * getBytes(product.getSumType());
      code.store(values, code.offset(shared, code.mul(item, bytes)), 16);
      return;
    }
    Value unit = code.rem(row, countUnits(product));
    Value stream = code.rem(code.div(row, countUnits(product)), streams);
    SmallVector<Value> parts = makeFragments(code, *this, code.mul(unit, kUnit),
                                             stream, column, place, true);
    int64_t bytes = kLanes * kFragment;
    Value to =
        code.offset(shared, code.add(code.mul(row, bytes * countParts(product)),
                                     code.mul(place, 4)));
    for (auto [part, fragment] : llvm::enumerate(parts))
      for (auto [q, word] : llvm::enumerate(unpack(code, fragment)))
        code.store(word, code.offset(to, part * bytes + q * kLanes * 4), 4);
  };
  code.loop(thread, code.i32(leaves * rows * inner), code.i32(threads),
            emitItem);
}

//===----------------------------------------------------------------------===//
// Reading
//===----------------------------------------------------------------------===//

WeightReader::WeightReader(DeviceCode &code, const WeightMemory &phi,
                           const WarpTile &tile)
    : code(code), phi(phi), tile(tile) {
  column = code.add(tile.column, code.mul(tile.t, kColumns));
  if (!phi.shared || !phi.product.isOnTensorCores())
    return;
  // The lane's address is that of a row of one of the four matrices. LLVM would
  // keep the addresses of all fragments in registers over the loop of the
  // tiles; it moves no shuffle out of a loop, and the distances from this one
  // address become immediates.
  Value from = code.add(code.mul(tile.leaf, getLeafBytes(phi.product)),
                        code.mul(tile.lane, kFragment));
  row = code.offset(phi.shared, code.shuffleXor(from, 0));
}

SmallVector<Value> WeightReader::loadFragments(Value first, int64_t unit,
                                               int64_t stream) {
  const WeightProduct &product = phi.product;
  bool isMasked = product.phi.getHidden() % kLeaf != 0;
  if (!phi.shared) {
    SmallVector<Value> parts =
        makeFragments(code, phi, code.mul(code.add(first, unit), kUnit),
                      code.i32(stream), tile.column, tile.lane, isMasked);
    if (!isTransposed(phi))
      return parts;
    for (Value &part : parts) {
      SmallVector<Value> words = unpack(code, part);
      for (Value &word : words)
        word = transpose(code, word);
      part = code.join(words);
    }
    return parts;
  }
  int64_t parts = countParts(product), bytes = kLanes * kFragment;
  Value pointer = code.offset(row, code.mul(first, parts * bytes));
  SmallVector<Value> result;
  for (int64_t part = 0; part < parts; ++part) {
    int64_t place = (stream * countUnits(product) + unit) * parts + part;
    result.push_back(code.join(loadMatrices(
        code, code.offset(pointer, place * bytes), isTransposed(phi))));
  }
  return result;
}

Value WeightReader::loadGlobalColumns(Value output, int64_t stream) {
  Value row = code.add(code.mul(output, phi.product.phi.getStreams()), stream);
  return loadRow(code, phi, row, column, kColumns,
                 phi.product.phi.getHidden() % kLeaf != 0);
}

Value WeightReader::loadColumns(Value output, int64_t stream) {
  if (!phi.shared || phi.product.isOnTensorCores())
    return loadGlobalColumns(output, stream);
  Type type = phi.product.getSumType();
  int64_t bytes = getBytes(type);
  Value row = code.add(code.mul(output, phi.product.phi.getStreams()), stream);
  Value from = code.add(code.mul(tile.leaf, getLeafBytes(phi.product)),
                        code.mul(row, kLeaf * bytes));
  from = code.add(from, code.mul(tile.t, kColumns * bytes));
  return code.load(VectorType::get({kColumns}, type),
                   code.offset(phi.shared, from), 16);
}
