// Arguments that are well formed, but not for this function: exit code 1, and nothing
// is left behind.

// RUN: rm -rf %t && mkdir %t
// DEFINE: %{entry} = f
// DEFINE: %{bad} = %python %S/../Inputs/exits.py 1 --unchanged %t mhc-run %s --entry %{entry} --device reference --out %t/out

// RUN: %{bad} 2>&1 | FileCheck %s --check-prefix=NONE
// NONE: bad-arguments.mlir:[[#@LINE+3]]:1: error: expected 2 arguments (--arg) for @f : {{.*}}, got 0
// RUN: %{bad} --arg zeros 2>&1 | FileCheck %s --check-prefix=FEW
// FEW: error: expected 2 arguments (--arg) for @f : {{.*}}, got 1
func.func @f(%x: tensor<?x4x64xbf16>, %k: i32) -> tensor<?x4x64xbf16> {
  return %x : tensor<?x4x64xbf16>
}
// RUN: %{bad} --arg zeros --arg zeros --arg zeros 2>&1 | FileCheck %s --check-prefix=MANY
// MANY: error: expected 2 arguments (--arg) for @f : {{.*}}, got 3

// RUN: %{bad} --arg zeros --arg zeros 2>&1 | FileCheck %s --check-prefix=DYNAMIC
// DYNAMIC: error: argument 0: {{.*}}'zeros': expected dimensions for the dynamic type ?x4x64xbf16, got none; write zeros:DIMS
// RUN: %{bad} --arg zeros:4x64 --arg zeros 2>&1 | FileCheck %s --check-prefix=RANK
// RANK: error: argument 0: {{.*}}'zeros:4x64': expected ?x4x64xbf16, got 4x64xbf16 of rank 2 instead of 3
// RUN: %{bad} --arg zeros:3x4x32 --arg zeros 2>&1 | FileCheck %s --check-prefix=DIM
// DIM: error: argument 0: {{.*}}'zeros:3x4x32': expected ?x4x64xbf16, got 3x4x32xbf16 with dimension 2 of 32 instead of 64
// RUN: %{bad} --arg zeros:3x4x64 --arg zeros:1 2>&1 | FileCheck %s --check-prefix=SCALAR
// SCALAR: error: argument 1: {{.*}}'zeros:1': expected i32, got 1xi32 of rank 1 instead of 0

// RUN: %{bad} --arg random:1:3x4x64 --arg random:1 2>&1 | FileCheck %s --check-prefix=RANDOM
// RANDOM: error: argument 1: {{.*}}'random:1': expected a float type for random numbers, got i32
// RUN: %{bad} --arg full:true:3x4x64 --arg zeros 2>&1 | FileCheck %s --check-prefix=BOOL
// BOOL: error: argument 0: {{.*}}'full:true:3x4x64': expected a number for bf16, got 'true'
// RUN: %{bad} --arg zeros:3x4x64 --arg full:1.0 2>&1 | FileCheck %s --check-prefix=INTEGER
// RUN: %{bad} --arg zeros:3x4x64 --arg full:inf 2>&1 | FileCheck %s --check-prefix=INTEGER
// RUN: %{bad} --arg zeros:3x4x64 --arg full:true 2>&1 | FileCheck %s --check-prefix=INTEGER
// RUN: %{bad} --arg zeros:3x4x64 --arg full:2147483648 2>&1 | FileCheck %s --check-prefix=INTEGER
// INTEGER: error: argument 1: {{.*}}'full:{{.*}}': expected an integer from -2147483648 to 2147483647 for i32, got '{{.*}}'

// Sizes that no machine has; they are not tried.
// RUN: %{bad} --arg random:1:99999999999x4x64 --arg zeros 2>&1 | FileCheck %s --check-prefix=MEMORY
// MEMORY: error: argument 0: {{.*}}'random:1:99999999999x4x64': expected a tensor that fits in this machine's {{[0-9]+}} bytes of memory, got 99999999999x4x64xbf16 of 51199999999488 bytes
// RUN: %{bad} --arg zeros:36028797018963968x4x64 --arg zeros 2>&1 | FileCheck %s --check-prefix=ELEMENTS
// ELEMENTS: error: argument 0: {{.*}}expected fewer than 2^63 elements
// RUN: %{bad} --arg zeros:18014398509481984x4x64 --arg zeros 2>&1 | FileCheck %s --check-prefix=BYTES
// BYTES: error: argument 0: {{.*}}expected fewer than 2^63 bytes
