//===- CounterReport.h - Counters for programs and readers ------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MHC_EMULATOR_COUNTERS_COUNTERREPORT_H
#define MHC_EMULATOR_COUNTERS_COUNTERREPORT_H

#include "Counters/Counters.h"

#include "llvm/ADT/ArrayRef.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/raw_ostream.h"

#include <map>
#include <string>
#include <vector>

namespace mhc::emulator {

/// The counters of all launches of a kernel, its buffers by name.
struct KernelCounters {
  std::string name;
  Counters counters;
  std::map<std::string, BufferTraffic> buffers;
};

/// Adds up launches by kernel.
class CounterReport {
public:
  CounterReport(uint64_t l2Bytes, bool flushL2)
      : l2Bytes(l2Bytes), flushL2(flushL2) {}

  /// Adds a launch, or several. `getBufferName` names a buffer by its number;
  /// buffers of one name are added up, and what belongs to none is "unknown".
  void add(llvm::StringRef kernel, const Counters &counters,
           llvm::function_ref<std::string(uint32_t)> getBufferName);

  /// The kernels in the order of their first launch.
  llvm::ArrayRef<KernelCounters> getKernels() const { return kernels; }
  /// Null if it was never launched.
  const KernelCounters *lookup(llvm::StringRef kernel) const;
  KernelCounters getSum() const;

  /// {"version": 1, "l2": {...}, "kernels": [{"name": ..., "global_reads":
  /// {"requests": ..., ...}, ...}], "sum": {...}}. All numbers are integers
  /// but sectors_per_request, which is there if there are requests.
  llvm::json::Value toJSON() const;

  /// Two tables: a column for each kernel, with the lines that have a number
  /// other than 0; and the bytes by kernel and buffer.
  void print(llvm::raw_ostream &os) const;

private:
  std::vector<KernelCounters> kernels;
  uint64_t l2Bytes;
  bool flushL2;
};

} // namespace mhc::emulator

#endif // MHC_EMULATOR_COUNTERS_COUNTERREPORT_H
