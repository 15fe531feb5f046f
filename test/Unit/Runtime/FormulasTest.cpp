//===- FormulasTest.cpp - Checks of formulas over sizes -------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "RuntimeChecks.h"

using namespace mhc::test;

/// A program with sizes a and b whose workspace is `formula`, a JSON value.
static std::string makeProgram(llvm::StringRef formula) {
  return ("{\"name\": \"p\", \"sizes\": [\"a\", \"b\"], \"arguments\": "
          "[{\"type\": \"f32\", \"shape\": [\"a\", \"b\"]}], \"results\": [], "
          "\"workspace\": " +
          formula + ", \"steps\": []}")
      .str();
}

void mhc::test::checkFormulas(Checks &checks, const Drivers &drivers) {
  checks.run("formula-values", [&] {
    // With a = 7 and b = 3.
    const std::pair<const char *, uint64_t> cases[] = {
        {"12", 12},
        {"\"12\"", 12},
        {"\"a\"", 7},
        {"\" ( + a  b 1 ) \"", 11},
        {"\"(+ a)\"", 7},
        {"\"(- a b)\"", 4},
        {"\"(* a b 2)\"", 42},
        {"\"(/ a b)\"", 2},
        {"\"(+ 100 (/ (- 0 a) b))\"", 97},
        {"\"(+ 100 (/ a (- 0 b)))\"", 97},
        {"\"(/ (- 0 a) (- 0 b))\"", 2},
        {"\"(ceil/ a b)\"", 3},
        {"\"(+ 100 (ceil/ (- 0 a) b))\"", 98},
        {"\"(ceil/ (- 0 a) (- 0 b))\"", 3},
        {"\"(ceil/ 6 b)\"", 2},
        {"\"(% a b)\"", 1},
        {"\"(% (- 0 a) b)\"", 2},
        {"\"(+ 100 (% a (- 0 b)))\"", 98},
        {"\"(% a -1)\"", 0},
        {"\"(+ 100 (/ a -1))\"", 93},
        {"\"(min a b 5)\"", 3},
        {"\"(max a b 5)\"", 7},
        {"\"(== a 7)\"", 1},
        {"\"(!= a 7)\"", 0},
        {"\"(< b a)\"", 1},
        {"\"(<= a 6)\"", 0},
        {"\"(> a b)\"", 1},
        {"\"(>= a 8)\"", 0},
        {"\"(and a b 0)\"", 0},
        {"\"(and a b)\"", 1},
        {"\"(or 0 b)\"", 1},
        {"\"(or 0 (- a 7))\"", 0},
        {"\"(select (< a b) a b)\"", 3},
        // What is not chosen has no value.
        {"\"(select (== a 7) 5 (/ a (- a 7)))\"", 5},
        {"\"(select 1 5 (/ 1 0))\"", 5},
        {"\"(and 0 (/ 1 0))\"", 0},
        {"\"(or 1 (/ 1 0))\"", 1},
        {"9223372036854775807", INT64_MAX},
    };
    const int64_t sizes[] = {7, 3};
    for (const auto &[formula, expected] : cases) {
      TestModule module(drivers, "", makeProgram(formula));
      uint64_t bytes = 0;
      mhcrt_status status = mhcrt_get_workspace_bytes(module.program, sizes,
                                                      &bytes, &module.error);
      expectStatus(checks, formula, MHCRT_SUCCESS, "", status, module.error);
      checks.equal(formula, expected, bytes);
    }
  });

  checks.run("formula-without-value", [&] {
    const std::pair<const char *, const char *> cases[] = {
        {"\"(/ a (- b 3))\"",
         "the workspace: expected a divisor, got 7 divided by 0"},
        {"\"(% a 0)\"",
         "the workspace: expected a divisor, got 7 divided by 0"},
        {"\"(* a 4611686018427387904)\"",
         "the workspace: expected a number of 64 bits, got one beyond in "
         "7 * 4611686018427387904"},
        {"\"(+ a 9223372036854775807)\"",
         "the workspace: expected a number of 64 bits, got one beyond in "
         "7 + 9223372036854775807"},
        {"\"(- -9223372036854775807 a)\"",
         "the workspace: expected a number of 64 bits, got one beyond in "
         "-9223372036854775807 - 7"},
        {"\"(/ -9223372036854775808 -1)\"",
         "the workspace: expected a number of 64 bits, got one beyond in "
         "-9223372036854775808 / -1"},
    };
    const int64_t sizes[] = {7, 3};
    for (const auto &[formula, message] : cases) {
      TestModule module(drivers, "", makeProgram(formula));
      uint64_t bytes = 0;
      mhcrt_status status = mhcrt_get_workspace_bytes(module.program, sizes,
                                                      &bytes, &module.error);
      expectStatus(checks, formula, MHCRT_ARITHMETIC, message, status,
                   module.error);
    }
    TestModule module(drivers, "", makeProgram("\"(- b a)\""));
    uint64_t bytes = 0;
    mhcrt_status status =
        mhcrt_get_workspace_bytes(module.program, sizes, &bytes, &module.error);
    expectStatus(checks, "a negative workspace", MHCRT_OUT_OF_RANGE,
                 "the workspace: expected at least 0 bytes, got -4", status,
                 module.error);
  });

  checks.run("formula-syntax", [&] {
    std::string deep;
    for (unsigned i = 0; i < 70; ++i)
      deep += "(+ ";
    const std::pair<std::string, std::string> cases[] = {
        {"", "expected a number, a size or '(' at column 1 of \"\", got the "
             "end"},
        {"c", "expected a number of 64 bits, a size or '(' at column 1 of "
              "\"c\", got 'c'"},
        {"9223372036854775808",
         "expected a number of 64 bits, a size or '(' at column 1 of "
         "\"9223372036854775808\", got '9223372036854775808'"},
        {"(", "expected an operation at column 2 of \"(\", got the end"},
        {"(^ a b)",
         "expected an operation at column 2 of \"(^ a b)\", got '^'"},
        {"(- a)", "expected a number, a size or '(' at column 5 of \"(- a)\", "
                  "got ')'"},
        {"(- a b a)", "expected ')' at column 8 of \"(- a b a)\", got 'a'"},
        {"(+ a b", "expected a number, a size or '(' at column 7 of "
                   "\"(+ a b\", got the end"},
        {"a b", "expected the end at column 3 of \"a b\", got 'b'"},
        {"(+ a 1.5)", "expected a number of 64 bits, a size or '(' at column 6 "
                      "of \"(+ a 1.5)\", got '1.5'"},
        {deep, "expected at most 64 nested formulas at column 193 of \"" +
                   deep + "\", got '('"},
    };
    for (const auto &[formula, message] : cases) {
      TestModule module(drivers, "", makeProgram('"' + formula + '"'));
      expectStatus(checks, formula, MHCRT_MALFORMED_MANIFEST,
                   "manifest: programs[0].workspace: " + message, module.status,
                   module.error);
    }
  });
}
