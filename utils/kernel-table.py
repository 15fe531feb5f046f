#!/usr/bin/env python3
"""kernel-table.py MANIFEST SCHEDULED FUSED: the fused kernels of a program, as a table.

MANIFEST is kernels.json of mhc-compile. SCHEDULED and FUSED are what --mhc-print-traffic says of the program
with --mhc-schedule and without: bytes of rows a token that each kernel moves, and the least that the
kernel it was cut from could move, with every row read and written once.
"""
import json
import re
import sys


def traffic(path, column):
    """Bytes of rows by the label of a kernel."""
    found = {}
    for line in open(path):
        words = line.split()
        if len(words) > 9 and not line.startswith("@") and words[0] not in ("kernel", "sum"):
            found[words[0]] = int(words[column])
    return found


def main():
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    kernels = json.load(open(sys.argv[1]))["kernels"]
    scheduled, fused = traffic(sys.argv[2], 8), traffic(sys.argv[3], 6)
    text = lambda value: "-" if value is None else str(value)
    print(f"{'kernel':14} {'registers':>9} {'spills':>6} {'shared':>7} {'bytes/token':>11}  bound")
    groups = {}
    for kernel in kernels:
        label = kernel["label"]
        if label not in scheduled:
            continue  # Of the sublayers, or adding up totals.
        group = label if label in fused else re.sub(r"_\d+$", "", label)
        groups.setdefault(group, []).append(label)
        print(f"{label:14} {text(kernel['registers']):>9} {text(kernel['spills']):>6} {kernel['shared']:>7} "
              f"{scheduled[label]:>11}")
        if len(groups[group]) == sum(other == group or re.fullmatch(rf"{re.escape(group)}_\d+", other) is not None
                                     for other in scheduled):
            moved = sum(scheduled[member] for member in groups[group])
            print(f"{'= ' + group:14} {'':9} {'':6} {'':7} {moved:>11}  {fused.get(group, moved)}")
    missing = [k for k in kernels if k["label"] in scheduled and k["registers"] is None]
    if missing:
        print("registers and spills are ptxas's, which is not here")


if __name__ == "__main__":
    main()
