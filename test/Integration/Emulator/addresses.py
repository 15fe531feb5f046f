#!/usr/bin/env python3
"""addresses.py: a combine kernel over a tensor of more than 2^31 elements.

131088 tokens of 4 streams of 4096 columns. The emulator's memory is as large as what is touched, so the
program runs the first block of 8 tokens and the last one, which begins behind element 2^31 and
byte 2^32: in the compiled kernel the step from a block of a CTA to its next is made as large as that.
"""
import re
import sys

import numpy as np

import schedules as s
from schedules import h
import kernels as k

N, C, BLOCK = 4, 4096, 8
TOKENS = 2 ** 31 // (N * C) + 2 * BLOCK
PLACES = [*range(BLOCK), *range(TOKENS - BLOCK, TOKENS)]  # The tokens that are computed.

# Each CTA has a token: writes its rows, or copies its result to the small tensor %y.
HELPERS = f"""
module attributes {{gpu.container_module}} {{
  gpu.module @helpers {{
    gpu.func @fill(%x: memref<?x{N}x{C}xbf16>, %f: memref<?x{C}xbf16>, %first: index) kernel {{
      %b = gpu.block_id x
      %t = arith.addi %b, %first : index
      %thread = gpu.thread_id x
      %c0 = arith.constant 0 : index
      %c1 = arith.constant 1 : index
      %n = arith.constant {N} : index
      %c = arith.constant {C} : index
      %c7 = arith.constant 7 : index
      %c11 = arith.constant 11 : index
      %c13 = arith.constant 13 : index
      %threads = arith.constant 128 : index
      scf.for %j = %thread to %c step %threads {{
        %t7 = arith.muli %t, %c7 : index
        %s = arith.addi %t7, %j : index
        %r = arith.remui %s, %c11 : index
        %ri = arith.index_cast %r : index to i32
        %v = arith.sitofp %ri : i32 to bf16
        memref.store %v, %f[%t, %j] : memref<?x{C}xbf16>
        scf.for %i = %c0 to %n step %c1 {{
          %s2 = arith.addi %s, %i : index
          %r2 = arith.remui %s2, %c13 : index
          %r2i = arith.index_cast %r2 : index to i32
          %w = arith.sitofp %r2i : i32 to bf16
          memref.store %w, %x[%t, %i, %j] : memref<?x{N}x{C}xbf16>
        }}
      }}
      gpu.return
    }}
    gpu.func @gather(%x: memref<?x{N}x{C}xbf16>, %y: memref<?x{N}x{C}xbf16>, %first: index, %to: index) kernel {{
      %b = gpu.block_id x
      %t = arith.addi %b, %first : index
      %u = arith.addi %b, %to : index
      %thread = gpu.thread_id x
      %c0 = arith.constant 0 : index
      %c1 = arith.constant 1 : index
      %n = arith.constant {N} : index
      %c = arith.constant {C} : index
      %threads = arith.constant 128 : index
      scf.for %j = %thread to %c step %threads {{
        scf.for %i = %c0 to %n step %c1 {{
          %v = memref.load %x[%t, %i, %j] : memref<?x{N}x{C}xbf16>
          memref.store %v, %y[%u, %i, %j] : memref<?x{N}x{C}xbf16>
        }}
      }}
      gpu.return
    }}
  }}
  func.func @main(%post: memref<?x{N}xf32>, %R: memref<?x{N}x{N}xf32>) -> memref<?x{N}x{C}xbf16> {{
    %c0 = arith.constant 0 : index
    %c1 = arith.constant 1 : index
    %threads = arith.constant 128 : index
    %block = arith.constant {BLOCK} : index
        %count = arith.constant {len(PLACES)} : index
    %T = memref.dim %post, %c0 : memref<?x{N}xf32>
    %last = arith.subi %T, %block : index
    %x = memref.alloc(%T) : memref<?x{N}x{C}xbf16>
    %f = memref.alloc(%T) : memref<?x{C}xbf16>
    %y = memref.alloc(%count) : memref<?x{N}x{C}xbf16>
    gpu.launch_func @helpers::@fill blocks in (%block, %c1, %c1) threads in (%threads, %c1, %c1)
        args(%x : memref<?x{N}x{C}xbf16>, %f : memref<?x{C}xbf16>, %c0 : index)
    gpu.launch_func @helpers::@fill blocks in (%block, %c1, %c1) threads in (%threads, %c1, %c1)
        args(%x : memref<?x{N}x{C}xbf16>, %f : memref<?x{C}xbf16>, %last : index)
    %o = func.call @combine(%x, %f, %post, %R) : (memref<?x{N}x{C}xbf16>, memref<?x{C}xbf16>, memref<?x{N}xf32>,
        memref<?x{N}x{N}xf32>) -> memref<?x{N}x{C}xbf16>
    gpu.launch_func @helpers::@gather blocks in (%block, %c1, %c1) threads in (%threads, %c1, %c1)
        args(%o : memref<?x{N}x{C}xbf16>, %y : memref<?x{N}x{C}xbf16>, %c0 : index, %c0 : index)
    gpu.launch_func @helpers::@gather blocks in (%block, %c1, %c1) threads in (%threads, %c1, %c1)
        args(%o : memref<?x{N}x{C}xbf16>, %y : memref<?x{N}x{C}xbf16>, %last : index, %block : index)
    return %y : memref<?x{N}x{C}xbf16>
  }}
"""


def main():
    check = h.Checks()
    kernel = k.combine_kernel("bf16", BLOCK, N, C)
    schedule = s.fixed(warps=8, slices=4, tokens=BLOCK, slabs=1)
    lowered = s.opt(s.with_schedules(s.opt(kernel.text()), schedule), s.LOWER)
    # The first loop of the kernel goes over the blocks.
    step = "%last_block"
    body, steps = re.subn(r"^( *)(scf\.for .* step )%\w+", rf"\1{step} = arith.constant {TOKENS // BLOCK - 1} : i32\n\1\2{step}",
                          lowered.split("{\n", 1)[1], count=1, flags=re.MULTILINE)
    if steps != 1:
        sys.exit(f"expected a loop over blocks in the kernel, got none\n{lowered}")
    numbers = np.random.default_rng(1)
    coefficients = [np.zeros((TOKENS, *shape), np.float32) for shape in ((N,), (N, N))]
    for a in coefficients:
        a[PLACES] = numbers.normal(size=a[PLACES].shape)
    got, = h.emulator(HELPERS + body, coefficients, entry="main")
    sums = 7 * np.array(PLACES)[:, None] + np.arange(C)
    f, x = (sums % 11).astype(float), ((sums[:, None] + np.arange(N)[:, None]) % 13).astype(float)
    post, mixing = (a[PLACES].astype(float) for a in coefficients)
    error = h.row_error(got, h.write(x, f, post, np.swapaxes(mixing, -1, -2)))
    check(error <= h.ROW_LIMIT["bf16"], f"combine at element {PLACES[-1] * N * C}: error {error:.1e}")
    check.done()


if __name__ == "__main__":
    main()
