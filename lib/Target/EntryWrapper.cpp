//===- EntryWrapper.cpp - An entry on tensors alone -----------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "mhc/Target/HostProgram.h"

#include "DeviceCalls.h"
#include "mhc/Dialect/MHC/IR/MHC.h"

#include "mlir/Dialect/Bufferization/IR/Bufferization.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/SymbolTable.h"

using namespace mlir;
using namespace mlir::mhc;
using ::mhc::ElementKind;

static std::optional<ElementKind> getElementKind(Type type) {
  if (type.isBF16())
    return ElementKind::BF16;
  if (type.isF16())
    return ElementKind::F16;
  if (type.isF32())
    return ElementKind::F32;
  if (type.isF64())
    return ElementKind::F64;
  if (type.isSignlessInteger(1))
    return ElementKind::I1;
  if (type.isSignlessInteger(32))
    return ElementKind::I32;
  if (type.isSignlessInteger(64))
    return ElementKind::I64;
  return std::nullopt;
}

std::optional<HostType> mlir::mhc::getHostType(Type type) {
  auto tensorType = dyn_cast<RankedTensorType>(type);
  if (!tensorType && isa<ShapedType>(type))
    return std::nullopt;
  std::optional<ElementKind> kind = getElementKind(getElementTypeOrSelf(type));
  if (!kind || (tensorType && tensorType.getEncoding()))
    return std::nullopt;
  HostType result{*kind, {}};
  if (tensorType)
    result.shape.assign(tensorType.getShape().begin(),
                        tensorType.getShape().end());
  return result;
}

std::optional<HostType> mlir::mhc::getDeviceType(Type type) {
  auto memrefType = dyn_cast<MemRefType>(type);
  if (!memrefType)
    return getHostType(type);
  if (!memrefType.getLayout().isIdentity() ||
      !isGlobalMemory(memrefType.getMemorySpace()))
    return std::nullopt;
  return getHostType(RankedTensorType::get(memrefType.getShape(),
                                           memrefType.getElementType()));
}

//===----------------------------------------------------------------------===//
// Planned functions
//===----------------------------------------------------------------------===//

std::optional<PlannedFunction> mlir::mhc::findPlan(func::FuncOp function) {
  auto name = function->getAttrOfType<FlatSymbolRefAttr>(kSizesAttr);
  auto results = function->getAttrOfType<DenseI64ArrayAttr>(kResultsAttr);
  auto sizes =
      name ? SymbolTable::lookupNearestSymbolFrom<func::FuncOp>(function, name)
           : func::FuncOp();
  // Somebody else may have written the attributes.
  if (!sizes || sizes.isExternal() || !results)
    return std::nullopt;
  ArrayRef<Type> types = function.getArgumentTypes();
  size_t count = results.size() + 1;
  if (types.size() < count ||
      sizes.getArgumentTypes() != types.drop_back(count) ||
      !llvm::all_of(sizes.getResultTypes(), llvm::IsaPred<IndexType>))
    return std::nullopt;
  int64_t numSizes = 0;
  for (Type type : types.take_back(count)) {
    auto memref = dyn_cast<MemRefType>(type);
    if (!memref)
      return std::nullopt;
    numSizes += memref.getNumDynamicDims();
  }
  int64_t end = results.size() + function.getNumResults();
  if (numSizes != sizes.getNumResults() ||
      cast<MemRefType>(types.back()).getNumDynamicDims() != 1 ||
      !llvm::is_sorted(results.asArrayRef(), std::less_equal<>()) ||
      llvm::any_of(results.asArrayRef(),
                   [&](int64_t index) { return index < 0 || index >= end; }))
    return std::nullopt;
  return PlannedFunction{sizes, results.asArrayRef()};
}

/// Merges what a function is given for its results with what it returns.
template <typename T, typename Given, typename Returned>
static SmallVector<T> mergeResults(const PlannedFunction &plan,
                                   const Given &given,
                                   const Returned &returned) {
  SmallVector<T> results;
  auto nextGiven = given.begin();
  auto nextReturned = returned.begin();
  while (nextGiven != given.end() || nextReturned != returned.end())
    results.push_back(llvm::is_contained(plan.results, results.size())
                          ? T(*nextGiven++)
                          : T(*nextReturned++));
  return results;
}

EntryTypes mlir::mhc::getEntryTypes(func::FuncOp function) {
  ArrayRef<Type> arguments = function.getArgumentTypes();
  std::optional<PlannedFunction> plan = findPlan(function);
  if (!plan)
    return {llvm::to_vector(arguments),
            llvm::to_vector(function.getResultTypes())};
  ArrayRef<Type> own = arguments.drop_back(plan->results.size() + 1);
  return {llvm::to_vector(own),
          mergeResults<Type>(*plan,
                             arguments.drop_front(own.size()).drop_back(),
                             function.getResultTypes())};
}

/// Adds a function with a C interface and an empty body to the module.
static func::FuncOp addWrapper(ModuleOp module, func::FuncOp entry,
                               TypeRange arguments, TypeRange results) {
  OpBuilder builder(module.getContext());
  auto wrapper = func::FuncOp::create(
      entry.getLoc(), "mhc_entry", builder.getFunctionType(arguments, results));
  SymbolTable symbols(module);
  symbols.insert(wrapper);
  wrapper->setAttr(LLVM::LLVMDialect::getEmitCWrapperAttrName(),
                   builder.getUnitAttr());
  wrapper.addEntryBlock();
  return wrapper;
}

//===----------------------------------------------------------------------===//
// On memrefs, after lowering
//===----------------------------------------------------------------------===//

/// A scalar is passed in memory.
static Type toMemRef(Type type) {
  return isa<MemRefType>(type) ? type : MemRefType::get({}, type);
}

/// Allocates the results of a planned entry and its workspace, and adds them to
/// the operands.
static void allocate(OpBuilder &builder, func::FuncOp entry,
                     const PlannedFunction &plan,
                     SmallVectorImpl<Value> &operands) {
  auto getLoc = [&](const Twine &name) {
    return NameLoc::get(builder.getStringAttr(name), entry.getLoc());
  };
  auto call =
      func::CallOp::create(builder, entry.getLoc(), plan.sizes, operands);
  ValueRange sizes = call.getResults();
  ArrayRef<Type> types = entry.getArgumentTypes().drop_front(operands.size());
  for (auto [index, type] : llvm::zip_equal(plan.results, types.drop_back())) {
    auto memref = cast<MemRefType>(type);
    size_t count = memref.getNumDynamicDims();
    operands.push_back(
        memref::AllocOp::create(builder, getLoc("result " + Twine(index)),
                                memref, sizes.take_front(count)));
    sizes = sizes.drop_front(count);
  }
  auto workspace =
      memref::AllocOp::create(builder, getLoc("workspace"),
                              cast<MemRefType>(types.back()), sizes.back());
  // Where nothing says when buffers live, they all do.
  WalkResult lives = entry->getParentOfType<ModuleOp>().walk(
      [](LifeBeginOp) { return WalkResult::interrupt(); });
  if (lives.wasInterrupted())
    workspace->setAttr(kWorkspaceAttr, builder.getUnitAttr());
  operands.push_back(workspace);
}

std::string mlir::mhc::createDeviceEntryWrapper(ModuleOp module,
                                                StringRef name) {
  auto entry = module.lookupSymbol<func::FuncOp>(name);
  std::optional<PlannedFunction> plan = findPlan(entry);
  EntryTypes types = getEntryTypes(entry);
  Location loc = entry.getLoc();
  func::FuncOp wrapper =
      addWrapper(module, entry, llvm::map_to_vector(types.arguments, toMemRef),
                 llvm::map_to_vector(types.results, toMemRef));

  auto builder = OpBuilder::atBlockBegin(&wrapper.getBody().front());
  SmallVector<Value> operands;
  for (auto [argument, wanted] :
       llvm::zip_equal(wrapper.getArguments(), types.arguments))
    operands.push_back(
        argument.getType() == wanted
            ? Value(argument)
            : Value(memref::LoadOp::create(builder, loc, argument)));
  if (plan)
    allocate(builder, entry, *plan, operands);
  auto call = func::CallOp::create(builder, loc, entry, operands);
  SmallVector<Value> values(call.getResults());
  if (plan) {
    memref::DeallocOp::create(builder, loc, operands.back());
    values = mergeResults<Value>(
        *plan,
        ArrayRef(operands).drop_front(types.arguments.size()).drop_back(),
        call.getResults());
  }
  for (Value &value : values) {
    if (isa<MemRefType>(value.getType()))
      continue;
    Value buffer = memref::AllocOp::create(
        builder, loc, MemRefType::get({}, value.getType()));
    memref::StoreOp::create(builder, loc, value, buffer);
    value = buffer;
  }
  func::ReturnOp::create(builder, loc, values);
  entry.setPrivate();
  return wrapper.getName().str();
}

//===----------------------------------------------------------------------===//
// On tensors, ahead of lowering
//===----------------------------------------------------------------------===//

std::string mlir::mhc::createEntryWrapper(ModuleOp module, StringRef name,
                                          bool planned) {
  // Dialects that the program itself may not use.
  module.getContext()
      ->loadDialect<bufferization::BufferizationDialect,
                    tensor::TensorDialect>();
  auto entry = module.lookupSymbol<func::FuncOp>(name);
  OpBuilder builder(module.getContext());
  Location loc = entry.getLoc();
  auto toTensor = [](Type type) -> Type {
    return isa<RankedTensorType>(type) ? type : RankedTensorType::get({}, type);
  };
  func::FuncOp wrapper = addWrapper(
      module, entry, llvm::map_to_vector(entry.getArgumentTypes(), toTensor),
      llvm::map_to_vector(entry.getResultTypes(), toTensor));
  builder.setInsertionPointToStart(&wrapper.getBody().front());
  SmallVector<Value> arguments;
  for (auto [argument, wanted] :
       llvm::zip_equal(wrapper.getArguments(), entry.getArgumentTypes()))
    arguments.push_back(argument.getType() == wanted
                            ? Value(argument)
                            : Value(tensor::ExtractOp::create(
                                  builder, loc, argument, ValueRange{})));
  auto call = func::CallOp::create(builder, loc, entry, arguments);
  SmallVector<Value> results;
  for (auto [result, wanted] :
       llvm::zip_equal(call.getResults(), wrapper.getResultTypes())) {
    Value tensor = result;
    if (result.getType() != wanted)
      tensor = tensor::FromElementsOp::create(builder, loc, wanted, result);
    // A result that is an argument, or a constant, must not be freed as ours.
    if (!planned)
      tensor = bufferization::AllocTensorOp::create(
          builder, loc, cast<RankedTensorType>(wanted), ValueRange{}, tensor);
    results.push_back(tensor);
  }
  func::ReturnOp::create(builder, loc, results);
  return wrapper.getName().str();
}
