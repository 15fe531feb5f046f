//===- Module.h - A loaded manifest -----------------------------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MHC_LIB_RUNTIME_MODULE_H
#define MHC_LIB_RUNTIME_MODULE_H

#include "Device.h"
#include "Manifest.h"

#include <functional>

struct mhcrt_program {
  const mhcrt_module *module;
  const mhcrt::ProgramInfo *info;
  /// Device addresses of the constants.
  std::vector<mhcrt::DeviceAddress> constants;
};

struct mhcrt_module {
  /// Reads the files by their names in the manifest.
  using FileReader = std::function<std::string(const std::string &)>;

  /// `place` is put before the names of files in messages.
  mhcrt_module(mhcrt_device *device, mhcrt::Manifest manifest,
               const FileReader &read, const std::string &place);
  ~mhcrt_module();

  mhcrt::Manifest manifest;
  mhcrt::DeviceReference device;
  std::vector<mhcrt_program> programs;
  /// One for each of the manifest's kernels.
  std::vector<void *> functions;
  std::vector<mhcrt_kernel_info> kernels;

private:
  void load(const std::vector<std::string> &contents, const std::string &place);
  void loadKernel(size_t index, const std::vector<void *> &images,
                  const std::string &place);
  /// Frees what the driver holds for the module.
  void unload();

  std::vector<void *> modules;
  std::vector<mhcrt::DeviceAddress> memory;
};

#endif // MHC_LIB_RUNTIME_MODULE_H
