"""Random programs of row and token ops for random_kernels.py, and what its kernels share with them.

A program is one function of arguments with and without token dimensions, whose token
dimensions are dynamic. It treats every token alone, apart from what it adds over tokens.
Magnitudes are guessed on the way, and squashed where they grow, so that most numbers
stay finite and no sum is all rounding.
"""
import dataclasses
import random

import harness as h

STREAMS = (1, 1, 2, 2, 2, 3, 3, 3, 4, 4, 4, 4, 4, 5, 5, 7, 8, 16)
HIDDEN = (1, 7, 31, 32, 33, 40, 64, 64, 100, 512, 1000)
TYPES = ("bf16", "bf16", "f16", "f32", "f32", "f64")
UNARY = ("arith.negf", "math.absf", "math.tanh", "math.exp", "math.sqrt", "math.sin", "math.erf", "math.log1p",
         "math.rsqrt")
BINARY = ("arith.addf", "arith.subf", "arith.mulf", "arith.maximumf", "arith.minimumf", "arith.divf")
SINKHORNS = ("#mhc.sinkhorn<iterations = 20, eps = 1.0e-6, start = softmax>",
             "#mhc.sinkhorn<iterations = 3, eps = 0.0, start = exp>",
             "#mhc.sinkhorn<iterations = 5, eps = 1.0e-3, start = exp, order = rows_columns>",
             "#mhc.sinkhorn<iterations = 1, eps = 1.0e-6, start = softmax>",
             "#mhc.sinkhorn<iterations = 0, eps = 0.0, start = exp>")
PRECISIONS = ("", "", "", " precision f32", " precision tf32", " precision bf16x2")


@dataclasses.dataclass
class Value:
    """A tensor, or what stands for it in a kernel: rows `[(n,) C]`, coefficients, weights or totals of `shape`."""
    name: str
    kind: str
    shape: tuple
    element: str
    size: float = 1.0
    tokens: bool = True
    used: bool = False


def vec(shape, element):
    return f"vector<{'x'.join(map(str, shape))}x{element}>" if shape else element


def is_wide(element):
    return element in ("f32", "f64")


class Generator:
    """What both kinds of programs share: sizes, arguments, and the text of their function."""

    def __init__(self, seed, **fixed):
        self.random = r = random.Random(f"program {seed}")
        self.rows = fixed.get("rows") or r.choice(TYPES)
        self.e = h.coefficients_of(self.rows)
        self.n = fixed.get("streams") or r.choice(STREAMS)
        self.c = fixed.get("hidden") or r.choice([c for c in HIDDEN if self.n * c <= 1100 or self.n <= 4 and c <= 512])
        self.rank = r.choice((1, 1, 1, 2))
        self.count, self.arguments, self.results, self.lines, self.functions = 0, [], [], [], []
        # Comparisons, and numbers that small errors make large: not held against the reference.
        self.is_smooth = True

    def fresh(self):
        self.count += 1
        return f"%v{self.count}"

    def type(self, value):
        return h.tensor(((None,) * self.rank if value.tokens else ()) + value.shape, value.element)

    def argument(self, kind, shape, element, size=1.0, tokens=True):
        value = Value(f"%a{len(self.arguments)}", kind, tuple(shape), element, size, tokens)
        self.arguments.append(value)
        return value

    def text(self, name="program"):
        """The function, and those that it calls."""
        arguments = ", ".join(f"{a.name}: {self.type(a)}" for a in self.arguments)
        types = ", ".join(self.type(v) for v in self.results)
        returned = ", ".join(v.name for v in self.results)
        sizes = []
        reference = next((a for a in self.arguments if a.tokens), None)
        for i in range(self.rank if reference else 0):
            sizes += [f"%i{i} = arith.constant {i} : index",
                      f"%T{i} = tensor.dim {reference.name}, %i{i} : {self.type(reference)}"]
        lines = [f"func.func private @{name}({arguments}) -> ({types}) attributes {{no_inline}} {{", *sizes,
                 *self.lines, f"return {returned} : {types}", "}"]
        return "\n".join(["\n".join(self.functions).replace("@callee", f"@{name}_callee"),
                          "\n".join(lines).replace("@callee", f"@{name}_callee")]) + "\n"


class RowProgram(Generator):
    """A program of row and token ops, elementwise ops and sums on tensors."""

    def __init__(self, seed, **fixed):
        super().__init__(seed, **fixed)
        r = self.random
        self.pool, self.weights = [], {}
        self.take(self.argument("row", (self.n, self.c), self.rows))
        self.take(self.argument("row", (self.c,), self.rows))
        if r.random() < 0.5:
            self.take(self.argument("row", (r.choice((self.n, self.n, 2)), self.c), r.choice((self.rows, self.e))))
        ops = [self.combine] * 6 + [self.aggregate] * 3 + [self.inner] * 3 + [self.project] * 3 + \
            [self.backproject] * 2 + [self.outer] * 2 + [self.gates] * 3 + [self.gates_grad] + [self.matrix] * 3 + \
            [self.rstd] * 2 + [self.expand, self.reduce_streams, self.unary, self.unary, self.binary, self.binary,
                               self.scale_rows, self.scale_rows, self.norm_weight, self.total, self.total,
                               self.sum_columns, self.convert, self.select] + [self.barrier] * 2
        wanted = fixed.get("ops") or r.choice((3, 6, 10, 16, 24))
        tries = 0
        while wanted > 0 and tries < 400:
            tries += 1
            if r.choice(ops)():
                wanted -= 1
        values = [v for v in self.pool if v.name.startswith("%v")]
        if not values:
            self.combine()
            values = [v for v in self.pool if v.name.startswith("%v")]
        self.results = [v for v in values if not v.used or r.random() < 0.25] or values[-1:]
        r.shuffle(self.results)

    # Pieces.

    def take(self, value):
        self.pool.append(value)
        return value

    def op(self, text, kind, shape, element, size=1.0, tokens=True):
        value = Value(self.fresh(), kind, tuple(shape), element, size, tokens)
        self.lines.append(f"{value.name} = {text}".replace("<result>", self.type(value)))
        return self.take(value)

    def use(self, *values):
        for value in values:
            value.used = True

    def squash(self, value, limit=4.0):
        if value.size <= limit:
            return value
        self.use(value)
        return self.op(f"math.tanh {value.name} : {self.type(value)}", value.kind, value.shape, value.element, 1.0,
                       value.tokens)

    def pick(self, kind, test=lambda v: True, tokens=True):
        found = [v for v in self.pool if v.kind == kind and test(v) and (v.tokens or not tokens)]
        # The last ones are the most interesting.
        return self.random.choice(found[-6:] if self.random.random() < 0.6 else found) if found else None

    def row(self, streams=None, element=None, limit=16.0):
        """A row with these streams (0: none; None: any)."""
        row = self.pick("row", lambda v: (streams is None or (v.shape[0] if len(v.shape) == 2 else 0) == streams)
                        and (element is None or v.element == element))
        if row is None and streams is not None:
            row = self.take(self.argument("row", ((streams,) if streams else ()) + (self.c,), element or self.rows))
        return row and self.squash(row, limit)

    def coefficients(self, shape, tokens=None, limit=4.0):
        """Coefficients of this shape; tokens: whether they must (True) have token dimensions."""
        r, shape = self.random, tuple(shape)
        found = self.pick("coef", lambda v: v.shape == shape and (not tokens or v.tokens), tokens=False)
        if found is None or r.random() < 0.15:
            has = True if tokens else r.random() < 0.75
            found = self.take(self.argument("coef", shape, self.e, 0.7, has))
        return self.squash(found, limit)

    def weight(self, shape, size):
        same = self.weights.setdefault(tuple(shape), [])
        if not same or self.random.random() < 0.3:
            same.append(self.argument("weight", shape, self.e, size, tokens=False))
        return self.random.choice(same)

    def typed(self, *values):
        return ", ".join(self.type(v) for v in values)

    def generic(self, ins, dims, out_shape, out_dims, reduced, body, element, kind, size, tokens=True, fill=False):
        """A linalg.generic; dims in letters, `t` stands for all token dimensions."""
        tokens_dims = "tu"[: self.rank]
        spell = lambda d: ", ".join(d.replace("t", tokens_dims))
        loops = spell(dims)
        maps = ", ".join(f"affine_map<({loops}) -> ({spell(d)})>" for _, d in ins + [(None, out_dims)])
        iterators = ", ".join('"reduction"' if d in reduced.replace("t", tokens_dims) else '"parallel"'
                              for d in dims.replace("t", tokens_dims))
        out = Value("", kind, tuple(out_shape), element, size, tokens)
        out_type = self.type(out)
        sizes = ", ".join(f"%T{i}" for i in range(self.rank)) if tokens else ""
        empty = self.fresh()
        self.lines.append(f"{empty} = tensor.empty({sizes}) : {out_type}")
        if fill:
            zero, filled = self.fresh(), self.fresh()
            self.lines += [f"{zero} = arith.constant 0.0 : {element}",
                           f"{filled} = linalg.fill ins({zero} : {element}) outs({empty} : {out_type}) -> {out_type}"]
            empty = filled
        operands = ", ".join(v.name for v, _ in ins)
        arguments = ", ".join(f"%x{i}: {v.element}" for i, (v, _) in enumerate(ins)) + f", %o: {element}"
        return self.op(f"linalg.generic {{indexing_maps = [{maps}], iterator_types = [{iterators}]}} "
                       f"ins({operands} : {self.typed(*(v for v, _ in ins))}) outs({empty} : {out_type}) {{\n"
                       f"^bb0({arguments}):\n  " + "\n  ".join(body) + "\n} -> <result>", kind, out_shape, element,
                       size, tokens)

    def widen(self, name, element, to):
        """Lines and a name of a number in the wider type."""
        if element == to:
            return [], name
        return [f"{name}w = arith.extf {name} : {element} to {to}"], name + "w"

    def narrow(self, name, element, to):
        if element == to:
            return [], name
        return [f"{name}n = arith.truncf {name} : {element} to {to}"], name + "n"

    # Row ops.

    def combine(self):
        r = self.random
        n = r.choice((self.n, self.n, self.n, 0, 2))
        terms, size = [], 0.0
        element = r.choice((self.rows,) * 4 + (self.e,))
        for _ in range(r.choice((1, 2, 2, 3, 4))):
            kind = r.choice(("f", "x", "scaled", "scaled", "by f", "by x", "by x", "transposed") if n else
                            ("f", "scaled"))
            streams = 0 if kind in ("f", "by f") or n == 0 else n
            if kind in ("by x", "transposed"):
                streams = r.choice((n, n, self.n))
            row = self.row(streams)
            if kind in ("f", "x"):
                terms.append((row, f"({row.name} : {self.type(row)})", ()))
                size += row.size
                continue
            if kind == "scaled":
                k = self.coefficients((n,) if n and r.random() < 0.4 else ())
                if k.shape and not k.tokens:
                    k = self.coefficients(())
            else:
                k = self.coefficients((n,) if kind == "by f" else (n, streams) if kind == "by x" else (streams, n))
            word = {"scaled": "scaled", "by f": "by", "by x": "by", "transposed": "by"}[kind]
            terms.append((row, f"({row.name} {word} {k.name}{' transposed' if kind == 'transposed' else ''} : "
                          f"{self.typed(row, k)})", (k,)))
            size += row.size * k.size * (streams ** 0.5 if kind in ("by x", "transposed") else 1)
        for row, _, k in terms:
            self.use(row, *k)
        shape = ((n,) if n else ()) + (self.c,)
        return self.op(f"mhc.combine {', '.join(t for _, t, _ in terms)} -> <result>", "row", shape, element, size)

    def aggregate(self):
        x = self.pick("row", lambda v: len(v.shape) == 2)
        if not x:
            return None
        x = self.squash(x, 16.0)
        pre = self.coefficients(x.shape[:1])
        self.use(x, pre)
        return self.op(f"mhc.aggregate {x.name}, {pre.name} : ({self.typed(x, pre)}) -> <result>", "row", (self.c,),
                       self.random.choice((self.rows, self.rows, self.e)), x.size * pre.size * x.shape[0] ** 0.5)

    def inner(self):
        a, b = self.row(), self.row()
        kind = self.random.choice(("", "each ", "whole ", "whole "))
        if self.random.random() < 0.4:
            b = a
        if kind and a.shape != b.shape or kind == "each " and len(a.shape) == 1:
            kind = ""
        shape = () if kind == "whole " else a.shape[:1] if kind else a.shape[:-1] + b.shape[:-1]
        self.use(a, b)
        size = a.size * b.size * self.c * (a.shape[0] if kind == "whole " else 1)
        return self.op(f"mhc.inner {kind}{a.name}, {b.name} : ({self.typed(a, b)}) -> <result>", "coef", shape, self.e,
                       size)

    def outputs(self):
        n = self.n
        m = self.random.choice((n, 2 * n, n * (n + 2), n * (n + 2), 1, 5))
        return m if m * n * self.c <= 100_000 else n

    def project(self):
        x = self.row()
        each = len(x.shape) == 2 and self.random.random() < 0.3
        m = self.random.choice((x.shape[0] + 2, 3)) if each else self.outputs()
        width = self.c if each or len(x.shape) == 1 else x.shape[0] * self.c
        phi = self.weight((m, width), width ** -0.5)
        operands, norm = [x, phi], ""
        if self.random.random() < 0.2:
            operands.append(self.weight((width,), 1.0))
            norm = f" norm_weight {operands[-1].name}"
        self.use(x)
        return self.op(f"mhc.project {'each ' if each else ''}{x.name} by {phi.name}{norm}"
                       f"{self.random.choice(PRECISIONS)} : ({self.typed(*operands)}) -> <result>", "coef",
                       ((x.shape[0],) if each else ()) + (m,), self.e, x.size)

    def backproject(self):
        r = self.random
        n = r.choice((self.n, self.n, 0))
        each = n and r.random() < 0.3
        m = r.choice((n + 2, 3)) if each else self.outputs()
        width = self.c if each or not n else n * self.c
        d = self.coefficients(((n,) if each else ()) + (m,), tokens=True)
        phi = self.weight((m, width), width ** -0.5)
        operands, norm = [d, phi], ""
        if r.random() < 0.2:
            operands.append(self.weight((width,), 1.0))
            norm = f" norm_weight {operands[-1].name}"
        self.use(d)
        return self.op(f"mhc.backproject {'each ' if each else ''}{d.name} by {phi.name}{norm}{r.choice(PRECISIONS)} : "
                       f"({self.typed(*operands)}) -> <result>", "row", ((n,) if n else ()) + (self.c,),
                       r.choice((self.rows, self.rows, self.e)), d.size * m ** 0.5 * width ** -0.5)

    def outer(self):
        x = self.row()
        each = len(x.shape) == 2 and self.random.random() < 0.3
        m = x.shape[0] + 2 if each else self.outputs()
        d = self.coefficients(((x.shape[0],) if each else ()) + (m,), tokens=True, limit=100.0)
        width = self.c if each or len(x.shape) == 1 else x.shape[0] * self.c
        self.use(x, d)
        return self.op(f"mhc.outer {'each ' if each else ''}{d.name} by {x.name}{self.random.choice(PRECISIONS)} : "
                       f"({self.typed(d, x)}) -> <result>", "total", (m, width), self.e, tokens=False)

    def expand(self):
        x = self.row(0)
        self.use(x)
        shape = (self.n, self.c)
        return self.op(f"mhc.expand {x.name} : {self.type(x)} to <result>", "row", shape, x.element, x.size)

    def reduce_streams(self):
        x = self.pick("row", lambda v: len(v.shape) == 2)
        self.use(x)
        kind = self.random.choice(("sum", "mean"))
        return self.op(f"mhc.reduce_streams {kind} {x.name} : {self.type(x)} to <result>", "row",
                       (self.c,), x.element, x.size * x.shape[0] ** 0.5)

    # Token ops.

    def gates(self):
        r, n = self.random, self.n
        if r.random() < 0.2:
            hh = self.coefficients((n, n + 2), tokens=True)
            scale, base = (self.coefficients_of_weights(s) for s in ((3,), (n, n + 2)))
            attribute, shapes = "#mhc.gates<activation = tanh>", [(n,), (n,), (n, n)]
        else:
            groups = r.choice((1, 2, 3, 3))
            m = (n, 2 * n, n * (n + 2))[groups - 1]
            hh = self.coefficients((m,), tokens=True)
            scale, base = (self.coefficients_of_weights(s) for s in ((1 if groups == 1 else 3,), (m,)))
            attribute, shapes = "#mhc.gates<pre_eps = 1.0e-6, post_mult = 2.0>", [(n,), (n,), (n, n)][:groups]
        self.use(hh)
        outs = [Value("", "coef", s, self.e, 1.0 + (len(s) == 2)) for s in shapes]
        name = self.fresh()
        self.lines.append(f"{name}{f':{len(outs)}' if len(outs) > 1 else ''} = mhc.gates {attribute} {hh.name}, "
                          f"{scale.name}, {base.name} : ({self.typed(hh, scale, base)}) -> ({self.typed(*outs)})")
        for i, out in enumerate(outs):
            out.name = f"{name}#{i}" if len(outs) > 1 else name
            self.take(out)
        return outs

    def coefficients_of_weights(self, shape):
        found = self.weights.setdefault(("w", *shape), [])
        if not found or self.random.random() < 0.3:
            found.append(self.argument("weight", shape, self.e, 0.7, tokens=False))
        return self.random.choice(found)

    def gates_grad(self):
        r, n = self.random, self.n
        tanh = r.random() < 0.3
        groups = 3 if tanh else r.choice((1, 2, 3, 3))
        shape = (n, n + 2) if tanh else ((n, 2 * n, n * (n + 2))[groups - 1],)
        scales = 1 if groups == 1 else 3
        hh = self.coefficients(shape, tokens=True)
        scale, base = self.coefficients_of_weights((scales,)), self.coefficients_of_weights(shape)
        douts = [self.coefficients(s, tokens=True) for s in [(n,), (n,), (n, n)][:groups]]
        operands = [hh, scale, base, *douts]
        self.use(hh, *douts)
        outs = [Value("", "coef", s, self.e, 1.0) for s in (shape, (scales,), shape)]
        outs[1].size = shape[0] ** 0.5
        name = self.fresh()
        attribute = "#mhc.gates<activation = tanh>" if tanh else "#mhc.gates<pre_eps = 1.0e-6, post_mult = 2.0>"
        self.lines.append(f"{name}:3 = mhc.gates_grad {attribute} {', '.join(v.name for v in operands)} : "
                          f"({self.typed(*operands)}) -> ({self.typed(*outs)})")
        for i, out in enumerate(outs):
            out.name = f"{name}#{i}"
            self.take(out)
        return outs

    def matrix(self):
        """Sinkhorn, its half steps and their gradients."""
        r, shape = self.random, (self.n, self.n)
        x = self.coefficients(shape, tokens=True)
        kind = r.choice(("sinkhorn", "sinkhorn", "sinkhorn", "sinkhorn_grad", "sinkhorn_step", "sinkhorn_step_grad"))
        operands = [x]
        if kind.endswith("grad"):
            operands.append(self.coefficients(shape, tokens=True))
        names = ", ".join(v.name for v in operands)
        if "step" in kind:
            # Of positive numbers.
            operands[0] = self.op(f"math.exp {x.name} : {self.type(x)}", "coef", shape, self.e, 3.0)
            names = ", ".join(v.name for v in operands)
            text = f"mhc.{kind} {r.choice(('rows', 'columns'))} {names} {{eps = 1.0e-6 : f64}} : <result>"
        else:
            text = f"mhc.{kind} {r.choice(SINKHORNS)} {names} : <result>"
        self.use(x, *operands)
        return self.op(text, "coef", shape, self.e, 1.0)

    def rstd(self):
        r = self.random
        q = self.pick("coef", lambda v: v.tokens and len(v.shape) < 2)
        if not q:
            return None
        self.use(q)
        if r.random() < 0.4:
            d = self.coefficients(q.shape, tokens=True)
            self.use(d)
            q = self.squash(q)
            return self.op(f"mhc.rstd_grad {q.name}, {d.name} {{count = {self.c} : i64}} : <result>", "coef", q.shape,
                           self.e, 1.0)
        positive = self.op(f"math.absf {q.name} : <result>", "coef", q.shape, self.e, q.size)
        self.use(positive)
        return self.op(f"mhc.rstd {positive.name} {{count = {r.choice((1, self.c, self.c * self.n))} : i64, "
                       f"eps = 1.0e-2 : f64}} : <result>", "coef", q.shape, self.e, 2.0)

    # Elementwise ops and linalg.

    def unary(self):
        v = self.pick(self.random.choice(("row", "coef")))
        if not v:
            return None
        v, name = self.squash(v), self.random.choice(UNARY)
        if name == "math.log1p" or "sqrt" in name:
            v = self.op(f"math.exp {v.name} : <result>", v.kind, v.shape, v.element, 3.0)
        self.use(v)
        return self.op(f"{name} {v.name} : <result>", v.kind, v.shape, v.element,
                       8.0 if name == "math.exp" else max(v.size, 1.0))

    def binary(self):
        a = self.pick(self.random.choice(("row", "row", "coef")))
        b = a and self.pick(a.kind, lambda v: v.shape == a.shape and v.element == a.element)
        if not b:
            return None
        a, b, name = self.squash(a, 16.0), self.squash(b, 16.0), self.random.choice(BINARY)
        if name == "arith.divf":
            b = self.op(f"math.exp {self.squash(b, 1.0).name} : <result>", b.kind, b.shape, b.element, 3.0)
        self.use(a, b)
        return self.op(f"{name} {a.name}, {b.name} : <result>", a.kind, a.shape, a.element,
                       a.size * b.size + a.size + b.size)

    def select(self):
        a = self.pick("row")
        b = a and self.pick("row", lambda v: v.shape == a.shape and v.element == a.element)
        if not b:
            return None
        self.is_smooth = False
        bits = self.fresh()
        self.lines.append(f"{bits} = arith.cmpf olt, {a.name}, {b.name} : {self.type(a)}")
        self.use(a, b)
        mask = self.type(Value("", "row", a.shape, "i1"))
        return self.op(f"arith.select {bits}, {b.name}, {a.name} : {mask}, <result>", "row", a.shape, a.element,
                       max(a.size, b.size))

    def convert(self):
        if is_wide(self.rows):
            return None
        v = self.pick("row")
        to = self.e if v.element == self.rows else self.rows
        self.use(v)
        return self.op(f"arith.{'extf' if to == self.e else 'truncf'} {v.name} : {self.type(v)} to <result>", "row",
                       v.shape, to, v.size)

    def scale_rows(self):
        """Rows times coefficients of the token, each of its streams, or coefficients of another shape."""
        r = self.random
        if r.random() < 0.3:
            v = self.pick("coef", lambda v: len(v.shape) == 1)
            if not v:
                return None
            k = self.coefficients((), tokens=True)
            v = self.squash(v)
            self.use(v, k)
            return self.generic([(v, "tj" if v.tokens else "j"), (k, "t")], "tj", v.shape, "tj", "",
                                [f"%m = arith.mulf %x0, %x1 : {self.e}", f"linalg.yield %m : {self.e}"], self.e, "coef",
                                v.size * k.size)
        x = self.row()
        dims = "tsc"[: 1] + ("sc" if len(x.shape) == 2 else "c")
        by_stream = len(x.shape) == 2 and r.random() < 0.4
        k = self.coefficients(x.shape[:1] if by_stream else (), tokens=r.random() < 0.8)
        self.use(x, k)
        wide, name = self.widen("%x0", x.element, self.e)
        narrow, out = self.narrow("%m", self.e, x.element)
        return self.generic([(x, dims), (k, ("t" if k.tokens else "") + ("s" if by_stream else ""))], dims, x.shape,
                            dims, "", wide + [f"%m = arith.{r.choice(('mulf', 'addf'))} {name}, %x1 : {self.e}"]
                            + narrow + [f"linalg.yield {out} : {x.element}"], x.element, "row",
                            x.size * k.size + x.size)

    def norm_weight(self):
        x = self.row()
        w = self.weight((self.c,), 1.0)
        dims = "t" + ("sc" if len(x.shape) == 2 else "c")
        wide, name = self.widen("%x0", x.element, self.e)
        narrow, out = self.narrow("%m", self.e, x.element)
        self.use(x)
        return self.generic([(x, dims), (w, "c")], dims, x.shape, dims, "", wide
                            + [f"%m = arith.mulf {name}, %x1 : {self.e}"] + narrow
                            + [f"linalg.yield {out} : {x.element}"], x.element, "row", x.size)

    def total(self):
        """A sum over the tokens."""
        v = self.pick(self.random.choice(("row", "coef")))
        if not v:
            return None
        inner = "jk"[: len(v.shape)] if v.kind == "coef" else "sc"[2 - len(v.shape):]
        if len(v.shape) > 2:
            return None
        element = self.random.choice((v.element, self.e))
        wide, name = self.widen("%x0", v.element, element)
        self.use(v)
        return self.generic([(v, "t" + inner)], "t" + inner, v.shape, inner, "t", wide
                            + [f"%m = arith.addf {name}, %o : {element}", f"linalg.yield %m : {element}"], element,
                            "total", 1.0, tokens=False, fill=True)

    def sum_columns(self):
        """A sum over hidden, of each stream, or over the streams too."""
        x = self.row()
        dims = "t" + ("sc" if len(x.shape) == 2 else "c")
        whole = self.random.random() < 0.5
        shape = () if whole else x.shape[:-1]
        wide, name = self.widen("%x0", x.element, self.e)
        self.use(x)
        return self.generic([(x, dims)], dims, shape, "t" if whole or len(x.shape) == 1 else "ts",
                            dims[1:] if whole else "c", wide
                            + [f"%s = math.sin {name} : {self.e}", f"%m = arith.addf {'%o, %s'} : {self.e}",
                               f"linalg.yield %m : {self.e}"], self.e, "coef", x.size * self.c, fill=True)

    def barrier(self):
        """What ends a kernel."""
        x = self.row(0, self.rows)
        self.use(x)
        if self.random.random() < 0.5 or self.rank != 1 or self.c > 40:
            index = len(self.functions)
            type = self.type(x)
            self.functions.append(f"func.func private @callee{index}(%x: {type}) -> {type} attributes {{no_inline}} "
                                  f"{{\n  %y = math.tanh %x : {type}\n  return %y : {type}\n}}")
            return self.op(f"call @callee{index}({x.name}) : ({type}) -> <result>", "row", x.shape, x.element, 1.0)
        w = self.argument("weight", (self.c, self.c), x.element, self.c ** -0.5, tokens=False)
        zero, empty, filled, type = self.fresh(), self.fresh(), self.fresh(), self.type(x)
        self.lines += [f"{zero} = arith.constant 0.0 : {x.element}", f"{empty} = tensor.empty(%T0) : {type}",
                       f"{filled} = linalg.fill ins({zero} : {x.element}) outs({empty} : {type}) -> {type}"]
        return self.op(f"linalg.matmul ins({x.name}, {w.name} : {self.typed(x, w)}) outs({filled} : {type}) "
                       f"-> <result>", "row", x.shape, x.element, x.size)
