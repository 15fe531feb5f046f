#!/usr/bin/env python3
"""sinkhorn.py conventions|gains|large: what the mixing matrices are, and are not.

conventions: V4's and the paper's matrices of the same logits differ, by little for
small logits and by most of their size for large ones (99th percentiles).
gains: products of 60 mixing matrices keep gains near 1 if they are doubly
stochastic, and explode if they are unconstrained.
large: logits of deviation 10 and more, where f32 underflows.
"""
import sys

import numpy as np

import harness as h


def program(n, rows="f32", entries=("v4", "paper")):
    t = h.tensor((None, n, n), rows)
    lines = "\n".join(f"  %{k} = mhc.sinkhorn #{k}_sinkhorn %{k}_logits : {t}" for k in entries)
    return h.ALIASES + (f"func.func @main({', '.join(f'%{k}_logits: {t}' for k in entries)}) -> "
                        f"({', '.join(t for _ in entries)}) {{\n{lines}\n"
                        f"  return {', '.join('%' + k for k in entries)} : {', '.join(t for _ in entries)}\n}}\n")


def mixing(logits, device=h.cpu, rows="f32"):
    """R [out, in] of both conventions, from logits [out, in]: V4 stores them, and its result, [in, out]."""
    v4, paper = device(program(logits.shape[-1], rows), [logits.swapaxes(-1, -2), logits])
    return v4.swapaxes(-1, -2).astype(np.float64), paper.astype(np.float64)


def percentile(a, b):
    """The 99th percentile of the largest difference of two matrices."""
    return np.quantile(np.abs(a - b).max((-1, -2)), 0.99)


def conventions(check):
    random = np.random.default_rng(5)
    # Measured in float64. As stored: the same array of logits is normalised along its rows first (V4) or
    # along its columns first (paper), which matters as long as the iteration has not converged. As meant,
    # the logits stand for the same streams: both normalise what a stream gives first, eps is what is left.
    for deviation, stored, meant in ((1, 6e-6, 5e-6), (3, 0.03, 0.0013), (10, 0.7, 0.7)):
        logits = h.round_to(random.normal(size=(20000, 4, 4)) * deviation, "f32")
        v4, paper = (a.astype(np.float64) for a in h.cpu(program(4), [logits, logits]))
        for name, got, variant in (("V4", v4, h.V4), ("paper", paper, h.PAPER)):
            error, limit = np.abs(got - h.sinkhorn(logits, **variant)).max(), 2e-6 * max(1, np.abs(logits).max() / 4)
            check(error <= limit, f"deviation {deviation}: error of {name} {error:.1e}, limit {limit:.1e}")
        for what, expected, found in (("as stored", stored, percentile(v4, paper)),
                                      ("as meant", meant, percentile(mixing(logits)[0], paper))):
            check(expected / 1.5 < found < 1.5 * expected,
                  f"deviation {deviation}, {what}: |V4 - paper| {found:.2g}, expected {expected:g}")
        # Whoever mixes up the layouts is wrong at every deviation.
        found = percentile(v4, paper.swapaxes(-1, -2))
        check(found > 0.5, f"deviation {deviation}, transposed: {found:.2g}")


def gain(matrix):
    """Largest absolute row sum (of what one stream gets) and column sum (of what one stream gives)."""
    return max(np.abs(matrix).sum(-1).max(), np.abs(matrix).sum(-2).max())


def gains(check):
    random, n, layers, tokens = np.random.default_rng(6), 4, 60, 50
    logits = random.normal(size=(layers * tokens, n, n))
    # HC with the identity as its base, and dynamic parts between -0.5 and 0.5.
    base = np.concatenate([np.zeros((n, 2)), np.eye(n)], axis=1)
    e = h.tensor((None, n, n + 2), "f32")
    text = f"""\
func.func @main(%h: {e}, %scale: tensor<3xf32>, %base: tensor<{n}x{n + 2}xf32>) -> tensor<?x{n}x{n}xf32> {{
  %pre, %post, %R = mhc.gates #mhc.gates<activation = tanh> %h, %scale, %base
      : ({e}, tensor<3xf32>, tensor<{n}x{n + 2}xf32>) -> (tensor<?x{n}xf32>, tensor<?x{n}xf32>, tensor<?x{n}x{n}xf32>)
  return %R : tensor<?x{n}x{n}xf32>
}}
"""
    hc, = h.cpu(text, [random.normal(size=(layers * tokens, n, n + 2)), "full:0.5", base])
    v4, paper = mixing(logits)
    worst = {}
    for name, matrices in (("V4", v4), ("paper", paper), ("HC", hc.astype(np.float64).swapaxes(-1, -2))):
        products = np.broadcast_to(np.eye(n), (tokens, n, n))
        for layer in matrices.reshape(layers, tokens, n, n):
            products = layer @ products
        worst[name] = [gain(p) for p in products]
        print(f"{name}: gain of {layers} layers, median {np.median(worst[name]):.4g}, largest {max(worst[name]):.4g}")
    check(0.99 < min(worst["V4"]) and max(worst["V4"]) < 1.01, "V4 keeps gains within 1 % of 1")
    check(0.99 < min(worst["paper"]) and max(worst["paper"]) < 1.01, "the paper keeps gains within 1 % of 1")
    check(np.median(worst["HC"]) > 1000, "unconstrained mixing matrices explode")


def large(check):
    random = np.random.default_rng(7)
    for n in (4, 16):
        logits = random.normal(size=(2000, n, n)) * 10
        v4, paper = mixing(logits)
        check(np.isfinite(v4).all() and np.isfinite(paper).all(), f"n {n}, deviation 10: all numbers are finite")
        # The last half step of V4 makes its [in, out] columns add to one: sums over in.
        error = np.abs(v4.sum(-1) - 1).max()
        check(error < 1e-4, f"n {n}, deviation 10: rows of V4's R add to one within {error:.1e}")
        error = np.abs(paper.sum(-1) - 1).max()
        check(error < 1e-5, f"n {n}, deviation 10: rows of the paper's R add to one within {error:.1e}")
    # exp start, eps 0: a number more than about 103 below the largest of its first half step's sum is 0 in
    # f32 (745 in f64). A row or column of zeros is divided by zero: the matrix is NaN, as it is by definition
    # where exp gives zeros. Softmax start adds eps to every number first.
    for deviation in (10, 20, 30, 50, 100):
        v4, paper = mixing(random.normal(size=(5000, 4, 4)) * deviation)
        lost = np.isnan(paper).any((-1, -2)).mean()
        print(f"n 4, deviation {deviation}: {lost:.2%} of the paper's matrices are NaN in f32")
        check(np.isfinite(v4).all(), f"n 4, deviation {deviation}: V4's are finite")
        if deviation <= 20:
            check(lost == 0, f"n 4, deviation {deviation}: the paper's are finite")
        if deviation == 50:
            logits = random.normal(size=(5000, 4, 4)) * deviation
            _, wide = mixing(logits, rows="f64")
            check(np.isfinite(wide).all(), f"n 4, deviation {deviation}: the paper's are finite in f64")
    text = program(4, entries=("paper",))
    bad = np.zeros((1, 4, 4))
    bad[0, 1] = -110.0
    check(np.isnan(h.cpu(text, [bad])[0]).any(), "a row 110 below all others: the paper's matrix is NaN in f32")
    bad[0, 1] = -80.0
    error = np.abs(h.cpu(text, [bad])[0] - h.sinkhorn(bad, **h.PAPER)).max()
    check(error < 2e-6 * 80 / 4, f"a row 80 below all others: error {error:.1e}")


if __name__ == "__main__":
    checks = h.Checks()
    {"conventions": conventions, "gains": gains, "large": large}[sys.argv[1]](checks)
    checks.done()
