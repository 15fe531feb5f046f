func.func @boundary(%x: tensor<?x2x8xbf16>, %f: tensor<?x8xbf16>, %post: tensor<?x2xf32>,
                    %phi: tensor<2x16xf32>, %base: tensor<2xf32>, %e0: tensor<?x2x8xbf16>,
                    %e1: tensor<?x8xbf16>) -> (tensor<?x2x8xbf16>, tensor<?x8xbf16>) {
  %next, %y = mhc.kernel "boundary"
      ins(%xa = %x : tensor<?x2x8xbf16> as !mhc.row<2x8xbf16>,
          %fa = %f : tensor<?x8xbf16> as !mhc.row<8xbf16>,
          %pa = %post : tensor<?x2xf32> as vector<2xf32>,
          %w = %phi : tensor<2x16xf32> as !mhc.weight<2x2x8xf32>,
          %b = %base : tensor<2xf32> as vector<2xf32>)
      outs(%e0 : tensor<?x2x8xbf16>, %e1 : tensor<?x8xbf16>) order <leaf = 8, groups = 4> {
    %xn, %m, %squares = mhc.sweep over 8 (%c = %xa : !mhc.row<2x8xbf16>, %g = %fa : !mhc.row<8xbf16>)
        -> (!mhc.row<2x8xbf16>, vector<2xf32>, f32) {
      %o = mhc.combine (%g by %pa : bf16, vector<2xf32>), (%c : vector<2xbf16>) -> vector<2xbf16>
      %q = mhc.inner whole %o, %o : (vector<2xbf16>, vector<2xbf16>) -> f32
      mhc.exit row(%o : vector<2xbf16>),
               project(%o by %w precision tf32 : vector<2xbf16>, !mhc.weight<2x2x8xf32>), sum(%q : f32)
    }
    %rstd = mhc.rstd %squares {count = 16 : i64, eps = 1.0e-6 : f64} : f32
    %rstds = vector.broadcast %rstd : f32 to vector<2xf32>
    %h = math.fma %rstds, %m, %b : vector<2xf32>
    %yn = mhc.sweep over 8 (%c = %xn : !mhc.row<2x8xbf16>) -> (!mhc.row<8xbf16>) {
      %v = mhc.aggregate %c, %h : (vector<2xbf16>, vector<2xf32>) -> bf16
      mhc.exit row(%v : bf16)
    }
    mhc.return %xn, %yn : !mhc.row<2x8xbf16>, !mhc.row<8xbf16>
  }
  return %next, %y : tensor<?x2x8xbf16>, tensor<?x8xbf16>
}
