//===- Passes.td - Differentiation ------------------------*- tablegen -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MHC_DIFFERENTIATE_PASSES
#define MHC_DIFFERENTIATE_PASSES

include "mlir/Pass/PassBase.td"

def MHCDifferentiate : Pass<"mhc-differentiate", "::mlir::ModuleOp"> {
  let summary = "Make the gradient functions of a function";
  let description = [{
    For `@f` makes

    * `@f_gradient`: the arguments, then a gradient for each result -> a gradient for
      each argument, in one function, with every call inlined that has a body;
    * `@f_forward`: the arguments -> the results, then the residuals;
    * `@f_backward`: the residuals, then a gradient for each result -> a gradient for
      each argument.

    Gradients are of the floats: arguments and results of integers or indices, and
    tensors of them, have none. A gradient has the type of what it belongs to. An
    argument that no result depends on has the gradient zero.

    The functions are those that `function` names; without it, those with the
    attribute `mhc.differentiate`; if there is none, the only public one.

    First, connections and heads are lowered, loops of a constant number of
    iterations are unrolled, and elementwise ops on tensors and softmax become
    `linalg.generic`. Then every op on a path from an argument to a result needs a
    rule: row and token ops, expand and reduce_streams; linalg ops whose
    reductions are sums or maxima, and in their bodies `arith`, `math` and
    `tensor.extract` (its gradient is added in the order of the loops); tensor
    casts, reshapes, slices, concatenations, padding and gathers; calls. Anything else is an
    error at that op.

    * A call of a function with a body is differentiated with it: `@f_forward` calls
      `@callee_forward`, `@f_backward` calls `@callee_backward`.
    * A callee with the attribute `mhc.gradient = @g` is not looked into: `@g` takes
      its arguments, then a gradient for each result, and returns a gradient for each
      argument.
    * The terms of one row's gradient are added by one `mhc.combine`, and rounded once.
    * Equal largest elements of a maximum share its gradient.

    Residuals are what the backward function reads of the forward one. It computes again:
    constants; casts, reshapes and slices of arguments; `mhc.expand`; what is computed
    from the results of `mhc.project` and `mhc.inner` by token ops and elementwise (the
    results themselves are kept); and the results of `mhc.combine`, where they are
    not read as a row of the next `mhc.combine`: that one's gradient reads the row itself, so that the
    kernel between two connections rebuilds the streams between them, and reads those before.

    ```mlir
    func.func @square(%x: tensor<?x4x64xbf16>) -> tensor<?xf32> {
      %0 = mhc.inner whole %x, %x : (tensor<?x4x64xbf16>, tensor<?x4x64xbf16>) -> tensor<?xf32>
      return %0 : tensor<?xf32>
    }
    ```

    becomes

    ```mlir
    func.func @square(%x: tensor<?x4x64xbf16>) -> tensor<?xf32> {
      %0 = mhc.inner whole %x, %x : (tensor<?x4x64xbf16>, tensor<?x4x64xbf16>) -> tensor<?xf32>
      return %0 : tensor<?xf32>
    }
    func.func @square_forward(%x: tensor<?x4x64xbf16>) -> (tensor<?xf32>, tensor<?x4x64xbf16>) {
      %0 = mhc.inner whole %x, %x : (tensor<?x4x64xbf16>, tensor<?x4x64xbf16>) -> tensor<?xf32>
      return %0, %x : tensor<?xf32>, tensor<?x4x64xbf16>
    }
    func.func @square_backward(%x: tensor<?x4x64xbf16>, %d: tensor<?xf32>) -> tensor<?x4x64xbf16> {
      %k = arith.addf %d, %d : tensor<?xf32>
      %dx = mhc.combine (%x scaled %k : tensor<?x4x64xbf16>, tensor<?xf32>) -> tensor<?x4x64xbf16>
      return %dx : tensor<?x4x64xbf16>
    }
    func.func @square_gradient(%x: tensor<?x4x64xbf16>, %d: tensor<?xf32>) -> tensor<?x4x64xbf16> {
      %k = arith.addf %d, %d : tensor<?xf32>
      %dx = mhc.combine (%x scaled %k : tensor<?x4x64xbf16>, tensor<?xf32>) -> tensor<?x4x64xbf16>
      return %dx : tensor<?x4x64xbf16>
    }
    ```
  }];
  let options = [
    ListOption<"functions", "function", "std::string",
               "The functions to differentiate">
  ];
  let dependentDialects = [
    "::mlir::arith::ArithDialect", "::mlir::func::FuncDialect",
    "::mlir::linalg::LinalgDialect", "::mlir::math::MathDialect",
    "::mlir::mhc::MHCDialect", "::mlir::scf::SCFDialect",
    "::mlir::tensor::TensorDialect"
  ];
}

#endif // MHC_DIFFERENTIATE_PASSES
