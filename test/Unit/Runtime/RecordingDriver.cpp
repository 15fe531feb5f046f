//===- RecordingDriver.cpp - A CUDA driver that writes down its calls -----===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Does nothing, and keeps a line for each call. In the environment:
//   MHC_RECORDING_FAIL    FUNCTION=CODE: what that function returns
//   MHC_RECORDING_DEVICE  COUNT,MAJOR,MINOR,SHARED: GPUs and their properties
//   MHC_RECORDING_FILE    a file that each line is appended to
//
//===----------------------------------------------------------------------===//

#include <cstdarg>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <set>
#include <string>

static std::string record;
/// Addresses of memory, and numbers of streams, events and modules.
static unsigned long long nextAddress = 0x100000, nextHandle = 1;
/// The contexts that are current; there is only one thread.
static void *contexts[16];
static int numContexts = 0;

/// Keeps a line; what the function `name` is to return.
static int call(const char *name, const char *format = "", ...) {
  char text[256];
  va_list arguments;
  va_start(arguments, format);
  std::vsnprintf(text, sizeof text, format, arguments);
  va_end(arguments);
  std::string line = std::string(name) + (*text ? " " : "") + text + '\n';
  record += line;
  if (const char *path = std::getenv("MHC_RECORDING_FILE"))
    if (FILE *file = std::fopen(path, "a")) {
      std::fputs(line.c_str(), file);
      std::fclose(file);
    }
  const char *failure = std::getenv("MHC_RECORDING_FAIL");
  size_t length = std::strlen(name);
  if (failure && std::strncmp(failure, name, length) == 0 &&
      failure[length] == '=')
    return std::atoi(failure + length + 1);
  return 0;
}

static void *makeHandle() { return reinterpret_cast<void *>(nextHandle++); }

struct Device {
  int count = 1, major = 9, minor = 0, shared = 232448;

  Device() {
    if (const char *text = std::getenv("MHC_RECORDING_DEVICE"))
      std::sscanf(text, "%d,%d,%d,%d", &count, &major, &minor, &shared);
  }
};

struct LaunchConfig {
  unsigned grid[3], block[3], shared;
  void *stream;
  struct {
    int id, padding;
    unsigned values[16];
  } *attributes;
  unsigned numAttributes;
};

extern "C" {
/// The lines since the last call.
const char *takeRecord() {
  static std::string taken;
  taken = std::move(record);
  record.clear();
  return taken.c_str();
}

int cuInit(unsigned) { return call("cuInit"); }
int cuDriverGetVersion(int *version) {
  *version = 13000;
  return 0;
}
int cuGetErrorName(int, const char **text) {
  *text = "CUDA_ERROR_RECORDED";
  return 0;
}
int cuGetErrorString(int, const char **text) {
  *text = "as asked for";
  return 0;
}
int cuDeviceGetCount(int *count) {
  *count = Device().count;
  return call("cuDeviceGetCount");
}
int cuDeviceGet(int *device, int ordinal) {
  *device = 10 + ordinal;
  return call("cuDeviceGet", "%d", ordinal);
}
int cuDeviceGetName(char *name, int bytes, int) {
  std::strncpy(name, "recorder", bytes);
  return 0;
}
int cuDeviceGetAttribute(int *value, int attribute, int) {
  Device device;
  *value = attribute == 75   ? device.major
           : attribute == 76 ? device.minor
           : attribute == 97 ? device.shared
                             : 100 + attribute;
  return 0;
}
int cuDevicePrimaryCtxRetain(void **context, int device) {
  *context = reinterpret_cast<void *>(static_cast<uintptr_t>(device) << 8);
  return call("cuDevicePrimaryCtxRetain", "%d", device);
}
int cuDevicePrimaryCtxRelease_v2(int device) {
  return call("cuDevicePrimaryCtxRelease", "%d", device);
}
int cuCtxGetCurrent(void **context) {
  *context = numContexts ? contexts[numContexts - 1] : nullptr;
  return 0;
}
int cuCtxGetDevice(int *device) {
  *device = static_cast<int>(
      reinterpret_cast<uintptr_t>(contexts[numContexts - 1]) >> 8);
  return 0;
}
int cuCtxPushCurrent_v2(void *context) {
  contexts[numContexts++] = context;
  return call("cuCtxPushCurrent");
}
int cuCtxPopCurrent_v2(void **context) {
  *context = contexts[--numContexts];
  return call("cuCtxPopCurrent");
}
int cuCtxGetStreamPriorityRange(int *least, int *most) {
  *least = 0;
  *most = -5;
  return call("cuCtxGetStreamPriorityRange");
}

int cuModuleLoadDataEx(void **module, const void *image, unsigned, int *,
                       void **values) {
  *module = makeHandle();
  int result =
      call("cuModuleLoadDataEx", "%.8s", static_cast<const char *>(image));
  if (result)
    std::strcpy(static_cast<char *>(values[0]), "ptxas says\nno");
  return result;
}
int cuModuleUnload(void *) { return call("cuModuleUnload"); }
int cuModuleGetFunction(void **function, void *, const char *name) {
  static std::set<std::string> names;
  *function = const_cast<char *>(names.insert(name).first->c_str());
  return call("cuModuleGetFunction", "%s", name);
}
int cuFuncLoad(void *function) {
  return call("cuFuncLoad", "%s", static_cast<char *>(function));
}
int cuFuncGetAttribute(int *value, int attribute, void *) {
  *value = attribute == 4 ? 40 : 0;
  return 0;
}
int cuFuncSetAttribute(void *function, int attribute, int value) {
  return call("cuFuncSetAttribute", "%s %d %d", static_cast<char *>(function),
              attribute, value);
}
int cuLaunchKernelEx(const LaunchConfig *config, void *function,
                     void **parameters, void **) {
  char attributes[128] = "";
  for (unsigned i = 0; i < config->numAttributes; ++i) {
    const auto &attribute = config->attributes[i];
    std::snprintf(attributes + std::strlen(attributes), 60, " %d=%u,%u,%u",
                  attribute.id, attribute.values[0], attribute.values[1],
                  attribute.values[2]);
  }
  // The kernels of the checks have two parameters, of 8 bytes.
  return call("cuLaunchKernelEx",
              "%s <<<%u %u %u, %u %u %u, %u, %p>>> %#llx %lld%s",
              static_cast<char *>(function), config->grid[0], config->grid[1],
              config->grid[2], config->block[0], config->block[1],
              config->block[2], config->shared, config->stream,
              *static_cast<unsigned long long *>(parameters[0]),
              *static_cast<long long *>(parameters[1]), attributes);
}

int cuMemAlloc_v2(unsigned long long *address, size_t bytes) {
  *address = nextAddress;
  nextAddress += (bytes + 0xfff) & ~0xfffull;
  return call("cuMemAlloc", "%zu", bytes);
}
int cuMemFree_v2(unsigned long long) { return call("cuMemFree"); }
int cuMemcpyHtoDAsync_v2(unsigned long long, const void *, size_t bytes,
                         void *) {
  return call("cuMemcpyHtoDAsync", "%zu", bytes);
}
int cuMemcpyDtoHAsync_v2(void *, unsigned long long, size_t bytes, void *) {
  return call("cuMemcpyDtoHAsync", "%zu", bytes);
}
int cuMemcpyDtoDAsync_v2(unsigned long long to, unsigned long long from,
                         size_t bytes, void *stream) {
  return call("cuMemcpyDtoDAsync", "%#llx %#llx %zu %p", to, from, bytes,
              stream);
}
int cuMemsetD8Async(unsigned long long to, unsigned char value, size_t bytes,
                    void *stream) {
  return call("cuMemsetD8Async", "%#llx %d %zu %p", to, value, bytes, stream);
}
int cuStreamCreateWithPriority(void **stream, unsigned flags, int priority) {
  *stream = makeHandle();
  return call("cuStreamCreateWithPriority", "%u %d", flags, priority);
}
int cuStreamDestroy_v2(void *) { return call("cuStreamDestroy"); }
int cuStreamSynchronize(void *stream) {
  return call("cuStreamSynchronize", "%p", stream);
}
int cuStreamWaitEvent(void *stream, void *event, unsigned) {
  return call("cuStreamWaitEvent", "%p %p", stream, event);
}
int cuEventCreate(void **event, unsigned) {
  *event = makeHandle();
  return call("cuEventCreate");
}
int cuEventRecord(void *event, void *stream) {
  return call("cuEventRecord", "%p %p", event, stream);
}
int cuEventElapsedTime(float *milliseconds, void *, void *) {
  *milliseconds = 0.5f;
  return call("cuEventElapsedTime");
}
int cuEventDestroy_v2(void *) { return call("cuEventDestroy"); }
} // extern "C"
