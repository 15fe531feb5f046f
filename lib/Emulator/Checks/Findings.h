//===- Findings.h - The faults that were found ------------------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MHC_EMULATOR_CHECKS_FINDINGS_H
#define MHC_EMULATOR_CHECKS_FINDINGS_H

#include "mhc/Emulator/Emulator.h"

#include "llvm/ADT/DenseSet.h"
#include "llvm/ADT/StringSet.h"

#include <atomic>
#include <mutex>

namespace mhc::emulator {

/// Collects findings. The same fault at the same places is reported once,
/// however many threads commit it. Host threads may report at once.
class Findings {
public:
  explicit Findings(unsigned limit) : limit(limit) {}

  using Notes = std::vector<std::pair<std::string, SourcePlace>>;

  /// Reports a fault. Its kind is the message up to the first ':'; one fault is
  /// reported of each kind, place and place of its notes.
  void report(std::string message, SourcePlace place, Notes notes = {});

  /// Whether two instructions meet in this way for the first time, before a
  /// message is made of it.
  bool isNew(uint32_t site, uint32_t otherSite, unsigned kind) {
    std::lock_guard<std::mutex> lock(mutex);
    return pairs.insert({uint64_t{site} << 32 | otherSite, uint64_t{kind}})
        .second;
  }

  /// Whether so many were reported that the run ends.
  bool isExhausted() const { return exhausted; }

  llvm::ArrayRef<Finding> get() const { return findings; }
  uint64_t getCount() const { return count; }

  std::function<void(const Finding &)> handler;

private:
  unsigned limit;
  std::atomic<bool> exhausted = false;
  std::mutex mutex;
  std::vector<Finding> findings;
  llvm::StringSet<> seen;
  llvm::DenseSet<std::pair<uint64_t, uint64_t>> pairs;
  uint64_t count = 0;
};

} // namespace mhc::emulator

#endif // MHC_EMULATOR_CHECKS_FINDINGS_H
