// One kernel fills a buffer and the next one copies it. The faulty entry frees
// the buffer between the launches.

// RUN: mhc-run --device emulator %s --entry right --orders 4 \
// RUN: | FileCheck %s --check-prefix=RIGHT
// RUN: not mhc-run --device emulator %s --entry faulty 2>&1 \
// RUN: | FileCheck %s --check-prefix=FAULT

// RIGHT: result 0: 64xi32 min 0 max 63 mean 31.5

module attributes {gpu.container_module} {
  gpu.module @kernels {
    gpu.func @fill(%out: memref<64xi32>) kernel {
      %t = gpu.thread_id x
      %v = arith.index_cast %t : index to i32
      memref.store %v, %out[%t] : memref<64xi32>
      gpu.return
    }

    gpu.func @copy(%in: memref<64xi32>, %out: memref<64xi32>) kernel {
      %t = gpu.thread_id x
      // FAULT: use-after-free.mlir:[[#@LINE+1]]:{{[0-9]+}}: error: use after free
      %x = memref.load %in[%t] : memref<64xi32>
      memref.store %x, %out[%t] : memref<64xi32>
      gpu.return
    }
  }

  func.func @right() -> memref<64xi32> {
    %c1 = arith.constant 1 : index
    %c64 = arith.constant 64 : index
    %between = memref.alloc() : memref<64xi32>
    %out = memref.alloc() : memref<64xi32>
    gpu.launch_func @kernels::@fill
        blocks in (%c1, %c1, %c1) threads in (%c64, %c1, %c1)
        args(%between : memref<64xi32>)
    gpu.launch_func @kernels::@copy
        blocks in (%c1, %c1, %c1) threads in (%c64, %c1, %c1)
        args(%between : memref<64xi32>, %out : memref<64xi32>)
    memref.dealloc %between : memref<64xi32>
    return %out : memref<64xi32>
  }

  func.func @faulty() -> memref<64xi32> {
    %c1 = arith.constant 1 : index
    %c64 = arith.constant 64 : index
    %between = memref.alloc() : memref<64xi32>
    %out = memref.alloc() : memref<64xi32>
    gpu.launch_func @kernels::@fill
        blocks in (%c1, %c1, %c1) threads in (%c64, %c1, %c1)
        args(%between : memref<64xi32>)
    memref.dealloc %between : memref<64xi32>
    gpu.launch_func @kernels::@copy
        blocks in (%c1, %c1, %c1) threads in (%c64, %c1, %c1)
        args(%between : memref<64xi32>, %out : memref<64xi32>)
    return %out : memref<64xi32>
  }
}
