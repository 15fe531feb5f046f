//===- ResultSummaryTest.cpp - Checks of result lines ---------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Check.h"

#include "mhc/Support/FloatFormats.h"
#include "mhc/Support/ResultSummary.h"

#include "llvm/ADT/STLExtras.h"

#include <cmath>
#include <limits>

using namespace llvm;
using namespace mhc;
using namespace mhc::test;

template <typename T>
static std::string summarize(Checks &checks, ElementKind kind,
                             ArrayRef<int64_t> shape, ArrayRef<T> values) {
  auto tensor = checks.value("tensor", HostTensor::create(kind, shape));
  if (!tensor)
    return "";
  checks.equal("elements", tensor->getNumElements(), values.size());
  copy(values, tensor->template getMutableElements<T>().begin());
  return summarizeResult(*tensor);
}

void mhc::test::checkResultSummary(Checks &checks) {
  checks.run("result-summary", [&] {
    const double inf = INFINITY, nan = NAN;
    const double max = std::numeric_limits<double>::max();
    auto doubles = [&](ArrayRef<int64_t> shape, ArrayRef<double> values) {
      return summarize<double>(checks, ElementKind::F64, shape, values);
    };
    checks.equal("bf16", "1x2xbf16 min -3.09375 max 2.90625 mean -0.09375",
                 summarize<uint16_t>(checks, ElementKind::BF16, {1, 2},
                                     {doubleToBF16(-3.1), doubleToBF16(2.9)}));
    checks.equal("rank 0", "f32 min 0.333333 max 0.333333 mean 0.333333",
                 summarize<float>(checks, ElementKind::F32, {}, {1.0f / 3}));
    checks.equal(
        "empty", "0x4x64xbf16 empty",
        summarize<uint16_t>(checks, ElementKind::BF16, {0, 4, 64}, {}));
    checks.equal("nan and inf", "5xf64 min -2 max inf mean 1 nan 2 inf 1",
                 doubles({5}, {nan, 4, inf, -2, -nan}));
    checks.equal("only nan", "2xf64 min nan max nan mean nan nan 2",
                 doubles({2}, {nan, nan}));
    checks.equal("only inf", "2xf64 min -inf max inf mean nan inf 2",
                 doubles({2}, {-inf, inf}));
    checks.equal("large",
                 "2xf64 min 1.79769e+308 max 1.79769e+308 mean 1.79769e+308",
                 doubles({2}, {max, max}));
    checks.equal("i32", "2xi32 min -2147483648 max 2147483647 mean -0.5",
                 summarize<int32_t>(checks, ElementKind::I32, {2},
                                    {INT32_MIN, INT32_MAX}));
    checks.equal(
        "i1", "4xi1 min 0 max 1 mean 0.25",
        summarize<uint8_t>(checks, ElementKind::I1, {4}, {0, 1, 0, 0}));
  });
}
