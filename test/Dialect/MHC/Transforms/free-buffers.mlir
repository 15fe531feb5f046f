// RUN: mhc-opt %s --mhc-free-buffers | FileCheck %s

func.func private @keeps_none(memref<4xf32>)
func.func private @returns_one(memref<4xf32>) -> memref<4xf32>

// After the last use, with the mark that keeps upstream's ownership analysis away.

// CHECK-LABEL: func.func @last_use(
// CHECK:         %[[A:.*]] = memref.alloc() {{{.*}}bufferization.manual_deallocation
// CHECK:         call @keeps_none(%[[A]])
// CHECK-NEXT:    memref.load %[[A]]
// CHECK-NEXT:    memref.dealloc %[[A]] {bufferization.manual_deallocation}
// CHECK-NEXT:    arith.addf
func.func @last_use(%x: f32) -> f32 {
  %c0 = arith.constant 0 : index
  %a = memref.alloc() : memref<4xf32>
  call @keeps_none(%a) : (memref<4xf32>) -> ()
  %v = memref.load %a[%c0] : memref<4xf32>
  %s = arith.addf %v, %x : f32
  return %s : f32
}

// A use in a loop: after the loop.

// CHECK-LABEL: func.func @in_loop(
// CHECK:         scf.for
// CHECK-NOT:     memref.dealloc
// CHECK:         }
// CHECK-NEXT:    memref.dealloc
func.func @in_loop(%n: index) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %a = memref.alloc() : memref<4xf32>
  scf.for %i = %c0 to %n step %c1 {
    func.call @keeps_none(%a) : (memref<4xf32>) -> ()
  }
  return
}

// Another name for the buffer, or its end in another place: left to upstream.

// CHECK-LABEL: func.func @left_alone(
// CHECK-NOT:     memref.dealloc
// CHECK-NOT:     manual_deallocation
// CHECK:         return
func.func @left_alone(%m: memref<4xf32>) -> memref<4xf32> {
  %a = memref.alloc() : memref<4xf32>
  %b = call @returns_one(%a) : (memref<4xf32>) -> memref<4xf32>
  %c = memref.alloc() : memref<4xf32>
  %d = memref.cast %c : memref<4xf32> to memref<?xf32>
  %e = memref.alloc() : memref<4xf32>
  memref.copy %m, %e : memref<4xf32> to memref<4xf32>
  return %e : memref<4xf32>
}
