#!/usr/bin/env python3
"""model_kernels.py [--rows TYPE,...] [--gradient] [CASE ...]: kernels of the golden models, cut at their sweeps.

The models of test/Integration/Golden, forward or with their gradients (mhc-differentiate), of
any number of tokens, in kernels: cut after each sweep alone and after all of them, for all
numbers of threads, all batches and places of a token, the bits are the same
(random_kernels.py says of what).
"""
import argparse
import json
import pathlib
import re
import subprocess
import sys
import tempfile

import numpy as np

import random_kernels
from random_programs import Value

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
import golden  # noqa: E402

MARK = 997  # Stands for the tokens in the text of golden.py, which has a static number of them.
TOKENS = 11


class Model:
    """A golden model of any number of tokens, as random_programs.py's programs are."""

    def __init__(self, name, rows, gradient):
        case = json.loads((golden.GOLDEN / name / "case.json").read_text())
        arrays = {p.stem: np.load(p) for p in (golden.GOLDEN / name).glob("*.npy")}
        tokens, numbers = arrays["x"].shape[0], np.random.default_rng(1)
        of_tokens = {k for k in arrays if k in ("x", "f", "pre_in")}
        marked = {k: np.broadcast_to(a[:1], (MARK, *a.shape[1:])) if k in of_tokens else a for k, a in arrays.items()}
        program = golden.model(case, marked, rows)
        self.name, self.rows, self.rank, self.is_smooth, self.gradient = name, rows, 1, True, gradient
        text = program.variants() + "\n" + program.text("model").replace("private @", "@")
        first = next(v for v, key, _ in program.arguments if key == "x")
        kind = dict((v, t) for v, _, t in program.arguments)[first]
        head, rest = text.split("{\n", 1) if "{\n" in text else (text, "")
        text = f"{head}{{\n  %tokens0 = arith.constant 0 : index\n  %T = tensor.dim {first}, %tokens0 : {kind}\n{rest}"
        text = text.replace(f"tensor.empty() : tensor<{MARK}x", "tensor.empty(%T) : tensor<?x")
        self.text = text.replace(f"tensor<{MARK}x", "tensor<?x")

        def value(i, kind, prefix):
            shape, element = self.parse(kind)
            tokens = shape[0] == MARK
            return Value(f"%{prefix}{i}", "row" if tokens else "weight", shape[1:] if tokens else shape, element, 1.0,
                         tokens)

        self.arguments = [value(i, kind, "a") for i, (_, _, kind) in enumerate(program.arguments)]
        self.results = [value(i, program.types[v], "r") for i, (v, _) in enumerate(program.results)]
        self.inputs = []
        for argument, (_, key, _) in zip(self.arguments, program.arguments):
            array = arrays[key].astype(np.float64)
            if argument.tokens:
                scale = numbers.uniform(0.5, 1.5, size=(TOKENS,) + (1,) * (array.ndim - 1))
                array = np.resize(array, (TOKENS, *array.shape[1:])) * scale
            self.inputs.append(array)
        if gradient:
            upstream = [Value(f"%g{i}", "row", v.shape, v.element) for i, v in enumerate(self.results)]
            self.results = [Value(f"%d{i}", "row" if a.tokens else "total", a.shape, a.element, 1.0, a.tokens)
                            for i, a in enumerate(self.arguments)]
            self.arguments = self.arguments + upstream
            self.inputs += [numbers.normal(size=(TOKENS, *v.shape)) for v in upstream]

    @staticmethod
    def parse(kind):
        *dims, element = re.match(r"tensor<(.*)>", kind)[1].split("x")
        return tuple(MARK if d == "?" else int(d) for d in dims), element

    def type(self, value):
        return random_kernels.h.tensor(((None,) if value.tokens else ()) + value.shape, value.element)

    def fused(self, tools):
        """The text of the model's kernels in @program."""
        if not self.gradient:
            text = tools.opt(self.text, "--mhc-to-kernels")
            return seal(text.replace("@model", "@program"))
        text = tools.opt(self.text, "--mhc-differentiate=function=model", "--symbol-privatize=exclude=model_gradient",
                         "--mhc-to-kernels", "--symbol-dce")
        return seal(text.replace("@model_gradient", "@program"))


def seal(text):
    """Functions that are not inlined."""
    return re.sub(r"^(\s*)func\.func (private )?(@.*) \{$", r"\1func.func private \3 attributes {no_inline} {", text,
                  flags=re.M)


def check(tools, model, options):
    fused = model.fused(tools)
    random_kernels.round_trip(tools, fused)
    fused, sweeps = random_kernels.label_kernels(fused)
    variants = {"fused": random_kernels.rename(fused, "fused")}
    # The same cut in all kernels at once, as far as they have it: they do not depend on each other.
    cuts = {"all": ["--mhc-split-kernels"]}
    for k in range(max(sweeps.values()) - 1):
        cuts[f"cut{k}"] = random_kernels.split_flags({label: [k] for label, count in sweeps.items() if count > k + 1})
    for name, cut in cuts.items():
        text = tools.opt(fused, *cut)
        random_kernels.round_trip(tools, text)
        variants[name] = random_kernels.rename(text, name)
    again = tools.opt(tools.opt(fused, "--mhc-split-kernels"), "--mhc-dissolve-kernels", "--canonicalize", "--cse",
                      "--mhc-fuse-kernels=reassociate=false")
    if not random_kernels.has_others(again):
        variants["again"] = random_kernels.rename(again, "again")
    case = random_kernels.Case(model, variants, 1, TOKENS, random_kernels.total_bytes(fused), model.inputs)
    problems = random_kernels.check_case(tools, case, list(variants), options)
    return problems, f"{random_kernels.sweeps_of(fused)}, {len(cuts)} ways to cut"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", default="bf16,f16,f32,f64")
    parser.add_argument("--gradient", action="store_true")
    parser.add_argument("--threads", type=lambda s: [int(t) for t in s.split(",") if t], default=(1, 2, 3, 5))
    parser.add_argument("--slow", type=float, default=20.0, help="report commands of more seconds")
    parser.add_argument("--keep", type=pathlib.Path, default=None, help="folder for the programs that fail")
    parser.add_argument("cases", nargs="*")
    options = parser.parse_args()
    options.reference = False
    names = options.cases or sorted(p.name for p in golden.GOLDEN.iterdir() if p.is_dir())
    failed = count = 0
    for name in names:
        for rows in options.rows.split(","):
            what, count = f"{name} {rows}{' gradient' * options.gradient}", count + 1
            with tempfile.TemporaryDirectory() as folder:
                tools = random_kernels.Tools(pathlib.Path(folder), options.slow)
                try:
                    problems, found = check(tools, Model(name, rows, options.gradient), options)
                    what += ": " + found
                except random_kernels.Failure as failure:
                    problems = [str(failure)]
                if problems:
                    failed += 1
                    if options.keep:
                        subprocess.run(["cp", "-r", folder, options.keep / f"{name}-{rows}"], check=True)
                print(f"{'FAIL' if problems else 'ok  '} {what}", *problems, sep="\n  ", flush=True)
    print(f"{count - failed} of {count} models hold")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
