#!/usr/bin/env python3
"""Random programs of single row and token ops, run by mhc-run and held against numpy in float64.

Every op is written here once more, from the formulas of the dialect reference. Each
program is one function with many ops, one result an op; its arguments are random,
already rounded to the types of the program, so that all that differs is how the op
computes. On the reference a result may differ by 1e-12 of the largest sum of
magnitudes, on the CPU by what its type may lose.

    row_ops_numeric.py MHC_RUN [--seed N] [--programs N] [--ops N]
"""
import argparse
import pathlib
import subprocess
import sys
import tempfile

import numpy as np

UNIT = {"bf16": 2.0 ** -8, "f16": 2.0 ** -11, "f32": 2.0 ** -24, "f64": 2.0 ** -53}


def round_to(array, element):
    """Nearest even, as float64."""
    if element == "f64":
        return array
    if element == "f32":
        return array.astype(np.float32).astype(np.float64)
    if element == "f16":
        return array.astype(np.float16).astype(np.float64)
    bits = array.astype(np.float32).view(np.uint32).astype(np.uint64)
    bits = ((bits + 0x7FFF + ((bits >> 16) & 1)) >> 16) << 16
    return bits.astype(np.uint32).view(np.float32).astype(np.float64)


def tensor(shape, element):
    return "tensor<" + "".join(("?" if d is None else str(d)) + "x" for d in shape) + element + ">"


class Program:
    """One function: arguments, ops, and for each result its value and its scale."""

    def __init__(self, rng):
        self.rng = rng
        self.tokens = [[], [0], [1], [3], [2, 3], [2, 0, 2], [1, 2, 2]][rng.integers(7)]
        # A size of zero is dynamic; pending-gates-no-tokens.mlir has the static one.
        self.dynamic = [rng.random() < 0.5 or t == 0 for t in self.tokens]
        self.n = int(rng.integers(1, 17))
        self.c = int(rng.choice([1, 3, 5, 7, 33]))
        self.f64 = rng.random() < 0.3
        self.coef = "f64" if self.f64 else "f32"
        self.arguments, self.lines, self.results, self.log = [], [], [], []

    def row_type(self):
        return "f64" if self.f64 else str(self.rng.choice(["bf16", "f16", "f32"]))

    def weight_type(self):
        return str(self.rng.choice(["bf16", "f16", "f32"] + ["f64"] * self.f64))

    def shape(self, trailing, with_tokens=True):
        """The type's and the value's shape of a tensor with the token dimensions."""
        if not with_tokens:
            return list(trailing), list(trailing)
        written = [None if d else t for d, t in zip(self.dynamic, self.tokens)]
        return written + list(trailing), self.tokens + list(trailing)

    def argument(self, trailing, element, with_tokens=True, scale=1.0, positive=False):
        written, shape = self.shape(trailing, with_tokens)
        value = self.rng.standard_normal(shape) * scale
        if positive:
            value = np.abs(value) + 0.1
        value = round_to(value, element)
        name = f"%a{len(self.arguments)}"
        self.arguments.append((name, tensor(written, element), value, element))
        return name, tensor(written, element), value

    def row(self, streams=True, element=None):
        return self.argument([self.n, self.c] if streams else [self.c], element or self.row_type())

    def coefficients(self, trailing, may_be_static=True, **kwargs):
        static = may_be_static and self.rng.random() < 0.3
        return self.argument(trailing, self.coef, with_tokens=not static, **kwargs)

    def op(self, text, results):
        """`results`: (trailing, element, value, magnitude, steps), steps the roundings in the coefficients' type."""
        names = [f"%r{len(self.results) + i}" for i in range(len(results))]
        self.lines.append("  " + ", ".join(names) + " = " + text)
        for name, (written, element, value, magnitude, steps) in zip(names, results):
            self.results.append((name, tensor(written, element), element, np.asarray(value),
                                 np.asarray(magnitude), steps, text.split(" (")[0]))

    def long_sum(self, terms):
        """The roundings of a sum over hidden or tokens: it is accumulated in f64."""
        return 1 + (terms if self.f64 else 0)

    def typed(self, *types):
        return "(" + ", ".join(types) + ")"

    # One method an op. Each computes in float64 from the formulas.

    def expand(self):
        x, xt, xv = self.row(streams=False)
        element = self.row_type()
        written, _ = self.shape([self.n, self.c])
        value = np.repeat(xv[..., None, :], self.n, axis=-2)
        self.op(f"mhc.expand {x} : {xt} to {tensor(written, element)}", [(written, element, value, np.abs(value), 0)])

    def reduce_streams(self):
        x, xt, xv = self.row()
        kind, element = str(self.rng.choice(["sum", "mean"])), self.row_type()
        written, _ = self.shape([self.c])
        factor = 1.0 if kind == "sum" else 1.0 / self.n
        self.op(f"mhc.reduce_streams {kind} {x} : {xt} to {tensor(written, element)}",
                [(written, element, xv.sum(-2) * factor, np.abs(xv).sum(-2) * factor, self.n)])

    def aggregate(self):
        x, xt, xv = self.row()
        p, pt, pv = self.coefficients([self.n])
        element = self.row_type()
        written, _ = self.shape([self.c])
        terms = pv[..., :, None] * xv
        self.op(f"mhc.aggregate {x}, {p} : ({xt}, {pt}) -> {tensor(written, element)}",
                [(written, element, terms.sum(-2), np.abs(terms).sum(-2), self.n)])

    def combine(self):
        terms, value, magnitude, steps = [], 0.0, 0.0, 0
        with_streams = self.rng.random() < 0.8
        out = [self.n, self.c] if with_streams else [self.c]
        for _ in range(int(self.rng.integers(1, 5))):
            kind = str(self.rng.choice(["row", "plain", "scaled", "scaled_streams", "row_by", "by", "transposed"]))
            if not with_streams and kind not in ("row", "plain", "scaled"):
                kind = "row"
            parts, count = None, 1
            if kind == "row":
                f, ft, fv = self.row(streams=False)
                parts = fv[..., None, :] if with_streams else fv
                parts = parts[None]
                text = f"({f} : {ft})"
            elif kind == "row_by":
                f, ft, fv = self.row(streams=False)
                k, kt, kv = self.coefficients([self.n])
                parts = (kv[..., :, None] * fv[..., None, :])[None]
                text = f"({f} by {k} : {ft}, {kt})"
            elif kind in ("plain", "scaled", "scaled_streams"):
                x, xt, xv = self.row(streams=with_streams)
                text = f"({x} : {xt})"
                parts = xv[None]
                if kind == "scaled":
                    k, kt, kv = self.coefficients([])
                    parts = (kv.reshape(kv.shape + (1,) * len(out)) * xv)[None]
                elif kind == "scaled_streams":
                    k, kt, kv = self.coefficients([self.n], may_be_static=False)
                    parts = (kv[..., None] * xv)[None]
                if kind != "plain":
                    text = f"({x} scaled {k} : {xt}, {kt})"
            else:
                # The streams that are read may be of another number than those that are written.
                i = int(self.rng.integers(1, 17)) if self.rng.random() < 0.3 else self.n
                x, xt, xv = self.argument([i, self.c], self.row_type())
                k, kt, kv = self.coefficients([self.n, i] if kind == "by" else [i, self.n])
                matrix = kv if kind == "by" else np.swapaxes(kv, -1, -2)
                parts = np.stack([matrix[..., :, j, None] * xv[..., None, j, :] for j in range(i)])
                count = i
                text = f"({x} by {k}{' transposed' if kind == 'transposed' else ''} : {xt}, {kt})"
            terms.append(text)
            value = value + parts.sum(0)
            magnitude = magnitude + np.abs(parts).sum(0)
            steps += count
        element = self.row_type()
        written, shape = self.shape(out)
        self.op(f"mhc.combine {', '.join(terms)} -> {tensor(written, element)}",
                [(written, element, np.broadcast_to(value, shape), np.broadcast_to(magnitude, shape), steps)])

    def inner(self):
        kind = str(self.rng.choice(["pairs", "each", "whole"]))
        if kind == "pairs":
            sides, trailing = [], []
            for _ in range(2):
                p = int(self.rng.integers(1, 17)) if self.rng.random() < 0.7 else None
                sides.append(self.argument([self.c] if p is None else [p, self.c], self.row_type()))
                trailing.append(p)
            (a, at, av), (b, bt, bv) = sides
            av = av if trailing[0] else av[..., None, :]
            bv = bv if trailing[1] else bv[..., None, :]
            value = np.einsum("...pc,...qc->...pq", av, bv)
            magnitude = np.einsum("...pc,...qc->...pq", np.abs(av), np.abs(bv))
            trailing = [p for p in trailing if p]
            written, shape = self.shape(trailing)
            value, magnitude = value.reshape(shape), magnitude.reshape(shape)
            text = f"mhc.inner {a}, {b}"
        else:
            streams = kind == "each" or self.rng.random() < 0.8
            (a, at, av), (b, bt, bv) = self.row(streams), self.row(streams)
            axes = (-1,) if kind == "each" or not streams else (-1, -2)
            value, magnitude = (av * bv).sum(axes), np.abs(av * bv).sum(axes)
            written, _ = self.shape([self.n] if kind == "each" else [])
            text = f"mhc.inner {kind} {a}, {b}"
        self.op(f"{text} : ({at}, {bt}) -> {tensor(written, self.coef)}",
                [(written, self.coef, value, magnitude, self.long_sum(self.n * self.c))])

    def phi(self, m, columns):
        """phi, a norm weight or none, and phi as the op reads it."""
        f, ft, fv = self.argument([m, columns], self.weight_type(), with_tokens=False)
        if self.rng.random() < 0.6:
            return f, "", [ft], fv
        w, wt, wv = self.argument([columns], self.weight_type(), with_tokens=False)
        # Not rounded: on the reference every cast is an identity, and the CPU's limit holds the rounding.
        return f, f" norm_weight {w}", [ft, wt], fv * wv

    def precision(self):
        kind = str(self.rng.choice(["", "bf16x3", "bf16x2", "tf32", "f32"]))
        return f" precision {kind}" if kind else ""

    def project(self):
        each, m = self.rng.random() < 0.5, int(self.rng.integers(1, 9))
        streams = each or self.rng.random() < 0.7
        x, xt, xv = self.row(streams)
        columns = self.c if each or not streams else self.n * self.c
        f, weight, types, fv = self.phi(m, columns)
        rows = xv if each or not streams else xv.reshape(self.tokens + [columns])
        written, _ = self.shape([self.n, m] if each else [m])
        self.op(f"mhc.project {'each ' if each else ''}{x} by {f}{weight}{self.precision()}"
                f" : {self.typed(xt, *types)} -> {tensor(written, self.coef)}",
                [(written, self.coef, rows @ fv.T, np.abs(rows) @ np.abs(fv.T), 1 + self.long_sum(columns))])

    def backproject(self):
        each, m = self.rng.random() < 0.5, int(self.rng.integers(1, 9))
        streams = each or self.rng.random() < 0.7
        columns = self.c if each or not streams else self.n * self.c
        d, dt, dv = self.argument([self.n, m] if each else [m], self.coef)
        f, weight, types, fv = self.phi(m, columns)
        element = self.row_type()
        written, shape = self.shape([self.n, self.c] if streams else [self.c])
        value, magnitude = (dv @ fv).reshape(shape), (np.abs(dv) @ np.abs(fv)).reshape(shape)
        self.op(f"mhc.backproject {'each ' if each else ''}{d} by {f}{weight}{self.precision()}"
                f" : {self.typed(dt, *types)} -> {tensor(written, element)}",
                [(written, element, value, magnitude, m + 1)])

    def outer(self):
        each, m = self.rng.random() < 0.5, int(self.rng.integers(1, 9))
        streams = each or self.rng.random() < 0.7
        x, xt, xv = self.row(streams)
        d, dt, dv = self.argument([self.n, m] if each else [m], self.coef)
        columns = self.c if each or not streams else self.n * self.c
        count = int(np.prod(self.tokens)) * (self.n if each else 1)
        left, right = dv.reshape(count, m), xv.reshape(count, columns)
        self.op(f"mhc.outer {'each ' if each else ''}{d} by {x}{self.precision()}"
                f" : {self.typed(dt, xt)} -> {tensor([m, columns], self.coef)}",
                [([m, columns], self.coef, left.T @ right, np.abs(left.T) @ np.abs(right),
                  self.long_sum(count))])

    def rstd(self):
        trailing = [] if self.rng.random() < 0.5 else [self.n]
        s, st, sv = self.argument(trailing, self.coef, positive=True)
        count, eps = int(self.rng.integers(1, 70000)), float(self.rng.choice([0.0, 1e-6, 1e-3]))
        value = 1.0 / np.sqrt(sv / count + eps)
        written, _ = self.shape(trailing)
        self.op(f"mhc.rstd {s} {{count = {count} : i64, eps = {eps:e} : f64}} : {st}",
                [(written, self.coef, value, value, 4)])

    def gates(self):
        n = self.n
        if self.rng.random() < 0.3:
            h, ht, hv = self.argument([n, n + 2], self.coef)
            s, st, sv = self.argument([3], self.weight_type(), with_tokens=False)
            b, bt, bv = self.argument([n, n + 2], self.weight_type(), with_tokens=False)
            scale = np.concatenate([sv[:1], sv[1:2], np.repeat(sv[2:], n)])
            c = scale * np.tanh(hv) + bv
            size = np.abs(scale * np.tanh(hv)) + np.abs(bv)
            groups = [(c[..., 0], size[..., 0], [n]), (c[..., 1], size[..., 1], [n]), (c[..., 2:], size[..., 2:], [n, n])]
            attribute = "#mhc.gates<activation = tanh>"
        else:
            m = [n, 2 * n, n * (n + 2)][self.rng.integers(3)]
            eps, mult = float(self.rng.choice([0.0, 1e-6, 0.25])), float(self.rng.choice([1.0, 2.0, -0.3]))
            h, ht, hv = self.argument([m], self.coef)
            s, st, sv = self.argument([1 if m == n else 3], self.weight_type(), with_tokens=False)
            b, bt, bv = self.argument([m], self.weight_type(), with_tokens=False)
            sizes = [n, n, n * n][: 1 if m == n else 2 if m == 2 * n else 3]
            scale = np.concatenate([np.full(k, sv[i]) for i, k in enumerate(sizes)])
            c = scale * hv + bv
            # An error of c moves a sigmoid by a quarter of it at most.
            size = 1.0 + np.abs(scale * hv) + np.abs(bv)
            gate = 1.0 / (1.0 + np.exp(-c))
            groups = [(gate[..., :n] + eps, size[..., :n], [n])]
            if m > n:
                groups.append((mult * gate[..., n:2 * n], abs(mult) * size[..., n:2 * n], [n]))
            if m > 2 * n:
                shape = self.tokens + [n, n]
                groups.append((c[..., 2 * n:].reshape(shape), size[..., 2 * n:].reshape(shape), [n, n]))
            attribute = f"#mhc.gates<pre_eps = {eps:e}, post_mult = {mult:e}>"
        results = [(self.shape(trailing)[0], self.coef, value, size, 8) for value, size, trailing in groups]
        types = ", ".join(tensor(r[0], self.coef) for r in results)
        self.op(f"mhc.gates {attribute} {h}, {s}, {b} : ({ht}, {st}, {bt}) -> ({types})", results)

    def sinkhorn(self):
        n, rng = self.n, self.rng
        start = str(rng.choice(["softmax", "exp"]))
        order = str(rng.choice(["columns_rows", "rows_columns"])) if start == "exp" else "columns_rows"
        iterations, eps = int(rng.choice([0, 1, 2, 3, 20])), float(rng.choice([0.0, 1e-6, 1e-2]))
        l, lt, lv = self.argument([n, n], self.coef)

        def step(x, axis):
            return x / (x.sum(-1 if axis == "rows" else -2, keepdims=True) + eps)

        if start == "softmax":
            e = np.exp(lv - lv.max(-1, keepdims=True))
            x = e / e.sum(-1, keepdims=True) + eps
            axes = (["columns", "rows"] * iterations)[: max(0, 2 * iterations - 1)]
        else:
            x = np.exp(lv)
            axes = order.split("_") * iterations
        for axis in axes:
            x = step(x, axis)
        attribute = f"#mhc.sinkhorn<iterations = {iterations}, eps = {eps:e}, start = {start}"
        attribute += f", order = {order}>" if start == "exp" else ">"
        written, _ = self.shape([n, n])
        self.op(f"mhc.sinkhorn {attribute} {l} : {lt}", [(written, self.coef, x, np.abs(x), 8 + 4 * (len(axes) + n))])

    def sinkhorn_step(self):
        x, xt, xv = self.argument([self.n, self.n], self.coef, positive=True)
        axis, eps = str(self.rng.choice(["rows", "columns"])), float(self.rng.choice([0.0, 1e-6, 0.3]))
        value = xv / (xv.sum(-1 if axis == "rows" else -2, keepdims=True) + eps)
        written, _ = self.shape([self.n, self.n])
        self.op(f"mhc.sinkhorn_step {axis} {x} {{eps = {eps:e} : f64}} : {xt}",
                [(written, self.coef, value, np.abs(value), self.n + 2)])

    OPS = [expand, reduce_streams, aggregate, combine, combine, inner, inner, project, backproject, outer, rstd, gates,
           sinkhorn, sinkhorn_step]

    def text(self):
        arguments = ", ".join(f"{name}: {type_}" for name, type_, _, _ in self.arguments)
        names = ", ".join(r[0] for r in self.results)
        types = ", ".join(r[1] for r in self.results)
        return "\n".join([f"func.func @f({arguments}) -> ({types}) {{", *self.lines,
                          f"  return {names} : {types}", "}", ""])


def check(program, device, folder):
    """The number of results that are not within their limits, which it prints."""
    wrong = 0
    for i, (_, type_, element, value, magnitude, steps, text) in enumerate(program.results):
        got = np.load(folder / f"{i}.npy").astype(np.float64)
        if got.shape != value.shape:
            print(f"{device}: {text}: expected shape {value.shape}, got {got.shape}")
            wrong += 1
            continue
        if device == "reference":
            limit = 1e-12 * magnitude
        else:
            limit = 2 * steps * UNIT[program.coef] * magnitude + UNIT[element] * np.abs(value) + 1e-30
            # What is below the smallest normal f16 is rounded to a multiple of the smallest number.
            limit = limit + (2.0 ** -25 if element == "f16" else 0.0)
        bad = ~(np.abs(got - value) <= limit)
        if bad.any():
            where = np.unravel_index(np.argmax(bad), bad.shape)
            print(f"{device}: {text} -> {type_} at {[int(k) for k in where]}: expected {value[where]!r}, "
                  f"got {got[where]!r}, limit {limit[where]:.2g}")
            wrong += 1
    return wrong


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("mhc_run")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--programs", type=int, default=14)
    parser.add_argument("--ops", type=int, default=20)
    options = parser.parse_args()
    count, wrong = 0, 0
    for index in range(options.programs):
        rng = np.random.default_rng([options.seed, index])
        program = Program(rng)
        # Every op once, then at random.
        kinds = list(Program.OPS) + [Program.OPS[k] for k in rng.integers(0, len(Program.OPS), options.ops)]
        for kind in kinds[: options.ops]:
            kind(program)
        with tempfile.TemporaryDirectory() as folder:
            folder = pathlib.Path(folder)
            (folder / "program.mlir").write_text(program.text())
            arguments = []
            for i, (_, _, value, element) in enumerate(program.arguments):
                np.save(folder / f"a{i}.npy", value if element == "f64" else value.astype(np.float32))
                arguments += ["--arg", str(folder / f"a{i}.npy")]
            for device in ("reference", "cpu"):
                out = folder / device
                run = subprocess.run([options.mhc_run, str(folder / "program.mlir"), "--device", device, *arguments,
                                      "--out", str(out)], capture_output=True, text=True)
                if run.returncode:
                    print(f"program {index}, {device}: exit code {run.returncode}\n{run.stderr}\n{program.text()}")
                    wrong += 1
                    continue
                failed = check(program, device, out)
                if failed:
                    print(f"  in program {index}")
                wrong += failed
        count += len(program.results)
    print(f"{count} results of {options.programs} programs, {wrong} wrong")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
