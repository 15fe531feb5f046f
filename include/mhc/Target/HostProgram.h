//===- HostProgram.h - A lowered module, compiled for this machine -*- C++
//-*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MHC_TARGET_HOSTPROGRAM_H
#define MHC_TARGET_HOSTPROGRAM_H

#include "mhc/Support/HostTensor.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/BuiltinOps.h"
#include "llvm/ADT/SmallBitVector.h"
#include "llvm/Support/Error.h"

namespace mlir::mhc {

struct HostCode;
class HostWorkspace;

/// The type of one argument or result of a program: an element kind and a shape
/// whose dynamic dimensions are ShapedType::kDynamic. Rank 0 for a scalar.
struct HostType {
  ::mhc::ElementKind kind;
  SmallVector<int64_t> shape;
};

/// How much of its workspace a program uses.
struct WorkspaceUse {
  /// What it asks for.
  uint64_t bytes;
  /// Where the last byte ends that it writes.
  uint64_t highWater;
};

/// A module in the LLVM dialect, compiled for the CPU of this machine, with one
/// entry on tensors.
class HostProgram {
public:
  /// Compiles `module`. `entry` is a function that was lowered with
  /// llvm.emit_c_interface from tensors to tensors of `results`. If its memory
  /// was planned (mhc-plan-memory), it is given its results and a workspace of
  /// exactly the size that it asks for.
  /// Errors: a module that LLVM cannot compile, a symbol that is not defined.
  static llvm::Expected<std::unique_ptr<HostProgram>>
  compile(ModuleOp module, StringRef entry, ArrayRef<HostType> results);
  ~HostProgram();

  /// Runs the entry once. `arguments` must have the entry's types; they are not
  /// written. An assertion of the program that fails, or memory that runs out,
  /// ends the process with exit code 1 and a message on stderr: compiled code
  /// cannot be unwound. A planned program that writes beside its workspace is
  /// an error.
  llvm::Expected<SmallVector<::mhc::HostTensor>>
  run(MutableArrayRef<::mhc::HostTensor> arguments);

  /// Runs a planned program twice more, in workspaces that are filled with
  /// other bytes each, and looks which of them it has changed.
  llvm::Expected<WorkspaceUse>
  measureWorkspace(MutableArrayRef<::mhc::HostTensor> arguments);

  /// Called before a failing program's message is printed.
  static void setFailureHook(void (*hook)());

private:
  explicit HostProgram(ArrayRef<HostType> results);
  llvm::Error give(ArrayRef<void *> arguments,
                   MutableArrayRef<std::optional<::mhc::HostTensor>> tensors,
                   SmallVectorImpl<SmallVector<int64_t>> &descriptors);

  std::unique_ptr<HostCode> code;
  SmallVector<HostType> results;
  /// Those that the caller allocates.
  llvm::SmallBitVector given;
  /// Kept from one run to the next.
  std::unique_ptr<HostWorkspace> workspace;
};

/// Gives the function `name` of `module` a public wrapper on tensors alone, for
/// HostProgram::compile: scalars become tensors of rank 0. Results are fresh
/// buffers, unless the program's memory will be `planned`: then it is given
/// them. Returns the wrapper's name. The function's arguments and results must
/// have been accepted by getHostType.
std::string createEntryWrapper(ModuleOp module, StringRef name, bool planned);

/// As createEntryWrapper, for EmulatorProgram::compile and a function that was
/// lowered to memrefs: a wrapper on memrefs, whose results need not be fresh.
/// If the function's memory is planned, the wrapper allocates its results and
/// its workspace.
std::string createDeviceEntryWrapper(ModuleOp module, StringRef name);

/// What mhc-plan-memory says of a function: its last arguments are results, and
/// behind them a workspace.
struct PlannedFunction {
  /// Computes the sizes of those results and of the workspace.
  func::FuncOp sizes;
  /// Which results they are; the others are returned.
  ArrayRef<int64_t> results;
};

/// None if the function's memory is not planned.
std::optional<PlannedFunction> findPlan(func::FuncOp function);

/// What a caller gives and gets.
struct EntryTypes {
  SmallVector<Type> arguments, results;
};

/// The types of arguments and results; of a function whose memory is planned,
/// what it writes for its caller is a result.
EntryTypes getEntryTypes(func::FuncOp function);

/// The host type of an argument or result: a ranked tensor or a scalar of bf16,
/// f16, f32, f64, i1, i32 or i64. None for any other type.
std::optional<HostType> getHostType(Type type);

/// As getHostType; besides, a memref of identity layout in the default or the
/// global memory space.
std::optional<HostType> getDeviceType(Type type);

} // namespace mlir::mhc

#endif // MHC_TARGET_HOSTPROGRAM_H
