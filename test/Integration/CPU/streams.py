#!/usr/bin/env python3
"""streams.py KIND: 1 to 16 streams and odd hidden widths, held against the formulas.

KIND is v4, paper or hc. Every number of streams is run with one hidden width, in
turns with bf16 and with f32 rows; over the three kinds all of 1, 7, 8, 33 and 64
occur with few and with many streams.
"""
import sys

import numpy as np

import harness as h

HIDDEN = (1, 7, 8, 33, 64)
TOKENS = 3


def main(kind):
    check, random = h.Checks(), np.random.default_rng(2)
    entry, functions, cases = h.Entry(), [], []
    turn = {"v4": 0, "paper": 2, "hc": 4}[kind]
    for n in range(1, 17):
        c, rows = HIDDEN[(turn + n) % len(HIDDEN)], ("bf16", "f32")[(turn + n) % 3 == 0]
        arrays = h.weights(random, "hc" if kind == "hc" else "mhc", n, c)
        x = h.round_to(random.normal(size=(TOKENS, n, c)), rows)
        pre, post, mixing, size = (h.hc_coefficients(x, *arrays) if kind == "hc" else
                                   h.mhc_coefficients(x, *arrays, h.PAPER if kind == "paper" else h.V4))
        name = f"{kind}_{n}x{c}x{rows}"
        functions.append(h.connection(name, f"#{kind}", (None,), n, c, rows, [a.shape for a in arrays]))
        row = h.tensor((None, n, c), rows)
        entry.call(name, [entry.argument(x, row)] + [entry.argument(a, h.tensor(a.shape, "f32")) for a in arrays],
                   [row])
        cases.append((name, rows, size, h.write(x, h.read(x, pre), post, mixing)))

    results = h.cpu(h.ALIASES + "".join(functions) + entry.text(), entry.arrays)
    for (name, rows, size, exact), got in zip(cases, results):
        # A row of one column says nothing of the size of the numbers: the row is the token then.
        error = h.row_error(got, exact, axes=(-2, -1) if got.shape[-1] == 1 else -1)
        limit = h.row_limit(rows, size)
        check(error <= limit, f"{name}: error {error:.1e}, limit {limit:.1e}")
    check(len(results) == len(cases) == 16, "16 cases")
    check.done()


if __name__ == "__main__":
    main(sys.argv[1])
