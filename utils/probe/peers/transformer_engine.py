# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""TransformerEngine's Triton kernels, without its compiled library.

Only two modules of the package are used, and they ask the rest of it for one function: a general product, for the
gradient of phi. Where the package cannot be imported as a whole (its Python files alone, from the wheel that has no
library), empty packages stand in for what those modules import, and that product is PyTorch's, with TF32 allowed.

Streams are innermost there: x [T, C, n]. No eps but in the norm. Kernels are chosen by Triton's autotuner.
"""
import importlib
import sys
import types

import torch

from . import packages
from .case import PIECES, STREAMS
from .convention import V4_NO_EPS
from .peer import Peer, Refusal

MODULE = "transformer_engine.pytorch.triton.mhc"


def general_gemm(a, b, out_dtype=None, layout="NT", **_):
    """b^T a, as cuBLAS does it: what the gradient of phi asks for."""
    if layout != "NT":
        raise Refusal(f"expected a product of layout NT, got {layout}")
    allowed = torch.backends.cuda.matmul.allow_tf32
    torch.backends.cuda.matmul.allow_tf32 = True
    try:
        return ((b.t() @ a).to(out_dtype or a.dtype),)
    finally:
        torch.backends.cuda.matmul.allow_tf32 = allowed


def stand_in(name, folder=None):
    module = types.ModuleType(name)
    module.__path__ = [str(folder)] if folder else []
    sys.modules[name] = module
    return module


def import_alone():
    folder = packages.folder_of("transformer_engine")
    if folder is None or not (folder / "pytorch" / "triton" / "mhc.py").exists():
        raise Refusal("not here: transformer_engine with pytorch/triton/mhc.py")
    for name in [name for name in sys.modules if name.split(".")[0] == "transformer_engine"]:
        del sys.modules[name]
    stand_in("transformer_engine", folder)
    for part in ("common", "common.triton", "pytorch", "pytorch.triton"):
        stand_in("transformer_engine." + part, folder.joinpath(*part.split(".")))
    stand_in("transformer_engine.pytorch.cpp_extensions")
    stand_in("transformer_engine.pytorch.cpp_extensions.gemm").general_gemm = general_gemm
    return importlib.import_module(MODULE)


class TransformerEngine(Peer):
    name = "transformer-engine"
    title = "TransformerEngine (Triton)"
    convention = V4_NO_EPS
    notes = "products in TF32, autotuned, streams innermost"
    stands_alone = True

    def version(self):
        return packages.version_of("transformer_engine")

    def load(self, device):
        lacking = packages.missing("triton")
        if lacking:
            raise Refusal("not here: " + ", ".join(lacking))
        try:
            self.module = importlib.import_module(MODULE)
            self.stands_alone = False
        except Exception:  # No package, or one without its library: whatever that raises.
            self.module = import_alone()
        if device == "cpu":
            self.module._support_tma = lambda _: False
        if self.stands_alone:
            self.notes += "; gradient of phi by PyTorch's product"

    @staticmethod
    def inward(name, value):
        if name in ("x", "g"):
            return value.transpose(1, 2).contiguous().unsqueeze(0)
        if name == "phi":
            return value.unflatten(1, (STREAMS, -1)).transpose(1, 2).flatten(1).contiguous()
        if name == "base":
            return value.unsqueeze(0)
        return value if name == "scale" else value.unsqueeze(0)

    @staticmethod
    def outward(name, value):
        if value is None:
            return None
        if name in ("x", "out"):
            return value.squeeze(0).transpose(1, 2)
        if name == "phi":
            return value.unflatten(1, (-1, STREAMS)).transpose(1, 2).flatten(1)
        return value if name == "scale" else value.squeeze(0)

    def prepare(self, piece, values):
        return tuple(self.inward(name, values[name]).detach().clone().requires_grad_() for name in PIECES[piece].inputs)

    def forward(self, piece, leaves):
        out = ()
        if piece == "pre":
            x, *weights = leaves
        else:
            x, f, post, comb, *weights = leaves
            out = (self.module.mhc_fused_expand_combine(f, None, post, x, comb, STREAMS),)
            x = out[0]
        if piece == "combine":
            return out
        return (*out, *self.module.mhc_generate_mix_and_aggregate(x, *weights))

    def results(self, piece, raw):
        return {name: self.outward(name, value) for name, value in zip(PIECES[piece].results, raw)}

    def gradients_of_results(self, piece, values, raw):
        return tuple(self.inward(name, values[name]).detach().clone().to(result.dtype)
                     for name, result in zip(PIECES[piece].gradients_of_results, raw))

    def gradients(self, piece, raw):
        return {name: self.outward(name, value) for name, value in zip(PIECES[piece].inputs, raw)}
