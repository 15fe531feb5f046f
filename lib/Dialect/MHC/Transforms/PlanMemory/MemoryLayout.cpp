//===- MemoryLayout.cpp - Places of buffers in a workspace ----------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "MemoryLayout.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/MathExtras.h"

#include <numeric>

using namespace mlir::mhc;

/// What the parts of a workspace are, in their order: the scratch memory of
/// kernels comes first, whose places are multiples of cache lines then, and
/// what grows with tokens comes last.
enum class PartKind { Other, Constant, Product };

static PartKind getKind(const SizeExpr &unit) {
  if (unit.getConstant())
    return PartKind::Constant;
  bool isProduct =
      unit.getTerms().size() == 1 &&
      llvm::all_of(unit.getTerms().front().factors, [](const SizeAtom *atom) {
        return atom->op == SizeOp::Symbol;
      });
  return isProduct ? PartKind::Product : PartKind::Other;
}

/// Of the factors in a part, so that every place is aligned whatever the sizes
/// are.
static int64_t getAlignment(PartKind kind) {
  return kind == PartKind::Product ? 16 : 64;
}

namespace {
/// The buffers whose sizes are multiples of one formula.
struct Part {
  SizeExpr unit;
  PartKind kind;
  std::vector<unsigned> buffers;
  std::vector<PackedItem> items;
  /// Where the last of them ends, in units.
  int64_t used = 0;
};
} // namespace

/// Splits a size into a formula and how often it is taken.
static std::pair<SizeExpr, int64_t> splitFactor(const SizeExpr &bytes,
                                                SizeExprContext &context) {
  if (std::optional<int64_t> constant = bytes.getConstant())
    return {1, *constant};
  int64_t factor = 0;
  for (const SizeExpr::Term &term : bytes.getTerms())
    factor = std::gcd(factor, term.coefficient);
  // What is known to be exact: each coefficient is a multiple of the factor.
  return {context.floorDiv(bytes, factor), factor};
}

static std::vector<Part> findParts(llvm::ArrayRef<LaidOutBuffer> buffers,
                                   SizeExprContext &context) {
  std::vector<Part> parts;
  for (auto [index, buffer] : llvm::enumerate(buffers)) {
    SizeExpr unit;
    int64_t factor;
    std::tie(unit, factor) = splitFactor(buffer.bytes, context);
    auto part = llvm::find_if(
        parts, [&](const Part &part) { return part.unit == unit; });
    if (part == parts.end())
      part = parts.insert(part, Part{unit, getKind(unit), {}, {}, 0});
    int64_t alignment = getAlignment(part->kind);
    part->buffers.push_back(index);
    part->items.push_back(
        {static_cast<int64_t>(llvm::alignTo(factor, alignment)), buffer.first,
         buffer.last});
  }
  llvm::sort(parts, [](const Part &a, const Part &b) {
    return std::pair(a.kind, a.buffers.front()) <
           std::pair(b.kind, b.buffers.front());
  });
  return parts;
}

/// Whether nothing is of a part if nothing is of another one: all sizes that
/// make that empty make this empty.
static bool isEmptyWith(const SizeExpr &unit, const SizeExpr &other) {
  if (other.isAtLeast(1))
    return true;
  return other.getTerms().size() == 1 && unit.getTerms().size() == 1 &&
         llvm::all_of(
             other.getTerms().front().factors, [&](const SizeAtom *atom) {
               return llvm::is_contained(unit.getTerms().front().factors, atom);
             });
}

SizeExpr mlir::mhc::layOut(llvm::MutableArrayRef<LaidOutBuffer> buffers,
                           SizeExprContext &context) {
  std::vector<Part> parts = findParts(buffers, context);
  SizeExpr base, end;
  // The parts so far that end before the next begins.
  llvm::SmallVector<SizeExpr> padded;
  for (unsigned number = 0; number < parts.size(); ++number) {
    Part &part = parts[number];
    packItems(part.items);
    for (auto [index, item] : llvm::zip_equal(part.buffers, part.items)) {
      LaidOutBuffer &buffer = buffers[index];
      buffer.offset = context.add(base, context.mul(part.unit, item.offset));
      int64_t factor = splitFactor(buffer.bytes, context).second;
      part.used = std::max(part.used, item.offset + factor);
    }
    // Where nothing is of this part, the workspace ends with one before it, and
    // not with what is between them.
    SizeExpr own = context.add(base, context.mul(part.unit, part.used));
    bool isEnd = llvm::all_of(padded, [&](const SizeExpr &unit) {
      return isEmptyWith(unit, part.unit);
    });
    end = isEnd ? own : context.select(context.less(0, part.unit), own, end);
    if (number + 1 == parts.size())
      break;
    int64_t next =
        llvm::alignTo(part.used, getAlignment(parts[number + 1].kind));
    base = context.add(base, context.mul(part.unit, next));
    if (next != part.used)
      padded.push_back(part.unit);
  }
  return end;
}
