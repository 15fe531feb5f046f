//===- HostWorkspace.cpp - The workspace of a host program ----------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "HostWorkspace.h"

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/MathExtras.h"

#include <cstring>

using namespace mlir::mhc;

/// The byte on both sides of the workspace, which no number is made of often.
static constexpr uint8_t kGuard = 0xc7;
/// More than any machine has, so that sums do not overflow.
static constexpr int64_t kLimit = int64_t(1) << 48;

llvm::Error HostWorkspace::resize(int64_t wanted) {
  if (storage && static_cast<uint64_t>(wanted) == bytes)
    return llvm::Error::success();
  storage.reset();
  if (wanted >= 0 && wanted <= kLimit)
    storage.reset(static_cast<uint8_t *>(std::aligned_alloc(
        alignment, llvm::alignTo(wanted, alignment) + 2 * alignment)));
  if (!storage)
    return llvm::createStringError("the program needs a workspace of " +
                                   llvm::Twine(wanted) +
                                   " bytes, which the system did not give");
  bytes = wanted;
  std::memset(storage.get(), kGuard, alignment);
  std::memset(data() + bytes, kGuard, alignment);
  return llvm::Error::success();
}

void HostWorkspace::fill(uint8_t pattern) {
  std::memset(data(), pattern, bytes);
}

uint64_t HostWorkspace::findEnd(uint8_t pattern) {
  uint64_t end = bytes;
  while (end != 0 && data()[end - 1] == pattern)
    --end;
  return end;
}

llvm::Error HostWorkspace::checkBounds() {
  auto isGuard = [](const uint8_t *begin) {
    return llvm::all_of(llvm::ArrayRef(begin, alignment),
                        [](uint8_t byte) { return byte == kGuard; });
  };
  if (!isGuard(storage.get()))
    return llvm::createStringError(
        "the program wrote before the beginning of its workspace");
  if (!isGuard(data() + bytes))
    return llvm::createStringError("the program wrote beyond the end of its "
                                   "workspace of " +
                                   llvm::Twine(bytes) + " bytes");
  return llvm::Error::success();
}
