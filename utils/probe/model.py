"""The time model behind the times that are expected of the boundary kernels: docs/Probe.md, "What was expected".

Nothing here was measured. gpu-probe measures what these assumptions are worth.
"""
import math

BANDWIDTH = 3.0e12       # Bytes a second that a copy reads and writes.
CLOCK = 1.755e9          # Cycles a second, all multiprocessors busy.
MMA_CYCLES = 8           # Of a quarter of a multiprocessor, for mma.sync m16n8k16 (what an A100 takes).
EFFICIENCY = 0.93        # Of the bandwidth, for rows from several tensors.
OVERHEAD = 7.0e-6        # Seconds beside the tiles: launch, weights into registers, the last exchange.
COEFFICIENT_BYTES = 176  # A token's: 20 coefficients in, 24 out.


class Forward:
    """A schedule of the forward boundary: clusters of `ctas`, as many as are resident together, and the seconds that
    a tile of 8 tokens takes at least, which is its exchange."""

    def __init__(self, hidden, ctas, clusters, tile_seconds):
        self.hidden, self.ctas, self.clusters, self.tile_seconds = hidden, ctas, clusters, tile_seconds

    def seconds(self, tokens):
        tiles = math.ceil(math.ceil(tokens / 8) / self.clusters)
        bytes_of_tile = 8 * (20 * self.hidden + COEFFICIENT_BYTES)
        moved = bytes_of_tile * self.clusters / BANDWIDTH / EFFICIENCY
        return tiles * max(moved, self.tile_seconds) + OVERHEAD


FORWARD = {2560: Forward(2560, 8, 15, 1.0e-6), 4096: Forward(4096, 16, 7, 0.85e-6), 7168: Forward(7168, 16, 7, 1.5e-6)}


class Backward:
    """The backward boundary at hidden 4096: a token's bytes, coefficients and partial sums among them, and the share
    of the bandwidth that is expected: a wave that ends early, and for one pass its exchange and its issue slots."""

    def __init__(self, token_bytes, share):
        self.token_bytes, self.share = token_bytes, share

    def seconds(self, tokens):
        return tokens * self.token_bytes / BANDWIDTH / self.share


TWO_KERNELS = Backward(12 * 4096 + 1668 + 30 * 4096 + 1648, 0.90)
ONE_PASS = Backward(30 * 4096 + 3060, 0.80)
