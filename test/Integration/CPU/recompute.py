#!/usr/bin/env python3
"""recompute.py random|special|examples [..]: gradients with values computed again have the bits of those with everything kept.

random: chains of random_chains.py, under random budgets and options. The pass must not fail but with an
    error at a place; the smallest budget that an error states must work; what --canonicalize and --cse do
    afterwards must not keep more again.
special: programs by hand: streams, outputs and results that are shared, layers in functions and loops,
    sublayers that read more than their argument, have gradients of their own, or run again.
examples: examples/*.mlir.
"""
import argparse
import random
import re

import examples
import harness as h
import random_chains
import training_steps as t

OPTIONS = ("choice=exact", "choice=exact", "choice=equal")


def options_by_chance(r):
    return f"{r.choice(OPTIONS)} max-chain={r.randint(0, 3)} max-rebuild={r.randint(1, 8)}"


def budgets_between(step, options, shares):
    """Budgets from the smallest possible one (0) to everything (1)."""
    smallest, tries = step.smallest_budget(options)
    everything = max([p["Everything"] for p in step.plans(f"budget=8TiB {options}")], default=smallest)
    return tries, [smallest + int(share * max(0, everything - smallest)) for share in shares]


# Chains by chance


def check_text(check, what, step, options, budgets):
    """What can be seen without running: what is kept, and that it stays so."""
    dims = step.results[0].removeprefix("tensor<").split("x")
    tokens = 12 if "?" in dims else int(dims[0])
    kept = None
    for budget in sorted(budgets, reverse=True):
        text = step.insert(f"budget={budget} {options}")
        if "mhc.pin" in text:
            check(False, f"{what} budget={budget} {options}: pins are left")
        before = t.kept_bytes(text, step.name, tokens)
        after = t.kept_bytes(t.opt(text, "--canonicalize", "--cse"), step.name, tokens)
        if after > before:
            check(False, f"{what} budget={budget} {options}: {after} bytes a token kept after --cse, {before} before")
        kept = (before, *(kept or ()))
    check(True, f"{what} {options}: keeps {', '.join(map(str, kept))} bytes a token under {sorted(budgets)}")


def random_chain(check, seed, runs, device, length, **fixed):
    chain = random_chains.Chain(seed, length, **fixed)
    r = random.Random(f"budgets {seed}")
    what = f"chain {seed}: {chain.kind} {chain.rows} n={chain.n} C={chain.c} {chain.dims} of {chain.length}"
    try:
        step = t.Step(chain.text(), "model", chain.inputs, chain.tokens)
        options = options_by_chance(r)
        try:
            tries, budgets = budgets_between(step, options, (0, r.random(), 1))
        except t.Failed as failure:
            # Pins may ask for what cannot be.
            if not chain.has_pins or not re.search(r"error: expected ", str(failure)):
                raise
            check(True, f"{what} {options}: {t.error_of(str(failure))}")
            return
        check(tries == 1 or "equal" in options, f"{what} {options}: the smallest budget took {tries} errors")
        check_text(check, what, step, options, budgets)
        if runs:
            t.check_variants(check, what, step, [f"budget={b} {options}" for b in budgets[:runs]], device)
    except t.Failed as failure:
        check(False, f"{what}: {failure}")


# Programs by hand

X, Y, V, M, W = ("tensor<?x3x8xbf16>", "tensor<?x8xbf16>", "tensor<?x3xf32>", "tensor<?x3x3xf32>", "tensor<8xf32>")
HEAD = f"""
#row = affine_map<(t, c) -> (t, c)>
#column = affine_map<(t, c) -> (c)>
func.func private @gain(%y: {Y}, %g: {W}) -> {Y} {{
  %c0 = arith.constant 0 : index
  %tokens = tensor.dim %y, %c0 : {Y}
  %rows = tensor.empty(%tokens) : {Y}
  %f = linalg.generic {{indexing_maps = [#row, #column, #row], iterator_types = ["parallel", "parallel"]}}
      ins(%y, %g : {Y}, {W}) outs(%rows : {Y}) {{
  ^bb0(%in: bf16, %factor: f32, %old: bf16):
    %wide = arith.extf %in : bf16 to f32
    %product = arith.mulf %wide, %factor : f32
    %square = arith.mulf %product, %product : f32
    %narrow = arith.truncf %square : f32 to bf16
    linalg.yield %narrow : bf16
  }} -> {Y}
  return %f : {Y}
}}
func.func private @opaque_gradient(%y: {Y}, %g: {W}, %d: {Y}) -> ({Y}, {W}) {{
  %dy = func.call @gain(%d, %g) : ({Y}, {W}) -> {Y}
  %both = mhc.combine (%dy : {Y}), (%y : {Y}) -> {Y}
  return %both, %g : {Y}, {W}
}}
func.func private @opaque(%y: {Y}, %g: {W}) -> {Y} attributes {{mhc.gradient = @opaque_gradient}} {{
  %f = func.call @gain(%y, %g) : ({Y}, {W}) -> {Y}
  return %f : {Y}
}}
"""
ARGUMENTS = f"%x0: {X}, %pre: {V}, %post: {V}, %R: {M}, %g: {W}, %w: tensor<2x8xf32>"
INPUTS = ["random:1", "full:0.4", "full:0.6", "full:0.3", "random:2", "random:3"]


def aggregate(y, x):
    return f"  %{y} = mhc.aggregate %{x}, %pre : ({X}, {V}) -> {Y}\n"


def call(f, y, callee="gain"):
    return f"  %{f} = func.call @{callee}(%{y}, %g) : ({Y}, {W}) -> {Y}\n"


def combine(out, f, x):
    return f"  %{out} = mhc.combine (%{f} by %post : {Y}, {V}), (%{x} by %R : {X}, {M}) -> {X}\n"


def connection(k, x=None, out=None, callee="gain"):
    """Connection k, which reads x_k and makes x_(k+1)."""
    return aggregate(f"y{k}", x or f"x{k}") + call(f"f{k}", f"y{k}", callee) + combine(out or f"x{k + 1}", f"f{k}", x or f"x{k}")


def mean(z, x):
    return f"  %{z} = mhc.reduce_streams mean %{x} : {X} to {Y}\n"


def add(out, a, b):
    return f"  %{out} = mhc.combine (%{a} : {Y}), (%{b} : {Y}) -> {Y}\n"


LAYER = (f"func.func private @layer(%x0: {X}, %pre: {V}, %post: {V}, %R: {M}, %g: {W}) -> ({X}, {Y}) {{\n" + connection(0)
         + f"  return %x1, %f0 : {X}, {Y}\n}}\n"
         f"func.func private @two(%x0: {X}, %pre: {V}, %post: {V}, %R: {M}, %g: {W}) -> {X} {{\n"
         + "".join(f"  %x{k + 1}, %f{k} = call @layer(%x{k}, %pre, %post, %R, %g) : ({X}, {V}, {V}, {M}, {W}) -> ({X}, {Y})\n"
                   for k in range(2)) + f"  return %x2 : {X}\n}}\n")

# Name: the body of @model, the values that it returns, and functions.
SPECIAL = {
    "shared-input": (connection(0) + connection(1) + connection(2, "x1", "z") + connection(3, "x2", "x4"), ["z", "x4"], ""),
    "output-used-twice": (connection(0) + combine("z", "f0", "x1") + connection(1, "z", "x2") + connection(2), ["x3"], ""),
    "results": (connection(0) + connection(1) + connection(2), ["x3", "x1", "y1", "f2", "f0", "x2"], ""),
    "identity": (connection(0) + aggregate("y1", "x1") + combine("x2", "y1", "x1") + connection(2) + aggregate("y3", "x3")
                 + combine("x4", "y3", "x3"), ["x4"], ""),
    "reads-streams": (connection(0) + aggregate("y1", "x1") + mean("z", "x1") + add("s", "y1", "z") + call("f1", "s")
                      + combine("x2", "f1", "x1") + connection(2), ["x3"], ""),
    "reads-before": (connection(0) + connection(1) + aggregate("y2", "x2") + mean("z", "x1") + call("h", "y2")
                     + add("f2", "h", "z") + combine("x3", "f2", "x2") + connection(3), ["x4"], ""),
    "reads-outputs": (connection(0) + aggregate("y1", "x1") + add("s", "y1", "f0") + call("f1", "s") + combine("x2", "f1", "x1")
                      + connection(2), ["x3"], ""),
    "functions": (f"  %x2 = call @two(%x0, %pre, %post, %R, %g) : ({X}, {V}, {V}, {M}, {W}) -> {X}\n"
                  f"  %x3, %f2 = call @layer(%x2, %pre, %post, %R, %g) : ({X}, {V}, {V}, {M}, {W}) -> ({X}, {Y})\n"
                  + connection(3), ["x4", "f2"], LAYER),
    "loop": (f"""  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c2 = arith.constant 2 : index
  %x2 = scf.for %i = %c0 to %c2 step %c1 iter_args(%here = %x0) -> {X} {{
    %own = tensor.extract_slice %w[%i, 0] [1, 8] [1, 1] : tensor<2x8xf32> to {W}
    %next, %f = func.call @layer(%here, %pre, %post, %R, %own) : ({X}, {V}, {V}, {M}, {W}) -> ({X}, {Y})
    scf.yield %next : {X}
  }}
""" + connection(2), ["x3"], LAYER),
    "own-gradients": (connection(0, callee="opaque") + connection(1, callee="opaque") + connection(2, callee="opaque"), ["x3"],
                      ""),
    "runs-again": (aggregate("y0", "x0") + call("h0", "y0") + f"  %f0 = mhc.pin recompute %h0 : {Y}\n" + combine("x1", "f0", "x0")
                   + aggregate("y1", "x1") + call("h1", "y1") + call("k1", "h1") + f"  %f1 = mhc.pin recompute %k1 : {Y}\n"
                   + combine("x2", "f1", "x1") + connection(2), ["x3"], ""),
    "stages": (connection(0) + f"  %p = mhc.pin stage %x1 : {X}\n" + connection(1, "p", "x2") + connection(2)
               + f"  %q = mhc.pin stage %x3 : {X}\n" + connection(3, "q", "x4"), ["x4"], ""),
    "no-sublayer": (aggregate("y", "x0") + call("f", "y"), ["f"], ""),
}


def special(check, name, device, shares):
    body, results, functions = SPECIAL[name]
    types = ", ".join(X if r[0] in "xz" else Y for r in results)
    text = (HEAD + functions + f"func.func @model({ARGUMENTS}) -> ({types}) {{\n{body}"
            f"  return {', '.join('%' + r for r in results)} : {types}\n}}\n")
    try:
        step = t.Step(text, "model", INPUTS, [(5,), (0,)])
        _, budgets = budgets_between(step, "", shares)
        variants = [f"budget={b}" for b in budgets] + ["choice=equal max-rebuild=1"] * (len(shares) > 1)
        t.check_variants(check, name, step, variants, device)
    except t.Failed as failure:
        check(False, f"{name}: {failure}")


# Examples

# What mhc-differentiate says of the others.
WITHOUT_GRADIENT = {
    "opaque-sublayer.mlir": "expected a callee with a body",
    "residual-block.mlir": "expected operands with a gradient to be indexed by distinct loops",
}


def example(check, name, device, shares, tokens):
    path = examples.EXAMPLES / name
    text = path.read_text()
    arguments = examples.arguments_of(path)
    if name in WITHOUT_GRADIENT:
        said = t.opt(text, "--mhc-differentiate", fails=True)
        check(said and WITHOUT_GRADIENT[name] in t.error_of(said), f"{name}: {said and t.error_of(said)}")
        return
    model = re.findall(r"^func\.func @(\w+)\(", text, re.M)[-1]
    inputs = [":".join(a.split(":")[:2]) for a in arguments]
    try:
        step = t.Step(text, model, inputs, tokens)
        _, budgets = budgets_between(step, "", shares)
        t.check_variants(check, name, step, [f"budget={b}" for b in budgets], device)
    except t.Failed as failure:
        check(False, f"{name}: {failure}")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=("random", "special", "examples"))
    parser.add_argument("names", nargs="*", help="of programs, or seeds of random ones")
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--seeds", type=int, default=1)
    parser.add_argument("--length", type=int, default=3, help="connections at most")
    parser.add_argument("--runs", type=int, default=1, help="budgets that a random chain runs with, 0 for none")
    parser.add_argument("--shares", type=lambda s: [float(x) for x in s.split(",")], default=[0],
                        help="budgets, from the smallest possible one (0) to everything (1)")
    parser.add_argument("--tokens", type=lambda s: [(int(x),) for x in s.split(",")], default=[(5,), (0,)])
    options = parser.parse_args()
    check = h.Checks()
    if options.what == "random":
        seeds = map(int, options.names) if options.names else range(options.first, options.first + options.seeds)
        for seed in seeds:
            random_chain(check, seed, options.runs, options.device, options.length)
    elif options.what == "special":
        for name in options.names or SPECIAL:
            special(check, name, options.device, options.shares)
    else:
        for name in options.names:
            example(check, name, options.device, options.shares, options.tokens)
    check.done()


if __name__ == "__main__":
    main()
