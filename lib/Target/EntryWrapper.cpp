//===- EntryWrapper.cpp - An entry on tensors alone -----------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "mhc/Target/HostProgram.h"

#include "DeviceCalls.h"

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

/// Adds a function with a C interface and an empty body to the module, of the
/// entry's type with each type changed by `change`.
static func::FuncOp addWrapper(ModuleOp module, func::FuncOp entry,
                               llvm::function_ref<Type(Type)> change) {
  OpBuilder builder(module.getContext());
  auto type = builder.getFunctionType(
      llvm::map_to_vector(entry.getArgumentTypes(), change),
      llvm::map_to_vector(entry.getResultTypes(), change));
  auto wrapper = func::FuncOp::create(entry.getLoc(), "mhc_entry", type);
  SymbolTable symbols(module);
  symbols.insert(wrapper);
  wrapper->setAttr(LLVM::LLVMDialect::getEmitCWrapperAttrName(),
                   builder.getUnitAttr());
  wrapper.addEntryBlock();
  return wrapper;
}

std::string mlir::mhc::createDeviceEntryWrapper(ModuleOp module,
                                                StringRef name) {
  // Dialects that the program itself may not use.
  module.getContext()
      ->loadDialect<bufferization::BufferizationDialect,
                    memref::MemRefDialect>();
  auto entry = module.lookupSymbol<func::FuncOp>(name);
  OpBuilder builder(module.getContext());
  Location loc = entry.getLoc();
  auto toMemRef = [](Type type) -> Type {
    if (auto tensorType = dyn_cast<RankedTensorType>(type))
      return MemRefType::get(tensorType.getShape(),
                             tensorType.getElementType());
    return isa<MemRefType>(type) ? type : MemRefType::get({}, type);
  };
  func::FuncOp wrapper = addWrapper(module, entry, toMemRef);
  builder.setInsertionPointToStart(&wrapper.getBody().front());
  SmallVector<Value> arguments;
  for (auto [argument, wanted] :
       llvm::zip_equal(wrapper.getArguments(), entry.getArgumentTypes())) {
    if (argument.getType() == wanted)
      arguments.push_back(argument);
    else if (isa<RankedTensorType>(wanted))
      arguments.push_back(bufferization::ToTensorOp::create(
          builder, loc, wanted, argument, /*restrict=*/true));
    else
      arguments.push_back(memref::LoadOp::create(builder, loc, argument));
  }
  auto call = func::CallOp::create(builder, loc, entry, arguments);
  SmallVector<Value> results;
  for (auto [result, wanted] :
       llvm::zip_equal(call.getResults(), wrapper.getResultTypes())) {
    if (result.getType() == wanted) {
      results.push_back(result);
    } else if (isa<RankedTensorType>(result.getType())) {
      results.push_back(
          bufferization::ToBufferOp::create(builder, loc, wanted, result));
    } else {
      Value buffer =
          memref::AllocOp::create(builder, loc, cast<MemRefType>(wanted));
      memref::StoreOp::create(builder, loc, result, buffer);
      results.push_back(buffer);
    }
  }
  func::ReturnOp::create(builder, loc, results);
  return wrapper.getName().str();
}

std::string mlir::mhc::createEntryWrapper(ModuleOp module, StringRef name) {
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
  func::FuncOp wrapper = addWrapper(module, entry, toTensor);
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
    results.push_back(bufferization::AllocTensorOp::create(
        builder, loc, cast<RankedTensorType>(wanted), ValueRange{}, tensor));
  }
  func::ReturnOp::create(builder, loc, results);
  return wrapper.getName().str();
}
