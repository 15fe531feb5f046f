//===- JsonReader.cpp - JSON values with their places ---------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "JsonReader.h"

#include <set>

using namespace mhcrt;
using nlohmann::json;

json mhcrt::parseJson(std::string_view text, const std::string &name) {
  std::vector<std::set<std::string>> keys;
  auto observe = [&](int, json::parse_event_t event, json &parsed) {
    if (event == json::parse_event_t::object_start)
      keys.emplace_back();
    else if (event == json::parse_event_t::object_end)
      keys.pop_back();
    else if (event == json::parse_event_t::key &&
             !keys.back().insert(parsed.get<std::string>()).second)
      fail(MHCRT_MALFORMED_MANIFEST,
           name + ": expected members of different names, got two \"" +
               parsed.get<std::string>() + "\"");
    return true;
  };
  try {
    return json::parse(text.begin(), text.end(), observe);
  } catch (const json::exception &exception) {
    // "[json.exception.parse_error.101] parse error at line 1, column 2: ..."
    std::string message = exception.what();
    if (size_t end = message.find("] "); end != std::string::npos)
      message.erase(0, end + 2);
    fail(MHCRT_MALFORMED_MANIFEST, name + ": " + message);
  }
}

//===----------------------------------------------------------------------===//
// Messages
//===----------------------------------------------------------------------===//

void JsonReader::error(const std::string &expected,
                       const std::string &got) const {
  fail(MHCRT_MALFORMED_MANIFEST, where + (where.back() == ' ' ? "" : ": ") +
                                     "expected " + expected + ", got " + got);
}

void JsonReader::error(const std::string &expected) const {
  if (value.is_object())
    error(expected, "an object");
  if (value.is_array())
    error(expected, "an array of " + std::to_string(value.size()) +
                        (value.size() == 1 ? " element" : " elements"));
  std::string text = value.dump(-1, ' ', /*ensure_ascii=*/true,
                                json::error_handler_t::replace);
  constexpr size_t longest = 60;
  if (text.size() > longest)
    text = text.substr(0, longest) + "...";
  error(expected, text);
}

//===----------------------------------------------------------------------===//
// Objects and arrays
//===----------------------------------------------------------------------===//

std::optional<JsonReader> JsonReader::find(const char *key) const {
  if (!value.is_object())
    error("an object");
  auto member = value.find(key);
  if (member == value.end())
    return std::nullopt;
  return JsonReader(*member, where + (where.back() == ' ' ? "" : ".") + key);
}

JsonReader JsonReader::get(const char *key) const {
  if (std::optional<JsonReader> member = find(key))
    return *member;
  error("a member \"" + std::string(key) + '"', "none");
}

void JsonReader::expectMembers(std::initializer_list<const char *> keys) const {
  if (!value.is_object())
    error("an object");
  for (const auto &member : value.items()) {
    bool known = false;
    for (const char *key : keys)
      known |= member.key() == key;
    if (known)
      continue;
    std::string list;
    for (const char *key : keys)
      list += std::string(list.empty() ? "" : ", ") + key;
    error("members out of " + list, '"' + member.key() + '"');
  }
}

size_t JsonReader::getSize() const {
  if (!value.is_array())
    error("an array");
  return value.size();
}

JsonReader JsonReader::operator[](size_t index) const {
  return JsonReader(value[index], where + '[' + std::to_string(index) + ']');
}

//===----------------------------------------------------------------------===//
// Strings and numbers
//===----------------------------------------------------------------------===//

std::string JsonReader::getString() const {
  if (!value.is_string())
    error("a string");
  return value.get<std::string>();
}

bool JsonReader::getBool() const {
  if (!value.is_boolean())
    error("true or false");
  return value.get<bool>();
}

int64_t JsonReader::getInteger(int64_t least, int64_t most) const {
  bool fits = value.is_number_integer();
  if (value.is_number_unsigned())
    fits = value.get<uint64_t>() <= static_cast<uint64_t>(INT64_MAX);
  if (!fits || value.get<int64_t>() < least || value.get<int64_t>() > most)
    error("an integer from " + std::to_string(least) + " to " +
          std::to_string(most));
  return value.get<int64_t>();
}

uint32_t JsonReader::getIndex(size_t count, const char *what) const {
  if (count == 0)
    error(std::string("no ") + what + ", as there is none");
  return static_cast<uint32_t>(getInteger(0, static_cast<int64_t>(count) - 1));
}

Expression
JsonReader::getExpression(const std::vector<std::string> &symbols) const {
  if (value.is_number_integer())
    return Expression(getInteger(INT64_MIN, INT64_MAX));
  if (!value.is_string())
    error("an integer or a formula");
  try {
    return Expression::parse(value.get_ref<const std::string &>(), symbols);
  } catch (const SyntaxError &syntax) {
    fail(MHCRT_MALFORMED_MANIFEST, where + ": " + syntax.what());
  }
}

double JsonReader::getNumber() const {
  if (!value.is_number())
    error("a number");
  return value.get<double>();
}
