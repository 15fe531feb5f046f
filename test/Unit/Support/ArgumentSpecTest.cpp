//===- ArgumentSpecTest.cpp - Checks of argument specifications -----------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Check.h"

#include "mhc/Support/ArgumentSpec.h"
#include "mhc/Support/FloatFormats.h"
#include "mhc/Support/Npy.h"
#include "mhc/Support/Random.h"

#include "llvm/Support/Format.h"

#include <cstdint>

using namespace llvm;
using namespace mhc;
using namespace mhc::test;

using Source = ArgumentSpec::Source;

static constexpr int64_t dynamic = INT64_MIN;

static Expected<HostTensor> make(StringRef text, ElementKind kind,
                                 ArrayRef<int64_t> shape) {
  Expected<ArgumentSpec> spec = parseArgumentSpec(text);
  if (!spec)
    return spec.takeError();
  return materialize(*spec, kind, shape);
}

void mhc::test::checkArgumentSpec(Checks &checks) {
  checks.run("spec-forms", [&] {
    auto parse = [&](StringRef text) {
      return checks.value(text, parseArgumentSpec(text))
          .value_or(ArgumentSpec());
    };
    checks.isTrue("path", parse("a/A.npy").source == Source::File);
    checks.equal("path", "a/A.npy", parse("a/A.npy").path);
    checks.equal("path with colons", "x:1:2", parse("x:1:2").path);
    checks.equal("like a form", "zeros.npy", parse("zeros.npy").path);
    checks.isTrue("zeros", parse("zeros").source == Source::Zeros);
    checks.isTrue("no dims", !parse("zeros").dims);
    checks.isTrue("dims", parse("zeros:0x4x64").dims ==
                              SmallVector<int64_t>({0, 4, 64}));
    checks.isTrue("full", parse("full:-0.5:3").source == Source::Full);
    checks.equal("value", "-0.5", parse("full:-0.5:3").value);
    checks.isTrue("one dim",
                  parse("full:-0.5:3").dims == SmallVector<int64_t>({3}));
    checks.equal("seed", UINT64_MAX, parse("random:18446744073709551615").seed);
    checks.isTrue("random", parse("random:7:13x4x4096").dims ==
                                SmallVector<int64_t>({13, 4, 4096}));
    for (StringRef value :
         {"1", "+1", "-0", "1.", ".5", "1e3", "-1.5E-3", "1e+2", "inf", "-Inf",
          "infinity", "nan", "-NaN", "true", "false"})
      checks.equal("value", value, parse(("full:" + value).str()).value);
  });

  checks.run("spec-errors", [&] {
    for (StringRef text : {"",
                           "zeros:",
                           "zeros:3x",
                           "zeros:x3",
                           "zeros:3xx4",
                           "zeros:-3",
                           "zeros:+3",
                           "zeros: 3",
                           "zeros:3X4",
                           "zeros:9223372036854775808",
                           "zeros:3:4",
                           "full",
                           "full:",
                           "full::3",
                           "full:1:",
                           "full:1:2:3",
                           "full:one",
                           "full:1e",
                           "full:.",
                           "full:-",
                           "full:1 ",
                           "full:0x10",
                           "full:--1",
                           "full:e5",
                           "full:nan(1)",
                           "random",
                           "random:",
                           "random:-1",
                           "random:1.5",
                           "random:x",
                           "random:1:",
                           "random:18446744073709551616",
                           "random:1:2:3"})
      checks.message(text, parseArgumentSpec(text).takeError(),
                     {("argument '" + text + "': expected").str(), "got"});
  });

  checks.run("spec-shapes", [&] {
    const ElementKind kind = ElementKind::BF16;
    if (auto tensor = checks.value("static", make("zeros", kind, {2, 3})))
      checks.isTrue("shape", tensor->getShape() == ArrayRef<int64_t>({2, 3}));
    if (auto tensor =
            checks.value("dynamic", make("zeros:5x3", kind, {dynamic, 3})))
      checks.isTrue("shape", tensor->getShape() == ArrayRef<int64_t>({5, 3}));
    checks.succeeds("empty",
                    make("random:1:0x3", kind, {dynamic, 3}).takeError());
    checks.succeeds("rank 0", make("full:2", kind, {}).takeError());
    checks.message("no dims",
                   make("random:7", kind, {dynamic, 4, 64}).takeError(),
                   {"'random:7'", "?x4x64xbf16", "write random:7:DIMS"});
    checks.message(
        "static dim", make("zeros:5x4", kind, {dynamic, 3}).takeError(),
        {"expected ?x3xbf16, got 5x4xbf16", "dimension 1 of 4 instead of 3"});
    checks.message("rank", make("full:1:5", kind, {5, 1}).takeError(),
                   {"expected 5x1xbf16, got 5xbf16", "rank 1 instead of 2"});
    checks.message(
        "too large",
        make("zeros:1099511627776x1099511627776", kind, {dynamic, dynamic})
            .takeError(),
        {"'zeros:1099511627776x1099511627776'", "2^63"});
  });

  checks.run("spec-full-floats", [&] {
    auto bits16 = [&](StringRef text, ElementKind kind) -> unsigned {
      auto tensor = checks.value(text, make(text, kind, {3}));
      return tensor ? tensor->getElements<uint16_t>()[2] : 0;
    };
    auto bits64 = [&](StringRef text) -> uint64_t {
      auto tensor = checks.value(text, make(text, ElementKind::F64, {}));
      return tensor ? tensor->getElements<uint64_t>()[0] : 0;
    };
    checks.equal("-0.5", 0xbf00u, bits16("full:-0.5", ElementKind::BF16));
    checks.equal("-0", 0x8000u, bits16("full:-0", ElementKind::F16));
    checks.equal("inf", 0x7f80u, bits16("full:inf", ElementKind::BF16));
    checks.equal("-inf", 0xfc00u, bits16("full:-infinity", ElementKind::F16));
    checks.equal("nan", 0x7e00u, bits16("full:nan", ElementKind::F16));
    checks.equal("-nan", 0xffc0u, bits16("full:-nan", ElementKind::BF16));
    checks.equal("overflow", 0x7c00u, bits16("full:65520", ElementKind::F16));
    checks.equal("largest", 0x7bffu, bits16("full:65519.99", ElementKind::F16));
    checks.equal("far too large", 0x7f80u,
                 bits16("full:1e999999999", ElementKind::BF16));
    checks.equal("far too small", 0x0000u,
                 bits16("full:1e-999999999", ElementKind::BF16));
    // 1 + 2^-8 and a little: a double is exactly in the middle between two.
    checks.equal(
        "one rounding", 0x3f81u,
        bits16("full:1.00390625000000000000000000001", ElementKind::BF16));
    checks.equal("tie", 0x3f80u, bits16("full:1.00390625", ElementKind::BF16));
    for (double value : {0.1, 1e-3, 1.7976931348623157e308, 5e-324,
                         2.2250738585072011e-308, 9007199254740993.0})
      checks.equal("f64", bit_cast<uint64_t>(value), [&] {
        SmallString<32> text("full:");
        raw_svector_ostream(text) << format("%.17g", value);
        return bits64(text);
      }());
    checks.message("true", make("full:true", ElementKind::F32, {}).takeError(),
                   {"expected a number for f32, got 'true'"});
  });

  checks.run("spec-full-integers", [&] {
    auto value = [&](StringRef text, ElementKind kind) -> int64_t {
      auto tensor = checks.value(text, make(text, kind, {2}));
      if (!tensor)
        return -99;
      return kind == ElementKind::I1    ? tensor->getElements<uint8_t>()[1]
             : kind == ElementKind::I32 ? tensor->getElements<int32_t>()[1]
                                        : tensor->getElements<int64_t>()[1];
    };
    checks.equal("i32", -2147483648,
                 value("full:-2147483648", ElementKind::I32));
    checks.equal("i64", INT64_MAX,
                 value("full:+9223372036854775807", ElementKind::I64));
    checks.equal("true", 1, value("full:true", ElementKind::I1));
    checks.equal("0", 0, value("full:0", ElementKind::I1));
    checks.equal("zeros", 0, value("zeros", ElementKind::I64));
    auto error = [&](StringRef text, ElementKind kind) {
      checks.message(
          text, make(text, kind, {2}).takeError(),
          {"expected an integer from", ("for " + getName(kind)).str(), "got"});
    };
    error("full:2147483648", ElementKind::I32);
    error("full:9223372036854775808", ElementKind::I64);
    error("full:1.0", ElementKind::I32);
    error("full:1e3", ElementKind::I64);
    error("full:nan", ElementKind::I32);
    error("full:true", ElementKind::I32);
    error("full:2", ElementKind::I1);
    error("full:-1", ElementKind::I1);
    checks.message("random",
                   make("random:1", ElementKind::I32, {2}).takeError(),
                   {"expected a float type", "2xi32"});
  });

  checks.run("spec-random", [&] {
    // More than are made at once.
    constexpr int64_t count = 5000;
    auto wide =
        checks.value("f64", make("random:9", ElementKind::F64, {count}));
    auto narrow = checks.value(
        "bf16", make("random:9:5000", ElementKind::BF16, {dynamic}));
    if (!wide || !narrow)
      return;
    for (int64_t i = 0; i != count; ++i) {
      const double expected = standardNormal(9, static_cast<uint64_t>(i));
      checks.equal("f64", expected, wide->getElements<double>()[i]);
      checks.equal("bf16", doubleToBF16(expected),
                   narrow->getElements<uint16_t>()[i]);
    }
  });

  checks.run("spec-files", [&] {
    const std::string floats = checks.path("floats.npy");
    const std::string integers = checks.path("integers.npy");
    auto tensor =
        checks.value("f64", HostTensor::create(ElementKind::F64, {2, 1}));
    auto other =
        checks.value("i32", HostTensor::createZero(ElementKind::I32, {2}));
    if (!tensor || !other)
      return;
    tensor->getMutableElements<double>()[0] = 1 + 0x1p-8 + 0x1p-40;
    tensor->getMutableElements<double>()[1] = -3;
    checks.succeeds("write", writeNpy(floats, *tensor));
    checks.succeeds("write", writeNpy(integers, *other));

    if (auto read = checks.value(
            "rounded", make(floats, ElementKind::BF16, {dynamic, 1}))) {
      checks.equal("once", 0x3f81, read->getElements<uint16_t>()[0]);
      checks.equal("-3", 0xc040, read->getElements<uint16_t>()[1]);
    }
    if (auto read =
            checks.value("same kind", make(floats, ElementKind::F64, {2, 1})))
      checks.isTrue("bytes", read->getBytes() == tensor->getBytes());
    checks.succeeds("integers",
                    make(integers, ElementKind::I32, {2}).takeError());
    checks.message("shape", make(floats, ElementKind::F32, {2, 3}).takeError(),
                   {"floats.npy'", "expected 2x3xf32, got 2x1xf64"});
    checks.message("float for integer",
                   make(floats, ElementKind::I32, {2, 1}).takeError(),
                   {"expected elements of i32", "got 2x1xf64"});
    checks.message("integer for float",
                   make(integers, ElementKind::F32, {2}).takeError(),
                   {"expected elements of f16, f32 or f64", "got 2xi32"});
    checks.message("other integer",
                   make(integers, ElementKind::I64, {2}).takeError(),
                   {"expected elements of i64", "got 2xi32"});
    checks.message("missing",
                   make("no-such.npy", ElementKind::F32, {}).takeError(),
                   {"'no-such.npy'", "cannot open"});
  });
}
