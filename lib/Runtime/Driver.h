//===- Driver.h - The CUDA driver, loaded at run time -----------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The functions of the CUDA driver that are used, and as much of its ABI as
// they need: the project builds without a CUDA toolkit.
//
//===----------------------------------------------------------------------===//

#ifndef MHC_LIB_RUNTIME_DRIVER_H
#define MHC_LIB_RUNTIME_DRIVER_H

#include <cstddef>
#include <cstdint>
#include <string>

namespace mhcrt {

using DeviceAddress = unsigned long long;
using Stream = void *;

/// A CUresult of the driver.
enum DriverResult : int {
  kDriverSuccess = 0,
  kDriverOutOfMemory = 2,
  kDriverStubLibrary = 34,
  kDriverNoDevice = 100,
};

/// CUdevice_attribute, CUfunction_attribute, CUjit_option, CUlaunchAttributeID.
enum : int {
  kMultiprocessors = 16,
  kCapabilityMajor = 75,
  kCapabilityMinor = 76,
  kMostSharedBytes = 97,

  kLocalBytes = 3,
  kRegisters = 4,
  kDynamicSharedBytes = 8,
  kNonPortableCluster = 14,

  kErrorLog = 5,
  kErrorLogBytes = 6,

  kClusterDimension = 4,
  kEarlyLaunch = 6,
};

/// CUlaunchAttribute
struct LaunchAttribute {
  int id;
  int padding;
  union {
    char size[64];
    unsigned cluster[3];
    int early;
  };
};

/// CUlaunchConfig
struct LaunchConfig {
  unsigned grid[3];
  unsigned block[3];
  unsigned sharedBytes;
  Stream stream;
  LaunchAttribute *attributes;
  unsigned numAttributes;
};

/// The functions: member, symbol, parameters. OPTIONAL ones may be null.
#define MHCRT_DRIVER_FUNCTIONS(REQUIRED, OPTIONAL)                             \
  REQUIRED(init, "cuInit", (unsigned))                                         \
  REQUIRED(getVersion, "cuDriverGetVersion", (int *))                          \
  REQUIRED(getErrorName, "cuGetErrorName", (int, const char **))               \
  REQUIRED(getErrorString, "cuGetErrorString", (int, const char **))           \
  REQUIRED(getDeviceCount, "cuDeviceGetCount", (int *))                        \
  REQUIRED(getDevice, "cuDeviceGet", (int *, int))                             \
  REQUIRED(getDeviceName, "cuDeviceGetName", (char *, int, int))               \
  REQUIRED(getAttribute, "cuDeviceGetAttribute", (int *, int, int))            \
  REQUIRED(retainContext, "cuDevicePrimaryCtxRetain", (void **, int))          \
  REQUIRED(releaseContext, "cuDevicePrimaryCtxRelease_v2", (int))              \
  REQUIRED(getContext, "cuCtxGetCurrent", (void **))                           \
  REQUIRED(getContextDevice, "cuCtxGetDevice", (int *))                        \
  REQUIRED(pushContext, "cuCtxPushCurrent_v2", (void *))                       \
  REQUIRED(popContext, "cuCtxPopCurrent_v2", (void **))                        \
  REQUIRED(getPriorities, "cuCtxGetStreamPriorityRange", (int *, int *))       \
  REQUIRED(loadModule, "cuModuleLoadDataEx",                                   \
           (void **, const void *, unsigned, int *, void **))                  \
  REQUIRED(unloadModule, "cuModuleUnload", (void *))                           \
  REQUIRED(getFunction, "cuModuleGetFunction",                                 \
           (void **, void *, const char *))                                    \
  OPTIONAL(loadFunction, "cuFuncLoad", (void *))                               \
  REQUIRED(getFunctionAttribute, "cuFuncGetAttribute", (int *, int, void *))   \
  REQUIRED(setFunctionAttribute, "cuFuncSetAttribute", (void *, int, int))     \
  REQUIRED(launch, "cuLaunchKernelEx",                                         \
           (const LaunchConfig *, void *, void **, void **))                   \
  REQUIRED(allocate, "cuMemAlloc_v2", (DeviceAddress *, size_t))               \
  OPTIONAL(allocateNamed, "mhcEmulatorMemAlloc",                               \
           (DeviceAddress *, size_t, const char *))                            \
  REQUIRED(free, "cuMemFree_v2", (DeviceAddress))                              \
  REQUIRED(copyToDevice, "cuMemcpyHtoDAsync_v2",                               \
           (DeviceAddress, const void *, size_t, Stream))                      \
  REQUIRED(copyToHost, "cuMemcpyDtoHAsync_v2",                                 \
           (void *, DeviceAddress, size_t, Stream))                            \
  REQUIRED(copy, "cuMemcpyDtoDAsync_v2",                                       \
           (DeviceAddress, DeviceAddress, size_t, Stream))                     \
  REQUIRED(fill, "cuMemsetD8Async",                                            \
           (DeviceAddress, unsigned char, size_t, Stream))                     \
  REQUIRED(createStream, "cuStreamCreateWithPriority",                         \
           (Stream *, unsigned, int))                                          \
  REQUIRED(destroyStream, "cuStreamDestroy_v2", (Stream))                      \
  REQUIRED(synchronize, "cuStreamSynchronize", (Stream))                       \
  REQUIRED(waitEvent, "cuStreamWaitEvent", (Stream, void *, unsigned))         \
  REQUIRED(createEvent, "cuEventCreate", (void **, unsigned))                  \
  REQUIRED(recordEvent, "cuEventRecord", (void *, Stream))                     \
  REQUIRED(getElapsed, "cuEventElapsedTime", (float *, void *, void *))        \
  REQUIRED(destroyEvent, "cuEventDestroy_v2", (void *))

/// A loaded driver. It stays loaded until the process ends.
class Driver {
public:
  /// Loads the library `path`, or that of the environment if it is null. Fails
  /// with MHCRT_NO_DRIVER, MHCRT_DRIVER_TOO_OLD or MHCRT_NO_DEVICE.
  static const Driver &get(const char *path);

  /// Fails with what the driver says of `result` unless it is a success;
  /// `what` is what was being done.
  void check(int result, const std::string &what) const;
  /// "invalid argument (CUDA_ERROR_INVALID_VALUE)"
  std::string describe(int result) const;

#define MHCRT_MEMBER(name, symbol, parameters) int(*name) parameters = nullptr;
  MHCRT_DRIVER_FUNCTIONS(MHCRT_MEMBER, MHCRT_MEMBER)
#undef MHCRT_MEMBER

  std::string path;
  int version = 0;

private:
  void load();
};

/// Makes a context current for as long as this object lives.
class CurrentContext {
public:
  CurrentContext(const Driver &driver, void *context);
  ~CurrentContext();
  CurrentContext(const CurrentContext &) = delete;

private:
  const Driver &driver;
  bool pushed = false;
};

} // namespace mhcrt

#endif // MHC_LIB_RUNTIME_DRIVER_H
