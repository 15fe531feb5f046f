//===- DissolveVectors.cpp - Parts of vectors to parts of tensors ---------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "KernelDissolver.h"

#include "mlir/Dialect/Utils/IndexingUtils.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using namespace mlir::mhc;

LogicalResult KernelDissolver::liftVectorOp(Operation &op) {
  return llvm::TypeSwitch<Operation *, LogicalResult>(&op)
      .Case([&](vector::BroadcastOp broadcast) {
        liftBroadcast(broadcast);
        return success();
      })
      .Case([&](vector::TransposeOp transpose) {
        liftTranspose(transpose);
        return success();
      })
      .Case([&](vector::ShapeCastOp cast) {
        liftShapeCast(cast);
        return success();
      })
      .Case([&](vector::ExtractOp extract) { return liftExtract(extract); })
      .Case([&](vector::ExtractStridedSliceOp extract) {
        liftSlice(extract);
        return success();
      })
      .Case([&](vector::InsertOp insert) -> LogicalResult {
        if (insert.hasDynamicPosition())
          return insert.emitOpError("expected a static position in a kernel "
                                    "that is dissolved");
        return liftInsert(op, insert.getValueToStore(), insert.getDest(),
                          insert.getStaticPosition());
      })
      .Case([&](vector::InsertStridedSliceOp insert) {
        SmallVector<int64_t> offsets =
            llvm::map_to_vector(insert.getOffsets(), [](Attribute offset) {
              return cast<IntegerAttr>(offset).getInt();
            });
        return liftInsert(op, insert.getValueToStore(), insert.getDest(),
                          offsets);
      })
      .Case([&](vector::ReductionOp reduction) {
        liftReduction(reduction.getDest(), reduction.getKind(),
                      reduction.getVector(), reduction.getAcc(), {0});
        return success();
      })
      .Case([&](vector::MultiDimReductionOp reduction) {
        liftReduction(reduction.getDest(), reduction.getKind(),
                      reduction.getSource(), reduction.getAcc(),
                      reduction.getReductionDims());
        return success();
      })
      .Case([&](vector::FromElementsOp elements) {
        liftFromElements(elements);
        return success();
      })
      .Default([&](Operation *other) {
        return other->emitOpError(
            "expected an op that works element by element, or on parts of "
            "vectors, in a kernel that is dissolved");
      });
}

void KernelDissolver::liftBroadcast(vector::BroadcastOp op) {
  Lifted lifted = values.at(op.getSource());
  SmallVector<int64_t> from = getInnerShape(op.getSource().getType());
  SmallVector<int64_t> to = getInnerShape(op.getType());
  int64_t extra = to.size() - from.size();
  // A dimension of one that is stretched is not read any more.
  SmallVector<int64_t> stretched;
  for (auto [i, size] : llvm::enumerate(from))
    if (size == 1 && to[i + extra] != 1)
      stretched.push_back(i);
  if (!stretched.empty() && !lifted.constant) {
    bool tokens = hasTokens(op.getSource()),
         columns = hasColumns(op.getSource());
    Value tensor = materialize(op.getSource());
    auto type = cast<RankedTensorType>(tensor.getType());
    SmallVector<int64_t> shape, dims;
    int64_t first = tokens ? tokenRank : 0;
    for (int64_t i = 0; i < type.getRank(); ++i) {
      if (llvm::is_contained(stretched, i - first))
        continue;
      shape.push_back(type.getDimSize(i));
      dims.push_back(tokens ? i : i + tokenRank);
    }
    (void)columns;
    tensor = slice(tensor, RankedTensorType::get(shape, type.getElementType()),
                   first, {}, {});
    lifted = {tensor, dims, nullptr};
  }
  for (int64_t &dim : lifted.dims)
    if (dim >= tokenRank)
      dim += extra;
  values[op] = lifted;
}

void KernelDissolver::liftTranspose(vector::TransposeOp op) {
  Lifted lifted = values.at(op.getVector());
  SmallVector<int64_t> inverse(op.getPermutation().size());
  for (auto [to, from] : llvm::enumerate(op.getPermutation()))
    inverse[from] = to;
  for (int64_t &dim : lifted.dims) {
    int64_t inner = dim - tokenRank;
    if (inner >= 0 && inner < static_cast<int64_t>(inverse.size()))
      dim = tokenRank + inverse[inner];
  }
  values[op] = lifted;
}

void KernelDissolver::liftShapeCast(vector::ShapeCastOp op) {
  Value source = op.getSource();
  if (values.at(source).constant) {
    Lifted lifted = values.at(source);
    values[op] = lifted;
    return;
  }
  bool tokens = hasTokens(source), columns = hasColumns(source);
  Value tensor = materialize(source);
  int64_t first = tokens ? tokenRank : 0;
  // By way of one dimension.
  auto groupsOf = [&](int64_t rank) {
    SmallVector<ReassociationIndices> groups;
    for (int64_t i = 0; i < first; ++i)
      groups.push_back({i});
    if (rank > 0)
      groups.push_back(llvm::to_vector<2>(llvm::seq(first, first + rank)));
    if (columns)
      groups.push_back({first + rank});
    return groups;
  };
  auto reshape = [&](Value from, ArrayRef<int64_t> shape, bool expand,
                     ArrayRef<ReassociationIndices> groups) -> Value {
    RankedTensorType type = getTensorType(
        VectorType::get(shape, getElementTypeOrSelf(op.getType())), tokens,
        columns);
    if (expand)
      return tensor::ExpandShapeOp::create(rewriter, op.getLoc(), type, from,
                                           groups);
    return tensor::CollapseShapeOp::create(rewriter, op.getLoc(), type, from,
                                           groups);
  };
  SmallVector<int64_t> from = getInnerShape(source.getType());
  SmallVector<int64_t> to = getInnerShape(op.getType());
  int64_t count = ShapedType::getNumElements(from);
  if (from.empty()) // vector<f32> is a tensor of the same dimensions as f32.
    tensor =
        to.empty() ? tensor : reshape(tensor, to, true, groupsOf(to.size()));
  else {
    if (from.size() > 1)
      tensor = reshape(tensor, count, false, groupsOf(from.size()));
    if (to.size() > 1)
      tensor = reshape(tensor, to, true, groupsOf(to.size()));
  }
  define(op, tensor, tokens, columns);
}

Value KernelDissolver::slice(Value tensor, RankedTensorType type, int64_t first,
                             ArrayRef<int64_t> offsets,
                             ArrayRef<int64_t> sizes) {
  auto source = cast<RankedTensorType>(tensor.getType());
  SmallVector<OpFoldResult> allOffsets, allSizes;
  for (int64_t i = 0; i < source.getRank(); ++i) {
    int64_t inner = i - first;
    bool isSliced = inner >= 0 && inner < static_cast<int64_t>(offsets.size());
    allOffsets.push_back(rewriter.getIndexAttr(isSliced ? offsets[inner] : 0));
    if (isSliced)
      allSizes.push_back(rewriter.getIndexAttr(sizes[inner]));
    else
      allSizes.push_back(
          tensor::getMixedSize(rewriter, kernel.getLoc(), tensor, i));
  }
  SmallVector<OpFoldResult> strides(source.getRank(), rewriter.getIndexAttr(1));
  return tensor::ExtractSliceOp::create(rewriter, kernel.getLoc(), type, tensor,
                                        allOffsets, allSizes, strides);
}

LogicalResult KernelDissolver::liftExtract(vector::ExtractOp op) {
  if (op.hasDynamicPosition())
    return op.emitOpError("expected a static position in a kernel that is "
                          "dissolved");
  Value source = op.getSource();
  Lifted lifted = values.at(source);
  if (lifted.constant) {
    values[op] = lifted;
    return success();
  }
  bool tokens = hasTokens(source), columns = hasColumns(source);
  ArrayRef<int64_t> position = op.getStaticPosition();
  SmallVector<int64_t> sizes(position.size(), 1);
  Value tensor =
      slice(materialize(source), getTensorType(op.getType(), tokens, columns),
            tokens ? tokenRank : 0, position, sizes);
  define(op, tensor, tokens, columns);
  return success();
}

void KernelDissolver::liftSlice(vector::ExtractStridedSliceOp op) {
  Value source = op.getSource();
  Lifted lifted = values.at(source);
  if (lifted.constant) {
    values[op] = lifted;
    return;
  }
  auto integers = [](ArrayAttr attrs) {
    return llvm::map_to_vector(
        attrs, [](Attribute attr) { return cast<IntegerAttr>(attr).getInt(); });
  };
  bool tokens = hasTokens(source), columns = hasColumns(source);
  Value tensor =
      slice(materialize(source), getTensorType(op.getType(), tokens, columns),
            tokens ? tokenRank : 0, integers(op.getOffsets()),
            integers(op.getSizes()));
  define(op, tensor, tokens, columns);
}

LogicalResult KernelDissolver::liftInsert(Operation &op, Value source,
                                          Value into,
                                          ArrayRef<int64_t> offsets) {
  bool tokens = anyHasTokens({source, into});
  bool columns = hasColumns(source) || hasColumns(into);
  Value part = materialize(source, tokens, columns);
  Value whole = materialize(into, tokens, columns);
  int64_t first = tokens ? tokenRank : 0;
  SmallVector<int64_t> intoShape = getInnerShape(into.getType());
  SmallVector<int64_t> partShape = getInnerShape(source.getType());
  // The part has the last dimensions of the whole.
  int64_t missing = intoShape.size() - partShape.size();
  auto type = cast<RankedTensorType>(whole.getType());
  SmallVector<OpFoldResult> allOffsets, sizes;
  for (int64_t i = 0; i < type.getRank(); ++i) {
    int64_t inner = i - first;
    bool isInner = inner >= 0 && inner < static_cast<int64_t>(intoShape.size());
    bool isPlaced = inner >= 0 && inner < static_cast<int64_t>(offsets.size());
    allOffsets.push_back(rewriter.getIndexAttr(isPlaced ? offsets[inner] : 0));
    if (isInner)
      sizes.push_back(rewriter.getIndexAttr(
          inner < missing ? 1 : partShape[inner - missing]));
    else
      sizes.push_back(tensor::getMixedSize(rewriter, op.getLoc(), whole, i));
  }
  SmallVector<OpFoldResult> strides(type.getRank(), rewriter.getIndexAttr(1));
  Value tensor = tensor::InsertSliceOp::create(
      rewriter, op.getLoc(), part, whole, allOffsets, sizes, strides);
  define(op.getResult(0), tensor, tokens, columns);
  return success();
}

void KernelDissolver::liftReduction(Value result, vector::CombiningKind kind,
                                    Value source, Value accumulator,
                                    ArrayRef<int64_t> dims) {
  bool tokens = hasTokens(source) || (accumulator && hasTokens(accumulator));
  bool columns = hasColumns(source) || (accumulator && hasColumns(accumulator));
  Value tensor = materialize(source, tokens, columns);
  auto type = cast<RankedTensorType>(tensor.getType());
  Location loc = kernel.getLoc();
  LoopNest nest(rewriter, loc, type.getRank());
  nest.read(tensor, nest.firstDims(type.getRank()));
  int64_t first = tokens ? tokenRank : 0;
  SmallVector<AffineExpr> kept;
  for (int64_t i = 0; i < type.getRank(); ++i)
    if (!llvm::is_contained(dims, i - first))
      kept.push_back(nest.dim(i));
  Value init;
  if (accumulator) {
    init = materialize(accumulator, tokens, columns);
  } else {
    // Without an accumulator, the number that changes no other.
    auto kindOf = [](vector::CombiningKind kind) {
      switch (kind) {
      case vector::CombiningKind::ADD:
        return std::pair(arith::AtomicRMWKind::addf,
                         arith::AtomicRMWKind::addi);
      case vector::CombiningKind::MUL:
        return std::pair(arith::AtomicRMWKind::mulf,
                         arith::AtomicRMWKind::muli);
      case vector::CombiningKind::MINIMUMF:
        return std::pair(arith::AtomicRMWKind::minimumf,
                         arith::AtomicRMWKind::minimumf);
      case vector::CombiningKind::MAXIMUMF:
        return std::pair(arith::AtomicRMWKind::maximumf,
                         arith::AtomicRMWKind::maximumf);
      case vector::CombiningKind::MINNUMF:
        return std::pair(arith::AtomicRMWKind::minnumf,
                         arith::AtomicRMWKind::minnumf);
      case vector::CombiningKind::MAXNUMF:
        return std::pair(arith::AtomicRMWKind::maxnumf,
                         arith::AtomicRMWKind::maxnumf);
      case vector::CombiningKind::MINUI:
        return std::pair(arith::AtomicRMWKind::minu,
                         arith::AtomicRMWKind::minu);
      case vector::CombiningKind::MINSI:
        return std::pair(arith::AtomicRMWKind::mins,
                         arith::AtomicRMWKind::mins);
      case vector::CombiningKind::MAXUI:
        return std::pair(arith::AtomicRMWKind::maxu,
                         arith::AtomicRMWKind::maxu);
      case vector::CombiningKind::MAXSI:
        return std::pair(arith::AtomicRMWKind::maxs,
                         arith::AtomicRMWKind::maxs);
      case vector::CombiningKind::AND:
        return std::pair(arith::AtomicRMWKind::andi,
                         arith::AtomicRMWKind::andi);
      case vector::CombiningKind::OR:
        return std::pair(arith::AtomicRMWKind::ori, arith::AtomicRMWKind::ori);
      case vector::CombiningKind::XOR:
        return std::pair(arith::AtomicRMWKind::xori,
                         arith::AtomicRMWKind::xori);
      }
      llvm_unreachable("every kind is handled");
    };
    Type element = type.getElementType();
    auto [ofFloats, ofIntegers] = kindOf(kind);
    Value identity =
        arith::getIdentityValue(isa<FloatType>(element) ? ofFloats : ofIntegers,
                                element, rewriter, loc);
    RankedTensorType initType =
        getTensorType(result.getType(), tokens, columns);
    init = linalg::FillOp::create(rewriter, loc, identity,
                                  createEmptyTensor(initType, tokens))
               .getResult(0);
  }
  define(result,
         nest.reduce(
             init, kept,
             [&](OpBuilder &b, Location l, ValueRange elements, Value sum) {
               return vector::makeArithReduction(b, l, kind, sum, elements[0]);
             }),
         tokens, columns);
}

void KernelDissolver::liftFromElements(vector::FromElementsOp op) {
  bool tokens = anyHasTokens(op.getElements()), columns = false;
  for (Value element : op.getElements())
    columns |= hasColumns(element);
  RankedTensorType type = getTensorType(op.getType(), tokens, columns);
  Value whole = createEmptyTensor(type, tokens);
  SmallVector<int64_t> shape = getInnerShape(op.getType());
  SmallVector<int64_t> strides = computeSuffixProduct(shape);
  int64_t first = tokens ? tokenRank : 0;
  for (auto [index, element] : llvm::enumerate(op.getElements())) {
    Value part = materialize(element, tokens, columns);
    SmallVector<int64_t> position = delinearize(index, strides);
    SmallVector<OpFoldResult> offsets, sizes;
    for (int64_t i = 0; i < type.getRank(); ++i) {
      int64_t inner = i - first;
      bool isInner = inner >= 0 && inner < static_cast<int64_t>(shape.size());
      offsets.push_back(rewriter.getIndexAttr(isInner ? position[inner] : 0));
      sizes.push_back(
          isInner ? OpFoldResult(rewriter.getIndexAttr(1))
                  : tensor::getMixedSize(rewriter, op.getLoc(), whole, i));
    }
    SmallVector<OpFoldResult> ones(type.getRank(), rewriter.getIndexAttr(1));
    whole = tensor::InsertSliceOp::create(rewriter, op.getLoc(), part, whole,
                                          offsets, sizes, ones);
  }
  define(op, whole, tokens, columns);
}
