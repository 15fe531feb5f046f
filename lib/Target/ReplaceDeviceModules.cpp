//===- ReplaceDeviceModules.cpp - Launches checked, kernels set aside -----===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "DeviceCalls.h"
#include "mhc/Target/EmulatorProgram.h"

#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/LLVMIR/NVVMDialect.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Interfaces/FunctionInterfaces.h"
#include "llvm/IR/Function.h"

using namespace mlir;
using namespace mlir::mhc;

bool mlir::mhc::isGlobalMemory(Attribute memorySpace) {
  if (!memorySpace)
    return true;
  if (auto space = dyn_cast<gpu::AddressSpaceAttr>(memorySpace))
    return space.getValue() == gpu::AddressSpace::Global;
  auto number = dyn_cast<IntegerAttr>(memorySpace);
  return number && (number.getInt() == 0 || number.getInt() == 1);
}

//===----------------------------------------------------------------------===//
// Launches against kernels
//===----------------------------------------------------------------------===//

/// Whether a value of the type can be passed for a parameter: what is checked
/// is what the driver does not, that it has the parameter's size and kind.
static bool matches(Type type, llvm::Type *parameter) {
  if (isa<LLVM::LLVMPointerType>(type))
    return parameter->isPointerTy();
  if (type.isIndex())
    return parameter->isIntegerTy(64);
  if (auto integer = dyn_cast<IntegerType>(type))
    return parameter->isIntegerTy(integer.getWidth());
  if (type.isF32())
    return parameter->isFloatTy();
  if (type.isF64())
    return parameter->isDoubleTy();
  if (type.isF16())
    return parameter->isHalfTy();
  if (type.isBF16())
    return parameter->isBFloatTy();
  return !parameter->isPointerTy();
}

static bool isDescriptor(MemRefType type, const llvm::Function &kernel,
                         unsigned first) {
  unsigned numFields = 3 + 2 * type.getRank();
  if (first + numFields > kernel.arg_size())
    return false;
  for (unsigned i = 0; i < numFields; ++i) {
    llvm::Type *parameter = kernel.getArg(first + i)->getType();
    if (i < 2 ? !parameter->isPointerTy() : !parameter->isIntegerTy(64))
      return false;
  }
  return true;
}

/// Adds what the kernel takes to an error about its operands.
static LogicalResult reportParameters(InFlightDiagnostic diagnostic,
                                      gpu::LaunchFuncOp launch,
                                      const llvm::Function &kernel) {
  std::string text;
  llvm::raw_string_ostream stream(text);
  llvm::interleaveComma(kernel.args(), stream,
                        [&](const llvm::Argument &argument) {
                          argument.getType()->print(stream);
                        });
  diagnostic.attachNote(launch.getLoc())
      << "@" << kernel.getName() << " takes (" << text
      << ") after lowering; a memref is passed as its descriptor, or as one "
         "pointer where every operand is one parameter";
  return diagnostic;
}

/// The form of each operand. One parameter for each operand is taken as bare
/// pointers, as a descriptor has at least three.
static FailureOr<SmallVector<int32_t>> getForms(gpu::LaunchFuncOp launch,
                                                const llvm::Function &kernel) {
  OperandRange operands = launch.getKernelOperands();
  bool bare = kernel.arg_size() == operands.size();
  SmallVector<int32_t> forms;
  unsigned position = 0;
  for (auto [index, operand] : llvm::enumerate(operands)) {
    auto memref = dyn_cast<MemRefType>(operand.getType());
    bool fits;
    if (!memref) {
      forms.push_back(static_cast<int32_t>(ArgumentForm::Value));
      fits = position < kernel.arg_size() &&
             matches(operand.getType(), kernel.getArg(position)->getType());
      ++position;
    } else if (bare) {
      forms.push_back(static_cast<int32_t>(ArgumentForm::BarePointer));
      fits = kernel.getArg(position)->getType()->isPointerTy();
      ++position;
    } else {
      forms.push_back(static_cast<int32_t>(ArgumentForm::Descriptor));
      fits = isDescriptor(memref, kernel, position);
      position += 3 + 2 * memref.getRank();
    }
    if (!fits)
      return reportParameters(launch.emitError("expected operand ")
                                  << index
                                  << " to fit the kernel's parameters, got "
                                  << operand.getType(),
                              launch, kernel);
  }
  if (position != kernel.arg_size())
    return reportParameters(
        launch.emitError("expected operands for ")
            << kernel.arg_size()
            << " parameters of the lowered kernel, got operands for "
            << position,
        launch, kernel);
  return forms;
}

static LogicalResult checkLaunch(gpu::LaunchFuncOp launch,
                                 ArrayRef<DeviceModule> devices) {
  for (Value operand : launch.getKernelOperands())
    if (isa<UnrankedMemRefType>(operand.getType()))
      return launch.emitError(
                 "expected kernel arguments of ranked memref type, "
                 "got ")
             << operand.getType();
  StringRef moduleName = launch.getKernelModuleName().getValue();
  StringRef kernelName = launch.getKernelName().getValue();
  for (const DeviceModule &device : devices) {
    if (device.name != moduleName)
      continue;
    llvm::Function *kernel = device.optimised->getFunction(kernelName);
    if (!kernel || kernel->isDeclaration())
      return launch.emitError("expected a kernel out of gpu.module @")
             << moduleName << ", which has no function @" << kernelName;
    if (kernel->getCallingConv() != llvm::CallingConv::PTX_Kernel)
      return launch.emitError("expected @")
             << kernelName << " to be a kernel, got a device function";
    FailureOr<SmallVector<int32_t>> forms = getForms(launch, *kernel);
    if (failed(forms))
      return failure();
    Builder builder(launch.getContext());
    launch->setAttr(kFormsAttr, builder.getDenseI32ArrayAttr(*forms));
    if (auto function = launch->getParentOfType<FunctionOpInterface>())
      launch->setAttr(kFunctionAttr, builder.getStringAttr(function.getName()));
    return success();
  }
  return launch.emitError("expected a gpu.module @")
         << moduleName << " with the kernel, got none";
}

void mlir::mhc::createBinary(gpu::GPUModuleOp source,
                             const DeviceModule &device) {
  OpBuilder builder(source);
  auto target = NVVM::NVVMTargetAttr::get(
      source.getContext(), /*optLevel=*/3, "nvptx64-nvidia-cuda",
      device.target.chip,
      device.target.features.empty() ? StringRef("+ptx60")
                                     : StringRef(device.target.features));
  Attribute object =
      gpu::ObjectAttr::get(target, gpu::CompilationTarget::Assembly,
                           builder.getStringAttr(device.ptx));
  gpu::BinaryOp::create(builder, source.getLoc(), source.getName(), Attribute(),
                        ArrayRef<Attribute>(object));
}

//===----------------------------------------------------------------------===//
// Modules and memory spaces
//===----------------------------------------------------------------------===//

LogicalResult mlir::mhc::replaceDeviceModules(ModuleOp module,
                                              ArrayRef<DeviceModule> devices) {
  WalkResult result = module.walk([&](gpu::LaunchFuncOp launch) {
    if (launch->hasAttr(kFormsAttr))
      return WalkResult::advance();
    return failed(checkLaunch(launch, devices)) ? WalkResult::interrupt()
                                                : WalkResult::advance();
  });
  if (result.wasInterrupted())
    return failure();

  module.getContext()->loadDialect<NVVM::NVVMDialect>();
  for (auto [device, source] : llvm::zip_equal(
           devices, llvm::to_vector(module.getOps<gpu::GPUModuleOp>()))) {
    createBinary(source, device);
    source.erase();
  }

  AttrTypeReplacer replacer;
  replacer.addReplacement([](MemRefType type) -> std::optional<Type> {
    if (!type.getMemorySpace() || !isGlobalMemory(type.getMemorySpace()))
      return std::nullopt;
    return MemRefType::get(type.getShape(), type.getElementType(),
                           type.getLayout());
  });
  for (auto function : module.getOps<FunctionOpInterface>())
    replacer.recursivelyReplaceElementsIn(function, /*replaceAttrs=*/true,
                                          /*replaceLocs=*/false,
                                          /*replaceTypes=*/true);
  return success();
}
