//===- Main.cpp - Runs the checks of the support library ------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Check.h"

#include "llvm/Support/FileSystem.h"

using namespace llvm;
using namespace mhc::test;

int main() {
  SmallString<128> folder;
  if (std::error_code ec =
          sys::fs::createUniqueDirectory("mhc-support-tests", folder)) {
    errs() << "cannot create a folder for the checks: " << ec.message() << '\n';
    return 1;
  }
  Checks checks(folder);
  checkHostTensor(checks);
  checkFloatFormats(checks);
  checkRandom(checks);
  checkNpy(checks);
  checkArgumentSpec(checks);
  checkResultSummary(checks);
  checkOutputFolder(checks);
  checkProgress(checks);
  sys::fs::remove_directories(folder);
  return checks.anyFailed() ? 1 : 0;
}
