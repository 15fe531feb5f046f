//===- Budget.cpp - A number of bytes, or a share of them -----------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Budget.h"

#include "llvm/ADT/StringRef.h"

#include <cmath>
#include <utility>

using namespace mlir::mhc;

llvm::Expected<Budget> Budget::parse(llvm::StringRef text) {
  auto fail = [&] {
    return llvm::createStringError(
        "expected a budget in bytes, such as 2000000, 1.5GB or 800MiB, or a "
        "share of at most 100%%, such as 50%% or 0.5, got '%s'",
        text.str().c_str());
  };
  // `nan`, `inf` and hexadecimal numbers are numbers to the parser below.
  auto [digits, suffix] = std::pair(
      text.take_while([](char c) { return llvm::isDigit(c) || c == '.'; }),
      text.drop_while([](char c) { return llvm::isDigit(c) || c == '.'; }));
  double number = 0;
  if (digits.empty() || digits.getAsDouble(number) || !std::isfinite(number))
    return fail();
  Budget budget;
  bool isShare = suffix == "%" || (suffix.empty() && digits.contains('.'));
  if (isShare) {
    budget.share = suffix == "%" ? number / 100 : number;
    if (budget.share > 1)
      return fail();
    return budget;
  }
  if (suffix.empty()) {
    if (digits.getAsInteger(10, budget.bytes))
      return fail();
    return budget;
  }
  static constexpr std::pair<llvm::StringLiteral, int64_t> units[] = {
      {"B", 1},
      {"kB", 1000},
      {"KB", 1000},
      {"MB", 1000000},
      {"GB", 1000000000},
      {"TB", 1000000000000},
      {"KiB", int64_t(1) << 10},
      {"MiB", int64_t(1) << 20},
      {"GiB", int64_t(1) << 30},
      {"TiB", int64_t(1) << 40}};
  for (const auto &[name, factor] : units) {
    if (suffix != name)
      continue;
    double bytes = std::floor(number * static_cast<double>(factor));
    // The largest double below 2^63.
    if (bytes > 9223372036854774784.0)
      return fail();
    budget.bytes = static_cast<int64_t>(bytes);
    return budget;
  }
  return fail();
}

int64_t Budget::getBytes(int64_t everything) const {
  if (bytes >= 0)
    return bytes;
  // A double does not hold every number of bytes.
  if (share == 1)
    return everything;
  return static_cast<int64_t>(
      std::floor(share * static_cast<double>(everything)));
}
