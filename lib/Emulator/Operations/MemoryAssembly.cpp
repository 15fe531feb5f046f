//===- MemoryAssembly.cpp - Loads and stores in PTX -----------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Operations/MemoryAssembly.h"

#include "Instrument/AtomicCode.h"
#include "Machine/Access.h"
#include "Machine/Scheduler.h"

#include "llvm/ADT/StringSwitch.h"

using namespace mhc::emulator;

namespace {
/// What Site::data holds.
struct MemoryCode {
  uint8_t elementSize = 0;
  uint8_t count = 1;
  uint8_t space = static_cast<uint8_t>(Space::Generic);
  AccessKind kind = AccessKind::Read;
  bool isOrdered = false;
  Ordering ordering = Ordering::Relaxed;
  Scope scope = Scope::System;

  uint64_t encode() const {
    uint64_t data = 0;
    std::memcpy(&data, this, sizeof(*this));
    return data;
  }
  static MemoryCode decode(uint64_t data) {
    MemoryCode code;
    std::memcpy(&code, &data, sizeof(code));
    return code;
  }
};
static_assert(sizeof(MemoryCode) <= sizeof(uint64_t));
} // namespace

static char *accessAs(Call &call, const MemoryCode &code) {
  uint32_t size = code.elementSize * code.count;
  AccessRequest request = {
      call.arguments[0], static_cast<Space>(code.space), size, size, code.kind,
      code.scope};
  if (!code.isOrdered)
    return access(call.thread, call.site, request);
  AtomicCode order;
  order.ordering = code.ordering;
  order.scope = code.scope;
  return accessInOrder(call.thread, call.site, request, order);
}

/// (address [, policy]) -> elements
static void runLoad(Call &call) {
  MemoryCode code = MemoryCode::decode(call.site.data);
  const char *host = accessAs(call, code);
  for (unsigned i = 0; i < code.count; ++i) {
    call.results[i] = 0;
    std::memcpy(&call.results[i], host + i * code.elementSize,
                code.elementSize);
  }
}

/// (address, elements... [, policy])
static void runStore(Call &call) {
  MemoryCode code = MemoryCode::decode(call.site.data);
  char *host = accessAs(call, code);
  for (unsigned i = 0; i < code.count; ++i)
    std::memcpy(host + i * code.elementSize, &call.arguments[1 + i],
                code.elementSize);
}

static std::optional<Scope> parseScope(llvm::StringRef word) {
  return llvm::StringSwitch<std::optional<Scope>>(word)
      .Case("cta", Scope::Cta)
      .Case("cluster", Scope::Cluster)
      .Cases({"gpu", "gl"}, Scope::Gpu)
      .Case("sys", Scope::System)
      .Default(std::nullopt);
}

static unsigned parseElementSize(llvm::StringRef word) {
  return llvm::StringSwitch<unsigned>(word)
      .Cases({"b8", "u8", "s8"}, 1)
      .Cases({"b16", "u16", "s16"}, 2)
      .Cases({"b32", "u32", "s32", "f32"}, 4)
      .Cases({"b64", "u64", "s64", "f64"}, 8)
      .Default(0);
}

/// Words that say how caches should treat an access.
static bool isCacheHint(llvm::StringRef word) {
  return llvm::is_contained(
      {"ca", "cg", "cs", "lu", "cv", "wb", "wt", "L1::evict_normal",
       "L1::evict_unchanged", "L1::evict_first", "L1::evict_last",
       "L1::no_allocate", "L2::evict_normal", "L2::evict_first",
       "L2::evict_last", "L2::64B", "L2::128B", "L2::256B", "L2::cache_hint"},
      word);
}

/// "{$0, $1}" or "$0": `count` operands from `first` on, with or without
/// blanks.
static std::string getOperands(unsigned first, unsigned count) {
  std::string text;
  for (unsigned i = 0; i < count; ++i)
    text += (i ? ",$" : "$") + std::to_string(first + i);
  return count == 1 ? text : '{' + text + '}';
}

std::optional<OperationTable::Operation>
mhc::emulator::parseMemoryAssembly(llvm::StringRef text) {
  text.consume_back(";");
  auto [instruction, operands] = text.trim().split(' ');
  llvm::SmallVector<llvm::StringRef> words;
  instruction.split(words, '.');
  llvm::StringRef name = words.front();

  if (name == "fence" || name == "membar") {
    AtomicCode code;
    code.ordering = Ordering::SeqCst;
    std::optional<Scope> scope = parseScope(words.back());
    bool hasSemantics = words.size() == 3 && name == "fence";
    if (!scope || !operands.empty() || (words.size() != 2 && !hasSemantics))
      return std::nullopt;
    if (hasSemantics) {
      if (words[1] == "acq_rel")
        code.ordering = Ordering::AcqRel;
      else if (words[1] != "sc")
        return std::nullopt;
    }
    code.scope = *scope;
    return OperationTable::Operation{runFence, code.encode()};
  }

  bool isStore = name == "st";
  if (!isStore && name != "ld")
    return std::nullopt;
  MemoryCode code;
  bool hasPolicy = false, isNonCoherent = false;
  for (llvm::StringRef word : llvm::drop_begin(words)) {
    if (word == "relaxed" || word == "acquire" || word == "release" ||
        word == "volatile") {
      code.isOrdered = true;
      if (word == "acquire" && !isStore)
        code.ordering = Ordering::Acquire;
      else if (word == "release" && isStore)
        code.ordering = Ordering::Release;
      else if (word == "acquire" || word == "release")
        return std::nullopt;
    } else if (std::optional<Scope> scope = parseScope(word)) {
      code.scope = *scope;
    } else if (word == "global") {
      code.space = static_cast<uint8_t>(Space::Global);
    } else if (word == "shared" || word == "shared::cta" ||
               word == "shared::cluster") {
      code.space = static_cast<uint8_t>(Space::Shared);
    } else if (word == "nc" && !isStore) {
      isNonCoherent = true;
    } else if (word == "v2" || word == "v4") {
      code.count = word.back() - '0';
    } else if (unsigned size = parseElementSize(word)) {
      code.elementSize = size;
    } else if (isCacheHint(word)) {
      hasPolicy |= word == "L2::cache_hint";
    } else if (word != "weak") {
      return std::nullopt;
    }
  }
  if (!code.elementSize || code.elementSize * code.count > 16)
    return std::nullopt;
  if (isStore)
    code.kind = code.isOrdered ? AccessKind::AtomicWrite : AccessKind::Write;
  else if (code.isOrdered)
    code.kind = AccessKind::AtomicRead;
  else if (isNonCoherent)
    code.kind = AccessKind::NonCoherentRead;

  std::string packed;
  for (char c : operands)
    if (c != ' ')
      packed += c;
  std::string expected = isStore
                             ? "[$0]," + getOperands(1, code.count)
                             : getOperands(0, code.count) + ",[$" +
                                   std::to_string(unsigned{code.count}) + ']';
  if (hasPolicy)
    expected += ",$" + std::to_string(code.count + 1);
  if (packed != expected)
    return std::nullopt;
  return OperationTable::Operation{isStore ? runStore : runLoad, code.encode()};
}
