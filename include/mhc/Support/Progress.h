//===- Progress.h - The stage of a long run, on a terminal ---- -*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MHC_SUPPORT_PROGRESS_H
#define MHC_SUPPORT_PROGRESS_H

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/raw_ostream.h"

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

namespace mhc {

/// Shows the stage of a long run as one line that is rewritten in place, such
/// as `mhc-run: compiling (3 s)` or `mhc-run: running, 3 of 10 runs (7 s)`. The
/// line appears when a stage has lasted `delay`, and is cleared when it ends.
/// Nothing is ever written unless standard error is a terminal. The members may
/// be called from any thread. End the stage (or destroy the object) before
/// writing something else to the terminal.
class Progress {
public:
  using Milliseconds = std::chrono::milliseconds;

  /// Shows stages on standard error, if that is a terminal that can rewrite a
  /// line. `tool` is the first word of the line.
  explicit Progress(llvm::StringRef tool);

  /// Shows stages on `os` if `enabled`. Until this object is destroyed, `os` is
  /// written to by a thread of its own while a stage is under way. A line takes
  /// at most `columns` columns; 0 means no limit.
  Progress(llvm::StringRef tool, llvm::raw_ostream &os, bool enabled,
           unsigned columns = 0, Milliseconds delay = Milliseconds(500));

  Progress(const Progress &) = delete;
  Progress &operator=(const Progress &) = delete;

  /// Ends the stage that is under way.
  ~Progress();

  /// Starts a stage, ending the one before. If `total` is not 0, the line tells
  /// how many of `total` things of the name `unit` are done.
  void start(llvm::StringRef stage, uint64_t total = 0,
             llvm::StringRef unit = "runs");

  /// Sets how many of the stage's things are done.
  void setDone(uint64_t done);

  /// Ends the stage that is under way, if any, and clears its line.
  void finish();

private:
  void loop();
  void draw();
  void clear();

  const std::string tool;
  std::unique_ptr<llvm::raw_ostream> ownStream;
  llvm::raw_ostream *os = nullptr;
  bool enabled;
  unsigned columns;
  Milliseconds delay;

  std::mutex mutex;
  std::condition_variable changed;
  // All below is guarded by `mutex`.
  std::string stage;
  std::string unit;
  std::chrono::steady_clock::time_point began;
  uint64_t total = 0;
  uint64_t done = 0;
  bool active = false;
  bool shown = false;
  bool stopping = false;
  std::thread thread;
};

} // namespace mhc

#endif // MHC_SUPPORT_PROGRESS_H
