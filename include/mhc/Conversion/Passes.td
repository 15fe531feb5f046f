//===- Passes.td - Conversions from mhc to other dialects -*- tablegen -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MHC_CONVERSION_PASSES
#define MHC_CONVERSION_PASSES

include "mlir/Pass/PassBase.td"

def ConvertMHCKernelToCPU : Pass<"convert-mhc-kernel-to-cpu"> {
  let summary = "Lower kernels on memrefs to vectors and parallel loops";
  let description = [{
    Lowers every `mhc.kernel` on memrefs to `scf`, `vector` and `arith`. Tokens are cut
    into blocks of 16, blocks are dealt to chunks that run in parallel (`scf.parallel`);
    how many chunks there are depends on the number of tokens and on the kernel alone.
    The token's program runs for the 16 tokens of a block at once, one lane each; a
    sweep runs 16 columns at once.

    Sums over hidden follow the kernel's order. A leaf is cut into vectors of 16
    columns (of 8, with leaves of 8), which are added by a balanced pairwise tree;
    products with phi add streams and vectors to each lane by one chain of fused
    multiply-adds from zero. Lanes stay apart in the tree of leaves, and are added at
    its root by a balanced pairwise tree. Totals add the tokens of a block in order,
    then the blocks of a chunk, then the chunks. Products with phi are
    computed in f32, whatever precision is asked for; in f64 with rows of f64.

    Kernels whose sweeps have no product with phi run token by token. In others hidden
    is cut into tiles of four leaves, on which all tokens of the block run, so that phi is
    read once for a block; a tile's part of phi is packed first.

    Scratch memory is the kernel's `workspace`, or allocated once for a call.
  }];
  let dependentDialects = [
    "::mlir::arith::ArithDialect", "::mlir::math::MathDialect",
    "::mlir::memref::MemRefDialect", "::mlir::scf::SCFDialect",
    "::mlir::vector::VectorDialect"
  ];
}

def ConvertMHCToLinalg : Pass<"convert-mhc-to-linalg"> {
  let summary = "Convert row and token ops to linalg on tensors";
  let description = [{
    Lowers every op of the row and token levels, `mhc.expand` and
    `mhc.reduce_streams` to `linalg.generic`, for the reference and for
    compilers that take linalg. Connections and heads are lowered by
    `mhc-lower-connections` before.

    Sums over streams follow the numerics contract to the letter: one
    multiplication, then a fused multiply-add a term in order, sums of n numbers as a
    balanced pairwise tree, one rounding at the end. Sums over hidden and over
    tokens are accumulated in f64 and rounded once; `accumulate-in-f64=false` uses the
    type of the coefficients, for targets without f64.
  }];
  let options = [
    Option<"accumulateInF64", "accumulate-in-f64", "bool", /*default=*/"true",
           "Accumulate sums over hidden and over tokens in f64">
  ];
  let dependentDialects = [
    "::mlir::arith::ArithDialect", "::mlir::linalg::LinalgDialect",
    "::mlir::math::MathDialect",
    "::mlir::scf::SCFDialect", "::mlir::tensor::TensorDialect"
  ];
}

def ConvertMHCKernelToGPU : Pass<"convert-mhc-kernel-to-gpu", "::mlir::ModuleOp"> {
  let summary = "Lower kernels on memrefs to launches and device code";
  let description = [{
    Lowers every `mhc.kernel` on memrefs to a `gpu.launch_func` of a kernel in a `gpu.module` of
    its own, as its `mhc.schedule` says: a CTA has a slice of hidden and the blocks of tokens of a slab, a warp 8
    tokens by the 32 columns of a leaf at a time, a thread the program of one token. A kernel with
    totals has a second launch, which adds what slabs or tiles of 8 tokens have of them.

    Kernels take `!llvm.ptr<1>` for each operand, what scratch memory they need, and the numbers of tokens, of
    tokens of a block, and of tiles and blocks of a slab. Scratch memory is allocated around the launch. Without tokens
    nothing is launched but what adds totals.

    The attributes `mhc.row_bytes`, `mhc.coefficient_bytes` and `mhc.label` of a kernel are
    what a manifest says of it; `mhc.in_place` on a parameter names the one whose memory it may be.
  }];
  let dependentDialects = [
    "::mlir::arith::ArithDialect", "::mlir::gpu::GPUDialect",
    "::mlir::LLVM::LLVMDialect", "::mlir::math::MathDialect",
    "::mlir::memref::MemRefDialect", "::mlir::NVVM::NVVMDialect",
    "::mlir::scf::SCFDialect", "::mlir::vector::VectorDialect"
  ];
}

def MHCSchedule : Pass<"mhc-schedule"> {
  let summary = "Choose how each kernel runs on a GPU";
  let description = [{
    Gives each `mhc.kernel` an `mhc.schedule` for the chip, or checks the one that it
    carries. A schedule changes no number but sums over tokens.

    A kernel one of whose sweeps needs sums over hidden of another can be one launch only if a
    CTA has all of hidden. Where that is too little parallel, or too much shared memory, it
    is cut at the end of a sweep, into kernels that each have a schedule: what the later one
    needs of the earlier one's sums, and of the numbers computed from them, crosses as a
    tensor (`mhc-split-kernels=values`).

    | chosen | how |
    |---|---|
    | `slices` | so that a CTA has at most 10 leaves of 32 columns, 8 with sums over tokens in registers, a warp each |
    | `weights` | `shared` if phi of at least 4 leaves fits beside a block of 64 tokens, else `memory` |
    | `tokens` | up to 256, as many as fit |
    | `retain` | `shared` if the rows that two sweeps read fit, with fewer tokens if need be |
    | `warps` | one for each leaf of a slice, or several if that are few and no sweep adds over tokens |
    | `slabs` | so that two CTAs fill each multiprocessor, or one where that is all that fits; where sweeps add over tokens, so that one does with slices of at most 8 leaves, by hidden and the chip alone |

    A given schedule must be for the chip, and is an error, with the reason, if it is
    not legal: more shared memory or registers than the chip has, slices that are no
    aligned subtrees of the order of sums, fewer warps than leaves in a kernel that adds over tokens.
    With `exchange = split` the kernel is cut first, and each piece has the given
    schedule. `exchange = cluster` and `exchange = l2` are not lowered yet.

    The chips are sm_80, sm_86, sm_89, sm_90, sm_90a, sm_100, sm_100a, sm_120 and sm_120a.

    ```mlir
    func.func @norm(%x: tensor<?x4096xf32>, %e: tensor<?xf32>) -> tensor<?xf32> {
      %0 = mhc.kernel "norm" ins(%a = %x : tensor<?x4096xf32> as !mhc.row<4096xf32>)
                             outs(%e : tensor<?xf32>) {
        %squares = mhc.sweep over 4096 (%c = %a : !mhc.row<4096xf32>) -> (f32) {
          %q = mhc.inner %c, %c : (f32, f32) -> f32
          mhc.exit sum(%q : f32)
        }
        mhc.return %squares : f32
      }
      return %0 : tensor<?xf32>
    }
    ```

    becomes

    ```mlir
    #schedule = #mhc.schedule<chip = "sm_90a", exchange = none, warps = 8, slices = 16,
                              slabs = 16, tokens = 256, prefetch = 1, vector = 8,
                              weights = shared, retain = memory>
    func.func @norm(%x: tensor<?x4096xf32>, %e: tensor<?xf32>) -> tensor<?xf32> {
      %0 = mhc.kernel "norm" ins(%a = %x : tensor<?x4096xf32> as !mhc.row<4096xf32>)
                             outs(%e : tensor<?xf32>) attributes {mhc.schedule = #schedule} {
        %squares = mhc.sweep over 4096 (%c = %a : !mhc.row<4096xf32>) -> (f32) {
          %q = mhc.inner %c, %c : (f32, f32) -> f32
          mhc.exit sum(%q : f32)
        }
        mhc.return %squares : f32
      }
      return %0 : tensor<?xf32>
    }
    ```
  }];
  let options = [
    Option<"chip", "chip", "std::string", /*default=*/"\"sm_90a\"",
           "The chip, such as sm_80, sm_90a, sm_100a">
  ];
  let statistics = [
    Statistic<"scheduled", "scheduled", "Number of kernels with a schedule chosen">,
    Statistic<"kernelsCut", "cut", "Number of kernels cut">
  ];
  let dependentDialects = [
    "::mlir::arith::ArithDialect", "::mlir::tensor::TensorDialect"
  ];
}

def MHCLinalgToParallelLoops : Pass<"mhc-linalg-to-parallel-loops"> {
  let summary = "Lower linalg on memrefs to loops, the parallel ones outside";
  let description = [{
    Lowers every linalg op on memrefs to one `scf.parallel` over its parallel dimensions,
    around a loop for each reduction, which carries what it adds up. Each result is added up
    in the order of the op. Upstream's conversion makes a loop around the parallel ones where
    a reduction stands outside of one, and adds up in memory. Copies between buffers that are
    not both contiguous become loops too.

    ```mlir
    func.func @columns(%x: memref<?x8xf32>, %sum: memref<8xf32>) {
      linalg.generic {indexing_maps = [affine_map<(t, c) -> (t, c)>, affine_map<(t, c) -> (c)>],
                      iterator_types = ["reduction", "parallel"]}
          ins(%x : memref<?x8xf32>) outs(%sum : memref<8xf32>) {
      ^bb0(%a: f32, %b: f32):
        %s = arith.addf %a, %b : f32
        linalg.yield %s : f32
      }
      return
    }
    ```

    becomes

    ```mlir
    func.func @columns(%x: memref<?x8xf32>, %sum: memref<8xf32>) {
      %c0 = arith.constant 0 : index
      %c1 = arith.constant 1 : index
      %c8 = arith.constant 8 : index
      %tokens = memref.dim %x, %c0 : memref<?x8xf32>
      scf.parallel (%c) = (%c0) to (%c8) step (%c1) {
        %0 = memref.load %sum[%c] : memref<8xf32>
        %1 = scf.for %t = %c0 to %tokens step %c1 iter_args(%b = %0) -> (f32) {
          %a = memref.load %x[%t, %c] : memref<?x8xf32>
          %s = arith.addf %a, %b : f32
          scf.yield %s : f32
        }
        memref.store %1, %sum[%c] : memref<8xf32>
        scf.reduce
      }
      return
    }
    ```
  }];
  let dependentDialects = [
    "::mlir::affine::AffineDialect", "::mlir::linalg::LinalgDialect",
    "::mlir::memref::MemRefDialect", "::mlir::scf::SCFDialect"
  ];
}

def MHCLaunchLoops : Pass<"mhc-launch-loops", "::mlir::func::FuncOp"> {
  let summary = "Move what touches memory from the host into launches";
  let description = [{
    Memrefs are memory of the device, so whatever loads or stores has to run there. Each
    `scf.parallel` of a function becomes a `gpu.launch` of one thread for each iteration,
    in blocks of up to 256; all else that loads or stores, a nest of loops or a
    single op, becomes a launch of one thread. Loops that hold launches, calls or
    allocations stay on the host. A launch that may have no iteration is guarded by `scf.if`.

    A number that is loaded from memory is not known to the host: later launches read it
    from a buffer of its own. Where the host needs it, as a bound, a condition, a size or an
    operand of a call, there is an error.

    A launch takes pointers (`!llvm.ptr<1>`, the address of the first element), and
    sizes and strides that are not static as numbers, never descriptors of memrefs.

    A function with the attribute `mhc.host` is left alone: it was written for a host that
    reads and writes the memory of the device.
  }];
  let statistics = [
    Statistic<"parallelLaunches", "parallel", "Number of parallel launches">,
    Statistic<"scalarLaunches", "scalar", "Number of launches of one thread">
  ];
  let dependentDialects = [
    "::mlir::arith::ArithDialect", "::mlir::gpu::GPUDialect",
    "::mlir::LLVM::LLVMDialect", "::mlir::memref::MemRefDialect",
    "::mlir::scf::SCFDialect"
  ];
}

def MHCExpandMath : Pass<"mhc-expand-math"> {
  let summary = "Compute exp and tanh as kernels do";
  let description = [{
    Replaces `math.exp` and `math.tanh` of f32 and f64 by the arithmetic that kernels have for
    them. What is fused into a kernel and what is left to loops then has the same bits: so
    a sublayer that is run again gives what it gave in the forward, whatever it is fused with.
  }];
  let statistics = [
    Statistic<"expanded", "expanded", "Number of ops replaced">
  ];
  let dependentDialects = [
    "::mlir::arith::ArithDialect", "::mlir::math::MathDialect"
  ];
}

#endif // MHC_CONVERSION_PASSES
