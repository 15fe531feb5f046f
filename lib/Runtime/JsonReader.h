//===- JsonReader.h - JSON values with their places -------------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A value of a JSON document that knows where it stands, so that each misuse
// is an MHCRT_MALFORMED_MANIFEST such as
//   kernels.json: programs[0].steps[2].kernel: expected a number below 2, got 7
//
//===----------------------------------------------------------------------===//

#ifndef MHC_LIB_RUNTIME_JSONREADER_H
#define MHC_LIB_RUNTIME_JSONREADER_H

#include "Expression.h"
#include "Failure.h"

#include <initializer_list>
#include <nlohmann/json.hpp>

namespace mhcrt {

/// The document of `text`. Objects with two members of one name are refused.
nlohmann::json parseJson(std::string_view text, const std::string &name);

class JsonReader {
public:
  JsonReader(const nlohmann::json &value, std::string where)
      : value(value), where(std::move(where)) {}

  const std::string &getPlace() const { return where; }

  /// Fails with "expected ..., got ...", where `got` is the value itself.
  [[noreturn]] void error(const std::string &expected) const;
  [[noreturn]] void error(const std::string &expected,
                          const std::string &got) const;

  /// The member `key` of an object, which must be there, or need not.
  JsonReader get(const char *key) const;
  std::optional<JsonReader> find(const char *key) const;
  /// Fails if the object has a member that is not in `keys`.
  void expectMembers(std::initializer_list<const char *> keys) const;

  size_t getSize() const;
  JsonReader operator[](size_t index) const;

  std::string getString() const;
  bool getBool() const;
  /// An integer from `least` to `most`.
  int64_t getInteger(int64_t least, int64_t most) const;
  /// The index of something of which there are `count`.
  uint32_t getIndex(size_t count, const char *what) const;
  /// An integer, or a string with a formula.
  Expression getExpression(const std::vector<std::string> &symbols) const;
  bool isNumber() const { return value.is_number(); }
  double getNumber() const;

private:
  const nlohmann::json &value;
  std::string where;
};

} // namespace mhcrt

#endif // MHC_LIB_RUNTIME_JSONREADER_H
