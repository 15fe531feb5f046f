//===- OutlineOps.cpp - One function for all equal ops --------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Each op gets a function of its own, from which equal ones are then told by
// comparing whole bodies: what an op captures, and how its region is wired, is
// part of the comparison by itself.
//
//===----------------------------------------------------------------------===//

#include "mhc/Dialect/MHC/IR/MHC.h"
#include "mhc/Dialect/MHC/Transforms/Passes.h"

#include "mlir/Dialect/Bufferization/IR/Bufferization.h"
#include "mlir/Dialect/ControlFlow/IR/ControlFlow.h"
#include "mlir/Dialect/ControlFlow/IR/ControlFlowOps.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/IRMapping.h"
#include "mlir/IR/PatternMatch.h"
#include "mlir/IR/SymbolTable.h"
#include "mlir/Transforms/RegionUtils.h"
#include "llvm/ADT/DenseSet.h"

namespace mlir::mhc {
#define GEN_PASS_DEF_MHCOUTLINEOPS
#include "mhc/Dialect/MHC/Transforms/Passes.h.inc"
} // namespace mlir::mhc

using namespace mlir;
using namespace mlir::mhc;

namespace {
/// Functions are equal if their types and bodies are; names do not matter.
struct FunctionInfo : llvm::DenseMapInfo<Operation *> {
  static unsigned getHashValue(const Operation *op) {
    auto function = cast<func::FuncOp>(const_cast<Operation *>(op));
    llvm::hash_code hash = hash_value(function.getFunctionType());
    function.getBody().walk([&](Operation *inner) {
      hash = llvm::hash_combine(
          hash, OperationEquivalence::computeHash(
                    inner, OperationEquivalence::ignoreHashValue,
                    OperationEquivalence::ignoreHashValue,
                    OperationEquivalence::IgnoreLocations));
    });
    return hash;
  }
  static bool isEqual(const Operation *a, const Operation *b) {
    if (a == b)
      return true;
    if (a == getTombstoneKey() || a == getEmptyKey() ||
        b == getTombstoneKey() || b == getEmptyKey())
      return false;
    auto x = cast<func::FuncOp>(const_cast<Operation *>(a));
    auto y = cast<func::FuncOp>(const_cast<Operation *>(b));
    return x.getFunctionType() == y.getFunctionType() &&
           OperationEquivalence::isRegionEquivalentTo(
               &x.getBody(), &y.getBody(),
               OperationEquivalence::IgnoreLocations);
  }
};

struct OutlineOps : mhc::impl::MHCOutlineOpsBase<OutlineOps> {
  using Base::Base;

  void runOnOperation() override {
    ModuleOp module = getOperation();
    SymbolTable symbols(module);
    SmallVector<Operation *> ops;
    WalkResult walked = module.walk<WalkOrder::PreOrder>([&](Operation *op) {
      if (op != module && op->hasTrait<OpTrait::SymbolTable>()) {
        op->emitError("expected all functions in one module, got another "
                      "module inside it");
        return WalkResult::interrupt();
      }
      // Bufferisation does not take calls that write into what the threads of a
      // parallel loop share: there, ops stay where they are.
      if (isa<scf::ForallOp>(op))
        return WalkResult::skip();
      if (connections ? isa<ConnectionOp>(op) : canOutline(op)) {
        ops.push_back(op);
        return WalkResult::skip();
      }
      // Connections that have not been lowered are left whole.
      return isa<ConnectionOp, KernelOp, linalg::LinalgOp>(op)
                 ? WalkResult::skip()
                 : WalkResult::advance();
    });

    if (walked.wasInterrupted())
      return signalPassFailure();

    llvm::DenseSet<Operation *, FunctionInfo> functions;
    IRRewriter rewriter(&getContext());
    for (Operation *op : ops) {
      SmallVector<Value> inputs = collectInputs(op, rewriter);
      func::FuncOp function = createFunction(op, inputs);
      auto [found, isNew] = functions.insert(function);
      if (isNew) {
        symbols.insert(function);
        ++outlined;
      } else {
        function.erase();
        function = cast<func::FuncOp>(*found);
      }
      replaceByCall(op, function, inputs, rewriter);
      ++calls;
    }
  }

private:
  static bool canOutline(Operation *op) {
    if (auto linalgOp = dyn_cast<linalg::LinalgOp>(op)) {
      // What its region reads from outside stays outside.
      SetVector<Value> captured;
      getUsedValuesDefinedAbove(op->getRegions(), captured);
      return linalgOp.hasPureTensorSemantics() && captured.empty();
    }
    // In a function, a buffer that is operand and destination, or two
    // destinations, would be two.
    if (auto kernel = dyn_cast<KernelOp>(op))
      for (Value out : kernel.getOuts())
        if (isa<MemRefType>(out.getType()) &&
            (llvm::is_contained(kernel.getIns(), out) ||
             llvm::count(kernel.getOuts(), out) > 1))
          return false;
    // An assertion splits its block when it is lowered, and a long block that
    // is split again and again takes quadratic time.
    return isa<cf::AssertOp>(op) ||
           (isa_and_nonnull<MHCDialect>(op->getDialect()) &&
            !isa<ConnectionOp, YieldOp, RecomputeOp, mhc::ReturnOp, LifeBeginOp,
                 LifeEndOp>(op));
  }

  /// The operands of `op`, and what its regions use besides. Constants are
  /// copied into the regions, so that they stay constants in the function.
  static SmallVector<Value> collectInputs(Operation *op, IRRewriter &rewriter) {
    SmallVector<Value> inputs(op->getOperands());
    SetVector<Value> captured;
    getUsedValuesDefinedAbove(op->getRegions(), captured);
    for (Value value : captured) {
      Operation *definition = value.getDefiningOp();
      if (!definition || !definition->hasTrait<OpTrait::ConstantLike>()) {
        inputs.push_back(value);
        continue;
      }
      for (Region &region : op->getRegions()) {
        rewriter.setInsertionPointToStart(&region.front());
        replaceAllUsesInRegionWith(
            value, rewriter.clone(*definition)->getResult(0), region);
      }
    }
    return inputs;
  }

  /// Whether destinations must be added: linalg ops have some among their
  /// operands.
  static bool needsDestinations(Operation *op) {
    return isa<ReifyRankedShapedTypeOpInterface>(op) &&
           !isa<DestinationStyleOpInterface>(op);
  }

  /// A private function, not in the module yet, that holds a copy of `op` on
  /// its arguments, written into the destinations that follow: the caller owns
  /// every buffer.
  static func::FuncOp createFunction(Operation *op, ArrayRef<Value> inputs) {
    OpBuilder builder(op->getContext());
    std::string name = op->getName().getStringRef().str();
    llvm::replace(name, '.', '_');
    SmallVector<Type> types(ValueRange(inputs).getTypes());
    if (needsDestinations(op))
      llvm::append_range(types, op->getResultTypes());
    auto function = func::FuncOp::create(
        op->getLoc(), name,
        builder.getFunctionType(types, op->getResultTypes()));
    function.setPrivate();
    Block *body = function.addEntryBlock();
    builder.setInsertionPointToStart(body);
    ValueRange arguments = body->getArguments();
    IRMapping mapping;
    // What is an operand and captured too has two arguments: the operands are
    // set by position.
    mapping.map(ValueRange(inputs), arguments.take_front(inputs.size()));
    Operation *copy = builder.clone(*op, mapping);
    copy->setOperands(arguments.take_front(op->getNumOperands()));
    SmallVector<Value> results(copy->getResults());
    for (auto [result, destination] :
         llvm::zip(results, arguments.drop_front(inputs.size())))
      result = bufferization::MaterializeInDestinationOp::create(
                   builder, op->getLoc(), result, destination)
                   .getResult();
    func::ReturnOp::create(builder, op->getLoc(), results);
    return function;
  }

  /// The copy of a result into an argument of the function, if that is all that
  /// happens to the result: it can be written there at once.
  static bufferization::MaterializeInDestinationOp getCopy(OpResult result) {
    if (!result.hasOneUse())
      return nullptr;
    auto copy = dyn_cast<bufferization::MaterializeInDestinationOp>(
        *result.user_begin());
    bool fits = copy && copy.getSource() == result &&
                isa<BlockArgument>(copy.getDest()) &&
                copy.getDest().getType() == result.getType();
    return fits ? copy : nullptr;
  }

  static Value createEmpty(OpResult result, ArrayRef<OpFoldResult> sizes,
                           OpBuilder &builder) {
    auto type = cast<RankedTensorType>(result.getType());
    SmallVector<Value> dynamicSizes;
    for (auto [index, size] : llvm::enumerate(sizes))
      if (type.isDynamicDim(index))
        dynamicSizes.push_back(cast<Value>(size));
    return tensor::EmptyOp::create(builder, result.getLoc(), type,
                                   dynamicSizes);
  }

  static void replaceByCall(Operation *op, func::FuncOp function,
                            SmallVector<Value> inputs, IRRewriter &rewriter) {
    rewriter.setInsertionPoint(op);
    SmallVector<bufferization::MaterializeInDestinationOp> copies;
    if (needsDestinations(op)) {
      ReifiedRankedShapedTypeDims shapes;
      [[maybe_unused]] LogicalResult reified =
          cast<ReifyRankedShapedTypeOpInterface>(op).reifyResultShapes(rewriter,
                                                                       shapes);
      assert(succeeded(reified) && "every op of the dialect states its sizes");
      for (auto [result, sizes] : llvm::zip_equal(op->getResults(), shapes)) {
        copies.push_back(getCopy(result));
        inputs.push_back(copies.back() ? copies.back().getDest()
                                       : createEmpty(result, sizes, rewriter));
      }
    }
    auto call = func::CallOp::create(rewriter, op->getLoc(), function, inputs);
    for (auto [copy, written] : llvm::zip(copies, call.getResults()))
      if (copy)
        rewriter.replaceOp(copy, written);
    rewriter.replaceOp(op, call);
  }
};
} // namespace
