// Each thread has an array of eight numbers in local memory and takes one. The
// faulty entries index behind it: into what is another thread's, or nobody's.

// RUN: mhc-run --device emulator %s --entry right --orders 4 \
// RUN: | FileCheck %s --check-prefix=RIGHT
// RUN: not mhc-run --device emulator %s --entry near 2>&1 \
// RUN: | FileCheck %s --check-prefix=NEAR
// RUN: not mhc-run --device emulator %s --entry far 2>&1 \
// RUN: | FileCheck %s --check-prefix=FAR

// RIGHT: result 0: 32xi32 min 0 max 7 mean 3.5

module attributes {gpu.container_module} {
  gpu.module @kernels {
    gpu.func @take(%modulus: index, %out: memref<32xi32>) kernel {
      %t = gpu.thread_id x
      %c0 = arith.constant 0 : index
      %c1 = arith.constant 1 : index
      %c8 = arith.constant 8 : index
      %numbers = memref.alloca() : memref<8xi32>
      scf.for %i = %c0 to %c8 step %c1 {
        %number = arith.index_cast %i : index to i32
        memref.store %number, %numbers[%i] : memref<8xi32>
      }
      %place = arith.remui %t, %modulus : index
      // NEAR: local-memory.mlir:[[#@LINE+1]]:{{[0-9]+}}: error: out of bounds read of local memory: 4 bytes {{.*}} by thread (8, 0, 0)
      %v = memref.load %numbers[%place] : memref<8xi32>
      memref.store %v, %out[%t] : memref<32xi32>
      gpu.return
    }

    llvm.func @keep(%place: i32, %out: !llvm.ptr<1>) attributes {gpu.kernel, nvvm.kernel} {
      %eight = llvm.mlir.constant(8 : i32) : i32
      %t = nvvm.read.ptx.sreg.tid.x : i32
      %numbers = llvm.alloca %eight x i32 : (i32) -> !llvm.ptr
      %number = llvm.getelementptr %numbers[%place] : (!llvm.ptr, i32) -> !llvm.ptr, i32
      // FAR: local-memory.mlir:[[#@LINE+1]]:{{[0-9]+}}: error: out of bounds write of local memory: 4 bytes
      llvm.store volatile %t, %number : i32, !llvm.ptr
      // FAR: local-memory.mlir:[[#@LINE+1]]:{{[0-9]+}}: error: out of bounds read of local memory: 4 bytes
      %v = llvm.load volatile %number : !llvm.ptr -> i32
      %mine = llvm.getelementptr %out[%t] : (!llvm.ptr<1>, i32) -> !llvm.ptr<1>, i32
      llvm.store %v, %mine : i32, !llvm.ptr<1>
      llvm.return
    }
  }

  func.func @right() -> memref<32xi32> {
    %c1 = arith.constant 1 : index
    %c8 = arith.constant 8 : index
    %c32 = arith.constant 32 : index
    %out = memref.alloc() : memref<32xi32>
    gpu.launch_func @kernels::@take
        blocks in (%c1, %c1, %c1) threads in (%c32, %c1, %c1)
        args(%c8 : index, %out : memref<32xi32>)
    return %out : memref<32xi32>
  }

  func.func @near() -> memref<32xi32> {
    %c1 = arith.constant 1 : index
    %c32 = arith.constant 32 : index
    %out = memref.alloc() : memref<32xi32>
    gpu.launch_func @kernels::@take
        blocks in (%c1, %c1, %c1) threads in (%c32, %c1, %c1)
        args(%c32 : index, %out : memref<32xi32>)
    return %out : memref<32xi32>
  }

  func.func @far() -> memref<32xi32> {
    %c1 = arith.constant 1 : index
    %c32 = arith.constant 32 : index
    %place = arith.constant 1000 : i32
    %out = memref.alloc() : memref<32xi32>
    %index = memref.extract_aligned_pointer_as_index %out : memref<32xi32> -> index
    %address = arith.index_cast %index : index to i64
    %pointer = llvm.inttoptr %address : i64 to !llvm.ptr<1>
    gpu.launch_func @kernels::@keep
        blocks in (%c1, %c1, %c1) threads in (%c32, %c1, %c1)
        args(%place : i32, %pointer : !llvm.ptr<1>)
    return %out : memref<32xi32>
  }
}
