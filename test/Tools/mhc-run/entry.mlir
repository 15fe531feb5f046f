// Which function is run.

// RUN: split-file %s %t
// DEFINE: %{fails} = %python %S/../Inputs/exits.py 1 mhc-run --device cpu

// One public function: it need not be named. Declarations do not count.
// RUN: mhc-run %t/one.mlir --device cpu | FileCheck %s --check-prefix=RUNS-1
// RUN: mhc-run %t/one.mlir --device cpu --entry one | FileCheck %s --check-prefix=RUNS-1
// RUN: mhc-run %t/one.mlir --device cpu --entry two | FileCheck %s --check-prefix=RUNS-2
// RUNS-1: result 0: i32 min 1 max 1
// RUNS-2: result 0: i32 min 2 max 2

// RUN: %{fails} %t/one.mlir --entry three 2>&1 | FileCheck %s --check-prefix=UNKNOWN
// UNKNOWN: error: expected --entry to name one of @one, @two; got @three
// RUN: %{fails} %t/one.mlir --entry declared 2>&1 | FileCheck %s --check-prefix=DECLARED
// DECLARED: error: expected --entry to name one of @one, @two; got @declared
// RUN: %{fails} %t/one.mlir --entry @one 2>&1 | FileCheck %s --check-prefix=SIGIL
// SIGIL: error: expected --entry to name one of @one, @two; got @@one

// RUN: mhc-run %t/two.mlir --device cpu --entry two | FileCheck %s --check-prefix=RUNS-2
// RUN: %{fails} %t/two.mlir 2>&1 | FileCheck %s --check-prefix=AMBIGUOUS
// AMBIGUOUS: error: expected --entry to name one of @one, @two, got none

// RUN: %{fails} %t/private.mlir 2>&1 | FileCheck %s --check-prefix=PRIVATE
// PRIVATE: error: expected a public function with a body to run, got none
// RUN: %{fails} %t/private.mlir --entry none 2>&1 | FileCheck %s --check-prefix=PRIVATE-UNKNOWN
// PRIVATE-UNKNOWN: error: expected --entry to name @one; got @none
// RUN: mhc-run %t/private.mlir --device cpu --entry one | FileCheck %s --check-prefix=RUNS-1

// RUN: %{fails} %t/empty.mlir 2>&1 | FileCheck %s --check-prefix=PRIVATE
// RUN: %{fails} %t/empty.mlir --entry one 2>&1 | FileCheck %s --check-prefix=EMPTY
// EMPTY: error: expected --entry to name a function with a body, of which there is none; got @one

// Functions of nested modules are not entries.
// RUN: %{fails} %t/nested.mlir 2>&1 | FileCheck %s --check-prefix=PRIVATE
// RUN: %{fails} %t/nested.mlir --entry one 2>&1 | FileCheck %s --check-prefix=EMPTY

//--- one.mlir
func.func private @declared(i32) -> i32
func.func @one() -> i32 {
  %0 = arith.constant 1 : i32
  return %0 : i32
}
func.func private @two() -> i32 {
  %0 = arith.constant 2 : i32
  return %0 : i32
}
//--- two.mlir
func.func @one() -> i32 {
  %0 = arith.constant 1 : i32
  return %0 : i32
}
func.func @two() -> i32 {
  %0 = arith.constant 2 : i32
  return %0 : i32
}
//--- private.mlir
func.func private @one() -> i32 {
  %0 = arith.constant 1 : i32
  return %0 : i32
}
//--- empty.mlir
//--- nested.mlir
module @other {
}
module @inner {
  func.func @one() -> i32 {
    %0 = arith.constant 1 : i32
    return %0 : i32
  }
}
