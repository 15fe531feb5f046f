//===- MemoryOrder.h - Atomics and fences ---------------------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Which knowledge passes between threads through atomic accesses and fences, by
// the memory model of PTX, as far as clocks can say it: a release pattern (a
// release, or a fence with a later relaxed write) synchronises with an acquire
// pattern (an acquire, or a relaxed read with a later fence) that reads what it
// wrote, directly or through read-modify-writes, if the scopes of all of them
// include the other's thread.
//
// Reads return the latest write, since the emulator runs one access at a time:
// weaker behaviour is seen as the lack of knowledge, never as an old value.
//
//===----------------------------------------------------------------------===//

#ifndef MHC_EMULATOR_CHECKS_MEMORYORDER_H
#define MHC_EMULATOR_CHECKS_MEMORYORDER_H

#include "Clock.h"

#include "llvm/ADT/DenseMap.h"

namespace mhc::emulator {

/// Sequentially consistent counts as AcqRel here.
enum class Ordering : uint8_t { Relaxed, Acquire, Release, AcqRel, SeqCst };

/// The synchronisation variables of a launch. Not for several host threads.
class MemoryOrder {
public:
  explicit MemoryOrder(Clusters clusters = {}) : clusters(clusters) {}

  /// Which CTAs of the launch share a cluster.
  void setClusters(Clusters value) { clusters = value; }

  /// An atomic access of the variable at the address: a load (reads), a store
  /// (writes), or a read-modify-write (both; a compare-and-swap that failed
  /// only reads). Volatile accesses are relaxed ones of system scope. To be
  /// called when the access takes place, after the check for races (which is of
  /// the epoch that a release ends).
  void atomicAccess(Agent &agent, uint64_t address, bool reads, bool writes,
                    Ordering ordering, Scope scope);

  /// A fence: membar and fence.sc are SeqCst, fence.acq_rel is AcqRel.
  void fence(Agent &agent, Ordering ordering, Scope scope);

  /// Whether the agent has read the last atomic value of the variable at the
  /// address, or knows of a thread that has: it comes after all whose atomics
  /// made that value, though it need not know what else they did.
  bool hasObserved(const Agent &agent, uint64_t address) const;

  /// Forgets variables in memory that begins a new life, or that was written by
  /// weak stores.
  void forget(uint64_t address, uint64_t size);
  /// Forgets everything: a launch begins.
  void reset() {
    variables.clear();
    observers.clear();
  }

  size_t getNumVariables() const { return variables.size(); }

private:
  struct Variable {
    /// The last write: who reads it must be included and include.
    Scope scope = Scope::System;
    uint32_t cta = 0;
    /// The agent that all of `released` comes from, if it is one (tick 0).
    Epoch soleReleaser;
    llvm::SmallVector<ScopedKnowledge, 1> released;
  };

  /// Whether a part is meant for the agent, which reads with this scope.
  bool passes(const ScopedKnowledge &part, const Agent &agent,
              Scope scope) const;

  void observe(const Agent &agent, uint64_t address, bool reads, bool writes);

  Clusters clusters;
  llvm::DenseMap<uint64_t, Variable> variables;
  /// Where the last value of each variable was read.
  llvm::DenseMap<uint64_t, llvm::SmallVector<Epoch, 2>> observers;
};

} // namespace mhc::emulator

#endif // MHC_EMULATOR_CHECKS_MEMORYORDER_H
