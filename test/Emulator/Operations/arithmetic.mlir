// REQUIRES: numpy
// RUN: %python %S/check.py %s
//
// Arithmetic with a rounding mode: each result is the exact one, rounded once. The
// rows of the result are the forms, its columns the operands.

module attributes {gpu.container_module} {
  gpu.module @kernels {
    gpu.func @single(%a: memref<?xi32>, %b: memref<?xi32>, %c: memref<?xi32>, %out: memref<?x?xi32>) kernel {
      %block = gpu.block_id x
      %thread = gpu.thread_id x
      %c64 = arith.constant 64 : index
      %first = arith.muli %block, %c64 : index
      %i = arith.addi %first, %thread : index
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
      %k10 = arith.constant 10 : index
      %k11 = arith.constant 11 : index
      %k12 = arith.constant 12 : index
      %k13 = arith.constant 13 : index
      %k14 = arith.constant 14 : index
      %k15 = arith.constant 15 : index
      %k16 = arith.constant 16 : index
      %ai = memref.load %a[%i] : memref<?xi32>
      %bi = memref.load %b[%i] : memref<?xi32>
      %ci = memref.load %c[%i] : memref<?xi32>
      %a_f32 = arith.bitcast %ai : i32 to f32
      %b_f32 = arith.bitcast %bi : i32 to f32
      %r0 = llvm.call_intrinsic "llvm.nvvm.add.rn.ftz.f"(%a_f32, %b_f32) : (f32, f32) -> f32
      %r0b = arith.bitcast %r0 : f32 to i32
      memref.store %r0b, %out[%k0, %i] : memref<?x?xi32>
      %r1 = llvm.call_intrinsic "llvm.nvvm.add.rz.f"(%a_f32, %b_f32) : (f32, f32) -> f32
      %r1b = arith.bitcast %r1 : f32 to i32
      memref.store %r1b, %out[%k1, %i] : memref<?x?xi32>
      %r2 = llvm.call_intrinsic "llvm.nvvm.add.rm.f"(%a_f32, %b_f32) : (f32, f32) -> f32
      %r2b = arith.bitcast %r2 : f32 to i32
      memref.store %r2b, %out[%k2, %i] : memref<?x?xi32>
      %r3 = llvm.call_intrinsic "llvm.nvvm.add.rp.ftz.sat.f"(%a_f32, %b_f32) : (f32, f32) -> f32
      %r3b = arith.bitcast %r3 : f32 to i32
      memref.store %r3b, %out[%k3, %i] : memref<?x?xi32>
      %r4 = llvm.call_intrinsic "llvm.nvvm.mul.rm.f"(%a_f32, %b_f32) : (f32, f32) -> f32
      %r4b = arith.bitcast %r4 : f32 to i32
      memref.store %r4b, %out[%k4, %i] : memref<?x?xi32>
      %r5 = llvm.call_intrinsic "llvm.nvvm.mul.rp.ftz.f"(%a_f32, %b_f32) : (f32, f32) -> f32
      %r5b = arith.bitcast %r5 : f32 to i32
      memref.store %r5b, %out[%k5, %i] : memref<?x?xi32>
      %r6 = llvm.call_intrinsic "llvm.nvvm.div.rn.ftz.f"(%a_f32, %b_f32) : (f32, f32) -> f32
      %r6b = arith.bitcast %r6 : f32 to i32
      memref.store %r6b, %out[%k6, %i] : memref<?x?xi32>
      %r7 = llvm.call_intrinsic "llvm.nvvm.div.rz.f"(%a_f32, %b_f32) : (f32, f32) -> f32
      %r7b = arith.bitcast %r7 : f32 to i32
      memref.store %r7b, %out[%k7, %i] : memref<?x?xi32>
      %c_f32 = arith.bitcast %ci : i32 to f32
      %r8 = llvm.call_intrinsic "llvm.nvvm.fma.rn.ftz.sat.f"(%a_f32, %b_f32, %c_f32) : (f32, f32, f32) -> f32
      %r8b = arith.bitcast %r8 : f32 to i32
      memref.store %r8b, %out[%k8, %i] : memref<?x?xi32>
      %r9 = llvm.call_intrinsic "llvm.nvvm.fma.rz.f"(%a_f32, %b_f32, %c_f32) : (f32, f32, f32) -> f32
      %r9b = arith.bitcast %r9 : f32 to i32
      memref.store %r9b, %out[%k9, %i] : memref<?x?xi32>
      %r10 = llvm.call_intrinsic "llvm.nvvm.fma.rm.f"(%a_f32, %b_f32, %c_f32) : (f32, f32, f32) -> f32
      %r10b = arith.bitcast %r10 : f32 to i32
      memref.store %r10b, %out[%k10, %i] : memref<?x?xi32>
      %r11 = llvm.call_intrinsic "llvm.nvvm.fma.rp.ftz.f"(%a_f32, %b_f32, %c_f32) : (f32, f32, f32) -> f32
      %r11b = arith.bitcast %r11 : f32 to i32
      memref.store %r11b, %out[%k11, %i] : memref<?x?xi32>
      %r12 = llvm.call_intrinsic "llvm.nvvm.rcp.rm.f"(%a_f32) : (f32) -> f32
      %r12b = arith.bitcast %r12 : f32 to i32
      memref.store %r12b, %out[%k12, %i] : memref<?x?xi32>
      %r13 = llvm.call_intrinsic "llvm.nvvm.rcp.rp.ftz.f"(%a_f32) : (f32) -> f32
      %r13b = arith.bitcast %r13 : f32 to i32
      memref.store %r13b, %out[%k13, %i] : memref<?x?xi32>
      %r14 = llvm.call_intrinsic "llvm.nvvm.sqrt.rz.f"(%a_f32) : (f32) -> f32
      %r14b = arith.bitcast %r14 : f32 to i32
      memref.store %r14b, %out[%k14, %i] : memref<?x?xi32>
      %r15 = llvm.call_intrinsic "llvm.nvvm.sqrt.rp.f"(%a_f32) : (f32) -> f32
      %r15b = arith.bitcast %r15 : f32 to i32
      memref.store %r15b, %out[%k15, %i] : memref<?x?xi32>
      %r16 = llvm.inline_asm "fma.rm.ftz.f32 $0, $1, $2, $3;", "=f,f,f,f" %a_f32, %b_f32, %c_f32 : (f32, f32, f32) -> f32
      %r16b = arith.bitcast %r16 : f32 to i32
      memref.store %r16b, %out[%k16, %i] : memref<?x?xi32>
      gpu.return
    }

    gpu.func @wide(%a: memref<?xi64>, %b: memref<?xi64>, %c: memref<?xi64>, %out: memref<?x?xi64>) kernel {
      %block = gpu.block_id x
      %thread = gpu.thread_id x
      %c64 = arith.constant 64 : index
      %first = arith.muli %block, %c64 : index
      %i = arith.addi %first, %thread : index
      %k0 = arith.constant 0 : index
      %k1 = arith.constant 1 : index
      %k2 = arith.constant 2 : index
      %k3 = arith.constant 3 : index
      %k4 = arith.constant 4 : index
      %k5 = arith.constant 5 : index
      %k6 = arith.constant 6 : index
      %ai = memref.load %a[%i] : memref<?xi64>
      %bi = memref.load %b[%i] : memref<?xi64>
      %ci = memref.load %c[%i] : memref<?xi64>
      %a_f64 = arith.bitcast %ai : i64 to f64
      %b_f64 = arith.bitcast %bi : i64 to f64
      %r0 = llvm.call_intrinsic "llvm.nvvm.add.rm.d"(%a_f64, %b_f64) : (f64, f64) -> f64
      %r0b = arith.bitcast %r0 : f64 to i64
      memref.store %r0b, %out[%k0, %i] : memref<?x?xi64>
      %r1 = llvm.call_intrinsic "llvm.nvvm.mul.rp.d"(%a_f64, %b_f64) : (f64, f64) -> f64
      %r1b = arith.bitcast %r1 : f64 to i64
      memref.store %r1b, %out[%k1, %i] : memref<?x?xi64>
      %r2 = llvm.call_intrinsic "llvm.nvvm.div.rz.d"(%a_f64, %b_f64) : (f64, f64) -> f64
      %r2b = arith.bitcast %r2 : f64 to i64
      memref.store %r2b, %out[%k2, %i] : memref<?x?xi64>
      %c_f64 = arith.bitcast %ci : i64 to f64
      %r3 = llvm.call_intrinsic "llvm.nvvm.fma.rz.d"(%a_f64, %b_f64, %c_f64) : (f64, f64, f64) -> f64
      %r3b = arith.bitcast %r3 : f64 to i64
      memref.store %r3b, %out[%k3, %i] : memref<?x?xi64>
      %r4 = llvm.call_intrinsic "llvm.nvvm.rcp.rp.d"(%a_f64) : (f64) -> f64
      %r4b = arith.bitcast %r4 : f64 to i64
      memref.store %r4b, %out[%k4, %i] : memref<?x?xi64>
      %r5 = llvm.call_intrinsic "llvm.nvvm.sqrt.rm.d"(%a_f64) : (f64) -> f64
      %r5b = arith.bitcast %r5 : f64 to i64
      memref.store %r5b, %out[%k5, %i] : memref<?x?xi64>
      %r6 = llvm.call_intrinsic "llvm.nvvm.sqrt.rp.d"(%a_f64) : (f64) -> f64
      %r6b = arith.bitcast %r6 : f64 to i64
      memref.store %r6b, %out[%k6, %i] : memref<?x?xi64>
      gpu.return
    }

    gpu.func @half(%a: memref<?xi32>, %b: memref<?xi32>, %c: memref<?xi32>, %out: memref<?x?xi32>) kernel {
      %block = gpu.block_id x
      %thread = gpu.thread_id x
      %c64 = arith.constant 64 : index
      %first = arith.muli %block, %c64 : index
      %i = arith.addi %first, %thread : index
      %k0 = arith.constant 0 : index
      %k1 = arith.constant 1 : index
      %k2 = arith.constant 2 : index
      %k3 = arith.constant 3 : index
      %k4 = arith.constant 4 : index
      %k5 = arith.constant 5 : index
      %k6 = arith.constant 6 : index
      %k7 = arith.constant 7 : index
      %k8 = arith.constant 8 : index
      %ai = memref.load %a[%i] : memref<?xi32>
      %bi = memref.load %b[%i] : memref<?xi32>
      %ci = memref.load %c[%i] : memref<?xi32>
      %a_vector2xf16 = llvm.bitcast %ai : i32 to vector<2xf16>
      %b_vector2xf16 = llvm.bitcast %bi : i32 to vector<2xf16>
      %c_vector2xf16 = llvm.bitcast %ci : i32 to vector<2xf16>
      %r0 = llvm.call_intrinsic "llvm.nvvm.fma.rn.f16x2"(%a_vector2xf16, %b_vector2xf16, %c_vector2xf16) : (vector<2xf16>, vector<2xf16>, vector<2xf16>) -> vector<2xf16>
      %r0b = llvm.bitcast %r0 : vector<2xf16> to i32
      memref.store %r0b, %out[%k0, %i] : memref<?x?xi32>
      %r1 = llvm.call_intrinsic "llvm.nvvm.fma.rn.ftz.f16x2"(%a_vector2xf16, %b_vector2xf16, %c_vector2xf16) : (vector<2xf16>, vector<2xf16>, vector<2xf16>) -> vector<2xf16>
      %r1b = llvm.bitcast %r1 : vector<2xf16> to i32
      memref.store %r1b, %out[%k1, %i] : memref<?x?xi32>
      %r2 = llvm.call_intrinsic "llvm.nvvm.fma.rn.sat.f16x2"(%a_vector2xf16, %b_vector2xf16, %c_vector2xf16) : (vector<2xf16>, vector<2xf16>, vector<2xf16>) -> vector<2xf16>
      %r2b = llvm.bitcast %r2 : vector<2xf16> to i32
      memref.store %r2b, %out[%k2, %i] : memref<?x?xi32>
      %r3 = llvm.call_intrinsic "llvm.nvvm.fma.rn.ftz.relu.f16x2"(%a_vector2xf16, %b_vector2xf16, %c_vector2xf16) : (vector<2xf16>, vector<2xf16>, vector<2xf16>) -> vector<2xf16>
      %r3b = llvm.bitcast %r3 : vector<2xf16> to i32
      memref.store %r3b, %out[%k3, %i] : memref<?x?xi32>
      %a_vector2xbf16 = llvm.bitcast %ai : i32 to vector<2xbf16>
      %b_vector2xbf16 = llvm.bitcast %bi : i32 to vector<2xbf16>
      %c_vector2xbf16 = llvm.bitcast %ci : i32 to vector<2xbf16>
      %r4 = llvm.call_intrinsic "llvm.nvvm.fma.rn.bf16x2"(%a_vector2xbf16, %b_vector2xbf16, %c_vector2xbf16) : (vector<2xbf16>, vector<2xbf16>, vector<2xbf16>) -> vector<2xbf16>
      %r4b = llvm.bitcast %r4 : vector<2xbf16> to i32
      memref.store %r4b, %out[%k4, %i] : memref<?x?xi32>
      %r5 = llvm.call_intrinsic "llvm.nvvm.fma.rn.relu.bf16x2"(%a_vector2xbf16, %b_vector2xbf16, %c_vector2xbf16) : (vector<2xbf16>, vector<2xbf16>, vector<2xbf16>) -> vector<2xbf16>
      %r5b = llvm.bitcast %r5 : vector<2xbf16> to i32
      memref.store %r5b, %out[%k5, %i] : memref<?x?xi32>
      %r6 = llvm.inline_asm "fma.rn.bf16x2 $0, $1, $2, $3;", "=r,r,r,r" %ai, %bi, %ci : (i32, i32, i32) -> i32
      memref.store %r6, %out[%k6, %i] : memref<?x?xi32>
      %a_f16w = arith.trunci %ai : i32 to i16
      %a_f16 = arith.bitcast %a_f16w : i16 to f16
      %b_f16w = arith.trunci %bi : i32 to i16
      %b_f16 = arith.bitcast %b_f16w : i16 to f16
      %c_f16w = arith.trunci %ci : i32 to i16
      %c_f16 = arith.bitcast %c_f16w : i16 to f16
      %r7 = llvm.call_intrinsic "llvm.nvvm.fma.rn.f16"(%a_f16, %b_f16, %c_f16) : (f16, f16, f16) -> f16
      %r7b = arith.bitcast %r7 : f16 to i16
      %r7x = arith.extui %r7b : i16 to i32
      memref.store %r7x, %out[%k7, %i] : memref<?x?xi32>
      %a_bf16w = arith.trunci %ai : i32 to i16
      %a_bf16 = arith.bitcast %a_bf16w : i16 to bf16
      %b_bf16w = arith.trunci %bi : i32 to i16
      %b_bf16 = arith.bitcast %b_bf16w : i16 to bf16
      %c_bf16w = arith.trunci %ci : i32 to i16
      %c_bf16 = arith.bitcast %c_bf16w : i16 to bf16
      %r8 = llvm.call_intrinsic "llvm.nvvm.fma.rn.bf16"(%a_bf16, %b_bf16, %c_bf16) : (bf16, bf16, bf16) -> bf16
      %r8b = arith.bitcast %r8 : bf16 to i16
      %r8x = arith.extui %r8b : i16 to i32
      memref.store %r8x, %out[%k8, %i] : memref<?x?xi32>
      gpu.return
    }
  }

  func.func @single(%a: memref<?xi32>, %b: memref<?xi32>, %c: memref<?xi32>) -> memref<?x?xi32> {
    %c0 = arith.constant 0 : index
    %c1 = arith.constant 1 : index
    %c64 = arith.constant 64 : index
    %forms = arith.constant 17 : index
    %n = memref.dim %a, %c0 : memref<?xi32>
    %blocks = arith.divui %n, %c64 : index
    %out = memref.alloc(%forms, %n) : memref<?x?xi32>
    gpu.launch_func @kernels::@single
        blocks in (%blocks, %c1, %c1) threads in (%c64, %c1, %c1)
        args(%a : memref<?xi32>, %b : memref<?xi32>, %c : memref<?xi32>, %out : memref<?x?xi32>)
    return %out : memref<?x?xi32>
  }

  func.func @wide(%a: memref<?xi64>, %b: memref<?xi64>, %c: memref<?xi64>) -> memref<?x?xi64> {
    %c0 = arith.constant 0 : index
    %c1 = arith.constant 1 : index
    %c64 = arith.constant 64 : index
    %forms = arith.constant 7 : index
    %n = memref.dim %a, %c0 : memref<?xi64>
    %blocks = arith.divui %n, %c64 : index
    %out = memref.alloc(%forms, %n) : memref<?x?xi64>
    gpu.launch_func @kernels::@wide
        blocks in (%blocks, %c1, %c1) threads in (%c64, %c1, %c1)
        args(%a : memref<?xi64>, %b : memref<?xi64>, %c : memref<?xi64>, %out : memref<?x?xi64>)
    return %out : memref<?x?xi64>
  }

  func.func @half(%a: memref<?xi32>, %b: memref<?xi32>, %c: memref<?xi32>) -> memref<?x?xi32> {
    %c0 = arith.constant 0 : index
    %c1 = arith.constant 1 : index
    %c64 = arith.constant 64 : index
    %forms = arith.constant 9 : index
    %n = memref.dim %a, %c0 : memref<?xi32>
    %blocks = arith.divui %n, %c64 : index
    %out = memref.alloc(%forms, %n) : memref<?x?xi32>
    gpu.launch_func @kernels::@half
        blocks in (%blocks, %c1, %c1) threads in (%c64, %c1, %c1)
        args(%a : memref<?xi32>, %b : memref<?xi32>, %c : memref<?xi32>, %out : memref<?x?xi32>)
    return %out : memref<?x?xi32>
  }
}
