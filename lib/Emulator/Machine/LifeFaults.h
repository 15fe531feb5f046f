//===- LifeFaults.h - Accesses outside of a buffer's life -------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MHC_EMULATOR_MACHINE_LIFEFAULTS_H
#define MHC_EMULATOR_MACHINE_LIFEFAULTS_H

#include "Checks/Findings.h"
#include "Machine/Memory.h"

#include <optional>

namespace mhc::emulator {

/// What is wrong with an access to a workspace: the kind of the finding, and
/// the places that belong to it.
struct LifeFault {
  std::string kind;
  Findings::Notes notes;
};

/// Explains an access that memory has refused. None if it begins in no
/// workspace.
std::optional<LifeFault> explainLifeFault(const Memory &memory,
                                          uint64_t address, uint64_t bytes);

/// For the duration of a launch, hides the buffers of workspaces that none of
/// `addresses` is in: a kernel has no business with them.
class LaunchLives {
public:
  LaunchLives(Memory &memory, llvm::ArrayRef<uint64_t> addresses);
  ~LaunchLives();

private:
  Memory &memory;
  std::vector<const Buffer *> hidden;
};

} // namespace mhc::emulator

#endif // MHC_EMULATOR_MACHINE_LIFEFAULTS_H
