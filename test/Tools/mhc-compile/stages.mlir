// A file may be at any stage: model ops, kernels, scheduled kernels, launches and device code. What is done is kept.

// RUN: rm -rf %t && mkdir %t
// RUN: mhc-compile %s --emit ptx,manifest -o %t/model
// RUN: mhc-opt %s --mhc-to-kernels -o %t/kernels.mlir
// RUN: mhc-compile %t/kernels.mlir --emit ptx,manifest -o %t/kernels
// RUN: mhc-opt %s --mhc-to-nvvm=format=gpu -o %t/launches.mlir
// RUN: mhc-compile %t/launches.mlir --emit ptx,manifest -o %t/launches
// RUN: diff %t/model/kernels_0.ptx %t/kernels/kernels_0.ptx
// RUN: diff %t/model/kernels_0.ptx %t/launches/kernels_0.ptx
// RUN: FileCheck %s < %t/model/kernels.json
// RUN: FileCheck %s < %t/kernels/kernels.json
// RUN: FileCheck %s < %t/launches/kernels.json

// Options that change nothing but what is said.
// RUN: mhc-compile %s --emit ptx,manifest --time -o %t/said 2>&1 | FileCheck %s --check-prefix=SAID
// SAID-DAG: time: {{ *[0-9.]+}} ms lowering
// SAID-DAG: time: {{ *[0-9.]+}} ms compiling kernels
// SAID-DAG: time: {{ *[0-9.]+}} ms in all
// RUN: diff -r %t/model %t/said
// RUN: mhc-compile %root/examples/hc-block.mlir --emit ptx --remarks-filter=mhc-fuse-kernels -o %t/remarks 2>&1 | FileCheck %s --check-prefix=REMARKS
// REMARKS: hc-block.mlir:{{[0-9]+:[0-9]+}}: remark: [Missed] KernelEnds | Category:mhc-fuse-kernels

// Lines of this file in the PTX.
// RUN: not grep -q "\.loc" %t/model/kernels_0.ptx
// RUN: mhc-compile %s --emit ptx --lines -o %t/lines
// RUN: grep "\.file.*stages.mlir" %t/lines/kernels_0.ptx
// RUN: ls %t/lines | FileCheck %s --check-prefix=LINES
// LINES: kernels_0.ptx
// LINES-NOT: {{.}}

// Files of the names that are written are replaced, others stay.
// RUN: mkdir %t/old && echo old > %t/old/kernels.json && echo mine > %t/old/mine
// RUN: mhc-compile %s --emit ptx,manifest -o %t/old
// RUN: grep mine %t/old/mine
// RUN: FileCheck %s < %t/old/kernels.json

// CHECK: "chip": "sm_90a"
// CHECK: "label":"combine"
// CHECK: "name":"combine","sizes":["d0"]
// CHECK: "type":"bf16","shape":["d0",4,64]
// CHECK: "steps": [
// CHECK-NEXT: {"kind":"launch"
// CHECK-NEXT: ]}

func.func @combine(%x: tensor<?x4x64xbf16>, %f: tensor<?x64xbf16>, %post: tensor<?x4xf32>, %matrix: tensor<?x4x4xf32>) -> tensor<?x4x64xbf16> {
  %out = mhc.combine (%f by %post : tensor<?x64xbf16>, tensor<?x4xf32>), (%x by %matrix : tensor<?x4x64xbf16>, tensor<?x4x4xf32>) -> tensor<?x4x64xbf16>
  return %out : tensor<?x4x64xbf16>
}
