//===- Compile.h - Device modules, ready to run -----------------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MHC_EMULATOR_INSTRUMENT_COMPILE_H
#define MHC_EMULATOR_INSTRUMENT_COMPILE_H

#include "Machine/Device.h"

namespace llvm::orc {
class LLJIT;
} // namespace llvm::orc

namespace mhc::emulator {

/// A device module, instrumented and compiled for this machine.
class CompiledModule {
public:
  /// Errors: what is not modelled, by name and place.
  static llvm::Expected<std::unique_ptr<CompiledModule>>
  create(const llvm::Module &module, Device &device);
  ~CompiledModule();

  const Kernel *find(llvm::StringRef name) const;

private:
  CompiledModule();
  std::unique_ptr<llvm::orc::LLJIT> jit;
  std::vector<Kernel> kernels;
};

} // namespace mhc::emulator

#endif // MHC_EMULATOR_INSTRUMENT_COMPILE_H
