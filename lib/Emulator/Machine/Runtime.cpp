//===- Runtime.cpp - What compiled device code calls ----------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Machine/Runtime.h"

#include "Machine/Access.h"
#include "Machine/LaunchCounter.h"
#include "Machine/Scheduler.h"

#include "llvm/Support/MathExtras.h"

using namespace mhc::emulator;

void mhc::emulator::mhcEmulatorCall(Thread *thread, const Site *site,
                                    uint64_t *arguments, uint64_t *results) {
  Call call{*thread, *site, arguments, results};
  if (LLVM_UNLIKELY(site->category == Category::MbarrierWait ||
                    site->category == Category::ClusterBarrier))
    if (LaunchCounter *counter = thread->scheduler->counter.get())
      counter->countOperation(*site);
  site->handler(call);
}

uint64_t mhc::emulator::mhcEmulatorAllocate(Thread *thread, uint64_t size,
                                            uint64_t alignment,
                                            const Site *site) {
  Device &device = thread->scheduler->device;
  uint64_t start = llvm::alignTo(thread->localUsed, alignment);
  if (size > kLocalSize - std::min(start, kLocalSize)) {
    report(*thread, *site,
           "out of memory: " + describe(*thread) + " needs more than " +
               std::to_string(kLocalSize) + " bytes of local memory");
    // The launch is over: what the thread would do has no place.
    thread->scheduler->exit(*thread);
  }
  uint64_t address = thread->localBase + start;
  thread->localUsed = start + size;
  device.memory->setAddressable(address, size, true);
  std::memset(reinterpret_cast<void *>(address), 0xff, size);
  return address;
}

void mhc::emulator::mhcEmulatorRelease(Thread *thread, uint64_t used) {
  thread->scheduler->device.memory->setAddressable(
      thread->localBase + used, thread->localUsed - used, false);
  thread->localUsed = used;
}

void mhc::emulator::mhcEmulatorOutOfFuel(Thread *thread, const Site *site) {
  Scheduler &scheduler = *thread->scheduler;
  Launch &launch = scheduler.launch;
  uint64_t limit = scheduler.device.options.instructionLimit;
  uint64_t total = launch.numInstructions +=
      thread->instructions - thread->instructionsCounted;
  thread->instructionsCounted = thread->instructions;
  if (limit && total > limit) {
    report(*thread, *site,
           "no end: the lanes of the launch have executed " +
               std::to_string(total) + " instructions, the last of them " +
               describe(*thread));
    launch.abandoned = true;
  }
  scheduler.refuel(*thread);
  scheduler.yield(*thread);
}

void mhc::emulator::mhcEmulatorEnter(Thread *thread, const Site *site) {
  // Room for the function and for what it calls here.
  constexpr ptrdiff_t kNeeded = 16 << 10;
  const char *here = static_cast<const char *>(__builtin_frame_address(0));
  if (here - thread->fiber.getStack().low >= kNeeded)
    return;
  report(*thread, *site,
         "out of stack: the calls of " + describe(*thread) +
             " are nested too deep");
  thread->scheduler->exit(*thread);
}

void mhc::emulator::mhcEmulatorDividedByZero(Thread *thread, const Site *site) {
  if (thread->scheduler->device.options.checks.memory)
    report(*thread, *site,
           "division of an integer by zero: by " + describe(*thread));
}

void mhc::emulator::runUnreachable(Call &call) {
  report(call.thread, call.site,
         "unreachable code reached: " + describe(call.thread));
  call.thread.scheduler->exit(call.thread);
}
