//===- Math.cpp - Arithmetic that has no LLVM instruction -----------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Approximate instructions, arithmetic with a rounding mode, minima and maxima,
// and operations on integers. What is here bears LLVM's name and, as inline
// assembly, that of the PTX ISA. Forms that ptxas refuses for every chip (such
// as fma.rn.ftz.bf16) are not here.
//
// Every NaN of f32, f16 and bf16 is the canonical one, those of f64 keep their
// payload (PTX ISA, "Floating Point Instructions").
//
//===----------------------------------------------------------------------===//

#include "Arithmetic/Approximations.h"
#include "Machine/Scheduler.h"
#include "Operations/Instructions.h"

#include "mhc/Support/FloatFormats.h"

#include "llvm/ADT/APFloat.h"
#include "llvm/ADT/FloatingPointMode.h"
#include "llvm/ADT/bit.h"

#include <cmath>

using namespace mhc::emulator;

// The bits must not depend on what the host can fuse.
#pragma STDC FP_CONTRACT OFF

//===----------------------------------------------------------------------===//
// Approximate instructions
//===----------------------------------------------------------------------===//

static uint64_t getSeed(const Call &call) {
  return call.thread.scheduler->device.options.approximationSeed;
}

template <typename T, T (*Function)(T, uint64_t)>
static void approximate(Call &call) {
  call.set(0, Function(call.get<T>(0), getSeed(call)));
}

/// data: whether subnormal numbers are flushed.
template <float (*Function)(float, bool, uint64_t)>
static void approximate(Call &call) {
  call.set(0, Function(call.get<float>(0), call.site.data, getSeed(call)));
}

template <float (*Function)(float, float, bool, uint64_t)>
static void approximateQuotient(Call &call) {
  call.set(0, Function(call.get<float>(0), call.get<float>(1), call.site.data,
                       getSeed(call)));
}

static void addApproximations(OperationTable &table) {
  struct Form {
    const char *name;
    const char *suffix; // of the intrinsic
    unsigned numOperands;
    Handler handler;
  };
  // ex2.approx is overloaded. By its name of old, ex2.approx.f, it is what is
  // selected for llvm.exp2 with afn.
  constexpr Form floats[] = {
      {"ex2.approx", ".f32", 1, approximate<ex2Approx>},
      {"ex2.approx", ".f", 1, approximate<ex2Approx>},
      {"lg2.approx", ".f", 1, approximate<lg2Approx>},
      {"rcp.approx", ".f", 1, approximate<rcpApprox>},
      {"sqrt.approx", ".f", 1, approximate<sqrtApprox>},
      {"rsqrt.approx", ".f", 1, approximate<rsqrtApprox>},
      {"sin.approx", ".f", 1, approximate<sinApprox>},
      {"cos.approx", ".f", 1, approximate<cosApprox>},
      {"div.approx", ".f", 2, approximateQuotient<divApprox>},
      {"div.full", "", 2, approximateQuotient<divFull>}};
  for (const Form &form : floats)
    for (bool ftz : {false, true}) {
      std::string name = std::string(form.name) + (ftz ? ".ftz" : "");
      table.addIntrinsic("llvm.nvvm." + name + form.suffix, form.handler, ftz);
      addInstruction(table, name + ".f32", form.numOperands, form.handler, ftz);
    }

  // tanh.approx keeps subnormal numbers in any case. No intrinsic of LLVM 22
  // stands for it; it is selected for llvm.tanh with afn, by these names here.
  constexpr Handler tanh = approximate<float, tanhApprox>;
  table.addIntrinsic("llvm.nvvm.tanh.approx.f", tanh);
  table.addIntrinsic("llvm.nvvm.tanh.approx.ftz.f", tanh);
  addInstruction(table, "tanh.approx.f32", 1, tanh);

  struct HalfForm {
    const char *name; // less the type
    const char *type, *llvmType, *packedType, *llvmPackedType;
    Handler handler, packedHandler;
  };
  constexpr HalfForm halves[] = {
      {"ex2.approx", "f16", "f16", "f16x2", "v2f16",
       approximate<uint16_t, ex2ApproxF16>,
       approximate<uint32_t, approximateHalves<ex2ApproxF16>>},
      {"ex2.approx.ftz", "bf16", "bf16", "bf16x2", "v2bf16",
       approximate<uint16_t, ex2ApproxBF16>,
       approximate<uint32_t, approximateHalves<ex2ApproxBF16>>},
      {"tanh.approx", "f16", "f16", "f16x2", "v2f16",
       approximate<uint16_t, tanhApproxF16>,
       approximate<uint32_t, approximateHalves<tanhApproxF16>>},
      {"tanh.approx", "bf16", "bf16", "bf16x2", "v2bf16",
       approximate<uint16_t, tanhApproxBF16>,
       approximate<uint32_t, approximateHalves<tanhApproxBF16>>}};
  for (const HalfForm &form : halves) {
    std::string name = std::string(form.name) + ".";
    table.addIntrinsic("llvm.nvvm." + name + form.llvmType, form.handler);
    table.addIntrinsic("llvm.nvvm." + name + form.llvmPackedType,
                       form.packedHandler);
    addInstruction(table, name + form.type, 1, form.handler);
    addInstruction(table, name + form.packedType, 1, form.packedHandler);
  }

  struct DoubleForm {
    const char *name;
    Handler handler;
  };
  constexpr DoubleForm doubles[] = {
      {"rcp.approx.ftz", approximate<double, rcpApproxF64>},
      {"rsqrt.approx.ftz", approximate<double, rsqrtApproxF64>},
      {"rsqrt.approx", approximate<double, rsqrtApproxFullF64>}};
  for (const DoubleForm &form : doubles) {
    std::string name = form.name;
    table.addIntrinsic("llvm.nvvm." + name + ".d", form.handler);
    addInstruction(table, name + ".f64", 1, form.handler);
  }
}

//===----------------------------------------------------------------------===//
// Formats
//===----------------------------------------------------------------------===//

namespace {
template <typename B, int FractionBits> struct Format {
  using Bits = B;
  static constexpr int kWidth = 8 * sizeof(Bits);
  static constexpr Bits kSign = Bits(1) << (kWidth - 1);
  static constexpr Bits kLeastNormal = Bits(1) << FractionBits;
  static constexpr Bits kInfinity =
      static_cast<Bits>((kSign - 1) & ~(kLeastNormal - 1));

  static Bits getMagnitude(Bits bits) {
    return static_cast<Bits>(bits & ~kSign);
  }
  static bool isNaN(Bits bits) { return getMagnitude(bits) > kInfinity; }
  /// A subnormal number becomes a zero of its sign.
  static Bits flush(Bits bits, bool ftz) {
    return ftz && getMagnitude(bits) < kLeastNormal
               ? static_cast<Bits>(bits & kSign)
               : bits;
  }
};

struct F64 : Format<uint64_t, 52> {
  static constexpr Bits kOne = 0x3ff0000000000000;
  using Host = double;
  static const llvm::fltSemantics &getSemantics() {
    return llvm::APFloat::IEEEdouble();
  }
  /// A NaN keeps its payload.
  static Bits makeNaN(Bits nan) { return nan | kLeastNormal >> 1; }
};
struct F32 : Format<uint32_t, 23> {
  static constexpr Bits kOne = 0x3f800000;
  using Host = float;
  static const llvm::fltSemantics &getSemantics() {
    return llvm::APFloat::IEEEsingle();
  }
  static Bits makeNaN(Bits) { return 0x7fffffff; }
};
struct F16 : Format<uint16_t, 10> {
  static constexpr Bits kOne = 0x3c00;
  using Host = void;
  static const llvm::fltSemantics &getSemantics() {
    return llvm::APFloat::IEEEhalf();
  }
  static double widen(Bits bits) { return mhc::f16ToDouble(bits); }
  static Bits narrow(double value) { return mhc::doubleToF16(value); }
  static Bits makeNaN(Bits) { return 0x7fff; }
};
struct BF16 : Format<uint16_t, 7> {
  static constexpr Bits kOne = 0x3f80;
  using Host = void;
  static const llvm::fltSemantics &getSemantics() {
    return llvm::APFloat::BFloat();
  }
  static double widen(Bits bits) { return mhc::bf16ToDouble(bits); }
  static Bits narrow(double value) { return mhc::doubleToBF16(value); }
  static Bits makeNaN(Bits) { return 0x7fff; }
};

/// How the names of the intrinsics and of the instructions end.
struct TypeName {
  const char *llvm;
  const char *ptx;
};
} // namespace

/// Each of `Count` elements of the operands through `compute`. A vector takes
/// as many slots as it needs.
template <unsigned Count, typename Variant, typename Bits, typename... Operands,
          size_t... Indices>
static void computeElements(Call &call, Bits (*compute)(Variant, Operands...),
                            std::index_sequence<Indices...>) {
  constexpr unsigned kWidth = 8 * sizeof(Bits), kInSlot = 64 / kWidth;
  constexpr unsigned kSlots = (Count + kInSlot - 1) / kInSlot;
  auto variant = decodeVariant<Variant>(call.site.data);
  for (unsigned i = 0; i < Count; ++i) {
    const uint64_t *arguments = call.arguments + i / kInSlot;
    uint64_t &slot = call.results[i / kInSlot];
    unsigned shift = i % kInSlot * kWidth;
    uint64_t element =
        compute(variant,
                static_cast<Operands>(arguments[Indices * kSlots] >> shift)...);
    slot = shift ? slot | element << shift : element;
  }
}

/// The handler of a function of elements, the first parameter of which is the
/// variant that it is registered with.
template <unsigned Count, typename Variant, typename Bits, typename... Operands>
static void dispatchElements(Call &call,
                             Bits (*compute)(Variant, Operands...)) {
  computeElements<Count>(call, compute, std::index_sequence_for<Operands...>());
}
template <auto Compute, unsigned Count> static void runElements(Call &call) {
  dispatchElements<Count>(call, Compute);
}

//===----------------------------------------------------------------------===//
// Arithmetic that rounds once
//===----------------------------------------------------------------------===//

namespace {
enum class Arithmetic : uint8_t { Add, Mul, Div, Fma, Rcp, Sqrt };

/// What a result is confined to.
enum class Clamp : uint8_t {
  None,
  Saturate, // [0, 1]; a NaN becomes +0
  Relu      // not negative
};

struct Rounded {
  Arithmetic arithmetic;
  llvm::RoundingMode rounding;
  bool ftz;
  Clamp clamp;
};
} // namespace

template <typename Format>
static llvm::APFloat makeFloat(typename Format::Bits bits) {
  return llvm::APFloat(Format::getSemantics(),
                       llvm::APInt(Format::kWidth, bits));
}

/// To nearest even, by the host, which has f32 and f64.
template <typename Host>
static Host computeNearest(Arithmetic arithmetic, Host a, Host b, Host c) {
  switch (arithmetic) {
  case Arithmetic::Add:
    return a + b;
  case Arithmetic::Mul:
    return a * b;
  case Arithmetic::Div:
    return a / b;
  case Arithmetic::Fma:
    return std::fma(a, b, c);
  case Arithmetic::Rcp:
    return 1 / a;
  case Arithmetic::Sqrt:
    return std::sqrt(a);
  }
  llvm_unreachable("unknown arithmetic");
}

/// The root to nearest, moved to the neighbour that a directed rounding asks
/// for: its square tells on which side of the exact root it lies.
template <typename Format>
static typename Format::Bits correctRoot(typename Format::Bits operand,
                                         typename Format::Bits root,
                                         llvm::RoundingMode rounding) {
  if (Format::isNaN(root) || Format::getMagnitude(root) == 0 ||
      root == Format::kInfinity)
    return root;
  // Wide enough for an exact square.
  auto widen = [](typename Format::Bits bits) {
    llvm::APFloat value = makeFloat<Format>(bits);
    bool losesInfo = false;
    value.convert(llvm::APFloat::IEEEquad(), llvm::APFloat::rmNearestTiesToEven,
                  &losesInfo);
    return value;
  };
  llvm::APFloat square = widen(root);
  square.multiply(widen(root), llvm::APFloat::rmNearestTiesToEven);
  llvm::APFloat::cmpResult side = square.compare(widen(operand));
  if (rounding == llvm::RoundingMode::TowardPositive)
    return side == llvm::APFloat::cmpLessThan ? root + 1 : root;
  return side == llvm::APFloat::cmpGreaterThan ? root - 1 : root;
}

/// The sum, where it is not exact, as that of its two neighbours whose last bit
/// is set, so that rounding it again to a much shorter format is as rounding
/// the exact sum.
static double addToOdd(double a, double b) {
  double sum = a + b;
  double rest = sum - a;
  double error = (a - (sum - rest)) + (b - rest);
  auto bits = llvm::bit_cast<uint64_t>(sum);
  if (!std::isfinite(sum) || error == 0 || bits & 1)
    return sum;
  return llvm::bit_cast<double>((error > 0) == (sum > 0) ? bits + 1 : bits - 1);
}

template <typename Format>
static typename Format::Bits
computeUnclamped(Rounded variant, typename Format::Bits a,
                 typename Format::Bits b, typename Format::Bits c) {
  using Host = typename Format::Host;
  using Bits = typename Format::Bits;
  bool nearest = variant.rounding == llvm::RoundingMode::NearestTiesToEven;
  if constexpr (!std::is_void_v<Host>)
    if (nearest || variant.arithmetic == Arithmetic::Sqrt) {
      Bits result = llvm::bit_cast<Bits>(
          computeNearest(variant.arithmetic, llvm::bit_cast<Host>(a),
                         llvm::bit_cast<Host>(b), llvm::bit_cast<Host>(c)));
      return nearest ? result
                     : correctRoot<Format>(a, result, variant.rounding);
    }
  if constexpr (std::is_void_v<Host>)
    if (nearest && variant.arithmetic == Arithmetic::Fma)
      return Format::narrow(
          addToOdd(Format::widen(a) * Format::widen(b), Format::widen(c)));
  llvm::APFloat value = makeFloat<Format>(a);
  switch (variant.arithmetic) {
  case Arithmetic::Add:
    value.add(makeFloat<Format>(b), variant.rounding);
    break;
  case Arithmetic::Mul:
    value.multiply(makeFloat<Format>(b), variant.rounding);
    break;
  case Arithmetic::Div:
    value.divide(makeFloat<Format>(b), variant.rounding);
    break;
  case Arithmetic::Fma:
    value.fusedMultiplyAdd(makeFloat<Format>(b), makeFloat<Format>(c),
                           variant.rounding);
    break;
  case Arithmetic::Rcp: {
    llvm::APFloat one = makeFloat<Format>(Format::kOne);
    one.divide(value, variant.rounding);
    value = one;
    break;
  }
  case Arithmetic::Sqrt:
    llvm_unreachable("roots are the host's");
  }
  return static_cast<Bits>(value.bitcastToAPInt().getZExtValue());
}

template <typename Format>
static typename Format::Bits
computeRounded(Rounded variant, typename Format::Bits a,
               typename Format::Bits b, typename Format::Bits c) {
  using Bits = typename Format::Bits;
  Bits result = computeUnclamped<Format>(variant, Format::flush(a, variant.ftz),
                                         Format::flush(b, variant.ftz),
                                         Format::flush(c, variant.ftz));
  bool isNegative = result & Format::kSign;
  if (Format::isNaN(result))
    return variant.clamp == Clamp::Saturate ? Bits(0) : Format::makeNaN(result);
  result = Format::flush(result, variant.ftz);
  switch (variant.clamp) {
  case Clamp::None:
    return result;
  case Clamp::Saturate:
    return isNegative ? Bits(0) : std::min(result, Format::kOne);
  case Clamp::Relu:
    return isNegative ? Bits(0) : result;
  }
  llvm_unreachable("unknown clamp");
}

template <typename Format>
static typename Format::Bits computeUnary(Rounded variant,
                                          typename Format::Bits a) {
  return computeRounded<Format>(variant, a, 0, 0);
}
template <typename Format>
static typename Format::Bits computeBinary(Rounded variant,
                                           typename Format::Bits a,
                                           typename Format::Bits b) {
  return computeRounded<Format>(variant, a, b, 0);
}

namespace {
struct ArithmeticForm {
  Arithmetic arithmetic;
  const char *name;
  unsigned numOperands;
};
struct RoundingName {
  llvm::RoundingMode rounding;
  const char *name;
};
} // namespace

static constexpr ArithmeticForm kFma = {Arithmetic::Fma, "fma", 3};
static constexpr RoundingName kNearest = {llvm::RoundingMode::NearestTiesToEven,
                                          "rn"};
static constexpr RoundingName kRoundings[] = {
    kNearest,
    {llvm::RoundingMode::TowardZero, "rz"},
    {llvm::RoundingMode::TowardNegative, "rm"},
    {llvm::RoundingMode::TowardPositive, "rp"}};

/// All roundings of one form in `Count` elements of a format.
template <typename Format, unsigned Count = 1>
static void addArithmetic(OperationTable &table, const ArithmeticForm &form,
                          TypeName type, llvm::ArrayRef<RoundingName> roundings,
                          bool hasFtz, llvm::ArrayRef<Clamp> clamps) {
  constexpr Handler handlers[] = {nullptr,
                                  runElements<computeUnary<Format>, Count>,
                                  runElements<computeBinary<Format>, Count>,
                                  runElements<computeRounded<Format>, Count>};
  for (const RoundingName &rounding : roundings)
    for (bool ftz : {false, true})
      for (Clamp clamp : clamps) {
        if (ftz && !hasFtz)
          continue;
        std::string name = std::string(form.name) + "." + rounding.name +
                           (ftz ? ".ftz" : "") +
                           (clamp == Clamp::Saturate ? ".sat"
                            : clamp == Clamp::Relu   ? ".relu"
                                                     : "") +
                           ".";
        Handler handler = handlers[form.numOperands];
        uint64_t data = encodeVariant(
            Rounded{form.arithmetic, rounding.rounding, ftz, clamp});
        table.addIntrinsic("llvm.nvvm." + name + type.llvm, handler, data);
        addInstruction(table, name + type.ptx, form.numOperands, handler, data);
      }
}

template <unsigned Count>
static void addHalfFma(OperationTable &table, llvm::StringRef vector) {
  uint64_t data = encodeVariant(
      Rounded{Arithmetic::Fma, kNearest.rounding, false, Clamp::None});
  table.addIntrinsic("llvm.fma." + vector + "f16",
                     runElements<computeRounded<F16>, Count>, data);
  table.addIntrinsic("llvm.fma." + vector + "bf16",
                     runElements<computeRounded<BF16>, Count>, data);
}

static void addRoundedArithmetic(OperationTable &table) {
  constexpr ArithmeticForm forms[] = {
      {Arithmetic::Add, "add", 2},   {Arithmetic::Mul, "mul", 2},
      {Arithmetic::Div, "div", 2},   {Arithmetic::Rcp, "rcp", 1},
      {Arithmetic::Sqrt, "sqrt", 1}, kFma};
  for (const ArithmeticForm &form : forms) {
    bool saturates = form.arithmetic == Arithmetic::Add ||
                     form.arithmetic == Arithmetic::Fma;
    constexpr Clamp clamps[] = {Clamp::None, Clamp::Saturate};
    addArithmetic<F32>(table, form, {"f", "f32"}, kRoundings, /*hasFtz=*/true,
                       llvm::ArrayRef(clamps, saturates ? 2 : 1));
    addArithmetic<F64>(table, form, {"d", "f64"}, kRoundings,
                       /*hasFtz=*/false, Clamp::None);
  }
  constexpr Clamp half[] = {Clamp::None, Clamp::Saturate, Clamp::Relu};
  addArithmetic<F16>(table, kFma, {"f16", "f16"}, kNearest, true, half);
  addArithmetic<F16, 2>(table, kFma, {"f16x2", "f16x2"}, kNearest, true, half);
  constexpr Clamp brain[] = {Clamp::None, Clamp::Relu};
  addArithmetic<BF16>(table, kFma, {"bf16", "bf16"}, kNearest, false, brain);
  addArithmetic<BF16, 2>(table, kFma, {"bf16x2", "bf16x2"}, kNearest, false,
                         brain);
  // LLVM's own are the same instructions. The host has none of them, and would
  // round twice.
  addHalfFma<1>(table, "");
  addHalfFma<2>(table, "v2");
  addHalfFma<4>(table, "v4");
  addHalfFma<8>(table, "v8");
  addHalfFma<16>(table, "v16");
}

//===----------------------------------------------------------------------===//
// min, max, abs, neg, saturation
//===----------------------------------------------------------------------===//

namespace {
struct Extremum {
  bool isMax, ftz, nan, xorSign;
};
} // namespace

/// PTX ISA, "min", "max": a NaN gives way to a number, unless .NaN; +0 is
/// greater than -0. With .xorsign.abs magnitudes are compared, and the result
/// has the exclusive or of the signs.
template <typename Format>
static typename Format::Bits computeExtremum(Extremum variant,
                                             typename Format::Bits a,
                                             typename Format::Bits b) {
  using Bits = typename Format::Bits;
  a = Format::flush(a, variant.ftz);
  b = Format::flush(b, variant.ftz);
  Bits sign = (a ^ b) & Format::kSign;
  if (variant.xorSign) {
    a = Format::getMagnitude(a);
    b = Format::getMagnitude(b);
  }
  bool isNaNA = Format::isNaN(a), isNaNB = Format::isNaN(b);
  if ((isNaNA && isNaNB) || (variant.nan && (isNaNA || isNaNB)))
    return Format::makeNaN(isNaNA ? a : b);
  // The order of the numbers, as that of the integers.
  auto getRank = [](Bits bits) {
    auto magnitude = static_cast<int64_t>(Format::getMagnitude(bits));
    return bits & Format::kSign ? -1 - magnitude : magnitude;
  };
  bool takesA =
      !isNaNA && (isNaNB || (getRank(a) < getRank(b)) != variant.isMax);
  Bits result = takesA ? a : b;
  return variant.xorSign ? Format::getMagnitude(result) | sign : result;
}

template <typename Format, unsigned Count = 1>
static void addExtrema(OperationTable &table, TypeName type, bool hasFtz,
                       bool hasVariants = true) {
  for (unsigned bits = 0; bits < 16; ++bits) {
    Extremum variant = {(bits & 1) != 0, (bits & 2) != 0, (bits & 4) != 0,
                        (bits & 8) != 0};
    if ((variant.ftz && !hasFtz) ||
        ((variant.nan || variant.xorSign) && !hasVariants))
      continue;
    std::string name = variant.isMax ? "max" : "min";
    auto getName = [&](const char *nan, const char *type) {
      return name + (variant.ftz ? ".ftz" : "") + (variant.nan ? nan : "") +
             (variant.xorSign ? ".xorsign.abs" : "") + "." + type;
    };
    Handler handler = runElements<computeExtremum<Format>, Count>;
    uint64_t data = encodeVariant(variant);
    table.addIntrinsic("llvm.nvvm.f" + getName(".nan", type.llvm), handler,
                       data);
    addInstruction(table, getName(".NaN", type.ptx), 2, handler, data);
  }
}

template <typename Format>
static typename Format::Bits computeAbs(bool ftz, typename Format::Bits a) {
  return Format::getMagnitude(Format::flush(a, ftz));
}

/// Of bf16 alone, where no chip flushes.
template <typename Format>
static typename Format::Bits computeNeg(bool, typename Format::Bits a) {
  return static_cast<typename Format::Bits>(a ^ Format::kSign);
}

/// cvt.sat: to [0, 1]; a NaN becomes +0.
template <typename Format>
static typename Format::Bits computeSaturated(bool ftz,
                                              typename Format::Bits a) {
  a = Format::flush(a, ftz);
  if (Format::isNaN(a) || a & Format::kSign)
    return 0;
  return std::min(a, Format::kOne);
}

template <typename Format, unsigned Count = 1>
static void addAbs(OperationTable &table, TypeName type, bool hasFtz) {
  for (bool ftz : {false, true}) {
    if (ftz && !hasFtz)
      continue;
    std::string flush = ftz ? ".ftz." : ".";
    Handler handler = runElements<computeAbs<Format>, Count>;
    table.addIntrinsic("llvm.nvvm.fabs" + flush + type.llvm, handler, ftz);
    addInstruction(table, "abs" + flush + type.ptx, 1, handler, ftz);
  }
}

//===----------------------------------------------------------------------===//
// Rounding to an integral number
//===----------------------------------------------------------------------===//

/// cvt.rpi.f32.f32 and its like. nvvm.round is cvt.rni: halves go to the even
/// number, in contrast to llvm.round.
template <typename Format,
          typename Format::Host (*Function)(typename Format::Host)>
static typename Format::Bits computeIntegral(bool ftz,
                                             typename Format::Bits a) {
  using Host = typename Format::Host;
  a = Format::flush(a, ftz);
  if (Format::isNaN(a))
    return Format::makeNaN(a);
  return llvm::bit_cast<typename Format::Bits>(
      Function(llvm::bit_cast<Host>(a)));
}

static void addIntegral(OperationTable &table) {
  struct Form {
    const char *name, *rounding;
    Handler single, wide;
  };
#define INTEGRAL(function)                                                     \
  runElements<computeIntegral<F32, std::function>, 1>,                         \
      runElements<computeIntegral<F64, std::function>, 1>
  constexpr Form forms[] = {{"ceil", "rpi", INTEGRAL(ceil)},
                            {"floor", "rmi", INTEGRAL(floor)},
                            {"trunc", "rzi", INTEGRAL(trunc)},
                            {"round", "rni", INTEGRAL(nearbyint)}};
#undef INTEGRAL
  constexpr Form saturation = {"saturate", "sat",
                               runElements<computeSaturated<F32>, 1>,
                               runElements<computeSaturated<F64>, 1>};
  auto add = [&](const Form &form) {
    std::string name = std::string("llvm.nvvm.") + form.name;
    std::string cvt = std::string("cvt.") + form.rounding;
    bool isSaturation = &form == &saturation;
    table.addIntrinsic(name + ".f", form.single, false);
    table.addIntrinsic(name + ".ftz.f", form.single, true);
    table.addIntrinsic(name + ".d", form.wide, false);
    addInstruction(table, cvt + ".f32.f32", 1, form.single, false);
    // Modifiers stand in the order .rni .ftz .sat.
    addInstruction(table,
                   (isSaturation ? "cvt.ftz.sat" : cvt + ".ftz") + ".f32.f32",
                   1, form.single, true);
    addInstruction(table, cvt + ".f64.f64", 1, form.wide, false);
  };
  for (const Form &form : forms)
    add(form);
  add(saturation);
}

//===----------------------------------------------------------------------===//
// Integers
//===----------------------------------------------------------------------===//

template <typename T, typename Wide> static T multiplyHigh(T a, T b) {
  return static_cast<T>(static_cast<Wide>(a) * static_cast<Wide>(b) >>
                        8 * sizeof(T));
}

/// The lower 32 bits of the product of the lower 24 bits.
static uint32_t multiply24(uint32_t a, uint32_t b) {
  return (a & 0xffffff) * (b & 0xffffff);
}
static uint32_t multiply24Signed(uint32_t a, uint32_t b) {
  auto extend = [](uint32_t value) {
    return static_cast<uint32_t>(static_cast<int32_t>(value << 8) >> 8);
  };
  return extend(a) * extend(b);
}

/// c + |a - b|
template <typename T> static T addDifference(T a, T b, T c) {
  using Word = std::make_unsigned_t<T>;
  auto x = static_cast<Word>(a), y = static_cast<Word>(b);
  return static_cast<T>(static_cast<Word>(c) +
                        static_cast<Word>(a < b ? y - x : x - y));
}

/// dp4a: four products of bytes.
template <typename A, typename B>
static uint32_t addByteProducts(uint32_t a, uint32_t b, uint32_t c) {
  for (unsigned i = 0; i < 32; i += 8)
    c += static_cast<uint32_t>(static_cast<A>(a >> i) * static_cast<B>(b >> i));
  return c;
}

/// dp2a: the two halves of `a` times the lower or the upper bytes of `b`.
template <typename A, typename B>
static uint32_t addHalfProducts(uint32_t a, uint32_t b, bool isHigh,
                                uint32_t c) {
  for (unsigned i = 0; i < 2; ++i)
    c += static_cast<uint32_t>(static_cast<A>(a >> 16 * i)) *
         static_cast<uint32_t>(static_cast<B>(b >> (isHigh * 16 + 8 * i)));
  return c;
}

/// prmt: each result byte is one of the eight of {a, b}, or eight copies of
/// its sign.
static uint32_t permute(uint32_t a, uint32_t b, uint32_t selector) {
  uint64_t bytes = uint64_t(b) << 32 | a;
  uint32_t result = 0;
  for (unsigned i = 0; i < 4; ++i) {
    unsigned select = selector >> 4 * i;
    auto byte = static_cast<uint8_t>(bytes >> (select & 7) * 8);
    if (select & 8)
      byte = byte & 0x80 ? 0xff : 0;
    result |= uint32_t(byte) << 8 * i;
  }
  return result;
}

/// The modes of prmt, which make the selector from two bits.
template <unsigned (*Select)(unsigned number, unsigned index)>
static uint32_t permuteBy(uint32_t a, uint32_t b, uint32_t number) {
  uint32_t selector = 0;
  for (unsigned i = 0; i < 4; ++i)
    selector |= Select(number & 3, i) << 4 * i;
  return permute(a, b, selector);
}
template <unsigned (*Select)(unsigned number, unsigned index)>
static uint32_t permuteOne(uint32_t a, uint32_t number) {
  return permuteBy<Select>(a, 0, number);
}
static unsigned selectForward(unsigned number, unsigned i) {
  return number + i;
}
static unsigned selectBackward(unsigned number, unsigned i) {
  return (number - i) & 7;
}
static unsigned selectReplicated(unsigned number, unsigned) { return number; }
static unsigned selectEdgeLeft(unsigned number, unsigned i) {
  return std::max(number, i);
}
static unsigned selectEdgeRight(unsigned number, unsigned i) {
  return std::min(number, i);
}
static unsigned selectHalf(unsigned number, unsigned i) {
  return (number & 1) * 2 + (i & 1);
}

/// shf.clamp: a shift of {high, low} by at most 32.
static uint32_t shiftLeft(uint32_t high, uint32_t low, uint32_t count) {
  uint64_t both = uint64_t(high) << 32 | low;
  return static_cast<uint32_t>(both >> (32 - std::min(count, 32u)));
}
static uint32_t shiftRight(uint32_t high, uint32_t low, uint32_t count) {
  uint64_t both = uint64_t(high) << 32 | low;
  return static_cast<uint32_t>(both >> std::min(count, 32u));
}

/// bfind: the highest bit that is not a copy of the sign, or how far to shift
/// it to the top.
template <typename T> static uint32_t findLeadingOne(T value, bool shift) {
  using Word = std::make_unsigned_t<T>;
  auto bits = static_cast<Word>(value < 0 ? ~value : value);
  if (bits == 0)
    return 0xffffffff;
  unsigned zeros = llvm::countl_zero(bits);
  return shift ? zeros : 8 * sizeof(T) - 1 - zeros;
}

/// szext: the lower `width` bits, extended.
template <bool isSigned, bool clamps>
static uint32_t extendBits(uint32_t value, uint32_t width) {
  width = clamps ? std::min(width, 32u) : width & 31;
  if (width == 0)
    return 0;
  unsigned rest = 32 - width;
  return isSigned ? static_cast<uint32_t>(static_cast<int32_t>(value << rest) >>
                                          rest)
                  : value << rest >> rest;
}

/// bmsk: `width` ones from `first` on, as far as there are bits.
template <bool clamps>
static uint32_t makeMask(uint32_t first, uint32_t width) {
  if (!clamps) {
    first &= 31;
    width &= 31;
  }
  if (first >= 32)
    return 0;
  uint64_t ones = width >= 32 ? 0xffffffff : (uint64_t(1) << width) - 1;
  return static_cast<uint32_t>(ones << first);
}

/// fns: the place of the |offset|-th one of the mask from `base` on, upward or
/// downward; base itself for the offset 0.
static uint32_t findNthSet(uint32_t mask, uint32_t base, int32_t offset) {
  constexpr uint32_t none = 0xffffffff;
  if (base > 31)
    return none;
  if (offset == 0)
    return mask >> base & 1 ? base : none;
  int64_t left = std::abs(static_cast<int64_t>(offset));
  for (int place = base; place >= 0 && place < 32; place += offset > 0 ? 1 : -1)
    if (mask >> place & 1 && --left == 0)
      return place;
  return none;
}

static uint64_t joinDouble(uint32_t low, uint32_t high) {
  return uint64_t(high) << 32 | low;
}
static uint32_t getLow(uint64_t bits) { return static_cast<uint32_t>(bits); }
static uint32_t getHigh(uint64_t bits) {
  return static_cast<uint32_t>(bits >> 32);
}
static uint64_t identity(uint64_t value) { return value; }

static void addIntegers(OperationTable &table) {
  struct Entry {
    const char *intrinsic;
    Handler handler;
    const char *instruction = nullptr;
    unsigned numOperands = 0;
  };
  constexpr Entry entries[] = {
      {"mulhi.s", runPure<multiplyHigh<int16_t, int32_t>>, "mul.hi.s16", 2},
      {"mulhi.us", runPure<multiplyHigh<uint16_t, uint32_t>>, "mul.hi.u16", 2},
      {"mulhi.i", runPure<multiplyHigh<int32_t, int64_t>>, "mul.hi.s32", 2},
      {"mulhi.ui", runPure<multiplyHigh<uint32_t, uint64_t>>, "mul.hi.u32", 2},
      {"mulhi.ll", runPure<multiplyHigh<int64_t, __int128>>, "mul.hi.s64", 2},
      {"mulhi.ull", runPure<multiplyHigh<uint64_t, unsigned __int128>>,
       "mul.hi.u64", 2},
      {"mul24.i", runPure<multiply24Signed>, "mul24.lo.s32", 2},
      {"mul24.ui", runPure<multiply24>, "mul24.lo.u32", 2},
      {"sad.s", runPure<addDifference<int16_t>>, "sad.s16", 3},
      {"sad.us", runPure<addDifference<uint16_t>>, "sad.u16", 3},
      {"sad.i", runPure<addDifference<int32_t>>, "sad.s32", 3},
      {"sad.ui", runPure<addDifference<uint32_t>>, "sad.u32", 3},
      {"sad.ll", runPure<addDifference<int64_t>>, "sad.s64", 3},
      {"sad.ull", runPure<addDifference<uint64_t>>, "sad.u64", 3},
      {"idp4a.s.s", runPure<addByteProducts<int8_t, int8_t>>, "dp4a.s32.s32",
       3},
      {"idp4a.s.u", runPure<addByteProducts<int8_t, uint8_t>>, "dp4a.s32.u32",
       3},
      {"idp4a.u.s", runPure<addByteProducts<uint8_t, int8_t>>, "dp4a.u32.s32",
       3},
      {"idp4a.u.u", runPure<addByteProducts<uint8_t, uint8_t>>, "dp4a.u32.u32",
       3},
      {"idp2a.s.s", runPure<addHalfProducts<int16_t, int8_t>>},
      {"idp2a.s.u", runPure<addHalfProducts<int16_t, uint8_t>>},
      {"idp2a.u.s", runPure<addHalfProducts<uint16_t, int8_t>>},
      {"idp2a.u.u", runPure<addHalfProducts<uint16_t, uint8_t>>},
      {"prmt", runPure<permute>, "prmt.b32", 3},
      {"prmt.f4e", runPure<permuteBy<selectForward>>, "prmt.b32.f4e", 3},
      {"prmt.b4e", runPure<permuteBy<selectBackward>>, "prmt.b32.b4e", 3},
      {"prmt.rc8", runPure<permuteOne<selectReplicated>>},
      {"prmt.ecl", runPure<permuteOne<selectEdgeLeft>>},
      {"prmt.ecr", runPure<permuteOne<selectEdgeRight>>},
      {"prmt.rc16", runPure<permuteOne<selectHalf>>},
      {"fshl.clamp.i32", runPure<shiftLeft>},
      {"fshr.clamp.i32", runPure<shiftRight>},
      {"flo.s.i32", runPure<findLeadingOne<int32_t>>},
      {"flo.u.i32", runPure<findLeadingOne<uint32_t>>},
      {"flo.s.i64", runPure<findLeadingOne<int64_t>>},
      {"flo.u.i64", runPure<findLeadingOne<uint64_t>>},
      {"sext.wrap", runPure<extendBits<true, false>>, "szext.wrap.s32", 2},
      {"sext.clamp", runPure<extendBits<true, true>>, "szext.clamp.s32", 2},
      {"zext.wrap", runPure<extendBits<false, false>>, "szext.wrap.u32", 2},
      {"zext.clamp", runPure<extendBits<false, true>>, "szext.clamp.u32", 2},
      {"bmsk.wrap", runPure<makeMask<false>>, "bmsk.wrap.b32", 2},
      {"bmsk.clamp", runPure<makeMask<true>>, "bmsk.clamp.b32", 2},
      {"fns", runPure<findNthSet>, "fns.b32", 3},
      {"lohi.i2d", runPure<joinDouble>},
      {"d2i.lo", runPure<getLow>},
      {"d2i.hi", runPure<getHigh>},
      {"move.i16", runPure<identity>},
      {"move.i32", runPure<identity>},
      {"move.i64", runPure<identity>},
      {"move.float", runPure<identity>},
      {"move.double", runPure<identity>}};
  for (const Entry &entry : entries) {
    table.addIntrinsic(llvm::Twine("llvm.nvvm.") + entry.intrinsic,
                       entry.handler);
    if (entry.instruction)
      addInstruction(table, entry.instruction, entry.numOperands,
                     entry.handler);
  }
}

void mhc::emulator::addMathOperations(OperationTable &table) {
  addApproximations(table);
  addRoundedArithmetic(table);

  addExtrema<F64>(table, {"d", "f64"}, false, /*hasVariants=*/false);
  addExtrema<F32>(table, {"f", "f32"}, true);
  addExtrema<F16>(table, {"f16", "f16"}, true);
  addExtrema<F16, 2>(table, {"f16x2", "f16x2"}, true);
  addExtrema<BF16>(table, {"bf16", "bf16"}, false);
  addExtrema<BF16, 2>(table, {"bf16x2", "bf16x2"}, false);

  addAbs<F64>(table, {"f64", "f64"}, false);
  addAbs<F32>(table, {"f32", "f32"}, true);
  addAbs<F16>(table, {"f16", "f16"}, true);
  addAbs<F16, 2>(table, {"v2f16", "f16x2"}, true);
  addAbs<BF16>(table, {"bf16", "bf16"}, false);
  addAbs<BF16, 2>(table, {"v2bf16", "bf16x2"}, false);

  table.addIntrinsic("llvm.nvvm.neg.bf16", runElements<computeNeg<BF16>, 1>);
  table.addIntrinsic("llvm.nvvm.neg.bf16x2", runElements<computeNeg<BF16>, 2>);
  addInstruction(table, "neg.bf16", 1, runElements<computeNeg<BF16>, 1>);
  addInstruction(table, "neg.bf16x2", 1, runElements<computeNeg<BF16>, 2>);

  addIntegral(table);
  addIntegers(table);
}
