# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Fills the caches on disk of Triton, Inductor and TileLang, many processes beside each other; measures nothing.

What was compiled here the measuring processes load. Liger-Kernel compiles anew for each number of tokens, Inductor for
each shape, TileLang for each width; most of it is work of one thread. Caches are where the environment says:
TRITON_CACHE_DIR, TORCHINDUCTOR_CACHE_DIR, TILELANG_CACHE_DIR.

Records: those of measure --warm, and {"probe": "peer warm-up", jobs, done, seconds}.
"""
import argparse
import os
import pathlib
import signal
import subprocess
import sys
import time

from . import packages
from .records import record

EVERY_PIECE = "boundary,pre,combine"


def jobs(peers):
    """(peer, hidden, tokens, pieces): first what takes longest, then the most telling."""
    found = [("liger", 4096, tokens, "boundary") for tokens in ("8192", "1024", "1", "4096")]
    found.append(("liger", 7168, "8192", "boundary"))
    for hidden in (4096, 7168, 2560):
        found += [("tile-kernels", hidden, "64", "combine"), ("tile-kernels", hidden, "64", "pre")]
        for tokens in ("8192", "1024", "1"):
            found += [("compile", hidden, tokens, EVERY_PIECE), ("liger", hidden, tokens, "combine")]
        found += [("transformer-engine", hidden, "8192,1024", EVERY_PIECE)]
    found += [("compile", 4096, "4096", EVERY_PIECE), ("compile", 4096, "64", EVERY_PIECE),
              ("liger", 7168, "1024", "boundary"), ("liger", 2560, "8192", "boundary")]
    return [job for job in found if job[0] in peers]


def main(arguments):
    from .measure import PEERS
    parser = argparse.ArgumentParser(prog="peers warm", description=__doc__.split("\n")[0])
    parser.add_argument("--packages")
    parser.add_argument("--seconds", type=float, default=45)
    parser.add_argument("--processes", type=int, default=max(1, (os.cpu_count() or 2) - 2))
    parser.add_argument("--peers", default=",".join(peer[0] for peer in PEERS))
    options = parser.parse_args(arguments)
    packages.use(options.packages)
    begin = time.monotonic()
    here = pathlib.Path(__file__).resolve().parent
    environment = {**os.environ, "TORCHINDUCTOR_COMPILE_THREADS": "1", "OMP_NUM_THREADS": "1"}
    waiting, running, done, wanted = jobs(options.peers.split(",")), [], 0, 0
    wanted = len(waiting)
    try:
        while (waiting or running) and time.monotonic() - begin < options.seconds:
            while waiting and len(running) < options.processes:
                peer, hidden, tokens, pieces = waiting.pop(0)
                command = [sys.executable, str(here), "measure", "--warm", "--peer", peer, "--hidden", str(hidden),
                           "--tokens", tokens, "--pieces", pieces]
                if options.packages:
                    command += ["--packages", options.packages]
                running.append(subprocess.Popen(command, env=environment, start_new_session=True))
            still = [process for process in running if process.poll() is None]
            done += len(running) - len(still)
            running = still
            time.sleep(0.05)
    finally:
        for process in running:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
    record("peer warm-up", jobs=wanted, done=done, seconds=time.monotonic() - begin)
    return 0
