//===- Passes.td - Passes that analyse programs -----------*- tablegen -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MHC_ANALYSIS_PASSES
#define MHC_ANALYSIS_PASSES

include "mlir/Pass/PassBase.td"

def MHCDrawKernels : Pass<"mhc-draw-kernels", "::mlir::ModuleOp"> {
  let summary = "Draw kernels as an SVG picture";
  let description = [{
    Writes one picture of all kernels of the module into `output`, standard output if it is left
    out. Time goes down: a kernel is a frame, its sweeps are boxes in it, with the program
    of the token between them. Rows come in from the left and leave to the right, with
    their bytes in columns of hidden C; a row that a later sweep reads again waits in
    a dashed line. What is summed over hidden falls into the program of the token; what is
    summed over tokens leaves to the right.

    Rows are named as the operands and results of the kernel are printed, or by the name of
    their location (`%x: tensor<?x4x64xbf16> loc("x")`).

    The picture is SVG without scripts, in light and dark colours, and the same text
    for the same module. A file that cannot be written is an error. The module is not changed.
  }];
  let options = [
    Option<"output", "output", "std::string", /*default=*/"\"-\"",
           "The file that is written">
  ];
}

def MHCPrintMemory : Pass<"mhc-print-memory", "::mlir::ModuleOp"> {
  let summary = "Print the bytes that are alive while a program runs";
  let description = [{
    Follows the tensors of a function through its ops, in their order, and prints for `tokens` tokens the
    most bytes that are alive at once, a token and in all, the step at which that is, and what they are. A step is an op
    that reads or makes tensors.

    What is looked at for `@f`: `@f_forward` and `@f_backward`, one after the other with the residuals between them, if
    `mhc-differentiate` made them; else `@f` itself. `function=f_gradient` looks at the joint
    function, whose backward begins at the first op that depends on a gradient. Without `function`, every public function.

    | kind | values |
    |---|---|
    | `streams` | rows of `mhc.combine`, `mhc.expand`, `mhc.connection` |
    | `aggregates` | rows of `mhc.aggregate`, what sublayers read |
    | `sublayers` | what they make, inside and as their result |
    | `coefficients` | products with phi, sums of squares, and what is computed from these alone |
    | `gradients` | what depends on a gradient and has a part for each token |
    | `weight gradients` | what depends on a gradient, and is added over tokens |
    | `given` | arguments, constants, work on weights, and what is pinned as `given` |

    An argument of tokens that the backward reads is kept as anything else that it reads, of the kind that its uses tell.

    The first four are activations. They and the gradients are the peak; the other two are listed apart. Where there is a
    backward, a line for a kind is what the backward reads of the forward; what it makes again is `computed again`,
    and these together are what a budget is about, `activations`. What the forward alone reads, such as its
    result, is `forward alone`.

    Bytes are of memory, not of values. A cast, a reshape or a slice is what it is of. A destination that nothing
    reads later is written in place: `linalg.fill` and the reduction into it are one buffer. What a function returns is
    alive to its end; a residual until the backward has read it last; what is returned twice counts once. What the backward makes again by row and token ops
    stays in registers if nothing but these read it; results of `mhc.recompute` do not, but where it is `fused`. A call counts with the peak of what is inside of it.
    On row ops every tensor is counted, and many of them a kernel never writes: after `mhc-fuse-kernels` what is
    counted is exactly what is written.

    `tokens` is what every dynamic dimension is set to (of several token dimensions, their product). Static
    programs have theirs. `top` is how many of the largest values at the peak are listed. `svg` is a file for a picture
    of the bytes over the steps, `-` being standard output. The peak is a remark at its op, too
    (`--remarks-filter=mhc-print-memory`). The module is not changed.
  }];
  let options = [
    Option<"tokens", "tokens", "int64_t", /*default=*/"0",
           "The number of tokens; if it is left out, 4096, or that of a static program">,
    Option<"function", "function", "std::string", /*default=*/"\"\"",
           "The function that is looked at">,
    Option<"top", "top", "int64_t", /*default=*/"8",
           "How many of the largest values are listed">,
    Option<"svg", "svg", "std::string", /*default=*/"\"\"",
           "A file for a picture">
  ];
}

def MHCPrintTraffic : Pass<"mhc-print-traffic", "::mlir::ModuleOp"> {
  let summary = "Print the bytes that each kernel moves for a token";
  let description = [{
    Prints a table for each function with kernels, on standard output:

    | column | counts |
    |---|---|
    | `sweeps` | sweeps over hidden |
    | `read`, `written` | rows of a token, each once |
    | `retained` | their sum: what a kernel moves that keeps rows on chip between sweeps. No kernel moves less |
    | `read again` | what it moves if nothing is kept: each sweep reads its rows, and rows that one sweep makes for another are written and read |
    | `coefficients` | coefficients of a token, read and written |
    | `weights` | what is the same for all tokens, once |
    | `totals` | what is added over tokens, once |

    Rows are in bytes a token, and in multiples of hidden: with C columns, reading four streams
    of bf16 and writing them is `16C`. The last line is the sum of the function's kernels;
    with `connections=N`, a line more divides its bytes a token by N.

    The same numbers are remarks at each kernel (`--remarks-filter=mhc-print-traffic`).
    The module is not changed.
  }];
  let options = [
    Option<"connections", "connections", "int64_t", /*default=*/"0",
           "Connections of a function, by which its sum is divided">
  ];
}

#endif // MHC_ANALYSIS_PASSES
