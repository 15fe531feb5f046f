#!/usr/bin/env python3
"""kernels.py [ROWS ...]: hand-written kernels on the CPU against numpy's float64.

Each kernel runs with streams from 1 to 16, widths that fill no vector, and token
counts that fill no block. The numbers of a token must be the same bits in any batch,
and everything the same bits with any number of threads.
"""
import os
import sys

import numpy as np

import harness as h

EPS = 1e-6


class Kernel:
    """One program: a function of the arguments with one kernel."""

    def __init__(self, name, rows, hidden):
        self.name, self.rows, self.hidden, self.e = name, rows, hidden, h.coefficients_of(rows)
        self.ins, self.outs, self.body, self.exact, self.kinds = [], [], [], [], []
        self.arrays = []

    def add(self, name, array, inner, tokens=True, type=None):
        """An argument; its tensor type follows from the array."""
        type = type or (self.rows if inner.startswith("!mhc.row") else self.e)
        shape = (None, *array.shape[1:]) if tokens else array.shape
        self.ins.append((name, h.tensor(shape, type), inner))
        self.arrays.append(array)

    def row(self, name, array, tokens=True):
        streams = array.shape[1 if tokens else 0:]
        self.add(name, array, f"!mhc.row<{'x'.join(map(str, streams))}x{self.rows}>", tokens)

    def coefficients(self, name, array, tokens=True):
        shape = array.shape[1 if tokens else 0:]
        inner = f"vector<{'x'.join(map(str, shape))}x{self.e}>" if shape else self.e
        self.add(name, array, inner, tokens)

    def weight(self, name, array, streams=None):
        m = array.shape[0]
        shape = f"{m}x{streams}x{self.hidden}" if streams else f"{m}x{self.hidden}"
        self.add(name, array, f"!mhc.weight<{shape}x{self.e}>", False)

    def out(self, value, inner, shape, exact, kind, tokens=True):
        """A result: kind is rows, coefficients or total."""
        type = inner.rstrip(">").split("x")[-1] if inner.startswith("!mhc") else self.e
        self.outs.append((value, inner, h.tensor((None, *shape) if tokens else shape, type), shape, tokens))
        self.exact.append(exact)
        self.kinds.append(kind)

    def text(self, repeat=None):
        """The program; with `repeat`, the kernel runs as often, into the same destinations."""
        lines = [f"func.func @{self.name}(" + ", ".join(f"%a_{n}: {t}" for n, t, _ in self.ins) + ") -> ("
                 + ", ".join(o[2] for o in self.outs) + ") {", "  %c0 = arith.constant 0 : index"]
        first = next(i for i in self.ins if "<?" in i[1])
        lines.append(f"  %T = tensor.dim %a_{first[0]}, %c0 : {first[1]}")
        for k, (_, _, type, _, tokens) in enumerate(self.outs):
            lines.append(f"  %e{k} = tensor.empty({'%T' if tokens else ''}) : {type}")
        results = ", ".join(f"%r{k}" for k in range(len(self.outs)))
        types = ", ".join(o[2] for o in self.outs)
        outs = ", ".join(f"%{'d' if repeat else 'e'}{k} : {o[2]}" for k, o in enumerate(self.outs))
        if repeat:
            carried = ", ".join(f"%d{k} = %e{k}" for k in range(len(self.outs)))
            lines += ["  %c1 = arith.constant 1 : index", f"  %times = arith.constant {repeat} : index",
                      f"  {', '.join(f'%l{k}' for k in range(len(self.outs)))} = scf.for %i = %c0 to %times step %c1 "
                      f"iter_args({carried}) -> ({types}) {{"]
        lines.append(f"  {results} = mhc.kernel \"{self.name}\" ins("
                     + ", ".join(f"%{n} = %a_{n} : {t} as {i}" for n, t, i in self.ins) + ")\n      outs("
                     + outs + ") {")
        lines += ["    " + line for line in self.body]
        lines.append("    mhc.return " + ", ".join(o[0] for o in self.outs) + " : "
                     + ", ".join(o[1] for o in self.outs))
        lines += ["  }", f"  scf.yield {results} : {types}", "  }"] if repeat else ["  }"]
        if repeat:
            results = results.replace("%r", "%l")
        lines += [f"  return {results} : {types}", "}"]
        return h.ALIASES + "\n".join(lines) + "\n"


class Data:
    """Random inputs, rounded to their types."""

    def __init__(self, seed, rows):
        self.random, self.rows, self.e = np.random.default_rng(seed), rows, h.coefficients_of(rows)

    def row(self, *shape):
        return h.round_to(self.random.normal(size=shape), self.rows)

    def coefficients(self, *shape, scale=1.0):
        return h.round_to(self.random.normal(size=shape) * scale, self.e)


def vec(shape, e):
    return f"vector<{'x'.join(map(str, shape))}x{e}>"


def col(n, rows):
    return f"vector<{n}x{rows}>"


def combine_kernel(rows, t, n, c):
    d, k = Data(1, rows), Kernel("combine", rows, c)
    x, f, post, mix = d.row(t, n, c), d.row(t, c), d.coefficients(t, n), d.coefficients(t, n, n)
    k.row("x", x), k.row("f", f), k.coefficients("post", post), k.coefficients("R", mix)
    k.body += [f"%o = mhc.sweep over {c} (%c = %x : !mhc.row<{n}x{c}x{rows}>, %g = %f : !mhc.row<{c}x{rows}>)"
               f" -> (!mhc.row<{n}x{c}x{rows}>) {{",
               f"  %v = mhc.combine (%g by %post : {rows}, {vec((n,), k.e)}), "
               f"(%c by %R transposed : {col(n, rows)}, {vec((n, n), k.e)}) -> {col(n, rows)}",
               f"  mhc.exit row(%v : {col(n, rows)})", "}"]
    k.out("%o", f"!mhc.row<{n}x{c}x{rows}>", (n, c), h.write(x, f, post, np.swapaxes(mix, -1, -2)), "rows")
    return k


def coefficients_of_h(k, n, groups, h_value="%h", scale="%s", base="%b", suffix=""):
    m = {1: n, 2: 2 * n, 3: n * (n + 2)}[groups]
    types = [vec((n,), k.e), vec((n,), k.e), vec((n, n), k.e)][:groups]
    names = [f"%pre{suffix}", f"%post{suffix}", f"%logits{suffix}"][:groups]
    return (f"{', '.join(names)} = mhc.gates #mhc.gates<pre_eps = 1.0e-6, post_mult = 2.0> {h_value}, {scale}, {base}"
            f" : ({vec((m,), k.e)}, {vec((1 if groups == 1 else 3,), k.e)}, {vec((m,), k.e)}) -> "
            + (f"({', '.join(types)})" if groups > 1 else types[0]))


def forward_boundary(rows, t, n, c):
    d, k = Data(2, rows), Kernel("forward_boundary", rows, c)
    m = n * (n + 2)
    x, f, ha = d.row(t, n, c), d.row(t, c), d.coefficients(t, m)
    sa, ba = d.coefficients(3), d.coefficients(m)
    phi, sb, bb = d.coefficients(m, n * c, scale=(n * c) ** -0.5), d.coefficients(3), d.coefficients(m)
    k.row("xa", x), k.row("fa", f), k.coefficients("ha", ha)
    for name, a in (("sa", sa), ("ba", ba), ("sb", sb), ("bb", bb)):
        k.coefficients(name, a, tokens=False)
    k.weight("phi", phi, n)
    column, wide = col(n, rows), vec((n, n), k.e)
    k.body += [
        coefficients_of_h(k, n, 3, "%ha", "%sa", "%ba", "a"),
        f"%Ra = mhc.sinkhorn #v4_sinkhorn %logitsa : {wide}",
        f"%xn, %m, %ss = mhc.sweep over {c} (%x = %xa : !mhc.row<{n}x{c}x{rows}>, %f = %fa : !mhc.row<{c}x{rows}>)"
        f" -> (!mhc.row<{n}x{c}x{rows}>, {vec((m,), k.e)}, {k.e}) {{",
        f"  %o = mhc.combine (%f by %posta : {rows}, {vec((n,), k.e)}), "
        f"(%x by %Ra transposed : {column}, {wide}) -> {column}",
        f"  %q = mhc.inner whole %o, %o : ({column}, {column}) -> {k.e}",
        f"  mhc.exit row(%o : {column}), project(%o by %phi : {column}, !mhc.weight<{m}x{n}x{c}x{k.e}>), "
        f"sum(%q : {k.e})", "}",
        f"%rs = mhc.rstd %ss {{count = {n * c} : i64, eps = 1.0e-6 : f64}} : {k.e}",
        f"%rsb = vector.broadcast %rs : {k.e} to {vec((m,), k.e)}",
        f"%hb = arith.mulf %m, %rsb : {vec((m,), k.e)}",
        coefficients_of_h(k, n, 3, "%hb", "%sb", "%bb", "b"),
        f"%yn = mhc.sweep over {c} (%x = %xn : !mhc.row<{n}x{c}x{rows}>) -> (!mhc.row<{c}x{rows}>) {{",
        f"  %v = mhc.aggregate %x, %preb : ({column}, {vec((n,), k.e)}) -> {rows}",
        f"  mhc.exit row(%v : {rows})", "}"]
    group = np.repeat(np.arange(3), [n, n, n * n])

    def coefficients(hh, s, b):
        cc = s[group] * hh + b
        pre, post = h.sigmoid(cc[:, :n]) + 1e-6, 2 * h.sigmoid(cc[:, n:2 * n])
        return pre, post, np.swapaxes(h.sinkhorn(cc[:, 2 * n:].reshape(-1, n, n)), -1, -2)

    _, post, mix = coefficients(ha, sa, ba)
    xn = h.round_to(h.write(x, f, post, mix), rows)
    v = xn.reshape(t, -1)
    hb = v @ phi.T / np.sqrt((v * v).mean(-1, keepdims=True) + EPS)
    pre, _, _ = coefficients(hb, sb, bb)
    k.out("%xn", f"!mhc.row<{n}x{c}x{rows}>", (n, c), xn, "rounded")
    k.out("%yn", f"!mhc.row<{c}x{rows}>", (c,), h.read(xn, pre), "after rounding")
    k.out("%hb", vec((m,), k.e), (m,), hb, "after rounding coefficients")
    return k


def backward(rows, t, n, c):
    """The second sweep of the backward boundary, its coefficients given."""
    d, k = Data(3, rows), Kernel("backward", rows, c)
    m = n * (n + 2)
    x, f, g, dy = d.row(t, n, c), d.row(t, c), d.row(t, n, c), d.row(t, c)
    post, mixa, mixb = d.coefficients(t, n), d.coefficients(t, n, n), d.coefficients(t, n, n)
    pre, dm, kk = d.coefficients(t, n), d.coefficients(t, m), d.coefficients(t)
    phi = d.coefficients(m, n * c, scale=m ** -0.5)
    for name, a in (("xa", x), ("fa", f), ("ga", g), ("dya", dy)):
        k.row(name, a)
    for name, a in (("post", post), ("Ra", mixa), ("Rb", mixb), ("pre", pre), ("dm", dm), ("k", kk)):
        k.coefficients(name, a)
    k.weight("phi", phi, n)
    row, single = f"!mhc.row<{n}x{c}x{rows}>", f"!mhc.row<{c}x{rows}>"
    column, v1, v2 = col(n, rows), vec((n,), k.e), vec((n, n), k.e)
    total = f"!mhc.total<{m}x{n}x{c}x{k.e}>"
    wide = col(n, k.e)
    k.body += [
        f"%dpre = mhc.sweep over {c} (%x = %xa : {row}, %f = %fa : {single}, %dy = %dya : {single}) -> ({v1}) {{",
        f"  %xb = mhc.combine (%f by %post : {rows}, {v1}), (%x by %Ra : {column}, {v2}) -> {column}",
        f"  %p = mhc.inner %dy, %xb : ({rows}, {column}) -> {v1}",
        f"  mhc.exit sum(%p : {v1})", "}",
        f"%dx, %df, %dpost, %dR, %dphi, %dw = mhc.sweep over {c} (%x = %xa : {row}, %f = %fa : {single}, "
        f"%dy = %dya : {single}, %g = %ga : {row}) -> ({row}, {single}, {v1}, {v2}, {total}, !mhc.total<{c}x{rows}>) {{",
        f"  %xb = mhc.combine (%f by %post : {rows}, {v1}), (%x by %Ra : {column}, {v2}) -> {column}",
        f"  %b = mhc.backproject %dm by %phi : ({vec((m,), k.e)}, !mhc.weight<{m}x{n}x{c}x{k.e}>) -> {wide}",
        f"  %d = mhc.combine (%g by %Rb transposed : {column}, {v2}), (%dy by %pre : {rows}, {v1}), "
        f"(%b : {wide}), (%xb scaled %k : {column}, {k.e}) -> {column}",
        f"  %e = mhc.aggregate %d, %post : ({column}, {v1}) -> {rows}",
        f"  %q = mhc.inner %d, %f : ({column}, {rows}) -> {v1}",
        f"  %r = mhc.inner %d, %x : ({column}, {column}) -> {v2}",
        f"  mhc.exit row(%d : {column}), row(%e : {rows}), sum(%q : {v1}), sum(%r : {v2}), "
        f"outer(%dm by %xb : {vec((m,), k.e)}, {column}), total(%e : {rows})", "}",
        f"%dmt = mhc.total %dm : {vec((m,), k.e)} -> !mhc.total<{m}x{k.e}>"]
    xb = h.round_to(h.write(x, f, post, mixa), rows)
    back = np.einsum("tj,jic->tic", dm, phi.reshape(m, n, c))
    dx = h.round_to(np.einsum("toi,toc->tic", mixb, g) + pre[..., None] * dy[:, None] + back
                    + kk[:, None, None] * xb, rows)
    df = h.round_to(h.read(dx, post), rows)
    k.out("%dpre", v1, (n,), np.einsum("tc,tic->ti", dy, xb), "sums")
    k.out("%dx", row, (n, c), dx, "rounded")
    k.out("%df", single, (c,), df, "rounded twice")
    k.out("%dpost", v1, (n,), np.einsum("toc,tc->to", dx, f), "sums")
    k.out("%dR", v2, (n, n), np.einsum("toc,tic->toi", dx, x), "sums")
    k.out("%dphi", total, (m, n, c), np.einsum("tj,tic->jic", dm, xb), "total", tokens=False)
    k.out("%dw", f"!mhc.total<{c}x{rows}>", (c,), df.sum(0), "total", tokens=False)
    k.out("%dmt", f"!mhc.total<{m}x{k.e}>", (m,), dm.sum(0), "total", tokens=False)
    return k


def aggregate_kernel(rows, t, n, c):
    d, k = Data(7, rows), Kernel("aggregate", rows, c)
    x, pre = d.row(t, n, c), d.coefficients(t, n)
    k.row("x", x), k.coefficients("pre", pre)
    k.body += [f"%o = mhc.sweep over {c} (%c = %x : !mhc.row<{n}x{c}x{rows}>) -> (!mhc.row<{c}x{rows}>) {{",
               f"  %v = mhc.aggregate %c, %pre : ({col(n, rows)}, {vec((n,), k.e)}) -> {rows}",
               f"  mhc.exit row(%v : {rows})", "}"]
    k.out("%o", f"!mhc.row<{c}x{rows}>", (c,), h.read(x, pre), "rows")
    return k


def project_kernel(rows, t, n, c):
    d, k = Data(8, rows), Kernel("project", rows, c)
    m = n * (n + 2)
    x, phi = d.row(t, n, c), d.coefficients(m, n * c, scale=(n * c) ** -0.5)
    k.row("x", x), k.weight("phi", phi, n)
    column = col(n, rows)
    k.body += [f"%m, %ss = mhc.sweep over {c} (%x1 = %x : !mhc.row<{n}x{c}x{rows}>) -> ({vec((m,), k.e)}, {k.e}) {{",
               f"  %q = mhc.inner whole %x1, %x1 : ({column}, {column}) -> {k.e}",
               f"  mhc.exit project(%x1 by %phi : {column}, !mhc.weight<{m}x{n}x{c}x{k.e}>), sum(%q : {k.e})", "}"]
    v = x.reshape(len(x), -1)
    k.out("%m", vec((m,), k.e), (m,), v @ phi.T, "sums"), k.out("%ss", k.e, (), (v * v).sum(-1), "sums")
    return k


def each(rows, t, n, c):
    """Products of each stream by itself, as in hyper-connections, forwards and backwards."""
    d, k = Data(4, rows), Kernel("each", rows, c)
    m = n + 2
    x, w = d.row(t, n, c), d.row(c)
    phi, dm = d.coefficients(m, c, scale=c ** -0.5), d.coefficients(t, n, m)
    k.row("xa", x), k.row("w", w, tokens=False), k.coefficients("dm", dm)
    k.weight("phi", phi)
    row, column, v1 = f"!mhc.row<{n}x{c}x{rows}>", col(n, rows), vec((n,), k.e)
    vm, weight, total = vec((n, m), k.e), f"!mhc.weight<{m}x{c}x{k.e}>", f"!mhc.total<{m}x{c}x{k.e}>"
    k.body += [
        f"%p, %ss, %dphi, %dx, %wx = mhc.sweep over {c} (%x = %xa : {row}, %v = %w : !mhc.row<{c}x{rows}>) "
        f"-> ({vm}, {v1}, {total}, {row}, {row}) {{",
        f"  %q = mhc.inner each %x, %x : ({column}, {column}) -> {v1}",
        f"  %b = mhc.backproject each %dm by %phi : ({vm}, {weight}) -> {column}",
        f"  %u = vector.broadcast %v : {rows} to {column}",
        f"  %y = arith.mulf %u, %x : {column}",
        f"  %z = arith.addf %y, %u : {column}",
        f"  mhc.exit project(%x by %phi : {column}, {weight}), sum(%q : {v1}), outer(%dm by %x : {vm}, {column}), "
        f"row(%b : {column}), row(%z : {column})", "}"]
    xw = h.round_to(x * w, rows) if rows in ("bf16", "f16", "f32") else x * w
    k.out("%p", vm, (n, m), np.einsum("jc,tic->tij", phi, x), "sums")
    k.out("%ss", v1, (n,), (x * x).sum(-1), "sums")
    k.out("%dphi", total, (m, c), np.einsum("tij,tic->jc", dm, x), "total", tokens=False)
    k.out("%dx", row, (n, c), np.einsum("tij,jc->tic", dm, phi), "rows")
    k.out("%wx", row, (n, c), h.round_to(xw + w, rows), "exact")
    return k


def local_rows(rows, t, n, c):
    """A row that stays in the kernel, and ops on vectors between sweeps."""
    d, k = Data(5, rows), Kernel("local_rows", rows, c)
    x, w = d.row(t, n, c), d.coefficients(n)
    k.row("xa", x), k.coefficients("w", w, tokens=False)
    row, column, v1, single = f"!mhc.row<{n}x{c}x{rows}>", col(n, rows), vec((n,), k.e), f"!mhc.row<{c}x{rows}>"
    k.body += [
        f"%z, %ss = mhc.sweep over {c} (%x = %xa : {row}) -> ({single}, {k.e}) {{",
        f"  %v = mhc.aggregate %x, %w : ({column}, {v1}) -> {rows}",
        (f"  %u = arith.extf %v : {rows} to {k.e}" if rows in ("bf16", "f16")
         else f"  %u = arith.addf %v, %zero : {rows}"),
        f"  %q = arith.mulf %u, %u : {k.e}", f"  mhc.exit row(%v : {rows}), sum(%q : {k.e})", "}",
        f"%rs = mhc.rstd %ss {{count = {c} : i64, eps = 1.0e-6 : f64}} : {k.e}",
        f"%e = math.exp %rs : {k.e}", f"%th = math.tanh %rs : {k.e}",
        f"%two = vector.from_elements %e, %th : {vec((2,), k.e)}",
        f"%m = vector.multi_reduction <maximumf>, %two, %e [0] : {vec((2,), k.e)} to {k.e}",
        f"%o = mhc.sweep over {c} (%v = %z : {single}) -> ({single}) {{",
        f"  %s = mhc.combine (%v scaled %rs : {rows}, {k.e}) -> {rows}",
        f"  mhc.exit row(%s : {rows})", "}"]
    if rows not in ("bf16", "f16"):
        k.body.insert(0, f"%zero = arith.constant 0.0 : {rows}")
    z = h.round_to(h.read(x, w), rows)
    rs = 1 / np.sqrt((z * z).mean(-1) + EPS)
    k.out("%o", single, (c,), z * rs[:, None], "after rounding")
    k.out("%two", vec((2,), k.e), (2,), np.stack([np.exp(rs), np.tanh(rs)], -1), "after rounding coefficients")
    k.out("%m", k.e, (), np.exp(rs), "after rounding coefficients")
    return k


def differentiate(f, x, d, step=1e-5):
    """The gradient of <d, f(x)> by central differences; axis 0 of x are tokens."""
    gradient = np.zeros_like(x)
    for place in np.ndindex(x.shape[1:]):
        shifted = [x.copy(), x.copy()]
        for s, sign in zip(shifted, (1, -1)):
            s[(slice(None), *place)] += sign * step
        slope = (f(shifted[0]) - f(shifted[1])) / (2 * step)
        gradient[(slice(None), *place)] = (slope * d).reshape(len(x), -1).sum(-1)
    return gradient


def token_ops(rows, t, n, c):
    """The ops of the token's program, and their gradients."""
    d, k = Data(6, rows), Kernel("token_ops", rows, c)
    m = n * (n + 2)
    hh, s, b = d.coefficients(t, m), d.coefficients(3), d.coefficients(m)
    dpre, dpost, dres = d.coefficients(t, n), d.coefficients(t, n), d.coefficients(t, n, n)
    ht, bt, q = d.coefficients(t, n, n + 2), d.coefficients(n, n + 2), np.abs(d.coefficients(t))
    for name, a in (("h", hh), ("dpre", dpre), ("dpost", dpost), ("dres", dres), ("ht", ht), ("q", q)):
        k.coefficients(name, a)
    for name, a in (("s", s), ("b", b), ("bt", bt)):
        k.coefficients(name, a, tokens=False)
    e, v1, v2, vm, v3, vt = k.e, vec((n,), k.e), vec((n, n), k.e), vec((m,), k.e), vec((3,), k.e), vec((n, n + 2), k.e)
    gates = "#mhc.gates<pre_eps = 1.0e-6, post_mult = 2.0>"
    tanh = "#mhc.gates<activation = tanh>"
    starts = {"v4": "#v4_sinkhorn", "exp": "#mhc.sinkhorn<iterations = 5, eps = 1.0e-3, start = exp, order = rows_columns>",
              "one": "#mhc.sinkhorn<iterations = 1, eps = 1.0e-6, start = softmax>",
              "none": "#mhc.sinkhorn<iterations = 0, eps = 0.0, start = exp>"}
    k.body += [coefficients_of_h(k, n, 3),
               f"%dh, %ds, %db = mhc.gates_grad {gates} %h, %s, %b, %dpre, %dpost, %dres "
               f": ({vm}, {v3}, {vm}, {v1}, {v1}, {v2}) -> ({vm}, {v3}, {vm})",
               f"%p, %o, %r = mhc.gates {tanh} %ht, %s, %bt : ({vt}, {v3}, {vt}) -> ({v1}, {v1}, {v2})",
               f"%dht, %dst, %dbt = mhc.gates_grad {tanh} %ht, %s, %bt, %dpre, %dpost, %dres "
               f": ({vt}, {v3}, {vt}, {v1}, {v1}, {v2}) -> ({vt}, {v3}, {vt})",
               f"%step = mhc.sinkhorn_step columns %S_v4 {{eps = 1.0e-6 : f64}} : {v2}",
               f"%dstep = mhc.sinkhorn_step_grad rows %S_v4, %dres {{eps = 1.0e-6 : f64}} : {v2}",
               f"%rstd = mhc.rstd %q {{count = 7 : i64, eps = 1.0e-6 : f64}} : {e}",
               f"%drstd = mhc.rstd_grad %rstd, %q {{count = 7 : i64}} : {e}"]
    for name, convention in starts.items():
        k.body.insert(1, f"%S_{name} = mhc.sinkhorn {convention} %logits : {v2}")
        k.body.append(f"%D_{name} = mhc.sinkhorn_grad {convention} %logits, %dres : {v2}")
    group = np.repeat(np.arange(3), [n, n, n * n])

    def sigmoid_gates(hh, s, b):
        cc = s[group] * hh + b
        return np.concatenate([h.sigmoid(cc[:, :n]) + 1e-6, 2 * h.sigmoid(cc[:, n:2 * n]), cc[:, 2 * n:]], -1)

    columns = np.repeat([0, 1, 2], [1, 1, n])

    def tanh_gates(ht):
        return s[columns] * np.tanh(ht) + bt

    def exp_rows_first(x):
        x = np.exp(x)
        for _ in range(5):
            x = x / (x.sum(-1, keepdims=True) + 1e-3)
            x = x / (x.sum(-2, keepdims=True) + 1e-3)
        return x

    dm = np.concatenate([dpre, dpost, dres.reshape(t, -1)], -1)
    dt = np.concatenate([dpre[:, :, None], dpost[:, :, None], dres], -1)
    out = sigmoid_gates(hh, s, b)
    logits = out[:, 2 * n:].reshape(t, n, n)
    sinkhorns = {"v4": h.sinkhorn, "exp": exp_rows_first, "one": lambda x: h.sinkhorn(x, iterations=1), "none": np.exp}
    k.out("%pre", v1, (n,), out[:, :n], "sums"), k.out("%post", v1, (n,), out[:, n:2 * n], "sums")
    db = differentiate(lambda x: sigmoid_gates(x, np.ones(3), 0 * b), s[group] * hh + b, dm)
    k.out("%db", vm, (m,), db, "gradient")
    k.out("%dh", vm, (m,), db * s[group], "gradient")
    k.out("%ds", v3, (3,), np.stack([(db * hh)[:, group == i].sum(-1) for i in range(3)], -1), "gradient")
    k.out("%r", v2, (n, n), tanh_gates(ht)[:, :, 2:], "sums"), k.out("%p", v1, (n,), tanh_gates(ht)[:, :, 0], "sums")
    k.out("%dht", vt, (n, n + 2), differentiate(tanh_gates, ht, dt), "gradient")
    k.out("%dbt", vt, (n, n + 2), dt, "gradient")
    k.out("%dst", v3, (3,), np.stack([(dt * np.tanh(ht))[:, :, columns == i].sum((1, 2)) for i in range(3)], -1), "gradient")
    for name, f in sinkhorns.items():
        k.out(f"%S_{name}", v2, (n, n), f(logits), "sums")
        k.out(f"%D_{name}", v2, (n, n), differentiate(f, logits, dres), "gradient")
    start = h.sinkhorn(logits)
    k.out("%step", v2, (n, n), start / (start.sum(-2, keepdims=True) + 1e-6), "sums")
    k.out("%dstep", v2, (n, n), differentiate(lambda x: x / (x.sum(-1, keepdims=True) + 1e-6), start, dres), "gradient")
    rstd = 1 / np.sqrt(q / 7 + 1e-6)
    k.out("%drstd", e, (), -0.5 / 7 * rstd ** 3 * q, "gradient")
    return k


KERNELS = (combine_kernel, aggregate_kernel, project_kernel, forward_boundary, backward, each, local_rows, token_ops)


def check_errors(check, kernel, got, what):
    # A row that is rounded inside the kernel may round to a neighbour of the exact one.
    ulp = h.ROW_LIMIT[kernel.rows]
    for (value, _, _, _, _), exact, result, kind in zip(kernel.outs, kernel.exact, got, kernel.kinds):
        if exact.size == 0:
            check(result.size == 0 and result.shape == exact.shape, f"{what} {value}: shape")
            continue
        narrow = kernel.rows in ("bf16", "f16")
        wide = 1e-12 if kernel.rows == "f64" else 4e-6
        if kind == "exact":
            check((result == exact).all(), f"{what} {value}: bits")
            continue
        if kind in ("rows", "rounded", "rounded twice", "after rounding"):
            error, limit = h.row_error(result, exact), max(h.row_limit(kernel.rows, 8), wide)
            if kind == "rounded twice":
                limit *= 2
        elif kind == "gradient":
            # Of the terms that are added, which are about 1, and may cancel.
            error, limit = np.abs(result - exact).max() / max(np.abs(exact).max(), 1.0), 4e-6
        else:
            # Sums feel that neighbours differ by an ulp here and there.
            limit = wide * 4 + (ulp / 4 if narrow and kind != "total" else 0)
            if kind == "total" and narrow:
                limit = ulp
            error = np.abs(result - exact).max() / max(np.abs(exact).max(), 1e-30)
        check(error <= limit, f"{what} {value}: error {error:.1e}, limit {limit:.1e}")


def main(types):
    """MHC_FULL in the environment: many shapes and numbers of tokens, not a few."""
    full = bool(os.environ.get("MHC_FULL"))
    check = h.Checks()
    if len(types) > 1 and types[1] not in h.ROW_LIMIT:
        globals()["KERNELS"] = [globals()[types.pop(1)]]
    for rows in types:
        shapes = ((4, 33), (3, 31), (4, 1000))
        if rows == "f32" and full:
            shapes = ((4, 64), (1, 1), (2, 7), (3, 31), (4, 33), (5, 40), (4, 1000), (16, 96))
        if not full:
            shapes = {"bf16": ((4, 33), (4, 1000)), "f32": ((4, 33), (3, 31))}.get(rows, ((4, 33),))
        for make in KERNELS if rows in ("f32", "f64") else KERNELS[:-1]:
            for n, c in shapes:
                counts = (100, 17, 9, 8, 3, 1, 0) if (n, c) == (4, 33) else (17, 0)
                if not full:
                    counts = (100, 17, 0) if (n, c) == (4, 33) else (17,)
                    if rows == "f16":
                        counts = (100,)
                whole = make(rows, max(counts), n, c)
                text = whole.text()
                kept = None
                for t in counts:
                    arrays = [a[-t or len(a):] if "<?" in i[1] else a for a, i in zip(whole.arrays, whole.ins)]
                    what = f"{rows} {whole.name} n {n} hidden {c} tokens {t}"
                    got = h.cpu(text, arrays)
                    for threads in ((1, 3, 7) if full else (7,)) if t == 100 else ():
                        os.environ["OMP_NUM_THREADS"] = str(threads)
                        same = all(np.array_equal(a, b) for a, b in zip(got, h.cpu(text, arrays)))
                        check(same, f"{what}: the same bits with {threads} threads")
                    os.environ.pop("OMP_NUM_THREADS", None)
                    if kept is None:
                        check_errors(check, whole, got, what)
                        kept = got
                    for (value, _, _, _, tokens), a, b in zip(whole.outs, kept, got):
                        if tokens:
                            check(np.array_equal(a[len(a) - t:], b), f"{what} {value}: the same bits")
                        elif t == 0:
                            check(b.shape == a.shape and not b.any(), f"{what} {value}: zeros")
    check.done()


if __name__ == "__main__":
    main(sys.argv[1:] or ["bf16", "f16", "f32", "f64"])
