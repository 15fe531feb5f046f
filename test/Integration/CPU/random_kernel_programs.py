"""Random kernels for random_kernels.py: sweeps with random columns, exits and token programs."""
import harness as h
from random_programs import BINARY, Generator, PRECISIONS, SINKHORNS, UNARY, Value, is_wide, vec


class KernelProgram(Generator):
    """A program of one kernel with random sweeps."""

    def __init__(self, seed, **fixed):
        super().__init__(seed, **fixed)
        r = self.random
        self.ins, self.rows_here, self.coefs, self.weights, self.totals = [], [], [], [], []
        self.body, self.told = [], []
        n, c = self.n, self.c
        for _ in range(r.choice((1, 2, 3))):
            shape = r.choice(((n, c), (n, c), (c,)))
            self.add("row", shape, r.choice((self.rows,) * 4 + (self.e,)), 1.0, r.random() < 0.85)
        for _ in range(r.choice((0, 1, 2, 4))):
            self.add("coef", r.choice(((), (n,), (n, n), (n * (n + 2),), (n, n + 2), (3,))), self.e, 0.7,
                     r.random() < 0.7)
        if not any(v.tokens for v in self.ins):
            self.add("coef", (), self.e, 0.7, True)
        self.squares()
        for _ in range(r.choice((1, 1, 2, 3, 4))):
            for _ in range(r.choice((0, 1, 2, 4))):
                self.token_op()
            self.sweep()
        for _ in range(r.choice((0, 1, 3))):
            self.token_op()
        for _ in range(r.choice((0, 0, 1))):
            v = self.coefficient()
            self.totals.append(self.emit(f"mhc.total {v.name} : {vec(v.shape, self.e)} -> "
                                         f"!mhc.total<{'x'.join(map(str, (*v.shape, self.e)))}>", "total", v.shape))
        self.finish()

    # Arguments and values.

    def add(self, kind, shape, element, size, tokens):
        argument = self.argument(kind, shape, element, size, tokens)
        value = Value(f"%b{len(self.ins)}", kind, argument.shape, element, size, tokens)
        self.ins.append(value)
        {"row": self.rows_here, "coef": self.coefs, "weight": self.weights}[kind].append(value)
        return value

    def inner_type(self, v):
        if v.kind == "coef":
            return vec(v.shape, v.element)
        return f"!mhc.{v.kind}<{'x'.join(map(str, (*v.shape, v.element)))}>"

    def outer_type(self, v):
        shape = v.shape
        if v.kind == "weight" and len(shape) == 3:
            shape = (shape[0], shape[1] * shape[2])
        return h.tensor(((None,) * self.rank if v.tokens else ()) + shape, v.element)

    def type(self, v):
        return self.outer_type(v)

    def emit(self, text, kind, shape, element=None, size=1.0, pool=None, tokens=None):
        v = Value(self.fresh(), kind, tuple(shape), element or self.e, size, kind != "total" if tokens is None else
                  tokens)
        self.body.append(f"{v.name} = {text}")
        if pool is not None:
            pool.append(v)
        return v

    def squash(self, v, limit=4.0, pool=None):
        if v.size <= limit:
            return v
        return self.emit(f"math.tanh {v.name} : {vec(v.shape, v.element)}", v.kind, v.shape, v.element, 1.0,
                         self.coefs if pool is None else pool)

    def coefficient(self, shape=None, limit=4.0):
        """Coefficients, or a new vector made of a scalar."""
        r = self.random
        found = [v for v in self.coefs if shape is None or v.shape == tuple(shape)]
        if not found or shape is not None and r.random() < 0.1:
            if shape is None or r.random() < 0.5:
                return self.add("coef", shape or (), self.e, 0.7, r.random() < 0.7)
            scalar = self.coefficient(())
            if not shape:
                return scalar
            return self.emit(f"vector.broadcast {scalar.name} : {self.e} to {vec(shape, self.e)}", "coef", shape,
                             size=scalar.size, pool=self.coefs)
        return self.squash(r.choice(found[-5:]), limit)

    def fixed(self, shape):
        """Coefficients that are an argument, the same for all tokens, as the scale of gates is."""
        found = [v for v in self.ins if v.kind == "coef" and not v.tokens and v.shape == tuple(shape)]
        return found[-1] if found and self.random.random() < 0.8 else self.add("coef", shape, self.e, 0.7, False)

    def weight(self, shape):
        found = [w for w in self.weights if w.shape == tuple(shape)]
        if not found or self.random.random() < 0.2:
            scale = (shape[-1] * (shape[1] if len(shape) == 3 else 1)) ** -0.5
            return self.add("weight", shape, self.e, scale, False)
        return self.random.choice(found)

    # The token's program.

    def token_op(self):
        r, n, e, t = self.random, self.n, self.e, lambda v: vec(v.shape, v.element)
        kind = r.choice(("gates", "gates_grad", "sinkhorn", "sinkhorn", "sinkhorn_grad", "step", "step_grad", "rstd",
                         "rstd_grad", "unary", "unary", "binary", "binary", "broadcast", "transpose", "extract",
                         "slice", "shape_cast", "constant", "elements", "reduce"))
        if kind in ("gates", "gates_grad"):
            tanh, groups = r.random() < 0.2, r.choice((1, 2, 3))
            if tanh:
                groups = 3
            shape = (n, n + 2) if tanh else ((n, 2 * n, n * (n + 2))[groups - 1],)
            scales = (1 if groups == 1 else 3,)
            operands = [self.coefficient(shape), self.fixed(scales), self.fixed(shape)]
            attribute = "#mhc.gates<activation = tanh>" if tanh else "#mhc.gates<pre_eps = 1.0e-6, post_mult = 2.0>"
            shapes = [(n,), (n,), (n, n)][:groups]
            if kind == "gates_grad":
                operands += [self.coefficient(s) for s in shapes]
                shapes = [shape, scales, shape]
            name = self.fresh()
            self.body.append(f"{name}{f':{len(shapes)}' if len(shapes) > 1 else ''} = mhc.{kind} {attribute} "
                             f"{', '.join(v.name for v in operands)} : ({', '.join(map(t, operands))}) -> "
                             f"({', '.join(vec(s, e) for s in shapes)})")
            for i, s in enumerate(shapes):
                self.coefs.append(Value(f"{name}#{i}" if len(shapes) > 1 else name, "coef", s, e, 2.0))
        elif kind in ("sinkhorn", "sinkhorn_grad"):
            operands = [self.coefficient((n, n)) for _ in range(2 if kind.endswith("grad") else 1)]
            self.emit(f"mhc.{kind} {r.choice(SINKHORNS)} {', '.join(v.name for v in operands)} : {vec((n, n), e)}",
                      "coef", (n, n), pool=self.coefs)
        elif kind in ("step", "step_grad"):
            x = self.coefficient((n, n))
            x = self.emit(f"math.exp {x.name} : {t(x)}", "coef", (n, n), size=3.0, pool=self.coefs)
            operands = [x] + [self.coefficient((n, n)) for _ in range(kind == "step_grad")]
            self.emit(f"mhc.sinkhorn_{kind} {r.choice(('rows', 'columns'))} {', '.join(v.name for v in operands)} "
                      f"{{eps = 1.0e-6 : f64}} : {vec((n, n), e)}", "coef", (n, n), pool=self.coefs)
        elif kind == "rstd":
            q = r.choice(self.coefs) if self.coefs else self.coefficient(())
            q = self.emit(f"math.absf {q.name} : {t(q)}", "coef", q.shape, size=q.size)
            self.emit(f"mhc.rstd {q.name} {{count = {self.c} : i64, eps = 1.0e-2 : f64}} : {t(q)}", "coef", q.shape,
                      size=2.0, pool=self.coefs)
        elif kind == "rstd_grad":
            a = self.coefficient()
            b = self.coefficient(a.shape)
            self.emit(f"mhc.rstd_grad {a.name}, {b.name} {{count = {self.c} : i64}} : {t(a)}", "coef", a.shape,
                      pool=self.coefs)
        elif kind == "unary":
            self.unary(self.coefficient(), self.coefs)
        elif kind == "binary":
            a = self.coefficient()
            self.binary(a, self.coefficient(a.shape), self.coefs)
        elif kind == "broadcast":
            a = self.coefficient()
            shape = r.choice(((n,), (n, n), (3,), (n, n + 2)))
            if a.shape and (len(a.shape) != 1 or a.shape[-1] != shape[-1]):
                return
            self.emit(f"vector.broadcast {a.name} : {t(a)} to {vec(shape, e)}", "coef", shape, size=a.size,
                      pool=self.coefs)
        elif kind == "transpose":
            a = self.coefficient((n, n))
            self.emit(f"vector.transpose {a.name}, [1, 0] : {t(a)} to {t(a)}", "coef", a.shape, size=a.size,
                      pool=self.coefs)
        elif kind == "shape_cast":
            a = self.coefficient((n, n))
            self.emit(f"vector.shape_cast {a.name} : {t(a)} to {vec((n * n,), e)}", "coef", (n * n,), size=a.size,
                      pool=self.coefs)
        elif kind == "extract":
            a = self.coefficient()
            if a.shape:
                self.emit(f"vector.extract {a.name}[{r.randrange(a.shape[0])}] : {vec(a.shape[1:], e)} from {t(a)}",
                          "coef", a.shape[1:], size=a.size, pool=self.coefs)
        elif kind == "slice":
            a = self.coefficient((n * (n + 2),))
            at = r.choice((0, n, 2 * n))
            self.emit(f"vector.extract_strided_slice {a.name} {{offsets = [{at}], sizes = [{n}], strides = [1]}} : "
                      f"{t(a)} to {vec((n,), e)}", "coef", (n,), size=a.size, pool=self.coefs)
        elif kind == "constant":
            shape = r.choice(((), (n,), (n, n)))
            number = f"{r.uniform(-2, 2):.6e}"
            self.emit(f"arith.constant {f'dense<{number}>' if shape else number} : {vec(shape, e)}", "coef", shape,
                      size=2.0, pool=self.coefs)
        elif kind == "elements":
            a, b = self.coefficient(()), self.coefficient(())
            self.emit(f"vector.from_elements {a.name}, {b.name}, {a.name} : {vec((3,), e)}", "coef", (3,),
                      size=a.size + b.size, pool=self.coefs)
        elif kind == "reduce":
            a, b = self.coefficient((n,)), self.coefficient(())
            how = r.choice(("add", "maximumf", "mul"))
            self.emit(f"vector.multi_reduction <{how}>, {a.name}, {b.name} [0] : {t(a)} to {e}", "coef", (),
                      size=4.0 + a.size * n, pool=self.coefs)

    def unary(self, v, pool):
        name = self.random.choice(UNARY)
        v = self.squash(v, pool=pool)
        if name == "math.log1p" or "sqrt" in name:
            v = self.emit(f"math.exp {v.name} : {vec(v.shape, v.element)}", v.kind, v.shape, v.element, 3.0, pool)
        return self.emit(f"{name} {v.name} : {vec(v.shape, v.element)}", v.kind, v.shape, v.element,
                         8.0 if name == "math.exp" else max(1.0, v.size), pool)

    def binary(self, a, b, pool):
        name = self.random.choice(BINARY)
        a, b = self.squash(a, 16.0, pool), self.squash(b, 16.0, pool)
        if name == "arith.divf":
            b = self.emit(f"math.exp {self.squash(b, 1.0, pool).name} : {vec(b.shape, b.element)}", b.kind, b.shape,
                          b.element, 3.0, pool)
        return self.emit(f"{name} {a.name}, {b.name} : {vec(a.shape, a.element)}", a.kind, a.shape, a.element,
                         a.size * b.size + a.size + b.size, pool)

    # Sweeps.

    def sweep(self):
        r, n, c, e = self.random, self.n, self.c, self.e
        rows = r.sample(self.rows_here, min(len(self.rows_here), r.choice((1, 1, 2, 3))))
        if r.random() < 0.05:
            rows = []
        outer_body, self.body = self.body, []
        columns = [Value(f"{self.fresh()}", "col", v.shape[:-1], v.element, v.size) for v in rows]
        header = ", ".join(f"{v.name} = {row.name} : {self.inner_type(row)}" for v, row in zip(columns, rows))
        sums, exits, results = [], [], []
        if not columns:
            self.backproject(columns)
        for _ in range(r.choice((0, 1, 2, 3, 5))):
            self.column_op(columns, sums)
        for _ in range(r.choice((1, 1, 2, 3, 4))):
            v = self.squash(r.choice(columns[-4:]), 64.0, columns)
            t = vec(v.shape, v.element)
            kind = r.choice(("row", "row", "sum", "sum", "project", "outer", "total"))
            if kind == "sum" and sums and r.random() < 0.7:
                v = r.choice(sums)
                t = vec(v.shape, v.element)
            if kind == "row":
                exits.append(f"row({v.name} : {t})")
                results.append(Value("", "row", (*v.shape, c), v.element, v.size))
            elif kind == "sum":
                exits.append(f"sum({v.name} : {t})")
                results.append(Value("", "coef", v.shape, v.element, v.size * c))
            elif kind == "total":
                exits.append(f"total({v.name} : {t})")
                results.append(Value("", "total", (*v.shape, c), v.element, 1.0, False))
            elif kind == "project":
                each = v.shape and r.random() < 0.3
                m = self.outputs(v.shape, each)
                phi = self.weight((m, c) if each or not v.shape else (m, *v.shape, c))
                exits.append(f"project({v.name} by {phi.name}{r.choice(PRECISIONS)} : {t}, {self.inner_type(phi)})")
                results.append(Value("", "coef", ((v.shape[0],) if each else ()) + (m,), e, v.size * 2))
            else:
                each = v.shape and r.random() < 0.3
                m = self.outputs(v.shape, each)
                # Coefficients come from outside of the sweep.
                inside, self.body = self.body, outer_body
                d = self.coefficient(((v.shape[0],) if each else ()) + (m,), 64.0)
                self.body = inside
                exits.append(f"outer({d.name} by {v.name}{r.choice(PRECISIONS)} : {vec(d.shape, e)}, {t})")
                shape = (m, c) if each else (m, *v.shape, c)
                results.append(Value("", "total", shape, e, 1.0, False))
        lines, self.body = self.body, outer_body
        name = self.fresh()
        for i, v in enumerate(results):
            v.name = f"{name}#{i}" if len(results) > 1 else name
        types = ", ".join(self.inner_type(v) for v in results)
        self.body.append(f"{name}{f':{len(results)}' if len(results) > 1 else ''} = mhc.sweep over {c} ({header}) -> "
                         f"({types}) {{")
        self.body += ["  " + line for line in lines]
        self.body += ["  mhc.exit " + ", ".join(exits), "}"]
        for v in results:
            if v.kind == "coef" and v.element != e:
                self.made.append(v) if hasattr(self, "made") else setattr(self, "made", [v])
                v = self.emit(f"arith.extf {v.name} : {vec(v.shape, v.element)} to {vec(v.shape, e)}", "coef", v.shape,
                              size=v.size)
            {"row": self.rows_here, "coef": self.coefs, "total": self.totals}[v.kind].append(v)

    def squares(self):
        """Sums of squares of all rows: dissolved, they say what is a row, and how its sums are added."""
        rows = [v for v in self.rows_here if v.tokens]
        if not rows:
            return
        columns = [Value(self.fresh(), "col", v.shape[:-1], v.element) for v in rows]
        name, types = self.fresh(), ", ".join([self.e] * len(rows))
        header = ", ".join(f"{c.name} = {v.name} : {self.inner_type(v)}" for c, v in zip(columns, rows))
        self.body.append(f"{name}{f':{len(rows)}' if len(rows) > 1 else ''} = mhc.sweep over {self.c} ({header}) -> "
                         f"({types}) {{")
        self.body += [f"  {c.name}q = mhc.inner whole {c.name}, {c.name} : ({t}, {t}) -> {self.e}"
                      for c in columns for t in [vec(c.shape, c.element)]]
        self.body += ["  mhc.exit " + ", ".join(f"sum({c.name}q : {self.e})" for c in columns), "}"]
        for i, v in enumerate(rows):
            self.told.append(Value(f"{name}#{i}" if len(rows) > 1 else name, "coef", (), self.e, self.c * self.n))
        self.coefs += self.told

    def outputs(self, streams, each):
        n = self.n
        m = self.random.choice((n + 2, 3) if each else (n, n * (n + 2), n * (n + 2), 1, 5))
        return m if m * self.c * (streams[0] if streams and not each else 1) <= 100_000 else n

    def outside(self, shape):
        """Coefficients for a sweep: those that exist, or new arguments."""
        found = [v for v in self.coefs if v.shape == tuple(shape) and v.size <= 8.0]
        if not found or self.random.random() < 0.1:
            return self.add("coef", shape, self.e, 0.7, self.random.random() < 0.7)
        return self.random.choice(found[-4:])

    def backproject(self, columns):
        r, n, c = self.random, self.n, self.c
        streams = r.choice(((n,), (n,), ()))
        each = streams and r.random() < 0.3
        m = self.outputs(streams, each)
        d = self.outside((streams if each else ()) + (m,))
        phi = self.weight((m, c) if each else (m, *streams, c))
        element = r.choice((self.rows, self.e))
        self.emit(f"mhc.backproject {'each ' if each else ''}{d.name} by {phi.name}{r.choice(PRECISIONS)} : "
                  f"({vec(d.shape, self.e)}, {self.inner_type(phi)}) -> {vec(streams, element)}", "col", streams,
                  element, d.size, columns)

    def column_op(self, columns, sums):
        r, n, e, t = self.random, self.n, self.e, lambda v: vec(v.shape, v.element)
        kind = r.choice(("combine",) * 4 + ("aggregate",) * 2 + ("inner",) * 4 + ("backproject", "unary", "binary",
                        "binary", "scale", "scale", "broadcast", "extract", "convert", "select"))
        v = r.choice(columns[-4:])
        if kind == "combine":
            streams = r.choice((self.n, self.n, 0))
            terms, size = [], 0.0
            for _ in range(r.choice((1, 2, 3))):
                row = self.squash(r.choice(columns), 16.0, columns)
                if not streams and row.shape:
                    continue
                i = row.shape[0] if row.shape else 0
                forms = ["scaled"] + (["by"] if streams else []) + (["transposed"] if i else []) + ["plain"]
                if i and i != streams:
                    forms = ["by", "transposed"]
                form = r.choice(forms)
                if form == "plain":
                    terms.append(f"({row.name} : {t(row)})")
                    size += row.size
                    continue
                shape = {"scaled": (), "by": (streams, i) if i else (streams,), "transposed": (i, streams)}[form]
                if form == "scaled" and i and r.random() < 0.4:
                    shape = (streams,)
                k = self.outside(shape)
                if form == "scaled" and shape and not k.tokens:
                    k = self.outside(())
                word = f"by {k.name}{' transposed' if form == 'transposed' else ''}" if form != "scaled" else \
                    f"scaled {k.name}"
                terms.append(f"({row.name} {word} : {t(row)}, {t(k)})")
                size += row.size * k.size * max(i, 1) ** 0.5
            if terms:
                out = vec((streams,) if streams else (), r.choice((self.rows, self.rows, e)))
                self.emit(f"mhc.combine {', '.join(terms)} -> {out}", "col", (streams,) if streams else (),
                          out.rstrip(">").split("x")[-1], size, columns)
        elif kind == "aggregate" and v.shape:
            pre = self.outside(v.shape)
            element = r.choice((self.rows, self.rows, e))
            self.emit(f"mhc.aggregate {v.name}, {pre.name} : ({t(v)}, {t(pre)}) -> {element}", "col", (), element,
                      v.size * pre.size * v.shape[0] ** 0.5, columns)
        elif kind == "inner":
            w = r.choice(columns + [v])
            form = r.choice(("", "each ", "whole "))
            if form and v.shape != w.shape or form == "each " and not v.shape:
                form = ""
            shape = () if form == "whole " else v.shape if form else v.shape + w.shape
            self.emit(f"mhc.inner {form}{v.name}, {w.name} : ({t(v)}, {t(w)}) -> {vec(shape, e)}", "col", shape, e,
                      v.size * w.size, sums)
        elif kind == "backproject":
            self.backproject(columns)
        elif kind == "unary":
            self.unary(v, columns)
        elif kind == "binary":
            same = [w for w in columns if w.shape == v.shape and w.element == v.element]
            self.binary(v, r.choice(same), columns)
        elif kind == "scale" and v.element == e:
            k = self.outside(v.shape)
            self.emit(f"arith.mulf {v.name}, {k.name} : {t(v)}", "col", v.shape, e, v.size * k.size, columns)
        elif kind == "broadcast" and not v.shape:
            self.emit(f"vector.broadcast {v.name} : {v.element} to {vec((n,), v.element)}", "col", (n,), v.element,
                      v.size, columns)
        elif kind == "extract" and v.shape:
            self.emit(f"vector.extract {v.name}[{r.randrange(v.shape[0])}] : {v.element} from {t(v)}", "col", (),
                      v.element, v.size, columns)
        elif kind == "convert" and not is_wide(self.rows):
            to = e if v.element == self.rows else self.rows
            self.emit(f"arith.{'extf' if to == e else 'truncf'} {v.name} : {t(v)} to {vec(v.shape, to)}", "col",
                      v.shape, to, v.size, columns)
        elif kind == "select":
            self.is_smooth = False
            same = r.choice([w for w in columns if w.shape == v.shape and w.element == v.element])
            bits = self.fresh()
            self.body.append(f"{bits} = arith.cmpf olt, {v.name}, {same.name} : {t(v)}")
            mask = vec(v.shape, "i1") + ", " if v.shape else ""
            self.emit(f"arith.select {bits}, {v.name}, {same.name} : {mask}{t(v)}", "col",
                      v.shape, v.element, max(v.size, same.size), columns)

    def finish(self):
        r = self.random
        inputs = {v.name for v in self.ins}
        made = [v for v in self.rows_here + self.coefs + self.totals + getattr(self, "made", [])
                if v.name not in inputs]
        outs = [v for v in made if r.random() < (0.7 if v.kind != "coef" else 0.4)] or [r.choice(made)]
        if r.random() < 0.1:
            coefs = [v for v in self.ins if v.kind == "coef"]
            outs += coefs[:1]
        r.shuffle(outs)
        outs = self.told + [v for v in outs if v not in self.told][:10]
        self.results, inner = [], []
        for k, v in enumerate(outs):
            result = Value(f"%r{k}", v.kind, v.shape, v.element, 1.0, v.kind != "total")
            if v.kind == "total" and len(v.shape) == 3 and r.random() < 0.5:
                result.shape = (v.shape[0], v.shape[1] * v.shape[2])
            self.results.append(result)
            inner.append((v.name, self.inner_type(v)))
        sizes = ", ".join(f"%T{i}" for i in range(self.rank))
        lines = [f"%e{k} = tensor.empty({sizes if v.tokens else ''}) : {self.outer_type(v)}"
                 for k, v in enumerate(self.results)]
        if len(outs) > 1:
            names = f"%r:{len(outs)}"
            for k, v in enumerate(self.results):
                v.name = f"%r#{k}"
        else:
            names = "%r0"
        arguments = ",\n        ".join(f"{b.name} = {a.name} : {self.outer_type(b)} as {self.inner_type(b)}"
                                      for a, b in zip(self.arguments, self.ins))
        order = r.choice(("", "", "", " order <leaf = 32, groups = 16>"))
        lines.append(f"{names} = mhc.kernel \"random\" ins({arguments})\n    outs("
                     + ", ".join(f"%e{k} : {self.outer_type(v)}" for k, v in enumerate(self.results)) + f"){order} {{")
        lines += ["  " + line for line in self.body]
        lines += [f"  mhc.return {', '.join(n for n, _ in inner)} : {', '.join(t for _, t in inner)}", "}"]
        self.lines = lines
