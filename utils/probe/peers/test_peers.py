# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""The adaptors on the CPU, as far as that goes: see test.py."""
import contextlib
import io
import json
import sys
import types
import unittest

import torch

from . import case as case_module
from . import check, measure, packages, stand_ins
from .case import PIECES, Case
from .peer import Refusal


class Adaptors(unittest.TestCase):

    def right(self, peer, row_type=torch.bfloat16, tokens=(5, 1)):
        for piece in PIECES:
            for count in tokens:
                with self.subTest(f"{peer.name}, {piece}, T {count}"):
                    run = measure.Run(peer, piece, Case(64, count, row_type=row_type))
                    errors, right = run.check()
                    self.assertTrue(right, errors)
                    if row_type == torch.float32:
                        self.assertLess(max(errors.values()), 1e-5, errors)
                    # Runs that are timed leave right results too.
                    run.set_up()
                    run.backward()
                    run.training()
                    gradients = peer.gradients(piece, run.training())
                    again = check.errors(piece, peer.seen(run.case.values), peer.convention,
                                         peer.results(piece, run.forward()), gradients if piece != "boundary" else None)
                    self.assertTrue(check.is_right(again), again)

    def load(self, name):
        try:
            return measure.load(name, "cpu")
        except Refusal as refusal:
            self.skipTest(str(refusal))

    def test_eager(self):
        self.right(self.load("eager"))
        self.right(self.load("eager"), torch.float32)

    def test_elementwise(self):
        """What torch.compile is given, uncompiled."""
        from .eager import Eager, boundary_elementwise, combine_elementwise, pre
        peer = Eager()
        peer.functions = dict(pre=pre, combine=combine_elementwise, boundary=boundary_elementwise)
        self.right(peer)

    def test_liger(self):
        self.right(self.load("liger-f32"), torch.float32, tokens=(5,))

    def test_transformer_engine(self):
        peer = self.load("transformer-engine")
        try:
            measure.Run(peer, "combine", Case(64, 1)).forward()
        except RuntimeError as error:
            if "active drivers" not in str(error):
                raise
            self.skipTest("this Triton's autotuner asks for a GPU, even where it interprets")
        self.right(peer, torch.float32, tokens=(5,))

    def test_tile_kernels(self):
        if packages.missing("tile_kernels"):
            self.skipTest("not here: tile_kernels")
        with stand_ins.tile_kernels():
            from .tile_kernels import TileKernels
            peer = TileKernels()
            from tile_kernels.modeling.mhc import functional, ops
            peer.functional, peer.ops = functional, ops
            self.right(peer)
        self.assertNotIn("tile_kernels", sys.modules)


class OnGpu(unittest.TestCase):
    """What only runs on a GPU, with a GPU that does nothing: that it goes through, in the right order."""

    def gpu(self, log):
        class Event:

            def __init__(self, enable_timing):
                assert enable_timing

            def record(self):
                log.append("event")

            def elapsed_time(self, _):
                return 0.5

        from unittest import mock
        ones = torch.ones
        stack = contextlib.ExitStack()
        for name, value in dict(Event=Event, synchronize=lambda: log.append("wait"),
                                _sleep=lambda cycles: log.append("sleep"), is_available=lambda: True,
                                get_device_properties=lambda _: types.SimpleNamespace(L2_cache_size=1024),
                                get_device_name=lambda _: "none").items():
            stack.enter_context(mock.patch.object(torch.cuda, name, value))
        for name in ("start", "stop"):
            stack.enter_context(mock.patch.object(torch.cuda.profiler, name, lambda name=name: log.append(name)))
        stack.enter_context(mock.patch.object(torch, "ones", lambda count, device, **more: ones(16, **more)))
        stack.enter_context(mock.patch.object(case_module, "Case", lambda hidden, tokens, device, *rest, **more: Case(
            32, min(tokens, 9), "cpu", *rest, **more)))
        return stack

    def run_measure(self, *arguments):
        log, text = [], io.StringIO()
        with self.gpu(log), contextlib.redirect_stdout(text):
            code = measure.main(["--peer", "eager", *arguments])
        self.assertEqual(code, 0)
        return log, [json.loads(line) for line in text.getvalue().splitlines()]

    def test_measure(self):
        _, lines = self.run_measure("--bandwidth", "3e12", "--tokens", "8192,1", "--hidden", "4096")
        found = [line for line in lines if line["probe"] == "peer time"]
        self.assertEqual(len(found), 2 * 3 * 3)
        self.assertEqual({line["runs"] for line in found}, {15})
        self.assertEqual({line["us"][2] for line in found}, {500})
        self.assertFalse([line for line in lines if line["probe"] == "peer refused"])

    def test_only_allocated(self):
        """What only compiles gets inputs of the same shapes and types, and launches nothing for them."""
        filled, allocated = (case_module.Case(32, 3, filled=of).values for of in (True, False))
        self.assertEqual({name: (value.shape, value.dtype) for name, value in filled.items()},
                         {name: (value.shape, value.dtype) for name, value in allocated.items()})

    def test_clock(self):
        from .clock import Clock
        log = []
        with self.gpu(log):
            device, host = Clock("cuda").times(lambda: log.append("work"), 3, lambda: log.append("prepare"))
        self.assertEqual((device, len(host)), ([500.0] * 3, 3))
        self.assertEqual(log, ["prepare", "wait", "sleep", "event", "work", "event", "wait"] * 5)

    def test_profile(self):
        log, lines = self.run_measure("--profile")
        sections = [name for line in lines if line["probe"] == "peer profile" for name in line["sections"]]
        self.assertEqual(sections[:2], ["boundary forward", "boundary backward"])
        self.assertEqual(log[log.index("start"):].count("sleep"), len(sections))
        self.assertEqual(log[-1], "stop")

    def test_one_shape_fails(self):
        from unittest import mock

        from .eager import Eager

        def forward(self, piece, leaves):
            if piece == "pre":
                raise torch.OutOfMemoryError("out of memory\nsecond line")
            return self.functions[piece](*leaves)

        with mock.patch.object(Eager, "forward", forward):
            _, lines = self.run_measure("--tokens", "5", "--hidden", "64")
        (refused,) = [line for line in lines if line["probe"] == "peer refused"]
        self.assertEqual(refused["why"], "OutOfMemoryError: out of memory")
        self.assertEqual({line["piece"] for line in lines if line["probe"] == "peer time"}, {"boundary", "combine"})
