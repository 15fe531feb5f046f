// REQUIRES: numpy
// RUN: %python %S/check-matrix.py %s
//
// One mma.sync of each type and shape that the kernels of ../Kernels leave out.
// The registers of each lane come and go as words: those of A, of B and of C.

module attributes {gpu.container_module} {
  gpu.module @kernels {
    gpu.func @m16n8k8_bf16(%in: memref<7x32xi32>, %out: memref<4x32xi32>) kernel {
      %lane = gpu.thread_id x
      %k0 = arith.constant 0 : index
      %k1 = arith.constant 1 : index
      %k2 = arith.constant 2 : index
      %k3 = arith.constant 3 : index
      %k4 = arith.constant 4 : index
      %k5 = arith.constant 5 : index
      %k6 = arith.constant 6 : index
      %w0 = memref.load %in[%k0, %lane] : memref<7x32xi32>
      %w1 = memref.load %in[%k1, %lane] : memref<7x32xi32>
      %w2 = memref.load %in[%k2, %lane] : memref<7x32xi32>
      %w3 = memref.load %in[%k3, %lane] : memref<7x32xi32>
      %v3 = llvm.bitcast %w3 : i32 to f32
      %w4 = memref.load %in[%k4, %lane] : memref<7x32xi32>
      %v4 = llvm.bitcast %w4 : i32 to f32
      %w5 = memref.load %in[%k5, %lane] : memref<7x32xi32>
      %v5 = llvm.bitcast %w5 : i32 to f32
      %w6 = memref.load %in[%k6, %lane] : memref<7x32xi32>
      %v6 = llvm.bitcast %w6 : i32 to f32
      %d = llvm.call_intrinsic "llvm.nvvm.mma.m16n8k8.row.col.bf16"(%w0, %w1, %w2, %v3, %v4, %v5, %v6) : (i32, i32, i32, f32, f32, f32, f32) -> !llvm.struct<(f32, f32, f32, f32)>
      %d0 = llvm.extractvalue %d[0] : !llvm.struct<(f32, f32, f32, f32)>
      %r0 = llvm.bitcast %d0 : f32 to i32
      memref.store %r0, %out[%k0, %lane] : memref<4x32xi32>
      %d1 = llvm.extractvalue %d[1] : !llvm.struct<(f32, f32, f32, f32)>
      %r1 = llvm.bitcast %d1 : f32 to i32
      memref.store %r1, %out[%k1, %lane] : memref<4x32xi32>
      %d2 = llvm.extractvalue %d[2] : !llvm.struct<(f32, f32, f32, f32)>
      %r2 = llvm.bitcast %d2 : f32 to i32
      memref.store %r2, %out[%k2, %lane] : memref<4x32xi32>
      %d3 = llvm.extractvalue %d[3] : !llvm.struct<(f32, f32, f32, f32)>
      %r3 = llvm.bitcast %d3 : f32 to i32
      memref.store %r3, %out[%k3, %lane] : memref<4x32xi32>
      gpu.return
    }

    gpu.func @m16n8k8_f32_f32(%in: memref<7x32xi32>, %out: memref<4x32xi32>) kernel {
      %lane = gpu.thread_id x
      %k0 = arith.constant 0 : index
      %k1 = arith.constant 1 : index
      %k2 = arith.constant 2 : index
      %k3 = arith.constant 3 : index
      %k4 = arith.constant 4 : index
      %k5 = arith.constant 5 : index
      %k6 = arith.constant 6 : index
      %w0 = memref.load %in[%k0, %lane] : memref<7x32xi32>
      %v0 = llvm.bitcast %w0 : i32 to vector<2xf16>
      %w1 = memref.load %in[%k1, %lane] : memref<7x32xi32>
      %v1 = llvm.bitcast %w1 : i32 to vector<2xf16>
      %w2 = memref.load %in[%k2, %lane] : memref<7x32xi32>
      %v2 = llvm.bitcast %w2 : i32 to vector<2xf16>
      %w3 = memref.load %in[%k3, %lane] : memref<7x32xi32>
      %v3 = llvm.bitcast %w3 : i32 to f32
      %w4 = memref.load %in[%k4, %lane] : memref<7x32xi32>
      %v4 = llvm.bitcast %w4 : i32 to f32
      %w5 = memref.load %in[%k5, %lane] : memref<7x32xi32>
      %v5 = llvm.bitcast %w5 : i32 to f32
      %w6 = memref.load %in[%k6, %lane] : memref<7x32xi32>
      %v6 = llvm.bitcast %w6 : i32 to f32
      %d = llvm.call_intrinsic "llvm.nvvm.mma.m16n8k8.row.col.f32.f32"(%v0, %v1, %v2, %v3, %v4, %v5, %v6) : (vector<2xf16>, vector<2xf16>, vector<2xf16>, f32, f32, f32, f32) -> !llvm.struct<(f32, f32, f32, f32)>
      %d0 = llvm.extractvalue %d[0] : !llvm.struct<(f32, f32, f32, f32)>
      %r0 = llvm.bitcast %d0 : f32 to i32
      memref.store %r0, %out[%k0, %lane] : memref<4x32xi32>
      %d1 = llvm.extractvalue %d[1] : !llvm.struct<(f32, f32, f32, f32)>
      %r1 = llvm.bitcast %d1 : f32 to i32
      memref.store %r1, %out[%k1, %lane] : memref<4x32xi32>
      %d2 = llvm.extractvalue %d[2] : !llvm.struct<(f32, f32, f32, f32)>
      %r2 = llvm.bitcast %d2 : f32 to i32
      memref.store %r2, %out[%k2, %lane] : memref<4x32xi32>
      %d3 = llvm.extractvalue %d[3] : !llvm.struct<(f32, f32, f32, f32)>
      %r3 = llvm.bitcast %d3 : f32 to i32
      memref.store %r3, %out[%k3, %lane] : memref<4x32xi32>
      gpu.return
    }

    gpu.func @m16n8k16_f16_f16(%in: memref<8x32xi32>, %out: memref<2x32xi32>) kernel {
      %lane = gpu.thread_id x
      %k0 = arith.constant 0 : index
      %k1 = arith.constant 1 : index
      %k2 = arith.constant 2 : index
      %k3 = arith.constant 3 : index
      %k4 = arith.constant 4 : index
      %k5 = arith.constant 5 : index
      %k6 = arith.constant 6 : index
      %k7 = arith.constant 7 : index
      %w0 = memref.load %in[%k0, %lane] : memref<8x32xi32>
      %v0 = llvm.bitcast %w0 : i32 to vector<2xf16>
      %w1 = memref.load %in[%k1, %lane] : memref<8x32xi32>
      %v1 = llvm.bitcast %w1 : i32 to vector<2xf16>
      %w2 = memref.load %in[%k2, %lane] : memref<8x32xi32>
      %v2 = llvm.bitcast %w2 : i32 to vector<2xf16>
      %w3 = memref.load %in[%k3, %lane] : memref<8x32xi32>
      %v3 = llvm.bitcast %w3 : i32 to vector<2xf16>
      %w4 = memref.load %in[%k4, %lane] : memref<8x32xi32>
      %v4 = llvm.bitcast %w4 : i32 to vector<2xf16>
      %w5 = memref.load %in[%k5, %lane] : memref<8x32xi32>
      %v5 = llvm.bitcast %w5 : i32 to vector<2xf16>
      %w6 = memref.load %in[%k6, %lane] : memref<8x32xi32>
      %v6 = llvm.bitcast %w6 : i32 to vector<2xf16>
      %w7 = memref.load %in[%k7, %lane] : memref<8x32xi32>
      %v7 = llvm.bitcast %w7 : i32 to vector<2xf16>
      %d = llvm.call_intrinsic "llvm.nvvm.mma.m16n8k16.row.col.f16.f16"(%v0, %v1, %v2, %v3, %v4, %v5, %v6, %v7) : (vector<2xf16>, vector<2xf16>, vector<2xf16>, vector<2xf16>, vector<2xf16>, vector<2xf16>, vector<2xf16>, vector<2xf16>) -> !llvm.struct<(vector<2xf16>, vector<2xf16>)>
      %d0 = llvm.extractvalue %d[0] : !llvm.struct<(vector<2xf16>, vector<2xf16>)>
      %r0 = llvm.bitcast %d0 : vector<2xf16> to i32
      memref.store %r0, %out[%k0, %lane] : memref<2x32xi32>
      %d1 = llvm.extractvalue %d[1] : !llvm.struct<(vector<2xf16>, vector<2xf16>)>
      %r1 = llvm.bitcast %d1 : vector<2xf16> to i32
      memref.store %r1, %out[%k1, %lane] : memref<2x32xi32>
      gpu.return
    }

    gpu.func @m16n8k4_tf32(%in: memref<7x32xi32>, %out: memref<4x32xi32>) kernel {
      %lane = gpu.thread_id x
      %k0 = arith.constant 0 : index
      %k1 = arith.constant 1 : index
      %k2 = arith.constant 2 : index
      %k3 = arith.constant 3 : index
      %k4 = arith.constant 4 : index
      %k5 = arith.constant 5 : index
      %k6 = arith.constant 6 : index
      %w0 = memref.load %in[%k0, %lane] : memref<7x32xi32>
      %w1 = memref.load %in[%k1, %lane] : memref<7x32xi32>
      %w2 = memref.load %in[%k2, %lane] : memref<7x32xi32>
      %w3 = memref.load %in[%k3, %lane] : memref<7x32xi32>
      %v3 = llvm.bitcast %w3 : i32 to f32
      %w4 = memref.load %in[%k4, %lane] : memref<7x32xi32>
      %v4 = llvm.bitcast %w4 : i32 to f32
      %w5 = memref.load %in[%k5, %lane] : memref<7x32xi32>
      %v5 = llvm.bitcast %w5 : i32 to f32
      %w6 = memref.load %in[%k6, %lane] : memref<7x32xi32>
      %v6 = llvm.bitcast %w6 : i32 to f32
      %d = llvm.call_intrinsic "llvm.nvvm.mma.m16n8k4.row.col.tf32"(%w0, %w1, %w2, %v3, %v4, %v5, %v6) : (i32, i32, i32, f32, f32, f32, f32) -> !llvm.struct<(f32, f32, f32, f32)>
      %d0 = llvm.extractvalue %d[0] : !llvm.struct<(f32, f32, f32, f32)>
      %r0 = llvm.bitcast %d0 : f32 to i32
      memref.store %r0, %out[%k0, %lane] : memref<4x32xi32>
      %d1 = llvm.extractvalue %d[1] : !llvm.struct<(f32, f32, f32, f32)>
      %r1 = llvm.bitcast %d1 : f32 to i32
      memref.store %r1, %out[%k1, %lane] : memref<4x32xi32>
      %d2 = llvm.extractvalue %d[2] : !llvm.struct<(f32, f32, f32, f32)>
      %r2 = llvm.bitcast %d2 : f32 to i32
      memref.store %r2, %out[%k2, %lane] : memref<4x32xi32>
      %d3 = llvm.extractvalue %d[3] : !llvm.struct<(f32, f32, f32, f32)>
      %r3 = llvm.bitcast %d3 : f32 to i32
      memref.store %r3, %out[%k3, %lane] : memref<4x32xi32>
      gpu.return
    }

    gpu.func @m16n8k16_s8(%in: memref<7x32xi32>, %out: memref<4x32xi32>) kernel {
      %lane = gpu.thread_id x
      %k0 = arith.constant 0 : index
      %k1 = arith.constant 1 : index
      %k2 = arith.constant 2 : index
      %k3 = arith.constant 3 : index
      %k4 = arith.constant 4 : index
      %k5 = arith.constant 5 : index
      %k6 = arith.constant 6 : index
      %w0 = memref.load %in[%k0, %lane] : memref<7x32xi32>
      %w1 = memref.load %in[%k1, %lane] : memref<7x32xi32>
      %w2 = memref.load %in[%k2, %lane] : memref<7x32xi32>
      %w3 = memref.load %in[%k3, %lane] : memref<7x32xi32>
      %w4 = memref.load %in[%k4, %lane] : memref<7x32xi32>
      %w5 = memref.load %in[%k5, %lane] : memref<7x32xi32>
      %w6 = memref.load %in[%k6, %lane] : memref<7x32xi32>
      %d = llvm.call_intrinsic "llvm.nvvm.mma.m16n8k16.row.col.s8"(%w0, %w1, %w2, %w3, %w4, %w5, %w6) : (i32, i32, i32, i32, i32, i32, i32) -> !llvm.struct<(i32, i32, i32, i32)>
      %d0 = llvm.extractvalue %d[0] : !llvm.struct<(i32, i32, i32, i32)>
      memref.store %d0, %out[%k0, %lane] : memref<4x32xi32>
      %d1 = llvm.extractvalue %d[1] : !llvm.struct<(i32, i32, i32, i32)>
      memref.store %d1, %out[%k1, %lane] : memref<4x32xi32>
      %d2 = llvm.extractvalue %d[2] : !llvm.struct<(i32, i32, i32, i32)>
      memref.store %d2, %out[%k2, %lane] : memref<4x32xi32>
      %d3 = llvm.extractvalue %d[3] : !llvm.struct<(i32, i32, i32, i32)>
      memref.store %d3, %out[%k3, %lane] : memref<4x32xi32>
      gpu.return
    }

    gpu.func @m16n8k32_satfinite_u8_s8(%in: memref<10x32xi32>, %out: memref<4x32xi32>) kernel {
      %lane = gpu.thread_id x
      %k0 = arith.constant 0 : index
      %k1 = arith.constant 1 : index
      %k2 = arith.constant 2 : index
      %k3 = arith.constant 3 : index
      %k4 = arith.constant 4 : index
      %k5 = arith.constant 5 : index
      %k6 = arith.constant 6 : index
      %k7 = arith.constant 7 : index
      %k8 = arith.constant 8 : index
      %k9 = arith.constant 9 : index
      %w0 = memref.load %in[%k0, %lane] : memref<10x32xi32>
      %w1 = memref.load %in[%k1, %lane] : memref<10x32xi32>
      %w2 = memref.load %in[%k2, %lane] : memref<10x32xi32>
      %w3 = memref.load %in[%k3, %lane] : memref<10x32xi32>
      %w4 = memref.load %in[%k4, %lane] : memref<10x32xi32>
      %w5 = memref.load %in[%k5, %lane] : memref<10x32xi32>
      %w6 = memref.load %in[%k6, %lane] : memref<10x32xi32>
      %w7 = memref.load %in[%k7, %lane] : memref<10x32xi32>
      %w8 = memref.load %in[%k8, %lane] : memref<10x32xi32>
      %w9 = memref.load %in[%k9, %lane] : memref<10x32xi32>
      %d = llvm.call_intrinsic "llvm.nvvm.mma.m16n8k32.row.col.satfinite.u8.s8"(%w0, %w1, %w2, %w3, %w4, %w5, %w6, %w7, %w8, %w9) : (i32, i32, i32, i32, i32, i32, i32, i32, i32, i32) -> !llvm.struct<(i32, i32, i32, i32)>
      %d0 = llvm.extractvalue %d[0] : !llvm.struct<(i32, i32, i32, i32)>
      memref.store %d0, %out[%k0, %lane] : memref<4x32xi32>
      %d1 = llvm.extractvalue %d[1] : !llvm.struct<(i32, i32, i32, i32)>
      memref.store %d1, %out[%k1, %lane] : memref<4x32xi32>
      %d2 = llvm.extractvalue %d[2] : !llvm.struct<(i32, i32, i32, i32)>
      memref.store %d2, %out[%k2, %lane] : memref<4x32xi32>
      %d3 = llvm.extractvalue %d[3] : !llvm.struct<(i32, i32, i32, i32)>
      memref.store %d3, %out[%k3, %lane] : memref<4x32xi32>
      gpu.return
    }

    gpu.func @m16n8k32_f32_e5m2_e4m3_f32(%in: memref<10x32xi32>, %out: memref<4x32xi32>) kernel {
      %lane = gpu.thread_id x
      %k0 = arith.constant 0 : index
      %k1 = arith.constant 1 : index
      %k2 = arith.constant 2 : index
      %k3 = arith.constant 3 : index
      %k4 = arith.constant 4 : index
      %k5 = arith.constant 5 : index
      %k6 = arith.constant 6 : index
      %k7 = arith.constant 7 : index
      %k8 = arith.constant 8 : index
      %k9 = arith.constant 9 : index
      %w0 = memref.load %in[%k0, %lane] : memref<10x32xi32>
      %w1 = memref.load %in[%k1, %lane] : memref<10x32xi32>
      %w2 = memref.load %in[%k2, %lane] : memref<10x32xi32>
      %w3 = memref.load %in[%k3, %lane] : memref<10x32xi32>
      %w4 = memref.load %in[%k4, %lane] : memref<10x32xi32>
      %w5 = memref.load %in[%k5, %lane] : memref<10x32xi32>
      %w6 = memref.load %in[%k6, %lane] : memref<10x32xi32>
      %v6 = llvm.bitcast %w6 : i32 to f32
      %w7 = memref.load %in[%k7, %lane] : memref<10x32xi32>
      %v7 = llvm.bitcast %w7 : i32 to f32
      %w8 = memref.load %in[%k8, %lane] : memref<10x32xi32>
      %v8 = llvm.bitcast %w8 : i32 to f32
      %w9 = memref.load %in[%k9, %lane] : memref<10x32xi32>
      %v9 = llvm.bitcast %w9 : i32 to f32
      %d = llvm.call_intrinsic "llvm.nvvm.mma.m16n8k32.row.col.f32.e5m2.e4m3.f32"(%w0, %w1, %w2, %w3, %w4, %w5, %v6, %v7, %v8, %v9) : (i32, i32, i32, i32, i32, i32, f32, f32, f32, f32) -> !llvm.struct<(f32, f32, f32, f32)>
      %d0 = llvm.extractvalue %d[0] : !llvm.struct<(f32, f32, f32, f32)>
      %r0 = llvm.bitcast %d0 : f32 to i32
      memref.store %r0, %out[%k0, %lane] : memref<4x32xi32>
      %d1 = llvm.extractvalue %d[1] : !llvm.struct<(f32, f32, f32, f32)>
      %r1 = llvm.bitcast %d1 : f32 to i32
      memref.store %r1, %out[%k1, %lane] : memref<4x32xi32>
      %d2 = llvm.extractvalue %d[2] : !llvm.struct<(f32, f32, f32, f32)>
      %r2 = llvm.bitcast %d2 : f32 to i32
      memref.store %r2, %out[%k2, %lane] : memref<4x32xi32>
      %d3 = llvm.extractvalue %d[3] : !llvm.struct<(f32, f32, f32, f32)>
      %r3 = llvm.bitcast %d3 : f32 to i32
      memref.store %r3, %out[%k3, %lane] : memref<4x32xi32>
      gpu.return
    }

    gpu.func @m8n8k4_f64(%in: memref<4x32xi64>, %out: memref<2x32xi64>) kernel {
      %lane = gpu.thread_id x
      %k0 = arith.constant 0 : index
      %k1 = arith.constant 1 : index
      %k2 = arith.constant 2 : index
      %k3 = arith.constant 3 : index
      %w0 = memref.load %in[%k0, %lane] : memref<4x32xi64>
      %v0 = llvm.bitcast %w0 : i64 to f64
      %w1 = memref.load %in[%k1, %lane] : memref<4x32xi64>
      %v1 = llvm.bitcast %w1 : i64 to f64
      %w2 = memref.load %in[%k2, %lane] : memref<4x32xi64>
      %v2 = llvm.bitcast %w2 : i64 to f64
      %w3 = memref.load %in[%k3, %lane] : memref<4x32xi64>
      %v3 = llvm.bitcast %w3 : i64 to f64
      %d = llvm.call_intrinsic "llvm.nvvm.mma.m8n8k4.row.col.f64"(%v0, %v1, %v2, %v3) : (f64, f64, f64, f64) -> !llvm.struct<(f64, f64)>
      %d0 = llvm.extractvalue %d[0] : !llvm.struct<(f64, f64)>
      %r0 = llvm.bitcast %d0 : f64 to i64
      memref.store %r0, %out[%k0, %lane] : memref<2x32xi64>
      %d1 = llvm.extractvalue %d[1] : !llvm.struct<(f64, f64)>
      %r1 = llvm.bitcast %d1 : f64 to i64
      memref.store %r1, %out[%k1, %lane] : memref<2x32xi64>
      gpu.return
    }

    gpu.func @m16n8k8_f64(%in: memref<10x32xi64>, %out: memref<4x32xi64>) kernel {
      %lane = gpu.thread_id x
      %k0 = arith.constant 0 : index
      %k1 = arith.constant 1 : index
      %k2 = arith.constant 2 : index
      %k3 = arith.constant 3 : index
      %k4 = arith.constant 4 : index
      %k5 = arith.constant 5 : index
      %k6 = arith.constant 6 : index
      %k7 = arith.constant 7 : index
      %k8 = arith.constant 8 : index
      %k9 = arith.constant 9 : index
      %w0 = memref.load %in[%k0, %lane] : memref<10x32xi64>
      %v0 = llvm.bitcast %w0 : i64 to f64
      %w1 = memref.load %in[%k1, %lane] : memref<10x32xi64>
      %v1 = llvm.bitcast %w1 : i64 to f64
      %w2 = memref.load %in[%k2, %lane] : memref<10x32xi64>
      %v2 = llvm.bitcast %w2 : i64 to f64
      %w3 = memref.load %in[%k3, %lane] : memref<10x32xi64>
      %v3 = llvm.bitcast %w3 : i64 to f64
      %w4 = memref.load %in[%k4, %lane] : memref<10x32xi64>
      %v4 = llvm.bitcast %w4 : i64 to f64
      %w5 = memref.load %in[%k5, %lane] : memref<10x32xi64>
      %v5 = llvm.bitcast %w5 : i64 to f64
      %w6 = memref.load %in[%k6, %lane] : memref<10x32xi64>
      %v6 = llvm.bitcast %w6 : i64 to f64
      %w7 = memref.load %in[%k7, %lane] : memref<10x32xi64>
      %v7 = llvm.bitcast %w7 : i64 to f64
      %w8 = memref.load %in[%k8, %lane] : memref<10x32xi64>
      %v8 = llvm.bitcast %w8 : i64 to f64
      %w9 = memref.load %in[%k9, %lane] : memref<10x32xi64>
      %v9 = llvm.bitcast %w9 : i64 to f64
      %d = llvm.call_intrinsic "llvm.nvvm.mma.m16n8k8.row.col.f64"(%v0, %v1, %v2, %v3, %v4, %v5, %v6, %v7, %v8, %v9) : (f64, f64, f64, f64, f64, f64, f64, f64, f64, f64) -> !llvm.struct<(f64, f64, f64, f64)>
      %d0 = llvm.extractvalue %d[0] : !llvm.struct<(f64, f64, f64, f64)>
      %r0 = llvm.bitcast %d0 : f64 to i64
      memref.store %r0, %out[%k0, %lane] : memref<4x32xi64>
      %d1 = llvm.extractvalue %d[1] : !llvm.struct<(f64, f64, f64, f64)>
      %r1 = llvm.bitcast %d1 : f64 to i64
      memref.store %r1, %out[%k1, %lane] : memref<4x32xi64>
      %d2 = llvm.extractvalue %d[2] : !llvm.struct<(f64, f64, f64, f64)>
      %r2 = llvm.bitcast %d2 : f64 to i64
      memref.store %r2, %out[%k2, %lane] : memref<4x32xi64>
      %d3 = llvm.extractvalue %d[3] : !llvm.struct<(f64, f64, f64, f64)>
      %r3 = llvm.bitcast %d3 : f64 to i64
      memref.store %r3, %out[%k3, %lane] : memref<4x32xi64>
      gpu.return
    }
  }

  func.func @m16n8k8_bf16(%in: memref<7x32xi32>) -> memref<4x32xi32> {
    %c1 = arith.constant 1 : index
    %c32 = arith.constant 32 : index
    %out = memref.alloc() : memref<4x32xi32>
    gpu.launch_func @kernels::@m16n8k8_bf16
        blocks in (%c1, %c1, %c1) threads in (%c32, %c1, %c1)
        args(%in : memref<7x32xi32>, %out : memref<4x32xi32>)
    return %out : memref<4x32xi32>
  }

  func.func @m16n8k8_f32_f32(%in: memref<7x32xi32>) -> memref<4x32xi32> {
    %c1 = arith.constant 1 : index
    %c32 = arith.constant 32 : index
    %out = memref.alloc() : memref<4x32xi32>
    gpu.launch_func @kernels::@m16n8k8_f32_f32
        blocks in (%c1, %c1, %c1) threads in (%c32, %c1, %c1)
        args(%in : memref<7x32xi32>, %out : memref<4x32xi32>)
    return %out : memref<4x32xi32>
  }

  func.func @m16n8k16_f16_f16(%in: memref<8x32xi32>) -> memref<2x32xi32> {
    %c1 = arith.constant 1 : index
    %c32 = arith.constant 32 : index
    %out = memref.alloc() : memref<2x32xi32>
    gpu.launch_func @kernels::@m16n8k16_f16_f16
        blocks in (%c1, %c1, %c1) threads in (%c32, %c1, %c1)
        args(%in : memref<8x32xi32>, %out : memref<2x32xi32>)
    return %out : memref<2x32xi32>
  }

  func.func @m16n8k4_tf32(%in: memref<7x32xi32>) -> memref<4x32xi32> {
    %c1 = arith.constant 1 : index
    %c32 = arith.constant 32 : index
    %out = memref.alloc() : memref<4x32xi32>
    gpu.launch_func @kernels::@m16n8k4_tf32
        blocks in (%c1, %c1, %c1) threads in (%c32, %c1, %c1)
        args(%in : memref<7x32xi32>, %out : memref<4x32xi32>)
    return %out : memref<4x32xi32>
  }

  func.func @m16n8k16_s8(%in: memref<7x32xi32>) -> memref<4x32xi32> {
    %c1 = arith.constant 1 : index
    %c32 = arith.constant 32 : index
    %out = memref.alloc() : memref<4x32xi32>
    gpu.launch_func @kernels::@m16n8k16_s8
        blocks in (%c1, %c1, %c1) threads in (%c32, %c1, %c1)
        args(%in : memref<7x32xi32>, %out : memref<4x32xi32>)
    return %out : memref<4x32xi32>
  }

  func.func @m16n8k32_satfinite_u8_s8(%in: memref<10x32xi32>) -> memref<4x32xi32> {
    %c1 = arith.constant 1 : index
    %c32 = arith.constant 32 : index
    %out = memref.alloc() : memref<4x32xi32>
    gpu.launch_func @kernels::@m16n8k32_satfinite_u8_s8
        blocks in (%c1, %c1, %c1) threads in (%c32, %c1, %c1)
        args(%in : memref<10x32xi32>, %out : memref<4x32xi32>)
    return %out : memref<4x32xi32>
  }

  func.func @m16n8k32_f32_e5m2_e4m3_f32(%in: memref<10x32xi32>) -> memref<4x32xi32> {
    %c1 = arith.constant 1 : index
    %c32 = arith.constant 32 : index
    %out = memref.alloc() : memref<4x32xi32>
    gpu.launch_func @kernels::@m16n8k32_f32_e5m2_e4m3_f32
        blocks in (%c1, %c1, %c1) threads in (%c32, %c1, %c1)
        args(%in : memref<10x32xi32>, %out : memref<4x32xi32>)
    return %out : memref<4x32xi32>
  }

  func.func @m8n8k4_f64(%in: memref<4x32xi64>) -> memref<2x32xi64> {
    %c1 = arith.constant 1 : index
    %c32 = arith.constant 32 : index
    %out = memref.alloc() : memref<2x32xi64>
    gpu.launch_func @kernels::@m8n8k4_f64
        blocks in (%c1, %c1, %c1) threads in (%c32, %c1, %c1)
        args(%in : memref<4x32xi64>, %out : memref<2x32xi64>)
    return %out : memref<2x32xi64>
  }

  func.func @m16n8k8_f64(%in: memref<10x32xi64>) -> memref<4x32xi64> {
    %c1 = arith.constant 1 : index
    %c32 = arith.constant 32 : index
    %out = memref.alloc() : memref<4x32xi64>
    gpu.launch_func @kernels::@m16n8k8_f64
        blocks in (%c1, %c1, %c1) threads in (%c32, %c1, %c1)
        args(%in : memref<10x32xi64>, %out : memref<4x32xi64>)
    return %out : memref<4x32xi64>
  }
}
