//===- mhc-compile.cpp - Model IR to files for a GPU ----------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Parses a file, or makes the model IR of a connection; lowers it to launches
// and kernels; compiles the kernels; makes programs of the host functions; and
// writes what is asked for. Exit code 1 for bad input, 2 for a wrong command
// line; nothing is written unless all went well.
//
//===----------------------------------------------------------------------===//

#include "Options.h"

#include "mhc/Differentiate/Passes.h"
#include "mhc/Pipelines/Pipelines.h"
#include "mhc/Support/OutputFolder.h"
#include "mhc/Support/Progress.h"
#include "mhc/Support/Version.h"
#include "mhc/Target/DeviceModulesAside.h"
#include "mhc/Target/HostObject.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "mlir/Dialect/LLVMIR/NVVMDialect.h"
#include "mlir/IR/Remarks.h"
#include "mlir/Parser/Parser.h"
#include "mlir/Support/FileUtilities.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/InitLLVM.h"
#include "llvm/Support/ProgramStack.h"
#include "llvm/Support/SourceMgr.h"
#include "llvm/Support/WithColor.h"

#include <chrono>

using mlir::failed;
using mlir::failure;
using mlir::FailureOr;
using mlir::LogicalResult;
using mlir::success;
using mlir::func::FuncOp;
using mlir::mhc::Assembler;
using mlir::mhc::DeviceImages;
using mlir::mhc::DevicePrograms;
using mlir::mhc::Package;

/// Of an argument: its name in the programs.
static constexpr llvm::StringLiteral kNameAttr = "mhc.name";

static LogicalResult reportError(const llvm::Twine &message) {
  llvm::WithColor::error(llvm::errs(), "mhc-compile") << message << '\n';
  return failure();
}

static LogicalResult reportError(llvm::Error error) {
  return reportError(llvm::toString(std::move(error)));
}

namespace {
/// Compiles one module.
class Compiler {
public:
  explicit Compiler(const Options &options)
      : options(options), progress("mhc-compile") {}

  LogicalResult run();

private:
  using Clock = std::chrono::steady_clock;

  /// Begins a stage, on the terminal and for --time.
  void start(llvm::StringRef stage, uint64_t total = 0,
             llvm::StringRef unit = "");
  void finish();

  LogicalResult parse();
  void nameArguments();
  LogicalResult differentiate();
  LogicalResult lower();
  LogicalResult findAssembler();
  LogicalResult write(const DeviceImages &images, Package package);
  void printTimes();

  const Options &options;
  mhc::Progress progress;
  std::shared_ptr<llvm::SourceMgr> sources =
      std::make_shared<llvm::SourceMgr>();
  std::unique_ptr<mlir::MLIRContext> context;
  mlir::OwningOpRef<mlir::ModuleOp> module;
  /// The model IR, and whether the module is another one by now.
  std::string modelText;
  bool isChanged = false;
  std::optional<Assembler> assembler;
  /// The form of kernels that the manifest names.
  llvm::StringRef kind;
  bool writePTX = false;

  std::vector<std::pair<std::string, double>> times;
  Clock::time_point began;
};
} // namespace

void Compiler::start(llvm::StringRef stage, uint64_t total,
                     llvm::StringRef unit) {
  finish();
  progress.start(stage, total, unit);
  times.emplace_back(stage.str(), 0);
  began = Clock::now();
}

void Compiler::finish() {
  progress.finish();
  if (!times.empty() && times.back().second == 0)
    times.back().second =
        std::chrono::duration<double, std::milli>(Clock::now() - began).count();
}

//===----------------------------------------------------------------------===//
// The module
//===----------------------------------------------------------------------===//

/// "x" of "%x: tensor<..>"; empty if it is something else, or a number.
static llvm::StringRef parseArgumentName(llvm::StringRef text) {
  if (!text.consume_front("%"))
    return "";
  size_t length = text.find_if_not([](char character) {
    return llvm::isAlnum(character) || llvm::is_contained("_$.-", character);
  });
  llvm::StringRef name = text.take_front(length);
  return name.empty() || llvm::isDigit(name.front()) ? "" : name;
}

void Compiler::nameArguments() {
  const llvm::MemoryBuffer &source =
      *sources->getMemoryBuffer(sources->getMainFileID());
  llvm::SmallVector<llvm::StringRef> lines;
  source.getBuffer().split(lines, '\n');
  mlir::Builder builder(context.get());
  for (auto function : module->getOps<FuncOp>()) {
    if (function.isExternal() || !function.isPublic())
      continue;
    for (auto argument : function.getArguments()) {
      auto place = llvm::dyn_cast<mlir::FileLineColLoc>(argument.getLoc());
      unsigned index = argument.getArgNumber();
      if (!place || function.getArgAttr(index, kNameAttr) ||
          place.getFilename() != source.getBufferIdentifier() ||
          place.getLine() == 0 || place.getLine() > lines.size())
        continue;
      llvm::StringRef name = parseArgumentName(
          lines[place.getLine() - 1].drop_front(place.getColumn() - 1));
      if (!name.empty())
        function.setArgAttr(index, kNameAttr, builder.getStringAttr(name));
    }
  }
}

LogicalResult Compiler::parse() {
  start("reading");
  std::unique_ptr<llvm::MemoryBuffer> buffer;
  if (options.connection) {
    modelText = options.connection->print();
    buffer = llvm::MemoryBuffer::getMemBuffer(modelText, "connection.mlir");
  } else {
    std::string message;
    buffer = mlir::openInputFile(options.file, &message);
    if (!buffer) {
      finish();
      return reportError(message);
    }
  }
  sources->AddNewSourceBuffer(std::move(buffer), llvm::SMLoc());
  mlir::ParserConfig config(context.get());
  module = mlir::parseSourceFile<mlir::ModuleOp>(sources, config);
  finish();
  if (!module)
    return failure();
  nameArguments();
  return differentiate();
}

/// Names what the two functions of a gradient take and give, by the names of
/// the function. What the forward one would give back as it got it, or give
/// twice, it does not: whoever calls the backward one has it.
static void nameGradients(mlir::ModuleOp module, llvm::StringRef name) {
  auto function = module.lookupSymbol<FuncOp>(name);
  auto forward = module.lookupSymbol<FuncOp>((name + "_forward").str());
  auto backward = module.lookupSymbol<FuncOp>((name + "_backward").str());
  if (!function || !forward || !backward)
    return;
  mlir::Builder builder(module.getContext());
  auto text = [&](const llvm::Twine &value) {
    return builder.getStringAttr(value);
  };
  auto getName = [&](mlir::Attribute attribute, llvm::StringRef what,
                     unsigned index) {
    auto given = llvm::dyn_cast_if_present<mlir::StringAttr>(attribute);
    return given ? given.getValue().str() : (what + llvm::Twine(index)).str();
  };
  auto getArgument = [&](unsigned i) {
    return getName(function.getArgAttr(i, kNameAttr), "argument", i);
  };
  auto getResult = [&](unsigned i) {
    return getName(function.getResultAttr(i, kNameAttr), "result", i);
  };
  unsigned numResults = function.getNumResults();
  unsigned numResiduals = forward.getNumResults() - numResults;
  for (unsigned i = 0; i < function.getNumArguments(); ++i)
    forward.setArgAttr(i, kNameAttr, text(getArgument(i)));
  for (unsigned i = 0; i < numResults; ++i)
    forward.setResultAttr(i, kNameAttr, text(getResult(i)));

  mlir::Operation *terminator = forward.getBody().front().getTerminator();
  auto results = terminator->getOperands().take_front(numResults);
  llvm::BitVector dropped(forward.getNumResults());
  unsigned numKept = 0;
  for (unsigned i = 0; i < numResiduals; ++i) {
    mlir::Value value = terminator->getOperand(numResults + i);
    std::string residual;
    if (auto argument = llvm::dyn_cast<mlir::BlockArgument>(value))
      residual = getArgument(argument.getArgNumber());
    else if (llvm::is_contained(results, value))
      residual = getResult(llvm::find(results, value) - results.begin());
    if (!residual.empty()) {
      dropped.set(numResults + i);
    } else {
      residual = "kept" + std::to_string(numKept++);
      forward.setResultAttr(numResults + i, kNameAttr, text(residual));
    }
    backward.setArgAttr(i, kNameAttr, text(residual));
  }
  terminator->eraseOperands(dropped);
  (void)forward.eraseResults(dropped);

  for (unsigned i = numResiduals; i < backward.getNumArguments(); ++i)
    backward.setArgAttr(i, kNameAttr, text("d_" + getResult(i - numResiduals)));
  // Integers have no gradients, but programs of connections have no integers.
  if (backward.getNumResults() == function.getNumArguments())
    for (unsigned i = 0; i < backward.getNumResults(); ++i)
      backward.setResultAttr(i, kNameAttr, text("d_" + getArgument(i)));
}

LogicalResult Compiler::differentiate() {
  if (!options.connection ||
      options.connection->direction == ConnectionModel::Forward)
    return success();
  start("differentiating");
  isChanged = true;
  llvm::SmallVector<std::string> names;
  for (auto function : module->getOps<FuncOp>())
    names.push_back(function.getName().str());
  mlir::PassManager pm(context.get());
  mlir::mhc::MHCDifferentiateOptions differentiate;
  differentiate.functions = names;
  pm.addPass(mlir::mhc::createMHCDifferentiate(differentiate));
  if (failed(pm.run(*module)))
    return failure();
  for (llvm::StringRef name : names) {
    nameGradients(*module, name);
    for (llvm::StringRef suffix : {"", "_gradient", "_forward"}) {
      bool wanted = suffix == "_forward" &&
                    options.connection->direction == ConnectionModel::Both;
      if (auto function = module->lookupSymbol<FuncOp>((name + suffix).str()))
        if (!wanted)
          function.erase();
    }
  }
  finish();
  return success();
}

LogicalResult Compiler::lower() {
  start("lowering");
  mlir::mhc::DeviceModulesAside devices(*module);
  mlir::PassManager pm(context.get());
  mlir::mhc::GPUOptions gpu;
  gpu.chip = options.chip;
  mlir::mhc::buildGPUPipeline(pm, gpu);
  LogicalResult lowered = pm.run(*module);
  finish();
  if (failed(lowered))
    return failure();
  devices.restore();
  return success();
}

//===----------------------------------------------------------------------===//
// Kernels
//===----------------------------------------------------------------------===//

LogicalResult Compiler::findAssembler() {
  const EmitSet &emit = options.emit;
  writePTX = emit.ptx;
  bool needsCode = emit.cubin || emit.object || emit.manifest || emit.header;
  kind = emit.cubin     ? "cubin"
         : emit.ptx     ? "ptx"
         : emit.bitcode ? "bitcode"
                        : "cubin";
  if (!needsCode || kind != "cubin")
    return success();
  std::string path = Assembler::find(options.ptxas);
  if (path.empty()) {
    llvm::WithColor::warning(llvm::errs(), "mhc-compile")
        << "expected ptxas of the CUDA toolkit on PATH, below CUDA_HOME, "
           "CUDA_ROOT or CUDA_PATH, or named by --ptxas, got none: the kernels "
           "are written as PTX, which the driver assembles, and not as cubin\n";
    kind = "ptx";
    writePTX = true;
    return success();
  }
  llvm::Expected<Assembler> created = Assembler::create(path);
  if (!created)
    return reportError(created.takeError());
  assembler = std::move(*created);
  return success();
}

//===----------------------------------------------------------------------===//
// Files
//===----------------------------------------------------------------------===//

LogicalResult Compiler::write(const DeviceImages &images, Package package) {
  const EmitSet &emit = options.emit;
  llvm::Expected<mhc::OutputFolder> output =
      mhc::OutputFolder::create(options.outputFolder);
  if (!output)
    return reportError(output.takeError());
  llvm::Error error = llvm::Error::success();
  auto add = [&](const llvm::Twine &name,
                 llvm::function_ref<void(llvm::raw_ostream &)> print) {
    if (!error)
      error = output->writeFile(name.str(), print);
  };
  auto addBytes = [&](const llvm::Twine &name, llvm::StringRef bytes) {
    add(name, [&](llvm::raw_ostream &os) { os << bytes; });
  };

  if (emit.mlir)
    addBytes(options.name + ".mlir", modelText);
  for (size_t index = 0; index < images.images.size(); ++index) {
    const mlir::mhc::DeviceImage &image = images.images[index];
    std::string stem = "kernels_" + std::to_string(index);
    if (emit.llvm)
      add(stem + ".ll", [&](llvm::raw_ostream &os) {
        image.device.optimised->print(os, nullptr);
      });
    for (llvm::StringRef form : {"bitcode", "ptx"})
      if (form == "ptx" ? writePTX : emit.bitcode)
        addBytes(stem + mlir::mhc::getImageSuffix(form),
                 mlir::mhc::getImageBytes(image, form));
    if (emit.cubin && assembler)
      addBytes(stem + ".cubin", image.cubin.bytes);
  }
  if (emit.manifest) {
    add("kernels.json",
        [&](llvm::raw_ostream &os) { mlir::mhc::printManifest(package, os); });
    for (const mlir::mhc::ManifestFile &file : package.files) {
      bool isWritten = file.kind == "ptx"       ? writePTX
                       : file.kind == "bitcode" ? emit.bitcode
                       : file.kind == "cubin"   ? emit.cubin
                                                : false;
      if (!isWritten)
        addBytes(file.name, file.bytes);
    }
  }
  if (emit.header)
    add(options.name + ".h", [&](llvm::raw_ostream &os) {
      mlir::mhc::printHeader(package, options.name, os);
    });
  if (emit.object && !error) {
    llvm::Expected<std::string> object =
        mlir::mhc::compileHostObject(package, options.name, options.hostTriple);
    if (!object)
      return reportError(object.takeError());
    addBytes(options.name + ".o", *object);
  }
  if (error)
    return reportError(std::move(error));
  if (llvm::Error failed = output->commit())
    return reportError(std::move(failed));
  return success();
}

void Compiler::printTimes() {
  double total = 0;
  for (const auto &[stage, milliseconds] : times) {
    llvm::errs() << llvm::format("time: %9.1f ms ", milliseconds) << stage
                 << '\n';
    total += milliseconds;
  }
  llvm::errs() << llvm::format("time: %9.1f ms in all\n", total);
}

LogicalResult Compiler::run() {
  mlir::DialectRegistry registry;
  mlir::mhc::registerDialects(registry);
  context = std::make_unique<mlir::MLIRContext>(registry);
  // A diagnostic names its place; the op behind it may be a whole model.
  context->printOpOnDiagnostic(false);
  mlir::SourceMgrDiagnosticHandler diagnostics(*sources, context.get());
  if (!options.remarksFilter.empty()) {
    mlir::remark::RemarkCategories categories;
    // `all` alone is nothing: it is added to what the kinds have.
    categories.passed = categories.missed = categories.analysis =
        categories.failed = options.remarksFilter;
    if (failed(mlir::remark::enableOptimizationRemarks(
            *context, nullptr,
            std::make_unique<mlir::remark::RemarkEmittingPolicyAll>(),
            categories, /*printAsEmitRemarks=*/true)))
      return reportError("cannot enable remarks");
  }

  if (failed(findAssembler()) || failed(parse()))
    return failure();
  // What --connection made is for readers, and kept as it is.
  if (options.emit.mlir && (modelText.empty() || isChanged)) {
    modelText.clear();
    llvm::raw_string_ostream(modelText) << *module << '\n';
  }
  EmitSet rest = options.emit;
  rest.mlir = false;
  if (!rest.any())
    return write(DeviceImages(), Package());
  if (failed(lower()))
    return failure();

  start("compiling kernels");
  mlir::mhc::DeviceOptions device;
  device.chip = options.chip;
  device.features = options.features;
  device.lines = options.lines;
  FailureOr<DeviceImages> images = mlir::mhc::compileDeviceImages(
      *module, device, assembler ? &*assembler : nullptr,
      [&](size_t done, size_t total) {
        if (done == 1)
          progress.start("compiling kernels", total, "kernels");
        progress.setDone(done);
      });
  finish();
  if (failed(images))
    return failure();
  for (const mlir::mhc::DeviceImage &image : images->images)
    for (llvm::StringRef line :
         llvm::split(llvm::StringRef(image.cubin.warnings).rtrim(), '\n'))
      if (!line.empty())
        llvm::WithColor::warning(llvm::errs(), "mhc-compile")
            << image.device.name << ": " << line << '\n';

  start("making programs");
  FailureOr<DevicePrograms> programs = mlir::mhc::extractPrograms(*module);
  finish();
  if (failed(programs))
    return failure();
  start("writing");
  Package package =
      mlir::mhc::makePackage(std::move(*programs), *images, kind, "kernels");
  if (package.chip.empty())
    package.chip = options.chip;
  LogicalResult written = write(*images, std::move(package));
  finish();
  if (failed(written))
    return failure();
  if (options.time)
    printTimes();
  return success();
}

int main(int argc, char **argv) {
  llvm::InitLLVM init(argc, argv);
  Options options;
  if (!parseOptions(argc, argv, options))
    return 2;
  // Parser and passes recurse with the depth of nested regions.
  int exitCode = 1;
  llvm::runOnNewStack(mhc::kToolStackSize, [&] {
    exitCode = failed(Compiler(options).run()) ? 1 : 0;
  });
  return exitCode;
}
