// Input that is wrong, or that cannot be compiled, ends with exit code 1, and writes nothing.

// RUN: rm -rf %t && split-file %s %t && mkdir %t/out
// DEFINE: %{bad} = %python %S/../Inputs/exits.py 1 --unchanged %t mhc-compile --emit ptx,manifest -o %t/new/out

// RUN: %{bad} %t/none.mlir 2>&1 | FileCheck %s --check-prefix=NONE
// NONE: error: cannot open input file '{{.*}}none.mlir': No such file or directory
// RUN: %{bad} %t/syntax.mlir 2>&1 | FileCheck %s --check-prefix=SYNTAX
// SYNTAX: syntax.mlir:1:1: error: custom op 'func' is unknown
// RUN: %{bad} %t/good.mlir --chip sm_91 2>&1 | FileCheck %s --check-prefix=CHIP
// CHIP: error: expected {{.*}}sm_90a
// RUN: touch %t/file
// RUN: %python %S/../Inputs/exits.py 1 --unchanged %t mhc-compile --emit ptx %t/good.mlir -o %t/file 2>&1 | FileCheck %s --check-prefix=FILE
// FILE: error: cannot write to '{{.*}}file': Not a directory
// RUN: %{bad} %t/good.mlir --emit object,ptx --host-triple nvptx64-nvidia-cuda-q 2>&1 | FileCheck %s --check-prefix=HOST
// RUN: %{bad} %t/good.mlir --emit object,ptx --host-triple z80 2>&1 | FileCheck %s --check-prefix=HOST
// HOST: error: expected a host {{.*}}, got '{{.*}}'

//--- syntax.mlir
func @f
//--- good.mlir
module attributes {gpu.container_module} {
  gpu.module @kernels {
    gpu.func @k(%x: index) kernel {
      gpu.return
    }
  }
  func.func @f(%x: memref<?xf32>) {
    %c0 = arith.constant 0 : index
    %c1 = arith.constant 1 : index
    %n = memref.dim %x, %c0 : memref<?xf32>
    gpu.launch_func @kernels::@k blocks in (%n, %c1, %c1) threads in (%c1, %c1, %c1) args(%n : index)
    return
  }
}
