//===- Globals.cpp - Where a module's variables lie -----------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Instrument/Instrument.h"

#include "llvm/ADT/SmallPtrSet.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/IR/Constants.h"
#include "llvm/IR/DebugInfo.h"
#include "llvm/IR/Instructions.h"
#include "llvm/IR/ReplaceConstant.h"

using namespace llvm;
using namespace mhc::emulator;

static constexpr unsigned kGlobalSpace = 1;
static constexpr unsigned kSharedSpace = 3;
static constexpr unsigned kConstantSpace = 4;

/// Writes a constant's bytes; false if it holds what has no value here.
static bool writeConstant(const Constant &constant, const DataLayout &layout,
                          char *target) {
  Type *type = constant.getType();
  uint64_t size = layout.getTypeStoreSize(type);
  if (isa<UndefValue>(constant))
    return true;
  if (constant.isNullValue()) {
    std::memset(target, 0, size);
    return true;
  }
  if (const auto *data = dyn_cast<ConstantDataSequential>(&constant)) {
    StringRef bytes = data->getRawDataValues();
    std::memcpy(target, bytes.data(), bytes.size());
    return true;
  }
  if (const auto *integer = dyn_cast<ConstantInt>(&constant)) {
    if (integer->getBitWidth() > 64)
      return false;
    uint64_t value = integer->getZExtValue();
    std::memcpy(target, &value, size);
    return true;
  }
  if (const auto *number = dyn_cast<ConstantFP>(&constant)) {
    APInt bits = number->getValueAPF().bitcastToAPInt();
    if (bits.getBitWidth() > 64)
      return false;
    uint64_t value = bits.getZExtValue();
    std::memcpy(target, &value, size);
    return true;
  }
  if (!isa<ConstantAggregate>(constant))
    return false;
  for (unsigned i = 0; i < constant.getNumOperands(); ++i) {
    uint64_t offset;
    if (auto *structure = dyn_cast<StructType>(type))
      offset = layout.getStructLayout(structure)->getElementOffset(i);
    else
      offset = i * layout.getTypeAllocSize(constant.getOperand(i)->getType());
    if (!writeConstant(*cast<Constant>(constant.getOperand(i)), layout,
                       target + offset))
      return false;
  }
  return true;
}

/// The first instruction that uses the value, also in constants.
static const Instruction *findUser(const Value &value) {
  for (const User *user : value.users()) {
    const auto *instruction = dyn_cast<Instruction>(user);
    if (!instruction)
      instruction = findUser(*user);
    if (instruction)
      return instruction;
  }
  return nullptr;
}

/// Where the variable is written or, as lowering keeps no places of variables,
/// where it is used.
static SourcePlace getGlobalPlace(const GlobalVariable &global) {
  SmallVector<DIGlobalVariableExpression *> expressions;
  global.getDebugInfo(expressions);
  for (DIGlobalVariableExpression *expression : expressions)
    if (DIGlobalVariable *variable = expression->getVariable())
      return {variable->getFilename().str(), variable->getLine(), 0, ""};
  if (const Instruction *user = findUser(global))
    return getPlace(*user);
  return {};
}

/// The functions that a kernel can reach, by name.
static SmallPtrSet<const Function *, 8> findReachable(const Function &kernel) {
  SmallPtrSet<const Function *, 8> reached = {&kernel};
  SmallVector<const Function *> work = {&kernel};
  while (!work.empty())
    for (const BasicBlock &block : *work.pop_back_val())
      for (const Instruction &instruction : block)
        if (const auto *call = dyn_cast<CallBase>(&instruction))
          if (const Function *callee = call->getCalledFunction())
            if (reached.insert(callee).second)
              work.push_back(callee);
  return reached;
}

static bool isUsedBy(const Value &value,
                     const SmallPtrSetImpl<const Function *> &functions) {
  for (const User *user : value.users()) {
    if (const auto *instruction = dyn_cast<Instruction>(user)) {
      if (functions.contains(instruction->getFunction()))
        return true;
    } else if (isUsedBy(*user, functions)) {
      return true;
    }
  }
  return false;
}

void mhc::emulator::placeGlobals(Module &module, Device &device,
                                 MutableArrayRef<Kernel> kernels,
                                 Refusals &refusals) {
  const DataLayout &layout = module.getDataLayout();
  SmallVector<GlobalVariable *> globals;
  for (GlobalVariable &global : module.globals())
    if (!global.getName().starts_with("llvm."))
      globals.push_back(&global);

  // Static shared objects one behind the other, in one layout for all kernels;
  // dynamic ones share the place behind them.
  DenseMap<GlobalVariable *, uint64_t> addresses;
  uint32_t end = kSharedReserved;
  uint32_t dynamicAlignment = 16;
  std::vector<SharedObject> objects;
  std::vector<GlobalVariable *> dynamic;
  for (GlobalVariable *global : globals) {
    if (global->getAddressSpace() != kSharedSpace)
      continue;
    uint64_t size = layout.getTypeAllocSize(global->getValueType());
    uint32_t alignment =
        global->getAlign()
            .value_or(layout.getABITypeAlign(global->getValueType()))
            .value();
    if (size == 0 || global->isDeclaration()) {
      dynamic.push_back(global);
      dynamicAlignment = std::max(dynamicAlignment, alignment);
      continue;
    }
    if (end + size > (1u << 20)) {
      refusals.add(getGlobalPlace(*global),
                   "expected at most 227 KiB of shared memory, got '" +
                       global->getName() + "' of " + Twine(size) + " bytes");
      continue;
    }
    end = alignTo(end, alignment);
    addresses[global] = end;
    objects.push_back(
        {global->getName().str(), end, static_cast<uint32_t>(size)});
    end += size;
  }
  end = alignTo(end, dynamicAlignment);
  for (GlobalVariable *global : dynamic)
    addresses[global] = end;
  for (Kernel &kernel : kernels) {
    kernel.staticSharedEnd = end;
    auto reachable = findReachable(*module.getFunction(kernel.name));
    for (const SharedObject &object : objects)
      if (isUsedBy(*module.getNamedGlobal(object.name), reachable)) {
        kernel.sharedObjects.push_back(object);
        kernel.staticSharedBytes += object.size;
      }
  }

  for (GlobalVariable *global : globals) {
    unsigned space = global->getAddressSpace();
    if (space == kSharedSpace)
      continue;
    if (space != kGlobalSpace && space != kConstantSpace && space != 0) {
      refusals.add(getGlobalPlace(*global),
                   "the variable '" + global->getName() +
                       "' lies in address space " + Twine(space) +
                       ", which is not modelled");
      continue;
    }
    uint64_t size = layout.getTypeAllocSize(global->getValueType());
    Buffer *buffer = device.memory->allocate(
        size,
        global->getAlign()
            .value_or(layout.getABITypeAlign(global->getValueType()))
            .value(),
        global->getName(), getGlobalPlace(*global), Buffer::ModuleGlobal);
    if (!buffer) {
      refusals.add(getGlobalPlace(*global),
                   "no device memory is left for '" + global->getName() + "'");
      continue;
    }
    addresses[global] = buffer->address;
    if (!global->hasInitializer() || isa<UndefValue>(global->getInitializer()))
      continue;
    if (!writeConstant(*global->getInitializer(), layout,
                       reinterpret_cast<char *>(buffer->address)))
      refusals.add(getGlobalPlace(*global),
                   "the initial value of '" + global->getName() +
                       "' holds an address or a wide number, which is not "
                       "modelled");
    device.memory->setInitialised(buffer->address, size, true);
  }

  // Constant expressions on them become instructions, which the rewriting of
  // address spaces sees.
  SmallVector<Constant *> constants(globals.begin(), globals.end());
  convertUsersOfConstantsToInstructions(constants);
  for (GlobalVariable *global : globals) {
    auto *address = ConstantExpr::getIntToPtr(
        ConstantInt::get(Type::getInt64Ty(module.getContext()),
                         addresses.lookup(global)),
        global->getType());
    for (Use &use : make_early_inc_range(global->uses()))
      if (isa<Instruction>(use.getUser()))
        use.set(address);
    if (global->use_empty())
      global->eraseFromParent();
  }
}
