# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""For tests: TileKernels' Python around kernels that PyTorch computes, since TileLang's need a GPU.

Each stand-in takes the arguments that the package passes to the kernel of that name, writes the same results, and
nothing else: what is tested is the adaptor, and the package's way of adding gradients in place.
"""
import contextlib
import importlib
import sys
import types

import torch

from . import packages, reference
from .case import STREAMS
from .convention import V4, replace


def post_forward(*_):
    def kernel(comb, x, post, f, out):
        out.copy_(reference.combine(x, f, post, comb, V4)["out"])
    return kernel


def post_backward(*_):
    def kernel(g, comb, x, post, f):
        found = reference.combine_grad(x, f, post, comb, g, V4)
        return found["comb"].float(), found["x"].to(x.dtype), found["post"].float(), found["f"].to(f.dtype)
    return kernel


def multiply(*_):
    def kernel(x, phi, out, squares):
        out.copy_((x.float() @ phi.T)[:, None])
        squares.copy_(x.float().square().sum(1, keepdim=True))
    return kernel


def norm(m, _, width, eps, splits):
    def kernel(product, squares, product_out, squares_out, out):
        product_out.copy_(product.sum(0))
        squares_out.copy_(squares.sum(0))
        out.copy_(product_out[:, 0] * torch.rsqrt(squares_out / width + eps))
    return kernel


def norm_backward(m, _, width, eps):
    def kernel(grad, product, squares, grad_product, grad_squares):
        rstd = torch.rsqrt(squares / width + eps)
        grad_product.copy_((grad * rstd)[:, None])
        grad_squares.copy_(-0.5 / width * rstd**3 * (grad * product[:, 0]).sum(1, keepdim=True))
    return kernel


def multiply_backward(*_):
    def kernel(grad_product, grad_squares, x, phi, grad_x, grad_phi):
        grad_x.add_((grad_product[:, 0] @ phi + 2 * x.float() * grad_squares).to(x.dtype))
        grad_phi.copy_(grad_product[:, 0].T @ x.float())
    return kernel


def gates(values, scale, base, pre_eps, post_mult):
    c = values * reference.groups(scale, STREAMS) + base
    pre, post, logits = c.split([STREAMS, STREAMS, STREAMS**2], 1)
    return torch.sigmoid(pre) + pre_eps, torch.sigmoid(post) * post_mult, logits


def split(streams, post_mult, pre_eps, **_):
    def kernel(values, scale, base, pre, post, logits):
        for out, value in zip((pre, post, logits), gates(values, scale, base, pre_eps, post_mult)):
            out.copy_(value)
    return kernel


def split_backward(streams, post_mult, **_):
    def kernel(dpre, dpost, dlogits, values, post, scale, base, grad, grad_scale, grad_base):
        leaves = [a.detach().clone().requires_grad_() for a in (values, scale, base)]
        with torch.enable_grad():
            results = gates(*leaves, 0.0, post_mult)
        found = torch.autograd.grad(results, leaves, (dpre, dpost, dlogits))
        grad.copy_(found[0])
        for partial, total in zip((grad_scale, grad_base), found[1:]):
            partial.zero_()
            partial[0] = total
    return kernel


def sinkhorn(streams, _, repeat, eps):
    convention = replace(V4, iterations=repeat, eps=eps)

    def kernel(logits, out):
        out.copy_(reference.sinkhorn(logits.double(), convention)[0])
    return kernel


def sinkhorn_backward(streams, _, repeat, eps):
    convention = replace(V4, iterations=repeat, eps=eps)

    def kernel(grad, logits, grad_logits):
        _, first, steps = reference.sinkhorn(logits.double(), convention)
        grad_logits.copy_(reference.sinkhorn_grad(grad.double(), first, steps, convention))
    return kernel


def aggregate(*_):
    def kernel(x, weights, out):
        out.copy_(torch.einsum("ti,tic->tc", weights, x.float()))
    return kernel


def aggregate_backward(*_):
    def kernel(grad, x, weights, grad_x):
        grad_x.add_((weights[:, :, None] * grad[:, None].float()).to(x.dtype))
        return torch.einsum("tc,tic->ti", grad.float(), x.float())
    return kernel


def finish(hidden, rms_eps, pre_eps, eps, post_mult, repeat, n_splits, mhc_mult):
    def kernel(product, squares, scale, base, x, post, comb, y):
        h = product.sum(0) * torch.rsqrt(squares.sum(0) / (mhc_mult * hidden) + rms_eps)[:, None]
        pre, gate, logits = gates(h, scale, base, pre_eps, post_mult)
        post.copy_(gate)
        matrix = reference.sinkhorn(logits.unflatten(1, (mhc_mult, mhc_mult)), replace(V4, iterations=repeat, eps=eps))
        comb.copy_(matrix[0].flatten(1))
        aggregate()(x, pre, y)
    return kernel


KERNELS = dict(_mhc_post_fwd=post_forward, _mhc_post_bwd=post_backward, _mhc_pre_norm_fn_fwd_mul=multiply,
               _mhc_pre_norm_fn_fwd_norm=norm, _mhc_pre_norm_fn_bwd_norm=norm_backward,
               _mhc_pre_norm_fn_bwd_mul=multiply_backward, _mhc_pre_split_mixes_fwd=split,
               _mhc_pre_split_mixes_bwd=split_backward, _mhc_sinkhorn_fwd=sinkhorn, _mhc_sinkhorn_bwd=sinkhorn_backward,
               _mhc_pre_apply_mix_fwd=aggregate, _mhc_pre_apply_mix_bwd=aggregate_backward, _mhc_pre_big_fuse=finish)


class Anything(types.ModuleType):
    """Stands for TileLang while the package is imported: whatever is asked of it is there."""

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return Anything(name)

    def __call__(self, *arguments, **_):
        return arguments[0] if arguments and callable(arguments[0]) else self

    def __getitem__(self, _):
        return self

    def __hash__(self):
        return hash(self.__name__)

    def __eq__(self, other):
        return self is other


@contextlib.contextmanager
def tile_kernels():
    """The package with stand-ins for its kernels; only its parts for connections are imported."""
    own = ("tilelang", "tile_kernels")
    before = {name: module for name, module in sys.modules.items() if name.split(".")[0] in own}
    for name in before:
        del sys.modules[name]
    folder = packages.folder_of("tile_kernels")
    for name in ("tilelang", "tilelang.language"):
        sys.modules[name] = Anything(name)
    sys.modules["tilelang"].language = sys.modules["tilelang.language"]
    for name, path in dict(tile_kernels=folder, **{"tile_kernels.modeling": folder / "modeling"}).items():
        sys.modules[name] = types.ModuleType(name)
        sys.modules[name].__path__ = [str(path)]
    try:
        importlib.import_module("tile_kernels.config").get_num_sms = lambda: 2
        importlib.import_module("tile_kernels.modeling.mhc")
        importlib.import_module("tile_kernels.modeling.mhc.functional")
        for name, module in list(sys.modules.items()):
            if name.startswith("tile_kernels"):
                for kernel, factory in KERNELS.items():
                    if kernel in vars(module):
                        setattr(module, kernel, factory)
        yield
    finally:
        for name in [name for name in sys.modules if name.split(".")[0] in own]:
            del sys.modules[name]
        sys.modules.update(before)
