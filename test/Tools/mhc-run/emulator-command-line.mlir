// Options of --device emulator: values that are none, and devices that they are not for.

// RUN: rm -rf %t && mkdir %t
// DEFINE: %{wrong} = %python %S/../Inputs/exits.py 2 --unchanged %t mhc-run %s --out %t/out --arg zeros
// DEFINE: %{emulate} = %{wrong} --device emulator

// RUN: %{wrong} --device cpu --check none 2>&1 | FileCheck %s --check-prefix=CPU -DOPTION=check -DDEVICE=cpu
// RUN: %{wrong} --device reference --check none 2>&1 | FileCheck %s --check-prefix=CPU -DOPTION=check -DDEVICE=reference
// RUN: %{wrong} --device cpu --chip sm_90a 2>&1 | FileCheck %s --check-prefix=GPU
// GPU: error: --chip expects --device emulator or cuda, got --device cpu
// RUN: %{emulate} --chip "" 2>&1 | FileCheck %s --check-prefix=CHIP
// CHIP: error: --chip expects a name, got ''
// RUN: %{emulate} --kernels ptx 2>&1 | FileCheck %s --check-prefix=CUDA
// CUDA: error: --kernels expects --device cuda, got --device emulator
// RUN: %{wrong} --device cuda --kernels elf 2>&1 | FileCheck %s --check-prefix=FORM
// FORM: error: --kernels expects cubin, ptx or bitcode, got 'elf'
// RUN: %{wrong} --device cuda --check none 2>&1 | FileCheck %s --check-prefix=CPU -DOPTION=check -DDEVICE=cuda
// RUN: %{wrong} --device cpu --order forward 2>&1 | FileCheck %s --check-prefix=CPU -DOPTION=order -DDEVICE=cpu
// RUN: %{wrong} --device cpu --orders 2 2>&1 | FileCheck %s --check-prefix=CPU -DOPTION=orders -DDEVICE=cpu
// RUN: %{wrong} --device cpu --counters %t/c.json 2>&1 | FileCheck %s --check-prefix=CPU -DOPTION=counters -DDEVICE=cpu
// RUN: %{wrong} --device cpu --findings 3 2>&1 | FileCheck %s --check-prefix=CPU -DOPTION=findings -DDEVICE=cpu
// RUN: %{wrong} --device cpu --resident 3 2>&1 | FileCheck %s --check-prefix=CPU -DOPTION=resident -DDEVICE=cpu
// RUN: %{wrong} --device cpu --l2 3 2>&1 | FileCheck %s --check-prefix=CPU -DOPTION=l2 -DDEVICE=cpu
// RUN: %{wrong} --device cpu --emulator-threads 3 2>&1 | FileCheck %s --check-prefix=CPU -DOPTION=emulator-threads -DDEVICE=cpu
// RUN: %{wrong} --device cpu --approximation-seed 3 2>&1 | FileCheck %s --check-prefix=CPU -DOPTION=approximation-seed -DDEVICE=cpu
// RUN: %{wrong} --device cpu --emit-ptx %t/x.ptx 2>&1 | FileCheck %s --check-prefix=CPU -DOPTION=emit-ptx -DDEVICE=cpu
// CPU: error: --[[OPTION]] expects --device emulator, got --device [[DEVICE]]

// RUN: %{emulate} --round 2>&1 | FileCheck %s --check-prefix=ROUND
// ROUND: error: --round expects --device reference, got --device emulator

// RUN: %{emulate} --check "" 2>&1 | FileCheck %s --check-prefix=CHECKS
// RUN: %{emulate} --check race 2>&1 | FileCheck %s --check-prefix=CHECKS
// RUN: %{emulate} --check races,none 2>&1 | FileCheck %s --check-prefix=CHECKS
// RUN: %{emulate} --check races, 2>&1 | FileCheck %s --check-prefix=CHECKS
// CHECKS: error: --check expects none, or a list out of races, sync, memory and init, got '{{.*}}'

// RUN: %{emulate} --order backward 2>&1 | FileCheck %s --check-prefix=ORDER
// RUN: %{emulate} --order=-1 2>&1 | FileCheck %s --check-prefix=ORDER
// RUN: %{emulate} --order 18446744073709551616 2>&1 | FileCheck %s --check-prefix=ORDER
// ORDER: error: --order expects forward, reverse or a seed from 0 to 2^64-1, got '{{.*}}'
// RUN: %{emulate} --order 3 --orders 2 2>&1 | FileCheck %s --check-prefix=BOTH
// BOTH: error: --orders expects no --order, got --order 3

// RUN: %{emulate} --orders 0 2>&1 | FileCheck %s --check-prefix=ZERO -DOPTION=orders
// RUN: %{emulate} --findings 0 2>&1 | FileCheck %s --check-prefix=ZERO -DOPTION=findings
// RUN: %{emulate} --resident 0 2>&1 | FileCheck %s --check-prefix=ZERO -DOPTION=resident
// ZERO: error: --[[OPTION]] expects at least 1, got 0
// RUN: %{emulate} --orders many 2>&1 | FileCheck %s --check-prefix=NUMBER
// RUN: %{emulate} --l2 50MB 2>&1 | FileCheck %s --check-prefix=NUMBER
// RUN: %{emulate} --emulator-threads=-1 2>&1 | FileCheck %s --check-prefix=NUMBER
// RUN: %{emulate} --approximation-seed=x 2>&1 | FileCheck %s --check-prefix=NUMBER
// NUMBER: option: '{{.*}}' value invalid

// RUN: %{emulate} --counters "" 2>&1 | FileCheck %s --check-prefix=COUNTERS
// COUNTERS: error: --counters expects a file, got ''
// RUN: %{emulate} --emit-ptx "" 2>&1 | FileCheck %s --check-prefix=PTX
// PTX: error: --emit-ptx expects a file, got ''
// RUN: %{emulate} --emit-ptx %t/x.ptx 2>&1 | FileCheck %s --check-prefix=RUNS
// RUNS: error: --emit-ptx runs nothing: expected no --entry, --arg, --out or --counters

func.func @f(%x: memref<2xf32>) -> memref<2xf32> {
  return %x : memref<2xf32>
}
