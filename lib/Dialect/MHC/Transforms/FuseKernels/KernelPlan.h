//===- KernelPlan.h - Which ops form which kernels --------------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Fusable ops of a block, grouped into kernels, and within a kernel dealt to
// sweeps. What decides is traffic: a row that is read from memory or computed
// again, whichever moves fewer bytes.
//
//===----------------------------------------------------------------------===//

#ifndef LIB_DIALECT_MHC_TRANSFORMS_FUSEKERNELS_KERNELPLAN_H
#define LIB_DIALECT_MHC_TRANSFORMS_FUSEKERNELS_KERNELPLAN_H

#include "TokenProgram.h"

#include "../Late.h"

#include "llvm/ADT/SetVector.h"

namespace mlir::mhc {

/// One sweep of a kernel.
struct SweepPlan {
  /// Rows that it makes, from columns.
  SetVector<Value> rows;
  /// Ops whose sums it adds: reductions and totals of rows.
  SetVector<Operation *> sums;
  /// Rows that it reads although the kernel has computed their columns: made by
  /// an earlier sweep, or in memory.
  llvm::DenseSet<Value> read;
};

struct KernelPlan {
  /// How many leading dimensions of its rows are tokens.
  unsigned tokenRank = 0;
  /// How many kernels, with other ops between, must have run before.
  unsigned depth = 0;
  /// The ops that the kernel runs, its own and those it repeats, in an order in
  /// which values are made before they are read.
  SetVector<Operation *> ops;
  /// Of `ops`, those that another kernel runs too.
  llvm::DenseSet<Operation *> repeated;
  /// The values that others read: results of the kernel.
  SetVector<Value> results;
  SmallVector<SweepPlan> sweeps;
};

/// Options of a plan.
struct PlanOptions {
  /// Whether rows that two sweeps of a kernel read are read from memory once.
  bool retain = true;
  /// The most sweeps of a kernel that wait for each other; at least 1.
  unsigned maxSweeps = 8;
};

/// The kernels of a block.
class BlockPlan {
public:
  BlockPlan(Block &block, const TokenProgram &program, PlanOptions options);

  ArrayRef<KernelPlan> getKernels() const { return kernels; }
  /// The kernel that makes a value for others; null if none does.
  const KernelPlan *getProducer(Value value) const {
    auto found = producers.find(value);
    return found == producers.end() ? nullptr : &kernels[found->second];
  }
  bool isLive(Operation *op) const { return live.contains(op); }

private:
  /// Whether an op reads a value token by token, and not as what is the same
  /// for all tokens.
  bool isOfTokens(Value operand, Operation *user) const {
    std::optional<TensorRole> role = program.getRole(operand);
    return role && role->tokenRank == program.getOpTokenRank(user);
  }
  void findLive();
  bool leavesKernel(Value operand, Operation *user) const;
  void findDepths();
  void computeDepths();
  /// Finds how late ops with the attribute kLate may run; false if there is
  /// none.
  bool findLatestDepths();
  void findGroups();
  void planKernels();
  /// Which ops a kernel runs, given what others want of it.
  void collectOps(KernelPlan &kernel, ArrayRef<Operation *> own);
  void planSweeps(KernelPlan &kernel);
  bool isFusable(Operation *op) const {
    return op && program.getKind(op).has_value();
  }

  Block &block;
  const TokenProgram &program;
  PlanOptions options;
  llvm::DenseSet<Operation *> live;
  llvm::DenseMap<Operation *, unsigned> depths;
  /// The least depth of ops that are to run late.
  llvm::DenseMap<Operation *, unsigned> latest;
  llvm::DenseMap<Operation *, unsigned> places;
  /// The kernel of each fusable op that is live.
  llvm::DenseMap<Operation *, unsigned> kernelOf;
  SmallVector<SmallVector<Operation *>> groups;
  SmallVector<KernelPlan> kernels;
  llvm::DenseMap<Value, unsigned> producers;
  /// For each kernel, its values that later kernels read.
  SmallVector<SetVector<Value>> wanted;
};

/// The bytes of a row of one token; 0 for what is not a row with tokens.
int64_t getRowBytes(const TokenProgram &program, Value value);

} // namespace mlir::mhc

#endif // LIB_DIALECT_MHC_TRANSFORMS_FUSEKERNELS_KERNELPLAN_H
