//===- ConvertToLLVMInterfaceImpl.cpp - What LLVM has no word for ---------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "mhc/Dialect/MHC/Transforms/ConvertToLLVMInterfaceImpl.h"

#include "mhc/Dialect/MHC/IR/MHC.h"

#include "mlir/Conversion/ConvertToLLVM/ToLLVMInterface.h"
#include "mlir/Conversion/LLVMCommon/TypeConverter.h"
#include "mlir/Transforms/DialectConversion.h"

using namespace mlir;
using namespace mlir::mhc;

namespace {
template <typename Op> struct Drop : OpConversionPattern<Op> {
  using OpConversionPattern<Op>::OpConversionPattern;

  LogicalResult
  matchAndRewrite(Op op, typename Op::Adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    rewriter.eraseOp(op);
    return success();
  }
};

struct ConvertToLLVM : ConvertToLLVMPatternInterface {
  using ConvertToLLVMPatternInterface::ConvertToLLVMPatternInterface;

  void populateConvertToLLVMConversionPatterns(
      ConversionTarget &target, LLVMTypeConverter &typeConverter,
      RewritePatternSet &patterns) const override {
    target.addIllegalOp<LifeBeginOp, LifeEndOp>();
    patterns.add<Drop<LifeBeginOp>, Drop<LifeEndOp>>(typeConverter,
                                                     patterns.getContext());
  }
};
} // namespace

void mlir::mhc::registerConvertToLLVMInterface(DialectRegistry &registry) {
  registry.addExtension(+[](MLIRContext *, MHCDialect *dialect) {
    dialect->addInterfaces<ConvertToLLVM>();
  });
}
