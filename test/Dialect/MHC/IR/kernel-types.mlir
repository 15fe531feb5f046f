// RUN: mhc-opt %s | FileCheck %s
// RUN: mhc-opt %s > %t
// RUN: mhc-opt %t | diff - %t
// RUN: mhc-opt %s --mlir-print-op-generic | mhc-opt | diff - %t
// RUN: mhc-opt %s --emit-bytecode | mhc-opt | diff - %t

// The types of kernels, and their order of sums, at the ends of their ranges.

// CHECK: func.func private @rows(!mhc.row<1x1xbf16>, !mhc.row<16x2147483647xf64>, !mhc.row<3xf16>, !mhc.row<3xf32>, !mhc.row<2x3xi8>, !mhc.row<3xi32>, !mhc.row<3xi64>)
func.func private @rows(!mhc.row<1x1xbf16>, !mhc.row<16x2147483647xf64>, !mhc.row<3xf16>, !mhc.row<3xf32>,
                        !mhc.row<2x3xi8>, !mhc.row<3xi32>, !mhc.row<3xi64>)
// CHECK: func.func private @weights(!mhc.weight<1x1xbf16>, !mhc.weight<24x4x64xf32>, !mhc.weight<6x16x7xf16>, !mhc.weight<6x7xf64>)
func.func private @weights(!mhc.weight<1x1xbf16>, !mhc.weight<24x4x64xf32>, !mhc.weight<6x16x7xf16>, !mhc.weight<6x7xf64>)
// CHECK: func.func private @totals(!mhc.total<f32>, !mhc.total<24xf64>, !mhc.total<24x4x64xbf16>)
func.func private @totals(!mhc.total<f32>, !mhc.total<24xf64>, !mhc.total<24x4x64xbf16>)
// CHECK: func.func private @orders() attributes {a = #mhc.order<leaf = 32, groups = 16>, b = #mhc.order<leaf = 8, groups = 1>, c = #mhc.order<leaf = 1024, groups = 256>}
func.func private @orders() attributes {a = #mhc.order<leaf = 32>, b = #mhc.order<groups = 1, leaf = 8>,
                                        c = #mhc.order<leaf = 1024, groups = 256>}
