//===- Program.h - Tensors and sizes of a program ---------------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MHC_LIB_RUNTIME_PROGRAM_H
#define MHC_LIB_RUNTIME_PROGRAM_H

#include "Module.h"

namespace mhcrt {

/// "argument 1 ('f')", "result 0"
std::string describeTensor(const ProgramInfo &info, mhcrt_role role,
                           size_t index);

/// Fails unless all sizes are there and none is negative.
void checkSizes(const ProgramInfo &info, const int64_t *sizes);

/// A dimension of a tensor, which is not negative.
int64_t getDimension(const ProgramInfo &info, mhcrt_role role, size_t index,
                     size_t dimension, const int64_t *sizes);

/// The bytes of a tensor.
uint64_t getBytes(const ProgramInfo &info, mhcrt_role role, size_t index,
                  const int64_t *sizes);

/// The bytes of the workspace.
uint64_t getWorkspaceBytes(const ProgramInfo &info, const int64_t *sizes);

/// Sets the sizes to what the arguments' dimensions say. Does not allocate
/// unless it fails.
void inferSizes(const ProgramInfo &info, const mhcrt_tensor *arguments,
                uint32_t numArguments, int64_t *sizes);

/// Fails unless the tensors have the types and shapes of the program's.
void checkTensors(const ProgramInfo &info, mhcrt_role role,
                  const mhcrt_tensor *tensors, uint32_t numTensors,
                  const int64_t *sizes);

inline const std::vector<Tensor> &getTensors(const ProgramInfo &info,
                                             mhcrt_role role) {
  return role == MHCRT_ARGUMENT ? info.arguments : info.results;
}

} // namespace mhcrt

#endif // MHC_LIB_RUNTIME_PROGRAM_H
