//===- Lives.h - Buffers that share a workspace -----------------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MHC_EMULATOR_MACHINE_LIVES_H
#define MHC_EMULATOR_MACHINE_LIVES_H

#include "Machine/Buffer.h"

#include <map>

namespace mhc::emulator {

/// Which buffer of a workspace each byte belongs to, and belonged to last.
class Lives {
public:
  /// The buffer alive that holds the byte; null if there is none.
  const Buffer *find(uint64_t address) const;
  /// The first buffer alive of those that have bytes in the range.
  Buffer *findIn(uint64_t address, uint64_t bytes);
  /// The buffer that held the byte last, and holds it no more.
  const Buffer *findEnded(uint64_t address) const;
  /// The buffer alive that ends last ahead of the byte.
  const Buffer *findAhead(uint64_t address) const;
  /// All that are alive, by their addresses.
  const std::map<uint64_t, Buffer> &getAlive() const { return alive; }

  /// `life` has bytes, of which none belongs to another one.
  void begin(Buffer life);
  void end(const Buffer &life, const SourcePlace &place);
  /// Forgets what lived in the range.
  void forget(uint64_t address, uint64_t bytes);

private:
  std::map<uint64_t, Buffer> alive;
  /// In the order of their ends; not those whose bytes another one has had
  /// since, all of them.
  std::vector<Buffer> ended;
};

} // namespace mhc::emulator

#endif // MHC_EMULATOR_MACHINE_LIVES_H
