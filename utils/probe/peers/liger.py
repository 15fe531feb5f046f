# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Liger-Kernel's Triton kernels.

Its matrix is stored [out, in]. Its tensor-core path wants phi in the type of the rows, so phi is rounded to bf16, and
the reference sees it so. With phi in f32 (liger-f32, measured only when asked for) rows are widened and the product
is TF32.

The kernel of the forward projection is unrolled over all of nC and compiled for each number of tokens: minutes each at
hidden 4096 and above. So combine, which compiles in seconds, comes first; `warm` should have run before.
"""
import torch

from . import packages
from .case import PIECES
from .convention import V4_OUT_IN
from .peer import Peer, Refusal


class Liger(Peer):
    name = "liger"
    title = "Liger-Kernel"
    convention = V4_OUT_IN
    notes = "phi bf16"
    pieces = ("combine", "boundary", "pre")
    delay = 4
    phi_type = torch.bfloat16
    functions = ("liger_mhc_coeffs", "liger_mhc_pre", "liger_mhc_post_res")

    def version(self):
        return packages.version_of("liger_kernel")

    def load(self, device):
        lacking = packages.missing("liger_kernel", "triton", "packaging")
        if lacking:
            raise Refusal("not here: " + ", ".join(lacking))
        from liger_kernel.transformers import functional
        self.functional = functional

    def compile_only(self):
        import inspect

        from triton.runtime.jit import JITFunction
        launch = JITFunction.run
        if "warmup" not in inspect.signature(launch).parameters:
            return

        def run(kernel, *arguments, warmup=True, **options):
            return launch(kernel, *arguments, warmup=True, **options)

        JITFunction.run = run
        self.compiles_only = True

    def options(self):
        return dict(allow_fp32=self.phi_type != torch.bfloat16, tmax=self.convention.iterations,
                    rms_eps=self.convention.norm_eps, pre_eps=self.convention.pre_eps,
                    sinkhorn_eps=self.convention.eps, post_mult=self.convention.post_mult)

    def seen(self, values):
        return {**values, "phi": values["phi"].to(self.phi_type).float()}

    def prepare(self, piece, values):
        """phi as [nC, m]; the three scales are leaves of their own."""
        leaves = []
        for leaf, name in zip(super().prepare(piece, values), PIECES[piece].inputs):
            if name == "phi":
                leaf = leaf.detach().to(self.phi_type).t().contiguous().requires_grad_()
            if name == "scale":
                leaves += [part.clone().requires_grad_() for part in leaf.detach().unbind()]
            else:
                leaves.append(leaf)
        return tuple(leaves)

    def forward(self, piece, leaves):
        if piece == "combine":
            return (self.functional.liger_mhc_post_res(*leaves),)
        out = ()
        if piece == "boundary":
            x, f, post, comb, *weights = leaves
            out = (self.functional.liger_mhc_post_res(x, f, post, comb),)
            x = out[0]
        else:
            x, *weights = leaves
        phi, scale_pre, scale_post, scale_matrix, base = weights
        gates, post, comb = self.functional.liger_mhc_coeffs(x, phi, base, scale_pre, scale_post, scale_matrix,
                                                             **self.options())
        return (*out, self.functional.liger_mhc_pre(x, gates), post, comb)

    def gradients(self, piece, raw):
        if piece == "combine":
            return super().gradients(piece, raw)
        *rows, phi, scale_pre, scale_post, scale_matrix, base = raw
        scale = torch.stack([scale_pre, scale_post, scale_matrix]).reshape(3)
        return super().gradients(piece, (*rows, phi.t(), scale, base))


class LigerWide(Liger):
    name = "liger-f32"
    title = "Liger-Kernel, phi f32"
    notes = "phi f32, product in TF32"
    phi_type = torch.float32
