//===- options.h - The command line of a probe ------------------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef PROBE_DEVICE_OPTIONS_H
#define PROBE_DEVICE_OPTIONS_H

#include "runtime.h"

#include <chrono>

namespace probe {

/// What every probe is told. A wrong command line ends it with exit code 2.
///
///   --small            sizes that the host can emulate; the default there
///   --seconds N        stop measuring after so long, and say what was left out
///   --bandwidth N      bytes a second that a copy reads and writes, for shares
///   --hidden A,B,...   the widths to measure; a probe has its own default
///   --tokens A,B,...   the numbers of tokens to measure, likewise
///   --only TEXT        only what has TEXT in its name
struct Options {
  bool small = kEmulated;
  double seconds = 1e9;
  double bandwidth = NAN;
  std::vector<int> hidden, tokens;
  std::string only;

  Options(int count, char **arguments) {
    for (int i = 1; i < count; ++i) {
      const std::string key = arguments[i];
      if (key == "--small") {
        small = true;
        continue;
      }
      if (key != "--seconds" && key != "--bandwidth" && key != "--hidden" &&
          key != "--tokens" && key != "--only")
        fail("expected --small, --seconds, --bandwidth, --hidden, --tokens or "
             "--only, got " +
                 key,
             2);
      if (++i == count)
        fail("expected a value after " + key, 2);
      const std::string value = arguments[i];
      if (key == "--only")
        only = value;
      else if (key == "--seconds")
        seconds = number(key, value);
      else if (key == "--bandwidth")
        bandwidth = number(key, value);
      else
        (key == "--hidden" ? hidden : tokens) = integers(key, value);
    }
  }

  bool selects(const std::string &name) const {
    return name.find(only) != std::string::npos;
  }

  /// False when the time is over: then `what` is left out, and a record says
  /// so.
  bool hasTimeFor(const std::string &what) const {
    const std::chrono::duration<double> passed =
        std::chrono::steady_clock::now() - started;
    if (passed.count() <= seconds)
      return true;
    Record("left out").set("what", what).print();
    return false;
  }

private:
  static double number(const std::string &key, const std::string &text) {
    char *end = nullptr;
    const double value = std::strtod(text.c_str(), &end);
    if (text.empty() || *end)
      fail("expected a number after " + key + ", got '" + text + "'", 2);
    return value;
  }
  static std::vector<int> integers(const std::string &key,
                                   const std::string &text) {
    std::vector<int> values;
    for (size_t begin = 0; begin <= text.size();) {
      const size_t end = std::min(text.find(',', begin), text.size());
      const double value = number(key, text.substr(begin, end - begin));
      if (value < 0 || value > INT32_MAX || value != std::floor(value))
        fail("expected whole numbers after " + key + ", got '" + text + "'", 2);
      values.push_back(static_cast<int>(value));
      begin = end + 1;
    }
    return values;
  }

  std::chrono::steady_clock::time_point started =
      std::chrono::steady_clock::now();
};

} // namespace probe

#endif // PROBE_DEVICE_OPTIONS_H
