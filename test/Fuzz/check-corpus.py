#!/usr/bin/env python3
"""check-corpus.py MHC_OPT FOLDER: every seed parses, has under 2 KB, and every op occurs."""
import pathlib
import re
import subprocess
import sys

tool, folder = sys.argv[1:]
seeds = sorted(pathlib.Path(folder).iterdir())
text = ""
for seed in seeds:
    text += seed.read_text()
    if seed.stat().st_size >= 2048:
        sys.exit(f"{seed}: expected fewer than 2048 bytes, got {seed.stat().st_size}")
    if subprocess.run([tool, str(seed), "-o", "/dev/null"]).returncode:
        sys.exit(f"{seed} is not valid")

# The ops that the tool knows, from the reference.
reference = pathlib.Path(__file__).resolve().parents[2] / "docs/Reference/Dialect.md"
for op in re.findall(r"^### `(mhc\.\w+)`", reference.read_text(), re.M):
    if f" {op} " not in text:
        sys.exit(f"no seed has {op}")
print(len(seeds), "seeds")
