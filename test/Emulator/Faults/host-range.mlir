// The host copies an argument into a new buffer. The faulty entries copy a
// thousand numbers from or to where there are four, or return a buffer that is freed.

// RUN: mhc-run --device emulator %s --entry right --orders 4 --arg full:1:4 \
// RUN: | FileCheck %s --check-prefix=RIGHT
// RUN: not mhc-run --device emulator %s --entry long --arg full:1:4 2>&1 \
// RUN: | FileCheck %s --check-prefix=LONG
// RUN: not mhc-run --device emulator %s --entry short --arg full:1:4 2>&1 \
// RUN: | FileCheck %s --check-prefix=SHORT
// RUN: not mhc-run --device emulator %s --entry freed --arg full:1:4 2>&1 \
// RUN: | FileCheck %s --check-prefix=FREED

// RIGHT: result 0: 4xf32 min 2 max 2 mean 2

module attributes {gpu.container_module} {
  gpu.module @kernels {
    gpu.func @double(%x: memref<4xf32>) kernel {
      %t = gpu.thread_id x
      %v = memref.load %x[%t] : memref<4xf32>
      %w = arith.addf %v, %v : f32
      memref.store %w, %x[%t] : memref<4xf32>
      gpu.return
    }
  }

  func.func @right(%x: memref<?xf32>) -> memref<4xf32> {
    %c1 = arith.constant 1 : index
    %c4 = arith.constant 4 : index
    %copy = memref.alloc() : memref<4xf32>
    %four = memref.cast %x : memref<?xf32> to memref<4xf32>
    memref.copy %four, %copy : memref<4xf32> to memref<4xf32>
    gpu.launch_func @kernels::@double
        blocks in (%c1, %c1, %c1) threads in (%c4, %c1, %c1)
        args(%copy : memref<4xf32>)
    return %copy : memref<4xf32>
  }

  func.func @long(%x: memref<?xf32>) -> memref<1000xf32> {
    %copy = memref.alloc() : memref<1000xf32>
    %all = memref.reinterpret_cast %x to offset: [0], sizes: [1000], strides: [1] : memref<?xf32> to memref<1000xf32>
    // LONG: host-range.mlir:[[#@LINE+1]]:{{[0-9]+}}: error: out of bounds use by the host: 4000 bytes of the source of a copy at 'argument 0' + 0x0 of 0x10 bytes
    memref.copy %all, %copy : memref<1000xf32> to memref<1000xf32>
    return %copy : memref<1000xf32>
  }

  func.func @short(%x: memref<?xf32>) -> memref<4xf32> {
    %from = memref.alloc() : memref<1000xf32>
    %one = arith.constant 1.0 : f32
    linalg.fill ins(%one : f32) outs(%from : memref<1000xf32>)
    %copy = memref.alloc() : memref<4xf32>
    %all = memref.reinterpret_cast %copy to offset: [0], sizes: [1000], strides: [1] : memref<4xf32> to memref<1000xf32>
    // SHORT: host-range.mlir:[[#@LINE+1]]:{{[0-9]+}}: error: out of bounds use by the host: 4000 bytes of the target of a copy at '%copy' + 0x0 of 0x10 bytes
    memref.copy %from, %all : memref<1000xf32> to memref<1000xf32>
    return %copy : memref<4xf32>
  }

  // FREED: host-range.mlir:[[#@LINE+1]]:{{[0-9]+}}: error: use after free: 16 bytes of result 0 at '%copy' + 0x0 of 0x10 bytes, which was deallocated
  func.func @freed(%x: memref<?xf32>) -> memref<4xf32> {
    // FREED: host-range.mlir:[[#@LINE+1]]:{{[0-9]+}}: note: it was allocated here
    %copy = memref.alloc() : memref<4xf32>
    %four = memref.cast %x : memref<?xf32> to memref<4xf32>
    memref.copy %four, %copy : memref<4xf32> to memref<4xf32>
    memref.dealloc %copy : memref<4xf32>
    return %copy : memref<4xf32>
  }
}
