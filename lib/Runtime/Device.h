//===- Device.h - A GPU with a context --------------------------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MHC_LIB_RUNTIME_DEVICE_H
#define MHC_LIB_RUNTIME_DEVICE_H

#include "Driver.h"
#include "mhc/Runtime/mhcrt.h"

#include <atomic>
#include <mutex>
#include <vector>

/// A GPU and its context; counted, as modules and events hold it too.
struct mhcrt_device {
  mhcrt_device(const mhcrt::Driver &driver, int ordinal);
  ~mhcrt_device();

  void retain() { references.fetch_add(1); }
  void release() {
    if (references.fetch_sub(1) == 1)
      delete this;
  }

  int getAttribute(int attribute) const;

  const mhcrt::Driver &driver;
  int ordinal = 0;
  int handle = 0;
  void *context = nullptr;

  /// The streams of the pool that nobody has, by their priorities.
  struct PooledStream {
    mhcrt::Stream stream;
    int priority;
    bool free;
  };
  std::mutex streamsMutex;
  std::vector<PooledStream> streams;

private:
  bool ownsContext = false;
  std::atomic<unsigned> references{1};
};

struct mhcrt_event {
  mhcrt_device *device;
  void *event;
};

namespace mhcrt {

/// Holds a device for as long as this object lives.
class DeviceReference {
public:
  /// The device itself, or the default one if it is null.
  explicit DeviceReference(mhcrt_device *given);
  ~DeviceReference() { device->release(); }
  DeviceReference(const DeviceReference &) = delete;

  mhcrt_device *operator->() const { return device; }
  mhcrt_device &operator*() const { return *device; }

private:
  mhcrt_device *device;
};

} // namespace mhcrt

#endif // MHC_LIB_RUNTIME_DEVICE_H
