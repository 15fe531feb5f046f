//===- Assemble.cpp - PTX to cubin, by ptxas ------------------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "mhc/Target/Assemble.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/FileUtilities.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/Process.h"
#include "llvm/Support/Program.h"
#include "llvm/Support/Regex.h"
#include "llvm/Support/VersionTuple.h"

using namespace mlir::mhc;
using llvm::Error;
using llvm::Expected;
using llvm::SmallString;
using llvm::SmallVector;
using llvm::StringRef;

//===----------------------------------------------------------------------===//
// Processes
//===----------------------------------------------------------------------===//

namespace {
/// A file that is gone when this object is.
struct TemporaryFile {
  explicit TemporaryFile(StringRef suffix) {
    error = llvm::sys::fs::createTemporaryFile("mhc", suffix, path);
    if (!error)
      remover.setFile(path, /*deleteIt=*/true);
  }
  std::string read() const {
    auto buffer = llvm::MemoryBuffer::getFile(path);
    return buffer ? (*buffer)->getBuffer().str() : std::string();
  }

  SmallString<128> path;
  std::error_code error;
  llvm::FileRemover remover;
};

struct Outcome {
  int exitCode;
  std::string output, errors, message;
};
} // namespace

static std::string printCommand(llvm::ArrayRef<StringRef> arguments) {
  return llvm::join(arguments, " ");
}

/// Runs a program and waits for it.
static Expected<Outcome> execute(llvm::ArrayRef<StringRef> arguments) {
  TemporaryFile output("out"), errors("err");
  if (output.error || errors.error)
    return llvm::createStringError(output.error ? output.error : errors.error,
                                   "cannot create a temporary file");
  Outcome outcome;
  outcome.exitCode = llvm::sys::ExecuteAndWait(
      arguments.front(), arguments, /*Env=*/std::nullopt,
      {StringRef(""), StringRef(output.path), StringRef(errors.path)},
      /*SecondsToWait=*/0, /*MemoryLimit=*/0, &outcome.message);
  outcome.output = output.read();
  outcome.errors = errors.read();
  return outcome;
}

//===----------------------------------------------------------------------===//
// What ptxas there is
//===----------------------------------------------------------------------===//

std::string Assembler::find(StringRef given) {
  if (!given.empty())
    return given.str();
  if (llvm::ErrorOr<std::string> found = llvm::sys::findProgramByName("ptxas"))
    return *found;
  SmallVector<std::string> toolkits;
  for (StringRef variable : {"CUDA_HOME", "CUDA_ROOT", "CUDA_PATH"})
    if (std::optional<std::string> path = llvm::sys::Process::GetEnv(variable))
      toolkits.push_back(*path);
  if (toolkits.empty())
    toolkits = {"/usr/local/cuda", "/opt/cuda"};
  for (StringRef toolkit : toolkits) {
    SmallString<128> path(toolkit);
    llvm::sys::path::append(path, "bin", "ptxas");
    if (llvm::sys::fs::can_execute(path))
      return path.str().str();
  }
  return "";
}

Expected<Assembler> Assembler::create(StringRef path) {
  Assembler assembler;
  assembler.path = path.str();
  Expected<Outcome> version = execute({path, "--version"});
  if (!version)
    return version.takeError();
  llvm::Regex pattern("release ([0-9]+\\.[0-9]+)");
  SmallVector<StringRef> parts;
  if (version->exitCode != 0 || !pattern.match(version->output, &parts)) {
    std::string reason = version->message;
    if (reason.empty())
      reason =
          version->exitCode
              ? "exit code " + std::to_string(version->exitCode)
              : "'" + StringRef(version->output).split('\n').first.str() + "'";
    return llvm::createStringError("expected a ptxas of the CUDA toolkit at '" +
                                   path + "', got " + reason);
  }
  assembler.release = parts[1].str();
  Expected<Outcome> help = execute({path, "--help"});
  if (!help)
    return help.takeError();
  assembler.help = std::move(help->output);
  return assembler;
}

/// The newest PTX that a toolkit knows; empty for a release that is not known.
static llvm::VersionTuple getNewestPTX(StringRef release) {
  llvm::VersionTuple version;
  if (version.tryParse(release))
    return {};
  unsigned minor = version.getMinor().value_or(0);
  switch (version.getMajor()) {
  case 11:
    return llvm::VersionTuple(7, minor);
  case 12:
    // 12.5 and 12.6 know the same one.
    return llvm::VersionTuple(8, minor < 6 ? minor : minor - 1);
  case 13:
    return llvm::VersionTuple(9, minor);
  default:
    return {};
  }
}

Error Assembler::check(StringRef chip, StringRef ptx) const {
  // The help lists all chips: 'sm_80','sm_86', ...
  if (!StringRef(help).contains(("'" + chip + "'").str()))
    return llvm::createStringError("expected a ptxas that knows " + chip +
                                   ", got that of CUDA " + release +
                                   ", which does not ('" + path + "')");
  llvm::Regex pattern("\\.version ([0-9]+\\.[0-9]+)");
  SmallVector<StringRef> parts;
  llvm::VersionTuple needed, newest = getNewestPTX(release);
  if (newest.empty() || !pattern.match(ptx.take_front(4096), &parts) ||
      needed.tryParse(parts[1]) || needed <= newest)
    return Error::success();
  return llvm::createStringError(
      "expected a ptxas that knows PTX " + parts[1] + ", got that of CUDA " +
      release + ", which knows " + newest.getAsString() + " ('" + path + "')");
}

//===----------------------------------------------------------------------===//
// Assembly
//===----------------------------------------------------------------------===//

/// The number before `unit`: "Used 40 registers" has 40 for "registers".
static unsigned parseCount(StringRef line, StringRef unit) {
  llvm::Regex pattern(("([0-9]+) " + unit).str());
  SmallVector<StringRef> parts;
  unsigned count = 0;
  if (pattern.match(line, &parts))
    (void)parts[1].getAsInteger(10, count);
  return count;
}

static void parseReport(StringRef text, Cubin &cubin) {
  llvm::Regex begin("Compiling entry function '([^']+)'");
  SmallVector<StringRef> lines;
  text.split(lines, '\n', -1, /*KeepEmpty=*/false);
  // Of other functions there are properties too, after those of the entry.
  bool isEntry = false;
  for (StringRef line : lines) {
    SmallVector<StringRef> parts;
    if (line.contains("warning")) {
      cubin.warnings += (line.trim() + "\n").str();
    } else if (begin.match(line, &parts)) {
      cubin.reports.emplace_back();
      cubin.reports.back().symbol = parts[1].str();
    } else if (line.contains("Function properties for ")) {
      isEntry = !cubin.reports.empty() &&
                line.rsplit(' ').second.trim() == cubin.reports.back().symbol;
    } else if (isEntry && line.contains("bytes stack frame")) {
      KernelReport &report = cubin.reports.back();
      report.localBytes = parseCount(line, "bytes stack frame");
      report.spillStores = parseCount(line, "bytes spill stores");
      report.spillLoads = parseCount(line, "bytes spill loads");
    } else if (line.contains("Used ") && !cubin.reports.empty()) {
      cubin.reports.back().registers = parseCount(line, "registers");
      cubin.reports.back().sharedBytes = parseCount(line, "bytes smem");
    }
  }
}

/// Bytes that are spilled, in all kernels.
static int64_t countSpills(const Cubin &cubin) {
  int64_t bytes = 0;
  for (const KernelReport &report : cubin.reports)
    bytes += report.spillStores + report.spillLoads;
  return bytes;
}

/// Runs the ptxas at `path`, at a level of register use, or at its own.
static Expected<Cubin> runAt(StringRef path, StringRef input, StringRef chip,
                             StringRef level, const TemporaryFile &output) {
  std::string architecture = ("-arch=" + chip).str();
  SmallVector<StringRef> command{path, "-O3",          architecture,
                                 "-v", "-warn-spills", input,
                                 "-o", output.path};
  if (!level.empty())
    command.push_back(level);
  Expected<Outcome> outcome = execute(command);
  if (!outcome)
    return outcome.takeError();
  if (outcome->exitCode != 0) {
    std::string text = "ptxas cannot assemble this module: exit code " +
                       std::to_string(outcome->exitCode);
    if (!outcome->message.empty())
      text += " (" + outcome->message + ")";
    text += "\n  " + printCommand(command);
    for (StringRef line : llvm::split(StringRef(outcome->errors).rtrim(), '\n'))
      if (!line.empty())
        text += ("\n  " + line).str();
    return llvm::createStringError(text);
  }
  Cubin cubin;
  cubin.bytes = output.read();
  if (cubin.bytes.empty())
    return llvm::createStringError("expected a cubin from ptxas, got an empty "
                                   "file\n  " +
                                   printCommand(command));
  parseReport(outcome->errors, cubin);
  parseReport(outcome->output, cubin);
  return cubin;
}

Expected<Cubin> Assembler::assemble(StringRef ptx, StringRef chip) const {
  TemporaryFile input("ptx"), output("cubin");
  if (input.error || output.error)
    return llvm::createStringError(input.error ? input.error : output.error,
                                   "cannot create a temporary file");
  {
    std::error_code error;
    llvm::raw_fd_ostream os(input.path, error);
    os << ptx;
    os.close();
    if (!error)
      error = os.error();
    os.clear_error();
    if (error)
      return llvm::createStringError(error, "cannot write '" + input.path +
                                                "': " + error.message());
  }
  // Where the usual heuristics spill, others may not.
  std::optional<Cubin> best;
  for (StringRef level :
       {"", "--register-usage-level=10", "--register-usage-level=0"}) {
    Expected<Cubin> cubin = runAt(path, input.path, chip, level, output);
    if (!cubin)
      return cubin.takeError();
    if (!best || countSpills(*cubin) < countSpills(*best))
      best = std::move(*cubin);
    if (countSpills(*best) == 0)
      break;
  }
  return std::move(*best);
}
