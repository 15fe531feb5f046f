//===- Messages.cpp - What kernels print, and their assertions ------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The functions that gpu.printf and cf.assert are lowered to.
//
//===----------------------------------------------------------------------===//

#include "Instrument/OperationTable.h"
#include "Machine/Access.h"
#include "Machine/Scheduler.h"

#include "llvm/Support/MathExtras.h"
#include "llvm/Support/raw_ostream.h"

#include <cstdio>

using namespace mhc::emulator;

/// A text in device memory, up to its NUL.
static std::string readText(Call &call, uint64_t address) {
  constexpr size_t kLongest = 4096;
  std::string text;
  while (text.size() < kLongest) {
    char c = *access(
        call.thread, call.site,
        {address + text.size(), Space::Generic, 1, 1, AccessKind::Read});
    if (!c)
      break;
    text += c;
  }
  return text;
}

/// vprintf(format, arguments): the arguments lie one behind the other, each
/// aligned to its size, as the ABI promotes them. Returns how many there are.
static void runPrint(Call &call) {
  std::string format = readText(call, call.arguments[0]);
  uint64_t next = call.arguments[1];
  uint32_t count = 0;
  auto take = [&](uint32_t size) {
    next = llvm::alignTo(next, size);
    uint64_t value = 0;
    std::memcpy(&value,
                access(call.thread, call.site,
                       {next, Space::Generic, size, size, AccessKind::Read}),
                size);
    next += size;
    ++count;
    return value;
  };
  std::string text;
  llvm::StringRef rest = format;
  while (!rest.empty()) {
    size_t percent = rest.find('%');
    text += rest.substr(0, percent);
    if (percent == llvm::StringRef::npos)
      break;
    rest = rest.substr(percent + 1);
    size_t length = rest.find_first_of("diouxXeEfFgGaAcsp%");
    if (length == llvm::StringRef::npos)
      break;
    llvm::StringRef modifiers = rest.substr(0, length);
    char conversion = rest[length];
    rest = rest.substr(length + 1);
    if (conversion == '%') {
      text += '%';
      continue;
    }
    if (modifiers.contains('*')) {
      report(call.thread, call.site,
             "printf: a width that is an argument ('*') is not modelled");
      break;
    }
    std::string spec = '%' + modifiers.rtrim("hlLqjzt").str();
    char buffer[512];
    switch (conversion) {
    case 'e':
    case 'E':
    case 'f':
    case 'F':
    case 'g':
    case 'G':
    case 'a':
    case 'A': {
      uint64_t bits = take(8);
      double value;
      std::memcpy(&value, &bits, sizeof(value));
      std::snprintf(buffer, sizeof(buffer), (spec + conversion).c_str(), value);
      text += buffer;
      break;
    }
    case 's':
      text += readText(call, take(8));
      break;
    case 'c':
      text += static_cast<char>(take(4));
      break;
    case 'p':
      std::snprintf(buffer, sizeof(buffer), "0x%llx",
                    static_cast<unsigned long long>(take(8)));
      text += buffer;
      break;
    default: {
      bool wide = modifiers.contains('l') || modifiers.contains('j') ||
                  modifiers.contains('z') || modifiers.contains('t');
      uint64_t bits = take(wide ? 8 : 4);
      long long value = wide ? static_cast<int64_t>(bits)
                        : conversion == 'd' || conversion == 'i'
                            ? static_cast<int32_t>(bits)
                            : static_cast<int64_t>(bits);
      std::snprintf(buffer, sizeof(buffer), (spec + "ll" + conversion).c_str(),
                    value);
      text += buffer;
    }
    }
  }
  llvm::outs() << text;
  call.results[0] = count;
}

/// __assertfail(message, file, line, function, size of a character).
static void runAssertion(Call &call) {
  report(call.thread, call.site,
         "assertion failed: " + readText(call, call.arguments[0]) + ", by " +
             describe(call.thread));
  call.thread.scheduler->exit(call.thread);
}

void mhc::emulator::addMessageOperations(OperationTable &table) {
  table.addIntrinsic("vprintf", runPrint);
  table.addIntrinsic("__assertfail", runAssertion);
}
