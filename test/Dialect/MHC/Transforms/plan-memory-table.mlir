// RUN: mhc-opt %s --mhc-plan-memory=print -o /dev/null | FileCheck %s --match-full-lines --strict-whitespace --check-prefix=TABLE
// RUN: mhc-opt %s --mhc-plan-memory="print tokens=100" -o /dev/null | FileCheck %s --match-full-lines --strict-whitespace --check-prefix=BYTES
// RUN: mhc-opt %s --mhc-plan-memory="print tokens=0" -o /dev/null | FileCheck %s --check-prefix=EMPTY

func.func @block(%x: memref<?x8xf32>, %w: memref<8xf32>, %n: memref<1xindex>) -> memref<?x8xf32> {
  %c0 = arith.constant 0 : index
  %c16 = arith.constant 16 : index
  %c128 = arith.constant 128 : index
  %f = arith.constant 1.0 : f32
  %zero = arith.constant 0 : i8
  %tokens = memref.dim %x, %c0 : memref<?x8xf32>
  %blocks = arith.ceildivui %tokens, %c16 : index
  %bytes = arith.muli %blocks, %c128 : index
  %weights = memref.alloc() : memref<8xf32> loc("weights")
  %scratch = memref.alloc(%bytes) : memref<?xi8> loc("scratch")
  %rows = memref.alloc(%tokens) : memref<?x8xf32> loc("rows")
  %sums = memref.alloc(%tokens) : memref<?xf32> loc("sums")
  %scores = memref.alloc(%tokens, %tokens) : memref<?x?xf32> loc("scores")
  %lone = memref.alloc() : memref<3xf32>
  %unknown = memref.load %n[%c0] : memref<1xindex>
  %heap = memref.alloc(%unknown) : memref<?xf32> loc("heap")
  memref.store %unknown, %n[%c0] : memref<1xindex>
  linalg.fill ins(%f : f32) outs(%heap : memref<?xf32>)
  %r = memref.alloc(%tokens) : memref<?x8xf32>
  memref.copy %w, %weights : memref<8xf32> to memref<8xf32>
  linalg.fill ins(%zero : i8) outs(%scratch : memref<?xi8>)
  memref.copy %x, %rows : memref<?x8xf32> to memref<?x8xf32>
  linalg.fill ins(%f : f32) outs(%sums : memref<?xf32>)
  linalg.fill ins(%f : f32) outs(%scores : memref<?x?xf32>)
  linalg.fill ins(%f : f32) outs(%lone : memref<3xf32>)
  memref.copy %rows, %r : memref<?x8xf32> to memref<?x8xf32>
  return %r : memref<?x8xf32>
}

// The program has no table: nothing is planned in it.
func.func @nothing() {
  return
}

//      TABLE:@block: a workspace of 128 (ceil/ d0 16) + 48 d0 + 4 d0 d0 + 32 bytes
// TABLE-NEXT:  d0: dimension 0 of argument 0
// TABLE-NEXT:  buffer                      bytes                          offset  from  to  life
// TABLE-NEXT:  heap                            ?                            heap            its size is not known at the entry of its function
// TABLE-NEXT:  weights                        32               128 (ceil/ d0 16)    19  19  memref.copy - memref.copy
// TABLE-NEXT:  scratch         128 (ceil/ d0 16)                               0    20  21  linalg.fill - linalg.fill
// TABLE-NEXT:  rows                        32 d0          128 (ceil/ d0 16) + 32    22  29  memref.copy - memref.copy
// TABLE-NEXT:  sums                         4 d0  128 (ceil/ d0 16) + 32 d0 + 32    23  24  linalg.fill - linalg.fill
// TABLE-NEXT:  scores                    4 d0 d0  128 (ceil/ d0 16) + 48 d0 + 32    25  26  linalg.fill - linalg.fill
// TABLE-NEXT:  of linalg.fill                 12               128 (ceil/ d0 16)    27  28  linalg.fill - linalg.fill
// TABLE-NOT:@nothing{{.*}}

//      BYTES:@block: a workspace of 128 (ceil/ d0 16) + 48 d0 + 4 d0 d0 + 32 bytes, 45728 for sizes of 100
// BYTES-NEXT:  d0: dimension 0 of argument 0
// BYTES-NEXT:  buffer          bytes  offset  from  to  life
// BYTES-NEXT:  heap                ?    heap            its size is not known at the entry of its function
// BYTES-NEXT:  weights            32     896    19  19  memref.copy - memref.copy
// BYTES-NEXT:  scratch           896       0    20  21  linalg.fill - linalg.fill
// BYTES-NEXT:  rows             3200     928    22  29  memref.copy - memref.copy
// BYTES-NEXT:  sums              400    4128    23  24  linalg.fill - linalg.fill
// BYTES-NEXT:  scores          40000    5728    25  26  linalg.fill - linalg.fill
// BYTES-NEXT:  of linalg.fill     12     896    27  28  linalg.fill - linalg.fill
// BYTES-NEXT:  43200 bytes are alive at once
// BYTES-NOT:@nothing{{.*}}

// EMPTY: bytes, 32 for sizes of 0
