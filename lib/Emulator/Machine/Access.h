//===- Access.h - Every access to device memory -----------------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MHC_EMULATOR_MACHINE_ACCESS_H
#define MHC_EMULATOR_MACHINE_ACCESS_H

#include "Machine/Device.h"

namespace mhc::emulator {

/// Bytes of the widest vector that a lane may load or store.
constexpr uint32_t kLargestAccess = 16 << 10;

/// One access as an operation describes it.
struct AccessRequest {
  uint64_t address = 0;
  Space space = Space::Generic;
  uint32_t size = 0;
  uint32_t alignment = 1;
  AccessKind kind = AccessKind::Read;
  Scope scope = Scope::System;
};

/// Where an address lies in this process.
struct Resolved {
  char *host = nullptr; // null if it is no address of device memory
  Space space = Space::Global;
  /// The CTA that owns it, if it is shared memory.
  Cta *owner = nullptr;
};

/// Resolves without any check.
Resolved resolve(Thread &thread, uint64_t address, Space space);

/// A load or store of the thread, by its site; called by compiled code. Runs
/// all checks and returns where the bytes lie; scratch memory if they lie
/// nowhere.
extern "C" char *mhcEmulatorAccess(Thread *thread, uint64_t address,
                                   const Site *site);

/// The same for operations. A write marks its bytes as written.
char *access(Thread &thread, const Site &site, const AccessRequest &request);

/// The parts of it, for asynchronous copies: alignment, bounds and (for reads)
/// initialisation. Null, with the finding made, if the access is impossible.
char *checkMemory(Thread &thread, const Site &site,
                  const AccessRequest &request, bool checkInitialised = true);
/// Checks and records against races under another agent's epoch. `fenced` as
/// in Access: for bulk copies what is visible to the async proxy.
void checkRaces(Thread &thread, const Site &site, const char *host,
                uint32_t size, AccessKind kind, Scope scope, Epoch self,
                const Clock &knows, const Clock *fenced = nullptr);

/// "thread (3, 0, 0) [warp 0, lane 3] of CTA (1, 0, 0)".
std::string describe(const Thread &thread);
/// The same for an agent of the launch, by its epoch and what it did there.
std::string describe(const Launch &launch, Epoch epoch, const Site &site);
/// "'argument 0' + 0x40", "shared memory + 0x10 ('tile' + 0x0)".
std::string describeAddress(Device &device, const Launch *launch,
                            uint64_t host);
/// Reports a fault of the thread at the site.
void report(Thread &thread, const Site &site, const std::string &message,
            Findings::Notes notes = {});

} // namespace mhc::emulator

#endif // MHC_EMULATOR_MACHINE_ACCESS_H
