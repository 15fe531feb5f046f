//===- Passes.td - Conversions from mhc to other dialects -*- tablegen -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MHC_CONVERSION_PASSES
#define MHC_CONVERSION_PASSES

include "mlir/Pass/PassBase.td"

def ConvertMHCToLinalg : Pass<"convert-mhc-to-linalg"> {
  let summary = "Convert row and token ops to linalg on tensors";
  let description = [{
    Lowers every op of the row and token levels, `mhc.expand` and
    `mhc.reduce_streams` to `linalg.generic`, for the reference and for
    compilers that take linalg. Connections and heads are lowered by
    `mhc-lower-connections` before.

    Sums over streams follow the numerics contract to the letter: one
    multiplication, then a fused multiply-add a term in order, sums of n numbers as a
    balanced pairwise tree, one rounding at the end. Sums over hidden and over
    tokens are accumulated in f64 and rounded once; `accumulate-in-f64=false` uses the
    type of the coefficients, for targets without f64.
  }];
  let options = [
    Option<"accumulateInF64", "accumulate-in-f64", "bool", /*default=*/"true",
           "Accumulate sums over hidden and over tokens in f64">
  ];
  let dependentDialects = [
    "::mlir::arith::ArithDialect", "::mlir::linalg::LinalgDialect",
    "::mlir::math::MathDialect",
    "::mlir::scf::SCFDialect", "::mlir::tensor::TensorDialect"
  ];
}

#endif // MHC_CONVERSION_PASSES
