#!/usr/bin/env python3
"""examples.py run NAME...: runs examples on the CPU and holds them against the reference.
examples.py compile: every example verifies, round-trips, and compiles for both.

An example rounds to bf16 many times in a row (y, every linear map of F, f, the
streams). Two programs that round at the same places but differ by one f32 ulp
before a rounding are up to one bf16 ulp apart after it, and a few roundings later
as far apart as either is from the exact result. So the CPU is held against both:
the reference in f64 (exact) and the reference that rounds where the program does.
Its error must be that of rounding, and no more: in the mean within 2 % of it, at
worst 1.5 times of it. How many numbers are within 2^-8 is printed.
"""
import pathlib
import re
import subprocess
import sys

import numpy as np

import harness as h

EXAMPLES = h.ROOT / "examples"
# As its comment says, this one has no bodies to run.
OPAQUE = {"opaque-sublayer.mlir"}


def arguments_of(path):
    """The --arg of the lines `// ARGS:`."""
    words = " ".join(re.findall(r"^// ARGS:(.*)$", path.read_text(), re.M)).split()
    if words[::2] != ["--arg"] * (len(words) // 2):
        sys.exit(f"{path.name}: expected --arg SPEC ..., got {' '.join(words)}")
    return words[1::2]


def root_mean_square(a):
    return float(np.sqrt((np.asarray(a) ** 2).mean()))


def compare(check, what, found, exact, rounded):
    found, limit = found.astype(np.float64), h.ROW_LIMIT["bf16"]
    noise, error = root_mean_square(rounded - exact), root_mean_square(found - exact)
    scale = np.maximum(np.abs(exact), np.sqrt((exact * exact).mean(-1, keepdims=True)))
    worst, worst_noise = ((np.abs(a - exact) / scale).max() for a in (found, rounded))
    beyond = (np.abs(found - rounded) > limit * scale).mean()
    check(np.isfinite(found).all() and 0.01 < root_mean_square(exact) < 1000, f"{what}: numbers are sane")
    check(error <= 1.02 * noise + 1e-6 * root_mean_square(exact),
          f"{what}: error {error:.2e} in the mean, that of rounding {noise:.2e}")
    check(worst <= 1.5 * worst_noise + 1e-5, f"{what}: at worst {worst:.1e}, that of rounding {worst_noise:.1e}")
    print(f"     {what}: {(found == rounded).mean():.1%} have the bits of the rounding reference, "
          f"{beyond:.1%} are further than 2^-8 from it, the worst {(np.abs(found - rounded) / scale).max():.1e}")


def run(names):
    check = h.Checks()
    for name in names:
        path = EXAMPLES / name
        arguments = arguments_of(path)
        results = [h.cpu(path, arguments), h.reference(path, arguments), h.reference(path, arguments, "--round")]
        check(len({len(r) for r in results}) == 1 and results[0], f"{name}: {len(results[0])} results")
        for i, (found, exact, rounded) in enumerate(zip(*results)):
            compare(check, f"{name} result {i}", found, exact, rounded)
    check.done()


def compile_all():
    check = h.Checks()
    paths = sorted(EXAMPLES.glob("*.mlir"))
    for path in paths:
        for flag in ("--verify-roundtrip", "--mhc-to-cpu", "--mhc-to-reference", "--mhc-to-reference=round=true"):
            done = subprocess.run(["mhc-opt", path, flag, "-o", "/dev/null"], capture_output=True, text=True)
            check(done.returncode == 0 and not done.stderr, f"{path.name} {flag}{done.stderr[:2000]}")
        text, opaque = path.read_text(), path.name in OPAQUE
        check(text.startswith(f"//===- {path.name} - "), f"{path.name} says what it is")
        check(bool(arguments_of(path)) != opaque, f"{path.name} {'cannot be run' if opaque else 'says its arguments'}")
        entries = re.findall(r"^func\.func @", text, re.M)
        check(len(entries) == 1, f"{path.name} has one public function")
    path = EXAMPLES / "opaque-sublayer.mlir"
    done = subprocess.run(["mhc-run", path, "--device=cpu", "--arg=zeros:2x4x4096"] + ["--arg=zeros"] * 6,
                          capture_output=True, text=True)
    said = re.search(r"error: expected a body of .*", done.stderr)
    check(done.returncode == 1 and said and f"//   {said[0]}" in path.read_text(), f"{path.name}: {said and said[0]}")
    check(len(paths) == 8, f"{len(paths)} examples")
    check.done()


if __name__ == "__main__":
    if sys.argv[1] == "compile":
        compile_all()
    run(sys.argv[2:])
