//===- Site.cpp - One instruction that the emulator watches ---------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Instrument/Site.h"

#include "llvm/ADT/StringExtras.h"

using namespace mhc::emulator;

llvm::StringRef mhc::emulator::getName(Space space) {
  switch (space) {
  case Space::Generic:
    return "generic";
  case Space::Global:
    return "global";
  case Space::Shared:
    return "shared";
  case Space::Constant:
    return "constant";
  case Space::Local:
    return "local";
  }
  llvm_unreachable("unknown space");
}

Space mhc::emulator::getSpace(unsigned addressSpace) {
  switch (addressSpace) {
  case 1:
    return Space::Global;
  case 3:
  case 7:
    return Space::Shared;
  case 4:
    return Space::Constant;
  case 5:
    return Space::Local;
  default:
    return Space::Generic;
  }
}

Category mhc::emulator::getCategory(llvm::StringRef name) {
  name.consume_front("llvm.nvvm.");
  if (name.starts_with("barrier.cluster"))
    return name.contains("wait") ? Category::ClusterBarrier : Category::None;
  if (name.starts_with("barrier.cta") || name.starts_with("bar.arrive") ||
      name.starts_with("bar.sync"))
    return Category::CtaBarrier;
  if (name.starts_with("bar.warp"))
    return Category::WarpBarrier;
  if (name.contains("mbarrier.t") || name.contains("mbarrier.try_wait"))
    return Category::MbarrierWait;
  if (name.starts_with("shfl"))
    return Category::Shuffle;
  if (name.starts_with("mma."))
    return Category::TensorCore;
  for (llvm::StringRef prefix : {"vote.", "match.", "redux.", "elect.",
                                 "ldmatrix.", "stmatrix.", "movmatrix."})
    if (name.starts_with(prefix))
      return Category::Collective;
  return Category::None;
}

std::string mhc::emulator::getTensorCoreName(llvm::StringRef name) {
  name.consume_front("llvm.nvvm.mma.");
  llvm::SmallVector<llvm::StringRef> kept;
  for (llvm::StringRef part : llvm::split(name, '.'))
    if (part != "row" && part != "col" && part != "sync" && part != "aligned")
      kept.push_back(part);
  return llvm::join(kept, ".");
}
