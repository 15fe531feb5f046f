//===- Module.cpp - A loaded manifest -------------------------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Module.h"

#include "Failure.h"
#include "Images.h"

#include <algorithm>

using namespace mhcrt;

//===----------------------------------------------------------------------===//
// Chips
//===----------------------------------------------------------------------===//

/// Whether code for `chip` runs on a device. Machine code runs on later chips
/// of its major version, PTX on all later ones; what is specific to a chip (a)
/// nowhere else, or to a family (f) on its later ones.
static bool runsOn(const Chip &chip, FileKind kind, int major, int minor) {
  bool isLater =
      major > chip.major || (major == chip.major && minor >= chip.minor);
  switch (chip.suffix) {
  case 'a':
    return major == chip.major && minor == chip.minor;
  case 'f':
    return major == chip.major && minor >= chip.minor;
  default:
    return isLater && (kind != FileKind::Cubin || major == chip.major);
  }
}

static void checkChip(const Manifest &manifest, mhcrt_device &device,
                      const std::string &place) {
  int major = device.getAttribute(kCapabilityMajor);
  int minor = device.getAttribute(kCapabilityMinor);
  int mostShared = device.getAttribute(kMostSharedBytes);
  for (const Kernel &kernel : manifest.kernels) {
    const File &file = manifest.files[kernel.file];
    if (!runsOn(manifest.chip, file.kind, major, minor))
      fail(MHCRT_WRONG_CHIP,
           place + file.name + ": expected a device that runs code for " +
               manifest.chip.name + ", got one of compute capability " +
               std::to_string(major) + "." + std::to_string(minor));
    if (kernel.sharedBytes > static_cast<uint32_t>(mostShared))
      fail(MHCRT_WRONG_CHIP,
           "expected a device with " + std::to_string(kernel.sharedBytes) +
               " bytes of shared memory in a CTA for '" + kernel.symbol +
               "', got one with " + std::to_string(mostShared));
  }
}

//===----------------------------------------------------------------------===//
// Loading
//===----------------------------------------------------------------------===//

mhcrt_module::mhcrt_module(mhcrt_device *given, Manifest parsed,
                           const FileReader &read, const std::string &place)
    : manifest(std::move(parsed)), device(given) {
  checkChip(manifest, *device, place);
  std::vector<std::string> contents;
  for (const File &file : manifest.files) {
    contents.push_back(read(file.name));
    checkImage(file, contents.back(), place + file.name);
  }
  try {
    load(contents, place);
  } catch (...) {
    unload();
    throw;
  }
}

mhcrt_module::~mhcrt_module() { unload(); }

void mhcrt_module::unload() {
  try {
    CurrentContext current(device->driver, device->context);
    for (void *module : modules)
      device->driver.unloadModule(module);
    for (DeviceAddress address : memory)
      device->driver.free(address);
  } catch (const Failure &) {
  }
}

void mhcrt_module::load(const std::vector<std::string> &contents,
                        const std::string &place) {
  const Driver &driver = device->driver;
  CurrentContext current(driver, device->context);

  std::vector<void *> images;
  for (size_t i = 0; i < contents.size(); ++i) {
    images.push_back(nullptr);
    const File &file = manifest.files[i];
    if (file.kind == FileKind::Data)
      continue;
    std::string image = prepareImage(file, contents[i]);
    // What ptxas says of PTX that it cannot compile.
    char log[512] = "";
    int options[] = {kErrorLog, kErrorLogBytes};
    void *values[] = {log, reinterpret_cast<void *>(sizeof log - 1)};
    modules.reserve(modules.size() + 1);
    int result =
        driver.loadModule(&images.back(), image.data(), 2, options, values);
    std::string what = "loading " + place + file.name;
    if (result != kDriverSuccess && log[0])
      what += ": " + std::string(log);
    driver.check(result, what);
    modules.push_back(images.back());
  }

  functions.resize(manifest.kernels.size());
  kernels.resize(manifest.kernels.size());
  for (size_t i = 0; i < manifest.kernels.size(); ++i)
    loadKernel(i, images, place);

  for (const ProgramInfo &info : manifest.programs) {
    mhcrt_program &program = programs.emplace_back();
    program.module = this;
    program.info = &info;
    for (const Constant &constant : info.constants) {
      DeviceAddress address = 0;
      if (constant.bytes) {
        memory.reserve(memory.size() + 1);
        std::string what = "copying the constants of '" + info.name + "'";
        driver.check(driver.allocate(&address, constant.bytes), what);
        memory.push_back(address);
        driver.check(driver.copyToDevice(address,
                                         contents[constant.file].data() +
                                             constant.offset,
                                         constant.bytes, nullptr),
                     what);
        driver.check(driver.synchronize(nullptr), what);
      }
      program.constants.push_back(address);
    }
  }
}

void mhcrt_module::loadKernel(size_t index, const std::vector<void *> &images,
                              const std::string &place) {
  const Driver &driver = device->driver;
  const Kernel &kernel = manifest.kernels[index];
  void *&function = functions[index];
  std::string what = place + manifest.files[kernel.file].name + ": kernel '" +
                     kernel.symbol + "'";
  driver.check(
      driver.getFunction(&function, images[kernel.file], kernel.symbol.c_str()),
      what);
  // The driver would put off the transfer of the code until the first launch,
  // where it may not synchronise.
  if (driver.loadFunction)
    driver.check(driver.loadFunction(function), what);
  constexpr uint32_t alwaysAllowedShared = 48 << 10;
  if (kernel.sharedBytes > alwaysAllowedShared)
    driver.check(
        driver.setFunctionAttribute(function, kDynamicSharedBytes,
                                    static_cast<int>(kernel.sharedBytes)),
        what + ", of " + std::to_string(kernel.sharedBytes) +
            " bytes of shared memory");
  constexpr uint32_t portableCluster = 8;
  uint32_t cluster = kernel.cluster[0] * kernel.cluster[1] * kernel.cluster[2];
  if (cluster > portableCluster)
    driver.check(driver.setFunctionAttribute(function, kNonPortableCluster, 1),
                 what + ", of clusters of " + std::to_string(cluster));

  mhcrt_kernel_info &info = kernels[index];
  info.symbol = kernel.symbol.c_str();
  info.label = kernel.label.c_str();
  std::copy(kernel.block.begin(), kernel.block.end(), info.block);
  std::copy(kernel.cluster.begin(), kernel.cluster.end(), info.cluster);
  info.shared_bytes = kernel.sharedBytes;
  auto ask = [&](int attribute) {
    int value = -1;
    int result = driver.getFunctionAttribute(&value, attribute, function);
    return result == kDriverSuccess ? value : -1;
  };
  info.registers = ask(kRegisters);
  info.local_bytes = ask(kLocalBytes);
}

//===----------------------------------------------------------------------===//
// The C interface
//===----------------------------------------------------------------------===//

mhcrt_status mhcrt_load(mhcrt_device *device, const char *path,
                        mhcrt_module **module, mhcrt_error *error) {
  return guarded(error, [&] {
    expectObject(path, "a path");
    expectObject(module, "a place for the module");
    *module = nullptr;
    std::string file = findManifest(path);
    Manifest manifest = parseManifest(readWholeFile(file), file);
    size_t slash = file.rfind('/');
    std::string folder =
        slash == std::string::npos ? "" : file.substr(0, slash + 1);
    *module = new mhcrt_module(
        device, std::move(manifest),
        [&](const std::string &name) { return readWholeFile(folder + name); },
        folder);
  });
}

mhcrt_status mhcrt_load_memory(mhcrt_device *device, const char *manifest,
                               size_t manifestBytes, const mhcrt_image *images,
                               uint32_t numImages, mhcrt_module **module,
                               mhcrt_error *error) {
  return guarded(error, [&] {
    expectObject(manifest, "a manifest");
    expectObject(module, "a place for the module");
    *module = nullptr;
    if (numImages)
      expectObject(images, "images");
    auto read = [&](const std::string &name) -> std::string {
      for (uint32_t i = 0; i < numImages; ++i)
        if (images[i].name && name == images[i].name)
          return std::string(static_cast<const char *>(images[i].data),
                             images[i].bytes);
      fail(MHCRT_MISSING_FILE, name + ": expected an image of this name, got "
                                      "none");
    };
    *module = new mhcrt_module(
        device, parseManifest({manifest, manifestBytes}, "manifest"), read, "");
  });
}

void mhcrt_unload(mhcrt_module *module) { delete module; }

mhcrt_device *mhcrt_get_device(const mhcrt_module *module) {
  return module ? &*module->device : nullptr;
}

uint32_t mhcrt_get_num_programs(const mhcrt_module *module) {
  return module ? static_cast<uint32_t>(module->programs.size()) : 0;
}

const mhcrt_program *mhcrt_get_program(const mhcrt_module *module,
                                       uint32_t index) {
  return index < mhcrt_get_num_programs(module) ? &module->programs[index]
                                                : nullptr;
}

mhcrt_status mhcrt_find_program(const mhcrt_module *module, const char *name,
                                const mhcrt_program **program,
                                mhcrt_error *error) {
  return guarded(error, [&] {
    expectObject(module, "a module");
    expectObject(program, "a place for the program");
    *program = nullptr;
    std::string names;
    for (const mhcrt_program &candidate : module->programs) {
      if (name ? candidate.info->name == name : module->programs.size() == 1) {
        *program = &candidate;
        return;
      }
      names += (names.empty() ? "" : ", ") + candidate.info->name;
    }
    fail(MHCRT_UNKNOWN_PROGRAM,
         names.empty() ? "expected a program in the module, got none"
                       : "expected one of the programs " + names + ", got " +
                             (name ? name : "no name"));
  });
}

uint32_t mhcrt_get_num_kernels(const mhcrt_module *module) {
  return module ? static_cast<uint32_t>(module->kernels.size()) : 0;
}

mhcrt_status mhcrt_get_kernel_info(const mhcrt_module *module, uint32_t index,
                                   mhcrt_kernel_info *info,
                                   mhcrt_error *error) {
  return guarded(error, [&] {
    expectObject(module, "a module");
    expectObject(info, "a place for the information");
    if (index >= module->kernels.size())
      fail(MHCRT_INVALID_USE, "expected a kernel below " +
                                  std::to_string(module->kernels.size()) +
                                  ", got " + std::to_string(index));
    *info = module->kernels[index];
  });
}
