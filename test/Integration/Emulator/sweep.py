#!/usr/bin/env python3
"""sweep.py [--seed N] [--count N | --full] [CASE ...]: parts of connections of every shape on the emulator.

A case is a part of a connection as mhc-compile --connection makes it, its forward, or its forward
and backward together, for some numbers of streams, columns and tokens, of some types. It runs on
the emulator, with all checks, in several orders, and is held against the reference that rounds where
the program does (mhc-run --device reference --round), within the limits of docs/Numerics.md.
Special cases hold inf or NaN in an argument: each number of the result is finite, inf
or NaN as the reference's is.

Without CASE: a sample of --count cases that are not large, by --seed; with --full or MHC_FULL in
the environment, cases in which all pairs of values of two keys occur.

    sweep.py streams=4,hidden=40,tokens=17,type=bf16,variant=paper,kernels=boundary,direction=both,precision=tf32
    sweep.py --list --full
"""
import argparse
import itertools
import os
import pathlib
import random
import re
import subprocess
import tempfile
import time

import numpy as np

import schedules as s
from schedules import h

AXES = {
    "streams": range(1, 17),
    "hidden": (1, 8, 40, 1000, 1280, 2560, 4096, 5120, 7168, 7680, 8192),
    "tokens": (0, 1, 2, 15, 16, 17, 63, 129),
    "type": ("bf16", "f16", "f32", "f64"),
    "variant": ("deepseek-v4", "deepseek-v4.1", "paper", "hc", "hc-static", "residual"),
    "kernels": ("pre", "combine", "boundary", "head", "expand"),
    "direction": ("forward", "both"),
    "precision": ("bf16x3", "bf16x2", "tf32", "f32"),
    "norm-weight": ("no", "yes"),
    "special": ("no", "inf", "nan"),
}
DEFAULTS = {"streams": 4, "hidden": 40, "tokens": 17, "type": "bf16", "variant": "deepseek-v4", "kernels": "boundary",
            "direction": "forward", "precision": "bf16x3", "norm-weight": "no", "special": "no", "seed": 1}
PRODUCT = {"f32": 2e-6, "bf16x3": 2e-6, "bf16x2": 1e-5, "tf32": 1e-3}


def is_legal(case):
    if (case["variant"] == "residual") != (case["streams"] == 1 and case["variant"] == "residual"):
        return False
    plain = case["variant"] in ("residual", "hc-static")
    if plain and (case["kernels"] not in ("combine", "expand", "pre") or case["variant"] == "residual"
                  and case["kernels"] == "pre"):
        return False
    if case["kernels"] == "head" and case["variant"] not in ("deepseek-v4", "paper"):
        return False
    # What has no product with phi has no keys of one.
    if (plain or case["kernels"] in ("combine", "expand")) and (case["precision"], case["norm-weight"]) != ("bf16x3", "no"):
        return False
    if case["type"] == "f64" and case["precision"] != "bf16x3" or case["variant"] == "hc" and case["norm-weight"] == "yes":
        return False
    return not (case["special"] != "no" and case["tokens"] == 0)


def cost(case):
    """About how long the emulator takes, and the compiler for the token's program, in lane instructions."""
    n, rows = case["streams"], max(case["tokens"], 8)
    has_product = case["kernels"] in ("pre", "boundary", "head") and case["variant"] != "hc-static"
    m = n * (n + 2) if has_product else 1
    return (rows + 8) * (n * case["hidden"] * (4 + 2 * m * (case["type"] != "f64" and case["precision"] != "f32" or 8))
                         + 200 * n * n) * (3 if case["direction"] == "both" else 1) + (
        2e3 * n ** 4 * (3 if case["direction"] == "both" else 1))


def draw(r, limit):
    while True:
        case = {key: r.choice(values) for key, values in AXES.items()}
        if case["variant"] == "residual":
            case["streams"] = 1
        if not r.random() < 0.15:
            case["special"] = "no"
        if is_legal(case) and cost(case) <= limit:
            return case | {"seed": 1}


def pairs(case):
    return {((a, case[a]), (b, case[b])) for a, b in itertools.combinations(AXES, 2)}


def covering(seed):
    """Cases in which every pair of values of two keys occurs, if any legal case has it that ends in a minute."""
    r, cases, seen = random.Random(seed), [], set()
    useless = 0
    while useless < 60:
        best = max((draw(r, 1e9) for _ in range(40)), key=lambda case: len(pairs(case) - seen))
        useless = useless + 1 if pairs(best) <= seen else 0
        if not useless:
            cases.append(best)
            seen |= pairs(best)
    return cases


def spell(case):
    return ",".join(f"{k}={v}" for k, v in case.items() if v != DEFAULTS[k] or k in ("streams", "hidden", "tokens", "type",
                                                                                     "variant", "kernels"))


def parse(text):
    case = dict(DEFAULTS)
    for part in text.split(","):
        key, _, value = part.partition("=")
        if key not in DEFAULTS:
            raise SystemExit(f"unknown key '{key}'; expected some of {', '.join(DEFAULTS)}")
        case[key] = int(value) if isinstance(DEFAULTS[key], int) else value
    return case


class Function:
    """A function of the module that mhc-compile writes: names and types of its arguments and results."""

    def __init__(self, name, arguments, results):
        of = lambda text: re.findall(r'tensor<([^>]*)> \{[^}]*mhc\.name = "(\w+)"', text)
        self.name, self.arguments, self.results = name, of(arguments), of(results)


def program(case):
    """The module, with an entry of the forward and perhaps the backward; its arguments and results as (name, type)."""
    keys = ("streams", "hidden", "type", "variant", "kernels", "direction", "precision", "norm-weight")
    with tempfile.TemporaryDirectory() as folder:
        connection = ",".join(f"{k}={case[k]}" for k in keys if k not in ("precision", "norm-weight") or case[k] != DEFAULTS[k])
        done = subprocess.run(["mhc-compile", f"--connection={connection}", "--emit=mlir", "-o", folder],
                              capture_output=True, text=True, errors="replace")
        if done.returncode:
            raise s.Failed(done.stderr)
        text = s.opt("\n".join(path.read_text() for path in pathlib.Path(folder).glob("*.mlir")))
    functions = [Function(*f) for f in re.findall(r"func\.func @(\w+)\((.*?)\) -> \(?(.*)\)? \{\n", text)]
    forward = next(f for f in functions if "backward" not in f.name)
    backward = next((f for f in functions if "backward" in f.name), None)
    arguments, results, lines = list(forward.arguments), [], []

    def call(function, names):
        lines.append(f"  %{function.name}{f':{len(function.results)}' if len(function.results) > 1 else ''} = "
                     f"call @{function.name}({', '.join('%' + n for n in names)}) : "
                     f"({', '.join(f'tensor<{t}>' for t, _ in function.arguments)}) -> "
                     f"({', '.join(f'tensor<{t}>' for t, _ in function.results)})")
        return [f"{function.name}#{i}" if len(function.results) > 1 else function.name
                for i in range(len(function.results))]

    values = call(forward, [n for _, n in forward.arguments])
    kept = {}
    for value, (kind, name) in zip(values, forward.results):
        if name.startswith("kept"):
            kept[name] = value
        else:
            results.append((value, kind, name))
    if backward:
        given = {*kept, *(name for _, name in arguments)}
        arguments += [(kind, name) for kind, name in backward.arguments if name not in given]
        names = [kept.get(name, name) for _, name in backward.arguments]
        results += [(v, kind, name) for v, (kind, name) in zip(call(backward, names), backward.results)]
    types = ", ".join(f"tensor<{kind}>" for _, kind, _ in results)
    entry = (f"func.func @main({', '.join(f'%{n}: tensor<{t}>' for t, n in arguments)}) -> ({types}) {{\n" + "\n".join(lines)
             + f"\n  return {', '.join('%' + v for v, _, _ in results)} : {types}\n}}\n")
    body = text[:text.rstrip().rfind("}")].replace("func.func @", "func.func private @")
    return body + entry + "}\n", arguments, [(kind, name) for _, kind, name in results]


def inputs(case, arguments):
    r = np.random.default_rng(case["seed"])
    arrays = []
    for kind, name in arguments:
        *dims, element = kind.split("x")
        shape = [case["tokens"] if d == "?" else int(d) for d in dims]
        array = r.normal(size=shape)
        if name.startswith("phi"):
            array /= np.sqrt(shape[-1])
        elif name.startswith("scale"):
            array = np.full(shape, 0.8)
        elif name.startswith("norm_weight"):
            array = 1 + 0.1 * array
        elif name == "pre_in":
            array = r.uniform(size=shape)
        if element in ("bf16", "f16", "f32"):
            array = h.round_to(array, element)
        arrays.append(array)
    if case["special"] != "no":
        # In one argument, once or twice.
        targets = [i for i, (_, name) in enumerate(arguments) if re.match(r"x$|f$|phi|d_", name)]
        array = arrays[targets[case["seed"] % len(targets)]]
        for value in (np.inf, -np.inf) if case["special"] == "inf" else (np.nan,):
            array[tuple(int(r.integers(0, d)) for d in array.shape)] = value
    return arrays


def kinds_differ(got, want):
    """How many numbers are not finite, inf or NaN as the others are."""
    same = (np.isnan(got) == np.isnan(want)) & (np.isinf(got) == np.isinf(want))
    return int((~(same & (~np.isinf(got) | (np.sign(got) == np.sign(want))))).sum())


def error_of(case, kind, name, got, want):
    """The largest error and its limit."""
    if got.shape != want.shape:
        return np.inf, 0.0
    if want.size == 0:
        return 0.0, 0.0
    rows, product = case["type"], PRODUCT[case["precision"]]
    wide = 1e-12 if rows == "f64" else product
    is_row = kind.startswith("?") and kind.split("x")[-2] == str(case["hidden"]) and kind.endswith(rows)
    if is_row:
        # Both are rounded, to neighbours at worst; what is read in a later sweep was rounded as well.
        # A row in between may round to a neighbour, which is two limits, and the row itself is rounded.
        limit = max(h.ROW_LIMIT[rows], 2 * wide) * (6 if case["direction"] == "both" else 3) + 2 * wide
        if rows in ("bf16", "f16") and wide < 1e-5 and (got != want).sum() > 2 + 0.01 * got.size:
            return np.inf, limit
        return h.row_error(got, want, axes=(-2, -1) if got.shape[-1] == 1 and got.ndim > 2 else -1), limit
    scale = max(np.abs(want).max(), 1e-3)
    limit = (8 if case["direction"] == "both" else 2) * wide
    if rows in ("bf16", "f16"):
        limit += h.ROW_LIMIT[rows] / (1 if not kind.startswith("?") or case["hidden"] < 100 else 4)
    return np.abs(got - want).max() / scale, limit


def check_case(check, case, orders):
    began = time.monotonic()
    text, arguments, results = program(case)
    arrays = inputs(case, arguments)
    got = s.emulate(text, arrays, orders=orders, entry="main")
    emulated = time.monotonic() - began
    want = h.reference(text, arrays, "--round", entry="main")
    problems, worst = [], 0.0
    for (kind, name), a, b in zip(results, got, want, strict=True):
        a, b = a.astype(np.float64), b.astype(np.float64)
        finite = np.isfinite(b)
        if case["special"] != "no":
            if kinds_differ(a, b):
                problems.append(f"{name}: {kinds_differ(a, b)} of {a.size} are not finite, inf or NaN as in the reference")
                continue
            if not finite.all():
                continue
        error, limit = error_of(case, kind, name, a, b)
        worst = max(worst, error / limit if limit else 0.0)
        if not error <= limit:
            problems.append(f"{name}: error {error:.1e}, limit {limit:.1e}")
        if case["tokens"] == 0 and a.any():
            problems.append(f"{name}: not zeros")
    check(not problems, f"{spell(case)}: " + ("; ".join(problems) or f"worst {worst:.2f} of its limit")
          + f" ({emulated:.1f} s)")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("cases", nargs="*", help="key=value,... ; keys: " + ", ".join(DEFAULTS))
    parser.add_argument("--full", action="store_true", default=bool(os.environ.get("MHC_FULL")))
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--count", type=int, default=10)
    parser.add_argument("--limit", type=float, default=2e7, help="the size of cases in a sample, in lane instructions")
    parser.add_argument("--orders", type=int, default=2)
    parser.add_argument("--shard", default="0/1", metavar="I/N", help="the I-th of every N cases")
    parser.add_argument("--list", action="store_true", help="print the cases")
    options = parser.parse_args()
    r = random.Random(options.seed)
    cases = ([parse(text) for text in options.cases] or (covering(options.seed) if options.full else
             [draw(r, options.limit) for _ in range(options.count)]))
    index, count = map(int, options.shard.split("/"))
    check = h.Checks()
    for case in cases[index::count]:
        if options.list:
            print(spell(case))
            continue
        try:
            check_case(check, case, options.orders)
        except (s.Failed, SystemExit) as failure:
            lines = [line for line in str(failure).splitlines() if "error" in line or "exit code" in line]
            check(False, f"{spell(case)}: " + "\n  ".join(lines[:4]))
    if not options.list:
        check.done()


if __name__ == "__main__":
    main()
