// Command lines that are wrong end with exit code 2 and a message, and write nothing.

// RUN: rm -rf %t && mkdir %t
// DEFINE: %{wrong} = %python %S/../Inputs/exits.py 2 --unchanged %t mhc-compile -o %t/out
// DEFINE: %{connect} = %{wrong} --connection

// RUN: %{wrong} 2>&1 | FileCheck %s --check-prefix=NEITHER
// NEITHER: error: expected a file or --connection, got neither
// RUN: %{connect} streams=4 %s 2>&1 | FileCheck %s --check-prefix=BOTH
// BOTH: error: expected a file or --connection, got both
// RUN: %python %S/../Inputs/exits.py 2 mhc-compile %s 2>&1 | FileCheck %s --check-prefix=FOLDER
// FOLDER: -o option: must be specified at least once
// RUN: %python %S/../Inputs/exits.py 2 mhc-compile %s -o "" 2>&1 | FileCheck %s --check-prefix=NO-FOLDER
// NO-FOLDER: error: -o expects a folder, got ''
// RUN: %{wrong} %s --emit ptx,fatbin 2>&1 | FileCheck %s --check-prefix=EMIT
// RUN: %{wrong} %s --emit "" 2>&1 | FileCheck %s --check-prefix=EMIT
// EMIT: error: --emit expects a list out of mlir, llvm, bitcode, ptx, cubin, object, header and manifest, got '{{.*}}'
// RUN: %{wrong} %s --name a/b 2>&1 | FileCheck %s --check-prefix=NAME
// NAME: error: --name expects a name, not a path, got 'a/b'
// RUN: %{wrong} %s --name "" 2>&1 | FileCheck %s --check-prefix=EMPTY -DOPTION=name -DWHAT=name
// RUN: %{wrong} %s --ptxas "" 2>&1 | FileCheck %s --check-prefix=EMPTY -DOPTION=ptxas -DWHAT=path
// RUN: %{wrong} %s --host-triple "" 2>&1 | FileCheck %s --check-prefix=EMPTY -DOPTION=host-triple -DWHAT=triple
// EMPTY: error: --[[OPTION]] expects a [[WHAT]], got ''
// RUN: %{wrong} %s --remarks-filter "(" 2>&1 | FileCheck %s --check-prefix=REMARKS
// REMARKS: error: --remarks-filter expects a regular expression, got '(': {{.*}}

// RUN: %{connect} stream=4 2>&1 | FileCheck %s --check-prefix=KEY -DGOT=stream=4
// RUN: %{connect} streams=4,hidden 2>&1 | FileCheck %s --check-prefix=KEY -DGOT=hidden
// KEY: error: --connection: expected key=value with a key out of streams, hidden, type, variant, kernels, direction, iterations, precision or norm-weight; got '[[GOT]]'
// RUN: %{connect} streams=4,streams=2 2>&1 | FileCheck %s --check-prefix=TWICE
// TWICE: error: --connection: expected streams once, got it twice
// RUN: %{connect} streams=17 2>&1 | FileCheck %s --check-prefix=NUMBER -DKEY=streams -DRANGE="1 to 16" -DGOT=17
// RUN: %{connect} streams=0 2>&1 | FileCheck %s --check-prefix=NUMBER -DKEY=streams -DRANGE="1 to 16" -DGOT=0
// RUN: %{connect} streams=four 2>&1 | FileCheck %s --check-prefix=NUMBER -DKEY=streams -DRANGE="1 to 16" -DGOT=four
// RUN: %{connect} hidden=0 2>&1 | FileCheck %s --check-prefix=NUMBER -DKEY=hidden -DRANGE="1 to 1048576" -DGOT=0
// RUN: %{connect} iterations=-1 2>&1 | FileCheck %s --check-prefix=NUMBER -DKEY=iterations -DRANGE="0 to 100000" -DGOT=-1
// NUMBER: error: --connection: expected [[KEY]] to be a number from [[RANGE]], got '[[GOT]]'
// RUN: %{connect} type=fp8 2>&1 | FileCheck %s --check-prefix=TYPE
// TYPE: error: --connection: expected type to be bf16, f16, f32 or f64, got 'fp8'
// RUN: %{connect} variant=v4 2>&1 | FileCheck %s --check-prefix=VARIANT
// VARIANT: error: --connection: expected variant to be deepseek-v4, deepseek-v4.1, paper, hc, hc-static or residual, got 'v4'
// RUN: %{connect} kernels=pre,post 2>&1 | FileCheck %s --check-prefix=KERNELS
// KERNELS: error: --connection: expected kernels out of boundary, pre, combine, head or expand, or all, got 'post'
// RUN: %{connect} direction=up 2>&1 | FileCheck %s --check-prefix=DIRECTION
// DIRECTION: error: --connection: expected direction to be forward, backward or both, got 'up'
// RUN: %{connect} precision=f16 2>&1 | FileCheck %s --check-prefix=PRECISION
// PRECISION: error: --connection: expected precision to be bf16x3, bf16x2, tf32 or f32, got 'f16'
// RUN: %{connect} norm-weight=1 2>&1 | FileCheck %s --check-prefix=NORM
// NORM: error: --connection: expected norm-weight to be no or yes, got '1'
// RUN: %{connect} variant=hc,iterations=3 2>&1 | FileCheck %s --check-prefix=NONE -DKEY=iterations -DVARIANT=hc
// RUN: %{connect} variant=hc,kernels=head 2>&1 | FileCheck %s --check-prefix=NONE -DKEY=head -DVARIANT=hc
// RUN: %{connect} variant=hc-static,precision=f32 2>&1 | FileCheck %s --check-prefix=NONE -DKEY=precision -DVARIANT=hc-static
// RUN: %{connect} variant=residual,norm-weight=yes 2>&1 | FileCheck %s --check-prefix=NONE -DKEY=norm-weight -DVARIANT=residual
// NONE: error: --connection: expected no [[KEY]] of variant [[VARIANT]], which has none, got one
// RUN: %{connect} variant=residual,streams=4 2>&1 | FileCheck %s --check-prefix=RESIDUAL
// RESIDUAL: error: --connection: expected streams to be 1 of variant residual, got 4

func.func @f(%x: tensor<?x8xf32>) -> tensor<?x8xf32> {
  return %x : tensor<?x8xf32>
}
