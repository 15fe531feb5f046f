#!/usr/bin/env python3
"""special.py [cpu|emulator [ROWS ...]]: inf, NaN and huge numbers in one token of several.

The result of the token has NaN and inf where the formulas have them, on the device
and on the reference; the other tokens keep their bits. F is a row that is an
argument, so that what enters by it stays in its column.

Squares are added in f32: from about 1e19 on, their sum overflows, rstd is 0, and
the gates are those of h = 0 where the formulas have others. The numbers stay
finite, which is what is checked there.
"""
import sys

import numpy as np

import harness as h

TOKENS, N, C, BAD = 5, 4, 33, 2
INF, NAN = np.inf, np.nan
X, F = "x", "f"
# Numbers and where they go: (number, argument, stream, column) or (number, argument, column).
CASES = {
    "inf in x": [(INF, X, 1, 7)],
    "-inf in x": [(-INF, X, 3, 32)],
    "inf and -inf in x": [(INF, X, 0, 0), (-INF, X, 2, 0)],
    "nan in x": [(NAN, X, 0, 5)],
    "inf in f": [(INF, F, 4)],
    "-inf in f": [(-INF, F, 0), (-INF, F, 32)],
    "nan in f": [(NAN, F, 31)],
    "inf, -inf and nan in f": [(INF, F, 1), (-INF, F, 2), (NAN, F, 3)],
    "1e15 in x": [(1e15, X, 2, 8)],
    "1e30 in x": [(1e30, X, 2, 8), (-1e30, X, 1, 3)],
    "1e30 in f": [(1e30, F, 8)],
    "zeros in x": [(0.0, X)],
    "zeros in x and f": [(0.0, X), (0.0, F)],
}
NARROW = {"1e15 in x", "1e30 in x", "1e30 in f"}  # Beyond f16.


def same_kind(a, b):
    """Both finite, both NaN, or the same infinity."""
    return (np.isnan(a) == np.isnan(b)) & (np.isinf(a) == np.isinf(b)) & (~np.isinf(a) | (np.sign(a) == np.sign(b)))


def formulas(kind, x, f, arrays):
    if kind == "residual":
        with np.errstate(invalid="ignore"):
            return f[..., None, :] + x
    if kind == "static":
        base, = arrays
        return h.write(x, f, base[:, 1], base[:, 2:].T)
    if kind == "hc":
        pre, post, mixing, _ = h.hc_coefficients(x, *arrays)
    else:
        pre, post, mixing, _ = h.mhc_coefficients(x, *arrays, h.PAPER if kind == "paper" else h.V4)
    return h.write(x, f, post, mixing)


def zero_rows(check, device):
    """Without norm_eps, a row of zeros has no direction: NaN, in its own token alone."""
    random = np.random.default_rng(4)
    x = random.normal(size=(TOKENS, N, C))
    x[BAD] = 0.0
    x = h.round_to(x, "f32")
    for kind, variant in (("mhc", "#mhc.variant<mhc, norm_eps = 0.0, layout = in_out, gates = <pre_eps = 1.0e-6, "
                           "post_mult = 2.0>, sinkhorn = #v4_sinkhorn>"), ("hc", "#mhc.variant<hc, norm_eps = 0.0>")):
        given = h.weights(random, kind, N, C)
        make = h.hc_coefficients if kind == "hc" else h.mhc_coefficients
        pre, post, mixing, _ = make(x, *given, *([] if kind == "hc" else [h.V4]), norm_eps=0.0)
        exact = h.write(x, h.read(x, pre), post, mixing)
        entry, row = h.Entry(), h.tensor((None, N, C), "f32")
        weights = [entry.argument(a, h.tensor(a.shape, "f32")) for a in given]
        entry.call("one", [entry.argument(x, row), *weights], [row])
        text = h.ALIASES + h.connection("one", variant, (None,), N, C, "f32", [a.shape for a in given]) + entry.text()
        good = [t for t in range(TOKENS) if t != BAD]
        found, wide = device(text, entry.arrays)[0], h.reference(text, entry.arrays)[0]
        nan = all(np.isnan(a[BAD]).all() for a in (found, wide, exact))
        error = h.row_error(found[good], exact[good])
        check(nan and error < 8e-6, f"f32 {kind}, zeros in x without norm_eps: NaN {nan}, error of others {error:.1e}")


def main():
    check = h.Checks()
    device = h.emulator if sys.argv[1:2] == ["emulator"] else h.cpu
    for rows in sys.argv[2:] or ("bf16", "f32", "f16", "f64"):
        random, e = np.random.default_rng(3), h.coefficients_of(rows)
        cases = {k: v for k, v in CASES.items() if rows != "f16" or k not in NARROW}
        # One batch after another: case 0, tokens 0 to 4; case 1, tokens 0 to 4; ...
        clean = {X: h.round_to(random.normal(size=(len(cases), TOKENS, N, C)), rows),
                 F: h.round_to(random.normal(size=(len(cases), TOKENS, C)), rows)}
        bad = {k: v.copy() for k, v in clean.items()}
        for k, case in enumerate(cases.values()):
            for value, which, *at in case:
                bad[which][(k, BAD, *at)] = h.round_to(value, rows)

        entry, functions, exact = h.Entry(), [], []
        row, column, single = (h.tensor((None, None, *s), rows) for s in ((N, C), (C,), (1, C)))
        kinds = {"v4": "#v4", "paper": "#paper", "hc": "#hc", "static": "#hc", "residual": "#mhc.variant<residual>"}
        inputs = [(i[X], i[F]) for i in (bad, clean)]
        tensors = [(entry.argument(x, row), entry.argument(x[..., :1, :], single), entry.argument(f, column))
                   for x, f in inputs]
        for kind, variant in kinds.items():
            if kind == "residual":
                given = []
            elif kind == "static":
                given = [h.round_to(random.normal(size=(N, N + 2)), "f32")]
            else:
                given = h.weights(random, "hc" if kind == "hc" else "mhc", N, C)
            n = 1 if kind == "residual" else N
            text = h.connection(kind, variant, (None, None), n, C, rows, [a.shape for a in given], f=True)
            functions.append(text.replace("phi", "base") if kind == "static" else text)
            operands = [entry.argument(a, h.tensor(a.shape, e)) for a in given]
            for (x, f), (wide, narrow, y) in zip(inputs, tensors):
                one = narrow if kind == "residual" else wide
                entry.call(kind, [one, y, *operands], [one[1]])
            exact.append(formulas(kind, bad[X][..., :n, :], bad[F], given))

        program = h.ALIASES + "".join(functions) + entry.text()
        results = device(program, entry.arrays)
        # The reference computes in f64 whatever the rows are.
        wide = h.reference(program, entry.arrays)[::2] if rows == "bf16" else exact
        others = [t for t in range(TOKENS) if t != BAD]
        finite = 0
        for kind, found, untouched, double, formula in zip(kinds, results[::2], results[1::2], wide, exact):
            for k, case in enumerate(cases):
                right = same_kind(found[k], formula[k]).all() and same_kind(double[k], formula[k]).all()
                kept = (found[k][others] == untouched[k][others]).all()
                finite += np.isfinite(found[k]).all()
                good = np.isfinite(formula[k]).all(-1) & (case != "1e30 in x")
                error = h.row_error(found[k][good], formula[k][good]) if good.any() else 0.0
                close = error <= (4 if rows == "f32" else 1) * h.ROW_LIMIT[rows]
                if not (right and kept and close):
                    check(False, f"{rows} {kind}, {case}: kinds {right}, others {kept}, error {error:.1e}")
        check(len(results) == 2 * len(kinds), f"{rows}: {len(kinds)} kinds, {len(cases)} cases each, "
              f"{finite} of all finite")
    zero_rows(check, device)
    check.done()


if __name__ == "__main__":
    main()
