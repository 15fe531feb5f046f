//===- Findings.cpp - The faults that were found --------------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Checks/Findings.h"

using namespace mhc::emulator;

static void append(std::string &key, const SourcePlace &place) {
  key += '|' + place.file + ':' + std::to_string(place.line) + ':' +
         std::to_string(place.column);
}

void Findings::report(std::string message, SourcePlace place, Notes notes) {
  std::string key = message.substr(0, message.find(':'));
  append(key, place);
  for (const auto &note : notes)
    append(key, note.second);

  std::lock_guard<std::mutex> lock(mutex);
  if (!seen.insert(key).second)
    return;
  ++count;
  if (findings.size() >= limit)
    return;
  findings.push_back({std::move(message), std::move(place), std::move(notes)});
  if (handler)
    handler(findings.back());
  exhausted = findings.size() >= limit;
}
