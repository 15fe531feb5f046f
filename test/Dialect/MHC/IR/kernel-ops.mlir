// RUN: mhc-opt %s --mlir-print-local-scope | FileCheck %s
// RUN: mhc-opt %s > %t.custom
// RUN: mhc-opt %t.custom | diff - %t.custom
// RUN: mhc-opt %s --mlir-print-op-generic | mhc-opt | diff - %t.custom
// RUN: mhc-opt %s --emit-bytecode | mhc-opt | diff - %t.custom

// Kernels in every form that the syntax has. The two boundary kernels stand here whole.

#v4_gates = #mhc.gates<pre_eps = 1.0e-6, post_mult = 2.0>
#v4 = #mhc.sinkhorn<iterations = 20, eps = 1.0e-6, start = softmax>

// The combine of connection a, then the product and the aggregate of connection b.

// CHECK-LABEL: func.func @forward_boundary
// CHECK:       %{{.*}}:4 = mhc.kernel "forward_boundary"
// CHECK-NEXT:    ins(%[[XA:[a-z0-9_]+]] = %{{.*}} : tensor<?x4x64xbf16> as !mhc.row<4x64xbf16>, %[[FA:[a-z0-9_]+]] = %{{.*}} : tensor<?x64xbf16> as !mhc.row<64xbf16>, %{{.*}} = %{{.*}} : tensor<?x24xf32> as vector<24xf32>,
// CHECK-SAME:        %[[PHI:[a-z0-9_]+]] = %{{[a-z0-9_]+}} : tensor<24x256xf32> as !mhc.weight<24x4x64xf32>
// CHECK-NEXT:    outs(%{{.*}} : tensor<?x4x64xbf16>, %{{.*}} : tensor<?x64xbf16>, %{{.*}} : tensor<?x24xf32>, %{{.*}} : tensor<?xf32>) {
// CHECK:         %[[NEXT:.*]]:3 = mhc.sweep over 64 (%[[C:[a-z0-9_]+]] = %[[XA]] : !mhc.row<4x64xbf16>, %{{.*}} = %[[FA]] : !mhc.row<64xbf16>) -> (!mhc.row<4x64xbf16>, vector<24xf32>, f32) {
// CHECK-NEXT:      %[[O:.*]] = mhc.combine (%{{.*}} by %{{.*}} : bf16, vector<4xf32>), (%[[C]] by %{{.*}} transposed : vector<4xbf16>, vector<4x4xf32>) -> vector<4xbf16>
// CHECK-NEXT:      %[[Q:.*]] = mhc.inner whole %[[O]], %[[O]] : (vector<4xbf16>, vector<4xbf16>) -> f32
// CHECK-NEXT:      mhc.exit row(%[[O]] : vector<4xbf16>), project(%[[O]] by %[[PHI]] : vector<4xbf16>, !mhc.weight<24x4x64xf32>), sum(%[[Q]] : f32)
// CHECK-NEXT:    }
// CHECK:         mhc.return %[[NEXT]]#0, %{{.*}}, %{{.*}}, %{{.*}} : !mhc.row<4x64xbf16>, !mhc.row<64xbf16>, vector<24xf32>, f32

func.func @forward_boundary(
    %x: tensor<?x4x64xbf16>, %f: tensor<?x64xbf16>, %ha: tensor<?x24xf32>, %sa: tensor<3xf32>,
    %ba: tensor<24xf32>, %phi: tensor<24x256xf32>, %sb: tensor<3xf32>, %bb: tensor<24xf32>,
    %e0: tensor<?x4x64xbf16>, %e1: tensor<?x64xbf16>, %e2: tensor<?x24xf32>, %e3: tensor<?xf32>)
    -> (tensor<?x4x64xbf16>, tensor<?x64xbf16>, tensor<?x24xf32>, tensor<?xf32>) {
  %0:4 = mhc.kernel "forward_boundary"
      ins(%xa = %x : tensor<?x4x64xbf16> as !mhc.row<4x64xbf16>,
          %fa = %f : tensor<?x64xbf16> as !mhc.row<64xbf16>,
          %h0 = %ha : tensor<?x24xf32> as vector<24xf32>,
          %s0 = %sa : tensor<3xf32> as vector<3xf32>,
          %b0 = %ba : tensor<24xf32> as vector<24xf32>,
          %w = %phi : tensor<24x256xf32> as !mhc.weight<24x4x64xf32>,
          %s1 = %sb : tensor<3xf32> as vector<3xf32>,
          %b1 = %bb : tensor<24xf32> as vector<24xf32>)
      outs(%e0 : tensor<?x4x64xbf16>, %e1 : tensor<?x64xbf16>, %e2 : tensor<?x24xf32>,
           %e3 : tensor<?xf32>) {
    %prea, %posta, %la = mhc.gates #v4_gates %h0, %s0, %b0
        : (vector<24xf32>, vector<3xf32>, vector<24xf32>)
        -> (vector<4xf32>, vector<4xf32>, vector<4x4xf32>)
    %Ra = mhc.sinkhorn #v4 %la : vector<4x4xf32>
    %xn, %m, %squares = mhc.sweep over 64
        (%c = %xa : !mhc.row<4x64xbf16>, %g = %fa : !mhc.row<64xbf16>)
        -> (!mhc.row<4x64xbf16>, vector<24xf32>, f32) {
      %o = mhc.combine (%g by %posta : bf16, vector<4xf32>),
                       (%c by %Ra transposed : vector<4xbf16>, vector<4x4xf32>) -> vector<4xbf16>
      %q = mhc.inner whole %o, %o : (vector<4xbf16>, vector<4xbf16>) -> f32
      mhc.exit row(%o : vector<4xbf16>),
               project(%o by %w : vector<4xbf16>, !mhc.weight<24x4x64xf32>), sum(%q : f32)
    }
    %rstd = mhc.rstd %squares {count = 256 : i64, eps = 1.0e-6 : f64} : f32
    %rstds = vector.broadcast %rstd : f32 to vector<24xf32>
    %h = arith.mulf %rstds, %m : vector<24xf32>
    %preb, %postb, %lb = mhc.gates #v4_gates %h, %s1, %b1
        : (vector<24xf32>, vector<3xf32>, vector<24xf32>)
        -> (vector<4xf32>, vector<4xf32>, vector<4x4xf32>)
    %yn = mhc.sweep over 64 (%c = %xn : !mhc.row<4x64xbf16>) -> (!mhc.row<64xbf16>) {
      %v = mhc.aggregate %c, %preb : (vector<4xbf16>, vector<4xf32>) -> bf16
      mhc.exit row(%v : bf16)
    }
    mhc.return %xn, %yn, %h, %rstd : !mhc.row<4x64xbf16>, !mhc.row<64xbf16>, vector<24xf32>, f32
  }
  return %0#0, %0#1, %0#2, %0#3
      : tensor<?x4x64xbf16>, tensor<?x64xbf16>, tensor<?x24xf32>, tensor<?xf32>
}
