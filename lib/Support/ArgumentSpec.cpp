//===- ArgumentSpec.cpp - Arguments given on a command line ---------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "mhc/Support/ArgumentSpec.h"
#include "mhc/Support/FloatFormats.h"
#include "mhc/Support/Npy.h"
#include "mhc/Support/Random.h"

#include "llvm/ADT/APFloat.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/Twine.h"
#include "llvm/Support/ErrorHandling.h"

#include <algorithm>
#include <array>
#include <limits>

using namespace llvm;

namespace mhc {

static Error makeError(StringRef spec, const Twine &message) {
  return createStringError("argument '" + spec + "': " + message);
}

//===----------------------------------------------------------------------===//
// Parsing
//===----------------------------------------------------------------------===//

/// Removes a sign from the front of `text`; true if it was a minus.
static bool consumeSign(StringRef &text) {
  const bool negative = text.starts_with("-");
  if (negative || text.starts_with("+"))
    text = text.drop_front();
  return negative;
}

static bool isInfinity(StringRef text) {
  return text.equals_insensitive("inf") || text.equals_insensitive("infinity");
}

static bool isNaN(StringRef text) { return text.equals_insensitive("nan"); }

/// True for a decimal number such as 1, -0.5, .5, 1e-3; inf and nan with a sign
/// or without.
static bool isNumber(StringRef text) {
  consumeSign(text);
  if (isInfinity(text) || isNaN(text))
    return true;
  const size_t whole = text.take_while(isDigit).size();
  text = text.drop_front(whole);
  size_t fraction = 0;
  if (text.consume_front(".")) {
    fraction = text.take_while(isDigit).size();
    text = text.drop_front(fraction);
  }
  if (whole + fraction == 0)
    return false;
  if (text.consume_front_insensitive("e")) {
    consumeSign(text);
    return !text.empty() && all_of(text, isDigit);
  }
  return text.empty();
}

static Expected<SmallVector<int64_t>> parseDims(StringRef spec,
                                                StringRef text) {
  SmallVector<StringRef> parts;
  text.split(parts, 'x');
  SmallVector<int64_t> dims;
  for (StringRef part : parts) {
    int64_t dim;
    if (part.empty() || !all_of(part, isDigit))
      return makeError(spec, "expected dimensions such as 13x4x4096, got '" +
                                 text + "'");
    if (part.getAsInteger(10, dim))
      return makeError(spec,
                       "expected dimensions below 2^63, got '" + part + "'");
    dims.push_back(dim);
  }
  return dims;
}

Expected<ArgumentSpec> parseArgumentSpec(StringRef text) {
  using Source = ArgumentSpec::Source;
  ArgumentSpec spec;
  spec.text = text.str();
  if (text.empty())
    return makeError(text, "expected a .npy file, zeros, full:VALUE or "
                           "random:SEED, got nothing");

  SmallVector<StringRef, 3> fields;
  text.split(fields, ':');
  // How many fields come before the dimensions.
  size_t required = 2;
  if (fields[0] == "zeros") {
    spec.source = Source::Zeros;
    required = 1;
  } else if (fields[0] == "full") {
    spec.source = Source::Full;
  } else if (fields[0] == "random") {
    spec.source = Source::Random;
  } else {
    spec.source = Source::File;
    spec.path = text.str();
    return spec;
  }

  const StringRef form = spec.source == Source::Zeros  ? "zeros[:DIMS]"
                         : spec.source == Source::Full ? "full:VALUE[:DIMS]"
                                                       : "random:SEED[:DIMS]";
  if (fields.size() < required || fields.size() > required + 1)
    return makeError(text, "expected " + form + ", got " +
                               Twine(fields.size()) + " fields");

  if (spec.source == Source::Full) {
    spec.value = fields[1].str();
    if (spec.value != "true" && spec.value != "false" && !isNumber(spec.value))
      return makeError(text, "expected " + form +
                                 " with a number, inf, nan, true or false, "
                                 "got '" +
                                 fields[1] + "'");
  } else if (spec.source == Source::Random) {
    if (!all_of(fields[1], isDigit) || fields[1].getAsInteger(10, spec.seed))
      return makeError(text, "expected " + form +
                                 " with a seed from 0 to 2^64-1, got '" +
                                 fields[1] + "'");
  }

  if (fields.size() > required) {
    Expected<SmallVector<int64_t>> dims = parseDims(text, fields[required]);
    if (!dims)
      return dims.takeError();
    spec.dims = std::move(*dims);
  }
  return spec;
}

//===----------------------------------------------------------------------===//
// Shapes
//===----------------------------------------------------------------------===//

static bool isDynamic(int64_t dim) { return dim < 0; }

/// An error unless `shape` is one that the type has.
static Error checkShape(const ArgumentSpec &spec, ElementKind kind,
                        ArrayRef<int64_t> typeShape, ElementKind shapeKind,
                        ArrayRef<int64_t> shape) {
  const std::string prefix = "expected " + describeType(kind, typeShape) +
                             ", got " + describeType(shapeKind, shape);
  if (shape.size() != typeShape.size())
    return makeError(spec.text, prefix + " of rank " + Twine(shape.size()) +
                                    " instead of " + Twine(typeShape.size()));
  for (auto [index, dim, typeDim] : enumerate(shape, typeShape))
    if (!isDynamic(typeDim) && dim != typeDim)
      return makeError(spec.text, prefix + " with dimension " + Twine(index) +
                                      " of " + Twine(dim) + " instead of " +
                                      Twine(typeDim));
  return Error::success();
}

/// The shape of an argument that is made, not read.
static Expected<SmallVector<int64_t>> getShape(const ArgumentSpec &spec,
                                               ElementKind kind,
                                               ArrayRef<int64_t> typeShape) {
  if (spec.dims) {
    if (Error err = checkShape(spec, kind, typeShape, kind, *spec.dims))
      return err;
    return *spec.dims;
  }
  if (any_of(typeShape, isDynamic))
    return makeError(spec.text, "expected dimensions for the dynamic type " +
                                    describeType(kind, typeShape) +
                                    ", got none; write " + spec.text +
                                    ":DIMS with DIMS such as 13x4x4096");
  return SmallVector<int64_t>(typeShape);
}

//===----------------------------------------------------------------------===//
// Elements
//===----------------------------------------------------------------------===//

static const fltSemantics &getSemantics(ElementKind kind) {
  switch (kind) {
  case ElementKind::BF16:
    return APFloat::BFloat();
  case ElementKind::F16:
    return APFloat::IEEEhalf();
  case ElementKind::F32:
    return APFloat::IEEEsingle();
  case ElementKind::F64:
    return APFloat::IEEEdouble();
  default:
    llvm_unreachable("expected a float kind");
  }
}

/// The bits of the value of `full`, rounded once from its text.
static Expected<uint64_t> getFloatBits(const ArgumentSpec &spec,
                                       ElementKind kind) {
  const fltSemantics &semantics = getSemantics(kind);
  StringRef text = spec.value;
  if (text == "true" || text == "false")
    return makeError(spec.text, "expected a number for " + getName(kind) +
                                    ", got '" + text + "'");
  const bool negative = consumeSign(text);
  APFloat value(semantics);
  if (isInfinity(text)) {
    value = APFloat::getInf(semantics);
  } else if (isNaN(text)) {
    value = APFloat::getQNaN(semantics);
  } else {
    Expected<APFloat::opStatus> status =
        value.convertFromString(text, APFloat::rmNearestTiesToEven);
    if (!status)
      return makeError(spec.text, "expected a number, got '" + spec.value +
                                      "': " + toString(status.takeError()));
  }
  if (negative)
    value.changeSign();
  return value.bitcastToAPInt().getZExtValue();
}

/// The value of `full` as an integer of `kind`.
static Expected<int64_t> getIntegerValue(const ArgumentSpec &spec,
                                         ElementKind kind) {
  StringRef text = spec.value;
  int64_t low = 0, high = 1;
  if (kind == ElementKind::I1) {
    if (text == "true" || text == "false")
      return text == "true";
  } else if (kind == ElementKind::I32) {
    low = std::numeric_limits<int32_t>::min();
    high = std::numeric_limits<int32_t>::max();
  } else {
    low = std::numeric_limits<int64_t>::min();
    high = std::numeric_limits<int64_t>::max();
  }
  text.consume_front("+");
  int64_t value;
  if (text.getAsInteger(10, value) || value < low || value > high)
    return makeError(spec.text, "expected an integer from " + Twine(low) +
                                    " to " + Twine(high) + " for " +
                                    getName(kind) + ", got '" + spec.value +
                                    "'");
  return value;
}

/// Sets every element to the lower bytes of `bits`.
static void fillBits(HostTensor &tensor, uint64_t bits) {
  switch (getByteSize(tensor.getKind())) {
  case 1:
    return fill(tensor.getMutableElements<uint8_t>(),
                static_cast<uint8_t>(bits));
  case 2:
    return fill(tensor.getMutableElements<uint16_t>(),
                static_cast<uint16_t>(bits));
  case 4:
    return fill(tensor.getMutableElements<uint32_t>(),
                static_cast<uint32_t>(bits));
  case 8:
    return fill(tensor.getMutableElements<uint64_t>(), bits);
  }
  llvm_unreachable("all sizes are handled");
}

static void fillRandom(HostTensor &tensor, uint64_t seed) {
  if (tensor.getKind() == ElementKind::F64)
    return fillStandardNormal(seed, 0, tensor.getMutableElements<double>());
  std::array<double, 1024> piece;
  const size_t size = getByteSize(tensor.getKind());
  for (size_t begin = 0, end = tensor.getNumElements(); begin < end;
       begin += piece.size()) {
    const size_t count = std::min(piece.size(), end - begin);
    fillStandardNormal(seed, begin, MutableArrayRef(piece).take_front(count));
    convertFloats(ElementKind::F64, piece.data(), tensor.getKind(),
                  tensor.data() + begin * size, count);
  }
}

static Expected<HostTensor> readFile(const ArgumentSpec &spec, ElementKind kind,
                                     ArrayRef<int64_t> typeShape) {
  Expected<HostTensor> tensor = readNpy(spec.path);
  if (!tensor)
    return tensor.takeError();
  if (Error err = checkShape(spec, kind, typeShape, tensor->getKind(),
                             tensor->getShape()))
    return err;
  if (tensor->getKind() == kind)
    return tensor;
  if (!isFloat(kind) || !isFloat(tensor->getKind()))
    return makeError(spec.text,
                     "expected elements of " +
                         Twine(isFloat(kind) ? StringRef("f16, f32 or f64")
                                             : getName(kind)) +
                         " for " + describeType(kind, typeShape) + ", got " +
                         describeType(tensor->getKind(), tensor->getShape()));
  Expected<HostTensor> rounded = convertFloats(*tensor, kind);
  if (!rounded)
    return makeError(spec.text, toString(rounded.takeError()));
  return rounded;
}

Expected<HostTensor> materialize(const ArgumentSpec &spec, ElementKind kind,
                                 ArrayRef<int64_t> typeShape) {
  using Source = ArgumentSpec::Source;
  if (spec.source == Source::File)
    return readFile(spec, kind, typeShape);

  // What the text says is checked before anything is allocated.
  uint64_t bits = 0;
  if (spec.source == Source::Full && isFloat(kind)) {
    Expected<uint64_t> value = getFloatBits(spec, kind);
    if (!value)
      return value.takeError();
    bits = *value;
  } else if (spec.source == Source::Full) {
    Expected<int64_t> value = getIntegerValue(spec, kind);
    if (!value)
      return value.takeError();
    bits = static_cast<uint64_t>(*value);
  } else if (spec.source == Source::Random && !isFloat(kind)) {
    return makeError(spec.text,
                     "expected a float type for random numbers, got " +
                         describeType(kind, typeShape));
  }

  Expected<SmallVector<int64_t>> shape = getShape(spec, kind, typeShape);
  if (!shape)
    return shape.takeError();
  Expected<HostTensor> tensor = HostTensor::create(kind, *shape);
  if (!tensor)
    return makeError(spec.text, toString(tensor.takeError()));
  if (spec.source == Source::Random)
    fillRandom(*tensor, spec.seed);
  else
    fillBits(*tensor, bits);
  return tensor;
}

} // namespace mhc
