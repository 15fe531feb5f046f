//===- Fiber.h - One lane's flow of control ---------------------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MHC_EMULATOR_MACHINE_FIBER_H
#define MHC_EMULATOR_MACHINE_FIBER_H

#include <cstddef>
#include <cstdint>
#include <vector>

namespace mhc::emulator {

/// Stacks of fibers, each above a page that may not be touched; they are used
/// again and given back all at once.
class StackPool {
public:
  StackPool() = default;
  StackPool(const StackPool &) = delete;
  ~StackPool();

  struct Stack {
    char *low = nullptr;
    size_t size = 0;
  };
  /// A stack, or one of size 0 if there is no memory left.
  Stack take();
  void giveBack(Stack stack) { unused.push_back(stack); }

private:
  std::vector<Stack> unused;
  std::vector<Stack> blocks;
  unsigned taken = 0;
};

/// A flow of control that a scheduler resumes and that suspends itself. Built
/// on Boost.Context's fcontext; AddressSanitizer is told of every switch.
class Fiber {
public:
  /// Prepares `body(argument)` to run on `stack` when first resumed.
  void start(StackPool::Stack stack, void (*body)(void *), void *argument);
  /// Runs the fiber until it suspends itself or its body returns.
  void resume();
  /// Called on the fiber: goes back to who resumed it.
  void suspend();
  /// Brings what resume() will touch into the caches.
  void prefetch() const {
    const char *top = static_cast<const char *>(context);
    for (int line = 0; line < 6; ++line)
      __builtin_prefetch(top + 64 * line, 1);
  }
  StackPool::Stack getStack() const { return stack; }

private:
  static void enter(void *self);

  StackPool::Stack stack;
  void *context = nullptr; // of the fiber while it is suspended
  void *resumer = nullptr; // of who resumed it
  void (*body)(void *) = nullptr;
  void *argument = nullptr;
  // For AddressSanitizer: the resumer's stack and the saved fake stacks.
  [[maybe_unused]] void *fakeStack = nullptr;
  [[maybe_unused]] void *resumerFakeStack = nullptr;
  [[maybe_unused]] const void *resumerLow = nullptr;
  [[maybe_unused]] size_t resumerSize = 0;
};

} // namespace mhc::emulator

#endif // MHC_EMULATOR_MACHINE_FIBER_H
