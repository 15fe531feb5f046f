// A wrong command line ends in exit code 2, whatever the file, and writes nothing.

// RUN: rm -rf %t && mkdir %t
// DEFINE: %{wrong} = %python %S/../Inputs/exits.py 2 --unchanged %t mhc-run %s --out %t/out

// RUN: %python %S/../Inputs/exits.py 2 mhc-run 2>&1 | FileCheck %s --check-prefix=NO-FILE
// NO-FILE: Not enough positional command line arguments

// RUN: %python %S/../Inputs/exits.py 2 mhc-run --device cpu 2>&1 | FileCheck %s --check-prefix=NO-FILE

// RUN: %{wrong} 2>&1 | FileCheck %s --check-prefix=NO-DEVICE
// NO-DEVICE: --device option: must be specified

// RUN: %{wrong} --device 2>&1 | FileCheck %s --check-prefix=NO-VALUE
// NO-VALUE: --device option: requires a value

// RUN: %{wrong} --device abacus 2>&1 | FileCheck %s --check-prefix=DEVICE
// DEVICE: --device option: Cannot find option named 'abacus'

// RUN: %{wrong} %s --device cpu 2>&1 | FileCheck %s --check-prefix=TWO-FILES
// TWO-FILES: Too many positional arguments

// RUN: %{wrong} --device cpu --nonsense 2>&1 | FileCheck %s --check-prefix=UNKNOWN
// UNKNOWN: Unknown command line argument '--nonsense'

// The options of passes are mhc-opt's.
// RUN: %{wrong} --device cpu --mlir-print-ir-after-all 2>&1 | FileCheck %s --check-prefix=PASSES
// RUN: %{wrong} --device cpu --convert-mhc-to-linalg 2>&1 | FileCheck %s --check-prefix=PASSES
// PASSES: Unknown command line argument

// RUN: %{wrong} --device cpu --round 2>&1 | FileCheck %s --check-prefix=ROUND
// ROUND: error: --round expects --device reference, got --device cpu

// RUN: %{wrong} --device cpu --repeat 0 2>&1 | FileCheck %s --check-prefix=REPEAT
// REPEAT: error: --repeat expects at least 1, got 0
// RUN: %{wrong} --device cpu --repeat=-1 2>&1 | FileCheck %s --check-prefix=REPEAT-VALUE
// RUN: %{wrong} --device cpu --repeat=1.5 2>&1 | FileCheck %s --check-prefix=REPEAT-VALUE
// RUN: %{wrong} --device cpu --repeat=4294967296 2>&1 | FileCheck %s --check-prefix=REPEAT-VALUE
// RUN: %{wrong} --device cpu --repeat=many 2>&1 | FileCheck %s --check-prefix=REPEAT-VALUE
// REPEAT-VALUE: --repeat option: '{{.*}}' value invalid

// RUN: %python %S/../Inputs/exits.py 2 --unchanged %t mhc-run %s --device cpu --out "" 2>&1 | FileCheck %s --check-prefix=OUT
// OUT: error: --out expects a folder, got ''

// RUN: %{wrong} --device cpu --arg "" 2>&1 | FileCheck %s --check-prefix=SPEC-EMPTY
// SPEC-EMPTY: expected a .npy file, zeros, full:VALUE or random:SEED, got nothing

// RUN: %{wrong} --device cpu --arg zeros:3:4 2>&1 | FileCheck %s --check-prefix=SPEC-ZEROS
// SPEC-ZEROS: expected zeros[:DIMS], got 3 fields

// RUN: %{wrong} --device cpu --arg full 2>&1 | FileCheck %s --check-prefix=SPEC-FULL
// RUN: %{wrong} --device cpu --arg full:1:2:3 2>&1 | FileCheck %s --check-prefix=SPEC-FULL
// SPEC-FULL: expected full:VALUE[:DIMS], got {{1|4}} fields

// RUN: %{wrong} --device cpu --arg full: 2>&1 | FileCheck %s --check-prefix=SPEC-VALUE
// RUN: %{wrong} --device cpu --arg full:1e 2>&1 | FileCheck %s --check-prefix=SPEC-VALUE
// RUN: %{wrong} --device cpu --arg full:0x10 2>&1 | FileCheck %s --check-prefix=SPEC-VALUE
// RUN: %{wrong} --device cpu --arg "full: 1" 2>&1 | FileCheck %s --check-prefix=SPEC-VALUE
// RUN: %{wrong} --device cpu --arg full:True 2>&1 | FileCheck %s --check-prefix=SPEC-VALUE
// SPEC-VALUE: expected full:VALUE[:DIMS] with a number, inf, nan, true or false, got '{{.*}}'

// RUN: %{wrong} --device cpu --arg random 2>&1 | FileCheck %s --check-prefix=SPEC-RANDOM
// RUN: %{wrong} --device cpu --arg random:1:2:3 2>&1 | FileCheck %s --check-prefix=SPEC-RANDOM
// SPEC-RANDOM: expected random:SEED[:DIMS], got {{1|4}} fields

// RUN: %{wrong} --device cpu --arg random:-1 2>&1 | FileCheck %s --check-prefix=SPEC-SEED
// RUN: %{wrong} --device cpu --arg random: 2>&1 | FileCheck %s --check-prefix=SPEC-SEED
// RUN: %{wrong} --device cpu --arg random:18446744073709551616 2>&1 | FileCheck %s --check-prefix=SPEC-SEED
// SPEC-SEED: with a seed from 0 to 2^64-1, got '{{.*}}'

// RUN: %{wrong} --device cpu --arg zeros: 2>&1 | FileCheck %s --check-prefix=SPEC-DIMS
// RUN: %{wrong} --device cpu --arg zeros:2x 2>&1 | FileCheck %s --check-prefix=SPEC-DIMS
// RUN: %{wrong} --device cpu --arg zeros:2,3 2>&1 | FileCheck %s --check-prefix=SPEC-DIMS
// RUN: %{wrong} --device cpu --arg zeros:-1 2>&1 | FileCheck %s --check-prefix=SPEC-DIMS
// RUN: %{wrong} --device cpu --arg zeros:?x4 2>&1 | FileCheck %s --check-prefix=SPEC-DIMS
// SPEC-DIMS: expected dimensions such as 13x4x4096, got '{{.*}}'

// RUN: %{wrong} --device cpu --arg zeros:9223372036854775808 2>&1 | FileCheck %s --check-prefix=SPEC-LARGE
// SPEC-LARGE: expected dimensions below 2^63, got '9223372036854775808'

func.func @f(%x: tensor<2xf32>) -> tensor<2xf32> {
  return %x : tensor<2xf32>
}
