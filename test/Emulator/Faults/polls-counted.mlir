// Threads that wait for a flag and count how often they look. The count that the
// waiting threads change ends no waiting: where none raises the flag they wait for ever.

// DEFINE: %{right} = mhc-run --device emulator %s --orders 4 --arg zeros --entry
// DEFINE: %{faulty} = not mhc-run --device emulator %s --arg zeros --entry
// DEFINE: %{check} = FileCheck %s --check-prefix

// ENDS: result 0: 4xi32 min 1 max 1 mean 1

module attributes {gpu.container_module} {
  gpu.module @kernels {
    // RUN: %{right} counted_right | %{check}=ENDS
    // RUN: %{faulty} counted_faulty 2>&1 | %{check}=COUNTED
    gpu.func @counted(%flags: !llvm.ptr<1>, %writer: index, %out: memref<4xi32>) kernel {
      %b = gpu.block_id x
      %zero = arith.constant 0 : i32
      %one = arith.constant 1 : i32
      %looks = llvm.getelementptr %flags[1] : (!llvm.ptr<1>) -> !llvm.ptr<1>, i32
      %raises = arith.cmpi eq, %b, %writer : index
      scf.if %raises {
        llvm.store %one, %flags atomic syncscope("device") release {alignment = 4 : i64} : i32, !llvm.ptr<1>
      } else {
        scf.while : () -> () {
          %state = llvm.load %flags atomic syncscope("device") acquire {alignment = 4 : i64} : !llvm.ptr<1> -> i32
          // COUNTED: polls-counted.mlir:[[#@LINE+1]]:{{[0-9]+}}: error: deadlock: 4 threads wait for a value to change
          %look = llvm.atomicrmw add %looks, %one syncscope("device") monotonic : !llvm.ptr<1>, i32
          %down = arith.cmpi eq, %state, %zero : i32
          scf.condition(%down)
        } do {
          scf.yield
        }
      }
      memref.store %one, %out[%b] : memref<4xi32>
      gpu.return
    }

    // Whoever looks a hundred times and gives up does not wait.
    // RUN: %{right} bounded | %{check}=ENDS
    gpu.func @bounded(%flags: !llvm.ptr<1>, %out: memref<4xi32>) kernel {
      %b = gpu.block_id x
      %zero = arith.constant 0 : i32
      %one = arith.constant 1 : i32
      %hundred = arith.constant 100 : i32
      %looks = scf.while (%k = %zero) : (i32) -> i32 {
        %state = llvm.load %flags atomic syncscope("device") acquire {alignment = 4 : i64} : !llvm.ptr<1> -> i32
        %down = arith.cmpi eq, %state, %zero : i32
        %patient = arith.cmpi slt, %k, %hundred : i32
        %again = arith.andi %down, %patient : i1
        scf.condition(%again) %k : i32
      } do {
      ^bb0(%k: i32):
        %next = arith.addi %k, %one : i32
        scf.yield %next : i32
      }
      %out_of_patience = arith.cmpi eq, %looks, %hundred : i32
      %ended = arith.extui %out_of_patience : i1 to i32
      memref.store %ended, %out[%b] : memref<4xi32>
      gpu.return
    }
  }

  func.func private @pointer(%flags: memref<8xi32>) -> !llvm.ptr<1> {
    %index = memref.extract_aligned_pointer_as_index %flags : memref<8xi32> -> index
    %address = arith.index_cast %index : index to i64
    %pointer = llvm.inttoptr %address : i64 to !llvm.ptr<1>
    return %pointer : !llvm.ptr<1>
  }

  func.func @counted_right(%flags: memref<8xi32>) -> memref<4xi32> {
    %c1 = arith.constant 1 : index
    %c4 = arith.constant 4 : index
    %writer = arith.constant 3 : index
    %out = memref.alloc() : memref<4xi32>
    %pointer = call @pointer(%flags) : (memref<8xi32>) -> !llvm.ptr<1>
    gpu.launch_func @kernels::@counted
        blocks in (%c4, %c1, %c1) threads in (%c1, %c1, %c1)
        args(%pointer : !llvm.ptr<1>, %writer : index, %out : memref<4xi32>)
    return %out : memref<4xi32>
  }

  func.func @counted_faulty(%flags: memref<8xi32>) -> memref<4xi32> {
    %c1 = arith.constant 1 : index
    %c4 = arith.constant 4 : index
    %writer = arith.constant 4 : index
    %out = memref.alloc() : memref<4xi32>
    %pointer = call @pointer(%flags) : (memref<8xi32>) -> !llvm.ptr<1>
    gpu.launch_func @kernels::@counted
        blocks in (%c4, %c1, %c1) threads in (%c1, %c1, %c1)
        args(%pointer : !llvm.ptr<1>, %writer : index, %out : memref<4xi32>)
    return %out : memref<4xi32>
  }

  func.func @bounded(%flags: memref<8xi32>) -> memref<4xi32> {
    %c1 = arith.constant 1 : index
    %c4 = arith.constant 4 : index
    %out = memref.alloc() : memref<4xi32>
    %pointer = call @pointer(%flags) : (memref<8xi32>) -> !llvm.ptr<1>
    gpu.launch_func @kernels::@bounded
        blocks in (%c4, %c1, %c1) threads in (%c1, %c1, %c1)
        args(%pointer : !llvm.ptr<1>, %out : memref<4xi32>)
    return %out : memref<4xi32>
  }
}
