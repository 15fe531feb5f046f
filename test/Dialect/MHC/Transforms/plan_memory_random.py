#!/usr/bin/env python3
"""plan_memory_random.py SEED COUNT: plans of random functions hold.

Each function makes buffers of random sizes, uses each at some places (also in loops
and branches), and in no order. Of the table of its plan it must hold that buffers
that live at one time have no byte in common, that every place is a multiple of 16,
that the workspace ends where the last buffer does, that every buffer lives at least
from its first use to its last, and that not much more is taken than is alive at once.
"""
import random
import re
import subprocess
import sys

TOKENS = 1001
TYPES = ["?x8xf32", "?x8xf32", "?xf32", "?x3xbf16", "?x64xbf16", "7xf32", "16x8xf32"]


class Function:
    def __init__(self, number, rng):
        self.rng, self.lines = rng, []
        self.types = [rng.choice(TYPES) for _ in range(rng.randint(1, 24))]
        # Uses in the order of the function's ops.
        self.uses = [i for i in range(len(self.types)) for _ in range(rng.randint(1, 3))]
        rng.shuffle(self.uses)
        self.emit_uses(list(self.uses), "  ", 0)
        head = [f"func.func @f{number}(%x: memref<?xf32>, %c: i1, %n: index) {{",
                "  %zero = arith.constant 0 : index", "  %one = arith.constant 1 : index",
                "  %f32 = arith.constant 0.0 : f32", "  %bf16 = arith.constant 0.0 : bf16",
                "  %t = memref.dim %x, %zero : memref<?xf32>"]
        head += [f"  %b{i} = memref.alloc({'%t' if '?' in t else ''}) : memref<{t}> loc(\"b{i}\")"
                 for i, t in enumerate(self.types)]
        self.text = "\n".join(head + self.lines + ["  return", "}"])

    def emit_uses(self, uses, indent, depth):
        while uses:
            if depth < 2 and self.rng.random() < 0.15:
                inner = [uses.pop(0) for _ in range(min(len(uses), self.rng.randint(1, 4)))]
                loop = self.rng.random() < 0.5
                self.lines.append(indent + (f"scf.for %i{depth} = %zero to %n step %one {{" if loop else "scf.if %c {"))
                self.emit_uses(inner, indent + "  ", depth + 1)
                self.lines.append(indent + "}")
                continue
            i = uses.pop(0)
            element = self.types[i].split("x")[-1]
            self.lines.append(f"{indent}linalg.fill ins(%{element} : {element}) outs(%b{i} : memref<{self.types[i]}>)")


def bytes_of(text):
    *dims, element = text.split("x")
    size = {"f32": 4, "bf16": 2}[element]
    for dim in dims:
        size *= TOKENS if dim == "?" else int(dim)
    return size


def check(function, table):
    """Returns how much more the plan takes than is alive at once."""
    workspace = int(re.search(r"bytes, (\d+) for sizes", table)[1])
    rows = {}
    for name, size, offset, first, last in re.findall(r"^  b(\d+) +(\d+) +(\d+) +(\d+) +(\d+) ", table, re.M):
        rows[int(name)] = [int(v) for v in (size, offset, first, last)]
    assert sorted(rows) == list(range(len(function.types))), "a line for each buffer"
    for i, (size, offset, first, last) in rows.items():
        assert size == bytes_of(function.types[i]), f"the bytes of b{i}"
        assert offset % 16 == 0, f"b{i} is aligned"
    # Lives hold the uses: two uses apart are at least so many ops apart.
    order = [[p for p, u in enumerate(function.uses) if u == i] for i in range(len(function.types))]
    for i, a in enumerate(order):
        for j, b in enumerate(order):
            meet = a[0] <= b[-1] and b[0] <= a[-1]
            alive = rows[i][2] <= rows[j][3] and rows[j][2] <= rows[i][3]
            assert alive or not meet, f"b{i} and b{j} live at one time"
            apart = rows[i][1] + rows[i][0] <= rows[j][1] or rows[j][1] + rows[j][0] <= rows[i][1]
            assert i == j or not alive or apart, f"b{i} and b{j} have bytes in common"
    assert workspace == max(offset + size for size, offset, _, _ in rows.values()), "where the workspace ends"
    alive = int(re.search(r"(\d+) bytes are alive at once", table)[1])
    assert workspace >= alive
    return workspace / alive


def main(seed, count):
    rng = random.Random(seed)
    functions = [Function(i, rng) for i in range(count)]
    found = subprocess.run(["mhc-opt", f"--mhc-plan-memory=print tokens={TOKENS}", "-o", "/dev/null"],
                           input="\n".join(f.text for f in functions), text=True, capture_output=True)
    assert found.returncode == 0, found.stderr
    tables = found.stdout.split("@f")[1:]
    assert len(tables) == count, f"{count} tables, got {len(tables)}"
    ratios = []
    for table in tables:
        number = int(table[:table.index(":")])
        try:
            ratios.append(check(functions[number], table))
        except AssertionError as error:
            sys.exit(f"{functions[number].text}\n{table}\nexpected: {error}")
    ratios.sort()
    print(f"{count} plans hold; the median takes {ratios[count // 2]:.3f} of what is alive, the worst {ratios[-1]:.3f}")
    assert ratios[count // 2] < 1.1, "plans are tight"


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
