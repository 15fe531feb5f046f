//===- AtomicCode.h - LLVM's atomics as numbers in a site -------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MHC_EMULATOR_INSTRUMENT_ATOMICCODE_H
#define MHC_EMULATOR_INSTRUMENT_ATOMICCODE_H

#include "Checks/MemoryOrder.h"
#include "Instrument/Site.h"

#include "llvm/IR/Instructions.h"

namespace mhc::emulator {

struct AccessRequest;

enum class AtomicOperation : uint8_t {
  Exchange,
  Add,
  Sub,
  And,
  Or,
  Xor,
  Nand,
  Max,
  Min,
  UMax,
  UMin,
  FAdd,
  FSub,
  FMax,
  FMin,
  IncrementWrap,
  DecrementWrap
};
enum class AtomicType : uint8_t {
  I8,
  I16,
  I32,
  I64,
  F16,
  BF16,
  F32,
  F64,
  F16x2,
  BF16x2
};

/// What Site::data holds of an ordered access, fence or atomic.
struct AtomicCode {
  Ordering ordering = Ordering::Relaxed;
  Scope scope = Scope::System;
  AtomicOperation operation = AtomicOperation::Exchange;
  AtomicType type = AtomicType::I32;

  uint64_t encode() const {
    return uint64_t(ordering) | uint64_t(scope) << 8 |
           uint64_t(operation) << 16 | uint64_t(type) << 24;
  }
  static AtomicCode decode(uint64_t data) {
    return {Ordering(data & 0xff), Scope(data >> 8 & 0xff),
            AtomicOperation(data >> 16 & 0xff), AtomicType(data >> 24 & 0xff)};
  }
};

/// The scope that NVPTX reads in a syncscope: "block", "cluster", "device", ""
/// (the system). A single thread counts as its CTA.
Scope getScope(const llvm::LLVMContext &context, llvm::SyncScope::ID id);
uint64_t encodeOrdering(llvm::AtomicOrdering ordering, Scope scope);
/// None for an operation or type that is not modelled. NVPTX prints atomicrmw
/// as a relaxed atomic whatever its ordering, so that is what it is here.
std::optional<uint64_t> encodeAtomic(const llvm::AtomicRMWInst &atomic);

/// atomicrmw(address, operand) -> old value.
void runAtomic(Call &call);
/// cmpxchg(address, expected, desired) -> (old value, success).
void runCompareExchange(Call &call);
void runFence(Call &call);

/// A load or store that is atomic or volatile: its check, and what it orders. A
/// load that reads the same place again lets others run.
char *accessInOrder(Thread &thread, const Site &site,
                    const AccessRequest &request, AtomicCode code);

} // namespace mhc::emulator

#endif // MHC_EMULATOR_INSTRUMENT_ATOMICCODE_H
