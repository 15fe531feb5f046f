// Each thread counts its own number up to 100 in global memory. Steps of the
// faulty entry miss it for ever, which no deadlock is: the launch is given up.

// RUN: mhc-run --device emulator %s --entry right --orders 4 --instructions 100000 \
// RUN: | FileCheck %s --check-prefix=RIGHT
// RUN: not mhc-run --device emulator %s --entry faulty --instructions 10000000 2>&1 \
// RUN: | FileCheck %s --check-prefix=FAULT

// RIGHT: result 0: 32xi32 min 100 max 100 mean 100
// FAULT: no-end.mlir:{{[0-9]+}}:{{[0-9]+}}: error: no end: the lanes of the launch have executed 100{{[0-9]+}} instructions

module attributes {gpu.container_module} {
  gpu.module @kernels {
    gpu.func @count(%step: i32, %out: memref<32xi32>) kernel {
      %t = gpu.thread_id x
      %zero = arith.constant 0 : i32
      %hundred = arith.constant 100 : i32
      memref.store %zero, %out[%t] : memref<32xi32>
      scf.while : () -> () {
        %old = memref.load %out[%t] : memref<32xi32>
        %new = arith.addi %old, %step : i32
        memref.store %new, %out[%t] : memref<32xi32>
        %early = arith.cmpi ne, %new, %hundred : i32
        scf.condition(%early)
      } do {
        scf.yield
      }
      gpu.return
    }
  }

  func.func @right() -> memref<32xi32> {
    %c1 = arith.constant 1 : index
    %c32 = arith.constant 32 : index
    %step = arith.constant 1 : i32
    %out = memref.alloc() : memref<32xi32>
    gpu.launch_func @kernels::@count
        blocks in (%c1, %c1, %c1) threads in (%c32, %c1, %c1)
        args(%step : i32, %out : memref<32xi32>)
    return %out : memref<32xi32>
  }

  func.func @faulty() -> memref<32xi32> {
    %c1 = arith.constant 1 : index
    %c32 = arith.constant 32 : index
    %step = arith.constant 8 : i32
    %out = memref.alloc() : memref<32xi32>
    gpu.launch_func @kernels::@count
        blocks in (%c1, %c1, %c1) threads in (%c32, %c1, %c1)
        args(%step : i32, %out : memref<32xi32>)
    return %out : memref<32xi32>
  }
}
