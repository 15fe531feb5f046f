//===- FindAliases.cpp - Results over arguments ---------------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "HostInterpreter.h"

using namespace mlir;
using namespace mlir::mhc;

namespace {
/// The steps that touch a buffer, from the first to the last.
struct Lifetime {
  size_t first = ~size_t(0), last = 0;
  /// Touched by a step that is done once for many runs: whatever it leaves
  /// there stays.
  bool lasting = false;

  bool isUsed() const { return first != ~size_t(0); }
  void add(size_t step, bool prepare) {
    first = std::min(first, step);
    last = std::max(last, step);
    lasting |= prepare;
  }
};
} // namespace

static void collect(DeviceProgram &program, ProgramBuffer::Kind kind,
                    MutableArrayRef<Lifetime> lifetimes) {
  forEachBuffer(program, [&](ProgramBuffer &buffer, ProgramStep &step) {
    if (buffer.kind == kind)
      lifetimes[buffer.index].add(&step - program.steps.data(), step.prepare);
  });
}

/// Whether a step that reads the argument and writes the result may do so in
/// one memory: a launch whose kernel says so.
static bool isInPlace(const ProgramStep &step, unsigned argument,
                      unsigned result) {
  if (step.kind != ProgramStep::Launch)
    return false;
  auto isWhole = [](const ProgramParameter &parameter, ProgramBuffer::Kind kind,
                    unsigned index) {
    return parameter.buffer && parameter.buffer->kind == kind &&
           parameter.buffer->index == index;
  };
  unsigned numInPlace = 0, numArgument = 0;
  for (const ProgramParameter &parameter : step.parameters) {
    if (isWhole(parameter, ProgramBuffer::Argument, argument)) {
      ++numArgument;
      continue;
    }
    if (!isWhole(parameter, ProgramBuffer::Result, result))
      continue;
    if (!parameter.inPlace || *parameter.inPlace >= step.parameters.size())
      return false;
    const ProgramParameter &other = step.parameters[*parameter.inPlace];
    if (!isWhole(other, ProgramBuffer::Argument, argument) ||
        other.buffer->offset != parameter.buffer->offset)
      return false;
    ++numInPlace;
  }
  // Each is named once: no other parameter reads what is written.
  return numInPlace == 1 && numArgument == 1;
}

void mlir::mhc::findAliases(DeviceProgram &program) {
  SmallVector<Lifetime> arguments(program.arguments.size());
  SmallVector<Lifetime> results(program.results.size());
  collect(program, ProgramBuffer::Argument, arguments);
  collect(program, ProgramBuffer::Result, results);
  for (auto [i, argument] : llvm::enumerate(program.arguments))
    for (auto [j, result] : llvm::enumerate(program.results)) {
      if (argument.type != result.type || argument.shape != result.shape ||
          arguments[i].lasting || !arguments[i].isUsed() ||
          !results[j].isUsed())
        continue;
      size_t last = arguments[i].last, first = results[j].first;
      if (last < first ||
          (last == first && isInPlace(program.steps[last], i, j)))
        argument.mayAlias.push_back(j);
    }
}
