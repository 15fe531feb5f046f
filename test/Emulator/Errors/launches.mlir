// Launches that a driver refuses before their kernel starts: an error at the launch.

// DEFINE: %{bad} = not mhc-run --device emulator %s --arg zeros --entry

module attributes {gpu.container_module} {
  gpu.module @kernels {
    gpu.func @any(%out: memref<1xi32>) kernel {
      %c0 = arith.constant 0 : index
      %one = arith.constant 1 : i32
      memref.store %one, %out[%c0] : memref<1xi32>
      gpu.return
    }
    gpu.func @static(%out: memref<1xi32>) workgroup(%s: memref<13000xi32, #gpu.address_space<workgroup>>) kernel {
      %c0 = arith.constant 0 : index
      %t = gpu.thread_id x
      %one = arith.constant 1 : i32
      memref.store %one, %s[%t] : memref<13000xi32, #gpu.address_space<workgroup>>
      gpu.barrier
      %v = memref.load %s[%c0] : memref<13000xi32, #gpu.address_space<workgroup>>
      memref.store %v, %out[%c0] : memref<1xi32>
      gpu.return
    }
    llvm.func @most(%out: !llvm.ptr<1>) attributes {gpu.kernel, nvvm.kernel, nvvm.maxntid = array<i32: 64>} {
      llvm.return
    }
    llvm.func @exactly(%out: !llvm.ptr<1>) attributes {gpu.kernel, nvvm.kernel, nvvm.reqntid = array<i32: 32, 2>} {
      llvm.return
    }
    llvm.func @clustered(%out: !llvm.ptr<1>) attributes {gpu.kernel, nvvm.kernel, nvvm.reqntid = array<i32: 32>, nvvm.cluster_dim = array<i32: 2>} {
      llvm.return
    }
  }

  // RUN: %{bad} threads 2>&1 | FileCheck %s --check-prefix=THREADS
  func.func @threads(%out: memref<1xi32>) {
    %c1 = arith.constant 1 : index
    %c33 = arith.constant 33 : index
    %c32 = arith.constant 32 : index
    // THREADS: launches.mlir:[[#@LINE+1]]:{{[0-9]+}}: error: the launch of 'any' expects at most 1024 threads in a CTA, got 1056
    gpu.launch_func @kernels::@any
        blocks in (%c1, %c1, %c1) threads in (%c33, %c32, %c1) args(%out : memref<1xi32>)
    return
  }

  // RUN: %{bad} deep 2>&1 | FileCheck %s --check-prefix=DEEP
  func.func @deep(%out: memref<1xi32>) {
    %c1 = arith.constant 1 : index
    %c65 = arith.constant 65 : index
    // DEEP: launches.mlir:[[#@LINE+1]]:{{[0-9]+}}: error: the launch of 'any' expects between 1 and 64 threads in dimension 2, got 65
    gpu.launch_func @kernels::@any
        blocks in (%c1, %c1, %c1) threads in (%c1, %c1, %c65) args(%out : memref<1xi32>)
    return
  }

  // RUN: %{bad} empty 2>&1 | FileCheck %s --check-prefix=EMPTY
  func.func @empty(%out: memref<1xi32>) {
    %c0 = arith.constant 0 : index
    %c1 = arith.constant 1 : index
    // EMPTY: launches.mlir:[[#@LINE+1]]:{{[0-9]+}}: error: the launch of 'any' expects between 1 and 2147483647 CTAs in dimension 0, got 0
    gpu.launch_func @kernels::@any
        blocks in (%c0, %c1, %c1) threads in (%c1, %c1, %c1) args(%out : memref<1xi32>)
    return
  }

  // RUN: %{bad} high 2>&1 | FileCheck %s --check-prefix=HIGH
  func.func @high(%out: memref<1xi32>) {
    %c1 = arith.constant 1 : index
    %c65536 = arith.constant 65536 : index
    // HIGH: launches.mlir:[[#@LINE+1]]:{{[0-9]+}}: error: the launch of 'any' expects between 1 and 65535 CTAs in dimension 1, got 65536
    gpu.launch_func @kernels::@any
        blocks in (%c1, %c65536, %c1) threads in (%c1, %c1, %c1) args(%out : memref<1xi32>)
    return
  }

  // RUN: %{bad} parts 2>&1 | FileCheck %s --check-prefix=PARTS
  func.func @parts(%out: memref<1xi32>) {
    %c1 = arith.constant 1 : index
    %c2 = arith.constant 2 : index
    %c3 = arith.constant 3 : index
    // PARTS: launches.mlir:[[#@LINE+1]]:{{[0-9]+}}: error: the launch of 'any' expects a grid of whole clusters (2, 1, 1), got (3, 1, 1)
    gpu.launch_func @kernels::@any clusters in (%c2, %c1, %c1)
        blocks in (%c3, %c1, %c1) threads in (%c1, %c1, %c1) args(%out : memref<1xi32>)
    return
  }

  // RUN: %{bad} cluster 2>&1 | FileCheck %s --check-prefix=CLUSTER
  func.func @cluster(%out: memref<1xi32>) {
    %c1 = arith.constant 1 : index
    %c17 = arith.constant 17 : index
    // CLUSTER: launches.mlir:[[#@LINE+1]]:{{[0-9]+}}: error: the launch of 'any' expects at most 16 CTAs in a cluster, got 17
    gpu.launch_func @kernels::@any clusters in (%c17, %c1, %c1)
        blocks in (%c17, %c1, %c1) threads in (%c1, %c1, %c1) args(%out : memref<1xi32>)
    return
  }

  // RUN: %{bad} static 2>&1 | FileCheck %s --check-prefix=STATIC
  func.func @static(%out: memref<1xi32>) {
    %c1 = arith.constant 1 : index
    // STATIC: launches.mlir:[[#@LINE+1]]:{{[0-9]+}}: error: the launch of 'static' has {{[0-9]+}} bytes of static shared memory, more than 49152
    gpu.launch_func @kernels::@static
        blocks in (%c1, %c1, %c1) threads in (%c1, %c1, %c1) args(%out : memref<1xi32>)
    return
  }

  // RUN: %{bad} dynamic 2>&1 | FileCheck %s --check-prefix=DYNAMIC
  func.func @dynamic(%out: memref<1xi32>) {
    %c1 = arith.constant 1 : index
    %bytes = arith.constant 232449 : i32
    // DYNAMIC: launches.mlir:[[#@LINE+1]]:{{[0-9]+}}: error: the launch of 'any' expects at most 232448 bytes of shared memory in a CTA, got 0 static and 232449 dynamic ones
    gpu.launch_func @kernels::@any
        blocks in (%c1, %c1, %c1) threads in (%c1, %c1, %c1) dynamic_shared_memory_size %bytes args(%out : memref<1xi32>)
    return
  }

  // RUN: %{bad} most 2>&1 | FileCheck %s --check-prefix=MOST
  func.func @most(%out: memref<1xi32>) {
    %c1 = arith.constant 1 : index
    %c65 = arith.constant 65 : index
    %null = llvm.mlir.zero : !llvm.ptr<1>
    // MOST: launches.mlir:[[#@LINE+1]]:{{[0-9]+}}: error: the launch of 'most' expects at most 64 threads in a CTA, got 65
    gpu.launch_func @kernels::@most
        blocks in (%c1, %c1, %c1) threads in (%c65, %c1, %c1) args(%null : !llvm.ptr<1>)
    return
  }

  // RUN: %{bad} exactly 2>&1 | FileCheck %s --check-prefix=EXACTLY
  func.func @exactly(%out: memref<1xi32>) {
    %c1 = arith.constant 1 : index
    %c64 = arith.constant 64 : index
    %null = llvm.mlir.zero : !llvm.ptr<1>
    // EXACTLY: launches.mlir:[[#@LINE+1]]:{{[0-9]+}}: error: the launch of 'exactly' expects CTAs of (32, 2, 1) threads, got (64, 1, 1)
    gpu.launch_func @kernels::@exactly
        blocks in (%c1, %c1, %c1) threads in (%c64, %c1, %c1) args(%null : !llvm.ptr<1>)
    return
  }

  // RUN: %{bad} clustered 2>&1 | FileCheck %s --check-prefix=CLUSTERED
  func.func @clustered(%out: memref<1xi32>) {
    %c1 = arith.constant 1 : index
    %c4 = arith.constant 4 : index
    %c32 = arith.constant 32 : index
    %null = llvm.mlir.zero : !llvm.ptr<1>
    // CLUSTERED: launches.mlir:[[#@LINE+1]]:{{[0-9]+}}: error: the launch of 'clustered' expects clusters of (2, 1, 1), got (4, 1, 1)
    gpu.launch_func @kernels::@clustered clusters in (%c4, %c1, %c1)
        blocks in (%c4, %c1, %c1) threads in (%c32, %c1, %c1) args(%null : !llvm.ptr<1>)
    return
  }
}
