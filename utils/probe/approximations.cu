//===- approximations.cu - Errors of approximate instructions -------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Each instruction on all of its 2^32 or 2^16 operands (on the host, on some of
// 2^32), against double precision. Records:
//
//   approximation   function, domain, inputs; the largest error in units of the
//                   last place of the exact result (ulp), relative and absolute
//                   (relative, absolute), each with the operand's bits (ulpAt,
//                   relativeAt, absoluteAt); steps: the most numbers between
//                   the result and the exact one, rounded (f32 only)
//   special         function; inputs that have one right result (zeros,
//                   infinities, NaN, beyond the range, flushed), how many of
//                   them have another one (wrong), and one of them; values, the
//                   results of some operands, "operand result"
//
//===----------------------------------------------------------------------===//

#include "device/options.h"

using namespace probe;

//===----------------------------------------------------------------------===//
// The functions
//===----------------------------------------------------------------------===//

namespace {

enum Function : u32 {
  Ex2,
  Ex2Full,
  Lg2,
  Lg2Full,
  Rcp,
  RcpFull,
  Rsqrt,
  RsqrtFull,
  Sqrt,
  SqrtFull,
  Tanh,
  Ex2F16,
  Ex2Bf16,
  TanhF16,
  TanhBf16,
  kFunctions
};
constexpr const char *kFunctionName[kFunctions] = {
    "ex2.approx.ftz.f32",   "ex2.approx.f32",     "lg2.approx.ftz.f32",
    "lg2.approx.f32",       "rcp.approx.ftz.f32", "rcp.approx.f32",
    "rsqrt.approx.ftz.f32", "rsqrt.approx.f32",   "sqrt.approx.ftz.f32",
    "sqrt.approx.f32",      "tanh.approx.f32",    "ex2.approx.f16",
    "ex2.approx.ftz.bf16",  "tanh.approx.f16",    "tanh.approx.bf16"};

/// Where a bound holds. Of lg2, Main is between 1/2 and 2. Next to the ends of
/// the range, an error may overflow, or be flushed (that is not counted).
enum Domain : u32 {
  Main,
  FarFromOne,
  TinyResults,
  TinyOperands,
  NextToOverflow,
  Special,
  NextToFlush
};
constexpr const char *kDomainName[] = {
    "normal numbers", "outside (1/2, 2)", "subnormal results",
    "subnormal operands", "next to overflow"};

} // namespace

DEVICE bool is16Bit(u32 function) { return function >= Ex2F16; }
DEVICE bool isF16(u32 function) {
  return function == Ex2F16 || function == TanhF16;
}
DEVICE bool isEx2(u32 function) {
  return function == Ex2 || function == Ex2Full || function == Ex2F16 ||
         function == Ex2Bf16;
}
DEVICE bool isTanh(u32 function) {
  return function == Tanh || function == TanhF16 || function == TanhBf16;
}
DEVICE bool flushes(u32 function) {
  return function == Ex2 || function == Lg2 || function == Rcp ||
         function == Rsqrt || function == Sqrt || function == Ex2Bf16;
}

DEVICE u32 approximate(u32 function, u32 bits) {
  const float x = __uint_as_float(bits);
  switch (function) {
  case Ex2:
    return __float_as_uint(ex2Approx(x));
  case Ex2Full:
    return __float_as_uint(ex2ApproxFull(x));
  case Lg2:
    return __float_as_uint(lg2Approx(x));
  case Lg2Full:
    return __float_as_uint(lg2ApproxFull(x));
  case Rcp:
    return __float_as_uint(rcpApprox(x));
  case RcpFull:
    return __float_as_uint(rcpApproxFull(x));
  case Rsqrt:
    return __float_as_uint(rsqrtApprox(x));
  case RsqrtFull:
    return __float_as_uint(rsqrtApproxFull(x));
  case Sqrt:
    return __float_as_uint(sqrtApprox(x));
  case SqrtFull:
    return __float_as_uint(sqrtApproxFull(x));
  case Tanh:
    return __float_as_uint(tanhApprox(x));
  case Ex2F16:
    return ex2ApproxF16(bits) & 0xffff;
  case Ex2Bf16:
    return ex2ApproxBf16(bits) & 0xffff;
  case TanhF16:
    return tanhApproxF16(bits) & 0xffff;
  default:
    return tanhApproxBf16(bits) & 0xffff;
  }
}

/// The function without error, of a finite number in its domain.
DEVICE double computeExactly(u32 function, double x) {
  if (isEx2(function))
    return exp2(x);
  if (isTanh(function))
    return tanh(x);
  switch (function) {
  case Lg2:
  case Lg2Full:
    return log2(x);
  case Rcp:
  case RcpFull:
    return 1 / x;
  case Rsqrt:
  case RsqrtFull:
    return 1 / sqrt(x);
  default:
    return sqrt(x);
  }
}

//===----------------------------------------------------------------------===//
// Numbers
//===----------------------------------------------------------------------===//

/// What the formats differ in.
struct Format {
  u32 sign, infinity;
  int fractionBits;
  double leastNormal, largest;
};

DEVICE Format formatOf(u32 function) {
  if (!is16Bit(function))
    return {0x80000000u, 0x7f800000u, 23, 0x1p-126, 0x1.fffffep127};
  if (isF16(function))
    return {0x8000u, 0x7c00u, 10, 0x1p-14, 65504};
  return {0x8000u, 0x7f80u, 7, 0x1p-126, 0x1.fep127};
}

/// The value of a number that is finite or infinite.
DEVICE double widen(u32 function, u32 bits) {
  if (!is16Bit(function))
    return __uint_as_float(bits);
  if (!isF16(function))
    return __uint_as_float(bits << 16);
  // The exponent of an f32 is larger by 112, which a product adds; that makes
  // subnormal numbers right, too.
  const u32 magnitude = bits & 0x7fff;
  const double value = magnitude >= 0x7c00
                           ? static_cast<double>(__uint_as_float(0x7f800000))
                           : __uint_as_float(magnitude << 13) * 0x1p112;
  return bits >> 15 ? -value : value;
}

/// 2^floor(log2 |value|), at least `least`.
DEVICE double powerBelow(double value, double least) {
  u64 bits;
  value = fabs(value) < least ? least : fabs(value);
  memcpy(&bits, &value, 8);
  bits &= 0x7ff0000000000000;
  memcpy(&value, &bits, 8);
  return value;
}

DEVICE double power(int exponent) {
  const u64 bits = static_cast<u64>(exponent + 1023) << 52;
  double value;
  memcpy(&value, &bits, 8);
  return value;
}

/// What is expected of an operand.
struct Expected {
  u32 domain;
  /// The exact result, or, of Special, the bits: infinity + 1 for any NaN.
  double value;
  u32 bits;
};

DEVICE Expected expectBits(u32 bits) { return {Special, 0, bits}; }

/// Infinity or zero, where the result is beyond the range; everywhere else the
/// domain of a finite operand that is not zero.
DEVICE Expected expectValue(u32 function, const Format &format, double x,
                            double value) {
  const double size = fabs(value);
  const u32 sign = value < 0 ? format.sign : 0;
  // Bounds are of a few units in the last place: next to the range's ends, a
  // result may be on either side.
  const double margin = power(2 - format.fractionBits);
  if (size > format.largest * (1 + margin))
    return expectBits(sign | format.infinity);
  if (size > format.largest * (1 - margin))
    return {NextToOverflow, value, 0};
  // Only of ex2, a result that is zero in double precision is too small.
  const bool isTiny =
      size < format.leastNormal && (value != 0 || isEx2(function));
  if (isTiny && flushes(function))
    return size < format.leastNormal * (1 - margin)
               ? expectBits(sign)
               : Expected{NextToFlush, value, 0};
  // Below an eighth of the least number.
  if (isTiny && size < format.leastNormal * power(-format.fractionBits - 3))
    return expectBits(sign);
  if (fabs(x) < format.leastNormal)
    return {TinyOperands, value, 0};
  if (isTiny)
    return {TinyResults, value, 0};
  if ((function == Lg2 || function == Lg2Full) && (x <= 0.5 || x >= 2))
    return {FarFromOne, value, 0};
  return {Main, value, 0};
}

DEVICE Expected expect(u32 function, u32 bits) {
  const Format format = formatOf(function);
  const u32 nan = format.infinity + 1;
  const u32 sign = bits & format.sign;
  u32 magnitude = bits & (format.sign - 1);
  if (magnitude > format.infinity)
    return expectBits(nan);
  if (flushes(function) && magnitude < 1u << format.fractionBits)
    magnitude = 0;
  const bool isZero = magnitude == 0, isInfinite = magnitude == format.infinity;
  const u32 one = isF16(function)     ? 0x3c00
                  : is16Bit(function) ? 0x3f80
                                      : 0x3f800000;
  if (isEx2(function)) {
    if (isZero)
      return expectBits(one);
    if (isInfinite)
      return expectBits(sign ? 0 : format.infinity);
  } else if (isTanh(function)) {
    if (isZero || isInfinite)
      return expectBits(sign | (isZero ? 0 : one));
  } else if (function == Rcp || function == RcpFull) {
    if (isZero || isInfinite)
      return expectBits(sign | (isZero ? format.infinity : 0));
  } else {
    const bool isLg2 = function == Lg2 || function == Lg2Full;
    const bool isSqrt = function == Sqrt || function == SqrtFull;
    if (isZero)
      return expectBits(isLg2    ? format.sign | format.infinity
                        : isSqrt ? sign
                                 : sign | format.infinity);
    if (sign)
      return expectBits(nan);
    if (isInfinite)
      return expectBits(isLg2 || isSqrt ? format.infinity : 0);
  }
  const double x = widen(function, sign | magnitude);
  return expectValue(function, format, x, computeExactly(function, x));
}

//===----------------------------------------------------------------------===//
// All operands
//===----------------------------------------------------------------------===//

/// The largest errors that a thread has seen, and where.
struct Worst {
  double ulp, relative, absolute;
  u32 ulpAt, relativeAt, absoluteAt;
  u32 steps;
  /// How many operands there were, and of Special, how many were wrong.
  u32 inputs, wrong, wrongAt, unused;
};

struct CompareParameters {
  Worst *worst;
  u32 function, domain;
  /// Every `step`th operand of `end`.
  u64 step, end;
};

DEVICE void keepLarger(double &most, u32 &at, double error, u32 bits) {
  if (error > most) {
    most = error;
    at = bits;
  }
}

DEVICE void compareOne(Worst &worst, u32 function, u32 domain, u32 bits) {
  const Expected expected = expect(function, bits);
  if (expected.domain != domain)
    return;
  const Format format = formatOf(function);
  const u32 found = approximate(function, bits);
  ++worst.inputs;
  if (domain == Special) {
    const bool bothNaN = expected.bits == format.infinity + 1 &&
                         (found & (format.sign - 1)) > format.infinity;
    if (found != expected.bits && !bothNaN) {
      ++worst.wrong;
      worst.wrongAt = bits;
    }
    return;
  }
  const bool isNaN = (found & (format.sign - 1)) > format.infinity;
  const double infinity = widen(function, format.infinity);
  const double error =
      isNaN ? infinity : fabs(widen(function, found) - expected.value);
  keepLarger(worst.absolute, worst.absoluteAt, error, bits);
  if (expected.value == 0)
    return;
  keepLarger(worst.relative, worst.relativeAt, error / fabs(expected.value),
             bits);
  const double unit = powerBelow(expected.value, format.leastNormal) *
                      power(-format.fractionBits);
  keepLarger(worst.ulp, worst.ulpAt, error / unit, bits);
  if (!is16Bit(function)) {
    const u32 rounded = __float_as_uint(static_cast<float>(expected.value));
    const u32 steps = found > rounded ? found - rounded : rounded - found;
    worst.steps = max(worst.steps, steps);
  }
}

DEVICE void compareBody(const CompareParameters &p) {
  Worst worst = {};
  const u64 thread = static_cast<u64>(blockIdx.x) * blockDim.x + threadIdx.x;
  const u64 threads = static_cast<u64>(gridDim.x) * blockDim.x;
  for (u64 i = thread * p.step; i < p.end; i += threads * p.step)
    compareOne(worst, p.function, p.domain, static_cast<u32>(i));
  p.worst[thread] = worst;
}

PROBE_KERNEL(compareApproximation, 256, 1, CompareParameters, compareBody(p))

struct ApplyParameters {
  const u32 *operands;
  u32 *results;
  u32 function, count;
};

DEVICE void applyBody(const ApplyParameters &p) {
  for (u32 i = threadIdx.x; i < p.count; i += blockDim.x)
    p.results[i] = approximate(p.function, p.operands[i]);
}

PROBE_KERNEL(applyApproximation, 32, 1, ApplyParameters, applyBody(p))

static std::string hex(u32 bits, bool half) {
  char text[16];
  std::snprintf(text, sizeof text, half ? "%04x" : "%08x", bits);
  return text;
}

static bool isHalfWide(u32 function) { return function >= Ex2F16; }

/// Whether a function has operands of a domain, so that no time is spent on
/// looking for them.
static bool mayHave(u32 function, u32 domain) {
  const bool isLg2 = function == Lg2 || function == Lg2Full;
  const bool isFull = function == Ex2Full || function == Lg2Full ||
                      function == RcpFull || function == RsqrtFull ||
                      function == SqrtFull || function == Tanh;
  switch (domain) {
  case FarFromOne:
    return isLg2;
  case TinyOperands:
    return isFull || isHalfWide(function);
  case TinyResults:
    return function == Ex2Full || function == RcpFull || function == Tanh ||
           isHalfWide(function);
  case NextToOverflow:
    return function == Ex2 || function == Ex2Full || function == RcpFull ||
           isHalfWide(function);
  default:
    return true;
  }
}

/// The worst of all threads. Of counts, sums.
static Worst compare(const Device &device, u32 function, u32 domain,
                     bool small) {
  // A prime step on the host: all exponents, and many fractions.
  const u64 end = isHalfWide(function) ? u64(1) << 16 : u64(1) << 32;
  const u64 step = !small ? 1 : isHalfWide(function) ? 3 : 32749;
  const Grid grid = {
      kEmulated ? 1 : 8 * static_cast<unsigned>(device.multiprocessors),
      kEmulated ? 32u : 256u};
  Buffer<Worst> buffer(static_cast<size_t>(grid.ctas) * grid.threads);
  launch(compareApproximation, grid,
         {buffer.data(), function, domain, step, end});
  Worst total = {};
  u64 inputs = 0, wrong = 0;
  const auto keep = [](double &most, u32 &at, double error, u32 bits) {
    if (error > most)
      most = error, at = bits;
  };
  for (const Worst &worst : buffer.download()) {
    keep(total.ulp, total.ulpAt, worst.ulp, worst.ulpAt);
    keep(total.relative, total.relativeAt, worst.relative, worst.relativeAt);
    keep(total.absolute, total.absoluteAt, worst.absolute, worst.absoluteAt);
    total.steps = std::max(total.steps, worst.steps);
    inputs += worst.inputs;
    wrong += worst.wrong;
    if (worst.wrong)
      total.wrongAt = worst.wrongAt;
  }
  total.inputs = static_cast<u32>(std::min<u64>(inputs, UINT32_MAX));
  total.wrong = static_cast<u32>(std::min<u64>(wrong, UINT32_MAX));
  return total;
}

static void printDomain(u32 function, u32 domain, const Worst &worst) {
  const bool half = isHalfWide(function);
  Record record("approximation");
  record.set("function", kFunctionName[function])
      .set("domain", (function == Lg2 || function == Lg2Full) && domain == Main
                         ? "between 1/2 and 2"
                         : kDomainName[domain])
      .set("inputs", worst.inputs)
      .set("ulp", worst.ulp)
      .set("ulpAt", hex(worst.ulpAt, half))
      .set("relative", worst.relative)
      .set("relativeAt", hex(worst.relativeAt, half))
      .set("absolute", worst.absolute)
      .set("absoluteAt", hex(worst.absoluteAt, half));
  if (!half)
    record.set("steps", worst.steps);
  record.print();
}

static void printSpecial(u32 function, const Worst &worst) {
  const bool half = isHalfWide(function);
  std::vector<u32> operands;
  for (const u32 bits :
       {0x00000000u, 0x00000001u, 0x007fffffu, 0x00800000u, 0x3f800000u,
        0x42ffffffu, 0x43000000u, 0x7e800000u, 0x7e800001u, 0x7f7fffffu,
        0x7f800000u, 0x7f800001u, 0x7fc00000u, 0x7fe12345u})
    for (const u32 sign : {0u, 0x80000000u})
      operands.push_back(sign | bits);
  for (const u32 bits : {0xc2fc0000u, 0xc3150000u, 0xc3160000u}) // -126, ...
    operands.push_back(bits);
  if (half) {
    operands = {0x0000, 0x8000, 0x0001, 0x8001, 0x007f, 0x0080, 0x03ff,
                0x0400, 0x3c00, 0x3f80, 0xbc00, 0xbf80, 0x7bff, 0xfbff,
                0x7c00, 0xfc00, 0x7c01, 0x7e00, 0xfe00, 0x7f7f, 0xff7f,
                0x7f80, 0xff80, 0x7f81, 0x7fc0, 0xffc0};
  }
  Buffer<u32> from(operands), to(operands.size());
  launch(applyApproximation, {1, 32},
         {from.data(), to.data(), function, static_cast<u32>(operands.size())});
  const std::vector<u32> results = to.download();
  std::vector<std::string> values;
  for (size_t i = 0; i < operands.size(); ++i)
    values.push_back(hex(operands[i], half) + ' ' + hex(results[i], half));
  Record record("special");
  record.set("function", kFunctionName[function])
      .set("inputs", worst.inputs)
      .set("wrong", worst.wrong);
  if (worst.wrong)
    record.set("wrongAt", hex(worst.wrongAt, half));
  record.set("values", values).print();
}

int main(int count, char **arguments) {
  const Options options(count, arguments);
  const Device device = openDevice();
  for (u32 function = 0; function < kFunctions; ++function) {
    if (!options.selects(kFunctionName[function]) ||
        !options.hasTimeFor(kFunctionName[function]))
      continue;
    for (u32 domain = Main; domain < Special; ++domain) {
      if (!mayHave(function, domain))
        continue;
      const Worst worst = compare(device, function, domain, options.small);
      if (worst.inputs)
        printDomain(function, domain, worst);
    }
    printSpecial(function, compare(device, function, Special, options.small));
  }
}
