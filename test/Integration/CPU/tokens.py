#!/usr/bin/env python3
"""tokens.py ROWS: token counts from 0 to 4096 through one program a variant.

Every variant is one function of a dynamic token count (V4's with two token
dimensions besides), compiled once and called for every count. The tokens of a
smaller batch stand in the middle of the largest: their numbers must be the same
bits, and the largest is held against the formulas.
"""
import sys

import numpy as np

import harness as h

COUNTS = (4096, 1000, 17, 3, 1, 0)
N, C = 4, 24


def main(rows):
    check, random, e = h.Checks(), np.random.default_rng(1), h.coefficients_of(rows)
    x = h.round_to(random.normal(size=(max(COUNTS), N, C)), rows)
    carried = h.round_to(random.uniform(size=(max(COUNTS), N)), e)
    entry, functions, exact, size = h.Entry(), [], {}, 0.0

    programs = {"v4": ("#v4", "mhc", (None,)), "batched": ("#v4", "mhc", (None, None)),
                "paper": ("#paper", "mhc", (None,)), "hc": ("#hc", "hc", (None,)),
                "head": ("#v4", "head", (None,)), "delayed": ("#v4", "mhc", (None,))}
    parts = {count: slice((max(COUNTS) - count) // 2, (max(COUNTS) - count) // 2 + count) for count in COUNTS}
    for name, (variant, kind, tokens) in programs.items():
        phi, scale, base = arrays = h.weights(random, kind, N, C)
        if kind == "hc":
            pre, post, mixing, largest = h.hc_coefficients(x, *arrays)
        elif kind == "mhc":
            pre, post, mixing, largest = h.mhc_coefficients(x, *arrays, h.PAPER if name == "paper" else h.V4)
        else:
            pre, largest = h.mhc_coefficients(x, *arrays, h.V4)
        size = max(size, largest)
        y = h.read(x, carried if name == "delayed" else pre)
        exact[name] = [y] if kind == "head" else [h.write(x, y, post, mixing)] + [pre] * (name == "delayed")

        given = [entry.argument(a, h.tensor(a.shape, e)) for a in arrays]
        row, shape = h.tensor((*tokens, N, C), rows), (*tokens, C)
        if kind == "head":
            types = ", ".join([row, *(t for _, t in given)])
            names = "%x: {}, %phi: {}, %scale: {}, %base: {}".format(row, *(t for _, t in given))
            functions.append(f"""\
func.func private @head({names}) -> {h.tensor(shape, rows)} {{
  %y = mhc.head #v4 %x phi %phi scale %scale base %base : ({types}) -> {h.tensor(shape, rows)}
  return %y : {h.tensor(shape, rows)}
}}
""")
        else:
            functions.append(h.connection(name, variant, tokens, N, C, rows, [a.shape for a in arrays],
                                          delayed=name == "delayed"))
        for count in COUNTS:
            part = x[parts[count]]
            # 4096 is 64x64 for the program with two token dimensions, 1000 is 1x1000.
            batch = (64, 64) if count == 4096 else (1, count)
            operands = [entry.argument(part.reshape(*batch, N, C) if name == "batched" else part, row)]
            results = [h.tensor(shape, rows) if kind == "head" else row]
            if name == "delayed":
                operands.append(entry.argument(carried[parts[count]], h.tensor((None, N), e)))
                results.append(h.tensor((None, N), e))
            entry.call(name, operands + given, results)

    results = iter(h.cpu(h.ALIASES + "".join(functions) + entry.text(), entry.arrays))
    for name in programs:
        got = {count: [next(results) for _ in exact[name]] for count in COUNTS}
        if name == "batched":
            got = {count: [a.reshape(-1, N, C) for a in arrays] for count, arrays in got.items()}
        whole = got[max(COUNTS)]
        for a, b in zip(whole, exact[name]):
            pre = a.shape[1:] == (N,)
            limit = (1e-12 if rows == "f64" else 2e-6) * max(1, size / 4) if pre else h.row_limit(rows, size)
            error = np.abs(a - b).max() / np.abs(b).max() if pre else h.row_error(a, b)
            check(error <= limit, f"{rows} {name}{' pre' if pre else ''}: error {error:.1e}, limit {limit:.1e}")
        same = all(a.shape == b[parts[count]].shape and (a == b[parts[count]]).all()
                   for count in COUNTS for a, b in zip(got[count], whole))
        check(same, f"{rows} {name}: the same bits for {', '.join(map(str, COUNTS))} tokens")
    check.done()


if __name__ == "__main__":
    main(sys.argv[1])
