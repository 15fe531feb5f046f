// RUN: mhc-opt %s --pass-pipeline='builtin.module(func.func(mhc-launch-loops),canonicalize)' | FileCheck %s

// What touches memory runs on the device.

// A thread for each iteration, in blocks of 256; constants are in the launch.
// CHECK-LABEL: func.func @parallel
// CHECK-SAME:    %[[X:.*]]: memref<40x100xf32>
// CHECK:         %[[P:.*]] = memref.extract_aligned_pointer_as_index %[[X]]
// CHECK:         %[[N:.*]] = arith.index_cast %[[P]] : index to i64
// CHECK:         %[[G:.*]] = llvm.inttoptr %[[N]] : i64 to !llvm.ptr<1>
// CHECK:         gpu.launch blocks(%{{.*}}, %{{.*}}, %{{.*}}) in (%{{.*}} = %c16, %{{.*}} = %c1, %{{.*}} = %c1) threads(%{{.*}}, %{{.*}}, %{{.*}}) in (%{{.*}} = %c256,
// CHECK:           arith.cmpi ult, %{{.*}}, %c4000
// CHECK:           scf.if
// CHECK:             arith.remui %{{.*}}, %c100
// CHECK:             arith.divui %{{.*}}, %c100
// CHECK:             %[[AT:.*]] = llvm.getelementptr %[[G]][%{{.*}}] : (!llvm.ptr<1>, i64) -> !llvm.ptr<1>, f32
// CHECK:             llvm.store %{{.*}}, %[[AT]] {alignment = 4 : i64} : f32, !llvm.ptr<1>
func.func @parallel(%x: memref<40x100xf32>, %v: f32) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c40 = arith.constant 40 : index
  %c100 = arith.constant 100 : index
  scf.parallel (%i, %j) = (%c0, %c0) to (%c40, %c100) step (%c1, %c1) {
    memref.store %v, %x[%i, %j] : memref<40x100xf32>
  }
  return
}

// As many threads as iterations, in whole warps.
// CHECK-LABEL: func.func @few
// CHECK:         gpu.launch {{.*}} = %c1, {{.*}} threads({{.*}}) in (%{{.*}} = %c64,
// CHECK-NOT:       scf.if
func.func @few(%x: memref<64xf32>, %v: f32) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c64 = arith.constant 64 : index
  scf.parallel (%i) = (%c0) to (%c64) step (%c1) {
    memref.store %v, %x[%i] : memref<64xf32>
  }
  return
}

// A number of iterations that may be none. Strides and the offset are numbers of the host.
// CHECK-LABEL: func.func @unknown
// CHECK-SAME:    %[[X:.*]]: memref<?x?xbf16, strided<[?, 2], offset: ?>>, %[[N:.*]]: index
// CHECK:         %[[ANY:.*]] = arith.cmpi sgt
// CHECK:         scf.if %[[ANY]] {
// CHECK:           arith.ceildivui
// CHECK:           %{{.*}}, %[[OFFSET:.*]], %{{.*}}:2, %[[STRIDES:.*]]:2 = memref.extract_strided_metadata %[[X]]
// CHECK:           %[[BYTES:.*]] = arith.muli %[[OFFSET]], %c2
// CHECK:           %[[BASE:.*]] = memref.extract_aligned_pointer_as_index %[[X]]
// CHECK:           arith.addi %[[BASE]], %[[BYTES]]
// CHECK:           gpu.launch
// CHECK:             arith.muli %{{.*}}, %[[STRIDES]]#0
// CHECK:             llvm.load %{{.*}} {alignment = 2 : i64} : !llvm.ptr<1> -> bf16
func.func @unknown(%x: memref<?x?xbf16, strided<[?, 2], offset: ?>>, %n: index, %m: index) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c3 = arith.constant 3 : index
  scf.parallel (%i, %j) = (%c1, %c0) to (%n, %m) step (%c3, %c1) {
    %v = memref.load %x[%i, %j] : memref<?x?xbf16, strided<[?, 2], offset: ?>>
    %w = arith.negf %v : bf16
    memref.store %w, %x[%i, %j] : memref<?x?xbf16, strided<[?, 2], offset: ?>>
  }
  return
}

// No iteration, no launch.
// CHECK-LABEL: func.func @none
// CHECK-NEXT:    return
func.func @none(%x: memref<64xf32>, %v: f32) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  scf.parallel (%i) = (%c0) to (%c0) step (%c1) {
    memref.store %v, %x[%i] : memref<64xf32>
  }
  return
}

// Loops without a parallel one, and what stands alone, are one thread; neighbours share a launch.
// CHECK-LABEL: func.func @scalar
// CHECK:         gpu.launch {{.*}} = %c1, {{.*}} = %c1, {{.*}} = %c1) threads({{.*}}) in (%{{.*}} = %c1,
// CHECK:           scf.for
// CHECK:             llvm.load
// CHECK:           llvm.load
// CHECK:           llvm.store
// CHECK:           gpu.terminator
// CHECK-NOT:     gpu.launch
// CHECK:         return
func.func @scalar(%x: memref<?xf32>, %y: memref<f32>) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %zero = arith.constant 0.0 : f32
  %n = memref.dim %x, %c0 : memref<?xf32>
  %s = scf.for %i = %c0 to %n step %c1 iter_args(%a = %zero) -> (f32) {
    %v = memref.load %x[%i] : memref<?xf32>
    %b = arith.addf %a, %v : f32
    scf.yield %b : f32
  }
  %w = memref.load %y[] : memref<f32>
  %t = arith.addf %s, %w : f32
  memref.store %t, %y[] : memref<f32>
  return
}

// A number goes from launch to launch through memory. An index, too.
// CHECK-LABEL: func.func @handed
// CHECK-DAG:     %[[A:.*]] = memref.alloc() : memref<i64>
// CHECK-DAG:     %[[B:.*]] = memref.alloc() : memref<f32>
// CHECK:         gpu.launch
// CHECK:           llvm.store %{{.*}} : f32
// CHECK:           gpu.terminator
// CHECK:         gpu.launch
// CHECK:           llvm.load %{{.*}} -> f32
// CHECK-DAG:     memref.dealloc %[[A]] : memref<i64>
// CHECK-DAG:     memref.dealloc %[[B]] : memref<f32>
func.func @handed(%x: memref<64xf32>, %k: memref<index>, %s: memref<f32>) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c64 = arith.constant 64 : index
  %v = memref.load %s[] : memref<f32>
  %w = arith.mulf %v, %v : f32
  %at = memref.load %k[] : memref<index>
  scf.parallel (%i) = (%c0) to (%c64) step (%c1) {
    %a = memref.load %x[%at] : memref<64xf32>
    %b = arith.addf %w, %a : f32
    memref.store %b, %x[%i] : memref<64xf32>
  }
  return
}

// A loop of the host around parallel loops; one that only the device can end is a thread's.
// CHECK-LABEL: func.func @layers
// CHECK:         scf.for
// CHECK:           gpu.launch
// CHECK:         gpu.launch
// CHECK:           scf.while
// CHECK:             llvm.load
// CHECK:           gpu.terminator
func.func @layers(%x: memref<64xf32>, %n: index, %s: memref<i1>) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c64 = arith.constant 64 : index
  scf.for %l = %c0 to %n step %c1 {
    scf.parallel (%i) = (%c0) to (%c64) step (%c1) {
      %a = memref.load %x[%i] : memref<64xf32>
      %b = arith.addf %a, %a : f32
      memref.store %b, %x[%i] : memref<64xf32>
    }
  }
  scf.while : () -> () {
    %more = memref.load %s[] : memref<i1>
    scf.condition(%more)
  } do {
    %no = arith.constant false
    memref.store %no, %s[] : memref<i1>
    scf.yield
  }
  return
}

// What depends on a number of the device is a thread's as a whole, the loop and the branch, with parallel loops in them.
// CHECK-LABEL: func.func @controlled
// CHECK:         gpu.launch {{.*}} = %c1, {{.*}} = %c1, {{.*}} = %c1) threads({{.*}}) in (%{{.*}} = %c1,
// CHECK:           scf.if
// CHECK:             scf.parallel
// CHECK:           scf.for
// CHECK:         return
func.func @controlled(%x: memref<64xf32>, %k: memref<index>, %s: memref<i1>, %v: f32) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c64 = arith.constant 64 : index
  %is = memref.load %s[] : memref<i1>
  scf.if %is {
    scf.parallel (%i) = (%c0) to (%c64) step (%c1) {
      memref.store %v, %x[%i] : memref<64xf32>
    }
  }
  %n = memref.load %k[] : memref<index>
  scf.for %i = %c0 to %n step %c1 {
    memref.store %v, %x[%i] : memref<64xf32>
  }
  return
}

// Constants in memory, sizes.
// CHECK-LABEL: func.func @constants
// CHECK:         memref.get_global @table
// CHECK:         memref.dim
// CHECK:         gpu.launch
// CHECK-NOT:       memref.
// CHECK:           gpu.terminator
memref.global "private" constant @table : memref<4xf32> = dense<[1.0, 2.0, 3.0, 4.0]>
func.func @constants(%x: memref<?xf32>) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c4 = arith.constant 4 : index
  scf.parallel (%i) = (%c0) to (%c4) step (%c1) {
    %t = memref.get_global @table : memref<4xf32>
    %v = memref.load %t[%i] : memref<4xf32>
    %n = memref.dim %x, %c0 : memref<?xf32>
    %last = arith.subi %n, %c1 : index
    memref.store %v, %x[%last] : memref<?xf32>
  }
  return
}

// Written for a host that reads the device's memory.
// CHECK-LABEL: func.func @own
// CHECK-NOT:     gpu.launch
// CHECK:         memref.load
func.func @own(%x: memref<f32>) -> f32 attributes {mhc.host} {
  %v = memref.load %x[] : memref<f32>
  return %v : f32
}
