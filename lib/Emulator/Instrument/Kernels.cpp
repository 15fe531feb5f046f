//===- Kernels.cpp - The kernels of a device module -----------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Instrument/Instrument.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/IR/DebugInfoMetadata.h"
#include "llvm/IR/InlineAsm.h"
#include "llvm/IR/InstIterator.h"
#include "llvm/IR/Instructions.h"

using namespace llvm;
using namespace mhc::emulator;

/// The comma-separated numbers of a function attribute.
static std::array<uint32_t, 3> getExtents(const Function &function,
                                          StringRef name) {
  std::array<uint32_t, 3> extents = {0, 0, 0};
  Attribute attribute = function.getFnAttribute(name);
  if (!attribute.isValid() || !attribute.isStringAttribute())
    return extents;
  SmallVector<StringRef> parts;
  attribute.getValueAsString().split(parts, ',');
  extents = {1, 1, 1};
  for (unsigned i = 0; i < parts.size() && i < 3; ++i)
    parts[i].trim().getAsInteger(10, extents[i]);
  return extents;
}

std::vector<Kernel> mhc::emulator::findKernels(const Module &module,
                                               Device &device) {
  std::vector<Kernel> kernels;
  for (const Function &function : module) {
    if (function.isDeclaration() ||
        function.getCallingConv() != CallingConv::PTX_Kernel)
      continue;
    Kernel &kernel = kernels.emplace_back();
    kernel.name = function.getName().str();
    kernel.numParameters = function.arg_size();
    for (const Argument &argument : function.args())
      kernel.parameterBytes.push_back(module.getDataLayout().getTypeStoreSize(
          argument.hasByValAttr() ? argument.getParamByValType()
                                  : argument.getType()));
    StringRef chip = function.getFnAttribute("target-cpu").getValueAsString();
    if (chip.consume_front("sm_"))
      chip.take_while(isDigit).getAsInteger(10, kernel.chip);
    std::array<uint32_t, 3> most = getExtents(function, "nvvm.maxntid");
    if (most[0])
      kernel.maxThreads = most[0] * most[1] * most[2];
    kernel.requiredBlock = getExtents(function, "nvvm.reqntid");
    kernel.requiredCluster = getExtents(function, "nvvm.cluster_dim");
    Site &end = device.sites.add();
    end.name = "the end of the kernel";
    end.place = getPlace(function.back().back());
    kernel.place = end.place;
    if (const DISubprogram *subprogram = function.getSubprogram()) {
      kernel.place.line = subprogram->getLine();
      kernel.place.column = 0;
    }
    kernel.end = &end;
    // Whether CTAs can learn of each other.
    for (const Instruction &instruction : instructions(function)) {
      const auto *load = dyn_cast<LoadInst>(&instruction);
      const auto *store = dyn_cast<StoreInst>(&instruction);
      const auto *call = dyn_cast<CallBase>(&instruction);
      if ((load && (load->isAtomic() || load->isVolatile())) ||
          (store && (store->isAtomic() || store->isVolatile())) ||
          isa<FenceInst, AtomicRMWInst, AtomicCmpXchgInst>(&instruction))
        kernel.communicates = true;
      if (const auto *atomic = dyn_cast<AtomicRMWInst>(&instruction);
          atomic && isStrongerThanMonotonic(atomic->getOrdering()))
        kernel.unorderedAtomic = getPlace(instruction);
      if (!call)
        continue;
      const Function *callee = call->getCalledFunction();
      StringRef name = callee ? callee->getName() : "";
      if (const auto *assembly = dyn_cast<InlineAsm>(call->getCalledOperand()))
        name = assembly->getAsmString();
      else if (!callee || !callee->isIntrinsic())
        kernel.communicates = kernel.usesAsyncProxy = true;
      if (name.contains("fence") || name.contains("membar") ||
          name.contains("griddepcontrol") || name.contains("acquire") ||
          name.contains("release") || name.contains("atom") ||
          name.contains("volatile") || name.contains("relaxed") ||
          name.contains("red."))
        kernel.communicates = true;
      if (name.contains("bulk") || name.contains("st.async"))
        kernel.usesAsyncProxy = true;
    }
  }
  return kernels;
}
