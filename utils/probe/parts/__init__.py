"""The parts of gpu-probe. Each is a module with

NAME        what it is called on the command line
TITLE       its heading in the report
PROGRAMS    the CUDA programs it runs: (source under utils/probe, seconds it may take)
tables(records)             lines of Markdown from the records that its programs printed
claims(records, device)     a list of Claim: what is expected of these figures (docs/Probe.md), and what was seen

and, where it has them,

bandwidth(records)          bytes a second of the best copy, for the programs after it
commands(...)               what it runs beside PROGRAMS: utils/probe/parts/peers.py
expected_wrong(record)      whether a record may say "right": false
"""
from dataclasses import dataclass


@dataclass
class Claim:
    subject: str  # of what: "copy bandwidth", "resident clusters of 16"
    says: str     # what docs/Probe.md, a document or the emulator says
    seen: str     # what was measured, as text
    agrees: bool
    change: str   # what should change where they do not agree


def median(spread):
    """The median of the five figures of a spread, or None."""
    return spread[2] if isinstance(spread, list) and len(spread) == 5 else None


def microseconds(record):
    """The median of what was timed, or None; also of no record."""
    return median((record or {}).get("us"))


def time_cell(record, with_share=True):
    """Microseconds for a table; with the share of the copy bandwidth, where that is known."""
    if record is None:
        return "-"
    share = record.get("share") if with_share else None
    return digits(microseconds(record), 4) + (f" ({100 * share:.0f} %)" if share is not None else "") + (
        "" if record.get("right", True) else " wrong")


def near(seen, expected, above=1.1, below=0.8):
    """Whether a time is what a model says: half of it would be as much of a surprise as twice."""
    return below * expected <= seen <= above * expected


def of_kind(records, kind):
    """The records that a program printed as Record(kind)."""
    return [r for r in records if r.get("probe") == kind]


def table(head, rows):
    """A table in Markdown, then an empty line; nothing where there are no rows."""
    if not rows:
        return []
    lines = [head, ["---"] * len(head), *rows]
    return ["| " + " | ".join(escaped(cell) for cell in line) + " |" for line in lines] + [""]


def escaped(cell):
    """A cell of a table as Markdown has it: on one line, and with no bar of its own."""
    return " ".join(str(cell).split()).replace("|", "\\|")


def digits(value, count=3):
    """A number with some significant digits, or a dash where there is none."""
    if value is None:
        return "-"
    text = f"{value:.{count}g}"
    return f"{value:.0f}" if "e" in text and abs(value) >= 1 else text
