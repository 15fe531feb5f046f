//===- DevicesTest.cpp - Checks of devices, memory and streams ------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "RuntimeChecks.h"

using namespace mhc::test;

/// Opens a device that cannot be.
static void expectNoDevice(Checks &checks, const std::string &driver,
                           int ordinal, mhcrt_status expected,
                           llvm::ArrayRef<llvm::StringRef> parts) {
  mhcrt_error error;
  auto *device = reinterpret_cast<mhcrt_device *>(1);
  mhcrt_status status =
      mhcrt_open_device(driver.c_str(), ordinal, &device, &error);
  checks.equal("status", llvm::StringRef(mhcrt_status_name(expected)),
               llvm::StringRef(mhcrt_status_name(status)));
  checks.isTrue("no device", device == nullptr);
  checks.message("message", llvm::createStringError(error.message), parts);
}

void mhc::test::checkDevices(Checks &checks, const Drivers &drivers) {
  checks.run("device-no-driver", [&] {
    expectNoDevice(checks, "libnotthere.so", 0, MHCRT_NO_DRIVER,
                   {"expected the CUDA driver, got no library "
                    "'libnotthere.so': "});
    Environment driver("MHCRT_DRIVER", "libnotthereeither.so");
    mhcrt_device *device = nullptr;
    mhcrt_error error;
    checks.equal("by the environment", int(MHCRT_NO_DRIVER),
                 int(mhcrt_open_device(nullptr, 0, &device, &error)));
    checks.message("message", llvm::createStringError(error.message),
                   {"'libnotthereeither.so'"});
    Environment fails("MHC_RECORDING_FAIL", "cuInit=34");
    expectNoDevice(checks, drivers.recording, 0, MHCRT_NO_DRIVER, {"stub"});
  });

  checks.run("device-old-driver", [&] {
    expectNoDevice(checks, drivers.old, 0, MHCRT_DRIVER_TOO_OLD,
                   {"expected a driver of CUDA 11.8 or later, got '",
                    "' of CUDA 11.4 without cuGetErrorName"});
  });

  checks.run("device-none", [&] {
    {
      Environment fails("MHC_RECORDING_FAIL", "cuInit=100");
      expectNoDevice(checks, drivers.recording, 0, MHCRT_NO_DEVICE,
                     {"expected a GPU, got none"});
    }
    {
      Environment fails("MHC_RECORDING_FAIL", "cuInit=803");
      expectNoDevice(
          checks, drivers.recording, 0, MHCRT_DRIVER_ERROR,
          {"starting the driver: as asked for (CUDA_ERROR_RECORDED)"});
    }
    {
      Environment none("MHC_RECORDING_DEVICE", "0");
      expectNoDevice(checks, drivers.recording, -1, MHCRT_NO_DEVICE,
                     {"expected a GPU, got none"});
    }
    Environment two("MHC_RECORDING_DEVICE", "2");
    expectNoDevice(checks, drivers.recording, 2, MHCRT_NO_DEVICE,
                   {"expected a GPU below 2, got 2"});
  });

  checks.run("device-context", [&] {
    Environment two("MHC_RECORDING_DEVICE", "2,8,6,1000");
    mhcrt_device *device = nullptr;
    mhcrt_error error;
    drivers.takeRecord();
    checks.equal(
        "open", int(MHCRT_SUCCESS),
        int(mhcrt_open_device(drivers.recording.c_str(), 1, &device, &error)));
    mhcrt_device_info info;
    checks.equal("information", int(MHCRT_SUCCESS),
                 int(mhcrt_get_device_info(device, &info, &error)));
    checks.equal("name", llvm::StringRef("recorder"),
                 llvm::StringRef(info.name));
    checks.equal("ordinal", 1, info.ordinal);
    checks.equal("capability", 86, info.major * 10 + info.minor);
    checks.equal("shared memory", 1000, info.shared_bytes);
    checks.equal("version", 13000, info.driver_version);
    void *data = nullptr;
    mhcrt_allocate(device, 100, "name", &data, &error);
    mhcrt_free(device, data, &error);
    mhcrt_close_device(device);
    checks.equal("calls",
                 llvm::StringRef("cuDeviceGetCount\ncuDeviceGet 0\n"
                                 "cuDeviceGet 1\ncuDevicePrimaryCtxRetain 11\n"
                                 "cuCtxPushCurrent\ncuMemAlloc 100\n"
                                 "cuCtxPopCurrent\ncuCtxPushCurrent\n"
                                 "cuMemFree\ncuCtxPopCurrent\n"
                                 "cuCtxPushCurrent\ncuCtxPopCurrent\n"
                                 "cuDevicePrimaryCtxRelease 11\n"),
                 llvm::StringRef(drivers.takeRecord()));
  });

  checks.run("device-current-context", [&] {
    // The context of the thread is used, and left to its owner.
    Environment two("MHC_RECORDING_DEVICE", "2");
    void *context = reinterpret_cast<void *>((11 << 8) + 1);
    drivers.pushContext(context);
    drivers.takeRecord();
    mhcrt_device *device = nullptr;
    mhcrt_device_info info;
    mhcrt_open_device(drivers.recording.c_str(), -1, &device, nullptr);
    mhcrt_get_device_info(device, &info, nullptr);
    mhcrt_close_device(device);
    checks.equal("ordinal", 1, info.ordinal);
    checks.equal("calls",
                 llvm::StringRef("cuDeviceGetCount\ncuDeviceGet 0\n"
                                 "cuDeviceGet 1\n"),
                 llvm::StringRef(drivers.takeRecord()));
    drivers.popContext(&context);
  });

  checks.run("device-memory", [&] {
    TestModule module(drivers, "", "");
    void *data = &module;
    mhcrt_error &error = module.error;
    checks.equal("no bytes", int(MHCRT_SUCCESS),
                 int(mhcrt_allocate(module.device, 0, nullptr, &data, &error)));
    checks.isTrue("no bytes", data == nullptr);
    {
      Environment fails("MHC_RECORDING_FAIL", "cuMemAlloc=2");
      expectStatus(
          checks, "too many", MHCRT_OUT_OF_DEVICE_MEMORY,
          "allocating 7 bytes for x: as asked for (CUDA_ERROR_RECORDED)",
          mhcrt_allocate(module.device, 7, "x", &data, &error), error);
      checks.equal("code", 2, error.driver_code);
    }
    expectStatus(
        checks, "copy to null", MHCRT_NULL_POINTER,
        "expected the target of a copy, got null",
        mhcrt_copy_to_device(module.device, nullptr, &data, 8, nullptr, &error),
        error);
    expectStatus(
        checks, "copy from null", MHCRT_NULL_POINTER,
        "expected the source of a copy, got null",
        mhcrt_copy_to_host(module.device, &data, nullptr, 8, nullptr, &error),
        error);
    expectStatus(checks, "fill of null", MHCRT_NULL_POINTER,
                 "expected memory to fill, got null",
                 mhcrt_fill(module.device, nullptr, 0, 8, nullptr, &error),
                 error);
    expectStatus(checks, "no device", MHCRT_INVALID_USE,
                 "expected a device, got null",
                 mhcrt_allocate(nullptr, 7, nullptr, &data, &error), error);
    checks.equal("no error asked for", int(MHCRT_INVALID_USE),
                 int(mhcrt_allocate(nullptr, 7, nullptr, &data, nullptr)));
  });

  checks.run("device-streams", [&] {
    TestModule module(drivers, "", "");
    mhcrt_error &error = module.error;
    void *first = nullptr, *second = nullptr, *urgent = nullptr,
         *again = nullptr;
    drivers.takeRecord();
    mhcrt_get_stream(module.device, 0, &first, &error);
    mhcrt_get_stream(module.device, 3, &second, &error);
    mhcrt_get_stream(module.device, -9, &urgent, &error);
    checks.isTrue("different", first != second && first != urgent);
    mhcrt_return_stream(module.device, first, &error);
    mhcrt_get_stream(module.device, -5, &again, &error);
    checks.isTrue("of its priority", again != first && again != urgent);
    mhcrt_get_stream(module.device, 0, &again, &error);
    checks.isTrue("used again", again == first);
    mhcrt_return_stream(module.device, first, &error);
    expectStatus(checks, "returned twice", MHCRT_INVALID_USE,
                 "expected a stream of mhcrt_get_stream that was not returned, "
                 "got another",
                 mhcrt_return_stream(module.device, first, &error), error);
    // 0 and 3 are the least urgent, -9 is cut to -5.
    llvm::SmallVector<llvm::StringRef> lines;
    std::string made;
    llvm::StringRef record = drivers.takeRecord();
    record.split(lines, '\n');
    for (llvm::StringRef line : lines)
      if (line.consume_front("cuStreamCreateWithPriority "))
        made += line.str() + ';';
    checks.equal("made", llvm::StringRef("1 0;1 0;1 -5;1 -5;"),
                 llvm::StringRef(made));
    Environment fails("MHC_RECORDING_FAIL", "cuStreamSynchronize=719");
    expectStatus(checks, "wait", MHCRT_DRIVER_ERROR,
                 "waiting for the stream: as asked for (CUDA_ERROR_RECORDED)",
                 mhcrt_synchronize(module.device, first, &error), error);
    checks.equal("code", 719, error.driver_code);
  });

  checks.run("device-events", [&] {
    TestModule module(drivers, "", "");
    mhcrt_event *start = nullptr, *end = nullptr;
    mhcrt_error &error = module.error;
    mhcrt_create_event(module.device, &start, &error);
    mhcrt_create_event(module.device, &end, &error);
    float milliseconds = 0;
    checks.equal("record", int(MHCRT_SUCCESS),
                 int(mhcrt_record_event(start, nullptr, &error)));
    checks.equal("wait", int(MHCRT_SUCCESS),
                 int(mhcrt_wait_event(start, nullptr, &error)));
    checks.equal("elapsed", int(MHCRT_SUCCESS),
                 int(mhcrt_get_elapsed(start, end, &milliseconds, &error)));
    checks.equal("milliseconds", 0.5f, milliseconds);
    expectStatus(checks, "no event", MHCRT_INVALID_USE,
                 "expected an event, got null",
                 mhcrt_record_event(nullptr, nullptr, &error), error);
    mhcrt_destroy_event(start);
    mhcrt_destroy_event(end);
    mhcrt_destroy_event(nullptr);
  });
}
