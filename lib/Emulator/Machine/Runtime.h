//===- Runtime.h - What compiled device code calls --------------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MHC_EMULATOR_MACHINE_RUNTIME_H
#define MHC_EMULATOR_MACHINE_RUNTIME_H

#include "Machine/Device.h"

namespace mhc::emulator {

extern "C" {
/// A modelled operation: arguments and results in slots.
void mhcEmulatorCall(Thread *thread, const Site *site, uint64_t *arguments,
                     uint64_t *results);
/// An atomic or volatile load or store: as mhcEmulatorAccess, with what it
/// orders; a load that reads the same place again lets others run.
char *mhcEmulatorOrderedAccess(Thread *thread, uint64_t address,
                               const Site *site);
/// Local memory for an alloca, and the end of a function that took some.
uint64_t mhcEmulatorAllocate(Thread *thread, uint64_t size, uint64_t alignment,
                             const Site *site);
void mhcEmulatorRelease(Thread *thread, uint64_t used);
/// A thread has made so many turns of loops that others must run.
void mhcEmulatorOutOfFuel(Thread *thread, const Site *site);
/// A function that is not a kernel begins: is there stack for it?
void mhcEmulatorEnter(Thread *thread, const Site *site);
void mhcEmulatorDividedByZero(Thread *thread, const Site *site);
}

/// `unreachable` was reached.
void runUnreachable(Call &call);

} // namespace mhc::emulator

#endif // MHC_EMULATOR_MACHINE_RUNTIME_H
