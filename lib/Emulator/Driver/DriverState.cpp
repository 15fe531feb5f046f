//===- DriverState.cpp - The emulator as a CUDA device --------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "DriverState.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSwitch.h"
#include "llvm/IR/LLVMContext.h"
#include "llvm/IR/Module.h"
#include "llvm/IRReader/IRReader.h"
#include "llvm/Support/Endian.h"
#include "llvm/Support/Process.h"
#include "llvm/Support/SourceMgr.h"
#include "llvm/Support/raw_ostream.h"

#include <cstring>

using namespace mhc::emulator;

DriverState &DriverState::get() {
  // Never destroyed: other objects may call the driver at the process's end.
  static auto *state = new DriverState();
  return *state;
}

//===----------------------------------------------------------------------===//
// Start and end
//===----------------------------------------------------------------------===//

llvm::Error DriverState::readEnvironment(EmulatorOptions &options) {
  auto get = [](const char *name) {
    return llvm::sys::Process::GetEnv(name).value_or("");
  };
  auto wrong = [](const llvm::Twine &expected, llvm::StringRef got) {
    return llvm::createStringError("expected " + expected + ", got '" + got +
                                   "'");
  };
  if (std::string text = get("MHC_EMULATOR_CHIP"); !text.empty()) {
    llvm::StringRef digits = text;
    unsigned number = 0;
    if (!digits.consume_front("sm_") ||
        digits.take_while(llvm::isDigit).getAsInteger(10, number) ||
        number < 10)
      return wrong("MHC_EMULATOR_CHIP to be a chip such as sm_90a", text);
    chip = text;
    major = number / 10;
    minor = number % 10;
  }
  if (std::string text = get("MHC_EMULATOR_ORDER"); !text.empty()) {
    options.order.kind = llvm::StringSwitch<Order::Kind>(text)
                             .Case("forward", Order::Forward)
                             .Case("reverse", Order::Reverse)
                             .Default(Order::Seeded);
    if (options.order.kind == Order::Seeded &&
        llvm::StringRef(text).getAsInteger(10, options.order.seed))
      return wrong("MHC_EMULATOR_ORDER to be forward, reverse or a seed", text);
  }
  if (std::string text = get("MHC_EMULATOR_CHECK"); !text.empty()) {
    options.checks = CheckSet{false, false, false, false};
    llvm::SmallVector<llvm::StringRef> names;
    if (text != "none")
      llvm::StringRef(text).split(names, ',');
    for (llvm::StringRef name : names) {
      bool *check = llvm::StringSwitch<bool *>(name)
                        .Case("races", &options.checks.races)
                        .Case("sync", &options.checks.sync)
                        .Case("memory", &options.checks.memory)
                        .Case("init", &options.checks.init)
                        .Default(nullptr);
      if (!check)
        return wrong("MHC_EMULATOR_CHECK to be none, or a list out of races, "
                     "sync, memory and init",
                     text);
      *check = true;
    }
  }
  countersFile = get("MHC_EMULATOR_COUNTERS");
  options.counters = !countersFile.empty();
  if (std::string text = get("MHC_EMULATOR_L2");
      !text.empty() && llvm::StringRef(text).getAsInteger(10, options.l2Bytes))
    return wrong("MHC_EMULATOR_L2 to be a number of bytes", text);
  l2Bytes = options.l2Bytes;
  return llvm::Error::success();
}

static void print(const SourcePlace &place, llvm::StringRef kind,
                  llvm::StringRef message) {
  if (place.line)
    llvm::errs() << place.file << ':' << place.line << ':' << place.column
                 << ": ";
  llvm::errs() << kind << ": " << message << '\n';
}

Result DriverState::initialise() {
  if (emulator)
    return kSuccess;
  EmulatorOptions options;
  if (llvm::Error error = readEnvironment(options))
    return fail(kInvalidValue, llvm::toString(std::move(error)));
  llvm::Expected<std::unique_ptr<Emulator>> created = Emulator::create(options);
  if (!created)
    return fail(kOutOfMemory, llvm::toString(created.takeError()));
  emulator = std::move(*created);
  emulator->setFindingHandler([](const Finding &finding) {
    print(finding.place, "error", finding.message);
    for (const auto &[message, place] : finding.notes)
      print(place, "note", message);
  });
  if (!countersFile.empty())
    std::atexit([] { get().writeCounters(); });
  return kSuccess;
}

void DriverState::writeCounters() {
  std::error_code reason;
  llvm::raw_fd_ostream file(countersFile, reason);
  if (!reason)
    file << llvm::formatv("{0:2}", emulator->getCounters()) << '\n';
  file.close();
  if (file.has_error())
    reason = file.error();
  file.clear_error();
  if (reason)
    llvm::errs() << "emulator: error: " << countersFile << ": "
                 << reason.message() << '\n';
}

//===----------------------------------------------------------------------===//
// Failures
//===----------------------------------------------------------------------===//

Result DriverState::fail(Result result, const llvm::Twine &message) {
  messages[result] = message.str();
  return result;
}

const char *DriverState::describe(int result) {
  if (auto found = messages.find(result); found != messages.end())
    return found->second.c_str();
  switch (result) {
  case kSuccess:
    return "no error";
  case kInvalidValue:
    return "invalid argument";
  case kOutOfMemory:
    return "out of memory";
  case kNotInitialized:
    return "initialization error";
  case kInvalidDevice:
    return "invalid device ordinal";
  case kInvalidContext:
    return "invalid device context";
  case kNotSupported:
    return "operation not supported";
  default:
    return nullptr;
  }
}

Result DriverState::checkFindings() {
  uint64_t count = emulator->getNumFindings();
  if (!count)
    return kSuccess;
  return fail(kLaunchFailed, "the emulator had " + llvm::Twine(count) +
                                 (count == 1 ? " finding" : " findings"));
}

Result DriverState::getAttribute(int attribute, int &value) {
  switch (attribute) {
  case 1: // threads of a CTA
  case 2:
  case 3:
    value = 1024;
    return kSuccess;
  case 4:
    value = 64;
    return kSuccess;
  case 5:
    value = 0x7fffffff;
    return kSuccess;
  case 6:
  case 7:
    value = 65535;
    return kSuccess;
  case 8: // shared memory of a CTA that need not be asked for
    value = 48 << 10;
    return kSuccess;
  case 10: // warp size
    value = 32;
    return kSuccess;
  case 16: // multiprocessors
    value = major == 8 ? 108 : major >= 10 ? 148 : 132;
    return kSuccess;
  case 38: // L2
    value = static_cast<int>(l2Bytes);
    return kSuccess;
  case 75:
    value = major;
    return kSuccess;
  case 76:
    value = minor;
    return kSuccess;
  case 81: // shared memory of a multiprocessor
    value = major == 8 ? 164 << 10 : 228 << 10;
    return kSuccess;
  case 97: // shared memory of a CTA that may be asked for
    value = major == 8 ? 163 << 10 : 227 << 10;
    return kSuccess;
  case 120: // clusters
    value = major >= 9;
    return kSuccess;
  default:
    return fail(kInvalidValue,
                "the emulated GPU has no attribute " + llvm::Twine(attribute));
  }
}

//===----------------------------------------------------------------------===//
// Modules and launches
//===----------------------------------------------------------------------===//

Result DriverState::loadModule(const char *image, DriverModule *&module) {
  constexpr uint32_t wrapperMagic = 0x0B17C0DE;
  constexpr size_t offsetAt = 8, sizeAt = 12;
  size_t bytes;
  bool isText = false;
  if (llvm::support::endian::read32le(image) == wrapperMagic) {
    bytes = size_t{llvm::support::endian::read32le(image + offsetAt)} +
            llvm::support::endian::read32le(image + sizeAt);
  } else if (llvm::StringRef(image, 4) == "\x7f"
                                          "ELF" ||
             llvm::StringRef(image).contains("\n.version ")) {
    return fail(kNoBinaryForGpu,
                "the emulator runs LLVM bitcode, got a cubin or PTX");
  } else {
    bytes = std::strlen(image);
    isText = true;
  }
  llvm::LLVMContext context;
  llvm::SMDiagnostic diagnostic;
  std::string name = "module " + std::to_string(numModules);
  std::unique_ptr<llvm::Module> parsed =
      llvm::parseIR(llvm::MemoryBufferRef(llvm::StringRef(image, bytes), name),
                    diagnostic, context);
  if (!parsed)
    return fail(kInvalidImage,
                "expected LLVM bitcode or assembly: " +
                    (isText
                         ? "line " + llvm::Twine(diagnostic.getLineNo()) + ": "
                         : llvm::Twine()) +
                    diagnostic.getMessage());
  if (!parsed->getTargetTriple().isNVPTX())
    return fail(kInvalidImage, "expected a module for nvptx64, got one for '" +
                                   parsed->getTargetTriple().str() + "'");
  auto result = std::make_unique<DriverModule>();
  for (llvm::Function &function : *parsed) {
    if (function.isDeclaration() ||
        function.getCallingConv() != llvm::CallingConv::PTX_Kernel)
      continue;
    // Tensor cores differ between chips.
    if (!function.hasFnAttribute("target-cpu"))
      function.addFnAttr("target-cpu", chip);
    DriverFunction &entry = result->functions[function.getName()];
    entry.module = name;
    entry.name = function.getName().str();
    entry.numParameters = function.arg_size();
  }
  if (llvm::Error error = emulator->addModule(name, *parsed))
    return fail(kInvalidImage, llvm::toString(std::move(error)));
  ++numModules;
  module = result.release();
  return kSuccess;
}

Result DriverState::launch(DriverFunction &function, const LaunchConfig &config,
                           void **parameters) {
  if (config.dynamicSharedBytes > function.mostDynamicShared)
    return fail(kInvalidValue,
                "'" + function.name + "' expects at most " +
                    llvm::Twine(function.mostDynamicShared) +
                    " bytes of dynamic shared memory "
                    "(CU_FUNC_ATTRIBUTE_MAX_DYNAMIC_SHARED_SIZE_BYTES), got " +
                    llvm::Twine(config.dynamicSharedBytes));
  constexpr unsigned portableCluster = 8;
  if (config.cluster[0] * config.cluster[1] * config.cluster[2] >
          portableCluster &&
      !function.allowsLargeClusters)
    return fail(kInvalidValue,
                "'" + function.name +
                    "' expects clusters of at most 8 "
                    "(CU_FUNC_ATTRIBUTE_NON_PORTABLE_CLUSTER_SIZE_ALLOWED)");
  llvm::SmallVector<const void *> arguments(
      parameters, parameters + function.numParameters);
  if (llvm::Error error =
          emulator->launch(function.module, function.name, config, arguments))
    return fail(kInvalidValue, llvm::toString(std::move(error)));
  return kSuccess;
}

//===----------------------------------------------------------------------===//
// Memory
//===----------------------------------------------------------------------===//

std::string DriverState::getName(const void *address) {
  auto found = buffers.upper_bound(reinterpret_cast<uint64_t>(address));
  return found == buffers.begin() ? "memory" : std::prev(found)->second;
}

Result DriverState::allocate(uint64_t bytes, llvm::StringRef name,
                             void *&memory) {
  std::string text = name.str();
  if (text.empty())
    text = "allocation " + std::to_string(numBuffers);
  ++numBuffers;
  if (!bytes)
    return kInvalidValue;
  constexpr uint64_t alignment = 256;
  memory = emulator->allocate(bytes, alignment, text);
  if (!memory)
    return fail(kOutOfMemory, "the emulated GPU has not " + llvm::Twine(bytes) +
                                  " bytes left");
  buffers[reinterpret_cast<uint64_t>(memory)] = text;
  return kSuccess;
}

Result DriverState::release(void *memory) {
  uint64_t before = emulator->getNumFindings();
  emulator->deallocate(memory);
  return emulator->getNumFindings() == before
             ? kSuccess
             : fail(kInvalidValue, "expected memory of cuMemAlloc");
}

Result DriverState::checkDeviceRange(const void *address, uint64_t bytes,
                                     llvm::StringRef what) {
  if (!emulator->isDeviceAddress(address))
    return fail(kInvalidValue, "expected " + what + " to be device memory");
  if (!emulator->checkRange(address, bytes, what, {}))
    return fail(kInvalidValue, "expected " + what + " to lie within a buffer");
  return kSuccess;
}

Result DriverState::copyToDevice(void *target, const void *source,
                                 uint64_t bytes) {
  if (Result result = checkDeviceRange(target, bytes, "the target of a copy"))
    return result;
  std::memcpy(target, source, bytes);
  emulator->setInitialised(target, bytes);
  return kSuccess;
}

Result DriverState::copyToHost(void *target, const void *source,
                               uint64_t bytes) {
  if (Result result = checkDeviceRange(source, bytes, "the source of a copy"))
    return result;
  emulator->checkInitialised(source, bytes, getName(source), {});
  std::memcpy(target, source, bytes);
  return kSuccess;
}

Result DriverState::copyOnDevice(void *target, const void *source,
                                 uint64_t bytes) {
  if (Result result = checkDeviceRange(source, bytes, "the source of a copy"))
    return result;
  if (Result result = checkDeviceRange(target, bytes, "the target of a copy"))
    return result;
  emulator->checkInitialised(source, bytes, getName(source), {});
  std::memmove(target, source, bytes);
  emulator->setInitialised(target, bytes);
  return kSuccess;
}

Result DriverState::fill(void *target, uint8_t value, uint64_t bytes) {
  if (Result result = checkDeviceRange(target, bytes, "memory that is filled"))
    return result;
  std::memset(target, value, bytes);
  emulator->setInitialised(target, bytes);
  return kSuccess;
}
