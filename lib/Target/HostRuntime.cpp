//===- HostRuntime.cpp - What compiled code calls on the host -------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "HostRuntime.h"

#include "mhc/Support/RoundingSymbols.h"

#include "llvm/ADT/SmallVector.h"
#include "llvm/Support/raw_ostream.h"

#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <iterator>
#include <string>
#include <unistd.h>
#include <vector>

using namespace mlir::mhc;

/// Of LLVM's OpenMP runtime. That it is named here makes linkers keep the
/// library, in which compiled programs find the functions that they call.
extern "C" int omp_get_max_threads();

static void (*failureHook)() = nullptr;

void mlir::mhc::setHostFailureHook(void (*hook)()) { failureHook = hook; }

/// Ends the process: there is no way back through compiled code, and nothing
/// has been written yet.
[[noreturn]] static void fail(llvm::StringRef message) {
  if (failureHook)
    failureHook();
  message.consume_front("ERROR: ");
  llvm::StringRef prefix = message.contains("error: ") ? "" : "error: ";
  llvm::errs() << prefix << message << '\n';
  llvm::errs().flush();
  llvm::outs().flush();
  _exit(1);
}

//===----------------------------------------------------------------------===//
// Signals
//===----------------------------------------------------------------------===//

static constexpr int kSignals[] = {SIGFPE, SIGSEGV, SIGBUS, SIGILL};

/// Nothing here may allocate: the heap may be what is broken.
static void reportSignal(int signal) {
  const char *message = "error: the program was ended by a signal\n";
  if (signal == SIGFPE)
    message = "error: the program divided an integer by zero\n";
  else if (signal == SIGSEGV || signal == SIGBUS)
    message = "error: the program used memory that is not its own, or all of "
              "its stack\n";
  [[maybe_unused]] ssize_t written =
      ::write(STDERR_FILENO, message, std::strlen(message));
  _exit(1);
}

HostSignals::HostSignals() {
  // A program that recurses without end has used up the stack that it runs on.
  static char stack[1 << 16];
  stack_t own = {};
  own.ss_sp = stack;
  own.ss_size = sizeof(stack);
  sigaltstack(&own, &previousStack);
  struct sigaction action = {};
  action.sa_handler = reportSignal;
  action.sa_flags = SA_ONSTACK;
  for (size_t i = 0; i < std::size(kSignals); ++i)
    sigaction(kSignals[i], &action, &previous[i]);
}

HostSignals::~HostSignals() {
  for (size_t i = 0; i < std::size(kSignals); ++i)
    sigaction(kSignals[i], &previous[i], nullptr);
  sigaltstack(&previousStack, nullptr);
}

//===----------------------------------------------------------------------===//
// Assertions: cf.assert is lowered to puts(message), abort()
//===----------------------------------------------------------------------===//

static std::string &getAssertion() {
  static std::string message;
  return message;
}

extern "C" {
static int mhcPuts(const char *message) {
  getAssertion() = message;
  return 0;
}

static void mhcAbort() {
  fail(getAssertion().empty() ? "the program was aborted" : getAssertion());
}

//===----------------------------------------------------------------------===//
// Memory
//===----------------------------------------------------------------------===//

static void *mhcMalloc(size_t bytes) {
  // A tensor of zero tokens still has an address.
  void *memory = std::malloc(bytes ? bytes : 1);
  if (!memory)
    fail("the program needs " + std::to_string(bytes) +
         " bytes for one tensor, which the system did not give");
  return memory;
}

static void mhcFree(void *memory) { std::free(memory); }

/// An MLIR memref of any rank: (base, aligned, offset, sizes.., strides..).
struct UnrankedMemRef {
  int64_t rank;
  void *descriptor;
};

/// Copies element by element between strided buffers of one shape.
static void mhcMemrefCopy(int64_t elementSize, UnrankedMemRef *source,
                          UnrankedMemRef *target) {
  struct View {
    char *data;
    const int64_t *sizes, *strides;
  };
  auto view = [&](UnrankedMemRef *memref) {
    auto **pointers = static_cast<char **>(memref->descriptor);
    auto *numbers = static_cast<int64_t *>(memref->descriptor) + 2;
    return View{pointers[1] + numbers[0] * elementSize, numbers + 1,
                numbers + 1 + memref->rank};
  };
  View from = view(source), to = view(target);
  int64_t rank = source->rank;
  for (int64_t i = 0; i < rank; ++i)
    if (from.sizes[i] == 0)
      return;
  llvm::SmallVector<int64_t> index(rank, 0);
  while (true) {
    int64_t fromOffset = 0, toOffset = 0;
    for (int64_t i = 0; i < rank; ++i) {
      fromOffset += index[i] * from.strides[i];
      toOffset += index[i] * to.strides[i];
    }
    std::memcpy(to.data + toOffset * elementSize,
                from.data + fromOffset * elementSize, elementSize);
    int64_t i = rank - 1;
    for (; i >= 0 && ++index[i] == from.sizes[i]; --i)
      index[i] = 0;
    if (i < 0)
      return;
  }
}
} // extern "C"

llvm::ArrayRef<HostSymbol> mlir::mhc::getHostSymbols() {
  static const std::vector<HostSymbol> symbols = [] {
    std::vector<HostSymbol> symbols = {
        {"omp_get_max_threads", reinterpret_cast<void *>(omp_get_max_threads)},
        {"puts", reinterpret_cast<void *>(mhcPuts)},
        {"abort", reinterpret_cast<void *>(mhcAbort)},
        {"malloc", reinterpret_cast<void *>(mhcMalloc)},
        {"free", reinterpret_cast<void *>(mhcFree)},
        {"memrefCopy", reinterpret_cast<void *>(mhcMemrefCopy)},
    };
    for (const ::mhc::RoundingSymbol &symbol : ::mhc::getRoundingSymbols())
      symbols.push_back({symbol.name, symbol.address});
    return symbols;
  }();
  return symbols;
}
