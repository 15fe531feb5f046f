//===- forward_kernels.h - Instances of the forward kernels -----*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Names of kernels say their schedule: forward4096_Cluster_16_1unit_4deep_
// 24held_2terms is of hidden 4096, for clusters of 16 CTAs that take tiles of
// one unit of 8 tokens, have loads of 4 units in flight, hold 24 fragments of
// phi in registers a warp, and split phi into 2 terms.
//
//===----------------------------------------------------------------------===//

#ifndef PROBE_PROTOTYPES_FORWARD_KERNELS_H
#define PROBE_PROTOTYPES_FORWARD_KERNELS_H

#include "boundary_forward.h"
#include "split_forward.h"

#include <string>
#include <vector>

/// X(hidden, exchange, CTAs, warps, units a tile, units of loads in flight,
/// fragments held, terms): the likely best of each width first.
#define PROBE_BOUNDARIES(X)                                                    \
  X(4096, Cluster, 16, 8, 1, 4, 24, 2)                                         \
  X(2560, Cluster, 8, 10, 1, 4, 24, 2)                                         \
  X(7168, Cluster, 16, 14, 1, 1, 12, 2)                                        \
  X(4096, L2, 16, 8, 1, 4, 24, 2)                                              \
  X(7168, L2, 28, 8, 1, 4, 24, 2)                                              \
  X(4096, Cluster, 16, 8, 1, 4, 20, 3)                                         \
  X(2560, Cluster, 8, 10, 1, 2, 20, 3)                                         \
  X(7168, L2, 28, 8, 1, 4, 20, 3)                                              \
  X(4096, Cluster, 13, 10, 1, 4, 24, 2)                                        \
  X(4096, Cluster, 16, 8, 2, 3, 24, 2)                                         \
  X(4096, Cluster, 16, 8, 1, 3, 12, 2)                                         \
  X(4096, Cluster, 16, 8, 1, 2, 0, 2)                                          \
  X(4096, Cluster, 16, 8, 2, 1, 0, 2)                                          \
  X(4096, Cluster, 16, 8, 1, 4, 22, 3)                                         \
  X(4096, Cluster, 16, 8, 1, 4, 18, 3)                                         \
  X(2560, Cluster, 8, 10, 1, 2, 12, 2)                                         \
  X(7168, Cluster, 16, 14, 1, 1, 14, 2)                                        \
  X(7168, Cluster, 16, 14, 1, 1, 10, 2)                                        \
  X(5120, Cluster, 16, 10, 1, 4, 24, 2)                                        \
  X(5120, Cluster, 16, 10, 1, 2, 20, 3)                                        \
  X(1280, Cluster, 4, 10, 1, 4, 24, 2)

/// X(hidden, slices, warps, units of loads in flight, threads of K2, CTAs of K2
/// on a multiprocessor).
#define PROBE_SPLITS(X)                                                        \
  X(4096, 16, 8, 4, 256, 5)                                                    \
  X(2560, 8, 10, 4, 320, 6)                                                    \
  X(7168, 28, 8, 4, 224, 2)

/// Widths that fibers of the host run in seconds, with what the others have:
/// more tokens than CTAs and fewer, columns that no warp has, all exchanges.
#define PROBE_SMALL_BOUNDARIES(X)                                              \
  X(256, Cluster, 4, 2, 1, 4, 24, 2)                                           \
  X(256, Cluster, 8, 1, 1, 1, 12, 2)                                           \
  X(256, Cluster, 4, 2, 2, 3, 24, 2)                                           \
  X(256, Cluster, 4, 2, 1, 2, 20, 3)                                           \
  X(256, L2, 4, 2, 1, 2, 20, 3)                                                \
  X(256, L2, 4, 2, 1, 2, 0, 2)                                                 \
  X(512, Cluster, 16, 1, 1, 2, 0, 2)                                           \
  X(512, L2, 16, 1, 2, 2, 12, 2)                                               \
  X(512, L2, 16, 1, 1, 2, 24, 2)                                               \
  X(400, Cluster, 13, 1, 1, 2, 24, 2)

#define PROBE_SMALL_SPLITS(X)                                                  \
  X(256, 4, 2, 4, 32, 1)                                                       \
  X(512, 8, 2, 2, 32, 1)

#define PROBE_BOUNDARY_NAME(PREFIX, HIDDEN, EXCHANGE, CTAS, WARPS, UNITS,      \
                            DEPTH, HELD, TERMS)                                \
  PREFIX##HIDDEN##_##EXCHANGE##_##CTAS##_##UNITS##unit_##DEPTH##deep_##HELD##held_##TERMS##terms
#define PROBE_TEXT_OF(NAME) #NAME
#define PROBE_TEXT(NAME) PROBE_TEXT_OF(NAME)

#define PROBE_BOUNDARY_KERNEL(HIDDEN, EXCHANGE, CTAS, WARPS, UNITS, DEPTH,     \
                              HELD, TERMS)                                     \
  PROBE_KERNEL(                                                                \
      PROBE_BOUNDARY_NAME(forward, HIDDEN, EXCHANGE, CTAS, WARPS, UNITS,       \
                          DEPTH, HELD, TERMS),                                 \
      (WARPS + 2) * 32, 1, BoundaryParameters,                                 \
      boundaryForward<BoundarySchedule<HIDDEN, Exchange::EXCHANGE, CTAS,       \
                                       WARPS, UNITS, DEPTH, HELD, TERMS>>(p))  \
  PROBE_KERNEL(                                                                \
      PROBE_BOUNDARY_NAME(alone, HIDDEN, EXCHANGE, CTAS, WARPS, UNITS, DEPTH,  \
                          HELD, TERMS),                                        \
      (WARPS + 2) * 32, 1, BoundaryParameters,                                 \
      boundaryForward<BoundarySchedule<HIDDEN, Exchange::None, CTAS, WARPS,    \
                                       UNITS, DEPTH, HELD, TERMS>>(p))

#define PROBE_SPLIT_KERNELS(HIDDEN, SLICES, WARPS, DEPTH, AGGREGATORS,         \
                            RESIDENT)                                          \
  PROBE_KERNEL(                                                                \
      combineProject##HIDDEN, WARPS * 32, 1, SplitParameters,                  \
      combineProject<SplitSchedule<SLICES, WARPS, DEPTH, AGGREGATORS>>(p))     \
  PROBE_KERNEL(                                                                \
      finishAggregate##HIDDEN, AGGREGATORS, RESIDENT, SplitParameters,         \
      finishAggregate<SplitSchedule<SLICES, WARPS, DEPTH, AGGREGATORS>>(p))

namespace probe {

PROBE_BOUNDARIES(PROBE_BOUNDARY_KERNEL)
PROBE_SPLITS(PROBE_SPLIT_KERNELS)
#ifdef PROBE_EMULATED
PROBE_SMALL_BOUNDARIES(PROBE_BOUNDARY_KERNEL)
PROBE_SMALL_SPLITS(PROBE_SPLIT_KERNELS)
#endif

//===----------------------------------------------------------------------===//
// What the host knows of them
//===----------------------------------------------------------------------===//

struct Boundary {
  std::string name;
  void (*kernel)(BoundaryParameters);
  /// The same without exchange.
  void (*alone)(BoundaryParameters);
  Exchange exchange;
  int hidden, ctas, warps, units, depth, held, terms, threads;
  size_t shared, sharedAlone;
  bool small;

  int tileTokens() const { return units * kUnitTokens; }
  /// CTAs of a cluster of the launch.
  unsigned cluster() const { return exchange == Exchange::Cluster ? ctas : 1; }
};

struct Split {
  std::string name;
  void (*project)(SplitParameters);
  void (*aggregate)(SplitParameters);
  int hidden, slices, warps, projectThreads, aggregateThreads;
  size_t projectShared, aggregateShared;
  bool small;
};

template <typename S, typename ALONE>
Boundary describeBoundary(const char *name, void (*kernel)(BoundaryParameters),
                          void (*alone)(BoundaryParameters)) {
  return {name,
          kernel,
          alone,
          S::exchange,
          S::hidden,
          S::ctas,
          S::warps,
          S::units,
          S::depth,
          S::held,
          S::terms,
          S::threads,
          S::sharedBytes,
          ALONE::sharedBytes,
          S::hidden < 1280};
}

template <typename S>
Split describeSplit(const char *name, void (*project)(SplitParameters),
                    void (*aggregate)(SplitParameters)) {
  return {name,
          project,
          aggregate,
          S::hidden,
          S::slices,
          S::warps,
          S::projectThreads,
          S::aggregators,
          S::projectShared,
          S::aggregateShared,
          S::hidden < 1280};
}

#define PROBE_BOUNDARY_ENTRY(HIDDEN, EXCHANGE, CTAS, WARPS, UNITS, DEPTH,      \
                             HELD, TERMS)                                      \
  describeBoundary<BoundarySchedule<HIDDEN, Exchange::EXCHANGE, CTAS, WARPS,   \
                                    UNITS, DEPTH, HELD, TERMS>,                \
                   BoundarySchedule<HIDDEN, Exchange::None, CTAS, WARPS,       \
                                    UNITS, DEPTH, HELD, TERMS>>(               \
      PROBE_TEXT(PROBE_BOUNDARY_NAME(forward, HIDDEN, EXCHANGE, CTAS, WARPS,   \
                                     UNITS, DEPTH, HELD, TERMS)),              \
      PROBE_BOUNDARY_NAME(forward, HIDDEN, EXCHANGE, CTAS, WARPS, UNITS,       \
                          DEPTH, HELD, TERMS),                                 \
      PROBE_BOUNDARY_NAME(alone, HIDDEN, EXCHANGE, CTAS, WARPS, UNITS, DEPTH,  \
                          HELD, TERMS)),

#define PROBE_SPLIT_ENTRY(HIDDEN, SLICES, WARPS, DEPTH, AGGREGATORS, RESIDENT) \
  describeSplit<SplitSchedule<SLICES, WARPS, DEPTH, AGGREGATORS>>(             \
      "split" #HIDDEN, combineProject##HIDDEN, finishAggregate##HIDDEN),

inline std::vector<Boundary> allBoundaries() {
  return {PROBE_BOUNDARIES(PROBE_BOUNDARY_ENTRY)
#ifdef PROBE_EMULATED
              PROBE_SMALL_BOUNDARIES(PROBE_BOUNDARY_ENTRY)
#endif
  };
}

inline std::vector<Split> allSplits() {
  return {PROBE_SPLITS(PROBE_SPLIT_ENTRY)
#ifdef PROBE_EMULATED
              PROBE_SMALL_SPLITS(PROBE_SPLIT_ENTRY)
#endif
  };
}

} // namespace probe

#endif // PROBE_PROTOTYPES_FORWARD_KERNELS_H
