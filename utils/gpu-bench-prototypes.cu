// Times hand-written forward boundaries (fwd.cu of the folder that gpu-bench
// --prototypes names): prints NAME HIDDEN TOKENS MICROSECONDS for each number
// of tokens on the command line. Medians of 15, caches flushed before each run.
// The numbers are not looked at.

#include "fwd.cu"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <vector>

#define CHECK(call)                                                            \
  do {                                                                         \
    cudaError_t error = (call);                                                \
    if (error != cudaSuccess) {                                                \
      std::fprintf(stderr, "%s: %s\n", #call, cudaGetErrorString(error));      \
      std::exit(1);                                                            \
    }                                                                          \
  } while (0)

static void *allocate(size_t bytes) {
  void *data;
  CHECK(cudaMalloc(&data, bytes));
  CHECK(cudaMemset(data, 0, bytes));
  return data;
}

static constexpr size_t flushBytes = size_t(256) << 20;
static void *flushed;

template <typename Config>
static void time(const char *name, void (*kernel)(const P), int clusterSize,
                 int threads, int hidden, const std::vector<int> &counts) {
  const size_t most = *std::max_element(counts.begin(), counts.end());
  CHECK(cudaFuncSetAttribute(
      kernel, cudaFuncAttributeMaxDynamicSharedMemorySize, Config::SMEM));
  CHECK(cudaFuncSetAttribute(
      kernel, cudaFuncAttributeNonPortableClusterSizeAllowed, 1));
  P p{};
  p.x = (const __nv_bfloat16 *)allocate(most * 4 * hidden * 2);
  p.f = (const __nv_bfloat16 *)allocate(most * hidden * 2);
  p.xo = (__nv_bfloat16 *)allocate(most * 4 * hidden * 2);
  p.y = (__nv_bfloat16 *)allocate(most * hidden * 2);
  p.cin = (const float *)allocate(most * 20 * 4);
  p.phi = (const uint4 *)allocate(size_t(hidden) / 32 * Config::NF * 32 * 16);
  p.scale = (const float *)allocate(3 * 4);
  p.base = (const float *)allocate(24 * 4);
  p.cout = (float *)allocate(most * 24 * 4);
  p.eps = 1.0e-6f;
  for (int tokens : counts) {
    p.T = tokens;
    cudaLaunchConfig_t config{};
    cudaLaunchAttribute attribute{};
    attribute.id = cudaLaunchAttributeClusterDimension;
    attribute.val.clusterDim.x = clusterSize;
    attribute.val.clusterDim.y = attribute.val.clusterDim.z = 1;
    config.gridDim = dim3(clusterSize);
    config.blockDim = dim3(threads);
    config.dynamicSmemBytes = Config::SMEM;
    config.attrs = &attribute;
    config.numAttrs = 1;
    int clusters = 0;
    CHECK(cudaOccupancyMaxActiveClusters(&clusters, kernel, &config));
    clusters = std::max(1, std::min(clusters, (tokens + 7) / 8));
    config.gridDim = dim3(clusters * clusterSize);
    std::vector<float> times;
    for (int run = 0; run < 18; ++run) {
      cudaEvent_t start, end;
      CHECK(cudaEventCreate(&start));
      CHECK(cudaEventCreate(&end));
      CHECK(cudaMemsetAsync(flushed, 0, flushBytes));
      CHECK(cudaEventRecord(start));
      CHECK(cudaLaunchKernelEx(&config, kernel, p));
      CHECK(cudaEventRecord(end));
      CHECK(cudaEventSynchronize(end));
      float milliseconds;
      CHECK(cudaEventElapsedTime(&milliseconds, start, end));
      if (run >= 3)
        times.push_back(1000 * milliseconds);
      CHECK(cudaEventDestroy(start));
      CHECK(cudaEventDestroy(end));
    }
    std::sort(times.begin(), times.end());
    std::printf("%s %d %d %.2f\n", name, hidden, tokens,
                times[times.size() / 2]);
    std::fflush(stdout);
  }
  for (const void *data :
       {(const void *)p.x, (const void *)p.f, (const void *)p.xo,
        (const void *)p.y, (const void *)p.cin, (const void *)p.phi,
        (const void *)p.scale, (const void *)p.base, (const void *)p.cout})
    CHECK(cudaFree((void *)data));
}

int main(int argc, char **argv) {
  std::vector<int> counts;
  for (int i = 1; i < argc; ++i)
    counts.push_back(std::atoi(argv[i]));
  if (counts.empty())
    return 2;
  flushed = allocate(flushBytes);
  time<Cfg<8, 10, 1, 4, 24, 0>>("f2560_c8_u1_d4_r24", f2560_c8_u1_d4_r24, 8,
                                384, 2560, counts);
  time<Cfg<16, 8, 1, 4, 24, 0>>("f4096_c16_u1_d4_r24", f4096_c16_u1_d4_r24, 16,
                                320, 4096, counts);
  time<Cfg<16, 14, 1, 1, 12, 0>>("f7168_c16_u1_d1_r12", f7168_c16_u1_d1_r12, 16,
                                 512, 7168, counts);
}
