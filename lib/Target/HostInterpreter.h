//===- HostInterpreter.h - Host functions, step by step ---------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef LIB_TARGET_HOSTINTERPRETER_H
#define LIB_TARGET_HOSTINTERPRETER_H

#include "DeviceCalls.h"
#include "ProgramValues.h"

#include "mlir/Dialect/ControlFlow/IR/ControlFlowOps.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "llvm/ADT/StringSet.h"

namespace mlir::mhc {

/// Of arguments and results: what they are called, and what they are.
constexpr StringLiteral kNameAttr = "mhc.name";
constexpr StringLiteral kCommentAttr = "mhc.comment";

/// The constants of all programs, each once.
class ConstantPool {
public:
  explicit ConstantPool(std::vector<char> &bytes) : bytes(bytes) {}
  /// Where the bytes of the value are, whose type has elements of
  /// getElementBytes. None if they are not known.
  std::optional<uint64_t> add(ElementsAttr value);

private:
  std::vector<char> &bytes;
  DenseMap<Attribute, uint64_t> offsets;
};

/// Calls `visit` for every buffer that a step reads or writes.
void forEachBuffer(DeviceProgram &program,
                   function_ref<void(ProgramBuffer &, ProgramStep &)> visit);

/// Interprets one function.
class HostInterpreter {
public:
  /// `sizeClasses` has a number for each dynamic dimension of the arguments, in
  /// order; equal sizes have equal numbers. Empty: all are different.
  HostInterpreter(DevicePrograms &programs, SymbolTableCollection &symbols,
                  ConstantPool &constants, ArrayRef<unsigned> sizeClasses)
      : programs(programs), symbols(symbols), constants(constants),
        sizeClasses(sizeClasses) {}

  LogicalResult run(func::FuncOp function);

  /// Merges the classes of sizes that the program asks to be equal. Returns
  /// whether there were some.
  bool mergeSizes(SmallVectorImpl<unsigned> &classes);

  DeviceProgram program;

private:
  FailureOr<SmallVector<HostValue>> runBody(func::FuncOp function,
                                            HostValues &values);
  /// Returns the terminator's operands.
  FailureOr<SmallVector<HostValue>> runBlock(Block &block, HostValues &values);
  LogicalResult runOp(Operation *op, HostValues &values);
  LogicalResult runCall(func::CallOp call, HostValues &values);
  LogicalResult runFor(scf::ForOp loop, HostValues &values);
  LogicalResult runIf(scf::IfOp branch, HostValues &values);
  LogicalResult runAssert(cf::AssertOp op, HostValues &values);

  /// Fills, copies, constants and launches.
  std::optional<LogicalResult> runDeviceOp(Operation *op, HostValues &values);
  LogicalResult runGlobal(memref::GetGlobalOp op, HostValues &values);
  LogicalResult runCopy(Operation *op, Value source, Value target,
                        HostValues &values);
  LogicalResult runFill(gpu::MemsetOp op, HostValues &values);
  LogicalResult runLaunch(gpu::LaunchFuncOp op, HostValues &values);
  FailureOr<unsigned> addKernel(gpu::LaunchFuncOp op, Operation *kernel,
                                HostValues &values);
  LogicalResult addParameters(gpu::LaunchFuncOp op, FunctionOpInterface kernel,
                              ProgramStep &step, HostValues &values);
  FailureOr<int64_t> getConstant(Operation *op, Value value, StringRef what,
                                 HostValues &values);

  LogicalResult addStep(Operation *op, ProgramStep step);

  /// `index` is its number of those that are `what`.
  FailureOr<ProgramTensor> describe(BlockArgument argument, StringRef what,
                                    unsigned index);
  LogicalResult addArguments(MutableArrayRef<BlockArgument> arguments,
                             HostValues &values);
  /// `sizes` are the dynamic dimensions of the results, in order.
  LogicalResult addResults(MutableArrayRef<BlockArgument> results,
                           ArrayRef<HostValue> sizes, HostValues &values);
  /// What the function computes that states the sizes of a planned one's
  /// results, and of its workspace.
  FailureOr<SmallVector<HostValue>>
  computeSizes(func::FuncOp function, MutableArrayRef<BlockArgument> arguments,
               HostValues &values);

  DevicePrograms &programs;
  SymbolTableCollection &symbols;
  ConstantPool &constants;
  ArrayRef<unsigned> sizeClasses;
  /// The class of each of the program's sizes.
  SmallVector<unsigned> namedClasses;
  unsigned numDimensions = 0;
  unsigned callDepth = 0;
  size_t numIterations = 0;

  /// What must hold for what is interpreted to happen.
  SizeExpr when = 1;
  SmallVector<std::pair<std::string, std::string>> equalSizes;
  llvm::StringSet<> checked;
};

} // namespace mlir::mhc

#endif // LIB_TARGET_HOSTINTERPRETER_H
