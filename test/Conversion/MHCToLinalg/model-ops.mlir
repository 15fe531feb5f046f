// RUN: mhc-opt %s --convert-mhc-to-linalg --verify-diagnostics

// Connections and heads are lowered before: here they are an error.

func.func @connection(%x: tensor<?x8xf32>) -> tensor<?x8xf32> {
  // expected-error @+1 {{failed to legalize operation 'mhc.connection' that was explicitly marked illegal}}
  %out = mhc.connection #mhc.variant<residual> %x
      : (tensor<?x8xf32>) -> tensor<?x8xf32> sublayer(%y: tensor<?x8xf32>) {
    %f = math.exp %y : tensor<?x8xf32>
    mhc.yield %f : tensor<?x8xf32>
  }
  return %out : tensor<?x8xf32>
}
