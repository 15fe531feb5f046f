// The host side of a program: arguments and results of every kind, copies, fills, async tokens,
// clusters, dynamic shared memory, kernels with descriptors and with bare pointers.

// RUN: mhc-run --device emulator %s --entry everything --orders 3 --arg full:2 --arg full:1 --arg full:21 --arg full:3 \
// RUN:   | FileCheck %s --check-prefix=ALL
// ALL: result 0: 8xf32 min 3 max 3 mean 3
// ALL: result 1: i32 min 42 max 42 mean 42
// ALL: result 2: 4x8xbf16 min 5 max 5 mean 5
// ALL: result 3: 8xf32 min 3 max 4 mean 3.5

module attributes {gpu.container_module} {
  gpu.module @descriptors {
    llvm.mlir.global external @shared() {addr_space = 3 : i32, alignment = 16} : !llvm.array<0 x i8>
    // Adds a number to a matrix, by way of shared memory.
    gpu.func @add(%x: memref<4x8xbf16, #gpu.address_space<global>>, %v: f32) kernel {
      %row = gpu.block_id x
      %column = gpu.thread_id x
      %a = memref.load %x[%row, %column] : memref<4x8xbf16, #gpu.address_space<global>>
      %b = arith.extf %a : bf16 to f32
      %c = arith.addf %b, %v : f32
      %base = llvm.mlir.addressof @shared : !llvm.ptr<3>
      %offset = arith.index_cast %column : index to i64
      %p = llvm.getelementptr %base[%offset] : (!llvm.ptr<3>, i64) -> !llvm.ptr<3>, f32
      llvm.store %c, %p : f32, !llvm.ptr<3>
      gpu.barrier
      %d = llvm.load %p : !llvm.ptr<3> -> f32
      %e = arith.truncf %d : f32 to bf16
      memref.store %e, %x[%row, %column] : memref<4x8xbf16, #gpu.address_space<global>>
      gpu.return
    }
  }
  gpu.module @pointers {
    // Every second element one more.
    llvm.func @increment(%p: !llvm.ptr<1>, %n: i32) attributes {gpu.kernel, nvvm.kernel} {
      %one = llvm.mlir.constant(1.0 : f32) : f32
      %two = llvm.mlir.constant(2 : i32) : i32
      %t = nvvm.read.ptx.sreg.tid.x : i32
      %in = llvm.icmp "slt" %t, %n : i32
      llvm.cond_br %in, ^add, ^end
    ^add:
      %i = llvm.mul %t, %two : i32
      %e = llvm.getelementptr %p[%i] : (!llvm.ptr<1>, i32) -> !llvm.ptr<1>, f32
      %v = llvm.load %e : !llvm.ptr<1> -> f32
      %w = llvm.fadd %v, %one : f32
      llvm.store %w, %e : f32, !llvm.ptr<1>
      llvm.br ^end
    ^end:
      llvm.return
    }
  }

  func.func @everything(%x: tensor<4x8xbf16>, %p: memref<8xf32>, %k: i32, %h: f32)
      -> (memref<8xf32>, i32, tensor<4x8xbf16>, memref<8xf32>) {
    %c1 = arith.constant 1 : index
    %c2 = arith.constant 2 : index
    %c4 = arith.constant 4 : index
    %c8 = arith.constant 8 : index
    %n = arith.constant 4 : i32
    %bytes = arith.constant 32 : i32
    %x0 = bufferization.to_buffer %x : tensor<4x8xbf16> to memref<4x8xbf16>
    %x1 = memref.alloc() : memref<4x8xbf16>
    memref.copy %x0, %x1 : memref<4x8xbf16> to memref<4x8xbf16>
    %x2 = memref.memory_space_cast %x1 : memref<4x8xbf16> to memref<4x8xbf16, #gpu.address_space<global>>
    %t0 = gpu.wait async
    %t1 = gpu.launch_func async [%t0] @descriptors::@add clusters in (%c2, %c1, %c1)
        blocks in (%c4, %c1, %c1) threads in (%c8, %c1, %c1) dynamic_shared_memory_size %bytes
        args(%x2 : memref<4x8xbf16, #gpu.address_space<global>>, %h : f32)
    %y, %t2 = gpu.alloc async [%t1] () : memref<8xf32>
    %t3 = gpu.memset async [%t2] %y, %h : memref<8xf32>, f32
    %t4 = gpu.memcpy async [%t3] %p, %y : memref<8xf32>, memref<8xf32>
    gpu.wait [%t4]
    %u = memref.cast %p : memref<8xf32> to memref<*xf32>
    gpu.host_register %u : memref<*xf32>
    gpu.launch_func @pointers::@increment blocks in (%c1, %c1, %c1) threads in (%c8, %c1, %c1)
        args(%p : memref<8xf32>, %n : i32)
    %temporary = gpu.alloc () : memref<4xf32>
    %half = memref.subview %p[1] [4] [2] : memref<8xf32> to memref<4xf32, strided<[2], offset: 1>>
    memref.copy %half, %temporary : memref<4xf32, strided<[2], offset: 1>> to memref<4xf32>
    gpu.dealloc %temporary : memref<4xf32>
    %x3 = bufferization.to_tensor %x1 restrict : memref<4x8xbf16> to tensor<4x8xbf16>
    %k2 = arith.addi %k, %k : i32
    return %y, %k2, %x3, %p : memref<8xf32>, i32, tensor<4x8xbf16>, memref<8xf32>
  }
}
