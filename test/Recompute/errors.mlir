// RUN: split-file %s %t
// RUN: mhc-opt %t/model.mlir --mhc-differentiate=function=chain -o %t/chain.mlir
// RUN: not mhc-opt %t/chain.mlir --mhc-insert-recompute 2>&1 | FileCheck %s --check-prefix=NONE
// RUN: not mhc-opt %t/chain.mlir --mhc-insert-recompute=budget=-5 2>&1 | FileCheck %s --check-prefix=TEXT -DTEXT=-5
// RUN: not mhc-opt %t/chain.mlir --mhc-insert-recompute=budget=-5%% 2>&1 | FileCheck %s --check-prefix=TEXT -DTEXT=-5%%
// RUN: not mhc-opt %t/chain.mlir --mhc-insert-recompute=budget=nan 2>&1 | FileCheck %s --check-prefix=TEXT -DTEXT=nan
// RUN: not mhc-opt %t/chain.mlir --mhc-insert-recompute=budget=inf 2>&1 | FileCheck %s --check-prefix=TEXT -DTEXT=inf
// RUN: not mhc-opt %t/chain.mlir --mhc-insert-recompute=budget=101%% 2>&1 | FileCheck %s --check-prefix=TEXT -DTEXT=101%%
// RUN: not mhc-opt %t/chain.mlir --mhc-insert-recompute=budget=1.5 2>&1 | FileCheck %s --check-prefix=TEXT -DTEXT=1.5
// RUN: not mhc-opt %t/chain.mlir --mhc-insert-recompute=budget=0x10 2>&1 | FileCheck %s --check-prefix=TEXT -DTEXT=0x10
// RUN: not mhc-opt %t/chain.mlir --mhc-insert-recompute=budget=1e6 2>&1 | FileCheck %s --check-prefix=TEXT -DTEXT=1e6
// RUN: not mhc-opt %t/chain.mlir --mhc-insert-recompute=budget=. 2>&1 | FileCheck %s --check-prefix=TEXT -DTEXT=.
// RUN: not mhc-opt %t/chain.mlir --mhc-insert-recompute=budget=1.2.3GB 2>&1 | FileCheck %s --check-prefix=TEXT -DTEXT=1.2.3GB
// RUN: not mhc-opt %t/chain.mlir --mhc-insert-recompute=budget=5gb 2>&1 | FileCheck %s --check-prefix=TEXT -DTEXT=5gb
// RUN: not mhc-opt %t/chain.mlir --mhc-insert-recompute=budget=50%%%% 2>&1 | FileCheck %s --check-prefix=TEXT -DTEXT=50%%%%
// RUN: not mhc-opt %t/chain.mlir --mhc-insert-recompute=budget=9223372036854775808 2>&1 | FileCheck %s --check-prefix=TEXT -DTEXT=9223372036854775808
// RUN: not mhc-opt %t/chain.mlir --mhc-insert-recompute=budget=8388608TiB 2>&1 | FileCheck %s --check-prefix=TEXT -DTEXT=8388608TiB
// RUN: not mhc-opt %t/chain.mlir "--mhc-insert-recompute=budget=50%% tokens=0" 2>&1 | FileCheck %s --check-prefix=TOKENS
// RUN: not mhc-opt %t/chain.mlir "--mhc-insert-recompute=budget=50%% max-rebuild=0" 2>&1 | FileCheck %s --check-prefix=REBUILD
// RUN: not mhc-opt %t/chain.mlir "--mhc-insert-recompute=budget=50%% max-chain=-1" 2>&1 | FileCheck %s --check-prefix=CHAIN
// RUN: not mhc-opt %t/chain.mlir "--mhc-insert-recompute=budget=50%% choice=best" 2>&1 | FileCheck %s --check-prefix=CHOICE
// RUN: not mhc-opt %t/chain.mlir "--mhc-insert-recompute=budget=0%%" 2>&1 | FileCheck %s --check-prefix=NOTHING
// RUN: not mhc-opt %t/chain.mlir "--mhc-insert-recompute=budget=50%% tokens=9223372036854775807" 2>&1 | FileCheck %s --check-prefix=OVERFLOW
// RUN: not mhc-opt %t/chain.mlir "--mhc-insert-recompute=budget=50%% function=chains" 2>&1 | FileCheck %s --check-prefix=UNKNOWN
// RUN: not mhc-opt %t/chain.mlir "--mhc-insert-recompute=budget=50%% function=sublayer" 2>&1 | FileCheck %s --check-prefix=GRADIENT
// RUN: not mhc-opt %t/model.mlir "--mhc-insert-recompute=budget=50%%" 2>&1 | FileCheck %s --check-prefix=NO-GRADIENT
// RUN: not mhc-opt %t/chain.mlir "--mhc-insert-recompute=budget=100%% report=%t/none/report.svg" 2>&1 | FileCheck %s --check-prefix=REPORT
// RUN: mhc-opt %t/two.mlir --mhc-differentiate=function=f,g -o %t/both.mlir
// RUN: not mhc-opt %t/both.mlir "--mhc-insert-recompute=budget=100%% report=%t/report.svg" 2>&1 | FileCheck %s --check-prefix=REPORTS
// RUN: not ls %t/report.svg %t/none

// NONE: chain.mlir:1:1: error: expected a budget, such as budget=1.5GB or budget=50%, got none
// TEXT: chain.mlir:1:1: error: expected a budget in bytes, such as 2000000, 1.5GB or 800MiB, or a share of at most 100%, such as 50% or 0.5, got '[[TEXT]]'
// TOKENS: chain.mlir:1:1: error: expected 'tokens' to be at least 1, got 0
// REBUILD: chain.mlir:1:1: error: expected 'max-rebuild' to be at least 1, got 0
// CHAIN: chain.mlir:1:1: error: expected 'max-chain' to be at least 0, got -1
// CHOICE: chain.mlir:1:1: error: expected 'choice' to be exact or equal, got 'best'
// NOTHING: chain.mlir:{{[0-9]+}}:3: error: expected a budget of at least {{[1-9][0-9]*}} bytes, got 0 for @chain_forward with 4096 tokens
// OVERFLOW: chain.mlir:{{[0-9]+}}:3: error: {{.*}}expected sizes that fit 64 bits, got larger ones
// UNKNOWN: chain.mlir:1:1: error: expected a function '@chains' to recompute values of, got none
// GRADIENT: chain.mlir:{{[0-9]+}}:3: error: {{.*}}expected '@sublayer_forward' and '@sublayer_backward', or '@sublayer_gradient', as mhc-differentiate makes them; got none
// NO-GRADIENT: model.mlir:1:1: error: expected a public function with the gradient functions that mhc-differentiate makes, which nothing calls; got none
// REPORT: chain.mlir:{{[0-9]+}}:3: error: expected 'report' to be a file that can be written, got '{{.*}}report.svg': {{.*}}No such file or directory
// REPORTS: both.mlir:1:1: error: expected one function for a report, got 2

//--- model.mlir
module {
  func.func private @sublayer(tensor<?x64xbf16>) -> tensor<?x64xbf16> attributes {mhc.gradient = @own}
  func.func private @own(tensor<?x64xbf16>, tensor<?x64xbf16>) -> tensor<?x64xbf16>
  func.func @chain(%x: tensor<?x4x64xbf16>, %pre: tensor<?x4xf32>, %post: tensor<?x4xf32>, %R: tensor<?x4x4xf32>)
      -> tensor<?x4x64xbf16> {
    %y = mhc.aggregate %x, %pre : (tensor<?x4x64xbf16>, tensor<?x4xf32>) -> tensor<?x64xbf16>
    %f = call @sublayer(%y) : (tensor<?x64xbf16>) -> tensor<?x64xbf16>
    %0 = mhc.combine (%f by %post : tensor<?x64xbf16>, tensor<?x4xf32>),
                     (%x by %R : tensor<?x4x64xbf16>, tensor<?x4x4xf32>) -> tensor<?x4x64xbf16>
    return %0 : tensor<?x4x64xbf16>
  }
}

//--- two.mlir
module {
  func.func @f(%x: tensor<?x4x64xbf16>, %pre: tensor<?x4xf32>) -> tensor<?x64xbf16> {
    %y = mhc.aggregate %x, %pre : (tensor<?x4x64xbf16>, tensor<?x4xf32>) -> tensor<?x64xbf16>
    return %y : tensor<?x64xbf16>
  }
  func.func @g(%x: tensor<?x4x64xbf16>, %pre: tensor<?x4xf32>) -> tensor<?x64xbf16> {
    %y = mhc.aggregate %x, %pre : (tensor<?x4x64xbf16>, tensor<?x4xf32>) -> tensor<?x64xbf16>
    return %y : tensor<?x64xbf16>
  }
}
