//===- MHC.h - The mhc dialect: ops and attributes --------------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Everything that TableGen makes of MHCOps.td. The reference, with the
// mathematics and an example of every op, is docs/Reference/Dialect.md.
//
//===----------------------------------------------------------------------===//

#ifndef MHC_DIALECT_MHC_IR_MHC_H
#define MHC_DIALECT_MHC_IR_MHC_H

#include "mlir/Bytecode/BytecodeOpInterface.h"
#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/Dialect.h"
#include "mlir/IR/OpDefinition.h"
#include "mlir/IR/OpImplementation.h"
#include "mlir/Interfaces/ControlFlowInterfaces.h"
#include "mlir/Interfaces/DestinationStyleOpInterface.h"
#include "mlir/Interfaces/InferTypeOpInterface.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"

#include "mhc/Dialect/MHC/IR/MHCDialect.h.inc"

#include "mhc/Dialect/MHC/IR/MHCEnums.h.inc"

#define GET_ATTRDEF_CLASSES
#include "mhc/Dialect/MHC/IR/MHCAttributes.h.inc"

#define GET_TYPEDEF_CLASSES
#include "mhc/Dialect/MHC/IR/MHCTypes.h.inc"

namespace mlir::mhc {
/// One exit of an mhc.sweep: what leaves it, and for products what it is
/// multiplied with (phi of a project, the coefficients of an outer).
struct SweepExit {
  ExitKind kind;
  Value value;
  Value by;
  Precision precision = Precision::BF16x3;
};

/// One term of an mhc.combine: the row, its coefficients (null for a plain
/// term), and how they weight it.
struct CombineTerm {
  Value row;
  Value coefficients;
  TermKind kind;
};
} // namespace mlir::mhc

#define GET_OP_CLASSES
#include "mhc/Dialect/MHC/IR/MHCOps.h.inc"

#endif // MHC_DIALECT_MHC_IR_MHC_H
