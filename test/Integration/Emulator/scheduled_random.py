#!/usr/bin/env python3
"""scheduled_random.py [--seeds N] [--first SEED]: random kernels (CPU/random_kernels.py) on the emulator.

Each program runs with the schedules that mhc-schedule chooses, and whole and cut with schedules chosen by
chance: every token's rows and coefficients have the same bits, whatever the schedule, in any batch and at any
place, with ordinary inputs and with inf, NaN, huge and denormal ones. Ordinary ones
agree with the reference as they do on the CPU. No finding of the emulator.

A single one: scheduled_random.py --first 17 --seeds 1 --keep FOLDER
"""
import argparse
import pathlib
import random
import re
import subprocess
import sys
import tempfile

import numpy as np

import schedules as s
import random_kernels as rk
import random_kernel_programs

EMULATOR = ("--device=emulator", "--orders=2")


def variants_of(tools, text, seed):
    """The program with chosen schedules, and with schedules by chance, whole and cut."""
    r = random.Random(f"schedules {seed}")
    pieces = tools.opt(text, "--mhc-split-kernels")
    found = {"chosen": text, "source": text}
    for name, body, one_slice in (("whole", text, True), ("cut", pieces, False)):
        try:
            found[name] = s.with_legal_schedules(body, r, one_slice=one_slice)
        except s.NoneLegal:
            found[name] = body  # As it is chosen.
    return {name: rk.rename(body, name) for name, body in found.items()}


def check_program(tools, program, seed, options):
    text = tools.opt(program.text(), "--mhc-fuse-kernels")
    if re.search(r"math\.(sin|cos)", text):
        return [], "left out: the emulator does not model the assembly of sin and cos"
    tokens = options.tokens if options.tokens is not None else random.Random(seed).choice((0, 1, 7, 9, 17, 40))
    case = rk.Case(program, variants_of(tools, text, seed), seed, tokens)
    r, problems = case.random, []
    kind = r.choice(("normal", "normal", "special"))
    order = list(range(tokens))
    r.shuffle(order)
    cut = r.randint(0, tokens)
    calls = [rk.Call("chosen", range(tokens), kind), rk.Call("whole", range(tokens), kind),
             rk.Call("cut", range(tokens), kind), rk.Call("chosen", range(cut, tokens), kind), rk.Call("cut", order, kind)]
    results = case.run(tools, calls, *EMULATOR)
    whole = results[0]
    for call, got in zip(calls, results):
        for k, (v, base) in enumerate(zip(program.results, whole)):
            what = f"result {k} ({v.kind}) of '{call.variant}', {len(call.tokens)} tokens, {kind} inputs"
            if v.tokens:
                if not rk.same(base[call.tokens], got[k]):
                    problems.append(f"{what}: {rk.difference(base[call.tokens], got[k])}")
            elif len(call.tokens) == 0:
                if kind == "normal" and got[k].any():
                    problems.append(f"{what}: not zero")
            elif len(call.tokens) == tokens and kind == "normal" and np.isfinite(base).all():
                error = np.abs(base.astype(np.float64) - got[k])
                limit = max(1e-5, 2 * s.h.ROW_LIMIT[program.rows] if v.element in ("bf16", "f16") else 0)
                if not (error <= limit * max(np.abs(base).max(initial=0), 1e-30) * np.sqrt(tokens)).all():
                    problems.append(f"{what}: {error.max():.1e} of {np.abs(base).max():.1e}")
    if kind == "normal":
        problems += rk.check_reference(tools, case, whole)
    return problems, f"tokens {tokens}, {kind}, {rk.sweeps_of(text)}"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, default=3, help="how many programs")
    parser.add_argument("--first", type=int, default=1, help="the first seed")
    parser.add_argument("--types", default=None, help="type of rows, such as bf16")
    parser.add_argument("--streams", type=int, default=None)
    parser.add_argument("--hidden", type=int, default=None)
    parser.add_argument("--tokens", type=int, default=None)
    parser.add_argument("--keep", type=pathlib.Path, default=None, help="folder for the programs that fail")
    options = parser.parse_args()
    failed = 0
    for seed in range(options.first, options.first + options.seeds):
        program = random_kernel_programs.KernelProgram(seed, rows=options.types, streams=options.streams,
                                                       hidden=options.hidden)
        what = f"{seed}: {program.rows} n {program.n} hidden {program.c}"
        with tempfile.TemporaryDirectory() as folder:
            tools = rk.Tools(pathlib.Path(folder), 60.0)
            try:
                problems, found = check_program(tools, program, seed, options)
                what += " " + found
            except (rk.Failure, s.Failed) as failure:
                problems = [str(failure)]
            if problems:
                failed += 1
                if options.keep:
                    subprocess.run(["cp", "-r", folder, options.keep / str(seed)], check=True)
            print(f"{'FAIL' if problems else 'ok  '} {what}", *problems, sep="\n  ", flush=True)
    print(f"{options.seeds - failed} of {options.seeds} programs hold")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
