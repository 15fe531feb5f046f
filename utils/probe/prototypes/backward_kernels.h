//===- backward_kernels.h - The backward's kernels, by width ----*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// To be included once in a program: kernels have C's names.
//
//===----------------------------------------------------------------------===//

#ifndef PROBE_PROTOTYPES_BACKWARD_KERNELS_H
#define PROBE_PROTOTYPES_BACKWARD_KERNELS_H

#include "backward_columns.h"
#include "backward_one_pass.h"
#include "backward_token.h"
#include "device/runtime.h"

namespace probe {

// Four CTAs of a token kernel on a multiprocessor: 64 registers.
#define TOKEN_KERNEL(NAME, HIDDEN, SLICES)                                     \
  PROBE_KERNEL(NAME, kTokenThreads, 4, TokenParameters,                        \
               backwardToken<HIDDEN, SLICES>(p);)
#define COLUMN_KERNEL(NAME, SHAPE)                                             \
  PROBE_KERNEL(NAME, SHAPE::THREADS, 1, ColumnParameters,                      \
               backwardColumns<SHAPE>(p);)
#define ONE_PASS_KERNEL(NAME, SHAPE)                                           \
  PROBE_KERNEL(NAME, SHAPE::THREADS, 1, OnePassParameters,                     \
               backwardOnePass<SHAPE>(p);)

using Shape4096K16 = ColumnShape<16, 8, 1, 2, false>;
using Shape4096K8 = ColumnShape<16, 8, 1, 2, true>;
using Shape4096OneTerm = ColumnShape<16, 8, 1, 1, false>;
using Shape7168 = ColumnShape<28, 8, 1, 2, true>;
using Shape2560 = ColumnShape<16, 5, 2, 2, false>;
using OnePass4096 = OnePassShape<16, 8>;
using OnePass2560 = OnePassShape<16, 5>;
using OnePass2048 = OnePassShape<8, 8>;

TOKEN_KERNEL(token4096, 4096, 16)
TOKEN_KERNEL(token7168, 7168, 28)
TOKEN_KERNEL(token2560, 2560, 16)
TOKEN_KERNEL(token2048, 2048, 8)
COLUMN_KERNEL(columns4096K8, Shape4096K8)
COLUMN_KERNEL(columns4096K16, Shape4096K16)
COLUMN_KERNEL(columns4096OneTerm, Shape4096OneTerm)
COLUMN_KERNEL(columns7168, Shape7168)
COLUMN_KERNEL(columns2560, Shape2560)
ONE_PASS_KERNEL(onePass4096, OnePass4096)
ONE_PASS_KERNEL(onePass2560, OnePass2560)
ONE_PASS_KERNEL(onePass2048, OnePass2048)

// Small shapes that the host can emulate: both forms of dphi, one term, three
// slots, setmaxnreg's warps, owners in all and in half of a cluster's CTAs.
#ifdef PROBE_EMULATED
using SmallK16 = ColumnShape<8, 1, 1, 2, false>;
using SmallK8 = ColumnShape<8, 1, 1, 2, true>;
using SmallOneTerm = ColumnShape<8, 1, 1, 1, false>;
using SmallWide = ColumnShape<1, 8, 1, 2, true>;
using SmallThreeSlots = ColumnShape<4, 2, 2, 2, false>;
using SmallOnePass = OnePassShape<8, 1>;
using SmallOnePass16 = OnePassShape<16, 1>;
TOKEN_KERNEL(token256, 256, 8)
TOKEN_KERNEL(token256Wide, 256, 1)
TOKEN_KERNEL(token256Few, 256, 4)
TOKEN_KERNEL(token512, 512, 16)
COLUMN_KERNEL(columns256K16, SmallK16)
COLUMN_KERNEL(columns256K8, SmallK8)
COLUMN_KERNEL(columns256OneTerm, SmallOneTerm)
COLUMN_KERNEL(columns256Wide, SmallWide)
COLUMN_KERNEL(columns256Few, SmallThreeSlots)
ONE_PASS_KERNEL(onePass256, SmallOnePass)
ONE_PASS_KERNEL(onePass512, SmallOnePass16)
#endif

struct ColumnKernel {
  std::string name;
  void (*kernel)(ColumnParameters);
  int terms;
  unsigned threads, shared;
};
struct OnePassKernel {
  std::string name;
  void (*kernel)(OnePassParameters);
  unsigned threads, shared;
};

template <typename S>
ColumnKernel columnKernel(const char *name, void (*kernel)(ColumnParameters)) {
  return {name, kernel, S::TERMS, S::THREADS, S::SHARED};
}
template <typename S>
OnePassKernel onePassKernel(const char *name,
                            void (*kernel)(OnePassParameters)) {
  return {name, kernel, S::THREADS, S::SHARED};
}

/// The kernels of one width and number of slices: they share inputs.
struct Family {
  int hidden, slices;
  std::string tokenName;
  void (*token)(TokenParameters);
  std::vector<ColumnKernel> columns;
  std::vector<OnePassKernel> onePass;
};

/// By importance.
inline std::vector<Family> families() {
  std::vector<Family> all;
  all.push_back({4096,
                 16,
                 "token4096",
                 token4096,
                 {columnKernel<Shape4096K8>("columns4096K8", columns4096K8),
                  columnKernel<Shape4096K16>("columns4096K16", columns4096K16),
                  columnKernel<Shape4096OneTerm>("columns4096OneTerm",
                                                 columns4096OneTerm)},
                 {onePassKernel<OnePass4096>("onePass4096", onePass4096)}});
  all.push_back({7168,
                 28,
                 "token7168",
                 token7168,
                 {columnKernel<Shape7168>("columns7168", columns7168)},
                 {}});
  all.push_back({2560,
                 16,
                 "token2560",
                 token2560,
                 {columnKernel<Shape2560>("columns2560", columns2560)},
                 {onePassKernel<OnePass2560>("onePass2560", onePass2560)}});
  all.push_back({2048,
                 8,
                 "token2048",
                 token2048,
                 {},
                 {onePassKernel<OnePass2048>("onePass2048", onePass2048)}});
#ifdef PROBE_EMULATED
  all.push_back(
      {256,
       8,
       "token256",
       token256,
       {columnKernel<SmallK8>("columns256K8", columns256K8),
        columnKernel<SmallK16>("columns256K16", columns256K16),
        columnKernel<SmallOneTerm>("columns256OneTerm", columns256OneTerm)},
       {onePassKernel<SmallOnePass>("onePass256", onePass256)}});
  all.push_back({256,
                 1,
                 "token256Wide",
                 token256Wide,
                 {columnKernel<SmallWide>("columns256Wide", columns256Wide)},
                 {}});
  all.push_back(
      {256,
       4,
       "token256Few",
       token256Few,
       {columnKernel<SmallThreeSlots>("columns256Few", columns256Few)},
       {}});
  all.push_back({512,
                 16,
                 "token512",
                 token512,
                 {},
                 {onePassKernel<SmallOnePass16>("onePass512", onePass512)}});
#endif
  return all;
}

} // namespace probe

#endif // PROBE_PROTOTYPES_BACKWARD_KERNELS_H
