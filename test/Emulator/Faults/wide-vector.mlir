// One thread stores 512 numbers at once, which takes many instructions of the
// device. The buffer of the faulty entry is 16 bytes too small for them.

// RUN: mhc-run --device emulator %s --entry right --orders 4 \
// RUN: | FileCheck %s --check-prefix=RIGHT
// RUN: not mhc-run --device emulator %s --entry faulty 2>&1 \
// RUN: | FileCheck %s --check-prefix=FAULT

// RIGHT: result 0: 512xf32 min 1 max 1 mean 1

module attributes {gpu.container_module} {
  gpu.module @kernels {
    gpu.func @fill(%out: memref<?xf32>) kernel {
      %c0 = arith.constant 0 : index
      %ones = arith.constant dense<1.0> : vector<512xf32>
      // FAULT: wide-vector.mlir:[[#@LINE+1]]:{{[0-9]+}}: error: out of bounds write of global memory
      vector.store %ones, %out[%c0] : memref<?xf32>, vector<512xf32>
      gpu.return
    }
  }

  func.func @right() -> memref<512xf32> {
    %c1 = arith.constant 1 : index
    %out = memref.alloc() : memref<512xf32>
    %buffer = memref.cast %out : memref<512xf32> to memref<?xf32>
    gpu.launch_func @kernels::@fill
        blocks in (%c1, %c1, %c1) threads in (%c1, %c1, %c1)
        args(%buffer : memref<?xf32>)
    return %out : memref<512xf32>
  }

  func.func @faulty() -> memref<508xf32> {
    %c1 = arith.constant 1 : index
    %out = memref.alloc() : memref<508xf32>
    %buffer = memref.cast %out : memref<508xf32> to memref<?xf32>
    gpu.launch_func @kernels::@fill
        blocks in (%c1, %c1, %c1) threads in (%c1, %c1, %c1)
        args(%buffer : memref<?xf32>)
    return %out : memref<508xf32>
  }
}
