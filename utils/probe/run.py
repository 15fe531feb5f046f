"""Runs the programs of gpu-probe and keeps what they print, also where they fail or do not end."""
import json
import os
import signal
import subprocess

GRACE = 20  # Seconds that a program may take beyond those it was told, to load and to end.


def end(process, patience=5):
    """Ends a process and its group: it may end what it started itself; after `patience` seconds all are killed."""
    if process.poll() is None:
        signal_group(process, signal.SIGTERM)
        try:
            process.wait(timeout=patience)
        except subprocess.TimeoutExpired:
            pass
    # Those of the group that outlive it, too.
    signal_group(process, signal.SIGKILL)
    process.wait()


def signal_group(process, which):
    try:
        os.killpg(process.pid, which)
    except (ProcessLookupError, PermissionError):
        pass  # All of it has ended.


class Background:
    """A command that runs beside others until end(), which returns its records."""

    def __init__(self, command, folder, name):
        folder.mkdir(parents=True, exist_ok=True)
        self.out = folder / f"{name}.jsonl"
        with open(self.out, "w") as output:
            try:
                self.process = subprocess.Popen(list(map(str, command)), stdin=subprocess.DEVNULL, stdout=output,
                                                stderr=subprocess.DEVNULL, start_new_session=True)
            except OSError:
                self.process = None  # What it would have prepared is done later, where it is needed.

    def end(self):
        if self.process is None:
            return []
        end(self.process)
        self.process = None
        return parse(self.out.read_text(errors="replace"))


class Ran:
    """What a program printed (a list of records), its exit code, what it said on standard error, and what ended it
    before its end: "time", "interrupt" or None."""

    def __init__(self, records, code, said, ended_by=None):
        self.records, self.code, self.said, self.ended_by = records, code, said, ended_by

    def failure(self):
        """Why it failed, in a line or two; None where it did not."""
        if self.code is None:
            return self.said
        if self.ended_by == "interrupt":
            return f"interrupted; {len(self.records)} records are kept"
        if self.ended_by == "time":
            return f"did not end in time and was killed; {len(self.records)} records are kept"
        if self.code:
            last = [line for line in self.said.splitlines() if line.strip()][-3:]
            return f"exit code {self.code}: " + (" / ".join(reversed(last))[:600] or "nothing on standard error")
        return None


def parse(text):
    """The lines that are records; a last one that is cut off is left out."""
    records = []
    for line in text.splitlines():
        if not line.startswith("{"):
            continue
        try:
            record = json.loads(line)
        except ValueError:
            continue
        if isinstance(record, dict) and "probe" in record:
            records.append(record)
    return records


def run(command, seconds, folder, name, grace=GRACE):
    """Runs a command that should take `seconds`; its output is kept in FOLDER/NAME.{jsonl,err}."""
    folder.mkdir(parents=True, exist_ok=True)
    out, err = folder / f"{name}.jsonl", folder / f"{name}.err"
    ended_by = None
    with open(out, "w") as standard_output, open(err, "w") as standard_error:
        try:
            # A process group of its own, so that what it started ends with it.
            process = subprocess.Popen(list(map(str, command)), stdout=standard_output, stderr=standard_error,
                                       stdin=subprocess.DEVNULL, start_new_session=True)
        except OSError as failure:
            return Ran([], None, f"could not be started: {failure}")
        try:
            process.wait(timeout=seconds + grace)
        except subprocess.TimeoutExpired:
            ended_by = "time"
        except KeyboardInterrupt:
            ended_by = "interrupt"
        finally:
            end(process)
    return Ran(parse(out.read_text(errors="replace")), process.returncode, err.read_text(errors="replace"), ended_by)
