// --emit-ptx writes the PTX of each gpu.module, and runs nothing.

// RUN: rm -rf %t && split-file %s %t

// RUN: mhc-run --device emulator %t/one.mlir --emit-ptx %t/one.ptx | count 0
// RUN: FileCheck %s --check-prefix=ONE --input-file=%t/one.ptx
// RUN: mhc-run --device emulator %t/one.mlir --emit-ptx - | FileCheck %s --check-prefix=ONE
// RUN: %if ptxas %{ ptxas -arch=sm_90a %t/one.ptx -o %t/one.cubin %}
// ONE: .target sm_90a{{$}}
// ONE: .entry first(

// RUN: mhc-run --device emulator %t/two.mlir --emit-ptx %t/two.ptx
// RUN: FileCheck %s --check-prefix=A --input-file=%t/two.a.ptx
// RUN: FileCheck %s --check-prefix=B --input-file=%t/two.b.ptx
// RUN: not ls %t/two.ptx
// A:     .entry first(
// A-NOT: .entry second(
// B-NOT: .entry first(
// B:     .entry second(

// A gpu.launch is a kernel of its own.
// RUN: mhc-run --device emulator %t/launch.mlir --emit-ptx - | FileCheck %s --check-prefix=LAUNCH
// LAUNCH: .entry main_kernel(

// RUN: not mhc-run --device emulator %t/none.mlir --emit-ptx %t/none.ptx 2>&1 | FileCheck %s --check-prefix=NONE
// NONE: error: --emit-ptx expects a gpu.module in {{.*}}none.mlir, which has none
// RUN: not mhc-run --device emulator %t/one.mlir --emit-ptx %t/missing/x.ptx 2>&1 | FileCheck %s --check-prefix=FOLDER
// FOLDER: error: {{.*}}No such file or directory

//--- one.mlir
gpu.module @a {
  gpu.func @first() kernel {
    gpu.return
  }
}
//--- two.mlir
gpu.module @a {
  gpu.func @first() kernel {
    gpu.return
  }
}
gpu.module @b {
  gpu.func @second() kernel {
    gpu.return
  }
}
//--- launch.mlir
func.func @main(%x: memref<4xf32>, %v: f32) {
  %c1 = arith.constant 1 : index
  %c4 = arith.constant 4 : index
  gpu.launch blocks(%a, %b, %c) in (%d = %c1, %e = %c1, %f = %c1)
             threads(%i, %j, %k) in (%l = %c4, %m = %c1, %n = %c1) {
    memref.store %v, %x[%i] : memref<4xf32>
    gpu.terminator
  }
  return
}
//--- none.mlir
func.func @main() {
  return
}
