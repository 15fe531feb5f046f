; The kernels of the tests of libmhcrt, as the emulator's driver takes them.

target triple = "nvptx64-nvidia-cuda"
target datalayout = "e-p6:32:32-i64:64-i128:128-i256:256-v16:16-v32:32-n16:32:64"

@smem = external addrspace(3) global [0 x i8], align 16

declare i32 @llvm.nvvm.read.ptx.sreg.tid.x()
declare i32 @llvm.nvvm.read.ptx.sreg.ntid.x()
declare i32 @llvm.nvvm.read.ptx.sreg.ctaid.x()
declare void @llvm.nvvm.barrier.cta.sync.aligned.all(i32)

; y[i] = a * x[i] + b for i < n
define ptx_kernel void @scale(ptr addrspace(1) %x, ptr addrspace(1) %y, i64 %n, float %a, float %b) {
  %tid = call i32 @llvm.nvvm.read.ptx.sreg.tid.x()
  %ntid = call i32 @llvm.nvvm.read.ptx.sreg.ntid.x()
  %cta = call i32 @llvm.nvvm.read.ptx.sreg.ctaid.x()
  %first = mul i32 %cta, %ntid
  %index = add i32 %first, %tid
  %i = zext i32 %index to i64
  %inside = icmp slt i64 %i, %n
  br i1 %inside, label %body, label %end
body:
  %from = getelementptr float, ptr addrspace(1) %x, i64 %i
  %value = load float, ptr addrspace(1) %from, align 4
  %product = fmul float %value, %a
  %sum = fadd float %product, %b
  %to = getelementptr float, ptr addrspace(1) %y, i64 %i
  store float %sum, ptr addrspace(1) %to, align 4
  br label %end
end:
  ret void
}

; y[t] = the sum of x[t][0..31]: a CTA of 32 threads a token, with a barrier
; between what the threads write to shared memory and what the first one reads
define ptx_kernel void @sums(ptr addrspace(1) %x, ptr addrspace(1) %y) {
  call void @store_element(ptr addrspace(1) %x)
  call void @llvm.nvvm.barrier.cta.sync.aligned.all(i32 0)
  call void @add_up(ptr addrspace(1) %y)
  ret void
}

; as sums, without the barrier: the emulator finds a race
define ptx_kernel void @sums_without_barrier(ptr addrspace(1) %x, ptr addrspace(1) %y) {
  call void @store_element(ptr addrspace(1) %x)
  call void @add_up(ptr addrspace(1) %y)
  ret void
}

define internal void @store_element(ptr addrspace(1) %x) alwaysinline {
  %tid = call i32 @llvm.nvvm.read.ptx.sreg.tid.x()
  %cta = call i32 @llvm.nvvm.read.ptx.sreg.ctaid.x()
  %first = mul i32 %cta, 32
  %i = add i32 %first, %tid
  %from = getelementptr float, ptr addrspace(1) %x, i32 %i
  %value = load float, ptr addrspace(1) %from, align 4
  %slot = getelementptr float, ptr addrspace(3) @smem, i32 %tid
  store float %value, ptr addrspace(3) %slot, align 4
  ret void
}

define internal void @add_up(ptr addrspace(1) %y) alwaysinline {
  %tid = call i32 @llvm.nvvm.read.ptx.sreg.tid.x()
  %cta = call i32 @llvm.nvvm.read.ptx.sreg.ctaid.x()
  %is_first = icmp eq i32 %tid, 0
  br i1 %is_first, label %loop, label %end
loop:
  %i = phi i32 [ 0, %0 ], [ %next, %loop ]
  %sum = phi float [ 0.0, %0 ], [ %more, %loop ]
  %slot = getelementptr float, ptr addrspace(3) @smem, i32 %i
  %value = load float, ptr addrspace(3) %slot, align 4
  %more = fadd float %sum, %value
  %next = add i32 %i, 1
  %go_on = icmp slt i32 %next, 32
  br i1 %go_on, label %loop, label %store
store:
  %to = getelementptr float, ptr addrspace(1) %y, i32 %cta
  store float %more, ptr addrspace(1) %to, align 4
  br label %end
end:
  ret void
}
