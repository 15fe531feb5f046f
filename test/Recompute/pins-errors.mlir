// RUN: mhc-opt %s --split-input-file --mhc-differentiate=function=chain "--mhc-insert-recompute=budget=100%% tokens=10" --verify-diagnostics -o /dev/null

// What a pin cannot say.

func.func private @own(tensor<?x64xbf16>, tensor<?x64xbf16>) -> tensor<?x64xbf16>
func.func private @sublayer(tensor<?x64xbf16>) -> tensor<?x64xbf16> attributes {mhc.gradient = @own}
func.func @chain(%x: tensor<?x4x64xbf16>, %pre: tensor<?x4xf32>, %post: tensor<?x4xf32>, %R: tensor<?x4x4xf32>)
    -> tensor<?x4x64xbf16> {
  // The streams of the first connection are an argument.
  // expected-error @below {{expected streams to recompute after the first connection, got those that the chain begins with, in connection 0 of @chain_forward}}
  %x0 = mhc.pin recompute %x : tensor<?x4x64xbf16>
  %y0 = mhc.aggregate %x0, %pre : (tensor<?x4x64xbf16>, tensor<?x4xf32>) -> tensor<?x64xbf16>
  %f0 = call @sublayer(%y0) : (tensor<?x64xbf16>) -> tensor<?x64xbf16>
  %x1 = mhc.combine (%f0 by %post : tensor<?x64xbf16>, tensor<?x4xf32>),
                    (%x0 by %R : tensor<?x4x64xbf16>, tensor<?x4x4xf32>) -> tensor<?x4x64xbf16>
  return %x1 : tensor<?x4x64xbf16>
}

// -----

func.func private @own(tensor<?x64xbf16>, tensor<?x64xbf16>) -> tensor<?x64xbf16>
func.func private @sublayer(tensor<?x64xbf16>) -> tensor<?x64xbf16> attributes {mhc.gradient = @own}
func.func @chain(%x0: tensor<?x4x64xbf16>, %pre: tensor<?x4xf32>, %post: tensor<?x4xf32>, %R: tensor<?x4x4xf32>)
    -> tensor<?x4x64xbf16> {
  %y0 = mhc.aggregate %x0, %pre : (tensor<?x4x64xbf16>, tensor<?x4xf32>) -> tensor<?x64xbf16>
  %0 = call @sublayer(%y0) : (tensor<?x64xbf16>) -> tensor<?x64xbf16>
  // Nobody knows how to run it again.
  // expected-error @below {{expected a sublayer that can be run again, got one that cannot, in connection 0 of @chain_forward}}
  %f0 = mhc.pin recompute %0 : tensor<?x64xbf16>
  %x1 = mhc.combine (%f0 by %post : tensor<?x64xbf16>, tensor<?x4xf32>),
                    (%x0 by %R : tensor<?x4x64xbf16>, tensor<?x4x4xf32>) -> tensor<?x4x64xbf16>
  return %x1 : tensor<?x4x64xbf16>
}

// -----

func.func private @own(tensor<?x64xbf16>, tensor<?x64xbf16>) -> tensor<?x64xbf16>
func.func private @sublayer(tensor<?x64xbf16>) -> tensor<?x64xbf16> attributes {mhc.gradient = @own}
func.func @chain(%x0: tensor<?x4x64xbf16>, %pre: tensor<?x4xf32>, %post: tensor<?x4xf32>, %R: tensor<?x4x4xf32>)
    -> tensor<?x4x64xbf16> {
  %0 = mhc.aggregate %x0, %pre : (tensor<?x4x64xbf16>, tensor<?x4xf32>) -> tensor<?x64xbf16>
  %1 = mhc.pin recompute %0 : tensor<?x64xbf16>
  // expected-error @below {{expected a value to be kept or to be recomputed, got both}}
  %y0 = mhc.pin keep %1 : tensor<?x64xbf16>
  %f0 = call @sublayer(%y0) : (tensor<?x64xbf16>) -> tensor<?x64xbf16>
  %x1 = mhc.combine (%f0 by %post : tensor<?x64xbf16>, tensor<?x4xf32>),
                    (%x0 by %R : tensor<?x4x64xbf16>, tensor<?x4x4xf32>) -> tensor<?x4x64xbf16>
  return %x1 : tensor<?x4x64xbf16>
}

// -----

// A row that is none of a connection, here what is made of the last streams.
func.func private @own(tensor<?x64xbf16>, tensor<?x64xbf16>) -> tensor<?x64xbf16>
func.func private @sublayer(tensor<?x64xbf16>) -> tensor<?x64xbf16> attributes {mhc.gradient = @own}
func.func @chain(%x0: tensor<?x4x64xbf16>, %pre: tensor<?x4xf32>, %post: tensor<?x4xf32>, %R: tensor<?x4x4xf32>)
    -> tensor<?x64xbf16> {
  %y0 = mhc.aggregate %x0, %pre : (tensor<?x4x64xbf16>, tensor<?x4xf32>) -> tensor<?x64xbf16>
  %f0 = call @sublayer(%y0) : (tensor<?x64xbf16>) -> tensor<?x64xbf16>
  %x1 = mhc.combine (%f0 by %post : tensor<?x64xbf16>, tensor<?x4xf32>),
                    (%x0 by %R : tensor<?x4x64xbf16>, tensor<?x4x4xf32>) -> tensor<?x4x64xbf16>
  %0 = mhc.aggregate %x1, %pre : (tensor<?x4x64xbf16>, tensor<?x4xf32>) -> tensor<?x64xbf16>
  // expected-error @below {{expected a pin on the streams, the sublayer's argument or the sublayer's output of a connection, got a value of type 'tensor<?x64xbf16>' that is none of them}}
  %1 = mhc.pin keep %0 : tensor<?x64xbf16>
  %2 = call @sublayer(%1) : (tensor<?x64xbf16>) -> tensor<?x64xbf16>
  return %2 : tensor<?x64xbf16>
}

// -----

// Coefficients have the shape of rows, and are none of a connection.
func.func @chain(%x0: tensor<?x4x64xbf16>, %pre: tensor<?x4xf32>, %f0: tensor<?x64xbf16>, %R: tensor<?x4x4xf32>)
    -> tensor<?x4x64xbf16> {
  // expected-error @below {{expected a pin on the streams, the sublayer's argument or the sublayer's output of a connection, got a value of type 'tensor<?x4xf32>' that is none of them}}
  %post = mhc.pin keep %pre : tensor<?x4xf32>
  %x1 = mhc.combine (%f0 by %post : tensor<?x64xbf16>, tensor<?x4xf32>),
                    (%x0 by %R : tensor<?x4x64xbf16>, tensor<?x4x4xf32>) -> tensor<?x4x64xbf16>
  return %x1 : tensor<?x4x64xbf16>
}

// -----

func.func private @own(tensor<?x64xbf16>, tensor<?x64xbf16>) -> tensor<?x64xbf16>
func.func private @sublayer(tensor<?x64xbf16>) -> tensor<?x64xbf16> attributes {mhc.gradient = @own}
func.func @chain(%x0: tensor<?x4x64xbf16>, %pre: tensor<?x4xf32>, %post: tensor<?x4xf32>, %R: tensor<?x4x4xf32>)
    -> tensor<?x4x64xbf16> {
  %0 = mhc.aggregate %x0, %pre : (tensor<?x4x64xbf16>, tensor<?x4xf32>) -> tensor<?x64xbf16>
  // A stage begins with streams.
  // expected-error @below {{expected a pipeline stage to begin with the streams between two connections, got a value of type 'tensor<?x64xbf16>' that no connection reads as streams}}
  %y0 = mhc.pin stage %0 : tensor<?x64xbf16>
  %f0 = call @sublayer(%y0) : (tensor<?x64xbf16>) -> tensor<?x64xbf16>
  %x1 = mhc.combine (%f0 by %post : tensor<?x64xbf16>, tensor<?x4xf32>),
                    (%x0 by %R : tensor<?x4x64xbf16>, tensor<?x4x4xf32>) -> tensor<?x4x64xbf16>
  return %x1 : tensor<?x4x64xbf16>
}

// -----

func.func private @own(tensor<?x64xbf16>, tensor<?x64xbf16>) -> tensor<?x64xbf16>
func.func private @sublayer(tensor<?x64xbf16>) -> tensor<?x64xbf16> attributes {mhc.gradient = @own}
func.func @chain(%x0: tensor<?x4x64xbf16>, %pre: tensor<?x4xf32>, %post: tensor<?x4xf32>, %R: tensor<?x4x4xf32>)
    -> tensor<?x4x64xbf16> {
  %y0 = mhc.aggregate %x0, %pre : (tensor<?x4x64xbf16>, tensor<?x4xf32>) -> tensor<?x64xbf16>
  %0 = call @sublayer(%y0) : (tensor<?x64xbf16>) -> tensor<?x64xbf16>
  // expected-error @below {{expected a pipeline stage to begin with the streams between two connections, got a value of type 'tensor<?x64xbf16>' that no connection reads as streams}}
  %f0 = mhc.pin stage %0 : tensor<?x64xbf16>
  %x1 = mhc.combine (%f0 by %post : tensor<?x64xbf16>, tensor<?x4xf32>),
                    (%x0 by %R : tensor<?x4x64xbf16>, tensor<?x4x4xf32>) -> tensor<?x4x64xbf16>
  return %x1 : tensor<?x4x64xbf16>
}

// -----

// Between two sublayers' ops.
func.func private @own(tensor<?x64xbf16>, tensor<?x64xbf16>) -> tensor<?x64xbf16>
func.func private @sublayer(tensor<?x64xbf16>) -> tensor<?x64xbf16> attributes {mhc.gradient = @own}
func.func @chain(%x0: tensor<?x4x64xbf16>, %pre: tensor<?x4xf32>, %post: tensor<?x4xf32>, %R: tensor<?x4x4xf32>)
    -> tensor<?x4x64xbf16> {
  %y0 = mhc.aggregate %x0, %pre : (tensor<?x4x64xbf16>, tensor<?x4xf32>) -> tensor<?x64xbf16>
  %0 = call @sublayer(%y0) : (tensor<?x64xbf16>) -> tensor<?x64xbf16>
  // expected-error @below {{that is none of them}}
  %1 = mhc.pin keep %0 : tensor<?x64xbf16>
  %f0 = call @sublayer(%1) : (tensor<?x64xbf16>) -> tensor<?x64xbf16>
  %x1 = mhc.combine (%f0 by %post : tensor<?x64xbf16>, tensor<?x4xf32>),
                    (%x0 by %R : tensor<?x4x64xbf16>, tensor<?x4x4xf32>) -> tensor<?x4x64xbf16>
  return %x1 : tensor<?x4x64xbf16>
}

// -----

// The backward does not read what leaves the last connection.
func.func private @own(tensor<?x64xbf16>, tensor<?x64xbf16>) -> tensor<?x64xbf16>
func.func private @sublayer(tensor<?x64xbf16>) -> tensor<?x64xbf16> attributes {mhc.gradient = @own}
func.func @chain(%x0: tensor<?x4x64xbf16>, %pre: tensor<?x4xf32>, %post: tensor<?x4xf32>, %R: tensor<?x4x4xf32>)
    -> tensor<?x4x64xbf16> {
  %y0 = mhc.aggregate %x0, %pre : (tensor<?x4x64xbf16>, tensor<?x4xf32>) -> tensor<?x64xbf16>
  %f0 = call @sublayer(%y0) : (tensor<?x64xbf16>) -> tensor<?x64xbf16>
  %0 = mhc.combine (%f0 by %post : tensor<?x64xbf16>, tensor<?x4xf32>),
                   (%x0 by %R : tensor<?x4x64xbf16>, tensor<?x4x4xf32>) -> tensor<?x4x64xbf16>
  // expected-error @below {{expected a pin on a value that the backward reads, got streams that it does not need}}
  %x1 = mhc.pin keep %0 : tensor<?x4x64xbf16>
  return %x1 : tensor<?x4x64xbf16>
}
