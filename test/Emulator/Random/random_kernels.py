#!/usr/bin/env python3
"""random_kernels.py [--seed S] [--count N] [--mutate] [--assemble K]: random kernels on the emulator.

Makes N kernels that have no races (random_device_kernels.py), some of which read what the one
before has written, and runs them with all checks in four orders of lanes, warps and CTAs.
Nothing is found, the orders agree bit for bit, and so does an interpreter in numpy.

With --mutate one op that orders threads is removed from each kernel that has one without
which there is a race for certain, and something must be found in the first order.
With --assemble K the modules of K kernels are lowered to PTX, which ptxas must accept.
"""
import argparse
import pathlib
import random
import re
import subprocess
import sys
import tempfile
import time

import numpy as np

from device_code import Buffer
from random_device_kernels import INPUT_WORDS, ZERO_WORDS, Functions, Kernel

MODULE_KERNELS = 50


class Module:
    """Kernels of the seeds given, in chains of one to three launches."""

    def __init__(self, first, count, seed):
        self.input = np.random.default_rng(seed).integers(-2 ** 31, 2 ** 31, INPUT_WORDS).astype(np.int32)
        self.functions = Functions(first)
        self.content = Buffer(1, 4 * INPUT_WORDS, self.input)
        self.zeros = Buffer(1, 4 * ZERO_WORDS * count, np.zeros(ZERO_WORDS * count, np.int32))
        self.kernels, self.begins_chain = [], []
        left = 0
        for i in range(count):
            r = random.Random(f"{seed} {first + i}")
            begins = left == 0
            left = r.randint(1, 3) if begins else left
            left -= 1
            prior = self.content if begins else self.kernels[-1].out
            prior.writer[:] = prior.reader[:] = -1
            self.kernels.append(Kernel(f"k{first + i}", r.getrandbits(32), self.functions, self.content, prior, self.zeros,
                                       ZERO_WORDS * i))
            self.begins_chain.append(begins)

    def text(self, only=None, without=None):
        """The module; `only` with this kernel and those that it depends on, less the op of a label."""
        kernels = list(range(len(self.kernels)))
        if only is not None:
            begin = max(i for i in range(only + 1) if self.begins_chain[i])
            kernels = list(range(begin, only + 1))
        device = ["llvm.mlir.global external @dynamic() {addr_space = 3 : i32, alignment = 16 : i64} : !llvm.array<0 x i8>"]
        device += [text for _, text in sorted(self.functions.texts.items())]
        device += [self.kernels[i].text(without if i == only else None) for i in kernels]
        device = "\n".join("    " + line for text in device for line in text.split("\n"))
        returned = "".join(f", {self.type(i)}" for i in kernels)
        zeros = f"memref<{len(self.zeros.bytes[0]) // 4}xi32>"
        return "\n".join([
            "module attributes {gpu.container_module} {", "  gpu.module @kernels {", device, "  }",
            f"  func.func @main(%in: memref<{INPUT_WORDS}xi32>, %zeros: {zeros}) -> ({zeros}{returned}) {{",
            *("    " + line for line in self.host(kernels, zeros)),
            f"    return %zeros{''.join(f', %out{i}' for i in kernels)} : {zeros}{returned}", "  }", "}", ""])

    def type(self, i):
        return f"memref<{len(self.kernels[i].out.bytes[0]) // 4}xi32>"

    def host(self, kernels, zeros):
        """The lines that launch the kernels."""
        lines, constants = [], {}

        def constant(number, type="index"):
            if (number, type) not in constants:
                constants[number, type] = f"%{type}{number}"
                lines.append(f"%{type}{number} = arith.constant {number} : {type}")
            return constants[number, type]

        def address(name, type):
            lines.append(f"%{name}_index = memref.extract_aligned_pointer_as_index %{name} : {type} -> index")
            lines.append(f"%{name}_address = arith.index_cast %{name}_index : index to i64")
            lines.append(f"%{name}_pointer = llvm.inttoptr %{name}_address : i64 to !llvm.ptr<1>")

        address("in", f"memref<{INPUT_WORDS}xi32>")
        address("zeros", zeros)
        token = None
        for i in kernels:
            kernel = self.kernels[i]
            for name, type in (f"out{i}", self.type(i)), (f"scratch{i}", f"memref<{len(kernel.scratch.bytes[0])}xi8>"):
                lines.append(f"%{name} = memref.alloc() : {type}")
                address(name, type)
            if self.begins_chain[i]:
                if token:
                    lines.append(f"gpu.wait [{token}]")
                token = f"%token{i}" if i % 3 == 0 else None
                if token:
                    lines.append(f"{token} = gpu.wait async")
            prior = "in" if self.begins_chain[i] else f"out{i - 1}"
            arguments = ", ".join(f"%{name}_pointer : !llvm.ptr<1>"
                                  for name in ("in", prior, f"out{i}", f"scratch{i}", "zeros"))
            extents = lambda numbers: f"({', '.join(constant(n) for n in numbers)})"
            shape = kernel.shape
            cluster = f" clusters in {extents(shape.cluster)}" if shape.cluster_size > 1 else ""
            dynamic = f" dynamic_shared_memory_size {constant(kernel.dynamic, 'i32')}" if kernel.dynamic else ""
            blocks, threads = extents(shape.grid), extents(shape.block)
            launch = "gpu.launch_func"
            if token:
                launch = f"%launched{i} = gpu.launch_func async [{token}]"
                token = f"%launched{i}"
            lines.append(f"{launch} @kernels::@{kernel.name}{cluster} blocks in {blocks} threads in {threads}{dynamic}"
                         f" args({arguments})")
        if token:
            lines.append(f"gpu.wait [{token}]")
        return lines


def run(module, folder, text, flags):
    """The exit code, what was said and the results, if there are some."""
    path, out = folder / "module.mlir", folder / "out"
    path.write_text(text)
    np.save(folder / "in.npy", module.input)
    zeros = len(module.zeros.bytes[0]) // 4
    command = ["mhc-run", "--device", "emulator", path, "--entry", "main", "--arg", folder / "in.npy",
               "--arg", f"zeros:{zeros}", "--out", out, *flags]
    for old in out.glob("*.npy"):
        old.unlink()
    try:
        done = subprocess.run(command, capture_output=True, timeout=60)
    except subprocess.TimeoutExpired:
        return -1, "no end after 60 s", []
    return (done.returncode, done.stderr.decode(errors="replace"),
            [np.load(out / f"{i}.npy") for i in range(len(list(out.glob("*.npy"))))])


def describe(shape):
    cluster = f" clusters {shape.cluster}" if shape.cluster_size > 1 else ""
    return f"grid {shape.grid} block {shape.block}{cluster}"


def check(module, folder, options):
    """What is wrong with the kernels of a module."""
    code, said, results = run(module, folder, module.text(), ["--orders", str(options.orders)])
    if code:
        return [f"exit code {code}\n{said[:options.print]}"]
    problems = []
    words = lambda buffer: buffer.bytes[0].view(np.int32)
    zeros, results = results[0], results[1:]
    for i, (kernel, result) in enumerate(zip(module.kernels, results)):
        what = f"{kernel.name}, {describe(kernel.shape)}"
        wrong = np.flatnonzero(result != words(kernel.out))
        if len(wrong):
            problems.append(f"{what}: {len(wrong)} of {result.size} differ, first {wrong[0]}: {result[wrong[0]]}, "
                            f"expected {words(kernel.out)[wrong[0]]}")
        part = slice(kernel.zero_base, kernel.zero_base + ZERO_WORDS)
        wrong = np.flatnonzero(zeros[part] != words(module.zeros)[part])
        if len(wrong):
            problems.append(f"{what}: counter {wrong[0]} is {zeros[part][wrong[0]]}, "
                            f"expected {words(module.zeros)[part][wrong[0]]}")
    return problems


def check_mutants(module, folder, options, r):
    """For each kernel with an op that it needs: whether its absence is found."""
    found, missed = 0, []
    for i, kernel in enumerate(module.kernels):
        labels = sorted(kernel.code.certain & {line.label for line in kernel.code.lines})
        if not labels:
            continue
        label = r.choice(labels)
        text = module.text(i, label)
        code, said, _ = run(module, folder, text, [])
        if code == 1 and re.search(r"error: (race|read before|deadlock|.*phase)", said):
            found += 1
            continue
        removed = [line.text.strip() for line in kernel.code.lines if line.label == label]
        missed.append(f"{kernel.name}, {describe(kernel.shape)}: without '{removed[0]}' exit code {code}\n"
                      f"{said[:options.print]}")
        if options.keep:
            (options.keep / f"{kernel.name}-mutant.mlir").write_text(text)
    return found, missed


def assemble(module, folder):
    """What mhc-run and ptxas say against the kernels, if they do."""
    path, ptx = folder / "module.mlir", folder / "module.ptx"
    path.write_text(module.text())
    for command in (["mhc-run", "--device", "emulator", path, "--emit-ptx", ptx],
                    ["ptxas", "-arch=sm_90a", "-o", folder / "module.cubin", ptx]):
        done = subprocess.run(command, capture_output=True, text=True, errors="replace")
        if done.returncode:
            return [f"{command[0]}: exit code {done.returncode}\n{(done.stderr + done.stdout)[:3000]}"]
    return []


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--first", type=int, default=0, help="the first kernel")
    parser.add_argument("--count", type=int, default=100, help="how many kernels")
    parser.add_argument("--orders", type=int, default=4)
    parser.add_argument("--mutate", action="store_true", help="remove an op that a kernel needs")
    parser.add_argument("--assemble", type=int, metavar="K", default=0, help="assemble K of the kernels")
    parser.add_argument("--write", type=pathlib.Path, help="write the first module to this file, and run nothing")
    parser.add_argument("--keep", type=pathlib.Path, help="folder for the modules that fail")
    parser.add_argument("--print", type=int, default=3000, help="characters of an error")
    options = parser.parse_args()
    failed, found, missed = [], 0, []
    times = {"made": 0.0, "run": 0.0}
    np.seterr(all="ignore")
    for first in range(options.first, options.first + options.count, MODULE_KERNELS):
        count = min(MODULE_KERNELS, options.first + options.count - first)
        start = time.monotonic()
        module = Module(first, count, options.seed)
        times["made"] += time.monotonic() - start
        if options.write:
            options.write.write_text(module.text())
            return
        start = time.monotonic()
        with tempfile.TemporaryDirectory() as folder:
            folder = pathlib.Path(folder)
            if options.mutate:
                more, misses = check_mutants(module, folder, options, random.Random(options.seed + first))
                found, missed = found + more, missed + misses
                problems = misses
            else:
                problems = check(module, folder, options)
                if first - options.first < options.assemble:
                    problems += assemble(module, folder)
            for problem in problems:
                print(f"FAIL seed {options.seed}, kernels {first} to {first + count - 1}: {problem}", flush=True)
            if problems and options.keep:
                (options.keep / f"{options.seed}-{first}.mlir").write_text(module.text())
            failed += problems
        times["run"] += time.monotonic() - start
    print(f"{times['made']:.1f} s to make and interpret the kernels, {times['run']:.1f} s to run them")
    if options.mutate:
        print(f"found {found} of {found + len(missed)} removed ops")
    elif not failed:
        print(f"{options.count} kernels hold")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
