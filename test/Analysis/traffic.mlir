// RUN: mhc-opt %s --mhc-print-traffic=connections=2 -o /dev/null | FileCheck %s
// RUN: mhc-opt %s --mhc-print-traffic --remarks-filter=mhc-print-traffic -o /dev/null 2>&1 | FileCheck %s --check-prefix=REMARK
// RUN: mhc-opt %root/test/Dialect/MHC/IR/kernel-ops.mlir --mhc-print-traffic -o /dev/null | FileCheck %s --check-prefix=BOUNDARY
// RUN: mhc-opt %root/test/Dialect/MHC/IR/kernel-ops.mlir --mhc-split-kernels | mhc-opt --mhc-print-traffic -o /dev/null | FileCheck %s --check-prefix=CUT
// RUN: mhc-opt %root/test/Dialect/MHC/IR/kernel-ops.mlir --mhc-dissolve-kernels --mhc-fuse-kernels | mhc-opt --mhc-print-traffic -o /dev/null | FileCheck %s --check-prefix=AGAIN
// RUN: not mhc-opt %s --mhc-print-traffic=connections=-1 2>&1 | FileCheck %s --check-prefix=NEGATIVE
// NEGATIVE: error: expected 'connections' not to be negative, got -1

// Bytes a token of each kernel, against section 6 of the design: n 4, rows of bf16.

// BOUNDARY-LABEL: @forward_boundary: bytes a token, also in columns of hidden C
// BOUNDARY-NEXT:  kernel            sweeps     read  written  retained  read again  coefficients  weights  totals
// BOUNDARY-NEXT:  forward_boundary       2  640 10C  640 10C  1280 20C    1792 28C           196    24792       0
// BOUNDARY-NEXT:  sum                    2  640 10C  640 10C  1280 20C    1792 28C           196    24792       0
// BOUNDARY-LABEL: @backward_boundary
// BOUNDARY:       backward_boundary       2  1280 20C  640 10C  1920 30C    2688 42C           356    24792   24684

// Cut, each moves what it moves with nothing retained.
// CUT:      forward_boundary_0       1   640 10C   512 8C  1152 18C    1152 18C
// CUT-NEXT: forward_boundary_1       1    512 8C   128 2C   640 10C     640 10C
// CUT-NEXT: sum                      2  1152 18C  640 10C  1792 28C    1792 28C
// CUT:      sum                        2  2048 32C  640 10C  2688 42C    2688 42C

// Dissolved and fused again, the forward is the kernel that it was.
// AGAIN-LABEL: @forward_boundary
// AGAIN:       sum            2  640 10C  640 10C  1280 20C    1792 28C           196    24792       0

// CHECK-LABEL: @connection
// CHECK-NEXT:  kernel        sweeps     read  written  retained  read again  coefficients  weights  totals
// CHECK-NEXT:  pre                2   512 8C   128 2C   640 10C    1152 18C            16    24576       0
// CHECK-NEXT:  combine            1  640 10C   512 8C  1152 18C    1152 18C            80        0       0
// CHECK-NEXT:  sum                3 1152 18C  640 10C  1792 28C    2304 36C            96    24576       0
// CHECK-NEXT:  a connection            576 9C   320 5C   896 14C    1152 18C            48
// REMARK: remark: [Analysis] KernelTraffic | Category:mhc-print-traffic | Function=connection | {{.*}}ReadAgain=1152{{.*}}Retained=640
func.func @connection(%x: tensor<?x4x64xbf16>, %f: tensor<?x64xbf16>, %pre: tensor<?x4xf32>, %R: tensor<?x4x4xf32>,
                      %phi: tensor<24x256xf32>, %e0: tensor<?x64xbf16>, %e1: tensor<?x4x64xbf16>)
    -> (tensor<?x64xbf16>, tensor<?x4x64xbf16>) {
  %0 = mhc.kernel "pre" ins(%a = %x : tensor<?x4x64xbf16> as !mhc.row<4x64xbf16>,
                            %p = %pre : tensor<?x4xf32> as vector<4xf32>,
                            %w = %phi : tensor<24x256xf32> as !mhc.weight<24x4x64xf32>)
                        outs(%e0 : tensor<?x64xbf16>) {
    %m = mhc.sweep over 64 (%c = %a : !mhc.row<4x64xbf16>) -> (vector<24xf32>) {
      mhc.exit project(%c by %w : vector<4xbf16>, !mhc.weight<24x4x64xf32>)
    }
    %h = vector.extract_strided_slice %m {offsets = [0], sizes = [4], strides = [1]} : vector<24xf32> to vector<4xf32>
    %k = arith.mulf %h, %p : vector<4xf32>
    %y = mhc.sweep over 64 (%c = %a : !mhc.row<4x64xbf16>) -> (!mhc.row<64xbf16>) {
      %v = mhc.aggregate %c, %k : (vector<4xbf16>, vector<4xf32>) -> bf16
      mhc.exit row(%v : bf16)
    }
    mhc.return %y : !mhc.row<64xbf16>
  }
  %1 = mhc.kernel "combine" ins(%a = %x : tensor<?x4x64xbf16> as !mhc.row<4x64xbf16>,
                                %b = %f : tensor<?x64xbf16> as !mhc.row<64xbf16>,
                                %p = %pre : tensor<?x4xf32> as vector<4xf32>,
                                %r = %R : tensor<?x4x4xf32> as vector<4x4xf32>)
                            outs(%e1 : tensor<?x4x64xbf16>) {
    %o = mhc.sweep over 64 (%c = %a : !mhc.row<4x64xbf16>, %d = %b : !mhc.row<64xbf16>) -> (!mhc.row<4x64xbf16>) {
      %v = mhc.combine (%d by %p : bf16, vector<4xf32>), (%c by %r : vector<4xbf16>, vector<4x4xf32>) -> vector<4xbf16>
      mhc.exit row(%v : vector<4xbf16>)
    }
    mhc.return %o : !mhc.row<4x64xbf16>
  }
  return %0, %1 : tensor<?x64xbf16>, tensor<?x4x64xbf16>
}

// The start of the backward boundary that reads the next streams instead of rebuilding them: 10C, and with the 30C of
// the rest 40C in two kernels.

// CHECK-LABEL: @stored
// CHECK-NEXT:  kernel
// CHECK-NEXT:  #0                 1  640 10C      0 0C   640 10C     640 10C            16        0       0
func.func @stored(%xb: tensor<?x4x64xbf16>, %dy: tensor<?x64xbf16>, %e: tensor<?x4xf32>) -> tensor<?x4xf32> {
  %0 = mhc.kernel ins(%a = %xb : tensor<?x4x64xbf16> as !mhc.row<4x64xbf16>,
                      %b = %dy : tensor<?x64xbf16> as !mhc.row<64xbf16>) outs(%e : tensor<?x4xf32>) {
    %s = mhc.sweep over 64 (%c = %a : !mhc.row<4x64xbf16>, %d = %b : !mhc.row<64xbf16>) -> (vector<4xf32>) {
      %q = mhc.inner %c, %d : (vector<4xbf16>, bf16) -> vector<4xf32>
      mhc.exit sum(%q : vector<4xf32>)
    }
    mhc.return %s : vector<4xf32>
  }
  return %0 : tensor<?x4xf32>
}

// One tensor in two arguments is one row. A row for later sweeps alone moves no bytes if it is retained; a norm's weight
// is none of the token's bytes. Sweeps of two widths: no multiples of hidden.

// CHECK-LABEL: @mixed
// CHECK-NEXT:  kernel
// CHECK-NEXT:  #0                 3   96   32   128         192             0       64       0
func.func @mixed(%x: tensor<?x16xf32>, %z: tensor<?x8xf32>, %w: tensor<16xf32>, %e: tensor<?x8xf32>) -> tensor<?x8xf32> {
  %0 = mhc.kernel ins(%a = %x : tensor<?x16xf32> as !mhc.row<16xf32>, %b = %x : tensor<?x16xf32> as !mhc.row<16xf32>,
                      %k = %w : tensor<16xf32> as !mhc.row<16xf32>, %d = %z : tensor<?x8xf32> as !mhc.row<8xf32>)
                  outs(%e : tensor<?x8xf32>) {
    %r = mhc.sweep over 16 (%c = %a : !mhc.row<16xf32>, %f = %b : !mhc.row<16xf32>, %n = %k : !mhc.row<16xf32>)
        -> (!mhc.row<16xbf16>) {
      %0 = math.fma %c, %f, %n : f32
      %1 = arith.truncf %0 : f32 to bf16
      mhc.exit row(%1 : bf16)
    }
    %s = mhc.sweep over 16 (%c = %r : !mhc.row<16xbf16>) -> (f32) {
      %q = mhc.inner %c, %c : (bf16, bf16) -> f32
      mhc.exit sum(%q : f32)
    }
    %y = mhc.sweep over 8 (%c = %d : !mhc.row<8xf32>) -> (!mhc.row<8xf32>) {
      %0 = arith.mulf %c, %s : f32
      mhc.exit row(%0 : f32)
    }
    mhc.return %y : !mhc.row<8xf32>
  }
  return %0 : tensor<?x8xf32>
}
