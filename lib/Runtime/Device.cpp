//===- Device.cpp - A GPU with a context ----------------------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Device.h"

#include "Failure.h"

#include <algorithm>

using namespace mhcrt;

//===----------------------------------------------------------------------===//
// Opening and closing
//===----------------------------------------------------------------------===//

mhcrt_device::mhcrt_device(const Driver &driver, int asked) : driver(driver) {
  int count = 0;
  driver.check(driver.getDeviceCount(&count), "counting the GPUs");
  if (count == 0)
    fail(MHCRT_NO_DEVICE, "expected a GPU, got none");
  if (asked >= count)
    fail(MHCRT_NO_DEVICE, "expected a GPU below " + std::to_string(count) +
                              ", got " + std::to_string(asked));
  void *current = nullptr;
  int currentHandle = 0;
  driver.check(driver.getContext(&current), "asking for the context");
  if (current)
    driver.check(driver.getContextDevice(&currentHandle),
                 "asking for the context's GPU");
  for (int i = 0; i < count; ++i) {
    driver.check(driver.getDevice(&handle, i), "asking for a GPU");
    if (asked < 0 ? !current || handle == currentHandle : i == asked) {
      ordinal = i;
      break;
    }
  }
  if (current && handle == currentHandle) {
    context = current;
    return;
  }
  driver.check(driver.retainContext(&context, handle),
               "making a context on GPU " + std::to_string(ordinal));
  ownsContext = true;
}

mhcrt_device::~mhcrt_device() {
  // The driver may have been shut down when a process ends; there is nobody to
  // tell of a failure.
  try {
    CurrentContext current(driver, context);
    for (const PooledStream &entry : streams)
      driver.destroyStream(entry.stream);
  } catch (const Failure &) {
  }
  if (ownsContext)
    driver.releaseContext(handle);
}

int mhcrt_device::getAttribute(int attribute) const {
  int value = 0;
  driver.check(driver.getAttribute(&value, attribute, handle),
               "asking for attribute " + std::to_string(attribute) +
                   " of the GPU");
  return value;
}

DeviceReference::DeviceReference(mhcrt_device *given) : device(given) {
  if (device)
    device->retain();
  else
    device = new mhcrt_device(Driver::get(nullptr), -1);
}

mhcrt_status mhcrt_open_device(const char *driver, int ordinal,
                               mhcrt_device **device, mhcrt_error *error) {
  return guarded(error, [&] {
    expectObject(device, "a place for the device");
    *device = nullptr;
    *device = new mhcrt_device(Driver::get(driver), ordinal);
  });
}

void mhcrt_close_device(mhcrt_device *device) {
  if (device)
    device->release();
}

mhcrt_status mhcrt_get_device_info(const mhcrt_device *device,
                                   mhcrt_device_info *info,
                                   mhcrt_error *error) {
  return guarded(error, [&] {
    expectObject(device, "a device");
    expectObject(info, "a place for the information");
    mhcrt_device_info result = {};
    device->driver.check(device->driver.getDeviceName(result.name,
                                                      sizeof result.name - 1,
                                                      device->handle),
                         "asking for the GPU's name");
    result.ordinal = device->ordinal;
    result.major = device->getAttribute(kCapabilityMajor);
    result.minor = device->getAttribute(kCapabilityMinor);
    result.multiprocessors = device->getAttribute(kMultiprocessors);
    result.shared_bytes = device->getAttribute(kMostSharedBytes);
    result.driver_version = device->driver.version;
    *info = result;
  });
}

//===----------------------------------------------------------------------===//
// Memory
//===----------------------------------------------------------------------===//

/// Runs `body` with the driver and the device's context.
template <typename Body>
static mhcrt_status onDevice(mhcrt_device *device, mhcrt_error *error,
                             Body &&body) {
  return guarded(error, [&] {
    expectObject(device, "a device");
    CurrentContext current(device->driver, device->context);
    body(device->driver);
  });
}

static DeviceAddress toAddress(const void *pointer) {
  return static_cast<DeviceAddress>(reinterpret_cast<uintptr_t>(pointer));
}

mhcrt_status mhcrt_allocate(mhcrt_device *device, uint64_t bytes,
                            const char *name, void **data, mhcrt_error *error) {
  return onDevice(device, error, [&](const Driver &driver) {
    expectObject(data, "a place for the address");
    *data = nullptr;
    if (bytes == 0)
      return;
    DeviceAddress address = 0;
    int result = name && driver.allocateNamed
                     ? driver.allocateNamed(&address, bytes, name)
                     : driver.allocate(&address, bytes);
    driver.check(result, "allocating " + std::to_string(bytes) + " bytes" +
                             (name ? std::string(" for ") + name : ""));
    *data = reinterpret_cast<void *>(static_cast<uintptr_t>(address));
  });
}

mhcrt_status mhcrt_free(mhcrt_device *device, void *data, mhcrt_error *error) {
  return onDevice(device, error, [&](const Driver &driver) {
    if (data)
      driver.check(driver.free(toAddress(data)), "freeing memory");
  });
}

/// Fails unless both ends of a copy are there.
static void expectEnds(const void *target, const void *source) {
  if (!target || !source)
    fail(MHCRT_NULL_POINTER, std::string("expected the ") +
                                 (target ? "source" : "target") +
                                 " of a copy, got null");
}

mhcrt_status mhcrt_copy_to_device(mhcrt_device *device, void *target,
                                  const void *source, uint64_t bytes,
                                  void *stream, mhcrt_error *error) {
  return onDevice(device, error, [&](const Driver &driver) {
    if (bytes == 0)
      return;
    expectEnds(target, source);
    driver.check(driver.copyToDevice(toAddress(target), source, bytes, stream),
                 "copying to the device");
    driver.check(driver.synchronize(stream), "copying to the device");
  });
}

mhcrt_status mhcrt_copy_to_host(mhcrt_device *device, void *target,
                                const void *source, uint64_t bytes,
                                void *stream, mhcrt_error *error) {
  return onDevice(device, error, [&](const Driver &driver) {
    if (bytes == 0)
      return;
    expectEnds(target, source);
    driver.check(driver.copyToHost(target, toAddress(source), bytes, stream),
                 "copying from the device");
    driver.check(driver.synchronize(stream), "copying from the device");
  });
}

mhcrt_status mhcrt_fill(mhcrt_device *device, void *target, uint8_t value,
                        uint64_t bytes, void *stream, mhcrt_error *error) {
  return onDevice(device, error, [&](const Driver &driver) {
    if (bytes == 0)
      return;
    if (!target)
      fail(MHCRT_NULL_POINTER, "expected memory to fill, got null");
    driver.check(driver.fill(toAddress(target), value, bytes, stream),
                 "filling memory");
  });
}

//===----------------------------------------------------------------------===//
// Streams and events
//===----------------------------------------------------------------------===//

mhcrt_status mhcrt_get_stream(mhcrt_device *device, int priority, void **stream,
                              mhcrt_error *error) {
  return onDevice(device, error, [&](const Driver &driver) {
    expectObject(stream, "a place for the stream");
    *stream = nullptr;
    int least = 0, most = 0;
    driver.check(driver.getPriorities(&least, &most),
                 "asking for the priorities");
    // The driver counts downwards: most urgent <= least urgent.
    priority = std::min(std::max(priority, most), least);
    std::lock_guard<std::mutex> lock(device->streamsMutex);
    for (mhcrt_device::PooledStream &entry : device->streams)
      if (entry.free && entry.priority == priority) {
        entry.free = false;
        *stream = entry.stream;
        return;
      }
    device->streams.reserve(device->streams.size() + 1);
    constexpr unsigned nonBlocking = 1;
    Stream created = nullptr;
    driver.check(driver.createStream(&created, nonBlocking, priority),
                 "making a stream");
    device->streams.push_back({created, priority, /*free=*/false});
    *stream = created;
  });
}

mhcrt_status mhcrt_return_stream(mhcrt_device *device, void *stream,
                                 mhcrt_error *error) {
  return guarded(error, [&] {
    expectObject(device, "a device");
    std::lock_guard<std::mutex> lock(device->streamsMutex);
    for (mhcrt_device::PooledStream &entry : device->streams)
      if (entry.stream == stream && !entry.free) {
        entry.free = true;
        return;
      }
    fail(MHCRT_INVALID_USE, "expected a stream of mhcrt_get_stream that was "
                            "not returned, got another");
  });
}

mhcrt_status mhcrt_synchronize(mhcrt_device *device, void *stream,
                               mhcrt_error *error) {
  return onDevice(device, error, [&](const Driver &driver) {
    driver.check(driver.synchronize(stream), "waiting for the stream");
  });
}

mhcrt_status mhcrt_create_event(mhcrt_device *device, mhcrt_event **event,
                                mhcrt_error *error) {
  return onDevice(device, error, [&](const Driver &driver) {
    expectObject(event, "a place for the event");
    *event = nullptr;
    auto *created = new mhcrt_event{device, nullptr};
    if (int result = driver.createEvent(&created->event, 0)) {
      delete created;
      driver.check(result, "making an event");
    }
    device->retain();
    *event = created;
  });
}

/// Runs `body` with the driver and the event's context.
template <typename Body>
static mhcrt_status onEvent(mhcrt_event *event, mhcrt_error *error,
                            Body &&body) {
  if (!event)
    return guarded(error, [] { expectObject(nullptr, "an event"); });
  return onDevice(event->device, error, body);
}

mhcrt_status mhcrt_record_event(mhcrt_event *event, void *stream,
                                mhcrt_error *error) {
  return onEvent(event, error, [&](const Driver &driver) {
    driver.check(driver.recordEvent(event->event, stream),
                 "recording an event");
  });
}

mhcrt_status mhcrt_wait_event(mhcrt_event *event, void *stream,
                              mhcrt_error *error) {
  return onEvent(event, error, [&](const Driver &driver) {
    driver.check(driver.waitEvent(stream, event->event, 0),
                 "waiting for an event");
  });
}

mhcrt_status mhcrt_get_elapsed(mhcrt_event *start, mhcrt_event *end,
                               float *milliseconds, mhcrt_error *error) {
  return onEvent(start, error, [&](const Driver &driver) {
    expectObject(end, "an event");
    expectObject(milliseconds, "a place for the time");
    driver.check(driver.getElapsed(milliseconds, start->event, end->event),
                 "asking for the time between events");
  });
}

void mhcrt_destroy_event(mhcrt_event *event) {
  if (!event)
    return;
  (void)onEvent(event, nullptr, [&](const Driver &driver) {
    driver.destroyEvent(event->event);
  });
  event->device->release();
  delete event;
}
