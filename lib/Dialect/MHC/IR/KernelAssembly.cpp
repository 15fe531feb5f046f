//===- KernelAssembly.cpp - Syntax of kernels and sweeps ------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ParseEnum.h"

#include "mhc/Dialect/MHC/IR/MHC.h"

#include "mlir/IR/Builders.h"

using namespace mlir;
using namespace mlir::mhc;

using UnresolvedOperand = OpAsmParser::UnresolvedOperand;

namespace {
/// A list of operands that become arguments of a region, while it is parsed.
struct Bindings {
  SmallVector<OpAsmParser::Argument> arguments;
  SmallVector<UnresolvedOperand> operands;
  SmallVector<Type> types;
  SMLoc loc;

  /// `(%argument = %operand : type, ...)`; `parseTypes` reads what follows the
  /// colon.
  ParseResult parse(OpAsmParser &parser,
                    function_ref<ParseResult()> parseTypes) {
    loc = parser.getCurrentLocation();
    return parser.parseCommaSeparatedList(
        OpAsmParser::Delimiter::Paren, [&]() -> ParseResult {
          return failure(parser.parseArgument(arguments.emplace_back()) ||
                         parser.parseEqual() ||
                         parser.parseOperand(operands.emplace_back()) ||
                         parser.parseColonType(types.emplace_back()) ||
                         parseTypes());
        });
  }

  ParseResult resolve(OpAsmParser &parser, OperationState &state) {
    return parser.resolveOperands(operands, types, loc, state.operands);
  }
};
} // namespace

/// `= %operand : type` of each binding, with `print` for what follows the type.
static void printBindings(OpAsmPrinter &printer, ValueRange arguments,
                          ValueRange operands,
                          function_ref<void(Value)> printRest) {
  printer << '(';
  llvm::interleaveComma(
      llvm::zip_equal(arguments, operands), printer, [&](auto binding) {
        auto [argument, operand] = binding;
        printer << argument << " = " << operand << " : " << operand.getType();
        printRest(argument);
      });
  printer << ')';
}

/// A line break and two levels of indentation, before a part of an op's head.
static void breakLine(OpAsmPrinter &printer) {
  printer.increaseIndent();
  printer.increaseIndent();
  printer.printNewline();
  printer.decreaseIndent();
  printer.decreaseIndent();
}

//===----------------------------------------------------------------------===//
// mhc.kernel
//===----------------------------------------------------------------------===//

/// `(%value : type, ...)`
static ParseResult parseDestinations(OpAsmParser &parser,
                                     SmallVectorImpl<UnresolvedOperand> &values,
                                     SmallVectorImpl<Type> &types) {
  return parser.parseCommaSeparatedList(OpAsmParser::Delimiter::Paren, [&] {
    return failure(parser.parseOperand(values.emplace_back()) ||
                   parser.parseColonType(types.emplace_back()));
  });
}

ParseResult KernelOp::parse(OpAsmParser &parser, OperationState &state) {
  std::string label;
  if (succeeded(parser.parseOptionalString(&label)))
    state.addAttribute(getLabelAttrName(state.name),
                       parser.getBuilder().getStringAttr(label));
  Bindings ins;
  auto parseInnerType = [&]() -> ParseResult {
    return failure(parser.parseKeyword("as") ||
                   parser.parseType(ins.arguments.back().type));
  };
  if (parser.parseKeyword("ins") || ins.parse(parser, parseInnerType) ||
      parser.parseKeyword("outs"))
    return failure();
  SMLoc outsLoc = parser.getCurrentLocation();
  SmallVector<UnresolvedOperand> outs, workspace;
  SmallVector<Type> outTypes, workspaceTypes;
  if (parseDestinations(parser, outs, outTypes))
    return failure();
  if (succeeded(parser.parseOptionalKeyword("workspace")) &&
      parseDestinations(parser, workspace, workspaceTypes))
    return failure();
  SumOrderAttr order = SumOrderAttr::getDefault(parser.getContext());
  if (succeeded(parser.parseOptionalKeyword("order")) &&
      parser.parseCustomAttributeWithFallback(order))
    return failure();
  state.addAttribute(getOrderAttrName(state.name), order);
  if (parser.parseOptionalAttrDictWithKeyword(state.attributes) ||
      parser.parseRegion(*state.addRegion(), ins.arguments) ||
      ins.resolve(parser, state) ||
      parser.resolveOperands(outs, outTypes, outsLoc, state.operands) ||
      parser.resolveOperands(workspace, workspaceTypes, outsLoc,
                             state.operands))
    return failure();
  state.getOrAddProperties<Properties>().operandSegmentSizes = {
      static_cast<int32_t>(ins.operands.size()),
      static_cast<int32_t>(outs.size()),
      static_cast<int32_t>(workspace.size())};
  for (Type type : outTypes)
    if (isa<RankedTensorType>(type))
      state.addTypes(type);
  return success();
}

void KernelOp::print(OpAsmPrinter &printer) {
  if (std::optional<StringRef> label = getLabel()) {
    printer << ' ';
    printer.printString(*label);
  }
  breakLine(printer);
  printer << "ins";
  printBindings(printer, getBody().getArguments(), getIns(),
                [&](Value inner) { printer << " as " << inner.getType(); });
  auto printDestinations = [&](ValueRange values) {
    printer << '(';
    llvm::interleaveComma(values, printer, [&](Value value) {
      printer << value << " : " << value.getType();
    });
    printer << ')';
  };
  breakLine(printer);
  printer << "outs";
  printDestinations(getOuts());
  if (getWorkspace()) {
    printer << " workspace";
    printDestinations(getWorkspace());
  }
  if (getOrder() != SumOrderAttr::getDefault(getContext())) {
    printer << " order ";
    printer.printStrippedAttrOrType(getOrder());
  }
  printer.printOptionalAttrDictWithKeyword(
      (*this)->getAttrs(), {getLabelAttrName(), getOrderAttrName(),
                            getOperandSegmentSizesAttrName()});
  printer << ' ';
  printer.printRegion(getBody(), /*printEntryBlockArgs=*/false);
}

//===----------------------------------------------------------------------===//
// mhc.sweep
//===----------------------------------------------------------------------===//

ParseResult SweepOp::parse(OpAsmParser &parser, OperationState &state) {
  int64_t hidden = 0;
  Bindings rows;
  auto parseColumnType = [&]() -> ParseResult {
    auto row = dyn_cast<RowType>(rows.types.back());
    if (!row)
      return parser.emitError(parser.getCurrentLocation(),
                              "expected !mhc.row, got ")
             << rows.types.back();
    rows.arguments.back().type = row.getColumnType();
    return success();
  };
  if (parser.parseKeyword("over") || parser.parseInteger(hidden) ||
      rows.parse(parser, parseColumnType) || parser.parseArrow())
    return failure();
  state.addAttribute(getHiddenAttrName(state.name),
                     parser.getBuilder().getI64IntegerAttr(hidden));
  if (parser.parseLParen())
    return failure();
  if (failed(parser.parseOptionalRParen()) &&
      (parser.parseTypeList(state.types) || parser.parseRParen()))
    return failure();
  return failure(parser.parseOptionalAttrDictWithKeyword(state.attributes) ||
                 parser.parseRegion(*state.addRegion(), rows.arguments) ||
                 rows.resolve(parser, state));
}

void SweepOp::print(OpAsmPrinter &printer) {
  printer << " over " << static_cast<int64_t>(getHidden()) << ' ';
  printBindings(printer, getBody().getArguments(), getRows(), [](Value) {});
  printer << " -> (";
  llvm::interleaveComma(getResultTypes(), printer);
  printer << ')';
  printer.printOptionalAttrDictWithKeyword((*this)->getAttrs(),
                                           {getHiddenAttrName()});
  printer << ' ';
  printer.printRegion(getBody(), /*printEntryBlockArgs=*/false);
}

//===----------------------------------------------------------------------===//
// mhc.exit
//===----------------------------------------------------------------------===//

ParseResult ExitOp::parse(OpAsmParser &parser, OperationState &state) {
  SMLoc loc = parser.getCurrentLocation();
  SmallVector<UnresolvedOperand> operands;
  SmallVector<Type> types;
  SmallVector<Attribute> kinds, precisions;
  MLIRContext *context = parser.getContext();
  auto parseExit = [&]() -> ParseResult {
    ExitKind kind{};
    Precision precision = Precision::BF16x3;
    if (parseEnum<ExitKind>(parser, kind, symbolizeExitKind, stringifyExitKind,
                            getMaxEnumValForExitKind()) ||
        parser.parseLParen() || parser.parseOperand(operands.emplace_back()))
      return failure();
    bool isProduct = kind == ExitKind::Project || kind == ExitKind::Outer;
    if (isProduct) {
      if (parser.parseKeyword("by") ||
          parser.parseOperand(operands.emplace_back()))
        return failure();
      if (succeeded(parser.parseOptionalKeyword("precision")) &&
          parseEnum<Precision>(parser, precision, symbolizePrecision,
                               stringifyPrecision, getMaxEnumValForPrecision()))
        return failure();
      // An outer is written `d by v`, and held as v, d.
      if (kind == ExitKind::Outer)
        std::swap(operands.back(), operands[operands.size() - 2]);
    }
    if (parser.parseColonType(types.emplace_back()))
      return failure();
    if (isProduct) {
      if (parser.parseComma() || parser.parseType(types.emplace_back()))
        return failure();
      if (kind == ExitKind::Outer)
        std::swap(types.back(), types[types.size() - 2]);
    }
    kinds.push_back(ExitKindAttr::get(context, kind));
    precisions.push_back(PrecisionAttr::get(context, precision));
    return parser.parseRParen();
  };
  if (succeeded(parser.parseOptionalKeyword("nothing"))) {
    // A sweep that nothing leaves.
  } else if (parser.parseCommaSeparatedList(parseExit)) {
    return failure();
  }
  Builder &builder = parser.getBuilder();
  state.addAttribute(getKindsAttrName(state.name), builder.getArrayAttr(kinds));
  state.addAttribute(getPrecisionsAttrName(state.name),
                     builder.getArrayAttr(precisions));
  return failure(parser.parseOptionalAttrDict(state.attributes) ||
                 parser.resolveOperands(operands, types, loc, state.operands));
}

void ExitOp::print(OpAsmPrinter &printer) {
  SmallVector<SweepExit> exits = getExits();
  printer << ' ';
  if (exits.empty())
    printer << "nothing";
  llvm::interleaveComma(exits, printer, [&](const SweepExit &exit) {
    printer << stringifyExitKind(exit.kind) << '(';
    Value first = exit.value, second = exit.by;
    if (exit.kind == ExitKind::Outer)
      std::swap(first, second);
    printer << first;
    if (second)
      printer << " by " << second;
    if (exit.precision != Precision::BF16x3)
      printer << " precision " << stringifyPrecision(exit.precision);
    printer << " : " << first.getType();
    if (second)
      printer << ", " << second.getType();
    printer << ')';
  });
  printer.printOptionalAttrDict((*this)->getAttrs(),
                                {getKindsAttrName(), getPrecisionsAttrName()});
}

//===----------------------------------------------------------------------===//
// mhc.prepare, mhc.recompute
//===----------------------------------------------------------------------===//

/// `ins(%argument = %operand : type, ...) -> (types) attributes {..} {..}`
static ParseResult parseIsolated(OpAsmParser &parser, OperationState &state) {
  Bindings ins;
  auto sameType = [&]() -> ParseResult {
    ins.arguments.back().type = ins.types.back();
    return success();
  };
  auto parseResults = [&] {
    return parser.parseType(state.types.emplace_back());
  };
  return failure(parser.parseKeyword("ins") || ins.parse(parser, sameType) ||
                 parser.parseArrow() ||
                 parser.parseCommaSeparatedList(OpAsmParser::Delimiter::Paren,
                                                parseResults) ||
                 parser.parseOptionalAttrDictWithKeyword(state.attributes) ||
                 parser.parseRegion(*state.addRegion(), ins.arguments) ||
                 ins.resolve(parser, state));
}

static void printIsolated(OpAsmPrinter &printer, Operation *op,
                          ArrayRef<StringRef> elided) {
  Region &body = op->getRegion(0);
  printer << " ins";
  printBindings(printer, body.getArguments(), op->getOperands(), [](Value) {});
  printer << " -> (";
  llvm::interleaveComma(op->getResultTypes(), printer);
  printer << ')';
  printer.printOptionalAttrDictWithKeyword(op->getAttrs(), elided);
  printer << ' ';
  printer.printRegion(body, /*printEntryBlockArgs=*/false);
}

ParseResult PrepareOp::parse(OpAsmParser &parser, OperationState &state) {
  return parseIsolated(parser, state);
}

void PrepareOp::print(OpAsmPrinter &printer) {
  printIsolated(printer, *this, {});
}

ParseResult RecomputeOp::parse(OpAsmParser &parser, OperationState &state) {
  if (succeeded(parser.parseOptionalKeyword("fused")))
    state.addAttribute(getFusedAttrName(state.name),
                       parser.getBuilder().getUnitAttr());
  return parseIsolated(parser, state);
}

void RecomputeOp::print(OpAsmPrinter &printer) {
  if (getFused())
    printer << " fused";
  printIsolated(printer, *this, {getFusedAttrName()});
}
