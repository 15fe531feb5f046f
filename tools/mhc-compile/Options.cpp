//===- Options.cpp - The command line of mhc-compile ----------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Options.h"

#include "mhc/Support/Version.h"

#include "llvm/ADT/StringSwitch.h"
#include "llvm/Support/CommandLine.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/Regex.h"
#include "llvm/Support/WithColor.h"

namespace cl = llvm::cl;

static bool fail(const llvm::Twine &message) {
  llvm::WithColor::error(llvm::errs(), "mhc-compile") << message << '\n';
  return false;
}

static bool parseEmit(llvm::StringRef text, EmitSet &emit) {
  llvm::SmallVector<llvm::StringRef> names;
  text.split(names, ',');
  for (llvm::StringRef name : names) {
    bool *flag = llvm::StringSwitch<bool *>(name)
                     .Case("mlir", &emit.mlir)
                     .Case("llvm", &emit.llvm)
                     .Case("bitcode", &emit.bitcode)
                     .Case("ptx", &emit.ptx)
                     .Case("cubin", &emit.cubin)
                     .Case("object", &emit.object)
                     .Case("header", &emit.header)
                     .Case("manifest", &emit.manifest)
                     .Default(nullptr);
    if (!flag)
      return fail("--emit expects a list out of mlir, llvm, bitcode, ptx, "
                  "cubin, object, header and manifest, got '" +
                  text + "'");
    *flag = true;
  }
  return true;
}

bool parseOptions(int argc, char **argv, Options &options) {
  cl::OptionCategory category("mhc-compile options");
  cl::opt<std::string> file(cl::Positional, cl::cat(category),
                            cl::desc("FILE"));
  cl::opt<std::string> connection(
      "connection", cl::cat(category), cl::value_desc("key=value,..."),
      cl::desc(
          "Compile parts of one connection, and no file. Keys:\n"
          "  streams=N       1 to 16 (4)\n"
          "  hidden=N        (4096)\n"
          "  type=T          of rows: bf16, f16, f32, f64 (bf16)\n"
          "  variant=V       deepseek-v4, deepseek-v4.1, paper, hc, "
          "hc-static,\n"
          "                  residual (deepseek-v4)\n"
          "  kernels=K,...   boundary, pre, combine, head, expand, all (all)\n"
          "  direction=D     forward, backward, both (forward)\n"
          "  iterations=N    of Sinkhorn (20)\n"
          "  precision=P     of products with phi: bf16x3, bf16x2, tf32, f32\n"
          "                  (bf16x3)\n"
          "  norm-weight=W   no, yes (no)"));
  cl::opt<std::string> chip("chip", cl::cat(category), cl::value_desc("name"),
                            cl::init("sm_90a"),
                            cl::desc("The chip, such as sm_80, sm_90a, sm_100a "
                                     "(sm_90a)"));
  cl::opt<std::string> features(
      "features", cl::cat(category), cl::value_desc("list"),
      cl::desc("Features of the chip, such as +ptx86"));
  cl::opt<std::string> emit(
      "emit", cl::cat(category), cl::value_desc("list"),
      cl::init("ptx,cubin,object,header,manifest"),
      cl::desc(
          "What to write (ptx,cubin,object,header,manifest):\n"
          "  manifest        kernels.json, what mhcrt-run takes\n"
          "  cubin, ptx      the kernels: kernels_0.cubin, kernels_0.ptx\n"
          "  bitcode, llvm   the same as LLVM modules: kernels_0.bc, .ll\n"
          "  header, object  NAME.h and NAME.o: the programs as C functions\n"
          "  mlir            NAME.mlir: the IR that is compiled"));
  cl::opt<std::string> outputFolder("o", cl::cat(category),
                                    cl::value_desc("folder"), cl::Required,
                                    cl::desc("The folder to write to"));
  cl::opt<std::string> name(
      "name", cl::cat(category), cl::value_desc("name"),
      cl::desc("The name of header and object, and what their functions'\n"
               "names begin with (FILE without its extension; connection)"));
  cl::opt<std::string> ptxas(
      "ptxas", cl::cat(category), cl::value_desc("path"),
      cl::desc("The ptxas to use. Else that on PATH, below CUDA_HOME,\n"
               "CUDA_ROOT or CUDA_PATH, or where toolkits are installed"));
  cl::opt<std::string> host(
      "host-triple", cl::cat(category), cl::value_desc("triple"),
      cl::desc("The machine that the object is for (this one)"));
  cl::opt<bool> lines(
      "lines", cl::cat(category),
      cl::desc("Lines of the MLIR file in the code, for profilers"));
  cl::opt<std::string> remarks(
      "remarks-filter", cl::cat(category), cl::value_desc("regex"),
      cl::desc("Print the remarks of passes whose category it matches"));
  cl::opt<bool> time(
      "time", cl::cat(category),
      cl::desc("Say on standard error how long each stage took"));

  cl::HideUnrelatedOptions(category);
  cl::AddExtraVersionPrinter(mhc::printVersion);
  if (!cl::ParseCommandLineOptions(
          argc, argv, "mhc-compile: compiles model IR to GPU kernels\n",
          &llvm::errs()))
    return false;

  if (connection.getNumOccurrences() && file.getNumOccurrences())
    return fail("expected a file or --connection, got both");
  if (!connection.getNumOccurrences() && !file.getNumOccurrences())
    return fail("expected a file or --connection, got neither");
  if (connection.getNumOccurrences()) {
    llvm::Expected<ConnectionModel> model = ConnectionModel::parse(connection);
    if (!model)
      return fail(llvm::toString(model.takeError()));
    options.connection = std::move(*model);
  }
  if (!parseEmit(emit, options.emit))
    return false;
  if (outputFolder.empty())
    return fail("-o expects a folder, got ''");
  for (cl::opt<std::string> *option : {&name, &ptxas, &host})
    if (option->getNumOccurrences() && option->empty())
      return fail("--" + option->ArgStr + " expects a " + option->ValueStr +
                  ", got ''");
  if (name.getNumOccurrences() &&
      llvm::StringRef(name).find_first_of("/\\") != llvm::StringRef::npos)
    return fail("--name expects a name, not a path, got '" + name + "'");
  std::string message;
  if (!remarks.empty() && !llvm::Regex(remarks).isValid(message))
    return fail("--remarks-filter expects a regular expression, got '" +
                remarks + "': " + message);

  options.file = file;
  options.chip = chip;
  options.features = features;
  options.outputFolder = outputFolder;
  options.name = name;
  if (options.name.empty())
    options.name =
        options.connection ? "connection" : llvm::sys::path::stem(file).str();
  if (options.name.empty() || options.name == "-")
    options.name = "program";
  options.ptxas = ptxas;
  options.hostTriple = host;
  options.lines = lines;
  options.remarksFilter = remarks;
  options.time = time;
  return true;
}
