// Loads and stores in inline assembly, with what they say to the caches and
// what they order: values come through, races are seen, and what is no such
// text is refused.

// RUN: mhc-run --device emulator %s --entry copies --arg random:1:256 --orders 3 \
// RUN: | FileCheck %s --check-prefix=COPIES
// RUN: mhc-run --device emulator %s --entry flags --arg zeros --orders 3 \
// RUN: | FileCheck %s --check-prefix=FLAGS
// RUN: not mhc-run --device emulator %s --entry relaxed --arg zeros 2>&1 \
// RUN: | FileCheck %s --check-prefix=RELAXED

// COPIES: result 0: 256xf32 min -2.48969 max 2.4697 mean -0.0478159
// FLAGS: result 0: 2xi32 min 7 max 7

module attributes {gpu.container_module} {
  gpu.module @kernels {
    gpu.func @copies(%x: !llvm.ptr<1>, %y: !llvm.ptr<1>) kernel {
      %t = gpu.thread_id x
      %i = arith.index_cast %t : index to i64
      %c4 = arith.constant 4 : i64
      %j = arith.muli %i, %c4 : i64
      %from = llvm.getelementptr %x[%j] : (!llvm.ptr<1>, i64) -> !llvm.ptr<1>, f32
      %to = llvm.getelementptr %y[%j] : (!llvm.ptr<1>, i64) -> !llvm.ptr<1>, f32
      %policy = arith.constant 0 : i64
      %v = llvm.inline_asm has_side_effects "ld.global.nc.L1::no_allocate.L2::128B.v4.f32 {$0, $1, $2, $3}, [$4];", "=f,=f,=f,=f,l" %from
          : (!llvm.ptr<1>) -> !llvm.struct<(f32, f32, f32, f32)>
      %a = llvm.extractvalue %v[0] : !llvm.struct<(f32, f32, f32, f32)>
      %b = llvm.extractvalue %v[1] : !llvm.struct<(f32, f32, f32, f32)>
      %c = llvm.extractvalue %v[2] : !llvm.struct<(f32, f32, f32, f32)>
      %d = llvm.extractvalue %v[3] : !llvm.struct<(f32, f32, f32, f32)>
      llvm.inline_asm has_side_effects "st.global.L1::no_allocate.v2.f32 [$0], {$1, $2};", "l,f,f" %to, %a, %b
          : (!llvm.ptr<1>, f32, f32) -> ()
      %next = llvm.getelementptr %to[2] : (!llvm.ptr<1>) -> !llvm.ptr<1>, f32
      llvm.inline_asm has_side_effects "st.global.cs.v2.f32 [$0], {$1,$2};", "l,f,f" %next, %c, %d
          : (!llvm.ptr<1>, f32, f32) -> ()
      gpu.return
    }

    // CTA 0 hands a number to CTA 1.
    gpu.func @flags(%x: !llvm.ptr<1>, %y: !llvm.ptr<1>) kernel {
      %b = gpu.block_id x
      %c0 = arith.constant 0 : index
      %zero = arith.constant 0 : i32
      %one = arith.constant 1 : i32
      %seven = arith.constant 7 : i32
      %flag = llvm.getelementptr %x[1] : (!llvm.ptr<1>) -> !llvm.ptr<1>, i32
      %first = arith.cmpi eq, %b, %c0 : index
      scf.if %first {
        llvm.store %seven, %x : i32, !llvm.ptr<1>
        llvm.store %seven, %y : i32, !llvm.ptr<1>
        llvm.inline_asm has_side_effects "st.release.gpu.global.u32 [$0], $1;", "l,r" %flag, %one
            : (!llvm.ptr<1>, i32) -> ()
      } else {
        scf.while : () -> () {
          %f = llvm.inline_asm has_side_effects "ld.acquire.gpu.global.u32 $0, [$1];", "=r,l" %flag
              : (!llvm.ptr<1>) -> i32
          %wait = arith.cmpi eq, %f, %zero : i32
          scf.condition(%wait)
        } do {
          scf.yield
        }
        %v = llvm.load %x : !llvm.ptr<1> -> i32
        %to = llvm.getelementptr %y[1] : (!llvm.ptr<1>) -> !llvm.ptr<1>, i32
        llvm.store %v, %to : i32, !llvm.ptr<1>
      }
      gpu.return
    }

    gpu.func @relaxed(%x: !llvm.ptr<1>, %y: !llvm.ptr<1>) kernel {
      %b = gpu.block_id x
      %c0 = arith.constant 0 : index
      %zero = arith.constant 0 : i32
      %one = arith.constant 1 : i32
      %seven = arith.constant 7 : i32
      %flag = llvm.getelementptr %x[1] : (!llvm.ptr<1>) -> !llvm.ptr<1>, i32
      %first = arith.cmpi eq, %b, %c0 : index
      scf.if %first {
        llvm.store %seven, %x : i32, !llvm.ptr<1>
        llvm.store %seven, %y : i32, !llvm.ptr<1>
        llvm.inline_asm has_side_effects "st.relaxed.gpu.global.u32 [$0], $1;", "l,r" %flag, %one
            : (!llvm.ptr<1>, i32) -> ()
      } else {
        scf.while : () -> () {
          %f = llvm.inline_asm has_side_effects "ld.relaxed.gpu.global.u32 $0, [$1];", "=r,l" %flag
              : (!llvm.ptr<1>) -> i32
          %wait = arith.cmpi eq, %f, %zero : i32
          scf.condition(%wait)
        } do {
          scf.yield
        }
        // RELAXED: memory-assembly.mlir:[[#@LINE+1]]:{{[0-9]+}}: error: race on global memory
        %v = llvm.load %x : !llvm.ptr<1> -> i32
        %to = llvm.getelementptr %y[1] : (!llvm.ptr<1>) -> !llvm.ptr<1>, i32
        llvm.store %v, %to : i32, !llvm.ptr<1>
      }
      gpu.return
    }
  }

  func.func @copies(%x: memref<256xf32>) -> memref<256xf32> {
    %c1 = arith.constant 1 : index
    %c64 = arith.constant 64 : index
    %y = memref.alloc() : memref<256xf32>
    %xi = memref.extract_aligned_pointer_as_index %x : memref<256xf32> -> index
    %xa = arith.index_cast %xi : index to i64
    %xp = llvm.inttoptr %xa : i64 to !llvm.ptr<1>
    %yi = memref.extract_aligned_pointer_as_index %y : memref<256xf32> -> index
    %ya = arith.index_cast %yi : index to i64
    %yp = llvm.inttoptr %ya : i64 to !llvm.ptr<1>
    gpu.launch_func @kernels::@copies
        blocks in (%c1, %c1, %c1) threads in (%c64, %c1, %c1)
        args(%xp : !llvm.ptr<1>, %yp : !llvm.ptr<1>)
    return %y : memref<256xf32>
  }

  func.func @flags(%x: memref<2xi32>) -> memref<2xi32> {
    %c1 = arith.constant 1 : index
    %c2 = arith.constant 2 : index
    %y = memref.alloc() : memref<2xi32>
    %xi = memref.extract_aligned_pointer_as_index %x : memref<2xi32> -> index
    %xa = arith.index_cast %xi : index to i64
    %xp = llvm.inttoptr %xa : i64 to !llvm.ptr<1>
    %yi = memref.extract_aligned_pointer_as_index %y : memref<2xi32> -> index
    %ya = arith.index_cast %yi : index to i64
    %yp = llvm.inttoptr %ya : i64 to !llvm.ptr<1>
    gpu.launch_func @kernels::@flags
        blocks in (%c2, %c1, %c1) threads in (%c1, %c1, %c1)
        args(%xp : !llvm.ptr<1>, %yp : !llvm.ptr<1>)
    return %y : memref<2xi32>
  }

  func.func @relaxed(%x: memref<2xi32>) -> memref<2xi32> {
    %c1 = arith.constant 1 : index
    %c2 = arith.constant 2 : index
    %y = memref.alloc() : memref<2xi32>
    %xi = memref.extract_aligned_pointer_as_index %x : memref<2xi32> -> index
    %xa = arith.index_cast %xi : index to i64
    %xp = llvm.inttoptr %xa : i64 to !llvm.ptr<1>
    %yi = memref.extract_aligned_pointer_as_index %y : memref<2xi32> -> index
    %ya = arith.index_cast %yi : index to i64
    %yp = llvm.inttoptr %ya : i64 to !llvm.ptr<1>
    gpu.launch_func @kernels::@relaxed
        blocks in (%c2, %c1, %c1) threads in (%c1, %c1, %c1)
        args(%xp : !llvm.ptr<1>, %yp : !llvm.ptr<1>)
    return %y : memref<2xi32>
  }
}
