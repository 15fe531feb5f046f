//===- Access.cpp - Every access to device memory -------------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Machine/Access.h"

#include "Machine/Gather.h"
#include "Machine/LaunchCounter.h"
#include "Machine/LifeFaults.h"
#include "Machine/Scheduler.h"
#include "Operations/AsyncState.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/raw_ostream.h"

using namespace mhc::emulator;

/// What a faulty access reads or writes instead.
alignas(64) static thread_local char scratch[kLargestAccess];

//===----------------------------------------------------------------------===//
// Addresses
//===----------------------------------------------------------------------===//

/// Whether a generic address is in the thread's own local memory.
static bool isLocal(const Thread &thread, uint64_t address) {
  return address - thread.localBase < kLocalSize;
}

Resolved mhc::emulator::resolve(Thread &thread, uint64_t address, Space space) {
  if (space == Space::Generic && address - kSharedWindow < (1ull << 32)) {
    space = Space::Shared;
    address -= kSharedWindow;
  }
  if (space == Space::Shared) {
    if (address >> 32)
      return {nullptr, Space::Shared, nullptr};
    uint32_t offset = static_cast<uint32_t>(address);
    Cta *owner = thread.cta;
    if (offset & kSharedOfCluster) {
      uint32_t rank = (offset & ~kSharedOfCluster) >> kSharedRankShift;
      const auto &ctas = thread.cta->cluster->ctas;
      if (rank >= ctas.size())
        return {nullptr, Space::Shared, nullptr};
      owner = ctas[rank].get();
      offset &= kSharedOffsets;
    }
    // Behind the window lies the gap of its slot.
    return {reinterpret_cast<char *>(owner->sharedBase +
                                     std::min(offset, 256u << 10)),
            Space::Shared, owner};
  }
  if (space == Space::Generic)
    space = isLocal(thread, address) ? Space::Local : Space::Global;
  if (!thread.scheduler->device.memory->contains(address))
    return {nullptr, space, nullptr};
  return {reinterpret_cast<char *>(address), space, nullptr};
}

std::string mhc::emulator::describe(const Thread &thread) {
  std::string text;
  llvm::raw_string_ostream os(text);
  const uint32_t *r = thread.registers;
  os << "thread (" << r[TidX] << ", " << r[TidY] << ", " << r[TidZ]
     << ") [warp " << r[WarpId] << ", lane " << thread.lane << "] of CTA ("
     << r[CtaIdX] << ", " << r[CtaIdY] << ", " << r[CtaIdZ] << ')';
  return text;
}

/// "(x, y, z)" of element `linear` of a box.
static std::string coordinates(uint32_t linear,
                               const std::array<uint32_t, 3> &extents) {
  return '(' + std::to_string(linear % extents[0]) + ", " +
         std::to_string(linear / extents[0] % extents[1]) + ", " +
         std::to_string(linear / extents[0] / extents[1]) + ')';
}

std::string mhc::emulator::describe(const Launch &launch, Epoch epoch,
                                    const Site &site) {
  std::string text;
  llvm::raw_string_ostream os(text);
  uint32_t agent = epoch.getAgent();
  if (agent < 1024)
    os << "thread " << coordinates(agent, launch.config.block) << " [warp "
       << agent / kWarpSize << ", lane " << agent % kWarpSize << ']';
  else if (agent < 2048)
    os << "an asynchronous copy of thread "
       << coordinates(agent - 1024, launch.config.block);
  else if (agent < 3072)
    os << "a bulk copy of thread "
       << coordinates(agent - 2048, launch.config.block);
  else // Agents of mbarriers, and readers of bulk copies.
    os << getShortName(site);
  uint32_t number = epoch.getCta();
  if (number < launch.firstCta) {
    os << " of an earlier launch";
    return text;
  }
  number -= launch.firstCta;
  const LaunchConfig &config = launch.config;
  std::array<uint32_t, 3> numClusters, id;
  for (unsigned i = 0; i < 3; ++i)
    numClusters[i] = config.grid[i] / config.cluster[i];
  uint32_t cluster = number / launch.clusterSize;
  uint32_t rank = number % launch.clusterSize;
  for (unsigned i = 0; i < 3; ++i) {
    id[i] =
        cluster % numClusters[i] * config.cluster[i] + rank % config.cluster[i];
    cluster /= numClusters[i];
    rank /= config.cluster[i];
  }
  os << " of CTA (" << id[0] << ", " << id[1] << ", " << id[2] << ')';
  return text;
}

static std::string hexadecimal(uint64_t value) {
  return "0x" + llvm::utohexstr(value, /*LowerCase=*/true);
}

std::string mhc::emulator::describeAddress(Device &device, const Launch *launch,
                                           uint64_t host) {
  std::lock_guard<std::mutex> lock(device.mutex);
  const Buffer *buffer = device.memory->find(host);
  if (!buffer)
    return host < 4096 ? "address " + hexadecimal(host) + " (null)"
                       : "address " + hexadecimal(host) + " (in no buffer)";
  int64_t offset = host - buffer->address;
  if (buffer->kind == Buffer::SharedMemory) {
    std::string text = "shared memory + " + hexadecimal(offset);
    if (launch)
      for (const SharedObject &object : launch->kernel.sharedObjects)
        if (offset >= object.offset && offset < object.offset + object.size)
          text += " ('" + object.name + "' + " +
                  hexadecimal(offset - object.offset) + ')';
    return text;
  }
  if (buffer->kind == Buffer::LocalMemory)
    return "local memory + " + hexadecimal(offset);
  const char *state = "";
  if (buffer->kind == Buffer::Workspace && buffer->holds(host)) {
    const Buffer *ended = device.memory->getLives().findEnded(host);
    state = ended ? ", whose life has ended" : ", where no buffer lives";
    if (ended) {
      buffer = ended;
      offset = host - buffer->address;
    }
  } else if (!buffer->alive) {
    state = ", which was deallocated";
  }
  std::string text = "'" + buffer->name + "' ";
  text += offset < 0 ? "- " + hexadecimal(-offset) : "+ " + hexadecimal(offset);
  return text + " of " + hexadecimal(buffer->size) + " bytes" + state;
}

void mhc::emulator::report(Thread &thread, const Site &site,
                           const std::string &message, Findings::Notes notes) {
  Device &device = thread.scheduler->device;
  device.findings.report(message, site.place, std::move(notes));
  if (device.findings.isExhausted())
    thread.scheduler->launch.abandoned = true;
}

//===----------------------------------------------------------------------===//
// Alignment, bounds, initialisation
//===----------------------------------------------------------------------===//

static bool isWrite(AccessKind kind) {
  return kind == AccessKind::Write || kind == AccessKind::AtomicWrite;
}

/// "write of 16 bytes by thread ... at ...".
static std::string describeAccess(Thread &thread, const AccessRequest &request,
                                  const Resolved &resolved) {
  Scheduler &scheduler = *thread.scheduler;
  std::string text = std::to_string(request.size) +
                     (request.size == 1 ? " byte" : " bytes") + " at ";
  text += resolved.host
              ? describeAddress(scheduler.device, &scheduler.launch,
                                reinterpret_cast<uint64_t>(resolved.host))
              : "address " + hexadecimal(request.address) +
                    (request.address < 4096 ? " (null)" : "");
  return text + " by " + describe(thread);
}

/// Where a buffer in a workspace comes from.
static Findings::Notes noteLife(const Buffer *buffer) {
  if (!buffer || buffer->kind != Buffer::Life || buffer->place.file.empty())
    return {};
  return {{"the life of '" + buffer->name + "' begins here", buffer->place}};
}

/// Reports what is wrong with the status of an access. True if the access can
/// go on all the same.
LLVM_ATTRIBUTE_NOINLINE static bool
checkStatusSlowly(Thread &thread, const Site &site,
                  const AccessRequest &request, const Resolved &resolved,
                  bool initialisation) {
  Device &device = thread.scheduler->device;
  const CheckSet &checks = device.options.checks;
  const char *what = isWrite(request.kind) ? "write" : "read";
  uint64_t host = reinterpret_cast<uint64_t>(resolved.host);
  bool inBounds = host && device.memory->isAddressable(host, request.size);
  if (!inBounds && host) {
    std::lock_guard<std::mutex> lock(device.mutex);
    bool changed = false;
    for (uint64_t at = host; at < host + request.size; at += 4096)
      changed |= device.memory->materialise(at);
    changed |= device.memory->materialise(host + request.size - 1);
    inBounds = changed && device.memory->isAddressable(host, request.size);
  }
  const Buffer *buffer = nullptr;
  Space space = resolved.space;
  if (host) {
    std::lock_guard<std::mutex> lock(device.mutex);
    buffer = device.memory->find(host);
    if (buffer && buffer->kind == Buffer::LocalMemory)
      space = Space::Local;
  }
  if (!inBounds) {
    std::optional<LifeFault> fault;
    if (host && checks.memory) {
      std::lock_guard<std::mutex> lock(device.mutex);
      fault = explainLifeFault(*device.memory, host, request.size);
    }
    if (fault) {
      report(thread, site,
             fault->kind + ": " + what + " of " +
                 describeAccess(thread, request, resolved),
             std::move(fault->notes));
    } else if (checks.memory) {
      bool freed = buffer && !buffer->alive && host >= buffer->address &&
                   host < buffer->address + buffer->size;
      report(thread, site,
             (freed ? llvm::Twine("use after free: ") + what + " of "
                    : llvm::Twine("out of bounds ") + what + " of " +
                          getName(space) + " memory: ")
                     .str() +
                 describeAccess(thread, request, resolved));
    }
    return false;
  }
  if (initialisation && checks.init && !isWrite(request.kind))
    if (std::optional<uint64_t> at =
            device.memory->findUninitialised(host, request.size)) {
      if (const AsyncCopy *copy = findInFlight(thread, *at, 1)) {
        // The check for races tells it with more.
        if (!checks.races)
          report(thread, site,
                 "read before an asynchronous copy has landed: " +
                     describeAccess(thread, request, resolved),
                 {{"the copy is issued here", copy->site->place}});
        return true;
      }
      report(thread, site,
             ("read of uninitialised " + getName(space) + " memory: ").str() +
                 describeAccess(thread, request, resolved) + "; byte " +
                 std::to_string(*at - host) + " was never written",
             noteLife(buffer));
      // Once is enough for a place of memory.
      device.memory->setInitialised(host, request.size, true);
    }
  return true;
}

/// Whether all bytes have the bits of `need` (in the form of a status byte),
/// for an access within a few status bytes.
static inline bool hasStatus(const uint8_t *status, uint64_t host,
                             uint32_t size, uint8_t need) {
  if ((host & 3) == 0) {
    if (size == 16) {
      uint32_t word;
      std::memcpy(&word, status, 4);
      uint32_t needs = need * 0x01010101u;
      return (word & needs) == needs;
    }
    if (size == 4)
      return (*status & need) == need;
    if (size == 8) {
      uint16_t word;
      std::memcpy(&word, status, 2);
      uint16_t needs = need * 0x0101u;
      return (word & needs) == needs;
    }
  }
  if (size <= 2 && (host & 3) + size <= 4) {
    unsigned mask = ((1u << size) - 1) << (host & 3);
    mask = need & (mask | mask << 4);
    return (*status & mask) == mask;
  }
  return false;
}

static inline void setWritten(Memory &memory, uint8_t *status, uint64_t host,
                              uint32_t size) {
  if ((host & 3) == 0) {
    if (size == 16)
      return void(std::memset(status, 0xff, 4));
    if (size == 4)
      return void(*status = 0xff);
    if (size == 8)
      return void(std::memset(status, 0xff, 2));
  }
  if (size <= 2 && (host & 3) + size <= 4) {
    uint8_t bits = ((1u << size) - 1) << (4 + (host & 3));
    if (memory.isConcurrent())
      __atomic_fetch_or(status, bits, __ATOMIC_RELAXED);
    else
      *status |= bits;
    return;
  }
  memory.setInitialised(host, size, true);
}

char *mhc::emulator::checkMemory(Thread &thread, const Site &site,
                                 const AccessRequest &request,
                                 bool initialisation) {
  Device &device = thread.scheduler->device;
  Resolved resolved = resolve(thread, request.address, request.space);
  if (LLVM_UNLIKELY(request.address & (request.alignment - 1)) &&
      device.options.checks.memory) {
    report(thread, site,
           (llvm::Twine("misaligned ") +
            (isWrite(request.kind) ? "write" : "read") + " of " +
            getName(resolved.space) + " memory: ")
                   .str() +
               describeAccess(thread, request, resolved) +
               ", which needs an alignment of " +
               std::to_string(request.alignment));
    return nullptr;
  }
  uint64_t host = reinterpret_cast<uint64_t>(resolved.host);
  bool reads =
      !isWrite(request.kind) && initialisation && device.options.checks.init;
  if (resolved.owner && LLVM_UNLIKELY(resolved.owner != thread.cta) &&
      device.options.checks.sync)
    checkRemoteAccess(thread, site, *resolved.owner, isWrite(request.kind));
  if (LLVM_LIKELY(host && hasStatus(device.memory->getStatus(host), host,
                                    request.size, reads ? 0xff : 0x0f)))
    return resolved.host;
  if (!checkStatusSlowly(thread, site, request, resolved, initialisation))
    return nullptr;
  return resolved.host;
}

//===----------------------------------------------------------------------===//
// Races
//===----------------------------------------------------------------------===//

static const char *describeKind(AccessKind kind) {
  switch (kind) {
  case AccessKind::Read:
    return "read";
  case AccessKind::Write:
    return "write";
  case AccessKind::AtomicRead:
    return "atomic read";
  case AccessKind::AtomicWrite:
    return "atomic write";
  case AccessKind::NonCoherentRead:
    return "non-coherent read";
  }
  llvm_unreachable("unknown kind");
}

LLVM_ATTRIBUTE_NOINLINE static void
reportConflict(Thread &thread, const Site &site, uint32_t size, AccessKind kind,
               Epoch self, const Conflict &conflict) {
  Scheduler &scheduler = *thread.scheduler;
  Device &device = scheduler.device;
  // Whoever has read the last value of an atomic comes after all who made it.
  if (conflict.kind == Conflict::Race &&
      conflict.otherKind == AccessKind::AtomicWrite &&
      device.memoryOrder.hasObserved(thread.agent, conflict.address))
    return;
  if (!device.findings.isNew(site.id, conflict.otherSite, conflict.kind))
    return;
  const Site &other = device.sites.get(conflict.otherSite);
  const Buffer *buffer;
  {
    std::lock_guard<std::mutex> lock(device.mutex);
    buffer = device.memory->find(conflict.address);
  }
  bool shared = buffer && buffer->kind == Buffer::SharedMemory;
  std::string space = shared ? "shared" : "global";
  std::string place =
      describeAddress(device, &scheduler.launch, conflict.address);
  std::string first = std::string(describeKind(kind)) + " of " +
                      std::to_string(size) +
                      (size == 1 ? " byte by " : " bytes by ") +
                      describe(scheduler.launch, self, site) + " at " + place;
  std::string second = std::string(describeKind(conflict.otherKind)) + " by " +
                       describe(scheduler.launch, conflict.other, other);
  std::string message;
  switch (conflict.kind) {
  case Conflict::NonCoherent:
    message =
        "write to memory that this launch reads as non-coherent: " + first +
        " meets the " + second + ", whose cache may hold another value";
    break;
  case Conflict::NarrowScope:
    message = "race on " + space + " memory: " + first +
              " is atomic in a scope that does not hold the " + second;
    break;
  case Conflict::MissingProxyFence:
    message = "race on " + space + " memory: " + first +
              " is not ordered with the " + second + " by a fence.proxy.async";
    break;
  case Conflict::Race:
    std::string early = describeEarly(thread, kind, conflict);
    message = (early.empty() ? "race on " + space + " memory" : early) + ": " +
              first + " is not ordered with the " + second;
    break;
  }
  Findings::Notes notes = {
      {std::string("the ") + describeKind(conflict.otherKind) + " is here",
       other.place}};
  const SourcePlace &atomic = scheduler.launch.kernel.unorderedAtomic;
  if (!atomic.file.empty() && conflict.kind == Conflict::Race)
    notes.push_back({"this atomicrmw orders nothing, since NVPTX makes it a "
                     "relaxed atomic: put a fence ahead of it to release, and "
                     "one behind it to acquire",
                     atomic});
  report(thread, site, message, std::move(notes));
}

void mhc::emulator::checkRaces(Thread &thread, const Site &site,
                               const char *host, uint32_t size, AccessKind kind,
                               Scope scope, Epoch self, const Clock &knows,
                               const Clock *fenced) {
  Device &device = thread.scheduler->device;
  if (!device.options.checks.races)
    return;
  Conflict conflict;
  if (LLVM_UNLIKELY(!device.races->access(
          reinterpret_cast<uint64_t>(host), size,
          Access{self, &knows, kind, scope, site.id, fenced}, conflict)))
    reportConflict(thread, site, size, kind, self, conflict);
}

//===----------------------------------------------------------------------===//
// The whole
//===----------------------------------------------------------------------===//

char *mhc::emulator::access(Thread &thread, const Site &site,
                            const AccessRequest &request) {
  assert(request.size <= sizeof(scratch) && "expected one access of a lane");
  Scheduler &scheduler = *thread.scheduler;
  if (LLVM_UNLIKELY(scheduler.counter != nullptr)) {
    Resolved resolved = resolve(thread, request.address, request.space);
    if (resolved.host)
      scheduler.counter->record(thread, site, request, resolved);
  }
  char *host = checkMemory(thread, site, request);
  if (LLVM_UNLIKELY(!host))
    return scratch;
  // Local memory is its thread's alone.
  if (request.space != Space::Shared)
    thread.fuel -= kFuelOfAccess;
  bool local =
      request.space == Space::Local ||
      (request.space == Space::Generic && isLocal(thread, request.address));
  if (!local)
    checkRaces(thread, site, host, request.size, request.kind, request.scope,
               thread.agent.now(), thread.agent.clock);
  if (isWrite(request.kind)) {
    Memory &memory = *thread.scheduler->device.memory;
    uint64_t address = reinterpret_cast<uint64_t>(host);
    setWritten(memory, memory.getStatus(address), address, request.size);
  }
  return host;
}

char *mhc::emulator::mhcEmulatorAccess(Thread *thread, uint64_t address,
                                       const Site *site) {
  return access(*thread, *site,
                {address, site->space, site->size, site->alignment, site->kind,
                 Scope::System});
}
