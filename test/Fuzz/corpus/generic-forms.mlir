"func.func"() <{function_type = (tensor<2x3xf32>, tensor<2x2x3xf32>, tensor<2xf32>) -> (), sym_name = "f"}> ({
^bb0(%f: tensor<2x3xf32>, %x: tensor<2x2x3xf32>, %s: tensor<2xf32>):
  %0 = "mhc.expand"(%f) : (tensor<2x3xf32>) -> tensor<2x2x3xf32>
  %1 = "mhc.reduce_streams"(%0) <{reduction = #mhc.stream_reduction<sum>}> : (tensor<2x2x3xf32>) -> tensor<2x3xf32>
  %2 = "mhc.combine"(%x, %f, %s) <{kinds = [#mhc.term_kind<plain>, #mhc.term_kind<by>],
      operandSegmentSizes = array<i32: 2, 1>}> : (tensor<2x2x3xf32>, tensor<2x3xf32>, tensor<2xf32>) -> tensor<2x2x3xf32>
  %3 = "mhc.inner"(%x, %x) <{kind = #mhc.inner_kind<each>}> : (tensor<2x2x3xf32>, tensor<2x2x3xf32>) -> tensor<2x2xf32>
  %4 = "mhc.rstd"(%3) <{count = 3 : i64, eps = 0.000000e+00 : f64}> : (tensor<2x2xf32>) -> tensor<2x2xf32>
  %5 = "mhc.aggregate"(%x, %4) : (tensor<2x2x3xf32>, tensor<2x2xf32>) -> tensor<2x3xf32>
  "func.return"() : () -> ()
}) : () -> ()
