"""What the tests of this folder share: running programs with mhc-run, the limits
of the numerics contract, and the formulas of the dialect in numpy's float64.

The formulas are written from the definitions, not from the lowering, and know
nothing of types: what they are held against is computed from the same inputs,
rounded to the type of the rows first.
"""
import pathlib
import shutil
import subprocess
import sys
import tempfile

import numpy as np

ROOT = pathlib.Path(__file__).resolve().parents[3]
ROW_LIMIT = {"bf16": 2.0 ** -8, "f16": 2.0 ** -10, "f32": 2e-6, "f64": 1e-12}

V4 = dict(iterations=20, eps=1e-6, start="softmax", layout="in_out", pre_eps=1e-6, post_mult=2.0)
PAPER = dict(iterations=20, eps=0.0, start="exp", layout="out_in", pre_eps=0.0, post_mult=2.0)
ALIASES = """\
#v4_sinkhorn = #mhc.sinkhorn<iterations = 20, eps = 1.0e-6, start = softmax>
#paper_sinkhorn = #mhc.sinkhorn<iterations = 20, eps = 0.0, start = exp>
#v4 = #mhc.variant<mhc, layout = in_out, gates = <pre_eps = 1.0e-6, post_mult = 2.0>, sinkhorn = #v4_sinkhorn>
#paper = #mhc.variant<mhc, layout = out_in, gates = <post_mult = 2.0>, sinkhorn = #paper_sinkhorn>
#hc = #mhc.variant<hc>
"""


# Running


def run(program, arguments, *flags, entry=None, fails=False):
    """The results of a program (text, or a path) for arguments (arrays, or specs)."""
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        source = program
        if not isinstance(program, pathlib.Path):
            source = folder / "program.mlir"
            source.write_text(program)
        command = ["mhc-run", str(source), *flags, "--out", str(folder / "out")]
        if entry:
            command += ["--entry", entry]
        for i, argument in enumerate(arguments):
            if not isinstance(argument, str):
                np.save(folder / f"{i}.npy", np.ascontiguousarray(argument))
                argument = str(folder / f"{i}.npy")
            command.append(f"--arg={argument}")
        done = subprocess.run(command, capture_output=True, text=True, errors="replace")
        if fails:
            if done.returncode != 1 or (folder / "out").exists():
                sys.exit(f"expected a failed run, got exit code {done.returncode}\n{done.stdout}{done.stderr}")
            return done.stderr
        if done.returncode:
            kept = pathlib.Path(tempfile.mkdtemp()) / source.name
            shutil.copy(source, kept)
            sys.exit(f"{' '.join(command)}\nexit code {done.returncode}, program in {kept}\n{done.stderr[:4000]}")
        count = len(list((folder / "out").glob("*.npy")))
        return [np.load(folder / "out" / f"{i}.npy") for i in range(count)]


def cpu(program, arguments, *flags, **options):
    return run(program, arguments, "--device=cpu", *flags, **options)


def reference(program, arguments, *flags, **options):
    return run(program, arguments, "--device=reference", *flags, **options)


def emulator(program, arguments, *flags, **options):
    return run(program, arguments, "--device=emulator", *flags, **options)


class Checks:
    """Conditions, of which all are looked at before the test fails."""

    def __init__(self):
        self.failed = 0

    def __call__(self, holds, what):
        print(f"{'ok  ' if holds else 'FAIL'} {what}", flush=True)
        self.failed += not holds

    def done(self):
        sys.exit(f"{self.failed} checks failed" if self.failed else 0)


# Types and limits


def coefficients_of(rows):
    return "f64" if rows == "f64" else "f32"


def tensor(shape, element):
    return "tensor<" + "".join(f"{'?' if d is None else d}x" for d in shape) + element + ">"


def round_to(values, element):
    """The values, rounded once to nearest even, as float64."""
    values = np.asarray(values, np.float64)
    with np.errstate(over="ignore", invalid="ignore"):
        if element in ("f16", "f32"):
            return values.astype({"f16": np.float16, "f32": np.float32}[element]).astype(np.float64)
        if element == "f64":
            return values
        # bf16: 8 bits of significand. Far from subnormals here.
        fraction, exponent = np.frexp(values)
        return np.where(np.isfinite(values), np.ldexp(np.rint(np.ldexp(fraction, 8)), exponent - 8), values)


def row_error(got, exact, axes=-1):
    """The largest error, of max(|exact|, root mean square of the row)."""
    if got.shape != exact.shape:
        return np.inf
    if exact.size == 0:
        return 0.0
    rms = np.sqrt((exact * exact).mean(axes, keepdims=True))
    scale = np.maximum(np.abs(exact), rms)
    error = np.abs(got.astype(np.float64) - exact)
    return np.where(error == 0, 0.0, error / np.where(scale == 0, 1.0, scale)).max()


def row_limit(rows, logits=0.0):
    """The contract's limit; f32 rows feel the coefficients, whose error grows with the logits."""
    return ROW_LIMIT[rows] * (max(1.0, logits / 4) if rows == "f32" else 1.0)


# The formulas


def sigmoid(x):
    with np.errstate(over="ignore"):
        return 1 / (1 + np.exp(-x))


def sinkhorn(logits, iterations=20, eps=1e-6, start="softmax", **_):
    with np.errstate(invalid="ignore", over="ignore", divide="ignore"):
        columns = lambda m: m / (m.sum(-2, keepdims=True) + eps)
        rows = lambda m: m / (m.sum(-1, keepdims=True) + eps)
        if start == "softmax":
            m = np.exp(logits - logits.max(-1, keepdims=True))
            m = m / m.sum(-1, keepdims=True) + eps
            for i in range(iterations):
                m = columns(rows(m) if i else m)
            return m
        m = np.exp(logits)
        for _ in range(iterations):
            m = rows(columns(m))
        return m


def mhc_coefficients(x, phi, scale, base, variant, norm_eps=1e-6):
    """pre, post, R [out, in] of an mHC connection, and the largest |c|. Of a head: pre."""
    n = x.shape[-2]
    v = x.reshape(*x.shape[:-2], -1)
    with np.errstate(invalid="ignore", over="ignore", divide="ignore"):
        h = v @ phi.T / np.sqrt((v * v).mean(-1, keepdims=True) + norm_eps)
        group = np.repeat(np.arange(3), [n, n, n * n])[: len(base)]
        c = scale[group] * h + base
        size = np.abs(c[np.isfinite(c)]).max(initial=0.0)
        pre = sigmoid(c[..., :n]) + variant["pre_eps"]
        if len(base) == n:
            return pre, size
        post = variant["post_mult"] * sigmoid(c[..., n : 2 * n])
        mixing = sinkhorn(c[..., 2 * n :].reshape(*c.shape[:-1], n, n), **variant)
    return pre, post, np.swapaxes(mixing, -1, -2) if variant["layout"] == "in_out" else mixing, size


def hc_coefficients(x, phi, scale, base, norm_eps=1e-6):
    """The same of an HC connection."""
    n = x.shape[-2]
    with np.errstate(invalid="ignore", over="ignore", divide="ignore"):
        u = x / np.sqrt((x * x).mean(-1, keepdims=True) + norm_eps)
        c = scale[np.repeat([0, 1, 2], [1, 1, n])] * np.tanh(u @ phi.T) + base
    return c[..., 0], c[..., 1], np.swapaxes(c[..., 2:], -1, -2), 1.0


def read(x, pre):
    with np.errstate(invalid="ignore", over="ignore"):
        return (pre[..., None] * x).sum(-2)


def write(x, f, post, mixing):
    with np.errstate(invalid="ignore", over="ignore"):
        return post[..., None] * f[..., None, :] + (mixing[..., None] * x[..., None, :, :]).sum(-2)


def weights(random, kind, n, c, deviation=1.0):
    """phi, scale and base, as f32, whose logits have about this standard deviation."""
    if kind == "hc":
        phi, scale, base = random.normal(size=(n + 2, c)) / np.sqrt(c), random.normal(size=3), np.full((n, n + 2), 0.3)
    else:
        m = n if kind == "head" else n * (n + 2)
        phi, scale = random.normal(size=(m, n * c)) / np.sqrt(n * c), np.full(1 if kind == "head" else 3, deviation)
        base = random.normal(size=m) * deviation / 2
    return [round_to(a, "f32") for a in (phi, scale, base)]


# Programs


def connection(name, variant, tokens, n, c, rows, shapes, f=False, delayed=False):
    """A private function with one connection. F is the identity, in the type of the coefficients so that
    nothing is rounded between x and the result; or, with `f`, a row that is an argument."""
    e = coefficients_of(rows)
    x, y = tensor((*tokens, n, c), rows), tensor((*tokens, c), rows if f else e)
    pre = tensor((*tokens, n), e)
    types = {k: tensor(s, e) for k, s in zip(("phi", "scale", "base"), shapes)}
    arguments = f"%x: {x}" + (f", %f: {y}" if f else "") + (f", %pre_in: {pre}" if delayed else "")
    arguments += "".join(f", %{k}: {t}" for k, t in types.items())
    operands = "".join(f" {k} %{k}" for k in types) + (" pre_in %pre_in" if delayed else "")
    inputs = ", ".join([x, *types.values()] + ([pre] if delayed else []))
    results = f"({x}, {pre})" if delayed else x
    values, out = ("%out, %pre", f"%out, %pre : {x}, {pre}") if delayed else ("%out", f"%out : {x}")
    return f"""\
func.func private @{name}({arguments}) -> {results} {{
  {values} = mhc.connection {variant} %x{operands} : ({inputs}) -> {results} sublayer(%y: {y}) {{
    mhc.yield {'%f' if f else '%y'} : {y}
  }}
  return {out}
}}
"""


class Entry:
    """The one public function of a program, made of calls of private ones."""

    def __init__(self):
        self.parameters, self.arrays, self.lines, self.results, self.count = [], [], [], [], 0

    def argument(self, array, type):
        name = f"%a{len(self.parameters)}"
        self.parameters.append(f"{name}: {type}")
        self.arrays.append(array)
        return name, type

    def call(self, callee, arguments, types):
        names = [f"%r{self.count + i}" for i in range(len(types))]
        self.count += len(types)
        self.lines.append(f"  {', '.join(names)} = call @{callee}({', '.join(n for n, _ in arguments)}) : "
                          f"({', '.join(t for _, t in arguments)}) -> ({', '.join(types)})")
        self.results += list(zip(names, types))

    def text(self):
        return (f"func.func @main({', '.join(self.parameters)}) -> ({', '.join(t for _, t in self.results)}) {{\n"
                + "\n".join(self.lines) + f"\n  return {', '.join(n for n, _ in self.results)} : "
                f"{', '.join(t for _, t in self.results)}\n}}\n")
