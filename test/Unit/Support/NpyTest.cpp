//===- NpyTest.cpp - Checks of .npy files ---------------------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Check.h"

#include "mhc/Support/FloatFormats.h"
#include "mhc/Support/Npy.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"

using namespace llvm;
using namespace mhc;
using namespace mhc::test;

/// A file of version `major`.0 with this header and this many bytes of data.
static std::string makeFile(StringRef header, size_t dataSize, char major = 1) {
  std::string file = "\x93NUMPY";
  file += major;
  file += '\0';
  for (int i = 0; i != (major == 1 ? 2 : 4); ++i)
    file += static_cast<char>(header.size() >> (8 * i) & 0xff);
  file += header;
  file.append(dataSize, '\0');
  return file;
}

static Expected<HostTensor> parse(StringRef file) {
  return parseNpy(MemoryBufferRef(file, "a.npy"));
}

static std::string writeToString(const HostTensor &tensor) {
  std::string file;
  raw_string_ostream os(file);
  writeNpy(os, tensor);
  return file;
}

void mhc::test::checkNpy(Checks &checks) {
  checks.run("npy-round-trip", [&] {
    for (ElementKind kind :
         {ElementKind::F32, ElementKind::F64, ElementKind::I1, ElementKind::I32,
          ElementKind::I64}) {
      for (const SmallVector<int64_t> &shape :
           std::initializer_list<SmallVector<int64_t>>{
               {}, {5}, {2, 3, 4}, {3, 0, 2}, {1, 1, 1, 1, 1, 1, 1, 1}}) {
        const std::string type = describeType(kind, shape);
        auto tensor = checks.value(type, HostTensor::create(kind, shape));
        if (!tensor)
          return;
        for (auto [index, byte] : enumerate(tensor->getMutableBytes()))
          byte = static_cast<uint8_t>(kind == ElementKind::I1 ? index % 2
                                                              : 37 * index + 5);
        const std::string file = checks.path("round-trip.npy");
        checks.succeeds(type, writeNpy(file, *tensor));
        auto back = checks.value(type, readNpy(file));
        if (!back)
          return;
        checks.isTrue(type + " kind", back->getKind() == kind);
        checks.isTrue(type + " shape", back->getShape() == ArrayRef(shape));
        checks.isTrue(type + " bytes", back->getBytes() == tensor->getBytes());
      }
    }
  });

  checks.run("npy-narrow-floats-as-f32", [&] {
    // More elements than the writer converts at once.
    constexpr int64_t count = 70001;
    for (ElementKind kind : {ElementKind::BF16, ElementKind::F16}) {
      auto tensor = checks.value("tensor", HostTensor::create(kind, {count}));
      if (!tensor)
        return;
      for (auto [index, bits] :
           enumerate(tensor->getMutableElements<uint16_t>()))
        bits = static_cast<uint16_t>(index);
      auto back = checks.value("file", parse(writeToString(*tensor)));
      if (!back)
        return;
      checks.isTrue("kind", back->getKind() == ElementKind::F32);
      for (int64_t i = 0; i != count; ++i) {
        const auto bits = static_cast<uint16_t>(i);
        const float expected =
            kind == ElementKind::BF16 ? bf16ToFloat(bits) : f16ToFloat(bits);
        checks.equal("element " + Twine(i), bit_cast<uint32_t>(expected),
                     back->getElements<uint32_t>()[i]);
      }
    }
  });

  checks.run("npy-written-bytes", [&] {
    // As NumPy writes np.array([[1.5, -2]], np.float32).
    auto tensor =
        checks.value("tensor", HostTensor::create(ElementKind::F32, {1, 2}));
    if (!tensor)
      return;
    tensor->getMutableElements<float>()[0] = 1.5f;
    tensor->getMutableElements<float>()[1] = -2.0f;
    std::string expected("\x93NUMPY\x01\0v\0", 10);
    expected += "{'descr': '<f4', 'fortran_order': False, 'shape': (1, 2), }";
    expected.append(127 - expected.size(), ' ');
    expected += '\n';
    expected += std::string("\0\0\xc0\x3f\0\0\0\xc0", 8);
    checks.equal("file", expected, writeToString(*tensor));
    auto vector =
        checks.value("vector", HostTensor::createZero(ElementKind::I1, {3}));
    if (vector)
      checks.isTrue("one dimension",
                    StringRef(writeToString(*vector))
                        .contains("{'descr': '|b1', 'fortran_order': False, "
                                  "'shape': (3,), }"));
  });

  checks.run("npy-accepted", [&] {
    struct {
      const char *header;
      ElementKind kind;
      size_t bytes;
      char major;
    } const cases[] = {
        {"{'descr':'<f2','fortran_order':False,'shape':(3,)}\n",
         ElementKind::F16, 6, 1},
        {"{\"shape\": (2 , 2,), \"descr\": \"=f4\",\n 'fortran_order' : False,"
         "}   \n",
         ElementKind::F32, 16, 2},
        {"  {'fortran_order': False, 'shape': (), 'descr': 'f8'}",
         ElementKind::F64, 8, 3},
        {"{'descr': '|b1', 'fortran_order': False, 'shape': (2L,), }",
         ElementKind::I1, 2, 1},
        {"{'descr': 'bool', 'fortran_order': False, 'shape': (2,), }",
         ElementKind::I1, 2, 1},
        {"{'descr': '<i4', 'fortran_order': True, 'shape': (1, 3, 1), }",
         ElementKind::I32, 12, 1},
        {"{'descr': '<i8', 'fortran_order': True, 'shape': (4, 0, 3), }",
         ElementKind::I64, 0, 1}};
    for (const auto &[header, kind, bytes, major] : cases)
      if (auto tensor =
              checks.value(header, parse(makeFile(header, bytes, major))))
        checks.isTrue(header, tensor->getKind() == kind &&
                                  tensor->getSizeInBytes() == bytes);
  });

  checks.run("npy-malformed-header", [&] {
    struct {
      const char *header;
      const char *message;
    } const cases[] = {
        {"", "expected '{' at character 0, got the end"},
        {"['descr']", "expected '{' at character 0, got '['descr']'"},
        {"{'descr': '<f4', 'fortran_order': False, 'shape': (1,)", "or '}'"},
        {"{'descr': '<f4', 'fortran_order': False, }", "key 'shape', got none"},
        {"{'fortran_order': False, 'shape': (1,), }", "key 'descr', got none"},
        {"{'descr': '<f4', 'shape': (1,), }", "key 'fortran_order', got none"},
        {"{'descr': '<f4', 'descr': '<f4', }", "got 'descr' again"},
        {"{'descr': '<f4', 'order': 'C'}", "got 'order'"},
        {"{'descr' '<f4'}", "expected ':'"},
        {"{'descr': <f4}", "expected a string for 'descr'"},
        {"{'descr': '<f4}", "expected a plain string"},
        {"{'descr': '<\\x66f4'}", "expected a plain string"},
        {"{'descr': '<f4' 'shape': (1,)}", "expected ',' or '}'"},
        {"{,}", "expected a key or '}'"},
        {"{'fortran_order': false}", "expected True or False"},
        {"{'fortran_order': Falsey}", "expected True or False"},
        {"{'fortran_order': 0}", "expected True or False"},
        {"{'shape': 3}", "expected a tuple"},
        {"{'shape': [3]}", "expected a tuple"},
        {"{'shape': (3)}", "expected ','"},
        {"{'shape': (,)}", "expected a number"},
        {"{'shape': (3,,)}", "expected a number"},
        {"{'shape': (3 4)}", "expected ','"},
        {"{'shape': (03,)}", "expected a number"},
        {"{'shape': (3.0,)}", "expected ','"},
        {"{'shape': (-3,)}", "dimension of 0 or more"},
        {"{'shape': (9223372036854775808,)}", "dimension below 2^63"},
        {"{'descr': '<f4', 'fortran_order': False, 'shape': ()} x",
         "nothing after '}'"}};
    for (const auto &[header, message] : cases)
      checks.message(header, parse(makeFile(header, 4)).takeError(),
                     {"'a.npy': malformed header", message});
  });

  checks.run("npy-refused-types", [&] {
    auto withType = [](StringRef descr, StringRef order = "False") {
      return parse(makeFile(("{'descr': " + descr + ", 'fortran_order': " +
                             order + ", 'shape': (2, 2)}")
                                .str(),
                            16))
          .takeError();
    };
    checks.message("big-endian", withType("'>f4'"), {"big-endian '>f4'"});
    checks.message("uint8", withType("'|u1'"), {"got '|u1'"});
    checks.message("complex", withType("'<c8'"), {"got '<c8'"});
    checks.message("empty", withType("''"), {"got ''"});
    checks.message("object", withType("'|O'"), {"got '|O'"});
    checks.message("structure", withType("[('a', '<f4')]"),
                   {"got a structured type"});
    checks.message("fortran", withType("'<f4'", "True"),
                   {"expected C order, got Fortran order for 2x2xf32"});
  });

  checks.run("npy-wrong-sizes", [&] {
    const StringRef header =
        "{'descr': '<f4', 'fortran_order': False, 'shape': (3, 4)}";
    checks.succeeds("right", parse(makeFile(header, 48)).takeError());
    checks.message("truncated", parse(makeFile(header, 40)).takeError(),
                   {"truncated data: expected 48 bytes for 3x4xf32, got 40"});
    checks.message("trailing", parse(makeFile(header, 49)).takeError(),
                   {"trailing bytes", "expected 48 bytes", "got 49"});
    checks.message("product",
                   parse(makeFile("{'descr': '<f8', 'fortran_order': False, "
                                  "'shape': (4294967296, 4294967296)}",
                                  8))
                       .takeError(),
                   {"'a.npy'", "2^63 elements"});
    checks.message("more than there is",
                   parse(makeFile("{'descr': '<f8', 'fortran_order': False, "
                                  "'shape': (1099511627776,)}",
                                  8))
                       .takeError(),
                   {"expected 8796093022208 bytes", "got 8"});
    std::string bools =
        makeFile("{'descr': '|b1', 'fortran_order': False, 'shape': (2,)}", 2);
    bools.back() = 2;
    checks.message("bools", parse(bools).takeError(), {"got 2 for element 1"});
  });

  checks.run("npy-every-truncation", [&] {
    const std::string file = makeFile(
        "{'descr': '<f4', 'fortran_order': False, 'shape': (3,)}", 12, 2);
    for (size_t size = 0; size != file.size(); ++size)
      checks.message("at " + Twine(size),
                     parse(StringRef(file).take_front(size)).takeError(),
                     {"'a.npy'", "expected", "got"});
    checks.message("magic", parse("PK\x03\x04 zip file").takeError(),
                   {"expected a .npy file"});
    checks.message("version", parse(makeFile("{}", 0, 4)).takeError(),
                   {"expected version 1.0, 2.0 or 3.0, got 4.0"});
  });

  checks.run("npy-damaged-header", [&] {
    // Each character of a header replaced by each other: no crash, and no
    // tensor but one whose size is that of the data.
    const std::string file = makeFile(
        "{'descr': '<f4', 'fortran_order': False, 'shape': (3, 1), }\n", 12);
    for (size_t at = 0; at != file.size() - 12; ++at) {
      for (int c = 0; c != 256; ++c) {
        std::string damaged = file;
        damaged[at] = static_cast<char>(c);
        Expected<HostTensor> tensor = parse(damaged);
        if (tensor)
          checks.equal("bytes", 12u, tensor->getSizeInBytes());
        else
          consumeError(tensor.takeError());
      }
    }
  });

  checks.run("npy-paths", [&] {
    checks.message("missing", readNpy(checks.path("no.npy")).takeError(),
                   {"no.npy'", "cannot open", "such file"});
    checks.message("folder", readNpy(checks.path("")).takeError(),
                   {"expected a .npy file, got a folder"});
    auto tensor =
        checks.value("tensor", HostTensor::createZero(ElementKind::F32, {2}));
    if (!tensor)
      return;
    checks.message("no folder", writeNpy(checks.path("missing/0.npy"), *tensor),
                   {"0.npy'", "cannot open for writing"});
    if (sys::fs::exists("/dev/full"))
      checks.message("full", writeNpy("/dev/full", *tensor),
                     {"'/dev/full'", "cannot write", "space"});
  });
}
