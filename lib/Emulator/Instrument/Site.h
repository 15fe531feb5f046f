//===- Site.h - One instruction that the emulator watches -------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MHC_EMULATOR_INSTRUMENT_SITE_H
#define MHC_EMULATOR_INSTRUMENT_SITE_H

#include "mhc/Emulator/Emulator.h"

#include "Checks/RaceDetector.h"

#include <cstdint>
#include <cstring>
#include <deque>

namespace mhc::emulator {

struct Thread;
struct Site;

/// What an operation counts as.
enum class Category : uint8_t {
  None,
  CtaBarrier,
  WarpBarrier,
  ClusterBarrier,
  MbarrierWait,
  Shuffle,
  Collective,
  TensorCore,
};

/// The category of an intrinsic or of inline assembly, by its name or text.
Category getCategory(llvm::StringRef name);
/// "m16n8k16.bf16" of "llvm.nvvm.mma.m16n8k16.row.col.bf16".
std::string getTensorCoreName(llvm::StringRef name);

/// The state spaces of PTX, by which an address is read. As wide as the loads
/// that compilers make of it: a load of four bytes waits for a store of one.
enum class Space : uint32_t {
  Generic,
  Global,
  Shared, // ptr addrspace(3): the own CTA's, or mapa's of the cluster
  Constant,
  Local,
};

/// "global", "shared", ...
llvm::StringRef getName(Space space);
/// The space of an LLVM address space.
Space getSpace(unsigned addressSpace);

/// One execution of an operation by one lane: its arguments and results, each
/// in 8-byte slots of their own (a vector of more than 8 bytes takes several).
struct Call {
  Thread &thread;
  const Site &site;
  uint64_t *arguments;
  uint64_t *results;

  template <typename T> T get(unsigned slot) const {
    static_assert(sizeof(T) <= 8);
    T value;
    std::memcpy(&value, arguments + slot, sizeof(T));
    return value;
  }
  template <typename T> void set(unsigned slot, T value) const {
    static_assert(sizeof(T) <= 8);
    results[slot] = 0;
    std::memcpy(results + slot, &value, sizeof(T));
  }
};

/// The meaning of an operation. Runs on the lane's fiber, whose stack may be
/// abandoned while it is blocked: own nothing across a call that can block.
using Handler = void (*)(Call &call);

/// An instruction of the device program, as instrumented.
struct Site {
  uint32_t id = 0;
  /// What it is: "load", "store", or the name of an intrinsic or instruction.
  std::string name;
  SourcePlace place;
  /// For loads, stores and other plain accesses.
  AccessKind kind = AccessKind::Read;
  Space space = Space::Generic;
  uint32_t size = 0;
  uint32_t alignment = 1;
  /// For operations: the handler and what it was registered with.
  Handler handler = nullptr;
  uint64_t data = 0;
  Category category = Category::None;

  /// An atomic that reads and writes, rather than an atomic store.
  bool isReadModifyWrite() const { return handler != nullptr; }
};

/// All sites of a device; a site's id is its index.
class Sites {
public:
  Site &add() {
    sites.emplace_back();
    sites.back().id = sites.size() - 1;
    return sites.back();
  }
  const Site &get(uint32_t id) const { return sites[id]; }
  Site &getLast() { return sites.back(); }

private:
  std::deque<Site> sites;
};

} // namespace mhc::emulator

#endif // MHC_EMULATOR_INSTRUMENT_SITE_H
