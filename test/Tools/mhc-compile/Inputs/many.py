"""Prints a function of many arguments, some of whose names C has other uses for, that returns them, and others whose
names are not C's, or taken."""
names = ["int", "stream", "x", "x.1"] + [f"a{i}" for i in range(116)]
print("func.func @main(" + ", ".join(f"%{name}: memref<4xf32>" for name in names) + ") -> ("
      + ", ".join("memref<4xf32>" for _ in names) + ") {")
print("  return " + ", ".join("%" + name for name in names) + " : " + ", ".join("memref<4xf32>" for _ in names))
print("}")
for name in ["load", "a_b", "a.b", "a_b_workspace_bytes"]:
    print(f'func.func @"{name}"(%x: memref<4xf32>) {{ return }}')
