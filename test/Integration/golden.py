#!/usr/bin/env python3
"""The golden cases as programs, run by mhc-run and held against float64 values.

Every case of Golden/ is written twice: with model ops (mhc.connection, mhc.head,
mhc.expand, mhc.reduce_streams) and, connection by connection, with row and token
ops, so that y and the coefficients can be looked at. Both run on the reference
and on a device.

    golden.py --mhc-run TOOL [--device cpu|emulator] [--rows bf16,f16,f32,f64 | --rotate K] [CASE ...]

Limits are those of docs/Numerics.md. Prints a line a case and type; exit code 1
if a limit is broken.
"""
import argparse
import json
import pathlib
import subprocess
import sys
import tempfile

import numpy as np

GOLDEN = pathlib.Path(__file__).parent / "Golden"
ROW_LIMIT = {"bf16": 2.0 ** -8, "f16": 2.0 ** -10, "f32": 2e-6, "f64": 1e-12}


def tensor(shape, element):
    return "tensor<" + "".join(f"{d}x" for d in shape) + element + ">"


class Program:
    """The text of one function, grown line by line, and where its arguments come from."""

    def __init__(self, case, arrays, rows):
        self.s, self.arrays, self.rows = case, arrays, rows
        self.coef = "f64" if rows == "f64" else "f32"
        self.n, self.c = case["streams"], case["hidden"]
        self.arguments, self.lines, self.results, self.count = [], [], [], 0
        self.types = {}

    def fresh(self, text, shape, element, results=1):
        name = f"%v{self.count}"
        self.count += 1
        self.lines.append(f"  {name}{f':{results}' if results > 1 else ''} = {text}")
        self.types[name] = tensor(shape, element)
        return name

    def argument(self, key, element, shape=None):
        name = "%" + key
        if all(name != a for a, _, _ in self.arguments):
            self.types[name] = tensor(shape or self.arrays[key].shape, element)
            self.arguments.append((name, key, self.types[name]))
        return name

    def typed(self, *names):
        return "(" + ", ".join(self.types[n] for n in names) + ")"

    def result(self, name, key):
        self.results.append((name, key))

    def text(self, name):
        """A private function of the program."""
        arguments = ", ".join(f"{a}: {t}" for a, _, t in self.arguments)
        types = ", ".join(self.types[v] for v, _ in self.results)
        values = ", ".join(v for v, _ in self.results)
        return "\n".join([f"func.func private @{name}({arguments}) -> ({types}) {{", *self.lines,
                          f"  return {values} : {types}", "}"]) + "\n"

    def variants(self):
        s = self.s
        gates = f"pre_eps = {s['pre_eps']:e}, post_mult = {s['post_mult']:e}"
        self.sinkhorn = (f"#mhc.sinkhorn<iterations = {s['iterations']}, eps = {s['sinkhorn_eps']:e}, start = {s['start']}"
                         + (", order = rows_columns" if s.get("order") == "rows_columns" else "") + ">")
        kind = s.get("kind", "mhc")
        norm = f"norm = {s.get('norm', 'rms')}, norm_eps = {s['norm_eps']:e}"
        if kind == "residual":
            variant = "#mhc.variant<residual>"
        elif kind == "hc":
            variant = f"#mhc.variant<hc, {norm}>"
        elif kind == "head":
            variant = f"#mhc.variant<mhc, {norm}, gates = <{gates}>>"
        else:
            mixing = "" if s.get("mixing") == "identity" else f", layout = {s['layout']}, sinkhorn = {self.sinkhorn}"
            variant = f"#mhc.variant<mhc, {norm}, gates = <{gates}>{mixing}>"
        self.gates = f"#mhc.gates<{gates}>" if kind != "hc" else "#mhc.gates<activation = tanh>"
        return f"#variant = {variant}"

    # Pieces that both levels share.
    def start(self):
        s = self.s
        x = self.argument("x", self.rows)
        t = self.arrays["x"].shape[0]
        if s.get("expand"):
            x = self.fresh(f"mhc.expand {x} : {self.types[x]} to {tensor((t, self.n, self.c), self.rows)}",
                           (t, self.n, self.c), self.rows)
        return x, t

    def finish(self, x, t):
        if self.s.get("collapse"):
            out = tensor((t, self.c), self.rows)
            x = self.fresh(f"mhc.reduce_streams {self.s['collapse']} {x} : {self.types[x]} to {out}",
                           (t, self.c), self.rows)
        self.result(x, "out")

    def sublayer(self, y, t, l, indent="  "):
        """F: the given f, or fgain * y computed in the coefficients' type."""
        if f"fgain{l}" not in self.arrays:
            return self.argument("f", self.rows)
        return self.scaled(y, self.argument(f"fgain{l}", self.coef), t)

    def scaled(self, y, gain, t):
        """A row times a number for each column."""
        shape = (t, self.c)
        empty = self.fresh(f"tensor.empty() : {tensor(shape, self.rows)}", shape, self.rows)
        wide = {"f64": 64, "f32": 32}.get(self.rows, 16) == {"f64": 64, "f32": 32}[self.coef]
        body = ([f"%m = arith.mulf %a, %b : {self.coef}", f"linalg.yield %m : {self.rows}"] if wide else
                [f"%w = arith.extf %a : {self.rows} to {self.coef}", f"%m = arith.mulf %w, %b : {self.coef}",
                 f"%r = arith.truncf %m : {self.coef} to {self.rows}", f"linalg.yield %r : {self.rows}"])
        return self.fresh(
            "linalg.generic {indexing_maps = [affine_map<(t, c) -> (t, c)>, affine_map<(t, c) -> (c)>, "
            "affine_map<(t, c) -> (t, c)>], iterator_types = [\"parallel\", \"parallel\"]} "
            f"ins({y}, {gain} : {self.types[y]}, {self.types[gain]}) outs({empty} : {self.types[empty]}) {{\n"
            f"  ^bb0(%a: {self.rows}, %b: {self.coef}, %o: {self.rows}):\n    " + "\n    ".join(body)
            + f"\n  }} -> {self.types[empty]}", shape, self.rows)

    def weights(self, l):
        suffix = "" if "phi" in self.arrays or "base" in self.arrays else str(l)
        return {k: self.argument(k + suffix, self.coef) for k in ("phi", "scale", "base", "norm_weight")
                if k + suffix in self.arrays}


def model(case, arrays, rows, program=Program):
    """The program of model ops."""
    p = program(case, arrays, rows)
    p.variants()
    x, t = p.start()
    if case.get("kind") == "head":
        w = p.weights(0)
        y = p.fresh(f"mhc.head #variant {x} phi {w['phi']} scale {w['scale']} base {w['base']} : "
                    f"{p.typed(x, *w.values())} -> {tensor((t, p.c), rows)}", (t, p.c), rows)
        p.result(y, "y0")
        return p
    carried = p.argument("pre_in", p.coef) if case.get("delayed") else None
    for l in range(case.get("connections", 1)):
        w = p.weights(l)
        operands = "".join(f" {k} {v}" for k, v in w.items()) + (f" pre_in {carried}" if carried else "")
        names = [x, *w.values()] + ([carried] if carried else [])
        out, pre = tensor((t, p.n, p.c), rows), tensor((t, p.n), p.coef)
        types = f"{p.typed(*names)} -> " + (f"({out}, {pre})" if carried else out)
        y = f"%y{l}"
        p.types[y] = tensor((t, p.c), rows)
        outer, p.lines = p.lines, []
        f = p.sublayer(y, t, l)
        inner, p.lines = p.lines, outer
        v = p.fresh(f"mhc.connection #variant {x}{operands} : {types} sublayer({y}: {p.types[y]}) {{\n"
                    + "\n".join(inner) + f"\n    mhc.yield {f} : {p.types[f]}\n  }}", (t, p.n, p.c), rows,
                    2 if carried else 1)
        x = v
        if carried:
            p.types[v + "#0"], p.types[v + "#1"] = out, pre
            x, carried = v + "#0", v + "#1"
    p.finish(x, t)
    if carried:
        p.result(carried, "pre_out")
    return p


def unfused(case, arrays, rows):
    """The same program of row and token ops, with y and the coefficients as results."""
    p = Program(case, arrays, rows)
    p.variants()
    kind, n, c, e = case.get("kind", "mhc"), p.n, p.c, p.coef
    x, t = p.start()
    carried = p.argument("pre_in", e) if case.get("delayed") else None

    def normalised(x, w, m, each):
        group = (t, n) if each else (t,)
        ss = p.fresh(f"mhc.inner {'each' if each else 'whole'} {x}, {x} : {p.typed(x, x)} -> {tensor(group, e)}", group, e)
        rs = p.fresh(f"mhc.rstd {ss} {{count = {c if each else n * c} : i64, eps = {case['norm_eps']:e} : f64}} : "
                     f"{p.types[ss]}", group, e)
        shape = group + (m,)
        weight = f" norm_weight {w['norm_weight']}" if "norm_weight" in w else ""
        operands = [x, w["phi"]] + ([w["norm_weight"]] if weight else [])
        v = p.fresh(f"mhc.project {'each ' if each else ''}{x} by {w['phi']}{weight} : {p.typed(*operands)} -> "
                    f"{tensor(shape, e)}", shape, e)
        dims = ", ".join(f"d{i}" for i in range(len(shape)))
        lead = ", ".join(f"d{i}" for i in range(len(group)))
        empty = p.fresh(f"tensor.empty() : {tensor(shape, e)}", shape, e)
        full = f"affine_map<({dims}) -> ({dims})>"
        return p.fresh(
            f"linalg.generic {{indexing_maps = [{full}, affine_map<({dims}) -> ({lead})>, {full}], iterator_types = ["
            + ", ".join(['"parallel"'] * len(shape)) + f"]}} ins({v}, {rs} : {p.types[v]}, {p.types[rs]}) "
            f"outs({empty} : {p.types[empty]}) {{\n  ^bb0(%a: {e}, %b: {e}, %o: {e}):\n    %m = arith.mulf %b, %a : {e}\n"
            f"    linalg.yield %m : {e}\n  }} -> {p.types[empty]}", shape, e)

    def gates(h, w, groups):
        shapes = [(t, n), (t, n), (t, n, n)][:groups]
        v = p.fresh(f"mhc.gates {p.gates} {h}, {w['scale']}, {w['base']} : {p.typed(h, w['scale'], w['base'])} -> ("
                    + ", ".join(tensor(s, e) for s in shapes) + ")", (), e, groups)
        names = [f"{v}#{i}" for i in range(groups)] if groups > 1 else [v]
        for name, shape in zip(names, shapes):
            p.types[name] = tensor(shape, e)
        return names

    for l in range(case.get("connections", 1)):
        w = p.weights(l)
        pre = post = res = None
        by = "by"
        if kind == "head":
            pre, = gates(normalised(x, w, n, False), w, 1)
        elif kind == "mhc":
            pre, post, logits = gates(normalised(x, w, n * (n + 2), False), w, 3)
            if case.get("mixing") != "identity":
                res = p.fresh(f"mhc.sinkhorn {p.sinkhorn} {logits} : {p.types[logits]}", (t, n, n), e)
            transposed = case["layout"] == "in_out"
        elif kind == "hc" and "phi" in w:
            if case.get("norm") == "layer":
                return None  # The mean is a program of its own, which only the lowering writes.
            pre, post, res = gates(normalised(x, w, n + 2, True), w, 3)
            transposed = True
        elif kind == "hc":
            for i in range(2):
                v = p.fresh(f"tensor.extract_slice {w['base']}[0, {i}] [{n}, 1] [1, 1] : {p.types[w['base']]} to "
                            f"{tensor((n,), e)}", (n,), e)
                pre, post = (v, post) if i == 0 else (pre, v)
            res = p.fresh(f"tensor.extract_slice {w['base']}[0, 2] [{n}, {n}] [1, 1] : {p.types[w['base']]} to "
                          f"{tensor((n, n), e)}", (n, n), e)
            transposed = True
        read = carried or pre
        y_type = tensor((t, c), rows)
        if read:
            y = p.fresh(f"mhc.aggregate {x}, {read} : {p.typed(x, read)} -> {y_type}", (t, c), rows)
        else:
            y = p.fresh(f"mhc.reduce_streams sum {x} : {p.types[x]} to {y_type}", (t, c), rows)
        p.result(y, "y" if "y" in arrays else f"y{l}")
        carried = pre if carried else None
        if kind == "head":
            return p
        f = p.sublayer(y, t, l)
        terms = [f"({f} by {post} : {p.types[f]}, {p.types[post]})" if post else f"({f} : {p.types[f]})",
                 f"({x} by {res}{' transposed' if transposed else ''} : {p.types[x]}, {p.types[res]})" if res
                 else f"({x} : {p.types[x]})"]
        x = p.fresh(f"mhc.combine {', '.join(terms)} -> {tensor((t, n, c), rows)}", (t, n, c), rows)
        if "res" in arrays:
            p.result(pre, "pre"), p.result(post, "post"), p.result(res, "res")
    p.finish(x, t)
    return p


def execute(tool, text, arguments, device, folder):
    source = folder / "case.mlir"
    source.write_text(text)
    out = folder / "out"
    command = [tool, source, *device, "--out", out] + [f"--arg={a}" for a in arguments]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"{' '.join(map(str, command))}\nexit code {done.returncode}\n{done.stderr}\n{text}")
    return [np.load(out / f"{i}.npy") for i in range(len(list(out.glob("*.npy"))))]


def logit_size(case, arrays):
    """Largest |c| of the first connection, which the limits of coefficients grow with."""
    if case.get("kind", "mhc") not in ("mhc", "head"):
        return 1.0
    get = lambda k: arrays.get(k, arrays.get(k + "0"))
    x, phi = get("x").astype(np.float64), get("phi").astype(np.float64)
    if case.get("expand"):
        x = np.repeat(x[:, None], case["streams"], 1)
    v = x.reshape(x.shape[0], -1)
    n = case["streams"]
    scale = get("scale")[np.repeat([0, 1, 2], [n, n, n * n])] if len(get("base")) > n else get("scale")
    weight = get("norm_weight") if get("norm_weight") is not None else 1.0
    return np.abs(v @ (phi * weight).T / np.sqrt((v * v).mean(-1, keepdims=True)) * scale + get("base")).max()


def error_of(key, got, want, rows, device, size):
    """The error and its limit."""
    if got.shape != want.shape:
        return np.inf, 0.0
    if device == "reference":
        return np.abs(got - want).max() / np.abs(want).max(), 1e-12
    if key in ("pre", "post", "res", "pre_out"):
        limit = (1e-12 if rows == "f64" else 2e-6) * max(1.0, size / 4)
        return np.abs(got - want).max() / np.abs(want).max(), limit
    rms = np.sqrt((want * want).mean(-1, keepdims=True))
    error = np.abs(got - want) / np.maximum(np.abs(want), rms)
    return error.max(), ROW_LIMIT[rows] * (max(1.0, size / 4) if rows == "f32" else 1.0)


def together(programs):
    """One module that runs several programs, and the argument keys of its entry. Their equal ops are compiled once."""
    arguments = {a: t for p in programs.values() for a, _, t in p.arguments}
    keys = {a: key for p in programs.values() for a, key, _ in p.arguments}
    texts, calls, values, types = [next(iter(programs.values())).variants()], [], [], []
    for name, p in programs.items():
        texts.append(p.text(name))
        results = [p.types[v] for v, _ in p.results]
        calls.append(f"  %{name}{f':{len(results)}' if len(results) > 1 else ''} = call @{name}("
                     + ", ".join(a for a, _, _ in p.arguments) + ") : ("
                     + ", ".join(t for _, _, t in p.arguments) + ") -> (" + ", ".join(results) + ")")
        values += [f"%{name}#{i}" for i in range(len(results))] if len(results) > 1 else [f"%{name}"]
        types += results
    entry = [f"func.func @main({', '.join(f'{a}: {t}' for a, t in arguments.items())}) -> ({', '.join(types)}) {{",
             *calls, f"  return {', '.join(values)} : {', '.join(types)}", "}"]
    return "\n".join(texts + entry) + "\n", [keys[a] for a in arguments]


def check(tool, name, rows, folder, device):
    case = json.loads((GOLDEN / name / "case.json").read_text())
    arrays = {p.stem: np.load(p) for p in (GOLDEN / name).glob("*.npy")}
    programs = {make.__name__: make(case, arrays, rows) for make in (model, unfused)}
    programs = {key: p for key, p in programs.items() if p}
    text, keys = together(programs)
    results = [(key, result) for key, p in programs.items() for _, result in p.results]
    files = [GOLDEN / name / f"{key}.npy" for key in keys]
    with tempfile.TemporaryDirectory(dir=folder) as scratch:
        run = lambda *flags: execute(tool, text, files, ["--device", *flags], pathlib.Path(scratch))
        exact, found = run("reference"), run(*device)
        # Several connections round in between: held against a reference that does too.
        chained = case.get("connections", 1) > 1 or "fgain0" in arrays
        rounded = run("reference", "--round") if chained else exact
    size, worst, failures = logit_size(case, arrays), 0.0, []
    for (program, key), a, b, c in zip(results, exact, rounded, found, strict=True):
        for where, got, want in (("reference", a, arrays[key]), (device[0], c.astype(np.float64), b)):
            error, limit = error_of(key, got, want, rows, where, size)
            # Rows that are rounded in between may be rounded to neighbours.
            if where == "emulator" and chained and rows in ("bf16", "f16"):
                limit *= 2
            worst = max(worst, error / limit)
            if not error <= limit:
                failures.append(f"{program} {where} {key}: error {error:.2e}, limit {limit:.2e}")
    print(f"{name} {rows}: {'FAIL ' + '; '.join(failures) if failures else 'ok'} (worst {worst:.2f} of its limit)",
          flush=True)
    return not failures


def select(names, options):
    """(case, element type) of all programs to run."""
    types = options.rows.split(",")
    if options.rotate is None:
        return [(name, rows) for name in names for rows in types]
    order = {p.name: i for i, p in enumerate(sorted(p for p in GOLDEN.iterdir() if p.is_dir()))}
    return [(name, types[(order[pathlib.Path(name).name] + options.rotate) % len(types)]) for name in names]


def run(check, description, what):
    """The command line of both scripts: check(options, case, element type, flags of the device) says whether a case is
    within its limits. On the emulator there are two orders of lanes, warps and CTAs, and all checks."""
    parser = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--mhc-opt", default="mhc-opt")
    parser.add_argument("--mhc-run", default="mhc-run")
    parser.add_argument("--device", choices=("cpu", "emulator"), default="cpu")
    parser.add_argument("--rows", default="bf16,f16,f32,f64")
    parser.add_argument("--rotate", type=int, help="one type for each case, another one for each of K = 0, 1, 2, 3")
    parser.add_argument("--scratch", default=None, help="folder for temporary files")
    parser.add_argument("cases", nargs="*")
    options = parser.parse_args()
    names = options.cases or sorted(p.name for p in GOLDEN.iterdir() if p.is_dir())
    device = [options.device] + ["--orders=2"] * (options.device == "emulator")
    ok = [check(options, name, rows, device) for name, rows in select(names, options)]
    print(f"{sum(ok)} of {len(ok)} golden {what} within their limits")
    sys.exit(0 if ok and all(ok) else 1)


if __name__ == "__main__":
    run(lambda options, name, rows, device: check(options.mhc_run, name, rows, options.scratch, device), __doc__, "programs")
