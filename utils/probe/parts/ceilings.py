"""What the GPU can do at most, and what everything costs at least: bandwidths, latencies, launches, clocks."""
from .. import model
from . import Claim, digits, median, of_kind, table

NAME = "ceilings"
TITLE = "Ceilings"
PROGRAMS = [("ceilings.cu", 45)]

MODEL = "utils/probe/model.py"
MODEL_CLOCK = model.CLOCK / 1e9
EMULATED_L2 = 50 << 20

# A chip as lib/Analysis/Chips.cpp and Chips.h have it, by the names of the record.
CHIP = [
    ("multiprocessors", 132, "multiprocessors of sm_90a in kChips, lib/Analysis/Chips.cpp"),
    ("shared_bytes", 227 * 1024, "sharedBytes of sm_90a in kChips, lib/Analysis/Chips.cpp"),
    ("shared_bytes_of_multiprocessor", 228 * 1024, "sharedBytesOfMultiprocessor of sm_90a, lib/Analysis/Chips.cpp"),
    ("reserved_shared_bytes", 1024, "Chip::reservedBytes, include/mhc/Analysis/Chips.h"),
    ("threads_of_multiprocessor", 2048, "threadsOfMultiprocessor of sm_90a, lib/Analysis/Chips.cpp"),
    ("registers_of_multiprocessor", 65536, "Chip::registers, include/mhc/Analysis/Chips.h"),
    ("registers_of_cta", 65536, "Chip::registers, include/mhc/Analysis/Chips.h"),
]

COPIES = ("copy", "bulk copy", "cudaMemcpyAsync")


def spread(values):
    """A spread as text: the median, and from the least to the greatest."""
    if median(values) is None:
        return "-"
    return f"{digits(values[2])} ({digits(values[0])} to {digits(values[4])})"


def best(records, kinds):
    """The record of the most GB/s of these kinds that moved the right bytes, or None."""
    found = [r for r in of_kind(records, "bandwidth")
             if r.get("kind") in kinds and r.get("right") and r.get("gb_s") is not None]
    return max(found, key=lambda r: r["gb_s"], default=None)


def bandwidth(records):
    """Bytes a second of the best copy of the most bytes, read and written; None where there is none. (When a copy
    ends, some of what it wrote is still in the L2 cache: a share that grows small with the size.)"""
    most = max((r["bytes"] for r in of_kind(records, "bandwidth") if r.get("kind") in COPIES), default=0)
    record = best([r for r in records if r.get("bytes") == most], COPIES)
    return record["gb_s"] * 1e9 if record else None


def shape(record):
    """How a kernel of a bandwidth record was launched."""
    if record["kind"].startswith("cuda"):
        return "the runtime's"
    ctas = f"{record['ctas']} CTAs" if record["ctas"] else "one chunk a CTA"
    if record["kind"] == "bulk copy":
        return f"{ctas}, {record['loads']} KB in flight each, {record['stores']}"
    return f"{ctas}, {record['loads']} x 16 bytes a thread, stores {record['stores']}"


def bandwidth_tables(records):
    lines = []
    all_sizes = sorted({r["bytes"] for r in of_kind(records, "bandwidth")})
    rows = []
    for kind in ("copy", "bulk copy", "cudaMemcpyAsync", "mixture", "tiles", "tiles of 7", "read", "write",
                 "cudaMemsetAsync"):
        for size in all_sizes:
            of_size = [r for r in records if r.get("bytes") == size]
            record = best(of_size, (kind,))
            if record:
                rows.append([kind, digits(size / 2**30), digits(record["gb_s"], 4), spread(record["us"]),
                             shape(record)])
    lines += ["Bandwidth of device memory, bytes read and written, the best of all shapes. The mixture is the forward "
              "boundary's: five streams of rows in, five out; tiles are the same as the prototypes' warps see them, 64 "
              "bytes of a row each, by asynchronous copies four tiles ahead; of 7: by 112 CTAs only.", ""]
    lines += table(["kind", "GiB of the source", "GB/s", "us: median (least to greatest)", "shape of a multiprocessor"],
                   rows)
    wrong = [r for r in of_kind(records, "bandwidth") if not r.get("right")]
    if wrong:
        lines += ["Wrong bytes: " + "; ".join(f"{r['kind']}, {shape(r)}" for r in wrong) + ".", ""]
    largest = all_sizes[-1] if all_sizes else 0
    shapes = {}
    for r in of_kind(records, "bandwidth"):
        if r["bytes"] == largest and r["kind"] in ("copy", "read", "write", "mixture", "tiles"):
            shapes.setdefault((r["kind"], r["loads"], r["stores"]), {})[r["ctas"]] = r["gb_s"]
    counts = sorted({c for found in shapes.values() for c in found}, key=lambda c: c or 1000)
    rows = [[kind, loads, stores] + [digits(found.get(c), 4) for c in counts]
            for (kind, loads, stores), found in shapes.items()]
    if rows:
        lines += [f"GB/s by shape, {digits(largest / 2**30)} GiB:", ""]
        lines += table(["kind", "loads", "stores"] + [f"{c} CTAs" if c else "chunk a CTA" for c in counts], rows)
    rows = [[digits(r["bytes"] / 2**20), spread(r["us"]), digits(r["gb_s"], 4), r["shape"],
             "yes" if r["right"] else "no"] for r in of_kind(records, "small copy")]
    if rows:
        lines += ["Copies of few bytes, caches flushed before:", ""]
        lines += table(["MiB", "us", "GB/s", "shape", "right"], rows)
    return lines


def cache_tables(records):
    lines = []
    found = {}
    for r in of_kind(records, "l2 bandwidth"):
        key = (r["megabytes"], r["kind"], r["lines"])
        if r.get("right") and r["gb_s"] > found.get(key, 0):
            found[key] = r["gb_s"]
    columns = [("read", "of one multiprocessor"), ("read", "of all"), ("copy", "of one multiprocessor")]
    rows = [[size] + [digits(found.get((size, *column)), 4) for column in columns]
            for size in sorted({key[0] for key in found})]
    if rows:
        lines += ["GB/s of working sets that are read or copied again and again (a copy: source and target together). "
                  "Lines are read by one multiprocessor each, or by all in turn.", ""]
        lines += table(["MB", "read, by one", "read, by all", "copy, by one"], rows)
    rows = [[r["where"], digits(r["bytes"] / 2**20), spread(r["cycles"]), digits(r["ns"]),
             "yes" if r["right"] else "no"] for r in of_kind(records, "latency")]
    if rows:
        lines += ["Latency of a load that depends on the one before, at random in so much memory:", ""]
        lines += table(["from", "MiB", "cycles", "ns", "right"], rows)
    rows = [["flushed" if r["flushed"] else "warm", digits(r["bytes"] / 2**20), spread(r["us"])]
            for r in of_kind(records, "flush")]
    if rows:
        lines += ["A read with the stopwatch's flush and without:", ""]
        lines += table(["caches", "MiB", "us"], rows)
    return lines


def launch_tables(records):
    lines = []
    rows = []
    for r in of_kind(records, "stopwatch"):
        rows.append(["nothing between two events", spread(r["us"])] + ["-"] * 5)
    for r in of_kind(records, "launch"):
        if r.get("error"):
            rows.append([r["what"], r["error"]] + ["-"] * 5)
            continue
        rows.append([r["what"], spread(r["event_us"])] +
                    [digits(median(r[key])) for key in ("event_held_us", "device_us", "stream_us", "host_us",
                                                        "round_trip_us")])
    for r in of_kind(records, "graph of one"):
        rows.append(["a graph of one CTA", "-", digits(median(r["event_held_us"])), "-", "-",
                     digits(median(r["host_us"])), digits(median(r["round_trip_us"]))])
    if rows:
        lines += ["Launches of an empty kernel, us: events around one (the floor of every time measured here), the "
                  "same enqueued beforehand, each of many enqueued beforehand, each of many at the host's pace, the "
                  "call, call and synchronisation.", ""]
        lines += table(["launch", "events", "held", "device", "stream", "call", "round trip"], rows)
    rows = []
    for r in of_kind(records, "chain"):
        head = [r["how"], digits(r["shared"] / 1024), ("early, let " + r["let"]) if r["early"] else "plain"]
        if r.get("error"):
            rows.append(head + [r["error"], "-", "-", "-"])
        else:
            rows.append(head + [spread(r["us"]), digits(median(r.get("host_us"))), r.get("programmatic_edges", "-"),
                                "yes" if r["right"] else "no"])
    if rows:
        first = of_kind(records, "chain")[0]
        lines += [f"Chains of {first['links']} kernels of {first['before']} cycles that need nothing of the kernel "
                  f"before and {first['after']} that do:", ""]
        lines += table(["as", "KB of shared memory", "launched", "us a kernel", "us of the graph's launch call",
                        "programmatic edges", "in order"], rows)
    return lines


def clock_tables(records):
    units = {"copy": "GB/s", "fma": "GFLOP/s", "tensor": "GFLOP/s"}
    rows = [[r["load"], ", ".join(digits(v, 4) for v in r["ghz"]),
             f"{digits(max(r['g_s'], default=None), 4)} {units[r['load']]}" if r["load"] in units else "-",
             ", ".join(digits(v) for v in r.get("cycles_of_instruction", [])) or "-"]
            for r in of_kind(records, "clock")]
    if not rows:
        return []
    window = of_kind(records, "clock")[0]["ms_of_window"]
    return [f"The clock under load, in windows of {digits(window)} ms; cycles are those that a quarter of a "
            "multiprocessor takes for an instruction of a warp (fma; mma.sync m16n8k16 bf16).", ""] + \
        table(["load", "GHz", "most", "cycles of an instruction"], rows)


def tables(records):
    lines = []
    for r in of_kind(records, "device")[:1]:
        rows = [[key, int(r[key]) if isinstance(r[key], (int, float)) else r[key]] for key in r if key != "probe"]
        lines += table(["device", ""], rows)
    lines += bandwidth_tables(records) + cache_tables(records) + launch_tables(records) + clock_tables(records)
    return lines


def find(records, kind, **wanted):
    """The first record of a kind with these values that is no error, or {}."""
    for r in of_kind(records, kind):
        if not r.get("error") and all(r.get(key) == value for key, value in wanted.items()):
            return r
    return {}


def memory_claims(records):
    claims = []
    largest = max((r["bytes"] for r in of_kind(records, "bandwidth")), default=0)
    records_of_most = [r for r in records if r.get("bytes") == largest]
    copy, mixture = best(records_of_most, COPIES), best(records_of_most, ("mixture",))
    if copy:
        seen = copy["gb_s"] * 1e9
        targets = ", ".join(f"{1e6 * of.seconds(8192) * model.BANDWIDTH / seen:.0f} us ({hidden})"
                            for hidden, of in model.FORWARD.items())
        claims.append(Claim(
            "copy bandwidth", "3.0 TB/s, which all modelled times assume; within 3 %",
            f"{seen / 1e12:.3f} TB/s ({copy['kind']}, {digits(copy['bytes'] / 2**30)} GiB, {shape(copy)})",
            abs(seen / model.BANDWIDTH - 1) <= 0.03,
            f"BANDWIDTH in {MODEL}; the forward boundary at T 8192 then takes {targets} in docs/Probe.md"))
    if copy and mixture:
        share = mixture["gb_s"] / copy["gb_s"]
        claims.append(Claim(
            "ten streams of rows", "the boundary's rows move as fast as a plain copy: shares are of the copy bandwidth"
            "; at least 97 %", f"{share:.1%} of the copy bandwidth", share >= 0.97,
            f"EFFICIENCY in {MODEL}: what a schedule can reach is this mixture, not the copy"))
    for kind, by in (("tiles", "all multiprocessors"), ("tiles of 7", "7 groups of 16 CTAs")):
        tiles = best(records_of_most, (kind,))
        if not copy or not tiles:
            continue
        share = tiles["gb_s"] / copy["gb_s"]
        claims.append(Claim(
            f"rows as the boundary's warps see them, by {by}", "93 % of the copy bandwidth with 64 bytes "
            "of a row a warp, four tiles deep; at least that",
            f"{share:.1%} of the copy bandwidth", share >= 0.93,
            "the shape of a warp's loads in convert-mhc-kernel-to-gpu (more bytes of a row a warp, more tiles in "
            f"flight); EFFICIENCY in {MODEL}"))
    sizes = {}
    for r in of_kind(records, "l2 bandwidth"):
        if r.get("right") and r["kind"] == "read" and r["lines"] == "of all":
            sizes[r["megabytes"]] = max(sizes.get(r["megabytes"], 0), r["gb_s"])
    if len(sizes) > 2:
        most = max(sizes.values())
        kept = max(size for size, rate in sizes.items() if rate >= 0.8 * most)
        claims.append(Claim(
            "L2, for lines that all multiprocessors read", "50 MB, one cache for all (emulator's l2Bytes); 40 MB are "
            "read at 80 % of the best rate at least", f"{kept} MB", kept >= 40,
            "EmulatorOptions::l2Bytes in include/mhc/Emulator/Emulator.h: phi and other shared lines take their place "
            "twice"))
    cold, warm = find(records, "flush", flushed=True), find(records, "flush", flushed=False)
    if cold and warm:
        ratio = median(cold["us"]) / median(warm["us"])
        claims.append(Claim("flush between runs", "a read after the flush comes from device memory; at least 1.3 times "
                            "as long as a warm one", f"{ratio:.2f} times", ratio >= 1.3,
                            "Stopwatch::flushNow in utils/probe/device/runtime.h: other ways to empty the L2 cache; "
                            "until then small sizes are timed partly warm"))
    return claims


def launch_claims(records):
    claims = []
    few = find(records, "small copy", bytes=4 << 20)
    if few:
        seen = median(few["us"])
        claims.append(Claim(
            "few tokens", "9 to 13 us up to T 64: a cold copy that moves 8.4 MB, where T 64 at "
            "hidden 4096 moves 5.3 MB, takes no more than 9 us", f"{digits(seen)} us", seen <= 9,
            "the times of few tokens in docs/Probe.md"))
    launch = find(records, "launch", what="clusters of 16")
    if launch:
        floor = median(launch["event_us"])
        claims.append(Claim(
            "launch floor", "7 us beside the tiles, launch included; the launch of clusters of 16 with 227 KB "
            "may take 5 of them",
            f"{digits(floor)} us between events around an empty one", floor <= 5.0,
            f"OVERHEAD in {MODEL}, and the times of few tokens in docs/Probe.md"))
    for shared, name in ((0, "no shared memory"), (None, "227 KB of shared memory")):
        chains = [r for r in of_kind(records, "chain") if r["how"] == "stream" and not r.get("error") and
                  (r["shared"] == 0) == (shared == 0)]
        plain = [r for r in chains if not r["early"]]
        early = [r for r in chains if r["early"] and r.get("right")]
        if not plain or not early:
            continue
        fastest = min(early, key=lambda r: median(r["us"]))
        gain = median(plain[0]["us"]) - median(fastest["us"])
        claims.append(Claim(
            f"early launch, {name}", "a kernel's start hides behind the one before; at least 0.5 us a kernel",
            f"{digits(median(plain[0]['us']))} us a kernel plain, "
            f"{digits(median(fastest['us']))} us early (let {fastest['let']})", gain >= 0.5,
            "docs/Probe.md: early launch is not worth its waits with such kernels"))
    graphs = [r for r in of_kind(records, "chain") if r["how"] == "graph" and r["early"]]
    if graphs:
        kept = [r for r in graphs if not r.get("error") and r.get("programmatic_edges", 1) and r.get("right")]
        claims.append(Claim(
            "early launch in graphs", "early launches are captured as programmatic edges",
            f"{len(kept)} of {len(graphs)} chains with programmatic edges and in order", len(kept) == len(graphs),
            "docs/Runtime.md: what capture makes of early launches"))
    wrong = [r for r in of_kind(records, "chain") if not r.get("error") and not r.get("right")]
    if wrong:
        claims.append(Claim("early launch, order", "after griddepcontrol.wait all of the kernel before is there",
                            f"{len(wrong)} chains out of order", False, "every kernel that waits for an early launch"))
    return claims


def clock_claims(records):
    claims = []
    copy, tensor = find(records, "clock", load="copy"), find(records, "clock", load="tensor")
    if copy.get("ghz"):
        seen = copy["ghz"][-1]
        claims.append(Claim("clock while copying", f"{MODEL_CLOCK} GHz; within 3 %",
                            f"{seen:.3f} GHz", abs(seen / MODEL_CLOCK - 1) <= 0.03,
                            f"CLOCK in {MODEL}"))
    if tensor.get("cycles_of_instruction"):
        seen = tensor["cycles_of_instruction"][-1]
        claims.append(Claim("mma.sync m16n8k16 bf16", f"{model.MMA_CYCLES} cycles of a quarter of a multiprocessor, "
                            "on the safe side; 4 to 8.4",
                            f"{seen:.2f} cycles", 4 <= seen <= 8.4,
                            f"MMA_CYCLES in {MODEL}: the share of the tensor cores"))
    return claims


def claims(records, device):
    del device  # The program says itself where it ran.
    found = memory_claims(records) + launch_claims(records) + clock_claims(records)
    for r in of_kind(records, "device")[:1]:
        found.append(Claim("size of the L2 cache", "50 MB (l2Bytes in include/mhc/Emulator/Emulator.h); within 2 %",
                           f"{r['l2_bytes'] / 2**20:.1f} MB", abs(r["l2_bytes"] / EMULATED_L2 - 1) <= 0.02,
                           "EmulatorOptions::l2Bytes in include/mhc/Emulator/Emulator.h"))
        for key, says, place in CHIP:
            if key in r:
                found.append(Claim(key.replace("_", " "), str(says), str(int(r[key])), r[key] == says, place))
    return found
