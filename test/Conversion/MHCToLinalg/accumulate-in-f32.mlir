// RUN: mhc-opt %s --convert-mhc-to-linalg=accumulate-in-f64=false --mlir-print-local-scope | FileCheck %s --implicit-check-not=f64
// RUN: mhc-opt %s --convert-mhc-to-linalg --mlir-print-local-scope | FileCheck %s --check-prefix=DEFAULT

// Sums over hidden and over tokens in the type of the coefficients: no f64 anywhere, and nothing is rounded after
// the sum. (Folding a norm weight multiplies in f64 all the same.)

// DEFAULT-COUNT-4: math.fma {{.*}} : f64

// CHECK-LABEL: func.func @sums(
// CHECK:         linalg.fill ins(%{{.*}} : f32) outs(%{{.*}} : tensor<?xf32>)
// CHECK:           %[[A:.*]] = arith.extf %{{.*}} : bf16 to f32
// CHECK-NEXT:      %[[B:.*]] = arith.extf %{{.*}} : bf16 to f32
// CHECK-NEXT:      %[[C:.*]] = math.fma %[[A]], %[[B]], %{{.*}} : f32
// CHECK-NEXT:      linalg.yield %[[C]] : f32
// CHECK-NEXT:    } -> tensor<?xf32>
// CHECK-NOT:     truncf
// CHECK:         linalg.fill ins(%{{.*}} : f32) outs(%{{.*}} : tensor<?x3xf32>)
// CHECK:           math.fma {{.*}} : f32
// CHECK-NOT:     truncf
// CHECK:         linalg.fill ins(%{{.*}} : f32) outs(%{{.*}} : tensor<?x2x3xf32>)
// CHECK:           math.fma {{.*}} : f32
// CHECK-NOT:     truncf
// CHECK:         linalg.fill ins(%{{.*}} : f32) outs(%{{.*}} : tensor<3x2x4xf32>)
// CHECK:           math.fma {{.*}} : f32
// CHECK-NOT:     truncf
// CHECK:         return
func.func @sums(%x: tensor<?x2x4xbf16>, %phi: tensor<3x8xf32>, %psi: tensor<3x4xf32>)
    -> (tensor<?xf32>, tensor<?x3xf32>, tensor<?x2x3xf32>, tensor<3x8xf32>) {
  %0 = mhc.inner whole %x, %x : (tensor<?x2x4xbf16>, tensor<?x2x4xbf16>) -> tensor<?xf32>
  %1 = mhc.project %x by %phi : (tensor<?x2x4xbf16>, tensor<3x8xf32>) -> tensor<?x3xf32>
  %2 = mhc.project each %x by %psi : (tensor<?x2x4xbf16>, tensor<3x4xf32>) -> tensor<?x2x3xf32>
  %3 = mhc.outer %1 by %x : (tensor<?x3xf32>, tensor<?x2x4xbf16>) -> tensor<3x8xf32>
  return %0, %1, %2, %3 : tensor<?xf32>, tensor<?x3xf32>, tensor<?x2x3xf32>, tensor<3x8xf32>
}
