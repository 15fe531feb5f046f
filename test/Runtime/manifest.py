"""Folders as mhc-compile writes them, with kernels written by hand.

    folder = Folder(path); folder.write(manifest)

fills in the sizes and hashes of the manifest's files, which are those of Inputs
unless they are given. `python3 manifest.py PATH PROGRAM` writes the one of base()
with one of its programs.
"""
import copy
import json
import os
import sys

MASK = (1 << 64) - 1
P1, P2, P3, P4, P5 = (0x9E3779B185EBCA87, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9, 0x85EBCA77C2B2AE63,
                      0x27D4EB2F165667C5)


def rotate(x, bits):
    return ((x << bits) | (x >> (64 - bits))) & MASK


def xxh64(data):
    """XXH64 with seed 0, by its specification."""

    def round_(acc, word):
        return rotate((acc + word * P2) & MASK, 31) * P1 & MASK

    def word(at, size=8):
        return int.from_bytes(data[at:at + size], "little")

    at = 0
    if len(data) >= 32:
        lanes = [(P1 + P2) & MASK, P2, 0, (-P1) & MASK]
        while at + 32 <= len(data):
            lanes = [round_(lane, word(at + 8 * i)) for i, lane in enumerate(lanes)]
            at += 32
        acc = sum(rotate(lane, bits) for lane, bits in zip(lanes, (1, 7, 12, 18))) & MASK
        for lane in lanes:
            acc = ((acc ^ round_(0, lane)) * P1 + P4) & MASK
    else:
        acc = P5
    acc = (acc + len(data)) & MASK
    while at + 8 <= len(data):
        acc = (rotate(acc ^ round_(0, word(at)), 27) * P1 + P4) & MASK
        at += 8
    if at + 4 <= len(data):
        acc = (rotate(acc ^ (word(at, 4) * P1 & MASK), 23) * P2 + P3) & MASK
        at += 4
    for byte in data[at:]:
        acc = rotate(acc ^ (byte * P5 & MASK), 11) * P1 & MASK
    acc = (acc ^ (acc >> 33)) * P2 & MASK
    acc = (acc ^ (acc >> 29)) * P3 & MASK
    return acc ^ (acc >> 32)


# The test vectors of the specification, and of the reference implementation.
assert xxh64(b"") == 0xEF46DB3751D8E999
assert xxh64(b"abc") == 0x44BC2CF5AD770999


def buffer(kind, index=0, offset=0):
    return {"buffer": {"kind": kind, "index": index, "offset": offset}}


def launch(kernel, grid, *parameters, **more):
    return {"kind": "launch", "kernel": kernel, "grid": grid, "parameters": list(parameters), **more}


def base():
    """Programs on the kernels of Inputs/kernels.ll.

    affine: y = 2x + 1 over [T, 32], then z = the rows' sums of y, by way of the
    workspace. inplace: y = 3x + 0, where y may be x.
    """
    count = {"value": "(* 32 T)", "type": "i64"}
    x = {"name": "x", "type": "f32", "shape": ["T", 32]}
    return {
        "version": 1,
        "chip": "sm_90a",
        "ptx": "8.6",
        "files": [{"name": "kernels.ll", "kind": "bitcode"}],
        "kernels": [
            {"symbol": "scale", "file": 0, "block": [128, 1, 1], "cluster": [1, 1, 1], "shared": 0, "label": "scale"},
            {"symbol": "sums", "file": 0, "block": [32, 1, 1], "cluster": [1, 1, 1], "shared": 128},
            {"symbol": "sums_without_barrier", "file": 0, "block": [32, 1, 1], "shared": 128},
        ],
        "programs": [
            {
                "name": "affine", "sizes": ["T"],
                "arguments": [{**x, "may_alias": []}],
                "results": [{"name": "z", "type": "f32", "shape": ["T"]}],
                "workspace": "(* 128 T)",
                "steps": [
                    {"kind": "check", "condition": "(< T 1000)", "message": "expected less than 1000 tokens"},
                    launch(0, ["(ceil/ (* 32 T) 128)", 1, 1], buffer("argument"), buffer("workspace"), count,
                           {"value": 2, "type": "f32"}, {"value": 1.0, "type": "f32"}),
                    launch(1, ["T", 1, 1], buffer("workspace"), buffer("result")),
                ],
            },
            {
                "name": "inplace", "sizes": ["T"],
                "arguments": [{**x, "may_alias": [0]}],
                "results": [{**x, "name": "y"}],
                "workspace": 0,
                "steps": [launch(0, ["(ceil/ (* 32 T) 128)", 1, 1], buffer("argument"), buffer("result"), count,
                                 {"value": 3.0, "type": "f32"}, {"value": 0.0, "type": "f32"})],
            },
            {
                "name": "race", "sizes": ["T"], "arguments": [x],
                "results": [{"type": "f32", "shape": ["T"]}], "workspace": 0,
                "steps": [launch(2, ["T", 1, 1], buffer("argument"), buffer("result"))],
            },
        ],
    }


class Folder:
    def __init__(self, path):
        self.path = path
        os.makedirs(path, exist_ok=True)

    def write(self, manifest, **files):
        """Writes the manifest and its files; gives files of `files` (names with
        _ for .) other contents. Returns the manifest that is written."""
        manifest = copy.deepcopy(manifest)
        inputs = os.path.join(os.path.dirname(__file__), "Inputs")
        for file in manifest["files"]:
            contents = files.get(file["name"].replace(".", "_"))
            if contents is None:
                with open(os.path.join(inputs, file["name"]), "rb") as source:
                    contents = source.read()
            with open(os.path.join(self.path, file["name"]), "wb") as target:
                target.write(contents)
            file["bytes"] = len(contents)
            file["hash"] = f"{xxh64(contents):016x}"
        self.write_text(json.dumps(manifest, indent=1))
        return manifest

    def write_text(self, text):
        with open(os.path.join(self.path, "kernels.json"), "w") as target:
            target.write(text)


if __name__ == "__main__":
    only = base()
    only["programs"] = [program for program in only["programs"] if program["name"] == sys.argv[2]]
    Folder(sys.argv[1]).write(only)
