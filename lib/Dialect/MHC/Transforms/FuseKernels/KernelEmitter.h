//===- KernelEmitter.h - A plan as an mhc.kernel ----------------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef LIB_DIALECT_MHC_TRANSFORMS_FUSEKERNELS_KERNELEMITTER_H
#define LIB_DIALECT_MHC_TRANSFORMS_FUSEKERNELS_KERNELEMITTER_H

#include "KernelPlan.h"

namespace mlir::mhc {

/// Builds the kernel of `plan` at the builder's insertion point. Its results
/// are those of the plan, in order; its operands are the tensors of the block.
KernelOp emitKernel(OpBuilder &builder, const TokenProgram &program,
                    const KernelPlan &plan, StringRef label, Location loc);

} // namespace mlir::mhc

#endif // LIB_DIALECT_MHC_TRANSFORMS_FUSEKERNELS_KERNELEMITTER_H
