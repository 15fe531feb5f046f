//===- Emulate.cpp - Programs with GPU kernels ----------------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Emulate.h"

#include "mhc/Pipelines/Pipelines.h"
#include "mhc/Support/FloatFormats.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/GPU/Transforms/Passes.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Support/FileUtilities.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/Regex.h"
#include "llvm/Support/ToolOutputFile.h"

#include <chrono>

using mhc::ElementKind;
using mhc::HostTensor;
using mhc::emulator::Emulator;
using mhc::emulator::EmulatorOptions;
using mhc::emulator::Finding;
using mhc::emulator::Order;
using mhc::emulator::SourcePlace;
using mlir::failed;
using mlir::failure;
using mlir::FailureOr;
using mlir::LogicalResult;
using mlir::success;
using mlir::mhc::DeviceModule;
using mlir::mhc::EmulatorProgram;

//===----------------------------------------------------------------------===//
// Names
//===----------------------------------------------------------------------===//

/// The first result's name in `text`, what stands before an op in its line:
/// "%y = ", "%y, %token = ". Empty if it is something else.
static llvm::StringRef parseResultName(llvm::StringRef text) {
  text = text.ltrim();
  if (!text.consume_front("%") || !text.trim().ends_with("="))
    return "";
  size_t length = text.find_if_not([](char character) {
    return llvm::isAlnum(character) || llvm::is_contained("_$.-", character);
  });
  return llvm::StringRef(text.data() - 1, length + 1);
}

void nameBuffers(mlir::ModuleOp module, const llvm::MemoryBuffer &source) {
  llvm::SmallVector<llvm::StringRef> lines;
  source.getBuffer().split(lines, '\n');
  module.walk([&](mlir::Operation *op) {
    auto place = llvm::dyn_cast<mlir::FileLineColLoc>(op->getLoc());
    if (!llvm::isa<mlir::memref::AllocOp, mlir::gpu::AllocOp>(op) || !place ||
        place.getFilename() != source.getBufferIdentifier() ||
        place.getLine() == 0 || place.getLine() > lines.size())
      return;
    llvm::StringRef before =
        lines[place.getLine() - 1].take_front(place.getColumn() - 1);
    llvm::StringRef name = parseResultName(before);
    if (!name.empty())
      op->setLoc(mlir::NameLoc::get(
          mlir::StringAttr::get(module.getContext(), name), place));
  });
}

//===----------------------------------------------------------------------===//
// Kernels and their PTX
//===----------------------------------------------------------------------===//

/// Of functions that stay as they are.
static constexpr llvm::StringLiteral kHostAttr = "mhc.host";

void markHostPrograms(mlir::ModuleOp module) {
  for (auto function : module.getOps<mlir::func::FuncOp>()) {
    bool isHost =
        function
            .walk([](mlir::Operation *op) {
              return llvm::isa_and_nonnull<mlir::gpu::GPUDialect,
                                           mlir::memref::MemRefDialect>(
                         op->getDialect())
                         ? mlir::WalkResult::interrupt()
                         : mlir::WalkResult::advance();
            })
            .wasInterrupted();
    if (isHost)
      function->setAttr(kHostAttr, mlir::UnitAttr::get(module.getContext()));
  }
}

FailureOr<llvm::SmallVector<DeviceModule>>
compileKernels(mlir::ModuleOp module, const Options &options) {
  mlir::PassManager pm(module->getContext());
  pm.addPass(mlir::createGpuKernelOutliningPass());
  if (failed(pm.run(module)))
    return failure();
  mlir::mhc::DeviceOptions device;
  device.chip = options.chip;
  FailureOr<llvm::SmallVector<DeviceModule>> devices =
      mlir::mhc::compileDeviceModules(module, device);
  if (failed(devices) ||
      failed(mlir::mhc::replaceDeviceModules(module, *devices)))
    return failure();
  return devices;
}

LogicalResult lowerToLaunches(mlir::ModuleOp module, const Options &options,
                              llvm::SmallVectorImpl<DeviceModule> &devices) {
  auto functions = module.getOps<mlir::func::FuncOp>();
  mlir::mhc::GPUOptions gpu;
  gpu.chip = options.chip;
  gpu.planMemory = llvm::none_of(functions, [](mlir::func::FuncOp function) {
    return function->hasAttr(kHostAttr);
  });
  gpu.markLives = true;
  mlir::PassManager pm(module->getContext());
  mlir::mhc::buildGPUPipeline(pm, gpu);
  if (failed(pm.run(module)))
    return failure();
  FailureOr<llvm::SmallVector<DeviceModule>> made =
      compileKernels(module, options);
  if (failed(made))
    return failure();
  llvm::move(*made, std::back_inserter(devices));
  return success();
}

LogicalResult writePTX(llvm::ArrayRef<DeviceModule> devices,
                       const Options &options) {
  if (devices.empty())
    return reportError("--emit-ptx expects a gpu.module in " + options.file +
                       ", which has none");
  for (const DeviceModule &device : devices) {
    llvm::SmallString<128> path(options.emulator.ptxFile);
    if (devices.size() > 1 && path != "-") {
      std::string extension = llvm::sys::path::extension(path).str();
      llvm::sys::path::replace_extension(path, device.name + extension);
    }
    std::string message;
    std::unique_ptr<llvm::ToolOutputFile> file =
        mlir::openOutputFile(path, &message);
    if (!file)
      return reportError(message);
    file->os() << device.ptx;
    file->os().flush();
    if (file->os().has_error()) {
      std::string error = file->os().error().message();
      file->os().clear_error();
      return reportError(path + ": " + error);
    }
    file->keep();
  }
  return success();
}

//===----------------------------------------------------------------------===//
// Findings
//===----------------------------------------------------------------------===//

mlir::Location EmulatedProgram::getLocation(const SourcePlace &place) {
  if (place.line == 0)
    return mlir::UnknownLoc::get(context);
  // Debug information may have made the path absolute.
  std::string file = place.file;
  if (file != options.file && llvm::sys::fs::equivalent(file, options.file))
    file = options.file;
  return mlir::FileLineColLoc::get(context, file, place.line, place.column);
}

LogicalResult EmulatedProgram::reportPlaces(llvm::StringRef lines) {
  progress.finish();
  const llvm::Regex pattern("^(.+):([0-9]+):([0-9]+): (.*)$");
  for (llvm::StringRef line : llvm::split(lines, '\n')) {
    llvm::SmallVector<llvm::StringRef> parts;
    SourcePlace place;
    if (!pattern.match(line, &parts) || parts[2].getAsInteger(10, place.line) ||
        parts[3].getAsInteger(10, place.column)) {
      (void)reportError(line);
      continue;
    }
    place.file = parts[1].str();
    mlir::emitError(getLocation(place)) << parts[4];
  }
  return failure();
}

void EmulatedProgram::print(const Finding &finding) {
  progress.finish();
  mlir::InFlightDiagnostic diagnostic =
      mlir::emitError(getLocation(finding.place)) << finding.message;
  for (const auto &[message, place] : finding.notes)
    diagnostic.attachNote(getLocation(place)) << message;
}

LogicalResult EmulatedProgram::checkFindings() {
  if (numFindings == 0)
    return success();
  std::string text = std::to_string(numFindings);
  text += numFindings == 1 ? " finding" : " findings";
  if (options.emulator.orders.size() > 1)
    text += " in " + orderName;
  if (numFindings > options.emulator.emulator.findingLimit)
    text += ", of which " +
            std::to_string(options.emulator.emulator.findingLimit) +
            " are shown (--findings)";
  return reportError(text);
}

//===----------------------------------------------------------------------===//
// Comparison of results
//===----------------------------------------------------------------------===//

static std::string getName(const Order &order) {
  switch (order.kind) {
  case Order::Forward:
    return "order forward";
  case Order::Reverse:
    return "order reverse";
  case Order::Seeded:
    return "order " + std::to_string(order.seed);
  }
  llvm_unreachable("unknown order");
}

/// The number at a position, with as many digits as tell it from others.
static std::string printElement(const HostTensor &tensor, size_t position) {
  if (mhc::isFloat(tensor.getKind())) {
    llvm::Expected<HostTensor> wide =
        mhc::convertFloats(tensor, ElementKind::F64);
    if (!wide) {
      llvm::consumeError(wide.takeError());
      return "?";
    }
    return llvm::formatv("{0:E17}", wide->getElements<double>()[position]);
  }
  switch (tensor.getKind()) {
  case ElementKind::I32:
    return std::to_string(tensor.getElements<int32_t>()[position]);
  case ElementKind::I64:
    return std::to_string(tensor.getElements<int64_t>()[position]);
  default:
    return std::to_string(tensor.getElements<uint8_t>()[position]);
  }
}

/// What is different, "element [1, 2], ... and not ..."; empty if nothing is.
static std::string findDifference(const HostTensor &first,
                                  const HostTensor &other) {
  if (first.getShape() != other.getShape())
    return "the shape";
  if (first.getBytes() == other.getBytes())
    return "";
  size_t size = mhc::getByteSize(first.getKind());
  size_t byte = 0;
  while (first.getBytes()[byte] == other.getBytes()[byte])
    ++byte;
  size_t position = byte / size;
  llvm::SmallVector<int64_t> index;
  size_t rest = position;
  for (int64_t extent : llvm::reverse(first.getShape())) {
    index.insert(index.begin(), rest % extent);
    rest /= extent;
  }
  std::string text;
  llvm::raw_string_ostream os(text);
  os << "element [";
  llvm::interleaveComma(index, os);
  os << "], " << printElement(other, position) << " and not "
     << printElement(first, position);
  return text;
}

//===----------------------------------------------------------------------===//
// Runs
//===----------------------------------------------------------------------===//

FailureOr<llvm::SmallVector<HostTensor>>
EmulatedProgram::runOnce(EmulatorProgram &program, const Order &order,
                         llvm::ArrayRef<DeviceModule> devices,
                         llvm::ArrayRef<HostTensor> arguments,
                         llvm::SmallVectorImpl<double> &times) {
  EmulatorOptions emulatorOptions = options.emulator.emulator;
  emulatorOptions.order = order;
  llvm::Expected<std::unique_ptr<Emulator>> emulator =
      Emulator::create(emulatorOptions);
  if (!emulator)
    return reportError(emulator.takeError());
  (*emulator)->setFindingHandler(
      [&](const Finding &finding) { print(finding); });
  for (const DeviceModule &device : devices)
    if (llvm::Error error =
            (*emulator)->addModule(device.name, *device.optimised))
      return reportPlaces(llvm::toString(std::move(error)));

  auto start = std::chrono::steady_clock::now();
  llvm::Expected<llvm::SmallVector<HostTensor>> results =
      program.run(**emulator, arguments);
  times.push_back(std::chrono::duration<double, std::milli>(
                      std::chrono::steady_clock::now() - start)
                      .count());
  numFindings = (*emulator)->getNumFindings();
  orderName = getName(order);
  if (!results) {
    progress.finish();
    llvm::Error rest = llvm::handleErrors(
        results.takeError(), [&](const mlir::mhc::PlacedError &error) {
          mlir::emitError(getLocation(error.place)) << error.message;
        });
    if (rest)
      (void)reportError(std::move(rest));
    (void)checkFindings();
    return failure();
  }
  if (emulatorOptions.counters && counterTable.empty()) {
    counters = (*emulator)->getCounters();
    llvm::raw_string_ostream os(counterTable);
    (*emulator)->printCounters(os);
  }
  return std::move(*results);
}

FailureOr<llvm::SmallVector<HostTensor>>
EmulatedProgram::run(mlir::ModuleOp lowered, llvm::StringRef wrapper,
                     llvm::ArrayRef<mlir::mhc::HostType> results,
                     llvm::ArrayRef<DeviceModule> devices,
                     llvm::ArrayRef<HostTensor> arguments,
                     llvm::SmallVectorImpl<double> &times) {
  SourcePlace place;
  place.file = entry.getFilename().str();
  place.line = entry.getLine();
  place.column = entry.getColumn();
  llvm::Expected<std::unique_ptr<EmulatorProgram>> program =
      EmulatorProgram::compile(lowered, wrapper, results, place);
  progress.finish();
  if (!program)
    return reportError(program.takeError());

  llvm::ArrayRef<Order> orders = options.emulator.orders;
  size_t total = orders.size() * options.repeat;
  progress.start("running", total == 1 ? 0 : total);
  llvm::SmallVector<HostTensor> first;
  for (size_t run = 0; run < total; ++run) {
    const Order &order = orders[run / options.repeat];
    FailureOr<llvm::SmallVector<HostTensor>> results =
        runOnce(**program, order, devices, arguments, times);
    if (failed(results))
      return failure();
    progress.setDone(run + 1);
    if (run == 0)
      first = std::move(*results);
    // Where there are faults, other orders have no more to tell.
    if (numFindings > 0)
      break;
    if (run == 0)
      continue;
    for (auto [index, a, b] : llvm::enumerate(first, *results)) {
      std::string difference = findDifference(a, b);
      if (difference.empty())
        continue;
      progress.finish();
      std::string where = getName(order);
      if (options.repeat > 1)
        where += ", run " + std::to_string(run % options.repeat + 1);
      return reportError("expected the bits of " + getName(orders.front()) +
                         " in result " + llvm::Twine(index) +
                         ", got others in " + where + ": " + difference);
    }
  }
  return first;
}

LogicalResult EmulatedProgram::writeCounters() {
  if (options.emulator.countersFile.empty())
    return success();
  std::string message;
  std::unique_ptr<llvm::ToolOutputFile> file =
      mlir::openOutputFile(options.emulator.countersFile, &message);
  if (!file)
    return reportError(message);
  file->os() << llvm::formatv("{0:2}", counters) << '\n';
  file->os().flush();
  if (file->os().has_error()) {
    std::string error = file->os().error().message();
    file->os().clear_error();
    return reportError(options.emulator.countersFile + ": " + error);
  }
  file->keep();
  llvm::outs() << counterTable;
  return success();
}
