//===- EmulatorChecks.h - The checks of the emulator ---------- -*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MHC_TEST_UNIT_EMULATOR_EMULATORCHECKS_H
#define MHC_TEST_UNIT_EMULATOR_EMULATORCHECKS_H

#include "../Support/Check.h"

namespace mhc::test {

void checkAccumulationProbe(Checks &checks);
void checkSmallFloats(Checks &checks);
void checkMatrixFragments(Checks &checks);
void checkMatrixUnit(Checks &checks);
void checkApproximations(Checks &checks);
void checkClock(Checks &checks);
void checkMemoryOrder(Checks &checks);
void checkRaceDetector(Checks &checks);
void checkCounters(Checks &checks);

} // namespace mhc::test

#endif // MHC_TEST_UNIT_EMULATOR_EMULATORCHECKS_H
