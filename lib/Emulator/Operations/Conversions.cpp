//===- Conversions.cpp - From one type to another -------------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// `cvt` between floats, and between floats and integers, under LLVM's names and
// as inline assembly. Conversions that take random bits (.rs) are not modelled.
//
// What surprises (PTX ISA, "Data Movement and Conversion Instructions: cvt"):
// - In packed forms the first operand is the upper element.
// - A float beyond the range of an integer becomes the integer next to it. A
//   NaN becomes 0, but where the source is f64 or the integer has 64 bits, the
//   upper bit alone.
// - .ftz speaks of f32 only: a subnormal f16 is kept.
//
//===----------------------------------------------------------------------===//

#include "Arithmetic/SmallFloats.h"
#include "Operations/Instructions.h"

#include "mhc/Support/FloatFormats.h"

#include "llvm/ADT/APFloat.h"
#include "llvm/ADT/FloatingPointMode.h"
#include "llvm/ADT/bit.h"

#include <cmath>

using namespace mhc::emulator;

//===----------------------------------------------------------------------===//
// f32 to formats of up to 19 bits, and back
//===----------------------------------------------------------------------===//

/// Two numbers in `Bits` bits each, the first in the upper half.
template <uint8_t (*Convert)(float, Conversion), unsigned Bits>
static uint16_t packFloats(float a, float b, Conversion conversion) {
  return static_cast<uint16_t>(Convert(a, conversion) << Bits |
                               Convert(b, conversion));
}

template <uint16_t (*Convert)(uint8_t, bool), unsigned Bits>
static uint32_t unpackToF16(uint16_t packed, bool relu) {
  uint32_t high = Convert(static_cast<uint8_t>(packed >> Bits), relu);
  return high << 16 | Convert(static_cast<uint8_t>(packed), relu);
}

namespace {
struct ScaleConversion {
  bool roundUp, saturate;
};
} // namespace

static uint16_t packScales(float a, float b, ScaleConversion conversion) {
  auto convert = [&](float value) {
    return floatToUE8M0(value, conversion.roundUp, conversion.saturate);
  };
  return static_cast<uint16_t>(convert(a) << 8 | convert(b));
}

static uint16_t packBrainScales(uint32_t halves, ScaleConversion conversion) {
  return packScales(mhc::bf16ToFloat(static_cast<uint16_t>(halves >> 16)),
                    mhc::bf16ToFloat(static_cast<uint16_t>(halves)),
                    conversion);
}

static uint32_t unpackScales(uint16_t packed) {
  uint32_t high = ue8m0ToBF16(static_cast<uint8_t>(packed >> 8));
  return high << 16 | ue8m0ToBF16(static_cast<uint8_t>(packed));
}

/// What stands between the rounding and the types.
static std::string getModifiers(const Conversion &conversion) {
  return std::string(conversion.relu ? ".relu" : "") +
         (conversion.saturate ? ".satfinite" : "");
}

static void addSmallFloats(OperationTable &table) {
  // To f16, bf16 and tf32.
  struct Narrowing {
    const char *intrinsic; // less "llvm.nvvm." and modifiers
    const char *types;
    unsigned numOperands;
    Handler handler;
  };
  constexpr Narrowing narrowings[] = {
      {"f2f16", "f16.f32", 1, runVariant<floatToF16>},
      {"f2bf16", "bf16.f32", 1, runVariant<floatToBF16>},
      {"f2tf32", "tf32.f32", 1, runVariant<floatToTF32>},
      {"ff2f16x2", "f16x2.f32", 2, runVariant<floatsToF16x2>},
      {"ff2bf16x2", "bf16x2.f32", 2, runVariant<floatsToBF16x2>}};
  struct RoundingName {
    const char *name;
    Rounding rounding;
  };
  constexpr RoundingName roundings[] = {{"rn", Rounding::NearestEven},
                                        {"rz", Rounding::TowardZero},
                                        {"rna", Rounding::NearestAway}};
  for (const Narrowing &form : narrowings)
    for (const RoundingName &rounding : roundings)
      for (bool relu : {false, true})
        for (bool saturate : {false, true}) {
          bool isTF32 = llvm::StringRef(form.intrinsic) == "f2tf32";
          if (rounding.rounding == Rounding::NearestAway && (!isTF32 || relu))
            continue;
          Conversion conversion = {rounding.rounding, relu, saturate};
          uint64_t data = encodeVariant(conversion);
          std::string modifiers = getModifiers(conversion);
          table.addIntrinsic(llvm::Twine("llvm.nvvm.") + form.intrinsic + "." +
                                 rounding.name + modifiers,
                             form.handler, data);
          // The ISA has them in the other order for tf32.
          if (isTF32 && relu && saturate)
            modifiers = ".satfinite.relu";
          addInstruction(table,
                         llvm::Twine("cvt.") + rounding.name + modifiers + "." +
                             form.types,
                         form.numOperands, form.handler, data);
        }

  // Subnormal f32 round to zero in any case.
  for (const char *name : {"llvm.nvvm.f2h.rn", "llvm.nvvm.f2h.rn.ftz"})
    table.addIntrinsic(name, runVariant<floatToF16>,
                       encodeVariant(Conversion()));
  addInstruction(table, "cvt.rn.ftz.f16.f32", 1, runVariant<floatToF16>,
                 encodeVariant(Conversion()));

  // To formats of 8, 6 and 4 bits, which always saturate, and back.
  struct Tiny {
    const char *name;
    /// Whether the intrinsic's name says that it saturates.
    bool saysSaturate;
    Handler fromFloats, fromHalves, toHalves;
  };
  constexpr Tiny tinies[] = {
      {"e4m3x2", false, runVariant<packFloats<floatToE4M3, 8>>,
       runVariant<f16x2ToE4M3x2>, runVariant<unpackToF16<e4m3ToF16, 8>>},
      {"e5m2x2", false, runVariant<packFloats<floatToE5M2, 8>>,
       runVariant<f16x2ToE5M2x2>, runVariant<unpackToF16<e5m2ToF16, 8>>},
      {"e2m3x2", true, runVariant<packFloats<floatToE2M3, 8>>, nullptr,
       runVariant<unpackToF16<e2m3ToF16, 8>>},
      {"e3m2x2", true, runVariant<packFloats<floatToE3M2, 8>>, nullptr,
       runVariant<unpackToF16<e3m2ToF16, 8>>},
      {"e2m1x2", true, runVariant<packFloats<floatToE2M1, 4>>, nullptr,
       runVariant<unpackToF16<e2m1ToF16, 4>>}};
  for (const Tiny &form : tinies)
    for (bool relu : {false, true}) {
      std::string name = form.name, suffix = relu ? ".rn.relu" : ".rn";
      std::string cvt = relu ? "cvt.rn.satfinite.relu." : "cvt.rn.satfinite.";
      uint64_t data =
          encodeVariant(Conversion{Rounding::NearestEven, relu, true});
      table.addIntrinsic("llvm.nvvm.ff.to." + name + suffix +
                             (form.saysSaturate ? ".satfinite" : ""),
                         form.fromFloats, data);
      addInstruction(table, cvt + name + ".f32", 2, form.fromFloats, data);
      if (form.fromHalves) {
        table.addIntrinsic("llvm.nvvm.f16x2.to." + name + suffix,
                           form.fromHalves, data);
        addInstruction(table, cvt + name + ".f16x2", 1, form.fromHalves, data);
      }
      table.addIntrinsic("llvm.nvvm." + name + ".to.f16x2" + suffix,
                         form.toHalves, relu);
      addInstruction(table, "cvt" + suffix + ".f16x2." + name, 1, form.toHalves,
                     relu);
    }

  // Scales.
  for (bool roundUp : {false, true})
    for (bool saturate : {false, true}) {
      std::string suffix =
          std::string(roundUp ? ".rp" : ".rz") + (saturate ? ".satfinite" : "");
      uint64_t data = encodeVariant(ScaleConversion{roundUp, saturate});
      table.addIntrinsic("llvm.nvvm.ff.to.ue8m0x2" + suffix,
                         runVariant<packScales>, data);
      table.addIntrinsic("llvm.nvvm.bf16x2.to.ue8m0x2" + suffix,
                         runVariant<packBrainScales>, data);
      addInstruction(table, "cvt" + suffix + ".ue8m0x2.f32", 2,
                     runVariant<packScales>, data);
      addInstruction(table, "cvt" + suffix + ".ue8m0x2.bf16x2", 1,
                     runVariant<packBrainScales>, data);
    }
  table.addIntrinsic("llvm.nvvm.ue8m0x2.to.bf16x2", runPure<unpackScales>);
  addInstruction(table, "cvt.rn.bf16x2.ue8m0x2", 1, runPure<unpackScales>);
}

//===----------------------------------------------------------------------===//
// LLVM's conversions of f16 in an integer
//===----------------------------------------------------------------------===//

static float widenToFloat(uint16_t bits) {
  float value = mhc::f16ToFloat(bits);
  return std::isnan(value) ? llvm::bit_cast<float>(0x7fffffffu) : value;
}
static float widenBrain(uint16_t bits) {
  float value = mhc::bf16ToFloat(bits);
  return std::isnan(value) ? llvm::bit_cast<float>(0x7fffffffu) : value;
}
static double widenToDouble(uint16_t bits) { return mhc::f16ToDouble(bits); }

static uint16_t narrowFloat(float value) { return floatToF16(value, {}); }
static uint16_t narrowDouble(double value) {
  return std::isnan(value) ? 0x7fff : mhc::doubleToF16(value);
}

static void addHalfWords(OperationTable &table) {
  table.addIntrinsic("llvm.convert.from.fp16.f32", runPure<widenToFloat>);
  addInstruction(table, "cvt.f32.f16", 1, runPure<widenToFloat>);
  addInstruction(table, "cvt.f32.bf16", 1, runPure<widenBrain>);
  table.addIntrinsic("llvm.convert.from.fp16.f64", runPure<widenToDouble>);
  table.addIntrinsic("llvm.convert.to.fp16.f32", runPure<narrowFloat>);
  table.addIntrinsic("llvm.convert.to.fp16.f64", runPure<narrowDouble>);
}

//===----------------------------------------------------------------------===//
// f64 to f32, floats to integers and back
//===----------------------------------------------------------------------===//

namespace {
struct NumberConversion {
  llvm::RoundingMode rounding;
  bool ftz;
};
} // namespace

static float flush(float value, bool ftz) {
  return ftz && std::fabs(value) < 0x1p-126f ? std::copysign(0.0f, value)
                                             : value;
}

static float narrowToFloat(double value, NumberConversion conversion) {
  if (std::isnan(value))
    return llvm::bit_cast<float>(0x7fffffffu);
  llvm::APFloat number(value);
  bool losesInfo = false;
  number.convert(llvm::APFloat::IEEEsingle(), conversion.rounding, &losesInfo);
  return flush(number.convertToFloat(), conversion.ftz);
}

template <typename Float, typename Int>
static Int convertToInteger(Float value, NumberConversion conversion) {
  constexpr bool isWide = sizeof(Float) == 8 || sizeof(Int) == 8;
  constexpr unsigned bits = 8 * sizeof(Int);
  if (std::isnan(value))
    return isWide ? static_cast<Int>(uint64_t(1) << (bits - 1)) : Int(0);
  double number = value;
  if constexpr (sizeof(Float) == 4)
    number = flush(value, conversion.ftz);
  switch (conversion.rounding) {
  case llvm::RoundingMode::TowardZero:
    number = std::trunc(number);
    break;
  case llvm::RoundingMode::TowardNegative:
    number = std::floor(number);
    break;
  case llvm::RoundingMode::TowardPositive:
    number = std::ceil(number);
    break;
  default:
    number = std::nearbyint(number);
    break;
  }
  constexpr bool isSigned = std::is_signed_v<Int>;
  double end = std::ldexp(1.0, isSigned ? bits - 1 : bits);
  if (number >= end)
    return std::numeric_limits<Int>::max();
  if (number < (isSigned ? -end : 0.0))
    return std::numeric_limits<Int>::min();
  return static_cast<Int>(number);
}

template <typename Int, typename Float>
static Float convertFromInteger(Int value, NumberConversion conversion) {
  if (conversion.rounding == llvm::RoundingMode::NearestTiesToEven)
    return static_cast<Float>(value);
  constexpr bool isSigned = std::is_signed_v<Int>;
  llvm::APFloat number(Float(0));
  number.convertFromAPInt(
      llvm::APInt(64, static_cast<uint64_t>(value), isSigned), isSigned,
      conversion.rounding);
  if constexpr (sizeof(Float) == 4)
    return number.convertToFloat();
  else
    return number.convertToDouble();
}

static void addNumbers(OperationTable &table) {
  struct RoundingName {
    const char *name;
    llvm::RoundingMode rounding;
  };
  constexpr RoundingName roundings[] = {
      {"rn", llvm::RoundingMode::NearestTiesToEven},
      {"rz", llvm::RoundingMode::TowardZero},
      {"rm", llvm::RoundingMode::TowardNegative},
      {"rp", llvm::RoundingMode::TowardPositive}};
  struct Integer {
    const char *llvm;
    const char *ptx;
    Handler fromFloat, fromDouble, toFloat, toDouble;
  };
#define INTEGER(type)                                                          \
  runVariant<convertToInteger<float, type>>,                                   \
      runVariant<convertToInteger<double, type>>,                              \
      runVariant<convertFromInteger<type, float>>,                             \
      runVariant<convertFromInteger<type, double>>
  constexpr Integer integers[] = {{"i", "s32", INTEGER(int32_t)},
                                  {"ui", "u32", INTEGER(uint32_t)},
                                  {"ll", "s64", INTEGER(int64_t)},
                                  {"ull", "u64", INTEGER(uint64_t)}};
#undef INTEGER
  for (const RoundingName &rounding : roundings)
    for (bool ftz : {false, true}) {
      std::string mode = rounding.name, flush = ftz ? ".ftz" : "";
      uint64_t data = encodeVariant(NumberConversion{rounding.rounding, ftz});
      auto add = [&](const std::string &name, const std::string &instruction,
                     Handler handler) {
        table.addIntrinsic("llvm.nvvm." + name + "." + mode + flush, handler,
                           data);
        addInstruction(table, instruction, 1, handler, data);
      };
      add("d2f", "cvt." + mode + flush + ".f32.f64", runVariant<narrowToFloat>);
      for (const Integer &type : integers) {
        std::string name = type.llvm, ptx = type.ptx;
        add("f2" + name, "cvt." + mode + "i" + flush + "." + ptx + ".f32",
            type.fromFloat);
        if (ftz) // speaks of f32 operands and results alone
          continue;
        add("d2" + name, "cvt." + mode + "i." + ptx + ".f64", type.fromDouble);
        add(name + "2f", "cvt." + mode + ".f32." + ptx, type.toFloat);
        add(name + "2d", "cvt." + mode + ".f64." + ptx, type.toDouble);
      }
    }
}

void mhc::emulator::addConversionOperations(OperationTable &table) {
  addSmallFloats(table);
  addHalfWords(table);
  addNumbers(table);
}
