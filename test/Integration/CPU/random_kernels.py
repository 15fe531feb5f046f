#!/usr/bin/env python3
"""random_kernels.py {rows,kernels} [--seeds N] [--first SEED]: random programs through the kernel form.

`rows` makes programs of row and token ops, `kernels` makes kernels (random_kernel_programs.py).
Of each the following holds:

* Printed and parsed again, in every form, the program is the same text.
* Fused, cut after some or all of its sweeps, and cut, dissolved and fused again, it gives
  the same bits, of rows and of coefficients. Totals, which are added over tokens, may
  depend on how a kernel divides the tokens: less than 4 MB of totals in a kernel are
  divided in one way, and have the same bits too; others are within 1e-5.
* The number of threads changes no bit.
* The rows and coefficients of a token are the same bits in any batch and at any place.
* The CPU agrees with the reference: within the limits of the contract, plus what a
  change of the inputs in their last place does to the reference.

Some of the inputs hold inf, NaN, huge and denormal numbers. They are held against each
other alone, where any NaN is equal to any other.
"""
import argparse
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
import random_kernel_programs
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

    def write_bytes(self, data):
        self.count += 1
        path = self.folder / f"{self.count}.bin"
        path.write_bytes(data)
        return path

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


def strip_module(text):
    """The functions of a module, without the module."""
    lines = text.strip().splitlines()
    if lines[0].startswith("module"):
        lines = lines[1:-1]
    return "\n".join(lines)


def rename(text, suffix):
    return re.sub(r"@([A-Za-z_]\w*)", rf"@\g<1>_{suffix}", strip_module(text))


def label_kernels(text):
    """Gives every kernel a label of its own; the text, and how many sweeps each kernel has."""
    first, *parts = re.split(r'mhc\.kernel(?: "[^"]*")?', text)
    sweeps = {f"k{i}": part.split("mhc.return")[0].count("mhc.sweep") for i, part in enumerate(parts)}
    return first + "".join(f'mhc.kernel "k{i}"{part}' for i, part in enumerate(parts)), sweeps


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

    def __init__(self, variant, tokens, inputs="normal"):
        self.variant, self.tokens, self.inputs = variant, np.asarray(tokens, int), inputs


class Case:
    """A program with its variants and inputs."""

    def __init__(self, program, variants, seed, tokens, total_bytes=0, normal=None):
        self.program, self.variants, self.tokens, self.total_bytes = program, variants, tokens, total_bytes
        self.random = random.Random(seed + 1)
        numbers = np.random.default_rng(seed)
        normal = normal or [np.asarray(numbers.normal(size=((tokens,) if a.tokens else ()) + a.shape) * a.size)
                            for a in program.arguments]
        # Changed in the last place of the rows.
        last = h.ROW_LIMIT[program.rows]
        changed = [np.asarray(a * (1 + last * numbers.uniform(-1, 1, size=a.shape))) for a in normal]
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


def has_others(text):
    """Whether ops whose bits may differ from those of kernels stand outside of kernels."""
    lines, end = [], None
    for line in text.splitlines():
        if end is None:
            lines.append(line)
            if "mhc.kernel" in line:
                end = line[: len(line) - len(line.lstrip())] + "}"
        elif line == end:
            end = None
    return bool(re.search(r"math\.|= mhc\.(?!kernel|prepare)|\"reduction\"", "\n".join(lines)))


def sweeps_of(text):
    """How many sweeps the kernels of a text have, in words."""
    return f"kernels of {', '.join(map(str, label_kernels(text)[1].values()))} sweeps"


def split_flags(cuts):
    """Passes that cut the kernels of these labels after these sweeps."""
    return [f"--mhc-split-kernels=kernel={label} after={','.join(map(str, cut))}" for label, cut in cuts.items()]


def variants_of(tools, fused, seed):
    """Texts of a fused program cut in several ways."""
    r = random.Random(seed + 2)
    fused, sweeps = label_kernels(fused)
    variants = {"fused": rename(fused, "fused")}
    some = {label: sorted(r.sample(range(count - 1), r.randint(1, count - 1))) for label, count in sweeps.items()
            if count > 1 and r.random() < 0.8}
    cuts = {"all": ["--mhc-split-kernels"]}
    if max(sweeps.values(), default=0) > 2:
        cuts["some"] = split_flags(some)
    for name, cut in cuts.items():
        text = tools.opt(fused, *cut)
        variants[name] = rename(text, name)
        if name == "all":
            again = tools.opt(text, "--mhc-dissolve-kernels", "--canonicalize", "--cse", "--mhc-fuse-kernels")
            if not has_others(again):
                variants["again"] = rename(again, "again")
    return variants


def check_program(tools, program, seed, options):
    text = program.text()
    tokens = random.Random(seed).choice(TOKENS)
    round_trip(tools, text)
    fused = tools.opt(text, "--mhc-fuse-kernels")
    round_trip(tools, fused)
    variants = variants_of(tools, fused, seed)
    round_trip(tools, variants["all"])
    problems = []
    if not options.text:
        case = Case(program, variants | {"source": rename(text, "source")}, seed, tokens, total_bytes(fused))
        problems = check_case(tools, case, list(variants), options)
    return problems, f"tokens {tokens}, {sweeps_of(fused)}"


def check_case(tools, case, variants, options):
    """The bits of all variants, in all batches, with any number of threads."""
    program, tokens, r, problems = case.program, case.tokens, case.random, []

    # One call of each variant, and batches of the same tokens. An entry of very many results is compiled slowly.
    kind = r.choice(("normal", "special"))
    order = list(range(tokens))
    r.shuffle(order)
    cut = r.randint(0, tokens)
    parts = [range(cut), range(cut, tokens), order]
    calls = [Call(v, range(tokens), kind) for v in variants] + [Call("fused", part, kind) for part in parts]
    if kind == "special":
        calls.append(Call("fused", range(tokens)))
    results = case.run(tools, calls, "--device=cpu")
    whole = results[0]
    for call, got in zip(calls, results):
        if call.inputs != kind:
            continue
        for k, (v, base) in enumerate(zip(program.results, whole)):
            what = f"result {k} ({v.kind}) of '{call.variant}', {len(call.tokens)} tokens, {kind} inputs"
            if v.tokens:
                if not same(base[call.tokens], got[k]):
                    problems.append(f"{what}: {difference(base[call.tokens], got[k])}")
            elif len(call.tokens) == 0:
                if kind == "normal" and got[k].any():
                    problems.append(f"{what}: not zero")
            elif list(call.tokens) == list(range(tokens)):
                if case.total_bytes < 4 << 20:
                    if not same(base, got[k]):
                        problems.append(f"{what}: {difference(base, got[k])}")
                elif kind == "normal":
                    error = np.abs(base.astype(np.float64) - got[k])
                    if not (error <= 1e-5 * np.abs(base).max()).all():
                        problems.append(f"{what}: {error.max():.1e}")
    for threads in r.sample(options.threads, min(2, len(options.threads))):
        got, = case.run(tools, [Call("fused", range(tokens), kind)], "--device=cpu", threads=threads)
        for k, (v, base) in enumerate(zip(program.results, whole)):
            if not same(base, got[k]):
                problems.append(f"result {k} ({v.kind}) with {threads} threads, {kind} inputs: "
                                f"{difference(base, got[k])}")
    if options.reference:
        problems += check_reference(tools, case, results[-1] if kind == "special" else whole)
    return problems


def difference(a, b):
    if a.shape != b.shape:
        return f"shapes {a.shape} and {b.shape}"
    if a.size == 0:
        return "empty"
    wrong = ~((a == b) & (np.signbit(a) == np.signbit(b)) | np.isnan(a) & np.isnan(b))
    place = tuple(int(i) for i in np.argwhere(wrong)[0]) if a.ndim else ()
    return f"{wrong.sum()} of {a.size} differ, first {place}: {a[place]!r} and {b[place]!r}"


def check_reference(tools, case, whole):
    """The CPU's results within the limits of the contract, plus what the last place of the inputs does."""
    p = case.program
    if not case.tokens or not p.is_smooth or "source" not in case.variants:
        return []
    last, floor = h.ROW_LIMIT[p.rows], 4e-12 if p.rows == "f64" else 4e-6
    calls = [Call("source", range(case.tokens), inputs) for inputs in ("normal", "changed")]
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
            if not v.tokens:
                size *= np.sqrt(case.tokens)  # For the sum of the magnitudes of what is added.
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
    make = random_programs.RowProgram if options.kind == "rows" else random_kernel_programs.KernelProgram
    failed = 0
    for seed in range(options.first, options.first + options.seeds):
        program = make(seed, rows=options.types, streams=options.streams, hidden=options.hidden, ops=options.ops)
        what = (f"{options.kind} {seed}: {program.rows} n {program.n} hidden {program.c}")
        with tempfile.TemporaryDirectory() as folder:
            tools = Tools(pathlib.Path(folder), options.slow)
            try:
                problems, found = check_program(tools, program, seed, options)
                what += " " + found
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
