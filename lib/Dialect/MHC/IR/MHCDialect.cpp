//===- MHCDialect.cpp - Registration, aliases and inlining ----------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "mhc/Dialect/MHC/IR/MHC.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Transforms/InliningUtils.h"

using namespace mlir;
using namespace mlir::mhc;

#include "mhc/Dialect/MHC/IR/MHCDialect.cpp.inc"

namespace {
/// Names the attributes of the two published conventions #v4 and #paper, so
/// that a printed model reads as it was written.
struct MHCAsmInterface : OpAsmDialectInterface {
  using OpAsmDialectInterface::OpAsmDialectInterface;

  AliasResult getAlias(Attribute attr, raw_ostream &os) const override {
    MLIRContext *context = attr.getContext();
    VariantAttr v4 = VariantAttr::getV4(context);
    VariantAttr paper = VariantAttr::getPaper(context);
    if (auto variant = dyn_cast<VariantAttr>(attr)) {
      if (variant == v4)
        os << "v4";
      else if (variant == paper)
        os << "paper";
      else
        os << stringifyKind(variant.getKind());
      return AliasResult::OverridableAlias;
    }
    if (isa<SinkhornAttr>(attr)) {
      os << (attr == v4.getSinkhorn()      ? "v4_sinkhorn"
             : attr == paper.getSinkhorn() ? "paper_sinkhorn"
                                           : "sinkhorn");
      return AliasResult::OverridableAlias;
    }
    if (isa<GatesAttr>(attr)) {
      os << (attr == v4.getGates()      ? "v4_gates"
             : attr == paper.getGates() ? "paper_gates"
                                        : "gates");
      return AliasResult::OverridableAlias;
    }
    if (isa<ScheduleAttr>(attr)) {
      os << "schedule";
      return AliasResult::OverridableAlias;
    }
    return AliasResult::NoAlias;
  }
};

/// Every op may be inlined, and anything may be inlined into a sublayer.
struct MHCInlinerInterface : DialectInlinerInterface {
  using DialectInlinerInterface::DialectInlinerInterface;

  bool isLegalToInline(Operation *, Region *, bool, IRMapping &) const final {
    return true;
  }
  bool isLegalToInline(Region *, Region *, bool, IRMapping &) const final {
    return true;
  }
};
} // namespace

LogicalResult MHCDialect::verifyOperationAttribute(Operation *op,
                                                   NamedAttribute attribute) {
  if (attribute.getName() != ScheduleAttr::getAttrName())
    return success();
  if (!isa<ScheduleAttr>(attribute.getValue()))
    return op->emitOpError("expected ")
           << attribute.getName() << " to be #mhc.schedule, got "
           << attribute.getValue();
  if (!isa<KernelOp>(op))
    return op->emitOpError("expected ")
           << attribute.getName() << " on mhc.kernel alone";
  return success();
}

void MHCDialect::initialize() {
  registerAttributes();
  registerTypes();
  addOperations<
#define GET_OP_LIST
#include "mhc/Dialect/MHC/IR/MHCOps.cpp.inc"
      >();
  addInterfaces<MHCAsmInterface, MHCInlinerInterface>();
}
