//===- ProgressTest.cpp - Checks of the progress line ---------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Check.h"

#include "mhc/Support/Progress.h"

#include <chrono>
#include <thread>

using namespace llvm;
using namespace mhc;
using namespace mhc::test;

static void sleep(int milliseconds) {
  std::this_thread::sleep_for(std::chrono::milliseconds(milliseconds));
}

void mhc::test::checkProgress(Checks &checks) {
  using Milliseconds = Progress::Milliseconds;

  checks.run("progress-silent", [&] {
    std::string text;
    raw_string_ostream os(text);
    {
      Progress progress("tool", os, /*enabled=*/false, 0, Milliseconds(0));
      progress.start("compiling");
      sleep(50);
      progress.finish();
    }
    checks.equal("not a terminal", "", text);
    {
      Progress progress("tool", os, /*enabled=*/true, 0, Milliseconds(60000));
      progress.start("compiling");
      progress.start("running");
    }
    checks.equal("short stages", "", text);
  });

  checks.run("progress-line", [&] {
    std::string text;
    raw_string_ostream os(text);
    {
      Progress progress("tool", os, /*enabled=*/true, 0, Milliseconds(0));
      progress.start("compiling");
      sleep(300);
      progress.start("running", 10);
      progress.setDone(3);
      sleep(600);
    }
    const StringRef got = text;
    checks.isTrue("stage", got.starts_with("\rtool: compiling (0 s)\x1b[K"));
    checks.isTrue("cleared between",
                  got.contains("\x1b[K\r\x1b[K\rtool: running, "));
    checks.isTrue("fraction", got.contains("running, 3 of 10 runs (0 s)"));
    checks.isTrue("cleared at the end", got.ends_with("\x1b[K\r\x1b[K"));
    checks.isTrue("one line", !got.contains('\n'));
  });

  checks.run("progress-narrow", [&] {
    std::string text;
    raw_string_ostream os(text);
    {
      Progress progress("tool", os, /*enabled=*/true, 10, Milliseconds(0));
      progress.start("compiling");
      sleep(300);
    }
    checks.isTrue("cut", StringRef(text).starts_with("\rtool: com\x1b[K"));
  });
}
