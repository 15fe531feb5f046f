//===- Fiber.cpp - One lane's flow of control -----------------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Machine/Fiber.h"

#include <boost/context/detail/fcontext.hpp>

#include <sys/mman.h>

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define MHC_ADDRESS_SANITIZER 1
#include <sanitizer/asan_interface.h>
#endif
#endif

using namespace mhc::emulator;
namespace context = boost::context::detail;

// Checks and handlers run on the lane's stack, with larger frames under the
// sanitizers.
#ifdef MHC_ADDRESS_SANITIZER
static constexpr size_t kStackSize = 256 << 10;
#else
static constexpr size_t kStackSize = 64 << 10;
#endif
static constexpr size_t kPage = 4096;
static constexpr size_t kStacksInBlock = 64;

StackPool::~StackPool() {
  for (Stack block : blocks)
    munmap(block.low, block.size);
}

StackPool::Stack StackPool::take() {
  if (unused.empty()) {
    size_t size = kStacksInBlock * kStackSize;
    void *memory = mmap(nullptr, size, PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (memory == MAP_FAILED)
      return {};
    blocks.push_back({static_cast<char *>(memory), size});
    for (size_t i = kStacksInBlock; i-- > 0;) {
      char *low = blocks.back().low + i * kStackSize;
      mprotect(low, kPage, PROT_NONE);
      // Tops at different places in their page, lest the stacks of a warp share
      // the sets of the caches.
      size_t colour = (taken++ % 32) * 192;
      unused.push_back({low + kPage, kStackSize - kPage - colour});
    }
  }
  Stack stack = unused.back();
  unused.pop_back();
  return stack;
}

void Fiber::start(StackPool::Stack stack, void (*body)(void *),
                  void *argument) {
  this->stack = stack;
  this->body = body;
  this->argument = argument;
  fakeStack = nullptr;
#ifdef MHC_ADDRESS_SANITIZER
  // Frames that were abandoned here have left their red zones.
  __asan_unpoison_memory_region(stack.low, stack.size);
#endif
  context = context::make_fcontext(
      stack.low + stack.size, stack.size, [](context::transfer_t transfer) {
        auto *fiber = static_cast<Fiber *>(transfer.data);
        fiber->resumer = transfer.fctx;
        enter(fiber);
      });
}

void Fiber::enter(void *self) {
  auto *fiber = static_cast<Fiber *>(self);
#ifdef MHC_ADDRESS_SANITIZER
  __sanitizer_finish_switch_fiber(nullptr, &fiber->resumerLow,
                                  &fiber->resumerSize);
#endif
  fiber->body(fiber->argument);
#ifdef MHC_ADDRESS_SANITIZER
  // No fake stack is kept: the fiber is not entered again.
  __sanitizer_start_switch_fiber(nullptr, fiber->resumerLow,
                                 fiber->resumerSize);
#endif
  context::jump_fcontext(fiber->resumer, nullptr);
}

void Fiber::resume() {
#ifdef MHC_ADDRESS_SANITIZER
  __sanitizer_start_switch_fiber(&resumerFakeStack, stack.low, stack.size);
#endif
  context::transfer_t transfer = context::jump_fcontext(context, this);
  context = transfer.fctx;
#ifdef MHC_ADDRESS_SANITIZER
  __sanitizer_finish_switch_fiber(resumerFakeStack, nullptr, nullptr);
#endif
}

void Fiber::suspend() {
#ifdef MHC_ADDRESS_SANITIZER
  __sanitizer_start_switch_fiber(&fakeStack, resumerLow, resumerSize);
#endif
  context::transfer_t transfer = context::jump_fcontext(resumer, nullptr);
  resumer = transfer.fctx;
#ifdef MHC_ADDRESS_SANITIZER
  __sanitizer_finish_switch_fiber(fakeStack, &resumerLow, &resumerSize);
#endif
}
