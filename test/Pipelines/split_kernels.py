#!/usr/bin/env python3
"""Kernels cut at any subset of their sweeps have the same bits on the CPU, and dissolving and fusing them again
gives the numbers of the reference.

    split_kernels.py FILE.mlir ENTRY MHC_OPT MHC_RUN TOKENS SWEEPS DIMS...
"""
import itertools
import pathlib
import subprocess
import sys
import tempfile

import numpy as np


def call(*command):
    done = subprocess.run([str(c) for c in command], capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"{' '.join(str(c) for c in command)} failed:\n{done.stderr}")
    return done.stdout


def main():
    path, entry, opt, run, tokens, sweeps, *dims = sys.argv[1:]
    folder = pathlib.Path(tempfile.mkdtemp())
    specs = []
    for number, dim in enumerate(dims):
        dim = dim.replace("T", tokens)
        # Destinations are written, whatever is in them.
        kind, _, shape = dim.partition(":")
        specs += ["--arg", f"{kind}:{number}:{shape}" if kind == "random" else f"full:7:{shape}"]

    def results(file, device, name):
        out = folder / f"{name}-{device}"
        call(run, file, "--entry", entry, "--device", device, *specs, "--out", out)
        return [np.load(out / f"{i}.npy") for i in range(len(list(out.glob("*.npy"))))]

    want = results(path, "cpu", "whole")
    exact = results(path, "reference", "whole")
    for got, reference in zip(want, exact):
        scale = np.abs(reference).max(initial=1e-30)
        error = np.abs(got - reference).max(initial=0) / scale
        if not error < 2e-2:
            sys.exit(f"expected the numbers of the reference, got an error of {error}")
    # With no cuts listed, all are made.
    cuts = list(range(int(sweeps) - 1))
    subsets = [s for n in range(1, len(cuts) + 1) for s in itertools.combinations(cuts, n)]
    for subset in [()] + subsets:
        option = f"=kernel={entry} after={','.join(map(str, subset))}" if subset else ""
        file = folder / "split.mlir"
        call(opt, path, f"--mhc-split-kernels{option}", "-o", file)
        for index, (a, b) in enumerate(zip(want, results(file, "cpu", f"split{len(subset)}{sum(subset)}"))):
            if a.tobytes() != b.tobytes():
                sys.exit(f"result {index} differs, cut after {subset or 'every sweep'}")
    file = folder / "fused.mlir"
    call(opt, path, "--mhc-dissolve-kernels", "--mhc-fuse-kernels", "-o", file)
    for index, (a, b) in enumerate(zip(want, results(file, "cpu", "fused"))):
        if a.tobytes() != b.tobytes():
            sys.exit(f"result {index} differs, dissolved and fused again")
    print(f"{entry}: {len(subsets) + 1} ways to cut, {len(want)} results")


if __name__ == "__main__":
    main()
