// REQUIRES: numpy
// RUN: %python %S/check.py %s
//
// Operations on integers. The rows of the result are the forms, its columns the
// operands.

module attributes {gpu.container_module} {
  gpu.module @kernels {
    gpu.func @words(%a: memref<?xi32>, %b: memref<?xi32>, %c: memref<?xi32>, %out: memref<?x?xi32>) kernel {
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
      %k43 = arith.constant 43 : index
      %false = llvm.mlir.constant(false) : i1
      %true = llvm.mlir.constant(true) : i1
      %ai = memref.load %a[%i] : memref<?xi32>
      %bi = memref.load %b[%i] : memref<?xi32>
      %ci = memref.load %c[%i] : memref<?xi32>
      %r0 = llvm.call_intrinsic "llvm.nvvm.mulhi.i"(%ai, %bi) : (i32, i32) -> i32
      memref.store %r0, %out[%k0, %i] : memref<?x?xi32>
      %r1 = llvm.call_intrinsic "llvm.nvvm.mulhi.ui"(%ai, %bi) : (i32, i32) -> i32
      memref.store %r1, %out[%k1, %i] : memref<?x?xi32>
      %r2 = llvm.call_intrinsic "llvm.nvvm.mul24.i"(%ai, %bi) : (i32, i32) -> i32
      memref.store %r2, %out[%k2, %i] : memref<?x?xi32>
      %r3 = llvm.call_intrinsic "llvm.nvvm.mul24.ui"(%ai, %bi) : (i32, i32) -> i32
      memref.store %r3, %out[%k3, %i] : memref<?x?xi32>
      %r4 = llvm.call_intrinsic "llvm.nvvm.sext.wrap"(%ai, %bi) : (i32, i32) -> i32
      memref.store %r4, %out[%k4, %i] : memref<?x?xi32>
      %r5 = llvm.call_intrinsic "llvm.nvvm.sext.clamp"(%ai, %bi) : (i32, i32) -> i32
      memref.store %r5, %out[%k5, %i] : memref<?x?xi32>
      %r6 = llvm.call_intrinsic "llvm.nvvm.zext.wrap"(%ai, %bi) : (i32, i32) -> i32
      memref.store %r6, %out[%k6, %i] : memref<?x?xi32>
      %r7 = llvm.call_intrinsic "llvm.nvvm.zext.clamp"(%ai, %bi) : (i32, i32) -> i32
      memref.store %r7, %out[%k7, %i] : memref<?x?xi32>
      %r8 = llvm.call_intrinsic "llvm.nvvm.bmsk.wrap"(%ai, %bi) : (i32, i32) -> i32
      memref.store %r8, %out[%k8, %i] : memref<?x?xi32>
      %r9 = llvm.call_intrinsic "llvm.nvvm.bmsk.clamp"(%ai, %bi) : (i32, i32) -> i32
      memref.store %r9, %out[%k9, %i] : memref<?x?xi32>
      %r10 = llvm.call_intrinsic "llvm.nvvm.sad.i"(%ai, %bi, %ci) : (i32, i32, i32) -> i32
      memref.store %r10, %out[%k10, %i] : memref<?x?xi32>
      %r11 = llvm.call_intrinsic "llvm.nvvm.sad.ui"(%ai, %bi, %ci) : (i32, i32, i32) -> i32
      memref.store %r11, %out[%k11, %i] : memref<?x?xi32>
      %r12 = llvm.call_intrinsic "llvm.nvvm.idp4a.s.s"(%ai, %bi, %ci) : (i32, i32, i32) -> i32
      memref.store %r12, %out[%k12, %i] : memref<?x?xi32>
      %r13 = llvm.call_intrinsic "llvm.nvvm.idp4a.s.u"(%ai, %bi, %ci) : (i32, i32, i32) -> i32
      memref.store %r13, %out[%k13, %i] : memref<?x?xi32>
      %r14 = llvm.call_intrinsic "llvm.nvvm.idp4a.u.s"(%ai, %bi, %ci) : (i32, i32, i32) -> i32
      memref.store %r14, %out[%k14, %i] : memref<?x?xi32>
      %r15 = llvm.call_intrinsic "llvm.nvvm.idp4a.u.u"(%ai, %bi, %ci) : (i32, i32, i32) -> i32
      memref.store %r15, %out[%k15, %i] : memref<?x?xi32>
      %r16 = llvm.call_intrinsic "llvm.nvvm.prmt"(%ai, %bi, %ci) : (i32, i32, i32) -> i32
      memref.store %r16, %out[%k16, %i] : memref<?x?xi32>
      %r17 = llvm.call_intrinsic "llvm.nvvm.prmt.f4e"(%ai, %bi, %ci) : (i32, i32, i32) -> i32
      memref.store %r17, %out[%k17, %i] : memref<?x?xi32>
      %r18 = llvm.call_intrinsic "llvm.nvvm.prmt.b4e"(%ai, %bi, %ci) : (i32, i32, i32) -> i32
      memref.store %r18, %out[%k18, %i] : memref<?x?xi32>
      %r19 = llvm.call_intrinsic "llvm.nvvm.fns"(%ai, %bi, %ci) : (i32, i32, i32) -> i32
      memref.store %r19, %out[%k19, %i] : memref<?x?xi32>
      %r20 = llvm.call_intrinsic "llvm.nvvm.prmt.rc8"(%ai, %ci) : (i32, i32) -> i32
      memref.store %r20, %out[%k20, %i] : memref<?x?xi32>
      %r21 = llvm.call_intrinsic "llvm.nvvm.prmt.ecl"(%ai, %ci) : (i32, i32) -> i32
      memref.store %r21, %out[%k21, %i] : memref<?x?xi32>
      %r22 = llvm.call_intrinsic "llvm.nvvm.prmt.ecr"(%ai, %ci) : (i32, i32) -> i32
      memref.store %r22, %out[%k22, %i] : memref<?x?xi32>
      %r23 = llvm.call_intrinsic "llvm.nvvm.prmt.rc16"(%ai, %ci) : (i32, i32) -> i32
      memref.store %r23, %out[%k23, %i] : memref<?x?xi32>
      %r24 = llvm.call_intrinsic "llvm.nvvm.fshl.clamp"(%ai, %bi, %ci) : (i32, i32, i32) -> i32
      memref.store %r24, %out[%k24, %i] : memref<?x?xi32>
      %r25 = llvm.call_intrinsic "llvm.nvvm.fshr.clamp"(%ai, %bi, %ci) : (i32, i32, i32) -> i32
      memref.store %r25, %out[%k25, %i] : memref<?x?xi32>
      %r26 = llvm.call_intrinsic "llvm.nvvm.idp2a.s.s"(%ai, %bi, %false, %ci) : (i32, i32, i1, i32) -> i32
      memref.store %r26, %out[%k26, %i] : memref<?x?xi32>
      %r27 = llvm.call_intrinsic "llvm.nvvm.idp2a.s.s"(%ai, %bi, %true, %ci) : (i32, i32, i1, i32) -> i32
      memref.store %r27, %out[%k27, %i] : memref<?x?xi32>
      %r28 = llvm.call_intrinsic "llvm.nvvm.idp2a.s.u"(%ai, %bi, %false, %ci) : (i32, i32, i1, i32) -> i32
      memref.store %r28, %out[%k28, %i] : memref<?x?xi32>
      %r29 = llvm.call_intrinsic "llvm.nvvm.idp2a.s.u"(%ai, %bi, %true, %ci) : (i32, i32, i1, i32) -> i32
      memref.store %r29, %out[%k29, %i] : memref<?x?xi32>
      %r30 = llvm.call_intrinsic "llvm.nvvm.idp2a.u.s"(%ai, %bi, %false, %ci) : (i32, i32, i1, i32) -> i32
      memref.store %r30, %out[%k30, %i] : memref<?x?xi32>
      %r31 = llvm.call_intrinsic "llvm.nvvm.idp2a.u.s"(%ai, %bi, %true, %ci) : (i32, i32, i1, i32) -> i32
      memref.store %r31, %out[%k31, %i] : memref<?x?xi32>
      %r32 = llvm.call_intrinsic "llvm.nvvm.idp2a.u.u"(%ai, %bi, %false, %ci) : (i32, i32, i1, i32) -> i32
      memref.store %r32, %out[%k32, %i] : memref<?x?xi32>
      %r33 = llvm.call_intrinsic "llvm.nvvm.idp2a.u.u"(%ai, %bi, %true, %ci) : (i32, i32, i1, i32) -> i32
      memref.store %r33, %out[%k33, %i] : memref<?x?xi32>
      %r34 = llvm.call_intrinsic "llvm.nvvm.flo.s"(%ai, %false) : (i32, i1) -> i32
      memref.store %r34, %out[%k34, %i] : memref<?x?xi32>
      %r35 = llvm.call_intrinsic "llvm.nvvm.flo.s"(%ai, %true) : (i32, i1) -> i32
      memref.store %r35, %out[%k35, %i] : memref<?x?xi32>
      %r36 = llvm.call_intrinsic "llvm.nvvm.flo.u"(%ai, %false) : (i32, i1) -> i32
      memref.store %r36, %out[%k36, %i] : memref<?x?xi32>
      %r37 = llvm.call_intrinsic "llvm.nvvm.flo.u"(%ai, %true) : (i32, i1) -> i32
      memref.store %r37, %out[%k37, %i] : memref<?x?xi32>
      %a_i16w = arith.trunci %ai : i32 to i16
      %b_i16w = arith.trunci %bi : i32 to i16
      %r38 = llvm.call_intrinsic "llvm.nvvm.mulhi.s"(%a_i16w, %b_i16w) : (i16, i16) -> i16
      %r38x = arith.extui %r38 : i16 to i32
      memref.store %r38x, %out[%k38, %i] : memref<?x?xi32>
      %r39 = llvm.call_intrinsic "llvm.nvvm.mulhi.us"(%a_i16w, %b_i16w) : (i16, i16) -> i16
      %r39x = arith.extui %r39 : i16 to i32
      memref.store %r39x, %out[%k39, %i] : memref<?x?xi32>
      %c_i16w = arith.trunci %ci : i32 to i16
      %r40 = llvm.call_intrinsic "llvm.nvvm.sad.s"(%a_i16w, %b_i16w, %c_i16w) : (i16, i16, i16) -> i16
      %r40x = arith.extui %r40 : i16 to i32
      memref.store %r40x, %out[%k40, %i] : memref<?x?xi32>
      %r41 = llvm.call_intrinsic "llvm.nvvm.sad.us"(%a_i16w, %b_i16w, %c_i16w) : (i16, i16, i16) -> i16
      %r41x = arith.extui %r41 : i16 to i32
      memref.store %r41x, %out[%k41, %i] : memref<?x?xi32>
      %r42 = llvm.inline_asm "dp4a.s32.u32 $0, $1, $2, $3;", "=r,r,r,r" %ai, %bi, %ci : (i32, i32, i32) -> i32
      memref.store %r42, %out[%k42, %i] : memref<?x?xi32>
      %r43 = llvm.inline_asm "prmt.b32 $0, $1, $2, $3;", "=r,r,r,r" %ai, %bi, %ci : (i32, i32, i32) -> i32
      memref.store %r43, %out[%k43, %i] : memref<?x?xi32>
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
      %k7 = arith.constant 7 : index
      %k8 = arith.constant 8 : index
      %k9 = arith.constant 9 : index
      %k10 = arith.constant 10 : index
      %false = llvm.mlir.constant(false) : i1
      %true = llvm.mlir.constant(true) : i1
      %ai = memref.load %a[%i] : memref<?xi64>
      %bi = memref.load %b[%i] : memref<?xi64>
      %ci = memref.load %c[%i] : memref<?xi64>
      %r0 = llvm.call_intrinsic "llvm.nvvm.mulhi.ll"(%ai, %bi) : (i64, i64) -> i64
      memref.store %r0, %out[%k0, %i] : memref<?x?xi64>
      %r1 = llvm.call_intrinsic "llvm.nvvm.mulhi.ull"(%ai, %bi) : (i64, i64) -> i64
      memref.store %r1, %out[%k1, %i] : memref<?x?xi64>
      %r2 = llvm.call_intrinsic "llvm.nvvm.sad.ll"(%ai, %bi, %ci) : (i64, i64, i64) -> i64
      memref.store %r2, %out[%k2, %i] : memref<?x?xi64>
      %r3 = llvm.call_intrinsic "llvm.nvvm.sad.ull"(%ai, %bi, %ci) : (i64, i64, i64) -> i64
      memref.store %r3, %out[%k3, %i] : memref<?x?xi64>
      %r4 = llvm.call_intrinsic "llvm.nvvm.flo.s"(%ai, %false) : (i64, i1) -> i32
      %r4x = arith.extui %r4 : i32 to i64
      memref.store %r4x, %out[%k4, %i] : memref<?x?xi64>
      %r5 = llvm.call_intrinsic "llvm.nvvm.flo.s"(%ai, %true) : (i64, i1) -> i32
      %r5x = arith.extui %r5 : i32 to i64
      memref.store %r5x, %out[%k5, %i] : memref<?x?xi64>
      %r6 = llvm.call_intrinsic "llvm.nvvm.flo.u"(%ai, %false) : (i64, i1) -> i32
      %r6x = arith.extui %r6 : i32 to i64
      memref.store %r6x, %out[%k6, %i] : memref<?x?xi64>
      %r7 = llvm.call_intrinsic "llvm.nvvm.flo.u"(%ai, %true) : (i64, i1) -> i32
      %r7x = arith.extui %r7 : i32 to i64
      memref.store %r7x, %out[%k7, %i] : memref<?x?xi64>
      %a_i32w = arith.trunci %ai : i64 to i32
      %b_i32w = arith.trunci %bi : i64 to i32
      %r8 = llvm.call_intrinsic "llvm.nvvm.lohi.i2d"(%a_i32w, %b_i32w) : (i32, i32) -> f64
      %r8b = arith.bitcast %r8 : f64 to i64
      memref.store %r8b, %out[%k8, %i] : memref<?x?xi64>
      %a_f64 = arith.bitcast %ai : i64 to f64
      %r9 = llvm.call_intrinsic "llvm.nvvm.d2i.lo"(%a_f64) : (f64) -> i32
      %r9x = arith.extui %r9 : i32 to i64
      memref.store %r9x, %out[%k9, %i] : memref<?x?xi64>
      %r10 = llvm.call_intrinsic "llvm.nvvm.d2i.hi"(%a_f64) : (f64) -> i32
      %r10x = arith.extui %r10 : i32 to i64
      memref.store %r10x, %out[%k10, %i] : memref<?x?xi64>
      gpu.return
    }
  }

  func.func @words(%a: memref<?xi32>, %b: memref<?xi32>, %c: memref<?xi32>) -> memref<?x?xi32> {
    %c0 = arith.constant 0 : index
    %c1 = arith.constant 1 : index
    %c64 = arith.constant 64 : index
    %forms = arith.constant 44 : index
    %n = memref.dim %a, %c0 : memref<?xi32>
    %blocks = arith.divui %n, %c64 : index
    %out = memref.alloc(%forms, %n) : memref<?x?xi32>
    gpu.launch_func @kernels::@words
        blocks in (%blocks, %c1, %c1) threads in (%c64, %c1, %c1)
        args(%a : memref<?xi32>, %b : memref<?xi32>, %c : memref<?xi32>, %out : memref<?x?xi32>)
    return %out : memref<?x?xi32>
  }

  func.func @wide(%a: memref<?xi64>, %b: memref<?xi64>, %c: memref<?xi64>) -> memref<?x?xi64> {
    %c0 = arith.constant 0 : index
    %c1 = arith.constant 1 : index
    %c64 = arith.constant 64 : index
    %forms = arith.constant 11 : index
    %n = memref.dim %a, %c0 : memref<?xi64>
    %blocks = arith.divui %n, %c64 : index
    %out = memref.alloc(%forms, %n) : memref<?x?xi64>
    gpu.launch_func @kernels::@wide
        blocks in (%blocks, %c1, %c1) threads in (%c64, %c1, %c1)
        args(%a : memref<?xi64>, %b : memref<?xi64>, %c : memref<?xi64>, %out : memref<?x?xi64>)
    return %out : memref<?x?xi64>
  }
}
