//===- DeviceProgram.h - A host function as a list of steps -----*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What a lowered host function does with the device, without the function: a
// list of launches, fills and copies on buffers, whose sizes, grids and offsets
// are formulas of the dimensions of its arguments. This is what a manifest
// holds, and what the runtime carries out.
//
//===----------------------------------------------------------------------===//

#ifndef MHC_TARGET_DEVICEPROGRAM_H
#define MHC_TARGET_DEVICEPROGRAM_H

#include "mhc/Dialect/MHC/Utils/SizeExpr.h"

#include "mlir/IR/BuiltinOps.h"

#include "llvm/Support/JSON.h"

#include <array>

namespace mlir::mhc {

/// A place in memory that a step reads or writes.
struct ProgramBuffer {
  enum Kind {
    Argument,  ///< The caller's: argument `index`.
    Result,    ///< The caller's: result `index`.
    Workspace, ///< The caller's: the one workspace.
    Constant   ///< Of the program: constant `index`.
  };
  Kind kind = Workspace;
  unsigned index = 0;
  /// In bytes.
  SizeExpr offset;
};

/// What a launch passes for one parameter: an address, or an integer.
struct ProgramParameter {
  std::optional<ProgramBuffer> buffer;
  SizeExpr value;
  /// i1, i8, i32 or i64 of `value`; floats are passed as integers of their
  /// bits.
  std::string type = "";
  /// Of an address that the kernel writes: the parameter whose memory it may
  /// be.
  std::optional<unsigned> inPlace = std::nullopt;
};

struct ProgramStep {
  enum Kind { Launch, Fill, Copy, Check };
  explicit ProgramStep(Kind kind) : kind(kind) {}

  Kind kind;
  /// Launch: an index into the kernels.
  unsigned kernel = 0;
  std::array<SizeExpr, 3> grid;
  SmallVector<ProgramParameter> parameters;
  /// Fill: `to`. Copy: both.
  ProgramBuffer from, to;
  SizeExpr bytes;
  uint8_t fillByte = 0;
  /// Check: what must not be 0, and what is said if it is.
  SizeExpr condition;
  std::string message;
  /// What must not be 0 for the step to be done; a Check has none.
  SizeExpr when = 1;
  /// Whether it depends on weights alone, and is done once for each version of
  /// them.
  bool prepare = false;
  /// Launch: whether it may begin before the one ahead of it has ended.
  bool early = false;
};

/// An argument or result, of row-major layout.
struct ProgramTensor {
  std::string name;
  /// What it is, for readers; may be empty.
  std::string comment;
  /// bf16, f16, f32, f64, i1, i8, i32, i64
  std::string type;
  SmallVector<SizeExpr> shape;
  /// Of an argument: the results that may be written over it.
  SmallVector<unsigned> mayAlias;
};

/// A constant of the program, for each byte of which the runtime has memory on
/// the device.
struct ProgramConstant {
  std::string type;
  SmallVector<int64_t> shape;
  /// Into the bytes of all constants.
  uint64_t offset;
  uint64_t size;
};

struct DeviceProgram {
  std::string name;
  SmallVector<std::string> sizes;
  SmallVector<ProgramTensor> arguments;
  SmallVector<ProgramTensor> results;
  /// In bytes.
  SizeExpr workspace;
  SmallVector<ProgramConstant> constants;
  std::vector<ProgramStep> steps;
};

/// A kernel as it is launched: its block is part of it.
struct DeviceKernel {
  /// The gpu.module and the function in it.
  std::string module;
  std::string symbol;
  std::array<int64_t, 3> block;
  std::array<int64_t, 3> cluster;
  /// Dynamic shared memory, in bytes.
  int64_t shared = 0;
  std::string label;
  /// Bytes a token to and from device memory, as the traffic analysis counts.
  std::optional<int64_t> rowBytes, coefficientBytes;
};

/// The programs of a module.
struct DevicePrograms {
  std::shared_ptr<SizeExprContext> sizes;
  SmallVector<DeviceKernel> kernels;
  std::vector<DeviceProgram> programs;
  /// The bytes of all constants, each at a multiple of 256.
  std::vector<char> constants;
};

/// Each public function with a body of `module`, which was lowered to memrefs,
/// launches and integer arithmetic and whose memory mhc-plan-memory has
/// planned, becomes a program. What cannot be expressed as one is reported at
/// its location.
FailureOr<DevicePrograms> extractPrograms(ModuleOp module);

/// Finds the results that may be written over arguments: those that nothing
/// touches before the last step that touches the argument.
void findAliases(DeviceProgram &program);

} // namespace mlir::mhc

#endif // MHC_TARGET_DEVICEPROGRAM_H
