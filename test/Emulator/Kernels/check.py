#!/usr/bin/env python3
"""The kernels of this folder on the emulator, held against numpy.

    check.py [--device DEVICE] KERNEL.mlir
    check.py rmsnorm.mlir --time ROWS COLS
    check.py cp-async-pipeline.mlir --time M N K

Every kernel has a function here, named as its file, which runs it in several shapes. Each
run is repeated in four orders of lanes, warps and CTAs, which must give the same bits, with all of
the emulator's checks on. Exit code 1 if a result is wrong or the emulator has a finding.
With --time five runs in one order, with all checks on: how many instructions lanes executed a second, on
one core, with the copies of arguments and results.
"""
import argparse
import json
import os
import pathlib
import re
import statistics
import subprocess
import sys
import tempfile

import numpy as np

FAILURES = []
OPTIONS = None


def fail(text):
    FAILURES.append(text)
    print(f"FAIL {text}")


def run(entry, *arguments, options=()):
    """The results of a function, and the counters of its kernels together."""
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        command = ["mhc-run", "--device", OPTIONS.device, str(OPTIONS.kernel), "--entry", entry,
                   "--out", str(folder / "out"), *options]
        counters = {}
        if OPTIONS.device == "emulator":
            command += ["--orders", "4", "--counters", str(folder / "counters.json")]
        for i, argument in enumerate(arguments):
            if not isinstance(argument, str):
                np.save(folder / f"{i}.npy", np.ascontiguousarray(argument))
                argument = str(folder / f"{i}.npy")
            command += ["--arg", argument]
        shapes = " ".join("x".join(map(str, a.shape)) for a in arguments if not isinstance(a, str))
        done = subprocess.run(command, capture_output=True, text=True, errors="replace")
        if done.returncode != 0:
            fail(f"{entry} {shapes}: exit code {done.returncode}\n{done.stderr[:4000]}")
            return None, None
        if OPTIONS.device == "emulator":
            counters = json.loads((folder / "counters.json").read_text())["sum"]
        count = len(list((folder / "out").glob("*.npy")))
        print(f"ran {entry} {shapes}")
        return [np.load(folder / "out" / f"{i}.npy") for i in range(count)], counters


def check(what, actual, expected, scale=None, limit=0.0):
    """Equal, or within `limit` times `scale`, element by element."""
    if actual.shape != expected.shape:
        return fail(f"{what}: expected the shape {expected.shape}, got {actual.shape}")
    actual, expected = actual.astype(np.float64), np.asarray(expected, np.float64)
    wrong = ~((actual == expected) | (np.isnan(actual) & np.isnan(expected)))
    if scale is not None:
        with np.errstate(invalid="ignore"):
            wrong &= ~(np.abs(actual - expected) <= limit * scale)
    if wrong.any():
        at = tuple(int(i) for i in np.argwhere(wrong)[0])
        fail(f"{what}: {int(wrong.sum())} of {wrong.size} wrong, the first at {at}: "
             f"expected {expected[at]!r}, got {actual[at]!r}")


def check_count(what, counters, group, key, expected):
    """A counter, where the run has them."""
    if counters and counters[group][key] != expected:
        fail(f"{what}: expected {expected} {key} in {group}, got {counters[group][key]}")


def bf16(x):
    """Rounded to bf16, as f32."""
    bits = np.asarray(x, np.float32).view(np.uint32)
    return ((bits + 0x7FFF + ((bits >> 16) & 1)) & 0xFFFF0000).astype(np.uint32).view(np.float32)


def f16(x):
    return np.asarray(x, np.float16).astype(np.float32)


def tf32(x):
    """Rounded to tf32, halves away from zero, as f32."""
    bits = np.asarray(x, np.float32).view(np.uint32)
    return ((bits + 0x1000) & 0xFFFFE000).astype(np.uint32).view(np.float32)


def normal(seed, *shape):
    return np.random.default_rng(seed).standard_normal(shape).astype(np.float32)


def integers(seed, low, high, *shape):
    return np.random.default_rng(seed).integers(low, high, shape, dtype=np.int32)


def exact(x):
    return x.astype(np.float64)


def shapes_of(variant, first, shapes):
    """All shapes for the first variant of a kernel, the first and the third for others, but with MHC_FULL."""
    return shapes if variant == first or os.environ.get("MHC_FULL") else shapes[::2]


def warp_reduce():
    for rows, cols in ((1, 1), (4, 32), (7, 100), (33, 257)):
        x = normal(rows, rows, cols)
        total, scale = exact(x).sum(1), np.abs(exact(x)).sum(1)
        results, _ = run("bfly", x)
        if results:
            check("bfly", results[0], np.repeat(total[:, None], 32, 1), scale[:, None], 2.0 ** -20)
        results, _ = run("down", x)
        if results:
            check("down", results[0], total, scale, 2.0 ** -20)
    for rows in (1, 6, 13):
        x = integers(rows, -2 ** 31, 2 ** 31, rows, 32)
        x[0] = np.arange(32)
        results, _ = run("redux", x)
        if results:
            u = x.view(np.uint32)
            columns = [u.sum(1, dtype=np.uint32), x.min(1), u.max(1), np.bitwise_and.reduce(x, 1),
                       np.bitwise_or.reduce(x, 1), np.bitwise_xor.reduce(x, 1)]
            check("redux", results[0], np.stack([c.view(np.int32) for c in columns], 1))


def cta_reduce():
    for n in (1, 255, 1280, 10007):
        x = integers(n, -8, 9, n).astype(np.float32)
        results, _ = run("launches", x)
        if results:
            check("launches", results[0], exact(x).sum(keepdims=True))
            padded = np.zeros(-(-n // 1280) * 1280)
            padded[:n] = x
            check("partial", results[1], padded.reshape(-1, 5, 256).sum((0, 2)))
        results, _ = run("atomics", x, "zeros:1")
        if results:
            check("atomics", results[0], exact(x).sum(keepdims=True))


def scan():
    for n in (1, 31, 256, 257, 2000, 5121):
        x = integers(n, -1000, 1000, n)
        results, _ = run("scan", x, "zeros:1", f"zeros:{-(-n // 256)}")
        if results:
            check("scan", results[0], np.cumsum(x))


def transpose():
    for name, rounded in (("f32", np.float32), ("f32_padded", np.float32), ("bf16", bf16), ("bf16_padded", bf16)):
        for rows, cols in shapes_of(name, "f32", ((33, 47), (1, 70), (96, 64), (32, 32))):
            x = rounded(normal(rows, rows, cols))
            results, counters = run(name, x)
            if not results:
                continue
            check(name, results[0], x.T)
            if rows % 32 == 0 and cols % 32 == 0:
                # 32 requests a tile, of 31 conflicts where a column is one bank, of 15 where it is two.
                conflicts = {"f32": 992, "bf16": 480}.get(name, 0) * (rows // 32) * (cols // 32)
                check_count(f"{name} {rows}x{cols}", counters, "shared_reads", "bank_conflicts", conflicts)
                check_count(f"{name} {rows}x{cols}", counters, "shared_writes", "bank_conflicts", 0)


def product(name, rounded, shapes, step):
    """C = A B. Sums of products lose at most some units in the last place at each step."""
    for m, n, k in shapes:
        a, b = rounded(normal(m, m, k)), rounded(normal(n + 1000, k, n))
        results, counters = run(name, a, b)
        if results:
            check(f"{name} {m}x{n}x{k}", results[0], exact(a) @ exact(b), np.abs(exact(a)) @ np.abs(exact(b)),
                  (k / step + 1) * 2.0 ** -20)
            yield f"{name} {m}x{n}x{k}", counters


def matmul_ldmatrix():
    for name, rounded in (("bf16", bf16), ("f16", f16)):
        shapes = shapes_of(name, "bf16", ((64, 32, 32), (1, 1, 1), (65, 33, 31), (100, 70, 130)))
        for what, counters in product(name, rounded, shapes, 16):
            check_count(what, counters, "shared_reads", "bank_conflicts", 0)


def matmul_fragments():
    for name, rounded, step in (("bf16", bf16, 16), ("f16", f16, 16), ("tf32", tf32, 8)):
        shapes = shapes_of(name, "bf16", ((16, 8, 16), (1, 1, 1), (17, 9, 15), (50, 30, 77)))
        list(product(name, rounded, shapes, step))
    # Numbers that are not tf32: the kernel rounds them as tf32() does.
    a, b = normal(1, 20, 40), normal(2, 40, 12)
    results, _ = run("tf32", a, b)
    if results:
        a, b = exact(tf32(a)), exact(tf32(b))
        check("tf32 rounded", results[0], a @ b, np.abs(a) @ np.abs(b), 6 * 2.0 ** -20)


def matmul_fma():
    list(product("f32", np.float32, ((16, 16, 16), (1, 1, 1), (17, 33, 20), (40, 50, 60)), 1))


def cp_async_pipeline():
    for what, counters in product("bf16", bf16, ((64, 64, 32), (1, 8, 8), (70, 72, 200), (130, 136, 40)), 16):
        check_count(what, counters, "shared_reads", "bank_conflicts", 0)


def bulk_pipeline():
    for n in (4, 1024, 1028, 5000, 20000):
        x = integers(n, -1000, 1000, n).astype(np.float32)
        results, _ = run("main", x)
        if results:
            check("main", results[0], 2 * x + 1)


def cluster_reduce():
    for n in (1, 1536, 10007):
        x = integers(n, -8, 9, n).astype(np.float32)
        padded = np.zeros(-(-n // 1536) * 1536)
        padded[:n] = x
        expected = padded.reshape(-1, 3, 512).sum((0, 2))
        for name in ("push", "pull"):
            results, _ = run(name, x)
            if results:
                check(name, results[0], expected)


def cluster_send():
    x = integers(1, -2 ** 31, 2 ** 31, 1024)
    expected = np.roll(x.reshape(2, 4, 128), 1, axis=1).reshape(1024)
    for name in ("words", "bulk"):
        results, _ = run(name, x)
        if results:
            check(name, results[0], expected)


def softmax():
    for rows, cols in ((1, 8), (4, 256), (7, 1000), (5, 40)):
        x = bf16(4 * normal(rows, rows, cols))
        results, _ = run("main", x)
        if results:
            e = np.exp(exact(x) - exact(x).max(1, keepdims=True))
            p = e / e.sum(1, keepdims=True)
            check("softmax", results[0], p, np.abs(p), 2.0 ** -8)


def rmsnorm():
    for rows, cols in ((1, 8), (3, 1024), (5, 4104), (2, 200)):
        x, w = bf16(normal(rows, rows, cols)), bf16(normal(9, cols))
        scale = 1 / np.sqrt((exact(x) ** 2).mean(1, keepdims=True) + 1e-5)
        y = exact(x) * scale * exact(w)
        for name in ("memref", "bare"):
            results, _ = run(name, x, w)
            if results:
                check(name, results[0], y, np.abs(y), 2.0 ** -8)


def last_cta():
    for n in (1, 448, 3001):
        x = normal(n, n)
        results, _ = run("main", x, "zeros:1")
        if results:
            total, scale = exact(x).sum(keepdims=True), np.abs(exact(x)).sum()
            check("7 CTAs", results[0], total, scale, 2.0 ** -19)
            check("1 CTA", results[1], total, scale, 2.0 ** -19)
            check("counter", results[2], np.zeros(1))


def flags():
    for n in (1, 2, 9):
        x = integers(n, -100, 100, n, 64).astype(np.float32)
        results, _ = run("main", x, "zeros")
        if results:
            check("main", results[0], x * x + 1)


def early_launch():
    for n in (1, 64, 1000):
        x, w = normal(n, n), normal(n + 1, n)
        results, _ = run("main", x, w)
        if results:
            check("main", results[0], ((x + w) * w + w).astype(np.float32))


def matrix_moves():
    for tiles in (1, 3):
        x = bf16(normal(tiles, tiles, 256))
        transposed = x.reshape(tiles, 16, 16).transpose(0, 2, 1).reshape(tiles, 256)
        for name, expected in (("moves", transposed), ("trans", transposed), ("pieces", x)):
            results, counters = run(name, x)
            if results:
                check(name, results[0], expected)
                check_count(name, counters, "shared_reads", "bank_conflicts", 0)
                check_count(name, counters, "shared_writes", "bank_conflicts", 0)


def small_float(exponent_bits):
    """The values of the codes 0 to 127 of e4m3 or e5m2; those beyond the last finite one are NaN."""
    mantissa_bits, bias = 7 - exponent_bits, 2 ** (exponent_bits - 1) - 1
    values = []
    for code in range(128):
        exponent, mantissa = code >> mantissa_bits, (code & (2 ** mantissa_bits - 1)) / 2 ** mantissa_bits
        values.append(mantissa * 2.0 ** (1 - bias) if exponent == 0 else (1 + mantissa) * 2.0 ** (exponent - bias))
    values = np.array(values)
    values[0x7F if exponent_bits == 4 else 0x7C:] = np.nan
    return values


def encode(x, values):
    """To the nearest code, a tie to the even one; what is too large to the largest."""
    finite = values[~np.isnan(values)]
    x = exact(x)
    magnitude = np.minimum(np.nan_to_num(np.abs(x), nan=0.0, posinf=np.inf), finite[-1])
    high = np.clip(np.searchsorted(finite, magnitude), 1, len(finite) - 1)
    low = high - 1
    to_low, to_high = magnitude - finite[low], finite[high] - magnitude
    code = np.where((to_low < to_high) | ((to_low == to_high) & (low % 2 == 0)), low, high)
    code = np.where(np.isnan(x), 0x7F, code | np.where(np.signbit(x), 0x80, 0))
    return code


def decode(code, values):
    return np.where(code & 0x80, -1.0, 1.0) * values[code & 0x7F]


def fp8():
    special = np.array([0.0, -0.0, np.inf, -np.inf, np.nan, 448, 464, 465, 57344, 1e30, 2.0 ** -9, 2.0 ** -10,
                        1.5 * 2.0 ** -10, 2.0 ** -17, 2.0 ** -16, 1.0625, 1.1875, -17.0], np.float32)
    for name, exponent_bits in (("e4m3", 4), ("e5m2", 5)):
        values = small_float(exponent_bits)
        every = np.concatenate([values[~np.isnan(values)], -values[~np.isnan(values)]]).astype(np.float32)
        x = np.concatenate([special, every, 50 * normal(1, 500)])
        x = x[:len(x) // 2 * 2].reshape(-1, 2)
        results, _ = run(name, x)
        if results:
            code = encode(x, values)
            check(f"{name} codes", results[0], code[:, 0] | code[:, 1] << 8)
            check(f"{name} values", results[1], decode(code, values))
    values = small_float(4)
    for k in (32, 96, 512):
        a, b = normal(k, 16, k), normal(k + 1, k, 8)
        results, _ = run("product", a, b)
        if results:
            a, b = decode(encode(a, values), values), decode(encode(b, values), values)
            check(f"product {k}", results[0], a @ b, np.abs(a) @ np.abs(b), (k / 32 + 1) * 2.0 ** -13)


def warp_compact():
    for rows in (1, 2, 5, 9):
        x = integers(rows, -50, 50, rows, 32)
        x[-1] = 0
        results, _ = run("compact", x)
        if results:
            expected = np.zeros_like(x)
            for row, y in zip(x, expected):
                y[:(row > 0).sum()] = row[row > 0]
            check("compact", results[0], expected)
            check("counts", results[1], (x > 0).sum(1))
        keys = integers(rows, 0, 8, rows, 32)
        keys[-1] = 5
        results, _ = run("groups", keys, "zeros")
        if results:
            check("groups", results[0], np.bincount(keys.ravel(), minlength=8))
    x = np.concatenate([integers(1, -5, 6, 3, 32), np.full((1, 32), 7), np.full((1, 32), -7),
                        np.arange(32)[None] + 1]).astype(np.int32)
    results, _ = run("votes", x)
    if results:
        p = x > 0
        equal = (x == x[:, :1]).all(1)
        check("votes", results[0], np.stack([p.any(1), p.all(1), p.all(1) | ~p.any(1), 32 * equal], 1))


def accumulate():
    k = 16384
    a, b = bf16(np.abs(normal(1, 16, k))), bf16(np.abs(normal(2, k, 8)))
    expected = exact(a) @ exact(b)
    for name, misses in (("chain", True), ("split", False)):
        results, _ = run(name, a, b)
        if results:
            error = np.abs(results[0] - expected).max() / expected.max()
            print(f"{name}: {error:.2e} of the largest magnitude")
            if (error > 2e-6) != misses:
                fail(f"{name}: expected an error {'above' if misses else 'of at most'} 2e-6, got {error:.2e}")


def warp_handover():
    for n in (1, 2, 7):
        x = integers(n, -100, 100, n, 64).astype(np.float32)
        for name in ("named", "token", "arrive"):
            results, _ = run(name, x)
            if results:
                check(name, results[0], 3 * x)


def warp_parts():
    for rows in (1, 5):
        x = integers(rows, -100000, 100000, rows, 32)
        # One row above zero, one below.
        x[0], x[-1] = np.abs(x[0]) + 1, -np.abs(x[-1]) - 1
        counts = np.repeat((x > 0).sum(1)[:, None], 32, 1)
        counts[:, 1], counts[:, 2] = (x > 0).all(1), (x > 0).any(1)
        upper = np.concatenate([x[:, :16], x[:, :15:-1]], 1)
        f = x.astype(np.float32)
        high, low = (bf16(v).view(np.uint32) >> 16 for v in (f, f * np.float32(0.333333343)))
        high, low = ((v >> 8) | (v & 0xFF) << 8 for v in (high, low))
        for name, expected in (("segments", np.roll(x.reshape(-1, 8), -1, 1).reshape(-1, 32)), ("upper", upper),
                               ("counts", counts), ("pairs", (high << 16 | low).view(np.int32))):
            results, _ = run(name, x)
            if results:
                check(name, results[0], expected)


def memory_spaces():
    for n in (1, 100):
        x = integers(n, 0, 8, n)
        results, _ = run("table", x)
        if results:
            check("table", results[0], x * x)
    for rows in (1, 70):
        x = integers(rows, -5, 6, rows, 8)
        results, _ = run("local", x)
        if results:
            check("local", results[0], np.sort(x, 1))
    for rows in (1, 6):
        x = integers(rows, -20, 20, rows, 64)
        results, _ = run("atomics", x)
        if results:
            check("atomics", results[0], np.stack([x.min(1), x.max(1), x.sum(1), np.full(rows, 64), x.max(1),
                                                   x.argmax(1)], 1))


def measure(shape):
    """How fast one run of the two kernels made for it is."""
    if OPTIONS.kernel.stem == "rmsnorm":
        entry, arguments = "memref", [f"random:1:{shape[0]}x{shape[1]}", f"random:2:{shape[1]}"]
    else:
        m, n, k = shape
        entry, arguments = "bf16", [f"random:1:{m}x{k}", f"random:2:{k}x{n}"]
    with tempfile.TemporaryDirectory() as folder:
        counters = pathlib.Path(folder) / "counters.json"
        command = ["mhc-run", "--device", "emulator", str(OPTIONS.kernel), "--entry", entry, "--time",
                   *[word for argument in arguments for word in ("--arg", argument)]]
        times = []
        for _ in range(5):
            done = subprocess.run(command, capture_output=True, text=True)
            if done.returncode != 0:
                sys.stderr.write(done.stderr[:4000])
                sys.exit(1)
            times.append(float(re.search(r"median ([0-9.]+) ms", done.stderr).group(1)) / 1000)
        seconds = statistics.median(times)
        # Counted in a run of its own, so that counting costs no time.
        subprocess.run([*command, "--counters", str(counters)], check=True, capture_output=True)
        instructions = json.loads(counters.read_text())["sum"]["execution"]["lane_instructions"]
    print(f"{instructions / 1e6:.1f} million instructions of lanes in {seconds:.2f} s, the median of {len(times)} runs: "
          f"{instructions / seconds / 1e6:.0f} million a second")


def main():
    global OPTIONS
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("kernel", metavar="KERNEL.mlir", type=pathlib.Path)
    parser.add_argument("--device", default="emulator", help="of mhc-run")
    parser.add_argument("--time", metavar="SIZE", type=int, nargs="+", help="of one run of this shape")
    OPTIONS = parser.parse_args()
    if OPTIONS.time:
        return measure(OPTIONS.time)
    function = globals().get(re.sub(r"\W", "_", OPTIONS.kernel.stem))
    if function is None:
        sys.exit(f"check.py: error: nothing is known about {OPTIONS.kernel.name}")
    function()
    sys.exit(1 if FAILURES else 0)


if __name__ == "__main__":
    main()
