//===- LaunchBody.cpp - A kernel on memrefs to a launch: the device -------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "LaunchLowering.h"
#include "WarpSweep.h"

#include "mhc/Analysis/Traffic.h"
#include "mhc/Dialect/MHC/IR/Shapes.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"

using namespace mlir;
using namespace mlir::mhc;

static constexpr StringLiteral kShared = "shared";

//===----------------------------------------------------------------------===//
// The function
//===----------------------------------------------------------------------===//

/// A kernel of the module with these parameters, run by CTAs of `count`
/// threads.
gpu::GPUFuncOp LaunchLowering::createKernel(StringRef symbol,
                                            ArrayRef<Type> parameters,
                                            int64_t count) {
  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPointToEnd(module.getBody());
  auto made = gpu::GPUFuncOp::create(builder, kernel.getLoc(), symbol,
                                     builder.getFunctionType(parameters, {}));
  made->setAttr(gpu::GPUDialect::getKernelFuncAttrName(),
                builder.getUnitAttr());
  made.setKnownBlockSizeAttr(
      builder.getDenseI32ArrayAttr({static_cast<int32_t>(count), 1, 1}));
  builder.setInsertionPointToEnd(&made.getBody().front());
  gpu::ReturnOp::create(builder, kernel.getLoc());
  return made;
}

void LaunchLowering::createFunction() {
  OpBuilder::InsertionGuard guard(builder);
  Location loc = kernel.getLoc();
  MLIRContext *context = builder.getContext();
  auto top = kernel->getParentOfType<ModuleOp>();
  top->setAttr(gpu::GPUDialect::getContainerModuleAttrName(),
               builder.getUnitAttr());
  builder.setInsertionPointToEnd(top.getBody());
  module = gpu::GPUModuleOp::create(builder, loc, name);

  // Dynamic shared memory: gpu.dynamic_shared_memory would become an array of
  // one byte.
  builder.setInsertionPointToStart(module.getBody());
  auto bytes = LLVM::LLVMArrayType::get(builder.getI8Type(), 0);
  LLVM::GlobalOp::create(builder, loc, bytes, /*isConstant=*/false,
                         LLVM::Linkage::External, kShared, Attribute(),
                         /*alignment=*/16, /*addrSpace=*/3);

  Type pointer = LLVM::LLVMPointerType::get(context, 1);
  SmallVector<Type> parameters(kernel.getIns().size(), pointer);
  for (Value value : kernel.getReturned())
    if (!isa<TotalType>(value.getType()))
      parameters.push_back(pointer);
  for (Value row : findScratchRows()) {
    scratchRows[row] = nullptr;
    parameters.push_back(pointer);
  }
  bool hasPartials = !partialOffsets.empty();
  parameters.append(
      2 * hasPartials + (tileTotalBytes > 0) + (slabTotalBytes > 0), pointer);
  parameters.push_back(builder.getI64Type());
  parameters.append(3, builder.getI32Type());
  function = createKernel(name, parameters, threads);
  describeFunction();

  auto next = function.getBody().getArguments().begin();
  for (BlockArgument argument : kernel.getBody().getArguments())
    inPointers[argument] = *next++;
  for (Value value : kernel.getReturned())
    outPointers.push_back(isa<TotalType>(value.getType()) ? Value() : *next++);
  for (auto &[row, memory] : scratchRows)
    memory = *next++;
  if (hasPartials) {
    counters = *next++;
    partials = *next++;
  }
  if (tileTotalBytes)
    tileTotalMemory = *next++;
  if (slabTotalBytes)
    slabTotalMemory = *next++;
  tokens = *next++;
  blockTokens = *next++;
  slabTiles = *next++;
  slabBlocks = *next++;
}

/// What a manifest says of the kernel: its bytes a token, and which rows may be
/// written over which.
void LaunchLowering::describeFunction() {
  KernelTraffic traffic = computeTraffic(kernel);
  bool isRetaining = schedule.getRetain() == Storage::Shared;
  int64_t rowBytes =
      (isRetaining ? traffic.retained : traffic.readAgain).total();
  function->setAttr("mhc.row_bytes", builder.getI64IntegerAttr(rowBytes));
  function->setAttr("mhc.coefficient_bytes",
                    builder.getI64IntegerAttr(traffic.coefficients.total()));
  if (std::optional<StringRef> label = kernel.getLabel())
    function->setAttr("mhc.label", builder.getStringAttr(*label));

  // A lane copies what it reads of a token before it writes there, and nobody
  // else reads it.
  unsigned parameter = kernel.getIns().size();
  for (Value value : kernel.getReturned()) {
    if (isa<TotalType>(value.getType()))
      continue;
    unsigned number = parameter++;
    auto sweep = value.getDefiningOp<SweepOp>();
    if (!sweep || !isa<RowType>(value.getType()) || parts > 1 ||
        !schedule.getPrefetch())
      continue;
    for (BlockArgument argument : kernel.getBody().getArguments()) {
      bool isOwn = argument.getType() == value.getType() &&
                   argument.hasOneUse() &&
                   *argument.getUsers().begin() == sweep &&
                   kernel.hasTokens(argument.getArgNumber()) &&
                   RowAccess(cast<RowType>(value.getType()), true).canCopy() &&
                   llvm::count(kernel.getIns(),
                               kernel.getIns()[argument.getArgNumber()]) == 1;
      if (isOwn) {
        function.setArgAttr(number, "mhc.in_place",
                            builder.getI64IntegerAttr(argument.getArgNumber()));
        break;
      }
    }
  }
}

//===----------------------------------------------------------------------===//
// Memory
//===----------------------------------------------------------------------===//

Value LaunchLowering::allocateShared(int64_t bytes) {
  // At the entry: memory may be asked for where only some threads come.
  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPointAfterValue(sharedBase);
  Value place = code.offset(sharedBase, sharedUsed);
  sharedUsed += llvm::alignTo(bytes, 16);
  return place;
}

Value LaunchLowering::loadZero() {
  return code.load(builder.getI32Type(), zeroPlace, 4);
}

TokenValues LaunchLowering::allocateTokenValues(Type type) {
  Type element = getElementTypeOrSelf(type);
  // A bit takes a byte.
  int64_t bytes = llvm::divideCeil(element.getIntOrFloatBitWidth(), 8);
  int64_t stride = schedule.getTokens();
  return {allocateShared(getElementCount(type) * stride * bytes), element,
          stride};
}

Value LaunchLowering::getSlabTotal(Value total, Value set) {
  const TotalPlace &place = slabTotals.find(total)->second;
  int64_t bytes = place.size * place.element.getIntOrFloatBitWidth() / 8;
  Value own = code.offset(
      slabTotalMemory,
      code.add(code.mul(code.widen(slab), slabTotalBytes), place.offset));
  return code.offset(own, code.mul(set, bytes));
}

/// The sweeps that read a row.
static SmallVector<SweepOp> getReaders(Value row) {
  SmallVector<SweepOp> readers;
  for (Operation *user : row.getUsers())
    if (auto sweep = dyn_cast<SweepOp>(user))
      readers.push_back(sweep);
  return readers;
}

/// Rows that are for later sweeps alone, and are not kept on chip. Parts of an
/// outer product each have their own: one does not wait for another.
SmallVector<Value> LaunchLowering::findScratchRows() {
  SmallVector<Value> found;
  if (schedule.getRetain() == Storage::Shared)
    return found;
  for (auto sweep : kernel.getBody().getOps<SweepOp>())
    for (Value result : sweep.getResults())
      if (isa<RowType>(result.getType()) && !getReaders(result).empty() &&
          (parts > 1 || !llvm::is_contained(kernel.getReturned(), result)))
        found.push_back(result);
  return found;
}

/// The tiles of a row's leaves in shared memory.
RowPlace LaunchLowering::allocateRetained(RowType type) {
  auto order = SliceOrder::get(type.getHidden(), kernel.getOrder(),
                               schedule.getSlices());
  int64_t leaves = WarpLayout(*order, schedule.getWarps()).places;
  int64_t tiles = schedule.getTokens() / 8;
  return {
      RowPlace::Retained,
      allocateShared(tiles * leaves * RowAccess(type, true).getSharedBytes()),
      /*isWritten=*/true};
}

void LaunchLowering::prepareRows() {
  bool isRetaining = schedule.getRetain() == Storage::Shared;
  for (auto [index, argument] :
       llvm::enumerate(kernel.getBody().getArguments())) {
    auto type = dyn_cast<RowType>(argument.getType());
    if (!type)
      continue;
    bool isWritten =
        llvm::is_contained(kernel.getOuts(), kernel.getIns()[index]);
    rows[argument] = {
        {kernel.hasTokens(index) ? RowPlace::PerToken : RowPlace::ForAll,
         inPointers[argument], isWritten}};
    SmallVector<SweepOp> readers = getReaders(argument);
    if (isRetaining && kernel.hasTokens(index) && readers.size() > 1)
      retained[argument] = {
          allocateRetained(type),
          *llvm::min_element(readers, [](SweepOp a, SweepOp b) {
            return a->isBeforeInBlock(b);
          })};
  }
  for (auto sweep : kernel.getBody().getOps<SweepOp>())
    for (Value result : sweep.getResults()) {
      auto type = dyn_cast<RowType>(result.getType());
      if (!type)
        continue;
      SmallVector<RowPlace> &places = rows[result];
      for (auto [value, pointer] :
           llvm::zip_equal(kernel.getReturned(), outPointers))
        if (value == result)
          places.push_back({RowPlace::PerToken, pointer, true});
      if (scratchRows.contains(result)) {
        Value own =
            code.mul(code.mul(tokens, type.getBytes()), code.widen(part));
        places.push_back({RowPlace::PerToken,
                          code.offset(scratchRows[result], own), true,
                          /*isOfPart=*/true});
      }
      if (isRetaining && !getReaders(result).empty())
        places.push_back(allocateRetained(type));
    }
}

RowPlace LaunchLowering::getRow(Value row, SweepOp reader) {
  auto found = retained.find(row);
  if (found != retained.end() && found->second.second != reader.getOperation())
    return found->second.first;
  return rows.find(row)->second.back();
}

std::optional<RowPlace> LaunchLowering::retainArgument(Value row,
                                                       SweepOp reader) {
  auto found = retained.find(row);
  if (found == retained.end() || found->second.second != reader.getOperation())
    return std::nullopt;
  return found->second.first;
}

//===----------------------------------------------------------------------===//
// The body
//===----------------------------------------------------------------------===//

LogicalResult LaunchLowering::emitBody() {
  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPoint(function.getBody().front().getTerminator());
  thread = code.threadId();
  warp = code.div(thread, 32);
  lane = code.rem(thread, 32);
  slice = code.blockId('x');
  slab = code.blockId('y');
  part = parts > 1 ? code.blockId('z') : code.i32(0);
  if (parts > 1)
    isFirstPart = code.equal(part, 0);
  sharedBase = LLVM::AddressOfOp::create(
      builder, code.loc, LLVM::LLVMPointerType::get(builder.getContext(), 3),
      kShared);
  zeroPlace = allocateShared(4);
  code.when(code.equal(thread, 0),
            [&] { code.store(code.i32(0), zeroPlace, 4); });
  prepareRows();
  for (Stage &stage : plan.stages) {
    for (Value value : stage.spilled)
      tokenValues[value] = allocateTokenValues(value.getType());
    for (SweepOp sweep : stage.sweeps) {
      auto order = SliceOrder::get(sweep.getHidden(), kernel.getOrder(),
                                   schedule.getSlices());
      sweeps.push_back(std::make_unique<WarpSweep>(sweep, *this, *order));
      if (failed(sweeps.back()->check()))
        return failure();
    }
  }
  if (!sweeps.empty())
    code.barrier();

  SmallVector<Value> carried;
  for (auto &sweep : sweeps)
    llvm::append_range(carried, sweep->getInitial());
  // While sums over tokens fill the registers, there is no room for what
  // follows the sums over hidden: that is done when all blocks are through.
  bool isDeferred = !carried.empty() && !partialOffsets.empty();
  LogicalResult result = success();
  Value first = code.mul(slab, slabTiles);
  Value tiles = code.min(slabTiles, code.sub(countTiles(), first));
  Value blockTiles = code.div(blockTokens, 8);
  Value count = arith::DivUIOp::create(
      builder, code.loc, code.add(code.add(tiles, blockTiles), -1), blockTiles);
  carried = code.loopCarrying(code.i32(0), count, code.i32(1), carried,
                              [&](Value number, ValueRange state) {
                                SmallVector<Value> sums(state);
                                enterBlock(number);
                                if (failed(emitSweeps(sums)) ||
                                    (!isDeferred && failed(finishBlock())))
                                  result = failure();
                                // The next block reuses shared memory.
                                code.barrier();
                                return sums;
                              });
  if (failed(result))
    return failure();
  ValueRange rest = carried;
  for (auto &sweep : sweeps) {
    size_t count = sweep->getNumCarried();
    sweep->storeTotals(rest.take_front(count));
    rest = rest.drop_front(count);
  }
  if (isDeferred)
    finishBlocks(count, result);
  return result;
}

/// Finishes the slab's blocks, each slice beginning with another one, so that
/// the last slice to come is not always the same.
void LaunchLowering::finishBlocks(Value count, LogicalResult &result) {
  Value one = code.i32(1);
  auto div = [&](Value a, Value b) -> Value {
    return arith::DivUIOp::create(builder, code.loc, a, b);
  };
  code.loop(code.i32(0), count, one, [&](Value i) {
    Value place = code.add(i, slice);
    place = code.sub(place, code.mul(div(place, count), count));
    enterBlock(place);
    for (Stage &stage : llvm::drop_end(plan.stages))
      if (failed(emitStage(stage)))
        result = failure();
    if (failed(finishBlock()))
      result = failure();
    code.barrier();
  });
}

/// The tiles of all tokens.
Value LaunchLowering::countTiles() {
  Value tiles = code.div(code.add(tokens, 7), 8);
  return arith::TruncIOp::create(builder, code.loc, builder.getI32Type(),
                                 tiles);
}

/// Block `number` of the slab.
void LaunchLowering::enterBlock(Value number) {
  // With an unknown zero: what is the same for all blocks would be computed
  // before the first, and stay in registers.
  Value ofSlab = sweeps.empty() ? slabTiles : code.add(slabTiles, loadZero());
  Value ofBlock = code.div(blockTokens, 8);
  Value inSlab = code.mul(number, ofBlock);
  Value first =
      code.mul(code.widen(code.add(code.mul(slab, ofSlab), inSlab)), 8);
  // The last block of a slab, and the last one of all, may be shorter.
  Value tiles = code.min(code.sub(ofSlab, inSlab), ofBlock);
  Value count =
      code.min(code.mul(code.widen(tiles), 8), code.sub(tokens, first));
  count =
      arith::TruncIOp::create(builder, code.loc, builder.getI32Type(), count);
  block = {code.add(code.mul(slab, slabBlocks), number), first, count,
           code.div(code.add(count, 7), 8)};
}

/// All stages but the last.
LogicalResult LaunchLowering::emitSweeps(SmallVectorImpl<Value> &carried) {
  unsigned sweepIndex = 0;
  size_t firstCarried = 0;
  for (Stage &stage : llvm::drop_end(plan.stages)) {
    if (failed(emitStage(stage)))
      return failure();
    code.barrier();
    for (size_t i = 0; i < stage.sweeps.size(); ++i) {
      WarpSweep &sweep = *sweeps[sweepIndex++];
      size_t size = sweep.getNumCarried();
      auto own = MutableArrayRef<Value>(carried).slice(firstCarried, size);
      FailureOr<SmallVector<Value>> next = sweep.emit(ValueRange(own));
      if (failed(next))
        return failure();
      llvm::copy(*next, own.begin());
      firstCarried += size;
    }
    code.barrier();
  }
  return success();
}

/// The last stage, which is done once for a block.
LogicalResult LaunchLowering::finishBlock() {
  LogicalResult result = success();
  auto emit = [&] {
    if (failed(emitStage(plan.stages.back())))
      result = failure();
  };
  if (!partialOffsets.empty())
    exchangeSums(emit);
  else if (isSliced() || isFirstPart)
    code.when(isOwner(), emit);
  else
    emit();
  return result;
}

/// Whether this CTA does what is done once for a block: an i1.
Value LaunchLowering::isOwner() {
  Value isFirst = code.equal(slice, 0);
  return isFirstPart ? code.both(isFirst, isFirstPart) : isFirst;
}
