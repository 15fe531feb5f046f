//===- Cuda.cpp - Programs on a GPU ---------------------------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Cuda.h"

#include "Emulate.h"

#include "mhc/Pipelines/Pipelines.h"
#include "mhc/Target/DeviceModulesAside.h"
#include "mhc/Target/Manifest.h"

using mhc::ElementKind;
using mhc::HostTensor;
using mlir::failed;
using mlir::failure;
using mlir::FailureOr;
using mlir::LogicalResult;
using mlir::success;
using mlir::mhc::Assembler;
using mlir::mhc::DeviceImages;
using mlir::mhc::DevicePrograms;
using mlir::mhc::Package;

CudaProgram::~CudaProgram() {
  for (void *memory : allocations)
    (void)mhcrt_free(device, memory, nullptr);
  mhcrt_destroy_event(start);
  mhcrt_destroy_event(end);
  mhcrt_unload(loaded);
  mhcrt_close_device(device);
}

LogicalResult CudaProgram::check(mhcrt_status status) {
  if (status == MHCRT_SUCCESS)
    return success();
  progress.finish();
  return reportError(error.message);
}

//===----------------------------------------------------------------------===//
// Compilation
//===----------------------------------------------------------------------===//

/// The chip whose code a GPU runs, with all that it has.
static std::string getChip(const mhcrt_device_info &info) {
  std::string chip =
      "sm_" + std::to_string(info.major) + std::to_string(info.minor);
  constexpr int firstWithOwnFeatures = 9;
  return info.major >= firstWithOwnFeatures ? chip + "a" : chip;
}

LogicalResult CudaProgram::open() {
  mhcrt_device_info info;
  if (failed(check(mhcrt_open_device(nullptr, -1, &device, &error))) ||
      failed(check(mhcrt_get_device_info(device, &info, &error))))
    return failure();
  chip = options.chip.empty() ? getChip(info) : options.chip;
  return success();
}

LogicalResult CudaProgram::compile(mlir::ModuleOp module) {
  mlir::mhc::DeviceModulesAside own(module);
  mlir::PassManager pm(module->getContext());
  mlir::mhc::GPUOptions gpu;
  gpu.chip = chip;
  mlir::mhc::buildGPUPipeline(pm, gpu);
  progress.start("lowering");
  LogicalResult lowered = pm.run(module);
  progress.finish();
  if (failed(lowered))
    return failure();
  own.restore();

  // Without an assembler of ours, the driver has one.
  std::string kind = options.kernelForm;
  std::optional<Assembler> assembler;
  std::string path = Assembler::find();
  if (kind.empty())
    kind = path.empty() ? "ptx" : "cubin";
  if (kind == "cubin") {
    if (path.empty())
      return reportError("--kernels cubin expects ptxas of the CUDA toolkit on "
                         "PATH or below CUDA_HOME, got none");
    llvm::Expected<Assembler> created = Assembler::create(path);
    if (!created)
      return reportError(created.takeError());
    assembler = std::move(*created);
  }
  mlir::mhc::DeviceOptions target;
  target.chip = chip;
  progress.start("compiling kernels");
  FailureOr<DeviceImages> images = mlir::mhc::compileDeviceImages(
      module, target, assembler ? &*assembler : nullptr);
  progress.finish();
  if (failed(images))
    return failure();
  FailureOr<DevicePrograms> programs = mlir::mhc::extractPrograms(module);
  if (failed(programs))
    return failure();
  Package package =
      mlir::mhc::makePackage(std::move(*programs), *images, kind, "kernels");
  if (package.chip.empty())
    package.chip = chip;

  std::string manifest;
  llvm::raw_string_ostream os(manifest);
  mlir::mhc::printManifest(package, os);
  llvm::SmallVector<mhcrt_image> files;
  for (const mlir::mhc::ManifestFile &file : package.files)
    files.push_back({file.name.c_str(), file.bytes.data(), file.bytes.size()});
  return success(
      succeeded(check(mhcrt_load_memory(device, manifest.data(),
                                        manifest.size(), files.data(),
                                        files.size(), &loaded, &error))) &&
      succeeded(check(mhcrt_find_program(loaded, nullptr, &program, &error))));
}

//===----------------------------------------------------------------------===//
// Runs
//===----------------------------------------------------------------------===//

LogicalResult CudaProgram::allocate(uint64_t bytes, const std::string &name,
                                    void *&data) {
  if (failed(check(mhcrt_allocate(device, bytes, name.c_str(), &data, &error))))
    return failure();
  allocations.push_back(data);
  return success();
}

LogicalResult CudaProgram::prepare(llvm::ArrayRef<HostTensor> arguments) {
  for (auto [index, argument] : llvm::enumerate(arguments)) {
    mhcrt_tensor_info info;
    if (failed(check(mhcrt_get_tensor_info(program, MHCRT_ARGUMENT, index,
                                           &info, &error))))
      return failure();
    deviceArguments.push_back(
        {nullptr, info.type, info.rank, argument.getShape().data()});
  }
  llvm::SmallVector<int64_t> sizes(mhcrt_get_num_sizes(program));
  if (failed(check(mhcrt_infer_sizes(program, deviceArguments.data(),
                                     deviceArguments.size(), sizes.data(),
                                     &error))) ||
      failed(check(mhcrt_get_stream(device, /*priority=*/0, &stream, &error))))
    return failure();
  for (auto [index, argument, onDevice] :
       llvm::enumerate(arguments, deviceArguments))
    if (failed(allocate(argument.getSizeInBytes(),
                        "argument " + std::to_string(index), onDevice.data)) ||
        failed(check(
            mhcrt_copy_to_device(device, onDevice.data, argument.data(),
                                 argument.getSizeInBytes(), stream, &error))))
      return failure();

  uint32_t count = mhcrt_get_num_tensors(program, MHCRT_RESULT);
  results.resize(count);
  for (uint32_t i = 0; i < count; ++i) {
    mhcrt_tensor_info info;
    Result &result = results[i];
    if (failed(check(
            mhcrt_get_tensor_info(program, MHCRT_RESULT, i, &info, &error))))
      return failure();
    result.kind = *mhc::parseElementKind(mhcrt_type_name(info.type));
    result.shape.resize(info.rank);
    if (failed(check(mhcrt_get_shape(program, MHCRT_RESULT, i, sizes.data(),
                                     result.shape.data(), &error))))
      return failure();
    llvm::Expected<int64_t> bytes = mhc::countBytes(result.kind, result.shape);
    if (!bytes)
      return reportError(bytes.takeError());
    mhcrt_tensor &onDevice = deviceResults.emplace_back();
    onDevice = {nullptr, info.type, info.rank, result.shape.data()};
    if (failed(allocate(*bytes, "result " + std::to_string(i), onDevice.data)))
      return failure();
  }
  if (failed(check(mhcrt_get_workspace_bytes(program, sizes.data(),
                                             &workspaceBytes, &error))) ||
      failed(allocate(workspaceBytes, "the workspace", workspace)) ||
      failed(check(mhcrt_create_event(device, &start, &error))) ||
      failed(check(mhcrt_create_event(device, &end, &error))))
    return failure();
  return success();
}

LogicalResult CudaProgram::runOnce(llvm::SmallVectorImpl<HostTensor> &tensors,
                                   llvm::SmallVectorImpl<double> &times) {
  float milliseconds = 0;
  if (failed(check(mhcrt_record_event(start, stream, &error))) ||
      failed(check(mhcrt_launch_tensors(
          program, stream, deviceArguments.data(), deviceArguments.size(),
          deviceResults.data(), deviceResults.size(), workspace, workspaceBytes,
          /*flags=*/0, &error))) ||
      failed(check(mhcrt_record_event(end, stream, &error))) ||
      failed(check(mhcrt_synchronize(device, stream, &error))) ||
      failed(check(mhcrt_get_elapsed(start, end, &milliseconds, &error))))
    return failure();
  times.push_back(milliseconds);
  for (auto [result, onDevice] : llvm::zip(results, deviceResults)) {
    llvm::Expected<HostTensor> tensor =
        HostTensor::create(result.kind, result.shape);
    if (!tensor)
      return reportError(tensor.takeError());
    if (failed(check(mhcrt_copy_to_host(device, tensor->data(), onDevice.data,
                                        tensor->getSizeInBytes(), stream,
                                        &error))))
      return failure();
    tensors.push_back(std::move(*tensor));
  }
  return success();
}

FailureOr<llvm::SmallVector<HostTensor>>
CudaProgram::run(llvm::ArrayRef<HostTensor> arguments,
                 llvm::SmallVectorImpl<double> &times) {
  if (failed(prepare(arguments)))
    return failure();
  progress.start("running", options.repeat == 1 ? 0 : options.repeat);
  llvm::SmallVector<HostTensor> first;
  for (unsigned run = 0; run < options.repeat; ++run) {
    llvm::SmallVector<HostTensor> tensors;
    if (failed(runOnce(tensors, times)))
      return failure();
    progress.setDone(run + 1);
    if (run == 0) {
      first = std::move(tensors);
      continue;
    }
    for (auto [index, a, b] : llvm::enumerate(first, tensors))
      if (a.getBytes() != b.getBytes()) {
        progress.finish();
        return reportError("expected the bits of the first run in result " +
                           llvm::Twine(index) + ", got others in run " +
                           llvm::Twine(run + 1));
      }
  }
  return first;
}
