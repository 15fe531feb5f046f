//===- mhcrt-run.cpp - Runs a compiled program on a GPU -------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Loads a manifest, makes the program's arguments, runs it, and reports the
// results. Exit code 1 for bad input or a failed run, 2 for a wrong command
// line; nothing is written unless all went well.
//
//===----------------------------------------------------------------------===//

#include "Options.h"
#include "Report.h"

#include "mhc/Support/OutputFolder.h"
#include "mhc/Support/Progress.h"
#include "mhc/Support/ResultSummary.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/InitLLVM.h"
#include "llvm/Support/raw_ostream.h"

using mhc::ElementKind;
using mhc::HostTensor;

namespace {
/// A device with what was made on it.
class Session {
public:
  Session(const Options &options, mhc::Progress &progress)
      : options(options), progress(progress) {}
  ~Session();

  /// All of it, but for the parsing of the command line.
  bool run();

private:
  bool load();
  bool makeArguments();
  /// Finds the sizes, and makes results, workspace and the memory that is
  /// written between runs.
  bool prepare();
  bool allocate(uint64_t bytes, const std::string &name, void *&data);
  /// One run; its results.
  bool launch(unsigned number, llvm::SmallVectorImpl<HostTensor> &results);
  bool runAll();
  bool writeResults();

  const Options &options;
  mhc::Progress &progress;
  mhcrt_device *device = nullptr;
  mhcrt_module *module = nullptr;
  const mhcrt_program *program = nullptr;
  void *stream = nullptr;
  mhcrt_event *start = nullptr, *end = nullptr;
  mhcrt_error error = {};

  llvm::SmallVector<HostTensor> arguments, results;
  llvm::SmallVector<ElementKind> resultKinds;
  llvm::SmallVector<llvm::SmallVector<int64_t>> resultShapes;
  llvm::SmallVector<mhcrt_tensor> deviceArguments, deviceResults;
  void *workspace = nullptr, *flushed = nullptr;
  uint64_t workspaceBytes = 0;
  llvm::SmallVector<void *> allocations;
  llvm::SmallVector<float> times;
};
} // namespace

Session::~Session() {
  for (void *memory : allocations)
    (void)mhcrt_free(device, memory, nullptr);
  mhcrt_destroy_event(start);
  mhcrt_destroy_event(end);
  mhcrt_unload(module);
  mhcrt_close_device(device);
}

//===----------------------------------------------------------------------===//
// Making
//===----------------------------------------------------------------------===//

bool Session::load() {
  const char *driver =
      options.driver.empty() ? nullptr : options.driver.c_str();
  const char *name =
      options.program.empty() ? nullptr : options.program.c_str();
  return check(mhcrt_open_device(driver, options.ordinal, &device, &error),
               error) &&
         check(mhcrt_load(device, options.manifest.c_str(), &module, &error),
               error) &&
         (options.list ||
          check(mhcrt_find_program(module, name, &program, &error), error));
}

/// The kind of a tensor's elements, or an error.
static bool getKind(const mhcrt_tensor_info &info, const llvm::Twine &what,
                    ElementKind &kind) {
  std::optional<ElementKind> parsed =
      mhc::parseElementKind(mhcrt_type_name(info.type));
  if (!parsed)
    return reportError(what +
                       ": expected bf16, f16, f32, f64, i1, i32 or i64, "
                       "got " +
                       mhcrt_type_name(info.type));
  kind = *parsed;
  return true;
}

bool Session::makeArguments() {
  uint32_t count = mhcrt_get_num_tensors(program, MHCRT_ARGUMENT);
  if (options.arguments.size() != count)
    return reportError("expected " + llvm::Twine(count) +
                       (count == 1 ? " argument" : " arguments") +
                       " (--arg) for " + mhcrt_get_program_name(program) +
                       ", got " + llvm::Twine(options.arguments.size()));
  for (uint32_t i = 0; i < count; ++i) {
    mhcrt_tensor_info info;
    ElementKind kind;
    if (!check(mhcrt_get_tensor_info(program, MHCRT_ARGUMENT, i, &info, &error),
               error) ||
        !getKind(info, "argument " + llvm::Twine(i), kind))
      return false;
    llvm::Expected<HostTensor> tensor =
        mhc::materialize(options.arguments[i], kind,
                         llvm::ArrayRef<int64_t>(info.dims, info.rank));
    if (!tensor) {
      // The message names what was given; its place comes first.
      std::string message = llvm::toString(tensor.takeError());
      llvm::StringRef rest = message;
      rest.consume_front("argument ");
      return reportError("argument " + llvm::Twine(i) + ": " + rest);
    }
    arguments.push_back(std::move(*tensor));
    deviceArguments.push_back({nullptr, info.type, info.rank, nullptr});
  }
  for (auto [host, onDevice] : llvm::zip(arguments, deviceArguments))
    onDevice.dims = host.getShape().data();
  return true;
}

bool Session::allocate(uint64_t bytes, const std::string &name, void *&data) {
  if (!check(mhcrt_allocate(device, bytes, name.c_str(), &data, &error), error))
    return false;
  allocations.push_back(data);
  return true;
}

bool Session::prepare() {
  llvm::SmallVector<int64_t> sizes(mhcrt_get_num_sizes(program));
  if (!check(mhcrt_infer_sizes(program, deviceArguments.data(),
                               deviceArguments.size(), sizes.data(), &error),
             error) ||
      !check(mhcrt_get_stream(device, /*priority=*/0, &stream, &error), error))
    return false;
  for (auto [index, host, onDevice] :
       llvm::enumerate(arguments, deviceArguments))
    if (!allocate(host.getSizeInBytes(), "argument " + std::to_string(index),
                  onDevice.data) ||
        !check(mhcrt_copy_to_device(device, onDevice.data, host.data(),
                                    host.getSizeInBytes(), stream, &error),
               error))
      return false;

  uint32_t count = mhcrt_get_num_tensors(program, MHCRT_RESULT);
  resultShapes.resize(count);
  for (uint32_t i = 0; i < count; ++i) {
    mhcrt_tensor_info info;
    ElementKind kind;
    if (!check(mhcrt_get_tensor_info(program, MHCRT_RESULT, i, &info, &error),
               error) ||
        !getKind(info, "result " + llvm::Twine(i), kind))
      return false;
    llvm::SmallVector<int64_t> &shape = resultShapes[i];
    shape.resize(info.rank);
    if (!check(mhcrt_get_shape(program, MHCRT_RESULT, i, sizes.data(),
                               shape.data(), &error),
               error))
      return false;
    llvm::Expected<int64_t> bytes = mhc::countBytes(kind, shape);
    if (!bytes)
      return reportError(bytes.takeError());
    resultKinds.push_back(kind);
    deviceResults.push_back({nullptr, info.type, info.rank, shape.data()});
    if (!allocate(*bytes, "result " + std::to_string(i),
                  deviceResults.back().data))
      return false;
  }
  return check(mhcrt_get_workspace_bytes(program, sizes.data(), &workspaceBytes,
                                         &error),
               error) &&
         allocate(workspaceBytes, "the workspace", workspace) &&
         allocate(options.flushBytes, "memory to flush caches", flushed) &&
         check(mhcrt_create_event(device, &start, &error), error) &&
         check(mhcrt_create_event(device, &end, &error), error);
}

//===----------------------------------------------------------------------===//
// Running
//===----------------------------------------------------------------------===//

bool Session::launch(unsigned number,
                     llvm::SmallVectorImpl<HostTensor> &output) {
  uint32_t flags = options.prepareOnce && number > 0 ? MHCRT_SKIP_PREPARE : 0;
  float milliseconds = 0;
  if (!check(mhcrt_fill(device, flushed, static_cast<uint8_t>(number),
                        options.flushBytes, stream, &error),
             error) ||
      !check(mhcrt_record_event(start, stream, &error), error) ||
      !check(mhcrt_launch_tensors(program, stream, deviceArguments.data(),
                                  deviceArguments.size(), deviceResults.data(),
                                  deviceResults.size(), workspace,
                                  workspaceBytes, flags, &error),
             error) ||
      !check(mhcrt_record_event(end, stream, &error), error) ||
      !check(mhcrt_synchronize(device, stream, &error), error) ||
      !check(mhcrt_get_elapsed(start, end, &milliseconds, &error), error))
    return false;
  times.push_back(milliseconds);
  for (auto [kind, shape, onDevice] :
       llvm::zip(resultKinds, resultShapes, deviceResults)) {
    llvm::Expected<HostTensor> tensor = HostTensor::create(kind, shape);
    if (!tensor)
      return reportError(tensor.takeError());
    if (!check(mhcrt_copy_to_host(device, tensor->data(), onDevice.data,
                                  tensor->getSizeInBytes(), stream, &error),
               error))
      return false;
    output.push_back(std::move(*tensor));
  }
  return true;
}

bool Session::runAll() {
  progress.start("running", options.repeat == 1 ? 0 : options.repeat);
  for (unsigned run = 0; run < options.repeat; ++run) {
    llvm::SmallVector<HostTensor> output;
    if (!launch(run, output))
      return false;
    progress.setDone(run + 1);
    if (run == 0) {
      results = std::move(output);
      continue;
    }
    for (auto [index, a, b] : llvm::enumerate(results, output))
      if (a.getBytes() != b.getBytes()) {
        progress.finish();
        return reportError("expected the bits of the first run in result " +
                           llvm::Twine(index) + ", got others in run " +
                           llvm::Twine(run + 1));
      }
  }
  progress.finish();
  return true;
}

bool Session::writeResults() {
  llvm::Expected<mhc::OutputFolder> output =
      mhc::OutputFolder::create(options.outputFolder);
  if (!output)
    return reportError(output.takeError());
  for (auto [index, result] : llvm::enumerate(results))
    if (llvm::Error error = output->write(index, result))
      return reportError(std::move(error));
  if (llvm::Error error = output->commit())
    return reportError(std::move(error));
  return true;
}

bool Session::run() {
  progress.start("loading");
  bool loaded = load();
  progress.finish();
  if (!loaded)
    return false;
  if (options.list) {
    printModule(module);
    return true;
  }
  if (!makeArguments() || !prepare() || !runAll())
    return false;
  if (options.time)
    printTimes(times);
  if (!options.outputFolder.empty() && !writeResults())
    return false;
  for (auto [index, result] : llvm::enumerate(results))
    llvm::outs() << "result " << index << ": " << mhc::summarizeResult(result)
                 << '\n';
  return true;
}

int main(int argc, char **argv) {
  llvm::InitLLVM init(argc, argv);
  Options options;
  if (!parseOptions(argc, argv, options))
    return 2;
  mhc::Progress progress("mhcrt-run");
  return Session(options, progress).run() ? 0 : 1;
}
