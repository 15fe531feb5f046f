//===- BufferizableOpInterfaceImpl.h - Kernels on buffers -------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MHC_DIALECT_MHC_TRANSFORMS_BUFFERIZABLEOPINTERFACEIMPL_H
#define MHC_DIALECT_MHC_TRANSFORMS_BUFFERIZABLEOPINTERFACEIMPL_H

namespace mlir {
class DialectRegistry;
} // namespace mlir

namespace mlir::mhc {

/// Lets one-shot bufferisation turn mhc.kernel on tensors into the same kernel
/// on memrefs, written into the buffers of its destinations.
void registerBufferizableOpInterfaceExternalModels(DialectRegistry &registry);

} // namespace mlir::mhc

#endif // MHC_DIALECT_MHC_TRANSFORMS_BUFFERIZABLEOPINTERFACEIMPL_H
