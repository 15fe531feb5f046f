//===- HostWorkspace.h - The workspace of a host program --------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef LIB_TARGET_HOSTWORKSPACE_H
#define LIB_TARGET_HOSTWORKSPACE_H

#include "llvm/Support/Error.h"

#include <cstdint>
#include <cstdlib>
#include <memory>

namespace mlir::mhc {

/// Memory of exactly the size that a program asks for, between bytes that it
/// must not write.
class HostWorkspace {
public:
  /// Of the first byte.
  static constexpr uint64_t alignment = 256;

  /// Keeps the memory if the size is the same. An error if the system does not
  /// give so much.
  llvm::Error resize(int64_t bytes);

  uint8_t *data() { return storage.get() + alignment; }
  uint64_t size() const { return bytes; }

  void fill(uint8_t pattern);
  /// The number of bytes up to the last one that is not `pattern`.
  uint64_t findEnd(uint8_t pattern);

  /// An error if a byte before or after the workspace was written.
  llvm::Error checkBounds();

private:
  struct Free {
    void operator()(uint8_t *pointer) const { std::free(pointer); }
  };

  std::unique_ptr<uint8_t, Free> storage;
  uint64_t bytes = 0;
};

} // namespace mlir::mhc

#endif // LIB_TARGET_HOSTWORKSPACE_H
