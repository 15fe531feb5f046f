//===- Workspace.h - The scratch memory of a kernel -------------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MHC_CONVERSION_MHCKERNELTOCPU_WORKSPACE_H
#define MHC_CONVERSION_MHCKERNELTOCPU_WORKSPACE_H

#include "CodeBuilder.h"

namespace mlir::mhc {

/// One allocation for a call of a kernel, cut into equal parts, one for each
/// chunk of tokens. Buffers have offsets that are the same in every part.
class Workspace {
public:
  /// Creates the memory for `chunks` parts before the builder's place: `given`
  /// if the kernel has a workspace, else an allocation.
  Workspace(CodeBuilder &code, Value chunks, Value given);

  /// Buffers of part `chunk` are made in front of `anchor` from now on.
  void enter(Value chunk, Operation *anchor);

  /// A buffer of `count` elements, aligned to a cache line.
  Value allocate(Type element, int64_t count, int64_t *offset = nullptr);

  /// The buffer at an offset of part `chunk`, at the builder's place.
  Value getBuffer(Value chunk, int64_t offset, Type element, int64_t count);

  /// The place up to which memory is used, and its reuse from there on.
  int64_t getMark() const { return used; }
  void release(int64_t mark) { used = mark; }

  /// Fixes the size, and frees an allocation at the builder's place.
  void finish();

private:
  CodeBuilder &code;
  Value bytes, given, chunk;
  Operation *stride, *anchor = nullptr;
  int64_t used = 0, largest = 0;
};

} // namespace mlir::mhc

#endif // MHC_CONVERSION_MHCKERNELTOCPU_WORKSPACE_H
