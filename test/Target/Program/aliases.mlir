// A result may be written over an argument of its type and shape if nothing reads the argument afterwards, in other
// launches or in the one that writes, unless its kernel says that this is right.

// RUN: rm -rf %t && mhc-compile %s --emit ptx,manifest -o %t
// RUN: FileCheck %s < %t/kernels.json

module attributes {gpu.container_module} {
  gpu.module @kernels attributes {mhc.bare_pointers} {
    gpu.func @copy(%x: memref<8xf32>, %y: memref<8xf32>) kernel {
      gpu.return
    }
    gpu.func @in_place(%x: memref<8xf32>, %y: memref<8xf32> {mhc.in_place = 0 : i32}) kernel {
      gpu.return
    }
    gpu.func @other(%x: memref<8xi32>, %y: memref<16xf32>) kernel {
      gpu.return
    }
  }
  // CHECK: "name":"main"
  // CHECK: {"name":"same","type":"f32","shape":[8],"may_alias":[1]},
  // CHECK-NEXT: {"name":"in_place","type":"f32","shape":[8],"may_alias":[1]},
  // CHECK-NEXT: {"name":"before","type":"f32","shape":[8],"may_alias":[0,1,3]},
  // Another type.
  // CHECK-NEXT: {"name":"other","type":"i32","shape":[8]},
  // Weights are read by later runs.
  // CHECK-NEXT: {"name":"weights","type":"f32","shape":[8]},
  // CHECK-NEXT: {"name":"unused","type":"f32","shape":[8]}
  func.func @main(%same: memref<8xf32>, %in_place: memref<8xf32>, %before: memref<8xf32>, %other: memref<8xi32>,
                  %weights: memref<8xf32>, %unused: memref<8xf32>)
      -> (memref<8xf32>, memref<8xf32>, memref<16xf32>, memref<8xf32>) {
    %c1 = arith.constant 1 : index
    %a = memref.alloc() : memref<8xf32>
    %b = memref.alloc() : memref<8xf32>
    %c = memref.alloc() : memref<16xf32>
    %d = memref.alloc() : memref<8xf32>
    %t = memref.alloc() : memref<8xf32>
    gpu.launch_func @kernels::@copy blocks in (%c1, %c1, %c1) threads in (%c1, %c1, %c1) args(%weights : memref<8xf32>, %t : memref<8xf32>) {mhc.prepare}
    gpu.launch_func @kernels::@copy blocks in (%c1, %c1, %c1) threads in (%c1, %c1, %c1) args(%before : memref<8xf32>, %t : memref<8xf32>)
    gpu.launch_func @kernels::@copy blocks in (%c1, %c1, %c1) threads in (%c1, %c1, %c1) args(%same : memref<8xf32>, %a : memref<8xf32>)
    gpu.launch_func @kernels::@copy blocks in (%c1, %c1, %c1) threads in (%c1, %c1, %c1) args(%same : memref<8xf32>, %d : memref<8xf32>)
    gpu.launch_func @kernels::@in_place blocks in (%c1, %c1, %c1) threads in (%c1, %c1, %c1) args(%in_place : memref<8xf32>, %b : memref<8xf32>)
    gpu.launch_func @kernels::@other blocks in (%c1, %c1, %c1) threads in (%c1, %c1, %c1) args(%other : memref<8xi32>, %c : memref<16xf32>)
    return %a, %b, %c, %d : memref<8xf32>, memref<8xf32>, memref<16xf32>, memref<8xf32>
  }
}
