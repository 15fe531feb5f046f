#!/usr/bin/env python3
"""memory.py NAME=T,T,.. ...: the bytes that a planned program asks for are those that it uses.

Runs examples on the CPU with the given numbers of tokens, and looks at what
`mhc-run --memory` says: the size of the workspace, to the byte, is where the last
byte ends that the program writes. Results do not depend on what was there before.
"""
import re
import subprocess
import sys

import examples
import harness as h


def with_tokens(arguments, tokens):
    """The arguments with another number of tokens: the first dimension of those that have one."""
    dims = re.compile(r"(:)(\d+)((?:x\d+)*)$")
    result = []
    for argument in arguments:
        kind, *fields = argument.split(":")
        # full:V and random:SEED without dimensions have one field.
        if len(fields) == 2:
            argument = dims.sub(lambda m: f"{m[1]}{tokens}{m[3]}", argument)
        result.append(argument)
    return result


def main(names):
    check = h.Checks()
    for name, numbers in (word.split("=") for word in names):
        path = examples.EXAMPLES / name
        for tokens in numbers.split(","):
            arguments = with_tokens(examples.arguments_of(path), tokens)
            command = ["mhc-run", path, "--device", "cpu", "--memory"]
            for argument in arguments:
                command += ["--arg", argument]
            done = subprocess.run(command, text=True, capture_output=True)
            found = re.fullmatch(r"workspace: (\d+) bytes, high-water mark (\d+) bytes\n", done.stderr)
            check(done.returncode == 0 and found, f"{name}, T = {tokens}: {done.stderr.strip()}")
            check(found and found[1] == found[2], f"{name}, T = {tokens}: all of the workspace is used")
    check.done()


if __name__ == "__main__":
    main(sys.argv[1:])
