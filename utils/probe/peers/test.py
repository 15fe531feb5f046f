# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""What can be tested without a GPU; PyTorch, Triton and the peers' packages where they are.

    peers test [--packages FOLDER] [UNITTEST'S ARGUMENTS]

Triton's kernels run under its interpreter, with rows in f32 (it cannot multiply bf16). TileLang has none: PyTorch
stands in for the kernels, so that the adaptor's use of the package around them is tested.
"""
import os
import sys
import unittest

from . import packages


def main(arguments):
    if "--packages" in arguments:
        at = arguments.index("--packages")
        packages.use(arguments[at + 1])
        arguments = arguments[:at] + arguments[at + 2:]
    # Triton reads these when it is imported.
    os.environ["TRITON_INTERPRET"] = "1"
    os.environ["NVTE_DISABLE_TRITON_AUTOTUNING"] = "1"
    from . import test_programs
    suites = [test_programs]
    try:
        from . import test_peers, test_reference
        suites += [test_reference, test_peers]
    except ImportError:
        print("skipped: tests that need PyTorch", file=sys.stderr)
    loader = unittest.defaultTestLoader
    suite = unittest.TestSuite(loader.loadTestsFromModule(module) for module in suites)
    if arguments:
        chosen = [test for part in suite for case in part for test in case if any(a in test.id() for a in arguments)]
        suite = unittest.TestSuite(chosen)
    return 0 if unittest.TextTestRunner(stream=sys.stderr).run(suite).wasSuccessful() else 1
