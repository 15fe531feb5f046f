"""How many clusters are resident, and how long it takes to say something to another CTA."""
from .. import model
from . import Claim, digits, median, of_kind, table

NAME = "clusters"
TITLE = "Clusters"
PROGRAMS = [("clusters.cu", 25)]

# What the schedules of the forward boundary assume: clusters of so many CTAs, with so much shared memory (KB), how many
# are resident.
RESIDENT = [(16, 144, 7, "hidden 4096"), (16, 227, 7, "hidden 7168"), (8, 227, 15, "hidden 2560"),
            (4, 227, 32, "hidden 1280")]


def tile_us(hidden, clusters):
    """Modelled time of a tile of 8 tokens in one of so many clusters, at full bandwidth."""
    return 8 * (20 * hidden + 176) * clusters / model.BANDWIDTH * 1e6


# An exchange, how many tiles of lag hide it, and the time of a tile: hidden, CTAs, at once.
EXCHANGES = [
    ("exchange in cluster", 8, 1, tile_us(2560, 15), "one tile at hidden 2560, 15 clusters"),
    ("exchange in cluster", 16, 1, tile_us(4096, 7), "one tile at hidden 4096, 7 clusters"),
    ("exchange through L2", 16, 2, tile_us(4096, 8), "two tiles at hidden 4096, 8 groups"),
    ("exchange through L2", 28, 2, tile_us(7168, 4), "two tiles at hidden 7168, 4 groups"),
]


def distances(records, what, **wanted):
    """The records of a distance with these values that are no errors."""
    return [r for r in of_kind(records, "distance")
            if r.get("what") == what and not r.get("error") and all(r.get(k) == v for k, v in wanted.items())]


def quartiles(values):
    """The median, and the quartiles around it."""
    if median(values) is None:
        return "-"
    return f"{digits(values[2])} ({digits(values[1])} to {digits(values[3])})"


def residency_table(records):
    rows = []
    for r in of_kind(records, "residency"):
        answer = r.get("driver_error", r.get("driver"))
        if r.get("error"):
            rows.append([r["cluster"], r["kilobytes"], answer, r["error"], "-", "-"])
        else:
            rows.append([r["cluster"], r["kilobytes"], answer, digits(r["seen"]), r["multiprocessors"], r["idle"]])
    if not rows:
        return []
    threads = of_kind(records, "residency")[0]["threads"]
    return [f"Clusters that are resident at once, of CTAs of {threads} threads: by the driver's answer, and by trial "
            "with the multiprocessors that those used and left idle.", ""] + \
        table(["CTAs of a cluster", "KB of a CTA", "by the driver", "by trial", "multiprocessors", "idle"], rows)


def barrier_table(records):
    rows = []
    for r in of_kind(records, "distance"):
        if r.get("error"):
            rows.append([r["what"], r.get("cluster", "-"), r.get("at once", "-"), r["error"], "-", "-"])
        elif "rank" not in r and "partner" not in r:
            rows.append([r["what"], r["cluster"], r["at once"], quartiles(r["cycles"]), digits(r["ns"]),
                         "yes" if r["right"] else "no"])
    if not rows:
        return []
    return ["Latencies: of one CTA, cluster, group or pair alone, and of all that are resident at once. An exchange is "
            "that of a tile of 8 tokens of the forward boundary: partial sums to the owners, four numbers back to all. "
            "A flag is one way.", ""] + \
        table(["what", "CTAs", "at once", "cycles: median (quartiles)", "ns", "right"], rows)


def message_table(records):
    """One row for each way and size: over the ranks, alone and with all clusters at once."""
    groups = {}
    for r in of_kind(records, "distance"):
        if not r.get("error") and ("rank" in r or "partner" in r):
            alone = r["at once"] == 1
            groups.setdefault((r["what"], r["cluster"]), {}).setdefault(alone, []).append(
                (r["cycles"][2], r["ns"], r.get("rank", r.get("partner")), r["right"]))
    rows = []
    for (what, size), found in groups.items():
        for alone in (True, False):
            some = sorted(entry for entry in found.get(alone, []) if entry[0] is not None)
            if not some:
                continue
            middle = some[len(some) // 2]
            rows.append([what, size, "alone" if alone else "all clusters", len(some), digits(middle[0]),
                         digits(middle[1]), f"{digits(some[0][0])} ({some[0][2]})", f"{digits(some[-1][0])} "
                         f"({some[-1][2]})", "yes" if all(entry[3] for entry in some) else "no"])
    if not rows:
        return []
    return ["Between CTA 0 and others (of its cluster; flags: of the grid), one way: the median over the others, the "
            "nearest and the farthest with their ranks.", ""] + \
        table(["what", "CTAs", "load", "others", "cycles", "ns", "least cycles", "most cycles", "right"], rows)


def rank_table(records):
    ranks = sorted({r["rank"] for r in distances(records, "remote store", cluster=16)})
    rows = []
    for what in ("remote store", "remote arrival"):
        for alone in (True, False):
            found = {r["rank"]: r["cycles"][2] for r in distances(records, what, cluster=16)
                     if (r["at once"] == 1) == alone}
            if found:
                rows.append([what, "alone" if alone else "all"] + [digits(found.get(rank)) for rank in ranks])
    if not rows:
        return []
    return ["Cycles one way, by the rank of the other CTA, in clusters of 16:", ""] + \
        table(["what", "load"] + [str(rank) for rank in ranks], rows)


def tables(records):
    lines = residency_table(records) + barrier_table(records) + message_table(records) + rank_table(records)
    return lines


def residency_claims(records):
    found = []
    of_all = {(r["cluster"], r["kilobytes"]): r for r in of_kind(records, "residency")}
    for size, kilobytes, says, where in RESIDENT:
        r = of_all.get((size, kilobytes))
        if not r:
            continue
        seen = r.get("error") or f"{digits(r['seen'])} by trial, {r.get('driver_error', r.get('driver'))} by the driver"
        found.append(Claim(
            f"resident clusters of {size}, {kilobytes} KB", f"{says} ({where})", seen, r.get("seen") == says,
            f"the clusters of {where} in utils/probe/model.py"))
    both = [r for r in of_all.values() if "seen" in r and "driver" in r]
    if both:
        different = [r for r in both if r["seen"] != r["driver"]]
        found.append(Claim(
            "the driver's answer",
            "cuOccupancyMaxActiveClusters says how many clusters run at once",
            f"{len(both) - len(different)} of {len(both)} as by trial" + "".join(
                f"; {r['cluster']} x {r['kilobytes']} KB: {r['driver']} said, {digits(r['seen'])} seen"
                for r in different[:4]), not different,
            "docs/Probe.md: co-residency may rest on the driver's answer only where trials bear it out"))
    large = [r for r in of_all.values() if r["cluster"] > 8]
    if large:
        refused = [r for r in large if r.get("error") or r.get("seen", 0) < 1]
        found.append(Claim(
            "largest cluster", "16 CTAs, and others above 8, with the non-portable attribute (cluster in Chips.h)",
            "all launched" if not refused else "; ".join(
                f"{r['cluster']} x {r['kilobytes']} KB: {r.get('error', 'none ran')}" for r in refused),
            not refused, "cluster of sm_90a in kChips, lib/Analysis/Chips.cpp"))
    return found


def exchange_claims(records):
    found = []
    for what, size, lag, tile, where in EXCHANGES:
        some = distances(records, what, cluster=size)
        if not some:
            continue
        loaded = max(some, key=lambda r: r["at once"])
        if loaded.get("ns") is None:
            continue
        limit, seen = lag * tile, loaded["ns"] / 1000
        found.append(Claim(
            f"{what}, {size} CTAs", f"off the critical path: shorter than {where}, {limit:.2f} us",
            f"{seen:.2f} us with {loaded['at once']} at once", seen <= limit and loaded["right"],
            "tiles of more tokens, or one more tile of lag, for this way of exchange; tile_seconds in "
            "utils/probe/model.py"))
    alone = distances(records, "exchange in cluster", **{"cluster": 16, "at once": 1})
    if alone and alone[0].get("ns") is not None:
        seen = alone[0]["ns"] / 1000
        found.append(Claim(
            "exchange, few tokens", "a tile takes 0.85 us where few tokens leave the memory idle, hidden 4096: the "
            "exchange, one tile behind, is no longer", f"{seen:.2f} us in one "
            "cluster of 16", seen <= 0.85, "tile_seconds in utils/probe/model.py, and the times of "
            "few tokens in docs/Probe.md"))
    return found


def claims(records, device):
    del device  # What was resident says what the device is.
    wrong = [r for r in of_kind(records, "distance") if r.get("right") is False]
    found = residency_claims(records) + exchange_claims(records)
    if wrong:
        found.append(Claim("messages between CTAs", "come in order and whole", "; ".join(
            f"{r['what']} ({r['cluster']} CTAs, {r['at once']} at once)" for r in wrong[:6]), False,
            "the exchange of the forward boundary; utils/probe/clusters/"))
    return found
