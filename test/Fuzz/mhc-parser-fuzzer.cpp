//===- mhc-parser-fuzzer.cpp - Any text through parser and verifier -------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Whatever the text, parsing it must end in a module or in a diagnostic. A
// module must survive being printed: its text parses again and prints the same,
// in custom and in generic form. A failure of that is a bug of ours, and
// aborts.
//
//   mhc-parser-fuzzer -max_total_time=60 -max_len=4096 -dict=mhc.dict NEW
//   corpus
//
//===----------------------------------------------------------------------===//

#include "mhc/Dialect/MHC/IR/MHC.h"

#include "mlir/Bytecode/BytecodeReader.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/Parser/Parser.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/SourceMgr.h"
#include "llvm/Support/raw_ostream.h"

#include <cstdlib>

using namespace mlir;

/// Parser and verifier recurse with the depth of the input, here on the stack
/// of the process: the tools have a larger one, and tests of their own.
static constexpr size_t kMaxSize = 4096;

/// Types and attributes stay in a context for ever: a new one now and then.
static constexpr unsigned kInputsPerContext = 1000;

static MLIRContext &getContext() {
  static std::unique_ptr<MLIRContext> context;
  static unsigned inputs = 0;
  if (!context || ++inputs % kInputsPerContext == 0) {
    DialectRegistry registry;
    registry.insert<mhc::MHCDialect, arith::ArithDialect, func::FuncDialect,
                    tensor::TensorDialect>();
    context = std::make_unique<MLIRContext>(registry,
                                            MLIRContext::Threading::DISABLED);
  }
  return *context;
}

static OwningOpRef<ModuleOp> parse(StringRef text, MLIRContext &context) {
  // The parser needs a NUL after the text, and the fuzzer gives none.
  auto sources = std::make_shared<llvm::SourceMgr>();
  sources->AddNewSourceBuffer(
      llvm::MemoryBuffer::getMemBufferCopy(text, "fuzz"), llvm::SMLoc());
  return parseSourceFile<ModuleOp>(sources, &context);
}

static std::string print(ModuleOp module, bool generic) {
  std::string text;
  llvm::raw_string_ostream os(text);
  OpPrintingFlags flags;
  flags.printGenericOpForm(generic);
  module->print(os, flags);
  return text;
}

/// Aborts unless `text`, which a module printed, is a module that prints as
/// `expected`.
static void checkText(StringRef text, StringRef expected,
                      MLIRContext &context) {
  OwningOpRef<ModuleOp> module = parse(text, context);
  std::string again = module ? print(*module, /*generic=*/false) : "";
  if (module && again == expected)
    return;
  llvm::errs() << (module ? "the printed module prints otherwise"
                          : "the printed module does not parse")
               << ":\n"
               << text << '\n';
  if (module)
    llvm::errs() << "against\n" << again << '\n';
  std::abort();
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  StringRef input(reinterpret_cast<const char *>(data), size);
  // Bytecode has a reader of its own, which is not what is tested here.
  if (size > kMaxSize || isBytecode(llvm::MemoryBufferRef(input, "fuzz")))
    return -1;

  MLIRContext &context = getContext();
  ScopedDiagnosticHandler silent(&context, [](Diagnostic &) {});
  OwningOpRef<ModuleOp> module = parse(input, context);
  if (!module)
    return 0;
  std::string text = print(*module, /*generic=*/false);
  checkText(text, text, context);
  checkText(print(*module, /*generic=*/true), text, context);
  return 0;
}
