#!/usr/bin/env python3
"""Every example of the dialect reference, through a pipeline, ends in the LLVM dialect, with OpenMP beside it.

    reference_examples.py MHC_OPT Dialect.md PIPELINE

The reference device takes tensors alone: examples on buffers are for the others.
"""
import re
import subprocess
import sys

LEFT = re.compile(r"^\s*(?:%[^=]* = )?\"?((?!llvm\.|omp\.)[a-z]+\.[a-z_.]+)", re.MULTILINE)


def main():
    tool, path, pipeline = sys.argv[1:]
    text = open(path, encoding="utf-8").read()
    examples = re.findall(r"^```mlir\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    if pipeline.startswith("--mhc-to-reference"):
        examples = [example for example in examples if "mhc.life_" not in example]
    failed = 0
    for example in examples:
        run = subprocess.run([tool, "-", pipeline], input=example, capture_output=True, text=True)
        left = sorted(set(LEFT.findall(run.stdout)))
        if run.returncode or left or "llvm.func" not in run.stdout:
            print(f"exit code {run.returncode}, left: {left}\n{run.stderr}\n{example}")
            failed += 1
    print(f"{len(examples)} examples, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
