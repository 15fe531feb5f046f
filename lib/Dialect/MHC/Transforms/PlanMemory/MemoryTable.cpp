//===- MemoryTable.cpp - Planned memory, for people -----------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "FunctionPlan.h"
#include "Packing.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace mlir::mhc;

//===----------------------------------------------------------------------===//
// Formulas
//===----------------------------------------------------------------------===//

/// `128 d0 + 64`; what is no polynomial in the prefix form of a manifest.
static std::string toText(const SizeExpr &expr) {
  std::string text;
  for (const SizeExpr::Term &term : expr.getTerms()) {
    SmallVector<std::string> factors;
    int64_t coefficient = term.coefficient;
    if (!text.empty()) {
      text += coefficient < 0 ? " - " : " + ";
      coefficient = std::abs(coefficient);
    }
    if (coefficient != 1 || term.factors.empty())
      factors.push_back(std::to_string(coefficient));
    for (const SizeAtom *factor : term.factors)
      factors.push_back(factor->text);
    text += llvm::join(factors, " ");
  }
  return text.empty() ? "0" : text;
}

static int64_t evaluate(const SizeExpr &expr, int64_t size);

static int64_t evaluate(const SizeAtom &atom, int64_t size) {
  auto operand = [&](unsigned index) {
    return evaluate(atom.operands[index], size);
  };
  switch (atom.op) {
  case SizeOp::Symbol:
    return size;
  case SizeOp::FloorDiv:
    return operand(1) ? llvm::divideFloorSigned(operand(0), operand(1)) : 0;
  case SizeOp::CeilDiv:
    return operand(1) ? llvm::divideCeilSigned(operand(0), operand(1)) : 0;
  case SizeOp::Mod:
    return operand(1) ? llvm::mod(operand(0), operand(1)) : 0;
  case SizeOp::Min:
    return std::min(operand(0), operand(1));
  case SizeOp::Max:
    return std::max(operand(0), operand(1));
  case SizeOp::Less:
    return operand(0) < operand(1);
  case SizeOp::LessEqual:
    return operand(0) <= operand(1);
  case SizeOp::Equal:
    return operand(0) == operand(1);
  case SizeOp::NotEqual:
    return operand(0) != operand(1);
  case SizeOp::And:
    return operand(0) && operand(1);
  case SizeOp::Or:
    return operand(0) || operand(1);
  case SizeOp::Select:
    return operand(0) ? operand(1) : operand(2);
  }
  llvm_unreachable("unknown operation");
}

/// The number that a formula is if every size is `size`.
static int64_t evaluate(const SizeExpr &expr, int64_t size) {
  int64_t sum = 0;
  for (const SizeExpr::Term &term : expr.getTerms()) {
    int64_t product = term.coefficient;
    for (const SizeAtom *factor : term.factors)
      product *= evaluate(*factor, size);
    sum += product;
  }
  return sum;
}

//===----------------------------------------------------------------------===//
// The table
//===----------------------------------------------------------------------===//

/// Adds the names in a formula.
static void collect(const SizeExpr &expr, llvm::StringSet<> &names) {
  for (const SizeExpr::Term &term : expr.getTerms())
    for (const SizeAtom *factor : term.factors) {
      if (factor->op == SizeOp::Symbol)
        names.insert(factor->text);
      for (const SizeExpr &operand : factor->operands)
        collect(operand, names);
    }
}

/// Rows of one width a column: text to the left, numbers to the right.
static void printRows(ArrayRef<SmallVector<std::string>> rows,
                      raw_ostream &os) {
  SmallVector<size_t> widths(rows.front().size());
  for (const auto &row : rows)
    for (auto [width, cell] : llvm::zip_equal(widths, row))
      width = std::max(width, cell.size());
  for (const auto &row : rows) {
    os << "  ";
    for (auto [index, cell] : llvm::enumerate(row)) {
      if (index == 0)
        os << llvm::left_justify(cell, widths[index]) << "  ";
      else if (index + 1 < row.size())
        os << llvm::right_justify(cell, widths[index]) << "  ";
      else
        os << cell;
    }
    os << '\n';
  }
}

void mlir::mhc::printMemoryPlan(func::FuncOp function, const FunctionPlan &plan,
                                std::optional<int64_t> tokens,
                                raw_ostream &os) {
  auto toCell = [&](const SizeExpr &expr) {
    return tokens ? std::to_string(evaluate(expr, *tokens)) : toText(expr);
  };
  SizeExpr workspace = plan.workspace.value_or(SizeExpr());
  os << '@' << function.getName() << ": a workspace of " << toText(workspace)
     << " bytes";
  if (tokens)
    os << ", " << evaluate(workspace, *tokens) << " for sizes of " << *tokens;
  os << '\n';

  llvm::StringSet<> names;
  collect(workspace, names);
  SmallVector<SmallVector<std::string>> rows;
  rows.push_back({"buffer", "bytes", "offset", "from", "to", "life"});
  SmallVector<PackedItem> alive;
  for (const TableLine &line : plan.table) {
    bool isPlaced = line.offset.has_value();
    if (line.bytes)
      collect(*line.bytes, names);
    if (isPlaced && tokens)
      alive.push_back({evaluate(*line.bytes, *tokens), line.first, line.last});
    rows.push_back({line.name, line.bytes ? toCell(*line.bytes) : "?",
                    isPlaced ? toCell(*line.offset) : "heap",
                    isPlaced ? std::to_string(line.first) : "",
                    isPlaced ? std::to_string(line.last) : "", line.life});
  }
  SmallVector<StringRef> sorted(names.keys());
  llvm::sort(sorted);
  for (StringRef name : sorted)
    os << "  " << name << ": " << plan.entry.numbers.at(name).describe()
       << '\n';
  printRows(rows, os);
  if (tokens)
    os << "  " << getLowerBound(alive) << " bytes are alive at once\n";
  os << '\n';
}
