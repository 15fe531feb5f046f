//===- RuntimeChecks.h - The checks of libmhcrt -----------------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MHC_TEST_UNIT_RUNTIME_RUNTIMECHECKS_H
#define MHC_TEST_UNIT_RUNTIME_RUNTIMECHECKS_H

#include "../Support/Check.h"

#include "mhc/Runtime/mhcrt.h"

namespace mhc::test {

/// The libraries that stand for the driver.
struct Drivers {
  std::string recording, old;
  /// Functions of the recording driver.
  const char *(*takeRecord)();
  int (*pushContext)(void *);
  int (*popContext)(void **);
};

/// A module out of the text of a manifest's kernels and programs, on the
/// recording driver. The manifest has one file of PTX, of one byte.
class TestModule {
public:
  TestModule(const Drivers &drivers, llvm::StringRef kernels,
             llvm::StringRef programs, llvm::StringRef chip = "sm_90a");
  ~TestModule();

  mhcrt_device *device = nullptr;
  mhcrt_module *module = nullptr;
  /// The first program, if the module was loaded.
  const mhcrt_program *program = nullptr;
  mhcrt_status status = MHCRT_SUCCESS;
  mhcrt_error error = {};
};

/// Records that `status` and the message of `error` are the ones expected.
void expectStatus(Checks &checks, const llvm::Twine &what,
                  mhcrt_status expected, llvm::StringRef message,
                  mhcrt_status status, const mhcrt_error &error);

/// Sets a variable of the environment for as long as it lives.
class Environment {
public:
  Environment(const char *name, const std::string &value) : name(name) {
    setenv(name, value.c_str(), 1);
  }
  ~Environment() { unsetenv(name); }

private:
  const char *name;
};

void checkFormulas(Checks &checks, const Drivers &drivers);
void checkDevices(Checks &checks, const Drivers &drivers);
void checkLoading(Checks &checks, const Drivers &drivers);
void checkLaunches(Checks &checks, const Drivers &drivers);
void checkPointers(Checks &checks, const Drivers &drivers);

} // namespace mhc::test

/// In Header.c.
extern "C" int mhcrtCheckHeaderInC(void);

#endif // MHC_TEST_UNIT_RUNTIME_RUNTIMECHECKS_H
