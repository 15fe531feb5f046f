// Elements behind 2^31 of a buffer of 4.8e9: eight CTAs write and read places
// 600 million elements apart. The emulator's memory is as large as what is
// touched.

// RUN: mhc-run --device emulator %s --arg full:4800000000 | FileCheck %s
// CHECK: result 0: 256xbf16 min 0 max 7 mean 3.5

module attributes {gpu.container_module} {
  gpu.module @kernels {
    gpu.func @far(%x: memref<?xbf16>, %y: memref<?xbf16>) kernel {
      %t = gpu.thread_id x
      %b = gpu.block_id x
      %s = arith.constant 600000000 : index
      %i = arith.muli %b, %s : index
      %j = arith.addi %i, %t : index
      %v = arith.index_cast %b : index to i32
      %f = arith.sitofp %v : i32 to bf16
      memref.store %f, %x[%j] : memref<?xbf16>
      %w = memref.load %x[%j] : memref<?xbf16>
      %c32 = arith.constant 32 : index
      %bi = arith.muli %b, %c32 : index
      %o = arith.addi %bi, %t : index
      memref.store %w, %y[%o] : memref<?xbf16>
      gpu.return
    }
  }
  func.func @main(%m: i64) -> memref<?xbf16> {
    %n = arith.index_cast %m : i64 to index
    %c1 = arith.constant 1 : index
    %c32 = arith.constant 32 : index
    %c8 = arith.constant 8 : index
    %c256 = arith.constant 256 : index
    %x = memref.alloc(%n) : memref<?xbf16>
    %y = memref.alloc(%c256) : memref<?xbf16>
    gpu.launch_func @kernels::@far blocks in (%c8, %c1, %c1) threads in (%c32, %c1, %c1)
        args(%x : memref<?xbf16>, %y : memref<?xbf16>)
    return %y : memref<?xbf16>
  }
}
