//===- runtime.h - Memory, launches, times, results of a probe --*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The host's side of a probe, over CUDA's runtime or over emulation.h. A failed
// call ends the program: exit code 1 and a line on standard error; 3 where
// there is no GPU. Results are lines of JSON on standard output (Record);
// utils/gpu-probe reads them, a line at a time, so that what was measured
// before a failure is kept.
//
// A probe leaves clocks, power limits and modes of the GPU as they are.
//
//===----------------------------------------------------------------------===//

#ifndef PROBE_DEVICE_RUNTIME_H
#define PROBE_DEVICE_RUNTIME_H

#include "device.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <string>
#include <type_traits>
#include <vector>

namespace probe {

#ifdef PROBE_EMULATED
constexpr bool kEmulated = true;
#else
constexpr bool kEmulated = false;
#endif

[[noreturn]] inline void fail(const std::string &what, int code = 1) {
  std::fflush(stdout);
  std::fprintf(stderr, "error: %s\n", what.c_str());
  std::exit(code);
}

//===----------------------------------------------------------------------===//
// Results
//===----------------------------------------------------------------------===//

/// One line of JSON: {"probe": KIND, ...}. Numbers that are not finite are
/// written as null; in texts, quotes and backslashes are escaped.
class Record {
public:
  explicit Record(const std::string &kind) { set("probe", kind); }

  Record &set(const std::string &key, const std::string &text) {
    return add(key, quoted(text));
  }
  Record &set(const std::string &key, const char *text) {
    return set(key, std::string(text));
  }
  Record &set(const std::string &key, bool value) {
    return add(key, value ? "true" : "false");
  }
  template <typename T,
            typename = std::enable_if_t<std::is_arithmetic<T>::value>>
  Record &set(const std::string &key, T value) {
    return add(key, number(static_cast<double>(value)));
  }
  template <typename T>
  Record &set(const std::string &key, const std::vector<T> &values) {
    std::string list;
    for (const T &value : values)
      list += (list.empty() ? "" : ", ") + number(static_cast<double>(value));
    return add(key, '[' + list + ']');
  }
  Record &set(const std::string &key, const std::vector<std::string> &texts) {
    std::string list;
    for (const std::string &text : texts)
      list += (list.empty() ? "" : ", ") + quoted(text);
    return add(key, '[' + list + ']');
  }
  void print() {
    std::printf("{%s}\n", line.c_str());
    std::fflush(stdout);
  }

private:
  static std::string quoted(const std::string &text) {
    std::string result = "\"";
    for (const char c : text)
      if (c == '"' || c == '\\')
        result += {'\\', c};
      else
        result += static_cast<unsigned char>(c) < ' ' ? ' ' : c;
    return result + '"';
  }
  static std::string number(double value) {
    if (!std::isfinite(value))
      return "null";
    char text[32];
    if (value == std::floor(value) && std::fabs(value) < 1e15)
      std::snprintf(text, sizeof text, "%.0f", value);
    else
      std::snprintf(text, sizeof text, "%.6g", value);
    return text;
  }
  Record &add(const std::string &key, const std::string &value) {
    line += (line.empty() ? "\"" : ", \"") + key + "\": " + value;
    return *this;
  }
  std::string line;
};

/// The middle of some values, and their spread: least, quartiles, greatest.
struct Spread {
  double least, lower, median, upper, greatest;
  explicit Spread(std::vector<double> values) {
    if (values.empty()) {
      least = lower = median = upper = greatest = NAN;
      return;
    }
    std::sort(values.begin(), values.end());
    const auto at = [&](double share) {
      return values[static_cast<size_t>(share * (values.size() - 1) + 0.5)];
    };
    least = values.front(), lower = at(0.25), median = at(0.5);
    upper = at(0.75), greatest = values.back();
  }
  std::vector<double> list() const {
    return {least, lower, median, upper, greatest};
  }
};

//===----------------------------------------------------------------------===//
// The device
//===----------------------------------------------------------------------===//

struct Device {
  std::string name;
  int major = 0, minor = 0;
  int multiprocessors = 0;
  size_t memoryBytes = 0, l2Bytes = 0;
  /// Shared memory that a CTA may ask for.
  size_t sharedBytes = 0;
  int driverVersion = 0, runtimeVersion = 0;
};

/// How a kernel is launched. `early` lets it start before the launch before it
/// in the stream has ended (programmatic dependent launch).
struct Grid {
  unsigned ctas = 1, threads = 32;
  unsigned cluster = 1;
  size_t shared = 0;
  bool early = false;
};

/// What a kernel needs, as ptxas found.
struct Resources {
  int registers = 0;
  /// Of a thread: spills and arrays.
  int localBytes = 0;
  int staticSharedBytes = 0;
};

#ifndef PROBE_EMULATED

inline void check(cudaError_t error, const char *call) {
  if (error != cudaSuccess)
    fail(std::string(call) + ": " + cudaGetErrorString(error));
}
#define PROBE_CHECK(CALL) ::probe::check((CALL), #CALL)

/// The stream that everything here runs on.
inline cudaStream_t &stream() {
  static cudaStream_t one = nullptr;
  return one;
}

inline Device openDevice() {
  int count = 0;
  const cudaError_t error = cudaGetDeviceCount(&count);
  if (error != cudaSuccess || count == 0)
    fail(std::string("no GPU here: ") + cudaGetErrorString(error), 3);
  cudaDeviceProp properties;
  PROBE_CHECK(cudaSetDevice(0));
  PROBE_CHECK(cudaGetDeviceProperties(&properties, 0));
  if (properties.major < 9)
    fail(std::string("expected a GPU of compute capability 9.0 or more, got ") +
             properties.name,
         3);
  Device device;
  device.name = properties.name;
  device.major = properties.major, device.minor = properties.minor;
  device.multiprocessors = properties.multiProcessorCount;
  device.memoryBytes = properties.totalGlobalMem;
  device.l2Bytes = properties.l2CacheSize;
  device.sharedBytes = properties.sharedMemPerBlockOptin;
  PROBE_CHECK(cudaDriverGetVersion(&device.driverVersion));
  PROBE_CHECK(cudaRuntimeGetVersion(&device.runtimeVersion));
  PROBE_CHECK(cudaStreamCreateWithFlags(&stream(), cudaStreamNonBlocking));
  return device;
}

inline void synchronize() { PROBE_CHECK(cudaStreamSynchronize(stream())); }

inline void *takeMemory(size_t bytes) {
  void *memory = nullptr;
  PROBE_CHECK(cudaMalloc(&memory, std::max<size_t>(bytes, 16)));
  return memory;
}
inline void giveMemoryBack(void *memory) { cudaFree(memory); }
inline void fillMemory(void *memory, int byte, size_t bytes) {
  PROBE_CHECK(cudaMemsetAsync(memory, byte, bytes, stream()));
}
inline void copyToDevice(void *to, const void *from, size_t bytes) {
  PROBE_CHECK(
      cudaMemcpyAsync(to, from, bytes, cudaMemcpyHostToDevice, stream()));
  synchronize();
}
inline void copyToHost(void *to, const void *from, size_t bytes) {
  PROBE_CHECK(
      cudaMemcpyAsync(to, from, bytes, cudaMemcpyDeviceToHost, stream()));
  synchronize();
}

/// A place in the stream, once `record` was called there.
class Moment {
public:
  Moment() { PROBE_CHECK(cudaEventCreate(&event)); }
  ~Moment() { cudaEventDestroy(event); }
  Moment(const Moment &) = delete;
  Moment &operator=(const Moment &) = delete;

  void record() { PROBE_CHECK(cudaEventRecord(event, stream())); }
  /// What passed since `start`; the stream has come past both.
  double microsecondsSince(const Moment &start) const {
    float milliseconds = 0;
    PROBE_CHECK(cudaEventElapsedTime(&milliseconds, start.event, event));
    return 1000.0 * milliseconds;
  }

private:
  cudaEvent_t event = nullptr;
};

/// A launch's configuration for CUDA, and the kernel's limits raised for it.
struct Configuration {
  template <typename P> Configuration(void (*kernel)(P), const Grid &grid) {
    if (grid.shared > 48 * 1024)
      PROBE_CHECK(cudaFuncSetAttribute(
          reinterpret_cast<const void *>(kernel),
          cudaFuncAttributeMaxDynamicSharedMemorySize, grid.shared));
    if (grid.cluster > 8)
      PROBE_CHECK(cudaFuncSetAttribute(
          reinterpret_cast<const void *>(kernel),
          cudaFuncAttributeNonPortableClusterSizeAllowed, 1));
    config.gridDim = dim3(grid.ctas);
    config.blockDim = dim3(grid.threads);
    config.dynamicSmemBytes = grid.shared;
    config.stream = stream();
    config.attrs = attributes;
    if (grid.cluster > 1) {
      attributes[config.numAttrs].id = cudaLaunchAttributeClusterDimension;
      attributes[config.numAttrs].val.clusterDim.x = grid.cluster;
      attributes[config.numAttrs].val.clusterDim.y = 1;
      attributes[config.numAttrs++].val.clusterDim.z = 1;
    }
    if (grid.early) {
      attributes[config.numAttrs].id =
          cudaLaunchAttributeProgrammaticStreamSerialization;
      attributes[config.numAttrs++].val.programmaticStreamSerializationAllowed =
          1;
    }
  }
  Configuration(const Configuration &) = delete;
  cudaLaunchConfig_t config = {};
  cudaLaunchAttribute attributes[2] = {};
};

template <typename P>
void launch(void (*kernel)(P), const Grid &grid,
            const std::remove_cv_t<P> &parameters) {
  if (grid.ctas == 0)
    return;
  Configuration configuration(kernel, grid);
  PROBE_CHECK(cudaLaunchKernelEx(&configuration.config, kernel, parameters));
}

/// The same, where the launch may be refused: why it was, or nothing.
template <typename P>
std::string tryLaunch(void (*kernel)(P), const Grid &grid,
                      const std::remove_cv_t<P> &parameters) {
  Configuration configuration(kernel, grid);
  const cudaError_t error =
      cudaLaunchKernelEx(&configuration.config, kernel, parameters);
  if (error == cudaSuccess)
    return "";
  (void)cudaGetLastError();
  return cudaGetErrorString(error);
}

/// How many clusters of a launch are resident at once; of CTAs, where the
/// cluster is one. Returns why the driver does not say, or nothing.
template <typename P>
std::string tryResidentClusters(void (*kernel)(P), const Grid &grid,
                                int &count) {
  // The driver wants a grid of whole clusters here too.
  Grid one = grid;
  one.ctas = grid.cluster;
  Configuration configuration(kernel, one);
  count = 0;
  cudaError_t error;
  if (grid.cluster > 1) {
    error =
        cudaOccupancyMaxActiveClusters(&count, kernel, &configuration.config);
  } else {
    int multiprocessors = 0;
    PROBE_CHECK(cudaDeviceGetAttribute(&multiprocessors,
                                       cudaDevAttrMultiProcessorCount, 0));
    error = cudaOccupancyMaxActiveBlocksPerMultiprocessor(
        &count, kernel, grid.threads, grid.shared);
    count *= multiprocessors;
  }
  if (error == cudaSuccess)
    return "";
  (void)cudaGetLastError();
  count = 0;
  return cudaGetErrorString(error);
}

template <typename P> Resources resourcesOf(void (*kernel)(P)) {
  cudaFuncAttributes attributes = {};
  PROBE_CHECK(cudaFuncGetAttributes(&attributes,
                                    reinterpret_cast<const void *>(kernel)));
  return {attributes.numRegs, static_cast<int>(attributes.localSizeBytes),
          static_cast<int>(attributes.sharedSizeBytes)};
}

#else // PROBE_EMULATED

inline Device openDevice() {
  emulated::Machine &machine = emulated::machine;
  if (const char *seed = std::getenv("PROBE_SEED"))
    machine.random.seed(std::atoi(seed));
  if (const char *model = std::getenv("PROBE_ACCUMULATION"))
    if (!parse(model, machine.accumulation))
      fail(std::string("expected parameters of accumulation.h, got ") + model,
           2);
  Device device;
  device.name = "emulation on the host";
  device.major = 9;
  device.multiprocessors = machine.multiprocessors;
  device.memoryBytes = size_t(1) << 30;
  device.l2Bytes = 1 << 16;
  device.sharedBytes = 227 * 1024;
  return device;
}

inline void synchronize() {}

inline void *takeMemory(size_t bytes) {
  void *memory = std::aligned_alloc(256, (bytes + 256) / 256 * 256);
  const auto begin = reinterpret_cast<uintptr_t>(memory);
  emulated::machine.buffers.push_back({begin, begin + bytes});
  return memory;
}
inline void giveMemoryBack(void *memory) {
  auto &buffers = emulated::machine.buffers;
  buffers.erase(std::find_if(buffers.begin(), buffers.end(), [&](auto &range) {
    return range.begin == reinterpret_cast<uintptr_t>(memory);
  }));
  std::free(memory);
}
inline void fillMemory(void *memory, int byte, size_t bytes) {
  std::memset(memory, byte, bytes);
}
inline void copyToDevice(void *to, const void *from, size_t bytes) {
  std::memcpy(to, from, bytes);
}
inline void copyToHost(void *to, const void *from, size_t bytes) {
  std::memcpy(to, from, bytes);
}

class Moment {
public:
  void record() { when = nanoseconds(); }
  double microsecondsSince(const Moment &start) const {
    return (when - start.when) / 1000.0;
  }

private:
  u64 when = 0;
};

template <typename P>
void launch(void (*kernel)(P), const Grid &grid,
            const std::remove_cv_t<P> &parameters) {
  if (grid.ctas % grid.cluster)
    fail("expected a grid of whole clusters");
  if (grid.shared > 227 * 1024)
    fail("expected at most 227 KB of shared memory, got " +
         std::to_string(grid.shared));
  if (grid.ctas)
    emulated::launch(grid.ctas, grid.threads, grid.cluster, grid.shared,
                     [&] { kernel(parameters); });
}

template <typename P>
std::string tryLaunch(void (*kernel)(P), const Grid &grid,
                      const std::remove_cv_t<P> &parameters) {
  launch(kernel, grid, parameters);
  return "";
}

template <typename P>
std::string tryResidentClusters(void (*)(P), const Grid &grid, int &count) {
  count = max(1u, 2 * emulated::machine.multiprocessors / grid.cluster);
  return "";
}

/// Of an emulated kernel nothing is known.
template <typename P> Resources resourcesOf(void (*)(P)) { return {}; }

#endif // PROBE_EMULATED

/// tryResidentClusters, where that there is no answer is an error.
template <typename P>
int residentClusters(void (*kernel)(P), const Grid &grid) {
  int count = 0;
  const std::string error = tryResidentClusters(kernel, grid, count);
  if (!error.empty())
    fail("resident clusters: " + error);
  return count;
}

/// An array in device memory. Its bytes are 0xff at first: NaN in every float.
template <typename T> class Buffer {
public:
  explicit Buffer(size_t count)
      : memory(static_cast<T *>(takeMemory(count * sizeof(T)))), count(count) {
    fill(0xff);
  }
  explicit Buffer(const std::vector<T> &values) : Buffer(values.size()) {
    upload(values);
  }
  ~Buffer() { giveMemoryBack(memory); }
  Buffer(const Buffer &) = delete;
  Buffer &operator=(const Buffer &) = delete;

  T *data() const { return memory; }
  size_t size() const { return count; }
  void fill(int byte) { fillMemory(memory, byte, count * sizeof(T)); }
  void upload(const std::vector<T> &values) {
    copyToDevice(memory, values.data(),
                 std::min(count, values.size()) * sizeof(T));
  }
  /// `length` elements from `first` on; all by default.
  std::vector<T> download(size_t first = 0, size_t length = SIZE_MAX) const {
    std::vector<T> values(std::min(length, count - first));
    copyToHost(values.data(), memory + first, values.size() * sizeof(T));
    return values;
  }

private:
  T *memory;
  size_t count;
};

//===----------------------------------------------------------------------===//
// Times
//===----------------------------------------------------------------------===//

/// Runs that are made, and those of them, the first, that are not counted. On
/// the host one run says all there is to say.
constexpr int kUncounted = kEmulated ? 0 : 2;
constexpr int runsOf(int repeats) {
  return kEmulated ? 1 : repeats + kUncounted;
}

struct FlushParameters {
  const uint4 *data;
  u32 *sink;
  u64 count;
};

PROBE_KERNEL(flushCaches, 512, 1, FlushParameters, {
  // Read, not written: lines that were written would have to leave the cache
  // while what is measured runs.
  uint4 sum = make_uint4(0, 0, 0, 0);
  for (u64 i = static_cast<u64>(blockIdx.x) * blockDim.x + threadIdx.x;
       i < p.count; i += static_cast<u64>(gridDim.x) * blockDim.x) {
    const uint4 v = loadGlobal4(p.data + i);
    sum.x ^= v.x;
    sum.y ^= v.y;
    sum.z ^= v.z;
    sum.w ^= v.w;
  }
  if ((sum.x ^ sum.y ^ sum.z ^ sum.w) == 0x12345678)
    *p.sink = sum.x;
})

/// Measures work on the stream. Before each run all caches are filled with
/// other memory, if asked for; while that runs, the host enqueues the work, so
/// that launching is not in its time, as long as the work is a few launches.
class Stopwatch {
public:
  explicit Stopwatch(const Device &device)
      : device(device),
        other((kEmulated ? 1 : std::max<size_t>(4 * device.l2Bytes, 64 << 20)) /
                  16 +
              64),
        sink(1) {
    other.fill(0);
  }

  /// Microseconds of `repeats` runs of `work`, after two that are not counted.
  std::vector<double> times(const std::function<void()> &work, int repeats,
                            bool flush = true) {
    std::vector<Moment> starts(runsOf(repeats)), ends(runsOf(repeats));
    for (int i = 0; i < runsOf(repeats); ++i) {
      if (flush)
        flushNow();
      starts[i].record();
      work();
      ends[i].record();
    }
    synchronize();
    std::vector<double> found;
    for (int i = kUncounted; i < runsOf(repeats); ++i)
      found.push_back(ends[i].microsecondsSince(starts[i]));
    return found;
  }

  void flushNow() {
    const unsigned all = 4 * device.multiprocessors;
    launch(flushCaches, {kEmulated ? 1 : all, kEmulated ? 32u : 512u},
           {other.data(), sink.data(), other.size()});
  }

private:
  Device device;
  Buffer<uint4> other;
  Buffer<u32> sink;
};

} // namespace probe

#endif // PROBE_DEVICE_RUNTIME_H
