// Where results cannot be written, nothing changes: no folder appears, and files that
// were there keep their contents. The user may be root, so nothing here is a matter of
// permissions.

// RUN: rm -rf %t && mkdir %t && echo precious > %t/file && mkdir %t/full && mkdir %t/full/1.npy && echo old > %t/full/0.npy
// DEFINE: %{out} = file
// DEFINE: %{bad} = %python %S/../Inputs/exits.py 1 --unchanged %t mhc-run %s --device cpu --arg zeros --arg zeros --out %t/%{out}

// RUN: %{bad} 2>&1 | FileCheck %s --check-prefix=FILE
// FILE: error: cannot write to '{{.*}}file': Not a directory
// REDEFINE: %{out} = file/below
// RUN: %{bad} 2>&1 | FileCheck %s --check-prefix=BELOW
// BELOW: error: cannot create the folder '{{.*}}below': Not a directory
// REDEFINE: %{out} = new/file/../../file/x/y
// RUN: %{bad} 2>&1 | FileCheck %s --check-prefix=DEEP
// DEEP: error: cannot create the folder '{{.*}}': Not a directory

// The second result cannot be written: the first is not replaced.
// REDEFINE: %{out} = full
// RUN: %{bad} 2>&1 | FileCheck %s --check-prefix=FULL
// FULL: error: cannot {{.*}}1.npy{{.*}}: {{Is a directory|File exists}}

// A name that is longer than names may be.
// REDEFINE: %{out} = a/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa
// RUN: %{bad} 2>&1 | FileCheck %s --check-prefix=LONG
// LONG: error: cannot create the folder '{{.*}}': File name too long

// What is there is replaced if all goes well, and other files stay.
// RUN: mkdir %t/good && echo old > %t/good/0.npy && echo other > %t/good/other.txt
// RUN: mhc-run %s --device cpu --arg zeros --arg zeros --out %t/good/
// RUN: ls -A %t/good | FileCheck %s --check-prefix=GOOD
// GOOD:      0.npy
// GOOD-NEXT: 1.npy
// GOOD-NEXT: other.txt
// GOOD-NOT:  {{.}}
// RUN: %python %S/../Inputs/npy.py show %t/good/0.npy | FileCheck %s --check-prefix=ARRAY
// ARRAY: 0.npy <f4 (2,) 0.0 0.0

func.func @f(%x: tensor<2xf32>, %y: tensor<3xi32>) -> (tensor<2xf32>, tensor<3xi32>) {
  return %x, %y : tensor<2xf32>, tensor<3xi32>
}
