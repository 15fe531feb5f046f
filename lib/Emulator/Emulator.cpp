//===- Emulator.cpp - Executes device code on this machine ----------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "mhc/Emulator/Emulator.h"

#include "Instrument/Compile.h"
#include "Machine/Access.h"
#include "Machine/LifeFaults.h"
#include "Machine/Scheduler.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/ThreadPool.h"
#include "llvm/Support/raw_ostream.h"

#include <numeric>

using namespace mhc::emulator;

struct Emulator::Impl {
  std::unique_ptr<Device> device;
  llvm::StringMap<std::unique_ptr<CompiledModule>> modules;
};

Emulator::Emulator(const EmulatorOptions &options)
    : impl(std::make_unique<Impl>()) {}
Emulator::~Emulator() = default;

llvm::Expected<std::unique_ptr<Emulator>>
Emulator::create(const EmulatorOptions &options) {
  llvm::Expected<std::unique_ptr<Memory>> memory = Memory::create();
  if (!memory)
    return memory.takeError();
  llvm::Expected<std::unique_ptr<RaceDetector>> races =
      RaceDetector::create((*memory)->getBase(), (*memory)->getSize());
  if (!races)
    return races.takeError();
  std::unique_ptr<Emulator> emulator(new Emulator(options));
  emulator->impl->device =
      std::make_unique<Device>(options, std::move(*memory), std::move(*races));
  return emulator;
}

llvm::Error Emulator::addModule(llvm::StringRef name,
                                const llvm::Module &module) {
  llvm::Expected<std::unique_ptr<CompiledModule>> compiled =
      CompiledModule::create(module, *impl->device);
  if (!compiled)
    return compiled.takeError();
  impl->modules[name] = std::move(*compiled);
  return llvm::Error::success();
}

//===----------------------------------------------------------------------===//
// Launches
//===----------------------------------------------------------------------===//

static std::string toString(const std::array<uint32_t, 3> &extents) {
  return '(' + std::to_string(extents[0]) + ", " + std::to_string(extents[1]) +
         ", " + std::to_string(extents[2]) + ')';
}

/// What a driver refuses before a kernel starts (sm_90).
static llvm::Error checkConfig(const Kernel &kernel, LaunchConfig &config) {
  auto refuse = [&](const llvm::Twine &message) {
    return llvm::createStringError("the launch of '" + kernel.name + "' " +
                                   message);
  };
  uint64_t threads = 1, ctas = 1, cluster = 1;
  static constexpr uint32_t kMostBlock[] = {1024, 1024, 64};
  static constexpr uint32_t kMostGrid[] = {0x7fffffff, 65535, 65535};
  if (kernel.requiredCluster[0] &&
      config.cluster == std::array<uint32_t, 3>{1, 1, 1})
    config.cluster = kernel.requiredCluster;
  for (unsigned i = 0; i < 3; ++i) {
    threads *= config.block[i];
    ctas *= config.grid[i];
    cluster *= config.cluster[i];
    if (config.block[i] == 0 || config.block[i] > kMostBlock[i])
      return refuse("expects between 1 and " + llvm::Twine(kMostBlock[i]) +
                    " threads in dimension " + llvm::Twine(i) + ", got " +
                    llvm::Twine(config.block[i]));
    if (config.grid[i] == 0 || config.grid[i] > kMostGrid[i])
      return refuse("expects between 1 and " + llvm::Twine(kMostGrid[i]) +
                    " CTAs in dimension " + llvm::Twine(i) + ", got " +
                    llvm::Twine(config.grid[i]));
    if (config.cluster[i] == 0 || config.grid[i] % config.cluster[i])
      return refuse("expects a grid of whole clusters " +
                    ::toString(config.cluster) + ", got " +
                    ::toString(config.grid));
  }
  if (threads > kMaxThreads)
    return refuse("expects at most 1024 threads in a CTA, got " +
                  llvm::Twine(threads));
  if (cluster > 16)
    return refuse("expects at most 16 CTAs in a cluster, got " +
                  llvm::Twine(cluster));
  if (ctas > (1u << 22))
    return refuse("has " + llvm::Twine(ctas) +
                  " CTAs, more than the 4194304 that are modelled");
  if (kernel.requiredCluster[0] && kernel.requiredCluster != config.cluster)
    return refuse("expects clusters of " + ::toString(kernel.requiredCluster) +
                  ", got " + ::toString(config.cluster));
  if (kernel.requiredBlock[0] && kernel.requiredBlock != config.block)
    return refuse("expects CTAs of " + ::toString(kernel.requiredBlock) +
                  " threads, got " + ::toString(config.block));
  if (kernel.maxThreads && threads > kernel.maxThreads)
    return refuse("expects at most " + llvm::Twine(kernel.maxThreads) +
                  " threads in a CTA, got " + llvm::Twine(threads));
  if (kernel.staticSharedBytes > (48u << 10))
    return refuse("has " + llvm::Twine(kernel.staticSharedBytes) +
                  " bytes of static shared memory, more than 49152");
  if (uint64_t{kernel.staticSharedBytes} + config.dynamicSharedBytes >
      (227u << 10))
    return refuse(
        "expects at most 232448 bytes of shared memory in a CTA, got " +
        llvm::Twine(kernel.staticSharedBytes) + " static and " +
        llvm::Twine(config.dynamicSharedBytes) + " dynamic ones");
  return llvm::Error::success();
}

/// The order in which clusters start.
static std::vector<uint32_t> orderClusters(uint32_t count, const Order &order,
                                           uint32_t launch) {
  std::vector<uint32_t> result(count);
  std::iota(result.begin(), result.end(), 0);
  if (order.kind == Order::Reverse)
    std::reverse(result.begin(), result.end());
  if (order.kind == Order::Seeded)
    for (uint32_t i = count; i > 1; --i)
      std::swap(result[i - 1], result[mix(order.seed + launch, i) % i]);
  return result;
}

/// All addresses that a launch's parameters may hold.
static llvm::SmallVector<uint64_t>
findAddresses(const Memory &memory, const Kernel &kernel,
              llvm::ArrayRef<const void *> arguments) {
  llvm::SmallVector<uint64_t> addresses;
  for (auto [bytes, argument] :
       llvm::zip_equal(kernel.parameterBytes, arguments))
    for (uint32_t at = 0; at + sizeof(uint64_t) <= bytes;
         at += sizeof(uint64_t)) {
      uint64_t word;
      std::memcpy(&word, static_cast<const char *>(argument) + at,
                  sizeof(word));
      if (memory.contains(word))
        addresses.push_back(word);
    }
  return addresses;
}

llvm::Error Emulator::launch(llvm::StringRef module, llvm::StringRef name,
                             const LaunchConfig &given,
                             llvm::ArrayRef<const void *> arguments) {
  Device &device = *impl->device;
  auto found = impl->modules.find(module);
  const Kernel *kernel =
      found == impl->modules.end() ? nullptr : found->second->find(name);
  if (!kernel)
    return llvm::createStringError("there is no kernel '" + name.str() +
                                   "' in the module '" + module.str() + "'");
  LaunchConfig config = given;
  if (llvm::Error error = checkConfig(*kernel, config))
    return error;
  if (arguments.size() != kernel->numParameters)
    return llvm::createStringError("the kernel '" + name.str() + "' expects " +
                                   std::to_string(kernel->numParameters) +
                                   " parameters, got " +
                                   std::to_string(arguments.size()));
  if (device.findings.isExhausted())
    return llvm::Error::success();

  LaunchLives lives(*device.memory,
                    findAddresses(*device.memory, *kernel, arguments));
  Launch launch(device, *kernel, config, arguments);
  launch.clusterSize =
      config.cluster[0] * config.cluster[1] * config.cluster[2];
  launch.numCtas = config.grid[0] * config.grid[1] * config.grid[2];
  launch.numClusters = launch.numCtas / launch.clusterSize;
  launch.sharedBytes = kernel->staticSharedEnd + config.dynamicSharedBytes;
  if (device.nextCta + launch.numCtas > Epoch::kMaxCta) {
    // Numbers begin anew, as all earlier launches have ended.
    device.races->reset();
    device.nextCta = device.lastFirstCta = device.lastFloorAtTrigger = 1;
  }
  launch.firstCta = device.nextCta;
  device.nextCta += launch.numCtas;
  ++device.numLaunches;
  // An early launch knows of its predecessor's work after the wait alone, and
  // before it of what that one knew when it let dependents start.
  launch.floorAfterWait = launch.firstCta;
  launch.floorAtStart =
      config.early ? device.lastFloorAtTrigger : launch.firstCta;
  launch.clusterOrder = orderClusters(launch.numClusters, device.options.order,
                                      device.numLaunches);
  Clusters clusters{launch.firstCta, launch.clusterSize};
  device.races->setClusters(clusters);
  device.memoryOrder.setClusters(clusters);
  device.memoryOrder.reset();

  unsigned numThreads = device.options.hostThreads;
  if (numThreads == 0)
    numThreads = llvm::hardware_concurrency().compute_thread_count();
  if (kernel->communicates || config.early)
    numThreads = 1;
  numThreads = std::min<unsigned>(numThreads, launch.numClusters);
  if (numThreads == 1) {
    Scheduler(device, launch).run();
  } else {
    device.races->setConcurrent(true);
    device.memory->setConcurrent(true);
    llvm::DefaultThreadPool pool(llvm::hardware_concurrency(numThreads));
    for (unsigned i = 0; i < numThreads; ++i)
      pool.async([&] { Scheduler(device, launch).run(); });
    pool.wait();
    device.races->setConcurrent(false);
    device.memory->setConcurrent(false);
  }
  device.gaveUp |= launch.abandoned;
  if (device.options.counters) {
    launch.counters.launches = 1;
    if (device.options.flushL2)
      device.l2->flush(launch.counters);
    device.report.add(name, launch.counters, [&](uint32_t index) {
      return device.memory->getName(index);
    });
  }
  device.lastFirstCta = launch.firstCta;
  device.lastFloorAtTrigger =
      std::min<uint32_t>(launch.floorAtTrigger, launch.firstCta);
  return llvm::Error::success();
}

//===----------------------------------------------------------------------===//
// Memory
//===----------------------------------------------------------------------===//

void *Emulator::allocate(uint64_t bytes, uint64_t alignment,
                         llvm::StringRef name, const SourcePlace &place) {
  Memory &memory = *impl->device->memory;
  Buffer *buffer =
      memory.allocate(bytes, alignment, name, place, Buffer::Allocation);
  if (!buffer)
    return nullptr;
  // What nobody wrote is no number.
  if (!buffer->isLazy)
    std::memset(reinterpret_cast<void *>(buffer->address), 0xff, bytes);
  return reinterpret_cast<void *>(buffer->address);
}

void *Emulator::allocateWorkspace(uint64_t bytes, uint64_t alignment,
                                  llvm::StringRef name,
                                  const SourcePlace &place) {
  const Buffer *buffer = impl->device->memory->allocate(
      bytes, alignment, name, place, Buffer::Workspace);
  return buffer ? reinterpret_cast<void *>(buffer->address) : nullptr;
}

/// "of 'y', 256 bytes at 'workspace' + 0x40 of 0x1000 bytes", of a life.
static std::string describeLife(const Device &device, uint64_t address,
                                uint64_t bytes, llvm::StringRef name) {
  std::string text =
      "of '" + name.str() + "', " + std::to_string(bytes) + " bytes at ";
  auto hexadecimal = [](uint64_t value) {
    return "0x" + llvm::utohexstr(value, /*LowerCase=*/true);
  };
  const Buffer *buffer = device.memory->findAllocation(address);
  if (!buffer || address < buffer->address)
    return text + "address " + hexadecimal(address);
  return text + "'" + buffer->name + "' + " +
         hexadecimal(address - buffer->address) + " of " +
         hexadecimal(buffer->size) + " bytes";
}

void Emulator::beginLife(void *memory, uint64_t bytes, llvm::StringRef name,
                         const SourcePlace &place) {
  Device &device = *impl->device;
  uint64_t address = reinterpret_cast<uint64_t>(memory);
  if (bytes == 0)
    return;
  auto report = [&](const llvm::Twine &message, Findings::Notes notes = {}) {
    if (device.options.checks.memory)
      device.findings.report(message.str(), place, std::move(notes));
  };
  const Buffer *workspace = device.memory->findAllocation(address);
  if (!workspace || workspace->kind != Buffer::Workspace || !workspace->alive ||
      !workspace->holds(address) || bytes > workspace->getEnd() - address)
    return report("life outside of a workspace: the life " +
                  describeLife(device, address, bytes, name));
  // Whoever comes last has the bytes.
  while (const Buffer *other = device.memory->findLife(address, bytes)) {
    report("two buffers in the same bytes: the life " +
               describeLife(device, address, bytes, name) +
               ", begins in bytes " +
               describeLife(device, other->address, other->size, other->name),
           {{"the life of '" + other->name + "' begins here", other->place}});
    device.memory->endLife(*other, place);
  }
  device.memory->beginLife(address, bytes, name, place);
  // What nobody wrote is no number.
  std::memset(memory, 0xff, bytes);
}

void Emulator::endLife(void *memory, uint64_t bytes, llvm::StringRef name,
                       const SourcePlace &place) {
  Device &device = *impl->device;
  uint64_t address = reinterpret_cast<uint64_t>(memory);
  if (bytes == 0)
    return;
  const Buffer *life = device.memory->findLife(address, bytes);
  if (life && life->address == address && life->size == bytes &&
      life->name == name)
    return device.memory->endLife(*life, place);
  if (device.options.checks.memory)
    device.findings.report("end of no life: no life " +
                               describeLife(device, address, bytes, name) +
                               ", is there to end",
                           place);
}

void Emulator::deallocate(void *address, const SourcePlace &place) {
  Device &device = *impl->device;
  if (!address)
    return;
  auto *buffer = const_cast<Buffer *>(
      device.memory->findAllocation(reinterpret_cast<uint64_t>(address)));
  if (!buffer || buffer->address != reinterpret_cast<uint64_t>(address) ||
      (buffer->kind != Buffer::Allocation &&
       buffer->kind != Buffer::Workspace)) {
    device.findings.report("deallocation of no buffer: no buffer begins at "
                           "this address",
                           place);
    return;
  }
  if (!buffer->alive) {
    device.findings.report("use after free: '" + buffer->name +
                               "' was deallocated before",
                           place, {{"it was allocated here", buffer->place}});
    return;
  }
  device.races->clear(buffer->address, buffer->size);
  device.memory->release(*buffer);
}

bool Emulator::checkRange(const void *start, uint64_t bytes,
                          llvm::StringRef what, const SourcePlace &place) {
  Device &device = *impl->device;
  uint64_t address = reinterpret_cast<uint64_t>(start);
  if (!device.options.checks.memory || !bytes ||
      !device.memory->contains(address))
    return true;
  const Buffer *buffer = device.memory->find(address);
  bool isUsable = buffer && buffer->alive && buffer->kind != Buffer::Workspace;
  if (isUsable && address >= buffer->address &&
      bytes <= buffer->size - (address - buffer->address))
    return true;
  if (std::optional<LifeFault> fault =
          explainLifeFault(*device.memory, address, bytes)) {
    device.findings.report(fault->kind + ": " + std::to_string(bytes) +
                               " bytes of " + what.str() + " at " +
                               describeAddress(device, nullptr, address),
                           place, std::move(fault->notes));
    return false;
  }
  bool freed = buffer && !buffer->alive;
  Findings::Notes notes;
  if (buffer && !buffer->place.file.empty())
    notes.push_back({"it was allocated here", buffer->place});
  device.findings.report(
      (freed ? "use after free: " : "out of bounds use by the host: ") +
          std::to_string(bytes) + " bytes of " + what.str() + " at " +
          describeAddress(device, nullptr, address),
      place, std::move(notes));
  return false;
}

void Emulator::setInitialised(void *address, uint64_t bytes, bool initialised) {
  impl->device->memory->setInitialised(reinterpret_cast<uint64_t>(address),
                                       bytes, initialised);
}

void Emulator::checkInitialised(const void *address, uint64_t bytes,
                                llvm::StringRef what,
                                const SourcePlace &place) {
  Device &device = *impl->device;
  uint64_t start = reinterpret_cast<uint64_t>(address);
  if (!checkRange(address, bytes, what, place) || !device.options.checks.init ||
      device.gaveUp || !isDeviceAddress(address))
    return;
  std::optional<uint64_t> at = device.memory->findUninitialised(start, bytes);
  if (!at)
    return;
  uint64_t count = 0;
  for (uint64_t i = *at; i < start + bytes; ++i)
    count += device.memory->findUninitialised(i, 1).has_value();
  Findings::Notes notes;
  if (const Buffer *buffer = device.memory->find(start))
    if (!buffer->place.file.empty())
      notes.push_back({"it was allocated here", buffer->place});
  device.findings.report("result never written: " + std::to_string(count) +
                             " of " + std::to_string(bytes) + " bytes of " +
                             what.str() + ", the first at offset " +
                             std::to_string(*at - start),
                         place, std::move(notes));
}

bool Emulator::isDeviceAddress(const void *address) const {
  return impl->device->memory->contains(reinterpret_cast<uint64_t>(address));
}

//===----------------------------------------------------------------------===//
// What was found and counted
//===----------------------------------------------------------------------===//

llvm::ArrayRef<Finding> Emulator::getFindings() const {
  return impl->device->findings.get();
}

uint64_t Emulator::getNumFindings() const {
  return impl->device->findings.getCount();
}

void Emulator::setFindingHandler(std::function<void(const Finding &)> handler) {
  impl->device->findings.handler = std::move(handler);
}

llvm::json::Value Emulator::getCounters() const {
  return impl->device->report.toJSON();
}

void Emulator::printCounters(llvm::raw_ostream &os) const {
  impl->device->report.print(os);
}
