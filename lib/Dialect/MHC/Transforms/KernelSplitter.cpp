//===- KernelSplitter.cpp - A kernel cut at the ends of sweeps ------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A piece holds some sweeps and the part of the token's program that it needs.
// What sweeps of earlier pieces made crosses as a tensor; all else is computed
// again in each piece that needs it, from the same numbers by the same ops, or
// crosses too.
//
//===----------------------------------------------------------------------===//

#include "mhc/Dialect/MHC/Transforms/KernelSplitter.h"

#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/IR/IRMapping.h"
#include "mlir/Transforms/RegionUtils.h"
#include "llvm/ADT/SetVector.h"

using namespace mlir;
using namespace mlir::mhc;

namespace {
/// A part of a kernel that becomes a kernel of its own.
struct Piece {
  /// What it reads of the kernel's arguments, and of what sweeps made before.
  SetVector<Value> inputs;
  /// The ops of the kernel that it runs.
  llvm::DenseSet<Operation *> ops;
  /// What it gives to later pieces.
  SetVector<Value> crossing;
  /// The numbers of the kernel's results that it makes.
  SmallVector<unsigned> results;
};

class KernelSplitter {
public:
  /// `pieceOf` says in which piece each sweep is.
  KernelSplitter(KernelOp kernel, RewriterBase &rewriter,
                 llvm::DenseMap<Operation *, unsigned> pieceOf, unsigned count,
                 Crossing crossing)
      : kernel(kernel), rewriter(rewriter), crossing(crossing),
        pieceOf(std::move(pieceOf)), pieces(count) {}

  /// Replaces the kernel by its pieces.
  KernelPieces run();

private:
  /// The first piece in which all sweeps that a value needs have run.
  unsigned getEarliestPiece(Value value);
  /// Whether a sweep has made a value, or something that it is computed from.
  bool needsSweep(Value value);
  /// Whether a value of the token's program goes from the piece that has it
  /// first to `piece`.
  bool crosses(unsigned piece, Value value);
  /// Has `piece` run what makes a value, or read it.
  void require(unsigned piece, Value value);
  void requireOperands(unsigned piece, Operation *op);
  /// The types of a value of the kernel as a tensor.
  RankedTensorType getTensorType(Type inner);
  Value createDestination(Type inner);
  void emit(unsigned index);

  KernelOp kernel;
  RewriterBase &rewriter;
  Crossing crossing;
  llvm::DenseMap<Operation *, unsigned> pieceOf;
  SmallVector<Piece> pieces;
  llvm::DenseMap<Value, unsigned> earliest;
  llvm::DenseMap<Value, bool> swept;
  /// The tensors of the kernel's arguments and of what crosses.
  llvm::DenseMap<Value, Value> tensors;
  SmallVector<Value> replacements;
  KernelPieces made;
};
} // namespace

unsigned KernelSplitter::getEarliestPiece(Value value) {
  Operation *op = value.getDefiningOp();
  if (!op)
    return 0;
  if (auto found = pieceOf.find(op); found != pieceOf.end())
    return found->second;
  if (auto found = earliest.find(value); found != earliest.end())
    return found->second;
  unsigned piece = 0;
  for (Value operand : op->getOperands())
    piece = std::max(piece, getEarliestPiece(operand));
  earliest[value] = piece;
  return piece;
}

bool KernelSplitter::needsSweep(Value value) {
  Operation *op = value.getDefiningOp();
  if (!op || isa<SweepOp>(op))
    return op;
  auto [found, isNew] = swept.try_emplace(value, false);
  if (!isNew)
    return found->second;
  bool result = llvm::any_of(
      op->getOperands(), [&](Value operand) { return needsSweep(operand); });
  return swept[value] = result;
}

bool KernelSplitter::crosses(unsigned piece, Value value) {
  if (crossing == Crossing::Sums || getEarliestPiece(value) == piece ||
      !needsSweep(value))
    return false;
  // What only rearranges numbers is larger than they are, or no smaller.
  Operation *op = value.getDefiningOp();
  if (isa<vector::VectorDialect>(op->getDialect()) && op->getNumOperands() == 1)
    return false;
  Type type = value.getType();
  return isa<FloatType>(getElementTypeOrSelf(type)) &&
         (isa<FloatType>(type) || isa<VectorType>(type));
}

void KernelSplitter::requireOperands(unsigned piece, Operation *op) {
  for (Value operand : op->getOperands())
    require(piece, operand);
  SetVector<Value> captured;
  getUsedValuesDefinedAbove(op->getRegions(), captured);
  for (Value value : captured)
    require(piece, value);
}

void KernelSplitter::require(unsigned piece, Value value) {
  Operation *op = value.getDefiningOp();
  if (!op) {
    pieces[piece].inputs.insert(value);
    return;
  }
  auto sweep = pieceOf.find(op);
  if (sweep != pieceOf.end() && sweep->second != piece) {
    pieces[piece].inputs.insert(value);
    pieces[sweep->second].crossing.insert(value);
    require(sweep->second, value);
    return;
  }
  if (sweep == pieceOf.end() && crosses(piece, value)) {
    unsigned from = getEarliestPiece(value);
    pieces[piece].inputs.insert(value);
    pieces[from].crossing.insert(value);
    require(from, value);
    return;
  }
  if (pieces[piece].ops.insert(op).second)
    requireOperands(piece, op);
}

RankedTensorType KernelSplitter::getTensorType(Type inner) {
  SmallVector<int64_t> shape;
  Value reference = kernel.getTokenReference();
  if (reference)
    llvm::append_range(shape, cast<RankedTensorType>(reference.getType())
                                  .getShape()
                                  .take_front(kernel.getTokenRank()));
  Type element = getElementTypeOrSelf(inner);
  if (auto row = dyn_cast<RowType>(inner)) {
    llvm::append_range(shape, row.getShape());
    element = row.getElementType();
  } else if (auto vector = dyn_cast<VectorType>(inner)) {
    llvm::append_range(shape, vector.getShape());
  }
  return RankedTensorType::get(shape, element);
}

Value KernelSplitter::createDestination(Type inner) {
  RankedTensorType type = getTensorType(inner);
  SmallVector<Value> sizes;
  for (int64_t i = 0; i < type.getRank(); ++i)
    if (type.isDynamicDim(i))
      sizes.push_back(tensor::DimOp::create(rewriter, kernel.getLoc(),
                                            kernel.getTokenReference(), i));
  return tensor::EmptyOp::create(rewriter, kernel.getLoc(), type, sizes);
}

void KernelSplitter::emit(unsigned index) {
  Piece &piece = pieces[index];
  OperandRange returned = kernel.getReturned();
  SmallVector<Value> outs, values;
  for (unsigned result : piece.results) {
    outs.push_back(kernel.getOuts()[result]);
    values.push_back(returned[result]);
  }
  // What is returned anyway needs no tensor of its own.
  SmallVector<Value> crossing;
  for (Value value : piece.crossing)
    if (!llvm::is_contained(values, value))
      crossing.push_back(value);
  for (Value value : crossing) {
    outs.push_back(createDestination(value.getType()));
    values.push_back(value);
  }
  if (values.empty())
    return;
  made.crossing += piece.crossing.size();

  // A total of what is the same for all tokens is added over all of them.
  auto isOfTokens = [&](Value value) {
    auto argument = dyn_cast<BlockArgument>(value);
    return argument ? kernel.hasTokens(argument.getArgNumber())
                    : !isa<TotalType>(value.getType());
  };
  if (llvm::none_of(piece.inputs, isOfTokens) &&
      llvm::none_of(values, isOfTokens)) {
    auto arguments = kernel.getBody().getArguments();
    auto found = llvm::find_if(arguments, isOfTokens);
    if (found != arguments.end())
      piece.inputs.insert(*found);
  }

  SmallVector<Value> ins;
  SmallVector<Type> types;
  for (Value input : piece.inputs) {
    ins.push_back(tensors.at(input));
    types.push_back(input.getType());
  }
  std::string label;
  if (std::optional<StringRef> of = kernel.getLabel())
    label = (*of + "_" + Twine(index)).str();
  auto copy =
      KernelOp::create(rewriter, kernel.getLoc(), label, ins, types, outs);
  copy->setDiscardableAttrs(kernel->getDiscardableAttrDictionary());
  copy.setOrderAttr(kernel.getOrderAttr());
  made.kernels.push_back(copy);
  if (kernel.getWorkspace())
    copy.getWorkspaceMutable().assign(kernel.getWorkspace());
  IRMapping mapping;
  Block &body = copy.getBody().front();
  mapping.map(piece.inputs.getArrayRef(), body.getArguments());
  OpBuilder::InsertionGuard guard(rewriter);
  rewriter.setInsertionPointToStart(&body);
  for (Operation &op : kernel.getBody().front())
    if (piece.ops.contains(&op))
      rewriter.clone(op, mapping);
  ReturnOp::create(rewriter, kernel.getLoc(),
                   llvm::map_to_vector(values, [&](Value value) {
                     return mapping.lookup(value);
                   }));

  for (auto [result, tensor] : llvm::zip(piece.results, copy.getResults()))
    replacements[result] = tensor;
  for (Value value : piece.crossing)
    tensors[value] = copy->getResult(
        std::distance(values.begin(), llvm::find(values, value)));
}

KernelPieces KernelSplitter::run() {
  rewriter.setInsertionPoint(kernel);
  Block &block = kernel.getBody().front();
  for (auto [in, argument] : llvm::zip(kernel.getIns(), block.getArguments()))
    tensors[argument] = in;
  replacements.resize(kernel.getNumResults());
  for (auto [index, value] : llvm::enumerate(kernel.getReturned())) {
    unsigned piece = getEarliestPiece(value);
    pieces[piece].results.push_back(index);
    require(piece, value);
  }
  for (unsigned index = 0; index < pieces.size(); ++index)
    emit(index);
  rewriter.replaceOp(kernel, replacements);
  return std::move(made);
}

KernelPieces mlir::mhc::splitKernel(KernelOp kernel, ArrayRef<unsigned> pieceOf,
                                    Crossing crossing, RewriterBase &rewriter) {
  llvm::DenseMap<Operation *, unsigned> places;
  for (auto [sweep, piece] :
       llvm::zip_equal(kernel.getBody().getOps<SweepOp>(), pieceOf))
    places[sweep] = piece;
  unsigned count = *llvm::max_element(pieceOf) + 1;
  return KernelSplitter(kernel, rewriter, std::move(places), count, crossing)
      .run();
}
