// CTAs raise a flag each and wait until eight are up, as a sum of volatile loads.
// Of four CTAs that is too much to ask: a deadlock.

// DEFINE: %{right} = mhc-run --device emulator %s --orders 4 --arg zeros --entry
// DEFINE: %{faulty} = not mhc-run --device emulator %s --arg zeros --entry
// DEFINE: %{check} = FileCheck %s --check-prefix

// ENDS: result 0: 4xi32 min 1 max 1 mean 1

module attributes {gpu.container_module} {
  gpu.module @kernels {
    // RUN: %{right} all_right | %{check}=ENDS
    // RUN: %{faulty} all_faulty 2>&1 | %{check}=ALL
    gpu.func @all(%flags: !llvm.ptr<1>, %number: i32, %out: memref<4xi32>) kernel {
      %b = gpu.block_id x
      %c0 = arith.constant 0 : index
      %c1 = arith.constant 1 : index
      %c8 = arith.constant 8 : index
      %zero = arith.constant 0 : i32
      %one = arith.constant 1 : i32
      %block = arith.index_cast %b : index to i32
      %mine = llvm.getelementptr %flags[%block] : (!llvm.ptr<1>, i32) -> !llvm.ptr<1>, i32
      llvm.store volatile %one, %mine {alignment = 4 : i64} : i32, !llvm.ptr<1>
      scf.while : () -> () {
        %sum = scf.for %i = %c0 to %c8 step %c1 iter_args(%before = %zero) -> i32 {
          %k = arith.index_cast %i : index to i32
          %flag = llvm.getelementptr %flags[%k] : (!llvm.ptr<1>, i32) -> !llvm.ptr<1>, i32
          // ALL: polls-all.mlir:[[#@LINE+1]]:{{[0-9]+}}: error: deadlock
          %state = llvm.load volatile %flag {alignment = 4 : i64} : !llvm.ptr<1> -> i32
          %after = arith.addi %before, %state : i32
          scf.yield %after : i32
        }
        %early = arith.cmpi ne, %sum, %number : i32
        scf.condition(%early)
      } do {
        scf.yield
      }
      memref.store %one, %out[%b] : memref<4xi32>
      gpu.return
    }
  }

  func.func private @pointer(%flags: memref<8xi32>) -> !llvm.ptr<1> {
    %index = memref.extract_aligned_pointer_as_index %flags : memref<8xi32> -> index
    %address = arith.index_cast %index : index to i64
    %pointer = llvm.inttoptr %address : i64 to !llvm.ptr<1>
    return %pointer : !llvm.ptr<1>
  }

  func.func @all_right(%flags: memref<8xi32>) -> memref<4xi32> {
    %c1 = arith.constant 1 : index
    %c4 = arith.constant 4 : index
    %number = arith.constant 4 : i32
    %out = memref.alloc() : memref<4xi32>
    %pointer = call @pointer(%flags) : (memref<8xi32>) -> !llvm.ptr<1>
    gpu.launch_func @kernels::@all
        blocks in (%c4, %c1, %c1) threads in (%c1, %c1, %c1)
        args(%pointer : !llvm.ptr<1>, %number : i32, %out : memref<4xi32>)
    return %out : memref<4xi32>
  }

  func.func @all_faulty(%flags: memref<8xi32>) -> memref<4xi32> {
    %c1 = arith.constant 1 : index
    %c4 = arith.constant 4 : index
    %number = arith.constant 8 : i32
    %out = memref.alloc() : memref<4xi32>
    %pointer = call @pointer(%flags) : (memref<8xi32>) -> !llvm.ptr<1>
    gpu.launch_func @kernels::@all
        blocks in (%c4, %c1, %c1) threads in (%c1, %c1, %c1)
        args(%pointer : !llvm.ptr<1>, %number : i32, %out : memref<4xi32>)
    return %out : memref<4xi32>
  }
}
