// Vector, scf, affine and subgroup ops in kernels.

// RUN: mhc-run --device emulator %s --emit-ptx %t.ptx
// RUN: FileCheck %s --input-file=%t.ptx
// RUN: %if ptxas %{ ptxas -arch=sm_90a %t.ptx -o %t.cubin %}

#shared = #gpu.address_space<workgroup>

gpu.module @kernels {
  // CHECK-LABEL: .entry load(
  // CHECK: ld.global.v4.b32
  // CHECK-COUNT-5: shfl.sync.bfly.b32
  // CHECK: st.shared
  gpu.func @load(%x: memref<4x8xbf16, #gpu.address_space<global>>, %out: memref<?xf32>)
      workgroup(%w : memref<32xf32, #shared>) kernel {
    %c0 = arith.constant 0 : index
    %t = gpu.thread_id x
    %v = vector.load %x[%c0, %c0] {alignment = 16}
        : memref<4x8xbf16, #gpu.address_space<global>>, vector<8xbf16>
    %f = arith.extf %v : vector<8xbf16> to vector<8xf32>
    %r = vector.reduction <add>, %f : vector<8xf32> into f32
    %sum = gpu.subgroup_reduce add %r : (f32) -> f32
    memref.store %sum, %w[%t] : memref<32xf32, #shared>
    gpu.barrier
    %read = memref.load %w[%c0] : memref<32xf32, #shared>
    memref.store %read, %out[%t] : memref<?xf32>
    gpu.return
  }

  // CHECK-LABEL: .entry transfer(
  // CHECK: ld.global
  // CHECK: st.global
  gpu.func @transfer(%x: memref<4x8xbf16>, %i: index, %pad: bf16) kernel {
    %c0 = arith.constant 0 : index
    %m = vector.transfer_read %x[%c0, %c0], %pad {in_bounds = [true, true]}
        : memref<4x8xbf16>, vector<2x4xbf16>
    %t = vector.transpose %m, [1, 0] : vector<2x4xbf16> to vector<4x2xbf16>
    vector.transfer_write %t, %x[%i, %c0] {in_bounds = [true, true]}
        : vector<4x2xbf16>, memref<4x8xbf16>
    gpu.return
  }

  // CHECK-LABEL: .entry loops(
  gpu.func @loops(%x: memref<?x8xf32>, %n: index) kernel {
    %one = arith.constant 1.0 : f32
    %zero = arith.constant 0.0 : f32
    affine.for %i = 0 to 8 {
      %half = affine.apply affine_map<(d0) -> (d0 floordiv 2)>(%i)
      memref.store %one, %x[%half, %i] : memref<?x8xf32>
    }
    %row = memref.subview %x[%n, 0] [1, 8] [1, 1]
        : memref<?x8xf32> to memref<8xf32, strided<[1], offset: ?>>
    %c0 = arith.constant 0 : index
    %c1 = arith.constant 1 : index
    %c8 = arith.constant 8 : index
    %sum = scf.for %i = %c0 to %c8 step %c1 iter_args(%acc = %zero) -> f32 {
      %v = memref.load %row[%i] : memref<8xf32, strided<[1], offset: ?>>
      %next = arith.addf %acc, %v : f32
      scf.yield %next : f32
    }
    // CHECK: st.global
    memref.store %sum, %row[%c0] : memref<8xf32, strided<[1], offset: ?>>
    gpu.return
  }
}
