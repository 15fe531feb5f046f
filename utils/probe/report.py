"""Writes what gpu-probe measured: a page of tables in Markdown, and the raw records of each part as JSON."""
import json
import re

from .parts import escaped, table

LIMIT = 200_000  # Bytes of a file of raw records: they are kept in the repository.


def slug(text):
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")


def unused(folder, name):
    """The name, with a number behind it where a page has it already."""
    number = 2
    found = name
    while (folder / f"{found}.md").exists():
        found, number = f"{name}-{number}", number + 1
    return found


def raw(part, facts, records):
    """JSON with one record a line, so that two runs can be compared as text."""
    lines = ",\n".join(json.dumps(r, separators=(",", ":")) for r in records)
    head = json.dumps({"part": part, **facts}, indent=1)[:-2]
    return f'{head},\n "records": [\n{lines}\n]}}\n'


def shorten(records, size_of):
    """Leaves out records from the end of the most frequent kind until they fit; returns how many."""
    left_out = {}
    while size_of(records) > LIMIT and records:
        counts = {}
        for record in records:
            counts[record["probe"]] = counts.get(record["probe"], 0) + 1
        kind = max(counts, key=counts.get)
        drop = max(1, counts[kind] // 10)
        left_out[kind] = left_out.get(kind, 0) + drop
        for index in [i for i, r in enumerate(records) if r["probe"] == kind][-drop:][::-1]:
            del records[index]
    return left_out


def resources(built):
    """What ptxas says of the kernels, as lines of Markdown."""
    rows = [(kernel, of.get("registers", "-"), of.get("spill stores", "-"), of.get("spill loads", "-"))
            for program in built.values() for kernel, of in program.resources.items() if kernel != "flushCaches"]
    if not rows:
        return []
    return table(["kernel", "registers", "bytes spilled", "bytes filled"], rows)


def page(facts, sections, claims, built, problems, left_out):
    """The whole report. `sections` are (title, lines); `claims` are Claims; the others are texts."""
    emulated = facts["emulated"]
    lines = [f"# {facts['gpu']}: ceilings and facts", ""]
    if emulated:
        lines += ["**Nothing here is a measurement**: the programs ran on the host, where fibers stand for threads. It "
                  "shows that they end, that their accesses are in bounds, and that their numbers are right.", ""]
    lines += table(["", ""], [(key, value) for key, value in facts.items()
                              if key != "emulated" and value not in (None, "")])
    lines += ["Times are in microseconds, medians, unless a table says otherwise; caches are flushed before each run "
              "by reading other memory. The raw records are beside this page.", ""]
    wrong = [c for c in claims if not c.agrees]
    if claims and not emulated:
        lines += ["## Surprises", ""]
        lines += [f"**{c.subject}.** Expected: {c.says}. Seen: {c.seen}. To change: {c.change}.\n" for c in wrong]
        lines += [] if wrong else ["None: all that was expected was seen.", ""]
        right = [c for c in claims if c.agrees]
        if right:
            lines += ["As expected:", ""]
            lines += table(["of", "expected", "seen"], [(c.subject, c.says, c.seen) for c in right])
    for title, text in sections:
        lines += [f"## {title}", ""] + (text or ["No records.", ""])
    if built and any(b.resources for b in built.values()):
        lines += ["## Registers and spills", "", "As ptxas reports them.", ""] + resources(built)
    if left_out:
        lines += ["## Left out", ""] + [f"- {text}" for text in left_out] + [""]
    if problems:
        lines += ["## What failed", ""] + [f"- {escaped(text)[:400]}" for text in problems] + [""]
    while lines and not lines[-1]:
        lines.pop()
    return "\n".join(lines) + "\n"


def write(folder, name, facts, sections, claims, records, built, problems, left_out):
    """NAME.md and NAME-PART.json; a part whose records are over LIMIT is shortened, and the page says so."""
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for part, found in records.items():
        if not found:
            continue
        kept = list(found)
        for kind, count in shorten(kept, lambda r: len(raw(part, facts, r).encode())).items():
            left_out.append(f"{part}: {count} records '{kind}' are not in the raw file, which may have {LIMIT} bytes")
        path = folder / f"{name}-{part}.json"
        path.write_text(raw(part, facts, kept), encoding="utf-8")
        written.append(path)
    path = folder / f"{name}.md"
    path.write_text(page(facts, sections, claims, built, problems, left_out), encoding="utf-8")
    return [path, *written]
