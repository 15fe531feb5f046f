//===- ConnectionModel.cpp - Model IR of one connection -------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ConnectionModel.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/raw_ostream.h"

using llvm::Error;
using llvm::Expected;
using llvm::StringRef;
using llvm::Twine;

//===----------------------------------------------------------------------===//
// Keys and values
//===----------------------------------------------------------------------===//

static constexpr llvm::StringLiteral kKeys[] = {
    "streams",   "hidden",     "type",      "variant",    "kernels",
    "direction", "iterations", "precision", "norm-weight"};
static constexpr llvm::StringLiteral kVariants[] = {
    "deepseek-v4", "deepseek-v4.1", "paper", "hc", "hc-static", "residual"};
static constexpr llvm::StringLiteral kKernels[] = {"boundary", "pre", "combine",
                                                   "head", "expand"};

static std::string list(llvm::ArrayRef<llvm::StringLiteral> words) {
  std::string text;
  for (auto [index, word] : llvm::enumerate(words))
    text += (index == 0                  ? ""
             : index + 1 == words.size() ? " or "
                                         : ", ") +
            word.str();
  return text;
}

static Error fail(const Twine &message) {
  return llvm::createStringError("--connection: " + message);
}

/// The position of `value` in `words`.
static Error parseWord(StringRef key, StringRef value,
                       llvm::ArrayRef<llvm::StringLiteral> words,
                       unsigned &position) {
  position = llvm::find(words, value) - words.begin();
  if (position < words.size())
    return Error::success();
  return fail("expected " + key + " to be " + list(words) + ", got '" + value +
              "'");
}

static Error parseNumber(StringRef key, StringRef value, int64_t least,
                         int64_t most, int64_t &number) {
  if (!value.getAsInteger(10, number) && number >= least && number <= most)
    return Error::success();
  return fail("expected " + key + " to be a number from " + Twine(least) +
              " to " + Twine(most) + ", got '" + value + "'");
}

Expected<ConnectionModel> ConnectionModel::parse(StringRef text) {
  ConnectionModel model;
  llvm::StringSet<> given;
  std::string kernels = "all";
  llvm::SmallVector<StringRef> parts;
  text.split(parts, ',', -1, /*KeepEmpty=*/false);
  // A list of kernels has commas of its own: "kernels=pre,combine".
  for (StringRef part : parts) {
    if (!part.contains('=') && given.contains("kernels")) {
      kernels += ("," + part.trim()).str();
      continue;
    }
    auto [key, value] = part.split('=');
    key = key.trim();
    value = value.trim();
    unsigned position = 0;
    if (!llvm::is_contained(kKeys, key) || !part.contains('='))
      return fail("expected key=value with a key out of " + list(kKeys) +
                  "; got '" + part.trim() + "'");
    if (!given.insert(key).second)
      return fail("expected " + key + " once, got it twice");
    if (key == "streams") {
      if (Error error = parseNumber(key, value, 1, 16, model.streams))
        return std::move(error);
    } else if (key == "hidden") {
      if (Error error = parseNumber(key, value, 1, 1 << 20, model.hidden))
        return std::move(error);
    } else if (key == "iterations") {
      if (Error error = parseNumber(key, value, 0, 100000, model.iterations))
        return std::move(error);
    } else if (key == "type") {
      if (Error error =
              parseWord(key, value, {"bf16", "f16", "f32", "f64"}, position))
        return std::move(error);
      model.type = value.str();
    } else if (key == "precision") {
      if (Error error = parseWord(
              key, value, {"bf16x3", "bf16x2", "tf32", "f32"}, position))
        return std::move(error);
      model.precision = value.str();
    } else if (key == "variant") {
      if (Error error = parseWord(key, value, kVariants, position))
        return std::move(error);
      model.variant = static_cast<Variant>(position);
    } else if (key == "direction") {
      if (Error error =
              parseWord(key, value, {"forward", "backward", "both"}, position))
        return std::move(error);
      model.direction = static_cast<Direction>(position);
    } else if (key == "norm-weight") {
      if (Error error = parseWord(key, value, {"no", "yes"}, position))
        return std::move(error);
      model.normWeight = position == 1;
    } else {
      kernels = value.str();
    }
  }

  // What a variant has none of.
  StringRef variant = kVariants[model.variant];
  auto refuse = [&](StringRef key) {
    return fail("expected no " + key + " of variant " + variant +
                ", which has none, got one");
  };
  bool isMHC = model.variant <= Paper;
  if (given.contains("iterations") && !isMHC)
    return refuse("iterations");
  if (!isMHC && model.variant != HC)
    for (StringRef key : {"precision", "norm-weight"})
      if (given.contains(key))
        return refuse(key);
  if (model.variant == Residual) {
    if (given.contains("streams") && model.streams != 1)
      return fail("expected streams to be 1 of variant residual, got " +
                  Twine(model.streams));
    model.streams = 1;
  }

  llvm::SmallVector<StringRef> names;
  StringRef(kernels).split(names, ',');
  for (StringRef name : names) {
    name = name.trim();
    if (name == "all") {
      for (StringRef kernel : kKernels)
        if (isMHC || kernel != "head")
          model.kernels.push_back(kernel.str());
      continue;
    }
    if (!llvm::is_contained(kKernels, name))
      return fail("expected kernels out of " + list(kKernels) +
                  ", or all, got '" + name + "'");
    if (name == "head" && !isMHC)
      return refuse("head");
    model.kernels.push_back(name.str());
  }
  llvm::sort(model.kernels);
  model.kernels.erase(llvm::unique(model.kernels), model.kernels.end());
  return model;
}

llvm::SmallVector<std::string> ConnectionModel::getFunctions() const {
  return kernels;
}

//===----------------------------------------------------------------------===//
// The IR
//===----------------------------------------------------------------------===//

namespace {
/// Writes the functions, an op a line.
class Writer {
public:
  explicit Writer(const ConnectionModel &model)
      : model(model), n(model.streams), hidden(model.hidden),
        isMHC(model.variant <= ConnectionModel::Paper),
        isDynamic(isMHC || model.variant == ConnectionModel::HC),
        isDelayed(model.variant == ConnectionModel::DeepSeekV41),
        real(model.type == "f64" ? "f64" : "f32") {
    streamsType = isResidual() ? rowType() : type({"?", num(n)}, true);
    outputs = isMHC ? n * (n + 2) : n + 2;
    phiType = isMHC ? weight({num(outputs), num(n * hidden)})
                    : weight({num(outputs), num(hidden)});
    productType = isMHC ? weight({"?", num(outputs)})
                        : weight({"?", num(n), num(outputs)});
    baseType = isMHC ? weight({num(outputs)}) : weight({num(n), num(outputs)});
    normWeightType = weight({isMHC ? num(n * hidden) : num(hidden)});
  }

  std::string write();

private:
  static std::string num(int64_t value) { return std::to_string(value); }
  bool isResidual() const { return model.variant == ConnectionModel::Residual; }
  /// tensor<..x HIDDEN x row type>
  std::string type(llvm::ArrayRef<std::string> dims, bool row) const {
    std::string text = "tensor<";
    for (const std::string &dim : dims)
      text += dim + "x";
    return text + (row ? num(hidden) + "x" + model.type : real) + ">";
  }
  std::string weight(llvm::ArrayRef<std::string> dims) const {
    return type(dims, false);
  }
  std::string rowType() const { return type({"?"}, true); }
  std::string coefficients(int64_t count) const {
    return weight({"?", num(count)});
  }
  std::string matrix() const { return weight({"?", num(n), num(n)}); }

  //===--- a function -----------------------------------------------------===//
  void begin(StringRef name, StringRef comment);
  std::string argument(StringRef name, StringRef type, StringRef what);
  void op(const Twine &text) { (body += "  ") += (text + "\n").str(); }
  void result(StringRef value, StringRef type, StringRef name) {
    results.push_back({value.str(), type.str(), name.str()});
  }
  void end();

  //===--- pieces ---------------------------------------------------------===//
  struct Weights {
    std::string phi, scale, base, normWeight;
  };
  /// The arguments of a connection's weights, their names with a suffix; those
  /// that gates alone need with `gatesOnly`.
  Weights addWeights(StringRef suffix, bool gatesOnly = false);
  /// h of the streams %x: the products with phi, normalised.
  void addProducts(StringRef x, const Weights &weights, StringRef h);
  /// %pre, %post and %matrix of h, all with a suffix.
  void addGates(StringRef h, const Weights &weights, StringRef suffix);
  void addCombine(StringRef x, StringRef f, StringRef suffix, StringRef out);
  void addAggregate(StringRef x, StringRef suffix, StringRef y);

  void writePre();
  void writeCombine();
  void writeBoundary();
  void writeHead();
  void writeExpand();

  const ConnectionModel &model;
  int64_t n, hidden, outputs;
  bool isMHC, isDynamic, isDelayed;
  std::string real, streamsType, phiType, productType, baseType, normWeightType;

  std::string text, name, comment, body;
  llvm::SmallVector<std::string> arguments;
  struct Result {
    std::string value, type, name;
  };
  llvm::SmallVector<Result> results;
};
} // namespace

void Writer::begin(StringRef name, StringRef comment) {
  this->name = name.str();
  this->comment = comment.str();
  body.clear();
  arguments.clear();
  results.clear();
}

std::string Writer::argument(StringRef name, StringRef type, StringRef what) {
  arguments.push_back(
      llvm::formatv("%{0}: {1} {{mhc.name = \"{0}\", mhc.comment = \"{2}\"}",
                    name, type, what)
          .str());
  return ("%" + name).str();
}

void Writer::end() {
  text += "// " + comment + "\nfunc.func @" + name + "(";
  text += llvm::join(arguments, ",\n    ") + ")\n    -> (";
  std::string values, types;
  for (auto [index, result] : llvm::enumerate(results)) {
    if (index != 0) {
      text += ",\n        ";
      values += ", ";
      types += ", ";
    }
    text += result.type + " {mhc.name = \"" + result.name + "\"}";
    values += result.value;
    types += result.type;
  }
  text += ") {\n" + body + "  return " + values + " : " + types + "\n}\n\n";
}

Writer::Weights Writer::addWeights(StringRef suffix, bool gatesOnly) {
  Weights weights;
  auto add = [&](StringRef name, StringRef type, StringRef what) {
    return argument((name + suffix).str(), type, what);
  };
  if (isResidual())
    return weights;
  if (isDynamic && !gatesOnly)
    weights.phi = add("phi", phiType, "projection");
  if (isDynamic)
    weights.scale =
        add("scale", weight({"3"}), "scales of the pre, post and res logits");
  weights.base = add("base", baseType, "offsets of the logits");
  if (isDynamic && !gatesOnly && model.normWeight)
    weights.normWeight =
        add("norm_weight", normWeightType, "weight of the norm");
  return weights;
}

void Writer::addProducts(StringRef x, const Weights &weights, StringRef h) {
  if (!isDynamic)
    return;
  std::string squares = isMHC ? weight({"?"}) : weight({"?", num(n)});
  StringRef what = isMHC ? "whole" : "each";
  op("%squares = mhc.inner " + what + " " + x + ", " + x + " : (" +
     streamsType + ", " + streamsType + ") -> " + squares);
  op("%rstd = mhc.rstd %squares {count = " +
     Twine(isMHC ? n * hidden : hidden) +
     " : i64, eps = 1.0e-6 : f64} : " + squares);
  std::string withNorm, normType;
  if (!weights.normWeight.empty()) {
    withNorm = " norm_weight " + weights.normWeight;
    normType = ", " + normWeightType;
  }
  std::string precision = real == "f64" ? "" : " precision " + model.precision;
  op("%products = mhc.project" + Twine(isMHC ? " " : " each ") + x + " by " +
     weights.phi + withNorm + precision + " : (" + streamsType + ", " +
     phiType + normType + ") -> " + productType);
  op("%c0 = arith.constant 0 : index");
  op("%tokens = tensor.dim " + x + ", %c0 : " + streamsType);
  op("%empty = tensor.empty(%tokens) : " + productType);
  op(h + " = linalg.generic {indexing_maps = [" +
     (isMHC ? "#product, #token, #product"
            : "#stream_product, #stream, "
              "#stream_product") +
     "], iterator_types = [" +
     (isMHC ? "\"parallel\", \"parallel\""
            : "\"parallel\", \"parallel\", \"parallel\"") +
     "]} ins(%products, %rstd : " + productType + ", " + squares +
     ") outs(%empty : " + productType + ") {");
  op("^bb0(%product: " + real + ", %r: " + real + ", %old: " + real + "):");
  op("  %normalised = arith.mulf %r, %product : " + real);
  op("  linalg.yield %normalised : " + real);
  op("} -> " + productType);
}

void Writer::addGates(StringRef h, const Weights &weights, StringRef suffix) {
  if (isResidual())
    return;
  if (!isDynamic) {
    auto slice = [&](StringRef name, int64_t first, int64_t count,
                     const std::string &type) {
      op("%" + name + suffix + " = tensor.extract_slice " + weights.base +
         "[0, " + Twine(first) + "] [" + Twine(n) + ", " + Twine(count) +
         "] [1, 1] : " + baseType + " to " + type);
    };
    slice("pre", 0, 1, weight({num(n)}));
    slice("post", 1, 1, weight({num(n)}));
    slice("matrix", 2, n, weight({num(n), num(n)}));
    return;
  }
  std::string logits = isMHC ? "logits" : "matrix";
  op("%pre" + suffix + ", %post" + suffix + ", %" + logits + suffix +
     " = mhc.gates #gates " + h + ", " + weights.scale + ", " + weights.base +
     " : (" + productType + ", " + weight({"3"}) + ", " + baseType + ") -> (" +
     coefficients(n) + ", " + coefficients(n) + ", " + matrix() + ")");
  if (isMHC)
    op("%matrix" + suffix + " = mhc.sinkhorn #sinkhorn %logits" + suffix +
       " : " + matrix());
}

void Writer::addCombine(StringRef x, StringRef f, StringRef suffix,
                        StringRef out) {
  if (isResidual()) {
    op(out + " = mhc.combine (" + f + " : " + rowType() + "), (" + x + " : " +
       streamsType + ") -> " + streamsType);
    return;
  }
  std::string vector = isDynamic ? coefficients(n) : weight({num(n)});
  std::string square = isDynamic ? matrix() : weight({num(n), num(n)});
  StringRef transposed =
      model.variant == ConnectionModel::Paper ? "" : " transposed";
  op(out + " = mhc.combine (" + f + " by %post" + suffix + " : " + rowType() +
     ", " + vector + "), (" + x + " by %matrix" + suffix + transposed + " : " +
     streamsType + ", " + square + ") -> " + streamsType);
}

void Writer::addAggregate(StringRef x, StringRef suffix, StringRef y) {
  std::string vector = isDynamic ? coefficients(n) : weight({num(n)});
  op(y + " = mhc.aggregate " + x + ", %pre" + suffix + " : (" + streamsType +
     ", " + vector + ") -> " + rowType());
}

//===----------------------------------------------------------------------===//
// The programs
//===----------------------------------------------------------------------===//

void Writer::writePre() {
  // A residual connection hands its row on.
  if (isResidual())
    return;
  begin("pre", "What stands before a sublayer: it reads y.");
  std::string x = argument("x", streamsType, "streams");
  if (isDelayed)
    argument("pre_in", coefficients(n), "pre of the connection before");
  Weights weights = addWeights("");
  addProducts(x, weights, "%h");
  if (isDelayed) {
    op("%y = mhc.aggregate %x, %pre_in : (" + streamsType + ", " +
       coefficients(n) + ") -> " + rowType());
  } else {
    addGates("%h", weights, "");
    addAggregate(x, "", "%y");
  }
  result("%y", rowType(), "y");
  if (isDynamic)
    result("%h", productType, "h");
  end();
}

void Writer::writeCombine() {
  begin("combine", "What stands behind a sublayer, which gave f.");
  std::string x = argument("x", streamsType, "streams before the sublayer");
  std::string f = argument("f", rowType(), "what the sublayer gave");
  if (isDynamic)
    argument("h", productType, "normalised products of x");
  Weights weights = addWeights("", /*gatesOnly=*/true);
  addGates("%h", weights, "");
  addCombine(x, f, "", "%out");
  result("%out", streamsType, "out");
  end();
}

void Writer::writeBoundary() {
  if (isResidual())
    return;
  begin("boundary", "From one sublayer, which gave f, to the next one, which "
                    "reads y.");
  std::string x = argument("x", streamsType, "streams before the sublayer");
  std::string f = argument("f", rowType(), "what the sublayer gave");
  if (isDynamic)
    argument("h", productType, "normalised products of x");
  Weights before = addWeights("_a", /*gatesOnly=*/true);
  Weights weights = addWeights("_b");
  addGates("%h", before, "_a");
  addCombine(x, f, "_a", "%out");
  addProducts("%out", weights, "%h_b");
  if (!isDelayed)
    addGates("%h_b", weights, "_b");
  // The delayed form reads with the gates of the connection before.
  addAggregate("%out", isDelayed ? "_a" : "_b", "%y");
  result("%out", streamsType, "out");
  result("%y", rowType(), "y");
  if (isDynamic)
    result("%h_b", productType, "h_b");
  end();
}

void Writer::writeHead() {
  begin("head", "What is read from the streams at the end of a model.");
  argument("x", streamsType, "streams");
  std::string phi = weight({num(n), num(n * hidden)});
  argument("phi", phi, "projection");
  argument("scale", weight({"1"}), "scale of the logits");
  argument("base", weight({num(n)}), "offsets of the logits");
  if (model.normWeight)
    argument("norm_weight", normWeightType, "weight of the norm");
  std::string withNorm, normType;
  if (model.normWeight) {
    withNorm = " norm_weight %norm_weight";
    normType = ", " + normWeightType;
  }
  op("%y = mhc.head #variant %x phi %phi scale %scale base %base" + withNorm +
     " : (" + streamsType + ", " + phi + ", " + weight({"1"}) + ", " +
     weight({num(n)}) + normType + ") -> " + rowType());
  result("%y", rowType(), "y");
  end();
}

void Writer::writeExpand() {
  if (isResidual())
    return;
  begin("expand", "What starts the streams of a model.");
  argument("x", rowType(), "row");
  op("%out = mhc.expand %x : " + rowType() + " to " + streamsType);
  result("%out", streamsType, "out");
  end();
}

std::string Writer::write() {
  bool paper = model.variant == ConnectionModel::Paper;
  if (isMHC) {
    std::string gates =
        paper ? "post_mult = 2.0" : "pre_eps = 1.0e-6, post_mult = 2.0";
    std::string sinkhorn =
        llvm::formatv("iterations = {0}, eps = {1}, start = {2}",
                      model.iterations, paper ? "0.0" : "1.0e-6",
                      paper ? "exp" : "softmax")
            .str();
    text += "#gates = #mhc.gates<" + gates + ">\n#sinkhorn = #mhc.sinkhorn<" +
            sinkhorn + ">\n#variant = #mhc.variant<mhc, layout = " +
            (paper ? "out_in" : "in_out") +
            ", norm_eps = 1.0e-6, precision = " + model.precision +
            ",\n                        gates = <" + gates +
            ">,\n                        sinkhorn = <" + sinkhorn + ">>\n";
  } else if (isDynamic) {
    text += "#gates = #mhc.gates<activation = tanh>\n";
  }
  if (isDynamic)
    text += isMHC ? "#product = affine_map<(t, k) -> (t, k)>\n"
                    "#token = affine_map<(t, k) -> (t)>\n\n"
                  : "#stream_product = affine_map<(t, i, k) -> (t, i, k)>\n"
                    "#stream = affine_map<(t, i, k) -> (t, i)>\n\n";
  for (const std::string &kernel : model.kernels) {
    if (kernel == "pre")
      writePre();
    else if (kernel == "combine")
      writeCombine();
    else if (kernel == "boundary")
      writeBoundary();
    else if (kernel == "head")
      writeHead();
    else
      writeExpand();
  }
  return std::move(text);
}

std::string ConnectionModel::print() const { return Writer(*this).write(); }
