//===- Emulator.h - Executes device code on this machine --------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The device code that PTX is made from, executed on the CPU with the faults of
// synchronisation and memory found: see docs/Emulator.md.
//
//===----------------------------------------------------------------------===//

#ifndef MHC_EMULATOR_EMULATOR_H
#define MHC_EMULATOR_EMULATOR_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"
#include "llvm/Support/JSON.h"

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace llvm {
class Module;
class raw_ostream;
} // namespace llvm

namespace mhc::emulator {

/// In which order lanes, warps and CTAs run where the program leaves it open.
struct Order {
  enum Kind { Forward, Reverse, Seeded } kind = Forward;
  uint64_t seed = 0;
};

/// Which faults are looked for. Without a check the program runs on as the
/// hardware might.
struct CheckSet {
  bool races = true;
  bool sync = true;
  bool memory = true;
  bool init = true;
};

struct EmulatorOptions {
  CheckSet checks;
  Order order;
  /// CTAs that are resident at once (rounded up to whole clusters): a CTA that
  /// spins on one that is not resident never ends on a GPU either.
  unsigned residentCtas = 132;
  /// Host threads for kernels whose CTAs do not communicate; 0 for all cores.
  unsigned hostThreads = 1;
  /// Findings reported before the run is ended.
  unsigned findingLimit = 20;
  /// Count requests, sectors, bank conflicts and bytes to device memory.
  bool counters = false;
  /// Bytes of the modelled L2 cache, and whether it is emptied between
  /// launches.
  uint64_t l2Bytes = 50ull << 20;
  bool flushL2 = true;
  /// The seed of the error of approximate instructions; 0 for none.
  uint64_t approximationSeed = 1;
  /// Instructions times lanes after which a launch is given up; 0 for no limit.
  uint64_t instructionLimit = 1ull << 34;
};

/// A place in the program: a file and line of MLIR, or of the caller's source.
struct SourcePlace {
  std::string file;
  unsigned line = 0;
  unsigned column = 0;
  /// The function that it stands in.
  std::string function;
};

/// One fault: what happened where, and the places that belong to it.
struct Finding {
  /// "race on shared memory: ...", in full.
  std::string message;
  SourcePlace place;
  /// Further places with what happened there ("the other access, ...").
  std::vector<std::pair<std::string, SourcePlace>> notes;
};

/// Extents of a launch. Cluster extents of 1 where there are no clusters.
struct LaunchConfig {
  std::array<uint32_t, 3> grid = {1, 1, 1};
  std::array<uint32_t, 3> block = {1, 1, 1};
  std::array<uint32_t, 3> cluster = {1, 1, 1};
  uint32_t dynamicSharedBytes = 0;
  /// May start before the launch ahead of it has ended (programmatic dependent
  /// launch); griddepcontrol.wait then waits for that launch.
  bool early = false;
  /// Where the launch stands, for findings.
  SourcePlace place;
};

/// A device with its memory, its modules and what was found.
class Emulator {
public:
  /// Errors: address space that this process may not reserve.
  static llvm::Expected<std::unique_ptr<Emulator>>
  create(const EmulatorOptions &options);
  ~Emulator();

  /// Compiles an optimised device module (nvptx64) for this machine. Errors
  /// name each intrinsic, inline assembly or construct that is not modelled,
  /// and its place.
  llvm::Error addModule(llvm::StringRef name, const llvm::Module &module);

  /// Runs a kernel to its end; an early one only lacks the knowledge of what
  /// its predecessor did. `arguments[i]` points to the value of parameter i. An
  /// error for what a driver would refuse: an unknown kernel, extents out of
  /// limits, too much shared memory. Faults of the kernel are findings.
  llvm::Error launch(llvm::StringRef module, llvm::StringRef kernel,
                     const LaunchConfig &config,
                     llvm::ArrayRef<const void *> arguments);

  /// Device memory, its bytes uninitialised. Null if there is no more.
  void *allocate(uint64_t bytes, uint64_t alignment, llvm::StringRef name,
                 const SourcePlace &place = {});
  /// Device memory that buffers share, each for its life. A byte of it may be
  /// used while a buffer lives there, and by a launch if the buffer is one that
  /// a parameter points to.
  void *allocateWorkspace(uint64_t bytes, uint64_t alignment,
                          llvm::StringRef name, const SourcePlace &place = {});
  /// Begins the life of a buffer in a workspace, its bytes uninitialised; a
  /// finding if it is in no workspace, or another buffer lives in its bytes.
  void beginLife(void *address, uint64_t bytes, llvm::StringRef name,
                 const SourcePlace &place = {});
  /// Ends it; a finding if there is no such life.
  void endLife(void *address, uint64_t bytes, llvm::StringRef name,
               const SourcePlace &place = {});
  /// Ends a buffer or workspace; a finding if there is none at the address.
  void deallocate(void *address, const SourcePlace &place = {});
  /// Whether the host may use the range; a finding about `what` if it lies in
  /// device memory, but not within a live buffer.
  bool checkRange(const void *address, uint64_t bytes, llvm::StringRef what,
                  const SourcePlace &place);
  /// Marks bytes as written (by the host), or as never written.
  void setInitialised(void *address, uint64_t bytes, bool initialised = true);
  /// Reports bytes of the range that nobody has written, as `what`.
  void checkInitialised(const void *address, uint64_t bytes,
                        llvm::StringRef what, const SourcePlace &place);
  /// Whether the address lies in device memory.
  bool isDeviceAddress(const void *address) const;

  /// What was found so far, in the order of discovery.
  llvm::ArrayRef<Finding> getFindings() const;
  /// How many faults were found, those beyond the limit among them.
  uint64_t getNumFindings() const;
  /// Called at once for each finding that is reported.
  void setFindingHandler(std::function<void(const Finding &)> handler);

  /// The counters of all launches so far.
  llvm::json::Value getCounters() const;
  void printCounters(llvm::raw_ostream &os) const;

private:
  explicit Emulator(const EmulatorOptions &options);
  struct Impl;
  std::unique_ptr<Impl> impl;
};

} // namespace mhc::emulator

#endif // MHC_EMULATOR_EMULATOR_H
