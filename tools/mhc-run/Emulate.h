//===- Emulate.h - Programs with GPU kernels --------------------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef TOOLS_MHC_RUN_EMULATE_H
#define TOOLS_MHC_RUN_EMULATE_H

#include "Options.h"

#include "mhc/Support/Progress.h"
#include "mhc/Target/EmulatorProgram.h"

/// Prints an error of no place, and fails.
mlir::LogicalResult reportError(const llvm::Twine &message);
mlir::LogicalResult reportError(llvm::Error error);

/// Names each allocation as the file does ("%y"), for findings: the parser does
/// not keep the names of values.
void nameBuffers(mlir::ModuleOp module, const llvm::MemoryBuffer &source);

/// Marks the functions that are written for a host and a device, with
/// memory and launches of their own: they stay as they are.
void markHostPrograms(mlir::ModuleOp module);

/// Compiles every gpu.module, after each gpu.launch has become one, and
/// replaces it by its PTX.
mlir::FailureOr<llvm::SmallVector<mlir::mhc::DeviceModule>>
compileKernels(mlir::ModuleOp module, const Options &options);

/// Has all of the program run on the device that is not marked: adds the
/// kernels that it becomes to `devices`.
mlir::LogicalResult
lowerToLaunches(mlir::ModuleOp module, const Options &options,
                llvm::SmallVectorImpl<mlir::mhc::DeviceModule> &devices);

/// --emit-ptx.
mlir::LogicalResult writePTX(llvm::ArrayRef<mlir::mhc::DeviceModule> devices,
                             const Options &options);

/// A program on --device emulator, in each of its orders.
class EmulatedProgram {
public:
  /// `entry` is where the entry stands in the file.
  EmulatedProgram(mlir::FileLineColLoc entry, const Options &options,
                  mhc::Progress &progress)
      : context(entry.getContext()), entry(entry), options(options),
        progress(progress) {}

  /// Runs the program in all orders, --repeat times each. Fails if the results
  /// differ. Adds the milliseconds of each run to `times`.
  mlir::FailureOr<llvm::SmallVector<mhc::HostTensor>>
  run(mlir::ModuleOp lowered, llvm::StringRef wrapper,
      llvm::ArrayRef<mlir::mhc::HostType> results,
      llvm::ArrayRef<mlir::mhc::DeviceModule> devices,
      llvm::ArrayRef<mhc::HostTensor> arguments,
      llvm::SmallVectorImpl<double> &times);

  /// Says how many faults were found, and fails if there are some.
  mlir::LogicalResult checkFindings();

  /// --counters: the table on standard output, and the file.
  mlir::LogicalResult writeCounters();

private:
  mlir::FailureOr<llvm::SmallVector<mhc::HostTensor>>
  runOnce(mlir::mhc::EmulatorProgram &program,
          const mhc::emulator::Order &order,
          llvm::ArrayRef<mlir::mhc::DeviceModule> devices,
          llvm::ArrayRef<mhc::HostTensor> arguments,
          llvm::SmallVectorImpl<double> &times);
  mlir::Location getLocation(const mhc::emulator::SourcePlace &place);
  void print(const mhc::emulator::Finding &finding);
  /// Prints an error for each line, at the place that it begins with; fails.
  mlir::LogicalResult reportPlaces(llvm::StringRef lines);

  mlir::MLIRContext *context;
  mlir::FileLineColLoc entry;
  const Options &options;
  mhc::Progress &progress;
  /// Of the last run; of the first, its counters.
  uint64_t numFindings = 0;
  std::string orderName;
  llvm::json::Value counters = nullptr;
  std::string counterTable;
};

#endif // TOOLS_MHC_RUN_EMULATE_H
