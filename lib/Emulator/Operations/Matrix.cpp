//===- Matrix.cpp - Tensor cores and the matrices of a warp ---------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// mma.sync, ldmatrix, stmatrix and movmatrix. All lanes of the warp must come
// to one instruction; the last one computes for all.
//
//===----------------------------------------------------------------------===//

#include "Arithmetic/MatrixFragments.h"
#include "Arithmetic/MatrixUnit.h"
#include "Instrument/OperationTable.h"
#include "Machine/Access.h"
#include "Machine/Gather.h"
#include "Machine/Scheduler.h"
#include "Operations/Instructions.h"

using namespace mhc::emulator;

/// How the tensor cores of the chip add that the kernel was compiled for.
static AccumulationModel getModel(const WarpCall &call) {
  const Scheduler &scheduler = *call.warp.lanes.front().scheduler;
  return AccumulationModel::forChip(scheduler.launch.kernel.chip);
}

//===----------------------------------------------------------------------===//
// mma.sync(A..., B..., C...) -> {D...}
//===----------------------------------------------------------------------===//

namespace {
/// A MatrixOperation in a site.
struct MatrixCode {
  uint8_t m, n, k;
  MatrixType a, b;
  AccumulatorType accumulator;
  bool saturate;

  MatrixOperation get() const { return {m, n, k, a, b, accumulator, saturate}; }
};
} // namespace

/// A slot holds a register: one word, or two of an f64.
static void readRegisters(const uint64_t *slots, unsigned wordsInSlot,
                          llvm::MutableArrayRef<uint32_t> words) {
  for (unsigned i = 0; i < words.size(); ++i)
    words[i] =
        static_cast<uint32_t>(slots[i / wordsInSlot] >> i % wordsInSlot * 32);
}

static void writeRegisters(llvm::ArrayRef<uint32_t> words, unsigned wordsInSlot,
                           uint64_t *slots) {
  for (unsigned i = 0; i < words.size(); ++i) {
    uint64_t &slot = slots[i / wordsInSlot];
    uint64_t word = words[i];
    slot = i % wordsInSlot ? slot | word << 32 : word;
  }
}

static void multiply(const WarpCall &call) {
  MatrixOperation operation = decodeVariant<MatrixCode>(call.site.data).get();
  // m16n8k16 of f64 has the largest fragments.
  constexpr unsigned kMostWords = 16;
  unsigned numA = operation.getWordsA(), numB = operation.getWordsB();
  unsigned numC = operation.getWordsC();
  assert(numA <= kMostWords && numB <= kMostWords && numC <= kMostWords);
  unsigned wordsInSlot = operation.accumulator == AccumulatorType::F64 ? 2 : 1;
  // A lane that is missing, which has been reported, has zeros.
  uint32_t a[kWarpLanes * kMostWords] = {};
  uint32_t b[kWarpLanes * kMostWords] = {};
  uint32_t c[kWarpLanes * kMostWords] = {};
  for (unsigned lane = 0; lane < kWarpLanes; ++lane) {
    if (!call.calls[lane])
      continue;
    const uint64_t *slots = call.calls[lane]->arguments;
    readRegisters(slots, wordsInSlot, {a + lane * numA, numA});
    slots += numA / wordsInSlot;
    readRegisters(slots, wordsInSlot, {b + lane * numB, numB});
    slots += numB / wordsInSlot;
    readRegisters(slots, wordsInSlot, {c + lane * numC, numC});
  }
  multiplyAccumulate(operation, getModel(call), {a, kWarpLanes * numA},
                     {b, kWarpLanes * numB}, {c, kWarpLanes * numC},
                     {c, kWarpLanes * numC});
  for (unsigned lane = 0; lane < kWarpLanes; ++lane)
    if (call.calls[lane])
      writeRegisters({c + lane * numC, numC}, wordsInSlot,
                     call.calls[lane]->results);
}

static void runMultiply(Call &call) {
  static constexpr WarpOperation operation = {multiply, /*aligned=*/true,
                                              /*needsAll=*/true};
  gather(call, ~0u, operation);
}

static llvm::StringRef getName(MatrixType type) {
  switch (type) {
  case MatrixType::BF16:
    return "bf16";
  case MatrixType::F16:
    return "f16";
  case MatrixType::TF32:
    return "tf32";
  case MatrixType::E4M3:
    return "e4m3";
  case MatrixType::E5M2:
    return "e5m2";
  case MatrixType::F64:
    return "f64";
  case MatrixType::S8:
    return "s8";
  case MatrixType::U8:
    return "u8";
  }
  llvm_unreachable("unknown matrix type");
}

static llvm::StringRef getName(AccumulatorType type) {
  switch (type) {
  case AccumulatorType::F32:
    return "f32";
  case AccumulatorType::F16:
    return "f16";
  case AccumulatorType::F64:
    return "f64";
  case AccumulatorType::S32:
    return "s32";
  }
  llvm_unreachable("unknown accumulator type");
}

/// The types in an intrinsic's name: what tells it from others of its shape.
static std::string getTypes(const MatrixOperation &operation) {
  std::string a = getName(operation.a).str(), b = getName(operation.b).str();
  std::string d = getName(operation.accumulator).str();
  switch (operation.a) {
  case MatrixType::BF16:
  case MatrixType::TF32:
  case MatrixType::F64:
    return a;
  case MatrixType::F16:
    return d + "." + d;
  case MatrixType::E4M3:
  case MatrixType::E5M2:
    return d + "." + a + "." + b + "." + d;
  case MatrixType::S8:
  case MatrixType::U8:
    return a == b ? a : a + "." + b;
  }
  llvm_unreachable("unknown matrix type");
}

static void addMultiplications(OperationTable &table) {
  constexpr MatrixType types[] = {
      MatrixType::BF16, MatrixType::F16, MatrixType::TF32, MatrixType::E4M3,
      MatrixType::E5M2, MatrixType::F64, MatrixType::S8,   MatrixType::U8};
  constexpr AccumulatorType accumulators[] = {
      AccumulatorType::F32, AccumulatorType::F16, AccumulatorType::F64,
      AccumulatorType::S32};
  for (uint8_t m : {8, 16})
    for (uint8_t k : {4, 8, 16, 32})
      for (MatrixType a : types)
        for (MatrixType b : types)
          for (AccumulatorType accumulator : accumulators)
            for (bool saturate : {false, true}) {
              MatrixCode code = {m, 8, k, a, b, accumulator, saturate};
              MatrixOperation operation = code.get();
              if (!operation.isSupported() ||
                  (saturate && accumulator != AccumulatorType::S32))
                continue;
              std::string name = "llvm.nvvm.mma.m" + std::to_string(m) + "n8k" +
                                 std::to_string(k) + ".row.col." +
                                 (saturate ? "satfinite." : "") +
                                 getTypes(operation);
              table.addIntrinsic(name, runMultiply, encodeVariant(code));
            }
}

//===----------------------------------------------------------------------===//
// ldmatrix(address) -> {words...}, stmatrix(address, words...)
//===----------------------------------------------------------------------===//

namespace {
struct MoveCode {
  uint8_t count; // matrices
  bool transpose;
  Space space;
};
} // namespace

/// The 16 bytes of the row to which a lane's address points; null for a lane
/// that is missing.
static char *accessRow(const WarpCall &call, unsigned lane, AccessKind kind) {
  Call *own = call.calls[lane];
  if (!own)
    return nullptr;
  Space space = decodeVariant<MoveCode>(own->site.data).space;
  return access(
      own->thread, own->site,
      {own->arguments[0], space, sizeof(MatrixRow), sizeof(MatrixRow), kind});
}

static void loadWarp(const WarpCall &call) {
  auto code = decodeVariant<MoveCode>(call.site.data);
  unsigned count = code.count, numRows = 8 * count;
  MatrixRow rows[kWarpLanes] = {};
  for (unsigned i = 0; i < numRows; ++i)
    if (const char *row = accessRow(call, i, AccessKind::Read))
      std::memcpy(&rows[i], row, sizeof(MatrixRow));
  uint32_t registers[4 * kWarpLanes];
  loadMatrices({rows, numRows}, code.transpose,
               {registers, kWarpLanes * count});
  for (unsigned lane = 0; lane < kWarpLanes; ++lane)
    if (call.calls[lane])
      writeRegisters({registers + lane * count, count}, 1,
                     call.calls[lane]->results);
}

static void storeWarp(const WarpCall &call) {
  auto code = decodeVariant<MoveCode>(call.site.data);
  unsigned count = code.count, numRows = 8 * count;
  uint32_t registers[4 * kWarpLanes] = {};
  for (unsigned lane = 0; lane < kWarpLanes; ++lane)
    if (call.calls[lane])
      readRegisters(call.calls[lane]->arguments + 1, 1,
                    {registers + lane * count, count});
  MatrixRow rows[kWarpLanes];
  storeMatrices({registers, kWarpLanes * count}, code.transpose,
                {rows, numRows});
  for (unsigned i = 0; i < numRows; ++i)
    if (char *row = accessRow(call, i, AccessKind::Write))
      std::memcpy(row, &rows[i], sizeof(MatrixRow));
}

static void transposeWarp(const WarpCall &call) {
  uint32_t registers[kWarpLanes] = {};
  for (unsigned lane = 0; lane < kWarpLanes; ++lane)
    if (call.calls[lane])
      registers[lane] = call.calls[lane]->get<uint32_t>(0);
  transposeMatrix(registers, registers);
  for (unsigned lane = 0; lane < kWarpLanes; ++lane)
    if (call.calls[lane])
      call.calls[lane]->results[0] = registers[lane];
}

static void runLoad(Call &call) {
  static constexpr WarpOperation operation = {loadWarp, /*aligned=*/true,
                                              /*needsAll=*/true};
  gather(call, ~0u, operation);
}

static void runStore(Call &call) {
  static constexpr WarpOperation operation = {storeWarp, /*aligned=*/true,
                                              /*needsAll=*/true};
  gather(call, ~0u, operation);
}

static void runTranspose(Call &call) {
  static constexpr WarpOperation operation = {transposeWarp, /*aligned=*/true,
                                              /*needsAll=*/true};
  gather(call, ~0u, operation);
}

void mhc::emulator::addMatrixOperations(OperationTable &table) {
  addMultiplications(table);
  for (uint8_t count : {1, 2, 4})
    for (bool transpose : {false, true})
      for (Space space : {Space::Generic, Space::Shared}) {
        std::string form = ".sync.aligned.m8n8.x" + std::to_string(count) +
                           (transpose ? ".trans" : "") + ".b16.p" +
                           (space == Space::Shared ? "3" : "0");
        uint64_t data = encodeVariant(MoveCode{count, transpose, space});
        table.addIntrinsic("llvm.nvvm.ldmatrix" + form, runLoad, data);
        table.addIntrinsic("llvm.nvvm.stmatrix" + form, runStore, data);
      }
  addInstruction(table, "movmatrix.sync.aligned.m8n8.trans.b16", 1,
                 runTranspose);
}
