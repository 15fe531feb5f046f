// CTA 0 stores 32 numbers and raises a flag; CTA 1 spins on the flag and loads
// them. The flag itself is relaxed; fences order it after the stores and
// before the loads. The writer's is missing.

// RUN: mhc-run --device emulator %s --entry right --orders 4 --arg zeros \
// RUN: | FileCheck %s --check-prefix=RIGHT
// RUN: not mhc-run --device emulator %s --entry faulty --arg zeros 2>&1 \
// RUN: | FileCheck %s --check-prefix=FAULT

// RIGHT: result 0: 32xi32 min 0 max 31 mean 15.5

module attributes {gpu.container_module} {
  gpu.module @kernels {
    gpu.func @right(%flag: !llvm.ptr<1>, %numbers: memref<32xi32>, %out: memref<32xi32>) kernel {
      %t = gpu.thread_id x
      %b = gpu.block_id x
      %c0 = arith.constant 0 : index
      %zero = arith.constant 0 : i32
      %one = arith.constant 1 : i32
      %writer = arith.cmpi eq, %b, %c0 : index
      %first = arith.cmpi eq, %t, %c0 : index
      scf.if %writer {
        %v = arith.index_cast %t : index to i32
        memref.store %v, %numbers[%t] : memref<32xi32>
        gpu.barrier
        scf.if %first {
          llvm.fence syncscope("device") seq_cst
          llvm.store %one, %flag atomic syncscope("device") monotonic {alignment = 4 : i64} : i32, !llvm.ptr<1>
        }
      } else {
        scf.if %first {
          scf.while : () -> () {
            %state = llvm.load %flag atomic syncscope("device") monotonic {alignment = 4 : i64} : !llvm.ptr<1> -> i32
            %down = arith.cmpi eq, %state, %zero : i32
            scf.condition(%down)
          } do {
            scf.yield
          }
          llvm.fence syncscope("device") seq_cst
        }
        gpu.barrier
        %w = memref.load %numbers[%t] : memref<32xi32>
        memref.store %w, %out[%t] : memref<32xi32>
      }
      gpu.return
    }

    gpu.func @faulty(%flag: !llvm.ptr<1>, %numbers: memref<32xi32>, %out: memref<32xi32>) kernel {
      %t = gpu.thread_id x
      %b = gpu.block_id x
      %c0 = arith.constant 0 : index
      %zero = arith.constant 0 : i32
      %one = arith.constant 1 : i32
      %writer = arith.cmpi eq, %b, %c0 : index
      %first = arith.cmpi eq, %t, %c0 : index
      scf.if %writer {
        %v = arith.index_cast %t : index to i32
        // FAULT-DAG: flag-fence-missing.mlir:[[#@LINE+1]]:{{[0-9]+}}: {{error: race on global memory|note: .* here}}
        memref.store %v, %numbers[%t] : memref<32xi32>
        gpu.barrier
        scf.if %first {
          llvm.store %one, %flag atomic syncscope("device") monotonic {alignment = 4 : i64} : i32, !llvm.ptr<1>
        }
      } else {
        scf.if %first {
          scf.while : () -> () {
            %state = llvm.load %flag atomic syncscope("device") monotonic {alignment = 4 : i64} : !llvm.ptr<1> -> i32
            %down = arith.cmpi eq, %state, %zero : i32
            scf.condition(%down)
          } do {
            scf.yield
          }
          llvm.fence syncscope("device") seq_cst
        }
        gpu.barrier
        // FAULT-DAG: flag-fence-missing.mlir:[[#@LINE+1]]:{{[0-9]+}}: {{error: race on global memory|note: .* here}}
        %w = memref.load %numbers[%t] : memref<32xi32>
        memref.store %w, %out[%t] : memref<32xi32>
      }
      gpu.return
    }
  }

  func.func @right(%flag: memref<1xi32>) -> memref<32xi32> {
    %c1 = arith.constant 1 : index
    %c2 = arith.constant 2 : index
    %c32 = arith.constant 32 : index
    %out = memref.alloc() : memref<32xi32>
    %numbers = memref.alloc() : memref<32xi32>
    %flag_index = memref.extract_aligned_pointer_as_index %flag : memref<1xi32> -> index
    %flag_address = arith.index_cast %flag_index : index to i64
    %flag_pointer = llvm.inttoptr %flag_address : i64 to !llvm.ptr<1>
    gpu.launch_func @kernels::@right
        blocks in (%c2, %c1, %c1) threads in (%c32, %c1, %c1)
        args(%flag_pointer : !llvm.ptr<1>, %numbers : memref<32xi32>, %out : memref<32xi32>)
    return %out : memref<32xi32>
  }

  func.func @faulty(%flag: memref<1xi32>) -> memref<32xi32> {
    %c1 = arith.constant 1 : index
    %c2 = arith.constant 2 : index
    %c32 = arith.constant 32 : index
    %out = memref.alloc() : memref<32xi32>
    %numbers = memref.alloc() : memref<32xi32>
    %flag_index = memref.extract_aligned_pointer_as_index %flag : memref<1xi32> -> index
    %flag_address = arith.index_cast %flag_index : index to i64
    %flag_pointer = llvm.inttoptr %flag_address : i64 to !llvm.ptr<1>
    gpu.launch_func @kernels::@faulty
        blocks in (%c2, %c1, %c1) threads in (%c32, %c1, %c1)
        args(%flag_pointer : !llvm.ptr<1>, %numbers : memref<32xi32>, %out : memref<32xi32>)
    return %out : memref<32xi32>
  }
}
