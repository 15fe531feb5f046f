// Threads wait for one of several flags, all looked at in each round of a loop or
// one after another. A deadlock it is only where no CTA raises one.

// DEFINE: %{right} = mhc-run --device emulator %s --orders 4 --arg zeros --entry
// DEFINE: %{faulty} = not mhc-run --device emulator %s --arg zeros --entry
// DEFINE: %{check} = FileCheck %s --check-prefix

// ENDS: result 0: 4xi32 min 1 max 1 mean 1

module attributes {gpu.container_module} {
  gpu.module @kernels {
    // RUN: %{right} either_right | %{check}=ENDS
    // RUN: %{faulty} either_faulty 2>&1 | %{check}=EITHER
    gpu.func @either(%flags: !llvm.ptr<1>, %writer: index, %out: memref<4xi32>) kernel {
      %b = gpu.block_id x
      %zero = arith.constant 0 : i32
      %one = arith.constant 1 : i32
      %other = llvm.getelementptr %flags[1] : (!llvm.ptr<1>) -> !llvm.ptr<1>, i32
      %raises = arith.cmpi eq, %b, %writer : index
      scf.if %raises {
        llvm.store %one, %flags atomic syncscope("device") release {alignment = 4 : i64} : i32, !llvm.ptr<1>
      } else {
        scf.while : () -> () {
          %x = llvm.load %flags atomic syncscope("device") acquire {alignment = 4 : i64} : !llvm.ptr<1> -> i32
          // EITHER: polls.mlir:[[#@LINE+1]]:{{[0-9]+}}: error: deadlock: 4 threads wait for a value to change
          %y = llvm.load %other atomic syncscope("device") acquire {alignment = 4 : i64} : !llvm.ptr<1> -> i32
          %any = arith.ori %x, %y : i32
          %down = arith.cmpi eq, %any, %zero : i32
          scf.condition(%down)
        } do {
          scf.yield
        }
      }
      memref.store %one, %out[%b] : memref<4xi32>
      gpu.return
    }

    // RUN: %{right} turns_right | %{check}=ENDS
    // RUN: %{faulty} turns_faulty 2>&1 | %{check}=TURNS
    gpu.func @turns(%flags: !llvm.ptr<1>, %writer: index, %out: memref<4xi32>) kernel {
      %b = gpu.block_id x
      %zero = arith.constant 0 : i32
      %one = arith.constant 1 : i32
      %three = arith.constant 3 : i32
      %second = llvm.getelementptr %flags[1] : (!llvm.ptr<1>) -> !llvm.ptr<1>, i32
      %raises = arith.cmpi eq, %b, %writer : index
      scf.if %raises {
        llvm.store %one, %second atomic syncscope("device") release {alignment = 4 : i64} : i32, !llvm.ptr<1>
      } else {
        %found = scf.while (%k = %zero) : (i32) -> i32 {
          %flag = llvm.getelementptr %flags[%k] : (!llvm.ptr<1>, i32) -> !llvm.ptr<1>, i32
          // TURNS: polls.mlir:[[#@LINE+1]]:{{[0-9]+}}: error: deadlock: 4 threads wait for a value to change
          %state = llvm.load %flag atomic syncscope("device") acquire {alignment = 4 : i64} : !llvm.ptr<1> -> i32
          %down = arith.cmpi eq, %state, %zero : i32
          scf.condition(%down) %k : i32
        } do {
        ^bb0(%k: i32):
          %next = arith.addi %k, %one : i32
          %turn = arith.andi %next, %three : i32
          scf.yield %turn : i32
        }
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

  func.func @either_right(%flags: memref<8xi32>) -> memref<4xi32> {
    %c1 = arith.constant 1 : index
    %c4 = arith.constant 4 : index
    %writer = arith.constant 3 : index
    %out = memref.alloc() : memref<4xi32>
    %pointer = call @pointer(%flags) : (memref<8xi32>) -> !llvm.ptr<1>
    gpu.launch_func @kernels::@either
        blocks in (%c4, %c1, %c1) threads in (%c1, %c1, %c1)
        args(%pointer : !llvm.ptr<1>, %writer : index, %out : memref<4xi32>)
    return %out : memref<4xi32>
  }

  func.func @either_faulty(%flags: memref<8xi32>) -> memref<4xi32> {
    %c1 = arith.constant 1 : index
    %c4 = arith.constant 4 : index
    %writer = arith.constant 4 : index
    %out = memref.alloc() : memref<4xi32>
    %pointer = call @pointer(%flags) : (memref<8xi32>) -> !llvm.ptr<1>
    gpu.launch_func @kernels::@either
        blocks in (%c4, %c1, %c1) threads in (%c1, %c1, %c1)
        args(%pointer : !llvm.ptr<1>, %writer : index, %out : memref<4xi32>)
    return %out : memref<4xi32>
  }

  func.func @turns_right(%flags: memref<8xi32>) -> memref<4xi32> {
    %c1 = arith.constant 1 : index
    %c4 = arith.constant 4 : index
    %writer = arith.constant 3 : index
    %out = memref.alloc() : memref<4xi32>
    %pointer = call @pointer(%flags) : (memref<8xi32>) -> !llvm.ptr<1>
    gpu.launch_func @kernels::@turns
        blocks in (%c4, %c1, %c1) threads in (%c1, %c1, %c1)
        args(%pointer : !llvm.ptr<1>, %writer : index, %out : memref<4xi32>)
    return %out : memref<4xi32>
  }

  func.func @turns_faulty(%flags: memref<8xi32>) -> memref<4xi32> {
    %c1 = arith.constant 1 : index
    %c4 = arith.constant 4 : index
    %writer = arith.constant 4 : index
    %out = memref.alloc() : memref<4xi32>
    %pointer = call @pointer(%flags) : (memref<8xi32>) -> !llvm.ptr<1>
    gpu.launch_func @kernels::@turns
        blocks in (%c4, %c1, %c1) threads in (%c1, %c1, %c1)
        args(%pointer : !llvm.ptr<1>, %writer : index, %out : memref<4xi32>)
    return %out : memref<4xi32>
  }
}
