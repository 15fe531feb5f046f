// Allocations get the places in one workspace that mhc-plan-memory gives them. Memory is shared by those that are not needed
// at the same time, whether the program frees them or not.

// RUN: rm -rf %t && mhc-compile %s --emit ptx,manifest -o %t
// RUN: FileCheck %s < %t/kernels.json

module attributes {gpu.container_module} {
  gpu.module @kernels {
    gpu.func @f(%x: !llvm.ptr<1>, %y: !llvm.ptr<1>) kernel {
      gpu.return
    }
  }
  func.func private @pointer(%x: memref<?xf32>) -> !llvm.ptr<1> {
    %0 = memref.extract_aligned_pointer_as_index %x : memref<?xf32> -> index
    %1 = arith.index_cast %0 : index to i64
    %2 = llvm.inttoptr %1 : i64 to !llvm.ptr<1>
    return %2 : !llvm.ptr<1>
  }
  func.func private @launch(%x: memref<?xf32>, %y: memref<?xf32>) {
    %c1 = arith.constant 1 : index
    %p = func.call @pointer(%x) : (memref<?xf32>) -> !llvm.ptr<1>
    %q = func.call @pointer(%y) : (memref<?xf32>) -> !llvm.ptr<1>
    gpu.launch_func @kernels::@f blocks in (%c1, %c1, %c1) threads in (%c1, %c1, %c1) args(%p : !llvm.ptr<1>, %q : !llvm.ptr<1>)
    return
  }
  func.func private @prepare(%x: memref<?xf32>, %y: memref<?xf32>) {
    %c1 = arith.constant 1 : index
    %p = func.call @pointer(%x) : (memref<?xf32>) -> !llvm.ptr<1>
    %q = func.call @pointer(%y) : (memref<?xf32>) -> !llvm.ptr<1>
    gpu.launch_func @kernels::@f blocks in (%c1, %c1, %c1) threads in (%c1, %c1, %c1) args(%p : !llvm.ptr<1>, %q : !llvm.ptr<1>) {mhc.prepare}
    return
  }
  // a -> b -> c -> d: c takes the place of a, and d that of b, which grows.
  // CHECK: {"name":"chain","sizes":["d0"],"workspace":"(* 3328 d0)",
  // CHECK: "steps": [
  // CHECK-NEXT: {"kind":"argument","index":0,"offset":0}},{"buffer":{"kind":"workspace","index":0,"offset":0}}
  // CHECK-NEXT: {"kind":"workspace","index":0,"offset":0}},{"buffer":{"kind":"workspace","index":0,"offset":"(* 1280 d0)"}}
  // CHECK-NEXT: {"kind":"workspace","index":0,"offset":"(* 1280 d0)"}},{"buffer":{"kind":"workspace","index":0,"offset":0}}
  // CHECK-NEXT: {"kind":"workspace","index":0,"offset":0}},{"buffer":{"kind":"workspace","index":0,"offset":"(* 1280 d0)"}}
  // CHECK-NEXT: {"kind":"workspace","index":0,"offset":"(* 1280 d0)"}},{"buffer":{"kind":"result","index":0,"offset":0}}
  func.func @chain(%x: memref<?xf32>) -> memref<?xf32> {
    %c0 = arith.constant 0 : index
    %n = memref.dim %x, %c0 : memref<?xf32>
    %c256 = arith.constant 256 : index
    %n256 = arith.muli %n, %c256 : index
    %c320 = arith.constant 320 : index
    %n320 = arith.muli %n, %c320 : index
    %c512 = arith.constant 512 : index
    %n512 = arith.muli %n, %c512 : index
    %a = memref.alloc(%n320) : memref<?xf32>
    %b = memref.alloc(%n256) : memref<?xf32>
    %c = memref.alloc(%n320) : memref<?xf32>
    %d = memref.alloc(%n512) : memref<?xf32>
    %unused = memref.alloc(%n512) : memref<?xf32>
    %y = memref.alloc(%n) : memref<?xf32>
    call @launch(%x, %a) : (memref<?xf32>, memref<?xf32>) -> ()
    call @launch(%a, %b) : (memref<?xf32>, memref<?xf32>) -> ()
    memref.dealloc %a : memref<?xf32>
    call @launch(%b, %c) : (memref<?xf32>, memref<?xf32>) -> ()
    call @launch(%c, %d) : (memref<?xf32>, memref<?xf32>) -> ()
    call @launch(%d, %y) : (memref<?xf32>, memref<?xf32>) -> ()
    return %y : memref<?xf32>
  }

  // Sizes that depend on different numbers stay apart.
  // CHECK: {"name":"unknown","sizes":["d0","d1"],"workspace":"(select (< 0 d1) (+ (* 16 d0) (* 4 d1) 16) (select (< 0 d0) (+ (* 4 d0) 16) 12))",
  // CHECK: "steps": [
  // CHECK-NEXT: {"kind":"argument","index":0,"offset":0}},{"buffer":{"kind":"workspace","index":0,"offset":16}}
  // CHECK-NEXT: {"kind":"workspace","index":0,"offset":16}},{"buffer":{"kind":"workspace","index":0,"offset":0}}
  // CHECK-NEXT: {"kind":"workspace","index":0,"offset":0}},{"buffer":{"kind":"workspace","index":0,"offset":"(+ (* 16 d0) 16)"}}
  func.func @unknown(%x: memref<?xf32>, %z: memref<?xf32>) {
    %c0 = arith.constant 0 : index
    %n = memref.dim %x, %c0 : memref<?xf32>
    %m = memref.dim %z, %c0 : memref<?xf32>
    %a = memref.alloc(%n) : memref<?xf32>
    %c3 = arith.constant 3 : index
    %b = memref.alloc(%c3) : memref<?xf32>
    %c = memref.alloc(%m) : memref<?xf32>
    call @launch(%x, %a) : (memref<?xf32>, memref<?xf32>) -> ()
    call @launch(%a, %b) : (memref<?xf32>, memref<?xf32>) -> ()
    call @launch(%b, %c) : (memref<?xf32>, memref<?xf32>) -> ()
    call @launch(%c, %z) : (memref<?xf32>, memref<?xf32>) -> ()
    return
  }

  // What is prepared once stays: nothing else may be written there.
  // CHECK: {"name":"prepared","sizes":["d0"],"workspace":"(* 2048 d0)",
  // CHECK: "steps": [
  // CHECK-NEXT: {"kind":"argument","index":0,"offset":0}},{"buffer":{"kind":"workspace","index":0,"offset":0}}],"prepare":true}
  // CHECK-NEXT: {"kind":"workspace","index":0,"offset":0}},{"buffer":{"kind":"workspace","index":0,"offset":"(* 1024 d0)"}}]}
  // CHECK-NEXT: {"kind":"workspace","index":0,"offset":"(* 1024 d0)"}},{"buffer":{"kind":"workspace","index":0,"offset":"(* 1024 d0)"}}]}
  // CHECK-NEXT: ]}
  func.func @prepared(%x: memref<?xf32>) {
    %c0 = arith.constant 0 : index
    %n = memref.dim %x, %c0 : memref<?xf32>
    %c256 = arith.constant 256 : index
    %n256 = arith.muli %n, %c256 : index
    %a = memref.alloc(%n256) : memref<?xf32>
    %b = memref.alloc(%n256) : memref<?xf32>
    call @prepare(%x, %a) : (memref<?xf32>, memref<?xf32>) -> ()
    call @launch(%a, %b) : (memref<?xf32>, memref<?xf32>) -> ()
    call @launch(%b, %b) : (memref<?xf32>, memref<?xf32>) -> ()
    return
  }
}
