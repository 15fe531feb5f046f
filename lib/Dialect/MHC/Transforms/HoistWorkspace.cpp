//===- HoistWorkspace.cpp - One workspace for the kernels of a program ----===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A lowered kernel allocates its scratch memory. Where the kernel is a function
// of its own, the memory becomes its last argument, and the caller has one
// buffer, as large as the largest need, for all kernels that it runs one after
// the other.
//
//===----------------------------------------------------------------------===//

#include "mhc/Dialect/MHC/Transforms/Passes.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/IR/IRMapping.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"

namespace mlir::mhc {
#define GEN_PASS_DEF_MHCHOISTWORKSPACE
#include "mhc/Dialect/MHC/Transforms/Passes.h.inc"
} // namespace mlir::mhc

using namespace mlir;
using namespace mlir::mhc;

/// Written on the allocation of a kernel's scratch memory.
static constexpr StringLiteral kWorkspace = "mhc.workspace";

namespace {
/// Computes values of a function at its entry, as far as sizes of arguments and
/// constants determine them.
class AtEntry {
public:
  explicit AtEntry(func::FuncOp function)
      : builder(&function.getBody().front(),
                function.getBody().front().begin()) {}

  /// Null if a value depends on anything else. `arguments` stands for the
  /// arguments of a callee that the value is in.
  Value compute(Value value, ValueRange arguments = {}) {
    if (!arguments.empty())
      return build(value, arguments);
    auto found = known.find(value);
    if (found != known.end())
      return found->second;
    Value result = build(value, arguments);
    known[value] = result;
    return result;
  }

  OpBuilder builder;

private:
  Value build(Value value, ValueRange arguments) {
    Operation *op = value.getDefiningOp();
    if (!op)
      return nullptr;
    if (auto dim = dyn_cast<memref::DimOp>(op))
      return buildSize(dim, arguments);
    if (!isa_and_nonnull<arith::ArithDialect>(op->getDialect()) ||
        !isPure(op) || op->getNumRegions() != 0)
      return nullptr;
    IRMapping mapping;
    for (Value operand : op->getOperands()) {
      Value here = compute(operand, arguments);
      if (!here)
        return nullptr;
      mapping.map(operand, here);
    }
    return builder.clone(*op, mapping)
        ->getResult(cast<OpResult>(value).getResultNumber());
  }

  /// One size of a buffer.
  Value buildSize(memref::DimOp dim, ValueRange arguments) {
    std::optional<int64_t> index = dim.getConstantIndex();
    Value buffer = dim.getSource();
    while (index) {
      auto type = cast<MemRefType>(buffer.getType());
      if (!type.isDynamicDim(*index))
        return arith::ConstantIndexOp::create(builder, dim.getLoc(),
                                              type.getDimSize(*index));
      if (auto argument = dyn_cast<BlockArgument>(buffer)) {
        if (!arguments.empty()) {
          // From the callee to what it is called with.
          buffer = arguments[argument.getArgNumber()];
          arguments = {};
          continue;
        }
        if (argument.getOwner() != builder.getInsertionBlock())
          return nullptr;
        return memref::DimOp::create(builder, dim.getLoc(), buffer, *index);
      }
      Operation *op = buffer.getDefiningOp();
      if (auto cast = dyn_cast<memref::CastOp>(op)) {
        buffer = cast.getSource();
        if (!isa<MemRefType>(buffer.getType()))
          return nullptr;
        continue;
      }
      auto alloc = dyn_cast<memref::AllocOp>(op);
      if (!alloc)
        return nullptr;
      return compute(alloc.getDynamicSizes()[type.getDynamicDimIndex(*index)],
                     arguments);
    }
    return nullptr;
  }

  llvm::DenseMap<Value, Value> known;
};

struct HoistWorkspace : mhc::impl::MHCHoistWorkspaceBase<HoistWorkspace> {
  void runOnOperation() override {
    ModuleOp module = getOperation();
    SymbolTableCollection tables;
    SymbolUserMap users(tables, module);
    // Callees, with the size of their workspace.
    llvm::DenseMap<Operation *, memref::AllocOp> callees;
    for (auto function : module.getOps<func::FuncOp>())
      if (memref::AllocOp alloc = findWorkspace(function, users))
        callees[function] = alloc;
    for (auto function : module.getOps<func::FuncOp>()) {
      SmallVector<std::pair<func::CallOp, memref::AllocOp>> calls;
      function.walk([&](func::CallOp call) {
        auto callee = tables.lookupNearestSymbolFrom<func::FuncOp>(
            call, call.getCalleeAttr());
        if (auto found = callees.find(callee); found != callees.end())
          calls.emplace_back(call, found->second);
      });
      if (!calls.empty())
        addWorkspace(function, calls);
    }
    for (auto [function, alloc] : callees)
      makeArgument(cast<func::FuncOp>(function), alloc);
  }

private:
  /// The workspace of a private function that is called and nothing else, if
  /// the sizes of its arguments say how large it is.
  static memref::AllocOp findWorkspace(func::FuncOp function,
                                       SymbolUserMap &users) {
    if (function.isExternal() || !function.isPrivate() ||
        !llvm::all_of(users.getUsers(function), llvm::IsaPred<func::CallOp>))
      return nullptr;
    memref::AllocOp found;
    for (auto alloc : function.getBody().front().getOps<memref::AllocOp>())
      if (alloc->hasAttr(kWorkspace)) {
        if (found)
          return nullptr;
        found = alloc;
      }
    if (!found || found.getDynamicSizes().size() != 1)
      return nullptr;
    // A trial at the function's own entry.
    AtEntry trial(function);
    Operation *first = &*trial.builder.getInsertionPoint();
    bool fits = trial.compute(found.getDynamicSizes()[0]) != nullptr;
    Block &block = function.getBody().front();
    while (&block.front() != first) {
      Operation *last = first->getPrevNode();
      last->erase();
    }
    return fits ? found : nullptr;
  }

  void addWorkspace(func::FuncOp function,
                    ArrayRef<std::pair<func::CallOp, memref::AllocOp>> calls) {
    AtEntry entry(function);
    OpBuilder &builder = entry.builder;
    Value largest;
    SmallVector<func::CallOp> shared;
    for (auto [call, alloc] : calls) {
      // The threads of a parallel loop cannot share.
      bool isParallel = call->getParentOfType<scf::ForallOp>() ||
                        call->getParentOfType<scf::ParallelOp>();
      Value size = isParallel ? Value()
                              : entry.compute(alloc.getDynamicSizes()[0],
                                              call.getOperands());
      if (!size) {
        ++local;
        addLocal(call, alloc);
        continue;
      }
      shared.push_back(call);
      largest = largest ? Value(arith::MaxUIOp::create(builder, call.getLoc(),
                                                       largest, size))
                        : size;
    }
    if (shared.empty())
      return;
    ++hoisted;
    auto workspace =
        memref::AllocOp::create(builder, function.getLoc(), getType(), largest,
                                builder.getI64IntegerAttr(64));
    for (func::CallOp call : shared)
      call.getOperandsMutable().append(workspace.getResult());
    function.walk([&](func::ReturnOp end) {
      OpBuilder atEnd(end);
      memref::DeallocOp::create(atEnd, end.getLoc(), workspace);
    });
  }

  /// Around a call whose sizes are not known at the entry.
  void addLocal(func::CallOp call, memref::AllocOp alloc) {
    OpBuilder builder(call);
    IRMapping mapping;
    Value size = cloneSize(alloc.getDynamicSizes()[0], call, builder, mapping);
    auto workspace = memref::AllocOp::create(
        builder, call.getLoc(), getType(), size, builder.getI64IntegerAttr(64));
    call.getOperandsMutable().append(workspace.getResult());
    builder.setInsertionPointAfter(call);
    memref::DeallocOp::create(builder, call.getLoc(), workspace);
  }

  /// The ops that a callee computes a size with, for the operands of a call.
  static Value cloneSize(Value value, func::CallOp call, OpBuilder &builder,
                         IRMapping &mapping) {
    if (Value known = mapping.lookupOrNull(value))
      return known;
    if (auto argument = dyn_cast<BlockArgument>(value))
      return call.getOperand(argument.getArgNumber());
    Operation *op = value.getDefiningOp();
    for (Value operand : op->getOperands())
      mapping.map(operand, cloneSize(operand, call, builder, mapping));
    builder.clone(*op, mapping);
    return mapping.lookup(value);
  }

  /// The allocation of a callee becomes its last argument.
  static void makeArgument(func::FuncOp function, memref::AllocOp alloc) {
    Block &block = function.getBody().front();
    Value argument = block.addArgument(alloc.getType(), alloc.getLoc());
    SmallVector<Type> inputs(block.getArgumentTypes());
    function.setType(FunctionType::get(function.getContext(), inputs,
                                       function.getResultTypes()));
    for (Operation *user : llvm::make_early_inc_range(alloc->getUsers()))
      if (isa<memref::DeallocOp>(user))
        user->erase();
    alloc.getResult().replaceAllUsesWith(argument);
    alloc.erase();
  }

  MemRefType getType() {
    return MemRefType::get({ShapedType::kDynamic},
                           IntegerType::get(&getContext(), 8));
  }
};
} // namespace
