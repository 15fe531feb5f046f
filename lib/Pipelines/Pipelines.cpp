//===- Pipelines.cpp - From model IR to a device, in one name -------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "mhc/Pipelines/Pipelines.h"

#include "mhc/Conversion/Passes.h"
#include "mhc/Dialect/MHC/Transforms/Passes.h"

#include "mlir/Conversion/Passes.h"
#include "mlir/Dialect/Arith/Transforms/Passes.h"
#include "mlir/Dialect/Bufferization/Pipelines/Passes.h"
#include "mlir/Dialect/Bufferization/Transforms/Passes.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/GPU/Transforms/Passes.h"
#include "mlir/Dialect/Linalg/Passes.h"
#include "mlir/Dialect/Math/Transforms/Passes.h"
#include "mlir/Dialect/MemRef/Transforms/Passes.h"
#include "mlir/Dialect/SCF/Transforms/Passes.h"
#include "mlir/Transforms/Passes.h"

using namespace mlir;
using namespace mlir::mhc;

/// Row ops, token ops and kernels on tensors to linalg and kernels, each
/// distinct op in a function of its own.
static void addRowsToLinalg(OpPassManager &pm) {
  pm.addNestedPass<func::FuncOp>(createMHCInlinePrepare());
  pm.addNestedPass<func::FuncOp>(createConvertElementwiseToLinalgPass());
  // User ops on tensors whose sizes disagree must not be read out of bounds.
  pm.addPass(createGenerateRuntimeVerificationPass());
  // Sizes are compared before the ops are moved away, where they are known to
  // be equal most often.
  pm.addNestedPass<func::FuncOp>(createMHCCheckSizes());
  pm.addPass(memref::createResolveRankedShapeTypeResultDimsPass());
  pm.addPass(createCanonicalizerPass());
  pm.addPass(createCSEPass());
  pm.addPass(createMHCOutlineOps());
  // Calls are not merged: what is computed again may stand beside the forward.
  pm.addNestedPass<func::FuncOp>(createMHCLowerRecompute());
  pm.addNestedPass<func::FuncOp>(createConvertMHCToLinalg());
}

void mlir::mhc::buildModelToLinalgPipeline(OpPassManager &pm) {
  pm.addNestedPass<func::FuncOp>(createMHCFuseSinkhorn());
  // Each distinct layer is a function, and each distinct op another: what
  // follows sees them once, and no function grows with the number of layers.
  MHCOutlineOpsOptions connections;
  connections.connections = true;
  pm.addPass(createMHCOutlineOps(connections));
  pm.addNestedPass<func::FuncOp>(createMHCLowerConnections());
  pm.addNestedPass<func::FuncOp>(createMHCLowerRecompute());
  pm.addNestedPass<func::FuncOp>(createMHCDecomposeLinalg());
  addRowsToLinalg(pm);
}

void mlir::mhc::buildModelToKernelsPipeline(OpPassManager &pm) {
  pm.addNestedPass<func::FuncOp>(createMHCFuseSinkhorn());
  // A kernel reaches from one sublayer into the next, and a normalisation in a
  // function of its own is part of it.
  pm.addPass(createMHCInlineSublayers());
  pm.addNestedPass<func::FuncOp>(createMHCLowerConnections());
  pm.addNestedPass<func::FuncOp>(createMHCDecomposeLinalg());
  pm.addPass(createCanonicalizerPass());
  pm.addPass(createCSEPass());
  // Nothing that could merge it with the forward comes between.
  MHCLowerRecomputeOptions recompute;
  recompute.fused = true;
  pm.addNestedPass<func::FuncOp>(createMHCLowerRecompute(recompute));
  pm.addNestedPass<func::FuncOp>(createMHCFuseKernels());
}

/// Turns linalg and kernels on tensors into such on memrefs.
static void addTensorsToMemRefs(OpPassManager &pm) {
  pm.addPass(createCanonicalizerPass());
  pm.addPass(createCSEPass());
  pm.addPass(createMHCProtectArguments());
  pm.addPass(bufferization::createEmptyTensorEliminationPass());

  bufferization::OneShotBufferizePassOptions bufferize;
  bufferize.bufferizeFunctionBoundaries = true;
  // Layers in a loop carry a new tensor from one iteration to the next.
  bufferize.allowReturnAllocsFromLoops = true;
  bufferize.functionBoundaryTypeConversion =
      bufferization::LayoutMapOption::IdentityLayoutMap;
  pm.addPass(bufferization::createOneShotBufferizePass(bufferize));

  // Once for the functions of ops, and then for those of connections, which
  // return what these return.
  pm.addPass(bufferization::createDropEquivalentBufferResultsPass());
  pm.addPass(bufferization::createDropEquivalentBufferResultsPass());
}

/// Frees what bufferisation allocates.
static void addDeallocation(OpPassManager &pm) {
  pm.addNestedPass<func::FuncOp>(bufferization::createBufferLoopHoistingPass());
  pm.addNestedPass<func::FuncOp>(createMHCFreeBuffers());
  bufferization::buildBufferDeallocationPipeline(
      pm, bufferization::BufferDeallocationPipelineOptions());
  pm.addPass(createConvertBufferizationToMemRefPass());
}

/// Lowers linalg and views of memory to plain loops.
static void addLinalgToLoops(OpPassManager &pm) {
  pm.addNestedPass<func::FuncOp>(createConvertLinalgToLoopsPass());
  pm.addNestedPass<func::FuncOp>(memref::createExpandStridedMetadataPass());
  pm.addNestedPass<func::FuncOp>(createLowerAffinePass());
  pm.addPass(createCanonicalizerPass());
  pm.addPass(createCSEPass());
}

/// Loops on memrefs to the LLVM dialect, loops in sequence.
static void addControlFlowToLLVM(OpPassManager &pm) {
  pm.addPass(createSCFToControlFlowPass());
  pm.addPass(createConvertMathToLLVMPass());
  pm.addPass(createConvertMathToLibmPass());
  pm.addPass(createConvertToLLVMPass());
  pm.addPass(createReconcileUnrealizedCastsPass());
  pm.addPass(createMHCCheckLowered());
}

/// Loops on memrefs to the LLVM dialect, parallel loops on several threads.
static void addLoopsToLLVM(OpPassManager &pm) {
  pm.addPass(createConvertSCFToOpenMPPass());
  // Removes the memref.alloca_scope that every parallel loop gets: it holds one
  // block only, and loops inside it become several.
  pm.addPass(createCanonicalizerPass());
  addControlFlowToLLVM(pm);
}

/// Arithmetic on bf16 and f16 elements in f32, rounded after each op.
static void addFloatEmulation(OpPassManager &pm) {
  arith::ArithEmulateUnsupportedFloatsOptions emulate;
  emulate.sourceTypeStrs = {"bf16", "f16"};
  emulate.targetTypeStr = "f32";
  pm.addPass(math::createMathExtendToSupportedTypes());
  pm.addPass(createMHCStrictCasts());
  pm.addPass(arith::createArithEmulateUnsupportedFloats(emulate));
  pm.addPass(createMHCStrictCasts());
}

/// Casts to bf16 as integer arithmetic, which vectorises.
static void addCastExpansion(OpPassManager &pm) {
  arith::ArithExpandOpsPassOptions expand;
  expand.includeBf16 = true;
  pm.addPass(arith::createArithExpandOpsPass(expand));
}

/// What linalg and the program itself do with memory, to launches.
static void addLoopsToLaunches(OpPassManager &pm) {
  OpPassManager &functions = pm.nest<func::FuncOp>();
  functions.addPass(createMHCLinalgToParallelLoops());
  functions.addPass(createForallToParallelLoopPass());
  functions.addPass(memref::createFoldMemRefAliasOpsPass());
  functions.addPass(createLowerAffinePass());
  addFloatEmulation(functions);
  functions.addPass(createMHCExpandMath());
  functions.addPass(createCanonicalizerPass());
  functions.addPass(createCSEPass());
  functions.addPass(createMHCLaunchLoops());
  // What folds constants takes them out of a launch, and they would be passed.
  pm.addPass(createGpuKernelOutliningPass());
  pm.addNestedPass<func::FuncOp>(memref::createExpandStridedMetadataPass());
  pm.addNestedPass<func::FuncOp>(createLowerAffinePass());
  pm.addPass(createCanonicalizerPass());
  pm.addPass(createCSEPass());
}

void mlir::mhc::buildReferencePipeline(OpPassManager &pm,
                                       const ReferenceOptions &options) {
  pm.addNestedPass<func::FuncOp>(createMHCDissolveKernels());
  buildModelToLinalgPipeline(pm);
  pm.addNestedPass<func::FuncOp>(createLinalgGeneralizeNamedOpsPass());
  MHCWidenToF64Options widen;
  widen.round = options.round;
  pm.addPass(createMHCWidenToF64(widen));
  addTensorsToMemRefs(pm);
  addDeallocation(pm);
  addLinalgToLoops(pm);
  addLoopsToLLVM(pm);
}

void mlir::mhc::buildCPUPipeline(OpPassManager &pm) {
  buildModelToKernelsPipeline(pm);
  addRowsToLinalg(pm);
  addTensorsToMemRefs(pm);
  pm.addNestedPass<func::FuncOp>(createConvertMHCKernelToCPU());
  // What cannot be planned is on the heap, and freed.
  pm.addPass(createMHCPlanMemory());
  addDeallocation(pm);
  addLinalgToLoops(pm);
  addFloatEmulation(pm);
  pm.addPass(createMHCExpandMath());
  addCastExpansion(pm);
  addLoopsToLLVM(pm);
}

void mlir::mhc::buildGPUPipeline(OpPassManager &pm, const GPUOptions &options) {
  buildModelToKernelsPipeline(pm);
  MHCScheduleOptions schedule;
  schedule.chip = options.chip;
  pm.addNestedPass<func::FuncOp>(createMHCSchedule(schedule));
  addRowsToLinalg(pm);
  addTensorsToMemRefs(pm);
  pm.addPass(createConvertBufferizationToMemRefPass());
  pm.addPass(createConvertMHCKernelToGPU());
  addLoopsToLaunches(pm);
  if (options.planMemory) {
    MHCPlanMemoryOptions plan;
    plan.markLives = options.markLives;
    pm.addPass(createMHCPlanMemory(plan));
    pm.addPass(createCanonicalizerPass());
    pm.addPass(createCSEPass());
  }
}

void mlir::mhc::buildNVVMPipeline(OpPassManager &pm,
                                  const NVVMOptions &options) {
  GPUOptions gpu;
  gpu.chip = options.chip;
  gpu.markLives = options.markLives;
  buildGPUPipeline(pm, gpu);
  DeviceOptions device;
  device.chip = options.chip;
  device.features = options.features;
  device.optLevel = options.optLevel;
  pm.addPass(createDeviceModulesPass(options.format, device));
}

void mlir::mhc::buildEmulatorHostPipeline(OpPassManager &pm,
                                          std::unique_ptr<Pass> calls) {
  addFloatEmulation(pm);
  addCastExpansion(pm);
  pm.addPass(std::move(calls));
  addControlFlowToLLVM(pm);
}
