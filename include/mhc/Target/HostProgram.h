//===- HostProgram.h - A lowered module, compiled for this machine -*- C++
//-*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MHC_TARGET_HOSTPROGRAM_H
#define MHC_TARGET_HOSTPROGRAM_H

#include "mhc/Support/HostTensor.h"

#include "mlir/IR/BuiltinOps.h"
#include "llvm/Support/Error.h"

namespace mlir::mhc {

struct HostCode;

/// The type of one argument or result of a program: an element kind and a shape
/// whose dynamic dimensions are ShapedType::kDynamic. Rank 0 for a scalar.
struct HostType {
  ::mhc::ElementKind kind;
  SmallVector<int64_t> shape;
};

/// A module in the LLVM dialect, compiled for the CPU of this machine, with one
/// entry on tensors.
class HostProgram {
public:
  /// Compiles `module`. `entry` is a function that was lowered with
  /// llvm.emit_c_interface from tensors to tensors of `results`.
  /// Errors: a module that LLVM cannot compile, a symbol that is not defined.
  static llvm::Expected<std::unique_ptr<HostProgram>>
  compile(ModuleOp module, StringRef entry, ArrayRef<HostType> results);
  ~HostProgram();

  /// Runs the entry once. `arguments` must have the entry's types; they are not
  /// written. An assertion of the program that fails, or memory that runs out,
  /// ends the process with exit code 1 and a message on stderr: compiled code
  /// cannot be unwound.
  llvm::Expected<SmallVector<::mhc::HostTensor>>
  run(MutableArrayRef<::mhc::HostTensor> arguments);

  /// Called before a failing program's message is printed.
  static void setFailureHook(void (*hook)());

private:
  explicit HostProgram(ArrayRef<HostType> results);

  std::unique_ptr<HostCode> code;
  SmallVector<HostType> results;
};

/// Gives the function `name` of `module` a public wrapper on tensors alone, for
/// HostProgram::compile: scalars become tensors of rank 0, and results are
/// fresh buffers. Returns the wrapper's name. The function's arguments and
/// results must have been accepted by getHostType.
std::string createEntryWrapper(ModuleOp module, StringRef name);

/// As createEntryWrapper, for EmulatorProgram::compile: a wrapper on memrefs,
/// whose results need not be fresh. The types must have been accepted by
/// getDeviceType.
std::string createDeviceEntryWrapper(ModuleOp module, StringRef name);

/// The host type of an argument or result: a ranked tensor or a scalar of bf16,
/// f16, f32, f64, i1, i32 or i64. None for any other type.
std::optional<HostType> getHostType(Type type);

/// As getHostType; besides, a memref of identity layout in the default or the
/// global memory space.
std::optional<HostType> getDeviceType(Type type);

} // namespace mlir::mhc

#endif // MHC_TARGET_HOSTPROGRAM_H
