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

// The end of b's backward and the start of a's: g and dy are the gradients of what b gave. The next streams are
// rebuilt from x and f, rounded as they were.

// CHECK-LABEL: func.func @backward_boundary
// CHECK:       %{{.*}}:7 = mhc.kernel "backward_boundary"
// CHECK:         %[[DPRE:.*]] = mhc.sweep over 64 (%{{.*}} = %{{.*}} : !mhc.row<4x64xbf16>, %{{.*}} = %{{.*}} : !mhc.row<64xbf16>, %[[DY:.*]] = %{{.*}} : !mhc.row<64xbf16>) -> (vector<4xf32>) {
// CHECK-NEXT:      %[[XB:.*]] = mhc.combine
// CHECK-NEXT:      %[[P:.*]] = mhc.inner %[[XB]], %[[DY]] : (vector<4xbf16>, bf16) -> vector<4xf32>
// CHECK-NEXT:      mhc.exit sum(%[[P]] : vector<4xf32>)
// CHECK:         mhc.sweep over 64
// CHECK:           %[[B:.*]] = mhc.backproject %[[DM:.*]] by %[[PHI:.*]] : (vector<24xf32>, !mhc.weight<24x4x64xf32>) -> vector<4xbf16>
// CHECK-NEXT:      %[[D:.*]] = mhc.combine (%{{.*}} by %{{.*}} : vector<4xbf16>, vector<4x4xf32>), (%{{.*}} by %{{.*}} : bf16, vector<4xf32>), (%[[B]] : vector<4xbf16>), (%[[XB:.*]] scaled %{{.*}} : vector<4xbf16>, f32) -> vector<4xbf16>
// CHECK:           mhc.exit row(%[[D]] : vector<4xbf16>), row(%{{.*}} : bf16), sum(%{{.*}} : vector<4xf32>), sum(%{{.*}} : vector<4x4xf32>), outer(%[[DM]] by %[[XB]] : vector<24xf32>, vector<4xbf16>)
// CHECK:         mhc.total %{{.*}} : vector<24xf32> -> <24xf32>
// CHECK:         mhc.return {{.*}} : !mhc.row<4x64xbf16>, !mhc.row<64xbf16>, vector<4xf32>, vector<4x4xf32>, !mhc.total<24x4x64xf32>, !mhc.total<3xf32>, !mhc.total<24xf32>
func.func @backward_boundary(
    %x: tensor<?x4x64xbf16>, %f: tensor<?x64xbf16>, %dy: tensor<?x64xbf16>, %g: tensor<?x4x64xbf16>,
    %ha: tensor<?x24xf32>, %sa: tensor<3xf32>, %ba: tensor<24xf32>,
    %mb: tensor<?x24xf32>, %rb: tensor<?xf32>, %sb: tensor<3xf32>, %bb: tensor<24xf32>,
    %dpostb: tensor<?x4xf32>, %dRb: tensor<?x4x4xf32>, %phi: tensor<24x256xf32>,
    %e0: tensor<?x4x64xbf16>, %e1: tensor<?x64xbf16>, %e2: tensor<?x4xf32>, %e3: tensor<?x4x4xf32>,
    %e4: tensor<24x256xf32>, %e5: tensor<3xf32>, %e6: tensor<24xf32>)
    -> (tensor<?x4x64xbf16>, tensor<?x64xbf16>, tensor<?x4xf32>, tensor<?x4x4xf32>,
        tensor<24x256xf32>, tensor<3xf32>, tensor<24xf32>) {
  %0:7 = mhc.kernel "backward_boundary"
      ins(%xa = %x : tensor<?x4x64xbf16> as !mhc.row<4x64xbf16>,
          %fa = %f : tensor<?x64xbf16> as !mhc.row<64xbf16>,
          %dyb = %dy : tensor<?x64xbf16> as !mhc.row<64xbf16>,
          %gb = %g : tensor<?x4x64xbf16> as !mhc.row<4x64xbf16>,
          %h0 = %ha : tensor<?x24xf32> as vector<24xf32>,
          %s0 = %sa : tensor<3xf32> as vector<3xf32>,
          %b0 = %ba : tensor<24xf32> as vector<24xf32>,
          %m = %mb : tensor<?x24xf32> as vector<24xf32>,
          %rstd = %rb : tensor<?xf32> as f32,
          %s1 = %sb : tensor<3xf32> as vector<3xf32>,
          %b1 = %bb : tensor<24xf32> as vector<24xf32>,
          %dpost1 = %dpostb : tensor<?x4xf32> as vector<4xf32>,
          %dR1 = %dRb : tensor<?x4x4xf32> as vector<4x4xf32>,
          %w = %phi : tensor<24x256xf32> as !mhc.weight<24x4x64xf32>)
      outs(%e0 : tensor<?x4x64xbf16>, %e1 : tensor<?x64xbf16>, %e2 : tensor<?x4xf32>,
           %e3 : tensor<?x4x4xf32>, %e4 : tensor<24x256xf32>, %e5 : tensor<3xf32>,
           %e6 : tensor<24xf32>) {
    // No sweep is needed for these.
    %prea, %posta, %la = mhc.gates #v4_gates %h0, %s0, %b0
        : (vector<24xf32>, vector<3xf32>, vector<24xf32>)
        -> (vector<4xf32>, vector<4xf32>, vector<4x4xf32>)
    %Ra = mhc.sinkhorn #v4 %la : vector<4x4xf32>
    %rstds = vector.broadcast %rstd : f32 to vector<24xf32>
    %h = arith.mulf %rstds, %m : vector<24xf32>
    %preb, %postb, %lb = mhc.gates #v4_gates %h, %s1, %b1
        : (vector<24xf32>, vector<3xf32>, vector<24xf32>)
        -> (vector<4xf32>, vector<4xf32>, vector<4x4xf32>)
    %Rb = mhc.sinkhorn #v4 %lb : vector<4x4xf32>
    %dlb = mhc.sinkhorn_grad #v4 %lb, %dR1 : vector<4x4xf32>

    %dpre = mhc.sweep over 64
        (%c = %xa : !mhc.row<4x64xbf16>, %k = %fa : !mhc.row<64xbf16>, %d = %dyb : !mhc.row<64xbf16>)
        -> (vector<4xf32>) {
      %xb = mhc.combine (%k by %posta : bf16, vector<4xf32>),
                        (%c by %Ra transposed : vector<4xbf16>, vector<4x4xf32>) -> vector<4xbf16>
      %p = mhc.inner %xb, %d : (vector<4xbf16>, bf16) -> vector<4xf32>
      mhc.exit sum(%p : vector<4xf32>)
    }
    %dh, %dscale, %dbase = mhc.gates_grad #v4_gates %h, %s1, %b1, %dpre, %dpost1, %dlb
        : (vector<24xf32>, vector<3xf32>, vector<24xf32>, vector<4xf32>, vector<4xf32>,
           vector<4x4xf32>) -> (vector<24xf32>, vector<3xf32>, vector<24xf32>)
    %dm = arith.mulf %rstds, %dh : vector<24xf32>
    %products = arith.mulf %dh, %m : vector<24xf32>
    %drstd = vector.reduction <add>, %products : vector<24xf32> into f32
    %dsquares = mhc.rstd_grad %rstd, %drstd {count = 256 : i64} : f32
    %k = arith.addf %dsquares, %dsquares : f32

    %dx, %df, %dpost, %dR, %dphi = mhc.sweep over 64
        (%c = %xa : !mhc.row<4x64xbf16>, %fc = %fa : !mhc.row<64xbf16>,
         %d = %dyb : !mhc.row<64xbf16>, %gc = %gb : !mhc.row<4x64xbf16>)
        -> (!mhc.row<4x64xbf16>, !mhc.row<64xbf16>, vector<4xf32>, vector<4x4xf32>,
            !mhc.total<24x4x64xf32>) {
      %xb = mhc.combine (%fc by %posta : bf16, vector<4xf32>),
                        (%c by %Ra transposed : vector<4xbf16>, vector<4x4xf32>) -> vector<4xbf16>
      %b = mhc.backproject %dm by %w : (vector<24xf32>, !mhc.weight<24x4x64xf32>) -> vector<4xbf16>
      %dxc = mhc.combine (%gc by %Rb : vector<4xbf16>, vector<4x4xf32>),
                         (%d by %preb : bf16, vector<4xf32>), (%b : vector<4xbf16>),
                         (%xb scaled %k : vector<4xbf16>, f32) -> vector<4xbf16>
      %dfc = mhc.aggregate %dxc, %posta : (vector<4xbf16>, vector<4xf32>) -> bf16
      %p = mhc.inner %dxc, %fc : (vector<4xbf16>, bf16) -> vector<4xf32>
      %r = mhc.inner %c, %dxc : (vector<4xbf16>, vector<4xbf16>) -> vector<4x4xf32>
      mhc.exit row(%dxc : vector<4xbf16>), row(%dfc : bf16), sum(%p : vector<4xf32>),
               sum(%r : vector<4x4xf32>), outer(%dm by %xb : vector<24xf32>, vector<4xbf16>)
    }
    %ts = mhc.total %dscale : vector<3xf32> -> !mhc.total<3xf32>
    %tb = mhc.total %dbase : vector<24xf32> -> !mhc.total<24xf32>
    mhc.return %dx, %df, %dpost, %dR, %dphi, %ts, %tb
        : !mhc.row<4x64xbf16>, !mhc.row<64xbf16>, vector<4xf32>, vector<4x4xf32>,
          !mhc.total<24x4x64xf32>, !mhc.total<3xf32>, !mhc.total<24xf32>
  }
  return %0#0, %0#1, %0#2, %0#3, %0#4, %0#5, %0#6
      : tensor<?x4x64xbf16>, tensor<?x64xbf16>, tensor<?x4xf32>, tensor<?x4x4xf32>,
        tensor<24x256xf32>, tensor<3xf32>, tensor<24xf32>
}

// One stream, and rows of f64 with coefficients of f64.

// CHECK-LABEL: func.func @one_stream
// CHECK:         mhc.sweep over 3 (%{{.*}} = %{{.*}} : !mhc.row<1x3xf64>) -> (!mhc.row<3xf64>, vector<1x1xf64>, vector<3xf64>) {
// CHECK:           mhc.exit row(%{{.*}} : f64), sum(%{{.*}} : vector<1x1xf64>), project(%{{.*}} by %{{.*}} : vector<1xf64>, !mhc.weight<3x1x3xf32>)
func.func @one_stream(%x: tensor<?x1x3xf64>, %pre: tensor<1xf64>, %phi: tensor<3x3xf32>,
                      %e0: tensor<?x3xf64>, %e1: tensor<?x1x1xf64>, %e2: tensor<?x3xf64>)
    -> (tensor<?x3xf64>, tensor<?x1x1xf64>, tensor<?x3xf64>) {
  %0:3 = mhc.kernel ins(%a = %x : tensor<?x1x3xf64> as !mhc.row<1x3xf64>,
                        %p = %pre : tensor<1xf64> as vector<1xf64>,
                        %w = %phi : tensor<3x3xf32> as !mhc.weight<3x1x3xf32>)
                    outs(%e0 : tensor<?x3xf64>, %e1 : tensor<?x1x1xf64>, %e2 : tensor<?x3xf64>) {
    %y, %s, %h = mhc.sweep over 3 (%c = %a : !mhc.row<1x3xf64>)
        -> (!mhc.row<3xf64>, vector<1x1xf64>, vector<3xf64>) {
      %v = mhc.aggregate %c, %p : (vector<1xf64>, vector<1xf64>) -> f64
      %q = mhc.inner %c, %c : (vector<1xf64>, vector<1xf64>) -> vector<1x1xf64>
      mhc.exit row(%v : f64), sum(%q : vector<1x1xf64>),
               project(%c by %w : vector<1xf64>, !mhc.weight<3x1x3xf32>)
    }
    mhc.return %y, %s, %h : !mhc.row<3xf64>, vector<1x1xf64>, vector<3xf64>
  }
  return %0#0, %0#1, %0#2 : tensor<?x3xf64>, tensor<?x1x1xf64>, tensor<?x3xf64>
}

// Several token dimensions, some of them static, and one of them zero; products with each stream.

// CHECK-LABEL: func.func @token_dimensions
// CHECK:         ins(%{{.*}} = %{{.*}} : tensor<2x?x0x2x8xf32> as !mhc.row<2x8xf32>, %{{.*}} = %{{.*}} : tensor<?x3x0x2x5xf32> as vector<2x5xf32>, %{{.*}} = %{{.*}} : tensor<5x8xf16> as !mhc.weight<5x8xf16>)
// CHECK:           mhc.exit project(%{{.*}} by %{{.*}} precision f32 : vector<2xf32>, !mhc.weight<5x8xf16>), outer(%{{.*}} by %{{.*}} precision tf32 : vector<2x5xf32>, vector<2xf32>)
func.func @token_dimensions(%x: tensor<2x?x0x2x8xf32>, %d: tensor<?x3x0x2x5xf32>, %phi: tensor<5x8xf16>,
                            %e0: tensor<?x?x?x2x5xf32>, %e1: tensor<5x8xf32>)
    -> (tensor<?x?x?x2x5xf32>, tensor<5x8xf32>) {
  %0:2 = mhc.kernel ins(%a = %x : tensor<2x?x0x2x8xf32> as !mhc.row<2x8xf32>,
                        %k = %d : tensor<?x3x0x2x5xf32> as vector<2x5xf32>,
                        %w = %phi : tensor<5x8xf16> as !mhc.weight<5x8xf16>)
                    outs(%e0 : tensor<?x?x?x2x5xf32>, %e1 : tensor<5x8xf32>) {
    %h, %t = mhc.sweep over 8 (%c = %a : !mhc.row<2x8xf32>) -> (vector<2x5xf32>, !mhc.total<5x8xf32>) {
      mhc.exit project(%c by %w precision f32 : vector<2xf32>, !mhc.weight<5x8xf16>),
               outer(%k by %c precision tf32 : vector<2x5xf32>, vector<2xf32>)
    }
    mhc.return %h, %t : vector<2x5xf32>, !mhc.total<5x8xf32>
  }
  return %0#0, %0#1 : tensor<?x?x?x2x5xf32>, tensor<5x8xf32>
}

// No token dimensions: one token.

// CHECK-LABEL: func.func @one_token
// CHECK:         %{{.*}} = %{{.*}} : tensor<4x8xf16> as !mhc.row<4x8xf16>
func.func @one_token(%x: tensor<4x8xf16>, %pre: tensor<4xf32>, %e: tensor<8xf16>) -> tensor<8xf16> {
  %0 = mhc.kernel ins(%a = %x : tensor<4x8xf16> as !mhc.row<4x8xf16>,
                      %p = %pre : tensor<4xf32> as vector<4xf32>) outs(%e : tensor<8xf16>) {
    %y = mhc.sweep over 8 (%c = %a : !mhc.row<4x8xf16>) -> (!mhc.row<8xf16>) {
      %v = mhc.aggregate %c, %p : (vector<4xf16>, vector<4xf32>) -> f16
      mhc.exit row(%v : f16)
    }
    mhc.return %y : !mhc.row<8xf16>
  }
  return %0 : tensor<8xf16>
}

// On memrefs, with scratch memory, another order, attributes and a label that needs quotes. Kernels there have no results.

// CHECK-LABEL: func.func @memrefs
// CHECK:         mhc.kernel "a \22label\22"
// CHECK-NEXT:      ins(%{{.*}} = %{{.*}} : memref<?x8xf32, strided<[?, 1]>> as !mhc.row<8xf32>)
// CHECK-NEXT:      outs(%{{.*}} : memref<?xf32>) workspace(%{{.*}} : memref<?xi8>) order <leaf = 8, groups = 1> attributes {note = 1 : i64} {
// CHECK-NEXT:      %{{.*}} = mhc.sweep over 8 (%{{.*}} = %{{.*}} : !mhc.row<8xf32>) -> (f32) attributes {other} {
// CHECK-NEXT:        mhc.exit sum(%{{.*}} : f32) {third}
// CHECK:           mhc.sweep over 8 (%{{.*}} = %{{.*}} : !mhc.row<8xf32>) -> () {
// CHECK-NEXT:        mhc.exit nothing
// CHECK:         }
// CHECK-NEXT:    return
func.func @memrefs(%x: memref<?x8xf32, strided<[?, 1]>>, %e: memref<?xf32>, %scratch: memref<?xi8>) {
  mhc.kernel "a \"label\"" ins(%a = %x : memref<?x8xf32, strided<[?, 1]>> as !mhc.row<8xf32>)
      outs(%e : memref<?xf32>) workspace(%scratch : memref<?xi8>) order <leaf = 8, groups = 1>
      attributes {note = 1} {
    %s = mhc.sweep over 8 (%c = %a : !mhc.row<8xf32>) -> (f32) attributes {other} {
      mhc.exit sum(%c : f32) {third}
    }
    mhc.sweep over 8 (%c = %a : !mhc.row<8xf32>) -> () {
      mhc.exit nothing
    }
    mhc.return %s : f32
  }
  return
}

// A row that is the same for all tokens, a user's arithmetic, a mask of integers, totals of rows.

// CHECK-LABEL: func.func @user
// CHECK:         %{{.*}} = %{{.*}} : tensor<8xf16> as !mhc.row<8xf16>
// CHECK:         %{{.*}} = %{{.*}} : tensor<?x8xi8> as !mhc.row<8xi8>
// CHECK:           mhc.exit row(%{{.*}} : bf16), row(%{{.*}} : i8), total(%{{.*}} : bf16)
func.func @user(%x: tensor<?x8xbf16>, %weight: tensor<8xf16>, %mask: tensor<?x8xi8>, %count: tensor<?xi64>,
                %e0: tensor<?x8xbf16>, %e1: tensor<?x8xi8>, %e2: tensor<8xbf16>, %e3: tensor<f32>,
                %e4: tensor<?xi64>)
    -> (tensor<?x8xbf16>, tensor<?x8xi8>, tensor<8xbf16>, tensor<f32>, tensor<?xi64>) {
  %0:5 = mhc.kernel ins(%a = %x : tensor<?x8xbf16> as !mhc.row<8xbf16>,
                        %w = %weight : tensor<8xf16> as !mhc.row<8xf16>,
                        %i = %mask : tensor<?x8xi8> as !mhc.row<8xi8>,
                        %n = %count : tensor<?xi64> as i64)
                    outs(%e0 : tensor<?x8xbf16>, %e1 : tensor<?x8xi8>, %e2 : tensor<8xbf16>,
                         %e3 : tensor<f32>, %e4 : tensor<?xi64>) {
    %one = arith.constant 1 : i64
    %next = arith.addi %n, %one : i64
    %scale = arith.sitofp %next : i64 to f32
    %r, %m, %t = mhc.sweep over 8
        (%c = %a : !mhc.row<8xbf16>, %u = %w : !mhc.row<8xf16>, %k = %i : !mhc.row<8xi8>)
        -> (!mhc.row<8xbf16>, !mhc.row<8xi8>, !mhc.total<8xbf16>) {
      %zero = arith.constant 0 : i8
      %keep = arith.cmpi ne, %k, %zero : i8
      %wide = arith.extf %c : bf16 to f32
      %wideWeight = arith.extf %u : f16 to f32
      %p = arith.mulf %wide, %wideWeight fastmath<nnan> : f32
      %q = arith.mulf %p, %scale : f32
      %e = math.exp %q : f32
      %s = arith.select %keep, %e, %wide : f32
      %v = arith.truncf %s : f32 to bf16
      mhc.exit row(%v : bf16), row(%k : i8), total(%v : bf16)
    }
    %ts = mhc.total %scale : f32 -> !mhc.total<f32>
    mhc.return %r, %m, %t, %ts, %next
        : !mhc.row<8xbf16>, !mhc.row<8xi8>, !mhc.total<8xbf16>, !mhc.total<f32>, i64
  }
  return %0#0, %0#1, %0#2, %0#3, %0#4
      : tensor<?x8xbf16>, tensor<?x8xi8>, tensor<8xbf16>, tensor<f32>, tensor<?xi64>
}

// Work on weights.

// CHECK-LABEL: func.func @prepare
// CHECK:         %{{.*}}:2 = mhc.prepare ins(%[[A:.*]] = %{{.*}} : tensor<2x16xf32>) -> (tensor<2x16xf32>, tensor<2x2x8xf32>) attributes {note} {
// CHECK:           mhc.return %{{.*}}, %{{.*}} : tensor<2x16xf32>, tensor<2x2x8xf32>
func.func @prepare(%phi: tensor<2x16xf32>) -> (tensor<2x16xf32>, tensor<2x2x8xf32>) {
  %0:2 = mhc.prepare ins(%a = %phi : tensor<2x16xf32>) -> (tensor<2x16xf32>, tensor<2x2x8xf32>) attributes {note} {
    %1 = arith.addf %a, %a : tensor<2x16xf32>
    %2 = tensor.expand_shape %1 [[0], [1, 2]] output_shape [2, 2, 8] : tensor<2x16xf32> into tensor<2x2x8xf32>
    mhc.return %1, %2 : tensor<2x16xf32>, tensor<2x2x8xf32>
  }
  return %0#0, %0#1 : tensor<2x16xf32>, tensor<2x2x8xf32>
}
