//===- ElementKind.h - Element types of host tensors ---------- -*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MHC_SUPPORT_ELEMENTKIND_H
#define MHC_SUPPORT_ELEMENTKIND_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"

#include <cstdint>
#include <optional>
#include <string>

namespace mhc {

/// The type of one element of a tensor in host memory. Multi-byte elements are
/// little-endian. I1 takes one byte, which is 0 or 1; I32 and I64 are signless
/// in the IR and read as two's complement here.
enum class ElementKind : uint8_t { BF16, F16, F32, F64, I1, I32, I64 };

/// The name as MLIR writes it: `bf16`, `f16`, `f32`, `f64`, `i1`, `i32`, `i64`.
llvm::StringRef getName(ElementKind kind);

/// The kind named by `name` (as getName spells it), if there is one.
std::optional<ElementKind> parseElementKind(llvm::StringRef name);

/// Bytes of one element in host memory: 1, 2, 4 or 8.
unsigned getByteSize(ElementKind kind);

/// True for BF16, F16, F32 and F64.
bool isFloat(ElementKind kind);

/// A shape and an element type as text, such as `13x4x4096xbf16`. A negative
/// dimension is dynamic and written `?`; rank 0 gives the bare name, `f32`.
std::string describeType(ElementKind kind, llvm::ArrayRef<int64_t> shape);

} // namespace mhc

#endif // MHC_SUPPORT_ELEMENTKIND_H
