#!/usr/bin/env python3
"""The matrix products of matrix.mlir on the emulator, held against numpy.

    check-matrix.py matrix.mlir

Operands are small integers, whose products and sums are exact in every type, so that only the types,
the places of the elements in the lanes' registers (PTX ISA, "Matrix Fragments for mma") and the order
of the operands decide. Saturation is checked with accumulators next to the ends of the range. Exit
code 1 if a result is wrong.
"""
import pathlib
import re
import subprocess
import sys
import tempfile

import numpy as np


def small_float(bits_exponent, bits_fraction, bias):
    """Bytes by the value they stand for."""
    table = {}
    for byte in range(128):
        field, fraction = byte >> bits_fraction, byte & ((1 << bits_fraction) - 1)
        value = (fraction + (1 << bits_fraction if field else 0)) * 2.0 ** (max(field, 1) - bias - bits_fraction)
        table.setdefault(value, byte)
        table.setdefault(-value, byte | 0x80)
    return table


TABLES = {"e4m3": small_float(4, 3, 7), "e5m2": small_float(5, 2, 15)}


def encode(values, kind):
    """Elements as unsigned integers of their width."""
    if kind in TABLES:
        return np.array([TABLES[kind][float(v)] for v in values.ravel()], np.uint8).reshape(values.shape)
    if kind == "bf16":
        return (values.astype(np.float32).view(np.uint32) >> 16).astype(np.uint16)
    types = {"f16": (np.float16, np.uint16), "f32": (np.float32, np.uint32), "tf32": (np.float32, np.uint32),
             "f64": (np.float64, np.uint64), "s8": (np.int8, np.uint8), "u8": (np.uint8, np.uint8),
             "s32": (np.int32, np.uint32)}
    return values.astype(types[kind][0]).view(types[kind][1])


def gather(matrix, kind, place):
    """The words of each lane: place(lane, element) is an element's row and column."""
    elements = encode(matrix, kind)
    width = elements.dtype.itemsize * 8
    per_word = max(32 // width, 1)
    count = matrix.size // 32
    words = np.zeros((count // per_word, 32), np.uint64)
    for lane in range(32):
        for i in range(count):
            words[i // per_word, lane] |= np.uint64(int(elements[place(lane, i, per_word)]) << i % per_word * width)
    return words


def place_a(m):
    def place(lane, i, per_word):
        word, rest = divmod(i, per_word)
        return lane // 4 + 8 * (word % (m // 8)), (word // (m // 8) * 4 + lane % 4) * per_word + rest
    return place


def place_b(lane, i, per_word):
    word, rest = divmod(i, per_word)
    return (word * 4 + lane % 4) * per_word + rest, lane // 4


def place_c(lane, i, _):
    return lane // 4 + 8 * (i // 2), lane % 4 * 2 + i % 2


def run(path, entry, words, wide):
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        np.save(folder / "in.npy", words.astype(np.uint64 if wide else np.uint32).view(np.int64 if wide else np.int32))
        done = subprocess.run(["mhc-run", "--device", "emulator", str(path), "--entry", entry, "--orders", "4",
                               "--arg", str(folder / "in.npy"), "--out", str(folder / "out")],
                              capture_output=True, text=True, errors="replace")
        if done.returncode != 0:
            sys.exit(f"FAIL {entry}: exit code {done.returncode}\n{done.stderr[:4000]}")
        result = np.load(folder / "out" / "0.npy")
        return result.view(np.uint64 if wide else np.uint32).astype(np.uint64)


def check(path, name, seed):
    """True if the product of one form is right. `name` is as in the intrinsic."""
    m, k = (int(x) for x in re.match(r"m(\d+)n8k(\d+)", name).groups())
    saturates, types = ".satfinite" in name, name.replace(".satfinite", "").split(".")[3:]
    if types[0] in ("bf16", "tf32"):
        a, b, c = types[0], types[0], "f32"
    elif types[0] == "f64":
        a = b = c = "f64"
    elif types[0] in ("s8", "u8"):
        a, b, c = types[0], types[-1], "s32"
    else:
        a, b, c = *(types[1:3] if len(types) == 4 else ("f16", "f16")), types[0]
    rng = np.random.default_rng(seed)
    draw = lambda kind, *shape: rng.integers(0 if kind == "u8" else -4, 5, shape)
    x, y, z = draw(a, m, k), draw(b, k, 8), draw(c, m, 8)
    if c == "s32":  # near the ends, where sums wrap around or saturate
        z = np.where(rng.random((m, 8)) < 0.5, 2 ** 31 - 1, -2 ** 31) - np.sign(z) * np.abs(z) * 0
        x[:, 0], y[0] = 4, rng.choice([-4, 4] if b == "s8" else [4], 8)
    total = z.astype(np.int64) + x @ y
    if c == "s32":
        total = np.clip(total, -2 ** 31, 2 ** 31 - 1) if saturates else (total + 2 ** 31) % 2 ** 32 - 2 ** 31
    words = np.concatenate([gather(x, a, place_a(m)), gather(y, b, place_b), gather(z, c, place_c)])
    result = run(path, re.sub(r"\.", "_", name.replace(".row.col", "")), words, a == "f64")
    expected = gather(total, c, place_c)
    wrong = int((result != expected).sum())
    print(f"{'FAIL' if wrong else 'ok'} {name}" + (f": {wrong} of {expected.size} words" if wrong else ""))
    return not wrong


def main():
    path = pathlib.Path(sys.argv[1])
    names = re.findall(r'"llvm\.nvvm\.mma\.([^"]+)"', path.read_text())
    results = [check(path, name, seed) for name in names for seed in (1, 2)]
    sys.exit(0 if names and all(results) else 1)


if __name__ == "__main__":
    main()
