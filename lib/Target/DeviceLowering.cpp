//===- DeviceLowering.cpp - A gpu.module to the LLVM and NVVM dialects ----===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "DevicePlaces.h"
#include "mhc/Target/DeviceModule.h"

#include "mlir/Conversion/GPUToNVVM/GPUToNVVMPass.h"
#include "mlir/Conversion/Passes.h"
#include "mlir/Conversion/VectorToSCF/VectorToSCF.h"
#include "mlir/Dialect/Arith/Transforms/Passes.h"
#include "mlir/Dialect/GPU/Transforms/Passes.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/LLVMIR/NVVMDialect.h"
#include "mlir/Dialect/LLVMIR/Transforms/Passes.h"
#include "mlir/Dialect/MemRef/Transforms/Passes.h"
#include "mlir/Dialect/Vector/Transforms/LoweringPatterns.h"
#include "mlir/Dialect/Vector/Transforms/VectorRewritePatterns.h"
#include "mlir/Transforms/GreedyPatternRewriteDriver.h"
#include "mlir/Transforms/Passes.h"

using namespace mlir;
using namespace mlir::mhc;

//===----------------------------------------------------------------------===//
// Math with an instruction of its own
//===----------------------------------------------------------------------===//

/// Whether an LLVM intrinsic takes the type as it is.
static bool isLLVMFloat(Type type) {
  if (auto vector = dyn_cast<VectorType>(type))
    if (vector.getRank() != 1 || vector.isScalable())
      return false;
  Type element = getElementTypeOrSelf(type);
  return element.isBF16() || element.isF16() || element.isF32() ||
         element.isF64();
}

static uint32_t getFlags(Operation *op) {
  if (auto math = dyn_cast<arith::ArithFastMathInterface>(op))
    return static_cast<uint32_t>(math.getFastMathFlagsAttr().getValue());
  if (auto llvm = dyn_cast<LLVM::FastmathFlagsInterface>(op))
    return static_cast<uint32_t>(llvm.getFastmathAttr().getValue());
  return 0;
}

namespace {
/// Ops that every chip has an exactly rounded instruction for become calls of
/// LLVM's intrinsics, and none of libdevice. (The ops of the LLVM dialect for
/// them are refused by convert-gpu-to-nvvm.)
template <typename Op> struct ToIntrinsic : OpRewritePattern<Op> {
  ToIntrinsic(MLIRContext *context, StringRef intrinsic)
      : OpRewritePattern<Op>(context), intrinsic(intrinsic) {}
  LogicalResult matchAndRewrite(Op op,
                                PatternRewriter &rewriter) const override {
    Type type = op->getResult(0).getType();
    if (!isLLVMFloat(type))
      return failure();
    // The flags of both dialects have the same names, and the same bits.
    auto flags = LLVM::FastmathFlagsAttr::get(
        op->getContext(), static_cast<LLVM::FastmathFlags>(getFlags(op)));
    auto call = LLVM::CallIntrinsicOp::create(
        rewriter, op->getLoc(), TypeRange(type),
        rewriter.getStringAttr(intrinsic), op->getOperands(), flags);
    rewriter.replaceOp(op, call);
    return success();
  }
  StringRef intrinsic;
};

/// An op on f32 with `afn` becomes the approximate instruction; `before` and
/// `after` scale operand and result (ln 2 turns base 2 to base e).
template <typename MathOp> struct ToApproximation : OpRewritePattern<MathOp> {
  ToApproximation(MLIRContext *context, StringRef intrinsic, double before = 1,
                  double after = 1)
      : OpRewritePattern<MathOp>(context), intrinsic(intrinsic), before(before),
        after(after) {}
  LogicalResult matchAndRewrite(MathOp op,
                                PatternRewriter &rewriter) const override {
    Type type = op.getType();
    if (!type.isF32() ||
        !arith::bitEnumContainsAll(op.getFastmath(), arith::FastMathFlags::afn))
      return failure();
    auto scale = [&](Value value, double factor) -> Value {
      if (factor == 1)
        return value;
      Value constant = arith::ConstantOp::create(
          rewriter, op.getLoc(), rewriter.getF32FloatAttr(factor));
      return arith::MulFOp::create(rewriter, op.getLoc(), value, constant);
    };
    Value operand = scale(op.getOperand(), before);
    auto call = LLVM::CallIntrinsicOp::create(rewriter, op.getLoc(), type,
                                              rewriter.getStringAttr(intrinsic),
                                              ValueRange(operand));
    rewriter.replaceOp(op, scale(call.getResult(0), after));
    return success();
  }
  StringRef intrinsic;
  double before, after;
};
} // namespace

static void populateMathPatterns(RewritePatternSet &patterns) {
  MLIRContext *context = patterns.getContext();
  patterns.add<ToIntrinsic<math::FmaOp>>(context, "llvm.fma");
  patterns.add<ToIntrinsic<math::AbsFOp>, ToIntrinsic<LLVM::FAbsOp>>(
      context, "llvm.fabs");
  patterns.add<ToIntrinsic<math::CeilOp>, ToIntrinsic<LLVM::FCeilOp>>(
      context, "llvm.ceil");
  patterns.add<ToIntrinsic<math::FloorOp>, ToIntrinsic<LLVM::FFloorOp>>(
      context, "llvm.floor");
  patterns.add<ToIntrinsic<math::TruncOp>>(context, "llvm.trunc");
  patterns.add<ToIntrinsic<math::RoundEvenOp>, ToIntrinsic<LLVM::RoundEvenOp>>(
      context, "llvm.roundeven");
  patterns.add<ToIntrinsic<math::SqrtOp>, ToIntrinsic<LLVM::SqrtOp>>(
      context, "llvm.sqrt");
  patterns.add<ToIntrinsic<math::CopySignOp>>(context, "llvm.copysign");
  constexpr double ln2 = 0.693147180559945309417;
  patterns.add<ToApproximation<math::ExpOp>>(
      context, "llvm.nvvm.ex2.approx.f32", 1 / ln2);
  patterns.add<ToApproximation<math::Exp2Op>>(context,
                                              "llvm.nvvm.ex2.approx.f32");
  patterns.add<ToApproximation<math::LogOp>>(context, "llvm.nvvm.lg2.approx.f",
                                             1.0, ln2);
  patterns.add<ToApproximation<math::Log2Op>>(context,
                                              "llvm.nvvm.lg2.approx.f");
  patterns.add<ToApproximation<math::RsqrtOp>>(context,
                                               "llvm.nvvm.rsqrt.approx.f");
}

//===----------------------------------------------------------------------===//
// What the stock conversions leave
//===----------------------------------------------------------------------===//

namespace {
/// Takes vector ops and reductions over a warp apart until convert-gpu-to-nvvm
/// takes them.
struct PrepareDevice
    : PassWrapper<PrepareDevice, OperationPass<gpu::GPUModuleOp>> {
  MLIR_DEFINE_EXPLICIT_INTERNAL_INLINE_TYPE_ID(PrepareDevice)

  StringRef getName() const override { return "PrepareDevice"; }

  void getDependentDialects(DialectRegistry &registry) const override {
    registry.insert<arith::ArithDialect, gpu::GPUDialect, LLVM::LLVMDialect,
                    memref::MemRefDialect, scf::SCFDialect,
                    vector::VectorDialect>();
  }

  void runOnOperation() override {
    constexpr unsigned warpSize = 32, shuffleBits = 32;
    RewritePatternSet patterns(&getContext());
    populateMathPatterns(patterns);
    arith::populateCeilFloorDivExpandOpsPatterns(patterns);
    populateGpuBreakDownSubgroupReducePatterns(patterns, shuffleBits);
    populateGpuLowerSubgroupReduceToShufflePatterns(patterns, warpSize,
                                                    shuffleBits);
    populateGpuLowerClusteredSubgroupReduceToShufflePatterns(patterns, warpSize,
                                                             shuffleBits);
    vector::populateVectorBitCastLoweringPatterns(patterns);
    vector::populateVectorBroadcastLoweringPatterns(patterns);
    vector::populateVectorContractLoweringPatterns(
        patterns, vector::VectorContractLowering::OuterProduct);
    vector::populateVectorGatherLoweringPatterns(patterns);
    vector::populateVectorInsertExtractStridedSliceTransforms(patterns);
    vector::populateVectorMaskOpLoweringPatterns(patterns);
    vector::populateVectorMultiReductionLoweringPatterns(
        patterns, vector::VectorMultiReductionLowering::InnerReduction);
    vector::populateVectorOuterProductLoweringPatterns(patterns);
    vector::populateVectorRankReducingFMAPattern(patterns);
    vector::populateVectorShapeCastLoweringPatterns(patterns);
    vector::populateVectorStepLoweringPatterns(patterns);
    vector::populateVectorTransferLoweringPatterns(patterns,
                                                   /*maxTransferRank=*/1);
    vector::populateVectorTransposeLoweringPatterns(
        patterns, vector::VectorTransposeLowering::EltWise);
    if (failed(applyPatternsGreedily(getOperation(), std::move(patterns))))
      signalPassFailure();
  }
};

/// Nothing but what is translated to LLVM IR may be left.
struct CheckDeviceLowered
    : PassWrapper<CheckDeviceLowered, OperationPass<gpu::GPUModuleOp>> {
  MLIR_DEFINE_EXPLICIT_INTERNAL_INLINE_TYPE_ID(CheckDeviceLowered)

  StringRef getName() const override { return "CheckDeviceLowered"; }

  void runOnOperation() override {
    Operation *leftOver = nullptr;
    getOperation()->walk<WalkOrder::PreOrder>([&](Operation *op) {
      if (isa<gpu::GPUModuleOp>(op) ||
          isa_and_nonnull<LLVM::LLVMDialect, NVVM::NVVMDialect>(
              op->getDialect()))
        return WalkResult::advance();
      // A cast stands for the op whose type it hides: look for that one first.
      bool isCast = isa<UnrealizedConversionCastOp>(op);
      if (!leftOver || !isCast)
        leftOver = op;
      return isCast ? WalkResult::advance() : WalkResult::interrupt();
    });
    if (!leftOver)
      return;
    leftOver->emitError("expected ops that can be lowered to NVVM, got '")
        << leftOver->getName() << "'";
    signalPassFailure();
  }
};
} // namespace

LogicalResult mlir::mhc::lowerDeviceModule(gpu::GPUModuleOp module) {
  // Upstream makes debug scopes for call sites whose callee has a line, in
  // functions alone; the line of the callee says enough.
  module.walk([](Operation *op) {
    if (op->getLoc()->findInstanceOf<CallSiteLoc>())
      op->setLoc(getPlace(op));
  });
  PassManager pm(module->getContext());
  OpPassManager &device = pm.nest<gpu::GPUModuleOp>();
  device.addPass(createConvertNVGPUToNVVMPass());
  device.addPass(std::make_unique<PrepareDevice>());
  // Into transfers of one dimension, in registers, which are prepared in turn.
  device.addPass(createConvertVectorToSCFPass(
      VectorTransferToSCFOptions().enableFullUnroll()));
  device.addPass(std::make_unique<PrepareDevice>());
  device.addPass(memref::createExpandStridedMetadataPass());
  device.addPass(createLowerAffinePass());
  device.addPass(createSCFToControlFlowPass());
  ConvertGpuOpsToNVVMOpsOptions toNVVM;
  toNVVM.indexBitwidth = 64;
  toNVVM.useBarePtrCallConv = module->hasAttr("mhc.bare_pointers");
  device.addPass(createConvertGpuOpsToNVVMOps(toNVVM));
  device.addPass(createConvertNVVMToLLVMPass());
  device.addPass(createCanonicalizerPass());
  device.addPass(createCSEPass());
  device.addPass(createReconcileUnrealizedCastsPass());
  device.addPass(std::make_unique<CheckDeviceLowered>());
  // Directives for lines alone: a full line table would make ptxas take the
  // code for a debug build.
  LLVM::DIScopeForLLVMFuncOpPassOptions scopes;
  scopes.emissionKind = LLVM::DIEmissionKind::DebugDirectivesOnly;
  pm.addPass(LLVM::createDIScopeForLLVMFuncOpPass(scopes));
  return pm.run(module->getParentOfType<ModuleOp>());
}
