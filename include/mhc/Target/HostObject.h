//===- HostObject.h - Programs as C functions -------------------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A C header with a function for each program, and the object file that defines
// them by calls of libmhcrt, with manifest and kernels inside.
//
//===----------------------------------------------------------------------===//

#ifndef MHC_TARGET_HOSTOBJECT_H
#define MHC_TARGET_HOSTOBJECT_H

#include "mhc/Target/Manifest.h"

namespace mlir::mhc {

/// `name` with what is no letter, digit or underscore replaced, as C takes it.
std::string getCName(StringRef name);

/// Prints the header. What it declares begins with `name`.
void printHeader(const Package &package, StringRef name, raw_ostream &os);

/// The object file for the machine `triple`, or for this one if that is empty.
llvm::Expected<std::string> compileHostObject(const Package &package,
                                              StringRef name,
                                              StringRef triple = "");

} // namespace mlir::mhc

#endif // MHC_TARGET_HOSTOBJECT_H
