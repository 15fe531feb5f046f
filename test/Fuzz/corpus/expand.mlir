func.func @start(%x: tensor<?x64xbf16>) -> tensor<?x4x64xbf16> {
  %0 = mhc.expand %x : tensor<?x64xbf16> to tensor<?x4x64xbf16>
  return %0 : tensor<?x4x64xbf16>
}
