#!/usr/bin/env python3
"""random_kernels.py {rows,kernels} [--seeds N] [--first SEED]: random programs through the kernel form.

`rows` makes programs of row and token ops, `kernels` makes kernels (random_programs.py).
Of each the following holds:

* Printed and parsed again, in every form, the program is the same text.
* Fused, cut after some or all of its sweeps, and cut, dissolved and fused again, it gives
  the same bits, of rows and of coefficients. Totals, which are added over tokens, may
  depend on how a kernel divides the tokens: less than 4 MB of totals in a kernel are
  divided in one way, and have the same bits too; others are within 1e-5 of the sum of magnitudes.
* The number of threads changes no bit.
* The rows and coefficients of a token are the same bits in any batch and at any place.
* The CPU agrees with the reference: within the limits of the contract, plus what a
  change of the inputs in their last place does to the reference.

Some of the inputs hold inf, NaN, huge and denormal numbers. They are held against each
other alone, where any NaN is equal to any other.
"""
import argparse
import json
import os
import pathlib
import random
import re
import subprocess
import sys
import tempfile
import time

import numpy as np

import harness as h
import random_programs

THREADS = (1, 2, 3, 5)
TOKENS = (0, 1, 2, 7, 8, 9, 17, 17, 64)
SPECIAL = (np.inf, -np.inf, np.nan, 1e30, -1e38, 1e-40, -1e-44, 3e4, 0.0, -0.0)


class Failure(Exception):
    pass


class Tools:
    """Runs mhc-opt and mhc-run; a failure keeps its program."""

    def __init__(self, folder, slow):
        self.folder, self.slow, self.count, self.times = folder, slow, 0, []

    def write(self, text):
        self.count += 1
        path = self.folder / f"{self.count}.mlir"
        path.write_text(text)
        return path

    def execute(self, command, threads=None):
        env = dict(os.environ)
        if threads:
            env["OMP_NUM_THREADS"] = str(threads)
        start = time.monotonic()
        before = os.times()
        try:
            done = subprocess.run(command, capture_output=True, env=env, timeout=400)
        except subprocess.TimeoutExpired:
            raise Failure(f"{' '.join(map(str, command))}\nno end after 400 s") from None
        after = os.times()
        used = after.children_user - before.children_user + after.children_system - before.children_system
        if used > self.slow:
            print(f"SLOW {' '.join(map(str, command))[:200]}: {used:.1f} s, {time.monotonic() - start:.1f} s of wall",
                  flush=True)
        if done.returncode:
            raise Failure(f"{' '.join(map(str, command))[:150]}\n  exit code {done.returncode}\n"
                          + done.stderr.decode(errors="replace")[:3000])
        return done.stdout

    def opt(self, text, *flags):
        return self.execute(["mhc-opt", self.write(text), "--mlir-print-local-scope", *flags]).decode()

    def run(self, text, files, *flags, threads=None):
        path = self.write(text)
        out = self.folder / f"out{self.count}"
        self.execute(["mhc-run", path, "--entry", "main", *flags, "--out", out, *(f"--arg={f}" for f in files)],
                     threads)
        return [np.load(out / f"{i}.npy") for i in range(len(list(out.glob("*.npy"))))]


def same(a, b):
    """Equal bits, where any NaN is equal to any other."""
    if a.shape != b.shape or a.dtype != b.dtype:
        return False
    nan = np.isnan(a) & np.isnan(b)
    return bool(((a == b) & (np.signbit(a) == np.signbit(b)) | nan).all())


def round_trip(tools, text):
    """Parsed and printed, in the three forms, the text stays what it is."""
    path = tools.write(text)
    custom = tools.execute(["mhc-opt", path])
    again = lambda data: tools.execute(["mhc-opt", tools.write_bytes(data)])
    if again(custom) != custom:
        raise Failure(f"{path}: printed and parsed again, it is another text")
    if again(tools.execute(["mhc-opt", path, "--mlir-print-op-generic"])) != custom:
        raise Failure(f"{path}: the generic form is another program")
    if again(tools.execute(["mhc-opt", path, "--emit-bytecode"])) != custom:
        raise Failure(f"{path}: the bytecode is another program")


def write_bytes(self, data):
    self.count += 1
    path = self.folder / f"{self.count}.bin"
    path.write_bytes(data)
    return path


Tools.write_bytes = write_bytes


def strip_module(text):
    """The functions of a module, without the module."""
    lines = text.strip().splitlines()
    if lines[0].startswith("module"):
        lines = lines[1:-1]
    return "\n".join(lines)


def rename(text, suffix):
    return re.sub(r"@([A-Za-z_]\w*)", rf"@\g<1>_{suffix}", strip_module(text))


def count_sweeps(text):
    """The most sweeps that a kernel has."""
    most = 0
    for part in text.split("mhc.kernel")[1:]:
        most = max(most, part.split("mhc.return")[0].count("mhc.sweep"))
    return most


def total_bytes(text):
    """The most bytes of totals that kernels have."""
    most = 0
    for part in re.findall(r"mhc\.return .*", text):
        size = 0
        for dims, element in re.findall(r"!mhc\.total<((?:\d+x)*)(\w+)>", part):
            count = 1
            for d in dims.split("x")[:-1]:
                count *= int(d)
            size += count * {"f64": 8, "f32": 4}.get(element, 2)
        most = max(most, size)
    return most


class Call:
    """A variant of the program, called with some of the tokens, in this order, of one of the inputs."""

    def __init__(self, variant, tokens, special=False, inputs=None):
        self.variant, self.tokens = variant, np.asarray(tokens, int)
        self.special, self.inputs = special, inputs or ("special" if special else "normal")


class Case:
    """A program with its variants and inputs."""

    def __init__(self, program, text, variants, seed, tokens):
        self.program, self.text, self.variants, self.tokens = program, text, variants, tokens
        self.random = random.Random(seed + 1)
        numbers = np.random.default_rng(seed)
        normal = [numbers.normal(size=((tokens,) if a.tokens else ()) + a.shape) * a.size for a in program.arguments]
        # Changed in the last place of the rows.
        last = h.ROW_LIMIT[program.rows]
        changed = [a * (1 + last * numbers.uniform(-1, 1, size=a.shape)) for a in normal]
        special = [a.copy() for a in normal]
        self.inputs = {"normal": normal, "changed": changed, "special": special}
        for argument, array in zip(program.arguments, special):
            if array.size and (argument.tokens and numbers.random() < 0.7 or numbers.random() < 0.1):
                for _ in range(int(numbers.integers(1, 4))):
                    place = tuple(int(numbers.integers(0, s)) for s in array.shape)
                    array[place] = SPECIAL[int(numbers.integers(0, len(SPECIAL)))]

    def split(self, count):
        """Two token dimensions, if that is what the program has."""
        if self.program.rank == 1:
            return (count,)
        if self.program.rank == 0:
            return ()
        return (2, count // 2) if count and count % 2 == 0 else (1, count) if count % 3 else (count, 1)

    def module(self, calls):
        """A module with an entry that makes the calls, and the arrays of its arguments."""
        p, parameters, arrays, lines, results, known = self.program, [], [], [], [], {}
        for i, call in enumerate(calls):
            names = []
            for k, argument in enumerate(p.arguments):
                key = (k, call.inputs, tuple(call.tokens) if argument.tokens else None)
                if key not in known:
                    array = self.inputs[call.inputs][k]
                    if argument.tokens:
                        array = array[call.tokens].reshape(*self.split(len(call.tokens)), *argument.shape)
                    if argument.kind == "weight" and len(argument.shape) == 3:
                        array = array.reshape(argument.shape[0], -1)
                    known[key] = f"%p{len(parameters)}"
                    parameters.append(f"{known[key]}: {p.type(argument)}")
                    arrays.append(array)
                names.append(known[key])
            types = ", ".join(p.type(v) for v in p.results)
            lines.append(f"  %c{i}{f':{len(p.results)}' if len(p.results) > 1 else ''} = call @program_{call.variant}("
                         f"{', '.join(names)}) : ({', '.join(p.type(a) for a in p.arguments)}) -> ({types})")
            results += [(f"%c{i}#{k}" if len(p.results) > 1 else f"%c{i}", p.type(v)) for k, v in enumerate(p.results)]
        used = sorted({call.variant for call in calls})
        text = "\n".join(self.variants[v] for v in used)
        text += (f"\nfunc.func @main({', '.join(parameters)}) -> ({', '.join(t for _, t in results)}) {{\n"
                 + "\n".join(lines) + f"\n  return {', '.join(n for n, _ in results)} : "
                 + ", ".join(t for _, t in results) + "\n}\n")
        return text, arrays

    def run(self, tools, calls, *flags, threads=None):
        """The results of each call: arrays whose first dimension is the tokens'."""
        text, arrays = self.module(calls)
        files = []
        for i, array in enumerate(arrays):
            files.append(tools.folder / f"arg{i}.npy")
            np.save(files[-1], np.asarray(array, order="C"))
        flat = tools.run(text, files, *flags, threads=threads)
        count, results = len(self.program.results), []
        for i, call in enumerate(calls):
            part = []
            for v, array in zip(self.program.results, flat[i * count:(i + 1) * count]):
                rank = self.program.rank if v.tokens else 0
                shape = ((len(call.tokens),) if v.tokens else ()) + array.shape[rank:]
                part.append(array.reshape(shape))
            results.append(part)
        return results


def variants_of(tools, fused, seed):
    """Texts of a fused program cut in several ways."""
    r, sweeps = random.Random(seed + 2), count_sweeps(fused)
    variants = {"fused": rename(fused, "fused")}
    cuts = {"all": None}
    if sweeps > 2:
        cuts["some"] = sorted(r.sample(range(sweeps - 1), r.randint(1, sweeps - 2)))
    for name, cut in cuts.items():
        flag = "--mhc-split-kernels" + (f"=after={','.join(map(str, cut))}" if cut else "")
        text = tools.opt(fused, flag)
        variants[name] = rename(text, name)
        if name == "all":
            variants["again"] = rename(tools.opt(text, "--mhc-dissolve-kernels", "--canonicalize", "--cse",
                                                 "--mhc-fuse-kernels"), "again")
    return variants


def check_program(tools, program, seed, options):
    text = program.text()
    tokens = random.Random(seed).choice(TOKENS)
    round_trip(tools, text)
    fused = tools.opt(text, "--mhc-fuse-kernels")
    kernels = fused.count("mhc.kernel")
    round_trip(tools, fused)
    variants = variants_of(tools, fused, seed)
    round_trip(tools, variants["all"])
    if options.text:
        return [], kernels, count_sweeps(fused), tokens
    case = Case(program, text, variants, seed, tokens)
    case.source = "source"
    variants["source"] = rename(text, "source")
    problems, r = [], random.Random(seed + 3)

    # One call of each variant, and batches of the same tokens.
    order = list(range(tokens))
    r.shuffle(order)
    parts, rest = [], list(range(tokens))
    while rest and len(parts) < 6:
        size = min(len(rest), r.choice((0, 1, 1, 2, 7, 8, 9, 20)))
        parts.append(rest[:size])
        rest = rest[size:]
    parts.append(rest)
    cut = [v for v in variants if v != "source"]
    calls = [Call(v, range(tokens)) for v in cut] + [Call(v, range(tokens), True) for v in cut]
    places = [Call("fused", part) for part in parts] + [Call("fused", order), Call("fused", order, True)]
    places += [Call("fused", part, True) for part in parts[:3]]
    results = case.run(tools, calls + places, "--device=cpu")
    whole, special = results[0], results[len(cut)]
    exact_totals = total_bytes(fused) < 4 << 20
    magnitudes = [sum(np.abs(results[len(calls) + i][k].astype(np.float64)) for i in range(len(parts)))
                  if not v.tokens else None for k, v in enumerate(program.results)]
    for call, got in list(zip(calls, results))[1:]:
        base = special if call.special else whole
        for k, v in enumerate(program.results):
            if v.tokens or exact_totals:
                if not same(base[k], got[k]):
                    problems.append(f"result {k} ({v.kind}) of '{call.variant}'{' special' * call.special}: "
                                    f"{difference(base[k], got[k])}")
            elif not call.special:
                error = np.abs(base[k].astype(np.float64) - got[k])
                if not (error <= 1e-5 * magnitudes[k]).all():
                    problems.append(f"total {k} of '{call.variant}': {error.max():.1e}")
    for call, got in zip(places, results[len(calls):]):
        base = special if call.special else whole
        for k, v in enumerate(program.results):
            if v.tokens and not same(base[k][call.tokens], got[k]):
                problems.append(f"result {k} ({v.kind}) for {len(call.tokens)} tokens from {call.tokens[:1]}"
                                f"{' special' * call.special}: {difference(base[k][call.tokens], got[k])}")
            if not v.tokens and tokens == 0 and got[k].any():
                problems.append(f"total {k} of no tokens is not zero")
    for threads in r.sample(options.threads, min(2, len(options.threads))):
        pair = case.run(tools, [calls[0], calls[len(cut)]], "--device=cpu", threads=threads)
        for base, got in zip((whole, special), pair):
            for k, v in enumerate(program.results):
                if not same(base[k], got[k]):
                    problems.append(f"result {k} ({v.kind}) with {threads} threads: {difference(base[k], got[k])}")
    if options.reference:
        problems += check_reference(tools, case, whole, magnitudes)
    return problems, kernels, count_sweeps(fused), tokens


def difference(a, b):
    if a.shape != b.shape:
        return f"shapes {a.shape} and {b.shape}"
    if a.size == 0:
        return "empty"
    wrong = ~((a == b) & (np.signbit(a) == np.signbit(b)) | np.isnan(a) & np.isnan(b))
    place = tuple(int(i) for i in np.argwhere(wrong)[0]) if a.ndim else ()
    return f"{wrong.sum()} of {a.size} differ, first {place}: {a[place]!r} and {b[place]!r}"


def check_reference(tools, case, whole, magnitudes):
    """The CPU's results within the limits of the contract, plus what the last place of the inputs does."""
    p = case.program
    if not case.tokens or not p.is_smooth:
        return []
    last, floor = h.ROW_LIMIT[p.rows], 4e-12 if p.rows == "f64" else 4e-6
    calls = [Call(case.source, range(case.tokens), inputs=inputs) for inputs in ("normal", "changed")]
    exact, changed = case.run(tools, calls, "--device=reference", "--round")
    problems = []
    for k, (v, a, b, c) in enumerate(zip(p.results, exact, changed, whole)):
        a, b, c = (x.astype(np.float64) for x in (a, b, c))
        if a.shape != c.shape:
            problems.append(f"result {k} against the reference: shapes {a.shape} and {c.shape}")
            continue
        with np.errstate(invalid="ignore", over="ignore"):
            finite = np.isfinite(a) & np.isfinite(b)
            if not finite.any() or np.abs(np.where(finite, a, 0)).max() > 1e4 * {"f16": 1}.get(p.rows, 1e10):
                continue
            noise = np.abs(np.where(finite, a - b, 0)).max()
            size = np.sqrt(np.mean(np.where(finite, a, 0) ** 2))
            if magnitudes[k] is not None:
                size = max(size, magnitudes[k].max() if np.isfinite(magnitudes[k]).all() else np.inf)
            limit = 8 * noise + 4 * last * np.maximum(np.abs(a), size) + floor
            wrong = ~(np.abs(a - c) <= limit) & finite
        if wrong.any():
            place = tuple(int(i) for i in np.argwhere(wrong)[0]) if a.ndim else ()
            problems.append(f"result {k} ({v.kind}) against the reference: {wrong.sum()} of {a.size}, first {place}: "
                            f"{c[place]!r}, exact {a[place]!r}, noise {noise:.1e}, mean {size:.1e}")
    return problems


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("kind", choices=("rows", "kernels"))
    parser.add_argument("--seeds", type=int, default=4, help="how many programs")
    parser.add_argument("--first", type=int, default=1, help="the first seed")
    parser.add_argument("--types", default=None, help="type of rows, such as bf16")
    parser.add_argument("--streams", type=int, default=None)
    parser.add_argument("--hidden", type=int, default=None)
    parser.add_argument("--ops", type=int, default=None, help="how many row and token ops a program has")
    parser.add_argument("--threads", type=lambda s: [int(t) for t in s.split(",") if t], default=THREADS,
                        help="numbers of threads, such as 1,3")
    parser.add_argument("--no-reference", dest="reference", action="store_false")
    parser.add_argument("--text", action="store_true", help="run nothing, only the passes")
    parser.add_argument("--slow", type=float, default=20.0, help="report commands of more seconds")
    parser.add_argument("--keep", type=pathlib.Path, default=None, help="folder for the programs that fail")
    options = parser.parse_args()
    make = random_programs.RowProgram if options.kind == "rows" else random_programs.KernelProgram
    failed = 0
    for seed in range(options.first, options.first + options.seeds):
        program = make(seed, rows=options.types, streams=options.streams, hidden=options.hidden, ops=options.ops)
        what = (f"{options.kind} {seed}: {program.rows} n {program.n} hidden {program.c}")
        with tempfile.TemporaryDirectory() as folder:
            tools = Tools(pathlib.Path(folder), options.slow)
            try:
                problems, kernels, sweeps, tokens = check_program(tools, program, seed, options)
                what += f" tokens {tokens}, {kernels} kernels of at most {sweeps} sweeps"
            except Failure as failure:
                problems = [str(failure)]
            if problems:
                failed += 1
                if options.keep:
                    kept = options.keep / f"{options.kind}{seed}"
                    subprocess.run(["cp", "-r", folder, kept], check=True)
                    problems.append(f"kept in {kept}")
            print(f"{'FAIL' if problems else 'ok  '} {what}", *problems, sep="\n  ", flush=True)
    print(f"{options.seeds - failed} of {options.seeds} programs hold")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
