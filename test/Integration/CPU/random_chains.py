"""Random chains of connections, to be differentiated.

Connections of all kinds, with sublayers that are calls, ops written out, functions with a gradient of their
own, the identity, or read the streams too; connections in functions of their own; values that are results as
well; pins; expand and heads around. Differentiation must succeed on all of them.
"""
import random

import harness as h

KINDS = ("v4", "paper", "few", "hc", "hc", "hc-layer", "hc-static", "identity", "delayed", "residual")
HIDDEN = (7, 8, 16, 31, 32, 33, 64, 96)
TYPES = ("bf16", "bf16", "f16", "f32", "f64")
SUBLAYERS = ("linear", "linear", "gain", "gain", "own", "same", "given", "streams", "two", "before")
PINS = ("keep", "recompute", "given", "stage")
V4_SINKHORN = "#mhc.sinkhorn<iterations = 20, eps = 1.0e-6, start = softmax>"
GATES = "gates = <pre_eps = 1.0e-6, post_mult = 2.0>"
VARIANTS = {
    "v4": f"#mhc.variant<mhc, layout = in_out, {GATES}, sinkhorn = {V4_SINKHORN}>",
    "delayed": f"#mhc.variant<mhc, layout = in_out, {GATES}, sinkhorn = {V4_SINKHORN}>",
    "paper": "#mhc.variant<mhc, layout = out_in, gates = <post_mult = 2.0>, "
             "sinkhorn = #mhc.sinkhorn<iterations = 20, eps = 0.0, start = exp>>",
    "few": f"#mhc.variant<mhc, norm = layer, layout = in_out, {GATES}, "
           "sinkhorn = #mhc.sinkhorn<iterations = 1, eps = 1.0e-6, start = softmax>>",
    "identity": f"#mhc.variant<mhc, {GATES}>",
    "hc": "#mhc.variant<hc>",
    "hc-layer": "#mhc.variant<hc, norm = layer>",
    "hc-static": "#mhc.variant<hc>",
    "residual": "#mhc.variant<residual>",
}


def iterators(parallel, reductions=0):
    return ", ".join(['"parallel"'] * parallel + ['"reduction"'] * reductions)


class Chain:
    """The text of @model, the specs of its arguments, and numbers of tokens to run it with."""

    def __init__(self, seed, length=5, **fixed):
        self.random = r = random.Random(f"chain {seed}")
        choose = lambda key, values: fixed.get(key) or r.choice(values)
        self.rows = choose("rows", TYPES)
        self.e = h.coefficients_of(self.rows)
        self.kind = choose("kind", KINDS)
        self.n = 1 if self.kind == "residual" else choose("streams", (1, 2, 3, 4, 4, 4, 5))
        self.c = choose("hidden", HIDDEN)
        self.length = r.randint(1, length)
        self.has_pins = fixed.get("pins", r.random() < 0.4)
        # Token dimensions: None for a dynamic one.
        self.dims = r.choice([(None,), (None,), (None,), (5,), (None, None), (2, None), (None, 3)])
        counts = r.choice(([7, 0, 1], [3], [1], [11, 0], [6]))
        self.tokens = [tuple(self.size(t, i) for i, d in enumerate(self.dims) if d is None) for t in counts]
        if None not in self.dims:
            self.tokens = [()]
        self.arguments, self.inputs, self.lines, self.functions = [], [], [], {}
        self.count, self.results, self.of_row = 0, [], {}
        self.build()

    def size(self, count, i):
        return count if i == 0 or count == 0 else 1 + count % 3

    # Pieces

    def type(self, *shape, element=None, tokens=True):
        return h.tensor(((*self.dims,) if tokens else ()) + shape, element or self.rows)

    def argument(self, kind, spec):
        name = f"%a{len(self.arguments)}"
        self.arguments.append((name, kind))
        self.inputs.append(spec)
        return name

    def seed(self):
        return f"random:{len(self.inputs) + 1}"

    def row_argument(self):
        return self.argument(self.type(self.c), self.seed())

    def weight(self, *shape, spec=None, element=None):
        return self.argument(self.type(*shape, element=element or self.e, tokens=False), spec or self.seed())

    def fresh(self):
        self.count += 1
        return f"%v{self.count}"

    def op(self, text):
        name = self.fresh()
        self.lines.append(f"  {name} = {text}")
        return name

    def pin(self, value, kind, among=PINS):
        if not self.has_pins or self.random.random() > 0.35:
            return value
        return self.op(f"mhc.pin {self.random.choice(among)} {value} : {kind}")

    def sizes(self, value, kind):
        """The dynamic sizes of tokens as operands."""
        names = []
        for i, d in enumerate(self.dims):
            if d is None:
                index = self.op(f"arith.constant {i} : index")
                names.append(self.op(f"tensor.dim {value}, {index} : {kind}"))
        return ", ".join(names)

    def elementwise(self, value, body, others=()):
        """A linalg.generic over rows; `others` are (value, type, is a column)."""
        row = self.type(self.c)
        dims = [f"d{i}" for i in range(len(self.dims) + 1)]
        full = f"affine_map<({', '.join(dims)}) -> ({', '.join(dims)})>"
        column = f"affine_map<({', '.join(dims)}) -> ({dims[-1]})>"
        maps = [full] + [column if c else full for _, _, c in others] + [full]
        empty = self.op(f"tensor.empty({self.sizes(value, row)}) : {row}")
        blocks = [f"%x: {self.rows}"] + [f"%x{i}: {self.e if c else self.rows}" for i, (_, _, c) in enumerate(others)]
        lines = [f"linalg.generic {{indexing_maps = [{', '.join(maps)}], iterator_types = "
                 f"[{iterators(len(dims))}]}} ins({', '.join([value] + [o for o, _, _ in others])} : "
                 f"{', '.join([row] + [t for _, t, _ in others])}) outs({empty} : {row}) {{",
                 f"  ^bb0({', '.join(blocks)}, %o: {self.rows}):"]
        wide = lambda v: ([], v) if self.rows == self.e else ([f"    {v}w = arith.extf {v} : {self.rows} to {self.e}"], v + "w")
        extend, x = wide("%x")
        lines += extend
        names = []
        for i, (_, _, is_column) in enumerate(others):
            more, name = ([], f"%x{i}") if is_column else wide(f"%x{i}")
            lines += more
            names.append(name)
        lines += ["    " + line for line in body(x, names)]
        if self.rows == self.e:
            lines.append(f"    linalg.yield %y : {self.rows}")
        else:
            lines += [f"    %n = arith.truncf %y : {self.e} to {self.rows}", f"    linalg.yield %n : {self.rows}"]
        return self.op("\n  ".join(lines) + f"\n  }} -> {row}")

    def scaled(self, y, gain):
        return self.elementwise(y, lambda x, o: [f"%y = arith.mulf {x}, {o[0]} : {self.e}"],
                                [(gain, self.type(self.c, element=self.e, tokens=False), True)])

    def tanh(self, y):
        return self.elementwise(y, lambda x, o: [f"%y = math.tanh {x} : {self.e}"])

    def added(self, y, z):
        return self.elementwise(y, lambda x, o: [f"%y = arith.addf {x}, {o[0]} : {self.e}"], [(z, self.type(self.c), False)])

    def in_function(self, name, arguments, result, body, attributes=""):
        """A private function of what `body` writes."""
        if name not in self.functions:
            lines, self.lines = self.lines, []
            returned = body(*(f"%p{i}" for i in range(len(arguments))))
            types = ", ".join(result)
            text = "\n".join([f"func.func private @{name}({', '.join(f'%p{i}: {t}' for i, t in enumerate(arguments))}) -> "
                              f"({types}){attributes} {{", *self.lines, f"  return {', '.join(returned)} : {types}", "}"])
            self.lines = lines
            self.functions[name] = text
        return name

    def linear(self):
        """y times a matrix, then tanh."""
        row, matrix = self.type(self.c), self.type(self.c, self.c, tokens=False)
        wide = self.type(self.c, element=self.e)
        t = ", ".join(f"t{i}" for i in range(len(self.dims)))

        def body(y, w):
            zero = self.op(f"arith.constant 0.0 : {self.e}")
            empty = self.op(f"tensor.empty({self.sizes(y, row)}) : {wide}")
            zeros = self.op(f"linalg.fill ins({zero} : {self.e}) outs({empty} : {wide}) -> {wide}")
            spell = lambda d: f"affine_map<({t}, o, i) -> ({d})>"
            lines = [f"linalg.generic {{indexing_maps = [{spell(t + ', i')}, {spell('o, i')}, {spell(t + ', o')}], "
                     f"iterator_types = [{iterators(len(self.dims) + 1, 1)}]}} "
                     f"ins({y}, {w} : {row}, {matrix}) outs({zeros} : {wide}) {{",
                     f"  ^bb0(%a: {self.rows}, %b: {self.rows}, %s: {self.e}):"]
            a, b = "%a", "%b"
            if self.rows != self.e:
                lines += [f"    {v}w = arith.extf {v} : {self.rows} to {self.e}" for v in (a, b)]
                a, b = "%aw", "%bw"
            lines += [f"    %m = arith.mulf {a}, {b} : {self.e}", f"    %n = arith.addf %s, %m : {self.e}",
                      f"    linalg.yield %n : {self.e}"]
            sums = self.op("\n  ".join(lines) + f"\n  }} -> {wide}")
            dims = f"{t}, c"
            factor = self.op(f"arith.constant {self.c ** -0.5:.6f} : {self.e}")
            empty = self.op(f"tensor.empty({self.sizes(y, row)}) : {row}")
            lines = [f"linalg.generic {{indexing_maps = [affine_map<({dims}) -> ({dims})>, affine_map<({dims}) -> ({dims})>], "
                     f"iterator_types = [{iterators(len(self.dims) + 1)}]}} ins({sums} : {wide}) "
                     f"outs({empty} : {row}) {{", f"  ^bb0(%a: {self.e}, %o: {self.rows}):",
                     f"    %m = arith.mulf %a, {factor} : {self.e}", f"    %q = math.tanh %m : {self.e}"]
            lines += ([f"    %n = arith.truncf %q : {self.e} to {self.rows}", f"    linalg.yield %n : {self.rows}"]
                      if self.rows != self.e else [f"    linalg.yield %q : {self.e}"])
            return [self.op("\n  ".join(lines) + f"\n  }} -> {row}")]

        return self.in_function("linear", [row, matrix], [row], body)

    def own(self):
        """A function whose gradient is another function; what they compute is not each other's derivative, and need
        not be."""
        row, gain = self.type(self.c), self.type(self.c, element=self.e, tokens=False)
        self.in_function("own_gradient", [row, gain, row], [row, gain],
                         lambda y, g, d: [self.scaled(self.added(self.tanh(y), d), g), g])
        return self.in_function("own", [row, gain], [row], lambda y, g: [self.tanh(self.scaled(y, g))],
                                " attributes {mhc.gradient = @own_gradient}")

    # The chain

    def sublayer(self, kind, x, y):
        row, streams = self.type(self.c), self.type(*self.streams)
        if kind == "linear":
            w = self.weight(self.c, self.c, element=self.rows)
            matrix = self.type(self.c, self.c, tokens=False)
            return self.op(f"func.call @{self.linear()}({y}, {w}) : ({row}, {matrix}) -> {row}")
        if kind == "gain":
            return self.scaled(y, self.weight(self.c))
        if kind == "own":
            gain = self.type(self.c, element=self.e, tokens=False)
            return self.op(f"func.call @{self.own()}({y}, {self.weight(self.c)}) : ({row}, {gain}) -> {row}")
        if kind == "same":
            return y
        if kind == "given":
            return self.row_argument()
        if kind == "streams" and len(self.streams) == 2:
            z = self.op(f"mhc.reduce_streams mean {x} : {streams} to {row}")
            return self.added(self.tanh(y), z)
        if kind == "before" and self.all_streams and len(self.streams) == 2:
            old = self.random.choice(self.all_streams)
            z = self.op(f"mhc.reduce_streams mean {old} : {streams} to {row}")
            return self.added(y, z)
        return self.tanh(self.scaled(self.tanh(y), self.weight(self.c)))

    def weights(self):
        n, c, m = self.n, self.c, self.n * (self.n + 2)
        if self.kind == "residual":
            return {}
        if self.kind == "hc-static":
            return {"base": self.weight(n, n + 2)}
        if self.kind.startswith("hc"):
            return {"phi": self.weight(n + 2, c), "scale": self.weight(3, spec="full:0.4"), "base": self.weight(n, n + 2)}
        w = {"phi": self.weight(m, n * c), "scale": self.weight(3, spec=f"full:{0.7 / (n * c) ** 0.5:.5f}"),
             "base": self.weight(m)}
        if self.random.random() < 0.2:
            w["norm_weight"] = self.weight(n * c)
        return w

    def connection(self, x, pre_in):
        r, outside = self.random, self.lines
        row, streams = self.type(self.c), self.type(*self.streams)
        pre = self.type(self.n, element=self.e)
        w = self.weights()
        kinds = dict(self.arguments)
        y = self.fresh()
        self.lines = []
        inner = self.pin(y, row, ("keep", "recompute"))
        f = self.pin(self.sublayer(r.choice(SUBLAYERS), x, inner), row, ("keep", "recompute", "given"))
        body, self.lines = self.lines, outside
        operands = "".join(f" {k} {v}" for k, v in w.items()) + (f" pre_in {pre_in}" if pre_in else "")
        types = ", ".join([streams, *(kinds[v] for v in w.values())] + ([pre] if pre_in else []))
        result = f"({streams}, {pre})" if pre_in else streams
        name = self.fresh()
        text = [f"  {name}{':2' if pre_in else ''} = mhc.connection {VARIANTS[self.kind]} {x}{operands} : ({types}) -> "
                f"{result} sublayer({y}: {row}) {{", *("  " + line for line in body), f"    mhc.yield {f} : {row}", "  }"]
        self.lines += text
        return (f"{name}#0", f"{name}#1") if pre_in else (name, None)

    def build(self):
        r = self.random
        self.streams = (self.c,) if self.kind == "residual" and r.random() < 0.5 else (self.n, self.c)
        row, streams = self.type(self.c), self.type(*self.streams)
        has_streams = len(self.streams) == 2
        self.all_streams = []
        if has_streams and r.random() < 0.25:
            x = self.op(f"mhc.expand {self.row_argument()} : {row} to {streams}")
        else:
            x = self.argument(streams, self.seed())
        pre = self.argument(self.type(self.n, element=self.e), "full:0.5") if self.kind == "delayed" else None
        # By chance two branches from the same streams.
        forks = {r.randrange(self.length)} if r.random() < 0.2 else set()
        for i in range(self.length):
            x = self.pin(x, streams)
            self.all_streams.append(x)
            if i in forks:
                other, _ = self.connection(x, pre)
                self.results.append((other, streams))
            x, pre = self.connection(x, pre)
            if r.random() < 0.08 and i + 1 < self.length:
                self.results.append((x, streams))
        if has_streams and self.kind in ("v4", "paper", "few", "identity") and r.random() < 0.3:
            n, c = self.n, self.c
            w = [self.weight(n, n * c), self.weight(1, spec=f"full:{0.7 / (n * c) ** 0.5:.5f}"), self.weight(n)]
            kinds = dict(self.arguments)
            y = self.op(f"mhc.head {VARIANTS['identity']} {x} phi {w[0]} scale {w[1]} base {w[2]} : "
                        f"({', '.join([streams, *(kinds[v] for v in w)])}) -> {row}")
            self.results.append((self.tanh(y), row))
        elif has_streams and r.random() < 0.2:
            self.results.append((self.op(f"mhc.reduce_streams sum {x} : {streams} to {row}"), row))
        else:
            self.results.append((x, streams))
        if pre:
            self.results.append((pre, self.type(self.n, element=self.e)))

    def text(self):
        types = ", ".join(t for _, t in self.results)
        return "\n".join([*self.functions.values(),
                          f"func.func @model({', '.join(f'{n}: {t}' for n, t in self.arguments)}) -> ({types}) {{",
                          *self.lines, f"  return {', '.join(n for n, _ in self.results)} : {types}", "}"]) + "\n"
