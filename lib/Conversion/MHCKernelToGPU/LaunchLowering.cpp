//===- LaunchLowering.cpp - A kernel on memrefs to a launch: the host -----===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "LaunchLowering.h"

#include "WarpSweep.h"

#include "mhc/Dialect/MHC/IR/Shapes.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"

using namespace mlir;
using namespace mlir::mhc;

/// 32-bit registers of a lane that may hold sums over tokens.
static constexpr int64_t kSumRegisters = 128;

LaunchLowering::LaunchLowering(KernelOp kernel, ScheduleAttr schedule,
                               StringRef name, OpBuilder &builder)
    : kernel(kernel), schedule(schedule), name(name.str()), builder(builder),
      code(builder, kernel.getLoc()), threads(32 * schedule.getWarps()) {}

LaunchLowering::~LaunchLowering() = default;

//===----------------------------------------------------------------------===//
// What can be lowered
//===----------------------------------------------------------------------===//

LogicalResult LaunchLowering::checkOperands() {
  for (Value operand : kernel.getOperands()) {
    auto type = dyn_cast<MemRefType>(operand.getType());
    if (!type)
      return kernel.emitOpError("expected memrefs, got ")
             << operand.getType() << "; bufferise before";
    if (!type.getLayout().isIdentity())
      return kernel.emitOpError("expected memrefs without a layout, got ")
             << type;
    // A bit takes a byte.
    if (type.getElementTypeBitWidth() % 8 &&
        !type.getElementType().isInteger(1))
      return kernel.emitOpError("expected elements of whole bytes, got ")
             << type;
  }
  return success();
}

LogicalResult LaunchLowering::checkSchedule() {
  if (kernel.getOrder().getLeaf() != 32)
    return kernel.emitOpError("expected an order with leaves of 32 columns for "
                              "a GPU, got ")
           << kernel.getOrder().getLeaf();
  if (schedule.getExchange() != Exchange::None)
    return kernel.emitOpError("expected a schedule with exchange = none, after "
                              "mhc-schedule, got ")
           << stringifyExchange(schedule.getExchange());
  if (schedule.getTokens() > threads)
    return kernel.emitOpError("expected a schedule with a thread for each "
                              "token of a block, got ")
           << schedule.getTokens() << " tokens and " << threads << " threads";
  for (auto sweep : kernel.getBody().getOps<SweepOp>()) {
    if (SliceOrder::get(sweep.getHidden(), kernel.getOrder(),
                        schedule.getSlices()))
      continue;
    InFlightDiagnostic diagnostic =
        sweep.emitOpError("expected a schedule whose slices are aligned "
                          "subtrees of the sums over hidden, ");
    llvm::interleaveComma(
        SliceOrder::getLegal(sweep.getHidden(), kernel.getOrder()), diagnostic);
    return diagnostic << " for hidden " << sweep.getHidden() << ", got "
                      << schedule.getSlices();
  }
  return success();
}

/// A row that two sweeps read is read by both while it is written by one.
static LogicalResult verifyApart(KernelOp kernel, bool hasParts) {
  for (auto [index, out] : llvm::enumerate(kernel.getOuts())) {
    auto before = kernel.getOuts().take_front(index);
    if (llvm::is_contained(before, out))
      return kernel.emitOpError("expected destinations apart from each other, "
                                "got destination ")
             << index << " that is destination "
             << llvm::find(before, out) - before.begin();
    for (auto [number, in] : llvm::enumerate(kernel.getIns())) {
      if (in != out)
        continue;
      Value argument = kernel.getBody().getArgument(number);
      auto returned = kernel.getReturned()[index].getDefiningOp<SweepOp>();
      bool isInPlace =
          returned && !hasParts && isa<RowType>(argument.getType()) &&
          argument.getType() == kernel.getReturned()[index].getType() &&
          argument.hasOneUse() && *argument.getUsers().begin() == returned;
      if (!isInPlace)
        return kernel.emitOpError("expected a destination that is an operand "
                                  "to be a row that one sweep alone reads and "
                                  "writes, got destination ")
               << index << " that is operand " << number;
    }
  }
  return success();
}

//===----------------------------------------------------------------------===//
// Totals, and parts of outer products
//===----------------------------------------------------------------------===//

void LaunchLowering::planTotals() {
  auto add = [&](Value value) -> TotalPlace & {
    auto sweep = value.getDefiningOp<SweepOp>();
    auto [entry, isNew] = (sweep ? slabTotals : tileTotals).try_emplace(value);
    TotalPlace &place = entry->second;
    if (!isNew)
      return place;
    auto type = cast<TotalType>(value.getType());
    place.element = getComputeType(type.getElementType());
    place.size = ShapedType::getNumElements(type.getShape());
    if (sweep)
      place.sets =
          WarpLayout(*SliceOrder::get(sweep.getHidden(), kernel.getOrder(),
                                      schedule.getSlices()),
                     schedule.getWarps())
              .leafWarps;
    int64_t &bytes = sweep ? slabTotalBytes : tileTotalBytes;
    place.offset = bytes;
    bytes = llvm::alignTo(
        bytes + place.sets * place.size * getBytes(place.element), 16);
    return place;
  };
  for (auto [index, value] : llvm::enumerate(kernel.getReturned()))
    if (isa<TotalType>(value.getType()))
      add(value).destinations.push_back(index);
  // One that is not returned has a place nevertheless.
  for (auto sweep : kernel.getBody().getOps<SweepOp>())
    for (Value result : sweep.getResults())
      if (isa<TotalType>(result.getType()))
        add(result);
}

void LaunchLowering::choosePartsOfOuter() {
  for (auto sweep : kernel.getBody().getOps<SweepOp>())
    for (auto [exit, result] :
         llvm::zip_equal(sweep.getExit().getExits(), sweep.getResults())) {
      if (exit.kind != ExitKind::Outer)
        continue;
      auto type = cast<TotalType>(result.getType());
      WeightProduct product = getOuterProduct(exit, type);
      int64_t outputs = type.getShape()[0];
      int64_t step = OuterProduct::getGranularity(product);
      int64_t count = step;
      while (count < outputs && OuterProduct::countRegisters(
                                    product, count + step) <= kSumRegisters)
        count += step;
      parts = std::max<int64_t>(parts, llvm::divideCeil(outputs, count));
    }
}

int64_t LaunchLowering::getPartOutputs(int64_t outputs,
                                       int64_t granularity) const {
  return llvm::alignTo(llvm::divideCeil(outputs, parts), granularity);
}

/// Where each sum of a slice lies in a block's memory.
void LaunchLowering::planPartials() {
  if (!isSliced())
    return;
  for (auto sweep : kernel.getBody().getOps<SweepOp>())
    for (auto [exit, result] :
         llvm::zip_equal(sweep.getExit().getExits(), sweep.getResults())) {
      if (exit.kind != ExitKind::Sum && exit.kind != ExitKind::Project)
        continue;
      partialOffsets[result] = partialBytes;
      Type element = getComputeType(getElementTypeOrSelf(result.getType()));
      partialBytes +=
          llvm::alignTo(getElementCount(result.getType()) *
                            schedule.getTokens() * getBytes(element),
                        16);
    }
}

//===----------------------------------------------------------------------===//
// Launches
//===----------------------------------------------------------------------===//

/// The global memory of a memref, as a kernel takes it.
Value LaunchLowering::createPointer(Value memref) {
  Location loc = kernel.getLoc();
  Value address =
      memref::ExtractAlignedPointerAsIndexOp::create(builder, loc, memref);
  Value number =
      arith::IndexCastOp::create(builder, loc, builder.getI64Type(), address);
  return LLVM::IntToPtrOp::create(
      builder, loc, LLVM::LLVMPointerType::get(builder.getContext(), 1),
      number);
}

/// `count` times `bytes` bytes of device memory.
Value LaunchLowering::createBuffer(Value count, int64_t bytes) {
  Location loc = kernel.getLoc();
  auto index = [&](int64_t value) -> Value {
    return arith::ConstantIndexOp::create(builder, loc, value);
  };
  // Never empty: T may be 0.
  Value atLeastOne = arith::MaxSIOp::create(builder, loc, count, index(1));
  Value size = arith::MulIOp::create(builder, loc, atLeastOne, index(bytes));
  Value buffer = memref::AllocOp::create(
      builder, loc,
      MemRefType::get({ShapedType::kDynamic}, builder.getI8Type()),
      ValueRange(size), builder.getI64IntegerAttr(256));
  buffers.push_back(buffer);
  return buffer;
}

LogicalResult LaunchLowering::run() {
  if (failed(checkOperands()) || failed(checkSchedule()))
    return failure();
  choosePartsOfOuter();
  if (failed(verifyApart(kernel, parts > 1)))
    return failure();
  FailureOr<LaunchPlan> planned =
      LaunchPlan::create(kernel, schedule.getSlices());
  if (failed(planned))
    return failure();
  plan = std::move(*planned);
  planTotals();
  planPartials();
  createFunction();
  if (failed(emitBody()))
    return failure();
  bool hasTotals = false;
  forEachTotal([&](const TotalPlace &, bool) { hasTotals = true; });
  if (hasTotals)
    createAddTotals();
  emitLaunches();
  kernel.erase();
  return success();
}

void LaunchLowering::emitLaunches() {
  builder.setInsertionPoint(kernel);
  Location loc = kernel.getLoc();
  auto index = [&](int64_t value) -> Value {
    return arith::ConstantIndexOp::create(builder, loc, value);
  };
  auto ceilDiv = [&](Value a, Value b) -> Value {
    Value sum = arith::AddIOp::create(builder, loc, a, b);
    sum = arith::SubIOp::create(builder, loc, sum, index(1));
    return arith::DivUIOp::create(builder, loc, sum, b);
  };
  Value count = index(1);
  Value reference = kernel.getTokenReference();
  for (int64_t dim = 0, rank = kernel.getTokenRank(); dim < rank; ++dim) {
    Value size = memref::DimOp::create(builder, loc, reference, dim);
    count = dim == 0 ? size : arith::MulIOp::create(builder, loc, count, size);
  }
  // A slab is a range of tiles, the same for every size of the blocks that it
  // is cut into, as evenly as can be.
  Value eight = index(8), numTiles = ceilDiv(count, eight);
  Value ofSlab = ceilDiv(numTiles, index(schedule.getSlabs()));
  ofSlab = arith::MaxSIOp::create(builder, loc, ofSlab, index(1));
  Value numSlabs = ceilDiv(numTiles, ofSlab);
  Value blocksOfSlab = ceilDiv(ofSlab, index(schedule.getTokens() / 8));
  Value ofBlock =
      arith::MulIOp::create(builder, loc, ceilDiv(ofSlab, blocksOfSlab), eight);
  Value numBlocks = arith::MulIOp::create(builder, loc, numSlabs, blocksOfSlab);

  SmallVector<Value> arguments;
  for (Value in : kernel.getIns())
    arguments.push_back(createPointer(in));
  for (auto [value, out] :
       llvm::zip_equal(kernel.getReturned(), kernel.getOuts()))
    if (!isa<TotalType>(value.getType()))
      arguments.push_back(createPointer(out));
  for (auto &[row, pointer] : scratchRows)
    arguments.push_back(createPointer(
        createBuffer(count, parts * cast<RowType>(row.getType()).getBytes())));
  Value zeroed, tileSums, slabSums;
  if (counters) {
    zeroed = createBuffer(numBlocks, sizeof(int32_t));
    arguments.push_back(createPointer(zeroed));
    arguments.push_back(createPointer(
        createBuffer(numBlocks, schedule.getSlices() * partialBytes)));
  }
  if (tileTotalMemory) {
    tileSums = createPointer(createBuffer(numTiles, tileTotalBytes));
    arguments.push_back(tileSums);
  }
  if (slabTotalMemory) {
    slabSums = createPointer(createBuffer(numSlabs, slabTotalBytes));
    arguments.push_back(slabSums);
  }
  auto toI32 = [&](Value value) -> Value {
    return arith::IndexCastOp::create(builder, loc, builder.getI32Type(),
                                      value);
  };
  arguments.push_back(
      arith::IndexCastOp::create(builder, loc, builder.getI64Type(), count));
  arguments.push_back(toI32(ofBlock));
  arguments.push_back(toI32(ofSlab));
  arguments.push_back(toI32(blocksOfSlab));

  Value hasTokens = arith::CmpIOp::create(
      builder, loc, arith::CmpIPredicate::sgt, count, index(0));
  auto guard = scf::IfOp::create(builder, loc, hasTokens);
  {
    OpBuilder::InsertionGuard inside(builder);
    builder.setInsertionPointToStart(guard.thenBlock());
    if (zeroed)
      gpu::MemsetOp::create(
          builder, loc, Type(), ValueRange(), zeroed,
          arith::ConstantOp::create(builder, loc, builder.getI8IntegerAttr(0)));
    Value bytes = arith::ConstantOp::create(
        builder, loc, builder.getI32IntegerAttr(sharedUsed));
    gpu::LaunchFuncOp::create(
        builder, loc, function,
        gpu::KernelDim3{index(schedule.getSlices()), numSlabs, index(parts)},
        gpu::KernelDim3{index(threads), index(1), index(1)}, bytes, arguments);
  }
  if (addTotals) {
    SmallVector<Value> totals;
    int64_t addTotalsThreads = 0;
    if (tileSums)
      totals.push_back(tileSums);
    if (slabSums)
      totals.push_back(slabSums);
    forEachTotal([&](const TotalPlace &place, bool isSlab) {
      addTotalsThreads += place.countThreads(isSlab);
      for (unsigned destination : place.destinations)
        totals.push_back(createPointer(kernel.getOuts()[destination]));
    });
    totals.push_back(toI32(numTiles));
    totals.push_back(toI32(numSlabs));
    int64_t block = 256;
    gpu::LaunchFuncOp::create(
        builder, loc, addTotals,
        gpu::KernelDim3{index(llvm::divideCeil(addTotalsThreads, block)),
                        index(1), index(1)},
        gpu::KernelDim3{index(block), index(1), index(1)},
        arith::ConstantOp::create(builder, loc, builder.getI32IntegerAttr(0)),
        totals);
  }
  for (Value buffer : buffers)
    memref::DeallocOp::create(builder, loc, buffer);
}

void LaunchLowering::forEachTotal(
    function_ref<void(const TotalPlace &, bool)> body) {
  for (auto &[value, place] : tileTotals)
    if (!place.destinations.empty())
      body(place, /*isSlab=*/false);
  for (auto &[value, place] : slabTotals)
    if (!place.destinations.empty())
      body(place, /*isSlab=*/true);
}
