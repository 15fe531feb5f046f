//===- Assemble.h - PTX to cubin, by ptxas ----------------------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MHC_TARGET_ASSEMBLE_H
#define MHC_TARGET_ASSEMBLE_H

#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"

#include <string>

namespace mlir::mhc {

/// What ptxas says of a kernel.
struct KernelReport {
  std::string symbol;
  unsigned registers = 0;
  /// Bytes that are stored and loaded where registers did not suffice.
  unsigned spillStores = 0, spillLoads = 0;
  /// The stack, spills among it.
  unsigned localBytes = 0;
  /// Static shared memory.
  unsigned sharedBytes = 0;
};

struct Cubin {
  std::string bytes;
  llvm::SmallVector<KernelReport> reports;
  /// What ptxas warned of, a line each.
  std::string warnings;
};

/// ptxas of a CUDA toolkit.
class Assembler {
public:
  /// Its path: `given`; else that on PATH; else below CUDA_HOME, CUDA_ROOT or
  /// CUDA_PATH, and if none of these is set below /usr/local/cuda or /opt/cuda.
  /// Empty if there is none. `given` is not looked at.
  static std::string find(llvm::StringRef given = "");

  /// Asks the ptxas at `path` what it is. Errors: one that cannot be run, or
  /// says something else.
  static llvm::Expected<Assembler> create(llvm::StringRef path);

  /// Whether it knows the chip, and the version of PTX in the first lines of
  /// `ptx`.
  llvm::Error check(llvm::StringRef chip, llvm::StringRef ptx) const;

  /// Assembles. An error holds the command and what ptxas says. Threads may
  /// call this at once.
  llvm::Expected<Cubin> assemble(llvm::StringRef ptx,
                                 llvm::StringRef chip) const;

  /// The release of its toolkit, "13.0".
  llvm::StringRef getRelease() const { return release; }

private:
  std::string path, release, help;
};

} // namespace mlir::mhc

#endif // MHC_TARGET_ASSEMBLE_H
