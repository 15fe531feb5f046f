#!/usr/bin/env python3
"""nest.py KIND DEPTH: a module whose text is nested DEPTH deep."""
import sys

kind, depth = sys.argv[1], int(sys.argv[2])
T = "tensor<1x2xf32>"
if kind == "connections":
    print(f"func.func @f(%x: {T}) -> {T} {{")
    for i in range(depth):
        y = f"%y{i - 1}" if i else "%x"
        print(f"%o{i} = mhc.connection #mhc.variant<residual> {y} : ({T}) -> {T} sublayer(%y{i}: {T}) {{")
    for i in reversed(range(depth)):
        f = f"%o{i + 1}" if i + 1 < depth else f"%y{i}"
        print(f"mhc.yield {f} : {T} }}")
    print(f"return %o0 : {T} }}")
elif kind == "ifs":
    print(f"func.func @f(%c: i1, %x: {T}) -> {T} {{")
    for i in range(depth):
        print(f"%o{i} = scf.if %c -> {T} {{")
    for i in reversed(range(depth)):
        f = f"%o{i + 1}" if i + 1 < depth else "%x"
        print(f"scf.yield {f} : {T} }} else {{ scf.yield %x : {T} }}")
    print(f"return %o0 : {T} }}")
elif kind == "modules":
    print("module {\n" * depth + "}\n" * depth)
elif kind == "open":  # never closed
    print("module {\n" * depth)
elif kind == "arrays":
    print("module attributes {func.a = " + "[" * depth + "]" * depth + "} {}")
elif kind == "dictionaries":
    print("module attributes {func.a = " + "{a = " * depth + "1" + "}" * depth + "} {}")
elif kind == "types":
    print("module attributes {func.a = " + "tuple<" * depth + "i1" + ">" * depth + "} {}")
elif kind == "parentheses":
    print("module attributes {func.a = affine_map<(d0) -> (" + "(" * depth + "d0" + ")" * depth + ")>} {}")
elif kind == "locations":
    print("module {} loc(" + "fused[" * depth + "unknown" + "]" * depth + ")")
elif kind == "chain":  # a long block, no depth
    print(f"func.func @f(%x0: {T}) -> {T} {{")
    for i in range(depth):
        print(f"%x{i + 1} = arith.addf %x{i}, %x0 : {T}")
    print(f"return %x{depth} : {T} }}")
else:
    sys.exit(f"unknown kind {kind}")
