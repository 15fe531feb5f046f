#!/usr/bin/env python3
"""Every kernel of a block has a legal schedule, forward and backward: n 1 to 16, any hidden, all types, on each chip.

    schedules.py MHC_OPT [full]

A schedule that was chosen is checked again as one that is given. Prints how many there were.
"""
import itertools
import os
import re
import subprocess
import sys

CHIPS = ["sm_80", "sm_90a", "sm_100a"]
STREAMS = list(range(1, 17))
HIDDEN = [1, 8, 40, 1000, 1280, 2560, 4096, 5120, 7168, 7680, 8192, 131072]
TYPES = ["bf16", "f16", "f32", "f64"]
PRECISIONS = ["bf16x3", "bf16x2", "tf32", "f32"]

MODEL = """
#v = #mhc.variant<{variant}>
func.func private @f(tensor<?x{C}x{T}>) -> tensor<?x{C}x{T}> attributes {{mhc.gradient = @g}}
func.func private @g(tensor<?x{C}x{T}>, tensor<?x{C}x{T}>) -> tensor<?x{C}x{T}>
func.func @block(%x: tensor<?x{n}x{C}x{T}>, %phi: tensor<{m}x{K}x{W}>, %s: tensor<3x{W}>, %b: tensor<{base}x{W}>)
    -> tensor<?x{n}x{C}x{T}> {{
  %mid = mhc.connection #v %x phi %phi scale %s base %b
      : (tensor<?x{n}x{C}x{T}>, tensor<{m}x{K}x{W}>, tensor<3x{W}>, tensor<{base}x{W}>) -> tensor<?x{n}x{C}x{T}>
      sublayer(%y: tensor<?x{C}x{T}>) {{
    %f = func.call @f(%y) : (tensor<?x{C}x{T}>) -> tensor<?x{C}x{T}>
    mhc.yield %f : tensor<?x{C}x{T}>
  }}
  %out = mhc.connection #v %mid phi %phi scale %s base %b
      : (tensor<?x{n}x{C}x{T}>, tensor<{m}x{K}x{W}>, tensor<3x{W}>, tensor<{base}x{W}>) -> tensor<?x{n}x{C}x{T}>
      sublayer(%y: tensor<?x{C}x{T}>) {{
    %f = func.call @f(%y) : (tensor<?x{C}x{T}>) -> tensor<?x{C}x{T}>
    mhc.yield %f : tensor<?x{C}x{T}>
  }}
  return %out : tensor<?x{n}x{C}x{T}>
}}
"""


def make_model(n, hidden, element, precision):
    variant = (f"mhc, precision = {precision}, layout = in_out, gates = <pre_eps = 1.0e-6, post_mult = 2.0>, "
               "sinkhorn = <iterations = 20, eps = 1.0e-6, start = softmax>")
    wide = "f64" if element == "f64" else "f32"
    return MODEL.format(variant=variant, n=n, C=hidden, T=element, W=wide, m=n * (n + 2), K=n * hidden,
                        base=n * (n + 2))


def run(opt, text, *passes):
    done = subprocess.run([opt, "-", "--pass-pipeline=builtin.module(" + ",".join(passes) + ")"], input=text,
                          capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"{text}\n{passes}\n{done.stderr[:2000]}")
    return done.stdout


def main():
    opt = sys.argv[1]
    cases = list(itertools.product(STREAMS, HIDDEN, TYPES, PRECISIONS))
    if "full" not in sys.argv[2:] and not os.environ.get("MHC_FULL"):
        # Every value of each, and the common ones with each other.
        cases = [c for i, c in enumerate(cases) if i % 97 == 0]
        cases += itertools.product([4], HIDDEN, ["bf16"], ["bf16x3"])
        cases += itertools.product(STREAMS, [4096], ["bf16"], ["bf16x3"])
    kernels = 0
    for number, (n, hidden, element, precision) in enumerate(cases):
        model = make_model(n, hidden, element, precision)
        for direction in ["forward", "backward"]:
            differentiate = ["mhc-differentiate"] if direction == "backward" else []
            formed = run(opt, model, *differentiate, "mhc-to-kernels")
            chips = CHIPS if n == 4 else [CHIPS[number % len(CHIPS)]]
            for chip in chips:
                schedule = f"func.func(mhc-schedule{{chip={chip}}})"
                scheduled = run(opt, formed, schedule)
                again = run(opt, scheduled, schedule)
                if again != scheduled:
                    sys.exit(f"{chip}: expected the schedules that were chosen to be legal and kept:\n{model}")
                kernels += scheduled.count("mhc.kernel ")
                if scheduled.count("mhc.kernel ") != len(re.findall(r"mhc\.schedule =", scheduled)):
                    sys.exit(f"{chip}: expected a schedule for each kernel:\n{model}")
    print(f"{len(cases)} models, {kernels} kernels with schedules")


if __name__ == "__main__":
    main()
