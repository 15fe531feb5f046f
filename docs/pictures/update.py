#!/usr/bin/env python3
"""update.py MHC_OPT [--check]: draws the pictures of the documentation, or compares them with what would be drawn."""
import pathlib
import re
import subprocess
import sys

DRAW = ["--mhc-draw-kernels"]
FUSE = ["--mhc-lower-connections", "--mhc-fuse-kernels", *DRAW]
docs = pathlib.Path(__file__).resolve().parent.parent

# The models of which a whole training step is drawn.
sys.dont_write_bytecode = True
sys.path.insert(0, str(docs.parent / "test/Analysis"))
import training_step


def block(page, number):
    """The code block of that number in a page."""
    return re.findall(r"```mlir\n(.*?)```", (docs / page).read_text(), re.S)[number]


def step(name, layers, hidden, budget):
    """A model of two connections a layer, and how its training step is drawn."""
    return (training_step.model(layers, hidden).replace("@model", f"@{name}"),
            [f"--mhc-differentiate=function={name}",
             f"--mhc-insert-recompute=function={name} budget={budget} report=-"])


PICTURES = {
    "forward-boundary": (block("Rationale.md", 0), DRAW),
    "backward-boundary": (block("Rationale.md", 1), DRAW),
    "block": ((docs.parent / "examples/deepseek-v4-flash.mlir").read_text(), FUSE),
    "scaled": (block("Tutorial-2.md", 0), ["--inline", *FUSE]),
    "memory-27b": step("mhc_27b", 30, 2560, "40%"),
    "memory-v4-flash": step("v4_flash", 43, 4096, "40%"),
}

tool, check = sys.argv[1], sys.argv[2:] == ["--check"]
for name, (text, passes) in PICTURES.items():
    drawn = subprocess.run([tool, "-", *passes, "-o", "/dev/null"], input=text,
                           stdout=subprocess.PIPE, text=True, check=True).stdout
    path = docs / "pictures" / f"{name}.svg"
    if not check:
        path.write_text(drawn)
    elif path.read_text() != drawn:
        sys.exit(f"{path} is not what mhc-opt draws: ninja update-pictures")
