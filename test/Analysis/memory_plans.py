#!/usr/bin/env python3
"""Compares the bytes that mhc-insert-recompute plans with those that mhc-print-memory finds in its kernels.

    memory_plans.py MHC_OPT
"""
import re
import subprocess
import sys

sys.dont_write_bytecode = True
import training_step

TOKENS, LAYERS, HIDDEN = 4096, 9, 512


def main():
    tool = sys.argv[1]
    run = lambda text, *passes: subprocess.run([tool, "-", *passes], input=text, capture_output=True, text=True)
    step = run(training_step.model(LAYERS, HIDDEN), "--mhc-differentiate=function=model").stdout
    for plan in ("budget=100%", "budget=75%", "budget=50%", "budget=39%", "budget=45% max-chain=3", "choice=equal"):
        for passes in ([], ["--mhc-to-kernels"]):
            done = run(step, f"--mhc-insert-recompute=function=model {plan}", "--remarks-filter=mhc-insert-recompute",
                       *passes, "--mhc-print-memory=function=model top=0", "-o", "/dev/null")
            if done.returncode:
                sys.exit(done.stderr)
            remark = re.search(r"Plan \|.*Function=model_forward.*", done.stderr).group()
            planned = {name: int(bytes) // TOKENS for name, bytes in re.findall(r"(\w+)=(\d+)", remark)}
            kept, peak = (int(re.search(rf"^  {what}: (\d+) bytes a token", done.stdout, re.M).group(1))
                          for what in ("kept", "activations"))
            # Row ops free one by one what a kernel reads and writes at once.
            exact = kept == planned["Kept"] and (peak == planned["Peak"] if passes else peak <= planned["Peak"])
            if not exact:
                sys.exit(f"{plan} {passes}: expected {planned} bytes a token, got {kept} kept and {peak} alive")
        print(f"{plan}: {kept} kept, {peak} alive")


if __name__ == "__main__":
    main()
