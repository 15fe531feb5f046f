# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Other implementations of the connection: see ../peers/__init__.py. No C++ program; commands() instead."""
import pathlib
import statistics

from . import Claim, digits, median, microseconds, of_kind, table, time_cell

NAME = "peers"
TITLE = "PyTorch and other implementations"
PROGRAMS = []

HERE = pathlib.Path(__file__).resolve().parent.parent / "peers"
# What runs, in order, with shares of the time; what comes last is left out first.
WARM_SHARE = 17
SHARES = (("eager", 8), ("liger", 14), ("compile", 13), ("tile-kernels", 11), ("transformer-engine", 12))
# Those that count bytes, the pieces of each (eager PyTorch has hundreds of launches), and shares. TransformerEngine
# tries its kernels anew in each process: ncu would count that.
COUNTED = (("tile-kernels", "boundary,pre,combine", 9), ("liger", "combine,boundary", 7), ("compile", "boundary", 6),
           ("eager", "boundary", 6))
# A process starts nothing new so many seconds before it is ended: for what is under way.
GRACE = 6
# Less is not worth its start: importing PyTorch takes seconds.
LEAST = 12
# Bytes written that are still in L2 are not counted (peers/count.py), and coefficients are not in units of C.
MARGIN = 0.12
PIECES = ("boundary", "pre", "combine")
DIRECTIONS = ("forward", "backward", "training")


def commands(python, packages, bandwidth, seconds, emulated):
    """[(name, command, seconds after which it is to be ended)]; each prints lines of JSON, and may print other lines.

    python: an interpreter, with PyTorch or without; packages: a folder, or None; bandwidth: bytes a second of a copy,
    or None; seconds: for all of them. Caches of compilers are worth keeping from one command to the next: where
    TRITON_CACHE_DIR, TORCHINDUCTOR_CACHE_DIR and TILELANG_CACHE_DIR are set, in one environment for all."""
    program = [str(python), str(HERE)]
    where = ["--packages", str(packages)] if packages else []
    if emulated:
        small = ["--device", "cpu", "--hidden", "32", "--tokens", "3", "--repeats", "3"]
        return [("peers: eager", [*program, "measure", "--peer", "eager", *small, *where], 60)]
    copy = ["--bandwidth", repr(float(bandwidth))] if bandwidth else []
    jobs = [("peers: warm-up", WARM_SHARE, ["warm"])]
    jobs += [(f"peers: {peer}", share, ["measure", "--peer", peer, *copy]) for peer, share in SHARES]
    jobs += [(f"bytes: {peer}", share, ["count", "--peer", peer, "--pieces", pieces])
             for peer, pieces, share in COUNTED]
    # The first ones, as many as can have the least that they need.
    jobs = jobs[:max(0, int(seconds / LEAST))]
    shares = sum(share for _, share, _ in jobs)
    found = []
    for name, share, arguments in jobs:
        limit = LEAST + (seconds - LEAST * len(jobs)) * share / shares
        found.append((name, [*program, *arguments, "--seconds", f"{limit - GRACE:.0f}", *where], limit))
    return found


def background(python, packages, seconds):
    """A command that compiles what launches nothing while it is compiled, to be started long before commands() and
    ended before them, in the same environment: Liger-Kernel takes minutes (peers/liger.py)."""
    where = ["--packages", str(packages)] if packages else []
    return ["nice", "-n", "15", str(python), str(HERE), "warm", "--peers", "liger", "--seconds", f"{seconds:.0f}",
            *where]


def in_order(names):
    """Peers in the order of SHARES."""
    known = [peer for peer, _ in SHARES]
    return sorted(names, key=lambda name: (known.index(name) if name in known else len(known), name))


def introductions(records):
    lines = {line["peer"]: line for line in of_kind(records, "peer")}
    rows = [[lines[peer]["title"], lines[peer]["version"], lines[peer]["convention"], lines[peer]["notes"]]
            for peer in in_order(lines)]
    found = table(["peer", "version", "convention", "notes"], rows)
    absent = [[line["peer"], line["why"]] for line in of_kind(records, "peer refused") if "piece" not in line]
    return found + table(["peer", "not measured, because"], absent)


def rightness(records):
    """Shapes checked and wrong, and the largest error of each kind where it was right."""
    checks = {}
    for line in of_kind(records, "peer check"):
        checks.setdefault((line["peer"], line["piece"]), []).append(line)
    rows, wrong = [], []
    for peer, piece in sorted(checks, key=lambda key: (in_order({peer for peer, _ in checks}).index(key[0]), key[1])):
        lines = checks[peer, piece]
        right = [line for line in lines if line["right"]]
        worst = {}
        for line in right:
            for name, error in line["errors"].items():
                worst[name] = max(worst.get(name, 0), error if error is not None else float("inf"))
        rows.append([peer, piece, f"{len(right)} of {len(lines)}",
                     ", ".join(f"{name} {digits(error, 2)}" for name, error in worst.items())])
        for line in lines:
            if not line["right"]:
                bad = ", ".join(f"{name} {'not finite' if error is None else digits(error, 2)}"
                                for name, error in line["errors"].items() if error is None or error > 0.02)
                wrong.append([peer, piece, line["hidden"], line["tokens"], bad])
    found = table(["peer", "piece", "shapes right", "largest errors where right (relative: peers/check.py)"], rows)
    found += table(["wrong", "piece", "hidden", "T", "errors"], wrong)
    refused = [[line["peer"], line["piece"], line.get("hidden", "-"), line.get("tokens", "-"), line["why"]]
               for line in of_kind(records, "peer refused") if "piece" in line]
    return found + table(["refused or failed", "piece", "hidden", "T", "why"], refused)


def times(records):
    lines = of_kind(records, "peer time")
    peers = in_order({line["peer"] for line in lines})
    found = []
    for piece in PIECES:
        for direction in DIRECTIONS:
            chosen = {(line["hidden"], line["tokens"], line["peer"]): line for line in lines
                      if line["piece"] == piece and line["direction"] == direction}
            shapes = sorted({key[:2] for key in chosen})
            rows = [[hidden, tokens] + [time_cell(chosen.get((hidden, tokens, peer))) for peer in peers]
                    for hidden, tokens in shapes]
            if rows:
                found += [f"**{piece}, {direction}**: microseconds of the GPU (share of the copy bandwidth, were only "
                          "the least bytes moved)", ""]
                found += table(["hidden", "T", *peers], rows)
    return found + host_times(lines, peers)


def host_times(lines, peers):
    """What the host needs to enqueue the boundary, at the smallest width with few tokens."""
    rows = []
    for direction in DIRECTIONS:
        row = [direction]
        for peer in peers:
            hosts = [median(line["host_us"]) for line in lines if line["peer"] == peer and line["piece"] == "boundary"
                     and line["direction"] == direction and line["tokens"] <= 1024]
            row.append(digits(statistics.median(hosts), 3) if hosts else "-")
        rows.append(row)
    if not any(cell != "-" for row in rows for cell in row[1:]):
        return []
    title = "**boundary, the host**: microseconds to enqueue it (T up to 1024)"
    return [title, ""] + table(["direction", *peers], rows)


def compilation(records):
    """Seconds of the first calls, with what compiles then; of measured ones only those that took long."""
    seconds = {}
    for line in of_kind(records, "peer warm"):
        seconds[line["peer"], line["piece"], line["hidden"], line["tokens"]] = line["seconds"]
    for line in of_kind(records, "peer time"):
        key = (line["peer"], line["piece"], line["hidden"], line["tokens"])
        if line["direction"] != "training" and key not in seconds:
            seconds[key] = line.get("first_s", 0)
    return {key: value for key, value in sorted(seconds.items()) if value > 5}


def compilation_table(records):
    return table(["compiled", "piece", "hidden", "T", "seconds"],
                 [[*key, digits(value)] for key, value in compilation(records).items()])


def bytes_moved(records):
    rows = [[line["peer"], line["piece"], line["direction"], line["kernels"], digits(line["units"]),
             digits(line["read"] / line["hidden"] / line["tokens"]),
             digits(line["written"] / line["hidden"] / line["tokens"]), line.get("usual", "-"), line.get("least", "-")]
            for line in of_kind(records, "peer bytes")]
    found = table(["peer", "piece", "direction", "kernels", "C bytes a token", "read", "written", "usual",
                   "least"], rows)
    refused = [[line.get("peer", line.get("program")), line["why"]] for line in of_kind(records, "bytes refused")]
    return found + table(["bytes not counted", "because"], refused)


def tables(records):
    found = introductions(records) + rightness(records) + times(records) + bytes_moved(records)
    return found + compilation_table(records)


def claims(records, device):
    """What is usual today, beside the fewest bytes that a peer was seen to move."""
    found = []
    for piece in PIECES:
        for direction in ("forward", "backward"):
            counted = [line for line in of_kind(records, "peer bytes")
                       if line["piece"] == piece and line["direction"] == direction and line.get("usual")]
            if not counted:
                continue
            best = min(counted, key=lambda line: line["units"])
            usual = best["usual"]
            found.append(Claim(
                subject=f"bytes of today's kernels: {piece}, {direction}", says=f"{usual}C a token",
                seen=f"{best['units']:.1f}C ({best['peer']}, {best['kernels']} kernels, T {best['tokens']})",
                agrees=abs(best["units"] - usual) <= MARGIN * usual,
                change="README.md and docs/Probe.md, the bytes of unfused kernels; Piece.usual in "
                       "utils/probe/peers/case.py"))
    checks = of_kind(records, "peer check")
    for peer in in_order({line["peer"] for line in checks}):
        wrong = [line for line in checks if line["peer"] == peer and not line["right"]]
        if wrong:
            shapes = ", ".join(sorted({f"{line['piece']} at hidden {line['hidden']}, T {line['tokens']}"
                                       for line in wrong})[:4])
            found.append(Claim(subject=f"{peer} computes its convention", says="right on every shape (the adaptor)",
                               seen=f"{len(wrong)} of {sum(line['peer'] == peer for line in checks)} wrong: {shapes}",
                               agrees=False, change="the adaptor in utils/probe/peers, or the peer's report of bugs"))
    return found


def prototype_times(records):
    """{(direction, hidden, tokens): (microseconds, kernel)}: the fastest whole run of a right prototype. A backward in
    one pass is not whole: it is given what another kernel has to compute."""
    best = {}
    for line in records:
        mode = str(line.get("mode") or line.get("part") or "full")
        whole = mode in ("full", "both") or " + " in mode or " then " in mode
        if not {"kernel", "hidden", "tokens", "us"} <= line.keys() or not whole or line.get("right") is False:
            continue
        text = f"{line.get('probe', '')} {line['kernel']}".lower()
        key = ("backward" if "backward" in text else "forward", line["hidden"], line["tokens"])
        us = microseconds(line)
        if us is not None and (key not in best or us < best[key][0]):
            best[key] = (us, line["kernel"] + ("" if mode == "full" else f" ({mode})"))
    return best


def compare(records, prototype_records):
    """Lines of Markdown: the boundary by our prototypes, and by each peer as a multiple of their time."""
    notes = ["Peers do more in the backward: they add up what the prototypes leave in parts (gradients of phi a slab, "
             "of the coefficients a slice; at most 1 % of the bytes at T 8192, more with few tokens), and give the "
             "gradients of scale and base. PyTorch and torch.compile multiply in f32, the others in bf16 or TF32.", ""]
    ours = prototype_times(prototype_records)
    theirs = {}
    for line in of_kind(records, "peer time"):
        if line["piece"] == "boundary" and line["direction"] in ("forward", "backward"):
            theirs[line["direction"], line["hidden"], line["tokens"], line["peer"]] = line
    peers = in_order({key[3] for key in theirs})
    found = []
    for direction in ("forward", "backward"):
        rows = []
        for hidden, tokens in sorted(key[1:] for key in ours if key[0] == direction):
            us, kernel = ours[direction, hidden, tokens]
            row = [hidden, tokens, digits(us, 4), kernel]
            for peer in peers:
                line = theirs.get((direction, hidden, tokens, peer))
                row.append(f"{time_cell(line, False)} (x {microseconds(line) / us:.2f})" if line and us else "-")
            if any(text != "-" for text in row[4:]):
                rows.append(row)
        if rows:
            found += [f"**Boundary, {direction}**: microseconds, and as multiples of the fastest prototype's", ""]
            found += table(["hidden", "T", "prototype", "which", *peers], rows)
    return found + notes if found else []
