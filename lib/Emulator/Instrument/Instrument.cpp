//===- Instrument.cpp - Device code for this machine, watched -------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Instrument/Instrument.h"

#include "Instrument/AtomicCode.h"
#include "Instrument/Intrinsics.h"
#include "Instrument/OperationTable.h"
#include "Machine/Access.h"
#include "Machine/Runtime.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/Analysis/LoopInfo.h"
#include "llvm/Analysis/ValueTracking.h"
#include "llvm/IR/DebugInfoMetadata.h"
#include "llvm/IR/Dominators.h"
#include "llvm/IR/IRBuilder.h"
#include "llvm/IR/InlineAsm.h"
#include "llvm/IR/InstIterator.h"
#include "llvm/IR/IntrinsicInst.h"
#include "llvm/Transforms/Utils/BasicBlockUtils.h"

#include <cstddef>

using namespace llvm;
using namespace mhc::emulator;

//===----------------------------------------------------------------------===//
// The rewriting of one function
//===----------------------------------------------------------------------===//

namespace {
class FunctionRewriter {
public:
  FunctionRewriter(Function &function, Device &device,
                   const DenseMap<Function *, Function *> &replacements,
                   const StringSet<> &kernels, Refusals &refusals)
      : function(function), device(device), replacements(replacements),
        kernels(kernels), refusals(refusals), builder(function.getContext()),
        layout(function.getParent()->getDataLayout()) {}

  void run();

private:
  void visit(Instruction &instruction);
  void visitLoad(LoadInst &load);
  void visitStore(StoreInst &store);
  void visitAtomic(Instruction &instruction, Value *pointer, Type *type,
                   Handler handler, uint64_t code, ArrayRef<Value *> operands);
  void visitCast(AddrSpaceCastInst &cast);
  void visitCall(CallBase &call);
  void visitAlloca(AllocaInst &alloca);
  void visitFloat(Instruction &instruction);
  void visitDivision(BinaryOperator &division);
  void visitShift(BinaryOperator &shift);
  void countInstructions();
  void boundLoops();

  Site &addSite(const Instruction &instruction, const Twine &name);
  Constant *getPointer(const void *address) {
    return ConstantExpr::getIntToPtr(
        builder.getInt64(reinterpret_cast<uint64_t>(address)),
        builder.getPtrTy());
  }
  Value *callRuntime(Type *result, const void *address,
                     ArrayRef<Value *> arguments) {
    SmallVector<Type *> types;
    for (Value *argument : arguments)
      types.push_back(argument->getType());
    return builder.CreateCall(FunctionType::get(result, types, false),
                              getPointer(address), arguments);
  }
  Value *getThreadField(size_t offset) {
    return builder.CreateConstGEP1_64(builder.getInt8Ty(), thread, offset);
  }
  /// The host address that an access of the pointer goes to.
  Value *checkAccess(Instruction &instruction, Value *pointer, Type *type,
                     Align alignment, AccessKind kind, const void *runtime);
  /// Calls a handler with arguments in slots; its result, if the type is not
  /// void.
  Value *callHandler(Site &site, ArrayRef<Value *> arguments, Type *result);
  void storeSlot(Value *value, unsigned &slot);
  Value *loadSlot(Type *type, unsigned &slot);
  Value *flush(Value *value);
  bool readsNonCoherently(const LoadInst &load) const;
  void replace(Instruction &instruction, Value *value) {
    instruction.replaceAllUsesWith(value);
    instruction.eraseFromParent();
  }
  void refuse(const Instruction &instruction, const Twine &message) {
    refusals.add(getPlace(instruction), message);
  }

  Function &function;
  Device &device;
  const DenseMap<Function *, Function *> &replacements;
  const StringSet<> &kernels;
  Refusals &refusals;
  IRBuilder<> builder;
  const DataLayout &layout;
  Argument *thread = nullptr;
  AllocaInst *arguments = nullptr;
  AllocaInst *results = nullptr;
  unsigned numArgumentSlots = 1;
  unsigned numResultSlots = 4; // handlers may write one more than is read
  bool flushes = false;
  bool savesLocal = false;
};
} // namespace

static unsigned getNumSlots(Type *type, const DataLayout &layout) {
  if (auto *structure = dyn_cast<StructType>(type)) {
    unsigned count = 0;
    for (Type *element : structure->elements())
      count += getNumSlots(element, layout);
    return count;
  }
  return divideCeil(layout.getTypeStoreSize(type), 8);
}

Site &FunctionRewriter::addSite(const Instruction &instruction,
                                const Twine &name) {
  Site &site = device.sites.add();
  site.name = name.str();
  site.category = getCategory(site.name);
  site.place = getPlace(instruction);
  return site;
}

void FunctionRewriter::storeSlot(Value *value, unsigned &slot) {
  if (value->getType()->isPointerTy())
    value = builder.CreatePtrToInt(value, builder.getInt64Ty());
  if (value->getType()->isIntegerTy() &&
      value->getType()->getIntegerBitWidth() < 64)
    value = builder.CreateZExt(value, builder.getInt64Ty());
  builder.CreateAlignedStore(
      value, builder.CreateConstGEP1_64(builder.getInt64Ty(), arguments, slot),
      Align(8));
  slot += getNumSlots(value->getType(), layout);
}

Value *FunctionRewriter::loadSlot(Type *type, unsigned &slot) {
  if (auto *structure = dyn_cast<StructType>(type)) {
    Value *result = PoisonValue::get(type);
    for (unsigned i = 0; i < structure->getNumElements(); ++i)
      result = builder.CreateInsertValue(
          result, loadSlot(structure->getElementType(i), slot), i);
    return result;
  }
  Value *pointer =
      builder.CreateConstGEP1_64(builder.getInt64Ty(), results, slot);
  slot += getNumSlots(type, layout);
  if (type->isPointerTy())
    return builder.CreateIntToPtr(
        builder.CreateAlignedLoad(builder.getInt64Ty(), pointer, Align(8)),
        type);
  if (type->isIntegerTy() && type->getIntegerBitWidth() < 64)
    return builder.CreateTrunc(
        builder.CreateAlignedLoad(builder.getInt64Ty(), pointer, Align(8)),
        type);
  return builder.CreateAlignedLoad(type, pointer, Align(8));
}

Value *FunctionRewriter::callHandler(Site &site, ArrayRef<Value *> values,
                                     Type *result) {
  unsigned slot = 0;
  for (Value *value : values)
    if (!value->getType()->isMetadataTy())
      storeSlot(value, slot);
  numArgumentSlots = std::max(numArgumentSlots, slot);
  callRuntime(builder.getVoidTy(), reinterpret_cast<void *>(mhcEmulatorCall),
              {thread, getPointer(&site), arguments, results});
  if (result->isVoidTy())
    return nullptr;
  slot = 0;
  Value *value = loadSlot(result, slot);
  numResultSlots = std::max(numResultSlots, slot);
  return value;
}

//===----------------------------------------------------------------------===//
// Memory
//===----------------------------------------------------------------------===//

/// As NVPTX decides on ld.global.nc: marked invariant, or of a kernel's
/// argument that nothing writes.
bool FunctionRewriter::readsNonCoherently(const LoadInst &load) const {
  Space space = getSpace(load.getPointerAddressSpace());
  if (space != Space::Global && space != Space::Generic)
    return false;
  if (load.hasMetadata(LLVMContext::MD_invariant_load))
    return true;
  SmallVector<const Value *> objects;
  getUnderlyingObjects(load.getPointerOperand(), objects);
  return all_of(objects, [&](const Value *object) {
    const auto *argument = dyn_cast<Argument>(object);
    return argument && argument->onlyReadsMemory() &&
           argument->hasNoAliasAttr() && kernels.contains(function.getName());
  });
}

Value *FunctionRewriter::checkAccess(Instruction &instruction, Value *pointer,
                                     Type *type, Align alignment,
                                     AccessKind kind, const void *runtime) {
  Site &site = addSite(instruction, instruction.getOpcodeName());
  site.kind = kind;
  site.space = getSpace(pointer->getType()->getPointerAddressSpace());
  site.size = layout.getTypeStoreSize(type);
  if (site.size > kLargestAccess)
    refuse(instruction,
           Twine("a vector of ") + Twine(site.size) + " bytes is not modelled");
  site.alignment = alignment.value();
  Value *address = builder.CreatePtrToInt(pointer, builder.getInt64Ty());
  return callRuntime(builder.getPtrTy(), runtime,
                     {thread, address, getPointer(&site)});
}

void FunctionRewriter::visitLoad(LoadInst &load) {
  const void *runtime = reinterpret_cast<void *>(mhcEmulatorAccess);
  AccessKind kind = AccessKind::Read;
  if (load.isAtomic() || load.isVolatile()) {
    kind = AccessKind::AtomicRead;
    runtime = reinterpret_cast<void *>(mhcEmulatorOrderedAccess);
  } else if (readsNonCoherently(load)) {
    kind = AccessKind::NonCoherentRead;
  }
  Value *host = checkAccess(load, load.getPointerOperand(), load.getType(),
                            load.getAlign(), kind, runtime);
  if (kind == AccessKind::AtomicRead)
    device.sites.getLast().data = encodeOrdering(
        load.isAtomic() ? load.getOrdering() : AtomicOrdering::Monotonic,
        load.isAtomic() ? getScope(load.getContext(), load.getSyncScopeID())
                        : Scope::System);
  // The check has looked at the alignment; this machine needs none.
  replace(load, builder.CreateAlignedLoad(load.getType(), host, Align(1)));
}

void FunctionRewriter::visitStore(StoreInst &store) {
  const void *runtime = reinterpret_cast<void *>(mhcEmulatorAccess);
  AccessKind kind = AccessKind::Write;
  if (store.isAtomic() || store.isVolatile()) {
    kind = AccessKind::AtomicWrite;
    runtime = reinterpret_cast<void *>(mhcEmulatorOrderedAccess);
  }
  Value *host = checkAccess(store, store.getPointerOperand(),
                            store.getValueOperand()->getType(),
                            store.getAlign(), kind, runtime);
  if (kind == AccessKind::AtomicWrite)
    device.sites.getLast().data = encodeOrdering(
        store.isAtomic() ? store.getOrdering() : AtomicOrdering::Monotonic,
        store.isAtomic() ? getScope(store.getContext(), store.getSyncScopeID())
                         : Scope::System);
  builder.CreateAlignedStore(store.getValueOperand(), host, Align(1));
  store.eraseFromParent();
}

void FunctionRewriter::visitAtomic(Instruction &instruction, Value *pointer,
                                   Type *type, Handler handler, uint64_t code,
                                   ArrayRef<Value *> operands) {
  Site &site = addSite(instruction, instruction.getOpcodeName());
  site.space = getSpace(pointer->getType()->getPointerAddressSpace());
  site.size = site.alignment = layout.getTypeStoreSize(type);
  site.handler = handler;
  site.data = code;
  SmallVector<Value *> values = {pointer};
  append_range(values, operands);
  replace(instruction, callHandler(site, values, instruction.getType()));
}

void FunctionRewriter::visitCast(AddrSpaceCastInst &cast) {
  bool fromShared = getSpace(cast.getSrcAddressSpace()) == Space::Shared;
  bool toShared = getSpace(cast.getDestAddressSpace()) == Space::Shared;
  Value *address =
      builder.CreatePtrToInt(cast.getPointerOperand(), builder.getInt64Ty());
  if (fromShared && !toShared)
    address = builder.CreateAdd(address, builder.getInt64(kSharedWindow));
  else if (toShared && !fromShared)
    address = builder.CreateSub(address, builder.getInt64(kSharedWindow));
  replace(cast, builder.CreateIntToPtr(address, cast.getType()));
}

void FunctionRewriter::visitAlloca(AllocaInst &alloca) {
  Site &site = addSite(alloca, "alloca");
  Value *size = builder.CreateMul(
      builder.CreateZExtOrTrunc(alloca.getArraySize(), builder.getInt64Ty()),
      builder.getInt64(layout.getTypeAllocSize(alloca.getAllocatedType())));
  Value *address = callRuntime(
      builder.getInt64Ty(), reinterpret_cast<void *>(mhcEmulatorAllocate),
      {thread, size, builder.getInt64(alloca.getAlign().value()),
       getPointer(&site)});
  savesLocal = true;
  replace(alloca, builder.CreateIntToPtr(address, alloca.getType()));
}

//===----------------------------------------------------------------------===//
// Arithmetic
//===----------------------------------------------------------------------===//

/// Subnormal f32 become zeros of their sign.
Value *FunctionRewriter::flush(Value *value) {
  if (!value->getType()->getScalarType()->isFloatTy())
    return value;
  Value *small = builder.CreateFCmpOLT(
      builder.CreateUnaryIntrinsic(Intrinsic::fabs, value),
      ConstantFP::get(value->getType(), 0x1p-126));
  Value *zero = builder.CreateBinaryIntrinsic(
      Intrinsic::copysign, ConstantFP::get(value->getType(), 0.0), value);
  return builder.CreateSelect(small, zero, value);
}

void FunctionRewriter::visitFloat(Instruction &instruction) {
  // On a GPU -0 is less than +0, and a signalling NaN gives way to a number.
  if (auto *call = dyn_cast<IntrinsicInst>(&instruction)) {
    Intrinsic::ID id = call->getIntrinsicID();
    if (id == Intrinsic::minnum || id == Intrinsic::maxnum)
      call->setCalledFunction(Intrinsic::getOrInsertDeclaration(
          function.getParent(),
          id == Intrinsic::minnum ? Intrinsic::minimumnum
                                  : Intrinsic::maximumnum,
          call->getType()));
  }
  if (StringRef name = getApproximation(instruction); !name.empty()) {
    const OperationTable::Operation *operation =
        OperationTable::get().findIntrinsic(
            (name.drop_back(1) + (flushes ? "ftz.f" : "f")).str());
    if (!operation)
      return refuse(instruction, "'" + name + "' is not modelled");
    unsigned numOperands = instruction.getOpcode() == Instruction::FDiv ? 2 : 1;
    auto apply = [&](ArrayRef<Value *> operands) {
      Site &site = addSite(instruction, name);
      site.handler = operation->handler;
      site.data = operation->data;
      return callHandler(site, operands, builder.getFloatTy());
    };
    SmallVector<Value *> operands(instruction.operands().begin(),
                                  instruction.operands().begin() + numOperands);
    auto *vector = dyn_cast<FixedVectorType>(instruction.getType());
    if (!vector)
      return replace(instruction, apply(operands));
    Value *result = PoisonValue::get(vector);
    for (unsigned i = 0; i < vector->getNumElements(); ++i) {
      SmallVector<Value *> elements;
      for (Value *operand : operands)
        elements.push_back(builder.CreateExtractElement(operand, i));
      result = builder.CreateInsertElement(result, apply(elements), i);
    }
    return replace(instruction, result);
  }
  // The target has no separate multiplication and addition for fmuladd.
  if (auto *call = dyn_cast<IntrinsicInst>(&instruction);
      call && call->getIntrinsicID() == Intrinsic::fmuladd) {
    auto *fused =
        builder.CreateIntrinsic(Intrinsic::fma, call->getType(),
                                {call->getArgOperand(0), call->getArgOperand(1),
                                 call->getArgOperand(2)});
    instruction.replaceAllUsesWith(fused);
    instruction.eraseFromParent();
    builder.SetInsertPoint(fused);
    return visitCall(*fused);
  }
  // Host code rounds f32 to bf16 by a call, which is slow.
  if (isa<FPTruncInst>(instruction) &&
      instruction.getType()->getScalarType()->isBFloatTy() &&
      instruction.getOperand(0)->getType()->getScalarType()->isFloatTy()) {
    Type *wide = instruction.getOperand(0)->getType();
    Type *words = wide->getWithNewType(builder.getInt32Ty());
    Type *halves = wide->getWithNewType(builder.getInt16Ty());
    auto number = [&](uint32_t value) {
      return ConstantInt::get(words, value);
    };
    Value *value =
        flushes ? flush(instruction.getOperand(0)) : instruction.getOperand(0);
    Value *bits = builder.CreateBitCast(value, words);
    Value *odd =
        builder.CreateAnd(builder.CreateLShr(bits, number(16)), number(1));
    Value *rounded =
        builder.CreateAdd(builder.CreateAdd(bits, number(0x7fff)), odd);
    rounded = builder.CreateSelect(builder.CreateFCmpUNO(value, value),
                                   number(0x7fff0000), rounded);
    rounded =
        builder.CreateTrunc(builder.CreateLShr(rounded, number(16)), halves);
    return replace(instruction,
                   builder.CreateBitCast(rounded, instruction.getType()));
  }
  if (!flushes)
    return;
  // Operands and results of f32 arithmetic (ftz); comparisons have operands
  // alone.
  bool arithmetic = isa<BinaryOperator, FCmpInst>(instruction);
  if (auto *call = dyn_cast<IntrinsicInst>(&instruction))
    switch (call->getIntrinsicID()) {
    case Intrinsic::fma:
    case Intrinsic::sqrt:
    case Intrinsic::minimumnum:
    case Intrinsic::maximumnum:
    case Intrinsic::minimum:
    case Intrinsic::maximum:
      arithmetic = true;
      break;
    default:
      break;
    }
  if (!arithmetic)
    return;
  for (Use &use : instruction.operands())
    if (use->getType()->getScalarType()->isFloatTy())
      use.set(flush(use));
  if (!instruction.getType()->getScalarType()->isFloatTy())
    return;
  builder.SetInsertPoint(instruction.getNextNode());
  SmallVector<Use *> uses;
  for (Use &use : instruction.uses())
    uses.push_back(&use);
  Value *flushed = flush(&instruction);
  for (Use *use : uses)
    use->set(flushed);
}

/// A GPU does not trap where this machine does: a division by zero is a
/// finding, and the least number divided by -1 is itself.
void FunctionRewriter::visitDivision(BinaryOperator &division) {
  Value *divisor = division.getOperand(1);
  if (auto *constant = dyn_cast<Constant>(divisor);
      constant && !constant->containsUndefOrPoisonElement() &&
      !constant->isZeroValue() && !constant->isAllOnesValue() &&
      isa<ConstantInt>(constant))
    return;
  Type *type = division.getType();
  Value *isZero = builder.CreateICmpEQ(divisor, Constant::getNullValue(type));
  Value *traps = isZero;
  unsigned opcode = division.getOpcode();
  if (opcode == Instruction::SDiv || opcode == Instruction::SRem) {
    Value *least = ConstantInt::get(
        type, APInt::getSignedMinValue(type->getScalarSizeInBits()));
    traps = builder.CreateOr(
        isZero,
        builder.CreateAnd(
            builder.CreateICmpEQ(divisor, Constant::getAllOnesValue(type)),
            builder.CreateICmpEQ(division.getOperand(0), least)));
  }
  division.setOperand(
      1, builder.CreateSelect(traps, ConstantInt::get(type, 1), divisor));
  if (type->isVectorTy())
    return;
  Site &site = addSite(division, division.getOpcodeName());
  Instruction *then =
      SplitBlockAndInsertIfThen(isZero, &division, /*Unreachable=*/false);
  builder.SetInsertPoint(then);
  callRuntime(builder.getVoidTy(),
              reinterpret_cast<void *>(mhcEmulatorDividedByZero),
              {thread, getPointer(&site)});
}

/// PTX shifts out everything where LLVM leaves the value open.
void FunctionRewriter::visitShift(BinaryOperator &shift) {
  if (isa<Constant>(shift.getOperand(1)))
    return;
  Type *type = shift.getType();
  unsigned width = type->getScalarSizeInBits();
  Value *amount = shift.getOperand(1);
  Value *most = ConstantInt::get(type, width - 1);
  Value *fits = builder.CreateICmpULE(amount, most);
  if (shift.getOpcode() == Instruction::AShr) {
    shift.setOperand(1, builder.CreateSelect(fits, amount, most));
    return;
  }
  shift.setOperand(
      1, builder.CreateSelect(fits, amount, Constant::getNullValue(type)));
  builder.SetInsertPoint(shift.getNextNode());
  SmallVector<Use *> uses;
  for (Use &use : shift.uses())
    uses.push_back(&use);
  Value *result =
      builder.CreateSelect(fits, &shift, Constant::getNullValue(type));
  for (Use *use : uses)
    use->set(result);
}

//===----------------------------------------------------------------------===//
// Calls
//===----------------------------------------------------------------------===//

void FunctionRewriter::visitCall(CallBase &call) {
  const OperationTable &table = OperationTable::get();
  SmallVector<Value *> values(call.args());
  auto modelled = [&](const OperationTable::Operation &operation,
                      const Twine &name) {
    Site &site = addSite(call, name);
    site.handler = operation.handler;
    site.data = operation.data;
    Value *result = callHandler(site, values, call.getType());
    if (result)
      call.replaceAllUsesWith(result);
    call.eraseFromParent();
  };

  if (auto *assembly = dyn_cast<InlineAsm>(call.getCalledOperand())) {
    std::optional<OperationTable::Operation> operation =
        table.findAssembly(assembly->getAsmString());
    if (!operation)
      return refuse(call, "the inline assembly '" +
                              StringRef(assembly->getAsmString()).trim() +
                              "' is not modelled");
    return modelled(*operation, assembly->getAsmString());
  }
  Function *callee = call.getCalledFunction();
  if (!callee)
    return refuse(call, "an indirect call is not modelled");
  if (Function *replacement = replacements.lookup(callee)) {
    values.insert(values.begin(), thread);
    Value *result = builder.CreateCall(replacement, values);
    if (!call.getType()->isVoidTy())
      call.replaceAllUsesWith(result);
    call.eraseFromParent();
    return;
  }
  StringRef name = callee->getName();
  Intrinsic::ID id = callee->getIntrinsicID();
  if (isHint(id)) {
    call.eraseFromParent();
    return;
  }
  if (std::optional<Register> found = findRegister(id)) {
    size_t offset = offsetof(LaneState, registers) + *found * sizeof(uint32_t);
    Value *value =
        builder.CreateLoad(builder.getInt32Ty(), getThreadField(offset));
    return replace(call, builder.CreateZExtOrTrunc(value, call.getType()));
  }
  if (const auto *operation = table.findIntrinsic(name))
    return modelled(*operation, name);
  if (!getApproximation(call).empty() || id == Intrinsic::fmuladd ||
      (isPortable(id) && call.getType()->isFPOrFPVectorTy()))
    return visitFloat(call);
  if (isPortable(id))
    return;
  if (name.starts_with("__nv_"))
    return refuse(call, "the function '" + name +
                            "' of libdevice has no body: it comes with the "
                            "CUDA toolkit, which was not found");
  refuse(call,
         (callee->isIntrinsic() ? "the intrinsic '" : "the function '") + name +
             (callee->isIntrinsic() ? "' is not modelled" : "' has no body"));
}

//===----------------------------------------------------------------------===//
// The whole
//===----------------------------------------------------------------------===//

void FunctionRewriter::visit(Instruction &instruction) {
  builder.SetInsertPoint(&instruction);
  builder.SetCurrentDebugLocation(DebugLoc());
  if (auto *load = dyn_cast<LoadInst>(&instruction))
    return visitLoad(*load);
  if (auto *store = dyn_cast<StoreInst>(&instruction))
    return visitStore(*store);
  if (auto *rmw = dyn_cast<AtomicRMWInst>(&instruction)) {
    std::optional<uint64_t> code = encodeAtomic(*rmw);
    if (!code)
      return refuse(instruction,
                    "atomicrmw " +
                        AtomicRMWInst::getOperationName(rmw->getOperation()) +
                        " of this type is not modelled");
    return visitAtomic(instruction, rmw->getPointerOperand(), rmw->getType(),
                       runAtomic, *code, rmw->getValOperand());
  }
  if (auto *exchange = dyn_cast<AtomicCmpXchgInst>(&instruction)) {
    Type *type = exchange->getCompareOperand()->getType();
    if (layout.getTypeStoreSize(type) > 8)
      return refuse(instruction, "cmpxchg of more than 8 bytes is not "
                                 "modelled");
    return visitAtomic(
        instruction, exchange->getPointerOperand(), type, runCompareExchange,
        encodeOrdering(
            exchange->getSuccessOrdering(),
            getScope(exchange->getContext(), exchange->getSyncScopeID())),
        {exchange->getCompareOperand(), exchange->getNewValOperand()});
  }
  if (auto *fence = dyn_cast<FenceInst>(&instruction)) {
    Site &site = addSite(instruction, "fence");
    site.handler = runFence;
    site.data =
        encodeOrdering(fence->getOrdering(),
                       getScope(fence->getContext(), fence->getSyncScopeID()));
    callHandler(site, {}, builder.getVoidTy());
    instruction.eraseFromParent();
    return;
  }
  if (auto *cast = dyn_cast<AddrSpaceCastInst>(&instruction))
    return visitCast(*cast);
  if (auto *alloca = dyn_cast<AllocaInst>(&instruction))
    return visitAlloca(*alloca);
  if (auto *call = dyn_cast<CallBase>(&instruction))
    return visitCall(*call);
  if (isa<FPToSIInst, FPToUIInst>(instruction)) {
    // PTX saturates where LLVM leaves the value open.
    return replace(
        instruction,
        builder.CreateIntrinsic(
            isa<FPToSIInst>(instruction) ? Intrinsic::fptosi_sat
                                         : Intrinsic::fptoui_sat,
            {instruction.getType(), instruction.getOperand(0)->getType()},
            {instruction.getOperand(0)}));
  }
  if (auto *operation = dyn_cast<BinaryOperator>(&instruction);
      operation && operation->isIntDivRem())
    return visitDivision(*operation);
  if (auto *operation = dyn_cast<BinaryOperator>(&instruction);
      operation && operation->isShift())
    return visitShift(*operation);
  if (isa<BinaryOperator, FPTruncInst, FCmpInst>(instruction) &&
      instruction.getOperand(0)->getType()->isFPOrFPVectorTy())
    return visitFloat(instruction);
  if (isa<UnreachableInst>(instruction)) {
    // A path that must not be taken ends the thread.
    Site &site = addSite(instruction, "unreachable");
    site.handler = runUnreachable;
    callHandler(site, {}, builder.getVoidTy());
    return;
  }
  if (isa<VAArgInst, IndirectBrInst, InvokeInst, CallBrInst>(instruction))
    refuse(instruction,
           Twine("'") + instruction.getOpcodeName() + "' is not modelled");
}

void FunctionRewriter::countInstructions() {
  for (BasicBlock &block : function) {
    uint64_t count = 0;
    for (Instruction &instruction : block) {
      const auto *call = dyn_cast<IntrinsicInst>(&instruction);
      if (!isa<PHINode>(instruction) &&
          !(call && isHint(call->getIntrinsicID())))
        ++count;
    }
    builder.SetInsertPoint(&block, block.getFirstInsertionPt());
    builder.SetCurrentDebugLocation(DebugLoc());
    Value *field = getThreadField(offsetof(LaneState, instructions));
    builder.CreateStore(
        builder.CreateAdd(builder.CreateLoad(builder.getInt64Ty(), field),
                          builder.getInt64(count)),
        field);
  }
}

void FunctionRewriter::boundLoops() {
  DominatorTree dominators(function);
  LoopInfo loops(dominators);
  SmallVector<BasicBlock *> headers;
  DenseMap<BasicBlock *, SourcePlace> places;
  for (Loop *loop : loops.getLoopsInPreorder()) {
    BasicBlock *header = loop->getHeader();
    headers.push_back(header);
    places[header] = getPlace(*header->getTerminator());
  }
  for (BasicBlock *header : headers) {
    builder.SetInsertPoint(header, header->getFirstInsertionPt());
    Value *field = getThreadField(offsetof(LaneState, fuel));
    Value *fuel = builder.CreateSub(
        builder.CreateLoad(builder.getInt64Ty(), field), builder.getInt64(1));
    builder.CreateStore(fuel, field);
    Value *empty = builder.CreateICmpSLT(fuel, builder.getInt64(0));
    Instruction *then = SplitBlockAndInsertIfThen(
        empty, builder.GetInsertPoint(), /*Unreachable=*/false);
    builder.SetInsertPoint(then);
    Site &site = device.sites.add();
    site.name = "loop";
    site.place = places[header];
    callRuntime(builder.getVoidTy(),
                reinterpret_cast<void *>(mhcEmulatorOutOfFuel),
                {thread, getPointer(&site)});
  }
}

void FunctionRewriter::run() {
  thread = function.getArg(0);
  flushes = function.getFnAttribute("denormal-fp-math-f32")
                .getValueAsString()
                .starts_with("preserve-sign");
  SmallVector<Instruction *> work;
  for (Instruction &instruction : instructions(function))
    work.push_back(&instruction);

  countInstructions();
  boundLoops();
  BasicBlock &entry = function.getEntryBlock();
  builder.SetInsertPoint(&entry, entry.begin());
  auto *slots = ArrayType::get(builder.getInt64Ty(), 1);
  arguments = builder.CreateAlloca(slots);
  results = builder.CreateAlloca(slots);
  arguments->setAlignment(Align(16));
  results->setAlignment(Align(16));
  if (!kernels.contains(function.getName())) {
    Site &site = device.sites.add();
    site.name = "call";
    site.place = getPlace(entry.front());
    if (!work.empty())
      site.place = getPlace(*work.front());
    callRuntime(builder.getVoidTy(), reinterpret_cast<void *>(mhcEmulatorEnter),
                {thread, getPointer(&site)});
  }
  for (Instruction *instruction : work)
    visit(*instruction);
  arguments->setAllocatedType(
      ArrayType::get(builder.getInt64Ty(), numArgumentSlots));
  results->setAllocatedType(
      ArrayType::get(builder.getInt64Ty(), numResultSlots));
  if (!savesLocal)
    return;
  // What a function takes of local memory it gives back.
  builder.SetInsertPoint(&entry, std::next(BasicBlock::iterator(results)));
  Value *used = builder.CreateLoad(
      builder.getInt64Ty(), getThreadField(offsetof(LaneState, localUsed)));
  for (BasicBlock &block : function)
    if (auto *end = dyn_cast<ReturnInst>(block.getTerminator())) {
      builder.SetInsertPoint(end);
      callRuntime(builder.getVoidTy(),
                  reinterpret_cast<void *>(mhcEmulatorRelease), {thread, used});
    }
}

/// void enter(thread, addresses): loads the parameters and calls the kernel.
static void addEntry(Module &module, StringRef name, Function &kernel) {
  IRBuilder<> builder(module.getContext());
  auto *entry = Function::Create(
      FunctionType::get(builder.getVoidTy(),
                        {builder.getPtrTy(), builder.getPtrTy()}, false),
      Function::ExternalLinkage, "mhc.enter." + name, module);
  builder.SetInsertPoint(BasicBlock::Create(module.getContext(), "", entry));
  SmallVector<Value *> values = {entry->getArg(0)};
  for (unsigned i = 1; i < kernel.arg_size(); ++i) {
    Value *address = builder.CreateLoad(
        builder.getPtrTy(), builder.CreateConstGEP1_64(
                                builder.getPtrTy(), entry->getArg(1), i - 1));
    values.push_back(builder.CreateAlignedLoad(kernel.getArg(i)->getType(),
                                               address, Align(1)));
  }
  builder.CreateCall(&kernel, values);
  builder.CreateRetVoid();
}

void mhc::emulator::instrument(Module &module, Device &device,
                               MutableArrayRef<Kernel> kernels,
                               Refusals &refusals) {
  SmallVector<Function *> defined;
  for (Function &function : module)
    if (!function.isDeclaration())
      defined.push_back(&function);

  StringSet<> names;
  for (const Kernel &kernel : kernels)
    names.insert(kernel.name);
  DenseMap<Function *, Function *> replacements;
  Type *pointer = PointerType::getUnqual(module.getContext());
  for (Function *function : defined) {
    SmallVector<Type *> types = {pointer};
    for (Argument &argument : function->args()) {
      if (argument.hasByValAttr() || argument.hasStructRetAttr())
        refusals.add(getPlace(function->front().front()),
                     "a parameter by value of '" + function->getName() +
                         "' is not modelled");
      types.push_back(argument.getType());
    }
    if (function->isVarArg())
      refusals.add(getPlace(function->front().front()),
                   "a variable number of arguments is not modelled");
    auto *replacement = Function::Create(
        FunctionType::get(function->getReturnType(), types, false),
        Function::InternalLinkage, "", module);
    replacement->takeName(function);
    replacement->setSubprogram(function->getSubprogram());
    if (function->hasFnAttribute("denormal-fp-math-f32"))
      replacement->addFnAttr(function->getFnAttribute("denormal-fp-math-f32"));
    replacement->splice(replacement->begin(), function);
    for (auto [from, to] :
         zip(function->args(), drop_begin(replacement->args()))) {
      from.replaceAllUsesWith(&to);
      // Of use while it is decided which loads are non-coherent.
      if (from.hasNoAliasAttr())
        to.addAttr(Attribute::NoAlias);
      if (from.onlyReadsMemory())
        to.addAttr(Attribute::ReadOnly);
    }
    replacements[function] = replacement;
  }
  if (!refusals.empty())
    return;
  for (Function *function : defined)
    FunctionRewriter(*replacements[function], device, replacements, names,
                     refusals)
        .run();
  for (Function *function : defined) {
    Function *replacement = replacements[function];
    for (Argument &argument : replacement->args()) {
      argument.removeAttr(Attribute::NoAlias);
      argument.removeAttr(Attribute::ReadOnly);
    }
    if (names.contains(replacement->getName()))
      addEntry(module, replacement->getName(), *replacement);
    if (refusals.empty()) {
      function->replaceAllUsesWith(PoisonValue::get(function->getType()));
      function->eraseFromParent();
    }
  }
  // What device code says of itself no longer holds.
  for (const char *name :
       {"nvvm.annotations", "nvvmir.version", "llvm.module.flags"})
    if (NamedMDNode *node = module.getNamedMetadata(name))
      node->eraseFromParent();
}
