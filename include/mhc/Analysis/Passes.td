//===- Passes.td - Passes that analyse programs -----------*- tablegen -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MHC_ANALYSIS_PASSES
#define MHC_ANALYSIS_PASSES

include "mlir/Pass/PassBase.td"

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
