#!/usr/bin/env python3
"""garbage.py COUNT SEED TOOL [OPTION...]

Gives the tool COUNT files, half of them random bytes and half valid text with random
bytes in it, from a fixed seed. Each must end in exit code 1 and a diagnostic, or, if
the damage does not matter, in 0; never in a signal. Files of bytes alone must fail.
"""
import pathlib
import random
import subprocess
import sys
import tempfile

count, seed, *command = sys.argv[1:]
seeds = sorted((pathlib.Path(__file__).resolve().parents[2] / "Fuzz/corpus").iterdir())
numbers = random.Random(int(seed))
refused = 0
with tempfile.TemporaryDirectory() as folder:
    file = pathlib.Path(folder) / "garbage.mlir"
    for i in range(int(count)):
        noise = i % 2 == 0
        if noise:
            # Some of it looks like bytecode.
            prefix = b"ML\xefR\x0dMLIR\x00" if i % 4 == 0 else b""
            data = prefix + numbers.randbytes(numbers.randrange(1, 2000))
        else:
            data = bytearray(numbers.choice(seeds).read_bytes())
            for _ in range(numbers.randrange(1, 4)):
                at = numbers.randrange(len(data))
                data[at:at + numbers.randrange(3)] = numbers.randbytes(numbers.randrange(3))
        file.write_bytes(data)
        done = subprocess.run([*command, str(file)], capture_output=True)
        refused += done.returncode == 1
        if done.returncode not in ((1,) if noise else (0, 1)) or done.returncode and b"error:" not in done.stderr:
            sys.exit(f"exit code {done.returncode} and {done.stderr!r} for {bytes(data)!r}")
print(f"{refused} of {count} refused")
