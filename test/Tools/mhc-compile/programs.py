"""programs.py FOLDER DRIVER KEYS...

Compiles connections (each of KEYS is a --connection), runs every program of each on
the emulator, by mhcrt-run and the manifest, and compares its results with those of
mhc-run --device cpu for the IR that was compiled.
"""
import json
import os
import pathlib
import subprocess
import sys

import numpy as np

TOKENS = 13
# Of the largest of element and root mean square: rows of two bytes are rounded differently on two devices where the
# value before is, and the sums over tokens and hidden have other orders.
LIMITS = {"bf16": 3 * 2.0 ** -8, "f16": 3 * 2.0 ** -10, "f32": 1e-3, "f64": 1e-9}


def run(*command, **environment):
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True,
                          env={**os.environ, **environment})
    if done.returncode:
        sys.exit(f"{' '.join(map(str, command))}\nexit code {done.returncode}\n{done.stdout}{done.stderr}")


def compare(what, type, got, expected):
    if got.shape != expected.shape:
        sys.exit(f"{what}: expected the shape {expected.shape}, got {got.shape}")
    got, expected = got.astype(np.float64), expected.astype(np.float64)
    scale = np.maximum(np.abs(expected), np.sqrt(np.mean(expected ** 2)) if expected.size else 0.0)
    error = np.abs(got - expected) / np.where(scale == 0, 1, scale)
    if not np.all(error <= LIMITS[type]):
        sys.exit(f"{what}: expected errors of at most {LIMITS[type]:.2e}, got {np.max(error):.2e}")


def main():
    folder, driver = pathlib.Path(sys.argv[1]), sys.argv[2]
    for number, keys in enumerate(sys.argv[3:]):
        here = folder / str(number)
        run("mhc-compile", "--connection", keys, "--emit", "mlir,bitcode,manifest", "-o", here)
        manifest = json.loads((here / "kernels.json").read_text())
        known = {}
        # The forward half of a program gives what the backward half wants.
        for program in sorted(manifest["programs"], key=lambda program: program["name"], reverse=True):
            name = program["name"]
            half = name.rsplit("_", 1)[0]
            arguments = []
            for index, tensor in enumerate(program["arguments"]):
                dims = "x".join(str(TOKENS if size == "d0" else size) for size in tensor["shape"])
                # Logits of the size that models have.
                spec = "full:0.05" if tensor["name"].startswith("scale") else f"random:{index + 1}"
                static = all(isinstance(size, int) for size in tensor["shape"])
                spec = spec if static else f"{spec}:{dims}"
                arguments += ["--arg", known.setdefault((half, tensor["name"]), spec)]
            run("mhcrt-run", here, "--program", name, *arguments, "--out", here / name / "device", MHCRT_DRIVER=driver)
            run("mhc-run", here / "connection.mlir", "--device", "cpu", "--entry", name, *arguments,
                "--out", here / name / "cpu")
            for index, tensor in enumerate(program["results"]):
                known[half, tensor["name"]] = str(here / name / "cpu" / f"{index}.npy")
                compare(f"{keys}: result {tensor['name']} of {name}", tensor["type"],
                        np.load(here / name / "device" / f"{index}.npy"),
                        np.load(here / name / "cpu" / f"{index}.npy"))
            print(f"{keys}: {name} agrees")


main()
