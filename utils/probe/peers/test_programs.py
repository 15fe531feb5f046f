# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""The programs around the peers: ncu's log, records, tables, commands. Needs neither PyTorch nor a GPU."""
import contextlib
import importlib
import io
import json
import os
import pathlib
import stat
import subprocess
import sys
import tempfile
import time
import unittest
from unittest import mock

from . import count, measure, packages, records, warm

LONG_HEAD = ("ID", "Process ID", "Process Name", "Host Name", "Kernel Name", "Context", "Stream", "Block Size",
             "Grid Size", "Device", "CC", "Section Name", "Metric Name", "Metric Unit", "Metric Value")


def long_line(launch, kernel, metric, unit, value):
    cells = (launch, 1234, "python3.12", "127.0.0.1", kernel, 1, 7, "(128, 1, 1)", "(8, 1, 1)", 0, 9.0,
             "Command line profiler metrics", f"dram__bytes_{metric}.sum", unit, value)
    return ",".join(f'"{cell}"' for cell in cells)


SPIN = "at::cuda::(anonymous namespace)::spin_kernel(long)"
TEMPLATE = "void kernel<float, 4>(const float *, int)"
LONG = "\n".join(["==PROF== Connected to process 1234 (/usr/bin/python3.12)", '{"probe": "something of the program"}',
                  '==PROF== Profiling "spin_kernel" - 0: 0%....50%....100% - 1 pass',
                  ",".join(f'"{name}"' for name in LONG_HEAD), long_line(0, SPIN, "read", "byte", "640"),
                  long_line(0, SPIN, "write", "byte", "0"), long_line(1, TEMPLATE, "read", "Mbyte", "1,234.5"),
                  long_line(1, TEMPLATE, "write", "Kbyte", "12.25"), long_line(2, "other", "read", "Gbyte", "2"),
                  long_line(2, "other", "write", "", "n/a"), ""])
WIDE = '''"ID","Kernel Name","dram__bytes_read.sum","dram__bytes_write.sum"
"","","byte","Mbyte"
"0","spin_kernel(long)","0","0"
"1","first, second(int)","1,000","2.5"
"2","spin_kernel(long)","0","0"
"10","last","7","1"
"9","last","7","0"
'''
FAKE_NCU = '''#!{python}
import sys
arguments = sys.argv[1:]
log = open(arguments[arguments.index("--log-file") + 1], "w")
clock = arguments[arguments.index("--clock-control") + 1]
print('{{"probe": "peer profile", "peer": "eager", "sections": ["pre forward", "pre backward"]}}')
log.write("""==PROF== fake
{csv}
""")
sys.exit(0 if clock == "none" else 1)
'''


def printed(work):
    """The records that `work` prints."""
    text = io.StringIO()
    with contextlib.redirect_stdout(text):
        work()
    return [json.loads(line) for line in text.getvalue().splitlines()]


class Log(unittest.TestCase):

    def test_a_metric_a_line(self):
        _, first, second = count.parse(LONG)
        self.assertEqual((first["read"], first["written"]), (1234.5e6, 12250))
        self.assertEqual((second["kernel"], second["read"], second["written"]), ("other", 2e9, None))

    def test_a_kernel_a_line(self):
        launches = count.parse(WIDE)
        self.assertEqual([launch["id"] for launch in launches], [0, 1, 2, 9, 10])
        self.assertEqual(launches[1]["kernel"], "first, second(int)")
        self.assertEqual((launches[1]["read"], launches[1]["written"]), (1000, 2.5e6))

    def test_nothing(self):
        for text in ("", "==ERROR== no permission\n", '"ID","Kernel Name"\n'):
            self.assertEqual(count.parse(text), [])

    def test_cut_short(self):
        self.assertEqual(len(count.parse(LONG[:LONG.rindex('"Gbyte"')])), 2)

    def test_sections(self):
        found = count.sections(count.parse(WIDE))
        self.assertEqual([[launch["id"] for launch in part] for part in found], [[1], [9, 10]])

    def test_by_kernel(self):
        kernels = count.by_kernel(count.parse(LONG))
        self.assertEqual([kernel["kernel"] for kernel in kernels],
                         ["other", "kernel<float, 4>", "at::cuda::spin_kernel"])

    def test_numbers(self):
        self.assertEqual([count.number(text) for text in ("1,234,567.5", " 12 ", "n/a", "")],
                         [1234567.5, 12, None, None])


class Count(unittest.TestCase):

    def with_ncu(self, work):
        with tempfile.TemporaryDirectory() as folder:
            ncu = pathlib.Path(folder) / "ncu"
            ncu.write_text(FAKE_NCU.format(python=sys.executable, csv=WIDE))
            ncu.chmod(ncu.stat().st_mode | stat.S_IXUSR)
            with mock.patch.object(count, "find_ncu", lambda: str(ncu)):
                return printed(work)

    def test_peer(self):
        found = self.with_ncu(lambda: count.main(["--peer", "eager", "--hidden", "10", "--tokens", "5"]))
        whole = [line for line in found if line["probe"] == "peer bytes"]
        self.assertEqual([(line["piece"], line["direction"], line["kernels"]) for line in whole],
                         [("pre", "forward", 1), ("pre", "backward", 2)])
        self.assertEqual(whole[0]["units"], 2.501e6 / 50)
        self.assertEqual((whole[0]["least"], whole[0]["usual"], whole[1]["usual"]), (10, 18, 50))

    def test_program(self):
        found = self.with_ncu(lambda: count.main(["--per", "2", "--", "program", "--its-option"]))
        self.assertEqual({line["program"] for line in found}, {"program"})
        last = next(line for line in found if line["kernel"] == "last")
        self.assertEqual((last["launches"], last["read"], last["units"]), (2, 14, 500007))

    def test_no_ncu(self):
        with mock.patch.object(count, "find_ncu", lambda: None):
            (line,) = printed(lambda: count.main(["--", "program"]))
        self.assertEqual(line["why"], "no ncu here")

    def test_bounds(self):
        try:
            from .case import PIECES
        except ImportError:
            self.skipTest("PyTorch is not here")
        self.assertEqual(count.BOUNDS, {name: dict(least=piece.least, usual=piece.usual)
                                        for name, piece in PIECES.items()})


class Programs(unittest.TestCase):

    def test_records(self):
        found = printed(lambda: records.record("kind", number=float("nan"), list=[1 / 3], nested={"a": float("inf")}))
        self.assertEqual(found, [{"probe": "kind", "number": None, "list": [0.333333], "nested": {"a": None}}])

    def test_deadline(self):
        found = printed(lambda: self.assertFalse(records.Deadline(-1, time.monotonic()).has_time_for("this")))
        self.assertEqual(found, [{"probe": "left out", "what": "this"}])

    def test_order(self):
        found = measure.in_order((4096, 7168), (8192, 1024, 1), ("boundary", "pre", "combine"))
        self.assertEqual(found[0], (4096, 8192, "boundary"))
        self.assertEqual(len(set(found)), 18)
        self.assertLess(found.index((4096, 1024, "boundary")), found.index((4096, 8192, "pre")))

    def test_warm_jobs(self):
        names = {peer[0] for peer in measure.PEERS}
        self.assertLessEqual({job[0] for job in warm.jobs(names)}, names)
        self.assertTrue(all(job[0] == "liger" for job in warm.jobs(["liger"])))

    def test_without_pytorch(self):
        with mock.patch.dict(sys.modules, {"torch": None}):
            (line,) = printed(lambda: self.assertEqual(measure.main(["--peer", "eager"]), 0))
        self.assertEqual(line["why"], "PyTorch is not here")

    def test_packages(self):
        import zipfile
        path, environment = list(sys.path), dict(os.environ)
        with tempfile.TemporaryDirectory() as folder:
            with zipfile.ZipFile(pathlib.Path(folder) / "made_up-1.0-py3-none-any.whl", "w") as wheel:
                wheel.writestr("made_up_peer/__init__.py", "")
            try:
                packages.use(folder)
                self.assertIsNotNone(packages.folder_of("made_up_peer"))
                self.assertEqual(packages.missing("made_up_peer", "no_such_peer"), ["no_such_peer"])
            finally:
                sys.path[:] = path
                os.environ.clear()
                os.environ.update(environment)


def peer_time(peer, tokens, us, **more):
    return {"probe": "peer time", "peer": peer, "piece": "boundary", "direction": "forward", "hidden": 4096,
            "tokens": tokens, "us": [us] * 5, "host_us": [9] * 5, "share": 0.25, "right": True, **more}


class Part(unittest.TestCase):

    def setUp(self):
        self.part = importlib.import_module("parts.peers")

    def some(self):
        return [
            {"probe": "peer", "peer": "eager", "title": "PyTorch", "version": "2", "convention": "c", "notes": "n"},
            {"probe": "peer refused", "peer": "liger", "why": "not here"},
            {"probe": "peer refused", "peer": "eager", "piece": "pre", "hidden": 1, "tokens": 1, "why": "because"},
            {"probe": "peer check", "peer": "eager", "piece": "boundary", "hidden": 4096, "tokens": 8, "right": True,
             "errors": {"y": 0.001}},
            {"probe": "peer check", "peer": "eager", "piece": "boundary", "hidden": 4096, "tokens": 1, "right": False,
             "errors": {"y": None, "out": 0.5}},
            peer_time("eager", 8192, 1000.0), peer_time("eager", 1, 10.0, right=False, share=None),
            {"probe": "peer bytes", "peer": "eager", "piece": "boundary", "direction": "forward", "hidden": 4096,
             "tokens": 8192, "kernels": 99, "read": 40 * 2**25, "written": 10 * 2**25, "units": 50.0, "usual": 36,
             "least": 20},
            {"probe": "bytes refused", "peer": "liger", "why": "no ncu here"},
        ]

    def test_tables(self):
        text = "\n".join(self.part.tables(self.some()))
        for part in ("PyTorch", "not here", "because", "not finite", "1000 (25 %)", "10 wrong", "| 50 | 40 | 10 |"):
            self.assertIn(part, text)

    def test_missing_records(self):
        everything = self.some()
        for i in range(len(everything)):
            self.part.tables(everything[:i] + everything[i + 1:])
            self.part.claims(everything[:i] + everything[i + 1:], {})
        self.assertEqual(self.part.tables([]) + self.part.claims([], {}) + self.part.compare([], []), [])

    def test_claims(self):
        traffic, wrong = self.part.claims(self.some(), {})
        self.assertEqual((traffic.says, traffic.agrees), ("36C a token", False))
        self.assertIn("50.0C", traffic.seen)
        self.assertIn("1 of 2 wrong", wrong.seen)

    def test_compare(self):
        ours = [{"probe": "forward time", "kernel": "boundary 16x8", "hidden": 4096, "tokens": 8192, "mode": mode,
                 "us": [us] * 5, "right": True} for mode, us in (("full", 250.0), ("no stores", 100.0))]
        ours.append({"probe": "forward check", "kernel": "boundary 16x8", "hidden": 4096})
        text = "\n".join(self.part.compare(self.some(), ours))
        self.assertIn("| 4096 | 8192 | 250 | boundary 16x8 | 1000 (x 4.00) |", text)

    def test_commands(self):
        found = self.part.commands("python3", "/packages", 3e12, 150, False)
        self.assertLess(sum(seconds for _, _, seconds in found), 151)
        self.assertEqual(found[0][1][2], "warm")
        # With less time the last ones go; none gets less than it needs to start.
        few = self.part.commands("python3", None, None, 40, False)
        self.assertEqual([name for name, _, _ in few], [name for name, _, _ in found[:3]])
        self.assertTrue(all(seconds >= self.part.LEAST for _, _, seconds in few))
        self.assertEqual(self.part.commands("python3", None, None, 3, False), [])
        parser = measure.parser()
        for _, command, _ in found:
            self.assertTrue(pathlib.Path(command[1], "__main__.py").exists())
            if command[2] == "measure":
                self.assertEqual(parser.parse_args(command[3:]).bandwidth, 3e12)

    def test_emulated(self):
        """As the whole probe does on a host; without PyTorch, the record says so."""
        for _, command, seconds in self.part.commands(sys.executable, None, None, 60, True):
            done = subprocess.run(command, capture_output=True, text=True, timeout=seconds)
            self.assertEqual(done.returncode, 0, done.stderr)
            lines = [json.loads(line) for line in done.stdout.splitlines()]
            self.assertIn(lines[0]["probe"], ("peer", "peer refused"))
            self.part.tables(lines)
            self.assertTrue(all(line.get("right", True) for line in lines))
