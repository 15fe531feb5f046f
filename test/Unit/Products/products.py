#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""The products with phi on the emulator, held against numpy in float64.

    products.py [--orders N] GROUP...
    products.py --list
    products.py --ptxas [--chip CHIP] KEY=VALUE,...

A group is a list of cases, which mhc-product-kernels makes kernels of. The limits are those of
the numerics contract, of the largest sum. A third of a group runs, all of it with MHC_FULL in the
environment. With --ptxas: registers and spills of the kernel of one case.
"""
import argparse
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import zlib

import numpy as np

LIMITS = {"bf16x3": 2e-6, "bf16x2": 1e-5, "tf32": 1e-3, "f32": 2e-6}
FAILURES = []


def rounded(values, kind):
    """float64 values that `kind` holds."""
    values = np.asarray(values, np.float64)
    if kind == "f64":
        return values
    with np.errstate(over="ignore"):
        if kind == "f16":
            return values.astype(np.float16).astype(np.float64)
        single = values.astype(np.float32)
    if kind == "f32":
        return single.astype(np.float64)
    bits = single.view(np.uint32).astype(np.uint64)
    bits = (bits + 0x7fff + ((bits >> 16) & 1)) & 0xffff0000
    result = bits.astype(np.uint32).view(np.float32).astype(np.float64)
    return np.where(np.isnan(values), np.nan, result)


class Case:
    def __init__(self, text):
        self.text = text
        keys = dict(op="project", outputs=24, streams=4, hidden=64, rows="bf16", phi="f32",
                    precision="bf16x3", tokens=13, special=0)
        keys.update(pair.split("=") for pair in text.split(","))
        keys.setdefault("rowstreams", keys["streams"])
        for key, value in keys.items():
            setattr(self, key, int(value) if str(value).isdigit() else value)
        self.each = self.streams != self.rowstreams
        self.sum = "f64" if self.rows == "f64" else "f32"

    def forms(self):
        """What the kernels are made of that must give the same bits."""
        text = re.sub(",special=\\w+", "", self.text)
        if self.op == "outer" or "shared" in text:
            return [text]
        # A leaf of phi in f64, and of 288 outputs, is more than a CTA has.
        terms = {"bf16": 1, "f16": 2}.get(self.phi, 3) if self.precision == "bf16x3" else 2
        size = self.outputs * self.streams * 64 * (8 if self.rows == "f64" else 4 if self.precision == "f32" else terms)
        leaves = int(re.search("leaves=(\\d+)|$", text).group(1) or 2)
        forms = [text + ",shared=0"]
        if size * leaves < 200000:
            forms.append(text + ",shared=1")
        if self.op == "project":
            forms.append(text + ",shared=0,tiles=2")
        return forms

    def inputs(self, random):
        def draw(shape, kind, special, scale=1.0):
            values = random.standard_normal(shape) * (2.0**-7 if self.special else scale)
            if special:
                flat = values.reshape(-1)
                # One in each of the first tokens, or outputs.
                for i, value in enumerate((np.inf, -np.inf, np.nan, 0.0, 3e38, 3.4e38, -3.4e38)):
                    if i < shape[0]:
                        row = flat.size // shape[0]
                        flat[i * row + random.integers(row)] = value * (1 if abs(value) < 1e38 or self.rows != "f16" else 1e-34)
            return rounded(values, kind)

        values = self.outputs * (self.rowstreams if self.each else 1)
        self.x = draw((self.tokens, self.rowstreams, self.hidden), self.rows, self.special in ("x", "both"))
        self.w = draw((self.outputs, self.streams, self.hidden), self.phi, self.special in ("phi", "both"), 2.0**-7)
        self.d = draw((self.tokens, values), self.sum, self.special in ("d", "both"), 2.0**-7).T.copy()
        if self.special:
            # Zeros, for inf times zero.
            for array in (self.x, self.w, self.d):
                array[random.random(array.shape) < 0.05] = 0
        if self.op != "outer":
            self.x[-1], self.d[:, -1] = self.x[0], self.d[:, 0]
        return {"project": (self.x, self.w), "backproject": (self.d, self.w), "outer": (self.x, self.d)}[self.op]

    def expected(self):
        """The result, and the scale of its error."""
        d = self.d.reshape(-1 if self.each else 1, self.outputs, self.tokens)
        with np.errstate(invalid="ignore", over="ignore"):
            if self.op == "project":
                width = -(-self.hidden // 32)
                x, w = (np.pad(a, ((0, 0), (0, 0), (0, width * 32 - self.hidden))) for a in (self.x, self.w))
                # Columns that are not there are left out, not inf times zero.
                out = []
                for leaf in range(width):
                    columns = slice(leaf * 32, min(self.hidden, leaf * 32 + 32))
                    if self.each:
                        out.append(np.einsum("tic,jc->ijt", x[:, :, columns], w[:, 0, columns]).reshape(-1, self.tokens))
                    else:
                        out.append(np.einsum("tic,jic->jt", x[:, :, columns], w[:, :, columns]))
                return np.stack(out)
            if self.op == "backproject":
                if self.each:
                    return np.einsum("ijt,jc->tic", d, self.w[:, 0])
                return np.einsum("jt,jic->tic", d[0], self.w)
            if self.each:
                return np.einsum("ijt,tic->jc", d, self.x)[:, None]
            return np.einsum("jt,tic->jic", d[0], self.x)

    def check(self, result):
        exact = self.expected()
        if self.op == "project":
            result = result[:exact.shape[0]]
        if self.sum == "f32":
            with np.errstate(over="ignore"):
                exact = np.where(np.abs(exact) > 3.4e38, exact.astype(np.float32), exact)
        finite = np.isfinite(exact)
        same = np.where(finite, np.isfinite(result), (exact == result) | (np.isnan(exact) & np.isnan(result)))
        if not same.all():
            at = tuple(int(i) for i in np.argwhere(~same)[0])
            FAILURES.append(self.text)
            print(f"FAIL {self.text}: {int((~same).sum())} of {same.size} not as they must be, the first at {at}: "
                  f"expected {exact[at]!r}, got {result[at]!r}")
            return
        limit = 1e-13 if self.sum == "f64" else LIMITS[self.precision]
        if self.op == "outer" and self.sum == "f32" and self.precision != "tf32":
            limit = 1e-5
        exact = np.where(finite, exact, 0)
        error = np.abs(np.where(finite, result, 0) - exact)
        if self.special:
            # Of each sum's own magnitudes: others are many orders larger.
            self.x, self.w, self.d = (np.abs(np.where(np.isfinite(a), a, 0)) for a in (self.x, self.w, self.d))
            scale = self.expected() + 1e-30
        elif self.op != "outer":
            scale = np.abs(exact).max()
        else:
            d = np.abs(self.d).reshape(-1 if self.each else 1, self.outputs, self.tokens)
            scale = np.einsum("ijt,tic->jic", d, np.abs(self.x)).max()
        worst = float((error / scale).max())
        text = f"{self.text}: {worst:.2e} of {limit:.0e}"
        if not worst <= limit:
            FAILURES.append(self.text)
            text = "FAIL " + text
        print(text)


def run(cases, orders):
    """Runs cases, each in all its forms, which must give the same bits."""
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        program = folder / "products.mlir"
        command = ["mhc-run", "--device", "emulator", str(program), "--out", str(folder / "out"), "--orders", str(orders)]
        kernels, number = [], 0
        for case in cases:
            given = []
            for array in case.inputs(np.random.default_rng(7)):
                np.save(folder / f"{number}.npy", array)
                given += ["--arg", str(folder / f"{number}.npy")]
                number += 1
            for form in case.forms():
                kernels.append(form)
                command += given
        with open(program, "w") as file:
            subprocess.run(["mhc-product-kernels", *kernels], stdout=file, check=True)
        done = subprocess.run(command, capture_output=True, text=True, errors="replace")
        if done.returncode != 0:
            FAILURES.append(cases[0].text)
            print(f"FAIL {' '.join(case.text for case in cases)}\n{done.stderr[:3000]}")
            return
        number = 0
        for case in cases:
            results = []
            for _ in case.forms():
                results.append(np.load(folder / "out" / f"{number}.npy"))
                number += 1
            if not all(np.array_equal(results[0], result, equal_nan=True) for result in results):
                FAILURES.append(case.text)
                print(f"FAIL {case.text}: the place of phi changes bits")
            if case.op != "outer":
                # The last token is the first one again, in another place.
                tokens = np.moveaxis(results[0], {"project": 2, "backproject": 0}[case.op], 0)
                if not np.array_equal(tokens[0], tokens[-1], equal_nan=True):
                    FAILURES.append(case.text)
                    print(f"FAIL {case.text}: the place of a token changes its bits")
            case.check(results[0].astype(np.float64))


def groups():
    """Cases by the name of their group. Of products with phi, each is run with phi in shared and in
    global memory, where it fits."""
    result = {}
    for op in ("project", "backproject", "outer"):
        # Every precision, and every type of rows and of phi.
        result[f"{op}-types"] = [
            f"op={op},rows={rows},phi={phi},precision={precision}"
            for rows in ("bf16", "f16", "f32", "f64") for phi in ("f32", "bf16", "f16", "f64") for precision in LIMITS
            if (rows != "f64" or precision == "bf16x3") and (phi != "f64" or rows == "f64" or precision == "bf16x3")
            and (phi == "f32" or (op != "outer" and (rows in ("bf16", "f64") or precision == "bf16x3")))]
        # Every number of streams, and numbers of outputs that fill no unit.
        result[f"{op}-streams"] = [
            f"op={op},streams={n},outputs={m},precision={precision},hidden={hidden},leaves=1" + more
            + (",count=16" if op == "outer" and n > 5 else "")
            for n, m, more in ((1, 3, ""), (2, 8, ""), (3, 15, ""), (4, 4, ""), (4, 25, ",rows=f32"), (5, 35, ""), (8, 80, ""),
                               (16, 288, ",tokens=8,phi=bf16"), (9, 99, ",tokens=8,rows=f32"))
            for precision, hidden in (("bf16x3", 40), ("bf16x2", 32), ("tf32", 100), ("f32", 36))
            if n < 9 or precision == ("f32" if n == 9 and op != "project" else "bf16x3")]
        result[f"{op}-hidden"] = [
            f"op={op},hidden={hidden},precision={precision},leaves=3"
            for hidden in (1, 2, 8, 31, 32, 40, 64, 100) for precision in ("bf16x3", "tf32", "f32")]
        result[f"{op}-each"] = [
            f"op={op},streams=1,rowstreams={n},outputs={n + 2},precision={precision},rows={rows}"
            for n in (2, 4, 5) for precision, rows in
            (("bf16x3", "bf16"), ("bf16x2", "f16"), ("tf32", "f32"), ("f32", "bf16"), ("f32", "f64"))]
        result[f"{op}-special"] = [
            f"op={op},rows={rows},precision={precision},special={special},outputs={outputs},hidden={hidden}"
            for rows in ("bf16", "f16", "f32") for precision in LIMITS
            for special, outputs, hidden in (("x", 24, 64), ("phi", 13, 36), ("d", 13, 36), ("both", 9, 40))
            if special != {"project": "d", "backproject": "x", "outer": "phi"}[op] and (op != "backproject" or rows == "bf16")]
    result["outer-parts"] = [
        f"op=outer,outputs={m},count={count},streams={n},precision={precision},tokens=40,leaves=1"
        for m, count, n in ((24, 8, 4), (24, 16, 4), (15, 8, 3), (80, 32, 8), (10, 3, 2)) for precision in ("bf16x3", "tf32", "f32")]
    return result


def measure(text, chip):
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        program = folder / "p.mlir"
        with open(program, "w") as file:
            subprocess.run(["mhc-product-kernels", text], stdout=file, check=True)
        subprocess.run(["mhc-run", "--device", "emulator", "--chip", chip, str(program), "--emit-ptx", str(folder / "k.ptx")], check=True)
        done = subprocess.run(["ptxas", "-v", f"-arch={chip}", str(folder / "k.ptx"), "-o", str(folder / "k.cubin")],
                              capture_output=True, text=True, check=True)
        registers = re.search(r"Used (\d+) registers", done.stderr).group(1)
        spills = re.search(r"(\d+) bytes spill stores", done.stderr).group(1)
        stack = re.search(r"(\d+) bytes stack", done.stderr).group(1)
        print(f"{chip} {text}: {registers} registers, {spills} bytes spilled, {stack} bytes of stack")
        if int(spills) or int(stack):
            FAILURES.append(text)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--orders", type=int, default=1)
    parser.add_argument("--list", action="store_true")
    parser.add_argument("--ptxas", action="store_true")
    parser.add_argument("--chip", default="sm_90a")
    parser.add_argument("names", nargs="*")
    options = parser.parse_args()
    known = groups()
    if options.list:
        for name, cases in known.items():
            print(name, len(cases))
        return 0
    for name in options.names:
        if options.ptxas:
            measure(name, options.chip)
            continue
        cases = [Case(text) for text in known.get(name, [name])]
        if name in known and "MHC_FULL" not in os.environ:
            # A third of them, of all kinds.
            cases = [case for case in cases if zlib.crc32(case.text.encode()) % 3 == 0]
        for first in range(0, len(cases), 12):
            run(cases[first:first + 12], options.orders)
    print(f"{len(FAILURES)} failed")
    return 1 if FAILURES else 0


if __name__ == "__main__":
    sys.exit(main())
