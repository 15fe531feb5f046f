//===- Check.h - Named checks without a framework ------------- -*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MHC_TEST_UNIT_SUPPORT_CHECK_H
#define MHC_TEST_UNIT_SUPPORT_CHECK_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/ADT/Twine.h"
#include "llvm/Support/Error.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/raw_ostream.h"

#include <cstdlib>
#include <optional>
#include <string>
#include <utility>

namespace mhc::test {

/// Runs checks by name, and prints `ok NAME`, or `FAIL NAME: ...` for the first
/// few things in it that differ.
class Checks {
public:
  /// `folder` is empty, for the checks to write to.
  explicit Checks(llvm::StringRef folder) : folder(folder) {}

  /// Runs the body of the check `name`.
  void run(llvm::StringRef name, llvm::function_ref<void()> body) {
    current = name.str();
    failures = 0;
    body();
    if (failures == 0)
      llvm::outs() << "ok " << current << '\n';
    failed |= failures != 0;
  }

  template <typename T, typename U>
  void equal(const llvm::Twine &what, const T &expected, const U &got) {
    if (!(expected == got))
      fail(what, print(expected), print(got));
  }

  void isTrue(const llvm::Twine &what, bool condition) {
    if (!condition)
      fail(what, "true", "false");
  }

  /// |got - expected| <= tolerance; a NaN is never near.
  void near(const llvm::Twine &what, double expected, double got,
            double tolerance) {
    if (!(got - expected <= tolerance && expected - got <= tolerance))
      fail(what, print(expected) + " within " + print(tolerance), print(got));
  }

  /// The error's message contains all of `parts`.
  void message(const llvm::Twine &what, llvm::Error error,
               llvm::ArrayRef<llvm::StringRef> parts) {
    if (!error)
      return fail(what, "an error", "success");
    const std::string text = llvm::toString(std::move(error));
    for (llvm::StringRef part : parts)
      if (!llvm::StringRef(text).contains(part))
        return fail(what, "a message with '" + part.str() + "'", text);
  }

  void succeeds(const llvm::Twine &what, llvm::Error error) {
    if (error)
      fail(what, "success", llvm::toString(std::move(error)));
  }

  /// The value, or a failure and nothing.
  template <typename T>
  std::optional<T> value(const llvm::Twine &what, llvm::Expected<T> expected) {
    if (expected)
      return std::move(*expected);
    fail(what, "success", llvm::toString(expected.takeError()));
    return std::nullopt;
  }

  void fail(const llvm::Twine &what, llvm::StringRef expected,
            llvm::StringRef got) {
    if (++failures <= 5)
      llvm::outs() << "FAIL " << current << ": " << what << ": expected "
                   << expected << " got " << got << '\n';
  }

  /// A path in the folder for the checks.
  std::string path(llvm::StringRef name) const {
    llvm::SmallString<128> result(folder);
    llvm::sys::path::append(result, name);
    return result.str().str();
  }

  /// How many random cases to check: all of them if MHC_FULL is in the
  /// environment.
  static unsigned sample(unsigned few, unsigned all) {
    const char *full = std::getenv("MHC_FULL");
    return full && *full ? all : few;
  }

  bool anyFailed() const { return failed; }

private:
  template <typename T> static std::string print(const T &value) {
    std::string text;
    llvm::raw_string_ostream(text) << value;
    return text;
  }
  static std::string print(double value) {
    std::string text;
    llvm::raw_string_ostream(text) << llvm::format("%.17g", value);
    return text;
  }

  std::string folder;
  std::string current;
  unsigned failures = 0;
  bool failed = false;
};

void checkHostTensor(Checks &checks);
void checkFloatFormats(Checks &checks);
void checkRandom(Checks &checks);
void checkNpy(Checks &checks);
void checkArgumentSpec(Checks &checks);
void checkResultSummary(Checks &checks);
void checkOutputFolder(Checks &checks);
void checkProgress(Checks &checks);

} // namespace mhc::test

#endif // MHC_TEST_UNIT_SUPPORT_CHECK_H
