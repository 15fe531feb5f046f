"""Runs the parts of gpu-probe one after the other, and keeps what they found, whatever happens."""
import json
import pathlib
import sys
import time

from . import run

LEAST_SECONDS = 5  # Less is not worth the start of a program.


class Journal:
    """What is said, what failed, what was left out and why, and when it has to be over."""

    def __init__(self, minutes, started):
        self.started, self.deadline = started, started + 60 * minutes
        self.problems, self.left_out = [], []

    def say(self, text):
        print(f"[{time.monotonic() - self.started:6.1f} s] {text}", flush=True)

    def problem(self, text):
        self.problems.append(text)
        self.say(f"FAILED {text}")

    def leave_out(self, text):
        if text in self.left_out:
            return
        self.left_out.append(text)
        self.say(f"left out: {text}")

    def seconds_left(self):
        return self.deadline - time.monotonic()


def wrong_of(part, records):
    """What was not right, each named once: a kernel's times repeat what its checks said."""
    expected = getattr(part, "expected_wrong", lambda record: False)
    found = {}
    for record in records:
        if record.get("right") is False and not expected(record):
            name = next((str(record[k]) for k in ("kernel", "what", "kind", "peer", "type") if k in record), "")
            found.setdefault((name, record.get("piece")), record)
    return [json.dumps(record)[:400] for record in found.values()]


class Measurement:
    """`records`: of each part, as far as it has come. `built`: {source: Built}, or None where nothing was."""

    def __init__(self, journal, options, parts, built, emulated):
        self.journal, self.options, self.parts, self.emulated = journal, options, parts, emulated
        self.built = built or {}
        self.records = {name: [] for name in parts}
        self.background = {}
        self.bandwidth = None

    def run(self):
        try:
            for name, part in self.parts.items():
                # The ceilings are measured with nothing beside them.
                if name != "ceilings":
                    self.start_background()
                if name in self.background:
                    self.records[name] += self.background[name].end()
                self.measure(name, part)
                if hasattr(part, "bandwidth") and not self.emulated:
                    self.bandwidth = part.bandwidth(self.records[name])
                    told = f"{self.bandwidth / 1e12:.3f} TB/s, both ways" if self.bandwidth else "not measured"
                    self.journal.say("copies: " + told)
        finally:
            for process in self.background.values():
                process.end()

    def start_background(self):
        """What may be prepared while other parts are measured: it launches next to nothing on the GPU."""
        if self.emulated:
            return
        for name, part in self.parts.items():
            if hasattr(part, "background") and name not in self.background:
                command = part.background(sys.executable, self.options.packages, max(1, self.journal.seconds_left()))
                self.background[name] = run.Background(command, self.options.work / "raw", name + "-background")

    def measure(self, name, part):
        for source, seconds in part.PROGRAMS:
            program = self.built.get(source)
            if program is None or program.failure:
                continue
            arguments = ["--bandwidth", f"{self.bandwidth:.6g}"] if self.bandwidth else []
            self.measure_one(name, pathlib.Path(source).stem, seconds, run.GRACE,
                             lambda limit: [program.path, "--seconds", f"{limit:g}", *arguments])
        if hasattr(part, "commands"):
            left = min(self.options.peer_seconds, 1e9 if self.emulated else self.journal.seconds_left() - 10)
            for called, command, seconds in part.commands(sys.executable, self.options.packages, self.bandwidth,
                                                          max(0, left), self.emulated):
                self.measure_one(name, called, seconds, 0, lambda limit: command)

    def measure_one(self, name, called, seconds, grace, command):
        """One command, made of the seconds that it has."""
        limit = seconds if self.emulated else min(seconds, self.journal.seconds_left())
        if limit < LEAST_SECONDS:
            self.journal.leave_out(f"{called}: no time left of --minutes {self.options.minutes:g}")
            return
        raw = called.replace(": ", "-")
        ran = run.run(command(limit), limit, self.options.work / "raw", raw, grace)
        self.records[name] += ran.records
        skipped = [r for r in ran.records if r["probe"] == "left out"]
        if skipped:
            self.journal.leave_out(f"{called}: {len(skipped)} measurements for want of time or memory, the first: "
                                   f"{skipped[0].get('what')}")
        refused = [r for r in ran.records if r["probe"] == "peer refused" and "piece" not in r]
        for record in refused:
            self.journal.leave_out(f"{called}: {record.get('why')}")
        for text in wrong_of(self.parts[name], ran.records):
            self.journal.problem(f"{called}: wrong: {text}")
        # Who says why it did nothing has not failed.
        if ran.failure() and not refused:
            self.journal.problem(f"{called}: {ran.failure()}")
        self.journal.say(f"{called}: {len(ran.records)} records")
        if ran.ended_by == "interrupt":
            raise KeyboardInterrupt
