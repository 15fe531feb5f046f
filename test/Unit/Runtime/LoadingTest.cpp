//===- LoadingTest.cpp - Checks of modules and programs -------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "RuntimeChecks.h"

using namespace mhc::test;

static const char kernel[] =
    "{\"symbol\": \"k\", \"file\": 0, \"block\": [32, 2, 1], "
    "\"cluster\": [16, 1, 1], \"shared\": 49153, \"label\": \"first\"}";
static const char programs[] =
    "{\"name\": \"p\", \"sizes\": [\"T\"], \"arguments\": [{\"name\": \"x\", "
    "\"type\": \"bf16\", \"shape\": [\"T\", 4], \"may_alias\": [1]}], "
    "\"results\": [{\"type\": \"f32\", \"shape\": [\"(* 2 T)\"]}, "
    "{\"type\": \"bf16\", \"shape\": [\"T\", 4]}], \"workspace\": 16, "
    "\"constants\": [{\"file\": 0, \"offset\": 0, \"bytes\": 1}], "
    "\"steps\": []}, {\"name\": \"q\", \"sizes\": [], \"arguments\": [], "
    "\"results\": [], \"workspace\": 0, \"steps\": []}";

void mhc::test::checkLoading(Checks &checks, const Drivers &drivers) {
  checks.run("load-calls", [&] {
    drivers.takeRecord();
    {
      TestModule module(drivers, kernel, programs);
      expectStatus(checks, "load", MHCRT_SUCCESS, "", module.status,
                   module.error);
    }
    // The kernels are on the device, with their limits raised, before any
    // launch.
    checks.equal(
        "calls",
        llvm::StringRef("cuDeviceGetCount\ncuDeviceGet 0\n"
                        "cuDevicePrimaryCtxRetain 10\ncuCtxPushCurrent\n"
                        "cuModuleLoadDataEx p\ncuModuleGetFunction k\n"
                        "cuFuncLoad k\ncuFuncSetAttribute k 8 49153\n"
                        "cuFuncSetAttribute k 14 1\ncuMemAlloc 1\n"
                        "cuMemcpyHtoDAsync 1\ncuStreamSynchronize (nil)\n"
                        "cuCtxPopCurrent\ncuCtxPushCurrent\ncuModuleUnload\n"
                        "cuMemFree\ncuCtxPopCurrent\ncuCtxPushCurrent\n"
                        "cuCtxPopCurrent\ncuDevicePrimaryCtxRelease 10\n"),
        llvm::StringRef(drivers.takeRecord()));
  });

  checks.run("load-queries", [&] {
    TestModule module(drivers, kernel, programs);
    mhcrt_error &error = module.error;
    checks.equal("programs", 2u, mhcrt_get_num_programs(module.module));
    checks.isTrue("device", mhcrt_get_device(module.module) == module.device);
    const mhcrt_program *program = nullptr;
    checks.equal("find", int(MHCRT_SUCCESS),
                 int(mhcrt_find_program(module.module, "p", &program, &error)));
    checks.isTrue("found", program && program == module.program);
    checks.equal("name", llvm::StringRef("p"),
                 llvm::StringRef(mhcrt_get_program_name(program)));
    checks.equal("arguments", 1u,
                 mhcrt_get_num_tensors(program, MHCRT_ARGUMENT));
    checks.equal("results", 2u, mhcrt_get_num_tensors(program, MHCRT_RESULT));
    checks.equal("sizes", 1u, mhcrt_get_num_sizes(program));
    checks.equal("size", llvm::StringRef("T"),
                 llvm::StringRef(mhcrt_get_size_name(program, 0)));
    checks.isTrue("no size", !mhcrt_get_size_name(program, 1));
    checks.equal("may alias 1", 1, mhcrt_may_alias(program, 0, 1));
    checks.equal("may alias 0", 0, mhcrt_may_alias(program, 0, 0));
    checks.equal("may alias of none", 0, mhcrt_may_alias(program, 1, 0));
    mhcrt_tensor_info info;
    checks.equal(
        "argument", int(MHCRT_SUCCESS),
        int(mhcrt_get_tensor_info(program, MHCRT_ARGUMENT, 0, &info, &error)));
    checks.equal("its name", llvm::StringRef("x"), llvm::StringRef(info.name));
    checks.equal("its type", llvm::StringRef("bf16"),
                 llvm::StringRef(mhcrt_type_name(info.type)));
    checks.equal("its bytes", 2u, mhcrt_type_bytes(info.type));
    checks.equal("its rank", 2u, info.rank);
    checks.equal("its tokens", int64_t{-1}, info.dims[0]);
    checks.equal("its columns", int64_t{4}, info.dims[1]);
    int64_t size = 21, dimension = 0;
    checks.equal("shape", int(MHCRT_SUCCESS),
                 int(mhcrt_get_shape(program, MHCRT_RESULT, 0, &size,
                                     &dimension, &error)));
    checks.equal("of the result", int64_t{42}, dimension);
    size = -1;
    expectStatus(
        checks, "negative size", MHCRT_WRONG_SHAPE,
        "size T: expected at least 0, got -1",
        mhcrt_get_shape(program, MHCRT_RESULT, 0, &size, &dimension, &error),
        error);
    expectStatus(
        checks, "no sizes", MHCRT_INVALID_USE, "expected the sizes, got null",
        mhcrt_get_shape(program, MHCRT_RESULT, 0, nullptr, &dimension, &error),
        error);
    expectStatus(checks, "no such result", MHCRT_INVALID_USE,
                 "expected a result below 2, got 2",
                 mhcrt_get_tensor_info(program, MHCRT_RESULT, 2, &info, &error),
                 error);
    expectStatus(checks, "no such role", MHCRT_INVALID_USE,
                 "expected MHCRT_ARGUMENT or MHCRT_RESULT, got 2",
                 mhcrt_get_tensor_info(program, static_cast<mhcrt_role>(2), 0,
                                       &info, &error),
                 error);
    mhcrt_kernel_info kernelInfo;
    checks.equal("kernels", 1u, mhcrt_get_num_kernels(module.module));
    checks.equal(
        "kernel", int(MHCRT_SUCCESS),
        int(mhcrt_get_kernel_info(module.module, 0, &kernelInfo, &error)));
    checks.equal("symbol", llvm::StringRef("k"),
                 llvm::StringRef(kernelInfo.symbol));
    checks.equal("label", llvm::StringRef("first"),
                 llvm::StringRef(kernelInfo.label));
    checks.equal("block", 2u, kernelInfo.block[1]);
    checks.equal("cluster", 16u, kernelInfo.cluster[0]);
    checks.equal("shared memory", 49153u, kernelInfo.shared_bytes);
    checks.equal("registers", 40, kernelInfo.registers);
    checks.equal("local memory", 0, kernelInfo.local_bytes);
    expectStatus(checks, "no such kernel", MHCRT_INVALID_USE,
                 "expected a kernel below 1, got 1",
                 mhcrt_get_kernel_info(module.module, 1, &kernelInfo, &error),
                 error);
  });

  checks.run("load-unknown-program", [&] {
    const mhcrt_program *program = nullptr;
    TestModule module(drivers, kernel, programs);
    expectStatus(
        checks, "a name", MHCRT_UNKNOWN_PROGRAM,
        "expected one of the programs p, q, got r",
        mhcrt_find_program(module.module, "r", &program, &module.error),
        module.error);
    expectStatus(
        checks, "no name", MHCRT_UNKNOWN_PROGRAM,
        "expected one of the programs p, q, got no name",
        mhcrt_find_program(module.module, nullptr, &program, &module.error),
        module.error);
    TestModule empty(drivers, "", "");
    expectStatus(
        checks, "no program", MHCRT_UNKNOWN_PROGRAM,
        "expected a program in the module, got none",
        mhcrt_find_program(empty.module, nullptr, &program, &empty.error),
        empty.error);
  });

  checks.run("load-chips", [&] {
    // The file is PTX, which a later device compiles.
    struct Case {
      const char *device, *chip;
      bool runs;
    };
    const Case cases[] = {
        {"1,9,0,232448", "sm_90a", true},
        {"1,9,0,232448", "sm_90", true},
        {"1,9,0,232448", "sm_80", true},
        {"1,9,0,232448", "sm_100a", false},
        {"1,8,0,166912", "sm_90a", false},
        {"1,8,9,101376", "sm_80", true},
        {"1,10,0,232448", "sm_90a", false},
        {"1,10,0,232448", "sm_90", true},
        {"1,10,3,232448", "sm_100f", true},
        {"1,10,3,232448", "sm_100a", false},
        {"1,12,0,101376", "sm_100f", false},
    };
    for (const Case &test : cases) {
      Environment device("MHC_RECORDING_DEVICE", test.device);
      TestModule module(drivers, kernel, "", test.chip);
      checks.equal(llvm::Twine(test.chip) + " on " + test.device,
                   llvm::StringRef(mhcrt_status_name(
                       test.runs ? MHCRT_SUCCESS : MHCRT_WRONG_CHIP)),
                   llvm::StringRef(mhcrt_status_name(module.status)));
    }
    Environment device("MHC_RECORDING_DEVICE", "1,8,0,1000");
    TestModule other(drivers, kernel, "");
    expectStatus(checks, "the chip", MHCRT_WRONG_CHIP,
                 "code.ptx: expected a device that runs code for sm_90a, got "
                 "one of compute capability 8.0",
                 other.status, other.error);
    TestModule large(drivers, kernel, "", "sm_80");
    expectStatus(checks, "shared memory", MHCRT_WRONG_CHIP,
                 "expected a device with 49153 bytes of shared memory in a CTA "
                 "for 'k', got one with 1000",
                 large.status, large.error);
  });

  checks.run("load-driver-fails", [&] {
    auto expectFailure = [&](const char *failure, llvm::StringRef message) {
      Environment fails("MHC_RECORDING_FAIL", failure);
      TestModule module(drivers, kernel, programs);
      expectStatus(checks, failure, MHCRT_DRIVER_ERROR, message, module.status,
                   module.error);
      checks.isTrue("no module", !module.module);
    };
    expectFailure("cuModuleLoadDataEx=218",
                  "loading code.ptx: ptxas says no: as asked for "
                  "(CUDA_ERROR_RECORDED)");
    expectFailure("cuModuleGetFunction=500",
                  "code.ptx: kernel 'k': as asked for (CUDA_ERROR_RECORDED)");
    expectFailure("cuFuncSetAttribute=1",
                  "code.ptx: kernel 'k', of 49153 bytes of shared memory: as "
                  "asked for (CUDA_ERROR_RECORDED)");
    expectFailure("cuMemcpyHtoDAsync=1",
                  "copying the constants of 'p': as asked for "
                  "(CUDA_ERROR_RECORDED)");
  });

  checks.run("load-images", [&] {
    TestModule other(drivers, kernel, "");
    mhcrt_module *module = nullptr;
    mhcrt_error error;
    const llvm::StringRef manifest =
        "{\"version\": 1, \"chip\": \"sm_90a\", \"files\": [{\"name\": \"f\", "
        "\"kind\": \"data\", \"bytes\": 3, \"hash\": \"44bc2cf5ad770999\"}], "
        "\"kernels\": [], \"programs\": []}";
    auto load = [&](const char *name, llvm::StringRef data) {
      mhcrt_image image = {name, data.data(), data.size()};
      return mhcrt_load_memory(other.device, manifest.data(), manifest.size(),
                               &image, 1, &module, &error);
    };
    expectStatus(checks, "right", MHCRT_SUCCESS, "", load("f", "abc"), error);
    mhcrt_unload(module);
    expectStatus(checks, "missing", MHCRT_MISSING_FILE,
                 "f: expected an image of this name, got none",
                 load("g", "abc"), error);
    expectStatus(checks, "truncated", MHCRT_TRUNCATED_FILE,
                 "f: expected 3 bytes, got 2", load("f", "ab"), error);
    expectStatus(checks, "damaged", MHCRT_DAMAGED_FILE,
                 "f: expected contents of hash 44bc2cf5ad770999, got "
                 "6a8740cb78d5c8d2",
                 load("f", "abd"), error);
    checks.isTrue("no module", !module);
    expectStatus(checks, "no manifest", MHCRT_INVALID_USE,
                 "expected a manifest, got null",
                 mhcrt_load_memory(other.device, nullptr, 0, nullptr, 0,
                                   &module, &error),
                 error);
    expectStatus(checks, "no path", MHCRT_INVALID_USE,
                 "expected a path, got null",
                 mhcrt_load(other.device, nullptr, &module, &error), error);
    mhcrt_unload(nullptr);
  });
}
