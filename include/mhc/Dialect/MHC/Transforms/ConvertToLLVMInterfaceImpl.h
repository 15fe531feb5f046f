//===- ConvertToLLVMInterfaceImpl.h - What LLVM has no word for -*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MHC_DIALECT_MHC_TRANSFORMS_CONVERTTOLLVMINTERFACEIMPL_H
#define MHC_DIALECT_MHC_TRANSFORMS_CONVERTTOLLVMINTERFACEIMPL_H

namespace mlir {
class DialectRegistry;
} // namespace mlir

namespace mlir::mhc {

/// Lets convert-to-llvm drop the marks of lives, which say nothing to a machine
/// that does not check them.
void registerConvertToLLVMInterface(DialectRegistry &registry);

} // namespace mlir::mhc

#endif // MHC_DIALECT_MHC_TRANSFORMS_CONVERTTOLLVMINTERFACEIMPL_H
