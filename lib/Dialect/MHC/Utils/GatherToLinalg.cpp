//===- GatherToLinalg.cpp - tensor.gather as linalg.generic ---------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "mhc/Dialect/MHC/Utils/GatherToLinalg.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Arith/Utils/Utils.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

using namespace mlir;
using namespace mlir::mhc;

namespace {
/// tensor.gather, as a linalg.generic that extracts its elements.
struct GatherToLinalg : OpRewritePattern<tensor::GatherOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(tensor::GatherOp op,
                                PatternRewriter &rewriter) const override {
    Location loc = op.getLoc();
    Value source = op.getSource(), indices = op.getIndices();
    RankedTensorType type = op.getResultType();
    RankedTensorType sourceType = op.getSourceType();
    RankedTensorType indexType = op.getIndicesType();
    ArrayRef<int64_t> gathered = op.getGatherDims();
    unsigned lead = indexType.getRank() - 1, rank = type.getRank();
    // Dimensions of the source that are gathered may be left out of the
    // result, or have size 1 there.
    bool isReduced = rank == lead + sourceType.getRank() - gathered.size() &&
                     !gathered.empty();

    // The size of each dimension of the result, and where it is found.
    SmallVector<OpFoldResult> sizes;
    for (unsigned i = 0; i < lead; ++i)
      sizes.push_back(tensor::getMixedSize(rewriter, loc, indices, i));
    SmallVector<std::optional<unsigned>> place(sourceType.getRank());
    for (int64_t i = 0; i < sourceType.getRank(); ++i) {
      bool isGathered = llvm::is_contained(gathered, i);
      if (!isGathered) {
        place[i] = sizes.size();
        sizes.push_back(tensor::getMixedSize(rewriter, loc, source, i));
      } else if (!isReduced) {
        sizes.push_back(rewriter.getIndexAttr(1));
      }
    }
    SmallVector<Value> dynamicSizes;
    for (auto [i, size] : llvm::enumerate(sizes))
      if (type.isDynamicDim(i))
        dynamicSizes.push_back(
            getValueOrCreateConstantIndexOp(rewriter, loc, size));
    Value init = tensor::EmptyOp::create(rewriter, loc, type, dynamicSizes);
    auto generic = linalg::GenericOp::create(
        rewriter, loc, type, ValueRange{}, init,
        rewriter.getMultiDimIdentityMap(rank),
        SmallVector<utils::IteratorType>(rank, utils::IteratorType::parallel),
        [&](OpBuilder &b, Location l, ValueRange) {
          SmallVector<Value> loops;
          for (unsigned i = 0; i < rank; ++i)
            loops.push_back(linalg::IndexOp::create(b, l, i));
          SmallVector<Value> at(sourceType.getRank());
          for (auto [i, dim] : llvm::enumerate(place))
            if (dim)
              at[i] = loops[*dim];
          for (auto [i, dim] : llvm::enumerate(gathered)) {
            SmallVector<Value> from(loops.begin(), loops.begin() + lead);
            from.push_back(arith::ConstantIndexOp::create(b, l, i));
            Value index = tensor::ExtractOp::create(b, l, indices, from);
            if (!index.getType().isIndex())
              index = arith::IndexCastOp::create(b, l, b.getIndexType(), index);
            at[dim] = index;
          }
          Value element = tensor::ExtractOp::create(b, l, source, at);
          linalg::YieldOp::create(b, l, element);
        });
    rewriter.replaceOp(op, generic.getResults());
    return success();
  }
};
} // namespace

void mlir::mhc::populateGatherToLinalgPatterns(RewritePatternSet &patterns) {
  patterns.add<GatherToLinalg>(patterns.getContext());
}
