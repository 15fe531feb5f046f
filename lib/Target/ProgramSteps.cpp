//===- ProgramSteps.cpp - Launches, fills and copies of host code ---------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "DeviceCalls.h"
#include "HostInterpreter.h"
#include "mhc/Dialect/MHC/IR/MHC.h"

#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/IR/DialectResourceBlobManager.h"
#include "mlir/IR/Matchers.h"

using namespace mlir;
using namespace mlir::mhc;

/// Of a parameter: the number of another one that it may be the same memory as.
static constexpr StringLiteral kInPlaceAttr = "mhc.in_place";
/// Of a kernel: what it is called, and its bytes a token.
static constexpr StringLiteral kLabelAttr = "mhc.label";
static constexpr StringLiteral kRowBytesAttr = "mhc.row_bytes";
static constexpr StringLiteral kCoefficientBytesAttr = "mhc.coefficient_bytes";

/// Of every constant, what cudaMalloc gives.
static constexpr int64_t kAlignment = 256;

//===----------------------------------------------------------------------===//
// Buffers
//===----------------------------------------------------------------------===//

std::optional<uint64_t> ConstantPool::add(ElementsAttr value) {
  auto [place, inserted] = offsets.try_emplace(value, 0);
  if (!inserted)
    return place->second;
  int64_t size = *getElementBytes(value.getElementType());
  SmallVector<char> data;
  auto append = [&](const APInt &bits) {
    uint64_t word = bits.getZExtValue();
    data.append(reinterpret_cast<char *>(&word),
                reinterpret_cast<char *>(&word) + size);
  };
  if (auto resource = dyn_cast<DenseResourceElementsAttr>(value)) {
    AsmResourceBlob *blob = resource.getRawHandle().getBlob();
    if (!blob)
      return std::nullopt;
    llvm::append_range(data, blob->getData());
  } else if (isa<FloatType>(value.getElementType())) {
    auto numbers = value.tryGetValues<APFloat>();
    if (!numbers)
      return std::nullopt;
    for (const APFloat &number : *numbers)
      append(number.bitcastToAPInt());
  } else {
    auto numbers = value.tryGetValues<APInt>();
    if (!numbers)
      return std::nullopt;
    for (const APInt &number : *numbers)
      append(number);
  }
  place->second = llvm::alignTo(bytes.size(), kAlignment);
  bytes.resize(place->second);
  bytes.insert(bytes.end(), data.begin(), data.end());
  return place->second;
}

LogicalResult HostInterpreter::runGlobal(memref::GetGlobalOp op,
                                         HostValues &values) {
  auto global =
      symbols.lookupNearestSymbolFrom<memref::GlobalOp>(op, op.getNameAttr());
  auto value = global ? dyn_cast_if_present<ElementsAttr>(
                            global.getInitialValue().value_or(Attribute()))
                      : ElementsAttr();
  MemRefType type = op.getType();
  std::string element = getElementName(type.getElementType());
  if (!value || !global.getConstant() || element.empty() ||
      !type.getLayout().isIdentity())
    return op.emitError("expected a constant global of known numbers in a "
                        "program on the device, got '@")
           << op.getName() << "'";
  std::optional<uint64_t> offset = constants.add(value);
  if (!offset)
    return op.emitError("expected a constant global whose numbers can be read, "
                        "got '@")
           << op.getName() << "'";
  HostMemRef memref;
  memref.base.kind = ProgramBuffer::Constant;
  for (int64_t size : type.getShape())
    memref.sizes.push_back(size);
  memref.strides = getRowMajorStrides(memref.sizes, values.sizes);
  ProgramConstant constant{
      element, llvm::to_vector(type.getShape()), *offset,
      static_cast<uint64_t>(type.getNumElements() *
                            *getElementBytes(type.getElementType()))};
  auto same = llvm::find_if(program.constants, [&](const ProgramConstant &c) {
    return c.offset == constant.offset;
  });
  memref.base.index = same - program.constants.begin();
  if (same == program.constants.end())
    program.constants.push_back(std::move(constant));
  values.set(op.getResult(), std::move(memref));
  return success();
}

//===----------------------------------------------------------------------===//
// Fills and copies
//===----------------------------------------------------------------------===//

LogicalResult HostInterpreter::runCopy(Operation *op, Value source,
                                       Value target, HostValues &values) {
  SizeExprContext &sizes = values.sizes;
  const HostMemRef &from = values.getMemRef(source);
  const HostMemRef &to = values.getMemRef(target);
  int64_t elementBytes =
      *getElementBytes(cast<MemRefType>(source.getType()).getElementType());
  if (!isContiguous(from, sizes) || !isContiguous(to, sizes))
    return op->emitError("expected a copy between row-major buffers in a "
                         "program on the device, got one from ")
           << source.getType() << " to " << target.getType();
  ProgramStep step{ProgramStep::Copy};
  step.from = getFirstElement(from, elementBytes, sizes);
  step.to = getFirstElement(to, elementBytes, sizes);
  step.bytes = sizes.mul(getNumElements(from, sizes), elementBytes);
  if (isSamePlace(step.from, step.to) || step.bytes.isConstant(0))
    return success();
  return addStep(op, std::move(step));
}

LogicalResult HostInterpreter::runFill(gpu::MemsetOp op, HostValues &values) {
  SizeExprContext &sizes = values.sizes;
  auto type = cast<MemRefType>(op.getDst().getType());
  const HostMemRef &to = values.getMemRef(op.getDst());
  if (!isContiguous(to, sizes))
    return op.emitError("expected a fill of a row-major buffer in a program on "
                        "the device, got ")
           << type;
  int64_t elementBytes = *getElementBytes(type.getElementType());
  const HostValue &value = values.get(op.getValue());
  std::optional<uint64_t> bits;
  if (auto *number = std::get_if<HostFloat>(&value))
    bits = number->bits;
  else if (auto *integer = std::get_if<SizeExpr>(&value))
    if (std::optional<int64_t> constant = integer->getConstant())
      bits = *constant;
  // Of several equal bytes.
  uint8_t byte = bits.value_or(0) & 0xff;
  for (int64_t i = 0; bits && i < elementBytes; ++i)
    if (((*bits >> (8 * i)) & 0xff) != byte)
      bits = std::nullopt;
  if (!bits)
    return op.emitError("expected a fill with a constant of equal bytes in a "
                        "program on the device");
  ProgramStep step{ProgramStep::Fill};
  step.to = getFirstElement(to, elementBytes, sizes);
  step.bytes = sizes.mul(getNumElements(to, sizes), elementBytes);
  step.fillByte = byte;
  if (step.bytes.isConstant(0))
    return success();
  return addStep(op, std::move(step));
}

//===----------------------------------------------------------------------===//
// Launches
//===----------------------------------------------------------------------===//

FailureOr<int64_t> HostInterpreter::getConstant(Operation *op, Value value,
                                                StringRef what,
                                                HostValues &values) {
  const SizeExpr &number = values.getInteger(value);
  if (std::optional<int64_t> constant = number.getConstant())
    return *constant;
  return op->emitError("expected a constant ")
         << what << " in a program on the device, got " << number.print();
}

FailureOr<unsigned> HostInterpreter::addKernel(gpu::LaunchFuncOp op,
                                               Operation *kernel,
                                               HostValues &values) {
  DeviceKernel result;
  result.module = op.getKernelModuleName().getValue().str();
  result.symbol = op.getKernelName().getValue().str();
  gpu::KernelDim3 block = op.getBlockSizeOperandValues();
  std::array<Value, 3> extents{block.x, block.y, block.z};
  for (auto [extent, value] : llvm::zip_equal(result.block, extents)) {
    FailureOr<int64_t> constant = getConstant(op, value, "block", values);
    if (failed(constant))
      return failure();
    extent = *constant;
  }
  result.cluster = {1, 1, 1};
  if (op.hasClusterSize()) {
    gpu::KernelDim3 cluster = op.getClusterSizeOperandValues();
    extents = {cluster.x, cluster.y, cluster.z};
    for (auto [extent, value] : llvm::zip_equal(result.cluster, extents)) {
      FailureOr<int64_t> constant = getConstant(op, value, "cluster", values);
      if (failed(constant))
        return failure();
      extent = *constant;
    }
  }
  if (Value shared = op.getDynamicSharedMemorySize()) {
    FailureOr<int64_t> constant =
        getConstant(op, shared, "size of shared memory", values);
    if (failed(constant))
      return failure();
    result.shared = *constant;
  }
  StringRef label = result.module;
  label.consume_front("mhc_");
  result.label = label.str();
  if (auto given = kernel->getAttrOfType<StringAttr>(kLabelAttr))
    result.label = given.str();
  if (auto bytes = kernel->getAttrOfType<IntegerAttr>(kRowBytesAttr))
    result.rowBytes = bytes.getInt();
  if (auto bytes = kernel->getAttrOfType<IntegerAttr>(kCoefficientBytesAttr))
    result.coefficientBytes = bytes.getInt();

  auto &kernels = programs.kernels;
  unsigned index = llvm::find_if(kernels,
                                 [&](const DeviceKernel &other) {
                                   return other.module == result.module &&
                                          other.symbol == result.symbol &&
                                          other.block == result.block &&
                                          other.cluster == result.cluster &&
                                          other.shared == result.shared;
                                 }) -
                   kernels.begin();
  if (index == kernels.size())
    kernels.push_back(std::move(result));
  return index;
}

LogicalResult HostInterpreter::addParameters(gpu::LaunchFuncOp op,
                                             FunctionOpInterface kernel,
                                             ProgramStep &step,
                                             HostValues &values) {
  SizeExprContext &sizes = values.sizes;
  OperandRange operands = op.getKernelOperands();
  // In the LLVM dialect memrefs have been taken apart, or made pointers of;
  // else the verifier has compared the types.
  bool lowered = isa<LLVM::LLVMFuncOp>(kernel);
  bool bare = lowered ? kernel.getNumArguments() == operands.size()
                      : kernel->getParentOp()->hasAttr("mhc.bare_pointers");
  auto addInteger = [&](SizeExpr value) {
    step.parameters.push_back({std::nullopt, std::move(value), "i64"});
  };
  for (auto [index, operand] : llvm::enumerate(operands)) {
    const HostValue &value = values.get(operand);
    Type type = operand.getType();
    if (type.isIntOrFloat() && type.getIntOrFloatBitWidth() == 16)
      return op.emitError("expected parameters of 8, 32 or 64 bits in a "
                          "program on the device, got ")
             << type;
    if (auto *number = std::get_if<SizeExpr>(&value)) {
      unsigned width = type.isIndex() ? 64 : type.getIntOrFloatBitWidth();
      step.parameters.push_back(
          {std::nullopt, *number, "i" + std::to_string(width)});
    } else if (auto *number = std::get_if<HostFloat>(&value)) {
      unsigned width = type.getIntOrFloatBitWidth();
      step.parameters.push_back(
          {std::nullopt, SizeExpr(llvm::SignExtend64(number->bits, width)),
           "i" + std::to_string(width)});
    } else if (auto *place = std::get_if<ProgramBuffer>(&value)) {
      step.parameters.push_back({*place, 0, ""});
    } else if (auto *memref = std::get_if<HostMemRef>(&value)) {
      int64_t elementBytes =
          *getElementBytes(cast<MemRefType>(type).getElementType());
      if (bare && (lowered || cast<MemRefType>(type).hasStaticShape())) {
        step.parameters.push_back(
            {getFirstElement(*memref, elementBytes, sizes), 0, ""});
      } else {
        step.parameters.push_back({memref->base, 0, ""});
        step.parameters.push_back({memref->base, 0, ""});
        addInteger(memref->offset);
        llvm::for_each(memref->sizes, addInteger);
        llvm::for_each(memref->strides, addInteger);
      }
    } else {
      return op.emitError("expected numbers and buffers as operands of a "
                          "launch, got ")
             << type;
    }
    if (!lowered)
      if (auto other =
              kernel.getArgAttrOfType<IntegerAttr>(index, kInPlaceAttr))
        step.parameters.back().inPlace = other.getInt();
  }
  if (lowered && step.parameters.size() != kernel.getNumArguments())
    return op.emitError("expected operands for ")
           << kernel.getNumArguments() << " parameters of the lowered kernel, "
           << "got operands for " << step.parameters.size();
  return success();
}

LogicalResult HostInterpreter::runLaunch(gpu::LaunchFuncOp op,
                                         HostValues &values) {
  auto kernel = symbols.lookupNearestSymbolFrom<FunctionOpInterface>(
      op, op.getKernelAttr());
  if (!kernel)
    return op.emitError("expected a kernel out of a gpu.module, got none of "
                        "the name ")
           << op.getKernel();
  FailureOr<unsigned> index = addKernel(op, kernel, values);
  if (failed(index))
    return failure();
  ProgramStep step{ProgramStep::Launch};
  step.early = op->hasAttr(kEarlyLaunchAttr);
  step.kernel = *index;
  gpu::KernelDim3 grid = op.getGridSizeOperandValues();
  step.grid = {values.getInteger(grid.x), values.getInteger(grid.y),
               values.getInteger(grid.z)};
  if (failed(addParameters(op, kernel, step, values)))
    return failure();
  // A grid without CTAs does nothing.
  if (llvm::any_of(step.grid,
                   [](const SizeExpr &size) { return size.isConstant(0); }))
    return success();
  return addStep(op, std::move(step));
}

//===----------------------------------------------------------------------===//
// All of them
//===----------------------------------------------------------------------===//

std::optional<LogicalResult> HostInterpreter::runDeviceOp(Operation *op,
                                                          HostValues &values) {
  for (Value result : op->getResults())
    if (isa<gpu::AsyncTokenType>(result.getType()))
      values.set(result, HostToken());
  if (isa<memref::AllocOp, memref::AllocaOp, gpu::AllocOp>(op))
    return op->emitError("expected memory that has a place in the workspace, "
                         "got an allocation that is not planned");
  if (auto global = dyn_cast<memref::GetGlobalOp>(op))
    return runGlobal(global, values);
  if (auto launch = dyn_cast<gpu::LaunchFuncOp>(op))
    return runLaunch(launch, values);
  if (auto copy = dyn_cast<memref::CopyOp>(op)) {
    if (isa<MemRefType>(copy.getSource().getType()) &&
        isa<MemRefType>(copy.getTarget().getType()))
      return runCopy(op, copy.getSource(), copy.getTarget(), values);
    return std::nullopt;
  }
  if (auto copy = dyn_cast<gpu::MemcpyOp>(op)) {
    if (isa<MemRefType>(copy.getSrc().getType()) &&
        isa<MemRefType>(copy.getDst().getType()))
      return runCopy(op, copy.getSrc(), copy.getDst(), values);
    return std::nullopt;
  }
  if (auto fill = dyn_cast<gpu::MemsetOp>(op)) {
    if (isa<MemRefType>(fill.getDst().getType()))
      return runFill(fill, values);
    return std::nullopt;
  }
  // Everything is done in order.
  if (isa<gpu::WaitOp, LifeBeginOp, LifeEndOp>(op))
    return success();
  return std::nullopt;
}
