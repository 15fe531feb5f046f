# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""What is computed and measured: the pieces, their inputs, results and bytes; and the inputs of one shape."""
from dataclasses import dataclass, field

import torch

from . import reference
from .convention import V4

STREAMS = 4
# The most telling first: what a time limit leaves out is at the end.
HIDDEN = (4096, 7168, 2560)
TOKENS = (8192, 1024, 1, 4096, 64, 32768, 256, 8)


@dataclass(frozen=True)
class Piece:
    """`least` and `usual`: bytes a token to device memory in units of hidden, two-byte rows, n 4, by direction: the
    least there is, and what the best kernels in use today move. Coefficients and weights are not in them."""
    name: str
    inputs: tuple
    results: tuple
    gradients_of_results: tuple
    least: dict
    usual: dict


PIECES = {
    piece.name: piece for piece in (
        Piece("pre", ("x", "phi", "scale", "base"), ("y", "post", "comb"), ("dy", "dpost", "dcomb"),
              dict(forward=10, backward=18), dict(forward=18, backward=50)),
        Piece("combine", ("x", "f", "post", "comb"), ("out",), ("g",),
              dict(forward=18, backward=28), dict(forward=18, backward=28)),
        Piece("boundary", ("x", "f", "post", "comb", "phi", "scale", "base"), ("out", "y", "post_next", "comb_next"),
              ("g", "dy", "dpost", "dcomb"), dict(forward=20, backward=30), dict(forward=36, backward=78)),
    )
}


@dataclass
class Case:
    hidden: int
    tokens: int
    device: str = "cpu"
    row_type: torch.dtype = torch.bfloat16
    seed: int = 20261122
    filled: bool = True  # Or only allocated, so that no kernel is launched.
    values: dict = field(default_factory=dict)

    def __post_init__(self):
        if not self.filled:
            self.allocate()
            return
        generator = torch.Generator(device=self.device).manual_seed(self.seed + self.hidden)

        def normal(*shape):
            return torch.randn(shape, generator=generator, device=self.device)

        tokens, hidden, m = self.tokens, self.hidden, STREAMS * (STREAMS + 2)
        # Weights first, so that they do not depend on the number of tokens.
        self.values = dict(phi=normal(m, STREAMS * hidden) / (STREAMS * hidden)**0.5,
                           scale=0.5 + torch.rand(3, generator=generator, device=self.device), base=0.5 * normal(m))
        logits = normal(tokens, STREAMS, STREAMS).double()
        self.values.update(post=2 * torch.sigmoid(normal(tokens, STREAMS)),
                           comb=reference.sinkhorn(logits, V4)[0].float(),
                           dpost=normal(tokens, STREAMS), dcomb=normal(tokens, STREAMS, STREAMS))
        for name, shape in dict(x=(tokens, STREAMS, hidden), f=(tokens, hidden), g=(tokens, STREAMS, hidden),
                                dy=(tokens, hidden)).items():
            self.values[name] = normal(*shape).to(self.row_type)

    def allocate(self):
        tokens, hidden, m = self.tokens, self.hidden, STREAMS * (STREAMS + 2)
        small = dict(phi=(m, STREAMS * hidden), scale=(3,), base=(m,), post=(tokens, STREAMS),
                     comb=(tokens, STREAMS, STREAMS), dpost=(tokens, STREAMS), dcomb=(tokens, STREAMS, STREAMS))
        rows = dict(x=(tokens, STREAMS, hidden), f=(tokens, hidden), g=(tokens, STREAMS, hidden), dy=(tokens, hidden))
        self.values = {name: torch.empty(shape, device=self.device) for name, shape in small.items()}
        self.values.update((name, torch.empty(shape, device=self.device, dtype=self.row_type))
                           for name, shape in rows.items())
