// Sizes that only the run shows to disagree: a message that names the op's place and
// what was expected, exit code 1, nothing read out of bounds, nothing written.

// RUN: rm -rf %t && mkdir %t
// DEFINE: %{device} = cpu
// DEFINE: %{entry} = combine
// DEFINE: %{arguments} = --arg random:1:3x4x8 --arg random:2:5x8
// DEFINE: %{bad} = %python %S/../Inputs/exits.py 1 --unchanged %t mhc-run %s --entry %{entry} --device %{device} --out %t/out %{arguments}

// RUN: %{bad} 2>&1 | FileCheck %s --check-prefix=COMBINE
// REDEFINE: %{device} = reference
// RUN: %{bad} 2>&1 | FileCheck %s --check-prefix=COMBINE
// REDEFINE: %{device} = reference --round
// RUN: %{bad} 2>&1 | FileCheck %s --check-prefix=COMBINE
// REDEFINE: %{device} = cpu
// COMBINE: run-time-sizes.mlir:[[#@LINE+4]]:8: {{.*}}'mhc.{{combine|kernel}}' op expected the same token dimensions in all operands, got another size in dimension 0
// Zero tokens are no exception.
// RUN: mhc-run %s --entry combine --device cpu --arg random:1:3x4x8 --arg random:2:3x8 | FileCheck %s --check-prefix=GOOD
func.func @combine(%x: tensor<?x4x8xbf16>, %f: tensor<?x8xbf16>) -> tensor<?x4x8xbf16> {
  %0 = mhc.combine (%x : tensor<?x4x8xbf16>), (%f : tensor<?x8xbf16>) -> tensor<?x4x8xbf16>
  return %0 : tensor<?x4x8xbf16>
}
// GOOD: result 0: 3x4x8xbf16
// REDEFINE: %{arguments} = --arg random:1:0x4x8 --arg random:2:5x8
// RUN: %{bad} 2>&1 | FileCheck %s --check-prefix=ZERO
// REDEFINE: %{arguments} = --arg random:1:3x4x8 --arg random:2:0x8
// RUN: %{bad} 2>&1 | FileCheck %s --check-prefix=ZERO
// ZERO: 'mhc.{{combine|kernel}}' op expected the same token dimensions in all operands

// The second of two dynamic dimensions.
// REDEFINE: %{entry} = inner
// REDEFINE: %{arguments} = --arg random:1:2x3x4x8 --arg random:2:2x5x8
// RUN: %{bad} 2>&1 | FileCheck %s --check-prefix=INNER
// INNER: run-time-sizes.mlir:[[#@LINE+2]]:8: {{.*}}'mhc.{{inner|kernel}}' op expected the same token dimensions in all operands, got another size in dimension 1
func.func @inner(%a: tensor<?x?x4x8xf32>, %b: tensor<?x?x8xf32>) -> tensor<?x?x4xf32> {
  %0 = mhc.inner %a, %b : (tensor<?x?x4x8xf32>, tensor<?x?x8xf32>) -> tensor<?x?x4xf32>
  return %0 : tensor<?x?x4xf32>
}

// A sublayer that gives back another number of tokens.
// REDEFINE: %{entry} = connection
// REDEFINE: %{arguments} = --arg random:1:3x1x8 --arg random:2:4x8
// RUN: %{bad} 2>&1 | FileCheck %s --check-prefix=CONNECTION
// CONNECTION: run-time-sizes.mlir:[[#@LINE+2]]:8: {{.*}}'mhc.{{.*}}' op expected the same token dimensions
func.func @connection(%x: tensor<?x1x8xbf16>, %f: tensor<?x8xbf16>) -> tensor<?x1x8xbf16> {
  %0 = mhc.connection #mhc.variant<residual> %x
      : (tensor<?x1x8xbf16>) -> tensor<?x1x8xbf16> sublayer(%y: tensor<?x8xbf16>) {
    mhc.yield %f : tensor<?x8xbf16>
  }
  return %0 : tensor<?x1x8xbf16>
}

// Ops of other dialects.
// REDEFINE: %{entry} = add
// REDEFINE: %{arguments} = --arg full:1:3 --arg full:1:4
// RUN: %{bad} 2>&1 | FileCheck %s --check-prefix=ADD
// ADD: error: {{.*}}
// ADD: run-time-sizes.mlir":[[#@LINE+2]]:8
func.func @add(%a: tensor<?xf32>, %b: tensor<?xf32>) -> tensor<?xf32> {
  %0 = arith.addf %a, %b : tensor<?xf32>
  return %0 : tensor<?xf32>
}

// REDEFINE: %{entry} = named
// RUN: %{bad} 2>&1 | FileCheck %s --check-prefix=NAMED
// NAMED: error: {{.*}}
// NAMED: run-time-sizes.mlir":[[#@LINE+2]]:8
func.func @named(%a: tensor<?xf32>, %b: tensor<?xf32>) -> tensor<?xf32> {
  %0 = linalg.add ins(%a, %b : tensor<?xf32>, tensor<?xf32>) outs(%a : tensor<?xf32>) -> tensor<?xf32>
  return %0 : tensor<?xf32>
}

// REDEFINE: %{entry} = cast
// REDEFINE: %{arguments} = --arg full:1:3
// RUN: %{bad} 2>&1 | FileCheck %s --check-prefix=CAST
// CAST: error: {{.*}}
// CAST: run-time-sizes.mlir":[[#@LINE+2]]:8
func.func @cast(%a: tensor<?xf32>) -> tensor<4xf32> {
  %0 = tensor.cast %a : tensor<?xf32> to tensor<4xf32>
  return %0 : tensor<4xf32>
}

// REDEFINE: %{entry} = extract
// REDEFINE: %{arguments} = --arg full:1:3 --arg full:3
// RUN: %{bad} 2>&1 | FileCheck %s --check-prefix=EXTRACT
// EXTRACT: error: {{.*}}
// EXTRACT: run-time-sizes.mlir":[[#@LINE+3]]:8
func.func @extract(%a: tensor<?xf32>, %i: i64) -> f32 {
  %c = arith.index_cast %i : i64 to index
  %0 = tensor.extract %a[%c] : tensor<?xf32>
  return %0 : f32
}

// A program's own assertions.
// REDEFINE: %{entry} = assertion
// REDEFINE: %{arguments} = --arg full:false
// RUN: %{bad} 2>&1 | FileCheck %s --check-prefix=ASSERT
// ASSERT: error: the cache is cold
// RUN: mhc-run %s --entry assertion --device cpu --arg full:true | FileCheck %s --check-prefix=WARM
// WARM: result 0: i1 min 1 max 1
func.func @assertion(%c: i1) -> i1 {
  cf.assert %c, "the cache is cold"
  return %c : i1
}

// Memory that the machine has not.
// REDEFINE: %{entry} = memory
// REDEFINE: %{arguments} = --arg full:1000000000000000
// RUN: %{bad} 2>&1 | FileCheck %s --check-prefix=MEMORY
// MEMORY: error: expected a tensor that fits in this machine's {{[0-9]+}} bytes of memory, got 1000000000000000xbf16
func.func @memory(%i: i64) -> tensor<?xbf16> {
  %c = arith.index_cast %i : i64 to index
  %0 = tensor.empty(%c) : tensor<?xbf16>
  return %0 : tensor<?xbf16>
}

// REDEFINE: %{entry} = workspace
// RUN: %{bad} 2>&1 | FileCheck %s --check-prefix=WORKSPACE
// WORKSPACE: error: the program needs a workspace of 4000000000000000 bytes, which the system did not give
func.func @workspace(%i: i64) -> tensor<f32> {
  %c = arith.index_cast %i : i64 to index
  %one = arith.constant 1.0 : f32
  %0 = tensor.empty(%c) : tensor<?xf32>
  %1 = linalg.fill ins(%one : f32) outs(%0 : tensor<?xf32>) -> tensor<?xf32>
  %2 = tensor.empty() : tensor<f32>
  %3 = linalg.fill ins(%one : f32) outs(%2 : tensor<f32>) -> tensor<f32>
  %4 = linalg.reduce ins(%1 : tensor<?xf32>) outs(%3 : tensor<f32>) dimensions = [0]
      (%in: f32, %sum: f32) {
        %5 = arith.addf %in, %sum : f32
        linalg.yield %5 : f32
      }
  return %4 : tensor<f32>
}

// A size that only the program finds out: its memory is not planned.
// REDEFINE: %{entry} = heap
// RUN: %{bad} 2>&1 | FileCheck %s --check-prefix=HEAP
// HEAP: error: the program needs {{[0-9]+}} bytes for one tensor, which the system did not give
func.func @heap(%i: i64) -> tensor<?xbf16> {
  %0 = math.ctpop %i : i64
  %1 = arith.muli %0, %i : i64
  %c = arith.index_cast %1 : i64 to index
  %2 = tensor.empty(%c) : tensor<?xbf16>
  return %2 : tensor<?xbf16>
}

// REDEFINE: %{entry} = multiply
// REDEFINE: %{arguments} = --arg full:1:3x4 --arg full:1:5x2 --arg zeros:3x2
// RUN: %{bad} 2>&1 | FileCheck %s --check-prefix=MULTIPLY
// MULTIPLY: error: {{.*}}
// MULTIPLY: run-time-sizes.mlir":[[#@LINE+2]]:8
func.func @multiply(%a: tensor<?x?xf32>, %b: tensor<?x?xf32>, %c: tensor<?x?xf32>) -> tensor<?x?xf32> {
  %0 = linalg.matmul ins(%a, %b : tensor<?x?xf32>, tensor<?x?xf32>) outs(%c : tensor<?x?xf32>) -> tensor<?x?xf32>
  return %0 : tensor<?x?xf32>
}
