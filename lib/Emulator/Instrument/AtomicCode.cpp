//===- AtomicCode.cpp - LLVM's atomics as numbers in a site ---------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Instrument/AtomicCode.h"

#include "llvm/IR/DerivedTypes.h"
#include "llvm/IR/LLVMContext.h"

using namespace llvm;
using namespace mhc::emulator;

Scope mhc::emulator::getScope(const LLVMContext &context, SyncScope::ID id) {
  SmallVector<StringRef> names;
  context.getSyncScopeNames(names);
  StringRef name = id < names.size() ? names[id] : "";
  if (name == "block" || name == "singlethread")
    return Scope::Cta;
  if (name == "cluster")
    return Scope::Cluster;
  if (name == "device")
    return Scope::Gpu;
  return Scope::System;
}

static Ordering convert(AtomicOrdering ordering) {
  switch (ordering) {
  case AtomicOrdering::Acquire:
    return Ordering::Acquire;
  case AtomicOrdering::Release:
    return Ordering::Release;
  case AtomicOrdering::AcquireRelease:
    return Ordering::AcqRel;
  case AtomicOrdering::SequentiallyConsistent:
    return Ordering::SeqCst;
  default:
    return Ordering::Relaxed;
  }
}

uint64_t mhc::emulator::encodeOrdering(AtomicOrdering ordering, Scope scope) {
  AtomicCode code;
  code.ordering = convert(ordering);
  code.scope = scope;
  return code.encode();
}

static std::optional<AtomicOperation> convert(AtomicRMWInst::BinOp operation) {
  switch (operation) {
  case AtomicRMWInst::Xchg:
    return AtomicOperation::Exchange;
  case AtomicRMWInst::Add:
    return AtomicOperation::Add;
  case AtomicRMWInst::Sub:
    return AtomicOperation::Sub;
  case AtomicRMWInst::And:
    return AtomicOperation::And;
  case AtomicRMWInst::Or:
    return AtomicOperation::Or;
  case AtomicRMWInst::Xor:
    return AtomicOperation::Xor;
  case AtomicRMWInst::Nand:
    return AtomicOperation::Nand;
  case AtomicRMWInst::Max:
    return AtomicOperation::Max;
  case AtomicRMWInst::Min:
    return AtomicOperation::Min;
  case AtomicRMWInst::UMax:
    return AtomicOperation::UMax;
  case AtomicRMWInst::UMin:
    return AtomicOperation::UMin;
  case AtomicRMWInst::FAdd:
    return AtomicOperation::FAdd;
  case AtomicRMWInst::FSub:
    return AtomicOperation::FSub;
  case AtomicRMWInst::FMax:
    return AtomicOperation::FMax;
  case AtomicRMWInst::FMin:
    return AtomicOperation::FMin;
  case AtomicRMWInst::UIncWrap:
    return AtomicOperation::IncrementWrap;
  case AtomicRMWInst::UDecWrap:
    return AtomicOperation::DecrementWrap;
  default:
    return std::nullopt;
  }
}

static std::optional<AtomicType> convert(Type *type) {
  if (type->isIntegerTy(8))
    return AtomicType::I8;
  if (type->isIntegerTy(16))
    return AtomicType::I16;
  if (type->isIntegerTy(32))
    return AtomicType::I32;
  if (type->isIntegerTy(64) || type->isPointerTy())
    return AtomicType::I64;
  if (type->isHalfTy())
    return AtomicType::F16;
  if (type->isBFloatTy())
    return AtomicType::BF16;
  if (type->isFloatTy())
    return AtomicType::F32;
  if (type->isDoubleTy())
    return AtomicType::F64;
  if (auto *vector = dyn_cast<FixedVectorType>(type);
      vector && vector->getNumElements() == 2) {
    if (vector->getElementType()->isHalfTy())
      return AtomicType::F16x2;
    if (vector->getElementType()->isBFloatTy())
      return AtomicType::BF16x2;
  }
  return std::nullopt;
}

std::optional<uint64_t>
mhc::emulator::encodeAtomic(const AtomicRMWInst &atomic) {
  std::optional<AtomicOperation> operation = convert(atomic.getOperation());
  std::optional<AtomicType> type = convert(atomic.getType());
  if (!operation || !type)
    return std::nullopt;
  AtomicCode code;
  code.scope = getScope(atomic.getContext(), atomic.getSyncScopeID());
  code.operation = *operation;
  code.type = *type;
  return code.encode();
}
