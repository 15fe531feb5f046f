// Each half of a warp reverses its numbers and waits for itself alone. In the
// faulty version the upper half also waits for the lower one, which names only
// its own lanes: all that are named must come with the same mask.

// RUN: mhc-run --device emulator %s --entry right --orders 4 \
// RUN: | FileCheck %s --check-prefix=RIGHT
// RUN: not mhc-run --device emulator %s --entry faulty --order reverse 2>&1 \
// RUN: | FileCheck %s --check-prefix=FAULT

// RIGHT: result 0: 32xi32 min 0 max 31 mean 15.5

!shared = memref<32xi32, #gpu.address_space<workgroup>>

module attributes {gpu.container_module} {
  gpu.module @kernels {
    gpu.func @right(%out: memref<32xi32>) workgroup(%s: !shared) kernel {
      %t = gpu.thread_id x
      %c15 = arith.constant 15 : index
      %c16 = arith.constant 16 : index
      %lower = arith.constant 0x0000ffff : i32
      %upper = arith.constant 0xffff0000 : i32
      %v = arith.index_cast %t : index to i32
      %low = arith.cmpi ult, %t, %c16 : index
      %mask = arith.select %low, %lower, %upper : i32
      memref.store %v, %s[%t] : !shared
      nvvm.bar.warp.sync %mask : i32
      %u = arith.xori %t, %c15 : index
      %w = memref.load %s[%u] : !shared
      memref.store %w, %out[%t] : memref<32xi32>
      gpu.return
    }

    gpu.func @faulty(%out: memref<32xi32>) workgroup(%s: !shared) kernel {
      %t = gpu.thread_id x
      %c15 = arith.constant 15 : index
      %c16 = arith.constant 16 : index
      %lower = arith.constant 0x0000ffff : i32
      %upper = arith.constant 0xffffffff : i32
      %v = arith.index_cast %t : index to i32
      %low = arith.cmpi ult, %t, %c16 : index
      %mask = arith.select %low, %lower, %upper : i32
      memref.store %v, %s[%t] : !shared
      // FAULT: warp-barrier-masks.mlir:[[#@LINE+1]]:{{[0-9]+}}: error: {{lane missing from bar.warp.sync|wrong mask}}
      nvvm.bar.warp.sync %mask : i32
      %u = arith.xori %t, %c15 : index
      %w = memref.load %s[%u] : !shared
      memref.store %w, %out[%t] : memref<32xi32>
      gpu.return
    }
  }

  func.func @right() -> memref<32xi32> {
    %c1 = arith.constant 1 : index
    %c32 = arith.constant 32 : index
    %out = memref.alloc() : memref<32xi32>
    gpu.launch_func @kernels::@right
        blocks in (%c1, %c1, %c1) threads in (%c32, %c1, %c1)
        args(%out : memref<32xi32>)
    return %out : memref<32xi32>
  }

  func.func @faulty() -> memref<32xi32> {
    %c1 = arith.constant 1 : index
    %c32 = arith.constant 32 : index
    %out = memref.alloc() : memref<32xi32>
    gpu.launch_func @kernels::@faulty
        blocks in (%c1, %c1, %c1) threads in (%c32, %c1, %c1)
        args(%out : memref<32xi32>)
    return %out : memref<32xi32>
  }
}
