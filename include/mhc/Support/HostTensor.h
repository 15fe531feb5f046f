//===- HostTensor.h - A dense tensor in host memory ----------- -*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MHC_SUPPORT_HOSTTENSOR_H
#define MHC_SUPPORT_HOSTTENSOR_H

#include "mhc/Support/ElementKind.h"

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/Support/Error.h"

#include <cassert>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>

namespace mhc {

/// The number of elements of a static shape; 1 for rank 0. An error if a
/// dimension is negative, or if the product of the dimensions other than 0 does
/// not fit in 63 bits (so that strides never overflow, even in empty tensors).
llvm::Expected<int64_t> countElements(llvm::ArrayRef<int64_t> shape);

/// The bytes that a tensor of this kind and static shape takes. Errors as those
/// of countElements, for the product with the size of an element.
llvm::Expected<int64_t> countBytes(ElementKind kind,
                                   llvm::ArrayRef<int64_t> shape);

/// A dense tensor in C order that owns its elements. The storage is aligned to
/// 64 bytes. Rank 0 (one element) and dimensions of length 0 (no element) are
/// legal. Move-only; clone() copies. A tensor that was moved from may only be
/// destroyed or assigned to.
class HostTensor {
public:
  /// Alignment of the first element, in bytes.
  static constexpr size_t alignment = 64;

  /// A tensor whose elements are not initialised: fill them at once. An error
  /// if the shape is not legal (see countElements), takes more bytes than this
  /// machine has memory, or if the allocation fails.
  static llvm::Expected<HostTensor> create(ElementKind kind,
                                           llvm::ArrayRef<int64_t> shape);

  /// As create, with every element zero.
  static llvm::Expected<HostTensor> createZero(ElementKind kind,
                                               llvm::ArrayRef<int64_t> shape);

  /// A copy of this tensor. An error if the allocation fails.
  llvm::Expected<HostTensor> clone() const;

  HostTensor(HostTensor &&) = default;
  HostTensor &operator=(HostTensor &&) = default;

  ElementKind getKind() const { return kind; }
  llvm::ArrayRef<int64_t> getShape() const { return shape; }
  size_t getRank() const { return shape.size(); }
  size_t getNumElements() const { return byteSize / getByteSize(kind); }
  size_t getSizeInBytes() const { return byteSize; }

  /// The storage. Not null, even where the tensor has no elements.
  uint8_t *data() { return storage.get(); }
  const uint8_t *data() const { return storage.get(); }

  llvm::ArrayRef<uint8_t> getBytes() const { return {data(), byteSize}; }
  llvm::MutableArrayRef<uint8_t> getMutableBytes() {
    return {data(), byteSize};
  }

  /// The elements as `T`, which has the size of an element; BF16 and F16 are
  /// read as the uint16_t that holds their bits.
  template <typename T> llvm::ArrayRef<T> getElements() const {
    assert(sizeof(T) == getByteSize(kind) && "expected an element's size");
    return {reinterpret_cast<const T *>(data()), getNumElements()};
  }
  template <typename T> llvm::MutableArrayRef<T> getMutableElements() {
    assert(sizeof(T) == getByteSize(kind) && "expected an element's size");
    return {reinterpret_cast<T *>(data()), getNumElements()};
  }

private:
  struct Free {
    void operator()(uint8_t *pointer) const { std::free(pointer); }
  };

  HostTensor(ElementKind kind, llvm::ArrayRef<int64_t> shape, size_t byteSize,
             uint8_t *storage)
      : kind(kind), shape(shape), byteSize(byteSize), storage(storage) {}

  ElementKind kind;
  llvm::SmallVector<int64_t> shape;
  size_t byteSize;
  std::unique_ptr<uint8_t, Free> storage;
};

} // namespace mhc

#endif // MHC_SUPPORT_HOSTTENSOR_H
