//===- runtime.cpp - A CUDA runtime that launches nothing -----------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Stands for CUDA's runtime and an H100, so that the host's side of a program
// that nvcc made runs to its end without a GPU. Kernels do nothing: what the
// program checks of their results is wrong. What it asks of the runtime is
// checked here: launches (sizes, shared memory that was asked for, clusters),
// copies within buffers, events that were recorded, captures; and that all it
// took is given back. The last line on standard error says how often not.
//
//===----------------------------------------------------------------------===//

#include <cuda_runtime_api.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <map>
#include <set>
#include <string>

namespace {

constexpr int kMultiprocessors = 132;
constexpr size_t kMemoryBytes = size_t(80) << 30;
constexpr int kL2Bytes = 50 << 20;
constexpr int kSharedBytes = 227 * 1024;

struct Kernel {
  std::string name;
  int sharedBytes = 48 * 1024;
  bool largeClusters = false;
};

struct Event {
  double microseconds = -1;
};

/// What there is, and what went wrong.
struct State {
  std::map<const void *, Kernel> kernels;
  std::map<char *, size_t> buffers;
  std::set<Event *> events;
  std::set<int *> graphs;
  size_t used = 0;
  double now = 0;
  long launches = 0, wrong = 0;
  bool capturing = false;
  int captured = 0;
  cudaError_t last = cudaSuccess;

  ~State() {
    std::fprintf(stderr, "%ld launches, %ld wrong calls, %zu left\n", launches,
                 wrong, buffers.size() + events.size() + graphs.size());
  }
};

State &state() {
  static State one;
  return one;
}

cudaError_t refuse(cudaError_t error, const std::string &why) {
  std::fprintf(stderr, "wrong call: %s\n", why.c_str());
  ++state().wrong;
  return state().last = error;
}

cudaError_t unless(bool right, const char *why) {
  return right ? cudaSuccess : refuse(cudaErrorInvalidValue, why);
}

bool isWithinBuffer(const void *p, size_t bytes) {
  const auto *at = static_cast<const char *>(p);
  auto after = state().buffers.upper_bound(const_cast<char *>(at));
  if (after == state().buffers.begin())
    return false;
  --after;
  return at + bytes <= after->first + after->second;
}

unsigned clusterOf(const cudaLaunchConfig_t &config) {
  for (unsigned i = 0; i < config.numAttrs; ++i)
    if (config.attrs[i].id == cudaLaunchAttributeClusterDimension)
      return config.attrs[i].val.clusterDim.x;
  return 1;
}

cudaError_t check(const cudaLaunchConfig_t &config, const void *function) {
  const auto found = state().kernels.find(function);
  if (found == state().kernels.end())
    return refuse(cudaErrorInvalidDeviceFunction, "not a kernel");
  const Kernel &kernel = found->second;
  const unsigned cluster = clusterOf(config);
  const char *why = nullptr;
  if (!config.gridDim.x || !config.blockDim.x || config.blockDim.x > 1024)
    why = "a size of the launch";
  else if (config.dynamicSmemBytes > static_cast<size_t>(kernel.sharedBytes))
    why = "more shared memory than was asked for";
  else if (cluster > 16 || (cluster > 8 && !kernel.largeClusters))
    why = "a cluster that was not allowed";
  else if (config.gridDim.x % cluster)
    why = "a grid that is not of whole clusters";
  if (!why)
    return cudaSuccess;
  return refuse(cudaErrorInvalidConfiguration, kernel.name + ": " + why);
}

} // namespace

extern "C" {

//===----------------------------------------------------------------------===//
// What nvcc's code calls
//===----------------------------------------------------------------------===//

void **__cudaRegisterFatBinary(void *) {
  static void *handle;
  return &handle;
}
void __cudaRegisterFatBinaryEnd(void **) {}
void __cudaUnregisterFatBinary(void **) {}
void __cudaRegisterFunction(void **, const char *function, char *,
                            const char *name, int, uint3 *, uint3 *, dim3 *,
                            dim3 *, int *) {
  state().kernels[function].name = name;
}
cudaError_t __cudaPopCallConfiguration(dim3 *, dim3 *, size_t *, void *) {
  return cudaSuccess;
}
cudaError_t __cudaGetKernel(cudaKernel_t *kernel, const void *function) {
  *kernel = static_cast<cudaKernel_t>(const_cast<void *>(function));
  return cudaSuccess;
}
cudaError_t __cudaLaunchKernel(cudaKernel_t, dim3, dim3, void **, size_t,
                               cudaStream_t) {
  return refuse(cudaErrorUnknown, "a launch without a configuration");
}

//===----------------------------------------------------------------------===//
// The device
//===----------------------------------------------------------------------===//

cudaError_t cudaGetDeviceCount(int *count) {
  *count = 1;
  return cudaSuccess;
}
cudaError_t cudaSetDevice(int device) { return unless(device == 0, "device"); }
cudaError_t cudaGetDeviceProperties(cudaDeviceProp *properties, int) {
  std::memset(properties, 0, sizeof *properties);
  std::strcpy(properties->name, "an H100 that launches nothing");
  properties->major = 9;
  properties->multiProcessorCount = kMultiprocessors;
  properties->totalGlobalMem = kMemoryBytes;
  properties->l2CacheSize = kL2Bytes;
  properties->sharedMemPerBlockOptin = kSharedBytes;
  return cudaSuccess;
}
cudaError_t cudaDeviceGetAttribute(int *value, cudaDeviceAttr attribute, int) {
  *value = attribute == cudaDevAttrMultiProcessorCount ? kMultiprocessors : 1;
  return cudaSuccess;
}
cudaError_t cudaDriverGetVersion(int *version) {
  *version = CUDART_VERSION;
  return cudaSuccess;
}
cudaError_t cudaRuntimeGetVersion(int *version) {
  return cudaDriverGetVersion(version);
}
const char *cudaGetErrorString(cudaError_t error) {
  return error == cudaSuccess ? "no error" : "a wrong call";
}
cudaError_t cudaGetLastError() {
  const cudaError_t error = state().last;
  state().last = cudaSuccess;
  return error;
}

//===----------------------------------------------------------------------===//
// Memory
//===----------------------------------------------------------------------===//

cudaError_t cudaMalloc(void **p, size_t bytes) {
  if (state().capturing)
    return refuse(cudaErrorStreamCaptureUnsupported, "memory in a capture");
  if (state().used + bytes > kMemoryBytes / 80 * 79)
    return refuse(cudaErrorMemoryAllocation, "more memory than there is");
  *p = std::aligned_alloc(4096, (bytes / 4096 + 1) * 4096);
  if (!*p)
    return refuse(cudaErrorMemoryAllocation, "more memory than the host has");
  state().buffers[static_cast<char *>(*p)] = bytes;
  state().used += bytes;
  return cudaSuccess;
}
cudaError_t cudaFree(void *p) {
  const auto found = state().buffers.find(static_cast<char *>(p));
  if (found == state().buffers.end())
    return unless(!p, "free of what is no buffer");
  state().used -= found->second;
  state().buffers.erase(found);
  std::free(p);
  return cudaSuccess;
}
cudaError_t cudaMemsetAsync(void *p, int value, size_t bytes, cudaStream_t) {
  // Large buffers stay as they are: the host would have to back them.
  if (isWithinBuffer(p, bytes) && bytes <= (64 << 20))
    std::memset(p, value, bytes);
  state().now += 1 + bytes / 3e6;
  return unless(isWithinBuffer(p, bytes), "memset outside of a buffer");
}
cudaError_t cudaMemcpyAsync(void *to, const void *from, size_t bytes,
                            cudaMemcpyKind kind, cudaStream_t) {
  if ((kind != cudaMemcpyDeviceToHost && !isWithinBuffer(to, bytes)) ||
      (kind != cudaMemcpyHostToDevice && !isWithinBuffer(from, bytes)))
    return refuse(cudaErrorInvalidValue, "copy outside of a buffer");
  if (kind != cudaMemcpyDeviceToDevice)
    std::memcpy(to, from, bytes);
  state().now += 1 + bytes / 1.5e6;
  return cudaSuccess;
}

//===----------------------------------------------------------------------===//
// Streams, events and graphs
//===----------------------------------------------------------------------===//

cudaError_t cudaStreamCreateWithFlags(cudaStream_t *stream, unsigned) {
  *stream = reinterpret_cast<cudaStream_t>(&state());
  return cudaSuccess;
}
cudaError_t cudaStreamSynchronize(cudaStream_t) {
  state().now += 3;
  return unless(!state().capturing, "synchronisation in a capture");
}
cudaError_t cudaEventCreate(cudaEvent_t *event) {
  auto *one = new Event;
  state().events.insert(one);
  *event = reinterpret_cast<cudaEvent_t>(one);
  return cudaSuccess;
}
cudaError_t cudaEventDestroy(cudaEvent_t event) {
  auto *one = reinterpret_cast<Event *>(event);
  if (!state().events.erase(one))
    return refuse(cudaErrorInvalidValue, "destruction of what is no event");
  delete one;
  return cudaSuccess;
}
cudaError_t cudaEventRecord(cudaEvent_t event, cudaStream_t) {
  auto *one = reinterpret_cast<Event *>(event);
  if (!state().events.count(one))
    return refuse(cudaErrorInvalidValue, "record of what is no event");
  one->microseconds = state().now;
  return cudaSuccess;
}
cudaError_t cudaEventElapsedTime(float *milliseconds, cudaEvent_t start,
                                 cudaEvent_t end) {
  auto *first = reinterpret_cast<Event *>(start);
  auto *last = reinterpret_cast<Event *>(end);
  if (!state().events.count(first) || !state().events.count(last) ||
      first->microseconds < 0 || last->microseconds < 0)
    return refuse(cudaErrorInvalidValue, "time of an event that was not");
  *milliseconds =
      static_cast<float>((last->microseconds - first->microseconds) / 1000);
  return cudaSuccess;
}
cudaError_t cudaStreamBeginCapture(cudaStream_t, cudaStreamCaptureMode) {
  const bool twice = state().capturing;
  state().capturing = true;
  state().captured = 0;
  return unless(!twice, "a capture in a capture");
}
cudaError_t cudaStreamEndCapture(cudaStream_t, cudaGraph_t *graph) {
  auto *launches = new int(state().captured);
  state().graphs.insert(launches);
  *graph = reinterpret_cast<cudaGraph_t>(launches);
  const bool capturing = state().capturing;
  state().capturing = false;
  return unless(capturing, "the end of no capture");
}
cudaError_t cudaGraphInstantiate(cudaGraphExec_t *instance, cudaGraph_t graph,
                                 unsigned long long) {
  auto *launches = new int(*reinterpret_cast<int *>(graph));
  state().graphs.insert(launches);
  *instance = reinterpret_cast<cudaGraphExec_t>(launches);
  return cudaSuccess;
}
cudaError_t cudaGraphGetEdges(cudaGraph_t, cudaGraphNode_t *, cudaGraphNode_t *,
                              cudaGraphEdgeData *, size_t *count) {
  *count = 0;
  return cudaSuccess;
}
cudaError_t cudaGraphUpload(cudaGraphExec_t, cudaStream_t) {
  return cudaSuccess;
}
cudaError_t cudaGraphLaunch(cudaGraphExec_t instance, cudaStream_t) {
  state().now += *reinterpret_cast<int *>(instance);
  return cudaSuccess;
}
static cudaError_t destroyGraph(void *graph) {
  auto *launches = static_cast<int *>(graph);
  if (!state().graphs.erase(launches))
    return refuse(cudaErrorInvalidValue, "destruction of what is no graph");
  delete launches;
  return cudaSuccess;
}
cudaError_t cudaGraphDestroy(cudaGraph_t graph) { return destroyGraph(graph); }
cudaError_t cudaGraphExecDestroy(cudaGraphExec_t instance) {
  return destroyGraph(instance);
}

//===----------------------------------------------------------------------===//
// Kernels
//===----------------------------------------------------------------------===//

cudaError_t cudaFuncSetAttribute(const void *function, cudaFuncAttribute what,
                                 int value) {
  const auto found = state().kernels.find(function);
  if (found == state().kernels.end())
    return refuse(cudaErrorInvalidDeviceFunction, "attribute of no kernel");
  if (what == cudaFuncAttributeNonPortableClusterSizeAllowed)
    found->second.largeClusters = value;
  if (what != cudaFuncAttributeMaxDynamicSharedMemorySize)
    return cudaSuccess;
  found->second.sharedBytes = value;
  return unless(value <= kSharedBytes,
                "more shared memory than a CTA may have");
}
cudaError_t cudaFuncGetAttributes(cudaFuncAttributes *attributes,
                                  const void *function) {
  std::memset(attributes, 0, sizeof *attributes);
  return unless(state().kernels.count(function), "attributes of no kernel");
}
cudaError_t cudaOccupancyMaxActiveClusters(int *count, const void *function,
                                           const cudaLaunchConfig_t *config) {
  const unsigned cluster = clusterOf(*config);
  *count = cluster > 8 ? 7 : 128 / static_cast<int>(cluster);
  return check(*config, function);
}
cudaError_t cudaOccupancyMaxActiveBlocksPerMultiprocessorWithFlags(
    int *count, const void *function, int, size_t bytes, unsigned) {
  *count = 1;
  const auto found = state().kernels.find(function);
  return unless(found != state().kernels.end() &&
                    bytes <= static_cast<size_t>(found->second.sharedBytes),
                "occupancy of what cannot be launched");
}
cudaError_t cudaLaunchKernelExC(const cudaLaunchConfig_t *config,
                                const void *function, void **) {
  ++state().launches;
  ++state().captured;
  state().now += 10;
  return check(*config, function);
}
}
