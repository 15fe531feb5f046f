#!/usr/bin/env python3
"""Runs the examples of the reference.

    examples.py ops MHC_OPT DIALECT.md     every ```mlir block of an op parses, verifies, and prints to a
                                           fixed point in custom, generic and bytecode form; every op has one
    examples.py passes MHC_OPT PASSES.md   a pass with two blocks turns the first into the second
"""
import re
import subprocess
import sys


def opt(tool, text, *flags):
    done = subprocess.run([tool, "-", *flags], input=text, capture_output=True)
    if done.returncode:
        sys.exit(f"mhc-opt {' '.join(flags)} failed:\n{done.stderr.decode()}\n{text.decode()}")
    return done.stdout


def sections(path, heading):
    """(name, text) of each section that starts with `heading` and a name in backquotes."""
    parts = re.split(r"^" + heading + r" `-?([\w.-]+)`.*$", open(path).read(), flags=re.M)
    return list(zip(parts[1::2], parts[2::2]))


def blocks(text):
    return [b.encode() for b in re.findall(r"```mlir\n(.*?)```", text, re.S)]


def check_ops(tool, path):
    count = 0
    for name, text in sections(path, "###"):
        if not name.startswith("mhc."):
            continue
        examples = blocks(text)
        if not examples:
            sys.exit(f"{name} has no example")
        for example in examples:
            if name.encode() not in example:
                sys.exit(f"the example of {name} does not use it")
            custom = opt(tool, example)
            generic = opt(tool, example, "--mlir-print-op-generic")
            bytecode = opt(tool, example, "--emit-bytecode")
            for form in (custom, generic, bytecode):
                if opt(tool, form) != custom:
                    sys.exit(f"the example of {name} does not round-trip")
            count += 1
    print(f"{count} examples of ops")
    return count


def check_passes(tool, path):
    count = 0
    for name, text in sections(path, "###"):
        examples = blocks(text)
        if not examples:
            continue
        if len(examples) != 2:
            sys.exit(f"{name}: expected two examples, before and after, got {len(examples)}")
        before, after = examples
        got, want = opt(tool, before, f"--{name}"), opt(tool, after)
        if got != want:
            sys.exit(f"{name} makes\n{got.decode()}\nnot\n{want.decode()}")
        count += 1
    print(f"{count} examples of passes")
    return count


if __name__ == "__main__":
    what, tool, path = sys.argv[1:]
    if not {"ops": check_ops, "passes": check_passes}[what](tool, path):
        sys.exit(f"no example in {path}")
