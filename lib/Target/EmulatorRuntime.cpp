//===- EmulatorRuntime.cpp - What host programs call ----------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "EmulatorRuntime.h"

#include "llvm/ADT/STLExtras.h"

#include <cstring>
#include <limits>

using namespace mlir::mhc;
using ::mhc::emulator::Emulator;
using ::mhc::emulator::LaunchConfig;
using ::mhc::emulator::SourcePlace;

static SourcePlace makePlace(const char *file, const char *function,
                             int32_t line, int32_t column) {
  SourcePlace place;
  place.file = file;
  place.function = function;
  place.line = line;
  place.column = column;
  return place;
}

/// Keeps the message; the caller then leaves the compiled code, with no object
/// of its own alive.
static void keep(EmulatorState &state, std::string message, SourcePlace place) {
  state.message = std::move(message);
  state.place = std::move(place);
}

//===----------------------------------------------------------------------===//
// Buffers of any rank
//===----------------------------------------------------------------------===//

namespace {
/// A ranked memref in memory: base, aligned, offset, sizes, strides.
struct View {
  View(void *descriptor, int64_t rank, int64_t elementSize)
      : sizes(static_cast<int64_t *>(descriptor) + 3, rank),
        strides(static_cast<int64_t *>(descriptor) + 3 + rank, rank) {
    auto *words = static_cast<int64_t *>(descriptor);
    data = reinterpret_cast<char *>(words[1]) + words[2] * elementSize;
  }

  char *data;
  llvm::ArrayRef<int64_t> sizes, strides;
};
} // namespace

/// How many of the last dimensions lie in both without gaps.
static int64_t countDense(const View &a, const View &b) {
  auto rank = static_cast<int64_t>(a.sizes.size());
  int64_t dense = 0, stride = 1;
  for (int64_t i = rank - 1; i >= 0; --i) {
    if (a.sizes[i] != 1 && (a.strides[i] != stride || b.strides[i] != stride))
      break;
    stride *= a.sizes[i];
    ++dense;
  }
  return dense;
}

/// Calls `visit` with the addresses of each run of elements that lies in both
/// without gaps, and with its number of elements.
static void
forEachRun(const View &a, const View &b, int64_t elementSize,
           llvm::function_ref<void(char *, char *, int64_t)> visit) {
  for (int64_t size : a.sizes)
    if (size == 0)
      return;
  int64_t outer = static_cast<int64_t>(a.sizes.size()) - countDense(a, b);
  int64_t count = 1;
  for (int64_t size : a.sizes.drop_front(outer))
    count *= size;
  llvm::SmallVector<int64_t> index(outer, 0);
  while (true) {
    int64_t offsetA = 0, offsetB = 0;
    for (int64_t i = 0; i < outer; ++i) {
      offsetA += index[i] * a.strides[i];
      offsetB += index[i] * b.strides[i];
    }
    visit(a.data + offsetA * elementSize, b.data + offsetB * elementSize,
          count);
    int64_t i = outer - 1;
    for (; i >= 0 && ++index[i] == a.sizes[i]; --i)
      index[i] = 0;
    if (i < 0)
      return;
  }
}

//===----------------------------------------------------------------------===//
// The functions
//===----------------------------------------------------------------------===//

/// How device memory is allocated: Emulator::allocate or allocateWorkspace.
using Allocate = decltype(&Emulator::allocate);

static bool allocate(EmulatorState &state, Allocate allocate, uint64_t bytes,
                     uint64_t alignment, const char *name,
                     const SourcePlace &place, void *&memory) {
  memory = (state.emulator->*allocate)(bytes, alignment, name, place);
  if (memory || !bytes)
    return true;
  keep(state,
       "the program needs " + std::to_string(bytes) +
           " bytes of device memory, of which there are not as many",
       place);
  return false;
}

static bool launch(EmulatorState &state, const char *module, const char *kernel,
                   const int64_t *extents, bool early, void **arguments,
                   int64_t numArguments, SourcePlace place) {
  LaunchConfig config;
  uint32_t *words[kNumExtents] = {
      &config.grid[0],           &config.grid[1],    &config.grid[2],
      &config.block[0],          &config.block[1],   &config.block[2],
      &config.cluster[0],        &config.cluster[1], &config.cluster[2],
      &config.dynamicSharedBytes};
  for (unsigned i = 0; i < kNumExtents; ++i) {
    if (extents[i] < 0 || extents[i] > std::numeric_limits<uint32_t>::max()) {
      keep(state,
           "expected extents of 32 bits, got " + std::to_string(extents[i]),
           std::move(place));
      return false;
    }
    *words[i] = static_cast<uint32_t>(extents[i]);
  }
  config.early = early;
  config.place = place;
  llvm::Error error = state.emulator->launch(
      module, kernel, config, llvm::ArrayRef(arguments, numArguments));
  if (!error)
    return true;
  keep(state, llvm::toString(std::move(error)), std::move(place));
  return false;
}

extern "C" {
static void *mhcEmulatorAllocate(EmulatorState *state, uint64_t bytes,
                                 uint64_t alignment, const char *name,
                                 const char *file, const char *function,
                                 int32_t line, int32_t column) {
  void *memory;
  if (!allocate(*state, &Emulator::allocate, bytes, alignment, name,
                makePlace(file, function, line, column), memory))
    std::longjmp(state->giveUp, 1);
  return memory;
}

static void *mhcEmulatorWorkspace(EmulatorState *state, uint64_t bytes,
                                  uint64_t alignment, const char *name,
                                  const char *file, const char *function,
                                  int32_t line, int32_t column) {
  void *memory;
  if (!allocate(*state, &Emulator::allocateWorkspace, bytes, alignment, name,
                makePlace(file, function, line, column), memory))
    std::longjmp(state->giveUp, 1);
  return memory;
}

static void mhcEmulatorBeginLife(EmulatorState *state, void *memory,
                                 uint64_t bytes, const char *name,
                                 const char *file, const char *function,
                                 int32_t line, int32_t column) {
  state->emulator->beginLife(memory, bytes, name,
                             makePlace(file, function, line, column));
}

static void mhcEmulatorEndLife(EmulatorState *state, void *memory,
                               uint64_t bytes, const char *name,
                               const char *file, const char *function,
                               int32_t line, int32_t column) {
  state->emulator->endLife(memory, bytes, name,
                           makePlace(file, function, line, column));
}

static void mhcEmulatorDeallocate(EmulatorState *state, void *memory,
                                  const char *file, const char *function,
                                  int32_t line, int32_t column) {
  if (memory)
    state->emulator->deallocate(memory,
                                makePlace(file, function, line, column));
}

static void *mhcEmulatorGlobal(EmulatorState *state, const void *ofHost,
                               uint64_t bytes, const char *name,
                               const char *file, const char *function,
                               int32_t line, int32_t column) {
  constexpr uint64_t deviceAlignment = 256;
  void *&memory = state->globals[ofHost];
  if (memory)
    return memory;
  if (!allocate(*state, &Emulator::allocate, bytes, deviceAlignment, name,
                makePlace(file, function, line, column), memory))
    std::longjmp(state->giveUp, 1);
  if (bytes) {
    std::memcpy(memory, ofHost, bytes);
    state->emulator->setInitialised(memory, bytes);
  }
  return memory;
}

static void mhcEmulatorCopy(EmulatorState *state, int64_t elementSize,
                            int64_t rank, void *source, void *target,
                            const char *file, const char *function,
                            int32_t line, int32_t column) {
  SourcePlace place = makePlace(file, function, line, column);
  forEachRun(View(source, rank, elementSize), View(target, rank, elementSize),
             elementSize, [&](char *from, char *to, int64_t count) {
               int64_t bytes = count * elementSize;
               // What lies outside of its buffer is reported and not copied.
               if (!state->emulator->checkRange(
                       from, bytes, "the source of a copy", place) ||
                   !state->emulator->checkRange(to, bytes,
                                                "the target of a copy", place))
                 return;
               if (state->emulator->isDeviceAddress(from))
                 state->emulator->checkInitialised(
                     from, bytes, "the source of a copy", place);
               std::memmove(to, from, bytes);
               if (state->emulator->isDeviceAddress(to))
                 state->emulator->setInitialised(to, bytes);
             });
}

static void mhcEmulatorFill(EmulatorState *state, int64_t elementSize,
                            int64_t rank, void *target, const void *value,
                            const char *file, const char *function,
                            int32_t line, int32_t column) {
  SourcePlace place = makePlace(file, function, line, column);
  View view(target, rank, elementSize);
  forEachRun(view, view, elementSize, [&](char *to, char *, int64_t count) {
    if (!state->emulator->checkRange(to, count * elementSize,
                                     "memory that is filled", place))
      return;
    for (int64_t i = 0; i < count; ++i)
      std::memcpy(to + i * elementSize, value, elementSize);
    if (state->emulator->isDeviceAddress(to))
      state->emulator->setInitialised(to, count * elementSize);
  });
}

static void mhcEmulatorLaunch(EmulatorState *state, const char *module,
                              const char *kernel, const int64_t *extents,
                              int32_t early, void **arguments,
                              int64_t numArguments, const char *file,
                              const char *function, int32_t line,
                              int32_t column) {
  if (!launch(*state, module, kernel, extents, early, arguments, numArguments,
              makePlace(file, function, line, column)))
    std::longjmp(state->giveUp, 1);
}

static void mhcEmulatorStored(EmulatorState *state, void *address,
                              uint64_t bytes) {
  if (bytes && state->emulator->isDeviceAddress(address) &&
      state->emulator->checkRange(
          address, bytes, "memory that the host stores to", state->entry))
    state->emulator->setInitialised(address, bytes);
}

static void mhcEmulatorLoaded(EmulatorState *state, void *address,
                              uint64_t bytes) {
  if (bytes && state->emulator->isDeviceAddress(address))
    state->emulator->checkInitialised(
        address, bytes, "memory that the host loads from", state->entry);
}
} // extern "C"

llvm::SmallVector<HostSymbol>
mlir::mhc::getEmulatorSymbols(EmulatorState &state) {
  auto function = [](llvm::StringRef name, auto *address) {
    return HostSymbol{name, reinterpret_cast<void *>(address)};
  };
  return {HostSymbol{kStateSymbol, &state},
          function(kAllocateSymbol, mhcEmulatorAllocate),
          function(kDeallocateSymbol, mhcEmulatorDeallocate),
          function(kGlobalSymbol, mhcEmulatorGlobal),
          function(kCopySymbol, mhcEmulatorCopy),
          function(kFillSymbol, mhcEmulatorFill),
          function(kLaunchSymbol, mhcEmulatorLaunch),
          function(kStoredSymbol, mhcEmulatorStored),
          function(kLoadedSymbol, mhcEmulatorLoaded),
          function(kWorkspaceSymbol, mhcEmulatorWorkspace),
          function(kBeginLifeSymbol, mhcEmulatorBeginLife),
          function(kEndLifeSymbol, mhcEmulatorEndLife)};
}
