#!/usr/bin/env python3
"""Compares the functions of mhc-differentiate with central differences.

    central_differences.py MHC_OPT MHC_RUN FILE.mlir [KEY=VALUE ...]

Every program of FILE (separated by `// -----`) has one public function, on f64. A
module with it, @f_gradient, @f_forward and @f_backward runs once on the reference:
the function at points around random arguments (a five-point stencil, argument by
argument, along a random direction), and its gradients by both ways. Comments
in a program, or KEY=VALUE, change how:

    // TOKENS: 5          the dynamic sizes (3)
    // SPREAD: 0.3        the standard deviation of the arguments (1)
    // POSITIVE           arguments are drawn from 0.5 .. 1.5
    // INTEGERS: 4        integers are drawn below this (4)
    // LIMIT: 1e-7        of the sum of the magnitudes of the terms (1e-8)
    // FORWARD            the function itself cannot be run: @f_forward is run in its place
"""
import pathlib
import re
import subprocess
import sys
import tempfile

import numpy as np

STENCIL = {-2: 1 / 12, -1: -2 / 3, 1: 2 / 3, 2: -1 / 12}
STEP = 1e-3
INTEGERS = {"i1": np.int8, "i32": np.int32, "i64": np.int64}


def run(command, text=None):
    done = subprocess.run([str(c) for c in command], input=text, capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"{' '.join(map(str, command))}\nexit code {done.returncode}\n{done.stderr}\n{text or ''}")
    return done.stdout


def signature(module, name):
    """The argument and result types of a function, as mhc-opt prints it."""
    line = re.search(r"func\.func (?:private )?@" + name + r"\((.*?)\) -> (.*?) (?:attributes .*)?\{$", module, re.M)
    if not line:
        sys.exit(f"no function {name} in\n{module}")
    arguments = re.findall(r"%\w+: (tensor<[^>]*>|\w+)", line[1])
    return arguments, re.findall(r"tensor<[^>]*>|\w+", line[2])


def is_float(kind):
    return re.search(r"(f64|f32|bf16|f16)>?$", kind) is not None


def draw(kind, option, random):
    *dims, element = kind.removeprefix("tensor<").removesuffix(">").split("x")
    shape = [int(option.get("TOKENS", 3)) if d == "?" else int(d) for d in dims]
    if element in INTEGERS:
        return random.integers(0, int(option.get("INTEGERS", 4)), shape).astype(INTEGERS[element])
    if "POSITIVE" in option:
        return random.uniform(0.5, 1.5, shape)
    return float(option.get("SPREAD", 1)) * random.standard_normal(shape)


def check(opt, runner, text, given, folder):
    option = given | dict((m[0], m[1]) for m in re.findall(r"^// ([A-Z]+)(?:: (\S+))?$", text, re.M))
    module = run([opt, "-", "--mhc-differentiate"], text)
    forward = re.findall(r"func\.func (?:private )?@(\w+)_gradient\(", module)
    name = re.search(r"func\.func @(\w+)\(", text)[1]
    assert name in forward, (name, forward)
    arguments, results = signature(module, name)
    _, kept = signature(module, name + "_forward")
    kept = kept[len(results):]
    random = np.random.default_rng(1)
    values = [draw(kind, option, random) for kind in arguments]
    floats = [i for i, kind in enumerate(arguments) if is_float(kind)]
    directions = {i: random.standard_normal(values[i].shape) for i in floats}

    # One entry that calls everything.
    entry, inputs, lines, outputs = [], [], [], []

    def argument(kind, value):
        entry.append(f"%a{len(entry)}: {kind}")
        inputs.append(value)
        return entry[-1].split(":")[0]

    def call(function, operands, kinds, types):
        ssa = f"%r{len(lines)}"
        lines.append(f"  {ssa}{f':{len(types)}' if len(types) > 1 else ''} = func.call @{function}({', '.join(operands)}) : "
                     f"({', '.join(kinds)}) -> ({', '.join(types)})")
        return [f"{ssa}#{i}" for i in range(len(types))] if len(types) > 1 else [ssa]

    base = [argument(kind, value) for kind, value in zip(arguments, values)]
    points = {}
    for i in floats:
        for step in STENCIL:
            moved = argument(arguments[i], values[i] + step * STEP * directions[i])
            points[i, step] = len(outputs)
            at = base[:i] + [moved] + base[i + 1:]
            values_at = (call(name + "_forward", at, arguments, results + kept)[:len(results)] if "FORWARD" in option
                         else call(name, at, arguments, results))
            outputs += zip(values_at, results)
    shapes = [draw(kind, option, random).shape for kind in results]
    weights = [np.random.default_rng(2 + k).standard_normal(shape) if is_float(kind) else None
               for k, (kind, shape) in enumerate(zip(results, shapes))]
    gradients_in = [argument(kind, w) for kind, w in zip(results, weights) if w is not None]
    in_types = [kind for kind in results if is_float(kind)]
    out_types = [arguments[i] for i in floats]
    ways = {"gradient": call(name + "_gradient", base + gradients_in, arguments + in_types, out_types)}
    saved = call(name + "_forward", base, arguments, results + kept)[len(results):]
    ways["backward"] = call(name + "_backward", saved + gradients_in, kept + in_types, out_types)
    starts = {}
    for way, ssa in ways.items():
        starts[way] = len(outputs)
        outputs += zip(ssa, out_types)
    main = [f"func.func @central_differences({', '.join(entry)}) -> ({', '.join(t for _, t in outputs)}) {{", *lines,
            f"  return {', '.join(v for v, _ in outputs)} : {', '.join(t for _, t in outputs)}", "}"]
    source = folder / "program.mlir"
    if "FORWARD" in option:
        module = re.sub(r"  func\.func @" + name + r"\(.*?\n  }\n", "", module, flags=re.S)
    source.write_text(module[:module.rstrip().rfind("}")] + "\n".join(main) + "\n}\n")
    files = []
    for k, value in enumerate(inputs):
        np.save(folder / f"in{k}.npy", value)
        files.append(f"--arg={folder / f'in{k}.npy'}")
    out = folder / "out"
    run([runner, source, "--entry", "central_differences", "--device", "reference", "--out", out, *files])
    got = [np.load(out / f"{k}.npy").astype(np.float64) for k in range(len(outputs))]

    worst = 0.0
    for k, i in enumerate(floats):
        want = 0.0
        for step, factor in STENCIL.items():
            start = points[i, step]
            want += factor / STEP * sum((w * got[start + j]).sum() for j, w in enumerate(weights) if w is not None)
        size = max(sum(np.abs(got[starts["gradient"] + k] * directions[i]).ravel()), 1e-3)
        for way, start in starts.items():
            gradient = got[start + k]
            if gradient.shape != values[i].shape:
                sys.exit(f"{name} {way}: gradient {k} has shape {gradient.shape}, not {values[i].shape}")
            error = abs((gradient * directions[i]).sum() - want) / size
            worst = max(worst, error)
            if not error <= float(option.get("LIMIT", 1e-8)):
                sys.exit(f"{name} {way}, argument {i}: got {(gradient * directions[i]).sum()}, "
                         f"central differences {want}, error {error:.2e}\n{module}")
    print(f"{name}: {len(floats)} gradients, worst error {worst:.1e}", flush=True)


def main():
    opt, runner, path, *given = sys.argv[1:]
    source = re.sub(r"^// CHECK.*\n", "", open(path).read(), flags=re.M)
    programs = [p for p in re.split(r"^// -----$", source, flags=re.M) if "func.func" in p]
    for text in programs:
        with tempfile.TemporaryDirectory() as folder:
            check(opt, runner, text, dict(g.split("=") for g in given), pathlib.Path(folder))
    print(f"{len(programs)} programs agree with central differences")


if __name__ == "__main__":
    main()
