"""Tables and claims of the forward prototypes: utils/probe/prototypes/forward.cu."""
import re

from .. import model
from . import Claim, digits, microseconds, near, of_kind, table, time_cell

DOCUMENT = "docs/Probe.md, what was expected"
TARGET_TOKENS = 8192
FEW_TOKENS = (1, 8, 64)
# How far a time may be above what is expected, and a share of the copy bandwidth below.
FEW_MARGIN, SHARE_MARGIN = 1.3, 0.05
# Groups of CTAs that are resident, by exchange and CTAs of a group: those of model.py, those that fill 132
# multiprocessors where CTAs need no cluster.
GROUPS = {("Cluster", 4): 32, ("L2", 16): 8, ("L2", 28): 4,
          **{("Cluster", f.ctas): f.clusters for f in model.FORWARD.values()}}
# What ptxas gave: registers, and KB of shared memory, by hidden, terms of phi, CTAs and fragments held. No spills.
RESOURCES = {(1280, 2, 4, 24): (168, 177), (2560, 2, 8, 24): (168, 177), (2560, 3, 8, 20): (168, 228),
             (4096, 2, 16, 24): (168, 144), (4096, 3, 16, 20): (168, 226), (5120, 2, 16, 24): (168, 178),
             (5120, 3, 16, 20): (168, 230), (7168, 2, 16, 12): (128, 225.5)}


class Schedule:
    """What the name of a kernel says."""

    def __init__(self, name):
        found = re.fullmatch(r"forward(\d+)_([A-Za-z]+\d?)_(\d+)_(\d+)unit_(\d+)deep_(\d+)held_(\d+)terms", name)
        self.known = found is not None
        if not found:
            self.text = name
            return
        self.exchange = found[2]
        self.hidden, self.ctas, self.units, self.depth, self.held, self.terms = (
            int(found[i]) for i in (1, 3, 4, 5, 6, 7))
        way = "cluster" if self.exchange == "Cluster" else "L2"
        self.text = (f"{way} {self.ctas}, {self.units} unit{'s' if self.units > 1 else ''}, {self.depth} deep, "
                     f"{self.held} held, {self.terms} terms")


def label(name):
    """A kernel's name in a table that has a column for hidden."""
    if name.startswith("forward"):
        return Schedule(name).text
    return re.sub(r"^split\d+ ?", "", name) or "K1 + K2"


def times(records):
    """{(kernel, mode, tokens): record} of what was timed."""
    return {(r["kernel"], r["mode"], r["tokens"]): r for r in of_kind(records, "forward time")
            if microseconds(r) is not None}


def fastest(records, hidden, tokens, terms=2):
    """The record of the fastest right schedule of one kernel."""
    found = [r for (kernel, mode, count), r in times(records).items()
             if mode == "full" and r["hidden"] == hidden and count == tokens and r["right"]
             and Schedule(kernel).known and Schedule(kernel).terms == terms]
    return min(found, key=microseconds, default=None)


#
# Tables
#

def kernel_table(records):
    rows = [[r["hidden"], label(r["kernel"]), r["threads"], r["cluster"], digits(r["shared"] / 1024, 4),
             r["registers"], r["local"], f"{r['groups']} x {r['ctas']}"] for r in of_kind(records, "forward kernel")]
    lines = ["**Kernels of the forward boundary**: KB of shared memory; registers and bytes of local memory a thread; "
             "groups of CTAs that are resident at once.", ""] if rows else []
    lines += table(["hidden", "schedule", "threads", "CTAs of a cluster", "shared", "registers", "local", "resident"],
                   rows)
    skipped = [f"- {r['kernel']}: {r['why']}" for r in of_kind(records, "forward skipped")]
    return lines + (["Not launched:", "", *skipped, ""] if skipped else [])


def check_table(records):
    equal = {}
    for r in of_kind(records, "forward equal"):
        equal.setdefault(r["kernel"], []).append(r)
    rows = []
    for r in of_kind(records, "forward check"):
        same = [e for e in equal.get(r["kernel"], []) if e["same order"]]
        unequal = [e for e in same if not e["equal"]]
        bits = "yes" if same and not unequal else "-" if not same else "; ".join(
            f"{e['with']}: {digits(e['streams'] + e['rows'] + e['coefficients'])} words" for e in unequal)
        rows.append([r["hidden"], label(r["kernel"]), "yes" if r["right"] else "**no**", digits(r["streams"]),
                     f"{digits(r['coefficients'], 2)} of {digits(r['coefficients limit'], 2)}",
                     f"{digits(r['rows'], 3)} of {digits(r['rows limit'], 3)}", bits])
    if not rows:
        return []
    tokens = ", ".join(str(t) for t in of_kind(records, "forward check")[0]["tokens"])
    return [f"**Against float64**, {tokens} tokens (61 of the most): elements of x' with other bits; largest error of "
            "pre, post and matrix, of the largest, and its limit; of y, and its limit. Equal bits: in a second run, "
            "with fewer tokens, and in all kernels that add in the same order.", ""] + \
        table(["hidden", "schedule", "right", "x'", "coefficients", "y", "equal bits"], rows)


def time_table(records):
    found = times(records)
    tokens = sorted({count for _, mode, count in found if mode in ("full", "K1 + K2")})
    kernels = list(dict.fromkeys((kernel, mode) for kernel, mode, _ in found if mode in ("full", "K1 + K2")))
    hidden = {kernel: r["hidden"] for (kernel, _, _), r in found.items()}
    kernels.sort(key=lambda entry: hidden[entry[0]])
    rows = [[hidden[kernel], label(kernel), *(time_cell(found.get((kernel, mode, count))) for count in tokens)]
            for kernel, mode in kernels]
    if not rows:
        return []
    return ["**Forward boundary**: microseconds, medians, caches flushed before each run; in brackets the share of the "
            "copy bandwidth that the least bytes make (20 C and coefficients a token, 28 C and sums for K1 + "
            "K2). By tokens:", ""] + table(["hidden", "schedule", *map(str, tokens)], rows)


def mode_table(records):
    found = times(records)
    rows = []
    for kernel, mode, count in found:
        if mode != "no stores":
            continue
        of = [found.get((kernel, m, count)) for m in ("full", "no stores", "no exchange", "neither")]
        rows.append([of[1]["hidden"], label(kernel), count, *(digits(microseconds(r), 4) if r else "-" for r in of)])
    if not rows:
        return []
    rows.sort(key=lambda row: row[0])
    return ["**What the forward boundary waits for**: microseconds as it is, without stores to device memory, without "
            "exchange between CTAs (each takes its own sums for the token's), without both.", ""] + \
        table(["hidden", "schedule", "tokens", "full", "no stores", "no exchange", "neither"], rows)


def split_table(records):
    found = times(records)
    rows = []
    for (kernel, mode, count), line in found.items():
        if mode != "K1 + K2":
            continue
        one = fastest(records, line["hidden"], count)
        parts = [found.get((kernel, m, count)) for m in ("K1", "K2", "K1 then K2")]
        rows.append([line["hidden"], count, *(digits(microseconds(r), 4) if r else "-" for r in parts),
                     digits(microseconds(line), 4), digits(microseconds(one), 4) if one else "-",
                     f"{microseconds(line) / microseconds(one):.2f}" if one and microseconds(one) else "-"])
    if not rows:
        return []
    return ["**Two kernels**: microseconds of combine + project (K1), of finish + aggregate (K2), of both in turn, of "
            "both with K2 launched early, and of the fastest one kernel.", ""] + \
        table(["hidden", "tokens", "K1", "K2", "K1 then K2", "K2 early", "one kernel", "early / one"], rows)


def tables(records):
    return (kernel_table(records) + check_table(records) + time_table(records) + mode_table(records)
            + split_table(records))


#
# Claims
#

def target_claims(records):
    found = []
    for hidden, expected in model.FORWARD.items():
        line = fastest(records, hidden, TARGET_TOKENS)
        if line is None:
            continue
        target, us, share = expected.seconds(TARGET_TOKENS) * 1e6, microseconds(line), line.get("share")
        found.append(Claim(
            f"forward boundary, hidden {hidden}, {TARGET_TOKENS} tokens", f"{target:.0f} us ({DOCUMENT})",
            f"{digits(us, 4)} us ({Schedule(line['kernel']).text})", near(us, target),
            "BANDWIDTH and EFFICIENCY of utils/probe/model.py, and the times in docs/Probe.md"))
        if share is not None:
            says = TARGET_TOKENS * (20 * hidden + model.COEFFICIENT_BYTES) / (target * 1e-6) / model.BANDWIDTH
            found.append(Claim(
                f"20 C bytes a token, hidden {hidden}, {TARGET_TOKENS} tokens",
                f"reachable at {says:.0%} of the copy bandwidth ({DOCUMENT})", f"{share:.0%}",
                abs(share - says) <= SHARE_MARGIN,
                "the schedule of the forward boundary that is chosen; the table of what it waits for says why"))
    return found


def few_token_claims(records):
    found = []
    for hidden, expected in model.FORWARD.items():
        lines = [line for line in (fastest(records, hidden, tokens) for tokens in FEW_TOKENS) if line]
        if not lines:
            continue
        says = [f"{expected.seconds(line['tokens']) * 1e6:.0f}" for line in lines]
        found.append(Claim(
            f"forward boundary, hidden {hidden}, {', '.join(str(line['tokens']) for line in lines)} tokens",
            f"{', '.join(says)} us by the same kernel as for many ({DOCUMENT})",
            ", ".join(digits(microseconds(line)) for line in lines) + " us",
            all(near(microseconds(line), expected.seconds(line["tokens"]) * 1e6, FEW_MARGIN, 0.5) for line in lines),
            "OVERHEAD of utils/probe/model.py; if far above, a schedule of its own for few tokens"))
    return found


def resident_claims(records):
    seen = {}
    for r in of_kind(records, "forward kernel"):
        schedule = Schedule(r["kernel"])
        if schedule.known and r["fits"]:
            seen.setdefault((schedule.exchange, schedule.ctas), set()).add(r["groups"])
    found = []
    for key, says in GROUPS.items():
        if key not in seen:
            continue
        exchange, ctas = key
        what = f"clusters of {ctas}" if exchange == "Cluster" else f"groups of {ctas} CTAs without a cluster"
        source = "utils/probe/model.py" if exchange == "Cluster" and ctas > 4 else "what 132 multiprocessors hold"
        found.append(Claim(
            f"resident {what} of the forward boundary", f"{says} ({source})",
            " or ".join(str(n) for n in sorted(seen[key])) + " by the driver", seen[key] == {says},
            "clusters of FORWARD in utils/probe/model.py and the times made of them; nothing may depend on the number"))
    return found


def resource_claims(records):
    wrong, count = [], 0
    for r in of_kind(records, "forward kernel"):
        s = Schedule(r["kernel"])
        says = RESOURCES.get((s.hidden, s.terms, s.ctas, s.held)) if s.known and s.exchange == "Cluster" else None
        # The table names the schedules of one unit with the deepest loads; others share the key.
        if not says or s.units != 1 or not r["registers"]:
            continue
        count += 1
        if r["registers"] > says[0] or r["local"] or r["shared"] / 1024 > says[1] + 1:
            wrong.append(f"{r['kernel']}: {r['registers']} registers, {r['local']} bytes local, "
                         f"{digits(r['shared'] / 1024, 4)} KB")
    if not count:
        return []
    return [Claim("registers, spills and shared memory of the forward boundary",
                  f"what ptxas 13.0 gave for {count} schedules: no spills", "; ".join(wrong) or "the same or less",
                  not wrong, "RESOURCES of utils/probe/parts/prototypes_forward.py, or the kernel for that ptxas")]


def split_claims(records):
    found = []
    for (kernel, mode, tokens), line in times(records).items():
        one = fastest(records, line["hidden"], tokens)
        if mode != "K1 + K2" or tokens != TARGET_TOKENS or one is None:
            continue
        says, seen = line["bytes"] / one["bytes"], microseconds(line) / microseconds(one)
        found.append(Claim(
            f"two kernels against one, hidden {line['hidden']}, {tokens} tokens",
            f"{says:.2f} times as long, as their bytes: 28 C and sums for 20 C", f"{seen:.2f} times",
            abs(seen / says - 1) <= 0.12,
            "where the scheduler prefers two kernels: they are worth more, or less, than their bytes say"))
    return found


def wait_claims(records):
    found, of = [], times(records)
    for hidden in model.FORWARD:
        full = fastest(records, hidden, TARGET_TOKENS)
        if full is None:
            continue
        kernel, us = full["kernel"], microseconds(full)
        alone = of.get((kernel, "no exchange", TARGET_TOKENS))
        if alone:
            found.append(Claim(
                f"cost of the exchange, hidden {hidden}, {TARGET_TOKENS} tokens",
                "none: hidden behind a tile of lag",
                f"{digits(us - microseconds(alone))} us of {digits(us, 4)}", us - microseconds(alone) <= 0.05 * us,
                "the schedule: more lag (tiles of two units), or fewer and larger messages"))
        reads = of.get((kernel, "no stores", TARGET_TOKENS))
        if reads:
            found.append(Claim(
                f"stores, hidden {hidden}, {TARGET_TOKENS} tokens",
                "bound by memory: without stores, half the bytes, about half the time",
                f"{microseconds(reads) / us:.0%} of the time", microseconds(reads) <= 0.65 * us,
                "the schedule: instructions or latency bound it; more units of loads in flight, fewer loads of phi"))
    return found


def bits_claims(records):
    found = []
    checks = of_kind(records, "forward check")
    if checks:
        wrong = [f"{r['kernel']} ({digits(r['coefficients'], 2)} of {digits(r['coefficients limit'], 2)}, x' "
                 f"{digits(r['streams'])})" for r in checks if not r["right"]]
        found.append(Claim("numbers of the forward prototypes", "within the tolerances of docs/Numerics.md, x' exact",
                           "; ".join(wrong) or f"all {len(checks)} are", not wrong, "the kernel, or the tolerances"))
    same = [r for r in of_kind(records, "forward equal") if r["same order"]]
    if same:
        unequal = [f"{r['kernel']} and {r['with']}" for r in same if not r["equal"]]
        found.append(Claim(
            "bits of a token",
            "the same for every T, exchange, schedule and cut, where sums are added in the same order "
            "(docs/Numerics.md)", "; ".join(unequal) or f"the same, {len(same)} comparisons", not unequal,
            "the kernel (a race), or docs/Numerics.md"))
    return found


def claims(records, device):
    del device  # Targets are of an H100; what ran is in the report's heading.
    return (bits_claims(records) + target_claims(records) + few_token_claims(records) + wait_claims(records)
            + split_claims(records) + resident_claims(records) + resource_claims(records))
