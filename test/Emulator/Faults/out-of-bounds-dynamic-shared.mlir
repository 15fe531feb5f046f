// 64 threads reverse their numbers through dynamic shared memory, for which
// they need 256 bytes. The faulty launch gives 240.

// RUN: mhc-run --device emulator %s --entry right --orders 4 \
// RUN: | FileCheck %s --check-prefix=RIGHT
// RUN: not mhc-run --device emulator %s --entry faulty 2>&1 \
// RUN: | FileCheck %s --check-prefix=FAULT

// RIGHT: result 0: 64xi32 min 0 max 63 mean 31.5

module attributes {gpu.container_module} {
  gpu.module @kernels {
    llvm.mlir.global external @memory() {addr_space = 3 : i32, alignment = 16 : i64} : !llvm.array<0 x i32>

    gpu.func @reverse(%out: memref<64xi32>) kernel {
      %t = gpu.thread_id x
      %last = arith.constant 63 : i32
      %v = arith.index_cast %t : index to i32
      %memory = llvm.mlir.addressof @memory : !llvm.ptr<3>
      %mine = llvm.getelementptr %memory[%v] : (!llvm.ptr<3>, i32) -> !llvm.ptr<3>, i32
      // FAULT: out-of-bounds-dynamic-shared.mlir:[[#@LINE+1]]:{{[0-9]+}}: error: out of bounds write of shared memory
      llvm.store %v, %mine : i32, !llvm.ptr<3>
      gpu.barrier
      %u = arith.subi %last, %v : i32
      %theirs = llvm.getelementptr %memory[%u] : (!llvm.ptr<3>, i32) -> !llvm.ptr<3>, i32
      %w = llvm.load %theirs : !llvm.ptr<3> -> i32
      memref.store %w, %out[%t] : memref<64xi32>
      gpu.return
    }
  }

  func.func @right() -> memref<64xi32> {
    %c1 = arith.constant 1 : index
    %c64 = arith.constant 64 : index
    %bytes = arith.constant 256 : i32
    %out = memref.alloc() : memref<64xi32>
    gpu.launch_func @kernels::@reverse
        blocks in (%c1, %c1, %c1) threads in (%c64, %c1, %c1)
        dynamic_shared_memory_size %bytes
        args(%out : memref<64xi32>)
    return %out : memref<64xi32>
  }

  func.func @faulty() -> memref<64xi32> {
    %c1 = arith.constant 1 : index
    %c64 = arith.constant 64 : index
    %bytes = arith.constant 240 : i32
    %out = memref.alloc() : memref<64xi32>
    gpu.launch_func @kernels::@reverse
        blocks in (%c1, %c1, %c1) threads in (%c64, %c1, %c1)
        dynamic_shared_memory_size %bytes
        args(%out : memref<64xi32>)
    return %out : memref<64xi32>
  }
}
