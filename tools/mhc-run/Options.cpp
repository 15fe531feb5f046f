//===- Options.cpp - The command line of mhc-run --------------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Options.h"

#include "mhc/Support/Version.h"

#include "llvm/Support/CommandLine.h"
#include "llvm/Support/WithColor.h"

namespace cl = llvm::cl;

bool parseOptions(int argc, char **argv, Options &options) {
  cl::OptionCategory category("mhc-run options");
  cl::opt<std::string> file(cl::Positional, cl::Required, cl::cat(category),
                            cl::desc("FILE"));
  cl::opt<std::string> entry(
      "entry", cl::cat(category), cl::value_desc("name"),
      cl::desc("The function to run; may be left out if one is public"));
  cl::opt<Device> device(
      "device", cl::Required, cl::cat(category), cl::desc("Where to run it:"),
      cl::values(clEnumValN(Device::Reference, "reference",
                            "this machine, every number in f64"),
                 clEnumValN(Device::CPU, "cpu",
                            "this machine, in the types of the program")));
  cl::list<std::string> arguments(
      "arg", cl::cat(category), cl::value_desc("spec"),
      cl::desc("One for each argument of the function, in order:\n"
               "  A.npy               an array of f16, f32, f64, i1, i32, i64\n"
               "  zeros[:DIMS]        zeros\n"
               "  full:V[:DIMS]       the value V everywhere\n"
               "  random:SEED[:DIMS]  standard normal numbers\n"
               "DIMS, such as 13x4x4096, where the type is dynamic"));
  cl::opt<std::string> outputFolder(
      "out", cl::cat(category), cl::value_desc("folder"),
      cl::desc("Write the results to folder/0.npy, 1.npy, ..."));
  cl::opt<bool> round(
      "round", cl::cat(category),
      cl::desc("With --device reference: round where the program does"));
  cl::opt<unsigned> repeat(
      "repeat", cl::cat(category), cl::value_desc("N"), cl::init(1),
      cl::desc("Run N times, and fail unless all results agree bit for bit"));
  cl::opt<bool> time("time", cl::cat(category),
                     cl::desc("Say on standard error how long the runs took"));

  cl::HideUnrelatedOptions(category);
  cl::AddExtraVersionPrinter(mhc::printVersion);
  if (!cl::ParseCommandLineOptions(
          argc, argv, "mhc-run: runs a function of model IR\n", &llvm::errs()))
    return false;

  auto fail = [](const llvm::Twine &message) {
    llvm::WithColor::error(llvm::errs(), "mhc-run") << message << '\n';
    return false;
  };
  if (round && device != Device::Reference)
    return fail("--round expects --device reference, got --device cpu");
  if (repeat == 0)
    return fail("--repeat expects at least 1, got 0");
  if (outputFolder.getNumOccurrences() && outputFolder.empty())
    return fail("--out expects a folder, got ''");
  for (const std::string &text : arguments) {
    llvm::Expected<mhc::ArgumentSpec> spec = mhc::parseArgumentSpec(text);
    if (!spec)
      return fail("--arg: " + llvm::toString(spec.takeError()));
    options.arguments.push_back(std::move(*spec));
  }
  options.file = file;
  options.entry = entry;
  options.device = device;
  options.outputFolder = outputFolder;
  options.round = round;
  options.repeat = repeat;
  options.time = time;
  return true;
}
