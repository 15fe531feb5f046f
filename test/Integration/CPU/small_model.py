#!/usr/bin/env python3
"""The whole of examples/small-model.mlir against the same model in numpy's float64.

The model below is written from the formulas and the comments of the example. The
reference must agree to 1e-10; the CPU as in examples.py. Then what a model must
do: the past does not depend on the future, no tokens give no logits, an id outside
of the vocabulary is an error.
"""
import numpy as np

import examples
import harness as h

PATH = examples.EXAMPLES / "small-model.mlir"
VOCABULARY, HIDDEN, LAYERS, STREAMS, HEADS, WIDTH, INNER, POSITIONS = 64, 32, 3, 4, 4, 8, 48, 128


def make_weights():
    random = np.random.default_rng(8)
    bf16 = lambda *shape: h.round_to(random.normal(size=shape), "bf16")
    wide = lambda *shape, scale=1.0, shift=0.0: h.round_to(random.normal(size=shape) * scale + shift, "f32")
    m, nc = STREAMS * (STREAMS + 2), STREAMS * HIDDEN
    connection = lambda: [wide(LAYERS, m, nc), wide(LAYERS, 3, scale=0.1), wide(LAYERS, m),
                          wide(LAYERS, HIDDEN, scale=0.2, shift=1.0)]
    return [bf16(VOCABULARY, HIDDEN), bf16(POSITIONS, HIDDEN),
            *connection(), bf16(LAYERS, 3, HEADS, WIDTH, HIDDEN), bf16(LAYERS, HIDDEN, HEADS, WIDTH),
            *connection(), bf16(LAYERS, 2, INNER, HIDDEN), bf16(LAYERS, HIDDEN, INNER),
            wide(STREAMS, nc), wide(1, scale=0.1), wide(STREAMS), wide(HIDDEN, scale=0.2, shift=1.0),
            bf16(VOCABULARY, HIDDEN)]


def f32(number):
    """A constant of the program: the reference computes in f64 with the f32 that is written there."""
    return float(np.float32(number))


def norm(x, gain):
    return x / np.sqrt((x * x).mean(-1, keepdims=True) + f32(1e-6)) * gain


def attention(y, gain, w, w_out):
    x = norm(y, gain)
    q, k, v = (np.einsum("ti,hdi->htd", x, w[i]) * f32(HIDDEN ** -0.5) for i in range(3))
    scores = q @ k.swapaxes(-1, -2) * f32(WIDTH ** -0.5)
    scores = np.where(np.tri(len(y), dtype=bool), scores, -np.inf)
    p = np.exp(scores - scores.max(-1, keepdims=True))
    p /= p.sum(-1, keepdims=True)
    return np.einsum("htd,ohd->to", p @ v, w_out) * f32((HEADS * WIDTH) ** -0.5)


def swiglu(y, gain, w, w_out):
    x = norm(y, gain)
    gate, up = (x @ w[i].T * f32(HIDDEN ** -0.5) for i in range(2))
    return (gate * h.sigmoid(gate) * up) @ w_out.T * f32(INNER ** -0.5)


def model(ids, weights):
    embedding, positions, *rest = weights
    a, b, (phi_head, scale_head, base_head, gain, w_logits) = rest[:6], rest[6:12], rest[12:]
    x = np.repeat((embedding[ids] + positions[: len(ids)])[:, None], STREAMS, axis=1)
    for layer in range(LAYERS):
        for sublayer, stacks in ((attention, a), (swiglu, b)):
            phi, scale, base, *own = (s[layer] for s in stacks)
            pre, post, mixing, _ = h.mhc_coefficients(x, phi, scale, base, h.V4)
            x = h.write(x, sublayer(h.read(x, pre), *own), post, mixing)
    pre, _ = h.mhc_coefficients(x, phi_head, scale_head, base_head, h.V4)
    return norm(h.read(x, pre), gain) @ w_logits.T * f32(HIDDEN ** -0.5)


def main():
    check, weights = h.Checks(), make_weights()
    ids = np.random.default_rng(9).integers(0, VOCABULARY, size=24)
    exact, = h.reference(PATH, [ids, *weights])
    formula = model(ids, weights)
    error = np.abs(exact - formula).max() / np.abs(formula).max()
    check(exact.shape == (24, VOCABULARY) and error < 1e-10, f"reference against numpy: error {error:.1e}, limit 1e-10")

    rounded, = h.reference(PATH, [ids, *weights], "--round")
    found, = h.cpu(PATH, [ids, *weights])
    examples.compare(check, "logits", found, exact, rounded)

    other = ids.copy()
    other[17:] = (other[17:] + 1) % VOCABULARY
    changed, = h.cpu(PATH, [other, *weights])
    check((found[:17] == changed[:17]).all() and (found[17:] != changed[17:]).any(-1).all(),
          "other tokens from 17 on: the logits before have the same bits, those after do not")
    none, = h.cpu(PATH, ["zeros:0", *weights])
    check(none.shape == (0, VOCABULARY), "no tokens, no logits")
    message = h.cpu(PATH, [f"full:{VOCABULARY}:3", *weights], fails=True)
    check("small-model.mlir" in message and "bounds" in message, f"an id of {VOCABULARY}: {message.splitlines()[0]}")
    check.done()


if __name__ == "__main__":
    main()
