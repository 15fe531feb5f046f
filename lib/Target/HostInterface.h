//===- HostInterface.h - A program as a C function --------------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef LIB_TARGET_HOSTINTERFACE_H
#define LIB_TARGET_HOSTINTERFACE_H

#include "mhc/Target/HostObject.h"

namespace mlir::mhc {

/// The names of a C function's parameters, all different.
struct HostInterface {
  /// More tensors than this are passed in arrays.
  static constexpr size_t kMostParameters = 100;

  explicit HostInterface(const DeviceProgram &program);

  SmallVector<std::string> sizes, arguments, results;
  bool arrays;
};

/// The C functions' names of the programs, all different.
SmallVector<std::string> getFunctionNames(const Package &package,
                                          StringRef prefix);

} // namespace mlir::mhc

#endif // LIB_TARGET_HOSTINTERFACE_H
