// A result that is an allocation is the caller's memory from the beginning; anything else is copied to it in the end.

// RUN: rm -rf %t && mhc-compile %s --emit ptx,manifest -o %t
// RUN: FileCheck %s < %t/kernels.json

module attributes {gpu.container_module} {
  gpu.module @kernels {
    gpu.func @f(%x: memref<?x8xbf16>) kernel {
      gpu.return
    }
  }
  // CHECK: "name":"main","sizes":["d0","d1"],"workspace":0,
  // CHECK: "arguments": [
  // CHECK-NEXT: {"name":"x","type":"bf16","shape":["d0",8]},
  // CHECK-NEXT: {"name":"argument1","type":"f32","shape":["d1"]}
  // CHECK: "results": [
  // CHECK-NEXT: {"name":"result0","type":"bf16","shape":["d0",8]},
  // CHECK-NEXT: {"name":"twice","type":"bf16","shape":["d0",8]},
  // CHECK-NEXT: {"name":"result2","type":"f32","shape":["d1"]},
  // CHECK-NEXT: {"name":"result3","type":"bf16","shape":["(* 2 d0)",4]}
  // CHECK: "steps": [
  // CHECK-NEXT: {"kind":"launch","kernel":0,"grid":[1,1,1],"parameters":[{"buffer":{"kind":"result","index":0,"offset":0}},
  // CHECK-NEXT: {"kind":"copy","from":{"kind":"result","index":0,"offset":0},"to":{"kind":"result","index":1,"offset":0},"bytes":"(* 16 d0)"},
  // CHECK-NEXT: {"kind":"copy","from":{"kind":"argument","index":1,"offset":0},"to":{"kind":"result","index":2,"offset":0},"bytes":"(* 4 d1)"},
  // CHECK-NEXT: {"kind":"copy","from":{"kind":"argument","index":0,"offset":0},"to":{"kind":"result","index":3,"offset":0},"bytes":"(* 16 d0)"}
  // CHECK-NEXT: ]}
  func.func @main(%x: memref<?x8xbf16>, %0: memref<?xf32>)
      -> (memref<?x8xbf16>, memref<?x8xbf16> {mhc.name = "twice"}, memref<?xf32>, memref<?x4xbf16>) {
    %c0 = arith.constant 0 : index
    %c1 = arith.constant 1 : index
    %c2 = arith.constant 2 : index
    %n = memref.dim %x, %c0 : memref<?x8xbf16>
    %y = memref.alloc(%n) : memref<?x8xbf16>
    gpu.launch_func @kernels::@f blocks in (%c1, %c1, %c1) threads in (%c1, %c1, %c1) args(%y : memref<?x8xbf16>)
    %flat = memref.collapse_shape %x [[0, 1]] : memref<?x8xbf16> into memref<?xbf16>
    %m = arith.muli %n, %c2 : index
    %wide = memref.expand_shape %flat [[0, 1]] output_shape [%m, 4] : memref<?xbf16> into memref<?x4xbf16>
    return %y, %y, %0, %wide
      : memref<?x8xbf16>, memref<?x8xbf16>, memref<?xf32>, memref<?x4xbf16>
  }
}
