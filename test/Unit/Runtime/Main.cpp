//===- Main.cpp - Runs the checks of libmhcrt -----------------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "RuntimeChecks.h"

#include "llvm/Support/xxhash.h"

#include <dlfcn.h>

using namespace mhc::test;

TestModule::TestModule(const Drivers &drivers, llvm::StringRef kernels,
                       llvm::StringRef programs, llvm::StringRef chip) {
  static const char code[] = "p";
  std::string text;
  llvm::raw_string_ostream(text)
      << "{\"version\": 1, \"chip\": \"" << chip
      << "\", \"files\": [{\"name\": \"code.ptx\", \"kind\": \"ptx\", "
         "\"bytes\": 1, \"hash\": \""
      << llvm::format("%016llx", static_cast<unsigned long long>(
                                     llvm::xxHash64(llvm::StringRef("p"))))
      << "\"}], \"kernels\": [" << kernels << "], \"programs\": [" << programs
      << "]}";
  status = mhcrt_open_device(drivers.recording.c_str(), 0, &device, &error);
  if (status)
    return;
  mhcrt_image image = {"code.ptx", code, 1};
  status = mhcrt_load_memory(device, text.data(), text.size(), &image, 1,
                             &module, &error);
  program = mhcrt_get_program(module, 0);
}

TestModule::~TestModule() {
  mhcrt_unload(module);
  mhcrt_close_device(device);
}

void mhc::test::expectStatus(Checks &checks, const llvm::Twine &what,
                             mhcrt_status expected, llvm::StringRef message,
                             mhcrt_status status, const mhcrt_error &error) {
  checks.equal(what + ": status", llvm::StringRef(mhcrt_status_name(expected)),
               llvm::StringRef(mhcrt_status_name(status)));
  checks.equal(what + ": message", message, llvm::StringRef(error.message));
  checks.equal(what + ": status of the error", int(status), int(error.status));
}

int main(int argc, char **argv) {
  if (argc != 3) {
    llvm::errs() << "usage: mhc-runtime-tests RECORDING-DRIVER OLD-DRIVER\n";
    return 2;
  }
  Drivers drivers{argv[1], argv[2], nullptr, nullptr, nullptr};
  void *library = dlopen(argv[1], RTLD_NOW);
  if (!library) {
    llvm::errs() << dlerror() << '\n';
    return 2;
  }
  drivers.takeRecord =
      reinterpret_cast<const char *(*)()>(dlsym(library, "takeRecord"));
  drivers.pushContext =
      reinterpret_cast<int (*)(void *)>(dlsym(library, "cuCtxPushCurrent_v2"));
  drivers.popContext =
      reinterpret_cast<int (*)(void **)>(dlsym(library, "cuCtxPopCurrent_v2"));
  Checks checks("");
  checks.run("header-in-c",
             [&] { checks.isTrue("a call", mhcrtCheckHeaderInC()); });
  checkDevices(checks, drivers);
  checkLoading(checks, drivers);
  checkFormulas(checks, drivers);
  checkLaunches(checks, drivers);
  checkPointers(checks, drivers);
  return checks.anyFailed() ? 1 : 0;
}
