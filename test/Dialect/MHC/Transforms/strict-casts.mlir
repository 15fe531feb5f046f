// RUN: mhc-opt %s --mhc-strict-casts | FileCheck %s

// Flags of casts go, those of other ops stay.

// CHECK-LABEL: func.func @casts(
// CHECK:         arith.truncf %{{.*}} : f32 to bf16
// CHECK:         arith.extf %{{.*}} : bf16 to f32
// CHECK:         arith.addf %{{.*}}, %{{.*}} fastmath<contract> : f32
func.func @casts(%x: f32) -> f32 {
  %n = arith.truncf %x fastmath<contract> : f32 to bf16
  %w = arith.extf %n fastmath<contract> : bf16 to f32
  %s = arith.addf %w, %x fastmath<contract> : f32
  return %s : f32
}
