"""Training steps for the tests of mhc-insert-recompute: what mhc-differentiate makes of a
function, run with everything kept, and with values computed again under budgets.

Of @f, @main runs @f_forward, then @f_backward on what that kept, and by itself @f_gradient,
for several numbers of tokens. Its results must have the same bits whatever is kept.
"""
import re
import subprocess

import harness as h

FLAGS = ("--mlir-print-local-scope",)


class Failed(Exception):
    """A command that failed, or a check that does not hold."""


def opt(text, *flags, fails=False):
    """What mhc-opt prints; with `fails`, what it says when it fails."""
    done = subprocess.run(["mhc-opt", "-", *FLAGS, *flags], input=text, capture_output=True, text=True)
    if done.returncode < 0 or "PLEASE submit" in done.stderr:
        raise Failed(f"mhc-opt {' '.join(flags)} crashed\n{done.stderr[:3000]}")
    if fails:
        return done.stderr if done.returncode else None
    if done.returncode:
        raise Failed(f"mhc-opt {' '.join(flags)}\nexit code {done.returncode}\n{done.stderr[:3000]}")
    return done.stdout


def error_of(said):
    """The first error of a failed command."""
    return next((line for line in said.splitlines() if " error: " in line), said[:500])


# Signatures


def split_list(text):
    """The parts of a list whose elements may hold brackets."""
    parts, depth, part = [], 0, ""
    for c in text.replace("->", "\0"):
        depth += (c in "<([{") - (c in ">)]}")
        if c == "," and depth == 0:
            parts.append(part)
            part = ""
        else:
            part += c
    return [p.replace("\0", "->").strip() for p in [*parts, part] if p.strip()]


def closing(text, start):
    """The place behind the bracket that closes the one at `start`."""
    depth = 0
    for i in range(start, len(text)):
        depth += (text[i] == "(") - (text[i] == ")")
        if depth == 0:
            return i + 1
    raise Failed(f"no end of {text[start:start + 80]}")


def signature(text, name):
    """The types of the arguments and of the results of a function with a body."""
    start = re.search(rf"func\.func (?:private )?@{re.escape(name)}\(", text)
    if not start:
        raise Failed(f"no function @{name}")
    end = closing(text, start.end() - 1)
    arguments = [re.sub(r" \{.*", "", a.split(":", 1)[1].strip())
                 for a in split_list(text[start.end():end - 1])]
    if not text.startswith(" -> ", end):
        return arguments, []
    rest = text[end + 4:]
    if rest.startswith("("):
        return arguments, split_list(rest[1:closing(rest, 0) - 1])
    return arguments, [re.match(r"(?:tensor<[^>]*>|\w+)", rest)[0]]


# Programs


def sizes_of(kind, tokens):
    """The dimensions of a tensor type; dynamic ones are those of `tokens`, in order."""
    shape = kind.removeprefix("tensor<").rstrip(">").split("x")[:-1]
    left = iter(tokens)
    return [str(next(left)) if d == "?" else d for d in shape]


def is_dynamic(kind):
    return "?" in kind


def is_float(kind):
    return re.search(r"(bf16|f16|f32|f64)>?$", kind) is not None


class Step:
    """A function and the values of its arguments, to be differentiated and run."""

    def __init__(self, text, name, inputs, tokens, parts=("pair", "joint")):
        """inputs: a spec for each argument, without sizes. tokens: for each run a tuple of the sizes of what is
        dynamic."""
        self.name, self.inputs, self.parts = name, inputs, parts
        self.tokens = tokens
        self.text = opt(text, f"--mhc-differentiate=function={name}")
        self.arguments, self.results = signature(self.text, name)
        self.upstream = [t for t in self.results if is_float(t)]

    def count(self):
        """The number of tokens that plans are made for: every dynamic size is taken to be the same."""
        return max(1, max(max(t, default=1) for t in self.tokens))

    def insert(self, options, *flags):
        return opt(self.text, f"--mhc-insert-recompute={options} tokens={self.count()}", *flags)

    def refuse(self, options):
        """What the pass says if it fails, or None."""
        return opt(self.text, f"--mhc-insert-recompute={options} tokens={self.count()}", "-o", "/dev/null", fails=True)

    def smallest_budget(self, options=""):
        """The smallest possible budget, as errors state it, and how many of them it took to find it."""
        budget = tries = 0
        while said := self.refuse(f"budget={budget} {options}"):
            stated = re.search(r"expected a budget of at least (\d+) bytes", said)
            if not stated or int(stated[1]) <= budget:
                raise Failed(f"budget={budget} {options}: {error_of(said)}")
            budget, tries = int(stated[1]), tries + 1
        return budget, tries

    def plans(self, options):
        """Of each plan, its numbers as the remark Plan says them."""
        said = subprocess.run(["mhc-opt", "-", f"--mhc-insert-recompute={options} tokens={self.count()}",
                               "--remarks-filter=mhc-insert-recompute", "-o", "/dev/null"],
                              input=self.text, capture_output=True, text=True).stderr
        return [{k: int(v) for k, v in re.findall(r"(\w+)=(\d+)", line)}
                for line in said.splitlines() if "] Plan |" in line]

    def main(self, text):
        """The text with a function @main, and the specs of its arguments."""
        types, specs, calls, results = [], [], [], []
        place = {}

        def argument(key, kind, spec):
            if key not in place:
                place[key] = f"%a{len(types)}"
                types.append(kind)
                specs.append(spec)
            return place[key]

        def call(name, operands):
            kinds, made = signature(text, name)
            first = f"%r{len(calls)}"
            head = f"{first}:{len(made)} = " if made else ""
            calls.append(f"  {head}call @{name}({', '.join(operands)}) : ({', '.join(kinds)}) -> ({', '.join(made)})")
            return [(f"{first}#{i}", t) for i, t in enumerate(made)]

        for number, tokens in enumerate(self.tokens):
            def given(key, kind, spec):
                if not is_dynamic(kind):
                    return argument(key, kind, spec)
                return argument((key, number), kind, f"{spec}:{'x'.join(sizes_of(kind, tokens))}")

            arguments = [given(("a", i), t, s) for i, (t, s) in enumerate(zip(self.arguments, self.inputs, strict=True))]
            upstream = [given(("g", i), t, f"random:{900 + i}") for i, t in enumerate(self.upstream)]
            if "pair" in self.parts:
                made = call(f"{self.name}_forward", arguments)
                kept = [n for n, _ in made[len(self.results):]]
                results += made[:len(self.results)] + call(f"{self.name}_backward", kept + upstream)
            if "joint" in self.parts:
                results += call(f"{self.name}_gradient", arguments + upstream)
        end = text.rstrip().rindex("}")
        text = (text[:end] + f"func.func @main({', '.join(f'%a{i}: {t}' for i, t in enumerate(types))}) -> "
                f"({', '.join(t for _, t in results)}) {{\n" + "\n".join(calls)
                + f"\n  return {', '.join(n for n, _ in results)} : {', '.join(t for _, t in results)}\n}}\n}}\n")
        return opt(text, "--symbol-privatize=exclude=main", "--symbol-dce"), specs

    def run(self, text, device="cpu", *flags):
        text, specs = self.main(text)
        try:
            return h.run(text, specs, f"--device={device}", *flags, entry="main")
        except SystemExit as failure:
            raise Failed(failure.code) from None


def different(a, b):
    """The numbers of the results that differ in any bit."""
    if len(a) != len(b):
        return [f"{len(a)} and {len(b)} results"]
    return [i for i, (x, y) in enumerate(zip(a, b))
            if x.shape != y.shape or x.dtype != y.dtype or x.tobytes() != y.tobytes()]


def kept_bytes(text, name, tokens):
    """Bytes that the forward keeps for the backward, in kernels."""
    table = opt(text, "--mhc-fuse-kernels", f"--mhc-print-memory=function={name} tokens={tokens}", "-o", "/dev/null")
    return int(re.search(r"^  kept: (\d+) bytes a token", table, re.M)[1])


def check_variants(check, what, step, variants, device="cpu", flags=()):
    """Runs the step with everything kept, and with each variant's options: the same bits."""
    base, seen = step.run(step.text, device, *flags), {step.text}
    for options in variants:
        text = step.insert(options)
        if text in seen:
            check(True, f"{what} {options}: as before")
            continue
        seen.add(text)
        wrong = different(base, step.run(text, device, *flags))
        regions = text.count("mhc.recompute ")
        check(not wrong, f"{what} {options}: {regions} regions" + (f", results {wrong} differ" if wrong else ""))
