// RUN: mhc-opt %s --mhc-draw-kernels -o %t.mlir | FileCheck %s
// RUN: mhc-opt %s --mhc-draw-kernels=output=%t.svg | FileCheck %s --check-prefix=SAME
// RUN: mhc-opt %s --mhc-draw-kernels -o %t.mlir | diff %t.svg -
// RUN: %python -c "import sys, xml.dom.minidom as m; m.parse(sys.argv[1])" %t.svg

// The picture of kernels: its structure, and not its pixels. In order: the frame, what a kernel
// moves, its steps from top to bottom, each with what comes in, what stays and what leaves.

// The module is as it was.
// SAME: mhc.kernel "norm"

// CHECK: <svg xmlns="http://www.w3.org/2000/svg" role="img"
// CHECK-NOT: <script
// CHECK: @media (prefers-color-scheme: dark)
// CHECK: <text class="title"{{.*}}>@norm</text>
// CHECK: <rect class="kernel"
// CHECK: <text class="title"{{.*}}>norm</text>
// CHECK: >rows a token: read 8C, written 10C, together 18C; 26C if none is retained  (C = 64)</text>
// CHECK: >coefficients: R 4×4 f32 · weights: phi 6×4×64 f32</text>

// The first sweep reads x and makes the row o, which leaves and waits for the second one.
// CHECK: <rect class="sweep"
// CHECK: >sweep over 64</text>
// CHECK: <text class="strong"{{.*}}>combine · inner</text>
// CHECK: <text class="row-text"{{.*}}>x 4×64 bf16 · 8C</text>
// CHECK-NEXT: <polyline class="row"
// CHECK: <polyline class="kept" points="[[BOX:[0-9]+]],{{[0-9]+}} [[LANE:[0-9]+]],[[TOP:[0-9]+]]"/>
// CHECK-NEXT: <text class="kept-text"{{.*}}>next 8C retained</text>
// CHECK: <text class="row-text"{{.*}}>8C · next 4×64 bf16</text>
// CHECK: <polyline class="sum"
// CHECK: >sum f32</text>
// CHECK: >project 6 f32</text>

// Between: the program of the token.
// CHECK: <rect class="token"
// CHECK-NEXT: >rstd</text>
// CHECK: <polyline class="sum"

// The second sweep: o comes out of its lane, the gain once for all tokens; a row and a total leave.
// CHECK: <rect class="sweep"
// CHECK: >aggregate · extf · mulf ×2 · truncf</text>
// CHECK: <polyline class="kept" points="[[LANE]],[[TOP]] [[LANE]],{{[0-9]+}} {{[0-9]+}},{{[0-9]+}}"/>
// CHECK: >next 8C retained</text>
// CHECK: >gain 64 f32 · 4C once</text>
// CHECK: >2C · y 64 bf16</text>
// CHECK: <polyline class="total"
// CHECK: >Σ tokens · dphi 6×64 f32</text>
// CHECK: <rect class="token"
// CHECK-NEXT: >return: m 6 f32</text>

// What stands between kernels, and a kernel without a sweep, with names as they are printed.
// CHECK: <text class="muted"{{.*}}>call @F</text>
// CHECK: <rect class="kernel"
// CHECK: >matrix &amp; &lt;more&gt;</text>
// CHECK-NEXT: >coefficients: R 4×4 f32</text>
// CHECK: >sinkhorn</text>
// CHECK: >return: %{{.*}} 4×4 f32</text>
// CHECK: </svg>
func.func private @F(tensor<?x64xbf16>) -> tensor<?x64xbf16>
func.func @norm(%x: tensor<?x4x64xbf16> loc("x"), %R: tensor<?x4x4xf32> loc("R"), %pre: tensor<4xf32>,
                %gain: tensor<64xf32> loc("gain"), %phi: tensor<6x256xf32> loc("phi"),
                %e0: tensor<?x4x64xbf16>, %e1: tensor<?x64xbf16> loc("y"), %e2: tensor<?x6xf32> loc("m"),
                %e3: tensor<6x64xf32> loc("dphi"), %e4: tensor<?x4x4xf32>) -> (tensor<?x4x64xbf16>, tensor<?x4x4xf32>) {
  %0:4 = mhc.kernel "norm"
      ins(%a = %x : tensor<?x4x64xbf16> as !mhc.row<4x64xbf16>, %M = %R : tensor<?x4x4xf32> as vector<4x4xf32>,
          %w = %phi : tensor<6x256xf32> as !mhc.weight<6x4x64xf32>, %g = %gain : tensor<64xf32> as !mhc.row<64xf32>)
      outs(%e0 : tensor<?x4x64xbf16>, %e1 : tensor<?x64xbf16>, %e2 : tensor<?x6xf32>, %e3 : tensor<6x64xf32>) {
    %o, %ss, %m = mhc.sweep over 64 (%c = %a : !mhc.row<4x64xbf16>) -> (!mhc.row<4x64xbf16>, f32, vector<6xf32>) {
      %n = mhc.combine (%c by %M : vector<4xbf16>, vector<4x4xf32>) -> vector<4xbf16> loc("next")
      %q = mhc.inner whole %n, %n : (vector<4xbf16>, vector<4xbf16>) -> f32
      mhc.exit row(%n : vector<4xbf16>), sum(%q : f32), project(%n by %w : vector<4xbf16>, !mhc.weight<6x4x64xf32>)
    }
    %rs = mhc.rstd %ss {count = 256 : i64, eps = 1.0e-6 : f64} : f32
    %rss = vector.broadcast %rs : f32 to vector<4xf32>
    %y, %t = mhc.sweep over 64 (%c = %o : !mhc.row<4x64xbf16>, %h = %g : !mhc.row<64xf32>)
        -> (!mhc.row<64xbf16>, !mhc.total<6x64xf32>) {
      %v = mhc.aggregate %c, %rss : (vector<4xbf16>, vector<4xf32>) -> bf16
      %1 = arith.extf %v : bf16 to f32
      %2 = arith.mulf %1, %h : f32
      %3 = arith.mulf %2, %rs : f32
      %4 = arith.truncf %3 : f32 to bf16
      mhc.exit row(%4 : bf16), outer(%m by %4 : vector<6xf32>, bf16)
    }
    mhc.return %o, %y, %m, %t : !mhc.row<4x64xbf16>, !mhc.row<64xbf16>, vector<6xf32>, !mhc.total<6x64xf32>
  }
  %f = call @F(%0#1) : (tensor<?x64xbf16>) -> tensor<?x64xbf16>
  %5 = mhc.kernel "matrix & <more>" ins(%l = %R : tensor<?x4x4xf32> as vector<4x4xf32>) outs(%e4 : tensor<?x4x4xf32>) {
    %s = mhc.sinkhorn #mhc.sinkhorn<iterations = 2, eps = 1.0e-6, start = softmax> %l : vector<4x4xf32>
    mhc.return %s : vector<4x4xf32>
  }
  return %0#0, %5 : tensor<?x4x64xbf16>, tensor<?x4x4xf32>
}
