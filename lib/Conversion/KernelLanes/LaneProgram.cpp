//===- LaneProgram.cpp - Vectors of a kernel, element by element ----------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "LaneProgram.h"

#include "LaneMath.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/IR/Matchers.h"

using namespace mlir;
using namespace mlir::mhc;

int64_t mlir::mhc::getElementCount(Type type) {
  auto vector = dyn_cast<VectorType>(type);
  return vector ? vector.getNumElements() : 1;
}

Type LaneProgram::getLaneType(Type element) const {
  return width == 1 ? element : VectorType::get({width}, element);
}

LogicalResult LaneProgram::reportUnknown(Operation *op) {
  return op->emitOpError("expected an elementwise op, a static rearrangement "
                         "of a vector, or a row or token op in a kernel for "
                         "the CPU");
}

LaneList LaneProgram::lookup(Value value) {
  auto found = values.find(value);
  if (found != values.end())
    return found->second;
  Attribute attribute;
  [[maybe_unused]] bool isConstant =
      matchPattern(value, m_Constant(&attribute));
  assert(isConstant && "a value is defined before it is used");
  Type element = getElementTypeOrSelf(value.getType());
  LaneList list;
  auto add = [&](Attribute scalar) {
    auto typed = cast<TypedAttr>(scalar);
    if (width > 1)
      typed = DenseElementsAttr::get(cast<VectorType>(getLaneType(element)),
                                     scalar);
    list.push_back(arith::ConstantOp::create(builder, value.getLoc(), typed));
  };
  if (auto dense = dyn_cast<DenseElementsAttr>(attribute)) {
    if (dense.isSplat())
      for (int64_t i = 0, e = dense.getNumElements(); i < e; ++i)
        if (i == 0)
          add(dense.getSplatValue<Attribute>());
        else
          list.push_back(list.front());
    else
      for (Attribute scalar : dense.getValues<Attribute>())
        add(scalar);
  } else {
    add(attribute);
  }
  return list;
}

LogicalResult LaneProgram::emit(Operation *op) {
  // Constants are made where they are used.
  if (op->hasTrait<OpTrait::ConstantLike>())
    return success();
  if (isa<MHCDialect>(op->getDialect())) {
    if (isa<CombineOp, AggregateOp, InnerOp>(op))
      return emitRowOp(op);
    return emitTokenOp(op);
  }
  if (op->getNumRegions())
    return reportUnknown(op);
  if (isa<vector::MultiDimReductionOp, vector::ReductionOp>(op))
    return emitReduction(op);
  if (OpTrait::hasElementwiseMappableTraits(op) || isa<vector::FMAOp>(op))
    return emitElementwise(op);
  return emitRearrangement(op);
}

//===----------------------------------------------------------------------===//
// Elementwise ops
//===----------------------------------------------------------------------===//

/// Whether an op computes in bf16 or f16: in f32 then, rounded after each op.
static bool isNarrowArithmetic(Operation *op) {
  if (isa<CastOpInterface, arith::SelectOp>(op))
    return false;
  auto isNarrow = [](Type type) {
    auto element = dyn_cast<FloatType>(getElementTypeOrSelf(type));
    return element && element.getWidth() < 32;
  };
  return llvm::any_of(op->getOperandTypes(), isNarrow) ||
         llvm::any_of(op->getResultTypes(), isNarrow);
}

LogicalResult LaneProgram::emitElementwise(Operation *op) {
  Location loc = op->getLoc();
  int64_t count = getElementCount(op->getResult(0).getType());
  SmallVector<LaneList> operands;
  for (Value operand : op->getOperands())
    operands.push_back(lookup(operand));
  bool isNarrow = isNarrowArithmetic(op);
  Type f32 = builder.getF32Type();

  SmallVector<LaneList> results(op->getNumResults());
  for (int64_t i = 0; i < count; ++i) {
    SmallVector<Value> inputs;
    for (LaneList &list : operands) {
      Value input = list.size() == 1 ? list.front() : list[i];
      if (isNarrow && isa<FloatType>(getElementTypeOrSelf(input.getType())))
        input = convertFloat(builder, loc, input, f32);
      inputs.push_back(input);
    }
    // The other lanes hold zeros, and a division by zero ends the program.
    if (valid < width &&
        isa<arith::DivSIOp, arith::DivUIOp, arith::RemSIOp, arith::RemUIOp,
            arith::CeilDivSIOp, arith::CeilDivUIOp, arith::FloorDivSIOp>(op)) {
      Value one = createConstant(builder, loc, inputs[1].getType(), 1.0);
      inputs[1] = arith::SelectOp::create(
          builder, loc, createMask(builder, loc, width, valid), inputs[1], one);
    }
    if (isa<math::ExpOp>(op)) {
      results[0].push_back(createExp(builder, loc, inputs[0]));
    } else if (isa<math::TanhOp>(op)) {
      results[0].push_back(createTanh(builder, loc, inputs[0]));
    } else if (isa<vector::FMAOp>(op)) {
      results[0].push_back(
          math::FmaOp::create(builder, loc, inputs[0], inputs[1], inputs[2]));
    } else {
      Operation *copy = op->cloneWithoutRegions();
      copy->setOperands(inputs);
      for (OpResult result : copy->getResults()) {
        Type element = getElementTypeOrSelf(result.getType());
        bool isFloat = isa<FloatType>(element);
        result.setType(getLaneType(isNarrow && isFloat ? f32 : element));
        results[result.getResultNumber()].push_back(result);
      }
      builder.insert(copy);
    }
  }
  for (auto [result, list] : llvm::zip_equal(op->getResults(), results)) {
    Type element = getElementTypeOrSelf(result.getType());
    if (isNarrow && isa<FloatType>(element))
      for (Value &value : list)
        value = convertFloat(builder, loc, value, element);
    define(result, list);
  }
  return success();
}

//===----------------------------------------------------------------------===//
// Rearrangements of vectors
//===----------------------------------------------------------------------===//

static SmallVector<int64_t> getShape(Type type) {
  auto vector = dyn_cast<VectorType>(type);
  return vector ? SmallVector<int64_t>(vector.getShape())
                : SmallVector<int64_t>();
}

static SmallVector<int64_t> delinearize(int64_t index,
                                        ArrayRef<int64_t> shape) {
  SmallVector<int64_t> position(shape.size());
  for (size_t i = shape.size(); i-- > 0;) {
    position[i] = index % shape[i];
    index /= shape[i];
  }
  return position;
}

static int64_t linearize(ArrayRef<int64_t> position, ArrayRef<int64_t> shape) {
  int64_t index = 0;
  for (auto [place, size] : llvm::zip(position, shape))
    index = index * size + place;
  return index;
}

/// The offset of a leading position, which may be shorter than the shape.
static int64_t getSliceStart(ArrayRef<int64_t> position,
                             ArrayRef<int64_t> shape) {
  SmallVector<int64_t> whole(position);
  whole.resize(shape.size(), 0);
  return linearize(whole, shape);
}

LogicalResult LaneProgram::emitRearrangement(Operation *op) {
  if (op->getNumResults() == 0)
    return reportUnknown(op);
  Value result = op->getResult(0);
  SmallVector<int64_t> shape = getShape(result.getType());
  int64_t count = getElementCount(result.getType());
  LaneList source;
  SmallVector<int64_t> sourceShape;
  if (op->getNumOperands()) {
    source = lookup(op->getOperand(0));
    sourceShape = getShape(op->getOperand(0).getType());
  }

  LaneList list;
  if (isa<vector::ShapeCastOp>(op)) {
    list = source;
  } else if (isa<vector::BroadcastOp>(op)) {
    for (int64_t i = 0; i < count; ++i) {
      SmallVector<int64_t> position = delinearize(i, shape);
      position.erase(position.begin(),
                     position.end() - static_cast<int64_t>(sourceShape.size()));
      for (auto [place, size] : llvm::zip(position, sourceShape))
        place = size == 1 ? 0 : place;
      list.push_back(source[linearize(position, sourceShape)]);
    }
  } else if (auto transpose = dyn_cast<vector::TransposeOp>(op)) {
    for (int64_t i = 0; i < count; ++i) {
      SmallVector<int64_t> position = delinearize(i, shape);
      SmallVector<int64_t> from(position.size());
      for (auto [place, dim] : llvm::zip(position, transpose.getPermutation()))
        from[dim] = place;
      list.push_back(source[linearize(from, sourceShape)]);
    }
  } else if (auto extract = dyn_cast<vector::ExtractOp>(op)) {
    if (extract.hasDynamicPosition())
      return reportUnknown(op);
    int64_t start = getSliceStart(extract.getStaticPosition(), sourceShape);
    list.assign(source.begin() + start, source.begin() + start + count);
  } else if (auto insert = dyn_cast<vector::InsertOp>(op)) {
    if (insert.hasDynamicPosition())
      return reportUnknown(op);
    list = lookup(op->getOperand(1));
    llvm::copy(source,
               list.begin() + getSliceStart(insert.getStaticPosition(), shape));
  } else if (auto slice = dyn_cast<vector::ExtractStridedSliceOp>(op)) {
    auto offsets = llvm::map_to_vector(slice.getOffsets(), [](Attribute a) {
      return cast<IntegerAttr>(a).getInt();
    });
    for (int64_t i = 0; i < count; ++i) {
      SmallVector<int64_t> position = delinearize(i, shape);
      for (auto [place, offset] : llvm::zip(position, offsets))
        place += offset;
      list.push_back(source[linearize(position, sourceShape)]);
    }
  } else if (auto slice = dyn_cast<vector::InsertStridedSliceOp>(op)) {
    list = lookup(op->getOperand(1));
    auto offsets = llvm::map_to_vector(slice.getOffsets(), [](Attribute a) {
      return cast<IntegerAttr>(a).getInt();
    });
    int64_t leading = shape.size() - sourceShape.size();
    for (auto [i, element] : llvm::enumerate(source)) {
      SmallVector<int64_t> position(offsets);
      for (auto [dim, place] : llvm::enumerate(delinearize(i, sourceShape)))
        position[leading + dim] += place;
      list[linearize(position, shape)] = element;
    }
  } else if (auto shuffle = dyn_cast<vector::ShuffleOp>(op)) {
    if (shape.size() != 1)
      return reportUnknown(op);
    LaneList both = source;
    llvm::append_range(both, lookup(op->getOperand(1)));
    for (int64_t place : shuffle.getMask())
      list.push_back(both[place < 0 ? 0 : place]);
  } else if (isa<vector::FromElementsOp>(op)) {
    for (Value operand : op->getOperands())
      list.push_back(lookup(operand).front());
  } else if (isa<vector::ToElementsOp>(op)) {
    for (auto [element, value] : llvm::zip_equal(op->getResults(), source))
      define(element, {value});
    return success();
  } else {
    return reportUnknown(op);
  }
  define(result, list);
  return success();
}

//===----------------------------------------------------------------------===//
// Reductions of vectors
//===----------------------------------------------------------------------===//

LogicalResult LaneProgram::emitReduction(Operation *op) {
  Location loc = op->getLoc();
  Value source = op->getOperand(0);
  SmallVector<int64_t> shape = getShape(source.getType());
  vector::CombiningKind kind;
  SmallVector<bool> isReduced(shape.size(), true);
  if (auto reduction = dyn_cast<vector::ReductionOp>(op)) {
    kind = reduction.getKind();
  } else {
    auto multi = cast<vector::MultiDimReductionOp>(op);
    kind = multi.getKind();
    isReduced = multi.getReductionMask();
  }
  SmallVector<int64_t> kept;
  for (auto [size, reduced] : llvm::zip(shape, isReduced))
    if (!reduced)
      kept.push_back(size);

  SmallVector<LaneList> groups(getElementCount(op->getResult(0).getType()));
  for (auto [i, element] : llvm::enumerate(lookup(source))) {
    SmallVector<int64_t> position;
    for (auto [place, reduced] : llvm::zip(delinearize(i, shape), isReduced))
      if (!reduced)
        position.push_back(place);
    groups[linearize(position, kept)].push_back(element);
  }
  // An accumulator is added last.
  LaneList accumulators;
  if (op->getNumOperands() > 1)
    accumulators = lookup(op->getOperand(1));
  Type element = getElementTypeOrSelf(source.getType());
  bool isNarrow =
      isa<FloatType>(element) && element.getIntOrFloatBitWidth() < 32;
  auto combine = [&](Value a, Value b) {
    if (isNarrow) {
      a = convertFloat(builder, loc, a, builder.getF32Type());
      b = convertFloat(builder, loc, b, builder.getF32Type());
    }
    Value c = vector::makeArithReduction(builder, loc, kind, a, b);
    return isNarrow ? convertFloat(builder, loc, c, element) : c;
  };
  LaneList results;
  for (auto [i, group] : llvm::enumerate(groups)) {
    // A balanced pairwise tree, as everywhere.
    LaneList level = group;
    while (level.size() > 1) {
      LaneList next;
      for (size_t k = 0; k + 1 < level.size(); k += 2)
        next.push_back(combine(level[k], level[k + 1]));
      if (level.size() % 2)
        next.push_back(level.back());
      level = std::move(next);
    }
    results.push_back(accumulators.empty()
                          ? level.front()
                          : combine(level.front(), accumulators[i]));
  }
  define(op->getResult(0), results);
  return success();
}
