# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""What connections differ in. A peer is right if it computes its own convention."""
from dataclasses import dataclass, replace


@dataclass(frozen=True)
class Convention:
    name: str = "DeepSeek-V4"
    # The matrix as stored: "in_out" (row: input stream) or "out_in". Rows, the last axis, are normalised first.
    matrix: str = "in_out"
    # "softmax": a softmax of the rows, then + eps, is the first row step; "exp": steps begin with the columns.
    start: str = "softmax"
    iterations: int = 20
    eps: float = 1e-6
    pre_eps: float = 1e-6
    post_mult: float = 2.0
    norm_eps: float = 1e-6


V4 = Convention()
# As Liger-Kernel: the steps of DeepSeek-V4 on a matrix stored [out, in].
V4_OUT_IN = replace(V4, name="DeepSeek-V4, matrix [out, in]", matrix="out_in")
# As TransformerEngine: no eps but in the norm, where it is that of f32; each iteration is rows, then columns, in log
# domain. A row step from exp is the softmax, so the start is the same.
V4_NO_EPS = replace(V4, name="DeepSeek-V4 without eps", eps=0.0, pre_eps=0.0, norm_eps=2.0**-23)
