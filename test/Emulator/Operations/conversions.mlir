// REQUIRES: numpy
// RUN: %python %S/check.py %s
//
// Conversions between float formats, and between floats and integers. The rows of
// the result are the forms, its columns the operands.

module attributes {gpu.container_module} {
  gpu.module @kernels {
    gpu.func @single(%a: memref<?xi32>, %b: memref<?xi32>, %out: memref<?x?xi32>) kernel {
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
      %k17 = arith.constant 17 : index
      %k18 = arith.constant 18 : index
      %k19 = arith.constant 19 : index
      %k20 = arith.constant 20 : index
      %k21 = arith.constant 21 : index
      %k22 = arith.constant 22 : index
      %k23 = arith.constant 23 : index
      %k24 = arith.constant 24 : index
      %k25 = arith.constant 25 : index
      %k26 = arith.constant 26 : index
      %k27 = arith.constant 27 : index
      %k28 = arith.constant 28 : index
      %k29 = arith.constant 29 : index
      %k30 = arith.constant 30 : index
      %k31 = arith.constant 31 : index
      %k32 = arith.constant 32 : index
      %k33 = arith.constant 33 : index
      %k34 = arith.constant 34 : index
      %k35 = arith.constant 35 : index
      %k36 = arith.constant 36 : index
      %k37 = arith.constant 37 : index
      %k38 = arith.constant 38 : index
      %k39 = arith.constant 39 : index
      %k40 = arith.constant 40 : index
      %k41 = arith.constant 41 : index
      %k42 = arith.constant 42 : index
      %ai = memref.load %a[%i] : memref<?xi32>
      %bi = memref.load %b[%i] : memref<?xi32>
      %a_f32 = arith.bitcast %ai : i32 to f32
      %r0 = llvm.call_intrinsic "llvm.nvvm.f2f16.rn"(%a_f32) : (f32) -> f16
      %r0b = arith.bitcast %r0 : f16 to i16
      %r0x = arith.extui %r0b : i16 to i32
      memref.store %r0x, %out[%k0, %i] : memref<?x?xi32>
      %r1 = llvm.call_intrinsic "llvm.nvvm.f2f16.rz.relu"(%a_f32) : (f32) -> f16
      %r1b = arith.bitcast %r1 : f16 to i16
      %r1x = arith.extui %r1b : i16 to i32
      memref.store %r1x, %out[%k1, %i] : memref<?x?xi32>
      %r2 = llvm.call_intrinsic "llvm.nvvm.f2f16.rn.satfinite"(%a_f32) : (f32) -> f16
      %r2b = arith.bitcast %r2 : f16 to i16
      %r2x = arith.extui %r2b : i16 to i32
      memref.store %r2x, %out[%k2, %i] : memref<?x?xi32>
      %r3 = llvm.call_intrinsic "llvm.nvvm.f2bf16.rn"(%a_f32) : (f32) -> bf16
      %r3b = arith.bitcast %r3 : bf16 to i16
      %r3x = arith.extui %r3b : i16 to i32
      memref.store %r3x, %out[%k3, %i] : memref<?x?xi32>
      %r4 = llvm.call_intrinsic "llvm.nvvm.f2bf16.rz"(%a_f32) : (f32) -> bf16
      %r4b = arith.bitcast %r4 : bf16 to i16
      %r4x = arith.extui %r4b : i16 to i32
      memref.store %r4x, %out[%k4, %i] : memref<?x?xi32>
      %r5 = llvm.call_intrinsic "llvm.nvvm.f2bf16.rn.relu"(%a_f32) : (f32) -> bf16
      %r5b = arith.bitcast %r5 : bf16 to i16
      %r5x = arith.extui %r5b : i16 to i32
      memref.store %r5x, %out[%k5, %i] : memref<?x?xi32>
      %r6 = llvm.call_intrinsic "llvm.nvvm.f2bf16.rz.satfinite"(%a_f32) : (f32) -> bf16
      %r6b = arith.bitcast %r6 : bf16 to i16
      %r6x = arith.extui %r6b : i16 to i32
      memref.store %r6x, %out[%k6, %i] : memref<?x?xi32>
      %r7 = llvm.call_intrinsic "llvm.nvvm.f2h.rn"(%a_f32) : (f32) -> i16
      %r7x = arith.extui %r7 : i16 to i32
      memref.store %r7x, %out[%k7, %i] : memref<?x?xi32>
      %r8 = llvm.call_intrinsic "llvm.nvvm.f2h.rn.ftz"(%a_f32) : (f32) -> i16
      %r8x = arith.extui %r8 : i16 to i32
      memref.store %r8x, %out[%k8, %i] : memref<?x?xi32>
      %r9 = llvm.call_intrinsic "llvm.nvvm.f2tf32.rna"(%a_f32) : (f32) -> i32
      memref.store %r9, %out[%k9, %i] : memref<?x?xi32>
      %r10 = llvm.call_intrinsic "llvm.nvvm.f2tf32.rna.satfinite"(%a_f32) : (f32) -> i32
      memref.store %r10, %out[%k10, %i] : memref<?x?xi32>
      %b_f32 = arith.bitcast %bi : i32 to f32
      %r11 = llvm.call_intrinsic "llvm.nvvm.ff2f16x2.rn"(%a_f32, %b_f32) : (f32, f32) -> vector<2xf16>
      %r11b = llvm.bitcast %r11 : vector<2xf16> to i32
      memref.store %r11b, %out[%k11, %i] : memref<?x?xi32>
      %r12 = llvm.call_intrinsic "llvm.nvvm.ff2f16x2.rz"(%a_f32, %b_f32) : (f32, f32) -> vector<2xf16>
      %r12b = llvm.bitcast %r12 : vector<2xf16> to i32
      memref.store %r12b, %out[%k12, %i] : memref<?x?xi32>
      %r13 = llvm.call_intrinsic "llvm.nvvm.ff2bf16x2.rn"(%a_f32, %b_f32) : (f32, f32) -> vector<2xbf16>
      %r13b = llvm.bitcast %r13 : vector<2xbf16> to i32
      memref.store %r13b, %out[%k13, %i] : memref<?x?xi32>
      %r14 = llvm.call_intrinsic "llvm.nvvm.ff2bf16x2.rn.relu"(%a_f32, %b_f32) : (f32, f32) -> vector<2xbf16>
      %r14b = llvm.bitcast %r14 : vector<2xbf16> to i32
      memref.store %r14b, %out[%k14, %i] : memref<?x?xi32>
      %r15 = llvm.call_intrinsic "llvm.nvvm.ff.to.e4m3x2.rn"(%a_f32, %b_f32) : (f32, f32) -> i16
      %r15x = arith.extui %r15 : i16 to i32
      memref.store %r15x, %out[%k15, %i] : memref<?x?xi32>
      %r16 = llvm.call_intrinsic "llvm.nvvm.ff.to.e4m3x2.rn.relu"(%a_f32, %b_f32) : (f32, f32) -> i16
      %r16x = arith.extui %r16 : i16 to i32
      memref.store %r16x, %out[%k16, %i] : memref<?x?xi32>
      %r17 = llvm.call_intrinsic "llvm.nvvm.ff.to.e5m2x2.rn"(%a_f32, %b_f32) : (f32, f32) -> i16
      %r17x = arith.extui %r17 : i16 to i32
      memref.store %r17x, %out[%k17, %i] : memref<?x?xi32>
      %r18 = llvm.call_intrinsic "llvm.nvvm.ff.to.e5m2x2.rn.relu"(%a_f32, %b_f32) : (f32, f32) -> i16
      %r18x = arith.extui %r18 : i16 to i32
      memref.store %r18x, %out[%k18, %i] : memref<?x?xi32>
      %a_vector2xf16 = llvm.bitcast %ai : i32 to vector<2xf16>
      %r19 = llvm.call_intrinsic "llvm.nvvm.f16x2.to.e4m3x2.rn"(%a_vector2xf16) : (vector<2xf16>) -> i16
      %r19x = arith.extui %r19 : i16 to i32
      memref.store %r19x, %out[%k19, %i] : memref<?x?xi32>
      %a_i16w = arith.trunci %ai : i32 to i16
      %r20 = llvm.call_intrinsic "llvm.nvvm.e4m3x2.to.f16x2.rn"(%a_i16w) : (i16) -> vector<2xf16>
      %r20b = llvm.bitcast %r20 : vector<2xf16> to i32
      memref.store %r20b, %out[%k20, %i] : memref<?x?xi32>
      %r21 = llvm.call_intrinsic "llvm.nvvm.f16x2.to.e5m2x2.rn"(%a_vector2xf16) : (vector<2xf16>) -> i16
      %r21x = arith.extui %r21 : i16 to i32
      memref.store %r21x, %out[%k21, %i] : memref<?x?xi32>
      %r22 = llvm.call_intrinsic "llvm.nvvm.e5m2x2.to.f16x2.rn"(%a_i16w) : (i16) -> vector<2xf16>
      %r22b = llvm.bitcast %r22 : vector<2xf16> to i32
      memref.store %r22b, %out[%k22, %i] : memref<?x?xi32>
      %r23 = llvm.inline_asm "cvt.rn.bf16x2.f32 $0, $1, $2;", "=r,f,f" %a_f32, %b_f32 : (f32, f32) -> i32
      memref.store %r23, %out[%k23, %i] : memref<?x?xi32>
      %r24 = llvm.inline_asm "cvt.rn.satfinite.e4m3x2.f32 $0, $1, $2;", "=h,f,f" %a_f32, %b_f32 : (f32, f32) -> i16
      %r24x = arith.extui %r24 : i16 to i32
      memref.store %r24x, %out[%k24, %i] : memref<?x?xi32>
      %r25 = llvm.call_intrinsic "llvm.nvvm.f2i.rn"(%a_f32) : (f32) -> i32
      memref.store %r25, %out[%k25, %i] : memref<?x?xi32>
      %r26 = llvm.call_intrinsic "llvm.nvvm.f2i.rz"(%a_f32) : (f32) -> i32
      memref.store %r26, %out[%k26, %i] : memref<?x?xi32>
      %r27 = llvm.call_intrinsic "llvm.nvvm.f2i.rm"(%a_f32) : (f32) -> i32
      memref.store %r27, %out[%k27, %i] : memref<?x?xi32>
      %r28 = llvm.call_intrinsic "llvm.nvvm.f2i.rp"(%a_f32) : (f32) -> i32
      memref.store %r28, %out[%k28, %i] : memref<?x?xi32>
      %r29 = llvm.call_intrinsic "llvm.nvvm.f2i.rp.ftz"(%a_f32) : (f32) -> i32
      memref.store %r29, %out[%k29, %i] : memref<?x?xi32>
      %r30 = llvm.call_intrinsic "llvm.nvvm.i2f.rn"(%ai) : (i32) -> f32
      %r30b = arith.bitcast %r30 : f32 to i32
      memref.store %r30b, %out[%k30, %i] : memref<?x?xi32>
      %r31 = llvm.call_intrinsic "llvm.nvvm.i2f.rz"(%ai) : (i32) -> f32
      %r31b = arith.bitcast %r31 : f32 to i32
      memref.store %r31b, %out[%k31, %i] : memref<?x?xi32>
      %r32 = llvm.call_intrinsic "llvm.nvvm.i2f.rm"(%ai) : (i32) -> f32
      %r32b = arith.bitcast %r32 : f32 to i32
      memref.store %r32b, %out[%k32, %i] : memref<?x?xi32>
      %r33 = llvm.call_intrinsic "llvm.nvvm.i2f.rp"(%ai) : (i32) -> f32
      %r33b = arith.bitcast %r33 : f32 to i32
      memref.store %r33b, %out[%k33, %i] : memref<?x?xi32>
      %r34 = llvm.call_intrinsic "llvm.nvvm.f2ui.rn"(%a_f32) : (f32) -> i32
      memref.store %r34, %out[%k34, %i] : memref<?x?xi32>
      %r35 = llvm.call_intrinsic "llvm.nvvm.f2ui.rz"(%a_f32) : (f32) -> i32
      memref.store %r35, %out[%k35, %i] : memref<?x?xi32>
      %r36 = llvm.call_intrinsic "llvm.nvvm.f2ui.rm"(%a_f32) : (f32) -> i32
      memref.store %r36, %out[%k36, %i] : memref<?x?xi32>
      %r37 = llvm.call_intrinsic "llvm.nvvm.f2ui.rp"(%a_f32) : (f32) -> i32
      memref.store %r37, %out[%k37, %i] : memref<?x?xi32>
      %r38 = llvm.call_intrinsic "llvm.nvvm.f2ui.rp.ftz"(%a_f32) : (f32) -> i32
      memref.store %r38, %out[%k38, %i] : memref<?x?xi32>
      %r39 = llvm.call_intrinsic "llvm.nvvm.ui2f.rn"(%ai) : (i32) -> f32
      %r39b = arith.bitcast %r39 : f32 to i32
      memref.store %r39b, %out[%k39, %i] : memref<?x?xi32>
      %r40 = llvm.call_intrinsic "llvm.nvvm.ui2f.rz"(%ai) : (i32) -> f32
      %r40b = arith.bitcast %r40 : f32 to i32
      memref.store %r40b, %out[%k40, %i] : memref<?x?xi32>
      %r41 = llvm.call_intrinsic "llvm.nvvm.ui2f.rm"(%ai) : (i32) -> f32
      %r41b = arith.bitcast %r41 : f32 to i32
      memref.store %r41b, %out[%k41, %i] : memref<?x?xi32>
      %r42 = llvm.call_intrinsic "llvm.nvvm.ui2f.rp"(%ai) : (i32) -> f32
      %r42b = arith.bitcast %r42 : f32 to i32
      memref.store %r42b, %out[%k42, %i] : memref<?x?xi32>
      gpu.return
    }

    gpu.func @wide(%a: memref<?xi64>, %out: memref<?x?xi64>) kernel {
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
      %k17 = arith.constant 17 : index
      %k18 = arith.constant 18 : index
      %k19 = arith.constant 19 : index
      %k20 = arith.constant 20 : index
      %k21 = arith.constant 21 : index
      %k22 = arith.constant 22 : index
      %k23 = arith.constant 23 : index
      %k24 = arith.constant 24 : index
      %k25 = arith.constant 25 : index
      %k26 = arith.constant 26 : index
      %k27 = arith.constant 27 : index
      %k28 = arith.constant 28 : index
      %k29 = arith.constant 29 : index
      %k30 = arith.constant 30 : index
      %k31 = arith.constant 31 : index
      %k32 = arith.constant 32 : index
      %k33 = arith.constant 33 : index
      %k34 = arith.constant 34 : index
      %k35 = arith.constant 35 : index
      %k36 = arith.constant 36 : index
      %ai = memref.load %a[%i] : memref<?xi64>
      %a_f64 = arith.bitcast %ai : i64 to f64
      %r0 = llvm.call_intrinsic "llvm.nvvm.d2ll.rn"(%a_f64) : (f64) -> i64
      memref.store %r0, %out[%k0, %i] : memref<?x?xi64>
      %r1 = llvm.call_intrinsic "llvm.nvvm.ll2f.rn"(%ai) : (i64) -> f32
      %r1b = arith.bitcast %r1 : f32 to i32
      %r1x = arith.extui %r1b : i32 to i64
      memref.store %r1x, %out[%k1, %i] : memref<?x?xi64>
      %r2 = llvm.call_intrinsic "llvm.nvvm.ll2d.rn"(%ai) : (i64) -> f64
      %r2b = arith.bitcast %r2 : f64 to i64
      memref.store %r2b, %out[%k2, %i] : memref<?x?xi64>
      %r3 = llvm.call_intrinsic "llvm.nvvm.d2ll.rz"(%a_f64) : (f64) -> i64
      memref.store %r3, %out[%k3, %i] : memref<?x?xi64>
      %r4 = llvm.call_intrinsic "llvm.nvvm.ll2f.rz"(%ai) : (i64) -> f32
      %r4b = arith.bitcast %r4 : f32 to i32
      %r4x = arith.extui %r4b : i32 to i64
      memref.store %r4x, %out[%k4, %i] : memref<?x?xi64>
      %r5 = llvm.call_intrinsic "llvm.nvvm.ll2d.rz"(%ai) : (i64) -> f64
      %r5b = arith.bitcast %r5 : f64 to i64
      memref.store %r5b, %out[%k5, %i] : memref<?x?xi64>
      %r6 = llvm.call_intrinsic "llvm.nvvm.d2ll.rm"(%a_f64) : (f64) -> i64
      memref.store %r6, %out[%k6, %i] : memref<?x?xi64>
      %r7 = llvm.call_intrinsic "llvm.nvvm.ll2f.rm"(%ai) : (i64) -> f32
      %r7b = arith.bitcast %r7 : f32 to i32
      %r7x = arith.extui %r7b : i32 to i64
      memref.store %r7x, %out[%k7, %i] : memref<?x?xi64>
      %r8 = llvm.call_intrinsic "llvm.nvvm.ll2d.rm"(%ai) : (i64) -> f64
      %r8b = arith.bitcast %r8 : f64 to i64
      memref.store %r8b, %out[%k8, %i] : memref<?x?xi64>
      %r9 = llvm.call_intrinsic "llvm.nvvm.d2ll.rp"(%a_f64) : (f64) -> i64
      memref.store %r9, %out[%k9, %i] : memref<?x?xi64>
      %r10 = llvm.call_intrinsic "llvm.nvvm.ll2f.rp"(%ai) : (i64) -> f32
      %r10b = arith.bitcast %r10 : f32 to i32
      %r10x = arith.extui %r10b : i32 to i64
      memref.store %r10x, %out[%k10, %i] : memref<?x?xi64>
      %r11 = llvm.call_intrinsic "llvm.nvvm.ll2d.rp"(%ai) : (i64) -> f64
      %r11b = arith.bitcast %r11 : f64 to i64
      memref.store %r11b, %out[%k11, %i] : memref<?x?xi64>
      %a_f32w = arith.trunci %ai : i64 to i32
      %a_f32 = arith.bitcast %a_f32w : i32 to f32
      %r12 = llvm.call_intrinsic "llvm.nvvm.f2ll.rm"(%a_f32) : (f32) -> i64
      memref.store %r12, %out[%k12, %i] : memref<?x?xi64>
      %r13 = llvm.call_intrinsic "llvm.nvvm.f2ll.rm.ftz"(%a_f32) : (f32) -> i64
      memref.store %r13, %out[%k13, %i] : memref<?x?xi64>
      %r14 = llvm.call_intrinsic "llvm.nvvm.d2ull.rn"(%a_f64) : (f64) -> i64
      memref.store %r14, %out[%k14, %i] : memref<?x?xi64>
      %r15 = llvm.call_intrinsic "llvm.nvvm.ull2f.rn"(%ai) : (i64) -> f32
      %r15b = arith.bitcast %r15 : f32 to i32
      %r15x = arith.extui %r15b : i32 to i64
      memref.store %r15x, %out[%k15, %i] : memref<?x?xi64>
      %r16 = llvm.call_intrinsic "llvm.nvvm.ull2d.rn"(%ai) : (i64) -> f64
      %r16b = arith.bitcast %r16 : f64 to i64
      memref.store %r16b, %out[%k16, %i] : memref<?x?xi64>
      %r17 = llvm.call_intrinsic "llvm.nvvm.d2ull.rz"(%a_f64) : (f64) -> i64
      memref.store %r17, %out[%k17, %i] : memref<?x?xi64>
      %r18 = llvm.call_intrinsic "llvm.nvvm.ull2f.rz"(%ai) : (i64) -> f32
      %r18b = arith.bitcast %r18 : f32 to i32
      %r18x = arith.extui %r18b : i32 to i64
      memref.store %r18x, %out[%k18, %i] : memref<?x?xi64>
      %r19 = llvm.call_intrinsic "llvm.nvvm.ull2d.rz"(%ai) : (i64) -> f64
      %r19b = arith.bitcast %r19 : f64 to i64
      memref.store %r19b, %out[%k19, %i] : memref<?x?xi64>
      %r20 = llvm.call_intrinsic "llvm.nvvm.d2ull.rm"(%a_f64) : (f64) -> i64
      memref.store %r20, %out[%k20, %i] : memref<?x?xi64>
      %r21 = llvm.call_intrinsic "llvm.nvvm.ull2f.rm"(%ai) : (i64) -> f32
      %r21b = arith.bitcast %r21 : f32 to i32
      %r21x = arith.extui %r21b : i32 to i64
      memref.store %r21x, %out[%k21, %i] : memref<?x?xi64>
      %r22 = llvm.call_intrinsic "llvm.nvvm.ull2d.rm"(%ai) : (i64) -> f64
      %r22b = arith.bitcast %r22 : f64 to i64
      memref.store %r22b, %out[%k22, %i] : memref<?x?xi64>
      %r23 = llvm.call_intrinsic "llvm.nvvm.d2ull.rp"(%a_f64) : (f64) -> i64
      memref.store %r23, %out[%k23, %i] : memref<?x?xi64>
      %r24 = llvm.call_intrinsic "llvm.nvvm.ull2f.rp"(%ai) : (i64) -> f32
      %r24b = arith.bitcast %r24 : f32 to i32
      %r24x = arith.extui %r24b : i32 to i64
      memref.store %r24x, %out[%k24, %i] : memref<?x?xi64>
      %r25 = llvm.call_intrinsic "llvm.nvvm.ull2d.rp"(%ai) : (i64) -> f64
      %r25b = arith.bitcast %r25 : f64 to i64
      memref.store %r25b, %out[%k25, %i] : memref<?x?xi64>
      %r26 = llvm.call_intrinsic "llvm.nvvm.f2ull.rm"(%a_f32) : (f32) -> i64
      memref.store %r26, %out[%k26, %i] : memref<?x?xi64>
      %r27 = llvm.call_intrinsic "llvm.nvvm.f2ull.rm.ftz"(%a_f32) : (f32) -> i64
      memref.store %r27, %out[%k27, %i] : memref<?x?xi64>
      %r28 = llvm.call_intrinsic "llvm.nvvm.d2i.rn"(%a_f64) : (f64) -> i32
      %r28x = arith.extui %r28 : i32 to i64
      memref.store %r28x, %out[%k28, %i] : memref<?x?xi64>
      %a_i32w = arith.trunci %ai : i64 to i32
      %r29 = llvm.call_intrinsic "llvm.nvvm.i2d.rz"(%a_i32w) : (i32) -> f64
      %r29b = arith.bitcast %r29 : f64 to i64
      memref.store %r29b, %out[%k29, %i] : memref<?x?xi64>
      %r30 = llvm.call_intrinsic "llvm.nvvm.d2ui.rn"(%a_f64) : (f64) -> i32
      %r30x = arith.extui %r30 : i32 to i64
      memref.store %r30x, %out[%k30, %i] : memref<?x?xi64>
      %r31 = llvm.call_intrinsic "llvm.nvvm.ui2d.rz"(%a_i32w) : (i32) -> f64
      %r31b = arith.bitcast %r31 : f64 to i64
      memref.store %r31b, %out[%k31, %i] : memref<?x?xi64>
      %r32 = llvm.call_intrinsic "llvm.nvvm.d2f.rn"(%a_f64) : (f64) -> f32
      %r32b = arith.bitcast %r32 : f32 to i32
      %r32x = arith.extui %r32b : i32 to i64
      memref.store %r32x, %out[%k32, %i] : memref<?x?xi64>
      %r33 = llvm.call_intrinsic "llvm.nvvm.d2f.rz"(%a_f64) : (f64) -> f32
      %r33b = arith.bitcast %r33 : f32 to i32
      %r33x = arith.extui %r33b : i32 to i64
      memref.store %r33x, %out[%k33, %i] : memref<?x?xi64>
      %r34 = llvm.call_intrinsic "llvm.nvvm.d2f.rm"(%a_f64) : (f64) -> f32
      %r34b = arith.bitcast %r34 : f32 to i32
      %r34x = arith.extui %r34b : i32 to i64
      memref.store %r34x, %out[%k34, %i] : memref<?x?xi64>
      %r35 = llvm.call_intrinsic "llvm.nvvm.d2f.rp"(%a_f64) : (f64) -> f32
      %r35b = arith.bitcast %r35 : f32 to i32
      %r35x = arith.extui %r35b : i32 to i64
      memref.store %r35x, %out[%k35, %i] : memref<?x?xi64>
      %r36 = llvm.call_intrinsic "llvm.nvvm.d2f.rp.ftz"(%a_f64) : (f64) -> f32
      %r36b = arith.bitcast %r36 : f32 to i32
      %r36x = arith.extui %r36b : i32 to i64
      memref.store %r36x, %out[%k36, %i] : memref<?x?xi64>
      gpu.return
    }
  }

  func.func @single(%a: memref<?xi32>, %b: memref<?xi32>) -> memref<?x?xi32> {
    %c0 = arith.constant 0 : index
    %c1 = arith.constant 1 : index
    %c64 = arith.constant 64 : index
    %forms = arith.constant 43 : index
    %n = memref.dim %a, %c0 : memref<?xi32>
    %blocks = arith.divui %n, %c64 : index
    %out = memref.alloc(%forms, %n) : memref<?x?xi32>
    gpu.launch_func @kernels::@single
        blocks in (%blocks, %c1, %c1) threads in (%c64, %c1, %c1)
        args(%a : memref<?xi32>, %b : memref<?xi32>, %out : memref<?x?xi32>)
    return %out : memref<?x?xi32>
  }

  func.func @wide(%a: memref<?xi64>) -> memref<?x?xi64> {
    %c0 = arith.constant 0 : index
    %c1 = arith.constant 1 : index
    %c64 = arith.constant 64 : index
    %forms = arith.constant 37 : index
    %n = memref.dim %a, %c0 : memref<?xi64>
    %blocks = arith.divui %n, %c64 : index
    %out = memref.alloc(%forms, %n) : memref<?x?xi64>
    gpu.launch_func @kernels::@wide
        blocks in (%blocks, %c1, %c1) threads in (%c64, %c1, %c1)
        args(%a : memref<?xi64>, %out : memref<?x?xi64>)
    return %out : memref<?x?xi64>
  }
}
