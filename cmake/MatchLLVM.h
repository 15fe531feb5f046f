//===- MatchLLVM.h - Headers whose layout depends on NDEBUG -----*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The first of the precompiled headers. Statistics have other members with
// assertions than without, and those of a pass are constructed inside libMLIR:
// a build with our assertions must see them as LLVM was built, without.
//
//===----------------------------------------------------------------------===//

#ifndef MHC_MATCHLLVM_H
#define MHC_MATCHLLVM_H

#include "llvm/Config/abi-breaking.h"

#if !defined(NDEBUG) && !LLVM_ENABLE_ABI_BREAKING_CHECKS
#define NDEBUG
#include "llvm/ADT/Statistic.h"
#undef NDEBUG
#endif

#endif // MHC_MATCHLLVM_H
