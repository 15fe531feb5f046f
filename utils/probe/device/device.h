//===- device.h - The device a probe's kernels are written for --*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A probe is one source, built twice: by nvcc for a GPU, and by the host's C++
// compiler with PROBE_EMULATED, where fibers stand for threads. Its kernels use
// CUDA's own names (threadIdx, __shfl_xor_sync, __syncthreads) and the
// functions that ptx.h and emulation.h both define. Shared memory is named by
// addresses of 32 bits, as in PTX, and is dynamic only: sharedBase() is where
// it starts.
//
// What the host shows: that a probe ends, that its accesses are in bounds and
// aligned, and what its numbers are, up to the order in which things happen. It
// says nothing about times.
//
//===----------------------------------------------------------------------===//

#ifndef PROBE_DEVICE_DEVICE_H
#define PROBE_DEVICE_DEVICE_H

#include "words.h"

#ifdef PROBE_EMULATED
#include "emulation.h"
#else
#include "ptx.h"
#endif

/// A kernel NAME of one struct of parameters, `p`, for CTAs of THREADS threads
/// of which RESIDENT fit on a multiprocessor; the text after that is its body.
#define PROBE_KERNEL(NAME, THREADS, RESIDENT, PARAMETERS, ...)                 \
  PROBE_GLOBAL PROBE_BOUNDS(THREADS, RESIDENT) void NAME(                      \
      const PROBE_CONSTANT PARAMETERS p) {                                     \
    __VA_ARGS__;                                                               \
  }

/// The two bf16 of a word as f32.
DEVICE float lowHalf(u32 word) { return __uint_as_float(word << 16); }
DEVICE float highHalf(u32 word) { return __uint_as_float(word & 0xffff0000u); }

#endif // PROBE_DEVICE_DEVICE_H
