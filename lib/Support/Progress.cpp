//===- Progress.cpp - The stage of a long run, on a terminal --------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "mhc/Support/Progress.h"

#include "llvm/Support/Process.h"

#include <cstdlib>

using namespace llvm;

namespace mhc {

/// True if standard error is a terminal on which a line can be rewritten.
static bool canRewriteStandardError() {
  const char *terminal = std::getenv("TERM");
  return sys::Process::StandardErrIsDisplayed() && terminal &&
         StringRef(terminal) != "dumb";
}

Progress::Progress(StringRef tool)
    : tool(tool), enabled(canRewriteStandardError()),
      columns(sys::Process::StandardErrColumns()), delay(500) {
  if (!enabled)
    return;
  // llvm::errs() is not safe to use from a second thread.
  ownStream = std::make_unique<raw_fd_ostream>(2, /*shouldClose=*/false);
  os = ownStream.get();
}

Progress::Progress(StringRef tool, raw_ostream &os, bool enabled,
                   unsigned columns, Milliseconds delay)
    : tool(tool), os(&os), enabled(enabled), columns(columns), delay(delay) {}

Progress::~Progress() {
  finish();
  {
    std::lock_guard<std::mutex> lock(mutex);
    stopping = true;
  }
  changed.notify_all();
  if (thread.joinable())
    thread.join();
  // A terminal that has gone away is no reason to fail.
  if (ownStream)
    static_cast<raw_fd_ostream &>(*ownStream).clear_error();
}

void Progress::start(StringRef stage, uint64_t total, StringRef unit) {
  if (!enabled)
    return;
  std::lock_guard<std::mutex> lock(mutex);
  clear();
  this->stage = stage.str();
  this->unit = unit.str();
  this->total = total;
  done = 0;
  began = std::chrono::steady_clock::now();
  active = true;
  if (!thread.joinable())
    thread = std::thread([this] { loop(); });
  changed.notify_all();
}

void Progress::setDone(uint64_t done) {
  if (!enabled)
    return;
  std::lock_guard<std::mutex> lock(mutex);
  // The thread shows it at its next turn.
  this->done = done;
}

void Progress::finish() {
  if (!enabled)
    return;
  std::lock_guard<std::mutex> lock(mutex);
  clear();
  active = false;
  changed.notify_all();
}

void Progress::loop() {
  constexpr Milliseconds turn(200);
  std::unique_lock<std::mutex> lock(mutex);
  while (!stopping) {
    if (!active) {
      changed.wait(lock);
      continue;
    }
    const auto now = std::chrono::steady_clock::now();
    if (now - began < delay) {
      changed.wait_until(lock, began + delay);
      continue;
    }
    draw();
    changed.wait_for(lock, turn);
  }
}

void Progress::draw() {
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(
      std::chrono::steady_clock::now() - began);
  std::string line = tool + ": " + stage;
  raw_string_ostream text(line);
  if (total != 0)
    text << ", " << done << " of " << total << ' ' << unit;
  text << " (" << seconds.count() << " s)";
  // A line that wraps could not be rewritten. The last column is left free.
  if (columns > 1 && line.size() >= columns)
    line.resize(columns - 1);
  // The text is followed by the sequence that clears the rest of the line.
  *os << '\r' << line << "\x1b[K";
  os->flush();
  shown = true;
}

void Progress::clear() {
  if (!shown)
    return;
  *os << "\r\x1b[K";
  os->flush();
  shown = false;
}

} // namespace mhc
