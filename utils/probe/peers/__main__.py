# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""The commands of this folder: python3 utils/probe/peers COMMAND ARGUMENTS."""
import importlib
import pathlib
import signal
import sys

HERE = pathlib.Path(__file__).resolve().parent
COMMANDS = ("measure", "warm", "count", "fetch", "test")


def main():
    # The folder itself leaves the path: its modules have the names of peers' packages.
    sys.path[:] = [path for path in sys.path if pathlib.Path(path or ".").resolve() != HERE]
    sys.path.insert(0, str(HERE.parent))
    if len(sys.argv) < 2 or sys.argv[1] not in COMMANDS:
        sys.exit("error: expected one of " + ", ".join(COMMANDS))
    # Who is told to end first ends what it started.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    return importlib.import_module("peers." + sys.argv[1]).main(sys.argv[2:])


if __name__ == "__main__":
    sys.exit(main())
