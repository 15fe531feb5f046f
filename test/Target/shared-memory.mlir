// Dynamic shared memory is an external array without a size; kernels may be llvm.func; memrefs
// may be bare pointers.

// RUN: rm -rf %t && mkdir %t
// RUN: mhc-run --device emulator %s --emit-ptx %t/x.ptx
// RUN: FileCheck %s --check-prefix=DYNAMIC --input-file=%t/x.dynamic.ptx
// RUN: FileCheck %s --check-prefix=BARE --input-file=%t/x.bare.ptx
// RUN: %if ptxas %{ ptxas -arch=sm_90a %t/x.dynamic.ptx -o %t/x.cubin %}
// RUN: %if ptxas %{ ptxas -arch=sm_90a %t/x.bare.ptx -o %t/x.cubin %}

// DYNAMIC: .extern .shared .align 16 .b8 buffer[];
// DYNAMIC: .entry kernel(
// DYNAMIC: st.volatile.shared.b32 [buffer]
gpu.module @dynamic {
  llvm.mlir.global external @buffer() {addr_space = 3 : i32, alignment = 16} : !llvm.array<0 x i8>
  llvm.func @kernel(%v: f32) attributes {gpu.kernel, nvvm.kernel} {
    %p = llvm.mlir.addressof @buffer : !llvm.ptr<3>
    llvm.store volatile %v, %p : f32, !llvm.ptr<3>
    llvm.return
  }
}

// Four words in one access, through the cache for read-only data.
// BARE: .entry copy(
// BARE: ld.global.nc.v4.b32
// BARE: st.global.v4.b32
gpu.module @bare attributes {mhc.bare_pointers} {
  gpu.func @copy(%x: memref<8xf32> {llvm.noalias, llvm.readonly}, %y: memref<8xf32>) kernel {
    %c0 = arith.constant 0 : index
    %v = vector.load %x[%c0] {alignment = 16} : memref<8xf32>, vector<4xf32>
    vector.store %v, %y[%c0] {alignment = 16} : memref<8xf32>, vector<4xf32>
    gpu.return
  }
}
