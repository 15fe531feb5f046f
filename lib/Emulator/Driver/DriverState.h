//===- DriverState.h - The emulator as a CUDA device ------------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// One emulated GPU for the process, in front of it the functions of the CUDA
// driver (EmulatorDriver.cpp). docs/Runtime.md lists the environment variables.
//
//===----------------------------------------------------------------------===//

#ifndef MHC_LIB_EMULATOR_DRIVER_DRIVERSTATE_H
#define MHC_LIB_EMULATOR_DRIVER_DRIVERSTATE_H

#include "mhc/Emulator/Emulator.h"

#include "llvm/ADT/StringMap.h"

#include <chrono>
#include <map>
#include <mutex>

namespace mhc::emulator {

/// A CUresult.
enum Result : int {
  kSuccess = 0,
  kInvalidValue = 1,
  kOutOfMemory = 2,
  kNotInitialized = 3,
  kInvalidDevice = 101,
  kInvalidImage = 200,
  kInvalidContext = 201,
  kNoBinaryForGpu = 209,
  kNotFound = 500,
  kLaunchFailed = 719,
  kNotSupported = 801,
};

/// A CUfunction.
struct DriverFunction {
  std::string module, name;
  size_t numParameters;
  /// What cuFuncSetAttribute allows beyond what is always allowed.
  uint32_t mostDynamicShared = 48u << 10;
  bool allowsLargeClusters = false;
};

/// A CUmodule.
struct DriverModule {
  llvm::StringMap<DriverFunction> functions;
};

/// A CUevent.
struct DriverEvent {
  std::chrono::steady_clock::time_point time;
  bool recorded = false;
};

/// The GPU. The members are guarded by `mutex`, which callers hold.
class DriverState {
public:
  static DriverState &get();

  /// Reads the environment and makes the emulator.
  Result initialise();
  bool isInitialised() const { return emulator != nullptr; }

  /// Keeps `message` as the text of `result` and returns it.
  Result fail(Result result, const llvm::Twine &message);
  /// The text of a result: that of its latest failure, where there is one.
  const char *describe(int result);

  /// LLVM bitcode in LLVM's wrapper, which has its size, or the text of LLVM
  /// IR up to a NUL.
  Result loadModule(const char *image, DriverModule *&module);
  Result launch(DriverFunction &function, const LaunchConfig &config,
                void **parameters);

  Result allocate(uint64_t bytes, llvm::StringRef name, void *&memory);
  Result release(void *memory);
  Result copyToDevice(void *target, const void *source, uint64_t bytes);
  Result copyToHost(void *target, const void *source, uint64_t bytes);
  Result copyOnDevice(void *target, const void *source, uint64_t bytes);
  Result fill(void *target, uint8_t value, uint64_t bytes);

  /// A failure if there has been a finding.
  Result checkFindings();
  /// An attribute of the device, or of the chip.
  Result getAttribute(int attribute, int &value);

  std::mutex mutex;
  std::string chip = "sm_90a";
  int major = 9, minor = 0;

private:
  llvm::Error readEnvironment(EmulatorOptions &options);
  Result checkDeviceRange(const void *address, uint64_t bytes,
                          llvm::StringRef what);
  /// The name of the buffer that holds the address.
  std::string getName(const void *address);
  void writeCounters();

  std::unique_ptr<Emulator> emulator;
  uint64_t l2Bytes = 0;
  unsigned numModules = 0, numBuffers = 0;
  std::map<uint64_t, std::string> buffers;
  std::map<int, std::string> messages;
  std::string countersFile;
};

} // namespace mhc::emulator

#endif // MHC_LIB_EMULATOR_DRIVER_DRIVERSTATE_H
