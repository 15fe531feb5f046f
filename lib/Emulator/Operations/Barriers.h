//===- Barriers.h - The barriers of a CTA -----------------------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MHC_EMULATOR_OPERATIONS_BARRIERS_H
#define MHC_EMULATOR_OPERATIONS_BARRIERS_H

#include "Machine/Thread.h"

namespace mhc::emulator {

/// A thread has ended: barriers that wait for all who live may be complete.
void threadLeft(Cta &cta, Thread &thread);

} // namespace mhc::emulator

#endif // MHC_EMULATOR_OPERATIONS_BARRIERS_H
