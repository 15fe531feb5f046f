//===- mhc-run.cpp - Runs a function of model IR --------------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Parses a file, makes the entry's arguments, lowers the module for a device,
// compiles and runs it, and reports the results. Exit code 1 for bad input or a
// failed run, 2 for a wrong command line; nothing is written unless all went
// well.
//
//===----------------------------------------------------------------------===//

#include "Cuda.h"
#include "Emulate.h"
#include "Options.h"

#include "mhc/Pipelines/Pipelines.h"
#include "mhc/Support/FloatFormats.h"
#include "mhc/Support/OutputFolder.h"
#include "mhc/Support/Progress.h"
#include "mhc/Support/ResultSummary.h"
#include "mhc/Support/Version.h"
#include "mhc/Target/HostProgram.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Parser/Parser.h"
#include "mlir/Support/FileUtilities.h"
#include "mlir/Transforms/Passes.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/InitLLVM.h"
#include "llvm/Support/ProgramStack.h"
#include "llvm/Support/SourceMgr.h"
#include "llvm/Support/WithColor.h"

#include <chrono>

using mhc::ElementKind;
using mhc::HostTensor;
using mlir::failed;
using mlir::failure;
using mlir::FailureOr;
using mlir::LogicalResult;
using mlir::success;
using mlir::func::FuncOp;
using mlir::mhc::DeviceModule;
using mlir::mhc::HostProgram;
using mlir::mhc::HostType;

LogicalResult reportError(const llvm::Twine &message) {
  llvm::WithColor::error(llvm::errs(), "mhc-run") << message << '\n';
  return failure();
}

LogicalResult reportError(llvm::Error error) {
  return reportError(llvm::toString(std::move(error)));
}

/// The line that a failing program's message must not be mixed with.
static mhc::Progress *activeProgress = nullptr;

//===----------------------------------------------------------------------===//
// The entry, its types and its arguments
//===----------------------------------------------------------------------===//

/// `@a, @b`
static std::string listNames(llvm::ArrayRef<FuncOp> functions) {
  std::string text;
  llvm::raw_string_ostream os(text);
  llvm::interleaveComma(
      functions, os, [&](FuncOp function) { os << '@' << function.getName(); });
  return text;
}

/// The function that --entry names, or the only public one.
static FailureOr<FuncOp> findEntry(mlir::ModuleOp module,
                                   llvm::StringRef name) {
  llvm::SmallVector<FuncOp> defined, publicOnes;
  for (auto function : module.getOps<FuncOp>()) {
    if (function.isExternal())
      continue;
    defined.push_back(function);
    if (function.isPublic())
      publicOnes.push_back(function);
  }
  if (name.empty()) {
    if (publicOnes.size() == 1)
      return publicOnes.front();
    if (publicOnes.empty())
      return module.emitError("expected a public function with a body to run, "
                              "got none");
    return module.emitError("expected --entry to name one of ")
           << listNames(publicOnes) << ", got none";
  }
  for (FuncOp function : defined)
    if (function.getName() == name)
      return function;
  mlir::InFlightDiagnostic diagnostic = module.emitError("expected --entry to "
                                                         "name ");
  if (defined.empty())
    diagnostic << "a function with a body, of which there is none";
  else
    diagnostic << (defined.size() == 1 ? "" : "one of ") << listNames(defined);
  return diagnostic << "; got @" << name;
}

/// The types of arguments or results; a device takes buffers too.
static FailureOr<llvm::SmallVector<HostType>>
getHostTypes(FuncOp entry, mlir::TypeRange types, llvm::StringRef what,
             Device device) {
  bool buffers = device == Device::Emulator || device == Device::Cuda;
  llvm::SmallVector<HostType> result;
  for (auto [index, type] : llvm::enumerate(types)) {
    std::optional<HostType> hostType =
        buffers ? mlir::mhc::getDeviceType(type) : mlir::mhc::getHostType(type);
    if (!hostType)
      return entry.emitError("expected ")
             << what << ' ' << index
             << (buffers ? " to be a scalar, a ranked tensor or a memref of "
                           "identity layout of "
                         : " to be a scalar or a ranked tensor of ")
             << "bf16, f16, f32, f64, i1, i32 or i64, got " << type;
    result.push_back(*hostType);
  }
  return result;
}

static FailureOr<llvm::SmallVector<HostTensor>>
makeArguments(FuncOp entry, llvm::ArrayRef<HostType> types,
              const Options &options) {
  if (options.arguments.size() != types.size())
    return entry.emitError("expected ")
           << types.size() << (types.size() == 1 ? " argument" : " arguments")
           << " (--arg) for @" << entry.getName() << " : "
           << entry.getFunctionType() << ", got " << options.arguments.size();
  llvm::SmallVector<HostTensor> tensors;
  for (auto [index, spec, type] : llvm::enumerate(options.arguments, types)) {
    llvm::Expected<HostTensor> tensor =
        mhc::materialize(spec, type.kind, type.shape);
    if (!tensor) {
      // The message names what was given; its place comes first.
      std::string message = llvm::toString(tensor.takeError());
      llvm::StringRef rest = message;
      rest.consume_front("argument ");
      return reportError("argument " + llvm::Twine(index) + ": " + rest);
    }
    tensors.push_back(std::move(*tensor));
  }
  return tensors;
}

/// What is declared only cannot be run.
static LogicalResult checkDefined(mlir::ModuleOp module) {
  for (auto function : module.getOps<FuncOp>()) {
    if (!function.isExternal())
      continue;
    mlir::InFlightDiagnostic diagnostic =
        function.emitError("expected a body of @")
        << function.getName() << ", which the entry calls, got a declaration";
    if (auto uses = mlir::SymbolTable::getSymbolUses(function, module))
      for (mlir::SymbolTable::SymbolUse use : llvm::make_range(
               uses->begin(), uses->begin() + (uses->empty() ? 0 : 1)))
        diagnostic.attachNote(use.getUser()->getLoc()) << "called here";
    return diagnostic;
  }
  return success();
}

//===----------------------------------------------------------------------===//
// Lowering and running
//===----------------------------------------------------------------------===//

/// Leaves the program of the public function `name` alone in the module.
static LogicalResult isolate(mlir::ModuleOp module, llvm::StringRef name) {
  for (auto function : module.getOps<FuncOp>())
    function.setVisibility(function.getName() == name
                               ? mlir::SymbolTable::Visibility::Public
                               : mlir::SymbolTable::Visibility::Private);
  mlir::PassManager pm(module->getContext());
  pm.addPass(mlir::createSymbolDCEPass());
  return success(succeeded(pm.run(module)) && succeeded(checkDefined(module)));
}

/// Leaves the entry's program alone in the module, behind a wrapper whose name
/// is returned.
static FailureOr<std::string> isolateEntry(mlir::ModuleOp module, FuncOp entry,
                                           Device device) {
  std::string wrapper = mlir::mhc::createEntryWrapper(
      module, entry.getName(), /*planned=*/device == Device::CPU);
  if (failed(isolate(module, wrapper)))
    return failure();
  return wrapper;
}

/// Gives the functions of the program names that are no function's of C.
static LogicalResult renameFunctions(mlir::ModuleOp module,
                                     llvm::StringRef wrapper) {
  mlir::SymbolTable symbols(module);
  for (auto function : llvm::to_vector(module.getOps<FuncOp>()))
    if (function.getName() != wrapper &&
        failed(symbols.rename(function,
                              ("mhc.program." + function.getName()).str())))
      return failure();
  return success();
}

static LogicalResult lower(mlir::ModuleOp module, const Options &options) {
  mlir::PassManager pm(module->getContext());
  if (options.device == Device::Reference) {
    mlir::mhc::ReferenceOptions reference;
    reference.round = options.round;
    mlir::mhc::buildReferencePipeline(pm, reference);
  } else if (options.device == Device::Emulator) {
    mlir::mhc::buildEmulatorHostPipeline(pm,
                                         mlir::mhc::createEmulatorCallsPass());
  } else {
    mlir::mhc::buildCPUPipeline(pm);
  }
  return pm.run(module);
}

/// Float tensors as f64, the types of the reference.
static LogicalResult widen(llvm::SmallVectorImpl<HostTensor> &tensors) {
  for (HostTensor &tensor : tensors) {
    if (!mhc::isFloat(tensor.getKind()))
      continue;
    llvm::Expected<HostTensor> wide =
        mhc::convertFloats(tensor, ElementKind::F64);
    if (!wide)
      return reportError(wide.takeError());
    tensor = std::move(*wide);
  }
  return success();
}

/// Runs the program --repeat times; all runs must give the same bits. Adds the
/// milliseconds of each run to `times`.
static FailureOr<llvm::SmallVector<HostTensor>>
runAll(HostProgram &program, llvm::MutableArrayRef<HostTensor> arguments,
       unsigned repeat, mhc::Progress &progress,
       llvm::SmallVectorImpl<double> &times) {
  progress.start("running", repeat == 1 ? 0 : repeat);
  llvm::SmallVector<HostTensor> first;
  for (unsigned run = 0; run < repeat; ++run) {
    auto start = std::chrono::steady_clock::now();
    llvm::Expected<llvm::SmallVector<HostTensor>> results =
        program.run(arguments);
    times.push_back(std::chrono::duration<double, std::milli>(
                        std::chrono::steady_clock::now() - start)
                        .count());
    if (!results)
      return reportError(results.takeError());
    progress.setDone(run + 1);
    if (run == 0) {
      first = std::move(*results);
      continue;
    }
    for (auto [index, a, b] : llvm::enumerate(first, *results))
      if (a.getShape() != b.getShape() || a.getBytes() != b.getBytes()) {
        progress.finish();
        return reportError("expected the bits of the first run in result " +
                           llvm::Twine(index) + ", got others in run " +
                           llvm::Twine(run + 1));
      }
  }
  return first;
}

static LogicalResult writeResults(llvm::ArrayRef<HostTensor> results,
                                  llvm::StringRef folder) {
  llvm::Expected<mhc::OutputFolder> output = mhc::OutputFolder::create(folder);
  if (!output)
    return reportError(output.takeError());
  for (auto [index, result] : llvm::enumerate(results))
    if (llvm::Error error = output->write(index, result))
      return reportError(std::move(error));
  if (llvm::Error error = output->commit())
    return reportError(std::move(error));
  return success();
}

//===----------------------------------------------------------------------===//
// Devices
//===----------------------------------------------------------------------===//

using Results = FailureOr<llvm::SmallVector<HostTensor>>;

/// On this machine.
static Results runOnHost(mlir::ModuleOp module, FuncOp entry,
                         llvm::ArrayRef<HostType> resultTypes,
                         llvm::MutableArrayRef<HostTensor> arguments,
                         const Options &options, mhc::Progress &progress,
                         llvm::SmallVectorImpl<double> &times) {
  FailureOr<std::string> wrapper = isolateEntry(module, entry, options.device);
  if (failed(wrapper) || failed(renameFunctions(module, *wrapper)))
    return failure();
  progress.start("lowering");
  LogicalResult lowered = lower(module, options);
  progress.finish();
  if (failed(lowered))
    return failure();
  progress.start("compiling");
  llvm::Expected<std::unique_ptr<HostProgram>> program =
      HostProgram::compile(module, *wrapper, resultTypes);
  progress.finish();
  if (!program)
    return reportError(program.takeError());
  Results results =
      runAll(**program, arguments, options.repeat, progress, times);
  progress.finish();
  if (failed(results) || !options.memory)
    return results;
  llvm::Expected<mlir::mhc::WorkspaceUse> use =
      (*program)->measureWorkspace(arguments);
  if (!use)
    return reportError(use.takeError());
  llvm::errs() << "workspace: " << use->bytes << " bytes, high-water mark "
               << use->highWater << " bytes\n";
  return results;
}

/// On the emulated device.
static Results runOnEmulator(mlir::ModuleOp module, FuncOp entry,
                             llvm::ArrayRef<HostType> resultTypes,
                             llvm::ArrayRef<HostTensor> arguments,
                             const llvm::MemoryBuffer &source,
                             EmulatedProgram &emulation, const Options &options,
                             mhc::Progress &progress,
                             llvm::SmallVectorImpl<double> &times) {
  nameBuffers(module, source);
  markHostPrograms(module);
  progress.start("compiling kernels");
  FailureOr<llvm::SmallVector<DeviceModule>> devices =
      compileKernels(module, options);
  progress.finish();
  if (failed(devices))
    return failure();
  std::string name = entry.getName().str();
  if (failed(isolate(module, name)))
    return failure();
  progress.start("lowering");
  LogicalResult lowered = lowerToLaunches(module, options, *devices);
  std::string wrapper;
  if (succeeded(lowered)) {
    wrapper = mlir::mhc::createDeviceEntryWrapper(module, name);
    lowered = renameFunctions(module, wrapper);
  }
  if (succeeded(lowered))
    lowered = lower(module, options);
  progress.finish();
  if (failed(lowered))
    return failure();
  progress.start("compiling");
  return emulation.run(module, wrapper, resultTypes, *devices, arguments,
                       times);
}

/// On a GPU.
static Results runOnCuda(mlir::ModuleOp module, FuncOp entry,
                         llvm::ArrayRef<HostTensor> arguments,
                         const Options &options, mhc::Progress &progress,
                         llvm::SmallVectorImpl<double> &times) {
  CudaProgram program(options, progress);
  if (failed(program.open()) || failed(isolate(module, entry.getName())) ||
      failed(program.compile(module)))
    return failure();
  return program.run(arguments, times);
}

static LogicalResult run(const Options &options) {
  mhc::Progress progress("mhc-run");
  activeProgress = &progress;
  HostProgram::setFailureHook([] { activeProgress->finish(); });

  std::string message;
  std::unique_ptr<llvm::MemoryBuffer> file =
      mlir::openInputFile(options.file, &message);
  if (!file)
    return reportError(message);
  mlir::DialectRegistry registry;
  mlir::mhc::registerDialects(registry);
  mlir::MLIRContext context(registry);
  // A diagnostic names its place; the op behind it may be a whole model.
  context.printOpOnDiagnostic(false);
  auto sources = std::make_shared<llvm::SourceMgr>();
  sources->AddNewSourceBuffer(std::move(file), llvm::SMLoc());
  mlir::SourceMgrDiagnosticHandler diagnostics(*sources, &context);

  progress.start("reading");
  mlir::OwningOpRef<mlir::ModuleOp> module =
      mlir::parseSourceFile<mlir::ModuleOp>(sources, &context);
  progress.finish();
  if (!module)
    return failure();
  if (!options.emulator.ptxFile.empty()) {
    progress.start("compiling kernels");
    markHostPrograms(*module);
    FailureOr<llvm::SmallVector<DeviceModule>> devices =
        compileKernels(*module, options);
    if (succeeded(devices) &&
        failed(lowerToLaunches(*module, options, *devices)))
      devices = failure();
    progress.finish();
    return failed(devices) ? failure() : writePTX(*devices, options);
  }
  FailureOr<FuncOp> entry = findEntry(*module, options.entry);
  if (failed(entry))
    return failure();
  mlir::mhc::EntryTypes types = mlir::mhc::getEntryTypes(*entry);
  FailureOr<llvm::SmallVector<HostType>> argumentTypes =
      getHostTypes(*entry, types.arguments, "argument", options.device);
  FailureOr<llvm::SmallVector<HostType>> resultTypes =
      getHostTypes(*entry, types.results, "result", options.device);
  if (failed(argumentTypes) || failed(resultTypes))
    return failure();
  FailureOr<llvm::SmallVector<HostTensor>> arguments =
      makeArguments(*entry, *argumentTypes, options);
  if (failed(arguments))
    return failure();
  if (options.device == Device::Reference) {
    if (failed(widen(*arguments)))
      return failure();
    for (HostType &type : *resultTypes)
      if (mhc::isFloat(type.kind))
        type.kind = ElementKind::F64;
  }

  auto entryPlace = entry->getLoc()->findInstanceOf<mlir::FileLineColLoc>();
  if (!entryPlace)
    entryPlace = mlir::FileLineColLoc::get(&context, options.file, 0, 0);
  EmulatedProgram emulation(entryPlace, options, progress);
  llvm::SmallVector<double> times;
  Results results = failure();
  switch (options.device) {
  case Device::Reference:
  case Device::CPU:
    results = runOnHost(*module, *entry, *resultTypes, *arguments, options,
                        progress, times);
    break;
  case Device::Emulator:
    results = runOnEmulator(*module, *entry, *resultTypes, *arguments,
                            *sources->getMemoryBuffer(sources->getMainFileID()),
                            emulation, options, progress, times);
    break;
  case Device::Cuda:
    results = runOnCuda(*module, *entry, *arguments, options, progress, times);
    break;
  }
  progress.finish();
  if (failed(results))
    return failure();
  if (options.time) {
    llvm::sort(times);
    llvm::errs() << llvm::format("time: median %.3f ms, from %.3f to %.3f, of ",
                                 times[times.size() / 2], times.front(),
                                 times.back())
                 << times.size() << (times.size() == 1 ? " run\n" : " runs\n");
  }

  // Results of a program with faults are shown, and not kept.
  LogicalResult sound = emulation.checkFindings();
  if (succeeded(sound) && !options.outputFolder.empty() &&
      failed(writeResults(*results, options.outputFolder)))
    return failure();
  for (auto [index, result] : llvm::enumerate(*results))
    llvm::outs() << "result " << index << ": " << mhc::summarizeResult(result)
                 << '\n';
  if (succeeded(sound) && failed(emulation.writeCounters()))
    return failure();
  return sound;
}

int main(int argc, char **argv) {
  llvm::InitLLVM init(argc, argv);
  Options options;
  if (!parseOptions(argc, argv, options))
    return 2;
  // Parser and passes recurse with the depth of nested regions.
  int exitCode = 1;
  llvm::runOnNewStack(mhc::kToolStackSize,
                      [&] { exitCode = failed(run(options)) ? 1 : 0; });
  return exitCode;
}
