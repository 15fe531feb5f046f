// RUN: split-file %s %t

// A model runs on the emulated device with all that it does: the fused kernels, and the loops of its sublayers. Here all numbers are
// those of the CPU, where a residual stream is added up in the same order.
// RUN: mhc-run --device cpu %t/model.mlir --arg random:1:13x64 --arg random:2 --arg random:3 > %t/cpu
// RUN: mhc-run --device emulator %t/model.mlir --arg random:1:13x64 --arg random:2 --arg random:3 > %t/emulator
// RUN: diff %t/cpu %t/emulator
// RUN: mhc-run --device emulator %t/model.mlir --chip sm_80 --orders 2 --arg random:1:13x64 --arg random:2 --arg random:3 > %t/sm80
// RUN: diff %t/cpu %t/sm80

// Every launch is counted.
// RUN: mhc-run --device emulator %t/model.mlir --arg random:1:13x64 --arg random:2 --arg random:3 --counters %t/counters.json | FileCheck %s --check-prefix=COUNTERS
// COUNTERS-DAG: linalg_matmul_kernel
// COUNTERS-DAG: mhc_
// COUNTERS-DAG: constant at

// No tokens: no launch, and totals are zeros.
// RUN: mhc-run --device emulator %t/model.mlir --arg random:1:0x64 --arg random:2 --arg random:3 | FileCheck %s --check-prefix=NONE
// NONE: result 0: 0x64xf32

// The PTX of all that it becomes.
// RUN: mhc-run --device emulator %t/model.mlir --chip sm_80 --emit-ptx %t/model.ptx
// RUN: FileCheck %s --check-prefix=PTX < %t/model.linalg_matmul_kernel.ptx
// PTX: .target sm_80
// PTX: .visible .entry linalg_matmul_kernel

// A fault names the place in the model: a row that nobody has written.
// RUN: not mhc-run --device emulator %t/fault.mlir --arg random:1 2>&1 | FileCheck %s --check-prefix=FAULT
// FAULT: fault.mlir:7:8: error: {{.*}}uninitialised

// What a file does itself on the host and the device, it still does; beside it, models run on the device.
// RUN: mhc-run --device emulator %t/mixed.mlir --arg random:1:40 | FileCheck %s --check-prefix=MIXED
// MIXED: result 0: 40xf32 min 2.5 max 2.5 mean 2.5

// What the host would have to know.
// RUN: not mhc-run --device emulator %t/host.mlir --arg full:2 2>&1 | FileCheck %s --check-prefix=HOST
// HOST: host.mlir:5:8: error: expected operands that the host knows, got one that the device computes

// A chip that kernels are not scheduled for.
// RUN: not mhc-run --device emulator %t/model.mlir --chip sm_75 --arg random:1:13x64 --arg random:2 --arg random:3 2>&1 | FileCheck %s --check-prefix=CHIP
// CHIP: error: 'mhc.kernel' op expected a chip out of sm_80, {{.*}}; got 'sm_75'

//--- model.mlir
func.func @main(%x: tensor<?x64xf32>, %w: tensor<64x64xf32>, %f: tensor<f32>) -> (tensor<?x64xf32>, tensor<64xf32>) {
  %c0 = arith.constant 0 : index
  %zero = arith.constant 0.0 : f32
  %table = arith.constant dense<[1.0, 2.0]> : tensor<2xf32>
  %tokens = tensor.dim %x, %c0 : tensor<?x64xf32>
  %s = tensor.extract %f[] : tensor<f32>
  %e = tensor.empty(%tokens) : tensor<?x64xf32>
  %z = linalg.fill ins(%zero : f32) outs(%e : tensor<?x64xf32>) -> tensor<?x64xf32>
  %y = linalg.matmul ins(%x, %w : tensor<?x64xf32>, tensor<64x64xf32>) outs(%z : tensor<?x64xf32>) -> tensor<?x64xf32>
  %r = linalg.generic {indexing_maps = [affine_map<(t, c) -> (t, c)>, affine_map<(t, c) -> (c mod 2)>, affine_map<(t, c) -> (t, c)>],
                       iterator_types = ["parallel", "parallel"]}
      ins(%y, %table : tensor<?x64xf32>, tensor<2xf32>) outs(%e : tensor<?x64xf32>) {
  ^bb0(%a: f32, %b: f32, %c: f32):
    %p = arith.mulf %a, %b : f32
    %q = arith.mulf %p, %s : f32
    linalg.yield %q : f32
  } -> tensor<?x64xf32>
  %sum = mhc.combine (%r : tensor<?x64xf32>), (%x : tensor<?x64xf32>) -> tensor<?x64xf32>
  %ec = tensor.empty() : tensor<64xf32>
  %zc = linalg.fill ins(%zero : f32) outs(%ec : tensor<64xf32>) -> tensor<64xf32>
  %t = linalg.generic {indexing_maps = [affine_map<(t, c) -> (t, c)>, affine_map<(t, c) -> (c)>], iterator_types = ["reduction", "parallel"]}
      ins(%y : tensor<?x64xf32>) outs(%zc : tensor<64xf32>) {
  ^bb0(%a: f32, %c: f32):
    %q = arith.addf %a, %c : f32
    linalg.yield %q : f32
  } -> tensor<64xf32>
  return %sum, %t : tensor<?x64xf32>, tensor<64xf32>
}

//--- fault.mlir
#map = affine_map<(c) -> (c)>

func.func @main(%x: tensor<8xf32>) -> tensor<8xf32> {
  %e = tensor.empty() : tensor<8xf32>
  %n = tensor.empty() : tensor<8xf32>

  %y = linalg.generic {indexing_maps = [#map, #map, #map], iterator_types = ["parallel"]}
      ins(%x, %n : tensor<8xf32>, tensor<8xf32>) outs(%e : tensor<8xf32>) {
  ^bb0(%a: f32, %b: f32, %c: f32):
    %p = arith.addf %a, %b : f32
    linalg.yield %p : f32
  } -> tensor<8xf32>
  return %y : tensor<8xf32>
}

//--- mixed.mlir
module attributes {gpu.container_module} {
  gpu.module @own {
    gpu.func @twos(%x: memref<?xf32>) kernel {
      %two = arith.constant 2.0 : f32
      %b = gpu.block_id x
      memref.store %two, %x[%b] : memref<?xf32>
      gpu.return
    }
  }
  func.func private @launch(%n: index) -> memref<?xf32> {
    %c1 = arith.constant 1 : index
    %c0 = arith.constant 0 : index
    %y = memref.alloc(%n) : memref<?xf32>
    gpu.launch_func @own::@twos blocks in (%n, %c1, %c1) threads in (%c1, %c1, %c1) args(%y : memref<?xf32>)
    // The host adds to what the device has written.
    %half = arith.constant 0.5 : f32
    scf.for %i = %c0 to %n step %c1 {
      %a = memref.load %y[%i] : memref<?xf32>
      %b = arith.addf %a, %half : f32
      memref.store %b, %y[%i] : memref<?xf32>
    }
    return %y : memref<?xf32>
  }
  func.func @main(%x: tensor<?xf32>) -> tensor<?xf32> {
    %c0 = arith.constant 0 : index
    %n = tensor.dim %x, %c0 : tensor<?xf32>
    %m = func.call @launch(%n) : (index) -> memref<?xf32>
    %y = bufferization.to_tensor %m restrict : memref<?xf32> to tensor<?xf32>
    %z = arith.maximumf %y, %y : tensor<?xf32>
    return %z : tensor<?xf32>
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
