//===- Options.h - The command line of mhcrt-run ----------------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef TOOLS_MHCRT_RUN_OPTIONS_H
#define TOOLS_MHCRT_RUN_OPTIONS_H

#include "mhc/Support/ArgumentSpec.h"

#include <string>
#include <vector>

/// What the command line says.
struct Options {
  std::string manifest;
  /// The program to run; empty for the only one.
  std::string program;
  std::vector<mhc::ArgumentSpec> arguments;
  std::string outputFolder;
  /// The driver's library; empty for that of the environment.
  std::string driver;
  /// The driver's number of the GPU, or -1.
  int ordinal = -1;
  unsigned repeat = 1;
  bool time = false;
  bool prepareOnce = false;
  uint64_t flushBytes = 0;
  bool list = false;
};

/// Reads the command line. Prints what is wrong, and returns false, if it is
/// not one of mhcrt-run's. --help and --version end the process.
bool parseOptions(int argc, char **argv, Options &options);

#endif // TOOLS_MHCRT_RUN_OPTIONS_H
