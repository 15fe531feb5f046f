//===- Npy.cpp - Reading and writing NumPy's .npy files -------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The format: https://numpy.org/doc/stable/reference/generated/
// numpy.lib.format.html. After the magic, the version and the header's length
// comes the header, a Python dictionary such as
// {'descr': '<f4', 'fortran_order': False, 'shape': (3, 4), }
// padded with spaces, then the elements.
//
//===----------------------------------------------------------------------===//

#include "mhc/Support/Npy.h"
#include "mhc/Support/FloatFormats.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSwitch.h"
#include "llvm/ADT/Twine.h"
#include "llvm/ADT/bit.h"
#include "llvm/Support/Endian.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MathExtras.h"
#include "llvm/Support/MemoryBuffer.h"

#include <algorithm>
#include <cstring>
#include <optional>

using namespace llvm;

namespace mhc {

static_assert(endianness::native == endianness::little,
              "elements are read and written as they lie in memory");

static constexpr StringLiteral magic("\x93NUMPY");

static Error makeError(StringRef file, const Twine &message) {
  return createStringError("'" + file + "': " + message);
}

//===----------------------------------------------------------------------===//
// The header
//===----------------------------------------------------------------------===//

namespace {

struct Header {
  std::string descr;
  bool fortranOrder = false;
  SmallVector<int64_t> shape;
};

/// Parses the dictionary, a small part of Python's literals.
class HeaderParser {
public:
  HeaderParser(StringRef file, StringRef text)
      : file(file), text(text), rest(text) {}

  Expected<Header> parse();

private:
  Error error(const Twine &expected) {
    const size_t column = text.size() - rest.size();
    std::string found = "the end";
    if (!rest.empty()) {
      found = "'";
      raw_string_ostream os(found);
      printEscapedString(rest.take_front(16), os);
      os << "'";
    }
    return makeError(file, "malformed header: expected " + expected +
                               " at character " + Twine(column) + ", got " +
                               found);
  }

  void skipSpace() { rest = rest.ltrim(" \t\n\r\f"); }

  bool consume(char c) {
    skipSpace();
    return rest.consume_front(StringRef(&c, 1));
  }

  bool peek(char c) {
    skipSpace();
    return rest.starts_with(StringRef(&c, 1));
  }

  Expected<StringRef> parseString(const Twine &what);
  Expected<bool> parseBool();
  Expected<int64_t> parseDimension();
  Error parseShape(SmallVectorImpl<int64_t> &shape);

  StringRef file;
  StringRef text;
  StringRef rest;
};

} // namespace

Expected<StringRef> HeaderParser::parseString(const Twine &what) {
  skipSpace();
  if (!peek('\'') && !peek('"'))
    return error(what);
  // Names of keys and types have no use for escapes.
  const char stops[] = {rest.front(), '\\', '\n'};
  const size_t end = rest.find_first_of(StringRef(stops, sizeof(stops)), 1);
  if (end == StringRef::npos || rest[end] != rest.front())
    return error("a plain string");
  const StringRef value = rest.slice(1, end);
  rest = rest.drop_front(end + 1);
  return value;
}

Expected<bool> HeaderParser::parseBool() {
  skipSpace();
  const StringRef word = rest.take_while(isAlnum);
  if (word != "True" && word != "False")
    return error("True or False");
  rest = rest.drop_front(word.size());
  return word == "True";
}

Expected<int64_t> HeaderParser::parseDimension() {
  skipSpace();
  const bool negative = rest.starts_with("-");
  const StringRef digits = rest.drop_front(negative).take_while(isDigit);
  if (digits.empty() || (digits.size() > 1 && digits.front() == '0'))
    return error("a number");
  if (negative)
    return error("a dimension of 0 or more");
  int64_t value;
  if (digits.getAsInteger(10, value))
    return error("a dimension below 2^63");
  rest = rest.drop_front(digits.size());
  // Python 2 wrote long integers with an L.
  rest.consume_front("L");
  return value;
}

Error HeaderParser::parseShape(SmallVectorImpl<int64_t> &shape) {
  if (!consume('('))
    return error("a tuple for 'shape'");
  if (consume(')'))
    return Error::success();
  while (true) {
    Expected<int64_t> dim = parseDimension();
    if (!dim)
      return dim.takeError();
    shape.push_back(*dim);
    const bool comma = consume(',');
    if (peek(')') && (comma || shape.size() > 1)) {
      consume(')');
      return Error::success();
    }
    if (!comma)
      return error("','");
  }
}

Expected<Header> HeaderParser::parse() {
  Header header;
  bool hasDescr = false, hasOrder = false, hasShape = false;

  if (!consume('{'))
    return error("'{'");
  while (!consume('}')) {
    skipSpace();
    Expected<StringRef> key = parseString("a key or '}'");
    if (!key)
      return key.takeError();
    bool *seen = StringSwitch<bool *>(*key)
                     .Case("descr", &hasDescr)
                     .Case("fortran_order", &hasOrder)
                     .Case("shape", &hasShape)
                     .Default(nullptr);
    if (!seen)
      return makeError(file, "malformed header: expected the keys 'descr', "
                             "'fortran_order' and 'shape', got '" +
                                 *key + "'");
    if (*seen)
      return makeError(file, "malformed header: expected each key once, got '" +
                                 *key + "' again");
    *seen = true;
    if (!consume(':'))
      return error("':'");

    if (seen == &hasDescr) {
      if (peek('[') || peek('('))
        return makeError(file, "expected elements of a plain type, got a "
                               "structured type");
      Expected<StringRef> descr = parseString("a string for 'descr'");
      if (!descr)
        return descr.takeError();
      header.descr = descr->str();
    } else if (seen == &hasOrder) {
      Expected<bool> order = parseBool();
      if (!order)
        return order.takeError();
      header.fortranOrder = *order;
    } else if (Error err = parseShape(header.shape)) {
      return err;
    }
    if (!consume(',') && !peek('}'))
      return error("',' or '}'");
  }
  skipSpace();
  if (!rest.empty())
    return error("nothing after '}'");

  for (auto [seen, key] :
       {std::pair(hasDescr, "descr"), std::pair(hasOrder, "fortran_order"),
        std::pair(hasShape, "shape")})
    if (!seen)
      return makeError(file, "malformed header: expected the key '" +
                                 Twine(key) + "', got none");
  return header;
}

/// The kind of the type that NumPy calls `descr`.
static Expected<ElementKind> parseDescr(StringRef file, StringRef descr) {
  StringRef code = descr;
  char order = '=';
  if (!code.empty() && StringRef("<>=|").contains(code.front())) {
    order = code.front();
    code = code.drop_front();
  }
  const auto kind = StringSwitch<std::optional<ElementKind>>(code)
                        .Case("f2", ElementKind::F16)
                        .Case("f4", ElementKind::F32)
                        .Case("f8", ElementKind::F64)
                        .Cases({"b1", "?", "bool"}, ElementKind::I1)
                        .Case("i4", ElementKind::I32)
                        .Case("i8", ElementKind::I64)
                        .Default(std::nullopt);
  if (!kind)
    return makeError(file, "expected elements of type f2, f4, f8, b1, i4 or "
                           "i8, got '" +
                               descr + "'");
  if (order == '>' && *kind != ElementKind::I1)
    return makeError(file, "expected little-endian elements, got big-endian '" +
                               descr + "'");
  return *kind;
}

//===----------------------------------------------------------------------===//
// Reading
//===----------------------------------------------------------------------===//

Expected<HostTensor> parseNpy(MemoryBufferRef buffer) {
  const StringRef file = buffer.getBufferIdentifier();
  StringRef rest = buffer.getBuffer();

  if (!rest.consume_front(magic))
    return makeError(file, rest.empty() || magic.starts_with(rest)
                               ? "expected a .npy file, got " +
                                     Twine(rest.size()) + " bytes"
                               : "expected a .npy file, got other contents");
  if (rest.size() < 2)
    return makeError(file, "truncated header: expected a version, got the end");
  const unsigned major = rest.bytes_begin()[0], minor = rest.bytes_begin()[1];
  if (major < 1 || major > 3 || minor != 0)
    return makeError(file, "expected version 1.0, 2.0 or 3.0, got " +
                               Twine(major) + "." + Twine(minor));
  rest = rest.drop_front(2);

  const size_t lengthSize = major == 1 ? 2 : 4;
  if (rest.size() < lengthSize)
    return makeError(file,
                     "truncated header: expected its length, got the end");
  const uint64_t length = major == 1 ? support::endian::read16le(rest.data())
                                     : support::endian::read32le(rest.data());
  rest = rest.drop_front(lengthSize);
  if (rest.size() < length)
    return makeError(file, "truncated header: expected " + Twine(length) +
                               " bytes, got " + Twine(rest.size()));

  Expected<Header> header = HeaderParser(file, rest.take_front(length)).parse();
  if (!header)
    return header.takeError();
  rest = rest.drop_front(length);

  Expected<ElementKind> kind = parseDescr(file, header->descr);
  if (!kind)
    return kind.takeError();
  Expected<int64_t> bytes = countBytes(*kind, header->shape);
  if (!bytes)
    return makeError(file, toString(bytes.takeError()));
  const std::string type = describeType(*kind, header->shape);
  if (header->fortranOrder && *bytes != 0 &&
      count_if(header->shape, [](int64_t dim) { return dim > 1; }) > 1)
    return makeError(file, "expected C order, got Fortran order for " + type);

  if (static_cast<uint64_t>(*bytes) != rest.size())
    return makeError(file, (static_cast<uint64_t>(*bytes) > rest.size()
                                ? "truncated data: expected "
                                : "trailing bytes after the data: expected ") +
                               Twine(*bytes) + " bytes for " + type + ", got " +
                               Twine(rest.size()));
  if (*kind == ElementKind::I1) {
    const uint8_t *other = std::find_if(rest.bytes_begin(), rest.bytes_end(),
                                        [](uint8_t byte) { return byte > 1; });
    if (other != rest.bytes_end())
      return makeError(file, "expected bools of 0 or 1, got " +
                                 Twine(unsigned{*other}) + " for element " +
                                 Twine(other - rest.bytes_begin()));
  }

  Expected<HostTensor> tensor = HostTensor::create(*kind, header->shape);
  if (!tensor)
    return makeError(file, toString(tensor.takeError()));
  std::copy(rest.begin(), rest.end(), tensor->data());
  return tensor;
}

Expected<HostTensor> readNpy(StringRef path) {
  sys::fs::file_status status;
  if (std::error_code ec = sys::fs::status(path, status))
    return makeError(path, "cannot open: " + ec.message());
  if (status.type() == sys::fs::file_type::directory_file)
    return makeError(path, "expected a .npy file, got a folder");
  if (status.type() != sys::fs::file_type::regular_file)
    return makeError(path, "expected a .npy file, got a device or a pipe");

  ErrorOr<std::unique_ptr<MemoryBuffer>> buffer = MemoryBuffer::getFile(
      path, /*IsText=*/false, /*RequiresNullTerminator=*/false);
  if (std::error_code ec = buffer.getError())
    return makeError(path, "cannot read: " + ec.message());
  return parseNpy(**buffer);
}

//===----------------------------------------------------------------------===//
// Writing
//===----------------------------------------------------------------------===//

static StringRef getDescr(ElementKind kind) {
  switch (kind) {
  case ElementKind::BF16:
  case ElementKind::F16:
  case ElementKind::F32:
    return "<f4";
  case ElementKind::F64:
    return "<f8";
  case ElementKind::I1:
    return "|b1";
  case ElementKind::I32:
    return "<i4";
  case ElementKind::I64:
    return "<i8";
  }
  llvm_unreachable("all kinds are handled");
}

void writeNpy(raw_ostream &os, ElementKind kind, ArrayRef<int64_t> shape,
              ArrayRef<uint8_t> bytes) {
  std::string header;
  raw_string_ostream headerStream(header);
  headerStream << "{'descr': '" << getDescr(kind)
               << "', 'fortran_order': False, 'shape': (";
  interleaveComma(shape, headerStream);
  headerStream << (shape.size() == 1 ? ",), }" : "), }");

  // All before the data takes a multiple of 64 bytes and ends in a newline.
  const size_t before = magic.size() + 2 + 2;
  const size_t size = alignTo(before + header.size() + 1, 64) - before;
  assert(size <= UINT16_MAX && "expected a shape that a header can hold");
  header.resize(size - 1, ' ');
  header += '\n';

  os << magic << '\x01' << '\0' << static_cast<char>(size & 0xff)
     << static_cast<char>(size >> 8) << header;

  if (kind != ElementKind::BF16 && kind != ElementKind::F16) {
    os.write(reinterpret_cast<const char *>(bytes.data()), bytes.size());
    return;
  }
  // The piece is converted in memory that is aligned for its kind.
  constexpr size_t pieceSize = 4096;
  uint16_t narrow[pieceSize];
  float wide[pieceSize];
  while (!bytes.empty()) {
    const size_t count = std::min(pieceSize, bytes.size() / sizeof(uint16_t));
    std::memcpy(narrow, bytes.data(), count * sizeof(uint16_t));
    convertFloats(kind, narrow, ElementKind::F32, wide, count);
    os.write(reinterpret_cast<const char *>(wide), count * sizeof(float));
    bytes = bytes.drop_front(count * sizeof(uint16_t));
  }
}

void writeNpy(raw_ostream &os, const HostTensor &tensor) {
  writeNpy(os, tensor.getKind(), tensor.getShape(), tensor.getBytes());
}

Error writeNpy(StringRef path, ElementKind kind, ArrayRef<int64_t> shape,
               ArrayRef<uint8_t> bytes) {
  int descriptor;
  if (std::error_code ec = sys::fs::openFileForWrite(path, descriptor))
    return makeError(path, "cannot open for writing: " + ec.message());
  raw_fd_ostream os(descriptor, /*shouldClose=*/true);
  writeNpy(os, kind, shape, bytes);
  os.close();
  if (std::error_code ec = os.error()) {
    os.clear_error();
    // What is not a regular file (a device, say) is not ours to remove.
    sys::fs::file_status status;
    if (!sys::fs::status(path, status) &&
        status.type() == sys::fs::file_type::regular_file)
      sys::fs::remove(path);
    return makeError(path, "cannot write: " + ec.message());
  }
  return Error::success();
}

Error writeNpy(StringRef path, const HostTensor &tensor) {
  return writeNpy(path, tensor.getKind(), tensor.getShape(), tensor.getBytes());
}

} // namespace mhc
