//===- PointersTest.cpp - Checks of what a launch is given ----------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "RuntimeChecks.h"

using namespace mhc::test;

/// x [T, 4], w [8], z [0, T] of f32 -> y [T, 4], s [T]; y may be x.
static const char program[] =
    "{\"name\": \"p\", \"sizes\": [\"T\"], \"arguments\": ["
    "{\"name\": \"x\", \"type\": \"f32\", \"shape\": [\"T\", 4], "
    "\"may_alias\": [0]}, {\"type\": \"f32\", \"shape\": [8]}, "
    "{\"name\": \"z\", \"type\": \"f32\", \"shape\": [0, \"T\"]}], "
    "\"results\": [{\"name\": \"y\", \"type\": \"f32\", \"shape\": [\"T\", 4]},"
    " {\"type\": \"f32\", \"shape\": [\"T\"]}], "
    "\"workspace\": \"(* 32 T)\", \"steps\": []}";

namespace {
/// What a launch of T = 16 tokens is given. Changed by the checks.
struct Call {
  int64_t tokens = 16;
  uintptr_t x = 0x1000, w = 0x2000, z = 0, y = 0x3000, s = 0x4000,
            workspace = 0x5000;
  uint64_t workspaceBytes = 512;
};
} // namespace

void mhc::test::checkPointers(Checks &checks, const Drivers &drivers) {
  TestModule module(drivers, "", program);
  mhcrt_error &error = module.error;
  auto expect = [&](const llvm::Twine &what, mhcrt_status expected,
                    llvm::StringRef message, const Call &call) {
    void *arguments[] = {reinterpret_cast<void *>(call.x),
                         reinterpret_cast<void *>(call.w),
                         reinterpret_cast<void *>(call.z)};
    void *results[] = {reinterpret_cast<void *>(call.y),
                       reinterpret_cast<void *>(call.s)};
    mhcrt_status status =
        mhcrt_launch(module.program, nullptr, &call.tokens, arguments, results,
                     reinterpret_cast<void *>(call.workspace),
                     call.workspaceBytes, 0, &error);
    expectStatus(checks, what, expected, message, status, error);
  };
  auto with = [](uintptr_t Call::*member, uintptr_t value) {
    Call call;
    call.*member = value;
    return call;
  };

  checks.run("pointer-null", [&] {
    expect("none", MHCRT_SUCCESS, "", Call());
    expect("argument", MHCRT_NULL_POINTER,
           "argument 0 ('x'): expected the address of 256 bytes, got null",
           with(&Call::x, 0));
    expect("argument without a name", MHCRT_NULL_POINTER,
           "argument 1: expected the address of 32 bytes, got null",
           with(&Call::w, 0));
    expect("result", MHCRT_NULL_POINTER,
           "result 0 ('y'): expected the address of 256 bytes, got null",
           with(&Call::y, 0));
    expect("workspace", MHCRT_NULL_POINTER,
           "the workspace: expected the address of 512 bytes, got null",
           with(&Call::workspace, 0));
    Call empty;
    empty.tokens = 0;
    empty.x = empty.y = empty.s = empty.workspace = empty.workspaceBytes = 0;
    expect("nothing in them", MHCRT_SUCCESS, "", empty);
    int64_t tokens = 16;
    expectStatus(checks, "no arguments", MHCRT_INVALID_USE,
                 "expected the arguments, got null",
                 mhcrt_launch(module.program, nullptr, &tokens, nullptr,
                              nullptr, nullptr, 0, 0, &error),
                 error);
    expectStatus(checks, "no program", MHCRT_INVALID_USE,
                 "expected a program, got null",
                 mhcrt_launch(nullptr, nullptr, &tokens, nullptr, nullptr,
                              nullptr, 0, 0, &error),
                 error);
  });

  checks.run("pointer-misaligned", [&] {
    expect("argument", MHCRT_MISALIGNED_POINTER,
           "argument 0 ('x'): expected an address that is a multiple of 16, "
           "got one that is 8 beyond",
           with(&Call::x, 0x1008));
    expect("result", MHCRT_MISALIGNED_POINTER,
           "result 1: expected an address that is a multiple of 16, got one "
           "that is 1 beyond",
           with(&Call::s, 0x4001));
    expect("workspace", MHCRT_MISALIGNED_POINTER,
           "the workspace: expected an address that is a multiple of 16, got "
           "one that is 4 beyond",
           with(&Call::workspace, 0x5004));
    expect("nothing in it", MHCRT_SUCCESS, "", with(&Call::z, 3));
  });

  checks.run("pointer-workspace", [&] {
    Call call;
    call.workspaceBytes = 511;
    expect("too small", MHCRT_SMALL_WORKSPACE,
           "expected a workspace of at least 512 bytes, got 511", call);
    expect("at the end", MHCRT_OUT_OF_RANGE,
           "the workspace: expected 512 bytes at the address, got the end of "
           "the address space",
           with(&Call::workspace, ~uintptr_t{255}));
  });

  checks.run("pointer-overlap", [&] {
    expect("in place", MHCRT_SUCCESS, "", with(&Call::y, 0x1000));
    expect("a part in place", MHCRT_OVERLAP,
           "expected either the memory of argument 0 ('x') for result 0 ('y') "
           "or memory of its own, got a part of it",
           with(&Call::y, 0x1010));
    expect("not in place", MHCRT_OVERLAP,
           "expected other memory than that of argument 0 ('x') for result 1, "
           "got an overlap",
           with(&Call::s, 0x10f0));
    expect("before", MHCRT_SUCCESS, "", with(&Call::s, 0x1000 - 64));
    expect("behind", MHCRT_SUCCESS, "", with(&Call::s, 0x1100));
    expect("an argument inside", MHCRT_OVERLAP,
           "expected other memory than that of argument 1 for result 0 ('y'), "
           "got an overlap",
           with(&Call::w, 0x3010));
    expect("results", MHCRT_OVERLAP,
           "expected memory of its own for result 0 ('y'), got an overlap with "
           "result 1",
           with(&Call::s, 0x3010));
    expect("result and workspace", MHCRT_OVERLAP,
           "expected memory of its own for result 1, got an overlap with the "
           "workspace",
           with(&Call::s, 0x5000 - 16));
    expect("argument and workspace", MHCRT_OVERLAP,
           "expected other memory than that of argument 1 for the workspace, "
           "got an overlap",
           with(&Call::w, 0x51f0));
    expect("arguments", MHCRT_SUCCESS, "", with(&Call::w, 0x1010));
    Call both;
    both.y = both.w = both.x;
    expect("in place of another argument too", MHCRT_OVERLAP,
           "expected other memory than that of argument 1 for result 0 ('y'), "
           "got an overlap",
           both);
    Call beyond;
    beyond.workspaceBytes = 1 << 20;
    beyond.s = 0x5200;
    expect("behind what is needed of the workspace", MHCRT_SUCCESS, "", beyond);
  });

  checks.run("launch-shapes", [&] {
    int64_t xDims[] = {16, 4}, wDims[] = {8}, zDims[] = {0, 16},
            yDims[] = {16, 4}, sDims[] = {16};
    auto address = [](uintptr_t value) {
      return reinterpret_cast<void *>(value);
    };
    mhcrt_tensor arguments[] = {{address(0x1000), MHCRT_F32, 2, xDims},
                                {address(0x2000), MHCRT_F32, 1, wDims},
                                {nullptr, MHCRT_F32, 2, zDims}};
    mhcrt_tensor results[] = {{address(0x3000), MHCRT_F32, 2, yDims},
                              {address(0x4000), MHCRT_F32, 1, sDims}};
    auto expect = [&](const llvm::Twine &what, mhcrt_status expected,
                      llvm::StringRef message, uint32_t numArguments = 3,
                      uint32_t numResults = 2) {
      mhcrt_status status = mhcrt_launch_tensors(
          module.program, nullptr, arguments, numArguments, results, numResults,
          address(0x5000), 512, 0, &error);
      expectStatus(checks, what, expected, message, status, error);
    };
    expect("right", MHCRT_SUCCESS, "");
    int64_t size = 0;
    checks.equal(
        "sizes", int(MHCRT_SUCCESS),
        int(mhcrt_infer_sizes(module.program, arguments, 3, &size, &error)));
    checks.equal("T", int64_t{16}, size);
    expect("arguments", MHCRT_INVALID_USE, "expected 3 arguments, got 2", 2);
    expect("results", MHCRT_INVALID_USE, "expected 2 results, got 3", 3, 3);
    arguments[0].type = MHCRT_BF16;
    expect("type", MHCRT_WRONG_TYPE,
           "argument 0 ('x'): expected f32, got bf16");
    arguments[0].type = MHCRT_F32;
    arguments[1].rank = 2;
    expect("rank", MHCRT_WRONG_SHAPE, "argument 1: expected rank 1, got 2");
    arguments[1].rank = 1;
    wDims[0] = 9;
    expect("dimension", MHCRT_WRONG_SHAPE,
           "argument 1: expected dimension 0 to be 8, got 9");
    wDims[0] = 8;
    zDims[1] = 15;
    expect("tokens", MHCRT_WRONG_SHAPE,
           "argument 2 ('z'): expected dimension 1 to be T = 16, got 15");
    zDims[1] = 16;
    sDims[0] = 17;
    expect("tokens of a result", MHCRT_WRONG_SHAPE,
           "result 1: expected dimension 0 to be T = 16, got 17");
    sDims[0] = 16;
    xDims[0] = -2;
    expect("negative", MHCRT_WRONG_SHAPE,
           "size T: expected at least 0, got -2");
    xDims[0] = 16;
    arguments[0].dims = nullptr;
    expect("no dimensions", MHCRT_INVALID_USE,
           "expected dimensions of a tensor, got null");
  });
}
