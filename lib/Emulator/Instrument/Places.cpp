//===- Places.cpp - Where instructions stand, and what is refused ---------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Instrument/Instrument.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/IR/DebugInfoMetadata.h"
#include "llvm/IR/Function.h"
#include "llvm/IR/Instruction.h"

using namespace llvm;
using namespace mhc::emulator;

std::string mhc::emulator::toString(const SourcePlace &place) {
  if (place.file.empty())
    return "an unknown place";
  return place.file + ':' + std::to_string(place.line) + ':' +
         std::to_string(place.column);
}

static std::string getPath(const DIScope *scope) {
  StringRef file = scope->getFilename(), directory = scope->getDirectory();
  if (file.starts_with("/") || directory.empty())
    return file.str();
  return (directory + "/" + file).str();
}

SourcePlace mhc::emulator::getPlace(const Instruction &instruction) {
  SourcePlace place;
  place.function = instruction.getFunction()->getName().str();
  if (const DILocation *location = instruction.getDebugLoc()) {
    place.file = getPath(location->getScope());
    place.line = location->getLine();
    place.column = location->getColumn();
    if (const DISubprogram *function = location->getScope()->getSubprogram())
      place.function = function->getName().str();
  } else if (const DISubprogram *function =
                 instruction.getFunction()->getSubprogram()) {
    place.file = getPath(function);
    place.line = function->getLine();
  }
  return place;
}

void Refusals::add(const SourcePlace &place, const Twine &message) {
  std::string text = toString(place) + ": " + message.str();
  if (!is_contained(messages, text))
    messages.push_back(std::move(text));
}

Error Refusals::take() {
  if (messages.empty())
    return Error::success();
  constexpr size_t kShown = 10;
  std::string text;
  for (const std::string &message : ArrayRef(messages).take_front(kShown))
    text += (text.empty() ? "" : "\n") + message;
  if (messages.size() > kShown)
    text += "\nand " + std::to_string(messages.size() - kShown) + " more";
  messages.clear();
  return createStringError(text);
}
