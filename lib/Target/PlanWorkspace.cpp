//===- PlanWorkspace.cpp - Memory of programs, shared ---------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "HostInterpreter.h"

using namespace mlir;
using namespace mlir::mhc;

/// Of every allocation in the workspace.
static constexpr int64_t kAlignment = 256;

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

/// A part of the workspace, for one allocation after another.
struct Slot {
  SizeExpr bytes;
  /// The last step of the allocation that it is for.
  size_t last;
  bool lasting;
};
} // namespace

static void collect(DeviceProgram &program, ProgramBuffer::Kind kind,
                    MutableArrayRef<Lifetime> lifetimes) {
  forEachBuffer(program, [&](ProgramBuffer &buffer, ProgramStep &step) {
    if (buffer.kind == kind)
      lifetimes[buffer.index].add(&step - program.steps.data(), step.prepare);
  });
}

/// The slot for so many bytes that is free, and fits best: one of that size,
/// else the smallest known to be larger, else the largest known to be smaller.
static Slot *findSlot(MutableArrayRef<Slot> slots, const SizeExpr &bytes,
                      size_t first, SizeExprContext &sizes) {
  auto holds = [&](const SizeExpr &a, const SizeExpr &b) {
    return sizes.sub(a, b).isAtLeast(0);
  };
  Slot *larger = nullptr, *smaller = nullptr;
  for (Slot &slot : slots) {
    if (slot.lasting || slot.last >= first)
      continue;
    if (slot.bytes == bytes)
      return &slot;
    if (holds(slot.bytes, bytes)) {
      if (!larger || holds(larger->bytes, slot.bytes))
        larger = &slot;
    } else if (holds(bytes, slot.bytes)) {
      if (!smaller || holds(slot.bytes, smaller->bytes))
        smaller = &slot;
    }
  }
  return larger ? larger : smaller;
}

void mlir::mhc::planWorkspace(DeviceProgram &program,
                              ArrayRef<SizeExpr> allocations,
                              SizeExprContext &sizes) {
  SmallVector<Lifetime> lifetimes(allocations.size());
  collect(program, ProgramBuffer::Workspace, lifetimes);
  SmallVector<unsigned> order;
  for (unsigned i = 0; i < allocations.size(); ++i)
    if (lifetimes[i].isUsed())
      order.push_back(i);
  llvm::sort(order, [&](unsigned a, unsigned b) {
    return std::pair(lifetimes[a].first, a) < std::pair(lifetimes[b].first, b);
  });

  std::vector<Slot> slots;
  SmallVector<unsigned> slotOf(allocations.size());
  for (unsigned i : order) {
    const Lifetime &lifetime = lifetimes[i];
    SizeExpr bytes = sizes.alignTo(allocations[i], kAlignment);
    Slot *slot = lifetime.lasting
                     ? nullptr
                     : findSlot(slots, bytes, lifetime.first, sizes);
    if (!slot) {
      slots.push_back({bytes, lifetime.last, lifetime.lasting});
      slot = &slots.back();
    } else {
      if (!sizes.sub(slot->bytes, bytes).isAtLeast(0))
        slot->bytes = bytes;
      slot->last = lifetime.last;
    }
    slotOf[i] = slot - slots.data();
  }

  SmallVector<SizeExpr> offsets;
  for (const Slot &slot : slots) {
    offsets.push_back(program.workspace);
    program.workspace = sizes.add(program.workspace, slot.bytes);
  }
  forEachBuffer(program, [&](ProgramBuffer &buffer, ProgramStep &) {
    if (buffer.kind != ProgramBuffer::Workspace)
      return;
    buffer.offset = sizes.add(buffer.offset, offsets[slotOf[buffer.index]]);
    buffer.index = 0;
  });
}

//===----------------------------------------------------------------------===//
// Results over arguments
//===----------------------------------------------------------------------===//

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
