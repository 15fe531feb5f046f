// What kernels print (gpu.printf) goes to standard output, and an assertion
// that fails (cf.assert) is a finding that ends its thread.

// RUN: mhc-run --device emulator %s --arg full:1.5 --entry prints \
// RUN: | FileCheck %s --check-prefix=PRINTS
// RUN: not mhc-run --device emulator %s --arg full:1.5 --entry asserts 2>&1 \
// RUN: | FileCheck %s --check-prefix=ASSERTS

// PRINTS: thread 0 has 1.500000 (100%)
// PRINTS-NEXT: thread 1 has 1.500000 (100%)
// PRINTS-NEXT: wide -5 and c
// PRINTS-NEXT: result 0

module attributes {gpu.container_module} {
  gpu.module @kernels {
    gpu.func @prints(%x: memref<2xf32>) kernel {
      %t = gpu.thread_id x
      %v = memref.load %x[%t] : memref<2xf32>
      %i = arith.index_cast %t : index to i32
      gpu.printf "thread %d has %f (100%%)\n", %i, %v : i32, f32
      %c1 = arith.constant 1 : i32
      %last = arith.cmpi eq, %i, %c1 : i32
      scf.if %last {
        %wide = arith.constant -5 : i64
        %letter = arith.constant 99 : i32
        gpu.printf "wide %lld and %c\n", %wide, %letter : i64, i32
      }
      gpu.return
    }

    gpu.func @asserts(%x: memref<2xf32>) kernel {
      %t = gpu.thread_id x
      %c1 = arith.constant 1 : index
      %small = arith.cmpi ult, %t, %c1 : index
      // ASSERTS: messages.mlir:[[#@LINE+1]]:{{[0-9]+}}: error: assertion failed: t must be 0, by thread (1, 0, 0)
      cf.assert %small, "t must be 0"
      gpu.return
    }
  }

  func.func @prints(%x: memref<2xf32>) -> memref<2xf32> {
    %c1 = arith.constant 1 : index
    %c2 = arith.constant 2 : index
    gpu.launch_func @kernels::@prints
        blocks in (%c1, %c1, %c1) threads in (%c2, %c1, %c1)
        args(%x : memref<2xf32>)
    return %x : memref<2xf32>
  }

  func.func @asserts(%x: memref<2xf32>) -> memref<2xf32> {
    %c1 = arith.constant 1 : index
    %c2 = arith.constant 2 : index
    gpu.launch_func @kernels::@asserts
        blocks in (%c1, %c1, %c1) threads in (%c2, %c1, %c1)
        args(%x : memref<2xf32>)
    return %x : memref<2xf32>
  }
}
