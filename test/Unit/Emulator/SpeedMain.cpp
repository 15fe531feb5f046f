//===- SpeedMain.cpp - Times parts of the emulator ------------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "EmulatorSpeed.h"

int main() {
  mhc::test::measureArithmetic();
  mhc::test::measureCounters();
  mhc::test::measureRaceDetector();
  return 0;
}
