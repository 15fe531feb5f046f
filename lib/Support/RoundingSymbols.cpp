//===- RoundingSymbols.cpp - Roundings that compiled code calls -----------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The ABI passes a half in the low bits of a vector register, as it does a
// float, so a float carries the bits whatever the host's compiler knows.
//
//===----------------------------------------------------------------------===//

#include "mhc/Support/RoundingSymbols.h"

#include "mhc/Support/FloatFormats.h"

#include <cstdint>
#include <cstring>

using namespace mhc;

static float inLowBits(uint16_t half) {
  uint32_t bits = half;
  float result;
  std::memcpy(&result, &bits, sizeof(result));
  return result;
}

static uint16_t fromLowBits(float carrier) {
  uint32_t bits;
  std::memcpy(&bits, &carrier, sizeof(bits));
  return static_cast<uint16_t>(bits);
}

extern "C" {
static float mhcTruncDoubleToBF16(double value) {
  return inLowBits(doubleToBF16(value));
}
static float mhcTruncFloatToBF16(float value) {
  return inLowBits(floatToBF16(value));
}
static float mhcTruncDoubleToF16(double value) {
  return inLowBits(doubleToF16(value));
}
static float mhcTruncFloatToF16(float value) {
  return inLowBits(floatToF16(value));
}
static float mhcExtendF16ToFloat(float carrier) {
  return f16ToFloat(fromLowBits(carrier));
}
} // extern "C"

llvm::ArrayRef<RoundingSymbol> mhc::getRoundingSymbols() {
  static const RoundingSymbol symbols[] = {
      {"__truncdfbf2", reinterpret_cast<void *>(mhcTruncDoubleToBF16)},
      {"__truncsfbf2", reinterpret_cast<void *>(mhcTruncFloatToBF16)},
      {"__truncdfhf2", reinterpret_cast<void *>(mhcTruncDoubleToF16)},
      {"__truncsfhf2", reinterpret_cast<void *>(mhcTruncFloatToF16)},
      {"__extendhfsf2", reinterpret_cast<void *>(mhcExtendF16ToFloat)},
  };
  return symbols;
}
