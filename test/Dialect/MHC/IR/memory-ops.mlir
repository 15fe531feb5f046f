// RUN: mhc-opt %s | mhc-opt | FileCheck %s
// RUN: mhc-opt %s --canonicalize --cse | FileCheck %s

// CHECK-LABEL: func.func @lives(
// CHECK-SAME: %[[A:.+]]: memref<?x4x64xbf16>, %[[B:.+]]: memref<f32, 1>)
// CHECK-NEXT: mhc.life_begin "x" %[[A]] : memref<?x4x64xbf16>
// CHECK-NEXT: mhc.life_begin "" %[[B]] {note = 1 : i64} : memref<f32, 1>
// CHECK-NEXT: mhc.life_end "x" %[[A]] : memref<?x4x64xbf16>
// CHECK-NEXT: mhc.life_end "" %[[B]] : memref<f32, 1>
func.func @lives(%a: memref<?x4x64xbf16>, %b: memref<f32, 1>) {
  mhc.life_begin "x" %a : memref<?x4x64xbf16>
  mhc.life_begin "" %b {note = 1} : memref<f32, 1>
  mhc.life_end "x" %a : memref<?x4x64xbf16>
  mhc.life_end "" %b : memref<f32, 1>
  return
}

// The marker of a life stays though nothing uses the buffer, and what is read
// before it is not what is read after it.
// CHECK-LABEL: func.func @barrier(
// CHECK: memref.load
// CHECK: mhc.life_begin
// CHECK: memref.load
func.func @barrier(%a: memref<4xf32>, %i: index) -> (f32, f32) {
  %0 = memref.load %a[%i] : memref<4xf32>
  mhc.life_begin "a" %a : memref<4xf32>
  %1 = memref.load %a[%i] : memref<4xf32>
  return %0, %1 : f32, f32
}
