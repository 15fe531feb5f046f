//===- DevicePlaces.h - Lines of device code -------------------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef LIB_TARGET_DEVICEPLACES_H
#define LIB_TARGET_DEVICEPLACES_H

#include "mlir/IR/Operation.h"

namespace mlir::mhc {

/// The line that a location names first: of what was inlined, its own.
inline Location getPlace(Operation *op) {
  LocationAttr place = op->getLoc()->findInstanceOf<FileLineColLoc>();
  return place ? Location(place) : UnknownLoc::get(op->getContext());
}

} // namespace mlir::mhc

#endif // LIB_TARGET_DEVICEPLACES_H
