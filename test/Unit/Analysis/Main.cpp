//===- Main.cpp - Runs the checks of the analyses -------------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "RecomputeChecks.h"

using namespace mhc::test;

int main(int argc, char **argv) {
  if (argc > 1 && llvm::StringRef(argv[1]) == "--tables") {
    printTables(llvm::outs());
    return 0;
  }
  Checks checks("");
  checkBruteForce(checks);
  checkLongChains(checks);
  checkPlans(checks);
  return checks.anyFailed() ? 1 : 0;
}
