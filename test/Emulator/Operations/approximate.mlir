// REQUIRES: numpy
// RUN: %python %S/check.py %s
//
// Approximate instructions: within the bounds of the PTX ISA for every seed, the
// nearest number without one, and the promised special values. The rows of the
// result are the forms, its columns the operands. @fast has the operations for
// which they are selected where afn allows it.

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
      %ai = memref.load %a[%i] : memref<?xi32>
      %bi = memref.load %b[%i] : memref<?xi32>
      %a_f32 = arith.bitcast %ai : i32 to f32
      %r0 = llvm.call_intrinsic "llvm.nvvm.ex2.approx"(%a_f32) : (f32) -> f32
      %r0b = arith.bitcast %r0 : f32 to i32
      memref.store %r0b, %out[%k0, %i] : memref<?x?xi32>
      %r1 = llvm.call_intrinsic "llvm.nvvm.ex2.approx.ftz"(%a_f32) : (f32) -> f32
      %r1b = arith.bitcast %r1 : f32 to i32
      memref.store %r1b, %out[%k1, %i] : memref<?x?xi32>
      %r2 = llvm.call_intrinsic "llvm.nvvm.lg2.approx.f"(%a_f32) : (f32) -> f32
      %r2b = arith.bitcast %r2 : f32 to i32
      memref.store %r2b, %out[%k2, %i] : memref<?x?xi32>
      %r3 = llvm.call_intrinsic "llvm.nvvm.lg2.approx.ftz.f"(%a_f32) : (f32) -> f32
      %r3b = arith.bitcast %r3 : f32 to i32
      memref.store %r3b, %out[%k3, %i] : memref<?x?xi32>
      %r4 = llvm.inline_asm "rcp.approx.f32 $0, $1;", "=f,f" %a_f32 : (f32) -> f32
      %r4b = arith.bitcast %r4 : f32 to i32
      memref.store %r4b, %out[%k4, %i] : memref<?x?xi32>
      %r5 = llvm.call_intrinsic "llvm.nvvm.rcp.approx.ftz.f"(%a_f32) : (f32) -> f32
      %r5b = arith.bitcast %r5 : f32 to i32
      memref.store %r5b, %out[%k5, %i] : memref<?x?xi32>
      %r6 = llvm.call_intrinsic "llvm.nvvm.sqrt.approx.f"(%a_f32) : (f32) -> f32
      %r6b = arith.bitcast %r6 : f32 to i32
      memref.store %r6b, %out[%k6, %i] : memref<?x?xi32>
      %r7 = llvm.call_intrinsic "llvm.nvvm.sqrt.approx.ftz.f"(%a_f32) : (f32) -> f32
      %r7b = arith.bitcast %r7 : f32 to i32
      memref.store %r7b, %out[%k7, %i] : memref<?x?xi32>
      %r8 = llvm.call_intrinsic "llvm.nvvm.rsqrt.approx.f"(%a_f32) : (f32) -> f32
      %r8b = arith.bitcast %r8 : f32 to i32
      memref.store %r8b, %out[%k8, %i] : memref<?x?xi32>
      %r9 = llvm.call_intrinsic "llvm.nvvm.rsqrt.approx.ftz.f"(%a_f32) : (f32) -> f32
      %r9b = arith.bitcast %r9 : f32 to i32
      memref.store %r9b, %out[%k9, %i] : memref<?x?xi32>
      %r10 = llvm.call_intrinsic "llvm.nvvm.sin.approx.f"(%a_f32) : (f32) -> f32
      %r10b = arith.bitcast %r10 : f32 to i32
      memref.store %r10b, %out[%k10, %i] : memref<?x?xi32>
      %r11 = llvm.call_intrinsic "llvm.nvvm.sin.approx.ftz.f"(%a_f32) : (f32) -> f32
      %r11b = arith.bitcast %r11 : f32 to i32
      memref.store %r11b, %out[%k11, %i] : memref<?x?xi32>
      %r12 = llvm.call_intrinsic "llvm.nvvm.cos.approx.f"(%a_f32) : (f32) -> f32
      %r12b = arith.bitcast %r12 : f32 to i32
      memref.store %r12b, %out[%k12, %i] : memref<?x?xi32>
      %r13 = llvm.call_intrinsic "llvm.nvvm.cos.approx.ftz.f"(%a_f32) : (f32) -> f32
      %r13b = arith.bitcast %r13 : f32 to i32
      memref.store %r13b, %out[%k13, %i] : memref<?x?xi32>
      %r14 = llvm.inline_asm "tanh.approx.f32 $0, $1;", "=f,f" %a_f32 : (f32) -> f32
      %r14b = arith.bitcast %r14 : f32 to i32
      memref.store %r14b, %out[%k14, %i] : memref<?x?xi32>
      %b_f32 = arith.bitcast %bi : i32 to f32
      %r15 = llvm.call_intrinsic "llvm.nvvm.div.approx.f"(%a_f32, %b_f32) : (f32, f32) -> f32
      %r15b = arith.bitcast %r15 : f32 to i32
      memref.store %r15b, %out[%k15, %i] : memref<?x?xi32>
      %r16 = llvm.call_intrinsic "llvm.nvvm.div.approx.ftz.f"(%a_f32, %b_f32) : (f32, f32) -> f32
      %r16b = arith.bitcast %r16 : f32 to i32
      memref.store %r16b, %out[%k16, %i] : memref<?x?xi32>
      %r17 = llvm.call_intrinsic "llvm.nvvm.div.full"(%a_f32, %b_f32) : (f32, f32) -> f32
      %r17b = arith.bitcast %r17 : f32 to i32
      memref.store %r17b, %out[%k17, %i] : memref<?x?xi32>
      %r18 = llvm.call_intrinsic "llvm.nvvm.div.full.ftz"(%a_f32, %b_f32) : (f32, f32) -> f32
      %r18b = arith.bitcast %r18 : f32 to i32
      memref.store %r18b, %out[%k18, %i] : memref<?x?xi32>
      %r19 = llvm.inline_asm "ex2.approx.ftz.f32 \09$0,  $1;", "=f,f" %a_f32 : (f32) -> f32
      %r19b = arith.bitcast %r19 : f32 to i32
      memref.store %r19b, %out[%k19, %i] : memref<?x?xi32>
      gpu.return
    }

    gpu.func @half(%a: memref<?xi32>, %out: memref<?x?xi32>) kernel {
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
      %ai = memref.load %a[%i] : memref<?xi32>
      %a_vector2xf16 = llvm.bitcast %ai : i32 to vector<2xf16>
      %r0 = llvm.call_intrinsic "llvm.nvvm.ex2.approx"(%a_vector2xf16) : (vector<2xf16>) -> vector<2xf16>
      %r0b = llvm.bitcast %r0 : vector<2xf16> to i32
      memref.store %r0b, %out[%k0, %i] : memref<?x?xi32>
      %a_vector2xbf16 = llvm.bitcast %ai : i32 to vector<2xbf16>
      %r1 = llvm.call_intrinsic "llvm.nvvm.ex2.approx.ftz"(%a_vector2xbf16) : (vector<2xbf16>) -> vector<2xbf16>
      %r1b = llvm.bitcast %r1 : vector<2xbf16> to i32
      memref.store %r1b, %out[%k1, %i] : memref<?x?xi32>
      %r2 = llvm.inline_asm "tanh.approx.f16x2 $0, $1;", "=r,r" %ai : (i32) -> i32
      memref.store %r2, %out[%k2, %i] : memref<?x?xi32>
      %r3 = llvm.inline_asm "tanh.approx.bf16x2 $0, $1;", "=r,r" %ai : (i32) -> i32
      memref.store %r3, %out[%k3, %i] : memref<?x?xi32>
      %a_f16w = arith.trunci %ai : i32 to i16
      %a_f16 = arith.bitcast %a_f16w : i16 to f16
      %r4 = llvm.call_intrinsic "llvm.nvvm.ex2.approx"(%a_f16) : (f16) -> f16
      %r4b = arith.bitcast %r4 : f16 to i16
      %r4x = arith.extui %r4b : i16 to i32
      memref.store %r4x, %out[%k4, %i] : memref<?x?xi32>
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
      %ai = memref.load %a[%i] : memref<?xi64>
      %a_f64 = arith.bitcast %ai : i64 to f64
      %r0 = llvm.call_intrinsic "llvm.nvvm.rcp.approx.ftz.d"(%a_f64) : (f64) -> f64
      %r0b = arith.bitcast %r0 : f64 to i64
      memref.store %r0b, %out[%k0, %i] : memref<?x?xi64>
      %r1 = llvm.call_intrinsic "llvm.nvvm.rsqrt.approx.ftz.d"(%a_f64) : (f64) -> f64
      %r1b = arith.bitcast %r1 : f64 to i64
      memref.store %r1b, %out[%k1, %i] : memref<?x?xi64>
      %r2 = llvm.call_intrinsic "llvm.nvvm.rsqrt.approx.d"(%a_f64) : (f64) -> f64
      %r2b = arith.bitcast %r2 : f64 to i64
      memref.store %r2b, %out[%k2, %i] : memref<?x?xi64>
      gpu.return
    }

    gpu.func @fast(%a: memref<?xi32>, %b: memref<?xi32>, %out: memref<?x?xi32>) kernel {
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
      %ai = memref.load %a[%i] : memref<?xi32>
      %bi = memref.load %b[%i] : memref<?xi32>
      %a_f32 = arith.bitcast %ai : i32 to f32
      %b_f32 = arith.bitcast %bi : i32 to f32
      %r0 = arith.divf %a_f32, %b_f32 fastmath<afn> : f32
      %r0b = arith.bitcast %r0 : f32 to i32
      memref.store %r0b, %out[%k0, %i] : memref<?x?xi32>
      %r1 = llvm.call_intrinsic "llvm.sqrt.f32"(%a_f32) {fastmathFlags = #llvm.fastmath<afn>} : (f32) -> f32
      %r1b = arith.bitcast %r1 : f32 to i32
      memref.store %r1b, %out[%k1, %i] : memref<?x?xi32>
      %r2 = llvm.call_intrinsic "llvm.exp2.f32"(%a_f32) {fastmathFlags = #llvm.fastmath<afn>} : (f32) -> f32
      %r2b = arith.bitcast %r2 : f32 to i32
      memref.store %r2b, %out[%k2, %i] : memref<?x?xi32>
      %r3 = llvm.call_intrinsic "llvm.sin.f32"(%a_f32) {fastmathFlags = #llvm.fastmath<afn>} : (f32) -> f32
      %r3b = arith.bitcast %r3 : f32 to i32
      memref.store %r3b, %out[%k3, %i] : memref<?x?xi32>
      %r4 = llvm.call_intrinsic "llvm.cos.f32"(%a_f32) {fastmathFlags = #llvm.fastmath<afn>} : (f32) -> f32
      %r4b = arith.bitcast %r4 : f32 to i32
      memref.store %r4b, %out[%k4, %i] : memref<?x?xi32>
      %r5 = llvm.call_intrinsic "llvm.tanh.f32"(%a_f32) {fastmathFlags = #llvm.fastmath<afn>} : (f32) -> f32
      %r5b = arith.bitcast %r5 : f32 to i32
      memref.store %r5b, %out[%k5, %i] : memref<?x?xi32>
      gpu.return
    }
  }

  func.func @single(%a: memref<?xi32>, %b: memref<?xi32>) -> memref<?x?xi32> {
    %c0 = arith.constant 0 : index
    %c1 = arith.constant 1 : index
    %c64 = arith.constant 64 : index
    %forms = arith.constant 20 : index
    %n = memref.dim %a, %c0 : memref<?xi32>
    %blocks = arith.divui %n, %c64 : index
    %out = memref.alloc(%forms, %n) : memref<?x?xi32>
    gpu.launch_func @kernels::@single
        blocks in (%blocks, %c1, %c1) threads in (%c64, %c1, %c1)
        args(%a : memref<?xi32>, %b : memref<?xi32>, %out : memref<?x?xi32>)
    return %out : memref<?x?xi32>
  }

  func.func @half(%a: memref<?xi32>) -> memref<?x?xi32> {
    %c0 = arith.constant 0 : index
    %c1 = arith.constant 1 : index
    %c64 = arith.constant 64 : index
    %forms = arith.constant 5 : index
    %n = memref.dim %a, %c0 : memref<?xi32>
    %blocks = arith.divui %n, %c64 : index
    %out = memref.alloc(%forms, %n) : memref<?x?xi32>
    gpu.launch_func @kernels::@half
        blocks in (%blocks, %c1, %c1) threads in (%c64, %c1, %c1)
        args(%a : memref<?xi32>, %out : memref<?x?xi32>)
    return %out : memref<?x?xi32>
  }

  func.func @wide(%a: memref<?xi64>) -> memref<?x?xi64> {
    %c0 = arith.constant 0 : index
    %c1 = arith.constant 1 : index
    %c64 = arith.constant 64 : index
    %forms = arith.constant 3 : index
    %n = memref.dim %a, %c0 : memref<?xi64>
    %blocks = arith.divui %n, %c64 : index
    %out = memref.alloc(%forms, %n) : memref<?x?xi64>
    gpu.launch_func @kernels::@wide
        blocks in (%blocks, %c1, %c1) threads in (%c64, %c1, %c1)
        args(%a : memref<?xi64>, %out : memref<?x?xi64>)
    return %out : memref<?x?xi64>
  }

  func.func @fast(%a: memref<?xi32>, %b: memref<?xi32>) -> memref<?x?xi32> {
    %c0 = arith.constant 0 : index
    %c1 = arith.constant 1 : index
    %c64 = arith.constant 64 : index
    %forms = arith.constant 6 : index
    %n = memref.dim %a, %c0 : memref<?xi32>
    %blocks = arith.divui %n, %c64 : index
    %out = memref.alloc(%forms, %n) : memref<?x?xi32>
    gpu.launch_func @kernels::@fast
        blocks in (%blocks, %c1, %c1) threads in (%c64, %c1, %c1)
        args(%a : memref<?xi32>, %b : memref<?xi32>, %out : memref<?x?xi32>)
    return %out : memref<?x?xi32>
  }
}
