# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Other implementations of the DeepSeek-V4 connection: the same shapes and inputs as ours, right first, then timed.

A peer is an adaptor (class Peer of peer.py) around plain PyTorch, torch.compile, or a package that is installed or lies
in a folder given by --packages. Nothing of a package is part of this repository.

    python3 utils/probe/peers measure --peer eager          one peer, in a process of its own
    python3 utils/probe/peers warm                          fills the caches of all compilers, peers beside each other
    python3 utils/probe/peers count --peer eager            bytes to device memory, by ncu
    python3 utils/probe/peers count -- PROGRAM ARGUMENTS    the same of any program
    python3 utils/probe/peers fetch FOLDER                  brings the packages for another machine
    python3 utils/probe/peers test                          what can be tested without a GPU
"""
import time

# When the process began, as far as it can know: limits count from here, importing PyTorch included.
STARTED = time.monotonic()
