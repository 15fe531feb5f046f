#!/usr/bin/env python3
"""extract.py LANGUAGE NUMBER FILE.md: prints the code block of that number (from 0) and language."""
import re
import sys

language, number, path = sys.argv[1:]
print(re.findall(r"```" + re.escape(language) + r"\n(.*?)```", open(path).read(), re.S)[int(number)], end="")
