#!/usr/bin/env python3
"""The gradients of the golden cases: mhc-differentiate, then mhc-run.

The programs are those of golden.py: with model ops, and with row and token ops. The
golden loss also adds up what the sublayers read, y, times numbers: in the program of model
ops the sublayer is a call that names its own gradient, which adds them.
@model_gradient, @model_forward with @model_backward, and @unfused_gradient run on the
reference and on a device.

    golden_gradients.py --mhc-opt TOOL --mhc-run TOOL [--device cpu|emulator] [--rows bf16,f16,f32,f64 | --rotate K] [CASE ...]

Limits are those of docs/Numerics.md; the reference is within 1e-10 of the largest
gradient. Prints a line a case and type; exit code 1 if a limit is broken.
"""
import json
import pathlib
import re
import subprocess
import sys
import tempfile

import numpy as np

import golden
from golden import GOLDEN, ROW_LIMIT, tensor


class InjectedProgram(golden.Program):
    """A program whose sublayers are calls, and the functions that these call."""

    def __init__(self, case, arrays, rows):
        super().__init__(case, arrays, rows)
        self.functions = []

    def sublayer(self, y, t, l, indent="  "):
        row, gain = tensor((t, self.c), self.rows), f"fgain{l}" in self.arrays
        key = "grad_y" if "grad_y" in self.arrays else f"grad_y{l}"
        dy = self.argument(key, self.rows)
        w = self.argument(f"fgain{l}", self.coef) if gain else self.argument("f", self.rows)
        kind, types = self.types[w], f"({row}, {self.types[w]}, {row})"
        self.functions.append(f"func.func private @sublayer{l}(%y: {row}, %gain: {kind}, %dy: {row}) -> {row} "
                              f"attributes {{mhc.gradient = @sublayer{l}_gradient}} {{")
        body = golden.Program(self.s, self.arrays, self.rows)
        body.types = {"%y": row, "%dy": row, "%gain": kind, "%d": row}
        f = body.scaled("%y", "%gain", t) if gain else "%gain"
        self.functions += [*body.lines, f"  return {f} : {row}", "}"]

        # (y, w, dy, gradient of f) -> gradients of y, w, dy.
        body.lines = []
        zero = body.fresh(f"arith.constant dense<0.0> : {row}", (t, self.c), self.rows)
        if gain:
            scaled = body.scaled("%d", "%gain", t)
            both = body.fresh(f"mhc.combine ({scaled} : {row}), (%dy : {row}) -> {row}", (t, self.c), self.rows)
            results = [both, self.sum_products(body, t), zero]
        else:
            results = ["%dy", "%d", zero]
        self.functions += [f"func.func private @sublayer{l}_gradient(%y: {row}, %gain: {kind}, %dy: {row}, %d: {row}) -> {types} {{",
                           *body.lines, f"  return {', '.join(results)} : {types[1:-1]}", "}"]
        return self.fresh(f"func.call @sublayer{l}({y}, {w}, {dy}) : {types} -> {row}", (t, self.c), self.rows)

    def sum_products(self, body, t):
        """The gradient of the gain: d * y, summed over tokens."""
        sums = tensor((self.c,), self.coef)
        zeros = body.fresh(f"arith.constant dense<0.0> : {sums}", (self.c,), self.coef)
        extend = (lambda v: [f"%w{v} = arith.extf %{v} : {self.rows} to {self.coef}"]) if self.rows != self.coef else (
            lambda v: [f"%w{v} = arith.addf %{v}, %zero : {self.coef}"])
        zero = [] if self.rows != self.coef else [f"%zero = arith.constant 0.0 : {self.coef}"]
        lines = [*zero, *extend("a"), *extend("b"), f"%p = arith.mulf %wa, %wb : {self.coef}",
                 f"%s = arith.addf %o, %p : {self.coef}", f"linalg.yield %s : {self.coef}"]
        row = body.types["%y"]
        return body.fresh(
            "linalg.generic {indexing_maps = [affine_map<(t, c) -> (t, c)>, affine_map<(t, c) -> (t, c)>, "
            "affine_map<(t, c) -> (c)>], iterator_types = [\"reduction\", \"parallel\"]} "
            f"ins(%y, %d : {row}, {row}) outs({zeros} : {sums}) {{\n"
            f"  ^bb0(%a: {self.rows}, %b: {self.rows}, %o: {self.coef}):\n    " + "\n    ".join(lines)
            + f"\n  }} -> {sums}", (self.c,), self.coef)


def call(name, operands, types, results, lines):
    ssa = f"%r{len(lines)}"
    lines.append(f"  {ssa}{f':{len(results)}' if len(results) > 1 else ''} = call @{name}({', '.join(operands)}) : "
                 f"({', '.join(types)}) -> ({', '.join(results)})")
    return [f"{ssa}#{i}" for i in range(len(results))] if len(results) > 1 else [ssa]


def module(opt, case, arrays, rows):
    """The module of a case, the keys of its entry's arguments, and (way, key) of its results."""
    model = golden.model(case, arrays, rows, InjectedProgram)
    # A delayed connection of row ops does not return its last pre, which the loss reads.
    unfused = None if case.get("delayed") else golden.unfused(case, arrays, rows)
    programs = {"model": model} | ({"unfused": unfused} if unfused else {})
    text = "\n".join([model.variants(), *model.functions, *(p.text(name) for name, p in programs.items())])
    done = subprocess.run([opt, "-", f"--mhc-differentiate=function={','.join(programs)}"], input=text,
                          capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"mhc-opt --mhc-differentiate\nexit code {done.returncode}\n{done.stderr}\n{text}")
    out = done.stdout
    kept = re.search(r"@model_forward\(.*?\) -> (.*?) \{$", out, re.M)[1]
    kept = re.findall(r"tensor<[^>]*>", kept)[len(model.results):]

    arguments, lines, results, keys = {}, [], [], []

    def argument(name, kind):
        arguments[name] = kind
        return name

    for name, p in programs.items():
        primal = [argument(a, t) for a, _, t in p.arguments]
        types = [t for _, _, t in p.arguments]
        upstream = [argument(f"%grad_{key}", p.types[v]) for v, key in p.results]
        up_types = [p.types[v] for v, _ in p.results]
        ways = [(f"{name}_gradient", call(f"{name}_gradient", primal + upstream, types + up_types, types, lines))]
        if name == "model":
            saved = call("model_forward", primal, types, [p.types[v] for v, _ in p.results] + kept, lines)
            saved = saved[len(p.results):]
            ways.append(("model_backward", call("model_backward", saved + upstream, kept + up_types, types, lines)))
        for way, values in ways:
            for (_, key, kind), value in zip(p.arguments, values):
                if f"grad_of_{key}" in arrays:
                    results.append((way, key))
                    keys.append((value, kind))
    entry = [f"func.func @main({', '.join(f'{a}: {t}' for a, t in arguments.items())}) -> ({', '.join(t for _, t in keys)}) {{",
             *lines, f"  return {', '.join(v for v, _ in keys)} : {', '.join(t for _, t in keys)}", "}"]
    return out[:out.rstrip().rfind("}")] + "\n".join(entry) + "\n}\n", [a[1:] for a in arguments], results


def is_exact(arrays, rows):
    """Whether rows of f16 hold the golden inputs: these are bf16 numbers, and the smallest are subnormal in f16."""
    inputs = [a for key, a in arrays.items() if key in ("x", "f") or key.startswith(("grad_out", "grad_y"))]
    return rows != "f16" or all(np.array_equal(a.astype(np.float16), a) for a in inputs)


def error_of(key, got, want, rows, device, size, exact=True, chained=False):
    if got.shape != want.shape:
        return np.inf, 0.0
    if device == "reference":
        return np.abs(got - want).max() / np.abs(want).max(), 1e-10 if exact else 1e-8
    if key in ("x", "f"):
        rms = np.sqrt((want * want).mean(-1, keepdims=True))
        error = np.abs(got - want) / np.maximum(np.abs(want), rms)
        return error.max(), ROW_LIMIT[rows] * (max(1.0, size / 4) if rows == "f32" else 1.0)
    # Held to the largest gradient, which is at most the largest sum of magnitudes. Where a row in between is
    # rounded to f16, one of its few elements may fall on the other side.
    limit = (1e-12 if rows == "f64" else 1e-5) * max(1.0, size / 4)
    if chained and rows == "f16":
        limit = max(limit, ROW_LIMIT[rows] / 16)
    return np.abs(got - want).max() / np.abs(want).max(), limit


def check(opt, tool, name, rows, scratch, device):
    case = json.loads((GOLDEN / name / "case.json").read_text())
    arrays = {p.stem: np.load(p) for p in (GOLDEN / name).glob("*.npy")}
    text, keys, results = module(opt, case, arrays, rows)
    with tempfile.TemporaryDirectory(dir=scratch) as folder:
        folder, files = pathlib.Path(folder), []
        for key in keys:
            path = GOLDEN / name / f"{key}.npy"
            if key not in arrays:  # Coefficients that the loss does not read.
                path = folder / f"{key}.npy"
                np.save(path, np.zeros(arrays[key.removeprefix("grad_")].shape))
            files.append(path)
        run = lambda *flags: golden.execute(tool, text, files, ["--device", *flags], folder)
        exact, rounded, found = run("reference"), run("reference", "--round"), run(*device)
    size, worst, failures = golden.logit_size(case, arrays), 0.0, []
    how = dict(exact=is_exact(arrays, rows), chained=case.get("connections", 1) > 1 or "fgain0" in arrays)
    for (way, key), a, b, c in zip(results, exact, rounded, found, strict=True):
        for where, got, want in (("reference", a, arrays[f"grad_of_{key}"]), (device[0], c.astype(np.float64), b)):
            error, limit = error_of(key, got, want, rows, where, size, **how)
            worst = max(worst, error / limit)
            if not error <= limit:
                failures.append(f"{way} {where} {key}: error {error:.2e}, limit {limit:.2e}")
    print(f"{name} {rows}: {'FAIL ' + '; '.join(failures) if failures else 'ok'} (worst {worst:.2f} of its limit)",
          flush=True)
    return not failures


if __name__ == "__main__":
    golden.run(lambda options, name, rows, device: check(options.mhc_opt, options.mhc_run, name, rows, options.scratch,
                                                         device), __doc__, "gradients")
