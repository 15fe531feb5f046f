// RUN: mhc-opt %s --mhc-plan-memory=mark-lives --canonicalize --cse --split-input-file | FileCheck %s

// A life begins at the first use, not at the allocation, and ends at the last one, whatever the buffer is called there.
// CHECK-LABEL: func.func @straight(
// CHECK:         %[[A:.*]] = memref.view %{{.*}}[%c0][]
// CHECK:         memref.copy %{{.*}}, %[[R0:.*]] :
// CHECK-NEXT:    mhc.life_begin "of memref.copy" %[[A]] : memref<8x4xf32>
// CHECK-NEXT:    memref.copy %{{.*}}, %[[A]]
// CHECK:         memref.load
// CHECK-NEXT:    mhc.life_end "of memref.copy" %[[A]] : memref<8x4xf32>
// CHECK-NEXT:    memref.copy
func.func @straight(%x: memref<8x4xf32>, %i: index, %out: memref<8x4xf32>, %number: memref<f32>) {
  %a = memref.alloc() : memref<8x4xf32>
  %row = memref.subview %a[2, 0] [1, 4] [1, 1] : memref<8x4xf32> to memref<4xf32, strided<[1], offset: 8>>
  memref.copy %x, %out : memref<8x4xf32> to memref<8x4xf32>
  memref.copy %x, %a : memref<8x4xf32> to memref<8x4xf32>
  %0 = memref.load %row[%i] : memref<4xf32, strided<[1], offset: 8>>
  memref.copy %x, %out : memref<8x4xf32> to memref<8x4xf32>
  memref.store %0, %number[] : memref<f32>
  memref.dealloc %a : memref<8x4xf32>
  return
}

// -----

// What a loop reads lives as long as the loop; what an iteration makes lives in it, beside that.
// CHECK-LABEL: func.func @loop(
// CHECK-DAG:     %[[A:.*]] = memref.view %{{.*}}[%c0][]
// CHECK:         mhc.life_begin "a" %[[A]]
// CHECK-NEXT:    memref.copy %{{.*}}, %[[A]]
// CHECK-NEXT:    scf.for
// CHECK:           %[[T:.*]] = memref.view %{{.*}}[%c64][]
// CHECK-NEXT:      mhc.life_begin "t" %[[T]]
// CHECK-NEXT:      memref.copy %[[A]], %[[T]]
// CHECK-NEXT:      memref.copy %[[T]], %{{.*}}
// CHECK-NEXT:      mhc.life_end "t" %[[T]]
// CHECK-NEXT:    }
// CHECK-NEXT:    mhc.life_end "a" %[[A]]
// CHECK-NEXT:    mhc.life_begin "b" %[[A]]
func.func @loop(%x: memref<16xf32>, %n: index, %out: memref<16xf32>) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %a = memref.alloc() : memref<16xf32> loc("a")
  memref.copy %x, %a : memref<16xf32> to memref<16xf32>
  scf.for %i = %c0 to %n step %c1 {
    %t = memref.alloc() : memref<16xf32> loc("t")
    memref.copy %a, %t : memref<16xf32> to memref<16xf32>
    memref.copy %t, %out : memref<16xf32> to memref<16xf32>
  }
  %b = memref.alloc() : memref<16xf32> loc("b")
  memref.copy %x, %b : memref<16xf32> to memref<16xf32>
  memref.copy %b, %out : memref<16xf32> to memref<16xf32>
  return
}

// -----

// A loop that hands what it makes to the next iteration has two buffers, and takes them in turn.
// CHECK-LABEL: func.func @carried(
// CHECK-SAME:    %[[X:.*]]: memref<?xf32>, %[[N:.*]]: index, %[[R:.*]]: memref<?xf32> {mhc.result}, %[[W:.*]]: memref<?xi8>
// CHECK-DAG:     %[[FIRST:.*]] = memref.view %[[W]][%c0][%[[T:.*]]]
// CHECK-DAG:     %[[SECOND:.*]] = memref.view %[[W]][%{{.*}}][%[[T]]]
// CHECK:         mhc.life_begin "next" %[[FIRST]]
// CHECK-NEXT:    mhc.life_begin "next" %[[SECOND]]
// CHECK-NEXT:    %[[LAST:.*]]:3 = scf.for {{.*}} iter_args(%[[OLD:.*]] = %[[X]], %[[NEW:.*]] = %[[FIRST]], %[[OTHER:.*]] = %[[SECOND]])
// CHECK-NEXT:      memref.copy %[[OLD]], %[[NEW]]
// CHECK-NEXT:      scf.yield %[[NEW]], %[[OTHER]], %[[NEW]]
// CHECK:         memref.copy %[[LAST]]#0, %[[R]]
// CHECK-NEXT:    mhc.life_end "next" %[[SECOND]]
// CHECK-NEXT:    mhc.life_end "next" %[[FIRST]]
func.func @carried(%x: memref<?xf32>, %n: index) -> memref<?xf32> {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %last = scf.for %i = %c0 to %n step %c1 iter_args(%old = %x) -> memref<?xf32> {
    %tokens = memref.dim %old, %c0 : memref<?xf32>
    %new = memref.alloc(%tokens) : memref<?xf32> loc("next")
    memref.copy %old, %new : memref<?xf32> to memref<?xf32>
    scf.yield %new : memref<?xf32>
  }
  return %last : memref<?xf32>
}

// -----

// What a branch makes and hands out lives outside of it; what it uses alone shares with the other branch.
// CHECK-LABEL: func.func @branches(
// CHECK:         %[[A:.*]] = memref.view %{{.*}}[%c64][]
// CHECK:         mhc.life_begin "a" %[[A]]
// CHECK:         %[[B:.*]] = memref.view %{{.*}}[%c128][]
// CHECK:         mhc.life_begin "b" %[[B]]
// CHECK:         scf.if
// CHECK:           %[[T:.*]] = memref.view %{{.*}}[%c0][]
// CHECK:           mhc.life_begin "t" %[[T]]
// CHECK:           mhc.life_end "t" %[[T]]
// CHECK:         else
// CHECK:           %[[U:.*]] = memref.view %{{.*}}[%c0][]
// CHECK:           mhc.life_begin "u" %[[U]]
// CHECK:           mhc.life_end "u" %[[U]]
// CHECK:         memref.copy
// CHECK:         mhc.life_end
// CHECK:         mhc.life_end
func.func @branches(%x: memref<16xf32>, %c: i1, %out: memref<16xf32>) {
  %r = scf.if %c -> memref<16xf32> {
    %t = memref.alloc() : memref<16xf32> loc("t")
    %a = memref.alloc() : memref<16xf32> loc("a")
    memref.copy %x, %t : memref<16xf32> to memref<16xf32>
    memref.copy %t, %a : memref<16xf32> to memref<16xf32>
    scf.yield %a : memref<16xf32>
  } else {
    %u = memref.alloc() : memref<16xf32> loc("u")
    %b = memref.alloc() : memref<16xf32> loc("b")
    memref.copy %x, %u : memref<16xf32> to memref<16xf32>
    memref.copy %u, %b : memref<16xf32> to memref<16xf32>
    scf.yield %b : memref<16xf32>
  }
  memref.copy %r, %out : memref<16xf32> to memref<16xf32>
  return
}

// -----

// An op that is not known may hand on what it is given.
// CHECK-LABEL: func.func @handed_on(
// CHECK:         mhc.life_begin "a" %[[A:.*]] :
// CHECK:         %[[B:.*]] = call @unknown
// CHECK:         memref.copy
// CHECK-NEXT:    memref.copy %[[B]]
// CHECK-NEXT:    mhc.life_end "a" %[[A]]
func.func private @unknown(memref<16xf32>) -> memref<16xf32>
func.func @handed_on(%x: memref<16xf32>, %out: memref<16xf32>) {
  %a = memref.alloc() : memref<16xf32> loc("a")
  memref.copy %x, %a : memref<16xf32> to memref<16xf32>
  %b = call @unknown(%a) : (memref<16xf32>) -> memref<16xf32>
  memref.copy %x, %out : memref<16xf32> to memref<16xf32>
  memref.copy %b, %out : memref<16xf32> to memref<16xf32>
  return
}

// -----

// The lives of a callee's buffers are marked in it, and not where its workspace is handed over.
// CHECK-LABEL: func.func private @callee(
// CHECK:         mhc.life_begin "t"
// CHECK-LABEL: func.func @caller(
// CHECK-NOT:     mhc.life
// CHECK:         return
func.func private @callee(%x: memref<16xf32>, %out: memref<16xf32>) {
  %t = memref.alloc() : memref<16xf32> loc("t")
  memref.copy %x, %t : memref<16xf32> to memref<16xf32>
  memref.copy %t, %out : memref<16xf32> to memref<16xf32>
  return
}
func.func @caller(%x: memref<16xf32>, %out: memref<16xf32>) {
  call @callee(%x, %out) : (memref<16xf32>, memref<16xf32>) -> ()
  return
}
