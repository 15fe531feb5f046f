// RUN: mhc-opt %s --mhc-plan-memory=mark-lives | FileCheck %s
// RUN: mhc-opt %s --mhc-plan-memory=print -o /dev/null | FileCheck %s --check-prefix=TABLE

// A launch that is given the address of a buffer uses it, wherever the address was computed; a buffer whose address may be used anywhere
// lives to the end.

// TABLE:      @pointers: a workspace of 256 bytes
// TABLE:        a {{.*}} 0 {{.*}} @launch - @k
// TABLE-NEXT:   b {{.*}} 64 {{.*}} @launch - @launch
// TABLE-NEXT:   c {{.*}} 0 {{.*}} @k - @k
// TABLE-NEXT:   shared {{.*}} 128 {{.*}} @address - @k
// TABLE-NEXT:   escaped {{.*}} 192 {{.*}} to the end

module attributes {gpu.container_module} {
  gpu.module @kernels {
    gpu.func @k(%x: !llvm.ptr) kernel {
      gpu.return
    }
  }
  func.func private @launch(memref<16xf32>)
  func.func private @keep(i64)
  func.func private @address(memref<16xf32>) -> !llvm.ptr

  // CHECK-LABEL: func.func @pointers(
  // CHECK:         mhc.life_begin "escaped"
  // CHECK:         mhc.life_begin "a"
  // CHECK:         call @launch({{%.+}})
  // CHECK:         call @launch(%[[B:.+]]) : (memref
  // CHECK-NEXT:    mhc.life_end "b" %[[B]]
  // CHECK:         gpu.launch_func
  // CHECK-NEXT:    mhc.life_end "a"
  // CHECK:         mhc.life_begin "c"
  // CHECK-NEXT:    gpu.launch_func
  // CHECK-NEXT:    mhc.life_end "c"
  // CHECK:         gpu.launch_func
  // CHECK-NEXT:    mhc.life_end "shared"
  // CHECK:         mhc.life_end "escaped"
  // CHECK-NEXT:    return
  func.func @pointers() {
    %c1 = arith.constant 1 : index
    %c16 = arith.constant 16 : i64
    %a = memref.alloc() : memref<16xf32> loc("a")
    %b = memref.alloc() : memref<16xf32> loc("b")
    %c = memref.alloc() : memref<16xf32> loc("c")
    %shared = memref.alloc() : memref<16xf32> loc("shared")
    %escaped = memref.alloc() : memref<16xf32> loc("escaped")
    %0 = memref.extract_aligned_pointer_as_index %a : memref<16xf32> -> index
    %1 = arith.index_cast %0 : index to i64
    %2 = arith.addi %1, %c16 : i64
    %pa = llvm.inttoptr %2 : i64 to !llvm.ptr
    %3 = memref.extract_aligned_pointer_as_index %c : memref<16xf32> -> index
    %4 = arith.index_cast %3 : index to i64
    %pc = llvm.inttoptr %4 : i64 to !llvm.ptr
    %ps = call @address(%shared) : (memref<16xf32>) -> !llvm.ptr
    %5 = memref.extract_aligned_pointer_as_index %escaped : memref<16xf32> -> index
    %6 = arith.index_cast %5 : index to i64
    call @launch(%a) : (memref<16xf32>) -> ()
    call @launch(%b) : (memref<16xf32>) -> ()
    gpu.launch_func @kernels::@k blocks in (%c1, %c1, %c1) threads in (%c1, %c1, %c1) args(%pa : !llvm.ptr)
    gpu.launch_func @kernels::@k blocks in (%c1, %c1, %c1) threads in (%c1, %c1, %c1) args(%pc : !llvm.ptr)
    gpu.launch_func @kernels::@k blocks in (%c1, %c1, %c1) threads in (%c1, %c1, %c1) args(%ps : !llvm.ptr)
    %p = llvm.alloca %c16 x i64 : (i64) -> !llvm.ptr
    llvm.store %6, %p : i64, !llvm.ptr
    return
  }
}
