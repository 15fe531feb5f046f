//===- MemoryAssembly.h - Loads and stores in PTX ---------------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MHC_EMULATOR_OPERATIONS_MEMORYASSEMBLY_H
#define MHC_EMULATOR_OPERATIONS_MEMORYASSEMBLY_H

#include "Instrument/OperationTable.h"

#include <optional>

namespace mhc::emulator {

/// Reads inline assembly of one ld, st, fence or membar, with cache operators,
/// eviction priorities, prefetch sizes and cache policies (which say nothing
/// about values), and with semantics and scopes:
///
///   ld.global.nc.L1::no_allocate.L2::128B.v4.b32 {$0, $1, $2, $3}, [$4];
///   st.release.gpu.global.u32 [$0], $1;
///   fence.acq_rel.gpu;
///
/// `text` has single blanks alone. None if it is anything else.
std::optional<OperationTable::Operation>
parseMemoryAssembly(llvm::StringRef text);

} // namespace mhc::emulator

#endif // MHC_EMULATOR_OPERATIONS_MEMORYASSEMBLY_H
