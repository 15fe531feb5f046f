# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Results as lines of JSON, as the C++ programs beside this folder write them; and the time that is left."""
import json
import math
import time


def finite(value):
    if isinstance(value, float):
        return float(f"{value:.6g}") if math.isfinite(value) else None
    if isinstance(value, dict):
        return {key: finite(item) for key, item in value.items()}
    return [finite(item) for item in value] if isinstance(value, (list, tuple)) else value


def record(kind, **values):
    """One line: {"probe": KIND, ...}. Numbers that are not finite are written as null."""
    print(json.dumps({"probe": kind, **finite(values)}), flush=True)


class Deadline:
    def __init__(self, seconds, start):
        self.end = start + seconds

    def left(self):
        return self.end - time.monotonic()

    def has_time_for(self, what):
        if self.left() > 0:
            return True
        record("left out", what=what)
        return False
