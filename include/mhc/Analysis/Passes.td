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
