"""How mma.sync adds, and the errors of approximate instructions: multiply.cu, approximations.cu."""
from . import Claim, digits, of_kind, table

NAME = "arithmetic"
TITLE = "Arithmetic"
PROGRAMS = [
    ("multiply.cu", 60),
    ("approximations.cu", 30),
]

MODEL = "lib/Emulator/Arithmetic/MatrixUnit.cpp"
HEADER = "lib/Emulator/Arithmetic/MatrixUnit.h"

# Parameters of device/accumulation.h: what they are, and what would change.
PARAMETERS = {
    "block": ("products of a block, 16-bit elements", f"{MODEL}: products16 of AccumulationModel::forChip(90)"),
    "blockTf32": ("products of a block, tf32", f"{MODEL}: productsTF32 of AccumulationModel::forChip(90)"),
    "order": ("order of blocks", f"{HEADER}: a chain of blocks in the order of k; computeElement in {MODEL}"),
    "bits": ("bits kept below the largest exponent", f"{MODEL}: fractionBits of AccumulationModel::forChip(90)"),
    "cut": ("how addends are cut", f"{HEADER}, step 3; addBlock in {MODEL} and MatrixUnitRows.cpp"),
    "exponent": ("exponent of a product", f"{HEADER}, step 2; addBlock in {MODEL} and MatrixUnitRows.cpp"),
    "accumulator": ("where the accumulator is added", f"{HEADER}, step 2; addBlock in {MODEL}"),
    "round": ("rounding of a sum to f32", f"{HEADER}, step 5; packTruncated in {MODEL}"),
    "roundF16": ("rounding of a sum to f16", f"{HEADER}, step 5; addBlock in {MODEL}"),
    "between": ("sums between blocks, with f16 sums", f"{HEADER}: each block ends in the accumulator's type"),
    "zeros": ("exponent of a product with zero", f"{HEADER}, step 2; addBlock in {MODEL}"),
    "least": ("least exponent of the alignment", "lib/Emulator/Arithmetic/AlignedSums.h: kLeastExponent"),
    "operands": ("subnormal operands", f"{HEADER}: subnormal numbers are kept; unpack in {MODEL}"),
    "products": ("products below the least normal f32", f"{HEADER}: subnormal numbers are kept; addBlock in {MODEL}"),
    "addend": ("subnormal accumulators", f"{HEADER}: subnormal numbers are kept; addBlock in {MODEL}"),
    "results": ("subnormal results", f"{HEADER}: subnormal numbers are kept; packTruncated in {MODEL}"),
    "zeroSign": ("sign of a sum of negative zeros", f"{HEADER}: a sum of zero is +0; addBlock in {MODEL}"),
    "tinySign": ("sign of a sum below the least number", f"packTruncated in {MODEL}"),
    "nan": ("NaN of a result", f"{HEADER}: the canonical NaN; kNaN32 and kNaN16 in {MODEL}"),
    "productOverflow": ("products above the range of f32", f"{HEADER}, step 1; addBlock in {MODEL}"),
    "overflow": ("sums above the range", f"packTruncated in {MODEL}"),
    "tf32": ("lower 13 bits of a tf32 operand", f"{HEADER}: they are ignored; unpackElement in {MODEL}"),
}

# The bounds of PTX ISA 9.1, which lib/Emulator/Arithmetic/Approximations.h uses: of each function, the measure,
# the bound and its text, by domain ("": all others).
BOUNDS = {
    "ex2.approx.ftz.f32": {"": ("steps", 2, "2 units of the rounded result")},
    "ex2.approx.f32": {"": ("steps", 2, "2 units of the rounded result")},
    "lg2.approx.ftz.f32": {"between 1/2 and 2": ("absolute", 2**-22, "2^-22 absolute"),
                           "": ("relative", 2**-22, "2^-22 relative")},
    "lg2.approx.f32": {"between 1/2 and 2": ("absolute", 2**-22, "2^-22 absolute"),
                       "": ("relative", 2**-22, "2^-22 relative")},
    "rcp.approx.ftz.f32": {"": ("ulp", 1, "1 unit in the last place")},
    "rcp.approx.f32": {"": ("ulp", 1, "1 unit in the last place")},
    "rsqrt.approx.ftz.f32": {"": ("relative", 2**-22.9, "2^-22.9 relative")},
    "rsqrt.approx.f32": {"": ("relative", 2**-22.9, "2^-22.9 relative")},
    "sqrt.approx.ftz.f32": {"": ("relative", 2**-23, "2^-23 relative")},
    "sqrt.approx.f32": {"": ("relative", 2**-23, "2^-23 relative")},
    "tanh.approx.f32": {"subnormal operands": ("relative", 0, "the operand"),
                        "": ("relative", 2**-11, "2^-11 relative")},
    # Of a subnormal result, 2^-9.9 of the least normal one, in units in the last place.
    "ex2.approx.f16": {"subnormal results": ("ulp", 2**0.1, "2^0.1 units in the last place"),
                       "": ("relative", 2**-9.9, "2^-9.9 relative")},
    "ex2.approx.ftz.bf16": {"": ("relative", 2**-7, "2^-7 relative")},
    "tanh.approx.f16": {"": ("absolute", 2**-10.987, "2^-10.987 absolute")},
    "tanh.approx.bf16": {"": ("absolute", 2**-8, "2^-8 absolute")},
}
UNITS = {"steps": " from the rounded result", "ulp": " units in the last place", "relative": " relative",
         "absolute": " absolute"}
APPROXIMATIONS = "lib/Emulator/Arithmetic/Approximations.h and .cpp"


def bound_of(record):
    """The measure, the bound and its text for a record of an approximation; None where nothing is promised."""
    bounds = BOUNDS.get(record["function"], {})
    if record["domain"] == "next to overflow":
        return None
    return bounds.get(record["domain"], bounds.get(""))


def count(value):
    return "-" if value is None else f"{value:,.0f}"


def parse_model(text):
    """The parameters of "block=16 bits=25 ..."."""
    return dict(entry.split("=", 1) for entry in text.split())


def by_type(answers):
    """[(type, answer)] as text: the answer where all are the same, else each with its types."""
    types = {}
    for kind, answer in answers:
        types.setdefault(answer, []).append(kind)
    if len(types) == 1:
        return next(iter(types))
    return "; ".join(f"{answer} ({', '.join(kinds)})" for answer, kinds in types.items())


# ---------------------------------------------------------------------------------------------------------------------
# Tables
# ---------------------------------------------------------------------------------------------------------------------


def model_tables(records):
    models = of_kind(records, "model")
    lines = table(["operation", "cases", "missed by the emulator's model", "missed by the best model", "what differs"],
                  [[r["type"], count(r["cases"]), count(r["defaultMisses"]), count(r["misses"]),
                    r["changed"] or "nothing"] for r in models])
    missed = []
    for r in of_kind(records, "missed"):
        for key, model in (("defaultMisses", "the emulator's"), ("misses", "the best")):
            kinds = [f"{count(n)} of {count(cases)} {kind}" for kind, cases, n in
                     zip(r["kinds"], r["cases"], r[key]) if n]
            if kinds:
                missed.append([r["type"], model, ", ".join(kinds)])
    lines += table(["operation", "model", "misses by kind of case"], missed)
    open_questions = [f"- {r['type']}: " + ", ".join(other for other, misses in zip(r["others"], r["misses"])
                                                     if not misses)
                      for r in of_kind(records, "others") if not all(r["misses"])]
    if open_questions:
        lines += ["Changes of one parameter with which the best model explains the cases as well:", "",
                  *open_questions, ""]
    return lines


def finding_table(records):
    findings = {}
    for r in of_kind(records, "finding"):
        findings.setdefault((r["what"], r["seen"], r["agrees"]), []).append(r)
    types = {r["type"] for r in of_kind(records, "finding")}
    rows = []
    for (what, seen, agrees), found in findings.items():
        where = "all" if len(found) == len(types) else ", ".join(r["type"] for r in found)
        expected = "yes" if agrees else "no: " + by_type([(r["type"], r["expected"]) for r in found])
        rows.append([what, where, seen, expected])
    return table(["asked by single sums", "operations", "seen", "as the emulator"], rows)


def order_table(records):
    return table(["operation", "cases", "A and B exchanged", "other rows and columns", "k within pairs",
                  "within fours", "within eights", "k in any order"],
                 [[r["type"], count(r["cases"])] + [count(r.get(key)) for key in
                                                    ("roles", "places", "pairs", "fours", "eights", "all")]
                  for r in of_kind(records, "order")])


def chain_table(records):
    return table(["operation", "mean of the operands", "K", "added in the tensor core", "largest error", "mean error",
                  "sums the best model misses"],
                 [[r["type"], digits(r["mean"]), r["length"], r["part"], digits(r["error"]), digits(r["bias"]),
                   f"{r['modelMisses']} of {r['modelCases']}"] for r in of_kind(records, "chain")])


def approximation_tables(records):
    rows = []
    for r in of_kind(records, "approximation"):
        bound = bound_of(r)
        share = "-"
        if bound and bound[1] and r.get(bound[0]) is not None:
            share = f"{100 * r[bound[0]] / bound[1]:.0f} %"
        elif bound and not bound[1]:
            share = digits(r.get(bound[0]))
        rows.append([r["function"], r["domain"], count(r["inputs"]), digits(r["ulp"]), r["ulpAt"],
                     digits(r["relative"]), r["relativeAt"],
                     digits(r["absolute"]) if bound and bound[0] == "absolute" else "-",
                     r.get("steps", "-"), bound[2] if bound else "-", share])
    lines = table(["function", "operands", "how many", "largest error, units in the last place", "at", "relative", "at",
                   "absolute", "numbers from the rounded result", "PTX ISA", "of that"], rows)
    lines += table(["function", "operands with one right result", "with another result", "one of them"],
                   [[r["function"], count(r["inputs"]), count(r["wrong"]), r.get("wrongAt", "-")]
                    for r in of_kind(records, "special")])
    return lines


def tables(records):
    lines = []
    for title, part in [
            ("How `mma.sync` adds", model_tables(records) + finding_table(records)),
            ("Sums that change in a bit when something is exchanged", order_table(records)),
            ("Long chains, relative to the largest sum", chain_table(records)),
            ("Approximate instructions", approximation_tables(records))]:
        if part:
            lines += [f"**{title}.**", "", *part]
    return lines


# ---------------------------------------------------------------------------------------------------------------------
# Claims
# ---------------------------------------------------------------------------------------------------------------------


def model_claims(records):
    models = of_kind(records, "model")
    if not models:
        return []
    claims = []
    missed = {r["type"]: r["defaultMisses"] for r in models if r["defaultMisses"]}
    cases = sum(r["cases"] for r in models)
    claims.append(Claim(
        "sums of mma.sync, bit for bit", "the emulator's model of sm_90 gives the GPU's bits",
        f"none of {count(cases)} sums differs" if not missed else
        "differs in " + ", ".join(f"{count(n)} ({kind})" for kind, n in missed.items()) + f" of {count(cases)} sums",
        not missed, f"{MODEL}: as the parameters below say"))
    inexact = {r["type"]: r["misses"] for r in models if r["misses"]}
    if inexact:
        claims.append(Claim(
            "models of mma.sync with other parameters", "one of them gives the GPU's bits",
            "the closest miss " + ", ".join(f"{count(n)} ({kind})" for kind, n in inexact.items()), False,
            "utils/probe/device/accumulation.h: a parameter is missing; the records of missed cases say which"))
    others = {r["type"]: dict(zip(r["others"], r["misses"])) for r in of_kind(records, "others")}
    for name, (what, change) in PARAMETERS.items():
        answers, wanted, agrees = [], [], True
        for r in models:
            changed = dict(entry.split(" ", 1) for entry in r["changed"].split(", ") if entry)
            tried = [m for other, m in others.get(r["type"], {}).items() if other.startswith(name + "=")]
            if name not in changed and not tried:
                continue  # It means nothing for this operation.
            if name in changed:
                before, after = changed[name].split(" -> ")
                agrees = False
                answers.append((r["type"], after))
                wanted.append((r["type"], before))
            else:
                value = parse_model(r["model"])[name]
                answers.append((r["type"], value if any(tried) else value + " or any other: the cases do not tell"))
                wanted.append((r["type"], value))
        if answers:
            claims.append(Claim("mma.sync: " + what, by_type(wanted), by_type(answers), agrees, change))
    asked = of_kind(records, "finding")
    odd = [r for r in asked if not r["agrees"]]
    if asked:
        claims.append(Claim(
            "mma.sync: single sums", "as the emulator's model",
            f"all {len(asked)} answers are" if not odd else
            f"{len(odd)} of {len(asked)} answers are not: " + ", ".join(dict.fromkeys(r["what"] for r in odd)),
            not odd, f"{MODEL}; test/Unit/Emulator/ArithmeticMatrixUnitTest.cpp: these sums as checks"))
    return claims


def order_claims(records):
    orders = of_kind(records, "order")
    if not orders:
        return []
    cases = count(sum(r["cases"] for r in orders))

    def told(key):
        changed = [(r["type"], r[key]) for r in orders if r.get(key)]
        return changed, (f"none of {cases} sums differs" if not changed else
                         "differ: " + ", ".join(f"{count(n)} ({kind})" for kind, n in changed) + f" of {cases}")

    roles, role_text = told("roles")
    places, place_text = told("places")
    order, order_text = told("all")
    return [
        Claim("A and B of mma.sync exchanged (phi as A or as B)", "other bits: schedules keep to one form", role_text,
              bool(roles), "docs/Probe.md: the swapped product of the same mma.sync has the same bits; only other "
              "blocks, chains and FMA differ"),
        Claim("place in the tile", "a sum depends on its row and column alone", place_text, not places,
              f"{MODEL}: sums depend on where they are in the tile"),
        Claim("k permuted within one mma.sync", "irrelevant: all of k is one block", order_text, not order,
              "MatrixUnit.h: the order within a block; the order of K within a step is not free"),
    ]


def chain_claims(records):
    claims = []
    for length, part, says in [(16384, 16384, 7.6e-5), (16384, 256, 1.2e-6)]:
        found = [r for r in of_kind(records, "chain")
                 if r["length"] == length and r["part"] == part and r["type"].endswith("bf16")]
        if not found:
            continue
        errors = [r["error"] for r in found]
        worst = None if None in errors else max(errors)
        what = "one chain over K 16384" if part == length else "chains of 256 over K 16384, added in f32"
        claims.append(Claim(
            what, f"errs by {says:g} of the largest sum (within a factor of 5)",
            ", ".join(f"{digits(r['error'])} (operands about {digits(r['mean'])})" for r in found),
            worst is not None and says / 5 <= worst <= says * 5,
            f"docs/Probe.md and docs/Numerics.md: {digits(worst)}"))
    whole = [r for r in of_kind(records, "chain") if r["modelCases"]]
    if whole:
        missed = sum(r["modelMisses"] for r in whole)
        claims.append(Claim(
            "chains of mma.sync by the best model", "the same bits",
            f"{count(missed)} of {count(sum(r['modelCases'] for r in whole))} sums differ", not missed,
            "utils/probe/device/accumulation.h: what random cases do not show"))
    return claims


def approximation_claims(records):
    claims = []
    for function in BOUNDS:
        found = [r for r in of_kind(records, "approximation") if r["function"] == function and bound_of(r)]
        if not found:
            continue
        seen, says, agrees = [], [], True
        for r in found:
            measure, bound, text = bound_of(r)
            value = r.get(measure)
            agrees &= value is not None and value <= bound
            at = r.get(measure + "At")
            seen.append(f"{r['domain']}: {digits(value)}{UNITS[measure]}" + (f" at {at}" if at else ""))
            says.append((r["domain"], text))
        claims.append(Claim(function + ", error", by_type(says), "; ".join(seen), agrees,
                            f"{APPROXIMATIONS}: the bound of {function}"))
    for r in of_kind(records, "special"):
        if r["wrong"]:
            claims.append(Claim(
                r["function"] + ", special operands", "as the PTX ISA's table",
                f"{count(r['wrong'])} of {count(r['inputs'])} differ, one at {r['wrongAt']}", False,
                f"{APPROXIMATIONS}: the special operands of {r['function']}"))
    special = of_kind(records, "special")
    if special and not any(r["wrong"] for r in special):
        claims.append(Claim(
            "special operands of approximations", "as the PTX ISA's tables",
            f"all {count(sum(r['inputs'] for r in special))} are, of {len(special)} functions", True, ""))
    return claims


def claims(records, device):
    del device
    return (model_claims(records) + order_claims(records) + chain_claims(records) + approximation_claims(records))
