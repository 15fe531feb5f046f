#!/usr/bin/env python3
"""A chain of half steps that cannot be fused, one that is, and numpy: the same numbers.

For every start value, order, n and type a function returns the chain twice. The first
returns its start value too: that second use keeps it as it is. Of the second nothing but
the end is read, so the pipeline makes one mhc.sinkhorn of it, which is checked. An eps that f32
holds or that is small: the chain's softmax adds a constant of f32, on the reference too.

    sinkhorn_chains.py MHC_OPT MHC_RUN
"""
import pathlib
import subprocess
import sys
import tempfile

import numpy as np

TOKENS = 3


def chain(name, start, axes, eps, type_):
    """Lines from `%{name}s`, the start value, to the name of the end."""
    lines, value = [], start
    for i, axis in enumerate(axes):
        lines.append(f"  %{name}{i} = mhc.sinkhorn_step {axis} {value} {{eps = {eps:e} : f64}} : {type_}")
        value = f"%{name}{i}"
    return lines, value


def start_value(kind, name, eps, n, type_):
    if kind == "exp":
        return [f"  %{name}s = math.exp %logits : {type_}"]
    if kind == "softmax":
        return [f"  %{name}e = tensor.empty() : {type_}",
                f"  %{name}p = linalg.softmax dimension(2) ins(%logits : {type_}) outs(%{name}e : {type_}) -> {type_}",
                f"  %{name}c = arith.constant dense<{eps:e}> : {type_}",
                f"  %{name}s = arith.addf %{name}p, %{name}c : {type_}"]
    convention = {"sinkhorn_exp": "start = exp", "sinkhorn_softmax": "start = softmax"}[kind]
    return [f"  %{name}s = mhc.sinkhorn #mhc.sinkhorn<iterations = 1, eps = {eps:e}, {convention}> %logits : {type_}"]


def expected(kind, logits, axes, eps):
    x = logits.astype(np.float64)
    if kind.endswith("softmax"):
        x = np.exp(x - x.max(-1, keepdims=True))
        x = x / x.sum(-1, keepdims=True) + eps
    else:
        x = np.exp(x)
    done = {"sinkhorn_exp": ["columns", "rows"], "sinkhorn_softmax": ["columns"]}.get(kind, [])
    for axis in done + axes:
        x = x / (x.sum(-1 if axis == "rows" else -2, keepdims=True) + eps)
    return x


def main():
    mhc_opt, mhc_run = sys.argv[1:]
    cases, text, wrong = [], [], 0
    for element in ("f32", "f64"):
        functions = []
        for n in (1, 3, 4, 16) if element == "f32" else (2, 5, 8):
            for kind, axes, eps in (("exp", ["columns", "rows"] * 3, 0.0), ("exp", ["rows", "columns"] * 2, 2.0 ** -7),
                                    ("softmax", ["columns", "rows"] * 2 + ["columns"], 1e-6),
                                    ("softmax", ["columns"], 2.0 ** -7),
                                    ("sinkhorn_exp", ["columns", "rows"], 2.0 ** -7),
                                    ("sinkhorn_softmax", ["rows", "columns"] * 2, 1e-6)):
                functions.append((n, kind, axes, eps))
        cases.append((element, functions))
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        count = 0
        for element, functions in cases:
            arguments, lines, results, types = [], [], [], []
            values = []
            for k, (n, kind, axes, eps) in enumerate(functions):
                type_ = f"tensor<{TOKENS}x{n}x{n}x{element}>"
                arguments.append(f"%l{k}: {type_}")
                logits = np.random.default_rng(k).standard_normal((TOKENS, n, n)) * 2
                logits = logits.astype(np.float32 if element == "f32" else np.float64)
                values.append(logits)
                np.save(folder / f"{k}.npy", logits)
                for name in (f"u{k}_", f"f{k}_"):
                    lines += [line.replace("%logits", f"%l{k}") for line in start_value(kind, name, eps, n, type_)]
                    steps, end = chain(name, f"%{name}s", axes, eps, type_)
                    lines += steps
                    results.append(end)
                    types.append(type_)
                results.append(f"%u{k}_s")
                types.append(type_)
            text = "\n".join([f"func.func @f({', '.join(arguments)}) -> ({', '.join(types)}) {{", *lines,
                              f"  return {', '.join(results)} : {', '.join(types)}", "}", ""])
            (folder / "f.mlir").write_text(text)
            # One chain of each pair is fused, and one is not.
            fused = subprocess.run([mhc_opt, str(folder / "f.mlir"), "--mhc-fuse-sinkhorn", "--remarks-filter=mhc-fuse-sinkhorn"],
                                   capture_output=True, text=True, check=True).stderr
            made = fused.count("[Passed] SinkhornFused")
            kept = fused.count('[Missed] SinkhornMissed')
            if (made, kept) != (len(functions), len(functions)):
                print(f"{element}: expected {len(functions)} chains fused and as many left, got {made} and {kept}")
                wrong += 1
            for device in ("reference", "cpu"):
                out = folder / f"{element}-{device}"
                command = [mhc_run, str(folder / "f.mlir"), "--device", device, "--out", str(out)]
                for k in range(len(functions)):
                    command += ["--arg", str(folder / f"{k}.npy")]
                subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
                limit = 1e-12 if device == "reference" or element == "f64" else 2e-6
                for k, (n, kind, axes, eps) in enumerate(functions):
                    want = expected(kind, values[k], axes, eps)
                    unfused, one = (np.load(out / f"{3 * k + i}.npy").astype(np.float64) for i in range(2))
                    for what, error in (("unfused and fused", np.abs(unfused - one)), ("fused and numpy", np.abs(one - want))):
                        if not error.max() <= limit:
                            print(f"{element} {device} n {n} {kind} {axes} eps {eps}: {what} differ by {error.max():.3g}")
                            wrong += 1
                    count += 1
    print(f"{count} chains, {wrong} wrong")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
