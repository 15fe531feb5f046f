# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Checks and times one peer, in a process of its own: what hangs or breaks there costs only itself.

Records:
    peer          peer, title, version, convention, notes, torch, device
    peer check    peer, piece, hidden, tokens, right, errors: by result and by "d" and input (check.py says of what)
    peer time     peer, piece, hidden, tokens, direction (forward: without gradients; training: forward and backward;
                  backward: alone), us: microseconds of the GPU [least, quartile, median, quartile, greatest], host_us:
                  of the host [the same], runs, first_s: seconds of the first call, with what compiles then, least and
                  usual: bytes a token in units of hidden (case.py), share: of the bandwidth, had it moved the least
                  bytes, right
    peer warm     peer, hidden, tokens, piece, seconds: what --warm compiled
    peer refused  peer, why; piece, hidden, tokens, direction where only that is refused
    left out      what
"""
import argparse
import gc
import importlib
import itertools
import time

from . import STARTED, packages
from .records import Deadline, record

# Name, module, class: the most telling peers first.
PEERS = (("eager", "eager", "Eager"), ("liger", "liger", "Liger"), ("compile", "eager", "Compiled"),
         ("tile-kernels", "tile_kernels", "TileKernels"), ("transformer-engine", "transformer_engine",
                                                           "TransformerEngine"), ("liger-f32", "liger", "LigerWide"))
DIRECTIONS = ("forward", "backward", "training")


def load(name, device):
    """The adaptor of a peer, ready to run; Refusal where it is not."""
    _, module, kind = next(peer for peer in PEERS if peer[0] == name)
    peer = getattr(importlib.import_module("peers." + module), kind)()
    peer.load(device)
    return peer


def in_order(hidden, tokens, pieces, delay=2):
    """All shapes and pieces, so that a time limit leaves out the least: what is early in its list comes first."""
    found = list(itertools.product(enumerate(hidden), enumerate(tokens), enumerate(pieces)))
    found.sort(key=lambda item: 2 * item[0][0] + item[1][0] + delay * min(item[2][0], 1))
    return [tuple(value for _, value in item) for item in found]


class Run:
    """One piece of a peer on one shape."""

    def __init__(self, peer, piece, case):
        self.peer, self.piece, self.case = peer, piece, case
        self.leaves = peer.prepare(piece, case.values)
        self.raw = self.starts = None

    def forward(self):
        import torch
        with torch.no_grad():
            return self.peer.forward(self.piece, self.leaves)

    def begin_backward(self):
        """Forward with a graph that backward can walk again and again."""
        self.raw = self.peer.forward(self.piece, self.leaves)
        self.starts = self.peer.gradients_of_results(self.piece, self.case.values, self.raw)

    def set_up(self):
        self.peer.before_backward(self.piece, self.leaves, self.raw, self.starts)

    def backward(self):
        import torch
        return torch.autograd.grad(self.raw, self.leaves, self.starts, retain_graph=True, allow_unused=True)

    def training(self):
        import torch
        raw = self.peer.forward(self.piece, self.leaves)
        self.peer.before_backward(self.piece, self.leaves, raw, self.starts)
        return torch.autograd.grad(raw, self.leaves, self.starts, allow_unused=True)

    def check(self):
        """Errors of forward without gradients, of forward with them, and of the gradients."""
        from . import check
        values, convention = self.peer.seen(self.case.values), self.peer.convention
        alone = self.peer.results(self.piece, self.forward())
        self.begin_backward()
        results = {name: value.detach() for name, value in self.peer.results(self.piece, self.raw).items()}
        self.set_up()
        gradients = self.peer.gradients(self.piece, self.backward())
        found = check.errors(self.piece, values, convention, results, gradients)
        for name, error in check.errors(self.piece, values, convention, alone).items():
            found[name] = max(found[name], error)
        return found, check.is_right(found)


class Session:
    def __init__(self, options):
        from .clock import Clock
        self.options = options
        self.deadline = Deadline(options.seconds, STARTED)
        self.peer = load(options.peer, options.device)
        self.clock = Clock(options.device)
        self.synchronize = lambda: None
        if options.device == "cuda":
            import torch
            self.synchronize = torch.cuda.synchronize

    def introduce(self):
        import torch
        device = torch.cuda.get_device_name(0) if self.options.device == "cuda" else "cpu"
        record("peer", peer=self.peer.name, title=self.peer.title, version=self.peer.version(),
               convention=self.peer.convention.name, notes=self.peer.notes, torch=torch.__version__, device=device)

    def first(self, work):
        begin = time.perf_counter()
        work()
        self.synchronize()
        return time.perf_counter() - begin

    def piece(self, piece, case):
        """Checks and times a piece on a shape. Errors are the caller's."""
        where = dict(peer=self.peer.name, piece=piece, hidden=case.hidden, tokens=case.tokens)
        run = Run(self.peer, piece, case)
        first = dict(forward=self.first(run.forward))
        begin = time.perf_counter()
        run.begin_backward()
        run.set_up()
        run.backward()
        self.synchronize()
        first["backward"] = first["training"] = time.perf_counter() - begin
        if self.options.warm:
            record("peer warm", **where, seconds=sum(first.values()) - first["training"])
            return
        errors, right = run.check()
        record("peer check", **where, right=right, errors=errors)
        works = dict(forward=(run.forward, lambda: None), backward=(run.backward, run.set_up),
                     training=(run.training, lambda: None))
        for direction in self.options.directions:
            name = f"{self.peer.name} {piece} {direction}, hidden {case.hidden}, T {case.tokens}"
            if self.deadline.has_time_for(name):
                self.time(where, direction, *works[direction], case, first[direction], right)

    def time(self, where, direction, work, prepare, case, first, right):
        from .case import PIECES
        from .clock import spread
        device, host = self.clock.times(work, self.options.repeats, prepare)
        us, piece = spread(device), PIECES[where["piece"]]
        least = {**piece.least, "training": sum(piece.least.values())}[direction]
        usual = {**piece.usual, "training": sum(piece.usual.values())}[direction]
        bandwidth = self.options.bandwidth
        share = least * case.hidden * case.tokens / (us[2] * 1e-6) / bandwidth if bandwidth else None
        record("peer time", **where, direction=direction, us=us, host_us=spread(host), runs=len(device), first_s=first,
               least=least, usual=usual, share=share, right=right)

    def one(self, hidden, tokens, piece):
        """False when the device is no longer usable."""
        import torch

        from .case import Case
        if not self.deadline.has_time_for(f"{self.peer.name} {piece}, hidden {hidden}, T {tokens}"):
            return True
        row_type = torch.float32 if self.options.wide_rows else torch.bfloat16
        try:
            filled = not (self.options.warm and self.peer.compiles_only)
            self.piece(piece, Case(hidden, tokens, self.options.device, row_type, filled=filled))
            return True
        except Exception as error:  # A peer may raise anything; the others go on.
            why = first_line(error)
            record("peer refused", peer=self.peer.name, piece=piece, hidden=hidden, tokens=tokens, why=why)
            out_of_memory = isinstance(error, torch.OutOfMemoryError)
        # The exception holds the tensors of its frames: this is for after it.
        if out_of_memory:
            gc.collect()
            torch.cuda.empty_cache()
        try:
            self.synchronize()
        except Exception:
            record("peer refused", peer=self.peer.name, why="the device is lost after: " + why)
            return False
        return True


def profile(session, hidden, tokens):
    """One forward and one backward of each piece between cudaProfilerStart and Stop, behind markers (count.py)."""
    import torch

    from .case import Case
    case = Case(hidden, tokens, "cuda")
    for piece in session.options.pieces:
        works = []
        try:
            run = Run(session.peer, piece, case)
            run.forward()
            run.begin_backward()
            for _ in range(2):
                run.set_up()
                run.backward()
            works += [("forward", run.forward, lambda: None), ("backward", run.backward, run.set_up)]
        except Exception as error:
            record("peer refused", peer=session.peer.name, piece=piece, hidden=hidden, tokens=tokens,
                   why=first_line(error))
        torch.cuda.synchronize()
        torch.cuda.profiler.start()
        for _, work, prepare in works:
            prepare()
            torch.cuda._sleep(1)
            work()
            torch.cuda.synchronize()
        torch.cuda.profiler.stop()
        record("peer profile", peer=session.peer.name, hidden=hidden, tokens=tokens,
               sections=[f"{piece} {direction}" for direction, _, _ in works])


def first_line(error):
    return f"{type(error).__name__}: {error}".strip().split("\n")[0][:300]


def integers(text):
    return [int(part) for part in text.split(",")]


def names(text):
    return text.split(",")


def parser():
    found = argparse.ArgumentParser(prog="peers measure", description=__doc__.split("\n")[0])
    found.add_argument("--peer", required=True, choices=[peer[0] for peer in PEERS])
    found.add_argument("--packages", help="folder of packages, wheels or archives")
    found.add_argument("--bandwidth", type=float, help="bytes a second that a copy reads and writes")
    found.add_argument("--seconds", type=float, default=1e9, help="start no measurement after so long")
    found.add_argument("--device", choices=("cuda", "cpu"), default="cuda")
    found.add_argument("--hidden", type=integers)
    found.add_argument("--tokens", type=integers)
    found.add_argument("--pieces", type=names, help="the peer's order by default")
    found.add_argument("--directions", type=names, default=list(DIRECTIONS))
    found.add_argument("--repeats", type=int, default=15)
    found.add_argument("--wide-rows", action="store_true", help="rows in f32: a check where bf16 cannot be interpreted")
    found.add_argument("--warm", action="store_true", help="run everything once, for what compiles; measure nothing")
    found.add_argument("--profile", action="store_true", help="for ncu: one run of each, between markers")
    return found


def main(arguments):
    options = parser().parse_args(arguments)
    packages.use(options.packages)
    try:
        import torch
    except ImportError:
        record("peer refused", peer=options.peer, why="PyTorch is not here")
        return 0
    if options.device == "cuda" and not torch.cuda.is_available():
        record("peer refused", peer=options.peer, why="no GPU here")
        return 3
    from .case import HIDDEN, TOKENS
    from .peer import Refusal
    small = options.device == "cpu"
    options.hidden = options.hidden or ([64] if small else HIDDEN)
    options.tokens = options.tokens or ([5, 1] if small else TOKENS)
    try:
        session = Session(options)
    except Exception as error:
        why = str(error) if isinstance(error, Refusal) else first_line(error)
        record("peer refused", peer=options.peer, why=why)
        return 0
    options.pieces = options.pieces or session.peer.pieces
    session.introduce()
    if options.warm:
        session.peer.compile_only()
    if options.profile:
        profile(session, options.hidden[0], options.tokens[0])
        return 0
    for hidden, tokens, piece in in_order(options.hidden, options.tokens, options.pieces, session.peer.delay):
        if not session.one(hidden, tokens, piece):
            return 1
    return 0
