//===- HostTensorTest.cpp - Checks of host tensors ------------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Check.h"

#include "mhc/Support/HostTensor.h"

#include <cstdint>

using namespace llvm;
using namespace mhc;
using namespace mhc::test;

void mhc::test::checkHostTensor(Checks &checks) {
  checks.run("element-kinds", [&] {
    for (ElementKind kind :
         {ElementKind::BF16, ElementKind::F16, ElementKind::F32,
          ElementKind::F64, ElementKind::I1, ElementKind::I32,
          ElementKind::I64})
      checks.isTrue("name of " + getName(kind),
                    parseElementKind(getName(kind)) == kind);
    checks.isTrue("no such kind", !parseElementKind("f8"));
    checks.equal("bf16 bytes", 2u, getByteSize(ElementKind::BF16));
    checks.equal("i1 bytes", 1u, getByteSize(ElementKind::I1));
    checks.equal("static", "13x4x4096xbf16",
                 describeType(ElementKind::BF16, {13, 4, 4096}));
    checks.equal("dynamic", "?x4xi64",
                 describeType(ElementKind::I64, {INT64_MIN, 4}));
    checks.equal("rank 0", "f32", describeType(ElementKind::F32, {}));
  });

  checks.run("tensor-shapes", [&] {
    if (auto tensor = checks.value(
            "rank 0", HostTensor::createZero(ElementKind::F64, {}))) {
      checks.equal("elements", 1u, tensor->getNumElements());
      checks.equal("value", 0.0, tensor->getElements<double>()[0]);
    }
    if (auto tensor = checks.value(
            "empty", HostTensor::create(ElementKind::F32, {3, 0, 5}))) {
      checks.equal("elements", 0u, tensor->getNumElements());
      checks.isTrue("not null", tensor->data() != nullptr);
    }
    if (auto tensor =
            checks.value("7", HostTensor::create(ElementKind::I32, {7}))) {
      checks.equal("bytes", 28u, tensor->getSizeInBytes());
      checks.equal("alignment", 0u,
                   reinterpret_cast<uintptr_t>(tensor->data()) % 64);
      tensor->getMutableElements<int32_t>()[6] = -5;
      if (auto copy = checks.value("clone", tensor->clone())) {
        checks.equal("copied", -5, copy->getElements<int32_t>()[6]);
        checks.isTrue("own storage", copy->data() != tensor->data());
      }
    }
  });

  checks.run("tensor-absurd-shapes", [&] {
    auto error = [](ElementKind kind, ArrayRef<int64_t> shape) {
      return HostTensor::create(kind, shape).takeError();
    };
    const int64_t huge = int64_t{1} << 40;
    checks.message("negative", error(ElementKind::F32, {2, -1}),
                   {"got -1 for dimension 1"});
    checks.message("product", error(ElementKind::F32, {huge, huge}),
                   {"2^63 elements"});
    checks.message("product beside 0", error(ElementKind::I1, {huge, 0, huge}),
                   {"2^63 elements"});
    checks.message("bytes", error(ElementKind::F64, {int64_t{1} << 61}),
                   {"2^63 bytes", "2305843009213693952xf64"});
    checks.message("memory", error(ElementKind::BF16, {1 << 20, huge}),
                   {"memory", "1048576x1099511627776xbf16"});
  });
}
