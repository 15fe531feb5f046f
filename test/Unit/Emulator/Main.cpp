//===- Main.cpp - Runs the checks of the emulator -------------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "EmulatorChecks.h"

using namespace mhc::test;

int main() {
  Checks checks("");
  checkAccumulationProbe(checks);
  checkSmallFloats(checks);
  checkMatrixFragments(checks);
  checkMatrixUnit(checks);
  checkApproximations(checks);
  checkClock(checks);
  checkMemoryOrder(checks);
  checkRaceDetector(checks);
  checkCounters(checks);
  return checks.anyFailed() ? 1 : 0;
}
