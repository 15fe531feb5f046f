// The chip is that of the module's target, or of --chip; features go with it.

// RUN: rm -rf %t && split-file %s %t

// RUN: mhc-run --device emulator %t/none.mlir --emit-ptx - | FileCheck %s -DVERSION=8.6 -DCHIP=sm_90a
// RUN: mhc-run --device emulator %t/none.mlir --chip sm_80 --emit-ptx - | FileCheck %s -DVERSION=8.6 -DCHIP=sm_80
// RUN: mhc-run --device emulator %t/none.mlir --chip sm_100a --emit-ptx - | FileCheck %s -DVERSION=8.6 -DCHIP=sm_100a
// A chip newer than that version has the oldest that knows it.
// RUN: mhc-run --device emulator %t/none.mlir --chip sm_103a --emit-ptx - | FileCheck %s -DVERSION=8.8 -DCHIP=sm_103a
// RUN: mhc-run --device emulator %t/chip.mlir --emit-ptx - | FileCheck %s -DVERSION=8.6 -DCHIP=sm_80
// RUN: mhc-run --device emulator %t/chip.mlir --chip sm_100a --emit-ptx - | FileCheck %s -DVERSION=8.6 -DCHIP=sm_80
// RUN: mhc-run --device emulator %t/features.mlir --emit-ptx - | FileCheck %s -DVERSION=8.0 -DCHIP=sm_90
// CHECK: .version [[VERSION]]
// CHECK: .target [[CHIP]]{{$}}

// DEFINE: %{bad} = %python %S/../Tools/Inputs/exits.py 1 --unchanged %t mhc-run --device emulator --emit-ptx %t/x.ptx
// RUN: %{bad} %t/none.mlir --chip sm_91 2>&1 | FileCheck %s --check-prefix=CHIP
// CHIP: none.mlir:1:1: error: expected a chip out of {{.*}}sm_80, {{.*}}, sm_90, sm_90a, sm_100, {{.*}}; got 'sm_91'
// RUN: not mhc-run --device emulator --emit-ptx %t/x.ptx %t/none.mlir --chip "" 2>&1 | FileCheck %s --check-prefix=NO-CHIP
// NO-CHIP: error: --chip expects a name, got
// RUN: %{bad} %t/old.mlir 2>&1 | FileCheck %s --check-prefix=OLD
// OLD: old.mlir:1:1: error: expected features that go with chip 'sm_90a', got '+ptx70': PTX version 7.0 does not support target 'sm_90a'
// RUN: %{bad} %t/unknown.mlir 2>&1 | FileCheck %s --check-prefix=UNKNOWN
// UNKNOWN: unknown.mlir:1:1: error: expected features such as '+ptx86', got '+ptx99'
// RUN: %{bad} %t/minus.mlir 2>&1 | FileCheck %s --check-prefix=MINUS
// MINUS: minus.mlir:1:1: error: expected features such as '+ptx86', got '-ptx86'

// What LLVM cannot select ends in an error too, and not in an abort.
// RUN: %{bad} %t/select.mlir 2>&1 | FileCheck %s --check-prefix=SELECT
// SELECT: select.mlir:1:1: error: LLVM cannot compile this module: Cannot select: intrinsic %llvm.nvvm.barrier.cluster.arrive

//--- none.mlir
gpu.module @kernels {
  gpu.func @f() kernel {
    gpu.return
  }
}
//--- chip.mlir
gpu.module @kernels [#nvvm.target<chip = "sm_80">] {
  gpu.func @f() kernel {
    gpu.return
  }
}
//--- features.mlir
gpu.module @kernels [#nvvm.target<chip = "sm_90", features = "+ptx80">] {
  gpu.func @f() kernel {
    gpu.return
  }
}
//--- old.mlir
gpu.module @kernels [#nvvm.target<chip = "sm_90a", features = "+ptx70">] {
  gpu.func @f() kernel {
    gpu.return
  }
}
//--- unknown.mlir
gpu.module @kernels [#nvvm.target<chip = "sm_90a", features = "+ptx99">] {
  gpu.func @f() kernel {
    gpu.return
  }
}
//--- minus.mlir
gpu.module @kernels [#nvvm.target<chip = "sm_90a", features = "-ptx86">] {
  gpu.func @f() kernel {
    gpu.return
  }
}
//--- select.mlir
gpu.module @kernels [#nvvm.target<chip = "sm_80">] {
  gpu.func @f() kernel {
    nvvm.cluster.arrive
    gpu.return
  }
}
