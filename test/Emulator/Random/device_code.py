"""Device code that is run as it is written.

`Code` is the body of a kernel under construction. Each of its methods appends ops to the
MLIR text and does the same at once with numpy, in all threads of all CTAs: a value's data
has the dimensions CTA, thread and, if it is a vector, element. What a loop does in its
later iterations is run without being written.

An op that puts two threads in order has a label. Code finds out for which labels a
thread depends on what another did before: without this op there is a race.
"""
import contextlib
import dataclasses
import random

import numpy as np

STORED = {"i1": np.bool_, "i8": np.int8, "i16": np.int16, "i32": np.int32, "f16": np.float16, "f32": np.float32}
SIZES = {"i8": 1, "i16": 2, "i32": 4, "f16": 2, "bf16": 2, "f32": 4}
NOBODY, SEVERAL = -1, -2


def is_float(element):
    return "f" in element


def round_to(element, data):
    """f32 or integer data as numbers of an element type. bf16 is held as f32 numbers that it has."""
    if element != "bf16":
        return data.astype(STORED[element])
    bits = data.astype(np.float32).view(np.uint32)
    return ((bits + 0x7FFF + (bits >> 16 & 1)) & 0xFFFF0000).astype(np.uint32).view(np.float32)


def to_bytes(element, data):
    """Of data [..., n] the bytes [..., n * size]."""
    if element == "bf16":
        data = (data.view(np.uint32) >> 16).astype(np.uint16)
    return np.ascontiguousarray(data).view(np.uint8)


def from_bytes(element, data):
    data = np.ascontiguousarray(data)
    if element == "bf16":
        return (data.view(np.uint16).astype(np.uint32) << 16).view(np.float32)
    return data.view(STORED[element])


def unsigned(x):
    return x.view({1: np.uint8, 2: np.uint16, 4: np.uint32}[x.itemsize])


def fma(a, b, c):
    """a b + c of f32, rounded once: f64 holds a b, and their sum is rounded to odd."""
    product, c = a.astype(np.float64) * b, c.astype(np.float64)
    total = product + c
    rest = total - product
    error = (product - (total - rest)) + (c - rest)
    inexact = (error != 0) & (total.view(np.int64) & 1 == 0)
    odd = np.where(inexact, np.nextafter(total, np.where(error > 0, np.inf, -np.inf)), total)
    return odd.astype(np.float32)


def minimum(a, b):
    """-0 is less than 0. There is no NaN."""
    return np.where((a < b) | (a == b) & np.signbit(a), a, b)


def maximum(a, b):
    return np.where((a > b) | (a == b) & ~np.signbit(a), a, b)


def count_bits(x):
    return np.unpackbits(np.ascontiguousarray(x)[..., None].view(np.uint8), axis=-1).sum(-1).astype(np.int32)


def lowest_bit(x):
    """The position of the lowest bit that is set, 32 if there is none."""
    return count_bits(~x & (x - np.int32(1)))


INTEGER_OPS = {
    "arith.addi": lambda a, b: a + b,
    "arith.subi": lambda a, b: a - b,
    "arith.muli": lambda a, b: a * b,
    "arith.andi": lambda a, b: a & b,
    "arith.ori": lambda a, b: a | b,
    "arith.xori": lambda a, b: a ^ b,
    "arith.minsi": np.minimum,
    "arith.maxsi": np.maximum,
    "arith.minui": lambda a, b: np.where(unsigned(a) < unsigned(b), a, b),
    "arith.maxui": lambda a, b: np.where(unsigned(a) > unsigned(b), a, b),
}
SHIFTS = {
    "arith.shli": lambda a, b: a << b,
    "arith.shrui": lambda a, b: (unsigned(a) >> unsigned(b)).view(a.dtype),
    "arith.shrsi": lambda a, b: a >> b,
}
DIVISIONS = {
    "arith.divui": lambda a, b: (unsigned(a) // np.maximum(unsigned(b), 1)).view(a.dtype),
    "arith.remui": lambda a, b: (unsigned(a) % np.maximum(unsigned(b), 1)).view(a.dtype),
}
FLOAT_OPS = {
    "arith.addf": lambda a, b: a + b,
    "arith.subf": lambda a, b: a - b,
    "arith.mulf": lambda a, b: a * b,
    "arith.minimumf": minimum,
    "arith.maximumf": maximum,
}
BINARY = INTEGER_OPS | SHIFTS | DIVISIONS | FLOAT_OPS
COMPARISONS = {
    "eq": np.equal, "ne": np.not_equal, "slt": np.less, "sge": np.greater_equal,
    "ult": lambda a, b: unsigned(a) < unsigned(b), "uge": lambda a, b: unsigned(a) >= unsigned(b),
}
ATOMICS = {
    "add": np.add, "max": np.maximum, "min": np.minimum, "_and": np.bitwise_and, "_or": np.bitwise_or,
    "_xor": np.bitwise_xor, "umax": np.maximum, "umin": np.minimum,
}


@dataclasses.dataclass
class Value:
    name: str
    element: str
    width: int  # 0 of a scalar.
    data: np.ndarray

    @property
    def type(self):
        return f"vector<{self.width}x{self.element}>" if self.width else self.element


class Buffer:
    """Bytes in some copies, such as one for each CTA, and who wrote and read them last."""

    def __init__(self, copies, size, content=None):
        self.bytes = np.zeros((copies, size), np.uint8)
        self.writer = np.full((copies, size), NOBODY)
        self.reader = np.full((copies, size), NOBODY)
        self.is_written = np.zeros((copies, size), bool)
        if content is not None:
            self.bytes[:] = np.ascontiguousarray(content).view(np.uint8)
            self.is_written[:] = True


@dataclasses.dataclass
class Pointer:
    """A place in a buffer's copy, for each thread."""
    name: str
    space: int
    buffer: Buffer
    copy: np.ndarray
    offset: np.ndarray

    @property
    def type(self):
        return f"!llvm.ptr<{self.space}>" if self.space else "!llvm.ptr"


@dataclasses.dataclass
class Line:
    """`without` takes the place of the text where the op of this label is removed."""
    text: str
    label: int | None = None
    without: str | None = None


@dataclasses.dataclass
class Shape:
    """How a kernel is launched."""
    grid: tuple
    block: tuple
    cluster: tuple

    @property
    def ctas(self):
        return int(np.prod(self.grid))

    @property
    def threads(self):
        return int(np.prod(self.block))

    @property
    def cluster_size(self):
        return int(np.prod(self.cluster))

    @property
    def warps(self):
        return -(-self.threads // 32)


def coordinates(extents):
    """x, y and z of each number, x the fastest."""
    number = np.arange(int(np.prod(extents)))
    return number % extents[0], number // extents[0] % extents[1], number // extents[0] // extents[1]


class Code:
    def __init__(self, shape, seed):
        self.shape = shape
        self.random = random.Random(seed)
        self.lines, self.header, self.constants = [], [], {}
        self.active = np.ones((shape.ctas, shape.threads), bool)
        self.thread = np.arange(shape.ctas * shape.threads).reshape(self.active.shape)
        self.cta = np.broadcast_to(np.arange(shape.ctas)[:, None], self.active.shape)
        self.names = self.labels = self.in_loop = 0
        self.certain = set()
        cluster = [g // c for g, c in zip(shape.grid, shape.cluster)]
        place = coordinates(shape.grid)
        which = [p // c for p, c in zip(place, shape.cluster)]
        inner = [p % c for p, c in zip(place, shape.cluster)]
        self.rank_of_cta = inner[0] + shape.cluster[0] * (inner[1] + shape.cluster[1] * inner[2])
        cluster_of_cta = which[0] + cluster[0] * (which[1] + cluster[1] * which[2])
        ctas = {(c, r): i for i, (c, r) in enumerate(zip(cluster_of_cta, self.rank_of_cta))}
        self.cta_of_rank = np.array([[ctas[c, r] for r in range(shape.cluster_size)] for c in cluster_of_cta])

    # Text.

    def line(self, text, label=None, without=None):
        self.lines.append(Line(text, label, without))

    def label(self):
        self.labels += 1
        return self.labels

    def name(self):
        self.names += 1
        return f"%v{self.names}"

    def define(self, text, element, data, width=0, label=None):
        name = self.name()
        self.line(f"{name} = {text}", label)
        return Value(name, element, width, data)

    def render(self, without=None):
        """The text; without the ops of a label, if one is given."""
        kept = []
        for line in self.header + self.lines:
            text = line.without if line.label is not None and line.label == without else line.text
            if text is not None:
                kept.append(text)
        return kept

    # Values.

    def every(self, data, dtype=np.int32):
        return np.broadcast_to(np.asarray(data, dtype), self.active.shape)

    def constant(self, number, element="i32", width=0):
        """A number, or the numbers of a vector."""
        key = str(number), element, width
        if key not in self.constants:
            name = f"%c{len(self.constants)}"
            if width:
                array = np.array(number)
                literal = f"dense<[{', '.join(self.literal(n, element) for n in number)}]> : vector<{width}x{element}>"
            else:
                array, literal = np.array(number), self.literal(number, element)
                literal += "" if element == "i1" else f" : {element}"
            self.header.append(Line(f"{name} = arith.constant {literal}"))
            data = round_to(element, array.astype(np.float32 if is_float(element) else np.int64))
            self.constants[key] = name, np.broadcast_to(data, (*self.active.shape, *((width,) if width else ())))
        name, data = self.constants[key]
        return Value(name, element, width, data)

    @staticmethod
    def literal(number, element):
        if element == "i1":
            return "true" if number else "false"
        return f"{float(number):.9e}" if is_float(element) else str(int(number))

    def binary(self, op, a, b):
        if isinstance(b, (int, float)):
            b = self.constant([b] * a.width if a.width else b, a.element, a.width)
        data = BINARY[op](a.data, b.data)
        return self.define(f"{op} {a.name}, {b.name} : {a.type}", a.element, round_to(a.element, data), a.width)

    def add(self, a, b):
        return self.binary("arith.addi", a, b)

    def multiply(self, a, b):
        return self.binary("arith.muli", a, b)

    def remainder(self, a, b):
        return self.binary("arith.remui", a, b)

    def compare(self, predicate, a, b):
        if isinstance(b, int):
            b = self.constant(b, a.element)
        return self.define(f"arith.cmpi {predicate}, {a.name}, {b.name} : {a.type}", "i1",
                           COMPARISONS[predicate](a.data, b.data))

    def select(self, condition, a, b):
        return self.define(f"arith.select {condition.name}, {a.name}, {b.name} : {a.type}", a.element,
                           np.where(condition.data, a.data, b.data))

    def fma(self, a, b, c):
        return self.define(f"llvm.intr.fma({a.name}, {b.name}, {c.name}) : ({a.type}, {a.type}, {a.type}) -> {a.type}",
                           a.element, fma(a.data, b.data, c.data), a.width)

    def cast(self, op, a, element, data):
        type = f"vector<{a.width}x{element}>" if a.width else element
        return self.define(f"arith.{op} {a.name} : {a.type} to {type}", element, data, a.width)

    def truncate(self, a, element):
        return a if a.element == element else self.cast("trunci", a, element, a.data.astype(STORED[element]))

    def extend(self, a, signed=True):
        """To i32."""
        if a.element == "i32":
            return a
        data = a.data.astype(np.int32) if signed and a.element != "i1" else (
            a.data if a.element == "i1" else unsigned(a.data)).astype(np.int32)
        return self.cast("extsi" if signed and a.element != "i1" else "extui", a, "i32", data)

    def to_float(self, a, element):
        return self.cast("sitofp", a, element, round_to(element, a.data.astype(np.float32)))

    def bits(self, a):
        """A float's bits, as an integer of its size."""
        element = {4: "i32", 2: "i16"}[SIZES[a.element]]
        if a.width:
            data = from_bytes(element, to_bytes(a.element, a.data))
        else:
            data = from_bytes(element, to_bytes(a.element, a.data[..., None]))[..., 0]
        return self.cast("bitcast", a, element, data)

    def splat(self, a, width):
        data = np.repeat(a.data[..., None], width, axis=-1)
        return self.define(f"vector.broadcast {a.name} : {a.type} to vector<{width}x{a.element}>", a.element, data, width)

    def sum(self, a):
        """Of a vector of integers."""
        return self.define(f"vector.reduction <add>, {a.name} : {a.type} into {a.element}", a.element,
                           a.data.sum(-1, dtype=a.data.dtype))

    def intrinsic(self, op, a, function):
        flags = " <{is_zero_poison = false}>" if op in ("cttz", "ctlz") else ""
        return self.define(f'"llvm.intr.{op}"({a.name}){flags} : (i32) -> i32', "i32", function(a.data))

    # Control.

    def region(self, body, active):
        """The lines of a region and its values."""
        saved = self.lines, self.active
        self.lines, self.active = [], active
        values = body()
        lines, (self.lines, self.active) = self.lines, saved
        return [Line("  " + l.text, l.label, l.without and "  " + l.without) for l in lines], values

    def results(self, values, data):
        """Names for what an op with a region returns."""
        name = self.name()
        names = [name] if len(values) == 1 else [f"{name}#{i}" for i in range(len(values))]
        left = "" if not values else f"{name} = " if len(values) == 1 else f"{name}:{len(values)} = "
        return left, [Value(n, v.element, v.width, d) for n, v, d in zip(names, values, data)]

    def terminator(self, values):
        if values:
            return [Line(f"  scf.yield {', '.join(v.name for v in values)} : {', '.join(v.type for v in values)}")]
        return [Line("  scf.yield")]

    @staticmethod
    def mix(condition, a, b):
        return np.where(condition[..., None] if a.ndim > condition.ndim else condition, a, b)

    def branch(self, condition, then, otherwise=lambda: []):
        """What both sides return, or nothing. The interpreter runs one after the other."""
        yes, a = self.region(lambda: list(then()), self.active & condition.data)
        no, b = self.region(lambda: list(otherwise()), self.active & ~condition.data)
        left, results = self.results(a, [self.mix(condition.data, x.data, y.data) for x, y in zip(a, b)])
        types = f" -> ({', '.join(v.type for v in a)})" if a else ""
        self.line(f"{left}scf.if {condition.name}{types} {{")
        self.lines += yes + self.terminator(a)
        if no or a:
            self.line("} else {")
            self.lines += no + self.terminator(b)
        self.line("}")
        return results

    def loop(self, trips, initial, body):
        """body(i, values) -> values, as often as each thread's `trips` says. It makes the same random
        choices in each iteration."""
        index = Value(self.name(), "i32", 0, None)
        arguments = [Value(self.name(), v.element, v.width, v.data) for v in initial]
        data = [v.data for v in initial]
        seed, labels, text, count = self.random.getrandbits(32), self.labels, None, 0
        saved = self.random
        self.in_loop += 1
        while text is None or (self.active & (count < trips.data)).any():
            active = self.active & (count < trips.data)
            self.random, self.labels = random.Random(seed), labels
            index.data = self.every(count)
            current = [dataclasses.replace(v, data=d) for v, d in zip(arguments, data)]
            lines, values = self.region(lambda: list(body(index, current)), active)
            data = [self.mix(active, v.data, d) for v, d in zip(values, data)]
            text, count = text or lines + self.terminator(values), count + 1
        self.in_loop -= 1
        self.random = saved
        left, results = self.results(arguments, data)
        zero, one = self.constant(0), self.constant(1)
        carried = ", ".join(f"{a.name} = {v.name}" for a, v in zip(arguments, initial))
        types = ", ".join(v.type for v in initial)
        carried = f" iter_args({carried}) -> ({types})" if initial else ""
        self.line(f"{left}scf.for {index.name} = {zero.name} to {trips.name} step {one.name}{carried} : i32 {{")
        self.lines += text
        self.line("}")
        return results

    @contextlib.contextmanager
    def only(self, condition):
        """Ops in an scf.if without results."""
        saved = self.lines, self.active
        self.lines, self.active = [], self.active & condition.data
        yield
        lines, (self.lines, self.active) = self.lines, saved
        self.line(f"scf.if {condition.name} {{")
        self.lines += [Line("  " + l.text, l.label, l.without and "  " + l.without) for l in lines]
        self.line("}")

    # Memory.

    def at(self, base, offset):
        """The pointer `offset` bytes behind another."""
        name = self.name()
        self.line(f"{name} = llvm.getelementptr {base.name}[{offset.name}] : ({base.type}, i32) -> {base.type}, i8")
        return dataclasses.replace(base, name=name, offset=base.offset + offset.data)

    def places(self, pointer, size):
        """Copies and bytes that the active threads point to, and the threads."""
        active = self.active
        first = pointer.offset[active]
        assert (first >= 0).all() and (first + size <= pointer.buffer.bytes.shape[1]).all(), "out of bounds"
        return pointer.copy[active][:, None], first[:, None] + np.arange(size), self.thread[active][:, None]

    def note_read(self, buffer, place, thread, label):
        writer = buffer.writer[place]
        if label is not None and ((writer != thread) & (writer != NOBODY)).any():
            self.certain.add(label)
        assert buffer.is_written[place].all(), "read of what was never written"
        old, every = buffer.reader[place], np.broadcast_to(thread, writer.shape)
        buffer.reader[place] = np.where((old == NOBODY) | (old == every), every, SEVERAL)

    def note_write(self, buffer, place, thread, label):
        reader = buffer.reader[place]
        if label is not None and ((reader != thread) & (reader != NOBODY)).any():
            self.certain.add(label)
        buffer.writer[place] = thread
        buffer.reader[place] = NOBODY
        buffer.is_written[place] = True

    def load(self, pointer, element, width, align, label=None):
        """`label` is of the op that orders this read after the writes of other threads."""
        count = max(width, 1)
        copy, byte, thread = self.places(pointer, SIZES[element] * count)
        self.note_read(pointer.buffer, (copy, byte), thread, label)
        data = np.zeros((*self.active.shape, count), STORED.get(element, np.float32))
        data[self.active] = from_bytes(element, pointer.buffer.bytes[copy, byte])
        type = f"vector<{width}x{element}>" if width else element
        return self.define(f"llvm.load {pointer.name} {{alignment = {align} : i64}} : {pointer.type} -> {type}", element,
                           data if width else data[..., 0], width)

    def store(self, value, pointer, align, label=None):
        data = value.data if value.width else value.data[..., None]
        self.write(pointer, to_bytes(value.element, data)[self.active], label)
        self.line(f"llvm.store {value.name}, {pointer.name} {{alignment = {align} : i64}} : {value.type}, {pointer.type}")

    def write(self, pointer, data, label=None):
        copy, byte, thread = self.places(pointer, data.shape[-1])
        flat = copy * pointer.buffer.bytes.shape[1] + byte
        assert len(np.unique(flat)) == flat.size, "two threads write one byte"
        self.note_write(pointer.buffer, (copy, byte), thread, label)
        pointer.buffer.bytes[copy, byte] = data

    def copy_async(self, to, source, size):
        """cp.async."""
        copy, byte, thread = self.places(source, size)
        self.note_read(source.buffer, (copy, byte), thread, None)
        self.write(to, source.buffer.bytes[copy, byte])
        self.line(f"nvvm.cp.async.shared.global {to.name}, {source.name}, {size}, cache = {'cg' if size == 16 else 'ca'}"
                  f" : {to.type}, {source.type}")

    def atomic(self, op, pointer, value, scope, label=None):
        """Integer operations whose order does not matter; `label` orders them after plain writes."""
        copy, byte, thread = self.places(pointer, 4)
        buffer = pointer.buffer
        writer = buffer.writer[copy, byte]
        if label is not None and ((writer != thread) & (writer != NOBODY)).any():
            self.certain.add(label)
        assert buffer.is_written[copy, byte].all(), "atomic on what was never written"
        words = buffer.bytes.view(np.uint32 if op.startswith("u") else np.int32)
        ATOMICS[op].at(words, (copy[:, 0], byte[:, 0] // 4), value.data[self.active].view(words.dtype))
        buffer.writer[copy, byte] = SEVERAL
        self.define(f'llvm.atomicrmw {op} {pointer.name}, {value.name} syncscope("{scope}") monotonic : {pointer.type}, i32',
                    "i32", value.data)
