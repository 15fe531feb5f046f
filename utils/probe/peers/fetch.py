# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Brings the peers' packages for a machine without a network.

    peers fetch FOLDER [--python 3.12] [--limit 60]     wheels, by pip download, each version as pinned below
    peers fetch FOLDER --pack                           and from them FOLDER/packages.tar.xz: only what is imported

Give the machine FOLDER (or a folder with the archive alone) and say --packages FOLDER there. Sizes are told; wheels
beyond the limit (MiB in all) are named. TileLang and z3 as wheels take 75 MiB, packed far less. TransformerEngine's
wheel of that name holds Python files alone; of these only two are needed, see transformer_engine.py.
"""
import argparse
import pathlib
import shutil
import subprocess
import sys
import tarfile
import tempfile
import zipfile

# Without what comes with PyTorch (numpy, triton, typing-extensions, ...). The last ones are there on many machines.
WHEELS = ("liger_kernel==0.8.5", "tile_kernels==1.0.0", "transformer_engine==2.20.2", "tilelang==0.1.15",
          "apache-tvm-ffi==0.1.12", "torch-c-dlpack-ext==0.1.5", "z3-solver==4.15.4.0", "cloudpickle==3.1.2",
          "ml-dtypes==0.6.0", "psutil==7.2.2", "tqdm==4.70.1", "packaging==26.3")
PLATFORMS = ("manylinux_2_28", "manylinux_2_27", "manylinux_2_24", "manylinux_2_17", "manylinux2014", "manylinux_2_12",
             "manylinux1")
# What of a package is packed, where that is not all of it: prefixes to keep, then prefixes to drop.
PARTS = {
    "transformer_engine": (("transformer_engine/__init__.py", "transformer_engine/common/triton/",
                            "transformer_engine/pytorch/triton/", "transformer_engine-"), ()),
    "tilelang": (("tilelang",), ("tilelang/3rdparty/tvm/src/", "tilelang/3rdparty/cutlass/tools/",
                                 "tilelang/src/transform/", "tilelang/src/ascend/", "tilelang/src/op/",
                                 "tilelang/3rdparty/cutlass/include/cutlass/gemm/kernel/",
                                 "tilelang/3rdparty/cutlass/include/cutlass/conv/",
                                 "tilelang/3rdparty/cutlass/include/cutlass/epilogue/")),
    "z3": (("z3/lib/", "z3/__init__.py", "z3/z3", "z3_solver-"), ()),
}


def wanted(wheel, name):
    for package, (keep, drop) in PARTS.items():
        if wheel.startswith(package):
            return name.startswith(keep) and not name.startswith(drop)
    return True


def download(folder, python, wheel):
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary=:all:",
               "--python-version", python, "--implementation", "cp", "--dest", str(folder), wheel]
    for platform in PLATFORMS:
        command += ["--platform", platform + "_x86_64"]
    found = subprocess.run(command, capture_output=True, text=True)
    if found.returncode:
        last = (found.stderr.strip().splitlines() or ["no reason given"])[-1]
        print(f"error: {wheel}: {last}", file=sys.stderr)
    return found.returncode == 0


def pack(folder, archive):
    """One archive of what the wheels' parts hold, best compressed."""
    with tempfile.TemporaryDirectory() as scratch:
        for wheel in sorted(folder.glob("*.whl")):
            with zipfile.ZipFile(wheel) as file:
                for name in file.namelist():
                    if wanted(wheel.name, name) and not name.endswith("/"):
                        file.extract(name, scratch)
        with tarfile.open(archive, "w:xz", preset=6) as out:
            for path in sorted(pathlib.Path(scratch).iterdir()):
                out.add(path, path.name)


def tell(paths, limit):
    total = 0
    for path in sorted(paths, key=lambda path: path.stat().st_size):
        total += path.stat().st_size
        beyond = "" if total <= limit * 2**20 else f"   beyond {limit} MiB in all"
        print(f"{path.stat().st_size / 2**20:8.1f} MiB  {path.name}{beyond}")
    print(f"{total / 2**20:8.1f} MiB  in all")
    return total <= limit * 2**20


def main(arguments):
    parser = argparse.ArgumentParser(prog="peers fetch", description=__doc__.split("\n")[0])
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--python", default="3.12", help="of the machine that they are for")
    parser.add_argument("--limit", type=float, default=60, help="MiB in all")
    parser.add_argument("--pack", action="store_true", help="one archive of what is imported; the wheels go")
    options = parser.parse_args(arguments)
    options.folder.mkdir(parents=True, exist_ok=True)
    wheels = options.folder / "wheels" if options.pack else options.folder
    wheels.mkdir(exist_ok=True)
    complete = all([download(wheels, options.python, wheel) for wheel in WHEELS])
    if not options.pack:
        return 0 if tell(wheels.glob("*.whl"), options.limit) and complete else 1
    archive = options.folder / "packages.tar.xz"
    pack(wheels, archive)
    shutil.rmtree(wheels)
    return 0 if tell([archive], options.limit) and complete else 1
