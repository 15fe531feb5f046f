"""Builds the programs of gpu-probe: for a GPU with nvcc, and for the host, where fibers stand for threads."""
import os
import pathlib
import re
import shutil
import subprocess
from concurrent.futures import ThreadPoolExecutor

SOURCES = pathlib.Path(__file__).resolve().parent


def find_nvcc():
    """nvcc of PATH, of CUDA_HOME or of /usr/local, or None."""
    candidates = [shutil.which("nvcc")]
    if os.environ.get("CUDA_HOME"):
        candidates.append(str(pathlib.Path(os.environ["CUDA_HOME"]) / "bin" / "nvcc"))
    candidates += map(str, sorted(pathlib.Path("/usr/local").glob("cuda*/bin/nvcc"), reverse=True))
    return next((c for c in candidates if c and os.access(c, os.X_OK)), None)


def find_host_compiler():
    """A C++ compiler: CXX, or what is on PATH, or None."""
    names = [os.environ.get("CXX"), "g++", "clang++", "clang++-22", "c++"]
    return next((path for path in (shutil.which(n) for n in names if n) if path), None)


def version_of(tool):
    """The line of `TOOL --version` that names the version, or None."""
    try:
        text = subprocess.run([tool, "--version"], capture_output=True, text=True, timeout=60).stdout
    except (OSError, subprocess.TimeoutExpired):
        return None
    lines = text.strip().splitlines()
    return next((line for line in lines if "release" in line), lines[0] if lines else None)


def command_of(source, program, compiler, arch):
    """For the GPU `arch`, or for the host where it is None."""
    common = ["-std=c++17", "-I", str(SOURCES), "-o", str(program)]
    if arch:
        compute = arch.replace("sm_", "compute_")
        return [compiler, f"-gencode=arch={compute},code={arch}", "-O3", "-Xptxas", "-v", *common, str(source)]
    return [compiler, "-O1", "-DPROBE_EMULATED", "-Wno-unknown-pragmas", *common, "-x", "c++", str(source)]


def parse_resources(log):
    """What ptxas -v says of each kernel: {name: {"registers", "stack", "spill stores", "spill loads"}}."""
    found, name = {}, None
    for line in log.splitlines():
        entry = re.search(r"Compiling entry function '(\w+)'", line)
        if entry:
            name = found.setdefault(entry[1], {})
            continue
        if name is None:
            continue
        frame = re.search(r"(\d+) bytes stack frame, (\d+) bytes spill stores, (\d+) bytes spill loads", line)
        used = re.search(r"Used (\d+) registers", line)
        if frame:
            name.update(zip(("stack", "spill stores", "spill loads"), map(int, frame.groups())))
        if used:
            name["registers"] = int(used[1])
    return found


class Built:
    """A program: where it is, what ptxas said of its kernels, or why it could not be built."""

    def __init__(self, path, resources=None, failure=None):
        self.path, self.resources, self.failure = path, resources or {}, failure


def found(program):
    """One that was built before."""
    return Built(program, failure=None if os.access(program, os.X_OK) and program.is_file()
                 else f"expected a program that can be run at {program}")


def build_one(source, folder, compiler, arch):
    """`source` is a path under utils/probe."""
    program = folder / pathlib.Path(source).stem
    command = command_of(SOURCES / source, program, compiler, arch)
    try:
        done = subprocess.run(command, capture_output=True, text=True, errors="replace", timeout=300)
    except (OSError, subprocess.TimeoutExpired) as failure:
        return Built(program, failure=str(failure))
    if done.returncode:
        return Built(program, failure=f"{' '.join(command)}: exit code {done.returncode}\n{done.stderr[-3000:]}")
    return Built(program, parse_resources(done.stderr + done.stdout))


def build_all(sources, folder, compiler, arch=None):
    """All of them, as many at once as there are processors: {source: Built}."""
    folder.mkdir(parents=True, exist_ok=True)
    with ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        jobs = {source: pool.submit(build_one, source, folder, compiler, arch) for source in sources}
        return {source: job.result() for source, job in jobs.items()}
