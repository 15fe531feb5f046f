//===- Options.h - The command line of mhc-compile --------------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef TOOLS_MHC_COMPILE_OPTIONS_H
#define TOOLS_MHC_COMPILE_OPTIONS_H

#include "ConnectionModel.h"

#include <optional>
#include <string>

/// What is written.
struct EmitSet {
  bool mlir = false, llvm = false, bitcode = false, ptx = false, cubin = false,
       object = false, header = false, manifest = false;

  bool any() const {
    return mlir || llvm || bitcode || ptx || cubin || object || header ||
           manifest;
  }
};

/// What the command line says.
struct Options {
  /// Empty with `connection`.
  std::string file;
  std::optional<ConnectionModel> connection;
  std::string chip;
  std::string features;
  EmitSet emit;
  std::string outputFolder;
  /// The name of the header, the object, and what they define.
  std::string name;
  std::string ptxas;
  std::string hostTriple;
  bool lines = false;
  std::string remarksFilter;
  bool time = false;
};

/// Reads the command line. Prints what is wrong, and returns false, if it is
/// not one of mhc-compile's. --help and --version end the process.
bool parseOptions(int argc, char **argv, Options &options);

#endif // TOOLS_MHC_COMPILE_OPTIONS_H
