#!/usr/bin/env python3
"""npy.py write FILE DESCR DIMS VALUE...   writes an array; DIMS as 2x3, or - for a scalar
   npy.py show FILE...                      prints type, shape and values of each
   npy.py bad FOLDER                        writes files that are wrong, each in one way

Without numpy, so that what numpy and mhc-run agree on is not all that is tested.
"""
import ast
import math
import pathlib
import struct
import sys

CODES = {"f2": "e", "f4": "f", "f8": "d", "b1": "?", "i4": "i", "i8": "q", "i2": "h", "u4": "I"}


def pack(descr, values):
    code = CODES[descr[1:]]
    convert = float if code in "efd" else int
    order = ">" if descr[0] == ">" else "<"
    return struct.pack(f"{order}{len(values)}{code}", *map(convert, values))


def encode(descr, shape, values, fortran=False):
    header = f"{{'descr': '{descr}', 'fortran_order': {fortran}, 'shape': {tuple(shape)!r}, }}"
    return wrap(header) + pack(descr, values)


def wrap(header, version=b"\x01\x00"):
    size = -(-(10 + len(header) + 1) // 64) * 64 - 10
    return b"\x93NUMPY" + version + struct.pack("<H", size) + header.ljust(size - 1).encode() + b"\n"


def show(path):
    data = pathlib.Path(path).read_bytes()
    assert data[:8] == b"\x93NUMPY\x01\x00", data[:8]
    size = 10 + struct.unpack("<H", data[8:10])[0]
    assert size % 64 == 0 and data[size - 1:size] == b"\n", size
    header = ast.literal_eval(data[10:size].decode())
    assert header["fortran_order"] is False
    code = CODES[header["descr"][1:]]
    count = math.prod(header["shape"])
    values = struct.unpack(f"<{count}{code}", data[size:])
    print(pathlib.Path(path).name, header["descr"], header["shape"], *values)


def bad(folder):
    folder = pathlib.Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    values = range(6)
    good = encode("<f4", (2, 3), values)
    files = {
        "good": good,
        "empty": b"",
        "magic": good[:4],
        "text": b"1 2 3\n4 5 6\n",
        "header": good[:40],
        "data": good[:-1],
        "no-data": good[:128],
        "trailing": good + b"\0",
        "version": good[:6] + b"\x09\x00" + good[8:],
        "no-dict": wrap("[1, 2]"),
        "no-shape": wrap("{'descr': '<f4', 'fortran_order': False, }") + good[128:],
        "false-shape": wrap("{'descr': '<f4', 'fortran_order': False, 'shape': (2, -3), }") + good[128:],
        "huge-shape": wrap("{'descr': '<f4', 'fortran_order': False, 'shape': (9223372036854775807, 9), }"),
        "long-shape": wrap("{'descr': '<f4', 'fortran_order': False, 'shape': (20000000000, 3), }") + good[128:],
        "code": wrap("{'descr': __import__('os'), 'fortran_order': False, 'shape': (2, 3), }") + good[128:],
        "object": wrap("{'descr': '|O', 'fortran_order': False, 'shape': (2, 3), }") + good[128:],
        "struct": wrap("{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (2, 3), }") + good[128:],
        "big-endian": encode(">f4", (2, 3), values),
        "fortran": encode("<f4", (2, 3), values, fortran=True),
        "int16": encode("<i2", (2, 3), values),
        "uint32": encode("<u4", (2, 3), values),
        "int32": encode("<i4", (2, 3), values),
        "int64": encode("<i8", (2, 3), values),
        "bool": encode("|b1", (2, 3), [0, 1, 0, 1, 0, 1]),
        "false-bool": encode("|b1", (2, 3), [0, 1, 0, 1, 0, 1])[:-1] + b"\x02",
        "transposed": encode("<f4", (3, 2), values),
        "flat": encode("<f4", (6,), values),
        "scalar": encode("<f4", (), [1]),
    }
    for name, contents in files.items():
        (folder / f"{name}.npy").write_bytes(contents)
    (folder / "folder.npy").mkdir(exist_ok=True)


if __name__ == "__main__":
    what, *arguments = sys.argv[1:]
    if what == "write":
        path, descr, dims, *values = arguments
        shape = () if dims == "-" else tuple(map(int, dims.split("x")))
        if descr[0] not in "<>|":
            descr = "<" + descr
        pathlib.Path(path).write_bytes(encode(descr, shape, [float.fromhex(v) if "0x" in v else v for v in values]))
    elif what == "show":
        for path in arguments:
            show(path)
    elif what == "bad":
        bad(*arguments)
