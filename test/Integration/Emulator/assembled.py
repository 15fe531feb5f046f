#!/usr/bin/env python3
"""assembled.py [--chips sm_90a,...] [--types bf16,...] [--hidden 4096,...]: what ptxas says of compiled connections.

All kernels of a DeepSeek-V4 connection of 4 streams, forward and backward, by mhc-compile: no register is
spilled, no local memory used (the manifest has ptxas's numbers), and the PTX has the instructions that
matter: 16-byte loads of what nobody writes, tensor cores where a row meets phi; and none of those that
would be wrong or slow: atomics on floats (their order is not fixed), division by the slow path.
"""
import argparse
import json
import pathlib
import re
import subprocess
import tempfile

import schedules as s
from schedules import h

NEVER = {"atomics on floats": r"\b(?:atom|red)\.[\w.]*f(?:16|32|64)", "division by the slow path": r"\bdiv\.rn\.f32",
         "local memory": r"\b(?:ld|st)\.local"}


def check_connection(check, chip, rows, hidden, keys):
    what = f"{chip} {rows} hidden {hidden}"
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        connection = f"streams=4,hidden={hidden},type={rows},kernels=all,direction=both" + (keys and "," + keys)
        done = subprocess.run(["mhc-compile", f"--connection={connection}", f"--chip={chip}", "-o", folder,
                               "--emit=ptx,cubin,manifest"], capture_output=True, text=True)
        if done.returncode:
            check(False, f"{what}: mhc-compile\n{done.stderr[:2000]}")
            return
        manifest = json.loads((folder / "kernels.json").read_text())
        texts = [(folder / f["name"]).with_suffix(".ptx").read_text() for f in manifest["files"]]
    kernels = manifest["kernels"]
    for kernel in kernels:
        if kernel["spills"] or kernel["local"] or kernel["registers"] is None:
            check(False, f"{what} {kernel['symbol']}: {kernel['registers']} registers, {kernel['spills']} bytes spilled, "
                         f"{kernel['local']} bytes of local memory")
    for kernel in kernels:
        text = texts[kernel["file"]]
        for name, pattern in NEVER.items():
            found = re.search(pattern, text)
            if found and not (rows == "f64" and "f64" not in found[0]):
                check(False, f"{what} {kernel['symbol']}: {name}, {found[0]}")
    everything = "\n".join(texts)
    wide = re.search(r"ld\.global\.nc\.[\w.:]*v4|cp\.async\.c[ag]\.shared\.global(?:\.[\w:]+)* \[[^]]*\], \[[^]]*\], 16",
                     everything)
    check(bool(wide), f"{what}: loads of 16 bytes")
    if rows in ("bf16", "f16", "f32"):
        check("mma.sync" in everything, f"{what}: mma.sync")
    check(True, f"{what}: {len(kernels)} kernels, at most {max(k['registers'] or 0 for k in kernels)} registers, "
                f"{max(k['shared'] for k in kernels)} bytes of shared memory")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--chips", default="sm_90a")
    parser.add_argument("--types", default="bf16")
    parser.add_argument("--hidden", default="4096")
    parser.add_argument("--keys", default="", help="more keys of the connection, such as precision=f32")
    options = parser.parse_args()
    check = h.Checks()
    for chip in options.chips.split(","):
        for rows in options.types.split(","):
            for hidden in options.hidden.split(","):
                check_connection(check, chip, rows, hidden, options.keys)
    check.done()


if __name__ == "__main__":
    main()
