//===- mhc-opt.cpp - Runs passes on model IR ------------------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "mhc/Pipelines/Pipelines.h"
#include "mhc/Support/Version.h"

#include "mlir/Tools/mlir-opt/MlirOptMain.h"
#include "llvm/Support/InitLLVM.h"
#include "llvm/Support/ProgramStack.h"

int main(int argc, char **argv) {
  llvm::InitLLVM init(argc, argv);
  llvm::cl::AddExtraVersionPrinter(mhc::printVersion);
  mlir::DialectRegistry registry;
  mlir::mhc::registerDialects(registry);
  mlir::mhc::registerPassesAndPipelines();
  // Parser, printer and passes recurse with the depth of nested regions.
  int result = 1;
  llvm::runOnNewStack(mhc::kToolStackSize, [&] {
    result = mlir::asMainReturnCode(mlir::MlirOptMain(
        argc, argv, "mhc-opt: passes on models with hyper-connections\n",
        registry));
  });
  return result;
}
