"""Manifests and folders that libmhcrt refuses: each with its message, exit code
1, and nothing written.

usage: python3 malformed.py FOLDER
"""
import json
import os
import re
import subprocess
import sys

from manifest import Folder, base, buffer

root = sys.argv[1]
failures = 0


def run(what, folder, expected, environment={}):
    """Expects `expected` to be all that is said; `*` stands for anything."""
    global failures
    out = os.path.join(root, "out")
    result = subprocess.run(["mhcrt-run", folder, "--program", "affine", "--arg", "random:1:4x32", "--out", out],
                            capture_output=True, text=True, env={**os.environ, **environment})
    pattern = "".join(".*" if part == "*" else re.escape(part) for part in re.split(r"(\*)", expected))
    said = result.stderr.replace(folder + "/", "")
    if (result.returncode != 1 or result.stdout or os.path.exists(out)
            or not re.fullmatch(f"mhcrt-run: error: {pattern}\n", said)):
        failures += 1
        print(f"FAIL {what}: expected '{expected}' and exit code 1, got {result.returncode} and\n{said}{result.stdout}")


def refuse(path, value, expected):
    """A manifest with one member changed, or left out if `value` is None."""
    folder = os.path.join(root, "malformed")
    manifest = Folder(folder).write(base())
    *parents, last = path
    where = manifest
    for key in parents:
        where = where[key]
    if value is None:
        del where[last]
    else:
        where[last] = value
    Folder(folder).write_text(json.dumps(manifest))
    run(f"{path} = {value}", folder, expected)


# What is no JSON, or not an object of the right version.
for text, expected in [
    ("", "parse error at line 1, column 1: *unexpected end of input*"),
    ("{\"version\": 1,\n \"chip\" }", "parse error at line 2, column 9: *"),
    ("{\"version\": 1, \"version\": 2}", "expected members of different names, got two \"version\""),
    ("{\"version\": 1} x", "parse error at line 1, column 16: *"),
    ("[1]", "expected an object, got an array of 1 element"),
    ("{}", "expected a member \"version\", got none"),
    ("{\"version\": 2}", "version: expected 1, got 2"),
    ("{\"version\": \"1\"}", "version: expected an integer from 0 to 9223372036854775807, got \"1\""),
]:
    folder = os.path.join(root, "text")
    Folder(folder).write_text(text)
    run(text, folder, "kernels.json: " + expected)

# One member after the other: missing, of another type, out of range.
for path, value, expected in [
    (["chip"], None, "expected a member \"chip\", got none"),
    (["chip"], 90, "chip: expected a string, got 90"),
    (["chip"], "gfx90a", "chip: expected a chip such as \"sm_90a\", got \"gfx90a\""),
    (["chip"], "sm_9", "chip: expected a chip such as \"sm_90a\", got \"sm_9\""),
    (["chip"], "sm_90b", "chip: expected a chip such as \"sm_90a\", got \"sm_90b\""),
    (["chip"], "sm", "chip: expected a chip such as \"sm_90a\", got \"sm\""),
    (["files"], {}, "files: expected an array, got an object"),
    (["files", 0, "name"], None, "files[0]: expected a member \"name\", got none"),
    (["files", 0, "kind"], "elf", "files[0].kind: expected cubin, ptx, bitcode or data, got \"elf\""),
    (["files", 0, "bytes"], -1, "files[0].bytes: expected an integer from 0 to 9223372036854775807, got -1"),
    (["files", 0, "hash"], "12", "files[0].hash: expected 16 lower-case hexadecimal digits, got \"12\""),
    (["kernels", 0, "symbol"], 1, "kernels[0].symbol: expected a string, got 1"),
    (["kernels", 0, "file"], 1, "kernels[0].file: expected an integer from 0 to 0, got 1"),
    (["kernels", 0, "block"], [1, 1], "kernels[0].block: expected an array of 3 elements, got an array of 2 elements"),
    (["kernels", 0, "block"], [1, 0, 1], "kernels[0].block[1]: expected an integer from 1 to 1024, got 0"),
    (["kernels", 0, "block"], [64, 32, 1], "kernels[0].block: expected a product of at most 1024, got 2048"),
    (["kernels", 0, "cluster"], [17, 1, 1], "kernels[0].cluster[0]: expected an integer from 1 to 16, got 17"),
    (["kernels", 0, "shared"], "1", "kernels[0].shared: expected an integer from 0 to 1048576, got \"1\""),
    (["programs", 1, "name"], "affine", "programs[1].name: expected a name that no other program has, got \"affine\""),
    (["programs", 0, "sizes"], ["T", "T"], "programs[0].sizes[1]: expected a name that no other size has, got \"T\""),
    (["programs", 0, "sizes"], ["T", "4"], "programs[0].sizes[1]: expected a name that no other size has, got \"4\""),
    (["programs", 0, "sizes"], ["T", "U"], "programs[0].sizes[1]: expected a dimension of an argument, got \"U\""),
    (["programs", 0, "arguments", 0, "type"], "f8",
     "programs[0].arguments[0].type: expected bf16, f16, f32, f64, i1, i8, i32 or i64, got \"f8\""),
    (["programs", 0, "arguments", 0, "shape"], ["T"] * 9,
     "programs[0].arguments[0].shape: expected at most 8 dimensions, got an array of 9 elements"),
    (["programs", 0, "arguments", 0, "shape"], ["T", -1],
     "programs[0].arguments[0].shape[1]: expected a dimension of at least 0, got -1"),
    (["programs", 0, "arguments", 0, "shape"], ["T", 1.5],
     "programs[0].arguments[0].shape[1]: expected an integer or a formula, got 1.5"),
    (["programs", 0, "arguments", 0, "may_alias"], [1],
     "programs[0].arguments[0].may_alias[0]: expected an integer from 0 to 0, got 1"),
    (["programs", 0, "results", 0, "may_alias"], [0],
     "programs[0].results[0].may_alias: expected no may_alias of a result, got one"),
    (["programs", 0, "workspace"], "(* T U)",
     "programs[0].workspace: expected a number of 64 bits, a size or '(' at column 6 of \"(* T U)\", got 'U'"),
    (["programs", 0, "constants"], [{"file": 0, "offset": 10**9, "bytes": 0}],
     "programs[0].constants[0].offset: expected an integer from 0 to *, got 1000000000"),
    (["programs", 0, "steps", 1, "kind"], "jump",
     "programs[0].steps[1].kind: expected launch, memset, copy or check, got \"jump\""),
    (["programs", 0, "steps", 1, "wen"], "1",
     "programs[0].steps[1]: expected members out of kind, when, prepare, kernel, grid, parameters, early, label, got "
     "\"wen\""),
    (["programs", 0, "steps", 1, "kernel"], 3, "programs[0].steps[1].kernel: expected an integer from 0 to 2, got 3"),
    (["programs", 0, "steps", 1, "grid"], [1, 1],
     "programs[0].steps[1].grid: expected an array of 3 elements, got an array of 2 elements"),
    (["programs", 0, "steps", 1, "early"], 1, "programs[0].steps[1].early: expected true or false, got 1"),
    (["programs", 0, "steps", 1, "parameters"], [{}] * 513,
     "programs[0].steps[1].parameters: expected at most 512 parameters, got an array of 513 elements"),
    (["programs", 0, "steps", 1, "parameters", 0], {},
     "programs[0].steps[1].parameters[0]: expected one of \"buffer\" and \"value\", got none"),
    (["programs", 0, "steps", 1, "parameters", 0], {**buffer("argument"), "value": 1},
     "programs[0].steps[1].parameters[0]: expected one of \"buffer\" and \"value\", got both"),
    (["programs", 0, "steps", 1, "parameters", 0], {"value": 1, "type": "bf16"},
     "programs[0].steps[1].parameters[0].type: expected f32, f64, i1, i8, i32 or i64, got \"bf16\""),
    (["programs", 0, "steps", 1, "parameters", 0], {"value": 1},
     "programs[0].steps[1].parameters[0]: expected a member \"type\", got none"),
    (["programs", 0, "steps", 1, "parameters", 0], buffer("stack"),
     "programs[0].steps[1].parameters[0].buffer.kind: expected argument, result, workspace or constant, got \"stack\""),
    (["programs", 0, "steps", 1, "parameters", 0], buffer("argument", 1),
     "programs[0].steps[1].parameters[0].buffer.index: expected an integer from 0 to 0, got 1"),
    (["programs", 0, "steps", 1, "parameters", 0], {"buffer": {"kind": "argument"}},
     "programs[0].steps[1].parameters[0].buffer: expected a member \"index\", got none"),
    (["programs", 0, "steps", 1, "parameters", 0], buffer("constant", 0),
     "programs[0].steps[1].parameters[0].buffer.index: expected no constant, as there is none, got 0"),
    (["programs", 0, "steps", 0], {"kind": "memset", **buffer("argument"), "bytes": 1, "value": 0},
     "programs[0].steps[0]: expected a result or the workspace to be written, got something else"),
    (["programs", 0, "steps", 0], {"kind": "memset", **buffer("result"), "bytes": 1, "value": 256},
     "programs[0].steps[0].value: expected an integer from 0 to 255, got 256"),
    (["programs", 0, "steps", 0], {"kind": "copy", "from": buffer("result")["buffer"], "bytes": 1},
     "programs[0].steps[0]: expected a member \"to\", got none"),
    (["programs", 0, "steps", 0, "message"], None, "programs[0].steps[0]: expected a member \"message\", got none"),
    (["programs", 0, "steps", 0, "condition"], "(< T)",
     "programs[0].steps[0].condition: expected a number, a size or '(' at column 5 of \"(< T)\", got ')'"),
]:
    refuse(path, value, "kernels.json: " + expected)

# Files.
folder = os.path.join(root, "files")
for name in ["", ".", "..", "../kernels.ll", "a/b", "a\\b"]:
    manifest = base()
    manifest["files"][0] = {"name": name, "kind": "bitcode", "bytes": 0, "hash": "0" * 16}
    Folder(folder).write_text(json.dumps(manifest))
    run("a name of a file", folder, "kernels.json: files[0].name: expected the name of a file beside the manifest, got *")
Folder(folder).write(base())
path = os.path.join(folder, "kernels.ll")
with open(path, "rb") as file:
    contents = file.read()
with open(path, "wb") as file:
    file.write(contents[:-1])
run("a truncated file", folder, f"kernels.ll: expected {len(contents)} bytes, got {len(contents) - 1}")
with open(path, "wb") as file:
    file.write(contents[:-1] + b" ")
run("a damaged file", folder, "kernels.ll: expected contents of hash *, got *")
os.remove(path)
run("a missing file", folder, "kernels.ll: No such file or directory")
os.mkdir(path)
run("a folder and not a file", folder, "kernels.ll: Is a directory")
os.remove(os.path.join(folder, "kernels.json"))
run("a missing manifest", folder, "kernels.json: No such file or directory")

# Code that the device does not take.
Folder(folder + "2").write(base(), kernels_ll=b"something else")
run("no module", folder + "2", "loading kernels.ll: expected LLVM bitcode or assembly: line 1: *(CUDA_ERROR_INVALID_IMAGE)")
Folder(folder + "2").write(base(), kernels_ll=b"BC\xC0\xDE0000")
run("damaged bitcode", folder + "2", "loading kernels.ll: expected LLVM bitcode or assembly: *(CUDA_ERROR_INVALID_IMAGE)")
Folder(folder + "2").write(base(), kernels_ll=b"// PTX\n.version 8.6\n")
run("PTX", folder + "2",
    "loading kernels.ll: the emulator runs LLVM bitcode, got a cubin or PTX (CUDA_ERROR_NO_BINARY_FOR_GPU)")
Folder(folder + "2").write(base(), kernels_ll=b"target triple = \"x86_64-linux\"\n")
run("the code of another machine", folder + "2",
    "loading kernels.ll: expected a module for nvptx64, got one for 'x86_64-linux' (CUDA_ERROR_INVALID_IMAGE)")
Folder(folder + "2").write(base(), kernels_ll=b"target triple = \"nvptx64-nvidia-cuda\"\n")
run("no kernel", folder + "2", "kernels.ll: kernel 'scale': the module has no kernel 'scale' (CUDA_ERROR_NOT_FOUND)")

# Devices.
Folder(folder + "3").write(base())
run("another chip", folder + "3",
    "kernels.ll: expected a device that runs code for sm_90a, got one of compute capability 8.0",
    {"MHC_EMULATOR_CHIP": "sm_80"})
run("no driver", folder + "3", "expected the CUDA driver, got no library 'libnotthere.so': *",
    {"MHCRT_DRIVER": "libnotthere.so"})
run("a wrong setting", folder + "3",
    "starting the driver: expected MHC_EMULATOR_CHIP to be a chip such as sm_90a, got 'sm' (CUDA_ERROR_INVALID_VALUE)",
    {"MHC_EMULATOR_CHIP": "sm"})
run("a wrong order", folder + "3",
    "starting the driver: expected MHC_EMULATOR_ORDER to be forward, reverse or a seed, got 'up' "
    "(CUDA_ERROR_INVALID_VALUE)", {"MHC_EMULATOR_ORDER": "up"})
run("a wrong check", folder + "3",
    "starting the driver: expected MHC_EMULATOR_CHECK to be none, or a list out of races, sync, memory and init, got "
    "'all' (CUDA_ERROR_INVALID_VALUE)", {"MHC_EMULATOR_CHECK": "all"})
run("a wrong cache", folder + "3",
    "starting the driver: expected MHC_EMULATOR_L2 to be a number of bytes, got 'x' (CUDA_ERROR_INVALID_VALUE)",
    {"MHC_EMULATOR_L2": "x"})

print("failures:", failures)
sys.exit(1 if failures else 0)
