# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Assembles the hand-written kernels of this folder for sm_90a with ptxas.

    assemble.py [--shard I/N] [--list] [FILE...]

Every gpu.module of every .mlir file must hold a kernel that ptxas takes: what the
tests run is then real device code. Kernels that spill registers are told, which is
not an error. What Errors/ and Operations/refused.mlir hold is refused by the emulator, and in
part by ptxas.
"""
import argparse
import pathlib
import re
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
FOLDERS = ("Faults", "Kernels", "Operations")
REFUSED = HERE / "Operations" / "refused.mlir"


def assemble(file, folder):
    """The names of the kernels of a file, those that spill, and what is wrong."""
    for old in folder.iterdir():
        old.unlink()
    run = subprocess.run(["mhc-run", "--device", "emulator", file, "--emit-ptx", folder / "k.ptx"],
                         capture_output=True, text=True)
    if run.returncode != 0:
        return [], [], "no PTX: " + run.stderr.strip()
    kernels, spilling = [], []
    for ptx in sorted(folder.glob("*.ptx")):
        entries = re.findall(r"^\s*(?:\.visible\s+)?\.entry\s+([\w$.]+)", ptx.read_text(), re.M)
        if not entries:
            return kernels, spilling, f"no kernel in {ptx.name}"
        run = subprocess.run(["ptxas", "-v", "-arch=sm_90a", ptx, "-o", folder / "k.cubin"],
                             capture_output=True, text=True)
        if run.returncode != 0:
            return kernels, spilling, "ptxas: " + run.stderr.strip()
        kernels += entries
        spilling += re.findall(r"Function properties for ([\w$.]+)\n.*?, [1-9]\d* bytes spill stores", run.stderr)
    return kernels, spilling, None if kernels else "no kernel"


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--shard", default="0/1", metavar="I/N", help="the I-th of every N files")
    parser.add_argument("--list", action="store_true", help="print every file with its kernels")
    parser.add_argument("files", nargs="*", type=pathlib.Path)
    options = parser.parse_args()
    index, count = map(int, options.shard.split("/"))
    files = options.files or sorted(file for folder in FOLDERS for file in (HERE / folder).glob("*.mlir")
                                    if file != REFUSED)
    failed = numFiles = numKernels = 0
    with tempfile.TemporaryDirectory() as folder:
        for file in files[index::count]:
            kernels, spilling, error = assemble(file, pathlib.Path(folder))
            numFiles += 1
            numKernels += len(kernels)
            if options.list:
                print(f"{file}: {' '.join(kernels)}")
            for kernel in spilling:
                print(f"{file}: {kernel} spills registers")
            if error:
                failed += 1
                print(f"FAIL {file}: {error}")
    print(f"{numFiles - failed} files hold, {numKernels} kernels")
    return 1 if failed or not numFiles else 0


if __name__ == "__main__":
    sys.exit(main())
