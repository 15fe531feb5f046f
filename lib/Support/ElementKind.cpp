//===- ElementKind.cpp - Element types of host tensors --------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "mhc/Support/ElementKind.h"

#include "llvm/ADT/StringSwitch.h"
#include "llvm/Support/ErrorHandling.h"
#include "llvm/Support/raw_ostream.h"

using namespace llvm;

namespace mhc {

StringRef getName(ElementKind kind) {
  switch (kind) {
  case ElementKind::BF16:
    return "bf16";
  case ElementKind::F16:
    return "f16";
  case ElementKind::F32:
    return "f32";
  case ElementKind::F64:
    return "f64";
  case ElementKind::I1:
    return "i1";
  case ElementKind::I32:
    return "i32";
  case ElementKind::I64:
    return "i64";
  }
  llvm_unreachable("all kinds are handled");
}

std::optional<ElementKind> parseElementKind(StringRef name) {
  return StringSwitch<std::optional<ElementKind>>(name)
      .Case("bf16", ElementKind::BF16)
      .Case("f16", ElementKind::F16)
      .Case("f32", ElementKind::F32)
      .Case("f64", ElementKind::F64)
      .Case("i1", ElementKind::I1)
      .Case("i32", ElementKind::I32)
      .Case("i64", ElementKind::I64)
      .Default(std::nullopt);
}

unsigned getByteSize(ElementKind kind) {
  switch (kind) {
  case ElementKind::I1:
    return 1;
  case ElementKind::BF16:
  case ElementKind::F16:
    return 2;
  case ElementKind::F32:
  case ElementKind::I32:
    return 4;
  case ElementKind::F64:
  case ElementKind::I64:
    return 8;
  }
  llvm_unreachable("all kinds are handled");
}

bool isFloat(ElementKind kind) {
  switch (kind) {
  case ElementKind::BF16:
  case ElementKind::F16:
  case ElementKind::F32:
  case ElementKind::F64:
    return true;
  case ElementKind::I1:
  case ElementKind::I32:
  case ElementKind::I64:
    return false;
  }
  llvm_unreachable("all kinds are handled");
}

std::string describeType(ElementKind kind, ArrayRef<int64_t> shape) {
  std::string text;
  raw_string_ostream os(text);
  for (int64_t dim : shape) {
    if (dim < 0)
      os << '?';
    else
      os << dim;
    os << 'x';
  }
  os << getName(kind);
  return text;
}

} // namespace mhc
