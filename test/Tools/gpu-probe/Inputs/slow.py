"""A program that does not end: slow.py ROOT FOLDER says what run() makes of it."""
import pathlib
import sys

sys.path.insert(0, sys.argv[1] + "/utils")
from probe import run  # noqa: E402

shell = ["sh", "-c", "echo '{\"probe\": \"before\"}'; sleep 60"]
ran = run.run(shell, 1, pathlib.Path(sys.argv[2]), "slow", 0)
print(ran.records, ran.failure())
