//===- EmulatorCalls.cpp - Launches and device memory as calls ------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "DeviceCalls.h"
#include "mhc/Dialect/MHC/IR/MHC.h"
#include "mhc/Target/EmulatorProgram.h"

#include "mlir/Conversion/LLVMCommon/MemRefBuilder.h"
#include "mlir/Conversion/LLVMCommon/TypeConverter.h"
#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Interfaces/FunctionInterfaces.h"

using namespace mlir;
using namespace mlir::mhc;

namespace {
/// Emits the calls that one op becomes.
class CallBuilder {
public:
  CallBuilder(ModuleOp module, LLVMTypeConverter &types)
      : module(module), symbols(module), types(types),
        builder(module.getContext()), loc(module.getLoc()),
        pointer(LLVM::LLVMPointerType::get(module.getContext())) {}

  void setOp(Operation *op) {
    builder.setInsertionPoint(op);
    loc = op->getLoc();
  }

  LogicalResult lowerAllocate(Operation *op, MemRefType type,
                              ValueRange dynamicSizes, uint64_t alignment,
                              StringRef what);
  void lowerDeallocate(Operation *op, Value memref);
  void lowerLife(Operation *op, StringRef symbol, StringRef label,
                 Value buffer);
  void lowerGlobal(memref::GetGlobalOp op);
  LogicalResult lowerCopy(Operation *op, Value source, Value target);
  LogicalResult lowerFill(Operation *op, Value target, Value value);
  LogicalResult lowerLaunch(gpu::LaunchFuncOp op);

private:
  Value constant(int64_t value, unsigned bits = 64) {
    return LLVM::ConstantOp::create(builder, loc, builder.getIntegerType(bits),
                                    value);
  }
  /// The value as one of the LLVM dialect, which later conversions turn into
  /// what the value becomes.
  Value convert(Value value) {
    Type type = types.convertType(value.getType());
    if (type == value.getType())
      return value;
    return UnrealizedConversionCastOp::create(builder, loc, type, value)
        .getResult(0);
  }
  Value text(StringRef value);
  /// Room on the stack, of the function and not of a loop in it.
  Value stackSlot(Type type, int64_t count = 1);
  Value inMemory(Value value) {
    Value slot = stackSlot(value.getType());
    LLVM::StoreOp::create(builder, loc, value, slot);
    return slot;
  }
  Value sizeOf(Type elementType);
  /// A descriptor that says nothing of the allocation that a buffer is in: what
  /// a kernel has no use for, and what may be a workspace.
  Value dropAllocation(Value descriptor);
  Value call(StringRef name, Type result, ValueRange operands);
  /// File, line and column of the op, and the function that it stood in.
  void addPlace(Operation *op, SmallVectorImpl<Value> &operands);

  ModuleOp module;
  SymbolTable symbols;
  LLVMTypeConverter &types;
  OpBuilder builder;
  Location loc;
  Type pointer;
  llvm::StringMap<LLVM::GlobalOp> texts;
};
} // namespace

//===----------------------------------------------------------------------===//
// Pieces of calls
//===----------------------------------------------------------------------===//

/// The place that a location names first, and the name that is given to it.
static FileLineColLoc findPlace(Location loc, StringRef *name = nullptr) {
  FileLineColLoc result;
  loc->walk([&](Location part) {
    if (auto named = dyn_cast<NameLoc>(part); named && name && name->empty())
      *name = named.getName().getValue();
    if (auto call = dyn_cast<CallSiteLoc>(part)) {
      result = findPlace(call.getCallee(), name);
      return WalkResult::interrupt();
    }
    if (auto place = dyn_cast<FileLineColLoc>(part)) {
      result = place;
      return WalkResult::interrupt();
    }
    return WalkResult::advance();
  });
  return result;
}

Value CallBuilder::text(StringRef value) {
  LLVM::GlobalOp &global = texts[value];
  if (!global) {
    std::string terminated = value.str();
    terminated.push_back('\0');
    OpBuilder atStart = OpBuilder::atBlockBegin(module.getBody());
    global = LLVM::GlobalOp::create(
        atStart, module.getLoc(),
        LLVM::LLVMArrayType::get(builder.getI8Type(), terminated.size()),
        /*isConstant=*/true, LLVM::Linkage::Internal, "mhc.text",
        builder.getStringAttr(terminated));
    symbols.insert(global);
  }
  return LLVM::AddressOfOp::create(builder, loc, global);
}

Value CallBuilder::stackSlot(Type type, int64_t count) {
  OpBuilder::InsertionGuard guard(builder);
  auto function = builder.getInsertionBlock()
                      ->getParentOp()
                      ->getParentOfType<FunctionOpInterface>();
  if (auto direct = dyn_cast<FunctionOpInterface>(
          builder.getInsertionBlock()->getParentOp()))
    function = direct;
  builder.setInsertionPointToStart(&function.getFunctionBody().front());
  return LLVM::AllocaOp::create(builder, loc, pointer, type, constant(count));
}

Value CallBuilder::sizeOf(Type elementType) {
  Value null = LLVM::ZeroOp::create(builder, loc, pointer);
  Value end =
      LLVM::GEPOp::create(builder, loc, pointer, types.convertType(elementType),
                          null, ArrayRef<LLVM::GEPArg>{1});
  return LLVM::PtrToIntOp::create(builder, loc, builder.getI64Type(), end);
}

Value CallBuilder::dropAllocation(Value value) {
  MemRefDescriptor descriptor(value);
  descriptor.setAllocatedPtr(builder, loc, descriptor.alignedPtr(builder, loc));
  return descriptor;
}

Value CallBuilder::call(StringRef name, Type result, ValueRange operands) {
  SmallVector<Value> all;
  if (!symbols.lookup(kStateSymbol)) {
    OpBuilder atStart = OpBuilder::atBlockBegin(module.getBody());
    symbols.insert(LLVM::GlobalOp::create(
        atStart, module.getLoc(), builder.getI8Type(), /*isConstant=*/false,
        LLVM::Linkage::External, kStateSymbol, Attribute()));
  }
  all.push_back(LLVM::AddressOfOp::create(builder, loc, pointer, kStateSymbol));
  llvm::append_range(all, operands);
  if (!symbols.lookup(name)) {
    OpBuilder atStart = OpBuilder::atBlockBegin(module.getBody());
    auto type = LLVM::LLVMFunctionType::get(
        result, llvm::to_vector(ValueRange(all).getTypes()));
    symbols.insert(
        LLVM::LLVMFuncOp::create(atStart, module.getLoc(), name, type));
  }
  auto function = symbols.lookup<LLVM::LLVMFuncOp>(name);
  auto op = LLVM::CallOp::create(builder, loc, function, all);
  return op->getNumResults() ? op.getResult() : Value();
}

void CallBuilder::addPlace(Operation *op, SmallVectorImpl<Value> &operands) {
  FileLineColLoc place = findPlace(op->getLoc());
  StringRef function;
  if (auto name = op->getAttrOfType<StringAttr>(kFunctionAttr))
    function = name.getValue();
  operands.push_back(text(place ? place.getFilename().getValue() : ""));
  operands.push_back(text(function));
  operands.push_back(constant(place ? place.getLine() : 0, 32));
  operands.push_back(constant(place ? place.getColumn() : 0, 32));
}

//===----------------------------------------------------------------------===//
// Ops
//===----------------------------------------------------------------------===//

/// The name that an op's memory was given, or "what at FILE:LINE".
static std::string findName(Operation *op, StringRef what) {
  StringRef given;
  FileLineColLoc place = findPlace(op->getLoc(), &given);
  if (!given.empty())
    return given.str();
  std::string name = what.str();
  if (place)
    name +=
        (" at " + place.getFilename().getValue() + ":" + Twine(place.getLine()))
            .str();
  return name;
}

LogicalResult CallBuilder::lowerAllocate(Operation *op, MemRefType type,
                                         ValueRange dynamicSizes,
                                         uint64_t alignment, StringRef what) {
  Type descriptorType = types.convertType(type);
  if (!type.getLayout().isIdentity() || !descriptorType)
    return op->emitError("expected a buffer of identity layout in the default "
                         "memory space, got ")
           << type;
  SmallVector<Value> sizes;
  for (int64_t size : type.getShape())
    if (ShapedType::isDynamic(size)) {
      sizes.push_back(convert(dynamicSizes.front()));
      dynamicSizes = dynamicSizes.drop_front();
    } else {
      sizes.push_back(constant(size));
    }
  SmallVector<Value> strides(sizes.size());
  Value count = constant(1);
  for (int64_t i = static_cast<int64_t>(sizes.size()) - 1; i >= 0; --i) {
    strides[i] = count;
    count = LLVM::MulOp::create(builder, loc, count, sizes[i]);
  }
  Value bytes =
      LLVM::MulOp::create(builder, loc, count, sizeOf(type.getElementType()));

  // What cudaMalloc gives.
  constexpr uint64_t deviceAlignment = 256;
  SmallVector<Value> operands{bytes,
                              constant(std::max(alignment, deviceAlignment)),
                              text(findName(op, what))};
  addPlace(op, operands);
  Value address =
      call(op->hasAttr(kWorkspaceAttr) ? kWorkspaceSymbol : kAllocateSymbol,
           pointer, operands);

  auto descriptor = MemRefDescriptor::poison(builder, loc, descriptorType);
  descriptor.setAllocatedPtr(builder, loc, address);
  descriptor.setAlignedPtr(builder, loc, address);
  descriptor.setConstantOffset(builder, loc, 0);
  for (auto [i, size] : llvm::enumerate(sizes)) {
    descriptor.setSize(builder, loc, i, size);
    descriptor.setStride(builder, loc, i, strides[i]);
  }
  Value memref =
      UnrealizedConversionCastOp::create(builder, loc, type, Value(descriptor))
          .getResult(0);
  op->getResult(0).replaceAllUsesWith(memref);
  return success();
}

void CallBuilder::lowerDeallocate(Operation *op, Value memref) {
  MemRefDescriptor descriptor(convert(memref));
  SmallVector<Value> operands{descriptor.allocatedPtr(builder, loc)};
  addPlace(op, operands);
  call(kDeallocateSymbol, LLVM::LLVMVoidType::get(op->getContext()), operands);
}

void CallBuilder::lowerLife(Operation *op, StringRef symbol, StringRef label,
                            Value buffer) {
  auto type = cast<MemRefType>(buffer.getType());
  MemRefDescriptor descriptor(convert(buffer));
  Value bytes = sizeOf(type.getElementType());
  for (int64_t i = 0; i < type.getRank(); ++i)
    bytes = LLVM::MulOp::create(builder, loc, bytes,
                                type.isDynamicDim(i)
                                    ? descriptor.size(builder, loc, i)
                                    : constant(type.getDimSize(i)));
  SmallVector<Value> operands{descriptor.bufferPtr(builder, loc, types, type),
                              bytes, text(label)};
  addPlace(op, operands);
  call(symbol, LLVM::LLVMVoidType::get(op->getContext()), operands);
}

void CallBuilder::lowerGlobal(memref::GetGlobalOp op) {
  MemRefType type = op.getType();
  auto ofHost =
      memref::GetGlobalOp::create(builder, loc, type, op.getNameAttr());
  MemRefDescriptor descriptor(convert(ofHost));
  Value bytes =
      LLVM::MulOp::create(builder, loc, constant(type.getNumElements()),
                          sizeOf(type.getElementType()));
  SmallVector<Value> operands{descriptor.alignedPtr(builder, loc), bytes,
                              text(findName(op, "constant"))};
  addPlace(op, operands);
  Value address = call(kGlobalSymbol, pointer, operands);
  descriptor.setAllocatedPtr(builder, loc, address);
  descriptor.setAlignedPtr(builder, loc, address);
  Value memref =
      UnrealizedConversionCastOp::create(builder, loc, type, Value(descriptor))
          .getResult(0);
  op.getResult().replaceAllUsesWith(memref);
}

/// What the calls on ranked buffers ask for.
static LogicalResult checkRanked(Operation *op, Value memref) {
  if (isa<MemRefType>(memref.getType()))
    return success();
  return op->emitError("expected a ranked memref, got ") << memref.getType();
}

LogicalResult CallBuilder::lowerCopy(Operation *op, Value source,
                                     Value target) {
  if (failed(checkRanked(op, source)) || failed(checkRanked(op, target)))
    return failure();
  auto type = cast<MemRefType>(source.getType());
  SmallVector<Value> operands{
      sizeOf(type.getElementType()), constant(type.getRank()),
      inMemory(convert(source)), inMemory(convert(target))};
  addPlace(op, operands);
  call(kCopySymbol, LLVM::LLVMVoidType::get(op->getContext()), operands);
  return success();
}

LogicalResult CallBuilder::lowerFill(Operation *op, Value target, Value value) {
  if (failed(checkRanked(op, target)))
    return failure();
  auto type = cast<MemRefType>(target.getType());
  SmallVector<Value> operands{
      sizeOf(type.getElementType()), constant(type.getRank()),
      inMemory(convert(target)), inMemory(convert(value))};
  addPlace(op, operands);
  call(kFillSymbol, LLVM::LLVMVoidType::get(op->getContext()), operands);
  return success();
}

LogicalResult CallBuilder::lowerLaunch(gpu::LaunchFuncOp op) {
  auto forms = op->getAttrOfType<DenseI32ArrayAttr>(kFormsAttr);
  if (!forms)
    return op.emitError("expected a launch whose kernel has been compiled");
  // The kernel's arguments, each in memory.
  SmallVector<Value> arguments;
  for (auto [form, operand] :
       llvm::zip_equal(forms.asArrayRef(), op.getKernelOperands())) {
    Value value = convert(operand);
    switch (static_cast<ArgumentForm>(form)) {
    case ArgumentForm::Value:
      arguments.push_back(value);
      break;
    case ArgumentForm::Descriptor:
      value = dropAllocation(value);
      MemRefDescriptor::unpack(builder, loc, value,
                               cast<MemRefType>(operand.getType()), arguments);
      break;
    case ArgumentForm::BarePointer:
      arguments.push_back(MemRefDescriptor(value).bufferPtr(
          builder, loc, types, cast<MemRefType>(operand.getType())));
      break;
    }
  }
  Value array = stackSlot(pointer, std::max<size_t>(arguments.size(), 1));
  for (auto [i, argument] : llvm::enumerate(arguments)) {
    Value slot =
        LLVM::GEPOp::create(builder, loc, pointer, pointer, array,
                            ArrayRef<LLVM::GEPArg>{static_cast<int32_t>(i)});
    LLVM::StoreOp::create(builder, loc, inMemory(argument), slot);
  }

  Value one = constant(1), zero = constant(0);
  gpu::KernelDim3 grid = op.getGridSizeOperandValues();
  gpu::KernelDim3 block = op.getBlockSizeOperandValues();
  SmallVector<Value, kNumExtents> words{grid.x,  grid.y,  grid.z,
                                        block.x, block.y, block.z};
  if (op.hasClusterSize()) {
    gpu::KernelDim3 cluster = op.getClusterSizeOperandValues();
    words.append({cluster.x, cluster.y, cluster.z});
  } else {
    words.append(3, one);
  }
  Value shared = op.getDynamicSharedMemorySize();
  words.push_back(shared ? shared : zero);
  Value extents = stackSlot(builder.getI64Type(), kNumExtents);
  for (auto [i, word] : llvm::enumerate(words)) {
    Value wide = convert(word);
    if (wide.getType() != builder.getI64Type())
      wide = LLVM::SExtOp::create(builder, loc, builder.getI64Type(), wide);
    Value slot = LLVM::GEPOp::create(
        builder, loc, pointer, builder.getI64Type(), extents,
        ArrayRef<LLVM::GEPArg>{static_cast<int32_t>(i)});
    LLVM::StoreOp::create(builder, loc, wide, slot);
  }

  SmallVector<Value> operands{text(op.getKernelModuleName().getValue()),
                              text(op.getKernelName().getValue()),
                              extents,
                              constant(op->hasAttr(kEarlyLaunchAttr), 32),
                              array,
                              constant(arguments.size())};
  addPlace(op, operands);
  call(kLaunchSymbol, LLVM::LLVMVoidType::get(op.getContext()), operands);
  return success();
}

//===----------------------------------------------------------------------===//
// The pass
//===----------------------------------------------------------------------===//

namespace {
struct EmulatorCalls : PassWrapper<EmulatorCalls, OperationPass<ModuleOp>> {
  MLIR_DEFINE_EXPLICIT_INTERNAL_INLINE_TYPE_ID(EmulatorCalls)

  StringRef getName() const override { return "EmulatorCalls"; }

  void getDependentDialects(DialectRegistry &registry) const override {
    registry.insert<LLVM::LLVMDialect>();
  }

  LogicalResult lower(CallBuilder &calls, Operation *op) {
    calls.setOp(op);
    if (auto alloc = dyn_cast<memref::AllocOp>(op))
      return calls.lowerAllocate(op, alloc.getType(), alloc.getDynamicSizes(),
                                 alloc.getAlignment().value_or(1),
                                 "memref.alloc");
    if (auto alloc = dyn_cast<gpu::AllocOp>(op))
      return calls.lowerAllocate(op, alloc.getType(), alloc.getDynamicSizes(),
                                 1, "gpu.alloc");
    if (auto dealloc = dyn_cast<memref::DeallocOp>(op)) {
      calls.lowerDeallocate(op, dealloc.getMemref());
      return success();
    }
    if (auto dealloc = dyn_cast<gpu::DeallocOp>(op)) {
      calls.lowerDeallocate(op, dealloc.getMemref());
      return success();
    }
    if (auto begin = dyn_cast<LifeBeginOp>(op)) {
      calls.lowerLife(op, kBeginLifeSymbol, begin.getLabel(),
                      begin.getBuffer());
      return success();
    }
    if (auto end = dyn_cast<LifeEndOp>(op)) {
      calls.lowerLife(op, kEndLifeSymbol, end.getLabel(), end.getBuffer());
      return success();
    }
    if (auto global = dyn_cast<memref::GetGlobalOp>(op)) {
      calls.lowerGlobal(global);
      return success();
    }
    if (auto copy = dyn_cast<memref::CopyOp>(op))
      return calls.lowerCopy(op, copy.getSource(), copy.getTarget());
    if (auto copy = dyn_cast<gpu::MemcpyOp>(op))
      return calls.lowerCopy(op, copy.getSrc(), copy.getDst());
    if (auto fill = dyn_cast<gpu::MemsetOp>(op))
      return calls.lowerFill(op, fill.getDst(), fill.getValue());
    if (auto launch = dyn_cast<gpu::LaunchFuncOp>(op))
      return calls.lowerLaunch(launch);
    return success(); // Program order has done what it asks for.
  }

  void runOnOperation() override {
    ModuleOp module = getOperation();
    LLVMTypeConverter types(&getContext());
    CallBuilder calls(module, types);
    SmallVector<Operation *> ops;
    module.walk([&](Operation *op) {
      if (isa<memref::AllocOp, memref::DeallocOp, memref::CopyOp,
              memref::GetGlobalOp, gpu::AllocOp, gpu::DeallocOp, gpu::MemcpyOp,
              gpu::MemsetOp, gpu::LaunchFuncOp, gpu::WaitOp, LifeBeginOp,
              LifeEndOp, gpu::HostRegisterOp, gpu::HostUnregisterOp>(op))
        ops.push_back(op);
    });
    // Users of a token go before it.
    for (Operation *op : llvm::reverse(ops)) {
      if (failed(lower(calls, op)))
        return signalPassFailure();
      for (Value result : op->getResults())
        if (isa<gpu::AsyncTokenType>(result.getType()) && !result.use_empty()) {
          result.use_begin()->getOwner()->emitError(
              "expected async tokens as dependencies of gpu ops alone");
          return signalPassFailure();
        }
      op->erase();
    }
    for (auto binary :
         llvm::make_early_inc_range(module.getOps<gpu::BinaryOp>()))
      binary.erase();
    module->removeAttr(gpu::GPUDialect::getContainerModuleAttrName());
  }
};
} // namespace

std::unique_ptr<Pass> mlir::mhc::createEmulatorCallsPass() {
  return std::make_unique<EmulatorCalls>();
}
