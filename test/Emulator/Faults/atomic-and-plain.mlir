// 64 threads count in global memory by atomic additions, and thread 0 loads
// the sum plainly. The barrier between the two is missing.

// RUN: mhc-run --device emulator %s --entry right --orders 4 --arg zeros \
// RUN: | FileCheck %s --check-prefix=RIGHT
// RUN: not mhc-run --device emulator %s --entry faulty --arg zeros 2>&1 \
// RUN: | FileCheck %s --check-prefix=FAULT

// RIGHT: result 0: 1xi32 min 64 max 64 mean 64

module attributes {gpu.container_module} {
  gpu.module @kernels {
    gpu.func @right(%counter: !llvm.ptr<1>, %out: memref<1xi32>) kernel {
      %t = gpu.thread_id x
      %c0 = arith.constant 0 : index
      %one = arith.constant 1 : i32
      %old = llvm.atomicrmw add %counter, %one syncscope("device") monotonic : !llvm.ptr<1>, i32
      gpu.barrier
      %first = arith.cmpi eq, %t, %c0 : index
      scf.if %first {
        %sum = llvm.load %counter : !llvm.ptr<1> -> i32
        memref.store %sum, %out[%c0] : memref<1xi32>
      }
      gpu.return
    }

    gpu.func @faulty(%counter: !llvm.ptr<1>, %out: memref<1xi32>) kernel {
      %t = gpu.thread_id x
      %c0 = arith.constant 0 : index
      %one = arith.constant 1 : i32
      // FAULT-DAG: atomic-and-plain.mlir:[[#@LINE+1]]:{{[0-9]+}}: {{error: race on global memory|note: .* here}}
      %old = llvm.atomicrmw add %counter, %one syncscope("device") monotonic : !llvm.ptr<1>, i32
      %first = arith.cmpi eq, %t, %c0 : index
      scf.if %first {
        // FAULT-DAG: atomic-and-plain.mlir:[[#@LINE+1]]:{{[0-9]+}}: {{error: race on global memory|note: .* here}}
        %sum = llvm.load %counter : !llvm.ptr<1> -> i32
        memref.store %sum, %out[%c0] : memref<1xi32>
      }
      gpu.return
    }
  }

  func.func @right(%counter: memref<1xi32>) -> memref<1xi32> {
    %c1 = arith.constant 1 : index
    %c64 = arith.constant 64 : index
    %out = memref.alloc() : memref<1xi32>
    %counter_index = memref.extract_aligned_pointer_as_index %counter : memref<1xi32> -> index
    %counter_address = arith.index_cast %counter_index : index to i64
    %counter_pointer = llvm.inttoptr %counter_address : i64 to !llvm.ptr<1>
    gpu.launch_func @kernels::@right
        blocks in (%c1, %c1, %c1) threads in (%c64, %c1, %c1)
        args(%counter_pointer : !llvm.ptr<1>, %out : memref<1xi32>)
    return %out : memref<1xi32>
  }

  func.func @faulty(%counter: memref<1xi32>) -> memref<1xi32> {
    %c1 = arith.constant 1 : index
    %c64 = arith.constant 64 : index
    %out = memref.alloc() : memref<1xi32>
    %counter_index = memref.extract_aligned_pointer_as_index %counter : memref<1xi32> -> index
    %counter_address = arith.index_cast %counter_index : index to i64
    %counter_pointer = llvm.inttoptr %counter_address : i64 to !llvm.ptr<1>
    gpu.launch_func @kernels::@faulty
        blocks in (%c1, %c1, %c1) threads in (%c64, %c1, %c1)
        args(%counter_pointer : !llvm.ptr<1>, %out : memref<1xi32>)
    return %out : memref<1xi32>
  }
}
