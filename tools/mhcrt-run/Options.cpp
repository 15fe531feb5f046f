//===- Options.cpp - The command line of mhcrt-run ------------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Options.h"

#include "mhc/Support/Version.h"

#include "llvm/Support/CommandLine.h"
#include "llvm/Support/WithColor.h"

namespace cl = llvm::cl;

static bool fail(const llvm::Twine &message) {
  llvm::WithColor::error(llvm::errs(), "mhcrt-run") << message << '\n';
  return false;
}

bool parseOptions(int argc, char **argv, Options &options) {
  cl::OptionCategory category("mhcrt-run options");
  cl::opt<std::string> manifest(cl::Positional, cl::Required, cl::cat(category),
                                cl::desc("MANIFEST"));
  cl::opt<std::string> program(
      "program", cl::cat(category), cl::value_desc("name"),
      cl::desc("The program to run; may be left out if there is one"));
  cl::list<std::string> arguments(
      "arg", cl::cat(category), cl::value_desc("spec"),
      cl::desc("One for each argument of the program, in order:\n"
               "  A.npy               an array of f16, f32, f64, i1, i32, i64\n"
               "  zeros[:DIMS]        zeros\n"
               "  full:V[:DIMS]       the value V everywhere\n"
               "  random:SEED[:DIMS]  standard normal numbers\n"
               "DIMS, such as 13x4x4096, where the shape has sizes"));
  cl::opt<std::string> outputFolder(
      "out", cl::cat(category), cl::value_desc("folder"),
      cl::desc("Write the results to folder/0.npy, 1.npy, ..."));
  cl::opt<unsigned> repeat(
      "repeat", cl::cat(category), cl::value_desc("N"), cl::init(1),
      cl::desc("Run N times, and fail unless all results agree bit for bit"));
  cl::opt<bool> time("time", cl::cat(category),
                     cl::desc("Say on standard error how long the runs took on "
                              "the GPU"));
  cl::opt<bool> prepareOnce(
      "prepare-once", cl::cat(category),
      cl::desc("Prepare the weights in the first run alone"));
  cl::opt<unsigned> flush(
      "flush", cl::cat(category), cl::value_desc("MiB"), cl::init(0),
      cl::desc("Write to so much other memory before each run, for cold "
               "caches"));
  cl::opt<int> ordinal("gpu", cl::cat(category), cl::value_desc("N"),
                       cl::init(-1), cl::desc("The number of the GPU (0)"));
  cl::opt<std::string> driver(
      "driver", cl::cat(category), cl::value_desc("library"),
      cl::desc("The CUDA driver (MHCRT_DRIVER, libcuda.so.1)"));
  cl::opt<bool> list("list", cl::cat(category),
                     cl::desc("Print the programs and kernels, and run "
                              "nothing"));

  cl::HideUnrelatedOptions(category);
  cl::AddExtraVersionPrinter(mhc::printVersion);
  if (!cl::ParseCommandLineOptions(
          argc, argv, "mhcrt-run: runs a compiled program on a GPU\n",
          &llvm::errs()))
    return false;

  if (repeat == 0)
    return fail("--repeat expects at least 1, got 0");
  if (ordinal.getNumOccurrences() && ordinal < 0)
    return fail("--gpu expects at least 0, got " + llvm::Twine(ordinal));
  if (outputFolder.getNumOccurrences() && outputFolder.empty())
    return fail("--out expects a folder, got ''");
  if (list && (!arguments.empty() || !outputFolder.empty()))
    return fail("--list runs nothing: expected no --arg or --out");
  for (const std::string &text : arguments) {
    llvm::Expected<mhc::ArgumentSpec> spec = mhc::parseArgumentSpec(text);
    if (!spec)
      return fail("--arg: " + llvm::toString(spec.takeError()));
    options.arguments.push_back(std::move(*spec));
  }
  options.manifest = manifest;
  options.program = program;
  options.outputFolder = outputFolder;
  options.driver = driver;
  options.ordinal = ordinal;
  options.repeat = repeat;
  options.time = time;
  options.prepareOnce = prepareOnce;
  options.flushBytes = uint64_t{flush} << 20;
  options.list = list;
  return true;
}
