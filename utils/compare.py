#!/usr/bin/env python3
"""Compares two results, A.npy with the more exact B.npy, number by number.

A difference counts relative to max(|exact|, root mean square of the row of B),
as in docs/Numerics.md; a row is the last dimension. NaN equals NaN, an infinity
itself. Exit 0, 1 beyond the limit, 2 for a wrong command line.

A program that rounds to bf16 many times in a row cannot be within the limit of
one rounding. With --rounded C.npy, of the reference that rounds where the program
does, A may be as far from B as C is: at most 1.5 times as far at worst, and 1.02
times in the mean.
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


def check_shape(array, path, exact, exact_path):
    if array.shape != exact.shape:
        sys.exit(
            f"compare.py: error: expected the shape {exact.shape} of {exact_path}, "
            f"got {array.shape} in {path}"
        )


def differences(actual, exact):
    """The difference of every two numbers, and what it counts relative to."""
    actual, exact = (np.atleast_1d(a.astype(np.float64)) for a in (actual, exact))
    square = np.where(np.isfinite(exact), exact, 0.0) ** 2
    scale = np.maximum(np.abs(exact), np.sqrt(square.mean(axis=-1, keepdims=True)))
    scale[~np.isfinite(scale)] = 1.0
    with np.errstate(invalid="ignore"):
        difference = np.abs(actual - exact)
    same = (actual == exact) | (np.isnan(actual) & np.isnan(exact))
    difference[same] = 0.0
    difference[~same & ~np.isfinite(difference)] = np.inf
    return difference, scale


def ratios(difference, scale):
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(difference == 0, 0.0, difference / scale)


def root_mean_square(array):
    return np.sqrt((array**2).mean())


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("actual", metavar="A.npy")
    parser.add_argument("exact", metavar="B.npy")
    group = parser.add_mutually_exclusive_group()
    group.add_argument("--limit", type=limit, default=("2^-8", 2.0**-8),
                       help="of the largest ratio, a number or such as 2^-8 (the default)")
    group.add_argument("--rounded", metavar="C.npy", help="the same, rounded where A is")
    options = parser.parse_args()

    actual, exact = load(options.actual), load(options.exact)
    check_shape(actual, options.actual, exact, options.exact)
    text, at_most = options.limit
    if exact.size == 0:
        print(f"largest difference 0 of 0 (limit {text}): the results are empty")
        return 0
    difference, scale = differences(actual, exact)
    ratio = ratios(difference, scale)
    at = np.unravel_index(np.argmax(ratio), ratio.shape)
    mean, mean_at_most = root_mean_square(ratio), np.inf
    if options.rounded:
        rounded = load(options.rounded)
        check_shape(rounded, options.rounded, exact, options.exact)
        rounding = ratios(*differences(rounded, exact))
        at_most, mean_at_most = 1.5 * rounding.max(), 1.02 * root_mean_square(rounding)
        text = f"{at_most:.3g}: rounding alone makes {rounding.max():.3g}"

    where = ", ".join(map(str, at))
    print(f"largest difference {difference[at]:.3g} of {scale[at]:.3g}, "
          f"a ratio of {ratio[at]:.3g} at [{where}] (limit {text})")
    if options.rounded:
        print(f"in the mean (root of mean square) a ratio of {mean:.3g} (limit {mean_at_most:.3g}: "
              f"rounding alone makes {mean_at_most / 1.02:.3g})")
    for what, found, most in (("ratio", ratio[at], at_most), ("mean ratio", mean, mean_at_most)):
        if not found <= most:
            print(f"compare.py: error: expected a {what} of at most {most:.6g}, got {found:.6g}",
                  file=sys.stderr)
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
