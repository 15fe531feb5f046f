//===- LaunchesTest.cpp - Checks of what a launch enqueues ----------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "RuntimeChecks.h"

using namespace mhc::test;

/// Two kernels, the second one in clusters.
static const char kernels[] =
    "{\"symbol\": \"a\", \"file\": 0, \"block\": [32, 4, 1], \"shared\": 0}, "
    "{\"symbol\": \"b\", \"file\": 0, \"block\": [64, 1, 1], "
    "\"cluster\": [2, 1, 1], \"shared\": 1000}";

/// A program of one argument x [T, 4] and one result y [T, 4] of f32.
static std::string makeProgram(llvm::StringRef steps,
                               llvm::StringRef workspace = "256") {
  return ("{\"name\": \"p\", \"sizes\": [\"T\"], \"arguments\": [{\"name\": "
          "\"x\", \"type\": \"f32\", \"shape\": [\"T\", 4], \"may_alias\": "
          "[0]}], \"results\": [{\"type\": \"f32\", \"shape\": [\"T\", 4]}], "
          "\"workspace\": " +
          workspace +
          ", \"constants\": [{\"file\": 0, \"offset\": 0, \"bytes\": 1}], "
          "\"steps\": [" +
          steps + "]}")
      .str();
}

static std::string makeLaunch(llvm::StringRef kernel, llvm::StringRef grid,
                              llvm::StringRef first, llvm::StringRef second,
                              llvm::StringRef more = "") {
  return ("{\"kind\": \"launch\", \"kernel\": " + kernel + ", \"grid\": [" +
          grid + "], \"parameters\": [" + first + ", " + second + "]" + more +
          "}")
      .str();
}

static std::string makeBuffer(llvm::StringRef kind, llvm::StringRef index,
                              llvm::StringRef offset = "0") {
  return ("{\"buffer\": {\"kind\": \"" + kind + "\", \"index\": " + index +
          ", \"offset\": " + offset + "}}")
      .str();
}

static std::string makeValue(llvm::StringRef value, llvm::StringRef type) {
  return ("{\"value\": " + value + ", \"type\": \"" + type + "\"}").str();
}

namespace {
/// Launches a program with x at 0x10000, y at 0x20000, and the workspace at
/// 0x30000.
struct Launcher {
  Launcher(const Drivers &drivers, const std::string &program)
      : drivers(drivers), module(drivers, kernels, program) {}

  mhcrt_status launch(int64_t tokens, uint32_t flags = 0) {
    void *x = reinterpret_cast<void *>(0x10000);
    void *y = reinterpret_cast<void *>(0x20000);
    drivers.takeRecord();
    return mhcrt_launch(module.program, reinterpret_cast<void *>(0x5), &tokens,
                        &x, &y, reinterpret_cast<void *>(0x30000), 256, flags,
                        &module.error);
  }

  /// Checks that a launch makes these calls, in the context.
  void expect(Checks &checks, const llvm::Twine &what, int64_t tokens,
              const std::string &calls, uint32_t flags = 0) {
    mhcrt_status status = launch(tokens, flags);
    std::string got = drivers.takeRecord();
    expectStatus(checks, what, MHCRT_SUCCESS, "", status, module.error);
    checks.equal(what, "cuCtxPushCurrent\n" + calls + "cuCtxPopCurrent\n", got);
  }

  /// Checks that a launch fails, and that nothing was enqueued.
  void expectFailure(Checks &checks, const llvm::Twine &what, int64_t tokens,
                     mhcrt_status expected, llvm::StringRef message,
                     uint32_t flags = 0) {
    expectStatus(checks, what, expected, message, launch(tokens, flags),
                 module.error);
    checks.equal(what + ": calls", std::string(),
                 std::string(drivers.takeRecord()));
  }

  const Drivers &drivers;
  TestModule module;
};
} // namespace

void mhc::test::checkLaunches(Checks &checks, const Drivers &drivers) {
  const std::string x = makeBuffer("argument", "0"),
                    y = makeBuffer("result", "0"),
                    seven = makeValue("7", "i64");

  checks.run("launch-calls", [&] {
    std::string steps =
        "{\"kind\": \"memset\", \"buffer\": {\"kind\": \"workspace\"}, "
        "\"bytes\": \"(* 4 T)\", \"value\": 255, \"prepare\": true}, " +
        makeLaunch("0", "\"(ceil/ T 8)\", 3, \"T\"", x,
                   makeValue("\"(* T 4)\"", "i64")) +
        ", " +
        makeLaunch("1", "\"(* 2 T)\", 1, 1", makeBuffer("workspace", "0", "16"),
                   seven, ", \"early\": true") +
        ", {\"kind\": \"copy\", \"from\": {\"kind\": \"argument\", \"index\": "
        "0, \"offset\": 4}, \"to\": {\"kind\": \"result\", \"index\": 0}, "
        "\"bytes\": \"(* 12 T)\"}, " +
        makeLaunch("0", "1, 1, 1", y, seven, ", \"when\": \"(> T 9)\"");
    Launcher launcher(drivers, makeProgram(steps));
    const std::string fill = "cuMemsetD8Async 0x30000 255 36 0x5\n";
    const std::string others =
        "cuLaunchKernelEx a <<<2 3 9, 32 4 1, 0, 0x5>>> 0x10000 36\n"
        "cuLaunchKernelEx b <<<18 1 1, 64 1 1, 1000, 0x5>>> 0x30010 7 "
        "4=2,1,1 6=1,0,0\n"
        "cuMemcpyDtoDAsync 0x20000 0x10004 108 0x5\n";
    // Neither memory nor a wait for anything.
    launcher.expect(checks, "all", 9, fill + others);
    launcher.expect(checks, "without preparation", 9, others,
                    MHCRT_SKIP_PREPARE);
    launcher.expect(checks, "preparation alone", 9, fill, MHCRT_PREPARE_ONLY);
    launcher.expect(checks, "neither", 9, "",
                    MHCRT_SKIP_PREPARE | MHCRT_PREPARE_ONLY);
    // Grids without a CTA are skipped, as is what has no bytes.
    launcher.expect(checks, "no tokens", 0, "");
    launcher.expect(
        checks, "with a condition", 10,
        "cuMemsetD8Async 0x30000 255 40 0x5\n"
        "cuLaunchKernelEx a <<<2 3 10, 32 4 1, 0, 0x5>>> 0x10000 40\n"
        "cuLaunchKernelEx b <<<20 1 1, 64 1 1, 1000, 0x5>>> 0x30010 7 "
        "4=2,1,1 6=1,0,0\n"
        "cuMemcpyDtoDAsync 0x20000 0x10004 120 0x5\n"
        "cuLaunchKernelEx a <<<1 1 1, 32 4 1, 0, 0x5>>> 0x20000 7\n");
    launcher.expectFailure(checks, "unknown flag", 9, MHCRT_INVALID_USE,
                           "expected flags of mhcrt_launch_flags, got 4", 4);
  });

  checks.run("launch-in-context", [&] {
    // Where the context is current, it is left so.
    Launcher launcher(drivers, makeProgram(""));
    void *context = reinterpret_cast<void *>(10 << 8);
    drivers.pushContext(context);
    checks.equal("launch", int(MHCRT_SUCCESS), int(launcher.launch(1)));
    checks.equal("current", std::string(), std::string(drivers.takeRecord()));
    drivers.pushContext(&context);
    checks.equal("launch", int(MHCRT_SUCCESS), int(launcher.launch(1)));
    checks.equal("another", std::string("cuCtxPushCurrent\ncuCtxPopCurrent\n"),
                 std::string(drivers.takeRecord()));
    drivers.popContext(&context);
    drivers.popContext(&context);
  });

  checks.run("launch-parameters", [&] {
    // The recording driver prints 64 bits of each.
    const std::pair<std::string, std::string> cases[] = {
        {makeValue("\"(- 0 T)\"", "i64"), "-5"},
        {makeValue("4294967295", "i32"), "4294967295"},
        {makeValue("200", "i8"), "200"},
        {makeValue("1", "i1"), "1"},
        {makeValue("1.5", "f32"), "1069547520"},
        {makeValue("\"T\"", "f32"), "1084227584"},
        {makeValue("1.5", "f64"), "4609434218613702656"},
        {makeValue("\"T\"", "f64"), "4617315517961601024"},
    };
    for (const auto &[value, printed] : cases)
      Launcher(drivers, makeProgram(makeLaunch("0", "1, 1, 1", x, value)))
          .expect(checks, value, 5,
                  "cuLaunchKernelEx a <<<1 1 1, 32 4 1, 0, 0x5>>> 0x10000 " +
                      printed + "\n");
    Launcher constant(
        drivers, makeProgram(makeLaunch(
                     "0", "1, 1, 1", makeBuffer("constant", "0", "1"), seven)));
    checks.equal("constant", int(MHCRT_SUCCESS), int(constant.launch(5)));
    checks.isTrue("a place in a constant",
                  llvm::StringRef(drivers.takeRecord())
                      .contains("01 7\ncuCtxPopCurrent"));
    const std::pair<std::string, std::string> wrong[] = {
        {makeValue("4294967296", "i32"),
         "expected a parameter of i32, got 4294967296"},
        {makeValue("-129", "i8"), "expected a parameter of i8, got -129"},
        {makeValue("2", "i1"), "expected a parameter of i1, got 2"},
        {makeBuffer("argument", "0", "81"),
         "expected a place in a buffer of 80 bytes, got 0 at offset 81"},
        {makeBuffer("workspace", "0", "\"(- 0 T)\""),
         "expected a place in a buffer of 256 bytes, got 0 at offset -5"},
    };
    for (const auto &[value, message] : wrong)
      Launcher(drivers, makeProgram(makeLaunch("0", "1, 1, 1", x, value)))
          .expectFailure(checks, value, 5, MHCRT_OUT_OF_RANGE,
                         "manifest: programs[0].steps[0]: " + message);
  });

  checks.run("launch-impossible-steps", [&] {
    const std::pair<std::string, std::string> cases[] = {
        {makeLaunch("0", "\"(- T 6)\", 1, 1", x, seven),
         "expected dimension 0 of the grid of 'a' to be at most 2147483647, "
         "and whole clusters of 1, got -1"},
        {makeLaunch("0", "1, 65536, 1", x, seven),
         "expected dimension 1 of the grid of 'a' to be at most 65535, and "
         "whole clusters of 1, got 65536"},
        {makeLaunch("1", "\"T\", 1, 1", x, seven),
         "expected dimension 0 of the grid of 'b' to be at most 2147483647, "
         "and whole clusters of 2, got 5"},
        {"{\"kind\": \"memset\", \"buffer\": {\"kind\": \"workspace\", "
         "\"offset\": 252}, \"bytes\": \"T\", \"value\": 0}",
         "expected a place in a buffer of 256 bytes, got 5 at offset 252"},
        {"{\"kind\": \"memset\", \"buffer\": {\"kind\": \"workspace\"}, "
         "\"bytes\": -1, \"value\": 0}",
         "expected at least 0 bytes, got -1"},
        {"{\"kind\": \"copy\", \"from\": {\"kind\": \"workspace\"}, \"to\": "
         "{\"kind\": \"result\", \"index\": 0}, \"bytes\": 81}",
         "expected a place in a buffer of 80 bytes, got 81 at offset 0"},
    };
    // What is before the step is not enqueued either.
    const std::string before = makeLaunch("0", "1, 1, 1", x, seven) + ", ";
    for (const auto &[step, message] : cases)
      Launcher(drivers, makeProgram(before + step))
          .expectFailure(checks, step, 5, MHCRT_OUT_OF_RANGE,
                         "manifest: programs[0].steps[1]: " + message);
    Launcher(drivers, makeProgram(before + makeLaunch("0",
                                                      "\"(/ 1 (- T 5))\", "
                                                      "1, 1",
                                                      x, seven)))
        .expectFailure(checks, "no value", 5, MHCRT_ARITHMETIC,
                       "manifest: programs[0].steps[1]: expected a divisor, "
                       "got 1 divided by 0");
    Launcher(drivers, makeProgram("", "\"(/ 1 (- T 5))\""))
        .expectFailure(checks, "no workspace", 5, MHCRT_ARITHMETIC,
                       "the workspace: expected a divisor, got 1 divided by "
                       "0");
    Launcher(drivers, makeProgram(""))
        .expectFailure(
            checks, "too large", INT64_MAX / 8, MHCRT_ARITHMETIC,
            "argument 0 ('x'): expected less than 2^63 bytes, got more");
  });

  checks.run("launch-checks", [&] {
    const std::string check =
        "{\"kind\": \"check\", \"condition\": \"(== (% T 8) 0)\", \"message\": "
        "\"expected whole groups of 8 tokens\", \"when\": \"(> T 3)\"}";
    Launcher launcher(
        drivers,
        makeProgram(makeLaunch("0", "1, 1, 1", x, seven) + ", " + check));
    const std::string calls =
        "cuLaunchKernelEx a <<<1 1 1, 32 4 1, 0, 0x5>>> 0x10000 7\n";
    launcher.expect(checks, "holds", 16, calls);
    launcher.expect(checks, "is not asked for", 3, calls);
    launcher.expectFailure(checks, "fails", 9, MHCRT_CHECK_FAILED,
                           "expected whole groups of 8 tokens");
    Launcher(drivers, makeProgram("{\"kind\": \"check\", \"condition\": \"(/ T "
                                  "0)\", \"message\": \"\"}"))
        .expectFailure(checks, "no value", 9, MHCRT_ARITHMETIC,
                       "manifest: programs[0].steps[0]: expected a divisor, "
                       "got 9 divided by 0");
  });

  checks.run("launch-driver-fails", [&] {
    Launcher launcher(drivers,
                      makeProgram(makeLaunch("0", "1, 1, 1", x, seven)));
    Environment fails("MHC_RECORDING_FAIL", "cuLaunchKernelEx=700");
    expectStatus(checks, "launch", MHCRT_DRIVER_ERROR,
                 "manifest: programs[0].steps[0]: launching 'a': as asked for "
                 "(CUDA_ERROR_RECORDED)",
                 launcher.launch(1), launcher.module.error);
    checks.equal("code", 700, launcher.module.error.driver_code);
    // The context is not left current.
    checks.isTrue(
        "context",
        llvm::StringRef(drivers.takeRecord()).ends_with("cuCtxPopCurrent\n"));
  });
}
