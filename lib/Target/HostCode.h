//===- HostCode.h - A lowered module as machine code ------------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef LIB_TARGET_HOSTCODE_H
#define LIB_TARGET_HOSTCODE_H

#include "HostRuntime.h"
#include "mhc/Support/HostTensor.h"

#include "mlir/IR/BuiltinOps.h"
#include "llvm/Support/Error.h"

namespace llvm {
class Module;
namespace orc {
class LLJIT;
} // namespace orc
} // namespace llvm

namespace mlir::mhc {

/// Machine code in memory, and the entry to it.
struct HostCode {
  HostCode();
  HostCode(HostCode &&);
  HostCode &operator=(HostCode &&);
  ~HostCode();

  std::unique_ptr<llvm::orc::LLJIT> jit;
  /// Calls the C interface of the entry with the pointers in the array.
  void (*entry)(void **parameters) = nullptr;
  /// The same of the function that tells what the entry needs of its caller, as
  /// mhc-plan-memory makes it; null if there is none. The first pointer is
  /// where the numbers go.
  void (*sizes)(void **parameters) = nullptr;
};

/// Compiles a module in the LLVM dialect for this machine. `entry` was lowered
/// with llvm.emit_c_interface. `symbols` are found besides those of
/// getHostSymbols; `change` may change the LLVM module before it is optimised.
llvm::Expected<HostCode>
compileHostCode(ModuleOp module, StringRef entry,
                ArrayRef<HostSymbol> symbols = {},
                function_ref<void(llvm::Module &)> change = {});

/// The words of the ranked memref descriptor of a dense buffer: base, aligned,
/// offset, sizes, strides.
SmallVector<int64_t> makeDescriptor(void *data, ArrayRef<int64_t> shape);

} // namespace mlir::mhc

#endif // LIB_TARGET_HOSTCODE_H
