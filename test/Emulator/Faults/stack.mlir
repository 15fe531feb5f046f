// A device function that calls itself: it counts down to zero. The faulty entry
// counts in steps of two from an odd number, and never gets there.

// RUN: mhc-run --device emulator %s --entry right --orders 4 --arg full:1 \
// RUN: | FileCheck %s --check-prefix=RIGHT
// RUN: not mhc-run --device emulator %s --entry faulty --arg full:1 2>&1 \
// RUN: | FileCheck %s --check-prefix=FAULT

// RIGHT: result 0: 4xi32 min 10 max 10 mean 10
// FAULT: stack.mlir:{{[0-9]+}}:{{[0-9]+}}: error: out of stack: the calls of thread {{.*}} are nested too deep

module attributes {gpu.container_module} {
  gpu.module @kernels {
    func.func private @sum(%in: memref<4xi32>, %n: i32, %step: i32) -> i32 attributes {passthrough = ["noinline"]} {
      %zero = arith.constant 0 : i32
      %end = arith.cmpi eq, %n, %zero : i32
      %r = scf.if %end -> i32 {
        scf.yield %zero : i32
      } else {
        %next = arith.subi %n, %step : i32
        %rest = func.call @sum(%in, %next, %step) : (memref<4xi32>, i32, i32) -> i32
        %t = gpu.thread_id x
        %factor = memref.load %in[%t] : memref<4xi32>
        %scaled = arith.muli %rest, %factor : i32
        %all = arith.addi %scaled, %step : i32
        memref.store %factor, %in[%t] : memref<4xi32>
        scf.yield %all : i32
      }
      return %r : i32
    }

    gpu.func @kernel(%in: memref<4xi32>, %n: i32, %step: i32, %out: memref<4xi32>) kernel {
      %t = gpu.thread_id x
      %v = func.call @sum(%in, %n, %step) : (memref<4xi32>, i32, i32) -> i32
      memref.store %v, %out[%t] : memref<4xi32>
      gpu.return
    }
  }

  func.func @right(%in: memref<4xi32>) -> memref<4xi32> {
    %c1 = arith.constant 1 : index
    %c4 = arith.constant 4 : index
    %n = arith.constant 10 : i32
    %step = arith.constant 1 : i32
    %out = memref.alloc() : memref<4xi32>
    gpu.launch_func @kernels::@kernel
        blocks in (%c1, %c1, %c1) threads in (%c4, %c1, %c1)
        args(%in : memref<4xi32>, %n : i32, %step : i32, %out : memref<4xi32>)
    return %out : memref<4xi32>
  }

  func.func @faulty(%in: memref<4xi32>) -> memref<4xi32> {
    %c1 = arith.constant 1 : index
    %c4 = arith.constant 4 : index
    %n = arith.constant 11 : i32
    %step = arith.constant 2 : i32
    %out = memref.alloc() : memref<4xi32>
    gpu.launch_func @kernels::@kernel
        blocks in (%c1, %c1, %c1) threads in (%c4, %c1, %c1)
        args(%in : memref<4xi32>, %n : i32, %step : i32, %out : memref<4xi32>)
    return %out : memref<4xi32>
  }
}
