// CTA 1 spins on a flag that CTA 0 raises. In the faulty version nobody does.

// RUN: mhc-run --device emulator %s --entry right --orders 4 --arg zeros \
// RUN: | FileCheck %s --check-prefix=RIGHT
// RUN: not mhc-run --device emulator %s --entry faulty --arg zeros 2>&1 \
// RUN: | FileCheck %s --check-prefix=FAULT

// RIGHT: result 0: 2xi32 min 0 max 1 mean 0.5

module attributes {gpu.container_module} {
  gpu.module @kernels {
    gpu.func @right(%flag: !llvm.ptr<1>, %out: memref<2xi32>) kernel {
      %b = gpu.block_id x
      %c0 = arith.constant 0 : index
      %zero = arith.constant 0 : i32
      %one = arith.constant 1 : i32
      %writer = arith.cmpi eq, %b, %c0 : index
      scf.if %writer {
        llvm.store %one, %flag atomic syncscope("device") release {alignment = 4 : i64} : i32, !llvm.ptr<1>
      } else {
        scf.while : () -> () {
          %state = llvm.load %flag atomic syncscope("device") acquire {alignment = 4 : i64} : !llvm.ptr<1> -> i32
          %down = arith.cmpi eq, %state, %zero : i32
          scf.condition(%down)
        } do {
          scf.yield
        }
      }
      %v = arith.index_cast %b : index to i32
      memref.store %v, %out[%b] : memref<2xi32>
      gpu.return
    }

    gpu.func @faulty(%flag: !llvm.ptr<1>, %out: memref<2xi32>) kernel {
      %b = gpu.block_id x
      %c0 = arith.constant 0 : index
      %zero = arith.constant 0 : i32
      %one = arith.constant 1 : i32
      %writer = arith.cmpi eq, %b, %c0 : index
      scf.if %writer {
      } else {
        scf.while : () -> () {
          // FAULT: deadlock-flag.mlir:[[#@LINE+1]]:{{[0-9]+}}: error: deadlock
          %state = llvm.load %flag atomic syncscope("device") acquire {alignment = 4 : i64} : !llvm.ptr<1> -> i32
          %down = arith.cmpi eq, %state, %zero : i32
          scf.condition(%down)
        } do {
          scf.yield
        }
      }
      %v = arith.index_cast %b : index to i32
      memref.store %v, %out[%b] : memref<2xi32>
      gpu.return
    }
  }

  func.func @right(%flag: memref<1xi32>) -> memref<2xi32> {
    %c1 = arith.constant 1 : index
    %c2 = arith.constant 2 : index
    %out = memref.alloc() : memref<2xi32>
    %flag_index = memref.extract_aligned_pointer_as_index %flag : memref<1xi32> -> index
    %flag_address = arith.index_cast %flag_index : index to i64
    %flag_pointer = llvm.inttoptr %flag_address : i64 to !llvm.ptr<1>
    gpu.launch_func @kernels::@right
        blocks in (%c2, %c1, %c1) threads in (%c1, %c1, %c1)
        args(%flag_pointer : !llvm.ptr<1>, %out : memref<2xi32>)
    return %out : memref<2xi32>
  }

  func.func @faulty(%flag: memref<1xi32>) -> memref<2xi32> {
    %c1 = arith.constant 1 : index
    %c2 = arith.constant 2 : index
    %out = memref.alloc() : memref<2xi32>
    %flag_index = memref.extract_aligned_pointer_as_index %flag : memref<1xi32> -> index
    %flag_address = arith.index_cast %flag_index : index to i64
    %flag_pointer = llvm.inttoptr %flag_address : i64 to !llvm.ptr<1>
    gpu.launch_func @kernels::@faulty
        blocks in (%c2, %c1, %c1) threads in (%c1, %c1, %c1)
        args(%flag_pointer : !llvm.ptr<1>, %out : memref<2xi32>)
    return %out : memref<2xi32>
  }
}
