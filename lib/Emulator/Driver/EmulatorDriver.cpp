//===- EmulatorDriver.cpp - The CUDA driver's functions, emulated ---------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// libmhc-emulator-driver.so: the part of the CUDA driver's interface that
// libmhcrt and scripts use, with one emulated GPU behind it. Everything has
// happened when a function returns, in the order of the calls, whatever their
// streams. What the emulator finds is printed, and fails the next function that
// waits.
//
//===----------------------------------------------------------------------===//

#include "DriverState.h"

#include <cstring>

using namespace mhc::emulator;
using DeviceAddress = unsigned long long;

static void *toPointer(DeviceAddress address) {
  return reinterpret_cast<void *>(static_cast<uintptr_t>(address));
}

/// The only context there is.
static int theContext;
/// The contexts that are current in a thread, the last one on top.
static thread_local llvm::SmallVector<void *> contexts;

/// Runs `body` on the state, which nobody else uses meanwhile.
template <typename Body> static int onDevice(Body &&body) {
  DriverState &state = DriverState::get();
  std::lock_guard<std::mutex> lock(state.mutex);
  if (!state.isInitialised())
    return kNotInitialized;
  return body(state);
}

/// As onDevice, for what a driver does in the current context alone.
template <typename Body> static int inContext(Body &&body) {
  if (contexts.empty() || !contexts.back())
    return kInvalidContext;
  return onDevice(body);
}

//===----------------------------------------------------------------------===//
// The structs of cuda.h
//===----------------------------------------------------------------------===//

namespace {
struct CUlaunchAttribute {
  int id;
  int padding;
  union {
    char bytes[64];
    unsigned cluster[3];
    int early;
  };
};

struct CUlaunchConfig {
  unsigned grid[3];
  unsigned block[3];
  unsigned sharedBytes;
  void *stream;
  CUlaunchAttribute *attributes;
  unsigned numAttributes;
};
} // namespace

extern "C" {
#define EXPORT __attribute__((visibility("default"))) int

//===----------------------------------------------------------------------===//
// Start, errors and devices
//===----------------------------------------------------------------------===//

EXPORT cuInit(unsigned) {
  DriverState &state = DriverState::get();
  std::lock_guard<std::mutex> lock(state.mutex);
  return state.initialise();
}

EXPORT cuDriverGetVersion(int *version) {
  *version = 13000;
  return kSuccess;
}

EXPORT cuGetErrorString(int error, const char **text) {
  DriverState &state = DriverState::get();
  std::lock_guard<std::mutex> lock(state.mutex);
  *text = state.describe(error);
  return *text ? kSuccess : kInvalidValue;
}

EXPORT cuGetErrorName(int error, const char **text) {
  switch (error) {
#define NAME(result, name)                                                     \
  case result:                                                                 \
    *text = name;                                                              \
    return kSuccess;
    NAME(kSuccess, "CUDA_SUCCESS")
    NAME(kInvalidValue, "CUDA_ERROR_INVALID_VALUE")
    NAME(kOutOfMemory, "CUDA_ERROR_OUT_OF_MEMORY")
    NAME(kNotInitialized, "CUDA_ERROR_NOT_INITIALIZED")
    NAME(kInvalidDevice, "CUDA_ERROR_INVALID_DEVICE")
    NAME(kInvalidImage, "CUDA_ERROR_INVALID_IMAGE")
    NAME(kInvalidContext, "CUDA_ERROR_INVALID_CONTEXT")
    NAME(kNoBinaryForGpu, "CUDA_ERROR_NO_BINARY_FOR_GPU")
    NAME(kNotFound, "CUDA_ERROR_NOT_FOUND")
    NAME(kLaunchFailed, "CUDA_ERROR_LAUNCH_FAILED")
    NAME(kNotSupported, "CUDA_ERROR_NOT_SUPPORTED")
#undef NAME
  default:
    *text = nullptr;
    return kInvalidValue;
  }
}

EXPORT cuDeviceGetCount(int *count) {
  return onDevice([&](DriverState &) {
    *count = 1;
    return kSuccess;
  });
}

EXPORT cuDeviceGet(int *device, int ordinal) {
  *device = ordinal;
  return ordinal == 0 ? kSuccess : kInvalidDevice;
}

EXPORT cuDeviceGetName(char *name, int bytes, int) {
  return onDevice([&](DriverState &state) {
    std::string text = "emulated " + state.chip;
    std::strncpy(name, text.c_str(), bytes - 1);
    name[bytes - 1] = '\0';
    return kSuccess;
  });
}

EXPORT cuDeviceGetAttribute(int *value, int attribute, int) {
  return onDevice([&](DriverState &state) {
    return state.getAttribute(attribute, *value);
  });
}

EXPORT cuDeviceTotalMem_v2(size_t *bytes, int) {
  *bytes = size_t{80} << 30;
  return kSuccess;
}

//===----------------------------------------------------------------------===//
// Contexts
//===----------------------------------------------------------------------===//

EXPORT cuDevicePrimaryCtxRetain(void **context, int) {
  return onDevice([&](DriverState &) {
    *context = &theContext;
    return kSuccess;
  });
}

EXPORT cuDevicePrimaryCtxRelease_v2(int) { return kSuccess; }

EXPORT cuCtxGetCurrent(void **context) {
  *context = contexts.empty() ? nullptr : contexts.back();
  return kSuccess;
}

EXPORT cuCtxSetCurrent(void *context) {
  if (contexts.empty())
    contexts.push_back(context);
  else
    contexts.back() = context;
  return kSuccess;
}

EXPORT cuCtxGetDevice(int *device) {
  *device = 0;
  return contexts.empty() ? kInvalidContext : kSuccess;
}

EXPORT cuCtxPushCurrent_v2(void *context) {
  contexts.push_back(context);
  return kSuccess;
}

EXPORT cuCtxPopCurrent_v2(void **context) {
  if (contexts.empty())
    return kInvalidContext;
  *context = contexts.pop_back_val();
  return kSuccess;
}

EXPORT cuCtxGetStreamPriorityRange(int *least, int *most) {
  *least = 0;
  *most = -5;
  return kSuccess;
}

EXPORT cuCtxSynchronize() {
  return inContext([](DriverState &state) { return state.checkFindings(); });
}

//===----------------------------------------------------------------------===//
// Modules
//===----------------------------------------------------------------------===//

EXPORT cuModuleLoadDataEx(void **module, const void *image, unsigned, int *,
                          void **) {
  return inContext([&](DriverState &state) {
    DriverModule *loaded = nullptr;
    Result result = state.loadModule(static_cast<const char *>(image), loaded);
    *module = loaded;
    return result;
  });
}

EXPORT cuModuleLoadData(void **module, const void *image) {
  return cuModuleLoadDataEx(module, image, 0, nullptr, nullptr);
}

EXPORT cuModuleUnload(void *module) {
  delete static_cast<DriverModule *>(module);
  return kSuccess;
}

EXPORT cuModuleGetFunction(void **function, void *module, const char *name) {
  return inContext([&](DriverState &state) {
    auto &functions = static_cast<DriverModule *>(module)->functions;
    auto found = functions.find(name);
    if (found == functions.end())
      return state.fail(kNotFound,
                        "the module has no kernel '" + llvm::Twine(name) + "'");
    *function = &found->second;
    return kSuccess;
  });
}

EXPORT cuFuncGetAttribute(int *value, int attribute, void *function) {
  constexpr int maxDynamicShared = 8;
  if (attribute != maxDynamicShared)
    return kNotSupported;
  *value = static_cast<DriverFunction *>(function)->mostDynamicShared;
  return kSuccess;
}

EXPORT cuFuncSetAttribute(void *function, int attribute, int value) {
  return onDevice([&](DriverState &state) {
    auto &entry = *static_cast<DriverFunction *>(function);
    constexpr int maxDynamicShared = 8, largeClusters = 14, mostShared = 97;
    if (attribute == largeClusters) {
      entry.allowsLargeClusters = value != 0;
      return kSuccess;
    }
    int most = 0;
    if (attribute != maxDynamicShared)
      return kNotSupported;
    state.getAttribute(mostShared, most);
    if (value < 0 || value > most)
      return kInvalidValue;
    entry.mostDynamicShared = value;
    return kSuccess;
  });
}

//===----------------------------------------------------------------------===//
// Launches
//===----------------------------------------------------------------------===//

EXPORT cuLaunchKernelEx(const CUlaunchConfig *config, void *function,
                        void **parameters, void **extra) {
  return inContext([&](DriverState &state) {
    if (extra)
      return kNotSupported;
    LaunchConfig launch;
    std::copy_n(config->grid, 3, launch.grid.begin());
    std::copy_n(config->block, 3, launch.block.begin());
    launch.dynamicSharedBytes = config->sharedBytes;
    for (unsigned i = 0; i < config->numAttributes; ++i) {
      constexpr int cluster = 4, early = 6;
      const CUlaunchAttribute &attribute = config->attributes[i];
      if (attribute.id == cluster)
        std::copy_n(attribute.cluster, 3, launch.cluster.begin());
      else if (attribute.id == early)
        launch.early = attribute.early != 0;
      else if (attribute.id != 0)
        return kNotSupported;
    }
    return state.launch(*static_cast<DriverFunction *>(function), launch,
                        parameters);
  });
}

EXPORT cuLaunchKernel(void *function, unsigned gridX, unsigned gridY,
                      unsigned gridZ, unsigned blockX, unsigned blockY,
                      unsigned blockZ, unsigned sharedBytes, void *stream,
                      void **parameters, void **extra) {
  CUlaunchConfig config = {{gridX, gridY, gridZ},
                           {blockX, blockY, blockZ},
                           sharedBytes,
                           stream,
                           nullptr,
                           0};
  return cuLaunchKernelEx(&config, function, parameters, extra);
}

//===----------------------------------------------------------------------===//
// Memory
//===----------------------------------------------------------------------===//

/// cuMemAlloc, of a buffer that findings call by its name.
EXPORT mhcEmulatorMemAlloc(DeviceAddress *address, size_t bytes,
                           const char *name) {
  return inContext([&](DriverState &state) {
    void *memory = nullptr;
    Result result = state.allocate(bytes, name ? name : "", memory);
    *address = reinterpret_cast<uintptr_t>(memory);
    return result;
  });
}

EXPORT cuMemAlloc_v2(DeviceAddress *address, size_t bytes) {
  return mhcEmulatorMemAlloc(address, bytes, nullptr);
}

EXPORT cuMemFree_v2(DeviceAddress address) {
  return inContext([&](DriverState &state) {
    return address ? state.release(toPointer(address)) : kSuccess;
  });
}

EXPORT cuMemcpyHtoDAsync_v2(DeviceAddress target, const void *source,
                            size_t bytes, void *) {
  return inContext([&](DriverState &state) {
    return state.copyToDevice(toPointer(target), source, bytes);
  });
}

EXPORT cuMemcpyDtoHAsync_v2(void *target, DeviceAddress source, size_t bytes,
                            void *) {
  return inContext([&](DriverState &state) {
    return state.copyToHost(target, toPointer(source), bytes);
  });
}

EXPORT cuMemcpyDtoDAsync_v2(DeviceAddress target, DeviceAddress source,
                            size_t bytes, void *) {
  return inContext([&](DriverState &state) {
    return state.copyOnDevice(toPointer(target), toPointer(source), bytes);
  });
}

EXPORT cuMemsetD8Async(DeviceAddress target, unsigned char value, size_t bytes,
                       void *) {
  return inContext([&](DriverState &state) {
    return state.fill(toPointer(target), value, bytes);
  });
}

EXPORT cuMemcpyHtoD_v2(DeviceAddress target, const void *source, size_t bytes) {
  if (int result = cuMemcpyHtoDAsync_v2(target, source, bytes, nullptr))
    return result;
  return cuCtxSynchronize();
}

EXPORT cuMemcpyDtoH_v2(void *target, DeviceAddress source, size_t bytes) {
  if (int result = cuMemcpyDtoHAsync_v2(target, source, bytes, nullptr))
    return result;
  return cuCtxSynchronize();
}

EXPORT cuMemsetD8_v2(DeviceAddress target, unsigned char value, size_t bytes) {
  return cuMemsetD8Async(target, value, bytes, nullptr);
}

//===----------------------------------------------------------------------===//
// Streams and events
//===----------------------------------------------------------------------===//

EXPORT cuStreamCreateWithPriority(void **stream, unsigned, int) {
  return inContext([&](DriverState &) {
    *stream = new char();
    return kSuccess;
  });
}

EXPORT cuStreamCreate(void **stream, unsigned flags) {
  return cuStreamCreateWithPriority(stream, flags, 0);
}

EXPORT cuStreamDestroy_v2(void *stream) {
  delete static_cast<char *>(stream);
  return kSuccess;
}

EXPORT cuStreamSynchronize(void *) { return cuCtxSynchronize(); }

EXPORT cuStreamWaitEvent(void *, void *, unsigned) { return kSuccess; }

EXPORT cuEventCreate(void **event, unsigned) {
  *event = new DriverEvent();
  return kSuccess;
}

EXPORT cuEventRecord(void *event, void *) {
  static_cast<DriverEvent *>(event)->time = std::chrono::steady_clock::now();
  static_cast<DriverEvent *>(event)->recorded = true;
  return kSuccess;
}

EXPORT cuEventSynchronize(void *) { return cuCtxSynchronize(); }

EXPORT cuEventElapsedTime(float *milliseconds, void *start, void *end) {
  auto &first = *static_cast<DriverEvent *>(start);
  auto &second = *static_cast<DriverEvent *>(end);
  if (!first.recorded || !second.recorded)
    return kInvalidValue;
  *milliseconds =
      std::chrono::duration<float, std::milli>(second.time - first.time)
          .count();
  return kSuccess;
}

EXPORT cuEventDestroy_v2(void *event) {
  delete static_cast<DriverEvent *>(event);
  return kSuccess;
}

#undef EXPORT
} // extern "C"
