//===- FloatFormats.cpp - Exact conversions between float formats ---------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "mhc/Support/FloatFormats.h"

#include "llvm/Support/ErrorHandling.h"

#include <cstring>
#include <limits>

using namespace llvm;

namespace mhc {

static_assert(std::numeric_limits<float>::is_iec559 &&
                  std::numeric_limits<double>::is_iec559,
              "float and double must be IEEE binary32 and binary64");

namespace {

/// A float kind's storage and its way to and from float and double.
struct BF16Format {
  using Storage = uint16_t;
  static float widen(uint16_t bits) { return bf16ToFloat(bits); }
  static uint16_t narrow(float value) { return floatToBF16(value); }
  static uint16_t narrow(double value) { return doubleToBF16(value); }
};

struct F16Format {
  using Storage = uint16_t;
  static float widen(uint16_t bits) { return f16ToFloat(bits); }
  static uint16_t narrow(float value) { return floatToF16(value); }
  static uint16_t narrow(double value) { return doubleToF16(value); }
};

struct F32Format {
  using Storage = float;
  static float widen(float value) { return value; }
  static float narrow(float value) { return value; }
  static float narrow(double value) { return static_cast<float>(value); }
};

struct F64Format {
  using Storage = double;
  static double widen(double value) { return value; }
  static double narrow(float value) { return value; }
  static double narrow(double value) { return value; }
};

} // namespace

/// Widening to float (or to double, from double) is exact, so that `narrow`
/// makes the only rounding.
template <typename From, typename To>
static void convertArray(const void *source, void *target, size_t count) {
  const auto *in = static_cast<const typename From::Storage *>(source);
  auto *out = static_cast<typename To::Storage *>(target);
  for (size_t i = 0; i != count; ++i)
    out[i] = To::narrow(From::widen(in[i]));
}

template <typename From>
static void convertArrayFrom(const void *source, ElementKind to, void *target,
                             size_t count) {
  switch (to) {
  case ElementKind::BF16:
    return convertArray<From, BF16Format>(source, target, count);
  case ElementKind::F16:
    return convertArray<From, F16Format>(source, target, count);
  case ElementKind::F32:
    return convertArray<From, F32Format>(source, target, count);
  case ElementKind::F64:
    return convertArray<From, F64Format>(source, target, count);
  default:
    llvm_unreachable("expected a float kind");
  }
}

void convertFloats(ElementKind from, const void *source, ElementKind to,
                   void *target, size_t count) {
  assert(isFloat(from) && isFloat(to) && "expected float kinds");
  if (from == to) {
    if (count)
      std::memcpy(target, source, count * getByteSize(from));
    return;
  }
  switch (from) {
  case ElementKind::BF16:
    return convertArrayFrom<BF16Format>(source, to, target, count);
  case ElementKind::F16:
    return convertArrayFrom<F16Format>(source, to, target, count);
  case ElementKind::F32:
    return convertArrayFrom<F32Format>(source, to, target, count);
  case ElementKind::F64:
    return convertArrayFrom<F64Format>(source, to, target, count);
  default:
    llvm_unreachable("expected a float kind");
  }
}

Expected<HostTensor> convertFloats(const HostTensor &tensor, ElementKind to) {
  Expected<HostTensor> result = HostTensor::create(to, tensor.getShape());
  if (result)
    convertFloats(tensor.getKind(), tensor.data(), to, result->data(),
                  tensor.getNumElements());
  return result;
}

double getFloatElement(const HostTensor &tensor, size_t index) {
  switch (tensor.getKind()) {
  case ElementKind::BF16:
    return bf16ToDouble(tensor.getElements<uint16_t>()[index]);
  case ElementKind::F16:
    return f16ToDouble(tensor.getElements<uint16_t>()[index]);
  case ElementKind::F32:
    return tensor.getElements<float>()[index];
  case ElementKind::F64:
    return tensor.getElements<double>()[index];
  default:
    llvm_unreachable("expected a float kind");
  }
}

} // namespace mhc
