// RUN: mhc-opt %s --pass-pipeline='builtin.module(mhc-to-nvvm{format=gpu})' | FileCheck %s --check-prefixes=CHECK,GPU
// RUN: mhc-opt %s --pass-pipeline='builtin.module(mhc-to-nvvm)' | FileCheck %s --check-prefixes=CHECK,LLVM
// RUN: mhc-opt %s --pass-pipeline='builtin.module(mhc-to-nvvm{chip=sm_80 format=ptx features=+ptx80 opt-level=1})' | FileCheck %s --check-prefixes=CHECK,PTX
// RUN: not mhc-opt %s --pass-pipeline='builtin.module(mhc-to-nvvm{format=elf})' 2>&1 | FileCheck %s --check-prefix=FORMAT
// RUN: not mhc-opt %s --pass-pipeline='builtin.module(mhc-to-nvvm{chip=sm_99})' 2>&1 | FileCheck %s --check-prefix=CHIP
// RUN: not mhc-opt %s --pass-pipeline='builtin.module(mhc-to-nvvm{features=+ptx60})' 2>&1 | FileCheck %s --check-prefix=FEATURES

// A block with a sublayer of its own becomes launches of the fused kernels, and of the sublayer's loops. The host has no arithmetic on
// elements, no load, no store and no memory: its result and its buffers are its caller's.

// FORMAT: Cannot find option named 'elf'
// CHIP: error: 'mhc.kernel' op expected a chip out of sm_80, sm_86, sm_89, sm_90, sm_90a, sm_100, sm_100a, sm_120, sm_120a; got 'sm_99'
// FEATURES: error: expected features that go with chip 'sm_90a', got '+ptx60'

// CHECK:       module attributes {gpu.container_module} {
// CHECK:         func.func @block(
// CHECK-SAME:        memref<?x4x64xbf16> {mhc.result}, %{{[^ ]*}}: memref<?xi8> {mhc.workspace}) attributes {mhc.results = array<i64: 0>, mhc.sizes = @block.sizes}
// CHECK-NOT:       {{memref\.(load|store|alloc|dealloc)|addf|mulf|linalg\.|scf\.parallel|mhc\.life}}
// CHECK:           memref.view
// CHECK:           call @mhc_kernel
// CHECK:           call @linalg_matmul
// CHECK:           return
// CHECK:         }

// GPU-DAG:       gpu.launch_func @mhc_pre::@mhc_pre
// GPU-DAG:       gpu.launch_func @mhc_combine::@mhc_combine
// GPU-DAG:       gpu.launch_func @linalg_matmul_kernel::@linalg_matmul_kernel
// GPU:           gpu.module @mhc_pre
// GPU:             gpu.func @mhc_pre({{.*}}!llvm.ptr<1>
// LLVM:          gpu.module @mhc_pre
// LLVM:            llvm.func @mhc_pre({{.*}}!llvm.ptr<1>
// PTX:           gpu.binary @mhc_pre [#gpu.object<#nvvm.target<O = 3, chip = "sm_80", features = "+ptx80">, assembly = "{{.*}}.version 8.0{{.*}}.target sm_80

func.func @block(%x: tensor<?x4x64xbf16>, %phi: tensor<24x256xf32>, %scale: tensor<3xf32>, %base: tensor<24xf32>, %w: tensor<64x64xbf16>)
    -> tensor<?x4x64xbf16> {
  %out = mhc.connection #mhc.variant<mhc, layout = in_out, gates = <pre_eps = 1.0e-6, post_mult = 2.0>,
                                     sinkhorn = <iterations = 20, eps = 1.0e-6, start = softmax>>
      %x phi %phi scale %scale base %base
      : (tensor<?x4x64xbf16>, tensor<24x256xf32>, tensor<3xf32>, tensor<24xf32>) -> tensor<?x4x64xbf16>
      sublayer(%y: tensor<?x64xbf16>) {
    %c0 = arith.constant 0 : index
    %zero = arith.constant 0.0 : bf16
    %tokens = tensor.dim %y, %c0 : tensor<?x64xbf16>
    %e = tensor.empty(%tokens) : tensor<?x64xbf16>
    %z = linalg.fill ins(%zero : bf16) outs(%e : tensor<?x64xbf16>) -> tensor<?x64xbf16>
    %f = linalg.matmul ins(%y, %w : tensor<?x64xbf16>, tensor<64x64xbf16>) outs(%z : tensor<?x64xbf16>) -> tensor<?x64xbf16>
    mhc.yield %f : tensor<?x64xbf16>
  }
  return %out : tensor<?x4x64xbf16>
}
