// RUN: mhc-opt %s --pass-pipeline='builtin.module(func.func(mhc-launch-loops))' --split-input-file --verify-diagnostics

// What the host would have to know, and what a launch cannot take.

func.func @result(%x: memref<f32>) -> f32 {
  %v = memref.load %x[] : memref<f32>
  // expected-error @below {{expected operands that the host knows, got one that the device computes}}
  return %v : f32
}

// -----

func.func @size(%x: memref<index>) {
  %n = memref.load %x[] : memref<index>
  // expected-error @below {{expected operands that the host knows, got one that the device computes}}
  %y = memref.alloc(%n) : memref<?xf32>
  memref.dealloc %y : memref<?xf32>
  return
}

// -----

func.func private @f(f32)

func.func @call(%x: memref<f32>) {
  %v = memref.load %x[] : memref<f32>
  // expected-error @below {{expected operands that the host knows, got one that the device computes}}
  call @f(%v) : (f32) -> ()
  return
}

// -----

func.func private @f(f32)

func.func @condition(%x: memref<i1>, %v: f32) {
  %is = memref.load %x[] : memref<i1>
  // expected-error @below {{expected operands that the host knows, got one that the device computes}}
  scf.if %is {
    func.call @f(%v) : (f32) -> ()
  }
  return
}

// -----

func.func @unranked(%x: memref<*xf32>, %y: memref<4xi64>) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c4 = arith.constant 4 : index
  // expected-error @below {{expected memory of a rank in a loop that runs on the device, got 'memref<*xf32>'}}
  scf.parallel (%i) = (%c0) to (%c4) step (%c1) {
    %r = memref.rank %x : memref<*xf32>
    %n = arith.index_cast %r : index to i64
    memref.store %n, %y[%i] : memref<4xi64>
  }
  return
}

// -----

func.func @elements(%x: memref<4xcomplex<f32>>, %v: complex<f32>) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c4 = arith.constant 4 : index
  // expected-error @below {{expected memory of integers or floats in a loop that runs on the device, got 'memref<4xcomplex<f32>>'}}
  scf.parallel (%i) = (%c0) to (%c4) step (%c1) {
    memref.store %v, %x[%i] : memref<4xcomplex<f32>>
  }
  return
}

// -----

func.func @layout(%x: memref<4x4xf32, affine_map<(i, j) -> (i floordiv 2, i mod 2, j)>>, %v: f32) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c4 = arith.constant 4 : index
  // expected-error @below {{expected memory with strides in a loop that runs on the device, got}}
  scf.parallel (%i) = (%c0) to (%c4) step (%c1) {
    memref.store %v, %x[%i, %i] : memref<4x4xf32, affine_map<(i, j) -> (i floordiv 2, i mod 2, j)>>
  }
  return
}

// -----

func.func @vectors(%x: memref<8xf32>, %v: vector<2xf32>) {
  %c0 = arith.constant 0 : index
  %c2 = arith.constant 2 : index
  %c8 = arith.constant 8 : index
  scf.parallel (%i) = (%c0) to (%c8) step (%c2) {
    // expected-error @below {{expected loads and stores alone of memory in a loop that runs on the device, got 'vector.store'}}
    vector.store %v, %x[%i] : memref<8xf32>, vector<2xf32>
  }
  return
}

// -----

func.func @handed(%x: memref<8xf32>, %y: memref<2xf32>) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c8 = arith.constant 8 : index
  // expected-error @below {{expected numbers alone to be handed on by loops that run on the device, got 'vector<2xf32>'}}
  %v = vector.load %x[%c0] : memref<8xf32>, vector<2xf32>
  scf.parallel (%i) = (%c0) to (%c8) step (%c1) {
    %e = vector.extract %v[0] : f32 from vector<2xf32>
    memref.store %e, %x[%i] : memref<8xf32>
  }
  return
}
