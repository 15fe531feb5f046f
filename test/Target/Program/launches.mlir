// Launches become steps: the grid is a formula of the sizes, a pointer a place in a buffer, an integer a formula.

// RUN: rm -rf %t && mhc-compile %s --emit ptx,manifest -o %t
// RUN: FileCheck %s < %t/kernels.json

// CHECK: "chip": "sm_90a",
// CHECK-NEXT: "ptx": "8.6",
// CHECK-NEXT: "files": [
// CHECK-NEXT: {"name":"kernels_0.ptx","kind":"ptx","bytes":{{[0-9]+}},"hash":"{{[0-9a-f]+}}"}
// CHECK: "kernels": [
// CHECK-NEXT: {"symbol":"scale","file":0,"block":[128,1,1],"cluster":[1,1,1],"shared":256,"static_shared":null,"registers":null,"spills":null,"local":null,"bytes_per_token":{"rows":null,"coefficients":null},"label":"twice"},
// The block is part of a kernel.
// CHECK-NEXT: {"symbol":"scale","file":0,"block":[64,2,1],"cluster":[1,1,1],"shared":0,
// CHECK-NEXT: ],
// CHECK-NEXT: "programs": [
// CHECK-NEXT: {"name":"twice","sizes":["d0"],"workspace":"(* 64 d0)",
// CHECK-NEXT: "arguments": [
// CHECK-NEXT: {"name":"x","type":"f32","shape":["d0",16],"may_alias":[0]}
// CHECK: "results": [
// CHECK-NEXT: {"name":"result0","type":"f32","shape":["d0",16]}
// CHECK: "steps": [
// CHECK-NEXT: {"kind":"launch","kernel":0,"grid":["(ceil/ d0 8)",1,1],"parameters":[
// CHECK-SAME: {"buffer":{"kind":"argument","index":0,"offset":0}},
// CHECK-SAME: {"buffer":{"kind":"workspace","index":0,"offset":0}},
// CHECK-SAME: {"value":"(* 16 d0)","type":"i64"},
// The bits of 0.5.
// CHECK-SAME: {"value":1056964608,"type":"i32"},
// CHECK-SAME: {"value":-1,"type":"i32"}]},
// CHECK-NEXT: {"kind":"launch","kernel":1,"grid":["(ceil/ d0 8)",1,1],"parameters":[
// CHECK-SAME: {"buffer":{"kind":"workspace","index":0,"offset":256}},
// CHECK-SAME: {"buffer":{"kind":"result","index":0,"offset":"(* 64 d0)"}},
// CHECK-SAME: {"value":"d0","type":"i64"}
// CHECK-SAME: ],"early":true}
// CHECK-NEXT: ]}

module attributes {gpu.container_module} {
  gpu.module @mhc_twice {
    gpu.func @scale(%x: !llvm.ptr<1>, %y: !llvm.ptr<1>, %n: i64, %factor: f32, %k: i32) kernel {
      gpu.return
    }
  }
  func.func @twice(%x: memref<?x16xf32>) -> memref<?x16xf32> {
    %c0 = arith.constant 0 : index
    %c1 = arith.constant 1 : index
    %c2 = arith.constant 2 : index
    %c16 = arith.constant 16 : index
    %c64 = arith.constant 64 : index
    %c128 = arith.constant 128 : index
    %half = arith.constant 0.5 : f32
    %k = arith.constant -1 : i32
    %shared = arith.constant 256 : i32
    %t = memref.dim %x, %c0 : memref<?x16xf32>
    %m = memref.alloc(%t) : memref<?x16xf32>
    %y = memref.alloc(%t) : memref<?x16xf32>
    %n = arith.muli %t, %c16 : index
    %n64 = arith.index_cast %n : index to i64
    %grid = arith.ceildivsi %n, %c128 : index

    %ax = memref.extract_aligned_pointer_as_index %x : memref<?x16xf32> -> index
    %ix = arith.index_cast %ax : index to i64
    %px = llvm.inttoptr %ix : i64 to !llvm.ptr<1>
    %am = memref.extract_aligned_pointer_as_index %m : memref<?x16xf32> -> index
    %im = arith.index_cast %am : index to i64
    %pm = llvm.inttoptr %im : i64 to !llvm.ptr<1>
    gpu.launch_func @mhc_twice::@scale blocks in (%grid, %c1, %c1) threads in (%c128, %c1, %c1)
        dynamic_shared_memory_size %shared
        args(%px : !llvm.ptr<1>, %pm : !llvm.ptr<1>, %n64 : i64, %half : f32, %k : i32)

    // Addresses plus bytes.
    %c256 = arith.constant 256 : i64
    %im2 = arith.addi %im, %c256 : i64
    %pm2 = llvm.inttoptr %im2 : i64 to !llvm.ptr<1>
    %ay = memref.extract_aligned_pointer_as_index %y : memref<?x16xf32> -> index
    %bytes = arith.muli %t, %c64 : index
    %ay2 = arith.addi %ay, %bytes : index
    %iy = arith.index_cast %ay2 : index to i64
    %py = llvm.inttoptr %iy : i64 to !llvm.ptr<1>
    %t64 = arith.index_cast %t : index to i64
    gpu.launch_func @mhc_twice::@scale blocks in (%grid, %c1, %c1) threads in (%c64, %c2, %c1)
        args(%pm2 : !llvm.ptr<1>, %py : !llvm.ptr<1>, %t64 : i64, %half : f32, %k : i32) {mhc.early_launch}
    return %y : memref<?x16xf32>
  }
}
