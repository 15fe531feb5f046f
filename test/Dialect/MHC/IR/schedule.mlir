// RUN: mhc-opt %s | FileCheck %s
// RUN: mhc-opt %s | mhc-opt | FileCheck %s
// RUN: mhc-opt %s --mlir-print-op-generic | mhc-opt | FileCheck %s
// RUN: mhc-opt %s --emit-bytecode | mhc-opt | FileCheck %s

// How a kernel runs on a GPU: every key is printed.

// CHECK-DAG: #schedule = #mhc.schedule<chip = "sm_90a", exchange = none, warps = 8, slices = 1, slabs = 1, tokens = 256, prefetch = 1, vector = 8, weights = shared, retain = memory>
// CHECK-DAG: #schedule1 = #mhc.schedule<chip = "sm_80", exchange = split, warps = 2, slices = 16, slabs = 8, tokens = 64, prefetch = 0, vector = 2, weights = memory, retain = shared>
// CHECK-DAG: #schedule2 = #mhc.schedule<chip = "sm_90a", exchange = cluster, warps = 32, slices = 65535, slabs = 65535, tokens = 1024, prefetch = 8, vector = 4, weights = shared, retain = memory>
// CHECK-DAG: #schedule3 = #mhc.schedule<chip = "sm_100a", exchange = l2, warps = 1, slices = 1, slabs = 1, tokens = 32, prefetch = 1, vector = 8, weights = shared, retain = memory>

// The defaults; a block has a token for each thread, and at most 256.
// CHECK-LABEL: func.func private @defaults() attributes {s = #schedule}
func.func private @defaults() attributes {s = #mhc.schedule<chip = "sm_90a">}

// All keys, in another order than the printer's.
// CHECK-LABEL: func.func private @all() attributes {s = #schedule1}
func.func private @all() attributes {s = #mhc.schedule<retain = shared, weights = memory, vector = 2, prefetch = 0, tokens = 64,
                                                       slabs = 8, slices = 16, warps = 2, exchange = split, chip = "sm_80">}

// CHECK-LABEL: func.func private @largest() attributes {s = #schedule2}
func.func private @largest() attributes {s = #mhc.schedule<chip = "sm_90a", exchange = cluster, warps = 32, slices = 65535, slabs = 65535,
                                                           tokens = 1024, prefetch = 8, vector = 4>}

// CHECK-LABEL: func.func private @one_warp() attributes {s = #schedule3}
func.func private @one_warp() attributes {s = #mhc.schedule<chip = "sm_100a", exchange = l2, warps = 1>}

// On a kernel.
// CHECK-LABEL: func.func @kernel
// CHECK:         attributes {mhc.schedule = #schedule}
func.func @kernel(%x: tensor<?xf32>, %e: tensor<?xf32>) -> tensor<?xf32> {
  %0 = mhc.kernel ins(%a = %x : tensor<?xf32> as f32) outs(%e : tensor<?xf32>)
      attributes {mhc.schedule = #mhc.schedule<chip = "sm_90a">} {
    mhc.return %a : f32
  }
  return %0 : tensor<?xf32>
}
