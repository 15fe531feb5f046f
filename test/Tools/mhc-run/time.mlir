// --time says how long the program ran, on standard error alone.
// RUN: mhc-run %s --device cpu --repeat 3 --time 2>%t.err | FileCheck %s
// RUN: FileCheck --check-prefix=TIME %s < %t.err
// CHECK: result 0: f32 min 1
// CHECK-NOT: time
// TIME: time: median {{[0-9.]+}} ms, from {{[0-9.]+}} to {{[0-9.]+}}, of 3 runs
func.func @one() -> f32 {
  %c = arith.constant 1.0 : f32
  return %c : f32
}
