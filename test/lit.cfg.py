"""Configuration of the tests: what they are, and which tools they may use."""
import os
import shutil
import subprocess

import lit.formats

config.name = "mhc-mlir"
config.test_format = lit.formats.ShTest(execute_external=False)
config.suffixes = [".mlir", ".test"]
config.excludes = ["Inputs", "Golden"]
config.test_source_root = os.path.dirname(__file__)
config.test_exec_root = os.path.join(config.mhc_binary_root, "test")

# The project's tools first, then FileCheck, not and split-file of LLVM.
config.environment["PATH"] = os.pathsep.join(
    [os.path.join(config.mhc_binary_root, "bin"), config.llvm_tools_dir, os.environ["PATH"]])
for name in ("MHC_FULL", "ASAN_OPTIONS", "UBSAN_OPTIONS", "LSAN_OPTIONS"):
    if name in os.environ:
        config.environment[name] = os.environ[name]

config.substitutions += [
    ("%python", config.python_executable),
    ("%root", config.mhc_source_root),
    ("%build", config.mhc_binary_root),
    ("%cc", config.c_compiler),
    ("%cxx", config.cxx_compiler),
]

# Features that a machine or a build may lack; a test that needs one is skipped,
# counted and named. In a sanitized build the numeric sweeps are: the programs that
# mhc-run compiles have no sanitizer in them, and LLVM compiles them ten times slower
# there. One shard of the golden cases and one sweep stay.
if config.sanitized:
    config.available_features.add("sanitized")
else:
    config.available_features.add("not-sanitized")
if config.has_fuzzer:
    config.available_features.add("fuzzer")
# Golden cases in every element type, not in one or two each.
if os.environ.get("MHC_FULL"):
    config.available_features.add("full")
if os.geteuid() != 0:
    config.available_features.add("not-root")
if subprocess.run([config.python_executable, "-c", "import numpy"], capture_output=True).returncode == 0:
    config.available_features.add("numpy")
if shutil.which("ptxas"):
    config.available_features.add("ptxas")
if shutil.which("nvcc"):
    config.available_features.add("nvcc")
