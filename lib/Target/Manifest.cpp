//===- Manifest.cpp - kernels.json ----------------------------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "mhc/Target/Manifest.h"

#include "llvm/Bitcode/BitcodeWriter.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/Regex.h"
#include "llvm/Support/xxhash.h"

using namespace mlir;
using namespace mlir::mhc;
using llvm::json::OStream;

//===----------------------------------------------------------------------===//
// Packages
//===----------------------------------------------------------------------===//

std::string mlir::mhc::getImageBytes(const DeviceImage &image, StringRef kind) {
  if (kind == "cubin")
    return image.cubin.bytes;
  if (kind == "ptx")
    return image.device.ptx;
  assert(kind == "bitcode" && "expected cubin, ptx or bitcode");
  std::string bytes;
  llvm::raw_string_ostream os(bytes);
  llvm::WriteBitcodeToFile(*image.device.optimised, os);
  return bytes;
}

StringRef mlir::mhc::getImageSuffix(StringRef kind) {
  return kind == "bitcode" ? ".bc" : kind == "cubin" ? ".cubin" : ".ptx";
}

Package mlir::mhc::makePackage(DevicePrograms programs,
                               const DeviceImages &images, StringRef kind,
                               StringRef stem) {
  Package package;
  DenseMap<unsigned, unsigned> fileOf;
  for (const DeviceKernel &kernel : programs.kernels) {
    KernelCode code = images.getCode(kernel.module, kernel.symbol);
    const DeviceImage &image = images.images[code.image];
    auto [file, inserted] =
        fileOf.try_emplace(code.image, package.files.size());
    if (inserted)
      package.files.push_back(
          {(stem + "_" + Twine(code.image) + getImageSuffix(kind)).str(),
           kind.str(), getImageBytes(image, kind)});
    Package::Kernel entry{file->second, code.symbol, std::nullopt};
    for (const KernelReport &report : image.cubin.reports)
      if (report.symbol == code.symbol)
        entry.report = report;
    package.kernels.push_back(std::move(entry));
  }
  if (!images.images.empty()) {
    const DeviceModule &device = images.images.front().device;
    package.chip = device.target.chip;
    llvm::Regex pattern("\\.version ([0-9]+\\.[0-9]+)");
    SmallVector<StringRef> parts;
    if (pattern.match(StringRef(device.ptx).take_front(4096), &parts))
      package.ptxVersion = parts[1].str();
  }
  if (!programs.constants.empty())
    package.files.push_back(
        {"constants.bin", "data",
         std::string(programs.constants.begin(), programs.constants.end())});
  package.programs = std::move(programs);
  return package;
}

//===----------------------------------------------------------------------===//
// JSON
//===----------------------------------------------------------------------===//

namespace {
/// Prints a manifest. Members stand in the order of the documentation, and what
/// there may be many of takes a line each.
class Printer {
public:
  Printer(const Package &package, raw_ostream &os) : package(package), os(os) {}

  void print();

private:
  /// `"name": [`, what `print` makes of each element in a line, `]`.
  template <typename Range>
  void printList(StringRef name, const Range &range, unsigned indent,
                 function_ref<void(OStream &, size_t)> print);
  void printProgram(const DeviceProgram &program);

  void printFile(OStream &json, const ManifestFile &file);
  void printKernel(OStream &json, size_t index);
  void printTensor(OStream &json, const ProgramTensor &tensor);
  void printConstant(OStream &json, const ProgramConstant &constant);
  void printStep(OStream &json, const ProgramStep &step);
  void printBuffer(OStream &json, const ProgramBuffer &buffer);
  void printParameter(OStream &json, const ProgramParameter &parameter);

  const Package &package;
  raw_ostream &os;
};
} // namespace

/// A number as one, a formula as a string.
static void printExpr(OStream &json, const SizeExpr &expr) {
  if (std::optional<int64_t> constant = expr.getConstant())
    json.value(*constant);
  else
    json.value(expr.print());
}

static void attribute(OStream &json, StringRef name, const SizeExpr &expr) {
  json.attributeBegin(name);
  printExpr(json, expr);
  json.attributeEnd();
}

template <typename Range>
static void printExprs(OStream &json, StringRef name, const Range &exprs) {
  json.attributeArray(name, [&] {
    for (const SizeExpr &expr : exprs)
      printExpr(json, expr);
  });
}

template <typename Range>
void Printer::printList(StringRef name, const Range &range, unsigned indent,
                        function_ref<void(OStream &, size_t)> print) {
  os.indent(indent) << '"' << name << "\": [";
  for (size_t i = 0; i < range.size(); ++i) {
    std::string line;
    llvm::raw_string_ostream stream(line);
    OStream json(stream);
    print(json, i);
    os << (i == 0 ? "\n" : ",\n");
    os.indent(indent + 2) << line;
  }
  if (!range.empty())
    os << '\n';
  if (!range.empty())
    os.indent(indent);
  os << ']';
}

void Printer::printFile(OStream &json, const ManifestFile &file) {
  json.object([&] {
    json.attribute("name", file.name);
    json.attribute("kind", file.kind);
    json.attribute("bytes", static_cast<int64_t>(file.bytes.size()));
    json.attribute("hash",
                   llvm::formatv("{0:x-16}", llvm::xxHash64(file.bytes)).str());
  });
}

void Printer::printKernel(OStream &json, size_t index) {
  const DeviceKernel &kernel = package.programs.kernels[index];
  const Package::Kernel &code = package.kernels[index];
  auto optional = [&](StringRef name, std::optional<int64_t> value) {
    if (value)
      json.attribute(name, *value);
    else
      json.attribute(name, nullptr);
  };
  auto report = [&](unsigned KernelReport::*member) -> std::optional<int64_t> {
    if (!code.report)
      return std::nullopt;
    return (*code.report).*member;
  };
  json.object([&] {
    json.attribute("symbol", code.symbol);
    json.attribute("file", code.file);
    json.attributeArray("block", [&] {
      for (int64_t extent : kernel.block)
        json.value(extent);
    });
    json.attributeArray("cluster", [&] {
      for (int64_t extent : kernel.cluster)
        json.value(extent);
    });
    json.attribute("shared", kernel.shared);
    optional("static_shared", report(&KernelReport::sharedBytes));
    optional("registers", report(&KernelReport::registers));
    optional("spills", report(&KernelReport::spillStores));
    optional("local", report(&KernelReport::localBytes));
    json.attributeObject("bytes_per_token", [&] {
      optional("rows", kernel.rowBytes);
      optional("coefficients", kernel.coefficientBytes);
    });
    json.attribute("label", kernel.label);
  });
}

void Printer::printTensor(OStream &json, const ProgramTensor &tensor) {
  json.object([&] {
    json.attribute("name", tensor.name);
    json.attribute("type", tensor.type);
    printExprs(json, "shape", tensor.shape);
    if (!tensor.mayAlias.empty())
      json.attributeArray("may_alias", [&] {
        for (unsigned result : tensor.mayAlias)
          json.value(result);
      });
  });
}

void Printer::printConstant(OStream &json, const ProgramConstant &constant) {
  json.object([&] {
    json.attribute("file", static_cast<int64_t>(package.files.size() - 1));
    json.attribute("offset", static_cast<int64_t>(constant.offset));
    json.attribute("bytes", static_cast<int64_t>(constant.size));
    json.attribute("type", constant.type);
    json.attributeArray("shape", [&] {
      for (int64_t size : constant.shape)
        json.value(size);
    });
  });
}

void Printer::printBuffer(OStream &json, const ProgramBuffer &buffer) {
  static constexpr StringLiteral names[] = {"argument", "result", "workspace",
                                            "constant"};
  json.object([&] {
    json.attribute("kind", names[buffer.kind]);
    json.attribute("index", buffer.index);
    attribute(json, "offset", buffer.offset);
  });
}

void Printer::printParameter(OStream &json, const ProgramParameter &parameter) {
  json.object([&] {
    if (parameter.buffer) {
      json.attributeBegin("buffer");
      printBuffer(json, *parameter.buffer);
      json.attributeEnd();
      return;
    }
    attribute(json, "value", parameter.value);
    json.attribute("type", parameter.type);
  });
}

void Printer::printStep(OStream &json, const ProgramStep &step) {
  auto buffer = [&](StringRef name, const ProgramBuffer &buffer) {
    json.attributeBegin(name);
    printBuffer(json, buffer);
    json.attributeEnd();
  };
  json.object([&] {
    switch (step.kind) {
    case ProgramStep::Launch:
      json.attribute("kind", "launch");
      json.attribute("kernel", step.kernel);
      printExprs(json, "grid", step.grid);
      json.attributeArray("parameters", [&] {
        for (const ProgramParameter &parameter : step.parameters)
          printParameter(json, parameter);
      });
      if (step.early)
        json.attribute("early", true);
      break;
    case ProgramStep::Fill:
      json.attribute("kind", "memset");
      buffer("buffer", step.to);
      attribute(json, "bytes", step.bytes);
      json.attribute("value", static_cast<int64_t>(step.fillByte));
      break;
    case ProgramStep::Copy:
      json.attribute("kind", "copy");
      buffer("from", step.from);
      buffer("to", step.to);
      attribute(json, "bytes", step.bytes);
      break;
    case ProgramStep::Check:
      json.attribute("kind", "check");
      attribute(json, "condition", step.condition);
      json.attribute("message", step.message);
      break;
    }
    if (!step.when.isConstant(1))
      attribute(json, "when", step.when);
    if (step.prepare)
      json.attribute("prepare", true);
  });
}

void Printer::printProgram(const DeviceProgram &program) {
  std::string head;
  llvm::raw_string_ostream stream(head);
  OStream json(stream);
  json.object([&] {
    json.attribute("name", program.name);
    json.attributeArray("sizes", [&] {
      for (const std::string &size : program.sizes)
        json.value(size);
    });
    attribute(json, "workspace", program.workspace);
  });
  // The object goes on with its lists.
  stream.flush();
  head.pop_back();
  os << "    " << head;
  auto list = [&](StringRef name, const auto &range, auto print) {
    os << ",\n";
    printList(name, range, 6,
              [&](OStream &json, size_t i) { print(json, range[i]); });
  };
  list("arguments", program.arguments,
       [&](OStream &json, const ProgramTensor &x) { printTensor(json, x); });
  list("results", program.results,
       [&](OStream &json, const ProgramTensor &x) { printTensor(json, x); });
  list(
      "constants", program.constants,
      [&](OStream &json, const ProgramConstant &x) { printConstant(json, x); });
  list("steps", program.steps,
       [&](OStream &json, const ProgramStep &x) { printStep(json, x); });
  os << "}";
}

void Printer::print() {
  std::string chip, version;
  llvm::raw_string_ostream(chip) << llvm::json::Value(package.chip);
  llvm::raw_string_ostream(version) << llvm::json::Value(package.ptxVersion);
  os << "{\n  \"version\": 1,\n  \"chip\": " << chip
     << ",\n  \"ptx\": " << version << ",\n";
  printList("files", package.files, 2, [&](OStream &json, size_t i) {
    printFile(json, package.files[i]);
  });
  os << ",\n";
  printList("kernels", package.kernels, 2,
            [&](OStream &json, size_t i) { printKernel(json, i); });
  os << ",\n  \"programs\": [";
  const std::vector<DeviceProgram> &programs = package.programs.programs;
  for (auto [i, program] : llvm::enumerate(programs)) {
    os << (i == 0 ? "\n" : ",\n");
    printProgram(program);
  }
  os << (programs.empty() ? "]\n}\n" : "\n  ]\n}\n");
}

void mlir::mhc::printManifest(const Package &package, raw_ostream &os) {
  Printer(package, os).print();
}
