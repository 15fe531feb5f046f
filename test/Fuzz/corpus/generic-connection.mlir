"builtin.module"() ({
  "func.func"() <{function_type = (tensor<2x3xf32>) -> tensor<2x3xf32>, sym_name = "f"}> ({
  ^bb0(%x: tensor<2x3xf32>):
    %0 = "mhc.connection"(%x) <{operandSegmentSizes = array<i32: 1, 0, 0, 0, 0, 0>,
        variant = #mhc.variant<residual>}> ({
    ^bb0(%y: tensor<2x3xf32>):
      "mhc.yield"(%y) : (tensor<2x3xf32>) -> ()
    }) : (tensor<2x3xf32>) -> tensor<2x3xf32>
    "func.return"(%0) : (tensor<2x3xf32>) -> ()
  }) : () -> ()
}) : () -> ()
