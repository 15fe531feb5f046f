#!/usr/bin/env python3
"""Compares mhc-print-memory with sums made here, for models of many layers, and times it.

    memory_layers.py MHC_OPT [--layers 61] [--hidden 7168] [--seconds 3]

The sublayers are calls. Forward and backward are looked at as row ops and as kernels:
from one to the other goes the same.
"""
import argparse
import re
import subprocess
import sys

sys.dont_write_bytecode = True
import training_step


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("mhc_opt")
    parser.add_argument("--layers", type=int, default=61)
    parser.add_argument("--hidden", type=int, default=7168)
    parser.add_argument("--seconds", type=float, default=3, help="what the pass may take at most (default: 3)")
    options = parser.parse_args()
    connections = 2 * options.layers
    row = 2 * options.hidden
    # The streams, y, f, and m and s of all connections.
    kept = connections * (4 * row + row + row + 4 * 25)
    model = training_step.model(options.layers, options.hidden)
    for passes in ([], ["--mhc-fuse-kernels"]):
        done = subprocess.run([options.mhc_opt, "-", "--mhc-differentiate=function=model", *passes,
                               "--mhc-print-memory=function=model", "--mlir-timing", "--mlir-timing-display=list",
                               "-o", "/dev/null"], input=model, capture_output=True, text=True)
        if done.returncode:
            sys.exit(done.stderr)
        found = int(re.search(r"^  kept: (\d+) bytes a token", done.stdout, re.M).group(1))
        if found != kept:
            sys.exit(f"expected {kept} bytes a token to be kept {passes}, got {found}")
        seconds = float(re.search(r"([\d.]+) \( *[\d.]+%\)  MHCPrintMemory$", done.stderr, re.M).group(1))
        if seconds > options.seconds:
            sys.exit(f"expected mhc-print-memory to take at most {options.seconds} s, got {seconds}")


if __name__ == "__main__":
    main()
