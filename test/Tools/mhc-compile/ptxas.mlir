// Cubin comes from ptxas: what it says of a kernel is in the manifest, what it cannot do is said.

// RUN: rm -rf %t && mkdir %t
// DEFINE: %{none} = env PATH=%build/bin CUDA_HOME=%t CUDA_ROOT=%t CUDA_PATH=%t
// DEFINE: %{bad} = %python %S/../Inputs/exits.py 1 --unchanged %t/out mhc-compile %s -o %t/out

// Without ptxas the kernels come out as PTX, and so they are in the manifest.
// RUN: env PATH=%build/bin CUDA_HOME=%t mhc-compile %s -o %t/none 2>&1 | FileCheck %s --check-prefix=NONE
// NONE: warning: expected ptxas of the CUDA toolkit on PATH, below CUDA_HOME, CUDA_ROOT or CUDA_PATH, or named by --ptxas, got none: the kernels are written as PTX, which the driver assembles, and not as cubin
// RUN: FileCheck %s --check-prefix=MANIFEST < %t/none/kernels.json
// MANIFEST: {"name":"kernels_0.ptx","kind":"ptx"
// MANIFEST: "registers":null
// RUN: ls %t/none | FileCheck %s --check-prefix=FILES
// FILES: kernels.json
// FILES-NEXT: kernels_0.ptx
// FILES-NEXT: ptxas.h
// FILES-NEXT: ptxas.o
// FILES-NOT: {{.}}

// RUN: mkdir %t/out
// RUN: %{bad} --ptxas %t/nowhere 2>&1 | FileCheck %s --check-prefix=NOWHERE
// NOWHERE: error: expected a ptxas of the CUDA toolkit at '{{.*}}nowhere', got {{.*}}No such file or directory
// RUN: %{bad} --ptxas /bin/echo 2>&1 | FileCheck %s --check-prefix=ECHO
// ECHO: error: expected a ptxas of the CUDA toolkit at '/bin/echo', got '{{.*}}'
// RUN: %{bad} --ptxas %S/Inputs/old-ptxas 2>&1 | FileCheck %s --check-prefix=OLD
// OLD: ptxas.mlir:[[#@LINE+16]]:3: error: expected a ptxas that knows PTX 8.6, got that of CUDA 12.4, which knows 8.4 ('{{.*}}old-ptxas')
// RUN: %{bad} --ptxas %S/Inputs/old-ptxas --chip sm_100a 2>&1 | FileCheck %s --check-prefix=CHIP
// CHIP: ptxas.mlir:[[#@LINE+14]]:3: error: expected a ptxas that knows sm_100a, got that of CUDA 12.4, which does not ('{{.*}}old-ptxas')
// RUN: %{bad} --ptxas %S/Inputs/failing-ptxas 2>&1 | FileCheck %s --check-prefix=FAILING
// FAILING: ptxas.mlir:[[#@LINE+12]]:3: error: ptxas cannot assemble this module: exit code 3
// FAILING-NEXT: {{.*}}failing-ptxas -O3 -arch=sm_90a -v -warn-spills {{.*}}.ptx -o {{.*}}.cubin
// FAILING-NEXT: ptxas fatal : out of patience

// What it says of kernels is read: those of a ptxas of ours, ...
// RUN: mhc-compile %s --ptxas %S/Inputs/spilling-ptxas -o %t/spills 2>&1 | FileCheck %s --check-prefix=WARNING
// WARNING: warning: kernels: ptxas warning : Registers are spilled to local memory in function 'k', 12 bytes spill stores, 16 bytes spill loads
// RUN: FileCheck %s --check-prefix=SPILLS < %t/spills/kernels.json
// SPILLS: {"name":"kernels_0.cubin","kind":"cubin","bytes":6,
// SPILLS: {"symbol":"k",{{.*}}"shared":0,"static_shared":400,"registers":40,"spills":12,"local":24,

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
