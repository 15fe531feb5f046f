//===- words.h - Words of a GPU ---------------------------------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef PROBE_DEVICE_WORDS_H
#define PROBE_DEVICE_WORDS_H

#include <cstdint>

using u16 = uint16_t;
using u32 = uint32_t;
using u64 = uint64_t;

#endif // PROBE_DEVICE_WORDS_H
