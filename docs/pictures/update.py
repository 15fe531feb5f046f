#!/usr/bin/env python3
"""update.py MHC_OPT [--check]: draws the pictures of the documentation, or compares them with what would be drawn."""
import pathlib
import re
import subprocess
import sys

FUSE = ["--mhc-lower-connections", "--mhc-fuse-kernels"]
docs = pathlib.Path(__file__).resolve().parent.parent


def block(page, number):
    """The code block of that number in a page."""
    return re.findall(r"```mlir\n(.*?)```", (docs / page).read_text(), re.S)[number]


PICTURES = {
    "forward-boundary": (block("Rationale.md", 0), []),
    "backward-boundary": (block("Rationale.md", 1), []),
    "block": ((docs.parent / "examples/deepseek-v4-flash.mlir").read_text(), FUSE),
    "scaled": (block("Tutorial-2.md", 0), ["--inline", *FUSE]),
}

tool, check = sys.argv[1], sys.argv[2:] == ["--check"]
for name, (text, passes) in PICTURES.items():
    drawn = subprocess.run([tool, "-", *passes, "--mhc-draw-kernels", "-o", "/dev/null"], input=text,
                           stdout=subprocess.PIPE, text=True, check=True).stdout
    path = docs / "pictures" / f"{name}.svg"
    if not check:
        path.write_text(drawn)
    elif path.read_text() != drawn:
        sys.exit(f"{path} is not what mhc-draw-kernels draws: ninja update-pictures")
