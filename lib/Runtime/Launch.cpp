//===- Launch.cpp - Programs on a stream ----------------------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A launch checks everything first, then enqueues. Neither allocates memory,
// not even the host's, unless there is a failure to describe; what is of the
// program's length lies on the stack.
//
//===----------------------------------------------------------------------===//

#include "Failure.h"
#include "Program.h"

#include <algorithm>
#include <alloca.h>
#include <cstring>
#include <limits>

using namespace mhcrt;

namespace {
/// A buffer of a launch.
struct Buffer {
  uint64_t address, bytes;
};

/// Memory that a launch writes.
struct Written {
  uint64_t begin, end;
  /// The result, or the workspace if that is -1.
  int32_t result;
};

class Launch {
public:
  Launch(const mhcrt_program &program, Stream stream, const int64_t *sizes)
      : program(program), info(*program.info),
        driver(program.module->device->driver), stream(stream), sizes(sizes) {}

  /// Sets and checks the buffers of one role, which are stored at `storage`.
  void setTensors(mhcrt_role role, void *const *pointers, Buffer *storage);
  void setWorkspace(void *pointer, uint64_t bytes);
  /// Fails if a buffer that is written overlaps another. `storage` has room
  /// for the results and the workspace.
  void checkOverlaps(Written *storage);
  /// Fails with the message of a check whose condition does not hold.
  void checkConditions();
  /// Evaluates all steps without enqueuing them.
  void checkSteps(uint32_t flags);
  void enqueue(uint32_t flags);

private:
  std::string describe(const Written &written) const;
  const Buffer &getBuffer(const Place &place) const;
  DeviceAddress resolve(const Place &place, uint64_t bytes) const;
  uint64_t getStepBytes(const Step &step) const;
  uint64_t convert(const Parameter &parameter) const;
  template <bool Enqueue> void walk(uint32_t flags);
  template <bool Enqueue> void launchKernel(const Step &step);

  const mhcrt_program &program;
  const ProgramInfo &info;
  const Driver &driver;
  const Stream stream;
  const int64_t *const sizes;
  Buffer *buffers[2] = {nullptr, nullptr};
  Buffer workspace = {0, 0};
  mutable Buffer constant = {0, 0};
};
} // namespace

//===----------------------------------------------------------------------===//
// Buffers
//===----------------------------------------------------------------------===//

static uint64_t toAddress(const void *pointer) {
  return static_cast<uint64_t>(reinterpret_cast<uintptr_t>(pointer));
}

/// Fails unless there is memory of `bytes` at `address`.
template <typename Describe>
static void checkPointer(uint64_t address, uint64_t bytes,
                         const Describe &describe) {
  if (!bytes)
    return;
  if (!address)
    fail(MHCRT_NULL_POINTER, describe() + ": expected the address of " +
                                 std::to_string(bytes) + " bytes, got null");
  if (address % MHCRT_ALIGNMENT)
    fail(MHCRT_MISALIGNED_POINTER,
         describe() + ": expected an address that is a multiple of " +
             std::to_string(MHCRT_ALIGNMENT) + ", got one that is " +
             std::to_string(address % MHCRT_ALIGNMENT) + " beyond");
  if (address + bytes < address)
    fail(MHCRT_OUT_OF_RANGE,
         describe() + ": expected " + std::to_string(bytes) +
             " bytes at the address, got the end of the address space");
}

void Launch::setTensors(mhcrt_role role, void *const *pointers,
                        Buffer *storage) {
  const std::vector<Tensor> &tensors = getTensors(info, role);
  if (!tensors.empty())
    expectObject(pointers,
                 role == MHCRT_ARGUMENT ? "the arguments" : "the results");
  for (size_t i = 0; i < tensors.size(); ++i) {
    storage[i] = {toAddress(pointers[i]), getBytes(info, role, i, sizes)};
    checkPointer(storage[i].address, storage[i].bytes,
                 [&] { return describeTensor(info, role, i); });
  }
  buffers[role] = storage;
}

void Launch::setWorkspace(void *pointer, uint64_t bytes) {
  uint64_t needed = getWorkspaceBytes(info, sizes);
  workspace = {toAddress(pointer), needed};
  if (needed && pointer && bytes < needed)
    fail(MHCRT_SMALL_WORKSPACE, "expected a workspace of at least " +
                                    std::to_string(needed) + " bytes, got " +
                                    std::to_string(bytes));
  checkPointer(workspace.address, needed,
               [] { return std::string("the workspace"); });
}

std::string Launch::describe(const Written &written) const {
  return written.result < 0
             ? std::string("the workspace")
             : describeTensor(info, MHCRT_RESULT, written.result);
}

void Launch::checkOverlaps(Written *written) {
  size_t count = 0;
  for (size_t i = 0; i < info.results.size(); ++i)
    if (const Buffer &buffer = buffers[MHCRT_RESULT][i]; buffer.bytes)
      written[count++] = {buffer.address, buffer.address + buffer.bytes,
                          static_cast<int32_t>(i)};
  if (workspace.bytes)
    written[count++] = {workspace.address, workspace.address + workspace.bytes,
                        -1};
  Written *end = written + count;
  std::sort(written, end, [](const Written &a, const Written &b) {
    return a.begin < b.begin;
  });
  for (Written *next = written + 1; next < end; ++next)
    if (next[-1].end > next->begin)
      fail(MHCRT_OVERLAP, "expected memory of its own for " +
                              describe(next[-1]) + ", got an overlap with " +
                              describe(*next));
  for (size_t i = 0; i < info.arguments.size(); ++i) {
    const Buffer &buffer = buffers[MHCRT_ARGUMENT][i];
    if (!buffer.bytes)
      continue;
    uint64_t last = buffer.address + buffer.bytes;
    // What is written does not overlap, so that the ends are in order too.
    Written *other = std::upper_bound(
        written, end, buffer.address,
        [](uint64_t address, const Written &w) { return address < w.end; });
    for (; other < end && other->begin < last; ++other) {
      bool allowed = other->result >= 0 &&
                     mhcrt_may_alias(&program, static_cast<uint32_t>(i),
                                     static_cast<uint32_t>(other->result));
      if (allowed && other->begin == buffer.address && other->end == last)
        continue;
      fail(MHCRT_OVERLAP,
           (allowed ? "expected either the memory of "
                    : "expected other memory than that of ") +
               describeTensor(info, MHCRT_ARGUMENT, i) + " for " +
               describe(*other) +
               (allowed ? " or memory of its own, got a part of it"
                        : ", got an overlap"));
    }
  }
}

//===----------------------------------------------------------------------===//
// Steps
//===----------------------------------------------------------------------===//

const Buffer &Launch::getBuffer(const Place &place) const {
  switch (place.space) {
  case Space::Argument:
    return buffers[MHCRT_ARGUMENT][place.index];
  case Space::Result:
    return buffers[MHCRT_RESULT][place.index];
  case Space::Workspace:
    return workspace;
  case Space::Constant:
    break;
  }
  constant = {program.constants[place.index],
              info.constants[place.index].bytes};
  return constant;
}

/// The address of `bytes` of a buffer.
DeviceAddress Launch::resolve(const Place &place, uint64_t bytes) const {
  const Buffer &buffer = getBuffer(place);
  int64_t offset = place.offset.evaluate(sizes);
  if (offset < 0 || static_cast<uint64_t>(offset) > buffer.bytes ||
      bytes > buffer.bytes - static_cast<uint64_t>(offset))
    fail(MHCRT_OUT_OF_RANGE, "expected a place in a buffer of " +
                                 std::to_string(buffer.bytes) + " bytes, got " +
                                 std::to_string(bytes) + " at offset " +
                                 std::to_string(offset));
  return buffer.address + static_cast<uint64_t>(offset);
}

uint64_t Launch::getStepBytes(const Step &step) const {
  int64_t bytes = step.bytes.evaluate(sizes);
  if (bytes < 0)
    fail(MHCRT_OUT_OF_RANGE,
         "expected at least 0 bytes, got " + std::to_string(bytes));
  return static_cast<uint64_t>(bytes);
}

/// The bits of a parameter, in its lowest bytes.
uint64_t Launch::convert(const Parameter &parameter) const {
  if (parameter.kind == Parameter::Buffer)
    return resolve(parameter.place, 0);
  if (parameter.kind == Parameter::Number)
    return parameter.bits;
  int64_t value = parameter.value.evaluate(sizes);
  int64_t least = std::numeric_limits<int64_t>::min();
  int64_t most = std::numeric_limits<int64_t>::max();
  uint64_t bits = 0;
  switch (parameter.type) {
  case MHCRT_F32: {
    auto number = static_cast<float>(value);
    std::memcpy(&bits, &number, sizeof number);
    return bits;
  }
  case MHCRT_F64: {
    auto number = static_cast<double>(value);
    std::memcpy(&bits, &number, sizeof number);
    return bits;
  }
  // Signless: either reading may be meant.
  case MHCRT_I1:
    least = 0;
    most = 1;
    break;
  case MHCRT_I8:
    least = std::numeric_limits<int8_t>::min();
    most = std::numeric_limits<uint8_t>::max();
    break;
  case MHCRT_I32:
    least = std::numeric_limits<int32_t>::min();
    most = std::numeric_limits<uint32_t>::max();
    break;
  default:
    break;
  }
  if (value < least || value > most)
    fail(MHCRT_OUT_OF_RANGE, std::string("expected a parameter of ") +
                                 mhcrt_type_name(parameter.type) + ", got " +
                                 std::to_string(value));
  return static_cast<uint64_t>(value);
}

template <bool Enqueue> void Launch::launchKernel(const Step &step) {
  const Kernel &kernel = program.module->manifest.kernels[step.kernel];
  static constexpr int64_t mostGrid[] = {0x7fffffff, 65535, 65535};
  LaunchConfig config = {};
  bool isEmpty = false;
  for (unsigned i = 0; i < 3; ++i) {
    int64_t extent = step.grid[i].evaluate(sizes);
    if (extent < 0 || extent > mostGrid[i] || extent % kernel.cluster[i])
      fail(MHCRT_OUT_OF_RANGE,
           "expected dimension " + std::to_string(i) + " of the grid of '" +
               kernel.symbol + "' to be at most " +
               std::to_string(mostGrid[i]) + ", and whole clusters of " +
               std::to_string(kernel.cluster[i]) + ", got " +
               std::to_string(extent));
    isEmpty |= extent == 0;
    config.grid[i] = static_cast<unsigned>(extent);
    config.block[i] = kernel.block[i];
  }
  if (isEmpty)
    return;
  uint64_t values[kMaxParameters];
  void *addresses[kMaxParameters];
  for (size_t i = 0; i < step.parameters.size(); ++i) {
    values[i] = convert(step.parameters[i]);
    addresses[i] = &values[i];
  }
  if (!Enqueue)
    return;
  LaunchAttribute attributes[2] = {};
  config.sharedBytes = kernel.sharedBytes;
  config.stream = stream;
  config.attributes = attributes;
  if (kernel.cluster != std::array<uint32_t, 3>{1, 1, 1}) {
    LaunchAttribute &attribute = attributes[config.numAttributes++];
    attribute.id = kClusterDimension;
    std::copy(kernel.cluster.begin(), kernel.cluster.end(), attribute.cluster);
  }
  if (step.early) {
    LaunchAttribute &attribute = attributes[config.numAttributes++];
    attribute.id = kEarlyLaunch;
    attribute.early = 1;
  }
  if (int result =
          driver.launch(&config, program.module->functions[step.kernel],
                        addresses, /*extra=*/nullptr))
    driver.check(result, "launching '" + kernel.symbol + "'");
}

template <bool Enqueue> void Launch::walk(uint32_t flags) {
  for (const Step &step : info.steps) {
    if (flags & (step.prepare ? MHCRT_SKIP_PREPARE : MHCRT_PREPARE_ONLY))
      continue;
    try {
      if (step.when.evaluate(sizes) == 0)
        continue;
      switch (step.kind) {
      case Step::Launch:
        launchKernel<Enqueue>(step);
        break;
      case Step::Fill:
        if (uint64_t bytes = getStepBytes(step)) {
          DeviceAddress to = resolve(step.to, bytes);
          if (!Enqueue)
            break;
          if (int result = driver.fill(to, step.value, bytes, stream))
            driver.check(result, "filling memory");
        }
        break;
      case Step::Copy:
        if (uint64_t bytes = getStepBytes(step)) {
          DeviceAddress from = resolve(step.from, bytes);
          DeviceAddress to = resolve(step.to, bytes);
          if (!Enqueue)
            break;
          if (int result = driver.copy(to, from, bytes, stream))
            driver.check(result, "copying memory");
        }
        break;
      case Step::Check:
        break;
      }
    } catch (const Failure &failure) {
      throw Failure(failure.status, step.where + ": " + failure.what(),
                    failure.driverCode);
    }
  }
}

void Launch::checkConditions() {
  for (const Step &step : info.steps) {
    if (step.kind != Step::Check)
      continue;
    bool holds;
    try {
      holds =
          step.when.evaluate(sizes) == 0 || step.condition.evaluate(sizes) != 0;
    } catch (const Failure &failure) {
      fail(failure.status, step.where + ": " + failure.what());
    }
    if (!holds)
      fail(MHCRT_CHECK_FAILED, step.message);
  }
}

void Launch::checkSteps(uint32_t flags) { walk</*Enqueue=*/false>(flags); }
void Launch::enqueue(uint32_t flags) { walk</*Enqueue=*/true>(flags); }

//===----------------------------------------------------------------------===//
// The C interface
//===----------------------------------------------------------------------===//

static void launch(const mhcrt_program &program, Stream stream,
                   const int64_t *sizes, void *const *arguments,
                   void *const *results, void *workspace,
                   uint64_t workspaceBytes, uint32_t flags) {
  const ProgramInfo &info = *program.info;
  if (flags & ~uint32_t{MHCRT_SKIP_PREPARE | MHCRT_PREPARE_ONLY})
    fail(MHCRT_INVALID_USE,
         "expected flags of mhcrt_launch_flags, got " + std::to_string(flags));
  checkSizes(info, sizes);
  Launch launch(program, stream, sizes);
  launch.checkConditions();
  // Bounded by kMaxTensors.
  size_t numArguments = info.arguments.size(), numResults = info.results.size();
  auto *buffers = static_cast<Buffer *>(
      alloca((numArguments + numResults + 1) * sizeof(Buffer)));
  auto *written =
      static_cast<Written *>(alloca((numResults + 1) * sizeof(Written)));
  launch.setTensors(MHCRT_ARGUMENT, arguments, buffers);
  launch.setTensors(MHCRT_RESULT, results, buffers + numArguments);
  launch.setWorkspace(workspace, workspaceBytes);
  launch.checkOverlaps(written);
  launch.checkSteps(flags);
  CurrentContext current(program.module->device->driver,
                         program.module->device->context);
  launch.enqueue(flags);
}

mhcrt_status mhcrt_launch(const mhcrt_program *program, void *stream,
                          const int64_t *sizes, void *const *arguments,
                          void *const *results, void *workspace,
                          uint64_t workspaceBytes, uint32_t flags,
                          mhcrt_error *error) {
  return guarded(error, [&] {
    expectObject(program, "a program");
    launch(*program, stream, sizes, arguments, results, workspace,
           workspaceBytes, flags);
  });
}

mhcrt_status mhcrt_launch_tensors(const mhcrt_program *program, void *stream,
                                  const mhcrt_tensor *arguments,
                                  uint32_t numArguments,
                                  const mhcrt_tensor *results,
                                  uint32_t numResults, void *workspace,
                                  uint64_t workspaceBytes, uint32_t flags,
                                  mhcrt_error *error) {
  return guarded(error, [&] {
    expectObject(program, "a program");
    const ProgramInfo &info = *program->info;
    auto *sizes = static_cast<int64_t *>(
        alloca((info.sizes.size() + 1) * sizeof(int64_t)));
    inferSizes(info, arguments, numArguments, sizes);
    checkTensors(info, MHCRT_RESULT, results, numResults, sizes);
    // There are as many as the program has, which are bounded by kMaxTensors.
    auto **pointers = static_cast<void **>(
        alloca((numArguments + numResults + 1) * sizeof(void *)));
    for (uint32_t i = 0; i < numArguments; ++i)
      pointers[i] = arguments[i].data;
    for (uint32_t i = 0; i < numResults; ++i)
      pointers[numArguments + i] = results[i].data;
    launch(*program, stream, sizes, pointers, pointers + numArguments,
           workspace, workspaceBytes, flags);
  });
}
