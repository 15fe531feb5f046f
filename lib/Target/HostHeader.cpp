//===- HostHeader.cpp - A C header for programs ---------------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "HostInterface.h"

#include "llvm/ADT/StringSet.h"

using namespace mlir;
using namespace mlir::mhc;

std::string mlir::mhc::getCName(StringRef name) {
  std::string result;
  for (char c : name)
    result += llvm::isAlnum(c) || c == '_' ? c : '_';
  if (result.empty() || llvm::isDigit(result.front()))
    result.insert(result.begin(), '_');
  return result;
}

/// Words that C, C++ or the functions' other parameters have a meaning for.
static bool isTaken(StringRef name) {
  static const llvm::StringSet<> words = {
      "alignas",   "alignof",  "and",       "asm",
      "auto",      "bool",     "break",     "case",
      "catch",     "char",     "class",     "const",
      "continue",  "default",  "delete",    "do",
      "double",    "else",     "enum",      "explicit",
      "export",    "extern",   "false",     "float",
      "for",       "friend",   "goto",      "if",
      "inline",    "int",      "long",      "mutable",
      "namespace", "new",      "not",       "operator",
      "or",        "private",  "protected", "public",
      "register",  "restrict", "return",    "short",
      "signed",    "sizeof",   "static",    "struct",
      "switch",    "template", "this",      "throw",
      "true",      "try",      "typedef",   "typename",
      "union",     "unsigned", "using",     "virtual",
      "void",      "volatile", "while",     "xor",
      "module",    "stream",   "workspace", "workspace_bytes",
      "flags",     "error",    "arguments", "results",
      "bytes"};
  return words.contains(name);
}

HostInterface::HostInterface(const DeviceProgram &program) {
  llvm::StringSet<> names;
  auto add = [&](StringRef name) {
    std::string base = getCName(name), result = base;
    for (unsigned number = 1; isTaken(result) || !names.insert(result).second;
         ++number)
      result = base + "_" + std::to_string(number);
    return result;
  };
  for (const std::string &size : program.sizes)
    sizes.push_back(add(size));
  for (const ProgramTensor &tensor : program.arguments)
    arguments.push_back(add(tensor.name));
  for (const ProgramTensor &tensor : program.results)
    results.push_back(add(tensor.name));
  arrays = arguments.size() + results.size() > kMostParameters;
}

SmallVector<std::string> mlir::mhc::getFunctionNames(const Package &package,
                                                     StringRef prefix) {
  llvm::StringSet<> names;
  names.insert((prefix + "_load").str());
  SmallVector<std::string> result;
  for (const DeviceProgram &program : package.programs.programs) {
    std::string base = (prefix + "_" + getCName(program.name)).str();
    std::string name = base;
    for (unsigned number = 1;
         names.contains(name) || names.contains(name + "_workspace_bytes");
         ++number)
      name = base + "_" + std::to_string(number);
    names.insert(name);
    names.insert(name + "_workspace_bytes");
    result.push_back(std::move(name));
  }
  return result;
}

//===----------------------------------------------------------------------===//
// Comments
//===----------------------------------------------------------------------===//

/// An expression as C would have it, which readers of headers know.
static std::string printInfix(const SizeExpr &expr, bool nested = false);

static std::string printAtom(const SizeAtom &atom) {
  auto operand = [&](unsigned index) {
    return printInfix(atom.operands[index], /*nested=*/true);
  };
  auto call = [&](StringRef name) {
    std::string text = name.str() + "(";
    for (auto [index, value] : llvm::enumerate(atom.operands))
      text += (index ? ", " : "") + printInfix(value);
    return text + ")";
  };
  auto binary = [&](StringRef op) {
    return "(" + operand(0) + " " + op.str() + " " + operand(1) + ")";
  };
  switch (atom.op) {
  case SizeOp::Symbol:
    return atom.text;
  case SizeOp::FloorDiv:
    return binary("/");
  case SizeOp::CeilDiv:
    return call("ceildiv");
  case SizeOp::Mod:
    return binary("%");
  case SizeOp::Min:
    return call("min");
  case SizeOp::Max:
    return call("max");
  case SizeOp::Less:
    return binary("<");
  case SizeOp::LessEqual:
    return binary("<=");
  case SizeOp::Equal:
    return binary("==");
  case SizeOp::NotEqual:
    return binary("!=");
  case SizeOp::And:
    return binary("&&");
  case SizeOp::Or:
    return binary("||");
  case SizeOp::Select:
    return "(" + operand(0) + " ? " + operand(1) + " : " + operand(2) + ")";
  }
  llvm_unreachable("unknown operation");
}

static std::string printInfix(const SizeExpr &expr, bool nested) {
  if (expr.getTerms().empty())
    return "0";
  std::string text;
  for (const SizeExpr::Term &term : expr.getTerms()) {
    int64_t coefficient = term.coefficient;
    if (!text.empty()) {
      text += coefficient < 0 ? " - " : " + ";
      coefficient = coefficient < 0 ? -coefficient : coefficient;
    }
    SmallVector<std::string> factors;
    if (coefficient != 1 || term.factors.empty())
      factors.push_back(std::to_string(coefficient));
    for (const SizeAtom *factor : term.factors)
      factors.push_back(printAtom(*factor));
    text += llvm::join(factors, " * ");
  }
  bool isSum = expr.getTerms().size() > 1;
  return nested && isSum ? "(" + text + ")" : text;
}

/// "bf16 [d0, 4, 4096]"
static std::string printType(const ProgramTensor &tensor) {
  std::string text = tensor.type + " [";
  for (auto [index, size] : llvm::enumerate(tensor.shape))
    text += (index ? ", " : "") + printInfix(size);
  return text + "]";
}

/// Where a size is found: "dimension 0 of x".
static std::string findSize(const DeviceProgram &program, StringRef size) {
  for (const ProgramTensor &tensor : program.arguments)
    for (auto [index, dimension] : llvm::enumerate(tensor.shape))
      if (dimension.getSymbol() == size)
        return "dimension " + std::to_string(index) + " of " + tensor.name;
  return "";
}

/// A comment cannot hold its own end.
static std::string toComment(StringRef text) {
  std::string result = text.str();
  for (size_t at = 0; (at = result.find("*/", at)) != std::string::npos;)
    result.replace(at, 2, "* /");
  llvm::replace(result, '\n', ' ');
  return result;
}

//===----------------------------------------------------------------------===//
// The header
//===----------------------------------------------------------------------===//

static void printSizes(const HostInterface &interface, raw_ostream &os) {
  for (const std::string &size : interface.sizes)
    os << "int64_t " << size << ", ";
}

static void printProgram(const DeviceProgram &program, StringRef function,
                         const Package &package, raw_ostream &os) {
  HostInterface interface(program);
  std::string capital = function.upper();

  os << "/* " << toComment(program.name) << "\n";
  auto line = [&](StringRef cName, const std::string &text) {
    os << "     " << llvm::left_justify(cName, 16) << " " << toComment(text)
       << "\n";
  };
  if (!program.sizes.empty()) {
    os << "   Sizes, of at least 0:\n";
    for (auto [cName, size] : llvm::zip_equal(interface.sizes, program.sizes))
      line(cName, findSize(program, size));
  }
  if (!program.arguments.empty())
    os << "   Arguments:\n";
  for (auto [cName, tensor] :
       llvm::zip_equal(interface.arguments, program.arguments)) {
    std::string text = printType(tensor);
    if (!tensor.comment.empty())
      text += ": " + tensor.comment;
    for (unsigned result : tensor.mayAlias)
      text += "; may be the memory of " + interface.results[result];
    line(cName, text);
  }
  if (!program.results.empty())
    os << "   Results:\n";
  for (auto [cName, tensor] :
       llvm::zip_equal(interface.results, program.results))
    line(cName, printType(tensor) +
                    (tensor.comment.empty() ? "" : ": " + tensor.comment));
  os << "   Workspace, in bytes: " << toComment(printInfix(program.workspace))
     << "\n   Kernels:";
  llvm::StringSet<> labels;
  for (const ProgramStep &step : program.steps)
    if (step.kind == ProgramStep::Launch) {
      StringRef label = package.programs.kernels[step.kernel].label;
      if (labels.insert(label).second)
        os << (labels.size() == 1 ? " " : ", ") << toComment(label);
    }
  os << (labels.empty() ? " none" : "") << " */\n";

  os << "mhcrt_status " << function << "_workspace_bytes(\n    "
     << "const mhcrt_module *module, ";
  printSizes(interface, os);
  os << "uint64_t *bytes,\n    mhcrt_error *error);\n";
  if (interface.arrays) {
    // By position in arrays; these are the positions.
    auto print = [&](StringRef what, ArrayRef<std::string> names) {
      os << "enum {\n";
      for (auto [index, entry] : llvm::enumerate(names))
        os << "  " << capital << "_" << what << "_" << entry << " = " << index
           << ",\n";
      os << "  " << capital << "_NUM_" << what << "S = " << names.size()
         << "\n};\n";
    };
    print("ARGUMENT", interface.arguments);
    print("RESULT", interface.results);
  }
  os << "mhcrt_status " << function
     << "(\n    const mhcrt_module *module, void *stream,\n    ";
  for (const std::string &size : interface.sizes)
    os << "int64_t " << size << ",\n    ";
  if (interface.arrays) {
    os << "void *const *arguments, void *const *results,\n    ";
  } else {
    for (const std::string &argument : interface.arguments)
      os << "const void *" << argument << ",\n    ";
    for (const std::string &result : interface.results)
      os << "void *" << result << ",\n    ";
  }
  os << "void *workspace, uint64_t workspace_bytes, uint32_t flags,\n"
     << "    mhcrt_error *error);\n\n";
}

void mlir::mhc::printHeader(const Package &package, StringRef name,
                            raw_ostream &os) {
  std::string prefix = getCName(name);
  std::string guard = "MHC_COMPILED_" + StringRef(prefix).upper() + "_H";
  os << "/* " << toComment(name) << ".h - programs for " << package.chip
     << ", written by mhc-compile.\n"
     << " *\n"
     << " * Link the object of the same name, and libmhcrt. All pointers to\n"
     << " * tensors and workspaces are addresses on the device, of row-major\n"
     << " * tensors, at multiples of MHCRT_ALIGNMENT bytes. A launch enqueues\n"
     << " * its kernels on `stream` (a CUstream, null for the default one) "
        "and\n"
     << " * returns; `flags` are mhcrt_launch_flags, 0 for a whole launch;\n"
     << " * `error` may be null. What can fail, and when the workspace has to\n"
     << " * stay as it is: mhcrt_launch.\n"
     << " */\n\n"
     << "#ifndef " << guard << "\n#define " << guard << "\n\n"
     << "#include \"mhc/Runtime/mhcrt.h\"\n\n"
     << "#ifdef __cplusplus\nextern \"C\" {\n#endif\n\n"
     << "/* Loads all programs onto a device; mhcrt_unload ends that. A null\n"
     << "   `device` stands for the current context's, or GPU 0. */\n"
     << "mhcrt_status " << prefix
     << "_load(mhcrt_device *device, mhcrt_module **module,\n"
     << "    mhcrt_error *error);\n\n";
  for (auto [program, function] : llvm::zip_equal(
           package.programs.programs, getFunctionNames(package, prefix)))
    printProgram(program, function, package, os);
  os << "#ifdef __cplusplus\n}\n#endif\n\n#endif /* " << guard << " */\n";
}
