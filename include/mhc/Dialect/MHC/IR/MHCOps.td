//===- MHCOps.td - All ops of the dialect, by level -------*- tablegen -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MHC_DIALECT_MHC_IR_MHCOPS
#define MHC_DIALECT_MHC_IR_MHCOPS

include "mhc/Dialect/MHC/IR/GradientOps.td"
include "mhc/Dialect/MHC/IR/KernelOps.td"
include "mhc/Dialect/MHC/IR/MemoryOps.td"
include "mhc/Dialect/MHC/IR/ModelOps.td"
include "mhc/Dialect/MHC/IR/RecomputeOps.td"
include "mhc/Dialect/MHC/IR/RowOps.td"
include "mhc/Dialect/MHC/IR/TokenOps.td"

#endif // MHC_DIALECT_MHC_IR_MHCOPS
