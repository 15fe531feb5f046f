// Findings are diagnostics, with the line of the file; results are shown then, and not written.

// RUN: rm -rf %t && mkdir %t
// DEFINE: %{run} = mhc-run --device emulator %s

// RUN: not %{run} --entry unwritten --arg full:1:8 --out %t/out --counters %t/c.json > %t.log 2>&1
// RUN: FileCheck %s --check-prefix=UNWRITTEN --input-file=%t.log
// RUN: not ls %t/out
// RUN: not ls %t/c.json
// UNWRITTEN-DAG: emulator-findings.mlir:{{[0-9]+}}:{{[0-9]+}}: error: {{.*}}result 0{{.*}}
// UNWRITTEN-DAG: result 0: 8xf32
// UNWRITTEN-DAG: mhc-run: error: 1 finding{{$}}

// In several orders the first with findings is the last.
// RUN: not %{run} --entry unwritten --arg full:1:8 --orders 3 2>&1 | FileCheck %s --check-prefix=ORDERS
// ORDERS: mhc-run: error: 1 finding in order forward{{$}}

// Without the check the program is taken as it is.
// RUN: %{run} --entry unwritten --arg full:1:8 --check races,sync,memory --out %t/out --counters %t/c.json | FileCheck %s --check-prefix=OFF
// OFF: result 0: 8xf32
// RUN: ls %t/out/0.npy
// RUN: %python -m json.tool %t/c.json %t/d.json

// RUN: %{run} --entry written --arg full:2:8 --orders 4 --emulator-threads 0 --resident 2 --l2 1024 --findings 1 \
// RUN:   --approximation-seed 0 --repeat 2 | FileCheck %s --check-prefix=WRITTEN
// RUN: %{run} --entry written --arg full:2:8 --order reverse | FileCheck %s --check-prefix=WRITTEN
// RUN: %{run} --entry written --arg full:2:8 --order 7 | FileCheck %s --check-prefix=WRITTEN
// WRITTEN: result 0: 8xf32 min 2 max 2 mean 2

// What a driver refuses is an error at the launch.
// RUN: not %{run} --entry empty --arg full:2:8 2>&1 | FileCheck %s --check-prefix=EMPTY
// EMPTY: emulator-findings.mlir:[[#EMPTY:]]:5: error:
// EMPTY: gpu.launch_func
module attributes {gpu.container_module} {
  gpu.module @kernels {
    gpu.func @copy(%x: memref<?xf32>, %y: memref<?xf32>, %n: index) kernel {
      %i = gpu.thread_id x
      %in = arith.cmpi ult, %i, %n : index
      scf.if %in {
        %v = memref.load %x[%i] : memref<?xf32>
        memref.store %v, %y[%i] : memref<?xf32>
      }
      gpu.return
    }
  }
  func.func @unwritten(%x: memref<?xf32>) -> memref<?xf32> {
    %c1 = arith.constant 1 : index
    %c7 = arith.constant 7 : index
    %c32 = arith.constant 32 : index
    %c8 = arith.constant 8 : index
    %y = memref.alloc(%c8) : memref<?xf32>
    gpu.launch_func @kernels::@copy blocks in (%c1, %c1, %c1) threads in (%c32, %c1, %c1)
        args(%x : memref<?xf32>, %y : memref<?xf32>, %c7 : index)
    return %y : memref<?xf32>
  }
  func.func @written(%x: memref<?xf32>) -> memref<?xf32> {
    %c0 = arith.constant 0 : index
    %c1 = arith.constant 1 : index
    %c32 = arith.constant 32 : index
    %n = memref.dim %x, %c0 : memref<?xf32>
    %y = memref.alloc(%n) : memref<?xf32>
    gpu.launch_func @kernels::@copy blocks in (%c1, %c1, %c1) threads in (%c32, %c1, %c1)
        args(%x : memref<?xf32>, %y : memref<?xf32>, %n : index)
    return %y : memref<?xf32>
  }
  func.func @empty(%x: memref<?xf32>) -> memref<?xf32> {
    %c0 = arith.constant 0 : index
    %c1 = arith.constant 1 : index
    gpu.launch_func @kernels::@copy blocks in (%c0, %c1, %c1) threads in (%c1, %c1, %c1)
        args(%x : memref<?xf32>, %x : memref<?xf32>, %c1 : index)
    return %x : memref<?xf32>
  }
}
