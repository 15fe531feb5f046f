// Buffers in a workspace. One kernel fills %a and the next one copies it to %b, which the host copies to the result; the
// faulty entries follow wrong plans.

// RUN: mhc-run --device emulator %s --entry right --orders 4 | FileCheck %s --check-prefix=RIGHT
// RUN: not mhc-run --device emulator %s --entry shared 2>&1 | FileCheck %s --check-prefix=SHARED
// RUN: not mhc-run --device emulator %s --entry ended 2>&1 | FileCheck %s --check-prefix=ENDED
// RUN: not mhc-run --device emulator %s --entry early 2>&1 | FileCheck %s --check-prefix=EARLY
// RUN: not mhc-run --device emulator %s --entry unwritten 2>&1 | FileCheck %s --check-prefix=UNWRITTEN
// RUN: not mhc-run --device emulator %s --entry copied 2>&1 | FileCheck %s --check-prefix=COPIED
// RUN: not mhc-run --device emulator %s --entry filled 2>&1 | FileCheck %s --check-prefix=FILLED
// RUN: not mhc-run --device emulator %s --entry stored 2>&1 | FileCheck %s --check-prefix=STORED
// RUN: not mhc-run --device emulator %s --entry loaded 2>&1 | FileCheck %s --check-prefix=LOADED
// RUN: not mhc-run --device emulator %s --entry overrun 2>&1 | FileCheck %s --check-prefix=EXCESS
// RUN: not mhc-run --device emulator %s --entry beyond 2>&1 | FileCheck %s --check-prefix=BEYOND
// RUN: not mhc-run --device emulator %s --entry gap 2>&1 | FileCheck %s --check-prefix=GAP
// RUN: not mhc-run --device emulator %s --entry outside 2>&1 | FileCheck %s --check-prefix=OUTSIDE
// RUN: not mhc-run --device emulator %s --entry twice 2>&1 | FileCheck %s --check-prefix=TWICE
// RUN: mhc-run --device emulator %s --entry ended --check races,sync,init

// RIGHT: result 0: 64xi32 min 0 max 63 mean 31.5

module attributes {gpu.container_module} {
  gpu.module @kernels {
    gpu.func @fill(%out: memref<64xi32>) kernel {
      %t = gpu.thread_id x
      %v = arith.index_cast %t : index to i32
      // EARLY: lives.mlir:[[#@LINE+1]]:{{[0-9]+}}: error: use of memory in which no buffer lives: write of 4 bytes at '%workspace' + 0x0 of 0x400 bytes, where no buffer lives by thread (0, 0, 0)
      memref.store %v, %out[%t] : memref<64xi32>
      gpu.return
    }

    gpu.func @copy(%in: memref<64xi32>, %out: memref<64xi32>) kernel {
      %t = gpu.thread_id x
      // ENDED: lives.mlir:[[#@LINE+2]]:{{[0-9]+}}: error: use after the end of a life: read of 4 bytes at 'a' + 0x0 of 0x100 bytes, whose life has ended by thread (0, 0, 0)
      // UNWRITTEN: lives.mlir:[[#@LINE+1]]:{{[0-9]+}}: error: read of uninitialised global memory: 4 bytes at 'a' + 0x0 of 0x100 bytes by thread (0, 0, 0)
      %x = memref.load %in[%t] : memref<64xi32>
      memref.store %x, %out[%t] : memref<64xi32>
      gpu.return
    }

    gpu.func @fill_many(%out: memref<?xi32>) kernel {
      %t = gpu.thread_id x
      %v = arith.index_cast %t : index to i32
      // EXCESS: lives.mlir:[[#@LINE+3]]:{{[0-9]+}}: error: use of a buffer that the launch was not given: write of 4 bytes at 'b' + 0x0 of 0x100 bytes by thread (64, 0, 0)
      // BEYOND: lives.mlir:[[#@LINE+2]]:{{[0-9]+}}: error: out of bounds: write of 4 bytes at '%workspace' + 0x400 of 0x400 bytes by thread (64, 0, 0)
      // GAP: lives.mlir:[[#@LINE+1]]:{{[0-9]+}}: error: use of memory in which no buffer lives: write of 4 bytes at '%workspace' + 0x100 of 0x400 bytes, where no buffer lives by thread (64, 0, 0)
      memref.store %v, %out[%t] : memref<?xi32>
      gpu.return
    }
  }

  func.func private @fill(%out: memref<64xi32>) {
    %c1 = arith.constant 1 : index
    %c64 = arith.constant 64 : index
    gpu.launch_func @kernels::@fill blocks in (%c1, %c1, %c1) threads in (%c64, %c1, %c1) args(%out : memref<64xi32>)
    return
  }
  func.func private @copy(%in: memref<64xi32>, %out: memref<64xi32>) {
    %c1 = arith.constant 1 : index
    %c64 = arith.constant 64 : index
    gpu.launch_func @kernels::@copy blocks in (%c1, %c1, %c1) threads in (%c64, %c1, %c1)
        args(%in : memref<64xi32>, %out : memref<64xi32>)
    return
  }
  func.func private @fill_many(%out: memref<64xi32>) {
    %c1 = arith.constant 1 : index
    %c65 = arith.constant 65 : index
    %many = memref.cast %out : memref<64xi32> to memref<?xi32>
    gpu.launch_func @kernels::@fill_many blocks in (%c1, %c1, %c1) threads in (%c65, %c1, %c1) args(%many : memref<?xi32>)
    return
  }

  // Bytes are used again when a life has ended.
  func.func @right() -> memref<64xi32> {
    %c0 = arith.constant 0 : index
    %c256 = arith.constant 256 : index
    %c128 = arith.constant 128 : index
    %out = memref.alloc() : memref<64xi32>
    %workspace = memref.alloc() {mhc.workspace} : memref<1024xi8>
    %a = memref.view %workspace[%c0][] : memref<1024xi8> to memref<64xi32>
    %b = memref.view %workspace[%c256][] : memref<1024xi8> to memref<64xi32>
    %c = memref.view %workspace[%c128][] : memref<1024xi8> to memref<64xi32>
    mhc.life_begin "a" %a : memref<64xi32>
    func.call @fill(%a) : (memref<64xi32>) -> ()
    mhc.life_begin "b" %b : memref<64xi32>
    func.call @copy(%a, %b) : (memref<64xi32>, memref<64xi32>) -> ()
    mhc.life_end "a" %a : memref<64xi32>
    memref.copy %b, %out : memref<64xi32> to memref<64xi32>
    mhc.life_end "b" %b : memref<64xi32>
    mhc.life_begin "c" %c : memref<64xi32>
    memref.copy %out, %c : memref<64xi32> to memref<64xi32>
    memref.copy %c, %out : memref<64xi32> to memref<64xi32>
    mhc.life_end "c" %c : memref<64xi32>
    memref.dealloc %workspace : memref<1024xi8>
    return %out : memref<64xi32>
  }

  // Two buffers on the same bytes.
  func.func @shared() -> memref<64xi32> {
    %c0 = arith.constant 0 : index
    %c192 = arith.constant 192 : index
    %out = memref.alloc() : memref<64xi32>
    %workspace = memref.alloc() {mhc.workspace} : memref<1024xi8>
    %a = memref.view %workspace[%c0][] : memref<1024xi8> to memref<64xi32>
    %b = memref.view %workspace[%c192][] : memref<1024xi8> to memref<64xi32>
    // SHARED: lives.mlir:[[#@LINE+4]]:5: error: two buffers in the same bytes: the life of 'b', 256 bytes at '%workspace' + 0xc0 of 0x400 bytes, begins in bytes of 'a', 256 bytes at '%workspace' + 0x0 of 0x400 bytes
    // SHARED-NEXT: mhc.life_begin "b"
    // SHARED: lives.mlir:[[#@LINE+1]]:5: note: the life of 'a' begins here
    mhc.life_begin "a" %a : memref<64xi32>
    mhc.life_begin "b" %b : memref<64xi32>
    func.call @fill(%a) : (memref<64xi32>) -> ()
    func.call @copy(%a, %b) : (memref<64xi32>, memref<64xi32>) -> ()
    memref.copy %b, %out : memref<64xi32> to memref<64xi32>
    return %out : memref<64xi32>
  }

  // A life that ends ahead of the last use.
  func.func @ended() -> memref<64xi32> {
    %c0 = arith.constant 0 : index
    %out = memref.alloc() : memref<64xi32>
    %workspace = memref.alloc() {mhc.workspace} : memref<1024xi8>
    %a = memref.view %workspace[%c0][] : memref<1024xi8> to memref<64xi32>
    // ENDED: lives.mlir:[[#@LINE+1]]:5: note: the life of 'a' begins here
    mhc.life_begin "a" %a : memref<64xi32>
    func.call @fill(%a) : (memref<64xi32>) -> ()
    // ENDED: lives.mlir:[[#@LINE+1]]:5: note: and it ends here
    mhc.life_end "a" %a : memref<64xi32>
    func.call @copy(%a, %out) : (memref<64xi32>, memref<64xi32>) -> ()
    return %out : memref<64xi32>
  }

  // A life that begins behind the first use.
  func.func @early() -> memref<64xi32> {
    %c0 = arith.constant 0 : index
    %out = memref.alloc() : memref<64xi32>
    %workspace = memref.alloc() {mhc.workspace} : memref<1024xi8>
    %a = memref.view %workspace[%c0][] : memref<1024xi8> to memref<64xi32>
    func.call @fill(%a) : (memref<64xi32>) -> ()
    mhc.life_begin "a" %a : memref<64xi32>
    func.call @copy(%a, %out) : (memref<64xi32>, memref<64xi32>) -> ()
    return %out : memref<64xi32>
  }

  // What the last buffer left there is no value of the next one.
  func.func @unwritten() -> memref<64xi32> {
    %c0 = arith.constant 0 : index
    %out = memref.alloc() : memref<64xi32>
    %workspace = memref.alloc() {mhc.workspace} : memref<1024xi8>
    %a = memref.view %workspace[%c0][] : memref<1024xi8> to memref<64xi32>
    mhc.life_begin "a" %a : memref<64xi32>
    func.call @fill(%a) : (memref<64xi32>) -> ()
    mhc.life_end "a" %a : memref<64xi32>
    // UNWRITTEN: lives.mlir:[[#@LINE+1]]:5: note: the life of 'a' begins here
    mhc.life_begin "a" %a : memref<64xi32>
    func.call @copy(%a, %out) : (memref<64xi32>, memref<64xi32>) -> ()
    return %out : memref<64xi32>
  }

  func.func @copied() -> memref<64xi32> {
    %c0 = arith.constant 0 : index
    %out = memref.alloc() : memref<64xi32>
    %workspace = memref.alloc() {mhc.workspace} : memref<1024xi8>
    %a = memref.view %workspace[%c0][] : memref<1024xi8> to memref<64xi32>
    mhc.life_begin "a" %a : memref<64xi32>
    func.call @fill(%a) : (memref<64xi32>) -> ()
    mhc.life_end "a" %a : memref<64xi32>
    // COPIED: lives.mlir:[[#@LINE+1]]:5: error: use after the end of a life: 256 bytes of the source of a copy at 'a' + 0x0 of 0x100 bytes, whose life has ended
    memref.copy %a, %out : memref<64xi32> to memref<64xi32>
    return %out : memref<64xi32>
  }

  func.func @filled() -> memref<64xi32> {
    %c0 = arith.constant 0 : index
    %zero = arith.constant 0 : i32
    %out = memref.alloc() : memref<64xi32>
    %workspace = memref.alloc() {mhc.workspace} : memref<1024xi8>
    %a = memref.view %workspace[%c0][] : memref<1024xi8> to memref<64xi32>
    gpu.memset %out, %zero : memref<64xi32>, i32
    // FILLED: lives.mlir:[[#@LINE+1]]:5: error: use of memory in which no buffer lives: 256 bytes of memory that is filled at '%workspace' + 0x0 of 0x400 bytes, where no buffer lives
    gpu.memset %a, %zero : memref<64xi32>, i32
    return %out : memref<64xi32>
  }

  // STORED: lives.mlir:[[#@LINE+1]]:{{[0-9]+}}: error: use of memory in which no buffer lives: 4 bytes of memory that the host stores to at '%workspace' + 0x8 of 0x400 bytes, where no buffer lives
  func.func @stored() -> memref<64xi32> {
    %c0 = arith.constant 0 : index
    %c2 = arith.constant 2 : index
    %zero = arith.constant 0 : i32
    %out = memref.alloc() : memref<64xi32>
    %workspace = memref.alloc() {mhc.workspace} : memref<1024xi8>
    %a = memref.view %workspace[%c0][] : memref<1024xi8> to memref<64xi32>
    gpu.memset %out, %zero : memref<64xi32>, i32
    memref.store %zero, %a[%c2] : memref<64xi32>
    return %out : memref<64xi32>
  }

  // LOADED: lives.mlir:[[#@LINE+1]]:{{[0-9]+}}: error: use after the end of a life: 4 bytes of memory that the host loads from at 'a' + 0x8 of 0x100 bytes, whose life has ended
  func.func @loaded() -> memref<64xi32> {
    %c0 = arith.constant 0 : index
    %c2 = arith.constant 2 : index
    %out = memref.alloc() : memref<64xi32>
    %workspace = memref.alloc() {mhc.workspace} : memref<1024xi8>
    %a = memref.view %workspace[%c0][] : memref<1024xi8> to memref<64xi32>
    mhc.life_begin "a" %a : memref<64xi32>
    func.call @fill(%a) : (memref<64xi32>) -> ()
    mhc.life_end "a" %a : memref<64xi32>
    %value = memref.load %a[%c2] : memref<64xi32>
    gpu.memset %out, %value : memref<64xi32>, i32
    return %out : memref<64xi32>
  }

  // A kernel that writes more than its buffer: in the next one, in no buffer, and behind the workspace.
  func.func @overrun() -> memref<64xi32> {
    %c0 = arith.constant 0 : index
    %c256 = arith.constant 256 : index
    %zero = arith.constant 0 : i32
    %workspace = memref.alloc() {mhc.workspace} : memref<1024xi8>
    %out = memref.alloc() : memref<64xi32>
    %a = memref.view %workspace[%c0][] : memref<1024xi8> to memref<64xi32>
    %b = memref.view %workspace[%c256][] : memref<1024xi8> to memref<64xi32>
    mhc.life_begin "a" %a : memref<64xi32>
    // EXCESS: lives.mlir:[[#@LINE+1]]:5: note: the life of 'b' begins here
    mhc.life_begin "b" %b : memref<64xi32>
    gpu.memset %b, %zero : memref<64xi32>, i32
    func.call @fill_many(%a) : (memref<64xi32>) -> ()
    memref.copy %b, %out : memref<64xi32> to memref<64xi32>
    return %out : memref<64xi32>
  }
  func.func @gap() -> memref<64xi32> {
    %c0 = arith.constant 0 : index
    %workspace = memref.alloc() {mhc.workspace} : memref<1024xi8>
    %out = memref.alloc() : memref<64xi32>
    %a = memref.view %workspace[%c0][] : memref<1024xi8> to memref<64xi32>
    // GAP: lives.mlir:[[#@LINE+1]]:5: note: 'a', which ends 0 bytes ahead of it, begins its life here
    mhc.life_begin "a" %a : memref<64xi32>
    func.call @fill_many(%a) : (memref<64xi32>) -> ()
    memref.copy %a, %out : memref<64xi32> to memref<64xi32>
    return %out : memref<64xi32>
  }
  func.func @beyond() -> memref<64xi32> {
    %c768 = arith.constant 768 : index
    %workspace = memref.alloc() {mhc.workspace} : memref<1024xi8>
    %out = memref.alloc() : memref<64xi32>
    %a = memref.view %workspace[%c768][] : memref<1024xi8> to memref<64xi32>
    // BEYOND: lives.mlir:[[#@LINE+1]]:5: note: 'a', which ends 0 bytes ahead of it, begins its life here
    mhc.life_begin "a" %a : memref<64xi32>
    func.call @fill_many(%a) : (memref<64xi32>) -> ()
    memref.copy %a, %out : memref<64xi32> to memref<64xi32>
    return %out : memref<64xi32>
  }

  // Lives where there is no workspace, or not enough of it.
  func.func @outside() -> memref<64xi32> {
    %c896 = arith.constant 896 : index
    %zero = arith.constant 0 : i32
    %workspace = memref.alloc() {mhc.workspace} : memref<1024xi8>
    %out = memref.alloc() : memref<64xi32>
    %a = memref.view %workspace[%c896][] : memref<1024xi8> to memref<64xi32>
    // OUTSIDE: lives.mlir:[[#@LINE+1]]:5: error: life outside of a workspace: the life of 'a', 256 bytes at '%workspace' + 0x380 of 0x400 bytes
    mhc.life_begin "a" %a : memref<64xi32>
    // OUTSIDE: lives.mlir:[[#@LINE+1]]:5: error: life outside of a workspace: the life of 'out', 256 bytes at '%out' + 0x0 of 0x100 bytes
    mhc.life_begin "out" %out : memref<64xi32>
    gpu.memset %out, %zero : memref<64xi32>, i32
    return %out : memref<64xi32>
  }

  func.func @twice() -> memref<64xi32> {
    %c0 = arith.constant 0 : index
    %zero = arith.constant 0 : i32
    %workspace = memref.alloc() {mhc.workspace} : memref<1024xi8>
    %out = memref.alloc() : memref<64xi32>
    %a = memref.view %workspace[%c0][] : memref<1024xi8> to memref<64xi32>
    mhc.life_begin "a" %a : memref<64xi32>
    mhc.life_end "a" %a : memref<64xi32>
    // TWICE: lives.mlir:[[#@LINE+1]]:5: error: end of no life: no life of 'a', 256 bytes at '%workspace' + 0x0 of 0x400 bytes, is there to end
    mhc.life_end "a" %a : memref<64xi32>
    gpu.memset %out, %zero : memref<64xi32>, i32
    return %out : memref<64xi32>
  }
}
