//===- TokenProgram.cpp - What a block's ops do with tokens ---------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Row and token ops say themselves what their operands are. What stands between
// them, elementwise ops and linalg, learns it from them: roles go along the
// values until nothing changes. Then sums over tokens, known by their shapes,
// are asked too.
//
//===----------------------------------------------------------------------===//

#include "TokenProgram.h"

#include "mhc/Dialect/MHC/IR/Shapes.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/IR/Matchers.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using namespace mlir::mhc;

/// More coefficients of a token than this are not unrolled: 16 streams have
/// 288.
static constexpr int64_t kMaxCoefficients = 1024;

TypedAttr mlir::mhc::getSplat(Value tensor) {
  Operation *op = tensor.getDefiningOp();
  if (!op || !isa<RankedTensorType>(tensor.getType()))
    return nullptr;
  if (auto constant = dyn_cast<arith::ConstantOp>(op)) {
    auto splat = dyn_cast<SplatElementsAttr>(constant.getValue());
    return splat ? cast<TypedAttr>(splat.getSplatValue<Attribute>())
                 : TypedAttr();
  }
  auto fill = dyn_cast<linalg::FillOp>(op);
  if (!fill)
    return nullptr;
  TypedAttr scalar;
  if (!matchPattern(fill.getInputs().front(), m_Constant(&scalar)) ||
      scalar.getType() != getElementTypeOrSelf(tensor.getType()))
    return nullptr;
  return scalar;
}

SmallVector<Value> TokenProgram::getReadOperands(Operation *op) {
  if (auto linalgOp = dyn_cast<linalg::LinalgOp>(op))
    return linalgOp.getDpsInputs();
  return llvm::to_vector(op->getOperands());
}

Type TokenProgram::getInnerType(Value value) const {
  auto type = cast<RankedTensorType>(value.getType());
  std::optional<TensorRole> role = getRole(value);
  ArrayRef<int64_t> shape =
      type.getShape().drop_front(role ? role->tokenRank : 0);
  if (role && role->role == Role::Rows)
    return RowType::getOfColumns(getColumnType(value), shape.back());
  if (shape.empty())
    return type.getElementType();
  return VectorType::get(shape, type.getElementType());
}

Type TokenProgram::getColumnType(Value rows) const {
  auto type = cast<RankedTensorType>(rows.getType());
  std::optional<TensorRole> role = getRole(rows);
  ArrayRef<int64_t> streams =
      type.getShape().drop_front(role ? role->tokenRank : 0).drop_back();
  if (streams.empty())
    return type.getElementType();
  return VectorType::get(streams, type.getElementType());
}

//===----------------------------------------------------------------------===//
// Roles
//===----------------------------------------------------------------------===//

bool TokenProgram::assign(Value value, Role role, unsigned tokenRank) {
  auto type = dyn_cast<RankedTensorType>(value.getType());
  unsigned fewest = role == Role::Rows ? 1 : 0,
           most = role == Role::Rows ? 2 : 3;
  if (!type || type.getEncoding() || type.getRank() < tokenRank + fewest ||
      type.getRank() > tokenRank + most)
    return false;
  ArrayRef<int64_t> inner = type.getShape().drop_front(tokenRank);
  if (ShapedType::isDynamicShape(inner) || llvm::is_contained(inner, 0))
    return false;
  Type element = type.getElementType();
  if (!isa<FloatType>(element) && !element.isSignlessInteger())
    return false;
  if (role == Role::Rows && ((inner.size() == 2 && inner[0] > kMaxStreams) ||
                             inner.back() > kMaxHidden))
    return false;
  if (role == Role::Coefficients &&
      ShapedType::getNumElements(inner) > kMaxCoefficients)
    return false;
  TensorRole wanted{role, tokenRank};
  auto [place, isNew] = roles.try_emplace(value, wanted);
  changed |= isNew;
  return isNew || place->second == wanted;
}

bool TokenProgram::assignCoefficients(Value value, unsigned innerRank,
                                      unsigned tokenRank) {
  int64_t rank = cast<RankedTensorType>(value.getType()).getRank();
  if (rank == innerRank && tokenRank > 0)
    return true; // The same for all tokens.
  return assign(value, Role::Coefficients, tokenRank);
}

/// The dimensions of rows that no term mixes or spreads could all be tokens;
/// what is known of their neighbours decides.
std::optional<unsigned> TokenProgram::getTokenRank(CombineOp op) const {
  unsigned rank = getRank(op.getOut().getType());
  for (CombineTerm term : op.getTerms())
    if (!op.termHasStreams(term) || term.kind == TermKind::By ||
        term.kind == TermKind::Transposed)
      return rank - 2;
  if (std::optional<TensorRole> role = getRole(op.getOut()))
    return role->tokenRank;
  for (Value row : op.getRows())
    if (std::optional<TensorRole> role = getRole(row))
      return role->tokenRank;
  for (CombineTerm term : op.getTerms())
    if (term.coefficients)
      if (std::optional<TensorRole> role = getRole(term.coefficients);
          role && role->tokenRank > 0)
        return role->tokenRank;
  return std::nullopt;
}

bool TokenProgram::propagateMHC(Operation *op) {
  auto rank = [](Value value) -> unsigned { return getRank(value.getType()); };
  auto rows = [&](ValueRange values, unsigned tokens) {
    return llvm::all_of(
        values, [&](Value value) { return assign(value, Role::Rows, tokens); });
  };
  auto all = [&](Role role, unsigned tokens) {
    return llvm::all_of(op->getResults(),
                        [&](Value v) { return assign(v, role, tokens); });
  };
  return llvm::TypeSwitch<Operation *, bool>(op)
      .Case([&](CombineOp combine) {
        std::optional<unsigned> tokens = getTokenRank(combine);
        if (!tokens)
          return true;
        bool fits =
            rows(combine.getRows(), *tokens) && rows(combine.getOut(), *tokens);
        for (CombineTerm term : combine.getTerms()) {
          if (!fits || !term.coefficients)
            continue;
          bool withStreams = combine.termHasStreams(term);
          unsigned inner = 0;
          if (term.kind == TermKind::Scaled)
            inner = rank(term.coefficients) > *tokens ? 1 : 0;
          else
            inner = withStreams ? 2 : 1;
          fits = assignCoefficients(term.coefficients, inner, *tokens);
        }
        return fits;
      })
      .Case([&](AggregateOp aggregate) {
        unsigned tokens = rank(aggregate.getY()) - 1;
        return rows({aggregate.getX(), aggregate.getY()}, tokens) &&
               assignCoefficients(aggregate.getPre(), 1, tokens);
      })
      .Case([&](InnerOp inner) {
        unsigned tokens = rank(inner.getOut());
        if (inner.getKind() == InnerKind::Each)
          tokens -= 1;
        if (inner.getKind() == InnerKind::Pairs)
          tokens = rank(inner.getA()) - 1 + rank(inner.getB()) - 1 - tokens;
        return rows({inner.getA(), inner.getB()}, tokens) &&
               all(Role::Coefficients, tokens);
      })
      .Case([&](ProjectOp project) {
        unsigned tokens = rank(project.getOut()) -
                          (project.getExtent() == Extent::Each ? 2 : 1);
        return rows(project.getX(), tokens) && all(Role::Coefficients, tokens);
      })
      .Case([&](BackprojectOp op) {
        unsigned tokens =
            rank(op.getD()) - (op.getExtent() == Extent::Each ? 2 : 1);
        return rows(op.getOut(), tokens) &&
               assign(op.getD(), Role::Coefficients, tokens);
      })
      .Case([&](OuterOp op) {
        unsigned tokens =
            rank(op.getD()) - (op.getExtent() == Extent::Each ? 2 : 1);
        return rows(op.getX(), tokens) &&
               assign(op.getD(), Role::Coefficients, tokens);
      })
      .Case([&](ExpandOp expand) {
        unsigned tokens = rank(expand.getX()) - 1;
        return rows({expand.getX(), expand.getOut()}, tokens);
      })
      .Case([&](ReduceStreamsOp reduce) {
        unsigned tokens = rank(reduce.getY()) - 1;
        return rows({reduce.getX(), reduce.getY()}, tokens);
      })
      .Case<GatesOp, GatesGradOp>([&](auto gates) {
        bool isTanh = gates.getGates().getActivation() == Activation::Tanh;
        unsigned tokens = rank(gates.getH()) - (isTanh ? 2 : 1);
        bool fits = assign(gates.getH(), Role::Coefficients, tokens) &&
                    all(Role::Coefficients, tokens);
        if constexpr (std::is_same_v<decltype(gates), GatesGradOp>)
          for (Value d : gates.getDouts())
            fits = fits && assign(d, Role::Coefficients, tokens);
        return fits;
      })
      .Case<SinkhornOp, SinkhornStepOp, SinkhornGradOp, SinkhornStepGradOp>(
          [&](Operation *matrix) {
            unsigned tokens = rank(matrix->getResult(0)) - 2;
            return llvm::all_of(matrix->getOperands(),
                                [&](Value v) {
                                  return assign(v, Role::Coefficients, tokens);
                                }) &&
                   all(Role::Coefficients, tokens);
          })
      .Case<RstdOp, RstdGradOp>(
          [&](Operation *rstd) { return propagateElementwise(rstd); })
      .Default([](Operation *) { return true; });
}

/// All operands and results have one shape and one role.
bool TokenProgram::propagateElementwise(Operation *op) {
  std::optional<TensorRole> role;
  auto values = llvm::to_vector(op->getOperands());
  llvm::append_range(values, op->getResults());
  for (Value value : values)
    if (!role)
      role = getRole(value);
  if (!role)
    return true;
  return llvm::all_of(values, [&](Value value) {
    return getSplat(value) || assign(value, role->role, role->tokenRank);
  });
}

//===----------------------------------------------------------------------===//
// linalg
//===----------------------------------------------------------------------===//

static SmallVector<unsigned> getDims(AffineMap map) {
  SmallVector<unsigned> dims;
  for (AffineExpr expr : map.getResults())
    dims.push_back(cast<AffineDimExpr>(expr).getPosition());
  return dims;
}

/// Without rows among what is known, a new loop may be hidden: whoever reads
/// the result may say so, and is asked first.
bool TokenProgram::isSettled(ArrayRef<std::pair<Value, AffineMap>> values,
                             const LinalgLoops &found) const {
  llvm::SmallDenseSet<unsigned> known(found.tokens.begin(), found.tokens.end());
  for (auto [value, map] : values)
    if (getRole(value))
      known.insert_range(getDims(map));
  return llvm::all_of(values, [&](std::pair<Value, AffineMap> entry) {
    auto [value, map] = entry;
    SmallVector<unsigned> dims = getDims(map);
    auto isToken = [&](unsigned d) {
      return llvm::is_contained(found.tokens, d);
    };
    if (getRole(value) || getSplat(value) ||
        (!found.tokens.empty() && llvm::none_of(dims, isToken)))
      return true;
    bool isNew =
        llvm::any_of(dims, [&](unsigned d) { return !known.contains(d); });
    if (isNew && !mayGuess)
      return false;
    // More than a token's coefficients can only be a row.
    ArrayRef<int64_t> inner = cast<RankedTensorType>(value.getType())
                                  .getShape()
                                  .drop_front(llvm::count_if(dims, isToken));
    return ShapedType::isDynamicShape(inner) ||
           ShapedType::getNumElements(inner) <= kMaxCoefficients;
  });
}

bool TokenProgram::propagateLinalg(linalg::LinalgOp op) {
  // What is known of one operand or result says which loops are tokens.
  LinalgLoops found;
  bool isKnown = false;
  auto learn = [&](Value value, AffineMap map) {
    std::optional<TensorRole> role = getRole(value);
    if (!role)
      return true;
    SmallVector<unsigned> dims = getDims(map);
    SmallVector<unsigned> tokens(ArrayRef(dims).take_front(role->tokenRank));
    if (isKnown && tokens != found.tokens)
      return false;
    found.tokens = tokens;
    isKnown = true;
    if (role->role == Role::Rows) {
      if (found.hidden && *found.hidden != dims.back())
        return false;
      found.hidden = dims.back();
    }
    return true;
  };
  SmallVector<std::pair<Value, AffineMap>> values;
  for (OpOperand *input : op.getDpsInputOperands())
    if (isa<RankedTensorType>(input->get().getType()))
      values.emplace_back(input->get(), op.getMatchingIndexingMap(input));
  for (OpOperand &init : op.getDpsInitsMutable())
    values.emplace_back(op.getTiedOpResult(&init),
                        op.getMatchingIndexingMap(&init));
  for (auto [value, map] : values)
    if (!map.isProjectedPermutation() || !learn(value, map))
      return false;
  // Coefficients alone do not say whether the others are rows: those that are
  // known to be come first.
  if (!isKnown || (!found.hidden && !mayGuess))
    return true;
  for (unsigned i = 0; i < op.getNumLoops(); ++i)
    if (!llvm::is_contained(found.tokens, i))
      found.inner.push_back(i);
  if (found.hidden) {
    if (found.inner.size() > 2)
      return false;
    for (unsigned loop : found.inner)
      if (loop != *found.hidden)
        found.streams = loop;
  }
  loops[op.getOperation()] = found;
  if (!found.hidden && !isSettled(values, found))
    return true;
  // What other ops compute is of no interest: it may be anything.
  if (!classifyLinalg(op))
    return true;
  for (auto [value, map] : values) {
    if (getSplat(value))
      continue;
    SmallVector<unsigned> dims = getDims(map);
    unsigned count = llvm::count_if(
        dims, [&](unsigned d) { return llvm::is_contained(found.tokens, d); });
    if (count == 0)
      continue; // The same for all tokens.
    if (count != found.tokens.size() ||
        ArrayRef(dims).take_front(count) != ArrayRef(found.tokens))
      return false;
    bool isRow = found.hidden && llvm::is_contained(dims, *found.hidden);
    if (!assign(value, isRow ? Role::Rows : Role::Coefficients, count))
      return false;
  }
  // With no token dimension at all, every value is of the one token.
  if (found.tokens.empty())
    for (auto [value, map] : values) {
      bool isRow =
          found.hidden && llvm::is_contained(getDims(map), *found.hidden);
      if (!getSplat(value) &&
          !assign(value, isRow ? Role::Rows : Role::Coefficients, 0))
        return false;
    }
  return true;
}

/// The body adds an expression to what is accumulated, which starts from zero.
static bool isSum(linalg::LinalgOp op) {
  if (op->getNumResults() != 1)
    return false;
  Value init = op.getDpsInits()[0];
  TypedAttr splat = getSplat(init);
  auto zero = dyn_cast_or_null<FloatAttr>(splat);
  Block *body = op.getBlock();
  Value out = body->getArguments().back();
  if (!zero || !zero.getValue().isZero() || !out.hasOneUse())
    return false;
  auto add =
      body->getTerminator()->getOperand(0).getDefiningOp<arith::AddFOp>();
  return add && (add.getLhs() == out) != (add.getRhs() == out);
}

/// The body is pure scalar code of the operands' elements and constants.
static bool isPlainBody(linalg::LinalgOp op, bool isReduction) {
  Block *body = op.getBlock();
  for (Operation &inner : body->without_terminator()) {
    if (!isPure(&inner) || inner.getNumRegions() != 0 ||
        isa<linalg::IndexOp>(inner))
      return false;
    auto isNumber = [](Type type) {
      return isa<FloatType>(type) || type.isSignlessInteger();
    };
    if (!llvm::all_of(inner.getResultTypes(), isNumber) ||
        (!inner.hasTrait<OpTrait::Elementwise>() &&
         !isa<arith::ConstantOp>(inner)))
      return false;
    for (Value operand : inner.getOperands())
      if (operand.getParentBlock() != body &&
          !matchPattern(operand, m_Constant()))
        return false;
  }
  for (Value value : body->getTerminator()->getOperands())
    if (value.getParentBlock() != body && !matchPattern(value, m_Constant()))
      return false;
  if (isReduction)
    return isSum(op);
  return llvm::all_of(op.getRegionOutputArgs(),
                      [](BlockArgument arg) { return arg.use_empty(); });
}

std::optional<OpKind> TokenProgram::classifyLinalg(linalg::LinalgOp op) {
  auto known = loops.find(op.getOperation());
  if (known == loops.end() || isa<linalg::FillOp>(op) ||
      !op.hasPureTensorSemantics())
    return std::nullopt;
  const LinalgLoops &l = known->second;
  SmallVector<utils::IteratorType> iterators = op.getIteratorTypesArray();
  auto isParallel = [&](unsigned loop) {
    return iterators[loop] == utils::IteratorType::parallel;
  };
  auto isReduced = [&](unsigned loop) {
    return iterators[loop] == utils::IteratorType::reduction;
  };
  std::optional<OpKind> kind;
  if (!l.tokens.empty() && llvm::all_of(l.tokens, isReduced)) {
    // Sums of coefficients are f32 or f64 in a kernel, those of rows any float.
    Type element = getElementTypeOrSelf(op.getDpsInits()[0].getType());
    if (l.hidden ? llvm::all_of(l.inner, isParallel)
                 : element.isF32() || element.isF64())
      kind = OpKind::Total;
  } else if (llvm::all_of(l.tokens, isParallel)) {
    if (llvm::all_of(l.inner, isParallel))
      kind = l.hidden ? OpKind::Column : OpKind::Token;
    else if (!l.hidden)
      kind = OpKind::Token;
    else if (isReduced(*l.hidden))
      kind = OpKind::Reduction;
  }
  if (!kind || !isPlainBody(op, llvm::is_contained(
                                    iterators, utils::IteratorType::reduction)))
    return std::nullopt;
  // Streams are those of rows with tokens: a matrix product has a loop beside
  // hidden too, but only its weights and its result have it.
  if (l.streams) {
    bool found = false;
    for (AffineMap map : op.getIndexingMapsArray()) {
      SmallVector<unsigned> dims = getDims(map);
      auto has = [&](unsigned loop) { return llvm::is_contained(dims, loop); };
      found |= llvm::all_of(l.tokens, has) && has(*l.streams) && has(*l.hidden);
    }
    int64_t size = op.getStaticLoopRanges()[*l.streams];
    if (!found || size < 1 || size > kMaxStreams)
      return std::nullopt;
  }
  // Inside a token, streams come before hidden, and both are whole.
  auto fits = [&](AffineMap map) {
    SmallVector<unsigned> dims = getDims(map);
    llvm::erase_if(dims,
                   [&](unsigned d) { return llvm::is_contained(l.tokens, d); });
    return !l.hidden || llvm::is_sorted(dims, [&](unsigned a, unsigned b) {
      return a != *l.hidden && b == *l.hidden;
    });
  };
  for (OpOperand *input : op.getDpsInputOperands())
    if (!fits(op.getMatchingIndexingMap(input)) ||
        (!isa<RankedTensorType>(input->get().getType()) &&
         !matchPattern(input->get(), m_Constant())))
      return std::nullopt;
  for (OpOperand &init : op.getDpsInitsMutable()) {
    AffineMap map = op.getMatchingIndexingMap(&init);
    if (!fits(map))
      return std::nullopt;
    // Every loop that is not added over is in every result, in order.
    SmallVector<unsigned> wanted;
    if (*kind != OpKind::Total)
      wanted = l.tokens;
    for (unsigned loop : l.inner)
      if (isParallel(loop))
        wanted.push_back(loop);
    SmallVector<unsigned> dims = getDims(map);
    if (l.hidden || *kind == OpKind::Total ? dims != wanted
                                           : dims.size() != wanted.size())
      return std::nullopt;
  }
  return kind;
}

/// Sums that stand alone, such as those of a norm in a function without row
/// ops, are to be added in the same order as beside them. They are known by
/// their shapes: of a row's dimensions, the leading ones are dynamic, its
/// tokens, and the last one or two static; one of both is added over, and the
/// other is kept. A product of matrices is none: none of its factors has all
/// loops.
bool TokenProgram::seedSum(linalg::LinalgOp op) {
  if (isa<linalg::FillOp>(op) || !op.hasPureTensorSemantics() ||
      loops.contains(op) || op.getNumReductionLoops() == 0 ||
      op->getNumResults() != 1 || !isPlainBody(op, /*isReduction=*/true) ||
      !llvm::all_of(op.getIndexingMapsArray(),
                    [](AffineMap map) { return map.isProjectedPermutation(); }))
    return false;
  SmallVector<unsigned> added, kept;
  op.getReductionDims(added);
  op.getParallelDims(kept);
  SmallVector<int64_t> sizes = op.getStaticLoopRanges();
  auto isDynamic = [&](unsigned loop) {
    return ShapedType::isDynamic(sizes[loop]);
  };
  bool isTotal = llvm::all_of(added, isDynamic);
  const SmallVector<unsigned> &tokens = isTotal ? added : kept;
  const SmallVector<unsigned> &inner = isTotal ? kept : added;
  if (tokens.empty() || inner.empty() || inner.size() > 2 ||
      !llvm::all_of(tokens, isDynamic) || llvm::any_of(inner, isDynamic) ||
      getDims(op.getMatchingIndexingMap(&op.getDpsInitsMutable()[0])) != kept)
    return false;
  SmallVector<unsigned> ofRow(tokens);
  llvm::append_range(ofRow, inner);
  for (OpOperand *input : op.getDpsInputOperands())
    if (isa<RankedTensorType>(input->get().getType()) &&
        !getRole(input->get()) && !getSplat(input->get()) &&
        getDims(op.getMatchingIndexingMap(input)) == ofRow)
      return assign(input->get(), Role::Rows, tokens.size());
  return false;
}

//===----------------------------------------------------------------------===//
// Ops
//===----------------------------------------------------------------------===//

static bool isElementwise(Operation *op) {
  return isa_and_nonnull<arith::ArithDialect, math::MathDialect>(
             op->getDialect()) &&
         OpTrait::hasElementwiseMappableTraits(op) && isPure(op) &&
         op->getNumResults() == 1 &&
         llvm::all_of(op->getOperandTypes(), llvm::IsaPred<RankedTensorType>);
}

bool TokenProgram::propagate(Operation *op) {
  if (isa_and_nonnull<MHCDialect>(op->getDialect()))
    return propagateMHC(op);
  if (auto linalgOp = dyn_cast<linalg::LinalgOp>(op))
    return !linalgOp.hasPureTensorSemantics() || propagateLinalg(linalgOp);
  return !isElementwise(op) || propagateElementwise(op);
}

std::optional<OpKind> TokenProgram::classify(Operation *op) {
  if (auto linalgOp = dyn_cast<linalg::LinalgOp>(op)) {
    std::optional<OpKind> kind = classifyLinalg(linalgOp);
    bool hasRoles = llvm::all_of(
        op->getResults(), [&](Value v) { return getRole(v).has_value(); });
    return kind == OpKind::Total || hasRoles ? kind : std::nullopt;
  }
  if (isElementwise(op)) {
    std::optional<TensorRole> role = getRole(op->getResult(0));
    if (!role)
      return std::nullopt;
    return role->role == Role::Rows ? OpKind::Column : OpKind::Token;
  }
  return llvm::TypeSwitch<Operation *, std::optional<OpKind>>(op)
      .Case<AggregateOp, BackprojectOp, ExpandOp, ReduceStreamsOp>(
          [](Operation *) { return OpKind::Column; })
      .Case([&](CombineOp combine) -> std::optional<OpKind> {
        if (!getTokenRank(combine))
          return std::nullopt;
        return OpKind::Column;
      })
      .Case<InnerOp, ProjectOp>([](Operation *) { return OpKind::Reduction; })
      .Case([](OuterOp) { return OpKind::Total; })
      .Case<GatesOp, GatesGradOp, SinkhornOp, SinkhornStepOp, SinkhornGradOp,
            SinkhornStepGradOp>([](Operation *) { return OpKind::Token; })
      .Case<RstdOp, RstdGradOp>([&](Operation *rstd) -> std::optional<OpKind> {
        if (!getRole(rstd->getResult(0)))
          return std::nullopt;
        return OpKind::Token;
      })
      .Default([](Operation *) { return std::nullopt; });
}

TokenProgram::TokenProgram(Block &block) {
  // Ops that contradict what is known do not take part.
  llvm::DenseSet<Operation *> misfits;
  auto visit = [&](Operation &op) {
    if (!misfits.contains(&op) && !propagate(&op))
      misfits.insert(&op);
  };
  auto visitAll = [&] {
    do {
      changed = false;
      for (Operation &op : block)
        visit(op);
      for (Operation &op : llvm::reverse(block))
        visit(op);
    } while (changed);
  };
  visitAll();
  // Rows of which nothing says that they have streams have none, unless a
  // factor has one dimension less than that leaves to tokens.
  for (auto combine : block.getOps<CombineOp>()) {
    if (getTokenRank(combine))
      continue;
    unsigned tokens = getRank(combine.getOut().getType()) - 1;
    if (llvm::any_of(combine.getTerms(), [&](CombineTerm term) {
          return term.coefficients && tokens >= 2 &&
                 getRank(term.coefficients.getType()) == tokens - 1;
        }))
      --tokens;
    if (assign(combine.getOut(), Role::Rows, tokens))
      visitAll();
  }
  mayGuess = true;
  visitAll();
  // Sums over tokens of rows that no op has spoken of. What follows from them
  // is learned like what follows from row ops.
  mayGuess = false;
  for (auto op : block.getOps<linalg::LinalgOp>())
    if (seedSum(op))
      visitAll();
  mayGuess = true;
  visitAll();
  // A misfit may have spoken before it was found to be one; what it said is
  // only a name for values that others must agree with.
  for (Operation &op : block)
    if (!misfits.contains(&op))
      if (std::optional<OpKind> kind = classify(&op))
        kinds[&op] = *kind;
  keepBitsInside();
}

unsigned TokenProgram::getOpTokenRank(Operation *op) const {
  unsigned rank = 0;
  for (Value value : getReadOperands(op))
    if (std::optional<TensorRole> role = getRole(value))
      rank = std::max(rank, role->tokenRank);
  for (Value value : op->getResults())
    if (std::optional<TensorRole> role = getRole(value))
      rank = std::max(rank, role->tokenRank);
  return rank;
}

void TokenProgram::exclude(Operation *op) {
  kinds.erase(op);
  keepBitsInside();
}

/// Rows of single bits have no place in memory: they stay inside a sweep, or
/// what makes and reads them stays outside.
void TokenProgram::keepBitsInside() {
  auto isBits = [&](Value value) {
    return isRows(value) && !getSplat(value) && !getInnerType(value);
  };
  auto isInside = [&](Operation *op) { return op && kinds.contains(op); };
  bool removed = true;
  while (removed) {
    removed = false;
    for (Operation *op : llvm::to_vector(llvm::make_first_range(kinds))) {
      bool fits = llvm::all_of(op->getOperands(), [&](Value operand) {
        return !isBits(operand) || isInside(operand.getDefiningOp());
      });
      for (Value result : op->getResults())
        if (isBits(result))
          fits &= llvm::all_of(result.getUsers(), isInside);
      if (!fits) {
        kinds.erase(op);
        removed = true;
      }
    }
  }
}
