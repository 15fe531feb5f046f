//===- ptx.h - Device functions, as instructions of a GPU -------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Each function is one instruction (PTX ISA 8.0 for sm_90a) or a short loop of
// them. emulation.h defines the same functions for the host.
//
//===----------------------------------------------------------------------===//

#ifndef PROBE_DEVICE_PTX_H
#define PROBE_DEVICE_PTX_H

#include <cuda_runtime.h>

#define DEVICE __device__ __forceinline__
#define PROBE_GLOBAL extern "C" __global__
#define PROBE_BOUNDS(THREADS, RESIDENT) __launch_bounds__(THREADS, RESIDENT)
#define PROBE_CONSTANT __grid_constant__

//===----------------------------------------------------------------------===//
// Where a thread is, and when
//===----------------------------------------------------------------------===//

DEVICE u32 sharedBase() {
  extern __shared__ __align__(128) unsigned char sharedMemory[];
  return static_cast<u32>(__cvta_generic_to_shared(sharedMemory));
}

DEVICE u32 clusterRank() {
  u32 rank;
  asm volatile("mov.u32 %0, %%cluster_ctarank;" : "=r"(rank));
  return rank;
}

DEVICE u32 multiprocessor() {
  u32 id;
  asm volatile("mov.u32 %0, %%smid;" : "=r"(id));
  return id;
}

/// Cycles of the multiprocessor's clock.
DEVICE u64 cycles() {
  u64 now;
  asm volatile("mov.u64 %0, %%clock64;" : "=l"(now)::"memory");
  return now;
}

/// Nanoseconds of one clock for the whole device; its step may be 1 us.
DEVICE u64 nanoseconds() {
  u64 now;
  asm volatile("mov.u64 %0, %%globaltimer;" : "=l"(now)::"memory");
  return now;
}

/// To be called in loops that wait for other threads without a barrier.
DEVICE void spin() {}

//===----------------------------------------------------------------------===//
// Shared memory
//===----------------------------------------------------------------------===//

DEVICE u32 loadShared(u32 address) {
  u32 v;
  asm volatile("ld.shared.u32 %0, [%1];" : "=r"(v) : "r"(address) : "memory");
  return v;
}

DEVICE uint2 loadShared2(u32 address) {
  uint2 v;
  asm volatile("ld.shared.v2.u32 {%0,%1}, [%2];"
               : "=r"(v.x), "=r"(v.y)
               : "r"(address)
               : "memory");
  return v;
}

DEVICE uint4 loadShared4(u32 address) {
  uint4 v;
  asm volatile("ld.shared.v4.u32 {%0,%1,%2,%3}, [%4];"
               : "=r"(v.x), "=r"(v.y), "=r"(v.z), "=r"(v.w)
               : "r"(address)
               : "memory");
  return v;
}

DEVICE float loadSharedF(u32 address) {
  return __uint_as_float(loadShared(address));
}

DEVICE float4 loadSharedF4(u32 address) {
  float4 v;
  asm volatile("ld.shared.v4.f32 {%0,%1,%2,%3}, [%4];"
               : "=f"(v.x), "=f"(v.y), "=f"(v.z), "=f"(v.w)
               : "r"(address)
               : "memory");
  return v;
}

DEVICE void storeShared(u32 address, u32 v) {
  asm volatile("st.shared.u32 [%0], %1;" ::"r"(address), "r"(v) : "memory");
}

DEVICE void storeShared2(u32 address, uint2 v) {
  asm volatile("st.shared.v2.u32 [%0], {%1,%2};" ::"r"(address), "r"(v.x),
               "r"(v.y)
               : "memory");
}

DEVICE void storeShared4(u32 address, uint4 v) {
  asm volatile("st.shared.v4.u32 [%0], {%1,%2,%3,%4};" ::"r"(address), "r"(v.x),
               "r"(v.y), "r"(v.z), "r"(v.w)
               : "memory");
}

DEVICE void storeSharedF(u32 address, float v) {
  asm volatile("st.shared.f32 [%0], %1;" ::"r"(address), "f"(v) : "memory");
}

DEVICE void storeSharedF4(u32 address, float4 v) {
  asm volatile("st.shared.v4.f32 [%0], {%1,%2,%3,%4};" ::"r"(address), "f"(v.x),
               "f"(v.y), "f"(v.z), "f"(v.w)
               : "memory");
}

//===----------------------------------------------------------------------===//
// Distributed shared memory
//===----------------------------------------------------------------------===//

/// An address of this CTA's shared memory, in CTA `rank` of the cluster.
DEVICE u32 mapToCta(u32 address, u32 rank) {
  u32 mapped;
  asm("mapa.shared::cluster.u32 %0, %1, %2;"
      : "=r"(mapped)
      : "r"(address), "r"(rank));
  return mapped;
}

DEVICE u32 loadRemote(u32 mapped) {
  u32 v;
  asm volatile("ld.shared::cluster.u32 %0, [%1];"
               : "=r"(v)
               : "r"(mapped)
               : "memory");
  return v;
}

/// 16 bytes to a CTA of the cluster; its barrier then counts them.
DEVICE void storeRemoteF4(u32 mapped, float4 v, u32 mappedBarrier) {
  asm volatile("st.async.shared::cluster.mbarrier::complete_tx::bytes.v4.f32 "
               "[%0], {%1,%2,%3,%4}, [%5];" ::"r"(mapped),
               "f"(v.x), "f"(v.y), "f"(v.z), "f"(v.w), "r"(mappedBarrier)
               : "memory");
}

//===----------------------------------------------------------------------===//
// Barriers
//===----------------------------------------------------------------------===//

DEVICE void barrierInit(u32 barrier, u32 arrivals) {
  asm volatile("mbarrier.init.shared::cta.b64 [%0], %1;" ::"r"(barrier),
               "r"(arrivals)
               : "memory");
}

/// Makes initialised barriers known to the cluster, before its barrier.
DEVICE void fenceBarrierInit() {
  asm volatile("fence.mbarrier_init.release.cluster;" ::: "memory");
}

DEVICE void barrierArrive(u32 barrier) {
  asm volatile("mbarrier.arrive.shared::cta.b64 _, [%0];" ::"r"(barrier)
               : "memory");
}

/// An arrival at the barrier of a CTA of the cluster, with release.
DEVICE void barrierArriveRemote(u32 mappedBarrier) {
  asm volatile(
      "mbarrier.arrive.release.cluster.shared::cluster.b64 _, [%0];" ::"r"(
          mappedBarrier)
      : "memory");
}

/// An arrival, and `bytes` more that have to come before the phase ends.
DEVICE void barrierExpect(u32 barrier, u32 bytes) {
  asm volatile(
      "mbarrier.arrive.expect_tx.shared::cta.b64 _, [%0], %1;" ::"r"(barrier),
      "r"(bytes)
      : "memory");
}

/// Waits until the phase of this parity (0, 1, 0, ...) has ended.
DEVICE void barrierWait(u32 barrier, u32 parity) {
  asm volatile("{\n"
               ".reg .pred p;\n"
               "AGAIN_%=:\n"
               "mbarrier.try_wait.parity.shared::cta.b64 p, [%0], %1;\n"
               "@!p bra AGAIN_%=;\n"
               "}" ::"r"(barrier),
               "r"(parity)
               : "memory");
}

/// The same where other CTAs of the cluster arrive: acquires at its scope.
DEVICE void barrierWaitCluster(u32 barrier, u32 parity) {
  asm volatile(
      "{\n"
      ".reg .pred p;\n"
      "AGAIN_%=:\n"
      "mbarrier.try_wait.parity.acquire.cluster.shared::cta.b64 p, [%0], %1;\n"
      "@!p bra AGAIN_%=;\n"
      "}" ::"r"(barrier),
      "r"(parity)
      : "memory");
}

/// One try of that, which may take a while: true if the phase has ended.
DEVICE bool barrierTryWaitCluster(u32 barrier, u32 parity) {
  u32 ended;
  asm volatile(
      "{\n"
      ".reg .pred p;\n"
      "mbarrier.try_wait.parity.acquire.cluster.shared::cta.b64 p, [%1], %2;\n"
      "selp.u32 %0, 1, 0, p;\n"
      "}"
      : "=r"(ended)
      : "r"(barrier), "r"(parity)
      : "memory");
  return ended;
}

DEVICE void clusterArrive() {
  asm volatile("barrier.cluster.arrive.release.aligned;" ::: "memory");
}

/// Without release: orders nothing that was written before.
DEVICE void clusterArriveRelaxed() {
  asm volatile("barrier.cluster.arrive.relaxed.aligned;" ::: "memory");
}

DEVICE void clusterWait() {
  asm volatile("barrier.cluster.wait.acquire.aligned;" ::: "memory");
}

//===----------------------------------------------------------------------===//
// Asynchronous copies into shared memory
//===----------------------------------------------------------------------===//

/// 16 bytes, or zeros where not `valid`; the copying thread waits for them.
DEVICE void copyAsync(u32 target, const void *source, bool valid) {
  asm volatile(
      "cp.async.cg.shared.global.L2::128B [%0], [%1], 16, %2;" ::"r"(target),
      "l"(source), "r"(valid ? 16 : 0)
      : "memory");
}

DEVICE void copyCommit() {
  asm volatile("cp.async.commit_group;" ::: "memory");
}

/// Waits for all but the newest N groups of this thread's copies.
template <int N> DEVICE void copyWait() {
  asm volatile("cp.async.wait_group %0;" ::"n"(N) : "memory");
}

/// A multiple of 16 bytes; the barrier counts them. Read once: they leave the
/// L2 cache first.
DEVICE void copyBulk(u32 target, const void *source, u32 bytes, u32 barrier) {
  u64 policy;
  asm("createpolicy.fractional.L2::evict_first.b64 %0, 1.0;" : "=l"(policy));
  asm volatile("cp.async.bulk.shared::cluster.global.mbarrier::complete_tx::"
               "bytes.L2::cache_hint [%0], [%1], %2, [%3], %4;" ::"r"(target),
               "l"(source), "r"(bytes), "r"(barrier), "l"(policy)
               : "memory");
}

/// A multiple of 16 bytes from shared to global memory, in the open group of
/// this thread's copies out.
DEVICE void copyBulkOut(void *target, u32 source, u32 bytes) {
  asm volatile(
      "cp.async.bulk.global.shared::cta.bulk_group [%0], [%1], %2;" ::"l"(
          target),
      "r"(source), "r"(bytes)
      : "memory");
}

DEVICE void copyBulkOutCommit() {
  asm volatile("cp.async.bulk.commit_group;" ::: "memory");
}

/// Waits until all but the newest N groups of copies out are written.
template <int N> DEVICE void copyBulkOutWait() {
  asm volatile("cp.async.bulk.wait_group %0;" ::"n"(N) : "memory");
}

/// The same, until their shared memory has been read and may be overwritten.
template <int N> DEVICE void copyBulkOutWaitRead() {
  asm volatile("cp.async.bulk.wait_group.read %0;" ::"n"(N) : "memory");
}

/// Orders this thread's accesses to shared memory and those of bulk copies.
DEVICE void fenceAsync() {
  asm volatile("fence.proxy.async.shared::cta;" ::: "memory");
}

//===----------------------------------------------------------------------===//
// Global memory
//===----------------------------------------------------------------------===//

/// Of memory that no thread of this launch writes, nor of one that may still
/// run: it may be moved above waitForEarlierLaunch().
DEVICE uint4 loadGlobal4(const void *p) {
  uint4 v;
  asm volatile("ld.global.nc.v4.u32 {%0,%1,%2,%3}, [%4];"
               : "=r"(v.x), "=r"(v.y), "=r"(v.z), "=r"(v.w)
               : "l"(p));
  return v;
}

/// The same, past the first-level cache.
DEVICE uint4 streamGlobal4(const void *p) {
  uint4 v;
  asm volatile("ld.global.nc.L1::no_allocate.v4.u32 {%0,%1,%2,%3}, [%4];"
               : "=r"(v.x), "=r"(v.y), "=r"(v.z), "=r"(v.w)
               : "l"(p));
  return v;
}

/// Past the first-level cache, always.
DEVICE uint4 loadL2x4(const void *p) {
  uint4 v;
  asm volatile("ld.global.cg.v4.u32 {%0,%1,%2,%3}, [%4];"
               : "=r"(v.x), "=r"(v.y), "=r"(v.z), "=r"(v.w)
               : "l"(p)
               : "memory");
  return v;
}

DEVICE u32 loadL2(const u32 *p) {
  u32 v;
  asm volatile("ld.global.cg.u32 %0, [%1];" : "=r"(v) : "l"(p) : "memory");
  return v;
}

/// Through the first-level cache.
DEVICE u32 loadL1(const u32 *p) {
  u32 v;
  asm volatile("ld.global.ca.u32 %0, [%1];" : "=r"(v) : "l"(p) : "memory");
  return v;
}

DEVICE void storeGlobal4(void *p, uint4 v) {
  asm volatile("st.global.v4.u32 [%0], {%1,%2,%3,%4};" ::"l"(p), "r"(v.x),
               "r"(v.y), "r"(v.z), "r"(v.w)
               : "memory");
}

/// What is not read again soon: it leaves the L2 cache first.
DEVICE void streamStoreGlobal4(void *p, uint4 v) {
  asm volatile("st.global.cs.v4.u32 [%0], {%1,%2,%3,%4};" ::"l"(p), "r"(v.x),
               "r"(v.y), "r"(v.z), "r"(v.w)
               : "memory");
}

DEVICE void storeGlobalF4(void *p, float4 v) {
  asm volatile("st.global.v4.f32 [%0], {%1,%2,%3,%4};" ::"l"(p), "f"(v.x),
               "f"(v.y), "f"(v.z), "f"(v.w)
               : "memory");
}

DEVICE u32 loadAcquire(const u32 *p) {
  u32 v;
  asm volatile("ld.acquire.gpu.global.u32 %0, [%1];"
               : "=r"(v)
               : "l"(p)
               : "memory");
  return v;
}

DEVICE void storeRelease(u32 *p, u32 v) {
  asm volatile("st.release.gpu.global.u32 [%0], %1;" ::"l"(p), "r"(v)
               : "memory");
}

/// Adds, with release and no value.
DEVICE void addRelease(u32 *p, u32 v) {
  asm volatile("red.release.gpu.global.add.u32 [%0], %1;" ::"l"(p), "r"(v)
               : "memory");
}

/// Adds, and returns what was there.
DEVICE u32 addRelaxed(u32 *p, u32 v) {
  u32 old;
  asm volatile("atom.relaxed.gpu.global.add.u32 %0, [%1], %2;"
               : "=r"(old)
               : "l"(p), "r"(v)
               : "memory");
  return old;
}

/// What other CTAs of this launch wrote, after an acquire.
DEVICE float loadRelaxedF(const void *p) {
  float v;
  asm volatile("ld.relaxed.gpu.global.f32 %0, [%1];"
               : "=f"(v)
               : "l"(p)
               : "memory");
  return v;
}

DEVICE float4 loadRelaxedF4(const void *p) {
  float4 v;
  asm volatile("ld.relaxed.gpu.global.v4.f32 {%0,%1,%2,%3}, [%4];"
               : "=f"(v.x), "=f"(v.y), "=f"(v.z), "=f"(v.w)
               : "l"(p)
               : "memory");
  return v;
}

//===----------------------------------------------------------------------===//
// Early launch (programmatic dependent launch)
//===----------------------------------------------------------------------===//

DEVICE void waitForEarlierLaunch() {
  asm volatile("griddepcontrol.wait;" ::: "memory");
}

DEVICE void letNextLaunchStart() {
  asm volatile("griddepcontrol.launch_dependents;" ::: "memory");
}

//===----------------------------------------------------------------------===//
// Registers
//===----------------------------------------------------------------------===//

template <int N> DEVICE void raiseRegisters() {
  asm volatile("setmaxnreg.inc.sync.aligned.u32 %0;" ::"n"(N));
}

template <int N> DEVICE void lowerRegisters() {
  asm volatile("setmaxnreg.dec.sync.aligned.u32 %0;" ::"n"(N));
}

//===----------------------------------------------------------------------===//
// Arithmetic
//===----------------------------------------------------------------------===//

DEVICE float rcpApprox(float x) {
  float y;
  asm("rcp.approx.ftz.f32 %0, %1;" : "=f"(y) : "f"(x));
  return y;
}

DEVICE float ex2Approx(float x) {
  float y;
  asm("ex2.approx.ftz.f32 %0, %1;" : "=f"(y) : "f"(x));
  return y;
}

DEVICE float lg2Approx(float x) {
  float y;
  asm("lg2.approx.ftz.f32 %0, %1;" : "=f"(y) : "f"(x));
  return y;
}

DEVICE float rsqrtApprox(float x) {
  float y;
  asm("rsqrt.approx.ftz.f32 %0, %1;" : "=f"(y) : "f"(x));
  return y;
}

DEVICE float tanhApprox(float x) {
  float y;
  asm("tanh.approx.f32 %0, %1;" : "=f"(y) : "f"(x));
  return y;
}

DEVICE float sqrtApprox(float x) {
  float y;
  asm("sqrt.approx.ftz.f32 %0, %1;" : "=f"(y) : "f"(x));
  return y;
}

/// The same with subnormal operands and results.
DEVICE float rcpApproxFull(float x) {
  float y;
  asm("rcp.approx.f32 %0, %1;" : "=f"(y) : "f"(x));
  return y;
}

DEVICE float ex2ApproxFull(float x) {
  float y;
  asm("ex2.approx.f32 %0, %1;" : "=f"(y) : "f"(x));
  return y;
}

DEVICE float lg2ApproxFull(float x) {
  float y;
  asm("lg2.approx.f32 %0, %1;" : "=f"(y) : "f"(x));
  return y;
}

DEVICE float rsqrtApproxFull(float x) {
  float y;
  asm("rsqrt.approx.f32 %0, %1;" : "=f"(y) : "f"(x));
  return y;
}

DEVICE float sqrtApproxFull(float x) {
  float y;
  asm("sqrt.approx.f32 %0, %1;" : "=f"(y) : "f"(x));
  return y;
}

/// Of two 16-bit numbers in a word.
DEVICE u32 ex2ApproxBf16(u32 x) {
  u32 y;
  asm("ex2.approx.ftz.bf16x2 %0, %1;" : "=r"(y) : "r"(x));
  return y;
}

DEVICE u32 ex2ApproxF16(u32 x) {
  u32 y;
  asm("ex2.approx.f16x2 %0, %1;" : "=r"(y) : "r"(x));
  return y;
}

DEVICE u32 tanhApproxBf16(u32 x) {
  u32 y;
  asm("tanh.approx.bf16x2 %0, %1;" : "=r"(y) : "r"(x));
  return y;
}

DEVICE u32 tanhApproxF16(u32 x) {
  u32 y;
  asm("tanh.approx.f16x2 %0, %1;" : "=r"(y) : "r"(x));
  return y;
}

/// Two f32 as bf16, rounded to nearest even.
DEVICE u32 packBf16(float low, float high) {
  u32 r;
  asm("cvt.rn.bf16x2.f32 %0, %1, %2;" : "=r"(r) : "f"(high), "f"(low));
  return r;
}

/// Transposes a matrix of 8 by 8 16-bit elements that the warp holds.
DEVICE u32 transpose8x8(u32 a) {
  u32 r;
  asm volatile("movmatrix.sync.aligned.m8n8.trans.b16 %0, %1;"
               : "=r"(r)
               : "r"(a));
  return r;
}

//===----------------------------------------------------------------------===//
// Tensor cores: d += a b, or d = a b where the name ends in Zero
//===----------------------------------------------------------------------===//

DEVICE void mmaBf16K16(float *d, const u32 *a, u32 b0, u32 b1) {
  asm("mma.sync.aligned.m16n8k16.row.col.f32.bf16.bf16.f32 {%0,%1,%2,%3}, "
      "{%4,%5,%6,%7}, {%8,%9}, {%0,%1,%2,%3};"
      : "+f"(d[0]), "+f"(d[1]), "+f"(d[2]), "+f"(d[3])
      : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b0), "r"(b1));
}

DEVICE void mmaBf16K8(float *d, const u32 *a, u32 b0) {
  asm("mma.sync.aligned.m16n8k8.row.col.f32.bf16.bf16.f32 {%0,%1,%2,%3}, "
      "{%4,%5}, {%6}, {%0,%1,%2,%3};"
      : "+f"(d[0]), "+f"(d[1]), "+f"(d[2]), "+f"(d[3])
      : "r"(a[0]), "r"(a[1]), "r"(b0));
}

DEVICE void mmaBf16K16Zero(float *d, const u32 *a, u32 b0, u32 b1) {
  asm("mma.sync.aligned.m16n8k16.row.col.f32.bf16.bf16.f32 {%0,%1,%2,%3}, "
      "{%4,%5,%6,%7}, {%8,%9}, {%10,%10,%10,%10};"
      : "=f"(d[0]), "=f"(d[1]), "=f"(d[2]), "=f"(d[3])
      : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b0), "r"(b1),
        "f"(0.0f));
}

DEVICE void mmaBf16K8Zero(float *d, const u32 *a, u32 b0) {
  asm("mma.sync.aligned.m16n8k8.row.col.f32.bf16.bf16.f32 {%0,%1,%2,%3}, "
      "{%4,%5}, {%6}, {%7,%7,%7,%7};"
      : "=f"(d[0]), "=f"(d[1]), "=f"(d[2]), "=f"(d[3])
      : "r"(a[0]), "r"(a[1]), "r"(b0), "f"(0.0f));
}

DEVICE void mmaF16K16(float *d, const u32 *a, u32 b0, u32 b1) {
  asm("mma.sync.aligned.m16n8k16.row.col.f32.f16.f16.f32 {%0,%1,%2,%3}, "
      "{%4,%5,%6,%7}, {%8,%9}, {%0,%1,%2,%3};"
      : "+f"(d[0]), "+f"(d[1]), "+f"(d[2]), "+f"(d[3])
      : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b0), "r"(b1));
}

DEVICE void mmaF16K8(float *d, const u32 *a, u32 b0) {
  asm("mma.sync.aligned.m16n8k8.row.col.f32.f16.f16.f32 {%0,%1,%2,%3}, "
      "{%4,%5}, {%6}, {%0,%1,%2,%3};"
      : "+f"(d[0]), "+f"(d[1]), "+f"(d[2]), "+f"(d[3])
      : "r"(a[0]), "r"(a[1]), "r"(b0));
}

/// The same with sums in f16, two a word.
DEVICE void mmaF16K16InF16(u32 *d, const u32 *a, u32 b0, u32 b1) {
  asm("mma.sync.aligned.m16n8k16.row.col.f16.f16.f16.f16 {%0,%1}, "
      "{%2,%3,%4,%5}, {%6,%7}, {%0,%1};"
      : "+r"(d[0]), "+r"(d[1])
      : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b0), "r"(b1));
}

DEVICE void mmaF16K8InF16(u32 *d, const u32 *a, u32 b0) {
  asm("mma.sync.aligned.m16n8k8.row.col.f16.f16.f16.f16 {%0,%1}, {%2,%3}, "
      "{%4}, {%0,%1};"
      : "+r"(d[0]), "+r"(d[1])
      : "r"(a[0]), "r"(a[1]), "r"(b0));
}

DEVICE void mmaTf32K8(float *d, const u32 *a, u32 b0, u32 b1) {
  asm("mma.sync.aligned.m16n8k8.row.col.f32.tf32.tf32.f32 {%0,%1,%2,%3}, "
      "{%4,%5,%6,%7}, {%8,%9}, {%0,%1,%2,%3};"
      : "+f"(d[0]), "+f"(d[1]), "+f"(d[2]), "+f"(d[3])
      : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b0), "r"(b1));
}

DEVICE void mmaTf32K4(float *d, const u32 *a, u32 b0) {
  asm("mma.sync.aligned.m16n8k4.row.col.f32.tf32.tf32.f32 {%0,%1,%2,%3}, "
      "{%4,%5}, {%6}, {%0,%1,%2,%3};"
      : "+f"(d[0]), "+f"(d[1]), "+f"(d[2]), "+f"(d[3])
      : "r"(a[0]), "r"(a[1]), "r"(b0));
}

#endif // PROBE_DEVICE_PTX_H
