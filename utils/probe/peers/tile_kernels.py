# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""DeepSeek's TileKernels, written in TileLang, with options that give DeepSeek-V4's function.

Its forward without gradients is two kernels for pre, its training forward four. Backward adds into one buffer: the
gradient of the streams is left on their storage by the combine behind, and each kernel of pre adds to it in place. The
boundary is measured so; for pre alone, whose streams have no combine behind, that buffer is switched off.
Products are TF32, rounded by the package itself. It compiles with nvcc when a kernel is first called.
"""
import importlib
import os
import shutil
import sys

import torch

from . import packages
from .case import PIECES, STREAMS
from .peer import Peer, Refusal


class TileKernels(Peer):
    name = "tile-kernels"
    title = "TileKernels"
    notes = "product in TF32"

    def version(self):
        return f"{packages.version_of('tile_kernels')} (TileLang {packages.version_of('tilelang')})"

    def load(self, device):
        lacking = packages.missing("tilelang", "tile_kernels", "tvm_ffi")
        if lacking:
            raise Refusal("not here: " + ", ".join(lacking))
        if device == "cuda" and not shutil.which("nvcc") and not os.path.exists("/usr/local/cuda/bin/nvcc"):
            raise Refusal("TileLang needs nvcc")
        if packages.missing("tilelang.utils.target"):
            # TileKernels 1.0.0 imports one module by a name that TileLang has given up since.
            sys.modules["tilelang.utils.target"] = importlib.import_module("tilelang.backend.target")
        from tile_kernels.modeling.mhc import functional, ops
        self.functional, self.ops = functional, ops
        if device == "cpu":
            raise Refusal("no kernels for the CPU")

    def prepare(self, piece, values):
        """A sequence dimension before the tokens."""
        return tuple(leaf if name in ("phi", "scale", "base") else leaf.detach().unsqueeze(0).requires_grad_()
                     for leaf, name in zip(super().prepare(piece, values), PIECES[piece].inputs))

    def forward(self, piece, leaves):
        if piece == "combine":
            x, f, post, comb = leaves
            return (self.ops.mhc_post(f, x, post.unsqueeze(-1), comb),)
        out = ()
        if piece == "boundary":
            x, f, post, comb, *weights = leaves
            out = (self.ops.mhc_post(f, x, post.unsqueeze(-1), comb),)
            x = out[0]
        else:
            x, *weights = leaves
        return (*out, *self.pre(x, *weights, in_place=piece == "boundary"))

    def pre(self, x, phi, scale, base, in_place):
        convention = self.convention
        if in_place or not torch.is_grad_enabled():
            y, (post, comb) = self.functional.mhc_pre(x, phi, scale, base, norm_eps=convention.norm_eps,
                                                      mhc_mult=STREAMS, post_mult_value=convention.post_mult,
                                                      pre_eps=convention.pre_eps, sinkhorn_eps=convention.eps,
                                                      sinkhorn_repeat=convention.iterations)
            return y, post.squeeze(-1), comb
        mixes = self.ops.mhc_pre_norm_fn(x, phi, None, convention.norm_eps, fuse_grad_acc=False)
        weights, post, comb = self.ops.mhc_pre_split_mixes(mixes, scale, base, STREAMS, convention.post_mult,
                                                           convention.pre_eps)
        comb = self.ops.sinkhorn_normalize(comb, repeat=convention.iterations, eps=convention.eps)
        return self.ops.mhc_pre_apply_mix(x, weights), post.squeeze(-1), comb

    def results(self, piece, raw):
        return super().results(piece, tuple(value.squeeze(0) for value in raw))

    def before_backward(self, piece, leaves, raw, gradients):
        if piece == "boundary":
            raw[0].untyped_storage().grad_from_mhc_post = gradients[0]

    def gradients(self, piece, raw):
        return super().gradients(piece, tuple(
            value if name in ("phi", "scale", "base") else value.squeeze(0)
            for value, name in zip(raw, PIECES[piece].inputs)))
