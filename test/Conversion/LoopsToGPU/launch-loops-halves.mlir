// RUN: mhc-opt %s --pass-pipeline='builtin.module(func.func(mhc-launch-loops),gpu-kernel-outlining)' | FileCheck %s

// Numbers of 16 bits are handed over in 32.
// CHECK-LABEL: func.func @halves
// CHECK-SAME:    %{{.*}}: memref<64xbf16>, %[[V:.*]]: bf16
// CHECK:         %[[BITS:.*]] = arith.bitcast %[[V]] : bf16 to i16
// CHECK:         %[[WORD:.*]] = arith.extui %[[BITS]] : i16 to i32
// CHECK:         gpu.launch_func {{.*}} args({{.*}}%[[WORD]] : i32
// CHECK:         gpu.func
// CHECK:           %[[LOW:.*]] = arith.trunci %{{.*}} : i32 to i16
// CHECK:           arith.bitcast %[[LOW]] : i16 to bf16
func.func @halves(%x: memref<64xbf16>, %v: bf16) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c64 = arith.constant 64 : index
  scf.parallel (%i) = (%c0) to (%c64) step (%c1) {
    memref.store %v, %x[%i] : memref<64xbf16>
  }
  return
}
