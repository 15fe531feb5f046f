//===- Atomics.cpp - Atomic accesses and fences ---------------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Instrument/AtomicCode.h"
#include "Instrument/OperationTable.h"
#include "Machine/Access.h"
#include "Machine/Runtime.h"
#include "Machine/Scheduler.h"

#include "mhc/Support/FloatFormats.h"

#include <cmath>

using namespace mhc::emulator;

//===----------------------------------------------------------------------===//
// Values
//===----------------------------------------------------------------------===//

template <typename T> static T fromBits(uint64_t bits) {
  T value;
  std::memcpy(&value, &bits, sizeof(T));
  return value;
}
template <typename T> static uint64_t toBits(T value) {
  uint64_t bits = 0;
  std::memcpy(&bits, &value, sizeof(T));
  return bits;
}

template <typename T>
static T combineIntegers(AtomicOperation operation, T old, T operand) {
  using Signed = std::make_signed_t<T>;
  switch (operation) {
  case AtomicOperation::Add:
    return old + operand;
  case AtomicOperation::Sub:
    return old - operand;
  case AtomicOperation::And:
    return old & operand;
  case AtomicOperation::Or:
    return old | operand;
  case AtomicOperation::Xor:
    return old ^ operand;
  case AtomicOperation::Nand:
    return ~(old & operand);
  case AtomicOperation::Max:
    return static_cast<Signed>(old) > static_cast<Signed>(operand) ? old
                                                                   : operand;
  case AtomicOperation::Min:
    return static_cast<Signed>(old) < static_cast<Signed>(operand) ? old
                                                                   : operand;
  case AtomicOperation::UMax:
    return std::max(old, operand);
  case AtomicOperation::UMin:
    return std::min(old, operand);
  case AtomicOperation::IncrementWrap:
    return old >= operand ? 0 : old + 1;
  case AtomicOperation::DecrementWrap:
    return old == 0 || old > operand ? operand : old - 1;
  default:
    return operand;
  }
}

template <typename T>
static T combineFloats(AtomicOperation operation, T old, T operand) {
  switch (operation) {
  case AtomicOperation::FAdd:
    return old + operand;
  case AtomicOperation::FSub:
    return old - operand;
  case AtomicOperation::FMax:
    return std::fmax(old, operand);
  case AtomicOperation::FMin:
    return std::fmin(old, operand);
  default:
    return operand;
  }
}

/// An element of 16 bits. A sum of two in f32 rounds to what a sum in the
/// format itself would.
static uint16_t combineHalves(AtomicOperation operation, bool isBF16,
                              uint16_t old, uint16_t operand) {
  if (operation == AtomicOperation::Exchange)
    return operand;
  if (isBF16)
    return ::mhc::floatToBF16(combineFloats(operation, ::mhc::bf16ToFloat(old),
                                            ::mhc::bf16ToFloat(operand)));
  return ::mhc::floatToF16(combineFloats(operation, ::mhc::f16ToFloat(old),
                                         ::mhc::f16ToFloat(operand)));
}

static uint64_t combine(const AtomicCode &code, uint64_t old,
                        uint64_t operand) {
  AtomicOperation operation = code.operation;
  switch (code.type) {
  case AtomicType::I8:
    return combineIntegers<uint8_t>(operation, old, operand);
  case AtomicType::I16:
    return combineIntegers<uint16_t>(operation, old, operand);
  case AtomicType::I32:
    return combineIntegers<uint32_t>(operation, old, operand);
  case AtomicType::I64:
    return combineIntegers<uint64_t>(operation, old, operand);
  case AtomicType::F32:
    return toBits(combineFloats(operation, fromBits<float>(old),
                                fromBits<float>(operand)));
  case AtomicType::F64:
    return toBits(combineFloats(operation, fromBits<double>(old),
                                fromBits<double>(operand)));
  case AtomicType::F16:
  case AtomicType::BF16:
    return combineHalves(operation, code.type == AtomicType::BF16, old,
                         operand);
  case AtomicType::F16x2:
  case AtomicType::BF16x2: {
    bool isBF16 = code.type == AtomicType::BF16x2;
    uint64_t low = combineHalves(operation, isBF16, old, operand);
    uint64_t high = combineHalves(operation, isBF16, old >> 16, operand >> 16);
    return low | high << 16;
  }
  }
  llvm_unreachable("unknown type");
}

//===----------------------------------------------------------------------===//
// Accesses
//===----------------------------------------------------------------------===//

/// A thread that reads a place again, while nothing has happened, spins: others
/// run first.
static void letOthersRun(Thread &thread, const Site &site, uint64_t address) {
  Scheduler &scheduler = *thread.scheduler;
  if (thread.eventsWhenRead != scheduler.getNumEvents()) {
    thread.eventsWhenRead = scheduler.getNumEvents();
    thread.placesRead = 0;
  }
  uint64_t place = 1ull << (mix(site.id, address) & 63);
  if (thread.placesRead & place)
    scheduler.poll(thread, {&site, "a value to change", 0});
  thread.placesRead |= place;
}

/// Atomics in shared memory order as those in global memory do, by the address
/// in this process.
static void order(Thread &thread, const char *host, bool reads, bool writes,
                  const AtomicCode &code) {
  thread.scheduler->device.memoryOrder.atomicAccess(
      thread.agent, reinterpret_cast<uint64_t>(host), reads, writes,
      code.ordering, code.scope);
}

/// What others may poll, or wait for, has changed or not.
static void noteAccess(Thread &thread, const char *host, bool changes) {
  if (changes)
    thread.scheduler->noteChange(reinterpret_cast<uint64_t>(host));
  else
    thread.scheduler->notePoll(reinterpret_cast<uint64_t>(host));
}

char *mhc::emulator::accessInOrder(Thread &thread, const Site &site,
                                   const AccessRequest &request,
                                   AtomicCode code) {
  bool writes = request.kind == AccessKind::AtomicWrite;
  if (!writes)
    letOthersRun(thread, site, request.address);
  char *host = access(thread, site, request);
  order(thread, host, !writes, writes, code);
  noteAccess(thread, host, writes);
  return host;
}

char *mhc::emulator::mhcEmulatorOrderedAccess(Thread *thread, uint64_t address,
                                              const Site *site) {
  AtomicCode code = AtomicCode::decode(site->data);
  return accessInOrder(*thread, *site,
                       {address, site->space, site->size, site->alignment,
                        site->kind, code.scope},
                       code);
}

static uint32_t getSize(AtomicType type) {
  switch (type) {
  case AtomicType::I8:
    return 1;
  case AtomicType::I16:
  case AtomicType::F16:
  case AtomicType::BF16:
    return 2;
  case AtomicType::I64:
  case AtomicType::F64:
    return 8;
  default:
    return 4;
  }
}

void mhc::emulator::runAtomic(Call &call) {
  Thread &thread = call.thread;
  const Site &site = call.site;
  AtomicCode code = AtomicCode::decode(site.data);
  uint32_t size = getSize(code.type);
  uint64_t address = call.arguments[0];
  letOthersRun(thread, site, address);
  char *host = access(
      thread, site,
      {address, site.space, size, size, AccessKind::AtomicWrite, code.scope});
  order(thread, host, true, true, code);
  uint64_t old = 0;
  std::memcpy(&old, host, size);
  uint64_t value = combine(code, old, call.arguments[1]);
  std::memcpy(host, &value, size);
  noteAccess(thread, host, std::memcmp(&old, &value, size) != 0);
  call.results[0] = old;
}

void mhc::emulator::runCompareExchange(Call &call) {
  Thread &thread = call.thread;
  const Site &site = call.site;
  AtomicCode code = AtomicCode::decode(site.data);
  uint64_t address = call.arguments[0];
  letOthersRun(thread, site, address);
  char *host = access(thread, site,
                      {address, site.space, site.size, site.alignment,
                       AccessKind::AtomicWrite, code.scope});
  uint64_t old = 0, expected = 0;
  std::memcpy(&old, host, site.size);
  std::memcpy(&expected, &call.arguments[1], site.size);
  bool equal = old == expected;
  order(thread, host, true, equal, code);
  if (equal)
    std::memcpy(host, &call.arguments[2], site.size);
  noteAccess(thread, host, equal);
  call.results[0] = old;
  call.results[1] = equal;
}

void mhc::emulator::runFence(Call &call) {
  AtomicCode code = AtomicCode::decode(call.site.data);
  call.thread.scheduler->device.memoryOrder.fence(call.thread.agent,
                                                  code.ordering, code.scope);
}

//===----------------------------------------------------------------------===//
// Intrinsics
//===----------------------------------------------------------------------===//

void mhc::emulator::addAtomicOperations(OperationTable &table) {
  struct Name {
    const char *text;
    AtomicOperation operation;
    char kind; // i, f
  };
  static const Name names[] = {
      {"add.gen.i", AtomicOperation::Add, 'i'},
      {"add.gen.f", AtomicOperation::FAdd, 'f'},
      {"and.gen.i", AtomicOperation::And, 'i'},
      {"or.gen.i", AtomicOperation::Or, 'i'},
      {"xor.gen.i", AtomicOperation::Xor, 'i'},
      {"max.gen.i", AtomicOperation::Max, 'i'},
      {"min.gen.i", AtomicOperation::Min, 'i'},
      {"exch.gen.i", AtomicOperation::Exchange, 'i'},
      {"inc.gen.i", AtomicOperation::IncrementWrap, 'i'},
      {"dec.gen.i", AtomicOperation::DecrementWrap, 'i'},
  };
  for (const Name &name : names)
    for (bool system : {false, true})
      for (bool wide : {false, true}) {
        AtomicCode code;
        code.operation = name.operation;
        code.scope = system ? Scope::System : Scope::Cta;
        bool isFloat = name.kind == 'f';
        code.type = isFloat ? (wide ? AtomicType::F64 : AtomicType::F32)
                            : (wide ? AtomicType::I64 : AtomicType::I32);
        llvm::StringRef type =
            isFloat ? (wide ? "f64" : "f32") : (wide ? "i64" : "i32");
        table.addIntrinsic(llvm::Twine("llvm.nvvm.atomic.") + name.text +
                               (system ? ".sys." : ".cta.") + type + ".p0",
                           runAtomic, code.encode());
      }
  auto addFence = [&](const llvm::Twine &name, Scope scope,
                      Ordering ordering = Ordering::SeqCst) {
    AtomicCode code;
    code.ordering = ordering;
    code.scope = scope;
    table.addIntrinsic(name, runFence, code.encode());
  };
  addFence("llvm.nvvm.membar.cta", Scope::Cta);
  addFence("llvm.nvvm.membar.gl", Scope::Gpu);
  addFence("llvm.nvvm.membar.sys", Scope::System);
  addFence("llvm.nvvm.fence.sc.cluster", Scope::Cluster);
  addFence("llvm.nvvm.fence.acquire.sync_restrict.space.cluster.scope.cluster",
           Scope::Cluster, Ordering::Acquire);
  addFence("llvm.nvvm.fence.release.sync_restrict.space.cta.scope.cluster",
           Scope::Cluster, Ordering::Release);
}
