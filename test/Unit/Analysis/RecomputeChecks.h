//===- RecomputeChecks.h - Chains for the checks of recompute ---*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MHC_TEST_UNIT_ANALYSIS_RECOMPUTECHECKS_H
#define MHC_TEST_UNIT_ANALYSIS_RECOMPUTECHECKS_H

#include "Check.h"
#include "mhc/Analysis/RecomputeChain.h"

#include "llvm/Support/raw_ostream.h"

#include <random>

namespace mhc::test {

using Generator = std::mt19937;

/// From `least` to `most`. Not std::uniform_int_distribution, which draws other
/// numbers in another library.
inline int64_t draw(Generator &random, int64_t least, int64_t most) {
  return least + static_cast<int64_t>(random() % (most - least + 1));
}
inline bool drawChance(Generator &random, int percent) {
  return draw(random, 1, 100) <= percent;
}

/// How bytes are kept: of a model in bf16 with n streams.
struct ModelSizes {
  int64_t layers = 0;
  int64_t hidden = 0;
  int64_t streams = 4;
  int64_t tokens = 4096;
  /// Elements a token, as multiples of hidden, that each sublayer keeps inside.
  int64_t internals = 0;
  /// What running a sublayer again moves, as a multiple of hidden; 0 if it
  /// cannot be.
  int64_t rerun = 0;
};

/// Two connections a layer. The sublayers are the framework's if they have no
/// internals: f is kept, and nothing is known of what is inside.
inline mlir::mhc::RecomputeChain makeModel(const ModelSizes &sizes) {
  mlir::mhc::RecomputeChain chain;
  const int64_t row = 2 * sizes.hidden * sizes.tokens;
  mlir::mhc::ChainLink link;
  link.streams = link.streamsKept = sizes.streams * row;
  link.aggregate = link.aggregateKept = row;
  link.output = link.outputKept = row;
  link.internals = sizes.internals * row;
  if (sizes.rerun)
    link.rerun = sizes.rerun * row;
  link.fixed = 4 * (sizes.streams * (sizes.streams + 2) + 1) * sizes.tokens;
  chain.links.assign(2 * sizes.layers, link);
  return chain;
}

void checkBruteForce(Checks &checks);
void checkLongChains(Checks &checks);
void checkPlans(Checks &checks);

/// The tables of docs/Recompute.md.
void printTables(llvm::raw_ostream &os);

} // namespace mhc::test

#endif // MHC_TEST_UNIT_ANALYSIS_RECOMPUTECHECKS_H
