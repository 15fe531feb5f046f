# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Compares what a peer computed with the reference of its convention, a block of tokens at a time.

An error is the largest difference, relative to
    rows                     max(|exact|, root mean square of the row)
    coefficients and their   the largest exact magnitude
    gradients
    gradients of weights     the root mean square of the exact gradient

The limits tell a wrong answer from an imprecise one, whatever types and tensor-core modes a peer uses; the errors are
recorded for those who want to know how precise it is. NaN and unwritten results are beyond any limit.
"""
import math

import torch

from . import reference
from .case import PIECES

BLOCK = 1024
LIMITS = dict(rows=2.0**-6, row_gradients=2.0**-4, coefficients=5e-3, coefficient_gradients=2e-2, weight_gradients=5e-2)
WEIGHTS = ("phi", "scale", "base")


def kind(name, gradient):
    if gradient and name in WEIGHTS:
        return "weight_gradients"
    if name in ("x", "f", "y", "out"):
        return "row_gradients" if gradient else "rows"
    return "coefficient_gradients" if gradient else "coefficients"


def difference(got, exact, what):
    got, exact = got.double(), exact.double()
    apart = (got - exact).abs()
    if what in ("rows", "row_gradients"):
        scale = torch.maximum(exact.abs(), exact.square().mean(-1, keepdim=True).sqrt())
    elif what == "weight_gradients":
        scale = exact.square().mean().sqrt()
    else:
        scale = exact.abs().max()
    worst = (apart / scale.clamp_min(1e-300)).max().item()
    return worst if math.isfinite(worst) else math.inf


def exact_forward(piece, values, convention):
    arguments = [values[name] for name in PIECES[piece].inputs]
    if piece == "combine":
        return reference.combine(*arguments, convention), None
    return getattr(reference, piece)(*arguments, convention)


def exact_backward(piece, values, kept, convention):
    rows = [values[name] for name in ("x", "f", "post", "comb")]
    late = [values[name] for name in ("dy", "dpost", "dcomb")]
    if piece == "pre":
        return reference.pre_grad(kept, *late, convention)
    if piece == "combine":
        return reference.combine_grad(*rows, values["g"], convention)
    return reference.boundary_grad(*rows, kept, values["g"], *late, convention)


def errors(piece, values, convention, results, gradients=None):
    """The largest error of each result and each gradient ("d" and the name of its input).

    values: the inputs as the peer sees them; results and gradients by name, in the layout of case.py."""
    found, sums = {}, {}
    tokens = values["x"].shape[0]
    for name, value in {**results, **{"d" + key: value for key, value in (gradients or {}).items()}}.items():
        if value is None:
            found[name] = math.inf
    for begin in range(0, tokens, BLOCK):
        part = {name: value if name in WEIGHTS else value[begin:begin + BLOCK] for name, value in values.items()}
        exact, kept = exact_forward(piece, part, convention)

        def compare(label, name, got, wanted, gradient):
            if label in found and found[label] == math.inf:
                return
            error = difference(got[begin:begin + BLOCK], wanted, kind(name, gradient))
            found[label] = max(found.get(label, 0.0), error)

        for name, value in results.items():
            compare(name, name, value, exact[name], False)
        if gradients is None:
            continue
        exact = exact_backward(piece, part, kept, convention)
        for name, value in gradients.items():
            if name in WEIGHTS:
                sums[name] = sums.get(name, 0) + exact[name]
            else:
                compare("d" + name, name, value, exact[name], True)
    for name, exact in sums.items():
        if gradients[name] is not None:
            found["d" + name] = difference(gradients[name], exact, "weight_gradients")
    return found


def is_right(found):
    return all(error <= LIMITS[kind(*((name[1:], True) if name.startswith("d") else (name, False)))]
               for name, error in found.items())
