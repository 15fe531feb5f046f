// RUN: not mhc-opt %s --mhc-fuse-kernels=max-sweeps=0 2>&1 | FileCheck %s
// CHECK: error: expected max-sweeps to be at least 1, got 0
