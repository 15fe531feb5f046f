# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Plain PyTorch, written from the formulas: rows bf16, coefficients f32; and torch.compile of the same."""
import torch
import torch._dynamo.config
import torch._functorch.config
import torch.nn.functional as F

from .case import STREAMS
from .convention import V4
from .peer import Peer


def coefficients(x, phi, scale, base, convention=V4):
    """x [T, n, C] bf16 -> pre, post [T, n], comb [T, n, n] in f32."""
    v = x.flatten(1).float()
    rstd = torch.rsqrt(v.square().mean(-1, keepdim=True) + convention.norm_eps)
    h = F.linear(v, phi) * rstd
    pre, post, logits = h.split([STREAMS, STREAMS, STREAMS**2], dim=-1)
    base_pre, base_post, base_logits = base.split([STREAMS, STREAMS, STREAMS**2])
    pre = torch.sigmoid(pre * scale[0] + base_pre) + convention.pre_eps
    post = convention.post_mult * torch.sigmoid(post * scale[1] + base_post)
    comb = (logits * scale[2] + base_logits).unflatten(-1, (STREAMS, STREAMS))
    comb = torch.softmax(comb, -1) + convention.eps
    comb = comb / (comb.sum(-2, keepdim=True) + convention.eps)
    for _ in range(convention.iterations - 1):
        comb = comb / (comb.sum(-1, keepdim=True) + convention.eps)
        comb = comb / (comb.sum(-2, keepdim=True) + convention.eps)
    return pre, post, comb


def pre(x, phi, scale, base):
    weights, post, comb = coefficients(x, phi, scale, base)
    y = (weights.unsqueeze(-1) * x.float()).sum(1)
    return y.to(x.dtype), post, comb


def combine(x, f, post, comb):
    out = post.unsqueeze(-1) * f.float().unsqueeze(1) + torch.einsum("tio,tic->toc", comb, x.float())
    return (out.to(x.dtype),)


def combine_elementwise(x, f, post, comb):
    """The same without a batched product of small matrices, so that a compiler can fuse all of it."""
    out = post.unsqueeze(-1) * f.float().unsqueeze(1)
    for i in range(STREAMS):
        out = out + comb[:, i].unsqueeze(-1) * x[:, i].float().unsqueeze(1)
    return (out.to(x.dtype),)


def boundary(x, f, post, comb, phi, scale, base):
    (out,) = combine(x, f, post, comb)
    return (out, *pre(out, phi, scale, base))


def boundary_elementwise(x, f, post, comb, phi, scale, base):
    (out,) = combine_elementwise(x, f, post, comb)
    return (out, *pre(out, phi, scale, base))


class Eager(Peer):
    name = "eager"
    title = "PyTorch"
    notes = "products in f32"
    functions = dict(pre=pre, combine=combine, boundary=boundary)

    def version(self):
        return torch.__version__

    def forward(self, piece, leaves):
        return self.functions[piece](*leaves)


class Compiled(Eager):
    name = "compile"
    title = "torch.compile"
    notes = "products in f32; static shapes"

    def load(self, device):
        torch._dynamo.config.recompile_limit = 256
        # The timed backward walks its graph again and again.
        torch._functorch.config.donated_buffer = False
        self.functions = {
            key: torch.compile(function, dynamic=False)
            for key, function in dict(pre=pre, combine=combine_elementwise, boundary=boundary_elementwise).items()
        }
