func.func @totals(%d: memref<?x6xf32>, %x: memref<?x2x8xf16>, %phi: memref<6x16xbf16>,
                  %e0: memref<6x2x8xf32>, %e1: memref<6xf32>, %e2: memref<16xf16>,
                  %e3: memref<?x2x8xf16>, %s: memref<?xi8>) {
  mhc.kernel ins(%a = %d : memref<?x6xf32> as vector<6xf32>,
                 %b = %x : memref<?x2x8xf16> as !mhc.row<2x8xf16>,
                 %w = %phi : memref<6x16xbf16> as !mhc.weight<6x2x8xbf16>)
      outs(%e0 : memref<6x2x8xf32>, %e1 : memref<6xf32>, %e2 : memref<16xf16>,
           %e3 : memref<?x2x8xf16>) workspace(%s : memref<?xi8>) {
    %t, %u, %r = mhc.sweep over 8 (%c = %b : !mhc.row<2x8xf16>)
        -> (!mhc.total<6x2x8xf32>, !mhc.total<2x8xf16>, !mhc.row<2x8xf16>) {
      %p = mhc.backproject %a by %w : (vector<6xf32>, !mhc.weight<6x2x8xbf16>) -> vector<2xf16>
      mhc.exit outer(%a by %c precision f32 : vector<6xf32>, vector<2xf16>),
               total(%c : vector<2xf16>), row(%p : vector<2xf16>)
    }
    mhc.sweep over 8 (%c = %b : !mhc.row<2x8xf16>) -> () {
      mhc.exit nothing
    }
    %v = mhc.total %a : vector<6xf32> -> !mhc.total<6xf32>
    mhc.return %t, %v, %u, %r
        : !mhc.total<6x2x8xf32>, !mhc.total<6xf32>, !mhc.total<2x8xf16>, !mhc.row<2x8xf16>
  }
  return
}
