#!/usr/bin/env python3
"""scheduled_kernels.py [ROWS ...]: the hand-written kernels of CPU/kernels.py on the emulator.

Each kernel, whole and cut at its sweeps, runs with schedules chosen by chance, several orders of
lanes, warps and CTAs, and all checks. It holds that

* the results are within the limits of the contract, of numpy's float64;
* every schedule, of the whole kernel and of its pieces, gives the same bits (totals, which
  are added over tokens in the schedule's blocks, are within the limits);
* the numbers of a token are the same bits for every number of tokens and at any place.

A single case: scheduled_kernels.py bf16 --kernel backward --streams 4 --hidden 33 --seed 7 --schedules 1
"""
import argparse
import os
import random

import numpy as np

import schedules as s
from schedules import h
import kernels as k

SHAPES = {"bf16": ((4, 33), (4, 104)), "f16": ((4, 72),), "f32": ((3, 31), (4, 64)), "f64": ((4, 33),)}
# In a short run every type leaves some kernels out; all are in the runs of two types together.
SHORT = {"bf16": k.KERNELS[:5], "f32": k.KERNELS[4:], "f16": k.KERNELS[2:4], "f64": (k.backward, k.token_ops)}
FULL = ((1, 1), (2, 7), (3, 31), (4, 33), (4, 64), (5, 40), (4, 1000), (8, 72), (9, 40), (16, 40))
COUNTS = (17, 40, 9, 1, 0)


def same_bits(kernel, expected, got, skip):
    """Whether tokens' results from `skip` on are the same bits, and totals within 1e-5."""
    for (value, _, _, _, tokens), kind, a, b in zip(kernel.outs, kernel.kinds, expected, got):
        if tokens:
            if not np.array_equal(a[skip:], b, equal_nan=True):
                return f"{value}: {(a[skip:] != b).sum()} of {b.size} differ"
        elif skip == 0:
            narrow = kernel.rows if value == "%dw" else "f32"
            limit = 2 * h.ROW_LIMIT[kernel.rows] if narrow in ("bf16", "f16") else 1e-5
            if np.abs(a.astype(np.float64) - b).max(initial=0) > limit * np.abs(a).max(initial=0):
                return f"{value}: {np.abs(a - b).max()} of {np.abs(a).max()}"
        elif skip == len(expected[0]) and b.any():
            return f"{value}: not zeros"
    return ""


def check_kernel(check, make, rows, n, c, options):
    r = random.Random(f"{options.seed} {make.__name__} {rows} {n} {c}")
    count = options.tokens or r.choice(COUNTS[:2])
    kernel = make(rows, count, n, c)
    whole = s.opt(kernel.text())
    what = f"{rows} {kernel.name} n {n} hidden {c} tokens {count}"
    got = s.emulate(s.with_schedules(whole, s.fixed()), kernel.arrays, orders=3 if os.environ.get("MHC_FULL") else 2)
    k.check_errors(check, kernel, got, what)
    pieces = s.opt(whole, "--mhc-split-kernels")
    for i in range(options.schedules):
        is_cut = (i + n + c) % 2 == 0
        cut = pieces if is_cut else whole
        text = s.with_legal_schedules(cut, r)
        # The first and the last tokens are left out in turns.
        tokens = count if options.tokens else min(r.choice(COUNTS), count)
        arrays = [a[count - tokens:] if "<?" in t else a for a, (_, t, _) in zip(kernel.arrays, kernel.ins)]
        problem = same_bits(kernel, got, s.emulate(text, arrays), count - tokens)
        check(not problem, f"{what}: the same bits, {'cut' if is_cut else 'whole'}, {tokens} tokens, schedule {i} "
              f"{problem}")
        if problem:
            print(s.KERNEL.sub("", text).split("func.func")[0], *s.re.findall(r"#mhc\.schedule<[^>]*>", text), sep="\n")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("rows", nargs="*", default=list(SHAPES))
    parser.add_argument("--kernel", choices=[make.__name__ for make in k.KERNELS])
    parser.add_argument("--streams", type=int)
    parser.add_argument("--hidden", type=int)
    parser.add_argument("--tokens", type=int)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--schedules", type=int, help="how many of each kernel")
    options = parser.parse_args()
    full = bool(os.environ.get("MHC_FULL"))
    options.schedules = options.schedules if options.schedules is not None else 8 if full else 1
    check = h.Checks()
    for rows in options.rows:
        shapes = FULL if full else SHAPES[rows]
        if options.streams:
            shapes = ((options.streams, options.hidden or 33),)
        for i, (n, c) in enumerate(shapes):
            for j, make in enumerate(k.KERNELS):
                if options.kernel and make.__name__ != options.kernel:
                    continue
                if make is k.token_ops and (rows not in ("f32", "f64") or i):
                    continue  # Has no rows.
                if not full and not options.kernel and (make not in SHORT[rows] or len(shapes) > 1 and (i + j) % 2):
                    continue  # One shape a kernel.
                try:
                    check_kernel(check, make, rows, n, c, options)
                except s.Failed as failure:
                    check(False, f"{rows} {make.__name__} n {n} hidden {c}: {failure}")
    check.done()


if __name__ == "__main__":
    main()
