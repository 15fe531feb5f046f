//===- Manifest.cpp - What a kernels.json says ----------------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Manifest.h"

#include "JsonReader.h"

#include <cstring>

using namespace mhcrt;

//===----------------------------------------------------------------------===//
// Chips, types, files and kernels
//===----------------------------------------------------------------------===//

/// sm_80, sm_90a, sm_100f: the last digit is the minor number.
static Chip readChip(const JsonReader &reader) {
  Chip chip;
  chip.name = reader.getString();
  size_t end = chip.name.find_first_not_of("0123456789", 3);
  std::string digits =
      chip.name.substr(std::min<size_t>(3, chip.name.size()),
                       end == std::string::npos ? std::string::npos : end - 3);
  std::string suffix = end == std::string::npos ? "" : chip.name.substr(end);
  if (chip.name.compare(0, 3, "sm_") != 0 || digits.size() < 2 ||
      digits.size() > 3 || (!suffix.empty() && suffix != "a" && suffix != "f"))
    reader.error("a chip such as \"sm_90a\"");
  int number = std::stoi(digits);
  chip.major = number / 10;
  chip.minor = number % 10;
  chip.suffix = suffix.empty() ? '\0' : suffix[0];
  return chip;
}

static mhcrt_type readType(const JsonReader &reader) {
  std::string name = reader.getString();
  for (int type = MHCRT_BF16; type <= MHCRT_I64; ++type)
    if (name == mhcrt_type_name(static_cast<mhcrt_type>(type)))
      return static_cast<mhcrt_type>(type);
  reader.error("bf16, f16, f32, f64, i1, i8, i32 or i64");
}

static File readFile(const JsonReader &reader) {
  File file;
  JsonReader name = reader.get("name");
  file.name = name.getString();
  // Files lie beside the manifest: it cannot name another's.
  if (file.name.empty() || file.name == "." || file.name == ".." ||
      file.name.find_first_of(std::string_view("/\\\0", 3)) !=
          std::string::npos)
    name.error("the name of a file beside the manifest");
  JsonReader kind = reader.get("kind");
  std::string text = kind.getString();
  if (text == "cubin")
    file.kind = FileKind::Cubin;
  else if (text == "ptx")
    file.kind = FileKind::PTX;
  else if (text == "bitcode")
    file.kind = FileKind::Bitcode;
  else if (text == "data")
    file.kind = FileKind::Data;
  else
    kind.error("cubin, ptx, bitcode or data");
  file.bytes = reader.get("bytes").getInteger(0, INT64_MAX);
  JsonReader hash = reader.get("hash");
  std::string digits = hash.getString();
  if (digits.size() != 16 ||
      digits.find_first_not_of("0123456789abcdef") != std::string::npos)
    hash.error("16 lower-case hexadecimal digits");
  file.hash = std::stoull(digits, nullptr, 16);
  return file;
}

/// Three extents whose product is at most `most`.
static std::array<uint32_t, 3> readExtents(const JsonReader &reader,
                                           int64_t most) {
  if (reader.getSize() != 3)
    reader.error("an array of 3 elements");
  std::array<uint32_t, 3> extents;
  int64_t product = 1;
  for (unsigned i = 0; i < 3; ++i) {
    extents[i] = static_cast<uint32_t>(reader[i].getInteger(1, most));
    product *= extents[i];
  }
  if (product > most)
    reader.error("a product of at most " + std::to_string(most),
                 std::to_string(product));
  return extents;
}

static Kernel readKernel(const JsonReader &reader,
                         const std::vector<File> &files) {
  Kernel kernel;
  kernel.symbol = reader.get("symbol").getString();
  JsonReader file = reader.get("file");
  kernel.file = file.getIndex(files.size(), "file");
  if (files[kernel.file].kind == FileKind::Data)
    file.error("a file of code", "one of data");
  kernel.block = readExtents(reader.get("block"), 1024);
  kernel.cluster = {1, 1, 1};
  if (auto cluster = reader.find("cluster"))
    kernel.cluster = readExtents(*cluster, 16);
  kernel.sharedBytes =
      static_cast<uint32_t>(reader.get("shared").getInteger(0, 1 << 20));
  if (auto label = reader.find("label"))
    kernel.label = label->getString();
  return kernel;
}

//===----------------------------------------------------------------------===//
// Programs
//===----------------------------------------------------------------------===//

namespace {
/// Reads one program.
class ProgramReader {
public:
  ProgramReader(const JsonReader &reader, const std::vector<File> &files,
                const std::vector<Kernel> &kernels)
      : reader(reader), files(files), kernels(kernels) {}

  ProgramInfo read();

private:
  Expression readExpression(const JsonReader &from) {
    return from.getExpression(program.sizes);
  }
  Tensor readTensor(const JsonReader &from, bool isArgument);
  Constant readConstant(const JsonReader &from);
  Place readPlace(const JsonReader &from);
  Parameter readParameter(const JsonReader &from);
  Step readStep(const JsonReader &from);
  /// Every size must be a dimension of an argument.
  void checkSizes();

  const JsonReader &reader;
  const std::vector<File> &files;
  const std::vector<Kernel> &kernels;
  ProgramInfo program;
  size_t numResults = 0;
};
} // namespace

Tensor ProgramReader::readTensor(const JsonReader &from, bool isArgument) {
  Tensor tensor;
  if (auto name = from.find("name"))
    tensor.name = name->getString();
  tensor.type = readType(from.get("type"));
  JsonReader shape = from.get("shape");
  if (shape.getSize() > MHCRT_MAX_RANK)
    shape.error("at most " + std::to_string(MHCRT_MAX_RANK) + " dimensions");
  for (size_t i = 0; i < shape.getSize(); ++i) {
    tensor.shape.push_back(readExpression(shape[i]));
    if (tensor.shape.back().getConstant().value_or(0) < 0)
      shape[i].error("a dimension of at least 0");
  }
  auto aliases = from.find("may_alias");
  if (aliases && !isArgument)
    aliases->error("no may_alias of a result", "one");
  for (size_t i = 0; aliases && i < aliases->getSize(); ++i)
    tensor.mayAlias.push_back((*aliases)[i].getIndex(numResults, "result"));
  return tensor;
}

Constant ProgramReader::readConstant(const JsonReader &from) {
  Constant constant;
  constant.file = from.get("file").getIndex(files.size(), "file");
  auto size = static_cast<int64_t>(files[constant.file].bytes);
  constant.offset = from.get("offset").getInteger(0, size);
  constant.bytes = from.get("bytes").getInteger(
      0, size - static_cast<int64_t>(constant.offset));
  return constant;
}

Place ProgramReader::readPlace(const JsonReader &from) {
  from.expectMembers({"kind", "index", "offset"});
  Place place;
  JsonReader kind = from.get("kind");
  std::string text = kind.getString();
  size_t count = 1;
  if (text == "argument") {
    place.space = Space::Argument;
    count = program.arguments.size();
  } else if (text == "result") {
    place.space = Space::Result;
    count = program.results.size();
  } else if (text == "workspace") {
    place.space = Space::Workspace;
  } else if (text == "constant") {
    place.space = Space::Constant;
    count = program.constants.size();
  } else {
    kind.error("argument, result, workspace or constant");
  }
  if (auto index = from.find("index"))
    place.index = index->getIndex(count, text.c_str());
  else if (place.space != Space::Workspace)
    from.get("index");
  if (auto offset = from.find("offset"))
    place.offset = readExpression(*offset);
  return place;
}

Parameter ProgramReader::readParameter(const JsonReader &from) {
  from.expectMembers({"buffer", "value", "type"});
  Parameter parameter;
  auto buffer = from.find("buffer");
  auto value = from.find("value");
  if (!buffer == !value)
    from.error("one of \"buffer\" and \"value\"", buffer ? "both" : "none");
  if (buffer) {
    parameter.kind = Parameter::Buffer;
    parameter.place = readPlace(*buffer);
    return parameter;
  }
  JsonReader type = from.get("type");
  parameter.type = readType(type);
  parameter.kind = Parameter::Formula;
  switch (parameter.type) {
  case MHCRT_F32:
  case MHCRT_F64:
    // A formula is an integer; a number may be any.
    if (value->isNumber()) {
      parameter.kind = Parameter::Number;
      double number = value->getNumber();
      auto narrow = static_cast<float>(number);
      if (parameter.type == MHCRT_F32)
        std::memcpy(&parameter.bits, &narrow, sizeof narrow);
      else
        std::memcpy(&parameter.bits, &number, sizeof number);
      return parameter;
    }
    break;
  case MHCRT_BF16:
  case MHCRT_F16:
    type.error("f32, f64, i1, i8, i32 or i64");
  default:
    break;
  }
  parameter.value = readExpression(*value);
  return parameter;
}

Step ProgramReader::readStep(const JsonReader &from) {
  Step step;
  step.where = from.getPlace();
  JsonReader kind = from.get("kind");
  std::string text = kind.getString();
  if (auto when = from.find("when"))
    step.when = readExpression(*when);
  if (auto prepare = from.find("prepare"))
    step.prepare = prepare->getBool();
  if (text == "launch") {
    from.expectMembers({"kind", "when", "prepare", "kernel", "grid",
                        "parameters", "early", "label"});
    step.kind = Step::Launch;
    step.kernel = from.get("kernel").getIndex(kernels.size(), "kernel");
    if (auto early = from.find("early"))
      step.early = early->getBool();
    JsonReader grid = from.get("grid");
    if (grid.getSize() != 3)
      grid.error("an array of 3 elements");
    for (unsigned i = 0; i < 3; ++i)
      step.grid[i] = readExpression(grid[i]);
    JsonReader parameters = from.get("parameters");
    if (parameters.getSize() > kMaxParameters)
      parameters.error("at most " + std::to_string(kMaxParameters) +
                       " parameters");
    for (size_t i = 0; i < parameters.getSize(); ++i)
      step.parameters.push_back(readParameter(parameters[i]));
  } else if (text == "memset") {
    from.expectMembers(
        {"kind", "when", "prepare", "buffer", "bytes", "value", "label"});
    step.kind = Step::Fill;
    step.to = readPlace(from.get("buffer"));
    step.bytes = readExpression(from.get("bytes"));
    step.value = static_cast<uint8_t>(from.get("value").getInteger(0, 255));
  } else if (text == "copy") {
    from.expectMembers(
        {"kind", "when", "prepare", "from", "to", "bytes", "label"});
    step.kind = Step::Copy;
    step.from = readPlace(from.get("from"));
    step.to = readPlace(from.get("to"));
    step.bytes = readExpression(from.get("bytes"));
  } else if (text == "check") {
    from.expectMembers(
        {"kind", "when", "prepare", "condition", "message", "label"});
    step.kind = Step::Check;
    step.condition = readExpression(from.get("condition"));
    step.message = from.get("message").getString();
  } else {
    kind.error("launch, memset, copy or check");
  }
  bool written = step.kind == Step::Fill || step.kind == Step::Copy;
  if (written &&
      (step.to.space == Space::Argument || step.to.space == Space::Constant))
    from.error("a result or the workspace to be written", "something else");
  return step;
}

void ProgramReader::checkSizes() {
  for (size_t i = 0; i < program.sizes.size(); ++i) {
    bool found = false;
    for (const Tensor &argument : program.arguments)
      for (const Expression &dimension : argument.shape)
        found |= dimension.getSymbol() == i;
    if (!found)
      reader.get("sizes")[i].error("a dimension of an argument");
  }
}

ProgramInfo ProgramReader::read() {
  program.name = reader.get("name").getString();
  JsonReader sizes = reader.get("sizes");
  for (size_t i = 0; i < sizes.getSize(); ++i) {
    std::string name = sizes[i].getString();
    bool word = !name.empty() && (name[0] < '0' || name[0] > '9') &&
                name[0] != '-' && name.find_first_of("() ") == name.npos;
    for (const std::string &other : program.sizes)
      word &= name != other;
    if (!word)
      sizes[i].error("a name that no other size has");
    program.sizes.push_back(name);
  }
  JsonReader results = reader.get("results");
  JsonReader arguments = reader.get("arguments");
  numResults = results.getSize();
  if (arguments.getSize() + numResults > kMaxTensors)
    reader.error("at most " + std::to_string(kMaxTensors) +
                     " arguments and results",
                 std::to_string(arguments.getSize() + numResults));
  for (size_t i = 0; i < arguments.getSize(); ++i)
    program.arguments.push_back(readTensor(arguments[i], /*isArgument=*/true));
  checkSizes();
  for (size_t i = 0; i < numResults; ++i)
    program.results.push_back(readTensor(results[i], /*isArgument=*/false));
  program.workspace = readExpression(reader.get("workspace"));
  if (auto constants = reader.find("constants"))
    for (size_t i = 0; i < constants->getSize(); ++i)
      program.constants.push_back(readConstant((*constants)[i]));
  JsonReader steps = reader.get("steps");
  for (size_t i = 0; i < steps.getSize(); ++i)
    program.steps.push_back(readStep(steps[i]));
  return std::move(program);
}

//===----------------------------------------------------------------------===//
// The manifest
//===----------------------------------------------------------------------===//

Manifest mhcrt::parseManifest(std::string_view text, const std::string &name) {
  nlohmann::json document = parseJson(text, name);
  JsonReader root(document, name + ": ");
  JsonReader version = root.get("version");
  int64_t number = version.getInteger(0, INT64_MAX);
  if (number != MHCRT_MANIFEST_VERSION)
    fail(MHCRT_WRONG_VERSION, version.getPlace() + ": expected " +
                                  std::to_string(MHCRT_MANIFEST_VERSION) +
                                  ", got " + std::to_string(number));
  Manifest manifest;
  manifest.chip = readChip(root.get("chip"));
  JsonReader files = root.get("files");
  for (size_t i = 0; i < files.getSize(); ++i)
    manifest.files.push_back(readFile(files[i]));
  JsonReader kernels = root.get("kernels");
  for (size_t i = 0; i < kernels.getSize(); ++i)
    manifest.kernels.push_back(readKernel(kernels[i], manifest.files));
  JsonReader programs = root.get("programs");
  for (size_t i = 0; i < programs.getSize(); ++i) {
    JsonReader program = programs[i];
    manifest.programs.push_back(
        ProgramReader(program, manifest.files, manifest.kernels).read());
    for (size_t j = 0; j < i; ++j)
      if (manifest.programs[j].name == manifest.programs[i].name)
        program.get("name").error("a name that no other program has");
  }
  return manifest;
}
