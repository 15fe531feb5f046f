#!/usr/bin/env python3
"""The operations of a file of this folder on the emulator, held against exact arithmetic.

    check.py FILE.mlir

Each kernel of the file computes some forms of instructions; row j of its result is the j-th of its
calls of an intrinsic or its pieces of inline assembly. What these are is read from the file, and each
is worked out here from its name, in rational numbers, bit for bit. Of approximate instructions the
error is held against the bound of the PTX ISA, with several seeds. Exit code 1 if a result is wrong.
"""
import functools
import math
import pathlib
import random
import re
import subprocess
import sys
import tempfile
from fractions import Fraction

import numpy as np

ELEMENTS = 256
WIDTHS = {"i1": 1, "i16": 16, "i32": 32, "i64": 64, "f16": 16, "f32": 32, "f64": 64}


class Format:
    def __init__(self, width, exponent, nan):
        self.width, self.exponent, self.nan = width, exponent, nan
        self.fraction = width - 1 - exponent
        self.sign = 1 << (width - 1)
        self.least = 1 << self.fraction  # the least normal number
        self.infinity = ((1 << exponent) - 1) << self.fraction
        self.bias = (1 << (exponent - 1)) - 1
        self.one = self.bias << self.fraction

    def is_nan(self, bits):
        return bits & ~self.sign > self.infinity

    def flush(self, bits):
        return bits & self.sign if bits & ~self.sign < self.least else bits

    @functools.lru_cache(None)
    def value(self, bits):
        """Of what is not a NaN; infinities as floats."""
        magnitude = bits & ~self.sign
        if magnitude == self.infinity:
            result = math.inf
        else:
            field, fraction = magnitude >> self.fraction, magnitude & (self.least - 1)
            if field:
                fraction += self.least
            result = fraction * Fraction(2) ** (max(field, 1) - self.bias - self.fraction)
        return -result if bits & self.sign else result

    def round(self, value, mode, negative_zero=False):
        """A rational number, or (root,) for the square root of one, as bits."""
        root, value = isinstance(value, tuple), value[0] if isinstance(value, tuple) else value
        if value == 0:
            return self.sign if negative_zero else 0
        negative, value = value < 0, abs(value)
        log = value.numerator.bit_length() - value.denominator.bit_length()
        if Fraction(2) ** log > value:
            log -= 1
        log = max(log // 2 if root else log, 1 - self.bias)
        unit = Fraction(2) ** (log - self.fraction)
        scaled = value / (unit * unit if root else unit)
        number = math.isqrt(scaled.numerator // scaled.denominator) if root \
            else scaled.numerator // scaled.denominator
        middle = Fraction(2 * number + 1, 2)
        rest = scaled - (middle * middle if root else middle)
        if scaled != (number * number if root else number):
            number += {"rn": rest > 0 or (rest == 0 and number & 1), "rna": rest >= 0, "rz": False,
                       "rm": negative, "rp": not negative}[mode]
        if number >= 2 * self.least:
            number, log = number >> 1, log + 1
        bits = number if number < self.least else ((log + self.bias - 1) << self.fraction) + number
        if bits >= self.infinity:
            outward = mode in ("rn", "rna") or mode == ("rm" if negative else "rp")
            bits = self.infinity - (not outward)
        return bits | (self.sign if negative else 0)


F64, F32 = Format(64, 11, (1 << 63) - 1), Format(32, 8, 0x7FFFFFFF)
F16, BF16 = Format(16, 5, 0x7FFF), Format(16, 8, 0x7FFF)
FORMATS = {"d": F64, "f64": F64, "f": F32, "f32": F32, "f16": F16, "bf16": BF16}


def is_negative(fmt, bits):
    return bits & fmt.sign != 0


# ------------------------------------------------------------------ arithmetic that rounds once


def add(fmt, mode, x, y):
    """Exact numbers as pairs of a value and whether it is negative, for zeros."""
    if math.inf in (abs(x[0]), abs(y[0])):
        if x[0] == -y[0]:
            return None
        return (x if abs(x[0]) == math.inf else y)
    total = x[0] + y[0]
    return total, total < 0 or (total == 0 and ((x[1] and y[1]) or (mode == "rm" and (x[1] or y[1]))))


def multiply(x, y):
    negative = x[1] != y[1]
    if math.inf in (abs(x[0]), abs(y[0])):
        return None if 0 in (x[0], y[0]) else (-math.inf if negative else math.inf, negative)
    return x[0] * y[0], negative


def divide(x, y):
    negative = x[1] != y[1]
    if abs(y[0]) == math.inf:
        return None if abs(x[0]) == math.inf else (0, negative)
    if y[0] == 0 or abs(x[0]) == math.inf:
        return None if x[0] == y[0] == 0 else (-math.inf if negative else math.inf, negative)
    return x[0] / y[0], negative


def compute(fmt, op, mode, operands):
    """The bits, or None for a NaN."""
    if any(fmt.is_nan(x) for x in operands):
        return None
    v = [(fmt.value(x), is_negative(fmt, x)) for x in operands]
    if op == "sqrt":
        if v[0][1] and v[0][0] != 0:
            return None
        return operands[0] if v[0][0] in (0, math.inf) else fmt.round((v[0][0],), mode)
    if op == "fma":
        product = multiply(v[0], v[1])
        result = product and add(fmt, mode, product, v[2])
    else:
        result = {"add": lambda: add(fmt, mode, *v), "mul": lambda: multiply(*v), "div": lambda: divide(*v),
                  "rcp": lambda: divide((Fraction(1), False), v[0])}[op]()
    if result is None:
        return None
    if abs(result[0]) == math.inf:
        return fmt.infinity | (fmt.sign if result[1] else 0)
    return fmt.round(Fraction(result[0]), mode, result[1])


def arithmetic(name, *operands):
    op, mode, ftz, clamp, kind = re.fullmatch(
        r"(\w+)\.(r[nzmp])(\.ftz)?(\.sat|\.relu)?\.(\w+)", name).groups()
    fmt = FORMATS[kind]
    if ftz:
        operands = [fmt.flush(x) for x in operands]
    result = compute(fmt, op, mode, operands)
    if result is None:
        return 0 if clamp == ".sat" else fmt.nan
    result = fmt.flush(result) if ftz else result
    if clamp and is_negative(fmt, result):
        return 0
    return min(result, fmt.one) if clamp == ".sat" else result


# ------------------------------------------------------------------ min, max, abs, integral numbers


def extremum(name, a, b):
    op, ftz, nan, xorsign, kind = re.fullmatch(
        r"f?(min|max)(\.ftz)?(\.nan|\.NaN)?(\.xorsign\.abs)?\.(\w+)", name).groups()
    fmt = FORMATS[kind]
    if ftz:
        a, b = fmt.flush(a), fmt.flush(b)
    sign = (a ^ b) & fmt.sign
    if xorsign:
        a, b = a & ~fmt.sign, b & ~fmt.sign
    numbers = [x for x in (a, b) if not fmt.is_nan(x)]
    if not numbers or (nan and len(numbers) < 2):
        return fmt.nan
    rank = lambda x: -1 - (x & ~fmt.sign) if is_negative(fmt, x) else x
    result = (min if op == "min" else max)(numbers, key=rank)
    return result & ~fmt.sign | sign if xorsign else result


def integral(name, a):
    op, ftz, kind = re.fullmatch(r"(\w+)(\.ftz)?\.(\w+)", name).groups()
    fmt = FORMATS[kind]
    if ftz:
        a = fmt.flush(a)
    if op == "fabs":
        return a & ~fmt.sign
    if op == "neg":
        return a ^ fmt.sign
    if op == "saturate":
        return 0 if fmt.is_nan(a) or is_negative(fmt, a) else min(a, fmt.one)
    if fmt.is_nan(a) or abs(fmt.value(a)) == math.inf:
        return fmt.nan if fmt.is_nan(a) else a
    number = {"ceil": math.ceil, "floor": math.floor, "trunc": math.trunc, "round": round}[op](fmt.value(a))
    return fmt.round(Fraction(number), "rn", is_negative(fmt, a))


# ------------------------------------------------------------------ integers


def signed(value, bits):
    value &= (1 << bits) - 1
    return value - (1 << bits) if value >> (bits - 1) else value


def prmt(mode, a, b, selector):
    sources = [(b << 32 | a) >> 8 * i & 0xFF for i in range(8)]
    n = selector & 3
    chosen = {"": [selector >> 4 * i & 15 for i in range(4)], "f4e": [n + i for i in range(4)],
              "b4e": [(n - i) % 8 for i in range(4)], "rc8": [n] * 4, "ecl": [max(n, i) for i in range(4)],
              "ecr": [min(n, i) for i in range(4)], "rc16": [2 * (n & 1) + i % 2 for i in range(4)]}[mode]
    value = lambda s: (0xFF if sources[s & 7] >> 7 else 0) if s & 8 else sources[s]
    return sum(value(s) << 8 * i for i, s in enumerate(chosen))


def dot(name, a, b, high_or_c, c=None):
    _, a_type, b_type = name.split(".")
    pick = lambda value, low, bits, kind: signed(value >> low, bits) if kind[0] == "s" \
        else value >> low & ((1 << bits) - 1)
    if c is None:  # four bytes
        return high_or_c + sum(pick(a, i, 8, a_type) * pick(b, i, 8, b_type) for i in range(0, 32, 8))
    return c + sum(pick(a, 16 * i, 16, a_type) * pick(b, 8 * i + 16 * high_or_c, 8, b_type)
                   for i in range(2))


def find_nth(mask, base, offset):
    offset = signed(offset, 32)
    if base > 31 or offset == 0:
        return base if base < 32 and mask >> base & 1 else -1
    places = range(base, 32) if offset > 0 else range(base, -1, -1)
    ones = [p for p in places if mask >> p & 1]
    return ones[abs(offset) - 1] if len(ones) >= abs(offset) else -1


def extend(name, value, width):
    kind, mode = name.split(".")
    width = min(width, 32) if mode == "clamp" else width % 32
    if width == 0:
        return 0
    return signed(value, width) if kind == "sext" else value & ((1 << width) - 1)


def make_mask(name, first, width):
    if name.endswith("wrap"):
        first, width = first % 32, width % 32
    return 0 if first > 31 else ((1 << min(width, 32)) - 1) << first


def find_leading(bits, name, value, shift):
    if name == "flo.s" and value >> (bits - 1):
        value = ~value & ((1 << bits) - 1)
    if value == 0:
        return 0xFFFFFFFF
    return bits - value.bit_length() if shift else value.bit_length() - 1


def integer(name, widths, *v):
    """Not yet cut off to the width of the result."""
    op, _, kind = name.partition(".")
    bits = widths[0]
    if op in ("mulhi", "sad", "mul24"):
        read = lambda x: x if kind[0] == "u" else signed(x, bits)
        if op == "mulhi":
            return read(v[0]) * read(v[1]) >> bits
        if op == "sad":
            return v[2] + abs(read(v[0]) - read(v[1]))
        read = lambda x: x & 0xFFFFFF if kind[0] == "u" else signed(x, 24)
        return read(v[0]) * read(v[1])
    if op == "prmt":
        mode = "" if kind == "b32" else kind
        return prmt(mode, v[0], v[1] if len(v) == 3 else 0, v[-1])
    if op in ("idp4a", "idp2a", "dp4a"):
        return dot(name, *v)
    if op in ("fshl", "fshr"):
        both, count = v[0] << 32 | v[1], min(v[2], 32)
        return both >> (32 - count if op == "fshl" else count)
    if op == "fns":
        return find_nth(*v)
    if op in ("sext", "zext"):
        return extend(name, *v)
    if op == "bmsk":
        return make_mask(name, *v)
    if op == "flo":
        return find_leading(bits, name, *v)
    return {"lohi.i2d": lambda: v[1] << 32 | v[0], "d2i.lo": lambda: v[0], "d2i.hi": lambda: v[0] >> 32}[name]()


# ------------------------------------------------------------------ conversions


E4M3, E5M2 = Format(8, 4, 0x7F), Format(8, 5, 0x7F)
TF32 = Format(19, 8, 0x3FFFF)
INTEGERS = {"i": (True, 32), "ui": (False, 32), "ll": (True, 64), "ull": (False, 64)}


def narrow(fmt, source, bits, mode, relu=False, saturate=False):
    if source.is_nan(bits):
        return fmt.nan
    if relu and is_negative(source, bits):
        return 0
    sign = fmt.sign if is_negative(source, bits) else 0
    # e4m3 has one NaN and no infinities.
    largest = 0x7E if fmt is E4M3 else fmt.infinity - 1
    if abs(source.value(bits)) == math.inf:
        return sign | (largest if saturate else fmt.infinity)
    if fmt is E4M3:  # as if it had one more exponent
        result = WIDE_E4M3.round(source.value(bits), mode, bool(sign)) & 0xFF
        result = result & 0x7F if not abs(source.value(bits)) > 448 else 0x7E
        return sign | min(result, largest)
    result = fmt.round(source.value(bits), mode, bool(sign))
    if saturate and result & ~fmt.sign == fmt.infinity:
        return sign | largest
    return result


WIDE_E4M3 = Format(9, 5, None)
WIDE_E4M3.bias, WIDE_E4M3.sign = 7, 1 << 8


def widen_byte(name, byte, relu):
    fmt = E4M3 if name == "e4m3x2" else E5M2
    if name == "e4m3x2":
        value = None if byte & 0x7F == 0x7F else WIDE_E4M3.value(byte & 0x7F)
    else:
        value = None if fmt.is_nan(byte) else fmt.value(byte & 0x7F)
    if value is None:
        return F16.nan
    if byte & 0x80 and relu:
        return 0
    sign = F16.sign if byte & 0x80 else 0
    return sign | (F16.infinity if value == math.inf else F16.round(value, "rn"))


def to_integer(source, bits, mode, is_signed, width):
    if source.is_nan(bits):
        return 1 << (width - 1) if source is F64 or width == 64 else 0
    value = source.value(bits)
    least, most = (-1 << (width - 1), (1 << (width - 1)) - 1) if is_signed else (0, (1 << width) - 1)
    if abs(value) == math.inf:
        return least if value < 0 else most
    number = {"rn": round, "rz": math.trunc, "rm": math.floor, "rp": math.ceil}[mode](value)
    return max(least, min(most, number))


def conversion(name, widths, *v):
    if match := re.fullmatch(r"(u?i|u?ll)2([fd])\.(r[nzmp])", name):
        is_signed, width = INTEGERS[match[1]]
        return FORMATS[match[2]].round(Fraction(signed(v[0], width) if is_signed else v[0]), match[3])
    if match := re.fullmatch(r"([fd])2(u?i|u?ll)\.(r[nzmp])(\.ftz)?", name):
        source = FORMATS[match[1]]
        bits = source.flush(v[0]) if match[4] else v[0]
        return to_integer(source, bits, match[3], *INTEGERS[match[2]])
    if match := re.fullmatch(r"d2f\.(r[nzmp])(\.ftz)?", name):
        result = narrow(F32, F64, v[0], match[1])
        return F32.flush(result) if match[2] else result
    relu, saturate = ".relu" in name, ".satfinite" in name
    mode = re.search(r"\.(rna|rn|rz)", name)[1]
    if match := re.match(r"(?:ff\.to\.|cvt\.rn\.satfinite\.)(e4m3x2|e5m2x2)", name):
        fmt = E4M3 if match[1] == "e4m3x2" else E5M2
        high, low = (narrow(fmt, F32, x, mode, relu, True) for x in v)
        return high << 8 | low
    if match := re.match(r"f16x2\.to\.(e4m3x2|e5m2x2)", name):
        fmt = E4M3 if match[1] == "e4m3x2" else E5M2
        high, low = (narrow(fmt, F16, x, mode, relu, True) for x in (v[0] >> 16, v[0] & 0xFFFF))
        return high << 8 | low
    if match := re.match(r"(e4m3x2|e5m2x2)\.to\.f16x2", name):
        return widen_byte(match[1], v[0] >> 8, relu) << 16 | widen_byte(match[1], v[0] & 0xFF, relu)
    if name.startswith("f2tf32"):
        result = narrow(TF32, F32, v[0], mode, relu, saturate)
        return 0x7FFFFFFF if result == TF32.nan else result << 13
    fmt = BF16 if "bf16" in name else F16
    if len(v) == 2:
        return narrow(fmt, F32, v[0], mode, relu, saturate) << 16 | narrow(fmt, F32, v[1], mode, relu, saturate)
    return narrow(fmt, F32, v[0], mode, relu, saturate)


# ------------------------------------------------------------------ approximate instructions


def approximation(name):
    """(exact function of doubles, bound of the error at (operands, result))."""
    unit = lambda result: 2.0 ** (max(math.frexp(abs(result))[1] - 1, -126) - 23) if result else 2.0 ** -149
    relative = lambda exponent: lambda x, r: abs(r) * 2.0 ** exponent
    units = lambda count: lambda x, r: count * unit(r)
    sine = lambda x, r: 2.0 ** -20.5 if abs(x[0]) <= 2 * math.pi else 2.0 ** -14.7 if abs(x[0]) <= 100 * math.pi else 2
    power = lambda x: math.inf if x > 1023 else 2.0 ** x if x > -1070 else 0.0
    wide = relative(-20)
    table = {"ex2": (power, {"f16": relative(-9.9), "bf16": relative(-7)}.get(name.split(".")[-1], units(2))),
             "lg2": (math.log2, lambda x, r: 2.0 ** -22 * (1 if 0.5 < x[0] < 2 else abs(r))),
             "rcp": (lambda x: 1 / x, wide if name.endswith("d") else units(1)),
             "sqrt": (math.sqrt, relative(-23)),
             "rsqrt": (lambda x: 1 / math.sqrt(x), wide if name.endswith("d") else relative(-22.9)),
             "sin": (math.sin, sine), "cos": (math.cos, sine),
             "tanh": (math.tanh, {"f16": lambda x, r: 2.0 ** -10.987, "bf16": lambda x, r: 2.0 ** -8}.get(
                 name.split(".")[-1], relative(-11))),
             "div": (lambda x, y: x / y, units(2))}
    return table[name.split(".")[0]]


def special(name, fmt, x):
    """The bits that are promised, or None where an error is allowed."""
    op, a = name.split(".")[0], x[0]
    if any(fmt.is_nan(v) for v in x):
        return fmt.nan
    value = [fmt.value(v) for v in x]
    negative, infinite = is_negative(fmt, a), abs(value[0]) == math.inf
    if op == "div":
        if name.startswith("div.approx") and 2 ** 126 < abs(value[1]) < math.inf:
            return fmt.nan if infinite else (a ^ x[1]) & fmt.sign
        if value[0] == 0 or value[1] == 0 or math.inf in map(abs, value):
            return arithmetic("div.rn.f", *x)
        return None
    if op == "ex2":
        return fmt.one if value[0] == 0 else (0 if negative else fmt.infinity) if infinite else None
    if op == "lg2":
        return fmt.infinity | fmt.sign if value[0] == 0 else fmt.nan if negative else a if infinite else None
    if op == "rcp":
        return a & fmt.sign | fmt.infinity if value[0] == 0 else a & fmt.sign if infinite else None
    if op in ("sqrt", "rsqrt") and value[0] != 0 and negative:
        return fmt.nan
    if op == "sqrt":
        return a if value[0] in (0, math.inf) else None
    if op == "rsqrt":
        return a & fmt.sign | fmt.infinity if value[0] == 0 else 0 if infinite else None
    if op in ("sin", "cos"):
        return fmt.nan if infinite else (a if op == "sin" else fmt.one) if value[0] == 0 else None
    if op == "tanh":
        return a & fmt.sign | fmt.one if infinite else a if abs(a & ~fmt.sign) == 0 or (
            fmt is F32 and a & ~fmt.sign < fmt.least) else None
    return None


def check_approximation(name, operands, actual, seed):
    """What is wrong, or nothing."""
    kind = name.split(".")[-1]
    fmt = FORMATS.get(kind, F32)
    ftz = ".ftz" in name and fmt is not F64
    x = [fmt.flush(v) for v in operands] if ftz else operands
    if fmt is F64 and ".ftz" in name and not fmt.is_nan(x[0]):
        # Reads the upper word, and has no subnormal numbers.
        ftz, x = True, [fmt.flush(v & ~0xFFFFFFFF) for v in x]
    expected = special(name, fmt, x)
    if expected is not None:
        right = fmt.is_nan(actual) if expected == fmt.nan else actual == expected
        return None if right else f"expected {expected:#x}"
    function, bound = approximation(name)
    values = [float(fmt.value(v)) for v in x]
    exact = function(*values)
    if exact == math.inf or fmt.is_nan(actual):
        return None if actual == fmt.infinity else "expected an infinity"
    nearest = fmt.round(Fraction(exact), "rn", is_negative(fmt, actual))
    if ftz:
        nearest = fmt.flush(nearest)
    if actual == nearest:
        return None
    if seed == 0 and fmt is not F64:
        # The exact function here is a double, so that it may lie on the other side of a tie.
        near = abs(fmt.value(actual) - Fraction(exact)) < abs(fmt.value(nearest) - Fraction(exact)) * (1 + 1e-6)
        return None if near else f"expected the nearest number, {nearest:#x}"
    if fmt.value(actual) in (math.inf, -math.inf):
        return "an infinity"
    if ftz and actual & ~fmt.sign == 0 and abs(exact) < 2.0 ** -125:
        return None
    # The bound of ex2.approx.f32 is counted from the rounded result.
    center = fmt.value(nearest) if name.startswith("ex2") and fmt is F32 else Fraction(exact)
    limit = bound(values, float(center)) * (1 + 1e-9)
    error = abs(fmt.value(actual) - center)
    return None if error <= Fraction(limit) else f"expected {exact!r} +- {limit!r}, got {float(fmt.value(actual))!r}"


# ------------------------------------------------------------------ files


# What is selected for the operations of @fast.
FAST = {"arith.divf": "div.approx.f", "llvm.sqrt.f32": "sqrt.approx.f", "llvm.exp2.f32": "ex2.approx.f",
        "llvm.sin.f32": "sin.approx.f", "llvm.cos.f32": "cos.approx.f",
        "llvm.tanh.f32": "tanh.approx.f"}


def read_forms(text):
    """For each kernel its word's type, and for each row (name, operands, their types, the result's)."""
    kernels = {}
    for line in text.splitlines():
        if match := re.search(r"gpu\.func @(\w+)\(.*%out: memref<\?x\?x(\w+)>", line):
            forms = []
            kernels[match[1]] = (match[2], line.count("memref") - 1, forms)
        elif match := re.search(r'(?:call_intrinsic|inline_asm) "([^"]+)"(?:, "[^"]*")? ?\(?([^):]*)\)?'
                                r" (?:\{[^}]*\} )?: \(([^)]*)\) -> (.+)", line):
            name = re.sub(r"^llvm\.nvvm\.", "", match[1])
            name = re.split(r"\s|\\09", name)[0]
            name = FAST.get(name, name)
            forms.append((name, re.findall(r"%(\w+)", match[2]), match[3].split(", "), match[4]))
        elif match := re.search(r"(arith\.divf) %(\w+), %(\w+)", line):
            forms.append((FAST[match[1]], [match[2], match[3]], ["f32", "f32"], "f32"))
    return kernels


def make_operands(count, width, seed):
    """Special values of all formats, and random ones of many magnitudes."""
    rng = random.Random(seed)
    formats = [f for f in (F64, F32, F16, BF16) if f.width <= width]

    def number(fmt):
        chance = rng.random()
        if chance < 0.25:
            return rng.choice([0, 1, fmt.least - 1, fmt.least, fmt.one, fmt.one - 1, fmt.one + 1,
                               fmt.infinity - 1, fmt.infinity, fmt.infinity + 1]) | rng.choice([0, fmt.sign])
        if chance < 0.4:
            return rng.getrandbits(fmt.width)
        exponent = rng.randrange(0, 4) if chance < 0.5 else fmt.bias + rng.randrange(-9, 10)
        fraction = rng.getrandbits(fmt.fraction)
        if rng.random() < 0.3:  # ties
            fraction &= -1 << (fmt.fraction - 3)
        return rng.choice([0, fmt.sign]) | max(exponent, 0) << fmt.fraction | fraction

    def word():
        if rng.random() < 0.15:
            return rng.randrange(0, 40)
        fmt = rng.choice(formats[:2] if width == 32 else formats)
        bits = 0
        for low in range(0, width, fmt.width):
            bits |= number(fmt) << low
        return bits

    operands = [[word() for _ in range(ELEMENTS)] for _ in range(count)]
    if count == 2:  # each pair of special values
        for fmt, first in zip([f for f in formats if f is not BF16], range(0, ELEMENTS, 64)):
            specials = [0, 1, fmt.one, fmt.infinity, fmt.infinity + 1]
            specials = [x | s for x in specials for s in (0, fmt.sign)][:8]
            scale = sum(1 << low for low in range(0, width, fmt.width))
            operands[0][first:first + 64] = [x * scale for x in specials for _ in specials]
            operands[1][first:first + 64] = [y * scale for _ in specials for y in specials]
    if count == 3:  # sums that cancel
        sign = 1 << (width - 1)
        operands[2][::7] = [x ^ sign for x in operands[0][::7]]
        operands[1][::7] = [FORMATS["f64" if width == 64 else "f32"].one] * len(operands[1][::7])
    return operands


def split_elements(name):
    """The form of one half, if a form works on the two halves of a word."""
    packed = re.search(r"\.(v2)?(b?f16)(x2)?$", name)
    return name[:packed.start()] + "." + packed[2] if packed and (packed[1] or packed[3]) else None


def compare(family, name, values, widths, actual, result_width):
    """What is wrong with the bits of a result, or nothing."""
    if family in ("integers", "conversions"):
        function = integer if family == "integers" else conversion
        expected = function(name, widths, *values) & ((1 << result_width) - 1)
        return None if actual == expected else f"expected {expected:#x}"
    if single := split_elements(name):
        halves = [compare(family, single, [v >> low & 0xFFFF for v in values], widths, actual >> low & 0xFFFF, 16)
                  for low in (0, 16)]
        return halves[0] or halves[1]
    function = arithmetic if family == "arithmetic" else (
        extremum if re.match(r"f?(min|max)", name) else integral)
    expected, fmt = function(name, *values), FORMATS[name.split(".")[-1]]
    if expected == fmt.nan:  # some bits: LLVM makes plain instructions of some forms
        return None if fmt.is_nan(actual) else "expected a NaN"
    return None if actual == expected else f"expected {expected:#x}"


def run(path, entry, operands, width, seed):
    dtype = {32: np.uint32, 64: np.uint64}[width]
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        command = ["mhc-run", "--device", "emulator", str(path), "--entry", entry, "--out", str(folder / "out"),
                   "--approximation-seed", str(seed)]
        for i, values in enumerate(operands):
            np.save(folder / f"{i}.npy", np.array(values, dtype).view(f"i{width // 8}"))
            command += ["--arg", str(folder / f"{i}.npy")]
        done = subprocess.run(command, capture_output=True, text=True, errors="replace")
        if done.returncode != 0:
            sys.exit(f"FAIL {entry}: exit code {done.returncode}\n{done.stderr[:4000]}")
        return np.load(folder / "out" / "0.npy").view(dtype)


def check_kernel(path, entry, word, count, forms, seed):
    width, family, wrong = WIDTHS[word], path.stem, 0
    operands = make_operands(count, width, seed)
    result = run(path, entry, operands, width, seed)
    for row, (name, arguments, types, result_type) in enumerate(forms):
        widths = [16 if t in ("half", "bfloat", "bf16") else WIDTHS.get(t, 32) for t in types]
        out = WIDTHS.get(result_type, 16 if result_type == "bf16" else 32)
        for i in range(ELEMENTS):
            values = [int(a == "true") if a in ("true", "false") else
                      operands["abc".index(a[0])][i] & ((1 << w) - 1) for a, w in zip(arguments, widths)]
            actual = int(result[row, i])
            if family == "approximate":
                full = name
                if name.startswith(("ex2", "tanh")) and not name.endswith("x2") and ".f" not in name.replace(".ftz", ""):
                    full += {"vector<2xf16>": ".f16x2", "vector<2xbf16>": ".bf16x2"}.get(result_type, "." + result_type)
                if single := split_elements(full):
                    problems = [check_approximation(single, [v >> s & 0xFFFF for v in values], actual >> s & 0xFFFF, seed)
                                for s in (0, 16)]
                    problem = problems[0] or problems[1]
                else:
                    problem = check_approximation(full, values, actual, seed)
            else:
                problem = compare(family, name, values, widths, actual, out)
            if problem:
                wrong += 1
                if wrong <= 10:
                    print(f"FAIL {entry} {name}({', '.join(map(hex, values))}) = {actual:#x}: {problem}")
    print(f"{entry}, seed {seed}: {len(forms)} forms, {wrong} wrong")
    return wrong


def main():
    path = pathlib.Path(sys.argv[1])
    seeds = (0, 1, 2) if path.stem == "approximate" else (1,)
    wrong = sum(check_kernel(path, entry, *kernel, seed)
                for entry, kernel in read_forms(path.read_text()).items() for seed in seeds)
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
