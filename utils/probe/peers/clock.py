# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Microseconds of work on a GPU, and on its host; of work on the CPU, where that is the device."""
import time

import torch


def spread(values):
    """Least, lower quartile, median, upper quartile, greatest."""
    values = sorted(values)
    return [round(values[int(share * (len(values) - 1) + 0.5)], 3) for share in (0, 0.25, 0.5, 0.75, 1)]


class Clock:
    """Before each run the caches are filled with other memory: by reading, since lines that were written would have to
    leave while the work runs. While that and a short sleep keep the GPU busy, the host enqueues the work, so that
    launches are not in the time of the GPU; what the host needs is a figure of its own. Without CUDA graphs a user
    waits for the longer of both."""

    # Cycles of a sleep; the host needs more than this only where it waits for the GPU.
    LONGEST_SLEEP = 60_000_000

    def __init__(self, device):
        self.device = device
        self.other = None

    def flush(self):
        if self.other is None:
            properties = torch.cuda.get_device_properties(0)
            bytes_to_read = max(4 * getattr(properties, "L2_cache_size", 0), 256 << 20)
            self.other = torch.ones(bytes_to_read // 4, dtype=torch.float32, device=self.device)
        self.other.sum()

    def times(self, work, repeats, prepare=lambda: None, uncounted=2):
        """([microseconds of the device], [of the host]) of `repeats` runs, after some that are not counted."""
        found = []
        for _ in range(uncounted + repeats):
            prepare()
            if self.device == "cuda":
                found.append(self.once_on_gpu(work, max([host for _, host in found[-3:]], default=0)))
            else:
                begin = time.perf_counter()
                work()
                passed = 1e6 * (time.perf_counter() - begin)
                found.append((passed, passed))
        return tuple(map(list, zip(*found[uncounted:])))

    def once_on_gpu(self, work, host_before):
        start, end = torch.cuda.Event(enable_timing=True), torch.cuda.Event(enable_timing=True)
        torch.cuda.synchronize()
        # 1.5 times what the host needed before, at 2 cycles a nanosecond.
        torch.cuda._sleep(min(self.LONGEST_SLEEP, int(3000 * host_before) + 1))
        self.flush()
        start.record()
        begin = time.perf_counter()
        work()
        host = 1e6 * (time.perf_counter() - begin)
        end.record()
        torch.cuda.synchronize()
        return 1000 * start.elapsed_time(end), host
