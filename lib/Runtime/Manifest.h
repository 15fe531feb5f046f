//===- Manifest.h - What a kernels.json says --------------------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// docs/Runtime.md describes the format.
//
//===----------------------------------------------------------------------===//

#ifndef MHC_LIB_RUNTIME_MANIFEST_H
#define MHC_LIB_RUNTIME_MANIFEST_H

#include "Expression.h"
#include "mhc/Runtime/mhcrt.h"

#include <array>
#include <string>
#include <string_view>
#include <vector>

namespace mhcrt {

/// The most parameters of a kernel, and tensors of a program: a launch keeps
/// its numbers on the stack.
constexpr uint32_t kMaxParameters = 512;
constexpr uint32_t kMaxTensors = 8192;

enum class FileKind { Cubin, PTX, Bitcode, Data };

struct File {
  std::string name;
  FileKind kind;
  uint64_t bytes;
  uint64_t hash;
};

struct Kernel {
  std::string symbol, label;
  uint32_t file;
  std::array<uint32_t, 3> block, cluster;
  uint32_t sharedBytes;
};

struct Tensor {
  std::string name;
  mhcrt_type type;
  std::vector<Expression> shape;
  /// Of an argument: the results that may be its memory.
  std::vector<uint32_t> mayAlias;
};

struct Constant {
  uint32_t file;
  uint64_t offset, bytes;
};

enum class Space { Argument, Result, Workspace, Constant };

/// A place in a buffer.
struct Place {
  Space space = Space::Workspace;
  uint32_t index = 0;
  Expression offset;
};

/// A parameter of a kernel: an address, a number, or a formula converted to
/// `type`.
struct Parameter {
  enum Kind { Buffer, Formula, Number } kind;
  Place place;
  Expression value;
  mhcrt_type type = MHCRT_I64;
  /// The bits of a Number.
  uint64_t bits = 0;
};

struct Step {
  enum Kind { Launch, Fill, Copy, Check } kind;
  /// Its place in the manifest, for messages.
  std::string where;
  bool prepare = false;
  Expression when{1};

  // Launch
  uint32_t kernel = 0;
  bool early = false;
  std::array<Expression, 3> grid;
  std::vector<Parameter> parameters;

  // Fill (to, value, bytes), Copy (from, to, bytes)
  Place from, to;
  Expression bytes;
  uint8_t value = 0;

  // Check
  Expression condition;
  std::string message;
};

struct ProgramInfo {
  std::string name;
  std::vector<std::string> sizes;
  std::vector<Tensor> arguments, results;
  Expression workspace;
  std::vector<Constant> constants;
  std::vector<Step> steps;
};

/// sm_90a is 9, 0, 'a'.
struct Chip {
  std::string name;
  int major = 0, minor = 0;
  char suffix = 0;
};

struct Manifest {
  Chip chip;
  std::vector<File> files;
  std::vector<Kernel> kernels;
  std::vector<ProgramInfo> programs;
};

/// Reads a manifest. Fails with MHCRT_MALFORMED_MANIFEST or
/// MHCRT_WRONG_VERSION; messages begin with `name`.
Manifest parseManifest(std::string_view text, const std::string &name);

} // namespace mhcrt

#endif // MHC_LIB_RUNTIME_MANIFEST_H
