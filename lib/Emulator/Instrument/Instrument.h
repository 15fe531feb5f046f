//===- Instrument.h - Device code for this machine, watched -----*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MHC_EMULATOR_INSTRUMENT_INSTRUMENT_H
#define MHC_EMULATOR_INSTRUMENT_INSTRUMENT_H

#include "Machine/Device.h"

#include "llvm/ADT/DenseMap.h"
#include "llvm/IR/Module.h"

namespace mhc::emulator {

/// What is not modelled, each with its place: collected, then returned as one
/// error.
class Refusals {
public:
  void add(const SourcePlace &place, const llvm::Twine &message);
  bool empty() const { return messages.empty(); }
  llvm::Error take();

private:
  std::vector<std::string> messages;
};

/// "file:line:col" or "an unknown place".
std::string toString(const SourcePlace &place);

/// The place of an instruction, or of the function that holds it.
SourcePlace getPlace(const llvm::Instruction &instruction);

/// Gives the module's variables their addresses: those in shared memory an
/// offset in their CTA's, for `kernels`, all others a buffer of the device,
/// filled with the initial value. Their uses become these addresses.
void placeGlobals(llvm::Module &module, Device &device,
                  llvm::MutableArrayRef<Kernel> kernels, Refusals &refusals);

/// Rewrites a device module in place into one for this machine: every function
/// has the thread as a further first argument; loads and stores go where
/// mhcEmulatorAccess says; intrinsics, inline assembly and atomics become calls
/// of their handlers; special registers are read from the thread; instructions
/// are counted; loops come up for air. For each kernel a function
/// `mhc.enter.NAME(thread, arguments)` is added.
void instrument(llvm::Module &module, Device &device,
                llvm::MutableArrayRef<Kernel> kernels, Refusals &refusals);

/// The kernels of a module, with the limits that they were compiled for.
std::vector<Kernel> findKernels(const llvm::Module &module, Device &device);

} // namespace mhc::emulator

#endif // MHC_EMULATOR_INSTRUMENT_INSTRUMENT_H
