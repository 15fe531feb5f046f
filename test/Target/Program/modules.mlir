// Modules that differ in names and places alone are compiled once.

// RUN: rm -rf %t && mhc-compile %s --emit ptx,manifest -o %t
// RUN: FileCheck %s < %t/kernels.json
// RUN: ls %t | FileCheck %s --check-prefix=FILES

// FILES: kernels.json
// FILES-NEXT: kernels_0.ptx
// FILES-NEXT: kernels_1.ptx
// FILES-NEXT: kernels_2.ptx
// FILES-NOT: {{.}}

// CHECK: "kernels": [
// CHECK-NEXT: {"symbol":"first_kernel","file":0,{{.*}}"label":"first"},
// CHECK-NEXT: {"symbol":"first_kernel","file":0,{{.*}}"label":"second"},
// Another constant, and two kernels.
// CHECK-NEXT: {"symbol":"third_kernel","file":1,{{.*}}"label":"third"},
// CHECK-NEXT: {"symbol":"a","file":2,{{.*}}"label":"pair"},
// CHECK-NEXT: {"symbol":"b","file":2,{{.*}}"label":"same_pair"}
// CHECK-NEXT: ]
// CHECK: "steps": [
// CHECK-NEXT: {"kind":"launch","kernel":0,
// CHECK-NEXT: {"kind":"launch","kernel":1,
// CHECK-NEXT: {"kind":"launch","kernel":2,
// CHECK-NEXT: {"kind":"launch","kernel":3,
// CHECK-NEXT: {"kind":"launch","kernel":4,

module attributes {gpu.container_module} {
  gpu.module @first {
    gpu.func @first_kernel(%x: !llvm.ptr<1>, %n: i32) kernel {
      %v = arith.constant 1 : i32
      llvm.store %v, %x : i32, !llvm.ptr<1>
      gpu.return
    }
  }
  gpu.module @second {
    gpu.func @second_kernel(%x: !llvm.ptr<1>, %n: i32) kernel {
      %v = arith.constant 1 : i32
      llvm.store %v, %x : i32, !llvm.ptr<1>
      gpu.return
    }
  }
  gpu.module @third {
    gpu.func @third_kernel(%x: !llvm.ptr<1>, %n: i32) kernel {
      %v = arith.constant 2 : i32
      llvm.store %v, %x : i32, !llvm.ptr<1>
      gpu.return
    }
  }
  gpu.module @pair {
    gpu.func @a(%x: !llvm.ptr<1>, %n: i32) kernel {
      gpu.return
    }
    gpu.func @b(%x: !llvm.ptr<1>, %n: i32) kernel {
      gpu.return
    }
  }
  gpu.module @same_pair {
    gpu.func @a(%x: !llvm.ptr<1>, %n: i32) kernel {
      gpu.return
    }
    gpu.func @b(%x: !llvm.ptr<1>, %n: i32) kernel {
      gpu.return
    }
  }
  func.func @main() -> memref<1xi32> {
    %c1 = arith.constant 1 : index
    %n = arith.constant 7 : i32
    %y = memref.alloc() : memref<1xi32>
    %0 = memref.extract_aligned_pointer_as_index %y : memref<1xi32> -> index
    %1 = arith.index_cast %0 : index to i64
    %p = llvm.inttoptr %1 : i64 to !llvm.ptr<1>
    gpu.launch_func @first::@first_kernel blocks in (%c1, %c1, %c1) threads in (%c1, %c1, %c1) args(%p : !llvm.ptr<1>, %n : i32)
    gpu.launch_func @second::@second_kernel blocks in (%c1, %c1, %c1) threads in (%c1, %c1, %c1) args(%p : !llvm.ptr<1>, %n : i32)
    gpu.launch_func @third::@third_kernel blocks in (%c1, %c1, %c1) threads in (%c1, %c1, %c1) args(%p : !llvm.ptr<1>, %n : i32)
    gpu.launch_func @pair::@a blocks in (%c1, %c1, %c1) threads in (%c1, %c1, %c1) args(%p : !llvm.ptr<1>, %n : i32)
    gpu.launch_func @same_pair::@b blocks in (%c1, %c1, %c1) threads in (%c1, %c1, %c1) args(%p : !llvm.ptr<1>, %n : i32)
    return %y : memref<1xi32>
  }
}
