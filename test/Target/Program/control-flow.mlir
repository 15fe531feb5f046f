// Calls are entered, loops unrolled, branches become conditions.

// RUN: rm -rf %t && mhc-compile %s --emit ptx,manifest -o %t
// RUN: FileCheck %s < %t/kernels.json

// CHECK: "name":"main","sizes":["d0"]
// A call in a loop of three iterations.
// CHECK: "steps": [
// CHECK-NEXT: "grid":["d0",1,1],"parameters":[{"buffer":{"kind":"argument","index":0,"offset":0}},{"value":0,"type":"i64"}]}
// CHECK-NEXT: "grid":["d0",1,1],"parameters":[{"buffer":{"kind":"argument","index":0,"offset":0}},{"value":2,"type":"i64"}]}
// CHECK-NEXT: "grid":["d0",1,1],"parameters":[{"buffer":{"kind":"argument","index":0,"offset":0}},{"value":4,"type":"i64"}]}
// What the loop carries is 3 now.
// CHECK-NEXT: {"value":3,"type":"i64"}],"when":"(< 0 d0)"}
// CHECK-NEXT: {"value":10,"type":"i64"}],"when":"(and (< 0 d0) (< 8 d0))"}
// CHECK-NEXT: {"value":11,"type":"i64"}],"when":"(and (< 0 d0) (<= d0 8))"}
// A result of a branch.
// CHECK-NEXT: {"value":"(select (< 0 d0) 1 d0)","type":"i64"}]}
// A branch that is known is taken, or left out; so is a launch without CTAs.
// CHECK-NEXT: {"value":20,"type":"i64"}]}
// CHECK-NEXT: ]}
// Private functions are no programs.
// CHECK-NEXT: ]

module attributes {gpu.container_module} {
  gpu.module @kernels {
    gpu.func @f(%x: !llvm.ptr<1>, %i: index) kernel {
      gpu.return
    }
  }
  func.func private @pointer(%x: memref<?xf32>) -> !llvm.ptr<1> {
    %0 = memref.extract_aligned_pointer_as_index %x : memref<?xf32> -> index
    %1 = arith.index_cast %0 : index to i64
    %2 = llvm.inttoptr %1 : i64 to !llvm.ptr<1>
    return %2 : !llvm.ptr<1>
  }
  func.func private @launch(%x: memref<?xf32>, %i: index) -> index {
    %c0 = arith.constant 0 : index
    %c1 = arith.constant 1 : index
    %n = memref.dim %x, %c0 : memref<?xf32>
    %p = func.call @pointer(%x) : (memref<?xf32>) -> !llvm.ptr<1>
    gpu.launch_func @kernels::@f blocks in (%n, %c1, %c1) threads in (%c1, %c1, %c1) args(%p : !llvm.ptr<1>, %i : index)
    return %c1 : index
  }
  func.func @main(%x: memref<?xf32>) {
    %c0 = arith.constant 0 : index
    %c1 = arith.constant 1 : index
    %c2 = arith.constant 2 : index
    %c6 = arith.constant 6 : index
    %c8 = arith.constant 8 : index
    %c10 = arith.constant 10 : index
    %c11 = arith.constant 11 : index
    %c20 = arith.constant 20 : index
    %n = memref.dim %x, %c0 : memref<?xf32>
    %count = scf.for %i = %c0 to %c6 step %c2 iter_args(%sum = %c0) -> index {
      %one = func.call @launch(%x, %i) : (memref<?xf32>, index) -> index
      %next = arith.addi %sum, %one : index
      scf.yield %next : index
    }
    %some = arith.cmpi sgt, %n, %c0 : index
    %result = scf.if %some -> index {
      %a = func.call @launch(%x, %count) : (memref<?xf32>, index) -> index
      %many = arith.cmpi ugt, %n, %c8 : index
      scf.if %many {
        %b = func.call @launch(%x, %c10) : (memref<?xf32>, index) -> index
      } else {
        %b = func.call @launch(%x, %c11) : (memref<?xf32>, index) -> index
      }
      scf.yield %a : index
    } else {
      scf.yield %n : index
    }
    %d = func.call @launch(%x, %result) : (memref<?xf32>, index) -> index
    %known = arith.cmpi eq, %count, %c2 : index
    scf.if %known {
      %e = func.call @launch(%x, %c10) : (memref<?xf32>, index) -> index
    } else {
      %e = func.call @launch(%x, %c20) : (memref<?xf32>, index) -> index
    }
    %p = func.call @pointer(%x) : (memref<?xf32>) -> !llvm.ptr<1>
    gpu.launch_func @kernels::@f blocks in (%c0, %c1, %c1) threads in (%c1, %c1, %c1) args(%p : !llvm.ptr<1>, %c1 : index)
    return
  }
}
