"""Programs run by mhcrt-run on the emulator, against numpy, and the faults that
it must find.

usage: python3 programs.py FOLDER, which has kernels.bc, the bitcode of
Inputs/kernels.ll
"""
import json
import os
import subprocess
import sys

import numpy as np

from manifest import Folder, base, buffer, launch

root = sys.argv[1]
failures = 0


def mhcrt(folder, *arguments, environment={}):
    return subprocess.run(["mhcrt-run", folder, *arguments], capture_output=True, text=True,
                          env={**os.environ, **environment})


def expect(what, condition, result=None):
    global failures
    if not condition:
        failures += 1
        print(f"FAIL {what}")
        if result:
            print(f"exit code {result.returncode}\n{result.stderr}{result.stdout}")


def load(name):
    return np.load(os.path.join(root, name))


folder = os.path.join(root, "programs")
Folder(folder).write(base())
rng = np.random.default_rng(7)

# Right numbers, for several token counts, and none.
for tokens in [0, 1, 5, 130]:
    x = rng.standard_normal((tokens, 32)).astype(np.float32)
    np.save(os.path.join(root, "x.npy"), x)
    out = os.path.join(root, f"out{tokens}")
    argument = ["--arg", os.path.join(root, "x.npy"), "--out", out]
    done = mhcrt(folder, "--program", "affine", *argument, "--repeat", "2")
    expect(f"affine, {tokens} tokens", done.returncode == 0 and not done.stderr, done)
    got = np.load(os.path.join(out, "0.npy"))
    affine = np.float32(2) * x + np.float32(1)
    # Added in order, as the kernel does.
    expected = np.zeros(tokens, np.float32)
    for i in range(32):
        expected = expected + affine[:, i]
    expect(f"numbers of affine, {tokens} tokens", got.shape == (tokens,) and np.array_equal(got, expected))
    done = mhcrt(folder, "--program", "inplace", *argument, "--time")
    expect(f"inplace, {tokens} tokens", done.returncode == 0 and done.stderr.startswith("time: median "), done)
    expect(f"numbers of inplace, {tokens} tokens",
           np.array_equal(np.load(os.path.join(out, "0.npy")), np.float32(3) * x))

# The same from bitcode, which libmhcrt hands to the emulator in a wrapper.
manifest = base()
manifest["files"][0]["name"] = "kernels.bc"
with open(os.path.join(root, "kernels.bc"), "rb") as file:
    Folder(folder + "-bitcode").write(manifest, kernels_bc=file.read())
out = os.path.join(root, "bitcode")
done = mhcrt(folder + "-bitcode", "--program", "inplace", "--arg", os.path.join(root, "x.npy"), "--out", out)
expect("bitcode", done.returncode == 0, done)
expect("numbers of bitcode", np.array_equal(load("bitcode/0.npy"), np.float32(3) * load("x.npy")))

# What is said.
done = mhcrt(folder, "--program", "inplace", "--arg", "full:0.5:3x32")
expect("summary", done.stdout == "result 0: 3x32xf32 min 1.5 max 1.5 mean 1.5\n", done)
done = mhcrt(folder, "--list")
expect("list", done.stdout.splitlines()[:4] == [
    "program affine(x: ?x32xf32) -> (z: ?xf32)",
    "program inplace(x: ?x32xf32) -> (y: ?x32xf32)",
    "program race(x: ?x32xf32) -> (?xf32)",
    "kernel scale: 128 threads, 0 bytes of dynamic shared memory",
], done)

# A fault: named, with exit code 1 and nothing written. Not looked for, the
# numbers are there.
out = os.path.join(root, "race")
done = mhcrt(folder, "--program", "race", "--arg", "random:1:4x32", "--out", out,
             environment={"MHC_EMULATOR_CHECK": "races"})
expect("race", done.returncode == 1 and not os.path.exists(out) and "error: race on shared memory: " in done.stderr
       and done.stderr.endswith("mhcrt-run: error: waiting for the stream: the emulator had 1 finding "
                                "(CUDA_ERROR_LAUNCH_FAILED)\n"), done)
done = mhcrt(folder, "--program", "race", "--arg", "random:1:4x32", "--out", out,
             environment={"MHC_EMULATOR_CHECK": "none", "MHC_EMULATOR_ORDER": "reverse"})
expect("race without checks", done.returncode == 0 and os.path.exists(out), done)


def change(program, step, **members):
    """base() with members of a step changed."""
    manifest = base()
    manifest["programs"][program]["steps"][step].update(members)
    return manifest


# A result that is not written, a buffer that is too small, a parameter that is
# missing, launches that a driver refuses.
for what, manifest, program, expected in [
    ("an unwritten tail", change(1, 0, grid=[1, 1, 1]), "inplace",
     "error: result never written: 1024 of 1536 bytes of result 0, the first at offset 512\n"),
    ("an unwritten workspace", change(0, 1, grid=[1, 1, 1]), "affine", "read of uninitialised global memory: "),
    ("out of bounds", change(1, 0, parameters=[buffer("argument"), buffer("result"), {"value": "(+ 1 (* 32 T))",
                                                                                       "type": "i64"},
                                               {"value": 1, "type": "f32"}, {"value": 1, "type": "f32"}],
                             grid=["(ceil/ (+ 1 (* 32 T)) 128)", 1, 1]), "inplace",
     "out of bounds read of global memory: 4 bytes at 'argument 0' + 0x600 of 0x600 bytes"),
]:
    Folder(folder + "1").write(manifest)
    out = os.path.join(root, "fault")
    done = mhcrt(folder + "1", "--program", program, "--arg", "random:1:12x32", "--out", out)
    expect(what, done.returncode == 1 and expected in done.stderr and not os.path.exists(out), done)
manifest = base()
manifest["kernels"][1]["shared"] = 230 << 10
Folder(folder + "1").write(manifest)
done = mhcrt(folder + "1", "--list")
expect("too much shared memory", done.stderr == "mhcrt-run: error: expected a device with 235520 bytes of shared memory "
       "in a CTA for 'sums', got one with 232448\n", done)
manifest["kernels"][1]["shared"] = 200 << 10
Folder(folder + "1").write(manifest)
done = mhcrt(folder + "1", "--program", "affine", "--arg", "random:1:12x32")
expect("much shared memory", done.returncode == 0, done)
manifest = base()
manifest["kernels"][0]["cluster"] = [3, 1, 1]
Folder(folder + "1").write(manifest)
done = mhcrt(folder + "1", "--program", "inplace", "--arg", "random:1:12x32")
expect("clusters", done.returncode == 0, done)

# Constants, memset, copy: y = w x + b over the copied argument, with w and b of
# a file; beyond them the workspace is zero.
data = np.array([0, 0, 0, 0, *range(32)], np.float32)
manifest = base()
manifest["files"].append({"name": "data.bin", "kind": "data"})
program = manifest["programs"][1]
program["constants"] = [{"file": 1, "offset": 16, "bytes": 128, "type": "f32", "shape": [32]}]
program["results"] = [{"type": "f32", "shape": ["T", 32]}, {"type": "f32", "shape": [32]}, {"type": "i32", "shape": [8]}]
program["arguments"][0]["may_alias"] = []
program["workspace"] = "(* 128 T)"
count = {"value": "(* 32 T)", "type": "i64"}
program["steps"] = [
    {"kind": "copy", "from": buffer("argument")["buffer"], "to": buffer("workspace")["buffer"], "bytes": "(* 128 T)",
     "prepare": True},
    launch(0, ["T", 1, 1], buffer("workspace"), buffer("result"), count, {"value": "T", "type": "f32"},
           {"value": 0.1, "type": "f32"}),
    launch(0, [1, 1, 1], buffer("constant"), buffer("result", 1), {"value": 32, "type": "i64"},
           {"value": -2, "type": "f32"}, {"value": 0, "type": "f32"}),
    {"kind": "memset", **buffer("result", 2), "bytes": 32, "value": 1},
]
del program["name"]
program["name"] = "constants"
Folder(folder + "2").write(manifest, data_bin=data.tobytes())
out = os.path.join(root, "constants")
x = rng.standard_normal((6, 32)).astype(np.float32)
np.save(os.path.join(root, "x.npy"), x)
counters = os.path.join(root, "counters.json")
done = mhcrt(folder + "2", "--program", "constants", "--arg", os.path.join(root, "x.npy"), "--out", out, "--repeat", "2",
             "--prepare-once", "--flush", "1", environment={"MHC_EMULATOR_COUNTERS": counters})
expect("constants", done.returncode == 0, done)
if done.returncode == 0:
    expect("numbers of the program", np.array_equal(load("constants/0.npy"), np.float32(6) * x + np.float32(0.1)))
    expect("numbers of the constant", np.array_equal(load("constants/1.npy"), -2 * np.arange(32, dtype=np.float32)))
    expect("numbers of the memset", np.array_equal(load("constants/2.npy"), np.full(8, 0x01010101, np.int32)))
with open(counters) as file:
    launches = {kernel["name"]: kernel["execution"]["launches"] for kernel in json.load(file)["kernels"]}
expect(f"counters, got {launches}", launches == {"scale": 4})

# Arguments and programs that are not there.
for arguments, code, message in [
    (["--program", "affine"], 1, "expected 1 argument (--arg) for affine, got 0"),
    (["--arg", "zeros:1x32"], 1, "expected one of the programs affine, inplace, race, got no name"),
    (["--program", "x", "--arg", "zeros:1x32"], 1, "expected one of the programs affine, inplace, race, got x"),
    (["--program", "affine", "--arg", "zeros:1x31"], 1, "argument 0: "),
    (["--program", "affine", "--arg", "zeros:1000x32"], 1, "expected less than 1000 tokens"),
    (["--program", "affine", "--arg", "zeros:1x32", "--gpu", "1"], 1, "expected a GPU below 1, got 1"),
    (["--program", "affine", "--arg", "zeros:1x32", "--repeat", "0"], 2, "--repeat expects at least 1, got 0"),
    (["--program", "affine", "--arg", "zeros:1x32", "--gpu", "-2"], 2, "--gpu expects at least 0, got -2"),
    (["--program", "affine", "--arg", "zeros:1x32", "--out", ""], 2, "--out expects a folder, got ''"),
    (["--program", "affine", "--arg", "zeros:x"], 2, "--arg: "),
    (["--list", "--arg", "zeros"], 2, "--list runs nothing: expected no --arg or --out"),
    (["--unknown"], 2, ""),
]:
    out = os.path.join(root, "nothing")
    if "--out" not in arguments and "--list" not in arguments:
        arguments = arguments + ["--out", out]
    done = mhcrt(folder, *arguments)
    expect(" ".join(arguments), done.returncode == code and not done.stdout and not os.path.exists(out)
           and (f"mhcrt-run: error: {message}" in done.stderr if message else done.stderr), done)

print("failures:", failures)
sys.exit(1 if failures else 0)
