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
    if (auto variant = dyn_cast<VariantAttr>(attr)) {
      switch (variant.getKind()) {
      case Kind::Residual:
        os << "residual";
        break;
      case Kind::HC:
        os << "hc";
        break;
      case Kind::MHC:
        os << describe(variant.getSinkhorn(), "mhc");
        break;
      }
      return AliasResult::OverridableAlias;
    }
    if (auto sinkhorn = dyn_cast<SinkhornAttr>(attr)) {
      os << describe(sinkhorn, "mhc") << "_sinkhorn";
      return AliasResult::OverridableAlias;
    }
    if (auto gates = dyn_cast<GatesAttr>(attr)) {
      MLIRContext *context = gates.getContext();
      if (gates == VariantAttr::getV4(context).getGates())
        os << "v4_";
      else if (gates == VariantAttr::getPaper(context).getGates())
        os << "paper_";
      os << "gates";
      return AliasResult::OverridableAlias;
    }
    return AliasResult::NoAlias;
  }

private:
  static StringRef describe(SinkhornAttr sinkhorn, StringRef otherwise) {
    if (sinkhorn && sinkhorn == SinkhornAttr::getV4(sinkhorn.getContext()))
      return "v4";
    if (sinkhorn && sinkhorn == SinkhornAttr::getPaper(sinkhorn.getContext()))
      return "paper";
    return otherwise;
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

void MHCDialect::initialize() {
  registerAttributes();
  addOperations<
#define GET_OP_LIST
#include "mhc/Dialect/MHC/IR/MHCOps.cpp.inc"
      >();
  addInterfaces<MHCAsmInterface, MHCInlinerInterface>();
}
