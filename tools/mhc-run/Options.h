//===- Options.h - The command line of mhc-run ------------------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef TOOLS_MHC_RUN_OPTIONS_H
#define TOOLS_MHC_RUN_OPTIONS_H

#include "mhc/Emulator/Emulator.h"
#include "mhc/Support/ArgumentSpec.h"

#include <string>
#include <vector>

/// Where a program runs.
enum class Device {
  Reference, ///< The host, every number in f64.
  CPU,       ///< The host, in the types of the program.
  Emulator,  ///< The host, its kernels by the emulator.
  Cuda       ///< A GPU.
};

/// What --device emulator has options for.
struct EmulatorRunOptions {
  mhc::emulator::EmulatorOptions emulator;
  /// The orders that the program is run in, one after another.
  std::vector<mhc::emulator::Order> orders;
  std::string countersFile;
  std::string ptxFile;
};

/// What the command line says.
struct Options {
  std::string file;
  std::string entry;
  Device device = Device::CPU;
  std::vector<mhc::ArgumentSpec> arguments;
  std::string outputFolder;
  bool round = false;
  unsigned repeat = 1;
  bool time = false;
  bool memory = false;
  /// The chip that kernels are made for. Empty with --device cuda: that of the
  /// GPU.
  std::string chip;
  /// The form in which the driver gets them; empty: the best that there is.
  std::string kernelForm;
  EmulatorRunOptions emulator;
};

/// Reads the command line. Prints what is wrong, and returns false, if it is
/// not one of mhc-run's. --help and --version end the process.
bool parseOptions(int argc, char **argv, Options &options);

#endif // TOOLS_MHC_RUN_OPTIONS_H
