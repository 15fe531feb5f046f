// RUN: split-file %s %t

// A model on a GPU, which is the emulator here, in the place of the CUDA driver: it takes bitcode.
// DEFINE: %{driver} = env MHCRT_DRIVER=%build/lib/libmhc-emulator-driver.so
// DEFINE: %{arguments} = --arg random:1:21x4x64 --arg random:2 --arg full:0.1 --arg random:3 --arg random:4
// RUN: mhc-run %t/model.mlir --device emulator %{arguments} --out %t/emulator > %t/emulator.txt
// RUN: %{driver} mhc-run %t/model.mlir --device cuda --kernels bitcode --chip sm_90a %{arguments} --repeat 2 --time --out %t/cuda > %t/cuda.txt 2> %t/time
// RUN: diff %t/emulator.txt %t/cuda.txt
// RUN: cmp %t/emulator/0.npy %t/cuda/0.npy
// RUN: FileCheck %s --check-prefix=TIME < %t/time
// TIME: time: median {{[0-9.]+}} ms, from {{[0-9.]+}} to {{[0-9.]+}}, of 2 runs

// The chip of the GPU, where none is named. No tokens.
// RUN: %{driver} mhc-run %t/model.mlir --device cuda --kernels bitcode --arg zeros:0x4x64 --arg zeros --arg zeros --arg zeros --arg zeros | FileCheck %s --check-prefix=NONE
// NONE: result 0: 0x4x64xbf16 empty

// A gpu.module of the file, and a function on memory.
// RUN: %{driver} mhc-run %t/own.mlir --device cuda --kernels bitcode --arg random:1:40 | FileCheck %s --check-prefix=OWN
// OWN: result 0: 40xf32 min 2 max 2 mean 2

// No driver; nothing is compiled before.
// RUN: env MHCRT_DRIVER=libnotthere.so not mhc-run %t/model.mlir --device cuda %{arguments} --out %t/none 2>&1 | FileCheck %s --check-prefix=DRIVER
// RUN: not ls %t/none
// DRIVER: mhc-run: error: expected the CUDA driver, got no library 'libnotthere.so'

// Another form than the driver takes, another chip than it has.
// RUN: %{driver} not mhc-run %t/model.mlir --device cuda --kernels ptx %{arguments} 2>&1 | FileCheck %s --check-prefix=FORM
// FORM: mhc-run: error: loading kernels_0.ptx: the emulator runs LLVM bitcode, got a cubin or PTX (CUDA_ERROR_NO_BINARY_FOR_GPU)
// RUN: %{driver} not mhc-run %t/model.mlir --device cuda --kernels bitcode --chip sm_100a %{arguments} 2>&1 | FileCheck %s --check-prefix=CHIP
// CHIP: mhc-run: error: {{.*}}sm_100a

// A program that is no program of launches.
// RUN: %{driver} not mhc-run %t/host.mlir --device cuda --kernels bitcode --arg full:2 2>&1 | FileCheck %s --check-prefix=HOST
// HOST: host.mlir:5:8: error: expected operands that the host knows, got one that the device computes

// Without ptxas.
// RUN: %{driver} env PATH=%build/bin CUDA_HOME=%t not mhc-run %t/model.mlir --device cuda --kernels cubin %{arguments} 2>&1 | FileCheck %s --check-prefix=PTXAS
// PTXAS: mhc-run: error: --kernels cubin expects ptxas of the CUDA toolkit on PATH or below CUDA_HOME, got none

//--- model.mlir
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

//--- own.mlir
module attributes {gpu.container_module} {
  gpu.module @own {
    gpu.func @twos(%x: memref<?xf32>) kernel {
      %two = arith.constant 2.0 : f32
      %b = gpu.block_id x
      memref.store %two, %x[%b] : memref<?xf32>
      gpu.return
    }
  }
  func.func @main(%x: memref<?xf32>) -> memref<?xf32> {
    %c1 = arith.constant 1 : index
    %c0 = arith.constant 0 : index
    %n = memref.dim %x, %c0 : memref<?xf32>
    %y = memref.alloc(%n) : memref<?xf32>
    gpu.launch_func @own::@twos blocks in (%n, %c1, %c1) threads in (%c1, %c1, %c1) args(%y : memref<?xf32>)
    return %y : memref<?xf32>
  }
}

//--- host.mlir
func.func @main(%x: tensor<1xi64>) -> tensor<?xf32> {
  %c0 = arith.constant 0 : index
  %k = tensor.extract %x[%c0] : tensor<1xi64>
  %n = arith.index_cast %k : i64 to index
  %e = tensor.empty(%n) : tensor<?xf32>
  %one = arith.constant 1.0 : f32
  %y = linalg.fill ins(%one : f32) outs(%e : tensor<?xf32>) -> tensor<?xf32>
  return %y : tensor<?xf32>
}
