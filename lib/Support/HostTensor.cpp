//===- HostTensor.cpp - A dense tensor in host memory ---------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "mhc/Support/HostTensor.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/Twine.h"
#include "llvm/Config/llvm-config.h"
#include "llvm/Support/MathExtras.h"

#include <algorithm>
#include <cstring>
#include <limits>

#ifdef LLVM_ON_UNIX
#include <unistd.h>
#endif

using namespace llvm;

namespace mhc {

/// The bytes of memory that this machine has, or the largest number if that is
/// not known. Systems that overcommit grant more, and kill whoever uses it.
static int64_t getPhysicalMemory() {
#if defined(LLVM_ON_UNIX) && defined(_SC_PHYS_PAGES)
  const int64_t pages = ::sysconf(_SC_PHYS_PAGES);
  const int64_t pageSize = ::sysconf(_SC_PAGESIZE);
  int64_t result;
  if (pages > 0 && pageSize > 0 && !MulOverflow(pages, pageSize, result))
    return result;
#endif
  return std::numeric_limits<int64_t>::max();
}

Expected<int64_t> countElements(ArrayRef<int64_t> shape) {
  int64_t product = 1;
  bool empty = false;
  for (auto [index, dim] : enumerate(shape)) {
    if (dim < 0)
      return createStringError("expected dimensions of 0 or more, got " +
                               Twine(dim) + " for dimension " + Twine(index));
    if (dim == 0)
      empty = true;
    else if (MulOverflow(product, dim, product))
      return createStringError(
          "expected fewer than 2^63 elements, got dimensions whose product "
          "is greater");
  }
  return empty ? 0 : product;
}

Expected<int64_t> countBytes(ElementKind kind, ArrayRef<int64_t> shape) {
  Expected<int64_t> count = countElements(shape);
  if (!count)
    return count.takeError();
  int64_t bytes;
  if (MulOverflow(*count, static_cast<int64_t>(getByteSize(kind)), bytes))
    return createStringError("expected fewer than 2^63 bytes, got " +
                             describeType(kind, shape));
  return bytes;
}

Expected<HostTensor> HostTensor::create(ElementKind kind,
                                        ArrayRef<int64_t> shape) {
  Expected<int64_t> bytes = countBytes(kind, shape);
  if (!bytes)
    return bytes.takeError();
  const int64_t memory = getPhysicalMemory();
  if (*bytes > memory)
    return createStringError("expected a tensor that fits in this machine's " +
                             Twine(memory) + " bytes of memory, got " +
                             describeType(kind, shape) + " of " +
                             Twine(*bytes) + " bytes");

  // Rounded up to the alignment, as aligned_alloc asks for; never 0, so that
  // the storage is not null.
  const uint64_t size =
      alignTo(std::max<uint64_t>(static_cast<uint64_t>(*bytes), 1), alignment);
  auto *storage = static_cast<uint8_t *>(std::aligned_alloc(alignment, size));
  if (!storage)
    return createStringError(std::make_error_code(std::errc::not_enough_memory),
                             "cannot allocate " + Twine(*bytes) +
                                 " bytes for " + describeType(kind, shape));
  return HostTensor(kind, shape, static_cast<size_t>(*bytes), storage);
}

Expected<HostTensor> HostTensor::createZero(ElementKind kind,
                                            ArrayRef<int64_t> shape) {
  Expected<HostTensor> tensor = create(kind, shape);
  if (tensor)
    std::memset(tensor->data(), 0, tensor->getSizeInBytes());
  return tensor;
}

Expected<HostTensor> HostTensor::clone() const {
  Expected<HostTensor> copy = create(kind, shape);
  if (copy)
    std::memcpy(copy->data(), data(), byteSize);
  return copy;
}

} // namespace mhc
