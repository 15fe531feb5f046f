# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""The reference against the golden vectors and against PyTorch's autograd; that check.py finds wrong results."""
import json
import pathlib
import unittest
from dataclasses import replace

import torch

from . import check, eager, reference
from .case import PIECES, Case
from .convention import V4, V4_OUT_IN

GOLDEN = pathlib.Path(__file__).resolve().parents[3] / "test" / "Integration" / "Golden"


def convention_of(case):
    return replace(V4, matrix=case["layout"], start=case["start"], iterations=case["iterations"],
                   eps=case["sinkhorn_eps"], pre_eps=case["pre_eps"], post_mult=case["post_mult"],
                   norm_eps=case["norm_eps"])


class Golden(unittest.TestCase):

    def cases(self):
        """Single connections of DeepSeek-V4 or of the paper, without a norm weight."""
        try:
            import numpy
        except ImportError:
            self.skipTest("numpy is not here")
        for path in sorted(GOLDEN.glob("*/case.json")):
            case = json.loads(path.read_text())
            if "layout" in case and not case.get("norm_weight") and (path.parent / "grad_of_f.npy").exists():
                yield path.parent.name, case, {file.stem: torch.from_numpy(numpy.load(file)).double()
                                               for file in path.parent.glob("*.npy")}

    def test_values_and_gradients(self):
        found = 0
        for name, case, golden in self.cases():
            with self.subTest(name):
                convention = convention_of(case)
                x, f = golden["x"], golden["f"]
                values, kept = reference.pre(x, golden["phi"], golden["scale"], golden["base"], convention)
                out = reference.combine(x, f, values["post"], values["comb"], convention)["out"]
                gradients = reference.combine_grad(x, f, values["post"], values["comb"], golden["grad_out"], convention)
                late = reference.pre_grad(kept, golden["grad_y"], gradients["post"], gradients["comb"], convention)
                got = dict(y=values["y"], post=values["post"], res=values["comb"], out=out,
                           grad_of_x=gradients["x"] + late["x"], grad_of_f=gradients["f"], grad_of_phi=late["phi"],
                           grad_of_scale=late["scale"], grad_of_base=late["base"])
                for key, value in got.items():
                    error = (value - golden[key]).abs().max() / golden[key].abs().max().clamp_min(1)
                    self.assertLess(error.item(), 1e-11, f"{name}: {key}")
                found += 1
        self.assertGreater(found, 8)


class Autograd(unittest.TestCase):
    """The closed forms against autograd in float64."""

    def compare(self, got, wanted):
        for name, value in wanted.items():
            error = (got[name] - value).abs().max() / value.abs().max()
            self.assertLess(error.item(), 1e-10, name)

    def values(self):
        return {name: value.double() for name, value in Case(24, 7).values.items()}

    def gradients(self, piece, convention):
        values = self.values()
        leaves = {name: values[name].clone().requires_grad_() for name in PIECES[piece].inputs}
        results, kept = check.exact_forward(piece, leaves, convention)
        starts = [values[name] for name in PIECES[piece].gradients_of_results]
        wanted = torch.autograd.grad([results[name] for name in PIECES[piece].results], list(leaves.values()), starts)
        got = check.exact_backward(piece, values, check.exact_forward(piece, values, convention)[1], convention)
        self.compare(got, dict(zip(leaves, wanted)))

    def test_pieces(self):
        for convention in (V4, V4_OUT_IN, replace(V4, start="exp", iterations=3), replace(V4, iterations=0),
                           replace(V4, iterations=1)):
            for piece in PIECES:
                with self.subTest(f"{piece}, {convention}"):
                    self.gradients(piece, convention)


class Check(unittest.TestCase):

    def errors(self, convention=V4, change=lambda results: results):
        case = Case(32, 9)
        results = dict(zip(PIECES["boundary"].results, eager.boundary(*(case.values[name]
                                                                       for name in PIECES["boundary"].inputs))))
        return check.errors("boundary", case.values, convention, change(results))

    def test_right(self):
        self.assertTrue(check.is_right(self.errors()))

    def test_transposed(self):
        self.assertFalse(check.is_right(self.errors(V4_OUT_IN)))

    def test_other_iterations(self):
        self.assertFalse(check.is_right(self.errors(replace(V4, iterations=1))))

    def test_nan(self):
        found = self.errors(change=lambda results: {**results, "y": results["y"] * float("nan")})
        self.assertFalse(check.is_right(found))

    def test_one_token_of_several_blocks(self):
        block, check.BLOCK = check.BLOCK, 2
        try:
            self.assertTrue(check.is_right(self.errors()))
            results = self.errors(change=lambda results: {**results, "out": results["out"].index_fill(
                0, torch.tensor([8]), 0)})
            self.assertFalse(check.is_right(results))
        finally:
            check.BLOCK = block
