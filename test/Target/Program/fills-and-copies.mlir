// Fills, copies and constants.

// RUN: rm -rf %t && mhc-compile %s --emit ptx,manifest -o %t
// RUN: FileCheck %s < %t/kernels.json
// RUN: od -A d -t x1 %t/constants.bin | FileCheck %s --check-prefix=BYTES

// CHECK: "files": [
// CHECK: {"name":"constants.bin","kind":"data","bytes":262,"hash":
// CHECK: "constants": [
// CHECK-NEXT: {"file":0,"offset":0,"bytes":4,"type":"i1","shape":[4]},
// CHECK-NEXT: {"file":0,"offset":256,"bytes":6,"type":"bf16","shape":[3]}
// CHECK: "steps": [
// CHECK-NEXT: {"kind":"memset","buffer":{"kind":"result","index":0,"offset":0},"bytes":"(* 4 d0)","value":0},
// CHECK-NEXT: {"kind":"memset","buffer":{"kind":"result","index":1,"offset":0},"bytes":"(* 4 d0)","value":255},
// CHECK-NEXT: {"kind":"copy","from":{"kind":"argument","index":0,"offset":0},"to":{"kind":"result","index":0,"offset":0},"bytes":"(* 4 d0)"},
// CHECK-NEXT: {"kind":"copy","from":{"kind":"constant","index":1,"offset":0},"to":{"kind":"result","index":2,"offset":0},"bytes":6},
// CHECK-NEXT: {"kind":"copy","from":{"kind":"constant","index":0,"offset":0},"to":{"kind":"result","index":3,"offset":0},"bytes":4}
// CHECK-NEXT: ]}

// 1, 2 and -0.5 in bf16; a byte for each bit.
// BYTES: 0000000 01 00 00 01 00
// BYTES: 0000256 80 3f 00 40 00 bf

memref.global "private" constant @numbers : memref<3xbf16> = dense<[1.0, 2.0, -0.5]>
memref.global "private" constant @bits : memref<4xi1> = dense<[true, false, false, true]>

func.func @main(%x: memref<?xf32>) -> (memref<?xf32>, memref<?xi32>, memref<3xbf16>, memref<4xi1>) {
  %c0 = arith.constant 0 : index
  %zero = arith.constant 0.0 : f32
  %ones = arith.constant -1 : i32
  %n = memref.dim %x, %c0 : memref<?xf32>
  %y = memref.alloc(%n) : memref<?xf32>
  %z = memref.alloc(%n) : memref<?xi32>
  gpu.memset %y, %zero : memref<?xf32>, f32
  %token = gpu.wait async
  %token1 = gpu.memset async [%token] %z, %ones : memref<?xi32>, i32
  gpu.wait [%token1]
  memref.copy %x, %y : memref<?xf32> to memref<?xf32>
  %numbers = memref.get_global @numbers : memref<3xbf16>
  %bits = memref.get_global @bits : memref<4xi1>
  %again = memref.get_global @numbers : memref<3xbf16>
  return %y, %z, %again, %bits : memref<?xf32>, memref<?xi32>, memref<3xbf16>, memref<4xi1>
}
