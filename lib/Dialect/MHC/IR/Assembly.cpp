//===- Assembly.cpp - Syntax that TableGen cannot express -----------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The custom directives of the ops' assembly formats, and the definitions that
// TableGen makes of the formats.
//
//===----------------------------------------------------------------------===//

#include "ParseEnum.h"

#include "mhc/Dialect/MHC/IR/MHC.h"

#include "mlir/IR/Builders.h"

using namespace mlir;
using namespace mlir::mhc;

/// `sublayer(%y: type) { ... }`
static ParseResult parseSublayer(OpAsmParser &parser, Region &sublayer) {
  OpAsmParser::Argument y;
  if (parser.parseKeyword("sublayer") || parser.parseLParen() ||
      parser.parseArgument(y, /*allowType=*/true) || parser.parseRParen())
    return failure();
  return parser.parseRegion(sublayer, y);
}

static void printSublayer(OpAsmPrinter &printer, Operation *,
                          Region &sublayer) {
  printer << "sublayer(";
  printer.printRegionArgument(sublayer.getArgument(0));
  printer << ") ";
  printer.printRegion(sublayer, /*printEntryBlockArgs=*/false);
}

/// `(%row by %coefficients transposed : row type, coefficients type), ...`
static ParseResult
parseTerms(OpAsmParser &parser,
           SmallVectorImpl<OpAsmParser::UnresolvedOperand> &rows,
           SmallVectorImpl<Type> &rowTypes,
           SmallVectorImpl<OpAsmParser::UnresolvedOperand> &coefficients,
           SmallVectorImpl<Type> &coefficientTypes, ArrayAttr &kinds) {
  SmallVector<Attribute> kindAttrs;
  auto parseTerm = [&]() -> ParseResult {
    if (parser.parseLParen() || parser.parseOperand(rows.emplace_back()))
      return failure();
    TermKind kind = TermKind::Plain;
    if (succeeded(parser.parseOptionalKeyword("scaled")))
      kind = TermKind::Scaled;
    else if (succeeded(parser.parseOptionalKeyword("by")))
      kind = TermKind::By;
    if (kind != TermKind::Plain &&
        parser.parseOperand(coefficients.emplace_back()))
      return failure();
    if (kind == TermKind::By &&
        succeeded(parser.parseOptionalKeyword("transposed")))
      kind = TermKind::Transposed;
    kindAttrs.push_back(TermKindAttr::get(parser.getContext(), kind));
    if (parser.parseColonType(rowTypes.emplace_back()))
      return failure();
    if (kind != TermKind::Plain &&
        (parser.parseComma() ||
         parser.parseType(coefficientTypes.emplace_back())))
      return failure();
    return parser.parseRParen();
  };
  if (parser.parseCommaSeparatedList(parseTerm))
    return failure();
  kinds = parser.getBuilder().getArrayAttr(kindAttrs);
  return success();
}

static void printTerms(OpAsmPrinter &printer, CombineOp op, OperandRange,
                       TypeRange, OperandRange, TypeRange, ArrayAttr) {
  llvm::interleaveComma(op.getTerms(), printer, [&](CombineTerm term) {
    printer << '(' << term.row;
    if (term.kind != TermKind::Plain)
      printer << (term.kind == TermKind::Scaled ? " scaled " : " by ")
              << term.coefficients;
    if (term.kind == TermKind::Transposed)
      printer << " transposed";
    printer << " : " << term.row.getType();
    if (term.coefficients)
      printer << ", " << term.coefficients.getType();
    printer << ')';
  });
}

/// A keyword of an enumeration, as an attribute.
template <typename AttrT, typename EnumT>
static ParseResult
parseEnumKeyword(OpAsmParser &parser, AttrT &attr,
                 std::optional<EnumT> (*symbolize)(StringRef),
                 StringRef (*stringify)(EnumT), unsigned maximum) {
  EnumT value{};
  if (parseEnum<EnumT>(parser, value, symbolize, stringify, maximum))
    return failure();
  attr = AttrT::get(parser.getContext(), value);
  return success();
}

static ParseResult parseAxis(OpAsmParser &parser, AxisAttr &axis) {
  return parseEnumKeyword<AxisAttr, Axis>(
      parser, axis, symbolizeAxis, stringifyAxis, getMaxEnumValForAxis());
}

static void printAxis(OpAsmPrinter &printer, Operation *, AxisAttr axis) {
  printer << stringifyAxis(axis.getValue());
}

static ParseResult parseReduction(OpAsmParser &parser,
                                  StreamReductionAttr &reduction) {
  return parseEnumKeyword<StreamReductionAttr, StreamReduction>(
      parser, reduction, symbolizeStreamReduction, stringifyStreamReduction,
      getMaxEnumValForStreamReduction());
}

static void printReduction(OpAsmPrinter &printer, Operation *,
                           StreamReductionAttr reduction) {
  printer << stringifyStreamReduction(reduction.getValue());
}

static ParseResult parsePinKind(OpAsmParser &parser, PinKindAttr &kind) {
  return parseEnumKeyword<PinKindAttr, PinKind>(parser, kind, symbolizePinKind,
                                                stringifyPinKind,
                                                getMaxEnumValForPinKind());
}

static void printPinKind(OpAsmPrinter &printer, Operation *, PinKindAttr kind) {
  printer << stringifyPinKind(kind.getValue());
}

static ParseResult parsePrecision(OpAsmParser &parser,
                                  PrecisionAttr &precision) {
  return parseEnumKeyword<PrecisionAttr, Precision>(
      parser, precision, symbolizePrecision, stringifyPrecision,
      getMaxEnumValForPrecision());
}

static void printPrecision(OpAsmPrinter &printer, Operation *,
                           PrecisionAttr precision) {
  printer << stringifyPrecision(precision.getValue());
}

/// A keyword of an enumeration, or nothing, which stands for its first value,
/// and then an operand.
template <typename AttrT, typename EnumT>
static ParseResult
parseKeywordAndOperand(OpAsmParser &parser, AttrT &attr,
                       OpAsmParser::UnresolvedOperand &operand,
                       ArrayRef<EnumT> values, StringRef (*stringify)(EnumT)) {
  EnumT value{};
  for (EnumT candidate : values)
    if (succeeded(parser.parseOptionalKeyword(stringify(candidate)))) {
      value = candidate;
      break;
    }
  attr = AttrT::get(parser.getContext(), value);
  return parser.parseOperand(operand);
}

template <typename EnumT>
static void printKeywordAndOperand(OpAsmPrinter &printer, EnumT value,
                                   Value operand,
                                   StringRef (*stringify)(EnumT)) {
  if (value != EnumT{})
    printer << stringify(value) << ' ';
  printer << operand;
}

static ParseResult parseInnerKind(OpAsmParser &parser, InnerKindAttr &kind,
                                  OpAsmParser::UnresolvedOperand &a) {
  return parseKeywordAndOperand<InnerKindAttr, InnerKind>(
      parser, kind, a, {InnerKind::Pairs, InnerKind::Each, InnerKind::Whole},
      stringifyInnerKind);
}

static void printInnerKind(OpAsmPrinter &printer, Operation *,
                           InnerKindAttr kind, Value a) {
  printKeywordAndOperand(printer, kind.getValue(), a, stringifyInnerKind);
}

static ParseResult parseExtent(OpAsmParser &parser, ExtentAttr &extent,
                               OpAsmParser::UnresolvedOperand &operand) {
  return parseKeywordAndOperand<ExtentAttr, Extent>(
      parser, extent, operand, {Extent::Whole, Extent::Each}, stringifyExtent);
}

static void printExtent(OpAsmPrinter &printer, Operation *, ExtentAttr extent,
                        Value operand) {
  printKeywordAndOperand(printer, extent.getValue(), operand, stringifyExtent);
}

#define GET_OP_CLASSES
#include "mhc/Dialect/MHC/IR/MHCOps.cpp.inc"
