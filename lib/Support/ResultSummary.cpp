//===- ResultSummary.cpp - A result in one line ---------------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "mhc/Support/ResultSummary.h"
#include "mhc/Support/FloatFormats.h"

#include "llvm/Support/ErrorHandling.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/raw_ostream.h"

#include <algorithm>
#include <cmath>
#include <limits>

using namespace llvm;

namespace mhc {

/// Prints a number as C's `%g` does, but a NaN without its sign.
static void printNumber(raw_ostream &os, double value) {
  if (std::isnan(value))
    os << "nan";
  else
    os << format("%g", value);
}

/// Widens an element to double; the 16-bit kinds by way of `widen`.
template <typename T, double (*Widen)(T)>
static void summarizeFloats(raw_ostream &os, ArrayRef<T> elements) {
  constexpr double infinity = std::numeric_limits<double>::infinity();
  double min = infinity, max = -infinity, sum = 0;
  size_t numNaN = 0, numInf = 0;
  for (T element : elements) {
    const double value = Widen(element);
    if (std::isnan(value)) {
      ++numNaN;
      continue;
    }
    min = std::min(min, value);
    max = std::max(max, value);
    if (std::isinf(value))
      ++numInf;
    else
      sum += value;
  }

  const size_t numFinite = elements.size() - numNaN - numInf;
  double mean = sum / static_cast<double>(numFinite);
  if (!std::isfinite(sum)) {
    // The sum of large doubles overflows where their mean does not.
    mean = 0;
    for (T element : elements)
      if (const double value = Widen(element); std::isfinite(value))
        mean += value / static_cast<double>(numFinite);
  }
  if (numNaN == elements.size())
    min = max = std::numeric_limits<double>::quiet_NaN();

  os << " min ";
  printNumber(os, min);
  os << " max ";
  printNumber(os, max);
  os << " mean ";
  printNumber(os, mean);
  if (numNaN != 0)
    os << " nan " << numNaN;
  if (numInf != 0)
    os << " inf " << numInf;
}

template <typename T>
static void summarizeIntegers(raw_ostream &os, ArrayRef<T> elements) {
  T min = elements.front(), max = elements.front();
  double sum = 0;
  for (T element : elements) {
    min = std::min(min, element);
    max = std::max(max, element);
    sum += static_cast<double>(element);
  }
  os << " min " << static_cast<int64_t>(min) << " max "
     << static_cast<int64_t>(max) << " mean ";
  printNumber(os, sum / static_cast<double>(elements.size()));
}

static double widenFloat(float value) { return value; }
static double widenDouble(double value) { return value; }

std::string summarizeResult(const HostTensor &tensor) {
  std::string text = describeType(tensor.getKind(), tensor.getShape());
  if (tensor.getNumElements() == 0)
    return text + " empty";
  raw_string_ostream os(text);
  switch (tensor.getKind()) {
  case ElementKind::BF16:
    summarizeFloats<uint16_t, bf16ToDouble>(os, tensor.getElements<uint16_t>());
    break;
  case ElementKind::F16:
    summarizeFloats<uint16_t, f16ToDouble>(os, tensor.getElements<uint16_t>());
    break;
  case ElementKind::F32:
    summarizeFloats<float, widenFloat>(os, tensor.getElements<float>());
    break;
  case ElementKind::F64:
    summarizeFloats<double, widenDouble>(os, tensor.getElements<double>());
    break;
  case ElementKind::I1:
    summarizeIntegers(os, tensor.getElements<uint8_t>());
    break;
  case ElementKind::I32:
    summarizeIntegers(os, tensor.getElements<int32_t>());
    break;
  case ElementKind::I64:
    summarizeIntegers(os, tensor.getElements<int64_t>());
    break;
  }
  return text;
}

} // namespace mhc
