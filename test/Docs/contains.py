#!/usr/bin/env python3
"""contains.py PAGE [TEXT]...: every line of standard input that holds all of TEXT is in the page."""
import sys

page = open(sys.argv[1]).read().splitlines()
lines = [line.strip() for line in sys.stdin if line.strip() and all(text in line for text in sys.argv[2:])]
if not lines:
    sys.exit("no line to look for")
for line in lines:
    if not any(line in own for own in page):
        sys.exit(f"{sys.argv[1]} does not have the line\n{line}")
