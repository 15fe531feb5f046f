# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Bytes that kernels move to and from device memory, by ncu.

    peers count --peer NAME [--packages FOLDER]     one forward and one backward of each piece, at one shape
    peers count [--per N] -- PROGRAM ARGUMENTS      every kernel of a program; N: bytes to divide by, such as T * C

ncu leaves the clocks alone (--clock-control none) and flushes caches before each kernel. Lines that a kernel wrote and
that are still in L2 when it ends are not in its bytes written: at T 8192 and hidden 4096 the streams are five times an
L2 of 50 MB, so what is written may be up to a tenth short. Caches are cold for every kernel, so what a kernel finds in
L2 of the kernel before counts as read.

Records:
    peer bytes      peer, piece, direction, hidden, tokens, kernels: how many launches, read, written: bytes, units:
                    both together in bytes a token and hidden (2: one row), least, usual: as in case.py
    kernel bytes    peer, piece, direction, or program; kernel, launches, read, written, units (with --peer or --per)
    bytes refused   peer or program, why
"""
import argparse
import csv
import glob
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import tempfile

from .records import record

METRICS = {"dram__bytes_read.sum": "read", "dram__bytes_write.sum": "written"}
UNITS = {"byte": 1, "kbyte": 1e3, "mbyte": 1e6, "gbyte": 1e9, "tbyte": 1e12, "kibyte": 2**10, "mibyte": 2**20,
         "gibyte": 2**30, "b": 1, "kb": 1e3, "mb": 1e6, "gb": 1e9}
# PyTorch's sleep: stands before each piece and direction of a peer.
MARKER = "spin_kernel"


def find_ncu():
    found = shutil.which("ncu")
    places = sorted(glob.glob("/opt/nvidia/nsight-compute/*/ncu")) + ["/usr/local/cuda/bin/ncu"]
    return found or next((place for place in reversed(places) if os.path.exists(place)), None)


def number(text):
    """Of "1,234,567.5" or "1234567.5"; None where it is no number."""
    text = text.strip().replace(",", "").replace("'", "").replace("\u202f", "")
    try:
        return float(text)
    except ValueError:
        return None


def scaled(value, unit):
    value = number(value)
    if value is None:
        return None
    return value * UNITS.get(unit.strip().lower(), 1)


def parse(text):
    """ncu's CSV, a metric a line or a kernel a line -> [{id, kernel, read, written}] in the order of launches."""
    lines = [line for line in text.splitlines() if line.strip() and not line.startswith("==")]
    begin = next((i for i, line in enumerate(lines) if re.match(r'\s*"?ID"?\s*,', line)), None)
    if begin is None:
        return []
    rows = list(csv.reader(lines[begin:]))
    head = [name.strip() for name in rows[0]]
    column = {name: i for i, name in enumerate(head)}
    launches = {}

    def add(row, metric, value, unit):
        launch = launches.setdefault(row[column["ID"]], dict(id=int(number(row[column["ID"]]) or 0),
                                                            kernel=row[column["Kernel Name"]], read=None, written=None))
        if metric in METRICS:
            launch[METRICS[metric]] = scaled(value, unit)

    if "Metric Name" in column:
        for row in rows[1:]:
            if len(row) == len(head):
                add(row, row[column["Metric Name"]].strip(), row[column["Metric Value"]], row[column["Metric Unit"]])
    else:
        units = dict.fromkeys(head, "byte")
        for row in rows[1:]:
            if len(row) != len(head):
                continue
            if not row[column["ID"]].strip():
                units = dict(zip(head, row))
                continue
            for metric in METRICS:
                if metric in column:
                    add(row, metric, row[column[metric]], units[metric])
    return sorted(launches.values(), key=lambda launch: launch["id"])


def sections(launches):
    """The launches behind each marker."""
    found = []
    for launch in launches:
        if MARKER in launch["kernel"]:
            found.append([])
        elif found:
            found[-1].append(launch)
    return found


def by_kernel(launches):
    kernels = {}
    for launch in launches:
        name = launch["kernel"].replace("(anonymous namespace)::", "").removeprefix("void ")
        name = re.sub(r"\(.*", "", name)[:80] or name[:80]
        kernel = kernels.setdefault(name, dict(kernel=name, launches=0, read=0, written=0))
        kernel["launches"] += 1
        for key in ("read", "written"):
            kernel[key] += launch[key] or 0
    return sorted(kernels.values(), key=lambda kernel: -(kernel["read"] + kernel["written"]))


def run(command, profiled_from_start, seconds):
    """(ncu's CSV, the command's output, why not): runs a command under ncu, and ends it and all it started in time."""
    ncu = find_ncu()
    if ncu is None:
        return "", "", "no ncu here"
    with tempfile.TemporaryDirectory() as folder:
        log = pathlib.Path(folder) / "ncu.csv"
        options = ["--clock-control", "none", "--cache-control", "all", "--metrics", ",".join(METRICS), "--csv",
                   "--print-units", "base", "--target-processes", "all", "--log-file", str(log)]
        if not profiled_from_start:
            options += ["--profile-from-start", "off"]
        process = subprocess.Popen([ncu, *options, *command], stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                                   text=True, errors="replace", start_new_session=True)
        why = None
        try:
            output, _ = process.communicate(timeout=seconds)
        except subprocess.TimeoutExpired:
            why = f"not done in {seconds:.0f} s"
            os.killpg(process.pid, signal.SIGINT)
            try:
                output, _ = process.communicate(timeout=4)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                output, _ = process.communicate()
        except BaseException:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            raise
        text = log.read_text(errors="replace") if log.exists() else ""
        if why is None and process.returncode:
            last = [line for line in (text + "\n" + output).splitlines() if "rror" in line or "ERR" in line]
            why = f"exit code {process.returncode}: " + (last[0] if last else "").strip()[:200]
        return text, output, why


def report(launches, per, **where):
    for kernel in by_kernel(launches)[:12]:
        units = (kernel["read"] + kernel["written"]) / per if per else None
        record("kernel bytes", **where, **kernel, units=units)


def count_peer(options):
    import json
    here = pathlib.Path(__file__).resolve().parent
    command = [sys.executable, str(here), "measure", "--peer", options.peer, "--profile", "--hidden",
               str(options.hidden), "--tokens", str(options.tokens), "--pieces", options.pieces]
    if options.packages:
        command += ["--packages", options.packages]
    text, output, why = run(command, False, options.seconds)
    told = [json.loads(line) for line in output.splitlines() if line.startswith('{"probe"')]
    for line in told:
        if line["probe"] == "peer refused":
            print(json.dumps(line), flush=True)
    names = [name for line in told if line["probe"] == "peer profile" for name in line["sections"]]
    found = sections(parse(text))
    per = options.hidden * options.tokens
    if why or len(found) != len(names) or not names:
        record("bytes refused", peer=options.peer,
               why=why or f"expected {len(names)} sections in ncu's log, got {len(found)}")
    # A section has its name when it is done. The last section of a run that was cut short is not whole.
    for name, launches in list(zip(names, found))[:len(found) - 1 if len(found) < len(names) else len(found)]:
        piece, direction = name.split()
        where = dict(peer=options.peer, piece=piece, direction=direction)
        read, written = (sum(launch[key] or 0 for launch in launches) for key in ("read", "written"))
        bounds = dict()
        if piece in BOUNDS:
            bounds = {key: values[direction] for key, values in BOUNDS[piece].items()}
        record("peer bytes", **where, hidden=options.hidden, tokens=options.tokens, kernels=len(launches), read=read,
               written=written, units=(read + written) / per, **bounds)
        report(launches, per, **where)
    return 0


# As in case.py, which needs PyTorch; a test compares them.
BOUNDS = dict(pre=dict(least=dict(forward=10, backward=18), usual=dict(forward=18, backward=50)),
              combine=dict(least=dict(forward=18, backward=28), usual=dict(forward=18, backward=28)),
              boundary=dict(least=dict(forward=20, backward=30), usual=dict(forward=36, backward=78)))


def main(arguments):
    program = []
    if "--" in arguments:
        at = arguments.index("--")
        arguments, program = arguments[:at], arguments[at + 1:]
    parser = argparse.ArgumentParser(prog="peers count", description=__doc__.split("\n")[0])
    parser.add_argument("--peer", action="append", default=[])
    parser.add_argument("--packages")
    parser.add_argument("--hidden", type=int, default=4096)
    parser.add_argument("--tokens", type=int, default=8192)
    parser.add_argument("--pieces", default="boundary,pre,combine")
    parser.add_argument("--seconds", type=float, default=60, help="for each peer, or the program")
    parser.add_argument("--per", type=float, help="bytes of a program to divide by")
    options = parser.parse_args(arguments)
    if program:
        text, output, why = run(program, True, options.seconds)
        name = os.path.basename(program[0])
        if why:
            record("bytes refused", program=name, why=why)
        report(parse(text), options.per, program=name)
        return 0
    if not options.peer:
        parser.error("expected --peer NAME, or -- PROGRAM")
    peers = options.peer
    for peer in peers:
        options.peer = peer
        count_peer(options)
    return 0
