func.func @lives(%workspace: memref<?xi8>, %tokens: index) {
  %c0 = arith.constant 0 : index
  %y = memref.view %workspace[%c0][%tokens] : memref<?xi8> to memref<?x64xf32>
  mhc.life_begin "y" %y : memref<?x64xf32>
  mhc.life_end "y" %y : memref<?x64xf32>
  return
}
