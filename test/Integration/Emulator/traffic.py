#!/usr/bin/env python3
"""traffic.py [PROGRAM ...]: bytes of rows that kernels move to device memory, counted by the emulator.

Of the buffers that hold rows, under an L2 cache of an eighth of a row tensor: as many bytes as the
analysis (--mhc-print-traffic) states, within 2 %; only whole sectors; and not more columns of
hidden than a schedule is to reach. A boundary whose ops are kernels of their own breaks that
limit, by the same count. phi, coefficients, partial sums and totals are not rows; they are printed.
"""
import argparse
import json
import pathlib
import re
import subprocess
import tempfile

import numpy as np

import schedules as s
from schedules import h
import kernels as k

N = 4
V4 = ("#mhc.variant<mhc, layout = in_out, gates = <pre_eps = 1.0e-6, post_mult = 2.0>, "
      "sinkhorn = <iterations = 20, eps = 1.0e-6, start = softmax>>")


def row_buffers(lowered, c):
    """The buffers of a lowered program that hold rows of tokens, as the counters name them."""
    signature = re.search(r"func\.func @\w+\((.*?)\) (?:->|attributes|\{)", lowered, re.S)[1]
    kinds = {f"argument {i}": kind for i, kind in enumerate(re.findall(r": (memref<[^>]*>)", signature))}
    kinds |= dict(re.findall(r"(%\w+) = memref\.alloc\(.*?\).*? : (memref<.*>)", lowered))
    return {name for name, kind in kinds.items() if re.match(rf"memref<\?x(\d+x)?{c}xbf16", kind)}


def count(text, arrays, c, l2):
    """Bytes of rows to device memory, those of other buffers, and bytes of rows' sectors that were not asked for."""
    # Lowered here, so that buffers have the names of the text.
    lowered = s.opt(text, s.LOWER)
    names = row_buffers(lowered, c)
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / "counters.json"
        # Each lane of a resident CTA has a stack: not too many at once.
        s.emulate(lowered, arrays, f"--counters={path}", f"--l2={l2}", "--resident=64", orders=1)
        buffers = json.loads(path.read_text())["sum"]["buffers"]
    moved = lambda b: b["device_bytes_read"] + b["device_bytes_written"]
    rows = [b for name, b in buffers.items() if name in names]
    # Lanes may ask for the same bytes; a sector that is asked for in part has more bytes than were asked for.
    partial = sum(max(0, 32 * (b["sectors_read"] + b["sectors_written"]) - b["bytes_read"] - b["bytes_written"]) for b in rows)
    return sum(map(moved, rows)), sum(moved(b) for name, b in buffers.items() if name not in names), partial


def stated(text):
    """Bytes of rows a token, by the analysis: with rows retained in the kernels whose schedule says so."""
    done = subprocess.run(["mhc-opt", "-", "--mhc-print-traffic", "-o", "/dev/null"], input=text, capture_output=True,
                          text=True)
    if done.returncode:
        raise s.Failed(done.stderr)
    is_retained = ["retain = shared" in kernel.split("mhc.return")[0] for kernel in s.kernels(text)[1:]]
    lines = [line for line in done.stdout.splitlines() if re.match(r"  \S+ +\d+ ", line)]
    return sum(int(re.findall(r"(\d+) \d+C", line)[2 if retained else 3])
               for line, retained in zip((line for line in lines if line.split()[0] != "sum"), is_retained, strict=True))


def head(t, c):
    """Project, gates and aggregate: the kernel before the first sublayer, and after the last."""
    d = k.Data(9, "bf16")
    arrays = [d.row(t, N, c), d.coefficients(N, N * c, scale=(N * c) ** -0.5), d.coefficients(1), d.coefficients(N)]
    types = [h.tensor((None, N, c), "bf16")] + [h.tensor(a.shape, "f32") for a in arrays[1:]]
    text = f"""
func.func @pre(%x: {types[0]}, %phi: {types[1]}, %scale: {types[2]}, %base: {types[3]}) -> tensor<?x{c}xbf16> {{
  %y = mhc.head {V4} %x phi %phi scale %scale base %base : ({', '.join(types)}) -> tensor<?x{c}xbf16>
  return %y : tensor<?x{c}xbf16>
}}
"""
    return s.opt(text, "--mhc-lower-connections", "--mhc-fuse-kernels"), arrays


def hand_written(make):
    def program(t, c):
        kernel = make("bf16", t, N, c)
        return s.opt(kernel.text()), kernel.arrays
    return program


class Ops:
    """A program whose ops are functions of their own while kernels form, and so kernels of their own."""

    def __init__(self, t, c):
        self.data, self.t, self.c = k.Data(10, "bf16"), t, c
        self.x, self.f = h.tensor((None, N, c), "bf16"), h.tensor((None, c), "bf16")
        self.m, self.v1, self.v2 = (h.tensor((None, *shape), "f32") for shape in ((24,), (N,), (N, N)))
        self.v0, self.phi = h.tensor((None,), "f32"), h.tensor((24, N * c), "f32")
        self.functions, self.lines, self.parameters, self.arrays, self.results = [], [], [], [], []

    def argument(self, kind):
        dims = [int(d) if d != "?" else self.t for d in kind.removeprefix("tensor<").split("x")[:-1]]
        array = self.data.row(*dims) if kind.endswith("bf16>") else self.data.coefficients(*dims)
        self.parameters.append((f"%p{len(self.arrays)}", kind))
        self.arrays.append(array)
        return self.parameters[-1]

    def op(self, text, result, *operands):
        """`text` has %0, %1, .. for the operands."""
        i = len(self.functions)
        arguments = ", ".join(f"%{j}: {kind}" for j, (_, kind) in enumerate(operands))
        self.functions.append(f"func.func private @op{i}({arguments}) -> {result} {{\n"
                              f"  %r = {text} -> {result}\n  return %r : {result}\n}}\n")
        self.lines.append(f"  %v{i} = call @op{i}({', '.join(n for n, _ in operands)}) : "
                          f"({', '.join(kind for _, kind in operands)}) -> {result}")
        self.results.append((f"%v{i}", result))
        return self.results[-1]

    def program(self):
        types = ", ".join(kind for _, kind in self.results)
        text = "".join(self.functions) + (
            f"func.func @main({', '.join(f'{n}: {kind}' for n, kind in self.parameters)}) -> ({types}) {{\n"
            + "\n".join(self.lines) + f"\n  return {', '.join(n for n, _ in self.results)} : {types}\n}}\n")
        return s.opt(text, "--mhc-fuse-kernels", "--inline"), self.arrays

    def combine(self, f, post, x, mixing):
        return self.op(f"mhc.combine (%0 by %1 : {self.f}, {self.v1}), (%2 by %3 : {self.x}, {self.v2})", self.x,
                       f, post, x, mixing)

    def aggregate(self, x, pre):
        return self.op(f"mhc.aggregate %0, %1 : ({self.x}, {self.v1})", self.f, x, pre)


def forward_ops(t, c):
    p = Ops(t, c)
    x = p.combine(*map(p.argument, (p.f, p.v1, p.x, p.v2)))
    p.op(f"mhc.project %0 by %1 : ({p.x}, {p.phi})", p.m, x, p.argument(p.phi))
    p.aggregate(x, p.argument(p.v1))
    return p.program()


def backward_ops(t, c):
    p = Ops(t, c)
    f, post, x, ra, dy, g, rb, pre, dm, kk = map(p.argument, (p.f, p.v1, p.x, p.v2, p.f, p.x, p.v2, p.v1, p.m, p.v0))
    xb = p.combine(f, post, x, ra)
    p.op(f"mhc.inner %0, %1 : ({p.f}, {p.x})", p.v1, dy, xb)
    back = p.op(f"mhc.backproject %0 by %1 : ({p.m}, {p.phi})", p.x, dm, p.argument(p.phi))
    d = p.op(f"mhc.combine (%0 by %1 transposed : {p.x}, {p.v2}), (%2 by %3 : {p.f}, {p.v1}), (%4 : {p.x}), "
             f"(%5 scaled %6 : {p.x}, {p.v0})", p.x, g, rb, dy, pre, back, xb, kk)
    p.aggregate(d, post)
    p.op(f"mhc.inner %0, %1 : ({p.x}, {p.f})", p.v1, d, f)
    p.op(f"mhc.inner %0, %1 : ({p.x}, {p.x})", p.v2, d, x)
    p.op(f"mhc.outer %0 by %1 : ({p.m}, {p.x})", p.phi, dm, xb)
    return p.program()


def rebuild(length):
    """What mhc-insert-recompute makes of a block: each of these connections reads f, and writes x and y."""
    def program(t, c):
        d = k.Data(11, "bf16")
        x, f = h.tensor((None, N, c), "bf16"), h.tensor((None, c), "bf16")
        pre, mixing = h.tensor((None, N), "f32"), h.tensor((None, N, N), "f32")
        types = [x, pre, pre, mixing] + [f] * length
        arrays = [d.row(t, N, c), d.coefficients(t, N), d.coefficients(t, N), d.coefficients(t, N, N, scale=0.2)]
        arrays += [d.row(t, c) for _ in range(length)]
        body = "".join(f"""
    %x{i + 1} = mhc.combine (%f{i} by %post : {f}, {pre}), (%x{i} by %R : {x}, {mixing}) -> {x}
    %y{i + 1} = mhc.aggregate %x{i + 1}, %pre : ({x}, {pre}) -> {f}""" for i in range(length))
        names = ["x0", "pre", "post", "R"] + [f"f{i}" for i in range(length)]
        results = [(f"%x{i + 1}", x) for i in range(length)] + [(f"%y{i + 1}", f) for i in range(length)]
        made = ", ".join(kind for _, kind in results)
        text = f"""
func.func @main({', '.join(f'%a{i}: {kind}' for i, kind in enumerate(types))}) -> ({made}) {{
  %r:{2 * length} = mhc.recompute ins({', '.join(f'%{n} = %a{i} : {kind}' for i, (n, kind) in enumerate(zip(names, types)))})
      -> ({made}) {{{body}
    mhc.return {', '.join(n for n, _ in results)} : {made}
  }}
  return {', '.join(f'%r#{i}' for i in range(2 * length))} : {made}
}}
"""
        return s.opt(text, "--mhc-fuse-kernels", "--mhc-lower-recompute"), arrays
    return program


# Name, program, cut at its sweeps, retained rows, columns of hidden at most (None: the ops by themselves).
PROGRAMS = {
    "combine": (hand_written(k.combine_kernel), True, False, 18),
    "aggregate": (hand_written(k.aggregate_kernel), True, False, 10),
    "project": (hand_written(k.project_kernel), True, False, 8),
    "pre": (head, True, False, 18),
    "pre-retained": (head, False, True, 10),
    "forward-boundary": (hand_written(k.forward_boundary), True, False, 28),
    "forward-boundary-retained": (hand_written(k.forward_boundary), False, True, 20),
    "backward-boundary": (hand_written(k.backward), True, False, 42),
    "forward-boundary-unfused": (forward_ops, True, False, -28),
    "backward-boundary-unfused": (backward_ops, True, False, -42),
    **{f"rebuild-{length}": (rebuild(length), True, False, 8 + 12 * length) for length in (1, 2, 4, 8)},
}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("programs", nargs="*", default=list(PROGRAMS))
    parser.add_argument("--hidden", type=int, default=512)
    parser.add_argument("--tokens", type=int, default=256)
    parser.add_argument("--chosen", action="store_true", help="with the schedules that mhc-schedule chooses")
    options = parser.parse_args()
    check, c, t = h.Checks(), options.hidden, options.tokens
    l2 = t * N * c * 2 // 8
    for name in options.programs:
        make, cut, retained, limit = PROGRAMS[name]
        text, arrays = make(t, c)
        if cut and not options.chosen:
            text = s.opt(text, "--mhc-split-kernels")
        schedule = s.fixed(warps=8, slices=1 if retained else 4, tokens=32 if retained else 128,
                           **dict(weights="memory", retain="shared") if retained else {})
        text = (s.opt(text, "--mhc-schedule=chip=sm_90a") if options.chosen else
                s.opt(s.with_schedules(text, schedule), "--mlir-print-local-scope"))
        expected = stated(text) / c
        rows, others, partial = count(text, arrays, c, l2)
        counted = rows / (t * c)
        what = f"{name}: {counted:.2f}C of rows, {expected:.2f}C stated, and {others / (t * c):.2f}C of others"
        check(abs(counted - expected) <= 0.02 * expected and partial <= 0, f"{what}; {partial} bytes of parts of sectors")
        if limit > 0:
            check(counted <= 1.02 * limit, f"{name}: at most {limit}C")
        else:
            check(counted > 1.02 * -limit, f"{name}: above {-limit}C")
        if name.startswith("rebuild"):
            check(len(s.kernels(text)) == 2 and counted >= 0.98 * limit, f"{name}: one kernel, {limit}C")
    check.done()


if __name__ == "__main__":
    main()
