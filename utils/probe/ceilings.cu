//===- ceilings.cu - Bandwidths, latencies, launches and clocks -----------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What a GPU can do at most, and what everything costs at least. Five figures
// are the least, the quartiles with the median, and the greatest. Records:
//
// device        name, major, minor, multiprocessors, memory_bytes, l2_bytes,
//               shared_bytes (of a CTA), driver, runtime; limits as CUDA tells:
//               shared_bytes_of_multiprocessor, reserved_shared_bytes,
//               registers_of_multiprocessor, registers_of_cta,
//               threads_of_multiprocessor, sm_khz, memory_khz (nominal)
// stopwatch     us[5] between two events with nothing between them
// launch        what, ctas, cluster, shared (bytes), parameter_bytes; us[5]:
//               event_us (events around one, caches flushed), event_held_us
//               (the same, enqueued beforehand), device_us (each of many
//               enqueued beforehand), stream_us (each of many), host_us (the
//               call), round_trip_us (call and synchronisation); or error
// graph of one  event_held_us, host_us, round_trip_us of a graph of one kernel
// chain         how (stream or graph), early (launched early), let (when a
//               kernel lets the next one start), shared, links, before and
//               after (cycles of a link that do not and do depend on the link
//               before), us[5] of a link, right (links saw all of the one
//               before); graphs: edges, programmatic_edges, host_us; or error
// clock         load, ghz[window], g_s[window] (1e9 bytes or operations a
//               second), ms_of_window, cycles_of_instruction[window] (of one of
//               the four parts of a multiprocessor)
// flush         flushed, bytes, us[5] of a read
// bandwidth     kind (mixture, tiles, tiles of 7: rows of a forward boundary,
// see
//               ceilings/traffic.h), bytes (of the source), moved (bytes read
//               and written), ctas (of a multiprocessor; 0: all at once), loads
//               (in flight in a thread; KB of a CTA for bulk), stores (plain,
//               stream, or the pieces of a copy in bulk), us[5], gb_s, right
// small copy    bytes, moved, us[5], gb_s, shape, right
// l2 bandwidth  kind, lines (read by whom), megabytes (wanted), bytes, ctas,
//               loads, us[5], gb_s, right
// latency       where, bytes, cycles[5], ns, right
// left out      what: no time was left for it
//
// --only takes the kinds' names: bandwidth, flush, launch, chain, small copy,
// latency, l2 bandwidth, clock.
//
//===----------------------------------------------------------------------===//

#include "ceilings/bandwidth.h"
#include "ceilings/caches.h"
#include "ceilings/clock.h"
#include "ceilings/launches.h"

using namespace probe;

static void describe(const Device &device) {
  Record record("device");
  record.set("name", device.name)
      .set("major", device.major)
      .set("minor", device.minor)
      .set("multiprocessors", device.multiprocessors)
      .set("memory_bytes", device.memoryBytes)
      .set("l2_bytes", device.l2Bytes)
      .set("shared_bytes", device.sharedBytes)
      .set("driver", device.driverVersion)
      .set("runtime", device.runtimeVersion);
#ifndef PROBE_EMULATED
  const std::pair<const char *, cudaDeviceAttr> limits[] = {
      {"shared_bytes_of_multiprocessor",
       cudaDevAttrMaxSharedMemoryPerMultiprocessor},
      {"reserved_shared_bytes", cudaDevAttrReservedSharedMemoryPerBlock},
      {"registers_of_multiprocessor", cudaDevAttrMaxRegistersPerMultiprocessor},
      {"registers_of_cta", cudaDevAttrMaxRegistersPerBlock},
      {"threads_of_multiprocessor", cudaDevAttrMaxThreadsPerMultiProcessor},
      {"sm_khz", cudaDevAttrClockRate},
      {"memory_khz", cudaDevAttrMemoryClockRate}};
  for (const auto &limit : limits) {
    int value = 0;
    if (cudaDeviceGetAttribute(&value, limit.second, 0) == cudaSuccess)
      record.set(limit.first, value);
    else
      (void)cudaGetLastError(); // What is not told is not there.
  }
#endif
  record.print();
}

int main(int argc, char **argv) {
  const Options options(argc, argv);
  const Device device = openDevice();
  describe(device);
  Stopwatch stopwatch(device);
  Bandwidth bandwidth(device, options, stopwatch);
  // The copy bandwidth first: other programs are measured by it.
  if (options.selects("bandwidth"))
    bandwidth.measureLarge();
  if (options.selects("flush"))
    bandwidth.measureFlush();
  if (options.selects("launch"))
    measureLaunches(device, options, stopwatch);
  if (options.selects("chain")) {
    Chain(device, options).measure();
#ifndef PROBE_EMULATED
    measureSmallGraph(options);
#endif
  }
  if (options.selects("small copy"))
    bandwidth.measureSmall();
  if (options.selects("latency"))
    measureLatency(device, options, stopwatch);
  if (options.selects("l2 bandwidth"))
    measureCached(device, options, stopwatch);
  if (options.selects("clock"))
    measureClock(device, options);
  return 0;
}
