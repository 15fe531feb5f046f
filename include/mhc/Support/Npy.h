//===- Npy.h - Reading and writing NumPy's .npy files --------- -*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MHC_SUPPORT_NPY_H
#define MHC_SUPPORT_NPY_H

#include "mhc/Support/HostTensor.h"

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"
#include "llvm/Support/MemoryBufferRef.h"
#include "llvm/Support/raw_ostream.h"

#include <cstdint>

namespace mhc {

/// Reads an array from a .npy file of version 1.0, 2.0 or 3.0: little-endian
/// `f2`, `f4`, `f8`, `i4`, `i8` or `b1` in C order. Fortran order is accepted
/// where it is the same (at most one dimension longer than 1, or no elements).
/// Everything else is an error that names the file, what was expected and what
/// was found. No more is allocated than the file's size accounts for.
llvm::Expected<HostTensor> readNpy(llvm::StringRef path);

/// As readNpy, from memory; the buffer's identifier is the name in messages.
llvm::Expected<HostTensor> parseNpy(llvm::MemoryBufferRef buffer);

/// Writes a .npy file of version 1.0. BF16, F16 and F32 are written as `<f4`
/// (exactly), F64 as `<f8`, I1 as `|b1`, I32 and I64 as they are. `bytes` holds
/// the elements of `shape` in C order. The stream's error is the caller's to
/// check.
void writeNpy(llvm::raw_ostream &os, ElementKind kind,
              llvm::ArrayRef<int64_t> shape, llvm::ArrayRef<uint8_t> bytes);
void writeNpy(llvm::raw_ostream &os, const HostTensor &tensor);

/// As above, to a file, which is created or replaced. An error if it cannot be
/// opened or written in full; then what was written of it is removed. To write
/// several files or none, use OutputFolder.
llvm::Error writeNpy(llvm::StringRef path, ElementKind kind,
                     llvm::ArrayRef<int64_t> shape,
                     llvm::ArrayRef<uint8_t> bytes);
llvm::Error writeNpy(llvm::StringRef path, const HostTensor &tensor);

} // namespace mhc

#endif // MHC_SUPPORT_NPY_H
