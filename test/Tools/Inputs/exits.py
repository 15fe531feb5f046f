#!/usr/bin/env python3
"""exits.py CODE [--unchanged FOLDER] [--stdin FILE] [--seconds LIMIT] COMMAND...

Runs the command and fails unless it exits with CODE and, if FOLDER is given, leaves
the folder as it was: no name and no byte in it may change. What it prints goes on; a
command that must fail may print nothing on standard output, and must say why.
"""
import pathlib
import subprocess
import sys


def snapshot(folder):
    return {str(p): p.read_bytes() if p.is_file() else None
            for p in sorted(pathlib.Path(folder).rglob("*"))}


arguments = sys.argv[1:]
code = int(arguments.pop(0))
folder = stdin = seconds = None
while arguments[0].startswith("--"):
    option, value = arguments.pop(0), arguments.pop(0)
    if option == "--unchanged":
        folder = value
    elif option == "--stdin":
        stdin = open(value, "rb")
    elif option == "--seconds":
        seconds = float(value)
    else:
        sys.exit(f"unknown option {option}")
before = snapshot(folder) if folder else None
done = subprocess.run(arguments, stdin=stdin, capture_output=True, timeout=seconds)
sys.stdout.buffer.write(done.stdout)
sys.stdout.flush()
sys.stderr.buffer.write(done.stderr)
if done.returncode != code:
    sys.exit(f"expected exit code {code}, got {done.returncode}")
if code and (done.stdout or not done.stderr.strip()):
    sys.exit("expected a message on standard error alone")
if folder and snapshot(folder) != before:
    sys.exit(f"expected {folder} unchanged, got {sorted(snapshot(folder))}")
