//===- Passes.td - Recompute ------------------------------*- tablegen -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MHC_RECOMPUTE_PASSES
#define MHC_RECOMPUTE_PASSES

include "mlir/Pass/PassBase.td"

def MHCInsertRecompute : Pass<"mhc-insert-recompute", "::mlir::ModuleOp"> {
  let summary = "Choose what is kept for the backward under a budget of bytes";
  let description = [{
    Runs after `mhc-differentiate`, on what it made of `@f`: the pair `@f_forward` and
    `@f_backward`, and `@f_gradient`. Of each connection's streams x, sublayer argument y
    and sublayer output f (with what the sublayer's backward reads inside the
    sublayer) it decides whether the forward keeps them, or the backward computes
    them again: that which moves the fewest bytes and never has more of them alive than
    the budget. docs/Recompute.md explains what is counted, and how the choice is made.
    Logits before they are scaled and sums of squares are always kept; gates and
    Sinkhorn are always computed again.

    `budget` is a number of bytes for the whole call (`2000000`, `1.5GB`, `800MiB`), or a
    share of what is alive when everything is kept (`50%`, `0.5`), with every dynamic size
    equal to `tokens`. A budget that is too small is an error that says the
    smallest possible one. `choice = equal` takes the rule of the mHC paper instead: equal
    blocks of sqrt(nL/(n+2)) connections; `budget` may then be left out.

    `mhc.pin` says what is to be kept, recomputed, is kept by someone else, or begins a
    pipeline stage. What is computed again stands in `mhc.recompute` regions before its
    first reader. Residuals that are no longer read are no longer returned.

    Each value of the choice has a remark, with its bytes and, if it is computed again,
    what that moves. `report` writes a picture of the bytes that are alive over the steps
    of forward and backward, with the curve of budget and cost.

    ```mlir
    func.func private @sublayer(tensor<?x64xbf16>) -> tensor<?x64xbf16>
        attributes {mhc.gradient = @sublayer_gradient}
    func.func private @sublayer_gradient(tensor<?x64xbf16>, tensor<?x64xbf16>) -> tensor<?x64xbf16>
    func.func @two(%x: tensor<?x4x64xbf16>, %post: tensor<?x4xf32>, %R: tensor<?x4x4xf32>,
                   %pre: tensor<?x4xf32>) -> tensor<?x4x64xbf16> {
      %y0 = mhc.aggregate %x, %pre : (tensor<?x4x64xbf16>, tensor<?x4xf32>) -> tensor<?x64xbf16>
      %f0 = call @sublayer(%y0) : (tensor<?x64xbf16>) -> tensor<?x64xbf16>
      %x1 = mhc.combine (%f0 by %post : tensor<?x64xbf16>, tensor<?x4xf32>),
                        (%x by %R : tensor<?x4x64xbf16>, tensor<?x4x4xf32>) -> tensor<?x4x64xbf16>
      %y1 = mhc.aggregate %x1, %pre : (tensor<?x4x64xbf16>, tensor<?x4xf32>) -> tensor<?x64xbf16>
      %f1 = call @sublayer(%y1) : (tensor<?x64xbf16>) -> tensor<?x64xbf16>
      %x2 = mhc.combine (%f1 by %post : tensor<?x64xbf16>, tensor<?x4xf32>),
                        (%x1 by %R : tensor<?x4x64xbf16>, tensor<?x4x4xf32>) -> tensor<?x4x64xbf16>
      return %x2 : tensor<?x4x64xbf16>
    }
    ```
  }];
  let options = [
    ListOption<"functions", "function", "std::string",
               "The functions @f that were differentiated, all if left out">,
    Option<"budget", "budget", "std::string", /*default=*/"",
           "Bytes alive at once (2000000, 1.5GB), or a share of those when "
           "everything is kept (50%)">,
    Option<"tokens", "tokens", "int64_t", /*default=*/"4096",
           "What every dynamic size is taken to be">,
    Option<"choice", "choice", "std::string", /*default=*/"\"exact\"",
           "exact, or equal for the paper's equal blocks">,
    Option<"maxRebuild", "max-rebuild", "int64_t", /*default=*/"8",
           "The streams that one kernel rebuilds at most">,
    Option<"maxChain", "max-chain", "int64_t", /*default=*/"1",
           "The connections that a backward boundary rebuilds streams through "
           "at most">,
    Option<"report", "report", "std::string", /*default=*/"",
           "Write a picture (SVG) of live bytes and of budget and cost">
  ];
  let statistics = [
    Statistic<"numRegions", "regions", "Number of mhc.recompute made">,
    Statistic<"numKept", "kept", "Number of values kept">,
    Statistic<"numRecomputed", "recomputed", "Number of values computed again">
  ];
  let dependentDialects = ["::mlir::mhc::MHCDialect", "::mlir::tensor::TensorDialect"];
}

#endif // MHC_RECOMPUTE_PASSES
