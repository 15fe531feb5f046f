"""What the tests of this folder share: kernels with schedules, legal ones chosen by
chance, and programs run on the emulator.

The rules are written from the documentation of `#mhc.schedule`, not from the
compiler: which numbers of slices are aligned subtrees of the sums over hidden, which
kernels may have several slices, how many warps a kernel needs.
"""
import pathlib
import re
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "CPU"))
import harness as h  # noqa: E402

LEAF, GROUPS = 32, 16
KERNEL = re.compile(r"(mhc\.kernel [^{]*?outs\([^)]*\)(?: order = #mhc\.order<[^>]*>)?) \{")


def power_of_2(number):
    return 1 << (number - 1).bit_length()


def legal_slices(hidden):
    """The numbers of slices of a width, and the leaves of a slice of each."""
    leaves = -(-hidden // LEAF)
    group = -(-leaves // GROUPS)
    groups, padded = -(-leaves // group), power_of_2(group)
    found, places = {}, padded * power_of_2(groups)
    while places:
        if places >= padded:
            whole = places // padded
            count, of_slice = -(-groups // whole), min(whole * group, leaves)
        else:
            count, of_slice = groups * -(-group // places), places
        found.setdefault(count, of_slice)
        places //= 2
    return found


def attribute(chip="sm_90a", exchange="none", warps=2, slices=1, slabs=3, tokens=32, prefetch=1, vector=8,
              weights="shared", retain="memory"):
    return (f'#mhc.schedule<chip = "{chip}", exchange = {exchange}, warps = {warps}, slices = {slices}, '
            f"slabs = {slabs}, tokens = {tokens}, prefetch = {prefetch}, vector = {vector}, weights = {weights}, "
            f"retain = {retain}>")


def kernels(text):
    """The text before the first kernel, then each kernel with what follows it."""
    places = [m.start() for m in re.finditer(r"mhc\.kernel ", text)]
    return [text[a:b] for a, b in zip([0, *places], [*places, len(text)])]


class Needs:
    """What the text of a kernel says about the schedules that it may have."""

    def __init__(self, kernel):
        body = kernel.split("mhc.return")[0]
        self.hidden = max((int(c) for c in re.findall(r"mhc\.sweep over (\d+)", body)), default=1)
        self.sweeps = len(re.findall(r"mhc\.sweep over", body))
        exits = "\n".join(re.findall(r"mhc\.exit .*", body))
        self.totals = bool(re.search(r"\b(outer|total)\(", exits))
        weights = re.findall(r"!mhc\.weight<((?:\d+x)+)", body)
        self.rows_of_weights = max((prod(w.split("x")[:-2]) for w in weights), default=0)
        self.slices = legal_slices(self.hidden)

    def warps(self, slices):
        """The fewest warps: where a sweep adds over tokens, each leaf has its own."""
        return self.slices[slices] if self.totals else 1


    def fits(self, warps, slices):
        """Whether three bf16 terms of phi's share take less than half of the shared memory of a CTA."""
        leaves = -(-self.slices[slices] // warps) * warps
        return self.rows_of_weights * leaves * LEAF * 6 < 100_000


def prod(numbers):
    result = 1
    for number in numbers:
        result *= int(number)
    return result


def with_schedules(text, choose):
    """The text with a schedule on each kernel: `choose(needs)` gives the keys of one."""
    first, *rest = kernels(text)
    for i, kernel in enumerate(rest):
        keys = choose(Needs(kernel))
        rest[i], count = KERNEL.subn(lambda m: f"{m[1]} attributes {{mhc.schedule = {attribute(**keys)}}} {{",
                                     kernel, count=1)
        assert count == 1, kernel[:500]
    return first + "".join(rest)


def fixed(**keys):
    """The same keys for each kernel, with the warps that it needs."""
    def choose(needs):
        slices = keys.get("slices", 1)
        if slices not in needs.slices or needs.sweeps > 1:
            slices = 1
        warps = max(keys.get("warps", 2), needs.warps(slices))
        weights = "shared" if needs.fits(warps, slices) else "memory"
        return {"tokens": 32, "weights": weights, **keys, "slices": slices, "warps": warps}
    return choose


def by_chance(random, one_slice=False):
    """Schedules by a random.Random. Kernels of several sweeps have one slice, as their sweeps may depend on each
    other's sums."""
    def choose(needs):
        single = one_slice or needs.sweeps > 1
        fitting = [s for s, leaves in needs.slices.items()
                   if (s == 1 or not single) and (not needs.totals or leaves <= 16)]
        slices = random.choice(fitting or [max(needs.slices)])
        fewest = needs.warps(slices)
        warps = fewest if fewest > 8 else random.choice([w for w in (1, 2, 3, 4, 5, 8) if w >= fewest])
        tokens = random.choice([t for t in (8, 16, 32, 64, 96, 128) if t <= 32 * warps])
        return dict(warps=warps, slices=slices, slabs=random.choice((1, 2, 3, 5)), tokens=tokens,
                    prefetch=random.choice((0, 1, 2, 3)), vector=random.choice((2, 4, 8)),
                    weights=random.choice(("shared", "memory") if needs.fits(warps, slices) else ("memory",)),
                    retain=random.choice(("shared", "memory")))
    return choose


class Failed(Exception):
    """A program that did not compile, or whose run had a finding."""


class NoneLegal(Failed):
    """No schedule was found that is legal; a kernel may need more of a CTA than there is."""


def opt(text, *flags):
    done = subprocess.run(["mhc-opt", "-", "--mlir-print-local-scope", *flags], input=text, capture_output=True,
                          text=True)
    if done.returncode:
        raise Failed(f"mhc-opt {' '.join(flags)}\nexit code {done.returncode}\n{done.stderr[:4000]}\n{text}")
    return done.stdout


def with_legal_schedules(text, random, **options):
    """Schedules by chance that mhc-schedule does not refuse. It may, for shared memory and registers alone."""
    choose = by_chance(random, **options)
    for _ in range(30):
        scheduled = with_schedules(text, choose)
        done = subprocess.run(["mhc-opt", "-", "--mhc-schedule=chip=sm_90a", "-o", "/dev/null"], input=scheduled,
                              capture_output=True, text=True)
        if not done.returncode:
            return scheduled
        if not re.search("shared memory|registers", done.stderr):
            raise Failed(f"a schedule was refused\n{done.stderr[:2000]}\n{scheduled}")
    raise NoneLegal(f"no legal schedule found in 30\n{text}")


LOWER = ("--pass-pipeline=builtin.module(one-shot-bufferize{bufferize-function-boundaries=true "
         "function-boundary-type-conversion=identity-layout-map},convert-bufferization-to-memref,"
         "convert-mhc-kernel-to-gpu,canonicalize,cse)")


def emulate(text, arrays, *flags, orders=2, **options):
    """The results on the emulator, with all checks, the same bits in several orders."""
    flags = [*([f"--orders={orders}"] if orders > 1 else []), *flags]
    try:
        return h.emulator(text, arrays, *flags, **options)
    except SystemExit as failure:
        raise Failed(failure.code) from None
