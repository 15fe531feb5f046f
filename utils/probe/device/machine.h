//===- machine.h - Threads of a launch as fibers ----------------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// One fiber stands for one thread of a launch; all CTAs of a launch are
// resident at once. Fibers run in a random order (seeded), each until it waits
// for others. Asynchronous copies and remote stores are completed at random
// times, as late as the program allows. Accesses are checked: bounds of shared
// memory and of buffers, alignment, barriers that were not initialised or get
// more arrivals than they count, threads that wait for ever, asynchronous work
// that outlives its launch.
//
//===----------------------------------------------------------------------===//

#ifndef PROBE_DEVICE_MACHINE_H
#define PROBE_DEVICE_MACHINE_H

#include "accumulation.h"
#include "words.h"

#include <algorithm>
#include <csetjmp>
#include <cstdarg>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <map>
#include <memory>
#include <random>
#include <ucontext.h>
#include <vector>

namespace emulated {

[[noreturn]] inline void stop(const char *format, ...) {
  std::fputs("emulation: ", stderr);
  va_list arguments;
  va_start(arguments, format);
  std::vfprintf(stderr, format, arguments);
  va_end(arguments);
  std::fputc('\n', stderr);
  std::fflush(stdout);
  std::_Exit(4);
}

struct Barrier {
  int count, pending;
  int64_t bytes = 0;
  u64 phase = 0;
};

struct Cta {
  std::vector<unsigned char> shared;
  std::map<u32, Barrier> barriers;
  unsigned waiting = 0;
  u64 generation = 0;
  unsigned index, rank, cluster;
};

/// The lanes of a warp exchange words in two buffers, in turn.
struct Warp {
  u32 words[2][32][8];
  unsigned arrived[2] = {0, 0};
  u64 generation = 0;
};

struct Cluster {
  unsigned waiting = 0;
  u64 generation = 0;
};

using Work = std::function<void()>;

struct Fiber {
  std::jmp_buf place;
  Cta *cta;
  Warp *warp;
  unsigned thread;
  bool done = false;
  u64 collectives = 0;
  /// Copies of this thread: committed groups, and those not committed yet.
  std::vector<std::vector<Work>> groups;
  std::vector<Work> open;
  /// The same of its bulk copies out of shared memory.
  std::vector<std::vector<Work>> groupsOut;
  std::vector<Work> openOut;
};

/// A buffer of device memory: accesses outside of all buffers are errors.
struct Range {
  uintptr_t begin, end;
};

struct Machine {
  unsigned multiprocessors = 4;
  probe::Accumulation accumulation;
  std::mt19937 random{1};
  std::vector<Range> buffers;

  unsigned grid = 0, threads = 0, clusterSize = 1;
  std::vector<std::unique_ptr<Fiber>> fibers;
  std::vector<std::unique_ptr<Cta>> ctas;
  std::vector<Warp> warps;
  std::vector<Cluster> clusters;
  std::vector<Work> late;
  std::vector<std::unique_ptr<char[]>> stacks;
  Fiber *current = nullptr;
  std::jmp_buf scheduler;
  /// Counts what happened: a round in which nothing did is a deadlock.
  u64 progress = 0;
  Work kernel;
};

inline Machine machine;
constexpr size_t kStackBytes = 1 << 16;

__attribute__((noinline)) inline void yield() {
  if (!_setjmp(machine.current->place))
    _longjmp(machine.scheduler, 1);
}

__attribute__((noinline)) inline void resume(Fiber *fiber) {
  machine.current = fiber;
  if (!_setjmp(machine.scheduler))
    _longjmp(fiber->place, 1);
}

inline ucontext_t starter;

inline void enter() {
  // The first time, back to launch(); then the kernel.
  Fiber *self = machine.current;
  if (!_setjmp(self->place))
    setcontext(&starter);
  machine.kernel();
  if (!machine.current->groupsOut.empty() || !machine.current->openOut.empty())
    stop("a bulk copy out of shared memory outlives its thread");
  machine.current->done = true;
  ++machine.progress;
  _longjmp(machine.scheduler, 1);
}

/// Lets a fiber come to where resume() continues it.
__attribute__((noinline)) inline void startFiber(Fiber *fiber, char *stack) {
  ucontext_t context;
  getcontext(&context);
  context.uc_stack.ss_sp = stack;
  context.uc_stack.ss_size = kStackBytes;
  context.uc_link = nullptr;
  makecontext(&context, enter, 0);
  machine.current = fiber;
  swapcontext(&starter, &context);
}

inline void checkGlobal(const void *p, size_t bytes) {
  const auto at = reinterpret_cast<uintptr_t>(p);
  if (at % bytes)
    stop("expected an address that is a multiple of %zu, got %p", bytes, p);
  static size_t last = 0;
  auto &buffers = machine.buffers;
  if (last < buffers.size() && at >= buffers[last].begin &&
      at + bytes <= buffers[last].end)
    return;
  for (last = 0; last < buffers.size(); ++last)
    if (at >= buffers[last].begin && at + bytes <= buffers[last].end)
      return;
  stop("%zu bytes of global memory at %p are in no buffer (CTA %u, thread %u)",
       bytes, p, machine.current->cta->index, machine.current->thread);
}

// An address of shared memory: the CTA's rank in the cluster, and an offset.
constexpr u32 kOffset = 0xffffff;

inline unsigned char *sharedAt(Cta *cta, u32 address, u32 bytes) {
  const u32 offset = address & kOffset;
  if (offset % bytes)
    stop("expected a shared address that is a multiple of %u, got %u", bytes,
         offset);
  if (offset + bytes > cta->shared.size())
    stop("shared memory has %zu bytes, an access is at %u", cta->shared.size(),
         offset);
  return cta->shared.data() + offset;
}

inline Cta *ctaOf(u32 address) {
  const u32 rank = address >> 24;
  if (rank >= machine.clusterSize)
    stop("expected a CTA of a cluster of %u, got %u", machine.clusterSize,
         rank);
  return machine
      .ctas[machine.current->cta->cluster * machine.clusterSize + rank]
      .get();
}

inline unsigned char *ownShared(u32 address, u32 bytes) {
  Cta *cta = machine.current->cta;
  if (address >> 24 != cta->rank)
    stop("a local access to shared memory of another CTA");
  return sharedAt(cta, address, bytes);
}

template <typename T> T load(const unsigned char *p) {
  T v;
  std::memcpy(&v, p, sizeof v);
  return v;
}

inline Barrier &barrierAt(Cta *cta, u32 address) {
  const auto found = cta->barriers.find(address & kOffset);
  if (found == cta->barriers.end())
    stop("the barrier at %u was not initialised", address & kOffset);
  return found->second;
}

inline void endPhaseIfComplete(Barrier &barrier) {
  if (barrier.pending || barrier.bytes)
    return;
  ++barrier.phase;
  barrier.pending = barrier.count;
  ++machine.progress;
}

inline void arriveAt(Barrier &barrier, int64_t bytes = 0) {
  barrier.bytes += bytes;
  if (--barrier.pending < 0)
    stop("a barrier that counts %d got more arrivals", barrier.count);
  endPhaseIfComplete(barrier);
  ++machine.progress;
}

/// Runs something later: at a random time, or when nothing else can happen.
inline void postpone(Work work) {
  machine.late.push_back(std::move(work));
  ++machine.progress;
}

inline void runLate(size_t index) {
  Work work = std::move(machine.late[index]);
  machine.late[index] = std::move(machine.late.back());
  machine.late.pop_back();
  work();
  ++machine.progress;
}

/// Hands `count` words to the other lanes, and waits until all have.
inline Warp &exchange(const u32 *words, int count) {
  Fiber *self = machine.current;
  Warp &warp = *self->warp;
  const unsigned lanes =
      std::min(32u, machine.threads - self->thread / 32 * 32);
  const int buffer = self->collectives & 1;
  std::copy(words, words + count, warp.words[buffer][self->thread & 31]);
  const u64 mine = self->collectives++;
  if (++warp.arrived[buffer] == lanes) {
    warp.arrived[buffer] = 0;
    ++warp.generation;
  }
  while (warp.generation <= mine)
    yield();
  ++machine.progress;
  return warp;
}

/// Runs a kernel to its end. `clusterSize` divides `grid`.
inline void launch(unsigned grid, unsigned threads, unsigned clusterSize,
                   size_t sharedBytes, Work kernel) {
  Machine &m = machine;
  m.grid = grid;
  m.threads = threads;
  m.clusterSize = clusterSize;
  m.kernel = std::move(kernel);
  m.fibers.clear();
  m.ctas.clear();
  m.late.clear();
  const unsigned warps = (threads + 31) / 32;
  m.warps.assign(static_cast<size_t>(grid) * warps, Warp());
  m.clusters.assign(grid / clusterSize, Cluster());
  const size_t count = static_cast<size_t>(grid) * threads;
  while (m.stacks.size() < count)
    m.stacks.emplace_back(new char[kStackBytes]);
  std::vector<Fiber *> live;
  for (unsigned i = 0; i < grid; ++i) {
    auto cta = std::make_unique<Cta>();
    cta->shared.assign(sharedBytes, 0xff);
    cta->index = i;
    cta->rank = i % clusterSize;
    cta->cluster = i / clusterSize;
    for (unsigned t = 0; t < threads; ++t) {
      auto fiber = std::make_unique<Fiber>();
      fiber->cta = cta.get();
      fiber->warp = &m.warps[static_cast<size_t>(i) * warps + t / 32];
      fiber->thread = t;
      startFiber(fiber.get(), m.stacks[live.size()].get());
      live.push_back(fiber.get());
      m.fibers.push_back(std::move(fiber));
    }
    m.ctas.push_back(std::move(cta));
  }
  while (!live.empty()) {
    const u64 before = m.progress;
    std::shuffle(live.begin(), live.end(), m.random);
    for (Fiber *fiber : live) {
      if (!m.late.empty() && m.random() % 64 == 0)
        runLate(m.random() % m.late.size());
      resume(fiber);
    }
    live.erase(std::remove_if(live.begin(), live.end(),
                              [](Fiber *fiber) { return fiber->done; }),
               live.end());
    if (m.progress != before)
      continue;
    if (m.late.empty())
      stop("%zu threads wait for ever", live.size());
    while (!m.late.empty())
      runLate(m.late.size() - 1);
  }
  if (!m.late.empty())
    stop("asynchronous operations outlive the launch");
  m.current = nullptr;
}

struct Index {
  unsigned x;
};

} // namespace emulated

#endif // PROBE_DEVICE_MACHINE_H
