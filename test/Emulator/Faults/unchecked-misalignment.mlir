// A store of 16 bytes at an address that is a multiple of 8 alone. It is a fault,
// and without the checks the host must carry it out and not crash.

// RUN: not mhc-run --device emulator %s 2>&1 | FileCheck %s --check-prefix=CHECKED
// RUN: mhc-run --device emulator %s --check none | FileCheck %s --check-prefix=UNCHECKED

// UNCHECKED: result 0: 8xi32 min 0 max 10 mean 5.25

module attributes {gpu.container_module} {
  gpu.module @kernels {
    gpu.func @double(%x: memref<8xi32>) kernel {
      %t = gpu.thread_id x
      %c0 = arith.constant 0 : index
      %eight = arith.constant 8 : i64
      %v = arith.index_cast %t : index to i32
      memref.store %v, %x[%t] : memref<8xi32>
      gpu.barrier
      %index = memref.extract_aligned_pointer_as_index %x : memref<8xi32> -> index
      %address = arith.index_cast %index : index to i64
      %third = arith.addi %address, %eight : i64
      %pointer = llvm.inttoptr %third : i64 to !llvm.ptr<1>
      %first = arith.cmpi eq, %t, %c0 : index
      scf.if %first {
        // CHECKED: unchecked-misalignment.mlir:[[#@LINE+1]]:{{[0-9]+}}: error: misaligned read
        %four = llvm.load %pointer {alignment = 16 : i64} : !llvm.ptr<1> -> vector<4xi32>
        %twice = arith.addi %four, %four : vector<4xi32>
        // CHECKED: unchecked-misalignment.mlir:[[#@LINE+1]]:{{[0-9]+}}: error: misaligned write
        llvm.store %twice, %pointer {alignment = 16 : i64} : vector<4xi32>, !llvm.ptr<1>
      }
      gpu.return
    }
  }

  func.func @main() -> memref<8xi32> {
    %c1 = arith.constant 1 : index
    %c8 = arith.constant 8 : index
    %out = memref.alloc() : memref<8xi32>
    gpu.launch_func @kernels::@double
        blocks in (%c1, %c1, %c1) threads in (%c8, %c1, %c1)
        args(%out : memref<8xi32>)
    return %out : memref<8xi32>
  }
}
