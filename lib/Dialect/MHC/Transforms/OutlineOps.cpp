//===- OutlineOps.cpp - One function for all equal ops --------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "mhc/Dialect/MHC/IR/MHC.h"
#include "mhc/Dialect/MHC/Transforms/Passes.h"

#include "mlir/Dialect/Bufferization/IR/Bufferization.h"
#include "mlir/Dialect/ControlFlow/IR/ControlFlow.h"
#include "mlir/Dialect/ControlFlow/IR/ControlFlowOps.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/IRMapping.h"
#include "mlir/IR/PatternMatch.h"
#include "mlir/IR/SymbolTable.h"
#include "mlir/Transforms/RegionUtils.h"
#include "llvm/ADT/DenseMap.h"

namespace mlir::mhc {
#define GEN_PASS_DEF_MHCOUTLINEOPS
#include "mhc/Dialect/MHC/Transforms/Passes.h.inc"
} // namespace mlir::mhc

using namespace mlir;
using namespace mlir::mhc;

namespace {
/// Ops are equal if they differ in nothing but which values they read.
struct OpInfo : llvm::DenseMapInfo<Operation *> {
  static unsigned getHashValue(const Operation *op) {
    return OperationEquivalence::computeHash(
        const_cast<Operation *>(op),
        [](Value value) { return hash_value(value.getType()); },
        OperationEquivalence::ignoreHashValue,
        OperationEquivalence::IgnoreLocations);
  }
  static bool isEqual(const Operation *a, const Operation *b) {
    if (a == b)
      return true;
    if (a == getTombstoneKey() || a == getEmptyKey() ||
        b == getTombstoneKey() || b == getEmptyKey())
      return false;
    auto sameType = [](Value x, Value y) {
      return success(x.getType() == y.getType());
    };
    return OperationEquivalence::isEquivalentTo(
        const_cast<Operation *>(a), const_cast<Operation *>(b), sameType,
        /*markEquivalent=*/nullptr, OperationEquivalence::IgnoreLocations);
  }
};

struct OutlineOps : mhc::impl::MHCOutlineOpsBase<OutlineOps> {
  void runOnOperation() override {
    ModuleOp module = getOperation();
    SymbolTable symbols(module);
    SmallVector<Operation *> ops;
    module.walk([&](Operation *op) {
      if (canOutline(op))
        ops.push_back(op);
    });

    // The op in the function's body stands for all that are equal to it.
    llvm::DenseMap<Operation *, func::FuncOp, OpInfo> functions;
    IRRewriter rewriter(&getContext());
    for (Operation *op : ops) {
      auto found = functions.find(op);
      func::FuncOp function = found == functions.end()
                                  ? createFunction(op, symbols)
                                  : found->second;
      if (found == functions.end()) {
        functions[&function.getBody().front().front()] = function;
        ++outlined;
      }
      rewriter.setInsertionPoint(op);
      SmallVector<Value> operands(op->getOperands());
      llvm::append_range(operands, createDestinations(op, rewriter));
      rewriter.replaceOpWithNewOp<func::CallOp>(op, function, operands);
      ++calls;
    }
  }

private:
  static bool canOutline(Operation *op) {
    // The loops that linalg ops hold at this stage are not taken apart.
    if (op->getParentOfType<ConnectionOp>() ||
        op->getParentOfType<linalg::LinalgOp>())
      return false;
    if (auto linalgOp = dyn_cast<linalg::LinalgOp>(op)) {
      // What its region reads from outside would have to be passed too.
      SetVector<Value> captured;
      getUsedValuesDefinedAbove(op->getRegions(), captured);
      return linalgOp.hasPureTensorSemantics() && captured.empty();
    }
    // An assertion splits its block when it is lowered, and a long block that
    // is split again and again takes quadratic time.
    return isa<cf::AssertOp>(op) ||
           (isa_and_nonnull<MHCDialect>(op->getDialect()) &&
            !isa<ConnectionOp, YieldOp>(op));
  }

  /// Linalg ops have destinations of their own among their operands.
  static bool needsDestinations(Operation *op) {
    return isa<ReifyRankedShapedTypeOpInterface>(op) &&
           !isa<DestinationStyleOpInterface>(op);
  }

  /// An empty tensor for each result of `op`.
  static SmallVector<Value> createDestinations(Operation *op,
                                               OpBuilder &builder) {
    if (!needsDestinations(op))
      return {};
    ReifiedRankedShapedTypeDims shapes;
    [[maybe_unused]] LogicalResult reified =
        cast<ReifyRankedShapedTypeOpInterface>(op).reifyResultShapes(builder,
                                                                     shapes);
    assert(succeeded(reified) && "every op of the dialect states its sizes");
    SmallVector<Value> destinations;
    for (auto [result, sizes] : llvm::zip_equal(op->getResults(), shapes)) {
      auto type = cast<RankedTensorType>(result.getType());
      SmallVector<Value> dynamicSizes;
      for (auto [index, size] : llvm::enumerate(sizes))
        if (type.isDynamicDim(index))
          dynamicSizes.push_back(cast<Value>(size));
      destinations.push_back(
          tensor::EmptyOp::create(builder, op->getLoc(), type, dynamicSizes));
    }
    return destinations;
  }

  /// A private function whose body is a copy of `op`, written into the
  /// destinations that follow the operands: the caller owns every buffer.
  static func::FuncOp createFunction(Operation *op, SymbolTable &symbols) {
    OpBuilder builder(op->getContext());
    std::string name = op->getName().getStringRef().str();
    llvm::replace(name, '.', '_');
    SmallVector<Type> types(op->getOperandTypes());
    if (needsDestinations(op))
      llvm::append_range(types, op->getResultTypes());
    auto function = func::FuncOp::create(
        op->getLoc(), name,
        builder.getFunctionType(types, op->getResultTypes()));
    function.setPrivate();
    Block *body = function.addEntryBlock();
    ValueRange arguments = body->getArguments();
    builder.setInsertionPointToStart(body);
    Operation *copy = builder.clone(*op);
    copy->setOperands(arguments.take_front(op->getNumOperands()));
    SmallVector<Value> results(copy->getResults());
    for (auto [result, destination] :
         llvm::zip(results, arguments.drop_front(op->getNumOperands())))
      result = bufferization::MaterializeInDestinationOp::create(
                   builder, op->getLoc(), result, destination)
                   .getResult();
    func::ReturnOp::create(builder, op->getLoc(), results);
    symbols.insert(function);
    return function;
  }
};
} // namespace
