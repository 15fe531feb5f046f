"""Random kernels that have no races, because of how they are made.

A kernel is a sequence of steps, each of which takes and returns the state of every thread:
two integers and a float. Where a step hands numbers from thread to thread, each thread writes
its own cell, the threads of a domain (lanes, a warp, some warps, a CTA, a cluster, the
grid) meet, and then each reads the cell of another one in its domain. The state depends on
every number that was read, and goes to the kernel's result.
"""
import dataclasses
import random
from typing import Callable

import numpy as np

from device_code import (ATOMICS, INTEGER_OPS, SIZES, Buffer, Code, Pointer, Shape, Value, coordinates, count_bits,
                         is_float, lowest_bit, unsigned)

INPUT_WORDS = 4096
COUNTERS = 8
FLAGS = 24
ZERO_WORDS = COUNTERS + FLAGS  # That a kernel uses.
STATIC_BYTES, DYNAMIC_BYTES = 24 << 10, 48 << 10


def pick_odd(r):
    return r.randrange(1, 1 << 16) * 2 + 1


@dataclasses.dataclass
class Scope:
    """The threads that run this code together: a CTA, some of its warps, lanes of a warp, or each for itself."""
    kind: str
    first: int = 0
    warps: int = 0
    mask: Value | None = None  # The lanes of the warp.


@dataclasses.dataclass
class Domain:
    """The threads that meet, `size` of them, with their cells from `base` on. `meet` takes a label."""
    base: Value
    index: Value
    size: Value
    meet: Callable


def pick_shape(r):
    cluster = r.choice([1, 1, 1, 1, 2, 2, 4])
    grid = [1, 1, 1]
    axis = r.randrange(3)
    clusters = [1, 1, 1]
    clusters[axis] = cluster
    grid[axis] = cluster * r.randint(1, max(1, 6 // cluster))
    if grid[axis] <= 3 and r.random() < 0.3:
        grid[(axis + 1) % 3] = 2
    threads = r.choice([r.randint(1, 40), r.randint(1, 100), r.randint(1, 100), r.randint(64, 256), 32, 64, 96, 128])
    block = (threads, 1, 1)
    kind = r.random()
    if kind < 0.25:
        y = r.randint(2, 8)
        block = (max(1, threads // y), y, 1)
    elif kind < 0.4:
        y, z = r.randint(1, 4), r.randint(2, 4)
        block = (max(1, threads // (y * z)), y, z)
    return Shape(tuple(grid), block, tuple(clusters))


class Kernel:
    """A random kernel, and what it does to its buffers."""

    def __init__(self, name, seed, functions, content, prior, zeros, zero_base):
        r = random.Random(seed)
        self.name, self.functions, self.zero_base = name, functions, zero_base
        self.shape = shape = pick_shape(r)
        self.code = c = Code(shape, r.getrandbits(32))
        self.globals, self.attributions, self.dynamic = [], [], 0
        self.arrays, self.static, self.ids, self.flags = {}, 0, {}, 0
        self.out = Buffer(1, 4 * shape.ctas * shape.threads)
        self.scratch = Buffer(1, 64 * shape.ctas * shape.threads)
        self.scratch_used = 0
        everyone = c.every(0)
        pointer = lambda name, buffer: Pointer(name, 1, buffer, everyone, everyone)
        self.input = pointer("%in", content)
        self.prior, self.prior_words = pointer("%prior", prior), prior.bytes.shape[1] // 4
        self.zeros = pointer("%zeros", zeros)
        self.is_read_only = r.random() < 0.3
        self.known_size = r.random() < 0.5
        self.begin()
        whole = Scope("cta", 0, shape.warps, self.warp_mask)
        state = self.steps(self.state, whole, c.random.randint(2, 5))
        self.finish(state)
        if shape.warps > 1 and shape.cluster_size == 1 and c.random.random() < 0.3:
            count = c.random.randrange(1, shape.warps)
            with c.only(c.compare("ult", self.warp, count)):
                self.finish(self.steps(state, Scope("warps", 0, count, self.warp_mask), c.random.randint(1, 2)))
        # No CTA ends while another may read its shared memory.
        if shape.cluster_size > 1:
            self.meet_cluster(None)

    # What every kernel has.

    def register(self, text, data):
        return self.code.define(f"nvvm.read.ptx.sreg.{text} : i32", "i32", self.code.every(data))

    def flat(self, register, extents, data):
        """x + X (y + Y z)."""
        c, values = self.code, None
        for axis, numbers in reversed(list(zip("xyz", data))):
            if extents["xyz".index(axis)] == 1 and axis != "x":
                continue
            value = self.register(f"{register}.{axis}", numbers)
            values = value if values is None else c.add(value, c.multiply(values, extents["xyz".index(axis)]))
        return values

    def begin(self):
        c, r, shape = self.code, self.code.random, self.shape
        self.tid = self.flat("tid", shape.block, coordinates(shape.block))
        self.cta = self.flat("ctaid", shape.grid, [x[:, None] for x in coordinates(shape.grid)])
        self.lane = c.binary("arith.andi", self.tid, 31)
        self.warp = c.binary("arith.shrui", self.tid, 5)
        self.global_id = c.add(c.multiply(self.cta, shape.threads), self.tid)
        # The lanes that the last warp has.
        self.warp_mask = c.constant(-1)
        if shape.threads % 32:
            last = c.compare("eq", self.warp, shape.warps - 1)
            self.warp_mask = c.select(last, c.constant((1 << shape.threads % 32) - 1), self.warp_mask)
        a = c.add(c.multiply(self.global_id, pick_odd(r)), r.randrange(1 << 20))
        f = c.to_float(c.binary("arith.andi", self.global_id, 1023), "f32")
        self.state = [a, self.tid, f]
        self.mbarrier, self.phase = None, 0
        if r.random() < 0.4:
            self.mbarrier = self.shared(8, 8)
            with c.only(c.compare("eq", self.tid, 0)):
                count = c.constant(shape.threads)
                c.line(f"nvvm.mbarrier.init {self.mbarrier.name}, {count.name} : !llvm.ptr<3>, i32")
            c.line("gpu.barrier")

    def finish(self, state):
        c = self.code
        a = self.absorb(self.absorb(state[0], state[1]), state[2])
        c.store(a, c.at(Pointer("%out", 1, self.out, c.every(0), c.every(0)), c.multiply(self.global_id, 4)), 4)

    def shared(self, size, align=16):
        """A new array in shared memory; in a loop the one of the first iteration."""
        c, r = self.code, self.code.random
        key, kind = c.label(), r.randrange(3)
        if key in self.arrays:
            return self.arrays[key]
        size = -(-size // 16) * 16
        buffer = Buffer(self.shape.ctas, size)
        name = f"%s{key}"
        if kind < 2 and self.static + size <= STATIC_BYTES:
            self.static += size
            if kind == 0:
                symbol = f"{self.name}_s{key}"
                self.globals.append(f"llvm.mlir.global internal @{symbol}() {{addr_space = 3 : i32, alignment = 16 : i64}}"
                                    f" : !llvm.array<{size} x i8>")
                self.head(f"{name} = llvm.mlir.addressof @{symbol} : !llvm.ptr<3>")
            else:
                type = f"memref<{size}xi8, #gpu.address_space<workgroup>>"
                self.attributions.append(f"{name}m : {type} {{llvm.align = 16 : i64}}")
                self.head(f"{name}i = memref.extract_aligned_pointer_as_index {name}m : {type} -> index")
                self.head(f"{name}a = arith.index_cast {name}i : index to i32")
                self.head(f"{name} = llvm.inttoptr {name}a : i32 to !llvm.ptr<3>")
        else:
            if not self.dynamic:
                self.head("%dynamic = llvm.mlir.addressof @dynamic : !llvm.ptr<3>")
            self.head(f"{name} = llvm.getelementptr %dynamic[{self.dynamic}] : (!llvm.ptr<3>) -> !llvm.ptr<3>, i8")
            self.dynamic += size
        self.arrays[key] = Pointer(name, 3, buffer, c.cta, c.every(0))
        return self.arrays[key]

    def head(self, text):
        self.code.header.append(type(self.code.header[0])(text))

    # Domains.

    def meet_lanes(self, mask):
        return lambda label: self.code.line(f"nvvm.bar.warp.sync {mask.name} : i32", label)

    def meet_cluster(self, label):
        kind = self.code.random.choice(["", ".aligned"])
        self.code.line("nvvm.cluster.arrive" + (" {aligned}" if kind else ""), label)
        self.code.line("nvvm.cluster.wait" + (" {aligned}" if kind else ""), label)

    def meet_cta(self, label):
        c = self.code
        kind = c.random.choice(["gpu", "gpu", "nvvm", "named", "mbarrier", "mbarrier"])
        number = self.barrier_ids("cta", 1) if kind == "named" else None
        if number:
            self.named(number, c.constant(32 * self.shape.warps), label)
        elif kind == "mbarrier" and self.mbarrier:
            barrier = self.mbarrier.name
            state = c.name()
            c.line(f"{state} = nvvm.mbarrier.arrive {barrier} : !llvm.ptr<3> -> i64")
            if c.in_loop or self.phase is None or c.random.random() < 0.5:
                self.spin_on_state(barrier, state, label)
            else:
                parity, ticks = c.constant(self.phase & 1), c.constant(1000000)
                c.line(f"nvvm.mbarrier.try_wait.parity {barrier}, {parity.name}, {ticks.name} : !llvm.ptr<3>, i32, i32",
                       label)
            # How often a loop came here may differ from CTA to CTA.
            self.phase = None if c.in_loop or self.phase is None else self.phase + 1
        else:
            c.line("nvvm.barrier" if kind == "nvvm" else "gpu.barrier", label)

    def spin_on_state(self, barrier, state, label):
        c = self.code
        done, again, true = c.name(), c.name(), c.constant(1, "i1")
        for text in ("scf.while : () -> () {",
                     f"  {done} = nvvm.mbarrier.test.wait {barrier}, {state} : !llvm.ptr<3>, i64 -> i1",
                     f"  {again} = arith.xori {done}, {true.name} : i1",
                     f"  scf.condition({again})",
                     "} do {", "  scf.yield", "}"):
            c.line(text, label)

    def named(self, number, count, label):
        number = number if isinstance(number, Value) else self.code.constant(number)
        self.code.line(f"nvvm.barrier id = {number.name} number_of_threads = {count.name}", label)

    def barrier_ids(self, key, count):
        """The first of so many named barriers for these groups of warps, None if too few are left."""
        if key not in self.ids:
            used = sum(n for _, n in self.ids.values())
            if used + count > 15:
                return None
            self.ids[key] = used + 1, count
        return self.ids[key][0]

    def domain(self, scope):
        c, r = self.code, self.code.random
        if scope.kind == "lanes":
            return self.lanes_domain(scope)
        size = r.choice(["warp", "group", "all", "all"])
        if size == "all" and scope.kind == "cta":
            return Domain(c.constant(0), self.tid, c.constant(self.shape.threads), self.meet_cta)
        warps = {"warp": 1, "group": r.randint(1, scope.warps), "all": scope.warps}[size]
        end = min(32 * (scope.first + scope.warps), self.shape.threads)
        from_first = c.binary("arith.subi", self.tid, 32 * scope.first)
        index = c.remainder(from_first, 32 * warps)
        base = c.binary("arith.subi", self.tid, index)
        size = c.binary("arith.minsi", c.binary("arith.subi", c.constant(end), base), c.constant(32 * warps))
        groups = -(-scope.warps // warps)
        first = self.barrier_ids((scope.first, scope.warps, warps), groups) if warps > 1 or r.random() < 0.2 else None
        if first is None and warps > 1:
            # No named barrier is left.
            return self.lanes_domain(scope)
        if first is None:
            return Domain(base, index, size, self.meet_lanes(scope.mask))
        group = c.binary("arith.divui", c.binary("arith.shrui", from_first, 5), warps)
        number = c.add(group, first)
        rest = c.binary("arith.subi", c.constant(scope.warps), c.multiply(group, warps))
        count = c.multiply(c.binary("arith.minsi", rest, c.constant(warps)), 32)
        return Domain(base, index, size, lambda label: self.named(number, count, label))

    def lanes_domain(self, scope):
        c = self.code
        one = c.constant(1)
        before = c.binary("arith.subi", c.binary("arith.shli", one, self.lane), one)
        index = c.intrinsic("ctpop", c.binary("arith.andi", scope.mask, before), count_bits)
        size = c.intrinsic("ctpop", scope.mask, count_bits)
        return Domain(c.multiply(self.warp, 32), index, size, self.meet_lanes(scope.mask))

    def partner(self, index, size):
        """Another one of `size`."""
        c, r = self.code, self.code.random
        kind = r.randrange(3)
        if kind == 0:
            return c.binary("arith.subi", c.binary("arith.subi", size, index), 1)
        if kind == 1:
            return c.remainder(c.add(index, r.randint(1, 40)), size)
        return c.remainder(c.add(c.multiply(index, r.randint(2, 9)), r.randint(1, 9)), size)

    # Numbers to hand over.

    def clamp(self, f):
        """Within 1024, so that nothing becomes infinite."""
        c = self.code
        limit = lambda x: c.constant([x] * f.width if f.width else x, f.element, f.width)
        f = c.binary("arith.minimumf", f, limit(1024))
        return c.binary("arith.maximumf", f, limit(-1024))

    def payload(self, state, element, width):
        """Numbers of any type, made of the state."""
        c, r = self.code, self.code.random
        x = state[r.randrange(2)]
        if width:
            x = c.multiply(c.splat(x, width), c.constant([pick_odd(r) for _ in range(width)], "i32", width))
        x = c.add(x, c.constant([r.randrange(1 << 16) for _ in range(width)] if width else r.randrange(1 << 16), "i32",
                                width))
        if not is_float(element):
            return c.truncate(x, element)
        x = c.to_float(c.binary("arith.subi", c.binary("arith.andi", x, 2047), 1024), element)
        for _ in range(r.randrange(3)):
            numbers = [r.randint(-64, 64) / 8 for _ in range(max(width, 1))]
            op = r.choice(["arith.addf", "arith.subf", "arith.mulf", "arith.minimumf", "arith.maximumf"])
            x = self.clamp(c.binary(op, x, c.constant(numbers if width else numbers[0], element, width)))
        return x

    def absorb(self, a, y):
        """An integer that depends on all of `a` and of `y`."""
        c, r = self.code, self.code.random
        y = c.bits(y) if is_float(y.element) else y
        y = c.extend(y, r.random() < 0.5)
        if y.width:
            y = c.sum(c.multiply(y, c.constant([pick_odd(r) for _ in range(y.width)], "i32", y.width)))
        return c.add(c.multiply(a, pick_odd(r)), y)

    def pick_type(self):
        r = self.code.random
        return r.choice(list(SIZES)), r.choice([0, 0, 2, 4, 8])

    def read_type(self, element, width):
        """What to read the bytes of numbers as: themselves, or integers."""
        r, size = self.code.random, SIZES[element] * max(width, 1)
        if r.random() < 0.6:
            return element, width
        element = r.choice([e for e in ("i8", "i16", "i32") if SIZES[e] <= size])
        return element, (size // SIZES[element] if size > SIZES[element] else 0)

    def pick_alignment(self, size, element):
        """Any that is true of a multiple of `size`, that of an element if possible."""
        true = [n for n in (1, 2, 4, 8, 16) if size % n == 0]
        return self.code.random.choice([n for n in true if n >= SIZES[element]] or true)

    # Steps.

    def steps(self, state, scope, count):
        for _ in range(count):
            state = self.code.random.choice(self.choices(scope))(state, scope)
        return state

    def choices(self, scope):
        c, shape = self.code, self.shape
        found = [self.compute, self.compute, self.local_array, self.read_global, self.count, self.call]
        if scope.kind != "thread":
            found += [self.exchange, self.exchange, self.exchange, self.warp_operation, self.warp_operation,
                      self.shared_atomics, self.copy_async]
            if c.in_loop < 2:
                found += [self.diverge, self.repeat]
        if scope.kind in ("cta", "warps"):
            found += [self.shuffle, self.shuffle, self.elect]
            if scope.warps > 1 and not c.in_loop:
                found += [self.specialise]
        if scope.kind == "cta" and not c.in_loop:
            if shape.cluster_size > 1:
                found += [self.exchange_cluster] * 6
            if shape.ctas > 1:
                found += [self.exchange_grid] * 2
            if shape.warps > 1:
                found += [self.produce_and_consume] * 2
        return found

    def compute(self, state, scope):
        c, r = self.code, self.code.random
        a, b, f = state
        for _ in range(r.randint(1, 4)):
            kind = r.randrange(8)
            if kind < 3:
                a, b = c.binary(r.choice(list(INTEGER_OPS)), a, b), a
                a = c.add(a, r.randrange(1000))
            elif kind == 3:
                a = c.binary(r.choice(["arith.shli", "arith.shrui", "arith.shrsi"]), a, c.binary("arith.andi", b, 31))
                a = c.add(a, self.global_id)
            elif kind == 4:
                b = c.binary(r.choice(["arith.divui", "arith.remui"]), a, c.binary("arith.ori", b, 1))
            elif kind == 5:
                condition = c.compare(r.choice(["eq", "ne", "slt", "sge", "ult", "uge"]), a, b)
                a, b = c.add(c.select(condition, a, b), self.tid), a
            elif kind == 6:
                g = c.to_float(c.binary("arith.andi", a, 2047), "f32")
                h = c.constant(r.randint(-999, 999) / 1024, "f32")
                f = self.clamp(c.fma(f, h, g) if r.random() < 0.5 else c.binary(
                    r.choice(["arith.addf", "arith.subf", "arith.mulf", "arith.minimumf", "arith.maximumf"]), f, g))
            else:
                x = self.payload([a, b, f], *self.pick_type())
                a = self.absorb(a, x)
        return [a, b, f]

    def exchange(self, state, scope):
        c, r = self.code, self.code.random
        domain = self.domain(scope)
        element, width = self.pick_type()
        size = SIZES[element] * max(width, 1)
        stride = size + (r.choice([0, 0, 1, 2]) * SIZES[element] if width else 0)
        array = self.shared(stride * (32 * self.shape.warps))
        cell = lambda i: c.at(array, c.multiply(c.add(domain.base, i), stride))
        a, rounds, label = state[0], r.choice([1, 1, 2]), None
        for i in range(rounds):
            align = self.pick_alignment(stride, element)
            c.store(self.payload([a, *state[1:]], element, width), cell(domain.index), align, label)
            label = c.label()
            domain.meet(label)
            read, read_width = self.read_type(element, width)
            align = self.pick_alignment(stride, read)
            for _ in range(r.choice([1, 1, 2])):
                place = self.partner(domain.index, domain.size)
                a = self.absorb(a, c.load(cell(place), read, read_width, align, label))
            if i + 1 < rounds or c.in_loop:
                label = c.label()
                domain.meet(label)
        return [a, *state[1:]]

    def warp_operation(self, state, scope):
        """Votes, matches and reductions, and shuffles from one lane, of the lanes that are here."""
        c, r = self.code, self.code.random
        a, b, f = state
        mask = scope.mask
        for _ in range(r.randint(1, 2)):
            kind = r.choice(["ballot", "vote", "any", "all", "redux", "redux", "shuffle"])
            condition = c.compare("ult", c.remainder(a, 7), r.randint(0, 7))
            if kind == "ballot":
                a = self.absorb(a, self.ballot(mask, condition))
            elif kind == "vote":
                mode = r.choice(["any", "all", "uni"])
                data = self.over_lanes(mask, condition.data, {
                    "any": np.any, "all": np.all, "uni": lambda x: x.all() or not x.any()}[mode])
                x = c.define(f"nvvm.vote.sync {mode} {mask.name}, {condition.name} -> i1", "i1", data.astype(bool))
                a = self.absorb(a, x)
            elif kind == "any":
                key = c.remainder(b, r.randint(1, 9))
                data = c.every(0).copy()
                for cta, lanes in self.groups(mask):
                    keys = key.data[cta, lanes]
                    bits = np.uint32(1) << (lanes % 32).astype(np.uint32)
                    data[cta, lanes] = [bits[keys == k].sum(dtype=np.uint32).astype(np.int32) for k in keys]
                a = self.absorb(a, c.define(f"nvvm.match.sync any {mask.name}, {key.name} : i32 -> i32", "i32", data))
            elif kind == "all":
                key = c.remainder(b, r.choice([1, 1, 2]))
                equal = self.over_lanes(mask, key.data, lambda x: (x == x[0]).all()).astype(bool)
                pair = c.define(f"nvvm.match.sync all {mask.name}, {key.name} : i32 -> !llvm.struct<(i32, i1)>", "i32",
                                None)
                x = c.define(f"llvm.extractvalue {pair.name}[0] : !llvm.struct<(i32, i1)>", "i32",
                             np.where(equal, mask.data, 0).astype(np.int32))
                p = c.define(f"llvm.extractvalue {pair.name}[1] : !llvm.struct<(i32, i1)>", "i1", equal)
                a = self.absorb(self.absorb(a, x), p)
            elif kind == "redux":
                mode = r.choice(["add", "min", "max", "umin", "umax", "and", "or", "xor"])
                ufunc = {"add": np.add, "min": np.minimum, "max": np.maximum, "umin": np.minimum, "umax": np.maximum,
                         "and": np.bitwise_and, "or": np.bitwise_or, "xor": np.bitwise_xor}[mode]
                numbers = unsigned(np.ascontiguousarray(a.data)) if mode[0] == "u" else a.data
                data = self.over_lanes(mask, numbers, lambda x: ufunc.reduce(x, dtype=x.dtype)).astype(np.uint32)
                x = c.define(f"nvvm.redux.sync {mode} {a.name}, {mask.name} : i32 -> i32", "i32", data.view(np.int32))
                a = self.absorb(a, c.add(x, self.lane))
            else:
                # Masks that differ from lane to lane have one lane in common: the lowest.
                source = c.intrinsic("cttz", mask, lowest_bit)
                place = np.minimum(self.warp.data * 32 + source.data, self.shape.threads - 1)
                type, x = r.choice([("i32", a), ("f32", f)])
                data = np.take_along_axis(x.data, place, 1)
                x = c.define(f"nvvm.shfl.sync idx {mask.name}, {x.name}, {source.name}, {c.constant(31).name}"
                             f" : {type} -> {type}", type, data)
                a = self.absorb(a, x)
        return [a, b, f]

    def groups(self, mask):
        """The CTA and the threads of each set of lanes that act together."""
        c = self.code
        for cta in range(self.shape.ctas):
            for warp in range(self.shape.warps):
                threads = np.arange(32 * warp, min(32 * warp + 32, self.shape.threads))
                threads = threads[c.active[cta, threads]]
                if len(threads):
                    yield cta, threads

    def over_lanes(self, mask, numbers, function):
        """function(numbers of the lanes) in each of them."""
        data = np.zeros(self.code.active.shape, numbers.dtype if numbers.dtype != bool else np.int32)
        for cta, lanes in self.groups(mask):
            data[cta, lanes] = function(numbers[cta, lanes])
        return data

    def ballot(self, mask, condition):
        bits = np.where(condition.data, np.uint32(1) << (self.lane.data & 31).astype(np.uint32), np.uint32(0))
        data = self.over_lanes(mask, bits, lambda x: x.sum(dtype=np.uint32)).view(np.int32)
        return self.code.define(f"nvvm.vote.sync ballot {mask.name}, {condition.name} -> i32", "i32", data)

    def shuffle(self, state, scope):
        """All modes in whole warps, within segments that the last warp has in full."""
        c, r = self.code, self.code.random
        a, b, f = state
        most = 32
        while self.shape.threads % most:
            most //= 2
        segment = r.choice([s for s in (1, 2, 4, 8, 16, 32) if s <= most])
        mode = r.choice(["up", "down", "bfly", "idx"])
        step = c.constant(r.randrange(segment)) if r.random() < 0.5 else None
        if step is None:
            # Which may differ from lane to lane.
            step = c.binary("arith.andi", b, segment - 1) if mode != "bfly" else c.constant(segment - 1)
        lane, low = self.lane.data, self.lane.data & ~(segment - 1)
        source = {"up": lane - step.data, "down": lane + step.data, "bfly": lane ^ step.data,
                  "idx": low | step.data & (segment - 1)}[mode]
        valid = (source >= low) & (source < low + segment)
        source = np.where(valid, source, lane)
        x = r.choice([a, f])
        data = np.take_along_axis(x.data, np.minimum(self.warp.data * 32 + source, self.shape.threads - 1), 1)
        clamp = c.constant((32 - segment) << 8 | (0 if mode == "up" else 31))
        if most == 32 == segment and r.random() < 0.3:
            gpu_mode = "xor" if mode == "bfly" else mode
            name, p = c.name(), c.name()
            c.line(f"{name}, {p} = gpu.shuffle {gpu_mode} {x.name}, {step.name}, {c.constant(32).name} : {x.element}")
            return [self.absorb(a, Value(name, x.element, 0, data)), b, f]
        text = f"nvvm.shfl.sync {mode} {scope.mask.name}, {x.name}, {step.name}, {clamp.name}"
        if r.random() < 0.5:
            return [self.absorb(a, c.define(f"{text} : {x.element} -> {x.element}", x.element, data)), b, f]
        struct = f"!llvm.struct<({x.element}, i1)>"
        pair = c.define(f"{text} {{return_value_and_is_valid}} : {x.element} -> {struct}", x.element, None)
        y = c.define(f"llvm.extractvalue {pair.name}[0] : {struct}", x.element, data)
        p = c.define(f"llvm.extractvalue {pair.name}[1] : {struct}", "i1", valid)
        return [self.absorb(self.absorb(a, y), p), b, f]

    def elect(self, state, scope):
        """One lane of each warp, whichever, writes what all of them know."""
        c = self.code
        array = self.shared(4 * self.shape.warps)
        place = c.at(array, c.multiply(self.warp, 4))
        leader = c.define(f"nvvm.elect.sync {scope.mask.name} -> i1", "i1",
                          self.lane.data == 0)
        number = c.add(c.multiply(self.warp, c.random.randrange(100)), self.cta)
        with c.only(leader):
            c.store(number, place, 4)
        label = c.label()
        self.meet_lanes(scope.mask)(label)
        a = self.absorb(state[0], c.load(place, "i32", 0, 4, label))
        if c.in_loop:
            self.meet_lanes(scope.mask)(None)
        return [a, *state[1:]]

    def diverge(self, state, scope):
        """A branch on something that differs from lane to lane; the lanes on each side know each other."""
        c, r = self.code, self.code.random
        number = r.choice([state[0], self.lane])
        condition = c.compare(r.choice(["ult", "uge"]), c.remainder(number, r.randint(2, 9)), r.randint(1, 3))
        mask = self.ballot(scope.mask, condition)
        other = c.binary("arith.xori", mask, scope.mask)
        inside = lambda mask: lambda: self.steps(state, Scope("lanes", mask=mask), r.randint(1, 2))
        state = c.branch(condition, inside(mask), (lambda: state) if r.random() < 0.3 else inside(other))
        if c.in_loop:
            # In the next iteration other lanes use the cells.
            self.meet_lanes(scope.mask)(None)
        return state

    def specialise(self, state, scope):
        """Some warps do one thing, the others another."""
        c, r = self.code, self.code.random
        count = r.randrange(1, scope.warps)
        parts = Scope("warps", scope.first, count, scope.mask), Scope("warps", scope.first + count, scope.warps - count,
                                                                      scope.mask)
        sides = [lambda part=part: self.steps(state, part, r.randint(1, 2)) for part in parts]
        return c.branch(c.compare("ult", self.warp, scope.first + count), *sides)

    def repeat(self, state, scope):
        """A loop: as often for all, or as often as each thread likes, and then each for itself."""
        c, r = self.code, self.code.random
        alone = scope.kind == "lanes" or r.random() < 0.4
        if alone:
            trips = c.remainder(r.choice([state[0], self.lane]), r.randint(2, 6))
            inside = Scope("thread")
        elif r.random() < 0.5:
            trips, inside = c.constant(r.randint(0, 4)), scope
        else:
            trips, inside = c.remainder(c.add(self.cta, r.randint(0, 3)), r.randint(2, 4)), scope
        count = r.randint(1, 2)

        def body(i, values):
            a, b, f = values
            return self.steps([c.add(a, i), b, f], inside, count)

        return c.loop(trips, state, body)

    def local_array(self, state, scope):
        """Numbers in local memory, at places that depend on numbers."""
        c, r = self.code, self.code.random
        a, b, f = state
        count, element = r.choice([4, 8, 16]), r.choice(["i8", "i16", "i32", "f32"])
        size, key = SIZES[element], c.label()
        name = f"%l{key}"
        if key not in self.arrays:
            length = c.constant(count)
            self.head(f"{name} = llvm.alloca {length.name} x {element} {{alignment = 16 : i64}} : (i32) -> !llvm.ptr")
            self.arrays[key] = Pointer(name, 0, Buffer(self.shape.ctas * self.shape.threads, count * size), c.thread,
                                       c.every(0))
        array = self.arrays[key]
        cell = lambda i: c.at(array, c.multiply(i, size))

        def fill(i, values):
            c.store(self.payload([c.add(a, i), c.multiply(b, i), f], element, 0), cell(i), size)
            return values

        c.loop(c.constant(count), [], fill)
        for number in (a, b):
            c.store(self.payload([b, a, f], element, 0), cell(c.remainder(number, count)), size)
        return [self.absorb(self.absorb(a, c.load(cell(c.remainder(b, count)), element, 0, size)),
                            c.load(cell(c.remainder(self.tid, count)), element, 0, size)), b, f]

    def read_global(self, state, scope):
        """Reads the input, or what the launch before has written."""
        c, r = self.code, self.code.random
        pointer, words = r.choice([(self.input, INPUT_WORDS), (self.prior, self.prior_words)])
        element, width = r.choice(["i8", "i16", "i32"]), r.choice([0, 2, 4, 8])
        size = SIZES[element] * max(width, 1)
        if words * 4 < size:
            return state
        place = c.multiply(c.remainder(state[r.randrange(2)], words * 4 // size), size)
        x = c.load(c.at(pointer, place), element, width, self.pick_alignment(size, element))
        return [self.absorb(state[0], x), *state[1:]]

    def count(self, state, scope):
        """Atomics in global memory, of all CTAs. Each place has one operation, so that their order does not matter."""
        c, r = self.code, self.code.random
        place = r.randrange(COUNTERS)
        ops = ["add", "max", "umax", "_xor", "_or", "min", "umin", "add"]
        pointer = c.at(self.zeros, c.constant(4 * (self.zero_base + place)))
        c.atomic(ops[place], pointer, state[r.randrange(2)], "device")
        return state

    def shared_atomics(self, state, scope):
        c, r = self.code, self.code.random
        domain = self.domain(scope)
        array = self.shared(4 * 32 * self.shape.warps)
        cell = lambda i: c.at(array, c.multiply(c.add(domain.base, i), 4))
        c.store(state[1], cell(domain.index), 4)
        label = c.label()
        domain.meet(label)
        op = r.choice(list(ATOMICS))
        size = c.binary("arith.minsi", domain.size, c.constant(r.randint(1, 32)))
        for number in state[:r.randint(1, 2)]:
            c.atomic(op, cell(c.remainder(number, size)), state[0], "block", label)
        label = c.label()
        domain.meet(label)
        a = self.absorb(state[0], c.load(cell(self.partner(domain.index, domain.size)), "i32", 0, 4, label))
        if c.in_loop:
            domain.meet(None)
        return [a, *state[1:]]

    def call(self, state, scope):
        """A function of the module."""
        return self.functions.call(self, state)

    def copy_async(self, state, scope):
        """Each thread copies into its cells by cp.async, in groups, and reads them as they land; then others'."""
        c, r = self.code, self.code.random
        domain = self.domain(scope)
        size, stages = r.choice([4, 8, 16]), r.randint(1, 3)
        array = self.shared(size * stages * 32 * self.shape.warps)
        cell = lambda stage, i: c.at(array, c.multiply(c.add(c.multiply(c.add(domain.base, i), stages), stage), size))
        a = state[0]
        for stage in range(stages):
            place = c.multiply(c.remainder(c.add(a, stage), INPUT_WORDS * 4 // size), size)
            c.copy_async(cell(c.constant(stage), domain.index), c.at(self.input, place), size)
            c.line("nvvm.cp.async.commit.group")
        for stage in range(stages):
            label = c.label()
            c.line(f"nvvm.cp.async.wait.group {stages - 1 - stage}", label)
            # Without it the thread reads what its copy may not have written.
            if c.active.any():
                c.certain.add(label)
            a = self.absorb(a, c.load(cell(c.constant(stage), domain.index), "i32", size // 4 if size > 4 else 0, 4))
        label = c.label()
        domain.meet(label)
        place = cell(c.constant(r.randrange(stages)), self.partner(domain.index, domain.size))
        a = self.absorb(a, c.load(place, "i32", 0, 4, label))
        if c.in_loop:
            domain.meet(None)
        return [a, *state[1:]]

    def exchange_cluster(self, state, scope):
        """Through shared memory of other CTAs of the cluster: written there, or read from there."""
        c, r, shape = self.code, self.code.random, self.shape
        element, width = self.pick_type()
        size = SIZES[element] * max(width, 1)
        array = self.shared(size * shape.threads)
        align = self.pick_alignment(size, element)
        x = self.payload(state, element, width)
        rank = self.register("cluster.ctarank", c.every(self.code.rank_of_cta[:, None]))
        peer = c.remainder(c.add(rank, r.randint(1, 3)), shape.cluster_size)
        mine = c.at(array, c.multiply(self.tid, size))

        def remote(pointer):
            name = c.name()
            c.line(f"{name} = nvvm.mapa {pointer.name}, {peer.name} : !llvm.ptr<3> -> !llvm.ptr<7>")
            copy = np.take_along_axis(c.cta_of_rank, peer.data, 1)
            return Pointer(name, 7, pointer.buffer, copy, pointer.offset)

        theirs = c.at(array, c.multiply(self.partner(self.tid, c.constant(shape.threads)), size))
        writes = r.random() < 0.5
        if writes:
            self.meet_cluster(None)
        c.store(x, remote(mine) if writes else mine, align)
        label = c.label()
        self.meet_cluster(label)
        y = c.load(theirs if writes else remote(theirs), element, width, align, label)
        return [self.absorb(state[0], y), *state[1:]]

    def exchange_grid(self, state, scope):
        """Through global memory between CTAs that wait for each other: by a flag each, or by a count of all."""
        c, r, shape = self.code, self.code.random, self.shape
        element, width = self.pick_type()
        size = SIZES[element] * max(width, 1)
        start = -(-self.scratch_used // 16) * 16
        end = start + size * shape.ctas * shape.threads
        flags = 1 if r.random() < 0.5 else shape.ctas
        if end > self.scratch.bytes.shape[1] or self.flags + flags > FLAGS:
            return state
        base = c.at(Pointer("%scratch", 1, self.scratch, c.every(0), c.every(0)), c.constant(start))
        first_flag = self.zero_base + COUNTERS + self.flags
        self.scratch_used, self.flags = end, self.flags + flags
        align = self.pick_alignment(size, element)
        c.store(self.payload(state, element, width), c.at(base, c.multiply(self.global_id, size)), align)
        peer = c.remainder(c.add(self.cta, r.randint(1, shape.ctas - 1)), shape.ctas)
        release, acquire, before, after = (c.label() for _ in range(4))
        one = c.constant(1)
        ptr = "!llvm.ptr<1>"
        first = c.compare("eq", self.tid, 0)
        c.line("gpu.barrier", before)
        with c.only(first):
            if flags == 1:
                flag = c.at(self.zeros, c.constant(4 * first_flag))
                self.zeros.buffer.bytes.view(np.int32)[0, first_flag] = shape.ctas
                # An atomicrmw is relaxed on this target, whatever it says.
                c.line(r.choice(['llvm.fence syncscope("device") release', 'llvm.fence syncscope("device") acq_rel',
                                 "nvvm.memory.barrier #nvvm.mem_scope<gpu>"]), release)
                c.line(f'{c.name()} = llvm.atomicrmw add {flag.name}, {one.name} syncscope("device") monotonic : {ptr}, i32')
                expected = shape.ctas
            else:
                place = lambda cta: c.at(self.zeros, c.add(c.multiply(cta, 4), c.constant(4 * first_flag)))
                flag = place(self.cta)
                self.zeros.buffer.bytes.view(np.int32)[0, first_flag:first_flag + flags] = 1
                text = f'llvm.store {one.name}, {flag.name} atomic syncscope("device") ORDER {{alignment = 4 : i64}} : i32, {ptr}'
                c.line(text.replace("ORDER", "release"), release, text.replace("ORDER", "monotonic"))
                flag, expected = place(peer), 1
            state_name, again = c.name(), c.name()
            load = f'  {state_name} = llvm.load {flag.name} atomic syncscope("device") ORDER {{alignment = 4 : i64}} : {ptr} -> i32'
            c.line("scf.while : () -> () {")
            c.line(load.replace("ORDER", "acquire"), acquire, load.replace("ORDER", "monotonic"))
            c.line(f"  {again} = arith.cmpi slt, {state_name}, {c.constant(expected).name} : i32")
            for text in (f"  scf.condition({again})", "} do {", "  scf.yield", "}"):
                c.line(text)
        c.line("gpu.barrier", after)
        partner = self.partner(self.tid, c.constant(shape.threads))
        place = c.add(c.multiply(peer, shape.threads), partner)
        y = c.load(c.at(base, c.multiply(place, size)), element, width, align, release)
        c.certain.update({release, acquire})
        if shape.threads > 1:
            c.certain.add(after)
            # Thread 0 says so although another thread, whose number is read, may not be done.
            if (partner.data != 0).any():
                c.certain.add(before)
        return [self.absorb(state[0], y), *state[1:]]

    def produce_and_consume(self, state, scope):
        """Some warps write rows, the others read them, by a ring of slots that are full or free."""
        c, r, shape = self.code, self.code.random, self.shape
        a, b, f = state
        makers = 32 * r.randrange(1, shape.warps)
        takers = shape.threads - makers
        rounds, slots = r.randint(1, 4), r.choice([1, 2])
        # In the interpreter, which runs the makers first, every row has a slot of its own.
        declared = self.shared(4 * makers * slots)
        ring = dataclasses.replace(declared, buffer=Buffer(shape.ctas, 4 * makers * rounds))
        barriers = self.shared(16 * slots)
        trips = c.constant(rounds)
        with c.only(c.compare("eq", self.tid, 0)):
            for slot in range(slots):
                for which, count in ((0, makers), (8, takers)):
                    at = c.at(barriers, c.constant(16 * slot + which))
                    c.line(f"nvvm.mbarrier.init {at.name}, {c.constant(count).name} : !llvm.ptr<3>, i32")
        c.line("gpu.barrier")
        ticks, full_label, free_label = c.constant(1000000), c.label(), c.label()

        def place(i, cell):
            slot = c.remainder(i, slots)
            row = c.at(ring, c.multiply(c.add(c.multiply(slot, makers), cell), 4))
            row.offset = 4 * (i.data * makers + cell.data)
            full = c.at(barriers, c.multiply(slot, 16))
            free = c.at(full, c.constant(8))
            parity = c.binary("arith.andi", c.binary("arith.divui", i, slots), 1)
            return row, full, free, parity

        def wait(barrier, parity, label):
            c.line(f"nvvm.mbarrier.try_wait.parity {barrier.name}, {parity.name}, {ticks.name} : !llvm.ptr<3>, i32, i32",
                   label)

        def arrive(barrier):
            c.line(f"{c.name()} = nvvm.mbarrier.arrive {barrier.name} : !llvm.ptr<3> -> i64")

        def make(i, values):
            row, full, free, parity = place(i, self.tid)
            # Before the first row nobody has to free the slot: parity 1 counts as over.
            wait(free, c.binary("arith.xori", parity, 1), free_label)
            c.store(c.add(c.multiply(a, 5), i), row, 4)
            arrive(full)
            return values

        def take(i, values):
            row, full, free, parity = place(i, c.remainder(c.multiply(c.binary("arith.subi", self.tid, makers), pick), makers))
            wait(full, parity, full_label)
            x = c.load(row, "i32", 0, 4, full_label)
            arrive(free)
            return [self.absorb(values[0], x)]

        pick = r.randint(1, 9)
        if rounds > slots:
            # A row is written over what some thread may still have to read.
            c.certain.add(free_label)

        def makers_side():
            c.loop(trips, [], make)
            return [a]

        return [*c.branch(c.compare("ult", self.tid, makers), makers_side, lambda: c.loop(trips, [a], take)), b, f]

    # The text of the kernel.

    def text(self, without=None):
        shape = self.shape
        read_only = " {llvm.noalias, llvm.readonly}" if self.is_read_only else ""
        attributions = f"\n    workgroup({', '.join(self.attributions)})" if self.attributions else ""
        known = f"\n    attributes {{known_block_size = array<i32: {', '.join(map(str, shape.block))}>}}"
        lines = [f"gpu.func @{self.name}(%in: !llvm.ptr<1>{read_only}, %prior: !llvm.ptr<1>, %out: !llvm.ptr<1>, "
                 f"%scratch: !llvm.ptr<1>, %zeros: !llvm.ptr<1>){attributions} kernel{known if self.known_size else ''} {{"]
        lines += ["  " + line for line in self.code.render(without)]
        return "\n".join([*self.globals, *lines, "  gpu.return", "}"])


class Functions:
    """The device functions of a module: random arithmetic, some of which is never inlined."""

    def __init__(self, seed, count=4):
        r = random.Random(seed)
        self.seeds = [r.getrandbits(32) for _ in range(count)]
        self.texts = {}

    def call(self, kernel, state):
        c = kernel.code
        which = c.random.randrange(len(self.seeds))
        saved = c.random, c.lines, c.header, c.constants, c.names, kernel.tid, kernel.global_id
        c.random = random.Random(self.seeds[which])
        c.lines, c.header, c.constants, c.names = [], [], {}, 0
        arguments = [dataclasses.replace(v, name=f"%a{i}") for i, v in enumerate(state)]
        # It knows its arguments alone.
        kernel.tid, kernel.global_id = arguments[1], arguments[0]
        values = kernel.compute(arguments, Scope("thread"))
        types = ", ".join(v.type for v in state)
        body = [line.text for line in c.header + c.lines]
        inline = "alwaysinline" if which % 4 == 3 else "noinline"
        self.texts[which] = "\n".join([
            f"func.func private @f{which}({', '.join(f'{v.name}: {v.type}' for v in arguments)}) -> ({types})",
            f'    attributes {{passthrough = ["{inline}"], llvm.linkage = #llvm.linkage<internal>}} {{',
            *("  " + line for line in body),
            f"  return {', '.join(v.name for v in values)} : {types}", "}"])
        c.random, c.lines, c.header, c.constants, c.names, kernel.tid, kernel.global_id = saved
        name = c.name()
        c.line(f"{name}:3 = func.call @f{which}({', '.join(v.name for v in state)}) : ({types}) -> ({types})")
        return [Value(f"{name}#{i}", v.element, 0, v.data) for i, v in enumerate(values)]
