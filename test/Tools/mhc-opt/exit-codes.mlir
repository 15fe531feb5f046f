// Exit codes and diagnostics of mhc-opt: as those of MLIR's own tool.

// DEFINE: %{bad} = %python %S/../Inputs/exits.py 1 --unchanged %t mhc-opt
// RUN: rm -rf %t && mkdir %t && mkdir %t/folder
// RUN: mhc-opt %s -o %t/good.mlir
// RUN: cat %s | mhc-opt - | diff - %t/good.mlir

// RUN: %{bad} %t/missing.mlir -o %t/out.mlir 2>&1 | FileCheck %s --check-prefix=MISSING
// MISSING: cannot open input file '{{.*}}missing.mlir': No such file or directory
// RUN: %{bad} %t/folder -o %t/out.mlir 2>&1 | FileCheck %s --check-prefix=FOLDER
// FOLDER: cannot open input file '{{.*}}folder': Is a directory
// RUN: %{bad} %s -o %t/good.mlir/below.mlir 2>&1 | FileCheck %s --check-prefix=OUT
// OUT: cannot open output file '{{.*}}below.mlir': Not a directory
// RUN: %{bad} %s --mhc-nonsense -o %t/out.mlir 2>&1 | FileCheck %s --check-prefix=OPTION
// OPTION: Unknown command line argument '--mhc-nonsense'
// RUN: %{bad} %s --pass-pipeline="builtin.module(func.func(mhc-nonsense))" -o %t/out.mlir 2>&1 | FileCheck %s --check-prefix=PASS
// PASS: 'mhc-nonsense' does not refer to a registered pass
// RUN: echo "func.func @f() {" > %t/open.mlir
// RUN: %{bad} %t/open.mlir -o %t/out.mlir 2>&1 | FileCheck %s --check-prefix=SYNTAX
// SYNTAX: open.mlir:1:17: error: expected operation name in quotes

func.func @f(%x: tensor<?x8xbf16>) -> tensor<?x4x8xbf16> {
  %0 = mhc.expand %x : tensor<?x8xbf16> to tensor<?x4x8xbf16>
  return %0 : tensor<?x4x8xbf16>
}
