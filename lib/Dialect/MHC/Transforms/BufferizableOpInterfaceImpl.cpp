//===- BufferizableOpInterfaceImpl.cpp - Kernels on buffers ---------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "mhc/Dialect/MHC/Transforms/BufferizableOpInterfaceImpl.h"

#include "mhc/Dialect/MHC/IR/MHC.h"

#include "mlir/Dialect/Bufferization/IR/BufferizableOpInterface.h"
#include "mlir/Dialect/Bufferization/IR/DstBufferizableOpInterfaceImpl.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"

using namespace mlir;
using namespace mlir::mhc;
using namespace mlir::bufferization;

namespace {
struct KernelModel
    : DstBufferizableOpInterfaceExternalModel<KernelModel, KernelOp> {
  // Destinations are written without being read. What is read may not be
  // written by the same kernel: a sweep reads what another one has written.
  bool bufferizesToMemoryRead(Operation *op, OpOperand &operand,
                              const AnalysisState &state) const {
    return !cast<KernelOp>(op).isDpsInit(&operand);
  }

  bool bufferizesToMemoryWrite(Operation *op, OpOperand &operand,
                               const AnalysisState &state) const {
    return cast<KernelOp>(op).isDpsInit(&operand);
  }

  LogicalResult bufferize(Operation *op, RewriterBase &rewriter,
                          const BufferizationOptions &options,
                          BufferizationState &state) const {
    auto kernel = cast<KernelOp>(op);
    rewriter.setInsertionPoint(op);
    SmallVector<Value> buffers, originals;
    for (OpOperand &operand : op->getOpOperands()) {
      FailureOr<Value> buffer =
          getBuffer(rewriter, operand.get(), options, state);
      if (failed(buffer))
        return failure();
      originals.push_back(*buffer);
      // A kernel is lowered on contiguous buffers alone.
      if (!cast<MemRefType>(buffer->getType()).getLayout().isIdentity())
        buffer = createContiguous(rewriter, op->getLoc(), *buffer, options);
      if (failed(buffer))
        return failure();
      if (*buffer != originals.back() && !kernel.isDpsInit(&operand) &&
          failed(options.createMemCpy(rewriter, op->getLoc(), originals.back(),
                                      *buffer)))
        return failure();
      buffers.push_back(*buffer);
    }
    OperationState created(op->getLoc(), op->getName(), buffers, TypeRange(),
                           op->getAttrs());
    created.addRegion();
    Operation *onBuffers = rewriter.create(created);
    rewriter.inlineRegionBefore(op->getRegion(0), onBuffers->getRegion(0),
                                onBuffers->getRegion(0).begin());
    SmallVector<Value> results(ValueRange(buffers).slice(
        kernel.getIns().size(), kernel.getOuts().size()));
    replaceOpWithBufferizedValues(rewriter, op, results);
    return success();
  }

private:
  static FailureOr<Value>
  createContiguous(OpBuilder &builder, Location loc, Value buffer,
                   const BufferizationOptions &options) {
    auto type = cast<MemRefType>(buffer.getType());
    SmallVector<Value> sizes;
    for (int64_t dim = 0; dim < type.getRank(); ++dim)
      if (type.isDynamicDim(dim))
        sizes.push_back(memref::DimOp::create(builder, loc, buffer, dim));
    return options.createAlloc(
        builder, loc, MemRefType::get(type.getShape(), type.getElementType()),
        sizes);
  }
};
} // namespace

void mlir::mhc::registerBufferizableOpInterfaceExternalModels(
    DialectRegistry &registry) {
  registry.addExtension(+[](MLIRContext *context, MHCDialect *) {
    KernelOp::attachInterface<KernelModel>(*context);
  });
}
