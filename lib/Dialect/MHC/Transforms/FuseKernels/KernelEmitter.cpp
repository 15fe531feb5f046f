//===- KernelEmitter.cpp - A plan as an mhc.kernel ------------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Every tensor of the plan becomes what one token sees of it: coefficients a
// vector, rows the columns of a sweep. Values are built where they are first
// read.
//
//===----------------------------------------------------------------------===//

#include "KernelEmitter.h"

#include "mhc/Dialect/MHC/IR/Shapes.h"
#include "mhc/Dialect/MHC/Utils/LoopNest.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/IR/IRMapping.h"
#include "mlir/IR/Matchers.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using namespace mlir::mhc;

//===----------------------------------------------------------------------===//
// Scalars and vectors
//===----------------------------------------------------------------------===//

/// `element`, or a vector of `shape` of it.
static Type withShape(Type element, ArrayRef<int64_t> shape) {
  return shape.empty() ? element : Type(VectorType::get(shape, element));
}

static Value createConstant(OpBuilder &builder, Location loc, Type type,
                            TypedAttr scalar) {
  if (auto vector = dyn_cast<VectorType>(type))
    return arith::ConstantOp::create(
        builder, loc, DenseElementsAttr::get(vector, Attribute(scalar)));
  return arith::ConstantOp::create(builder, loc, scalar);
}

/// A value whose dimensions are the loops `dims`, as one over all of `loops`,
/// of sizes `sizes`.
static Value broadcast(OpBuilder &builder, Location loc, Value value,
                       ArrayRef<unsigned> dims, ArrayRef<unsigned> loops,
                       ArrayRef<int64_t> sizes) {
  if (dims == loops)
    return value;
  Type element = getElementTypeOrSelf(value.getType());
  auto full = VectorType::get(sizes, element);
  if (dims.empty())
    return vector::BroadcastOp::create(builder, loc, full, value);
  // In the order of the loops, then with ones for the loops that are missing.
  SmallVector<int64_t> order =
      llvm::to_vector(llvm::seq<int64_t>(0, static_cast<int64_t>(dims.size())));
  auto position = [&](unsigned loop) { return llvm::find(loops, loop); };
  llvm::sort(order, [&](int64_t a, int64_t b) {
    return position(dims[a]) < position(dims[b]);
  });
  if (!llvm::is_sorted(order))
    value = vector::TransposeOp::create(builder, loc, value, order);
  SmallVector<int64_t> shape;
  for (auto [loop, size] : llvm::zip_equal(loops, sizes))
    shape.push_back(llvm::is_contained(dims, loop) ? size : 1);
  if (dims.size() != loops.size())
    value = vector::ShapeCastOp::create(builder, loc,
                                        VectorType::get(shape, element), value);
  if (value.getType() == full)
    return value;
  return vector::BroadcastOp::create(builder, loc, full, value);
}

/// The sum of the elements of a vector of one dimension, as a balanced tree.
static Value sumElements(OpBuilder &builder, Location loc, Value vector,
                         Type element) {
  SmallVector<Value> values;
  int64_t count = cast<VectorType>(vector.getType()).getDimSize(0);
  for (int64_t i = 0; i < count; ++i)
    values.push_back(convertFloat(
        builder, loc, vector::ExtractOp::create(builder, loc, vector, i),
        element));
  return buildTreeSum(builder, loc, values);
}

/// Adds a vector over its dimensions `reduced`, as a balanced tree.
static Value sumOver(OpBuilder &builder, Location loc, Value value,
                     ArrayRef<int64_t> reduced) {
  auto type = cast<VectorType>(value.getType());
  SmallVector<int64_t> order(reduced), kept;
  int64_t count = 1;
  for (int64_t i : reduced)
    count *= type.getDimSize(i);
  for (int64_t i = 0; i < type.getRank(); ++i)
    if (!llvm::is_contained(reduced, i)) {
      order.push_back(i);
      kept.push_back(type.getDimSize(i));
    }
  if (!llvm::is_sorted(order))
    value = vector::TransposeOp::create(builder, loc, value, order);
  kept.insert(kept.begin(), count);
  auto terms = VectorType::get(kept, type.getElementType());
  if (value.getType() != terms)
    value = vector::ShapeCastOp::create(builder, loc, terms, value);
  // In a kernel a reduction is this tree.
  if (kept.size() == 1)
    return vector::ReductionOp::create(builder, loc, vector::CombiningKind::ADD,
                                       value);
  SmallVector<Value> values;
  for (int64_t i = 0; i < count; ++i)
    values.push_back(vector::ExtractOp::create(builder, loc, value, i));
  return buildTreeSum(builder, loc, values);
}

//===----------------------------------------------------------------------===//
// The emitter
//===----------------------------------------------------------------------===//

namespace {
class Emitter {
public:
  Emitter(OpBuilder &outer, const TokenProgram &program, const KernelPlan &plan,
          Location loc)
      : outer(outer), program(program), plan(plan), loc(loc),
        body(std::make_unique<Block>()), token(outer.getContext()) {
    token.setInsertionPointToEnd(body.get());
  }

  KernelOp run(StringRef label) {
    for (const SweepPlan &sweep : plan.sweeps)
      emitSweep(sweep);
    SmallVector<Value> returned;
    for (Value result : plan.results)
      returned.push_back(program.isRows(result) ? getRow(result)
                                                : getToken(result));
    ReturnOp::create(token, loc, returned);
    return createKernel(label);
  }

private:
  //===--------------------------------------------------------------------===//
  // Inputs and results
  //===--------------------------------------------------------------------===//

  bool isInside(Value value) const {
    Operation *op = value.getDefiningOp();
    return op && plan.ops.contains(op);
  }

  Value getInput(Value tensor, Type inner) {
    Value &argument = inputs[{tensor, inner}];
    if (!argument) {
      argument = body->addArgument(inner, tensor.getLoc());
      ins.push_back(tensor);
    }
    return argument;
  }

  /// phi as a product with columns of `hidden` sees it.
  Value getWeight(Value phi, bool withStreams, int64_t hidden) {
    auto type = cast<RankedTensorType>(phi.getType());
    SmallVector<int64_t> shape = {type.getDimSize(0)};
    if (withStreams)
      shape.push_back(type.getDimSize(1) / hidden);
    shape.push_back(hidden);
    return getInput(
        phi, WeightType::get(type.getContext(), shape, type.getElementType()));
  }

  KernelOp createKernel(StringRef label) {
    Value reference;
    for (Value in : ins)
      if (std::optional<TensorRole> role = program.getRole(in);
          !reference && role && role->tokenRank == plan.tokenRank)
        reference = in;
    // All that it reads may be constants.
    for (Operation *op : plan.ops)
      for (Value operand : op->getOperands())
        if (!reference && getSplat(operand) &&
            (program.getRole(operand) || hasShapesOfResult(op)))
          reference = operand;
    SmallVector<Value> outs;
    for (Value result : plan.results) {
      auto type = cast<RankedTensorType>(result.getType());
      SmallVector<Value> sizes;
      for (int64_t i = 0; i < type.getRank(); ++i)
        if (type.isDynamicDim(i))
          sizes.push_back(tensor::DimOp::create(outer, loc, reference, i));
      outs.push_back(tensor::EmptyOp::create(outer, loc, type, sizes));
    }
    auto kernel = KernelOp::create(outer, loc, label, ins,
                                   body->getArgumentTypes(), outs);
    Block &block = kernel.getBody().front();
    moveInto(*body, block);
    return kernel;
  }

  /// Moves the ops of `from` behind those of `to`, whose arguments are the
  /// same.
  static void moveInto(Block &from, Block &to) {
    for (auto [old, argument] :
         llvm::zip_equal(from.getArguments(), to.getArguments()))
      old.replaceAllUsesWith(argument);
    to.getOperations().splice(to.end(), from.getOperations());
  }

  //===--------------------------------------------------------------------===//
  // The program of the token
  //===--------------------------------------------------------------------===//

  /// Coefficients as a vector or a scalar.
  Value getToken(Value tensor) {
    if (Value known = tokens.lookup(tensor))
      return known;
    Value value;
    if (TypedAttr splat = getSplat(tensor))
      value = createConstant(token, loc, program.getInnerType(tensor), splat);
    else if (!isInside(tensor))
      value = getInput(tensor, program.getInnerType(tensor));
    else
      value = emitToken(cast<OpResult>(tensor));
    tokens[tensor] = value;
    return value;
  }

  Value emitToken(OpResult tensor) {
    Operation *op = tensor.getDefiningOp();
    if (auto linalgOp = dyn_cast<linalg::LinalgOp>(op)) {
      Value value = emitLinalg(token, linalgOp, tensor.getResultNumber(),
                               [&](Value v) { return getToken(v); });
      if (program.getKind(op) != OpKind::Total)
        return value;
      Type type = value.getType();
      ArrayRef<int64_t> shape;
      if (auto vector = dyn_cast<VectorType>(type))
        shape = vector.getShape();
      return TotalOp::create(
          token, op->getLoc(),
          TotalType::get(type.getContext(), shape, getElementTypeOrSelf(type)),
          value);
    }
    // An op of the token level, or an elementwise one: the same op on vectors.
    Operation *clone =
        cloneWith(token, op, program.getInnerType(tensor),
                  [&](Value operand) { return getToken(operand); });
    for (auto [result, inner] :
         llvm::zip_equal(op->getResults(), clone->getResults())) {
      inner.setType(program.getInnerType(result));
      tokens[result] = inner;
    }
    return clone->getResult(tensor.getResultNumber());
  }

  /// Whether all operands have the shape of the result.
  static bool hasShapesOfResult(Operation *op) {
    return isa<RstdOp, RstdGradOp>(op) ||
           OpTrait::hasElementwiseMappableTraits(op);
  }

  /// The op on `get` of its operands, with a result of `type`.
  template <typename Get>
  Operation *cloneWith(OpBuilder &builder, Operation *op, Type type, Get get) {
    IRMapping mapping;
    for (Value operand : op->getOperands()) {
      TypedAttr splat = getSplat(operand);
      // A constant says nothing of its role: it has the shape of the others.
      if (!splat || !hasShapesOfResult(op)) {
        mapping.map(operand, get(operand));
        continue;
      }
      ArrayRef<int64_t> shape;
      if (auto vector = dyn_cast<VectorType>(type))
        shape = vector.getShape();
      mapping.map(operand,
                  createConstant(builder, op->getLoc(),
                                 withShape(splat.getType(), shape), splat));
    }
    return builder.clone(*op, mapping);
  }

  //===--------------------------------------------------------------------===//
  // Sweeps
  //===--------------------------------------------------------------------===//

  /// The sweep that is being built.
  struct SweepState {
    SweepState(const SweepPlan &plan, MLIRContext *context)
        : plan(plan), builder(context) {
      builder.setInsertionPointToEnd(block.get());
    }

    const SweepPlan &plan;
    std::unique_ptr<Block> block = std::make_unique<Block>();
    OpBuilder builder;
    SmallVector<Value> rows;
    llvm::DenseMap<Value, Value> columns;
    int64_t hidden = 0;
  };

  /// A row: of an earlier sweep, or an argument of the kernel.
  Value getRow(Value tensor) {
    if (Value made = rows.lookup(tensor))
      return made;
    if (program.isRows(tensor))
      return getInput(tensor, program.getInnerType(tensor));
    // The same for all tokens.
    auto type = cast<RankedTensorType>(tensor.getType());
    return getInput(tensor, RowType::get(type.getContext(), type.getShape(),
                                         type.getElementType()));
  }

  Value getColumn(SweepState &sweep, Value tensor) {
    if (Value known = sweep.columns.lookup(tensor))
      return known;
    Value value;
    if (TypedAttr splat = getSplat(tensor)) {
      value = createConstant(sweep.builder, loc, program.getColumnType(tensor),
                             splat);
    } else if (!isInside(tensor) || sweep.plan.read.contains(tensor)) {
      Value row = getRow(tensor);
      sweep.rows.push_back(row);
      value = sweep.block->addArgument(
          cast<RowType>(row.getType()).getColumnType(), tensor.getLoc());
    } else {
      value = emitColumn(sweep, cast<OpResult>(tensor));
    }
    sweep.columns[tensor] = value;
    return value;
  }

  Value emitColumn(SweepState &sweep, OpResult tensor) {
    Operation *op = tensor.getDefiningOp();
    OpBuilder &b = sweep.builder;
    Location l = op->getLoc();
    auto column = [&](Value v) { return getColumn(sweep, v); };
    Type type = program.getColumnType(tensor);
    return llvm::TypeSwitch<Operation *, Value>(op)
        .Case([&](CombineOp combine) {
          SmallVector<CombineTerm> terms;
          for (CombineTerm term : combine.getTerms())
            terms.push_back(
                {column(term.row),
                 term.coefficients ? getToken(term.coefficients) : Value(),
                 term.kind});
          return Value(CombineOp::create(b, l, type, terms));
        })
        .Case([&](AggregateOp aggregate) {
          Value x = column(aggregate.getX());
          return Value(
              AggregateOp::create(b, l, type, x, getToken(aggregate.getPre())));
        })
        .Case([&](BackprojectOp backproject) {
          bool isEach = backproject.getExtent() == Extent::Each;
          Value phi =
              getWeight(backproject.getPhi(), isa<VectorType>(type) && !isEach,
                        getHidden(tensor));
          return Value(BackprojectOp::create(
              b, l, type, backproject.getExtent(), getToken(backproject.getD()),
              phi, Value(), backproject.getPrecision()));
        })
        .Case([&](ExpandOp expand) {
          Type element = getElementTypeOrSelf(type);
          Value x = convertFloat(b, l, column(expand.getX()), element);
          return Value(vector::BroadcastOp::create(b, l, type, x));
        })
        .Case([&](ReduceStreamsOp reduce) {
          Value x = column(reduce.getX());
          Type compute = getComputeType(type);
          Value sum = sumElements(b, l, x, compute);
          if (reduce.getReduction() == StreamReduction::Mean)
            sum = arith::DivFOp::create(
                b, l, sum,
                createFloat(b, l, compute,
                            cast<VectorType>(x.getType()).getDimSize(0)));
          return convertFloat(b, l, sum, type);
        })
        .Case([&](linalg::LinalgOp linalgOp) {
          return emitLinalg(b, linalgOp, tensor.getResultNumber(), column);
        })
        .Default([&](Operation *) {
          Operation *clone = cloneWith(b, op, type, column);
          clone->getResult(0).setType(type);
          return clone->getResult(0);
        });
  }

  static int64_t getHidden(Value rows) {
    return cast<RankedTensorType>(rows.getType()).getShape().back();
  }

  /// What leaves the sweep for an op that adds.
  SweepExit emitSum(SweepState &sweep, Operation *op) {
    OpBuilder &b = sweep.builder;
    Location l = op->getLoc();
    auto column = [&](Value v) { return getColumn(sweep, v); };
    return llvm::TypeSwitch<Operation *, SweepExit>(op)
        .Case([&](InnerOp inner) {
          Value lhs = column(inner.getA()), rhs = column(inner.getB());
          return SweepExit{ExitKind::Sum,
                           InnerOp::create(b, l,
                                           program.getInnerType(inner.getOut()),
                                           inner.getKind(), lhs, rhs),
                           nullptr};
        })
        .Case([&](ProjectOp project) {
          Value x = column(project.getX());
          bool isEach = project.getExtent() == Extent::Each;
          return SweepExit{ExitKind::Project, x,
                           getWeight(project.getPhi(),
                                     isa<VectorType>(x.getType()) && !isEach,
                                     getHidden(project.getX())),
                           project.getPrecision()};
        })
        .Case([&](OuterOp outer) {
          Value x = column(outer.getX());
          return SweepExit{ExitKind::Outer, x, getToken(outer.getD()),
                           outer.getPrecision()};
        })
        .Case([&](linalg::LinalgOp linalgOp) {
          ExitKind kind = program.getKind(op) == OpKind::Total ? ExitKind::Total
                                                               : ExitKind::Sum;
          return SweepExit{kind, emitLinalg(b, linalgOp, 0, column), nullptr};
        })
        .Default([](Operation *) -> SweepExit {
          llvm_unreachable("no other op is planned as a sum");
        });
  }

  void emitSweep(const SweepPlan &plan) {
    SweepState state(plan, outer.getContext());
    for (Value row : plan.rows)
      state.hidden = getHidden(row);
    for (Operation *sum : plan.sums)
      for (Value operand : TokenProgram::getReadOperands(sum))
        if (program.isRows(operand))
          state.hidden = getHidden(operand);
    SmallVector<SweepExit> exits;
    SmallVector<Value> made;
    SmallVector<Type> types;
    // Rows first, then sums, each in the order of the program.
    for (Value row : plan.rows) {
      exits.push_back({ExitKind::Row, getColumn(state, row), nullptr});
      made.push_back(row);
      types.push_back(program.getInnerType(row));
    }
    for (Operation *sum : plan.sums) {
      SweepExit exit = emitSum(state, sum);
      Value result = sum->getResult(0);
      exits.push_back(exit);
      made.push_back(result);
      types.push_back(getExitType(exit, state.hidden, result));
    }
    ExitOp::create(state.builder, loc, exits);
    auto sweep = SweepOp::create(token, loc, state.hidden, state.rows, types);
    moveInto(*state.block, sweep.getBody().front());
    hoist(sweep);
    for (auto [tensor, value] : llvm::zip_equal(made, sweep.getResults()))
      (program.isRows(tensor) ? rows : tokens)[tensor] = value;
  }

  /// Moves what is the same for all columns out of a sweep: a linalg op on rows
  /// may compute with coefficients alone. Row ops stay: a weight has columns
  /// too.
  static void hoist(SweepOp sweep) {
    Block &block = sweep.getBody().front();
    for (Operation &op : llvm::make_early_inc_range(block.without_terminator()))
      if (!isa<MHCDialect>(op.getDialect()) &&
          llvm::none_of(op.getOperands(), [&](Value operand) {
            return operand.getParentBlock() == &block;
          }))
        op.moveBefore(sweep);
  }

  Type getExitType(const SweepExit &exit, int64_t hidden, Value result) {
    if (exit.kind != ExitKind::Outer && exit.kind != ExitKind::Total)
      return program.getInnerType(result);
    SmallVector<int64_t> shape;
    bool isEach = false;
    if (exit.by) {
      auto d = cast<VectorType>(exit.by.getType());
      shape.push_back(d.getShape().back());
      isEach = d.getRank() == 2;
    }
    if (auto column = dyn_cast<VectorType>(exit.value.getType());
        column && !isEach)
      llvm::append_range(shape, column.getShape());
    shape.push_back(hidden);
    return TotalType::get(result.getContext(), shape,
                          getElementTypeOrSelf(result.getType()));
  }

  //===--------------------------------------------------------------------===//
  // The bodies of linalg ops
  //===--------------------------------------------------------------------===//

  /// The elements that a linalg op computes, before they are added if it adds:
  /// its body on vectors over the loops that one token or column has.
  template <typename Get>
  Value emitLinalg(OpBuilder &builder, linalg::LinalgOp op, unsigned number,
                   Get getRowOrToken) {
    const LinalgLoops &l = program.getLoops(op);
    SmallVector<int64_t> ranges = op.getStaticLoopRanges();
    SmallVector<unsigned> loops;
    SmallVector<int64_t> sizes;
    for (unsigned loop : l.inner)
      if (loop != l.hidden) {
        loops.push_back(loop);
        sizes.push_back(ranges[loop]);
      }
    Location at = op.getLoc();
    Block *block = op.getBlock();
    IRMapping mapping;
    for (OpOperand *input : op.getDpsInputOperands()) {
      Value tensor = input->get(), value;
      BlockArgument argument = op.getMatchingBlockArgument(input);
      TypedAttr scalar;
      if (!isa<RankedTensorType>(tensor.getType()))
        matchPattern(tensor, m_Constant(&scalar));
      else
        scalar = getSplat(tensor);
      if (scalar) {
        mapping.map(argument,
                    createConstant(builder, at,
                                   withShape(argument.getType(), sizes),
                                   scalar));
        continue;
      }
      SmallVector<unsigned> dims;
      bool isRow = false;
      for (AffineExpr expr : op.getMatchingIndexingMap(input).getResults()) {
        unsigned loop = cast<AffineDimExpr>(expr).getPosition();
        if (loop == l.hidden)
          isRow = true;
        else if (!llvm::is_contained(l.tokens, loop))
          dims.push_back(loop);
      }
      value = isRow ? getRowOrToken(tensor) : getToken(tensor);
      mapping.map(argument, broadcast(builder, at, value, dims, loops, sizes));
    }
    auto emitScalarConstant = [&](Value constant) {
      TypedAttr scalar;
      matchPattern(constant, m_Constant(&scalar));
      mapping.map(constant,
                  createConstant(builder, at,
                                 withShape(constant.getType(), sizes), scalar));
    };
    SmallVector<utils::IteratorType> iterators = op.getIteratorTypesArray();
    bool adds = llvm::is_contained(iterators, utils::IteratorType::reduction);
    Value yielded = block->getTerminator()->getOperand(number);
    Operation *last = adds ? yielded.getDefiningOp() : nullptr;
    if (adds) {
      bool isFirst = last->getOperand(0) == block->getArguments().back();
      yielded = last->getOperand(isFirst ? 1 : 0);
    }
    for (Operation &inner : block->without_terminator()) {
      if (&inner == last)
        continue;
      for (Value operand : inner.getOperands())
        if (!mapping.contains(operand))
          emitScalarConstant(operand);
      if (isa<arith::ConstantOp>(inner)) {
        emitScalarConstant(inner.getResult(0));
        continue;
      }
      Operation *clone = builder.clone(inner, mapping);
      for (Value result : clone->getResults())
        result.setType(withShape(result.getType(), sizes));
    }
    if (!mapping.contains(yielded))
      emitScalarConstant(yielded);
    Value result = mapping.lookup(yielded);
    // Sums over hidden and tokens are those of the exit.
    SmallVector<int64_t> reduced;
    SmallVector<unsigned> kept;
    for (auto [index, loop] : llvm::enumerate(loops))
      if (iterators[loop] == utils::IteratorType::reduction)
        reduced.push_back(index);
      else
        kept.push_back(loop);
    if (!reduced.empty())
      result = sumOver(builder, at, result, reduced);
    // A result may order its dimensions otherwise than the loops.
    SmallVector<int64_t> order;
    AffineMap map = op.getMatchingIndexingMap(op.getDpsInitOperand(number));
    for (AffineExpr expr : map.getResults()) {
      const auto *place =
          llvm::find(kept, cast<AffineDimExpr>(expr).getPosition());
      if (place != kept.end())
        order.push_back(place - kept.begin());
    }
    if (!llvm::is_sorted(order))
      result = vector::TransposeOp::create(builder, at, result, order);
    return result;
  }

  OpBuilder &outer;
  const TokenProgram &program;
  const KernelPlan &plan;
  Location loc;
  std::unique_ptr<Block> body;
  OpBuilder token;
  SmallVector<Value> ins;
  llvm::DenseMap<std::pair<Value, Type>, Value> inputs;
  llvm::DenseMap<Value, Value> tokens, rows;
};
} // namespace

KernelOp mlir::mhc::emitKernel(OpBuilder &builder, const TokenProgram &program,
                               const KernelPlan &plan, StringRef label,
                               Location loc) {
  return Emitter(builder, program, plan, loc).run(label);
}
