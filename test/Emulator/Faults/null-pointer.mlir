// The bias is optional: its pointer is null where there is none. The faulty
// version does not ask.

// RUN: mhc-run --device emulator %s --entry right --orders 4 \
// RUN: | FileCheck %s --check-prefix=RIGHT
// RUN: not mhc-run --device emulator %s --entry faulty 2>&1 \
// RUN: | FileCheck %s --check-prefix=FAULT

// RIGHT: result 0: 64xi32 min 0 max 63 mean 31.5

module attributes {gpu.container_module} {
  gpu.module @kernels {
    gpu.func @right(%bias: !llvm.ptr<1>, %out: memref<64xi32>) kernel {
      %t = gpu.thread_id x
      %v = arith.index_cast %t : index to i32
      %zero = arith.constant 0 : i32
      %null = llvm.mlir.zero : !llvm.ptr<1>
      %present = llvm.icmp "ne" %bias, %null : !llvm.ptr<1>
      %x = scf.if %present -> (i32) {
        %place = llvm.getelementptr %bias[%v] : (!llvm.ptr<1>, i32) -> !llvm.ptr<1>, i32
        %loaded = llvm.load %place : !llvm.ptr<1> -> i32
        scf.yield %loaded : i32
      } else {
        scf.yield %zero : i32
      }
      %y = arith.addi %x, %v : i32
      memref.store %y, %out[%t] : memref<64xi32>
      gpu.return
    }

    gpu.func @faulty(%bias: !llvm.ptr<1>, %out: memref<64xi32>) kernel {
      %t = gpu.thread_id x
      %v = arith.index_cast %t : index to i32
      %zero = arith.constant 0 : i32
      %null = llvm.mlir.zero : !llvm.ptr<1>
      %present = arith.constant true
      %x = scf.if %present -> (i32) {
        %place = llvm.getelementptr %bias[%v] : (!llvm.ptr<1>, i32) -> !llvm.ptr<1>, i32
        // FAULT: null-pointer.mlir:[[#@LINE+1]]:{{[0-9]+}}: error: {{out of bounds read|.*null}}
        %loaded = llvm.load %place : !llvm.ptr<1> -> i32
        scf.yield %loaded : i32
      } else {
        scf.yield %zero : i32
      }
      %y = arith.addi %x, %v : i32
      memref.store %y, %out[%t] : memref<64xi32>
      gpu.return
    }
  }

  func.func @right() -> memref<64xi32> {
    %c1 = arith.constant 1 : index
    %c64 = arith.constant 64 : index
    %out = memref.alloc() : memref<64xi32>
    %none = llvm.mlir.zero : !llvm.ptr<1>
    gpu.launch_func @kernels::@right
        blocks in (%c1, %c1, %c1) threads in (%c64, %c1, %c1)
        args(%none : !llvm.ptr<1>, %out : memref<64xi32>)
    return %out : memref<64xi32>
  }

  func.func @faulty() -> memref<64xi32> {
    %c1 = arith.constant 1 : index
    %c64 = arith.constant 64 : index
    %out = memref.alloc() : memref<64xi32>
    %none = llvm.mlir.zero : !llvm.ptr<1>
    gpu.launch_func @kernels::@faulty
        blocks in (%c1, %c1, %c1) threads in (%c64, %c1, %c1)
        args(%none : !llvm.ptr<1>, %out : memref<64xi32>)
    return %out : memref<64xi32>
  }
}
