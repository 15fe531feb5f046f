//===- SplitTerms.cpp - Operands of tensor cores --------------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "SplitTerms.h"

#include "mhc/Dialect/MHC/Utils/LoopNest.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/LLVMIR/NVVMDialect.h"
#include "mlir/Dialect/Math/IR/Math.h"

using namespace mlir;
using namespace mlir::mhc;

static int64_t getNumLanes(Value vector) {
  return cast<VectorType>(vector.getType()).getNumElements();
}

static Value toWords(DeviceCode &code, Value vector) {
  auto type = cast<VectorType>(vector.getType());
  int64_t words = type.getNumElements() * type.getElementTypeBitWidth() / 32;
  return code.bitcast(vector,
                      VectorType::get({words}, code.builder.getI32Type()));
}

SmallVector<Value> mlir::mhc::unpack(DeviceCode &code, Value vector) {
  SmallVector<Value> values;
  for (int64_t i = 0, e = getNumLanes(vector); i < e; ++i)
    values.push_back(code.extract(vector, i));
  return values;
}

//===----------------------------------------------------------------------===//
// bf16 terms, tf32
//===----------------------------------------------------------------------===//

int64_t mlir::mhc::countExactTerms(Type element) {
  return element.isBF16() ? 1 : element.isF16() ? 2 : 3;
}

SmallVector<Value> mlir::mhc::splitTerms(DeviceCode &code, Value vector,
                                         int64_t terms) {
  OpBuilder &builder = code.builder;
  Type element = getElementTypeOrSelf(vector.getType());
  terms = std::min(terms, countExactTerms(element));
  if (element.isBF16())
    return {toWords(code, vector)};
  SmallVector<Value> result;
  Value rest = convertFloat(builder, code.loc, vector, builder.getF32Type());
  for (int64_t term = 0; term < terms; ++term) {
    Value rounded =
        convertFloat(builder, code.loc, rest, builder.getBF16Type());
    result.push_back(toWords(code, rounded));
    if (term + 1 < terms)
      rest = arith::SubFOp::create(
          builder, code.loc, rest,
          convertFloat(builder, code.loc, rounded, builder.getF32Type()));
  }
  return result;
}

Value mlir::mhc::roundToTF32(DeviceCode &code, Value vector) {
  OpBuilder &builder = code.builder;
  Type element = getElementTypeOrSelf(vector.getType());
  vector = convertFloat(builder, code.loc, vector, builder.getF32Type());
  Value bits = toWords(code, vector);
  if (!element.isF32())
    return bits; // of which tf32 holds every value
  auto constant = [&](int64_t value) {
    return code.splat(code.i32(value), getNumLanes(vector));
  };
  constexpr int64_t kDropped = 13, kExponent = 0x7f800000;
  Value odd =
      arith::ShRUIOp::create(builder, code.loc, bits, constant(kDropped));
  odd = arith::AndIOp::create(builder, code.loc, odd, constant(1));
  Value up = code.add(code.add(bits, constant((1 << (kDropped - 1)) - 1)), odd);
  up = arith::AndIOp::create(builder, code.loc, up,
                             constant(-(int64_t(1) << kDropped)));
  Value exponent =
      arith::AndIOp::create(builder, code.loc, bits, constant(kExponent));
  Value isFinite =
      arith::CmpIOp::create(builder, code.loc, arith::CmpIPredicate::ne,
                            exponent, constant(kExponent));
  return code.select(isFinite, up, bits);
}

//===----------------------------------------------------------------------===//
// Instructions
//===----------------------------------------------------------------------===//

Value mlir::mhc::transpose(DeviceCode &code, Value word) {
  // No op of the NVVM dialect. All lanes of the warp take part: with side
  // effects, LLVM moves it into no branch.
  return LLVM::InlineAsmOp::create(
             code.builder, code.loc, TypeRange(word.getType()), word,
             "movmatrix.sync.aligned.m8n8.trans.b16 $0, $1;", "=r,r",
             /*has_side_effects=*/true, /*is_align_stack=*/false,
             LLVM::TailCallKind::None, LLVM::AsmDialectAttr(), ArrayAttr())
      .getResult(0);
}

static SmallVector<Value> extractAll(DeviceCode &code, Value fields) {
  SmallVector<Value> values;
  for (int64_t i = 0; i < 4; ++i)
    values.push_back(
        LLVM::ExtractValueOp::create(code.builder, code.loc, fields, i));
  return values;
}

SmallVector<Value> mlir::mhc::loadMatrices(DeviceCode &code, Value row,
                                           bool transposed) {
  OpBuilder &builder = code.builder;
  auto result = LLVM::LLVMStructType::getLiteral(
      builder.getContext(), SmallVector<Type>(4, builder.getI32Type()));
  auto shape = NVVM::LdStMatrixShapeAttr::get(builder.getContext(), 8, 8);
  Value words = NVVM::LdMatrixOp::create(
      builder, code.loc, result, row, /*num=*/4,
      transposed ? NVVM::MMALayout::col : NVVM::MMALayout::row, shape,
      NVVM::LdStMatrixEltType::B16);
  return extractAll(code, words);
}

static SmallVector<Value> multiply(DeviceCode &code, ValueRange a, ValueRange b,
                                   ValueRange c, int64_t k,
                                   NVVM::MMATypes type) {
  OpBuilder &builder = code.builder;
  auto result = LLVM::LLVMStructType::getLiteral(
      builder.getContext(), SmallVector<Type>(4, builder.getF32Type()));
  Value d = NVVM::MmaOp::create(
      builder, code.loc, result, a, b, c, {16, 8, k}, std::nullopt,
      std::nullopt, std::array<NVVM::MMATypes, 2>{type, type},
      std::array<NVVM::MMALayout, 2>{NVVM::MMALayout::row,
                                     NVVM::MMALayout::col});
  return extractAll(code, d);
}

SmallVector<Value> mlir::mhc::multiplyBF16(DeviceCode &code, ValueRange a,
                                           ValueRange b, ValueRange c) {
  assert(a.size() == 2 * b.size());
  return multiply(code, a, b, c, 8 * b.size(), NVVM::MMATypes::bf16);
}

SmallVector<Value> mlir::mhc::multiplyTF32(DeviceCode &code, ValueRange a,
                                           ValueRange b, ValueRange c) {
  assert(a.size() == 4 && b.size() == 2);
  return multiply(code, a, b, c, 8, NVVM::MMATypes::tf32);
}

//===----------------------------------------------------------------------===//
// Values that are not finite
//===----------------------------------------------------------------------===//

Value mlir::mhc::markNonFinite(DeviceCode &code, Value value, Value sum) {
  // Zero times a value is zero if the value is finite, and else NaN.
  return math::FmaOp::create(code.builder, code.loc, value,
                             code.zero(value.getType()), sum);
}

Value mlir::mhc::markNonFiniteWords(DeviceCode &code, Value words, Type element,
                                    Value sum) {
  OpBuilder &builder = code.builder;
  SmallVector<Value> values = unpack(code, words);
  if (element.isF32()) {
    for (Value value : values)
      sum = markNonFinite(code, code.bitcast(value, element), sum);
    return sum;
  }
  // Two at a time.
  auto pair = VectorType::get({2}, element);
  Value mark = code.zero(pair);
  for (Value value : values)
    mark = markNonFinite(code, code.bitcast(value, pair), mark);
  mark = convertFloat(builder, code.loc, mark, builder.getF32Type());
  for (Value value : unpack(code, mark))
    sum = arith::AddFOp::create(builder, code.loc, sum, value);
  return sum;
}

Value mlir::mhc::isNaN(DeviceCode &code, Value value) {
  return arith::CmpFOp::create(code.builder, code.loc,
                               arith::CmpFPredicate::UNO, value, value);
}
