//===- MemoryPictures.cpp - Pictures of memory, for tests -----------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// mhc-memory-pictures NAME writes the picture of that name to standard output.
//
//===----------------------------------------------------------------------===//

#include "mhc/Analysis/DrawMemory.h"

#include "llvm/Support/raw_ostream.h"

using namespace mlir::mhc;
using llvm::StringRef;

namespace {
constexpr int64_t kMiB = int64_t(1) << 20;

/// Two steps a connection, each of a given size; the second half of the
/// streams is made again in the backward, or all are kept.
MemoryProfile makeProfile(std::string title, int connections, bool recomputes) {
  MemoryProfile profile;
  profile.title = std::move(title);
  LiveBytes alive;
  auto of = [](std::array<int64_t, kLiveKinds> &bytes,
               LiveKind kind) -> int64_t & {
    return bytes[static_cast<unsigned>(kind)];
  };
  for (int i = 0; i < connections; ++i) {
    bool isKept = !recomputes || i % 4 == 0;
    of(alive.kept, LiveKind::Streams) += isKept ? 160 * kMiB : 0;
    of(alive.kept, LiveKind::Aggregates) += recomputes ? 0 : 40 * kMiB;
    profile.steps.push_back(alive);
    of(alive.kept, LiveKind::Sublayers) += 40 * kMiB;
    profile.steps.push_back(alive);
  }
  profile.backward = profile.steps.size();
  for (int i = connections; i-- > 0;) {
    bool isKept = !recomputes || i % 4 == 0;
    int64_t &again = of(alive.recomputed, LiveKind::Streams);
    if (recomputes && i % 4 == 3)
      again += 3 * 160 * kMiB + 4 * 40 * kMiB;
    of(alive.kept, LiveKind::Gradients) = 320 * kMiB;
    profile.steps.push_back(alive);
    of(alive.kept, LiveKind::Gradients) = 160 * kMiB;
    profile.steps.push_back(alive);
    (isKept ? of(alive.kept, LiveKind::Streams) : again) -= 160 * kMiB;
    (recomputes ? again : of(alive.kept, LiveKind::Aggregates)) -= 40 * kMiB;
    of(alive.kept, LiveKind::Sublayers) -= 40 * kMiB;
  }
  return profile;
}

RecomputeChain makeChain(int connections) {
  RecomputeChain chain;
  for (int i = 0; i < connections; ++i) {
    ChainLink link;
    link.streams = 160 * kMiB;
    link.streamsKept = i == 0 ? 0 : link.streams;
    link.aggregate = link.aggregateKept = 40 * kMiB;
    link.output = link.outputKept = 40 * kMiB;
    link.fixed = kMiB / 2;
    chain.links.push_back(link);
  }
  return chain;
}
} // namespace

int main(int argc, char **argv) {
  StringRef name = argc == 2 ? argv[1] : "";
  MemoryPicture picture;
  if (name == "both") {
    picture.title = "60 connections: <4096> tokens";
    picture.profiles.push_back(makeProfile("everything kept", 60, false));
    picture.profiles.push_back(makeProfile("6 GiB", 60, true));
    picture.profiles.back().budget = 6144 * kMiB;
    RecomputeChain chain = makeChain(60);
    RecomputeSolution plan =
        llvm::cantFail(solveExact(chain, int64_t(6144) * kMiB));
    picture.curve =
        llvm::cantFail(computeBudgetCurve(chain, plan.cost, /*streams=*/4));
  } else if (name == "small") {
    // One connection, and more steps than there are pixels.
    picture.title = "small";
    picture.profiles.push_back(makeProfile("one", 1, false));
    picture.profiles.push_back(makeProfile("many", 2000, false));
  } else if (name == "nothing") {
    // No bytes, no steps, no plan.
    picture.title = "nothing";
    picture.profiles.emplace_back();
    picture.profiles.emplace_back();
    picture.profiles.back().steps.emplace_back();
    picture.curve.emplace();
  } else {
    llvm::errs() << "mhc-memory-pictures: error: expected 'both', 'small' or "
                    "'nothing', got '"
                 << name << "'\n";
    return 2;
  }
  drawMemory(llvm::outs(), picture);
  return 0;
}
