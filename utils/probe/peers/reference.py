# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""The connection's pieces in float64 by their formulas, forward and backward.

n streams, C hidden, T tokens, m = n(n+2) coefficients. x [T, n, C], f and y [T, C], phi [m, nC] with its rows in the
order pre, post, matrix; scale [3], base [m], pre and post [T, n], comb [T, n, n] as stored. All are PyTorch tensors on
one device; whatever their type, everything is computed in float64.

Gradients are closed forms, not autograd's: test.py compares both.
"""
import torch


def groups(scale, streams):
    """scale [3] -> [m]: the scale of each coefficient."""
    return torch.repeat_interleave(scale, torch.tensor([streams, streams, streams**2], device=scale.device))


def sinkhorn(logits, convention):
    """logits [T, n, n] -> the value, the start value, the steps [(axis, sums, value after)]."""
    if convention.start == "softmax":
        first = torch.softmax(logits, -1)
        value = first + convention.eps
        axes = [-2] + [-1, -2] * (convention.iterations - 1)
    else:
        # No shift: eps would have to be scaled with it, and float64 has room.
        value = first = torch.exp(logits)
        axes = [-2, -1] * convention.iterations
    if convention.iterations == 0:
        axes = []
    steps = []
    for axis in axes:
        sums = value.sum(axis, keepdim=True) + convention.eps
        value = value / sums
        steps.append((axis, sums, value))
    return value, first, steps


def sinkhorn_grad(grad, first, steps, convention):
    for axis, sums, value in reversed(steps):
        grad = (grad - (grad * value).sum(axis, keepdim=True)) / sums
    if convention.start == "softmax":
        grad = grad - (grad * first).sum(-1, keepdim=True)
    return first * grad


def pre(x, phi, scale, base, convention):
    """Project, norm, gates, Sinkhorn, aggregate: (y, post, comb), and what pre_grad needs of them."""
    x, phi, scale, base = (a.double() for a in (x, phi, scale, base))
    tokens, streams, hidden = x.shape
    v = x.reshape(tokens, streams * hidden)
    rstd = torch.rsqrt((v * v).mean(-1, keepdim=True) + convention.norm_eps)
    h = rstd * (v @ phi.T)
    c = h * groups(scale, streams) + base
    gates = torch.sigmoid(c[:, :2 * streams])
    value, first, steps = sinkhorn(c[:, 2 * streams:].reshape(tokens, streams, streams), convention)
    weights = gates[:, :streams] + convention.pre_eps
    y = torch.einsum("ti,tic->tc", weights, x)
    kept = dict(x=x, v=v, phi=phi, scale=scale, rstd=rstd, h=h, gates=gates, first=first, steps=steps, weights=weights)
    return dict(y=y, post=convention.post_mult * gates[:, streams:], comb=value), kept


def pre_grad(kept, dy, dpost, dcomb, convention):
    """Gradients of x, phi, scale and base from those of y, post and comb."""
    dy, dpost, dcomb = dy.double(), dpost.double(), dcomb.double()
    x, h, gates, rstd = kept["x"], kept["h"], kept["gates"], kept["rstd"]
    tokens, streams, hidden = x.shape
    dpre = torch.einsum("tc,tic->ti", dy, x)
    dlogits = sinkhorn_grad(dcomb, kept["first"], kept["steps"], convention)
    dgates = torch.cat([dpre, convention.post_mult * dpost], 1) * gates * (1 - gates)
    dc = torch.cat([dgates, dlogits.reshape(tokens, streams**2)], 1)
    dscale = torch.stack([part.sum() for part in (dc * h).split([streams, streams, streams**2], 1)])
    dh = dc * groups(kept["scale"], streams)
    dm = rstd * dh
    dv = dm @ kept["phi"] - rstd**2 / (streams * hidden) * (dh * h).sum(1, keepdim=True) * kept["v"]
    dx = kept["weights"][:, :, None] * dy[:, None, :] + dv.reshape(x.shape)
    return dict(x=dx, phi=dm.T @ kept["v"], scale=dscale, base=dc.sum(0))


def mixing(convention):
    """The axes of the matrix as stored, in einsum's letters: i for the input stream, o for the output."""
    return "io" if convention.matrix == "in_out" else "oi"


def combine(x, f, post, comb, convention):
    """out[o] = post[o] f + sum_i R[o, i] x[i]"""
    x, f, post, comb = (a.double() for a in (x, f, post, comb))
    out = post[:, :, None] * f[:, None, :]
    return dict(out=out + torch.einsum(f"t{mixing(convention)},tic->toc", comb, x))


def combine_grad(x, f, post, comb, g, convention):
    x, f, post, comb, g = (a.double() for a in (x, f, post, comb, g))
    return dict(x=torch.einsum(f"t{mixing(convention)},toc->tic", comb, g), f=torch.einsum("to,toc->tc", post, g),
                post=torch.einsum("toc,tc->to", g, f), comb=torch.einsum(f"toc,tic->t{mixing(convention)}", g, x))


def boundary(x, f, post, comb, phi, scale, base, convention):
    """Combine of one connection, then pre of the next, on streams rounded as they are stored."""
    out = combine(x, f, post, comb, convention)["out"]
    values, kept = pre(out.to(x.dtype), phi, scale, base, convention)
    return dict(out=out, y=values["y"], post_next=values["post"], comb_next=values["comb"]), kept


def boundary_grad(x, f, post, comb, kept, g, dy, dpost_next, dcomb_next, convention):
    late = pre_grad(kept, dy, dpost_next, dcomb_next, convention)
    early = combine_grad(x, f, post, comb, g.double() + late.pop("x"), convention)
    return {**late, **early}
