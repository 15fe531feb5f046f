//===- MHCAttributes.cpp - Syntax and rules of the attributes -------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ParseEnum.h"

#include "mhc/Dialect/MHC/IR/MHC.h"

#include "mlir/IR/Builders.h"
#include "mlir/IR/DialectImplementation.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/ADT/TypeSwitch.h"
#include "llvm/Support/Format.h"

using namespace mlir;
using namespace mlir::mhc;

#include "mhc/Dialect/MHC/IR/MHCEnums.cpp.inc"

#define GET_ATTRDEF_CLASSES
#include "mhc/Dialect/MHC/IR/MHCAttributes.cpp.inc"

void MHCDialect::registerAttributes() {
  addAttributes<
#define GET_ATTRDEF_LIST
#include "mhc/Dialect/MHC/IR/MHCAttributes.cpp.inc"
      >();
}

/// More half steps than anybody runs, and few enough to be listed.
static constexpr int64_t kMaxIterations = 1000000;

static FloatAttr getF64(MLIRContext *context, double value) {
  return FloatAttr::get(Float64Type::get(context), value);
}

//===----------------------------------------------------------------------===//
// key = value lists
//===----------------------------------------------------------------------===//

namespace {
/// One key of an attribute, and how its value is parsed.
struct Key {
  StringRef name;
  llvm::function_ref<ParseResult()> parseValue;
};
} // namespace

/// Parses `key = value, ...`, each of `keys` at most once, and reports into
/// `given` which were there.
static ParseResult parseKeys(AsmParser &parser, ArrayRef<Key> keys,
                             llvm::StringSet<> &given) {
  return parser.parseCommaSeparatedList([&]() -> ParseResult {
    SMLoc loc = parser.getCurrentLocation();
    StringRef name;
    (void)parser.parseOptionalKeyword(&name);
    const Key *key =
        llvm::find_if(keys, [&](const Key &k) { return k.name == name; });
    if (key == keys.end()) {
      InFlightDiagnostic diagnostic =
          parser.emitError(loc, "expected a key out of ");
      llvm::interleaveComma(keys, diagnostic,
                            [&](const Key &k) { diagnostic << k.name; });
      if (!name.empty())
        diagnostic << "; got '" << name << "'";
      return diagnostic;
    }
    if (!given.insert(name).second)
      return parser.emitError(loc, "expected each key once, got '")
             << name << "' again";
    return failure(parser.parseEqual() || key->parseValue());
  });
}

#define PARSE_ENUM(parser, value, EnumT)                                       \
  parseEnum<EnumT>(parser, value, symbolize##EnumT, stringify##EnumT,          \
                   getMaxEnumValFor##EnumT())

static LogicalResult verifyEps(function_ref<InFlightDiagnostic()> emitError,
                               StringRef name, FloatAttr eps) {
  double value = eps.getValueAsDouble();
  if (std::isfinite(value) && value >= 0)
    return success();
  return emitError() << "expected " << name
                     << " to be finite and not negative, got " << value;
}

/// The shortest decimal that reads back as the same double, as 1.0e-06.
static void printDouble(AsmPrinter &printer, FloatAttr attr) {
  double value = attr.getValueAsDouble();
  std::string text;
  for (int digits = 1; digits <= 17; ++digits) {
    text.clear();
    llvm::raw_string_ostream os(text);
    os << llvm::format("%.*e", digits, value);
    double back = 0;
    if (llvm::to_float(text, back) && back == value)
      break;
  }
  printer << text;
}

//===----------------------------------------------------------------------===//
// #mhc.sinkhorn
//===----------------------------------------------------------------------===//

void SinkhornAttr::print(AsmPrinter &printer) const {
  printer << "<iterations = " << getIterations() << ", eps = ";
  printDouble(printer, getEps());
  printer << ", start = " << stringifyStart(getStart());
  if (getOrder() != Order::ColumnsRows)
    printer << ", order = " << stringifyOrder(getOrder());
  printer << ">";
}

Attribute SinkhornAttr::parse(AsmParser &parser, Type) {
  SMLoc loc = parser.getCurrentLocation();
  int64_t iterations = 0;
  double eps = 0;
  Start start = Start::Softmax;
  Order order = Order::ColumnsRows;
  llvm::StringSet<> given;
  if (parser.parseLess() ||
      parseKeys(
          parser,
          {{"iterations", [&] { return parser.parseInteger(iterations); }},
           {"eps", [&] { return parser.parseFloat(eps); }},
           {"start", [&] { return PARSE_ENUM(parser, start, Start); }},
           {"order", [&] { return PARSE_ENUM(parser, order, Order); }}},
          given) ||
      parser.parseGreater())
    return {};
  for (StringRef name : {"iterations", "eps", "start"})
    if (!given.contains(name)) {
      parser.emitError(loc, "expected the key '")
          << name << "' in #mhc.sinkhorn, got none";
      return {};
    }
  return parser.getChecked<SinkhornAttr>(loc, parser.getContext(), iterations,
                                         eps, start, order);
}

LogicalResult SinkhornAttr::verify(function_ref<InFlightDiagnostic()> emitError,
                                   int64_t iterations, FloatAttr eps,
                                   Start start, Order order) {
  if (iterations < 0 || iterations > kMaxIterations)
    return emitError() << "expected iterations to be from 0 to "
                       << kMaxIterations << ", got " << iterations;
  if (start == Start::Softmax && order != Order::ColumnsRows)
    return emitError() << "expected order columns_rows with start = softmax, "
                          "got rows_columns";
  return verifyEps(emitError, "eps", eps);
}

SinkhornAttr SinkhornAttr::getV4(MLIRContext *context) {
  return get(context, 20, 1.0e-6, Start::Softmax);
}

SinkhornAttr SinkhornAttr::getPaper(MLIRContext *context) {
  return get(context, 20, 0.0, Start::Exp);
}

SmallVector<Axis> SinkhornAttr::getAxes() const {
  SmallVector<Axis> axes;
  bool rowsFirst = getOrder() == Order::RowsColumns;
  for (int64_t i = 0; i < getIterations(); ++i) {
    if (getStart() == Start::Softmax) {
      if (i > 0)
        axes.push_back(Axis::Rows);
      axes.push_back(Axis::Columns);
      continue;
    }
    axes.push_back(rowsFirst ? Axis::Rows : Axis::Columns);
    axes.push_back(rowsFirst ? Axis::Columns : Axis::Rows);
  }
  return axes;
}

//===----------------------------------------------------------------------===//
// #mhc.gates
//===----------------------------------------------------------------------===//

void GatesAttr::print(AsmPrinter &printer) const {
  printer << "<activation = " << stringifyActivation(getActivation());
  if (getActivation() == Activation::Sigmoid) {
    printer << ", pre_eps = ";
    printDouble(printer, getPreEps());
    printer << ", post_mult = ";
    printDouble(printer, getPostMult());
  }
  printer << ">";
}

Attribute GatesAttr::parse(AsmParser &parser, Type) {
  SMLoc loc = parser.getCurrentLocation();
  Activation activation = Activation::Sigmoid;
  double preEps = 0, postMult = 1;
  llvm::StringSet<> given;
  if (parser.parseLess())
    return {};
  if (failed(parser.parseOptionalGreater())) {
    if (parseKeys(parser,
                  {{"activation",
                    [&] { return PARSE_ENUM(parser, activation, Activation); }},
                   {"pre_eps", [&] { return parser.parseFloat(preEps); }},
                   {"post_mult", [&] { return parser.parseFloat(postMult); }}},
                  given) ||
        parser.parseGreater())
      return {};
  }
  return parser.getChecked<GatesAttr>(loc, parser.getContext(), activation,
                                      preEps, postMult);
}

LogicalResult GatesAttr::verify(function_ref<InFlightDiagnostic()> emitError,
                                Activation activation, FloatAttr preEps,
                                FloatAttr postMult) {
  if (failed(verifyEps(emitError, "pre_eps", preEps)))
    return failure();
  if (!postMult.getValue().isFinite())
    return emitError() << "expected post_mult to be finite, got "
                       << postMult.getValueAsDouble();
  if (activation == Activation::Tanh &&
      (preEps.getValueAsDouble() != 0 || postMult.getValueAsDouble() != 1))
    return emitError() << "expected neither pre_eps nor post_mult with "
                          "activation = tanh, got "
                       << preEps.getValueAsDouble() << " and "
                       << postMult.getValueAsDouble();
  return success();
}

//===----------------------------------------------------------------------===//
// #mhc.variant
//===----------------------------------------------------------------------===//

void VariantAttr::print(AsmPrinter &printer) const {
  printer << "<" << stringifyKind(getKind());
  if (getKind() != Kind::Residual) {
    printer << ", norm = " << stringifyNorm(getNorm()) << ", norm_eps = ";
    printDouble(printer, getNormEps());
    if (getPrecision() != Precision::BF16x3)
      printer << ", precision = " << stringifyPrecision(getPrecision());
  }
  if (getKind() == Kind::MHC) {
    if (getSinkhorn() || getLayout() != Layout::InOut)
      printer << ", layout = " << stringifyLayout(getLayout());
    printer << ", gates = ";
    printer.printStrippedAttrOrType(getGates());
    if (getSinkhorn()) {
      printer << ", sinkhorn = ";
      printer.printStrippedAttrOrType(getSinkhorn());
    }
  }
  printer << ">";
}

/// Parses `<...>` or a whole attribute such as an alias.
template <typename AttrT>
static ParseResult parseNested(AsmParser &parser, AttrT &attr) {
  return parser.parseCustomAttributeWithFallback(attr);
}

Attribute VariantAttr::parse(AsmParser &parser, Type) {
  SMLoc loc = parser.getCurrentLocation();
  MLIRContext *context = parser.getContext();
  Kind kind = Kind::Residual;
  Norm norm = Norm::RMS;
  double normEps = 1.0e-6;
  Precision precision = Precision::BF16x3;
  Layout layout = Layout::InOut;
  GatesAttr gates;
  SinkhornAttr sinkhorn;
  llvm::StringSet<> given;
  if (parser.parseLess() || PARSE_ENUM(parser, kind, Kind))
    return {};
  if (succeeded(parser.parseOptionalComma())) {
    auto parseNorm = [&] { return PARSE_ENUM(parser, norm, Norm); };
    auto parseNormEps = [&] { return parser.parseFloat(normEps); };
    auto parsePrecision = [&] {
      return PARSE_ENUM(parser, precision, Precision);
    };
    auto parseLayout = [&] { return PARSE_ENUM(parser, layout, Layout); };
    auto parseGates = [&] { return parseNested(parser, gates); };
    auto parseSinkhorn = [&] { return parseNested(parser, sinkhorn); };
    SmallVector<Key> keys = {
        {"norm", parseNorm},           {"norm_eps", parseNormEps},
        {"precision", parsePrecision}, {"layout", parseLayout},
        {"gates", parseGates},         {"sinkhorn", parseSinkhorn}};
    if (kind == Kind::Residual) {
      parser.emitError(parser.getCurrentLocation(),
                       "expected no key after residual");
      return {};
    }
    if (kind == Kind::HC)
      keys.truncate(3);
    if (parseKeys(parser, keys, given))
      return {};
  }
  if (parser.parseGreater())
    return {};
  if (sinkhorn && !given.contains("layout")) {
    parser.emitError(loc, "expected the key 'layout' beside sinkhorn: in_out "
                          "(DeepSeek-V4) or out_in (the paper), got none");
    return {};
  }
  if (!gates)
    gates = GatesAttr::get(context, kind == Kind::HC ? Activation::Tanh
                                                     : Activation::Sigmoid);
  return parser.getChecked<VariantAttr>(loc, context, kind, norm,
                                        getF64(context, normEps), precision,
                                        layout, gates, sinkhorn);
}

LogicalResult VariantAttr::verify(function_ref<InFlightDiagnostic()> emitError,
                                  Kind kind, Norm norm, FloatAttr normEps,
                                  Precision precision, Layout layout,
                                  GatesAttr gates, SinkhornAttr sinkhorn) {
  if (failed(verifyEps(emitError, "norm_eps", normEps)))
    return failure();
  Activation expected =
      kind == Kind::HC ? Activation::Tanh : Activation::Sigmoid;
  if (gates.getActivation() != expected)
    return emitError() << "expected gates with activation = "
                       << stringifyActivation(expected) << " for kind "
                       << stringifyKind(kind) << ", got "
                       << stringifyActivation(gates.getActivation());
  return success();
}

VariantAttr VariantAttr::getV4(MLIRContext *context) {
  return get(context, Kind::MHC, Norm::RMS, getF64(context, 1.0e-6),
             Precision::BF16x3, Layout::InOut,
             GatesAttr::get(context, Activation::Sigmoid, 1.0e-6, 2.0),
             SinkhornAttr::getV4(context));
}

VariantAttr VariantAttr::getPaper(MLIRContext *context) {
  return get(context, Kind::MHC, Norm::RMS, getF64(context, 1.0e-6),
             Precision::BF16x3, Layout::OutIn,
             GatesAttr::get(context, Activation::Sigmoid, 0.0, 2.0),
             SinkhornAttr::getPaper(context));
}

VariantAttr VariantAttr::getHC(MLIRContext *context, Norm norm,
                               double normEps) {
  return get(context, Kind::HC, norm, getF64(context, normEps),
             Precision::BF16x3, Layout::InOut,
             GatesAttr::get(context, Activation::Tanh), nullptr);
}

VariantAttr VariantAttr::getResidual(MLIRContext *context) {
  return get(context, Kind::Residual, Norm::RMS, getF64(context, 1.0e-6),
             Precision::BF16x3, Layout::InOut,
             GatesAttr::get(context, Activation::Sigmoid), nullptr);
}

//===----------------------------------------------------------------------===//
// #mhc.order
//===----------------------------------------------------------------------===//

void SumOrderAttr::print(AsmPrinter &printer) const {
  printer << "<leaf = " << getLeaf() << ", groups = " << getGroups() << ">";
}

Attribute SumOrderAttr::parse(AsmParser &parser, Type) {
  SMLoc loc = parser.getCurrentLocation();
  SumOrderAttr defaults = getDefault(parser.getContext());
  int64_t leaf = defaults.getLeaf(), groups = defaults.getGroups();
  llvm::StringSet<> given;
  if (parser.parseLess() ||
      parseKeys(parser,
                {{"leaf", [&] { return parser.parseInteger(leaf); }},
                 {"groups", [&] { return parser.parseInteger(groups); }}},
                given) ||
      parser.parseGreater())
    return {};
  return parser.getChecked<SumOrderAttr>(loc, parser.getContext(), leaf,
                                         groups);
}

LogicalResult SumOrderAttr::verify(function_ref<InFlightDiagnostic()> emitError,
                                   int64_t leaf, int64_t groups) {
  auto check = [&](StringRef name, int64_t value, int64_t low, int64_t high) {
    if (value >= low && value <= high && llvm::isPowerOf2_64(value))
      return success();
    return LogicalResult(emitError()
                         << "expected " << name << " to be a power of two from "
                         << low << " to " << high << ", got " << value);
  };
  return success(succeeded(check("leaf", leaf, 8, 1024)) &&
                 succeeded(check("groups", groups, 1, 256)));
}

SumOrderAttr SumOrderAttr::getDefault(MLIRContext *context) {
  return get(context, 32, 16);
}

//===----------------------------------------------------------------------===//
// #mhc.schedule
//===----------------------------------------------------------------------===//

void ScheduleAttr::print(AsmPrinter &printer) const {
  printer << "<chip = ";
  printer.printString(getChip());
  printer << ", exchange = " << stringifyExchange(getExchange())
          << ", warps = " << getWarps() << ", slices = " << getSlices()
          << ", slabs = " << getSlabs() << ", tokens = " << getTokens()
          << ", prefetch = " << getPrefetch() << ", vector = " << getVector()
          << ", weights = " << stringifyStorage(getWeights())
          << ", retain = " << stringifyStorage(getRetain()) << ">";
}

Attribute ScheduleAttr::parse(AsmParser &parser, Type) {
  SMLoc loc = parser.getCurrentLocation();
  std::string chip;
  Exchange exchange = Exchange::None;
  int64_t warps = 8, slices = 1, slabs = 1, tokens = 0, prefetch = 1,
          vector = 8;
  Storage weights = Storage::Shared, retain = Storage::Memory;
  auto parseInto = [&](int64_t &value) {
    return [&] { return parser.parseInteger(value); };
  };
  auto parseChip = [&] { return parser.parseString(&chip); };
  auto parseExchange = [&] { return PARSE_ENUM(parser, exchange, Exchange); };
  auto parseWarps = parseInto(warps), parseSlices = parseInto(slices),
       parseSlabs = parseInto(slabs), parseTokens = parseInto(tokens),
       parsePrefetch = parseInto(prefetch), parseVector = parseInto(vector);
  auto parseWeights = [&] { return PARSE_ENUM(parser, weights, Storage); };
  auto parseRetain = [&] { return PARSE_ENUM(parser, retain, Storage); };
  llvm::StringSet<> given;
  if (parser.parseLess() ||
      parseKeys(parser,
                {{"chip", parseChip},
                 {"exchange", parseExchange},
                 {"warps", parseWarps},
                 {"slices", parseSlices},
                 {"slabs", parseSlabs},
                 {"tokens", parseTokens},
                 {"prefetch", parsePrefetch},
                 {"vector", parseVector},
                 {"weights", parseWeights},
                 {"retain", parseRetain}},
                given) ||
      parser.parseGreater())
    return {};
  if (!given.contains("chip")) {
    parser.emitError(loc, "expected the key 'chip' in #mhc.schedule, got none");
    return {};
  }
  if (!given.contains("tokens"))
    tokens = std::min<int64_t>(256, 32 * warps);
  return parser.getChecked<ScheduleAttr>(loc, parser.getContext(), chip,
                                         exchange, warps, slices, slabs, tokens,
                                         prefetch, vector, weights, retain);
}

LogicalResult ScheduleAttr::verify(function_ref<InFlightDiagnostic()> emitError,
                                   StringRef chip, Exchange exchange,
                                   int64_t warps, int64_t slices, int64_t slabs,
                                   int64_t tokens, int64_t prefetch,
                                   int64_t vector, Storage weights,
                                   Storage retain) {
  if (chip.empty())
    return emitError() << "expected a chip such as \"sm_90a\", got none";
  auto check = [&](StringRef name, int64_t value, int64_t low, int64_t high) {
    if (value >= low && value <= high)
      return success();
    return LogicalResult(emitError()
                         << "expected " << name << " to be from " << low
                         << " to " << high << ", got " << value);
  };
  if (failed(check("warps", warps, 1, 32)) ||
      failed(check("slices", slices, 1, 65535)) ||
      failed(check("slabs", slabs, 1, 65535)) ||
      failed(check("prefetch", prefetch, 0, 8)))
    return failure();
  if (tokens < 8 || tokens % 8 || tokens > 32 * warps)
    return emitError() << "expected tokens to be a multiple of 8 from 8 to "
                       << 32 * warps << ", the threads of " << warps
                       << (warps == 1 ? " warp" : " warps") << ", got "
                       << tokens;
  if (vector != 2 && vector != 4 && vector != 8)
    return emitError() << "expected vector to be 2, 4 or 8, got " << vector;
  return success();
}

ScheduleAttr ScheduleAttr::withExchange(Exchange exchange) const {
  return get(getContext(), getChip(), exchange, getWarps(), getSlices(),
             getSlabs(), getTokens(), getPrefetch(), getVector(), getWeights(),
             getRetain());
}
