#!/usr/bin/env python3
"""Bytes a token that a training step of DeepSeek-V4-Flash moves between its sublayers.

    training_step.py MHC_OPT [--layers 43] [--hidden 4096]

Writes a model of two connections a layer whose sublayers are calls, each with a gradient of
its own, differentiates it, forms kernels, and adds up the rows that these move
(mhc-print-traffic) in @model_forward and @model_backward, for each connection: with rows
retained between the sweeps of a kernel, and with every sweep a kernel.
"""
import argparse
import subprocess

V4 = ("#mhc.variant<mhc, layout = in_out, gates = <pre_eps = 1.0e-6, post_mult = 2.0>, "
      "sinkhorn = <iterations = 20, eps = 1.0e-6, start = softmax>>")


def model(layers, c):
    row, x = f"tensor<?x{c}xbf16>", f"tensor<?x4x{c}xbf16>"
    weights = [f"tensor<24x{4 * c}xf32>", "tensor<3xf32>", "tensor<24xf32>"]
    lines, arguments, value = [], [f"%x: {x}"], "%x"
    for name in ("attention", "experts"):
        lines += [f"func.func private @{name}({row}) -> {row} attributes {{mhc.gradient = @{name}_gradient}}",
                  f"func.func private @{name}_gradient({row}, {row}) -> {row}"]
    body = []
    for i in range(2 * layers):
        names = [f"%{w}{i}" for w in ("phi", "scale", "base")]
        arguments += [f"{n}: {t}" for n, t in zip(names, weights)]
        body += [f"  %x{i} = mhc.connection {V4} {value} phi {names[0]} scale {names[1]} base {names[2]}",
                 f"      : ({x}, {', '.join(weights)}) -> {x} sublayer(%y: {row}) {{",
                 f"    %f = func.call @{('attention', 'experts')[i % 2]}(%y) : ({row}) -> {row}",
                 f"    mhc.yield %f : {row}", "  }"]
        value = f"%x{i}"
    return "\n".join(lines + [f"func.func @model({', '.join(arguments)}) -> {x} {{", *body,
                              f"  return {value} : {x}", "}"]) + "\n"


def columns(table, function):
    """The sum of what the kernels of a function read and write, in columns of hidden."""
    inside = False
    for line in table.splitlines():
        if line.startswith("@"):
            inside = line.startswith(f"@{function}:")
        words = line.split()
        if inside and words[:1] == ["sum"]:
            return int(words[7].rstrip("C"))
    raise SystemExit(f"no sum of @{function} in\n{table}")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("mhc_opt")
    parser.add_argument("--layers", type=int, default=43)
    parser.add_argument("--hidden", type=int, default=4096)
    options = parser.parse_args()
    text = model(options.layers, options.hidden)
    for what, passes, functions in (
            ("rows retained", ["--mhc-fuse-kernels"], ("model_forward", "model_backward")),
            ("nothing retained", ["--mhc-fuse-kernels=retain=false", "--mhc-split-kernels"], ("model_gradient",))):
        done = subprocess.run([options.mhc_opt, "-", "--mhc-differentiate=function=model", *passes,
                               "--mhc-print-traffic", "-o", "/dev/null"], input=text, capture_output=True, text=True)
        if done.returncode:
            raise SystemExit(done.stderr)
        count = 2 * options.layers
        each = [columns(done.stdout, f) / count for f in functions]
        print(f"{what}: " + " + ".join(f"{c:.1f}C ({f})" for c, f in zip(each, functions))
              + f" = {sum(each):.1f}C a connection of {count}, against 36C + 78C = 114C unfused")


if __name__ == "__main__":
    main()
