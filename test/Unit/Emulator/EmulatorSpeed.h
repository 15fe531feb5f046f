//===- EmulatorSpeed.h - What parts of the emulator cost ------ -*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MHC_TEST_UNIT_EMULATOR_EMULATORSPEED_H
#define MHC_TEST_UNIT_EMULATOR_EMULATORSPEED_H

namespace mhc::test {

/// Each prints a time a line.
void measureArithmetic();
void measureCounters();
void measureRaceDetector();

} // namespace mhc::test

#endif // MHC_TEST_UNIT_EMULATOR_EMULATORSPEED_H
