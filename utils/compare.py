#!/usr/bin/env python3
"""Compares two results, A.npy with the more exact B.npy, number by number.

A difference counts relative to max(|exact|, root mean square of the row of B),
as in the numerics contract; a row is the last dimension. NaN equals NaN, an
infinity itself. Exit 0, 1 beyond the limit, 2 for a wrong command line.
"""

import argparse
import sys

import numpy as np


def limit(text):
    base, power, exponent = text.partition("^")
    try:
        value = float(base) ** float(exponent) if power else float(text)
    except ValueError:
        value = -1.0
    if not value >= 0:
        raise argparse.ArgumentTypeError(f"expected a number or such as 2^-8, got '{text}'")
    return text, value


def load(path):
    try:
        return np.load(path, allow_pickle=False)
    except (OSError, ValueError) as error:
        sys.exit(f"compare.py: error: {path}: {error}")


def largest_difference(actual, exact):
    """The largest relative difference and what it is made of."""
    with np.errstate(invalid="ignore", over="ignore"):
        square = np.where(np.isfinite(exact), exact, 0.0) ** 2
        rms = np.sqrt(square.mean(axis=-1, keepdims=True))
        scale = np.maximum(np.abs(exact), rms)
        difference = np.abs(actual - exact)
    same = (actual == exact) | (np.isnan(actual) & np.isnan(exact))
    difference[same] = 0.0
    difference[~same & ~np.isfinite(difference)] = np.inf
    scale[~np.isfinite(scale)] = 1.0
    with np.errstate(divide="ignore", invalid="ignore"):
        relative = np.where(difference == 0, 0.0, difference / scale)
    at = np.unravel_index(np.argmax(relative), relative.shape)
    return relative[at], difference[at], scale[at], at


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("actual", metavar="A.npy")
    parser.add_argument("exact", metavar="B.npy")
    parser.add_argument("--limit", type=limit, default=("2^-8", 2.0**-8))
    options = parser.parse_args()

    actual, exact = load(options.actual), load(options.exact)
    if actual.shape != exact.shape:
        sys.exit(
            f"compare.py: error: expected the shape {exact.shape} of {options.exact}, "
            f"got {actual.shape} in {options.actual}"
        )
    text, value = options.limit
    if exact.size == 0:
        print(f"largest difference 0 of 0 (limit {text}): the results are empty")
        return 0
    relative, difference, scale, at = largest_difference(
        np.atleast_1d(actual.astype(np.float64)), np.atleast_1d(exact.astype(np.float64))
    )
    where = ", ".join(map(str, at))
    print(f"largest difference {difference:.3g} of {scale:.3g}, "
          f"a ratio of {relative:.3g} at [{where}] (limit {text})")
    if not relative <= value:
        print(f"compare.py: error: expected a ratio of at most {text}, got {relative:.3g}",
              file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
