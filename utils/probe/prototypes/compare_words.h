//===- compare_words.h - Counts words that differ ---------------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef PROBE_PROTOTYPES_COMPARE_WORDS_H
#define PROBE_PROTOTYPES_COMPARE_WORDS_H

#include "device/runtime.h"

namespace probe {

struct WordComparison {
  const uint4 *data;
  /// Null: all words are compared with `value`.
  const uint4 *other;
  u32 value;
  u64 pieces; // of 16 bytes
  u32 *count; // of words that differ
};

DEVICE void compareWords(const WordComparison &p) {
  u32 count = 0;
  for (u64 i = static_cast<u64>(blockIdx.x) * blockDim.x + threadIdx.x;
       i < p.pieces; i += static_cast<u64>(gridDim.x) * blockDim.x) {
    const uint4 a = loadGlobal4(p.data + i);
    const uint4 b = p.other ? loadGlobal4(p.other + i)
                            : make_uint4(p.value, p.value, p.value, p.value);
    count += (a.x != b.x) + (a.y != b.y) + (a.z != b.z) + (a.w != b.w);
  }
  if (count)
    addRelaxed(p.count, count);
}

PROBE_KERNEL(countDifferentWords, 256, 1, WordComparison, compareWords(p))

class WordComparer {
public:
  explicit WordComparer(const Device &device) : device(device), count(1) {}

  /// How many of `bytes`, a multiple of 16, differ, in words of 4 bytes.
  double different(const void *a, const void *b, size_t bytes) {
    return run({static_cast<const uint4 *>(a), static_cast<const uint4 *>(b), 0,
                bytes / 16, count.data()});
  }
  /// How many words still have the bytes that buffers have at first.
  double untouched(const void *a, size_t bytes) {
    return bytes / 4.0 - run({static_cast<const uint4 *>(a), nullptr,
                              0xffffffff, bytes / 16, count.data()});
  }

private:
  double run(const WordComparison &p) {
    count.fill(0);
    if (p.pieces)
      launch(countDifferentWords,
             {static_cast<unsigned>(std::min<size_t>(8 * device.multiprocessors,
                                                     (p.pieces + 255) / 256)),
              256},
             p);
    return count.download()[0];
  }

  Device device;
  Buffer<u32> count;
};

} // namespace probe

#endif // PROBE_PROTOTYPES_COMPARE_WORDS_H
