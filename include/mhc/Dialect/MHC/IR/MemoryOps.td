//===- MemoryOps.td - The lives of planned buffers --------*- tablegen -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MHC_DIALECT_MHC_IR_MEMORYOPS
#define MHC_DIALECT_MHC_IR_MEMORYOPS

include "mhc/Dialect/MHC/IR/MHCBase.td"

/// A dense buffer: its bytes are those from its first element to its last.
def MHC_DenseBuffer : Type<
    CPred<"::llvm::isa<::mlir::MemRefType>($_self) && "
          "::llvm::cast<::mlir::MemRefType>($_self).getLayout().isIdentity()">,
    "a memref of identity layout", "::mlir::MemRefType">;

/// A marker that says something of a buffer's memory. It counts as a write of
/// the buffer, so that nothing moves an access across it.
class MHC_LifeOp<string mnemonic> : MHC_Op<mnemonic> {
  let arguments = (ins
    StrAttr:$label,
    Arg<MHC_DenseBuffer, "the buffer", [MemRead, MemWrite]>:$buffer);
  let assemblyFormat = "$label $buffer attr-dict `:` type($buffer)";
}

def MHC_LifeBeginOp : MHC_LifeOp<"life_begin"> {
  let summary = "a planned buffer's life begins";
  let description = [{
    From here on the bytes of `buffer`, a view of a workspace, belong to the buffer that
    `label` names, and hold nothing yet: to read one of them before it is written is an
    error. `mhc-plan-memory` writes this op with its option `mark-lives`; the emulator
    checks it, and every other device drops it.

    ```mlir
    func.func @copy(%x: memref<?x64xf32>, %y: memref<?x64xf32>, %out: memref<?x64xf32>) {
      mhc.life_begin "y" %y : memref<?x64xf32>
      memref.copy %x, %y : memref<?x64xf32> to memref<?x64xf32>
      memref.copy %y, %out : memref<?x64xf32> to memref<?x64xf32>
      mhc.life_end "y" %y : memref<?x64xf32>
      return
    }
    ```
  }];
}

def MHC_LifeEndOp : MHC_LifeOp<"life_end"> {
  let summary = "a planned buffer's life ends";
  let description = [{
    From here on the bytes of `buffer` belong to nobody, until a life begins there
    again: see `mhc.life_begin`.

    ```mlir
    func.func @end(%y: memref<?x64xf32>) {
      mhc.life_end "y" %y : memref<?x64xf32>
      return
    }
    ```
  }];
}

#endif // MHC_DIALECT_MHC_IR_MEMORYOPS
