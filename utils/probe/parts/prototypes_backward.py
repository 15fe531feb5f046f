"""Tables and claims of the backward prototypes: utils/probe/prototypes/backward.cu."""
from .. import model
from . import Claim, digits, microseconds, near, of_kind, table, time_cell

# What docs/Probe.md expects at this width and number of tokens.
HIDDEN, TOKENS = 4096, 8192
RATIO_MARGIN = 0.12
ROW_LIMIT, DPHI_LIMIT = 2.0**-8, 1e-5
# Most registers a thread at launch, bytes of local memory and bytes of shared memory, by kernel.
RESOURCES = {"token4096": (80, 0, 5120), "columns4096K8": (168, 0, 199424), "columns7168": (168, 0, 199424),
             "columns2560": (255, 0, 153600), "onePass4096": (168, 32, 227072)}
RESIDENT = {"columns4096K8": 8, "columns7168": 4, "onePass4096": 7}
PARTS = {"both": "two kernels", "token": "token", "columns": "columns", "one pass": "one pass"}
NAMES = ("dpre", "dc", "dm", "k", "dx", "df", "sums", "dphi", "dcPre")


def one_term(kernel):
    """Whether a kernel is kept though it misses the tolerance of rows: it shows why phi has two terms."""
    return "OneTerm" in kernel


def times(records):
    """{(kernel, part, tokens): record} of what was timed."""
    return {(r["kernel"], r["part"], r["tokens"]): r for r in of_kind(records, "backward time")
            if microseconds(r) is not None}


def fastest(records, part, hidden=HIDDEN, tokens=TOKENS):
    """The record of the fastest right kernel."""
    found = [r for r in times(records).values()
             if r["part"] == part and r["hidden"] == hidden and r["tokens"] == tokens and r["right"]]
    return min(found, key=microseconds, default=None)


def worst(records, kernel):
    """The checks of a kernel: {what: largest error}, tokens, whether all are right, elements missing or wrong."""
    lines = [r for r in of_kind(records, "backward check") if r["kernel"] == kernel]
    errors = {}
    for line in lines:
        for name in NAMES:
            if name in line:
                # An error that is not a number is printed as null.
                error = float("nan") if line[name] is None else line[name]
                errors[name] = error if not error <= errors.get(name, -1.0) else errors[name]
    missing = sum(r.get("unwritten", 0) + r.get("wrong", 0) + r.get("outside", 0) for r in lines)
    return errors, [r["tokens"] for r in lines], all(r["right"] for r in lines), missing


def kernels_of(records, kind):
    return list(dict.fromkeys(r["kernel"] for r in of_kind(records, kind)))


#
# Tables
#

def kernel_table(records):
    rows = [[r["hidden"], r["kernel"], r["slices"], r["threads"], digits(r["shared"] / 1024, 4), r["registers"],
             r["local"], r["resident"]] for r in of_kind(records, "backward kernel")]
    lines = ["**Kernels of the backward boundary**: CTAs over hidden; KB of shared memory; registers at launch and "
             "bytes of local memory a thread; resident slabs of tokens (of a token kernel: CTAs).", ""] if rows else []
    skipped = [f"- {r['kernel']}: {r['note']}" for r in of_kind(records, "backward kernel") if "note" in r]
    lines += table(["hidden", "kernel", "slices", "threads", "shared", "registers", "local", "resident"], rows)
    return lines + (["Not launched:", "", *skipped, ""] if skipped else [])


def check_table(records):
    rows = []
    for kernel in kernels_of(records, "backward check"):
        errors, tokens, right, missing = worst(records, kernel)
        said = "yes" if right else "no, by design" if one_term(kernel) and not missing else "**no**"
        rows.append([kernel, ", ".join(map(str, sorted(set(tokens)))), said,
                     *(digits(errors.get(name), 2) for name in NAMES), missing])
    if not rows:
        return []
    return ["**Against float64**: largest errors over all tokens, or a sample of 128. dx and df of max(|exact|, root "
            f"mean square), limit {ROW_LIMIT:.2g}; dm, limit 1.8e-5, and the others, limit 1e-5, of the largest sum of "
            "magnitudes; elements that were not written, written outside, or wrong.", ""] + \
        table(["kernel", "tokens", "right", *NAMES, "elements"], rows)


def equal_table(records):
    rows = [[r["what"], *(r.get(name, "-") for name in ("dx", "df", "sums", "dphi")), r["of"]]
            for r in of_kind(records, "backward equal")]
    if not rows:
        return []
    return ["**Bits**: elements that differ. One pass adds dpre in another order than two kernels.", ""] + \
        table(["what", "dx", "df", "sums", "dphi", "of"], rows)


def time_table(records):
    found = times(records)
    tokens = sorted({count for _, _, count in found})
    kernels = list(dict.fromkeys((kernel, part) for kernel, part, _ in found))
    hidden = {kernel: r["hidden"] for (kernel, _, _), r in found.items()}
    kernels.sort(key=lambda entry: (hidden[entry[0]], list(PARTS).index(entry[1])))
    rows = [[hidden[kernel], kernel, PARTS[part], *(time_cell(found.get((kernel, part, count))) for count in tokens)]
            for kernel, part in kernels]
    if not rows:
        return []
    return ["**Backward boundary**: microseconds, medians, caches flushed before each run; in brackets the share of "
            "the copy bandwidth that the counted bytes make (rows and coefficients once for each kernel; not phi, not "
            "dphi); wrong: misses a tolerance. There is no one pass at hidden 7168: its phi and tiles are more than "
            "the shared memory of 16 CTAs. By tokens:", ""] + \
        table(["hidden", "kernel", "part", *map(str, tokens)], rows)


def early_table(records):
    found = times(records)
    rows = []
    for (kernel, part, count), both in found.items():
        columns = found.get((kernel, "columns", count))
        token = next((r for (_, p, t), r in found.items()
                      if p == "token" and t == count and r["hidden"] == both["hidden"]), None)
        if part == "both" and columns and token:
            first, second = microseconds(token), microseconds(columns)
            rows.append([both["hidden"], kernel, count,
                         *(digits(us, 4) for us in (first, second, first + second, microseconds(both)))])
    if not rows:
        return []
    rows.sort(key=lambda row: (row[0], row[1], row[2]))
    return ["**Two kernels**: each alone, their sum, and both with the second launched early.", ""] + \
        table(["hidden", "kernel", "tokens", "token", "columns", "sum", "both"], rows)


def tables(records):
    return (kernel_table(records) + check_table(records) + equal_table(records) + time_table(records)
            + early_table(records))


#
# Claims
#

def time_claims(records):
    found = []
    for part, expected, what in (("both", model.TWO_KERNELS, "two kernels"), ("one pass", model.ONE_PASS, "one pass")):
        line = fastest(records, part)
        if line is None:
            continue
        says, seen = 1e6 * expected.seconds(TOKENS), microseconds(line)
        found.append(Claim(
            f"backward boundary in {what}, hidden {HIDDEN}, {TOKENS} tokens", f"{says:.0f} us (docs/Probe.md)",
            f"{digits(seen, 4)} us ({line['kernel']})", near(seen, says),
            f"{'TWO_KERNELS' if part == 'both' else 'ONE_PASS'}.share in utils/probe/model.py; "
            "docs/Probe.md; the schedule of the backward boundary"))
    two, one = fastest(records, "both"), fastest(records, "one pass")
    if two and one:
        says = model.ONE_PASS.seconds(TOKENS) / model.TWO_KERNELS.seconds(TOKENS)
        seen = microseconds(one) / microseconds(two)
        found.append(Claim(
            f"one pass against two kernels, hidden {HIDDEN}, {TOKENS} tokens",
            f"{says:.2f} times as long (docs/Probe.md)", f"{seen:.2f} times", abs(seen - says) <= RATIO_MARGIN,
            "which form mhc-schedule takes for the backward boundary: one pass where it is faster"))
    return found


def right_claims(records):
    found = []
    checked = kernels_of(records, "backward check")
    if checked:
        wrong = [k for k in checked if not one_term(k) and not worst(records, k)[2]]
        wrong += ["the reference" for r in of_kind(records, "backward reference") if not r["right"]]
        count = len([k for k in checked if not one_term(k)])
        found.append(Claim("numbers of the backward prototypes", "within the numerics contract (docs/Numerics.md)",
                           ", ".join(wrong) or f"all {count} kernels are", not wrong,
                           "the kernel, or the limits in docs/Numerics.md"))
    ones = {k: worst(records, k)[0].get("dx") for k in checked if one_term(k)}
    twos = {k: worst(records, k)[0].get("dx") for k in checked
            if not one_term(k) and "dx" in worst(records, k)[0]}
    if ones and twos:
        one, two = min(ones.values()), max(twos.values())
        found.append(Claim("terms of phi in dx'",
                           "one bf16 term misses the tolerance of rows, two do not (docs/Probe.md)",
                           f"{digits(one)} with one, {digits(two)} with two, of {digits(ROW_LIMIT)}",
                           one > ROW_LIMIT >= two,
                           "the number of phi's terms in the backward boundary: one would do, or two are too few"))
    dphi = {k: worst(records, k)[0]["dphi"] for k in checked if "dphi" in worst(records, k)[0]}
    if dphi:
        most = max(dphi, key=lambda k: (dphi[k] != dphi[k], dphi[k]))
        found.append(Claim("dphi, added outside of the tensor cores", f"within {DPHI_LIMIT:g} (docs/Probe.md)",
                           f"{digits(dphi[most], 2)} ({most})", dphi[most] <= DPHI_LIMIT,
                           "how the backward boundary adds dphi over tokens: shorter chains, or a tree over tiles"))
    return found


def bits_claims(records):
    found = []
    lines = of_kind(records, "backward equal")
    over_tokens = [r for r in lines if "dphi" not in r]
    if over_tokens:
        unequal = [r["what"] for r in over_tokens if r["dx"] or r["df"] or r["sums"]]
        found.append(Claim("bits of a token, backward",
                           "do not depend on T or on the place in a tile (docs/Numerics.md)",
                           "; ".join(unequal) or f"equal, {len(over_tokens)} comparisons", not unequal,
                           "the kernel: a race, or a tail that reads what it should not"))
    for r in lines:
        if "early and" in r["what"]:
            differ = r["dx"] + r["df"] + r["sums"] + r["dphi"]
            found.append(Claim(f"early launch: {r['what']}", "the same bits (docs/Probe.md)",
                               f"{digits(differ)} elements differ" if differ else "the same", not differ,
                               "where the token kernel lets the next launch start, or where that one waits"))
        if "K16 and" in r["what"]:
            found.append(Claim(f"dphi by mma of k 16 or twice k 8: {r['what']}",
                               "other bits: a sum of 16 products is cut once, of twice 8 twice (docs/Probe.md)",
                               f"{digits(r['dphi'])} elements differ" if r["dphi"] else "the same", r["dphi"] > 0,
                               "the block in utils/probe/device/accumulation.h and in the emulator: 8, not 16"))
    return found


def resource_claims(records):
    lines = {r["kernel"]: r for r in of_kind(records, "backward kernel") if r["registers"]}
    wrong, count = [], 0
    for kernel, (registers, local, shared) in RESOURCES.items():
        if kernel not in lines:
            continue
        count += 1
        r = lines[kernel]
        if r["registers"] > registers or r["local"] > local or r["shared"] > shared:
            wrong.append(f"{kernel}: {r['registers']} registers, {r['local']} bytes local, {r['shared']} bytes shared")
    found = []
    if count:
        found.append(Claim("registers, spills and shared memory of the backward boundary",
                           "token 80 registers, columns 0 spills, one pass 32 bytes and 227,072 of shared memory "
                           "(docs/Probe.md)", "; ".join(wrong) or f"no more, {count} kernels", not wrong,
                           "docs/Probe.md; another ptxas may spill elsewhere"))
    for kernel, says in RESIDENT.items():
        if kernel in lines:
            seen = lines[kernel]["resident"]
            found.append(Claim(f"slabs of {kernel} that are resident", f"{says} (docs/Probe.md)",
                               f"{seen} by the driver", seen == says,
                               "utils/probe/model.py; nothing may depend on it"))
    return found


def claims(records, device):
    del device  # What is expected is expected of an H100; what ran is in the report's heading.
    return right_claims(records) + bits_claims(records) + time_claims(records) + resource_claims(records)
