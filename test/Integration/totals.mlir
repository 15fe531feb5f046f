// A sum over tokens has the same bits alone as beside ops that make its kernel another one: on the CPU, and on
// the emulator with the schedules that mhc-schedule chooses. In @beside the kernel has three sums over tokens,
// rows of four streams, and a product with phi.
//
// REQUIRES: numpy
// UNSUPPORTED: sanitized
// DEFINE: %{tokens} = 300
// DEFINE: %{device} = cpu
// DEFINE: %{common} = --device %{device} --arg random:1:%{tokens}x96 --arg random:2:%{tokens} --arg random:3:%{tokens}x96
// DEFINE: %{check} = mhc-run %s --entry alone %{common} --out %t.alone && mhc-run %s --entry beside %{common} \
// DEFINE:   --arg random:4:%{tokens}x24 --arg random:5:%{tokens}x4x96 --arg random:6 --out %t.beside && \
// DEFINE:   cmp %t.alone/0.npy %t.beside/0.npy && mhc-run %s --entry outer --device %{device} \
// DEFINE:   --arg random:4:%{tokens}x24 --arg random:5:%{tokens}x4x96 --out %t.outer && cmp %t.outer/0.npy %t.beside/1.npy
// RUN: %{check}
// REDEFINE: %{tokens} = 3
// RUN: %{check}
// REDEFINE: %{device} = emulator
// RUN: %{check}
// REDEFINE: %{tokens} = 300
// RUN: %{check}

#row = affine_map<(t, c) -> (t, c)>
#token = affine_map<(t, c) -> (t)>
#column = affine_map<(t, c) -> (c)>

// The gradient of a norm's gain, in a function without row or token ops.
func.func @alone(%x: tensor<?x96xbf16>, %s: tensor<?xf32>, %g: tensor<?x96xbf16>) -> tensor<96xf32> {
  %zero = arith.constant 0.0 : f32
  %many = arith.constant 9.6e+01 : f32
  %eps = arith.constant 1.0e-06 : f32
  %empty = tensor.empty() : tensor<96xf32>
  %zeros = linalg.fill ins(%zero : f32) outs(%empty : tensor<96xf32>) -> tensor<96xf32>
  %gain = linalg.generic {indexing_maps = [#row, #token, #row, #column], iterator_types = ["reduction", "parallel"]}
      ins(%x, %s, %g : tensor<?x96xbf16>, tensor<?xf32>, tensor<?x96xbf16>) outs(%zeros : tensor<96xf32>) {
  ^bb0(%in: bf16, %squares: f32, %d: bf16, %sum: f32):
    %positive = math.absf %squares : f32
    %mean = arith.divf %positive, %many : f32
    %more = arith.addf %mean, %eps : f32
    %rstd = math.rsqrt %more : f32
    %wide = arith.extf %in : bf16 to f32
    %wide_d = arith.extf %d : bf16 to f32
    %normed = arith.mulf %wide, %rstd : f32
    %term = arith.mulf %wide_d, %normed : f32
    %next = arith.addf %sum, %term : f32
    linalg.yield %next : f32
  } -> tensor<96xf32>
  return %gain : tensor<96xf32>
}

func.func @outer(%d: tensor<?x24xf32>, %streams: tensor<?x4x96xbf16>) -> tensor<24x384xf32> {
  %dphi = mhc.outer %d by %streams : (tensor<?x24xf32>, tensor<?x4x96xbf16>) -> tensor<24x384xf32>
  return %dphi : tensor<24x384xf32>
}

func.func @beside(%x: tensor<?x96xbf16>, %s: tensor<?xf32>, %g: tensor<?x96xbf16>, %dm: tensor<?x24xf32>,
                  %streams: tensor<?x4x96xbf16>, %phi: tensor<24x384xf32>)
    -> (tensor<96xf32>, tensor<24x384xf32>, tensor<24xf32>, tensor<?xf32>) {
  %zero = arith.constant 0.0 : f32
  %many = arith.constant 9.6e+01 : f32
  %eps = arith.constant 1.0e-06 : f32
  %empty = tensor.empty() : tensor<96xf32>
  %zeros = linalg.fill ins(%zero : f32) outs(%empty : tensor<96xf32>) -> tensor<96xf32>
  %gain = linalg.generic {indexing_maps = [#row, #token, #row, #column], iterator_types = ["reduction", "parallel"]}
      ins(%x, %s, %g : tensor<?x96xbf16>, tensor<?xf32>, tensor<?x96xbf16>) outs(%zeros : tensor<96xf32>) {
  ^bb0(%in: bf16, %squares: f32, %d: bf16, %sum: f32):
    %positive = math.absf %squares : f32
    %mean = arith.divf %positive, %many : f32
    %more = arith.addf %mean, %eps : f32
    %rstd = math.rsqrt %more : f32
    %wide = arith.extf %in : bf16 to f32
    %wide_d = arith.extf %d : bf16 to f32
    %normed = arith.mulf %wide, %rstd : f32
    %term = arith.mulf %wide_d, %normed : f32
    %next = arith.addf %sum, %term : f32
    linalg.yield %next : f32
  } -> tensor<96xf32>
  %dphi = mhc.outer %dm by %streams : (tensor<?x24xf32>, tensor<?x4x96xbf16>) -> tensor<24x384xf32>
  %empty24 = tensor.empty() : tensor<24xf32>
  %zeros24 = linalg.fill ins(%zero : f32) outs(%empty24 : tensor<24xf32>) -> tensor<24xf32>
  %dbase = linalg.generic {indexing_maps = [#row, #column], iterator_types = ["reduction", "parallel"]}
      ins(%dm : tensor<?x24xf32>) outs(%zeros24 : tensor<24xf32>) {
  ^bb0(%in: f32, %sum: f32):
    %next = arith.addf %sum, %in : f32
    linalg.yield %next : f32
  } -> tensor<24xf32>
  %back = mhc.backproject %dm by %phi : (tensor<?x24xf32>, tensor<24x384xf32>) -> tensor<?x4x96xf32>
  %rows = mhc.reduce_streams sum %streams : tensor<?x4x96xbf16> to tensor<?x96xbf16>
  %inner = mhc.inner whole %rows, %x : (tensor<?x96xbf16>, tensor<?x96xbf16>) -> tensor<?xf32>
  %both = mhc.inner whole %back, %streams : (tensor<?x4x96xf32>, tensor<?x4x96xbf16>) -> tensor<?xf32>
  %all = arith.addf %inner, %both : tensor<?xf32>
  return %gain, %dphi, %dbase, %all : tensor<96xf32>, tensor<24x384xf32>, tensor<24xf32>, tensor<?xf32>
}
