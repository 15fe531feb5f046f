# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""What an adaptor of a peer offers. Tensors of case.py go in and out; inside they lie as the peer wants them."""
from .case import PIECES
from .convention import V4


class Refusal(Exception):
    """The peer does not do this; the text says why."""


class Peer:
    name = ""
    title = ""
    convention = V4
    # In a few words: types and modes that its figures depend on.
    notes = ""
    # In the order in which they are measured, and by how many places in the list of shapes the later ones come later.
    pieces = ("boundary", "pre", "combine")
    delay = 2

    def version(self):
        raise NotImplementedError

    def load(self, device):
        """Imports what the peer needs; raises Refusal where it cannot run."""

    # Whether kernels are compiled and not launched: results are then anything.
    compiles_only = False

    def compile_only(self):
        """From now on, where that can be had."""

    def seen(self, values):
        """The inputs as the peer sees them, where its types round them: for the reference."""
        return values

    def prepare(self, piece, values):
        """The leaves of `piece` in the peer's layout, in the order that `inputs` in case.py has."""
        return tuple(values[name].detach().clone().requires_grad_() for name in PIECES[piece].inputs)

    def forward(self, piece, leaves):
        """The results as the peer gives them; whether gradients will be asked for is autograd's mode."""
        raise NotImplementedError

    def results(self, piece, raw):
        """By name, in the layout of case.py."""
        return dict(zip(PIECES[piece].results, raw))

    def gradients_of_results(self, piece, values, raw):
        """What backward starts from, in the layout of `raw`."""
        return tuple(values[name].detach().clone().to(result.dtype).reshape(result.shape)
                     for name, result in zip(PIECES[piece].gradients_of_results, raw))

    def before_backward(self, piece, leaves, raw, gradients):
        """What has to be set up again before each backward; not timed."""

    def gradients(self, piece, raw):
        """The leaves' gradients by name, in the layout of case.py."""
        return dict(zip(PIECES[piece].inputs, raw))
