// RUN: mhc-opt %s --split-input-file --mhc-to-cpu | FileCheck %s --implicit-check-not='{{(= |^ *)"?(mhc|linalg|tensor|memref|bufferization|arith|math|scf|cf|func|affine|vector|index|ub|builtin)[.]}}'
// RUN: mhc-opt %s --split-input-file --mhc-to-reference | FileCheck %s --implicit-check-not='{{(= |^ *)"?(mhc|linalg|tensor|memref|bufferization|arith|math|scf|cf|func|affine|vector|index|ub|builtin)[.]}}'
// RUN: mhc-opt %s --split-input-file --mhc-to-reference=round=true | FileCheck %s --implicit-check-not='{{(= |^ *)"?(mhc|linalg|tensor|memref|bufferization|arith|math|scf|cf|func|affine|vector|index|ub|builtin)[.]}}'

// What users write beside the ops of the dialect ends in the LLVM dialect, and nothing else is left.

// Matrix products, in f32, in bf16 into f32, and in bf16.

// CHECK: llvm.func @matmul(
func.func @matmul(%a: tensor<?x8xf32>, %b: tensor<8x4xf32>, %o: tensor<?x4xf32>) -> tensor<?x4xf32> {
  %0 = linalg.matmul ins(%a, %b : tensor<?x8xf32>, tensor<8x4xf32>) outs(%o : tensor<?x4xf32>) -> tensor<?x4xf32>
  return %0 : tensor<?x4xf32> }

// -----

// CHECK: llvm.func @matmul_bf16(
func.func @matmul_bf16(%a: tensor<?x8xbf16>, %b: tensor<8x4xbf16>, %o: tensor<?x4xf32>) -> tensor<?x4xf32> {
  %0 = linalg.matmul ins(%a, %b : tensor<?x8xbf16>, tensor<8x4xbf16>) outs(%o : tensor<?x4xf32>) -> tensor<?x4xf32>
  return %0 : tensor<?x4xf32> }

// -----

// CHECK: llvm.func @matmul_bf16_out(
func.func @matmul_bf16_out(%a: tensor<?x8xbf16>, %b: tensor<8x4xbf16>, %o: tensor<?x4xbf16>) -> tensor<?x4xbf16> {
  %0 = linalg.matmul ins(%a, %b : tensor<?x8xbf16>, tensor<8x4xbf16>) outs(%o : tensor<?x4xbf16>) -> tensor<?x4xbf16>
  return %0 : tensor<?x4xbf16> }

// -----

// softmax, which has no loops of its own.

// CHECK: llvm.func @softmax(
func.func @softmax(%a: tensor<?x8xf32>) -> tensor<?x8xf32> {
  %c0 = arith.constant 0 : index
  %n = tensor.dim %a, %c0 : tensor<?x8xf32>
  %e = tensor.empty(%n) : tensor<?x8xf32>
  %0 = linalg.softmax dimension(1) ins(%a : tensor<?x8xf32>) outs(%e : tensor<?x8xf32>) -> tensor<?x8xf32>
  return %0 : tensor<?x8xf32> }

// -----

// CHECK: llvm.func @softmax_bf16(
func.func @softmax_bf16(%a: tensor<4x8xbf16>) -> tensor<4x8xbf16> {
  %e = tensor.empty() : tensor<4x8xbf16>
  %0 = linalg.softmax dimension(1) ins(%a : tensor<4x8xbf16>) outs(%e : tensor<4x8xbf16>) -> tensor<4x8xbf16>
  return %0 : tensor<4x8xbf16> }

// -----

// CHECK: llvm.func @pad(
func.func @pad(%a: tensor<?x8xf32>, %l: index) -> tensor<?x12xf32> {
  %z = arith.constant 0.0 : f32
  %0 = tensor.pad %a low[%l, 2] high[0, 2] { ^bb0(%i: index, %j: index): tensor.yield %z : f32 } : tensor<?x8xf32> to tensor<?x12xf32>
  return %0 : tensor<?x12xf32> }

// -----

// Ops on tensors.

// CHECK: llvm.func @concat(
func.func @concat(%a: tensor<?x8xf32>, %b: tensor<?x8xf32>) -> tensor<?x8xf32> {
  %0 = tensor.concat dim(0) %a, %b : (tensor<?x8xf32>, tensor<?x8xf32>) -> tensor<?x8xf32>
  return %0 : tensor<?x8xf32> }

// -----

// CHECK: llvm.func @extract_insert(
func.func @extract_insert(%a: tensor<?x8xf32>, %i: index) -> tensor<?x8xf32> {
  %c = arith.constant 1 : index
  %v = tensor.extract %a[%i, %c] : tensor<?x8xf32>
  %w = math.exp %v : f32
  %0 = tensor.insert %w into %a[%i, %c] : tensor<?x8xf32>
  return %0 : tensor<?x8xf32> }

// -----

// CHECK: llvm.func @slices(
func.func @slices(%a: tensor<?x8xf32>, %i: index, %n: index) -> tensor<?x8xf32> {
  %s = tensor.extract_slice %a[%i, 0] [%n, 8] [1, 1] : tensor<?x8xf32> to tensor<?x8xf32>
  %e = math.tanh %s : tensor<?x8xf32>
  %0 = tensor.insert_slice %e into %a[%i, 0] [%n, 8] [1, 1] : tensor<?x8xf32> into tensor<?x8xf32>
  return %0 : tensor<?x8xf32> }

// -----

// CHECK: llvm.func @generate(
func.func @generate(%n: index) -> tensor<?xf32> {
  %0 = tensor.generate %n { ^bb0(%i: index): %j = arith.index_cast %i : index to i32  %v = arith.sitofp %j : i32 to f32  tensor.yield %v : f32 } : tensor<?xf32>
  return %0 : tensor<?xf32> }

// -----

// CHECK: llvm.func @splat(
func.func @splat(%v: f32) -> tensor<4xf32> { %0 = tensor.splat %v : tensor<4xf32>  return %0 : tensor<4xf32> }

// -----

// CHECK: llvm.func @from_elements(
func.func @from_elements(%v: f32, %w: f32) -> tensor<2xf32> { %0 = tensor.from_elements %v, %w : tensor<2xf32>  return %0 : tensor<2xf32> }

// -----

// Named ops of linalg.

// CHECK: llvm.func @conv(
func.func @conv(%a: tensor<1x8x8x3xf32>, %k: tensor<3x3x3x2xf32>, %o: tensor<1x6x6x2xf32>) -> tensor<1x6x6x2xf32> {
  %0 = linalg.conv_2d_nhwc_hwcf ins(%a, %k : tensor<1x8x8x3xf32>, tensor<3x3x3x2xf32>) outs(%o : tensor<1x6x6x2xf32>) -> tensor<1x6x6x2xf32>
  return %0 : tensor<1x6x6x2xf32> }

// -----

// CHECK: llvm.func @reduce_transpose_broadcast(
func.func @reduce_transpose_broadcast(%a: tensor<4x8xf32>, %o: tensor<4xf32>, %t: tensor<8x4xf32>, %b: tensor<4x8xf32>) -> (tensor<8x4xf32>, tensor<4x8xf32>) {
  %0 = linalg.reduce { arith.addf } ins(%a : tensor<4x8xf32>) outs(%o : tensor<4xf32>) dimensions = [1]
  %1 = linalg.transpose ins(%a : tensor<4x8xf32>) outs(%t : tensor<8x4xf32>) permutation = [1, 0]
  %2 = linalg.broadcast ins(%0 : tensor<4xf32>) outs(%b : tensor<4x8xf32>) dimensions = [1]
  return %1, %2 : tensor<8x4xf32>, tensor<4x8xf32> }

// -----

// CHECK: llvm.func @map_select(
func.func @map_select(%a: tensor<4xf32>, %b: tensor<4xf32>, %o: tensor<4xf32>) -> tensor<4xf32> {
  %0 = linalg.map { arith.maximumf } ins(%a, %b : tensor<4xf32>, tensor<4xf32>) outs(%o : tensor<4xf32>)
  return %0 : tensor<4xf32> }

// -----

// A causal mask: indices in a body.

// CHECK: llvm.func @linalg_index(
func.func @linalg_index(%o: tensor<4x4xf32>) -> tensor<4x4xf32> {
  %0 = linalg.generic {indexing_maps = [affine_map<(i, j) -> (i, j)>], iterator_types = ["parallel", "parallel"]} outs(%o : tensor<4x4xf32>) {
  ^bb0(%x: f32):
    %i = linalg.index 0 : index
    %j = linalg.index 1 : index
    %c = arith.cmpi sle, %j, %i : index
    %z = arith.constant 0xFF800000 : f32
    %s = arith.select %c, %x, %z : f32
    linalg.yield %s : f32 } -> tensor<4x4xf32>
  return %0 : tensor<4x4xf32> }

// -----

// CHECK: llvm.func @fill_rng(
func.func @fill_rng(%lo: f64, %hi: f64, %s: i32, %o: tensor<4x4xf32>) -> tensor<4x4xf32> {
  %0 = linalg.fill_rng_2d ins(%lo, %hi, %s : f64, f64, i32) outs(%o : tensor<4x4xf32>) -> tensor<4x4xf32>
  return %0 : tensor<4x4xf32> }

// -----

// CHECK: llvm.func @pooling(
func.func @pooling(%a: tensor<1x4x4x2xf32>, %k: tensor<2x2xf32>, %o: tensor<1x3x3x2xf32>) -> tensor<1x3x3x2xf32> {
  %0 = linalg.pooling_nhwc_max ins(%a, %k : tensor<1x4x4x2xf32>, tensor<2x2xf32>) outs(%o : tensor<1x3x3x2xf32>) -> tensor<1x3x3x2xf32>
  return %0 : tensor<1x3x3x2xf32> }

// -----

// CHECK: llvm.func @elementwise_named(
func.func @elementwise_named(%a: tensor<4x8xf32>, %o: tensor<4x8xf32>) -> tensor<4x8xf32> {
  %0 = linalg.elementwise kind=#linalg.elementwise_kind<exp> ins(%a : tensor<4x8xf32>) outs(%o : tensor<4x8xf32>) -> tensor<4x8xf32>
  return %0 : tensor<4x8xf32> }

// -----

// CHECK: llvm.func @contract(
func.func @contract(%a: tensor<4x8xf32>, %b: tensor<8x4xf32>, %o: tensor<4x4xf32>) -> tensor<4x4xf32> {
  %0 = linalg.contract indexing_maps = [affine_map<(m,n,k) -> (m,k)>, affine_map<(m,n,k) -> (k,n)>, affine_map<(m,n,k) -> (m,n)>] ins(%a, %b : tensor<4x8xf32>, tensor<8x4xf32>) outs(%o : tensor<4x4xf32>) -> tensor<4x4xf32>
  return %0 : tensor<4x4xf32> }

// -----

// Loops and branches that write in place.

// CHECK: llvm.func @scf_forall(
func.func @scf_forall(%a: tensor<8x4xf32>) -> tensor<8x4xf32> {
  %r = scf.forall (%i) in (8) shared_outs(%o = %a) -> tensor<8x4xf32> {
    %s = tensor.extract_slice %o[%i, 0] [1, 4] [1, 1] : tensor<8x4xf32> to tensor<1x4xf32>
    %y = math.tanh %s : tensor<1x4xf32>
    scf.forall.in_parallel { tensor.parallel_insert_slice %y into %o[%i, 0] [1, 4] [1, 1] : tensor<1x4xf32> into tensor<8x4xf32> } }
  return %r : tensor<8x4xf32> }

// -----

// CHECK: llvm.func @scf_execute(
func.func @scf_execute(%a: tensor<8xf32>) -> tensor<8xf32> {
  %r = scf.execute_region -> tensor<8xf32> { %y = math.tanh %a : tensor<8xf32>  scf.yield %y : tensor<8xf32> }
  return %r : tensor<8xf32> }

// -----

// CHECK: llvm.func @select_tensor(
func.func @select_tensor(%c: i1, %a: tensor<8xf32>, %b: tensor<8xf32>) -> tensor<8xf32> { %0 = arith.select %c, %a, %b : tensor<8xf32>  return %0 : tensor<8xf32> }

// -----

// Arithmetic on elements that the host has no arithmetic for.

// CHECK: llvm.func @bf16_arith(
func.func @bf16_arith(%a: tensor<?x8xbf16>, %b: tensor<?x8xbf16>) -> tensor<?x8xbf16> {
  %0 = arith.addf %a, %b : tensor<?x8xbf16>
  %1 = arith.mulf %0, %b : tensor<?x8xbf16>
  %2 = arith.divf %1, %0 : tensor<?x8xbf16>
  %3 = arith.negf %2 : tensor<?x8xbf16>
  %4 = arith.maximumf %3, %b : tensor<?x8xbf16>
  %5 = arith.minnumf %4, %b : tensor<?x8xbf16>
  %6 = arith.remf %5, %b : tensor<?x8xbf16>
  %c = arith.cmpf olt, %6, %a : tensor<?x8xbf16>
  %7 = arith.select %c, %a, %6 : tensor<?x8xi1>, tensor<?x8xbf16>
  return %7 : tensor<?x8xbf16> }

// -----

// CHECK: llvm.func @f16_arith(
func.func @f16_arith(%a: tensor<?x8xf16>, %b: tensor<?x8xf16>) -> tensor<?x8xf16> {
  %0 = arith.addf %a, %b : tensor<?x8xf16>
  %1 = math.fma %0, %b, %a : tensor<?x8xf16>
  %2 = arith.divf %1, %0 : tensor<?x8xf16>
  return %2 : tensor<?x8xf16> }

// -----

// CHECK: llvm.func @bf16_math(
func.func @bf16_math(%a: tensor<?x8xbf16>, %b: tensor<?x8xbf16>) -> tensor<?x8xbf16> {
  %0 = math.exp %a : tensor<?x8xbf16>
  %1 = math.powf %0, %b : tensor<?x8xbf16>
  %2 = math.erf %1 : tensor<?x8xbf16>
  %3 = math.absf %2 : tensor<?x8xbf16>
  %4 = math.rsqrt %3 : tensor<?x8xbf16>
  %5 = math.copysign %4, %b : tensor<?x8xbf16>
  return %5 : tensor<?x8xbf16> }

// -----

// CHECK: llvm.func @scalar_bf16(
func.func @scalar_bf16(%a: bf16, %b: f16) -> (bf16, f16) { %0 = arith.addf %a, %a : bf16  %1 = math.tanh %b : f16  return %0, %1 : bf16, f16 }

// -----

// Functions of libm.

// CHECK: llvm.func @math_all_f32(
func.func @math_all_f32(%a: tensor<8xf32>) -> tensor<8xf32> {
  %0 = math.erf %a : tensor<8xf32>
  %1 = math.tanh %0 : tensor<8xf32>
  %2 = math.powf %1, %a : tensor<8xf32>
  %3 = math.log1p %2 : tensor<8xf32>
  %4 = math.expm1 %3 : tensor<8xf32>
  %5 = math.sin %4 : tensor<8xf32>
  %6 = math.atan2 %5, %a : tensor<8xf32>
  %7 = math.cbrt %6 : tensor<8xf32>
  %8 = math.rsqrt %7 : tensor<8xf32>
  %9 = math.floor %8 : tensor<8xf32>
  %10 = math.roundeven %9 : tensor<8xf32>
  %11 = math.exp2 %10 : tensor<8xf32>
  %12 = math.log2 %11 : tensor<8xf32>
  %13 = math.trunc %12 : tensor<8xf32>
  %14 = math.acosh %13 : tensor<8xf32>
  %15 = math.erfc %14 : tensor<8xf32>
  %16 = math.round %15 : tensor<8xf32>
  %17 = math.tan %16 : tensor<8xf32>
  %18 = math.ceil %17 : tensor<8xf32>
  %19 = math.log10 %18 : tensor<8xf32>
  return %19 : tensor<8xf32> }

// -----

// CHECK: llvm.func @math_fpowi(
func.func @math_fpowi(%a: tensor<8xf32>, %i: tensor<8xi32>) -> tensor<8xf32> { %0 = math.fpowi %a, %i : tensor<8xf32>, tensor<8xi32>  return %0 : tensor<8xf32> }

// -----

// CHECK: llvm.func @math_isnan(
func.func @math_isnan(%a: tensor<8xf32>) -> tensor<8xi1> { %0 = math.isnan %a : tensor<8xf32>  return %0 : tensor<8xi1> }

// -----

// CHECK: llvm.func @math_sincos(
func.func @math_sincos(%a: f32) -> f32 { %s, %c = math.sincos %a : f32  %r = arith.addf %s, %c : f32  return %r : f32 }

// -----

// CHECK: llvm.func @math_int(
func.func @math_int(%a: tensor<8xi32>) -> tensor<8xi32> {
  %0 = math.absi %a : tensor<8xi32>
  %1 = math.ctlz %0 : tensor<8xi32>
  %2 = math.ctpop %1 : tensor<8xi32>
  %3 = math.cttz %2 : tensor<8xi32>
  return %3 : tensor<8xi32> }

// -----

// Computations with sizes.

// CHECK: llvm.func @index_math(
func.func @index_math(%a: tensor<?x8xf32>, %n: index) -> (index, index) {
  %c0 = arith.constant 0 : index
  %d = tensor.dim %a, %c0 : tensor<?x8xf32>
  %q = arith.ceildivsi %d, %n : index
  %r = arith.floordivsi %q, %n : index
  %s = index.add %r, %d
  %t = index.ceildivs %s, %n
  %u = affine.apply affine_map<(i)[s] -> (i floordiv 2 + s mod 3)>(%t)[%d]
  %v = arith.maxsi %u, %q : index
  return %v, %r : index, index }

// -----

// CHECK: llvm.func @affine_if(
func.func @affine_if(%a: f32, %i: index) -> f32 {
  %r = affine.if affine_set<(d0) : (d0 >= 0)>(%i) -> f32 { affine.yield %a : f32 } else { %z = arith.constant 0.0 : f32  affine.yield %z : f32 }
  return %r : f32 }

// -----

// Integers.

// CHECK: llvm.func @int_tensors(
func.func @int_tensors(%a: tensor<?x8xi32>, %b: tensor<?x8xi32>) -> (tensor<?x8xi32>, tensor<?x8xi1>, tensor<?x8xf32>) {
  %0 = arith.addi %a, %b : tensor<?x8xi32>
  %1 = arith.cmpi slt, %0, %b : tensor<?x8xi32>
  %2 = arith.sitofp %0 : tensor<?x8xi32> to tensor<?x8xf32>
  return %0, %1, %2 : tensor<?x8xi32>, tensor<?x8xi1>, tensor<?x8xf32> }

// -----

// CHECK: llvm.func @i8_i64(
func.func @i8_i64(%a: tensor<8xi8>) -> tensor<8xi64> {
  %0 = arith.extsi %a : tensor<8xi8> to tensor<8xi64>
  %1 = arith.floordivsi %0, %0 : tensor<8xi64>
  %2 = arith.ceildivui %1, %0 : tensor<8xi64>
  return %2 : tensor<8xi64> }

// -----

// CHECK: llvm.func @fptosi(
func.func @fptosi(%a: tensor<8xbf16>) -> (tensor<8xi32>, tensor<8xbf16>) {
  %0 = arith.fptosi %a : tensor<8xbf16> to tensor<8xi32>
  %1 = arith.sitofp %0 : tensor<8xi32> to tensor<8xbf16>
  return %0, %1 : tensor<8xi32>, tensor<8xbf16> }

// -----

// CHECK: llvm.func @index_tensor(
func.func @index_tensor(%a: tensor<8xindex>) -> tensor<8xi64> { %0 = arith.index_cast %a : tensor<8xindex> to tensor<8xi64>  return %0 : tensor<8xi64> }

// -----

// CHECK: llvm.func @quant_like_i4(
func.func @quant_like_i4(%a: tensor<8xi4>) -> tensor<8xi32> { %0 = arith.extsi %a : tensor<8xi4> to tensor<8xi32>  return %0 : tensor<8xi32> }

// -----

// CHECK: llvm.func @addui_extended(
func.func @addui_extended(%a: tensor<8xi32>) -> (tensor<8xi32>, tensor<8xi1>) { %s, %o = arith.addui_extended %a, %a : tensor<8xi32>, tensor<8xi1>  return %s, %o : tensor<8xi32>, tensor<8xi1> }

// -----

// CHECK: llvm.func @mulsi_ext(
func.func @mulsi_ext(%a: i32) -> i32 { %s, %o = arith.mulsi_extended %a, %a : i32  return %o : i32 }

// -----

// Calls.

// CHECK: llvm.func @extern_call(
func.func private @g(tensor<8xf32>) -> tensor<8xf32>
func.func @extern_call(%a: tensor<8xf32>) -> tensor<8xf32> { %0 = call @g(%a) : (tensor<8xf32>) -> tensor<8xf32>  return %0 : tensor<8xf32> }

// -----

// CHECK: llvm.func @call_bf16(
func.func private @g(%a: tensor<8xbf16>) -> tensor<8xbf16> { %0 = math.exp %a : tensor<8xbf16>  return %0 : tensor<8xbf16> }
func.func @call_bf16(%a: tensor<8xbf16>) -> tensor<8xbf16> { %0 = call @g(%a) : (tensor<8xbf16>) -> tensor<8xbf16>  return %0 : tensor<8xbf16> }

// -----

// CHECK: llvm.func @indirect_call(
func.func @g(%a: f32) -> f32 { return %a : f32 }
func.func @indirect_call(%a: f32) -> f32 { %h = func.constant @g : (f32) -> f32  %r = func.call_indirect %h(%a) : (f32) -> f32  return %r : f32 }

// -----

// Empty tensors; no tensor at all.

// CHECK: llvm.func @zero_size(
func.func @zero_size(%a: tensor<0x8xf32>) -> tensor<0x8xf32> { %0 = math.exp %a : tensor<0x8xf32>  return %0 : tensor<0x8xf32> }

// -----

// CHECK: llvm.func @rank(
func.func @rank(%a: tensor<?x8xf32>) -> index { %r = tensor.rank %a : tensor<?x8xf32>  return %r : index }

// -----

// CHECK: llvm.func @ub(
func.func @ub() -> f32 { %0 = ub.poison : f32  return %0 : f32 }

// -----

// CHECK: llvm.func @assert_user(
func.func @assert_user(%c: i1) { cf.assert %c, "user"  return }

// -----

// CHECK: llvm.func @llvm_ops(
llvm.func @llvm_ops(%a: f32) -> f32 { llvm.return %a : f32 }

// -----

// Buffers.

// CHECK: llvm.func @memref_args(
func.func @memref_args(%a: memref<?x8xf32>, %i: index) -> f32 { %0 = memref.load %a[%i, %i] : memref<?x8xf32>  return %0 : f32 }

// -----

// CHECK: llvm.func @memref_to_tensor(
func.func @memref_to_tensor(%a: memref<8xf32>) -> tensor<8xf32> { %0 = bufferization.to_tensor %a restrict : memref<8xf32> to tensor<8xf32>  %1 = math.exp %0 : tensor<8xf32>  return %1 : tensor<8xf32> }

// -----

// CHECK: llvm.func @memref_global(
memref.global "private" constant @g : memref<2xf32> = dense<[1.0, 2.0]>
func.func @memref_global(%i: index) -> f32 { %m = memref.get_global @g : memref<2xf32>  %0 = memref.load %m[%i] : memref<2xf32>  return %0 : f32 }

// -----

// CHECK: llvm.func @scf_parallel(
func.func @scf_parallel(%a: memref<8xf32>) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c8 = arith.constant 8 : index
  scf.parallel (%i) = (%c0) to (%c8) step (%c1) { %v = memref.load %a[%i] : memref<8xf32>  memref.store %v, %a[%i] : memref<8xf32>  scf.reduce }
  return }
