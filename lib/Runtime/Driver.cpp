//===- Driver.cpp - The CUDA driver, loaded at run time -------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Driver.h"

#include "Failure.h"

#include <cstdlib>
#include <dlfcn.h>
#include <map>
#include <memory>
#include <mutex>

using namespace mhcrt;

static_assert(sizeof(LaunchAttribute) == 72 && sizeof(LaunchConfig) == 56,
              "the layout of the driver's structs");

void Driver::load() {
  void *library = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (!library) {
    const char *reason = dlerror();
    fail(MHCRT_NO_DRIVER, "expected the CUDA driver, got no library '" + path +
                              "': " + (reason ? reason : "unknown reason"));
  }
  std::string missing;
#define MHCRT_REQUIRED(name, symbol, parameters)                               \
  name = reinterpret_cast<int(*) parameters>(dlsym(library, symbol));          \
  if (!name && missing.empty())                                                \
    missing = symbol;
#define MHCRT_OPTIONAL(name, symbol, parameters)                               \
  name = reinterpret_cast<int(*) parameters>(dlsym(library, symbol));
  MHCRT_DRIVER_FUNCTIONS(MHCRT_REQUIRED, MHCRT_OPTIONAL)
#undef MHCRT_REQUIRED
#undef MHCRT_OPTIONAL
  if (getVersion)
    getVersion(&version);
  if (!missing.empty())
    fail(MHCRT_DRIVER_TOO_OLD,
         "expected a driver of CUDA 11.8 or later, got '" + path + "' of " +
             (version ? "CUDA " + std::to_string(version / 1000) + "." +
                            std::to_string(version % 1000 / 10)
                      : "no known version") +
             " without " + missing);
  int result = init(0);
  if (result == kDriverNoDevice)
    fail(MHCRT_NO_DEVICE, "expected a GPU, got none: " + describe(result));
  if (result == kDriverStubLibrary)
    fail(MHCRT_NO_DRIVER, "expected the CUDA driver, got the stub '" + path +
                              "': " + describe(result));
  check(result, "starting the driver");
}

const Driver &Driver::get(const char *path) {
  if (!path)
    path = std::getenv("MHCRT_DRIVER");
  if (!path || !*path)
    path = "libcuda.so.1";
  static std::mutex mutex;
  // Never destroyed: streams and modules of the caller may outlive this
  // library's statics.
  static auto *drivers = new std::map<std::string, std::unique_ptr<Driver>>();
  std::lock_guard<std::mutex> lock(mutex);
  std::unique_ptr<Driver> &driver = (*drivers)[path];
  if (!driver) {
    auto loaded = std::make_unique<Driver>();
    loaded->path = path;
    loaded->load();
    driver = std::move(loaded);
  }
  return *driver;
}

std::string Driver::describe(int result) const {
  const char *text = nullptr, *name = nullptr;
  getErrorString(result, &text);
  getErrorName(result, &name);
  return std::string(text ? text : "unknown error") + " (" +
         (name ? name : std::to_string(result).c_str()) + ")";
}

void Driver::check(int result, const std::string &what) const {
  if (result != kDriverSuccess)
    throw Failure(result == kDriverOutOfMemory ? MHCRT_OUT_OF_DEVICE_MEMORY
                                               : MHCRT_DRIVER_ERROR,
                  what + ": " + describe(result), result);
}

CurrentContext::CurrentContext(const Driver &driver, void *context)
    : driver(driver) {
  void *current = nullptr;
  if (driver.getContext(&current) == kDriverSuccess && current == context)
    return;
  driver.check(driver.pushContext(context), "making the context current");
  pushed = true;
}

CurrentContext::~CurrentContext() {
  void *context = nullptr;
  if (pushed)
    driver.popContext(&context);
}
