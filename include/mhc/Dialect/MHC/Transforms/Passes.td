//===- Passes.td - Passes on the mhc dialect --------------*- tablegen -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MHC_DIALECT_MHC_TRANSFORMS_PASSES
#define MHC_DIALECT_MHC_TRANSFORMS_PASSES

include "mlir/Pass/PassBase.td"

def MHCLowerConnections : Pass<"mhc-lower-connections"> {
  let summary = "Lower connections and heads to row and token ops";
  let description = [{
    Replaces every `mhc.connection` and `mhc.head` by the row and token ops that
    define it, in the order of the formulas, and inlines the sublayer between
    `mhc.aggregate` and `mhc.combine`. `mhc.expand` and `mhc.reduce_streams` stay.

    The product of `mhc.project` with rstd, and the mean of `norm = layer`, become
    `linalg.generic`.

    ```mlir
    func.func @layer(%x: tensor<?x1x64xf32>) -> tensor<?x1x64xf32> {
      %out = mhc.connection #mhc.variant<residual> %x
          : (tensor<?x1x64xf32>) -> tensor<?x1x64xf32> sublayer(%y: tensor<?x64xf32>) {
        %f = math.exp %y : tensor<?x64xf32>
        mhc.yield %f : tensor<?x64xf32>
      }
      return %out : tensor<?x1x64xf32>
    }
    ```

    becomes

    ```mlir
    func.func @layer(%x: tensor<?x1x64xf32>) -> tensor<?x1x64xf32> {
      %y = mhc.reduce_streams sum %x : tensor<?x1x64xf32> to tensor<?x64xf32>
      %f = math.exp %y : tensor<?x64xf32>
      %out = mhc.combine (%f : tensor<?x64xf32>), (%x : tensor<?x1x64xf32>) -> tensor<?x1x64xf32>
      return %out : tensor<?x1x64xf32>
    }
    ```
  }];
  let statistics = [
    Statistic<"connections", "connections", "Number of connections lowered">,
    Statistic<"heads", "heads", "Number of heads lowered">
  ];
  let dependentDialects = [
    "::mlir::arith::ArithDialect", "::mlir::linalg::LinalgDialect",
    "::mlir::tensor::TensorDialect"
  ];
}

def MHCFuseSinkhorn : Pass<"mhc-fuse-sinkhorn"> {
  let summary = "Make one mhc.sinkhorn of a chain of half steps";
  let description = [{
    Finds a start value followed by a chain of `mhc.sinkhorn_step` and replaces them
    by one `mhc.sinkhorn`. A start value is

    * `math.exp` of the logits (exp start),
    * a softmax over the last axis plus a constant eps (softmax start), written as
      `linalg.softmax` and `arith.addf`,
    * an `mhc.sinkhorn`, whose iteration the chain continues.

    The chain must be what `#mhc.sinkhorn` describes: whole iterations, one eps
    (that of a softmax start too), and no second use of an iterate. Any n. A
    chain that misses this is left alone, with a remark that says why
    (`--remarks-filter=mhc-fuse-sinkhorn`).

    The fused op is the same function, computed in another order: its sums are balanced
    trees, and an exp start is shifted, so that it no longer overflows where the
    exponential alone would. Numbers may differ in their last places.

    ```mlir
    func.func @mix(%logits: tensor<?x4x4xf32>) -> tensor<?x4x4xf32> {
      %0 = math.exp %logits : tensor<?x4x4xf32>
      %1 = mhc.sinkhorn_step columns %0 {eps = 0.0 : f64} : tensor<?x4x4xf32>
      %2 = mhc.sinkhorn_step rows %1 {eps = 0.0 : f64} : tensor<?x4x4xf32>
      return %2 : tensor<?x4x4xf32>
    }
    ```

    becomes

    ```mlir
    func.func @mix(%logits: tensor<?x4x4xf32>) -> tensor<?x4x4xf32> {
      %2 = mhc.sinkhorn #mhc.sinkhorn<iterations = 1, eps = 0.0, start = exp> %logits
          : tensor<?x4x4xf32>
      return %2 : tensor<?x4x4xf32>
    }
    ```
  }];
  let statistics = [
    Statistic<"fused", "fused", "Number of chains fused">,
    Statistic<"missed", "missed", "Number of chains left alone">
  ];
}

def MHCFuseKernels : Pass<"mhc-fuse-kernels"> {
  let summary = "Form kernels of row and token ops by the traffic saved";
  let description = [{
    Makes `mhc.kernel`s of the row ops, token ops, `mhc.expand`, `mhc.reduce_streams`,
    and of the elementwise ops and linalg ops between them, if these treat every
    token alone: elementwise, a sum over hidden, streams or coefficients, or a sum over tokens.
    Sums of rows are known by their shapes where no row op is near: linalg ops that add over
    the leading dimensions of a row, dynamic ones, and keep the others, one or two static ones, or the
    other way round. They become kernels even alone, with what their rows lead to, so that their
    order is the same everywhere.

    A kernel ends where a value goes through any other op: a matrix product, a call,
    whatever may mix tokens (a remark at that op says why). Between two such ops, everything
    that shares rows or values is one kernel: the combine of one connection with the
    product, the gates and the aggregate of the next; in the backward, the end of one
    connection's gradient with the start of the one before. Within a kernel sweeps
    follow from sums: what needs a sum is in a sweep after it.

    What crosses between kernels is rows, and what sums over hidden give. Gates,
    Sinkhorn and other ops on coefficients are computed again in each kernel that needs
    them. A row is computed again instead of read if what that reads besides is
    smaller: an expanded row always is, and the streams of the next connection where the backward reads
    the operands of their combine anyway.

    A kernel in which more than `max-sweeps` sweeps wait for each other is cut there:
    sublayers that are elementwise throughout would make one kernel of a whole model.

    A row that two sweeps of one kernel read is assumed to be retained between them;
    with `retain=false` each sweep is taken to read from memory what it reads, which
    decides otherwise what is computed again.

    Values have the same bits as before, each in the order of sums of a kernel. One
    rewriting is outside of this and reported in a remark: the product of an expanded
    row with phi becomes that of the row with phi added over the streams, unless
    `reassociate=false`. Norm weights are folded into phi in an `mhc.prepare`.
  }];
  let options = [
    Option<"retain", "retain", "bool", /*default=*/"true",
           "Rows stay on chip between the sweeps of a kernel">,
    Option<"reassociate", "reassociate", "bool", /*default=*/"true",
           "Add phi over the streams for rows that were expanded">,
    Option<"maxSweeps", "max-sweeps", "unsigned", /*default=*/"8",
           "The most sweeps of a kernel that wait for each other">
  ];
  let statistics = [
    Statistic<"kernels", "kernels", "Number of kernels formed">
  ];
  let dependentDialects = [
    "::mlir::arith::ArithDialect", "::mlir::linalg::LinalgDialect",
    "::mlir::mhc::MHCDialect", "::mlir::tensor::TensorDialect",
    "::mlir::vector::VectorDialect"
  ];
}

def MHCInlineSublayers : Pass<"mhc-inline-sublayers", "::mlir::ModuleOp"> {
  let summary = "Inline the functions that kernels may reach into";
  let description = [{
    Inlines a function where the ops of all its calls together are at most `limit`, by
    upstream's inliner: a kernel reaches from one sublayer into the next, and a
    normalisation in a function of its own becomes part of it. What many layers
    share stays a function, so that a model of many layers does not grow.
  }];
  let options = [
    Option<"limit", "limit", "unsigned", /*default=*/"512",
           "The most ops that the calls of one function may add">
  ];
}

def MHCInlinePrepare : Pass<"mhc-inline-prepare"> {
  let summary = "Do work on weights where it stands";
  let description = [{
    Replaces every `mhc.prepare` by the ops of its region: a device that has no place
    for prepared weights prepares them in every call.

    ```mlir
    func.func @twice(%w: tensor<8xf32>) -> tensor<8xf32> {
      %0 = mhc.prepare ins(%a = %w : tensor<8xf32>) -> (tensor<8xf32>) {
        %1 = arith.addf %a, %a : tensor<8xf32>
        mhc.return %1 : tensor<8xf32>
      }
      return %0 : tensor<8xf32>
    }
    ```

    becomes

    ```mlir
    func.func @twice(%w: tensor<8xf32>) -> tensor<8xf32> {
      %1 = arith.addf %w, %w : tensor<8xf32>
      return %1 : tensor<8xf32>
    }
    ```
  }];
  let statistics = [
    Statistic<"inlined", "inlined", "Number of mhc.prepare replaced">
  ];
}

def MHCLowerRecompute : Pass<"mhc-lower-recompute"> {
  let summary = "Do what is computed again where it stands";
  let description = [{
    Removes `mhc.pin`, and replaces every `mhc.recompute` by the ops of its region. With `fused`
    only those that are to become part of the kernels that read them; their ops get the
    attribute `mhc.late`, which `mhc-fuse-kernels` reads and removes: they run as late as
    their readers allow.

    The pipelines run it with `fused` right before `mhc-fuse-kernels`, and again when all that
    CSE could take the forward's values for is behind calls.

    ```mlir
    func.func @twice(%x: tensor<?x64xf32>) -> tensor<?x64xf32> {
      %0 = mhc.recompute ins(%a = %x : tensor<?x64xf32>) -> (tensor<?x64xf32>) {
        %1 = arith.addf %a, %a : tensor<?x64xf32>
        mhc.return %1 : tensor<?x64xf32>
      }
      return %0 : tensor<?x64xf32>
    }
    ```

    becomes

    ```mlir
    func.func @twice(%x: tensor<?x64xf32>) -> tensor<?x64xf32> {
      %1 = arith.addf %x, %x : tensor<?x64xf32>
      return %1 : tensor<?x64xf32>
    }
    ```
  }];
  let options = [
    Option<"fused", "fused", "bool", /*default=*/"false",
           "Only regions that become part of the kernels around them">
  ];
  let statistics = [
    Statistic<"lowered", "lowered", "Number of mhc.recompute replaced">
  ];
}

def MHCWidenToF64 : Pass<"mhc-widen-to-f64", "::mlir::ModuleOp"> {
  let summary = "Compute in f64: float types become f64, casts identities";
  let description = [{
    Turns every float type narrower than f64 into f64, signatures and constants
    included, and removes the casts between float types, which become identities.
    What is left computes the same program without its rounding: the reference that
    the tests hold other devices against.

    With `round`, a cast to bf16, f16 or f32 keeps its rounding (to that type and
    back), and so does arithmetic on bf16 and f16 elements: the reference rounds
    where the program does.

    A module with an op that reads the bits of a float (a bitcast), with floats wider
    than f64, or with complex numbers is refused.

    ```mlir
    func.func @half(%x: bf16) -> bf16 {
      %w = arith.extf %x : bf16 to f32
      %c = arith.constant 0.5 : f32
      %h = arith.mulf %w, %c : f32
      %r = arith.truncf %h : f32 to bf16
      return %r : bf16
    }
    ```

    becomes

    ```mlir
    func.func @half(%x: f64) -> f64 {
      %c = arith.constant 0.5 : f64
      %h = arith.mulf %x, %c : f64
      return %h : f64
    }
    ```
  }];
  let options = [
    Option<"round", "round", "bool", /*default=*/"false",
           "Keep the roundings of the program">
  ];
  let dependentDialects = ["::mlir::arith::ArithDialect"];
}

def MHCCheckSizes : Pass<"mhc-check-sizes"> {
  let summary = "Compare dynamic token dimensions at run time";
  let description = [{
    Before every row and token op, `mhc.expand` and `mhc.reduce_streams`, inserts
    `cf.assert` for each dynamic token dimension of an operand that must be that of the
    first, or the static size that another operand or the result has. The message holds
    the op's name and location. Comparisons of one value with
    itself fold away later. A size of `tensor.empty` that is not that of a tensor
    is compared with zero.
  }];
  let dependentDialects = [
    "::mlir::arith::ArithDialect", "::mlir::cf::ControlFlowDialect",
    "::mlir::tensor::TensorDialect"
  ];
}

def MHCOutlineOps : Pass<"mhc-outline-ops", "::mlir::ModuleOp"> {
  let summary = "Call one private function for all equal ops of a model";
  let description = [{
    A model repeats its layers: 61 of them hold the same few ops again and again, on
    other values. This pass moves each distinct row and token op (`mhc.expand` and
    `mhc.reduce_streams` too), each distinct linalg op on tensors whose region reads
    nothing from outside, and each `cf.assert` into a private function of its own, and calls it wherever the op
    stood, so that what follows lowers and compiles each of them once.
    The functions take a destination for each result, so that every buffer belongs to
    the caller.

    With `connections`, it is the connections that are moved, each with its sublayer and
    with what that uses from outside as arguments; constants are copied.
  }];
  let options = [
    Option<"connections", "connections", "bool", /*default=*/"false",
           "Outline connections, and nothing else">
  ];
  let statistics = [
    Statistic<"outlined", "outlined", "Number of functions made">,
    Statistic<"calls", "calls", "Number of ops replaced by calls">
  ];
  let dependentDialects = [
    "::mlir::bufferization::BufferizationDialect", "::mlir::func::FuncDialect",
    "::mlir::tensor::TensorDialect"
  ];
}

def MHCDissolveKernels : Pass<"mhc-dissolve-kernels"> {
  let summary = "Write kernels as row and token ops on all tokens";
  let description = [{
    The inverse of `mhc-fuse-kernels`: replaces every `mhc.kernel` on tensors by ops on
    tensors with token dimensions, and inlines `mhc.prepare`.

    | in a kernel | on tensors |
    |---|---|
    | row and token ops | the same ops |
    | exit `sum` of an `mhc.inner` | `mhc.inner` |
    | exit `sum` of another value | `linalg.generic`, a reduction over hidden in the value's type |
    | exits `project` and `outer` | `mhc.project` and `mhc.outer` |
    | exit `total`, `mhc.total` | `linalg.generic`, a reduction over the tokens |
    | arith and math | the same op, or `linalg.generic` where an operand is a broadcast, a transpose or a constant |
    | parts and shapes of vectors | slices and reshapes of tensors |

    Every value is rounded where the kernel rounds it. Kernels on memrefs are left alone.

    ```mlir
    func.func @norm(%x: tensor<?x4x64xbf16>, %phi: tensor<24x256xf32>, %e: tensor<?x24xf32>)
        -> tensor<?x24xf32> {
      %h = mhc.kernel ins(%a = %x : tensor<?x4x64xbf16> as !mhc.row<4x64xbf16>,
                          %w = %phi : tensor<24x256xf32> as !mhc.weight<24x4x64xf32>)
                      outs(%e : tensor<?x24xf32>) {
        %m, %squares = mhc.sweep over 64 (%c = %a : !mhc.row<4x64xbf16>) -> (vector<24xf32>, f32) {
          %q = mhc.inner whole %c, %c : (vector<4xbf16>, vector<4xbf16>) -> f32
          mhc.exit project(%c by %w : vector<4xbf16>, !mhc.weight<24x4x64xf32>), sum(%q : f32)
        }
        %rstd = mhc.rstd %squares {count = 256 : i64, eps = 1.0e-6 : f64} : f32
        %rstds = vector.broadcast %rstd : f32 to vector<24xf32>
        %0 = arith.mulf %rstds, %m : vector<24xf32>
        mhc.return %0 : vector<24xf32>
      }
      return %h : tensor<?x24xf32>
    }
    ```

    becomes

    ```mlir
    func.func @norm(%x: tensor<?x4x64xbf16>, %phi: tensor<24x256xf32>, %e: tensor<?x24xf32>)
        -> tensor<?x24xf32> {
      %m = mhc.project %x by %phi
          : (tensor<?x4x64xbf16>, tensor<24x256xf32>) -> tensor<?x24xf32>
      %squares = mhc.inner whole %x, %x
          : (tensor<?x4x64xbf16>, tensor<?x4x64xbf16>) -> tensor<?xf32>
      %rstd = mhc.rstd %squares {count = 256 : i64, eps = 1.0e-6 : f64} : tensor<?xf32>
      %c0 = arith.constant 0 : index
      %tokens = tensor.dim %x, %c0 : tensor<?x4x64xbf16>
      %0 = tensor.empty(%tokens) : tensor<?x24xf32>
      %h = linalg.generic {
          indexing_maps = [affine_map<(t, j) -> (t, j)>, affine_map<(t, j) -> (t)>,
                           affine_map<(t, j) -> (t, j)>],
          iterator_types = ["parallel", "parallel"]}
          ins(%m, %rstd : tensor<?x24xf32>, tensor<?xf32>) outs(%0 : tensor<?x24xf32>) {
      ^bb0(%a: f32, %b: f32, %c: f32):
        %1 = arith.mulf %b, %a : f32
        linalg.yield %1 : f32
      } -> tensor<?x24xf32>
      return %h : tensor<?x24xf32>
    }
    ```
  }];
  let statistics = [
    Statistic<"dissolved", "dissolved", "Number of kernels dissolved">,
    Statistic<"prepared", "prepared", "Number of mhc.prepare inlined">
  ];
  let dependentDialects = [
    "::mlir::arith::ArithDialect", "::mlir::linalg::LinalgDialect",
    "::mlir::math::MathDialect", "::mlir::tensor::TensorDialect"
  ];
}

def MHCSplitKernels : Pass<"mhc-split-kernels"> {
  let summary = "Cut kernels at the ends of sweeps";
  let description = [{
    Cuts a kernel after each of its sweeps, or after those that `after` lists (the first
    is 0), into kernels that run one after the other. What a sweep made and a later
    piece needs becomes a tensor: a row, a sum, a product. Everything else that
    several pieces need, gates and Sinkhorn, is computed again in each from the same
    numbers, so that every result has the same bits. A piece that nothing needs is
    not made. With `values`, a value of the token that needs a sum of an earlier piece is
    computed there, and crosses: `mhc-schedule` cuts so.

    `kernel` names the kernel to cut by its label; otherwise all are cut. The pieces
    of "boundary" are called "boundary_0" and so on. Kernels on memrefs are left alone, with a
    remark.

    ```mlir
    func.func @norm(%x: tensor<?x64xf32>, %e: tensor<?x64xf32>) -> tensor<?x64xf32> {
      %0 = mhc.kernel "norm" ins(%a = %x : tensor<?x64xf32> as !mhc.row<64xf32>)
                             outs(%e : tensor<?x64xf32>) {
        %squares = mhc.sweep over 64 (%c = %a : !mhc.row<64xf32>) -> (f32) {
          %q = mhc.inner %c, %c : (f32, f32) -> f32
          mhc.exit sum(%q : f32)
        }
        %rstd = mhc.rstd %squares {count = 64 : i64, eps = 1.0e-6 : f64} : f32
        %y = mhc.sweep over 64 (%c = %a : !mhc.row<64xf32>) -> (!mhc.row<64xf32>) {
          %n = arith.mulf %c, %rstd : f32
          mhc.exit row(%n : f32)
        }
        mhc.return %y : !mhc.row<64xf32>
      }
      return %0 : tensor<?x64xf32>
    }
    ```

    becomes

    ```mlir
    func.func @norm(%x: tensor<?x64xf32>, %e: tensor<?x64xf32>) -> tensor<?x64xf32> {
      %c0 = arith.constant 0 : index
      %tokens = tensor.dim %x, %c0 : tensor<?x64xf32>
      %0 = tensor.empty(%tokens) : tensor<?xf32>
      %1 = mhc.kernel "norm_0" ins(%a = %x : tensor<?x64xf32> as !mhc.row<64xf32>)
                               outs(%0 : tensor<?xf32>) {
        %squares = mhc.sweep over 64 (%c = %a : !mhc.row<64xf32>) -> (f32) {
          %q = mhc.inner %c, %c : (f32, f32) -> f32
          mhc.exit sum(%q : f32)
        }
        mhc.return %squares : f32
      }
      %2 = mhc.kernel "norm_1" ins(%a = %x : tensor<?x64xf32> as !mhc.row<64xf32>,
                                   %squares = %1 : tensor<?xf32> as f32)
                               outs(%e : tensor<?x64xf32>) {
        %rstd = mhc.rstd %squares {count = 64 : i64, eps = 1.0e-6 : f64} : f32
        %y = mhc.sweep over 64 (%c = %a : !mhc.row<64xf32>) -> (!mhc.row<64xf32>) {
          %n = arith.mulf %c, %rstd : f32
          mhc.exit row(%n : f32)
        }
        mhc.return %y : !mhc.row<64xf32>
      }
      return %2 : tensor<?x64xf32>
    }
    ```
  }];
  let options = [
    ListOption<"after", "after", "int64_t",
               "Sweeps after which a kernel is cut, all if left out">,
    Option<"kernel", "kernel", "std::string", /*default=*/"",
           "The label of the kernels that are cut, all if left out">,
    Option<"values", "values", "bool", /*default=*/"false",
           "Values of the token cross that need sums of an earlier piece">
  ];
  let statistics = [
    Statistic<"kernelsSplit", "kernels", "Number of kernels cut">,
    Statistic<"piecesMade", "pieces", "Number of kernels that they became">
  ];
  let dependentDialects = [
    "::mlir::arith::ArithDialect", "::mlir::tensor::TensorDialect"
  ];
}

def MHCDecomposeLinalg : Pass<"mhc-decompose-linalg"> {
  let summary = "Replace linalg ops that have no loops of their own by ones that have";
  let description = [{
    Decomposes ops such as `linalg.softmax`, which the conversion of linalg to loops
    does not take, into `linalg.generic`, as the ops themselves define it, and replaces
    `tensor.gather`, which upstream does not bufferise, by one that extracts elements.
  }];
  let dependentDialects = [
    "::mlir::arith::ArithDialect", "::mlir::linalg::LinalgDialect",
    "::mlir::math::MathDialect", "::mlir::tensor::TensorDialect"
  ];
}

def MHCProtectArguments : Pass<"mhc-protect-arguments", "::mlir::ModuleOp"> {
  let summary = "Keep bufferisation from writing into the arguments of entries";
  let description = [{
    Marks the tensor arguments of public functions `bufferization.writable = false`,
    unless they carry the attribute already: an entry has value semantics, and may
    be called again with the same buffers.
  }];
  let dependentDialects = ["::mlir::bufferization::BufferizationDialect"];
}

def MHCStrictCasts : Pass<"mhc-strict-casts"> {
  let summary = "Take fast-math flags from casts between float types";
  let description = [{
    Upstream's emulation of bf16 and f16 arithmetic in f32 allows a cast to f32 to
    cancel the rounding before it, so that a chain of operations would be rounded once.
    A program rounds where its types say: this pass takes the flags away.
  }];
}

def MHCFreeBuffers : Pass<"mhc-free-buffers"> {
  let summary = "Free buffers after their last use, where that is plain to see";
  let description = [{
    Frees a buffer after the last op of its block that uses it, if no use gives it
    another name: calls that return no buffer, linalg ops, loads, stores, copies,
    sizes. What is left is upstream's, whose ownership analysis takes all cases, frees at
    the end of the block, and takes time quadratic in its length.
  }];
  let statistics = [Statistic<"freed", "freed", "Number of buffers freed">];
  let dependentDialects = [
    "::mlir::bufferization::BufferizationDialect", "::mlir::memref::MemRefDialect"
  ];
}

def MHCPlanMemory : Pass<"mhc-plan-memory", "::mlir::ModuleOp"> {
  let summary = "Plan the memory of programs in one workspace each";
  let description = [{
    Gives each buffer of a function a place before the program runs. Memory
    that functions need comes from their callers:

    * results become arguments (attribute `mhc.result`), after the other arguments and in order:
      an allocation that is returned is the caller's memory from the beginning, anything else is copied;
    * the last argument is the *workspace* (`mhc.workspace`), bytes that are aligned to 256, of which every
      other buffer is a view at an offset: a formula of the sizes of arguments. Private functions that need none
      have none.

    For each public function `@f` there is a private function `@f.sizes`, named by its
    attribute `mhc.sizes`, from the same arguments to what a caller has to allocate: the dynamic
    sizes of results, and how many bytes the workspace has, which is exactly where the last
    buffer ends. A call of a private function allocates the callee's
    results and workspace, which are then buffers of the caller like all others.

    Buffers that do not live at one time share memory. A life reaches from the first use to
    the last one, under all names that a buffer gets (views, branches, loops); deallocations say
    nothing, and are erased. A buffer that an iteration of `scf.for` makes and hands to the next becomes two, which
    take turns. What ops with the attribute `mhc.prepare` use lives from call to call.

    Buffers whose sizes depend on different numbers are kept apart: first scratch memory of sizes
    that are no products, then constant sizes, then `k T`, `k T T`, and so on, each in a part of the workspace. In a part,
    places are found for the factors `k`, rounded up to 16, once for all `T`: in a few orders, each buffer in
    the smallest gap that holds it. Sizes of arguments that the function asserts to be equal are one number, and
    these assertions move to its beginning.

    What has no place stays on the heap, with a remark that says why (`--remarks-filter=mhc-plan-memory`): a buffer
    whose size is not known at the entry, or of a parallel loop, one that outlives the iteration that makes it
    otherwise than above, all of a function of several blocks. A result whose sizes are not known stays a result;
    `mhc.results` lists those that became arguments. Functions that call each other, and private ones that are not only called,
    are left alone.

    With `print`, a table says for each buffer how many bytes it has, where it lies, and when it lives: the numbers of
    the first and last op, and these ops. With `mark-lives`, `mhc.life_begin` and `mhc.life_end` say it in the program, for the
    emulator.

    ```mlir
    func.func @twice(%x: memref<?x8xf32>) -> memref<?x8xf32> {
      %c0 = arith.constant 0 : index
      %tokens = memref.dim %x, %c0 : memref<?x8xf32>
      %a = memref.alloc(%tokens) : memref<?x8xf32>
      %y = memref.alloc(%tokens) : memref<?x8xf32>
      linalg.add ins(%x, %x : memref<?x8xf32>, memref<?x8xf32>) outs(%a : memref<?x8xf32>)
      linalg.add ins(%a, %a : memref<?x8xf32>, memref<?x8xf32>) outs(%y : memref<?x8xf32>)
      return %y : memref<?x8xf32>
    }
    ```

    becomes

    ```mlir
    func.func private @twice.sizes(%x: memref<?x8xf32>) -> (index, index) {
      %c0 = arith.constant 0 : index
      %tokens = memref.dim %x, %c0 : memref<?x8xf32>
      %c32 = arith.constant 32 : index
      %bytes = arith.muli %tokens, %c32 : index
      return %tokens, %bytes : index, index
    }
    func.func @twice(%x: memref<?x8xf32>, %y: memref<?x8xf32> {mhc.result},
                     %workspace: memref<?xi8> {mhc.workspace})
        attributes {mhc.results = array<i64: 0>, mhc.sizes = @twice.sizes} {
      %offset = arith.constant 0 : index
      %c0 = arith.constant 0 : index
      %tokens = memref.dim %x, %c0 : memref<?x8xf32>
      %a = memref.view %workspace[%offset][%tokens] : memref<?xi8> to memref<?x8xf32>
      linalg.add ins(%x, %x : memref<?x8xf32>, memref<?x8xf32>) outs(%a : memref<?x8xf32>)
      linalg.add ins(%a, %a : memref<?x8xf32>, memref<?x8xf32>) outs(%y : memref<?x8xf32>)
      return
    }
    ```
  }];
  let options = [
    Option<"markLives", "mark-lives", "bool", /*default=*/"false",
           "Mark where the life of each buffer begins and ends">,
    Option<"print", "print", "bool", /*default=*/"false",
           "Print a table of each function's buffers">,
    Option<"tokens", "tokens", "int64_t", /*default=*/"-1",
           "Print bytes for sizes that are all this, in place of formulas">
  ];
  let statistics = [
    Statistic<"planned", "planned", "Number of buffers in a workspace">,
    Statistic<"missed", "missed", "Number of buffers that stay on the heap">
  ];
  let dependentDialects = [
    "::mlir::arith::ArithDialect", "::mlir::func::FuncDialect",
    "::mlir::memref::MemRefDialect", "::mlir::mhc::MHCDialect"
  ];
}

def MHCCheckLowered : Pass<"mhc-check-lowered", "::mlir::ModuleOp"> {
  let summary = "Refuse a module that is not in the LLVM dialect alone";
  let description = [{
    The end of the pipelines: an op that no conversion took, such as one of a dialect
    that they do not know, is an error at that op.
  }];
}

#endif // MHC_DIALECT_MHC_TRANSFORMS_PASSES
