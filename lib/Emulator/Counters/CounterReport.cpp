//===- CounterReport.cpp - Counters for programs and readers --------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Counters/CounterReport.h"
#include "Counters/L2Cache.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Format.h"

#include <algorithm>

using namespace llvm;

namespace mhc::emulator {

void CounterReport::add(StringRef kernel, const Counters &counters,
                        function_ref<std::string(uint32_t)> getBufferName) {
  auto it = find_if(kernels, [&](const KernelCounters &known) {
    return known.name == kernel;
  });
  if (it == kernels.end()) {
    kernels.push_back({kernel.str(), {}, {}});
    it = std::prev(kernels.end());
  }
  it->counters += counters;
  // From here on buffers go by name.
  it->counters.buffers.clear();
  it->counters.unknownBuffer = {};
  for (auto [buffer, traffic] : enumerate(counters.buffers))
    if (!traffic.isZero())
      it->buffers[getBufferName(buffer)] += traffic;
  if (!counters.unknownBuffer.isZero())
    it->buffers["unknown"] += counters.unknownBuffer;
}

const KernelCounters *CounterReport::lookup(StringRef kernel) const {
  for (const KernelCounters &known : kernels)
    if (known.name == kernel)
      return &known;
  return nullptr;
}

KernelCounters CounterReport::getSum() const {
  KernelCounters sum;
  sum.name = "sum";
  for (const KernelCounters &kernel : kernels) {
    sum.counters += kernel.counters;
    for (const auto &[name, traffic] : kernel.buffers)
      sum.buffers[name] += traffic;
  }
  return sum;
}

//===----------------------------------------------------------------------===//
// JSON
//===----------------------------------------------------------------------===//

static json::Object toObject(const KernelCounters &kernel) {
  json::Object object;
  auto getGroup = [&](StringRef name) -> json::Object & {
    json::Value &group =
        object.try_emplace(name.str(), json::Object()).first->second;
    return *group.getAsObject();
  };
  visitCounters(kernel.counters,
                [&](StringRef group, StringRef name, uint64_t value) {
                  getGroup(group)[name.str()] = value;
                });
  auto addRatio = [&](StringRef group, const GlobalTraffic &traffic) {
    if (traffic.requests != 0)
      getGroup(group)["sectors_per_request"] =
          static_cast<double>(traffic.sectors) /
          static_cast<double>(traffic.requests);
  };
  addRatio("global_reads", kernel.counters.globalReads);
  addRatio("global_writes", kernel.counters.globalWrites);
  addRatio("global_atomics", kernel.counters.globalAtomics);

  json::Object &tensorCore = getGroup("tensor_core_ops");
  for (const auto &[shape, count] : kernel.counters.tensorCoreOps)
    tensorCore[shape] = count;
  json::Object &buffers = getGroup("buffers");
  for (const auto &[name, traffic] : kernel.buffers) {
    json::Object buffer;
    visitTraffic(traffic, [&](StringRef key, uint64_t value) {
      buffer[key.str()] = value;
    });
    buffers[json::fixUTF8(name)] = std::move(buffer);
  }
  return object;
}

json::Value CounterReport::toJSON() const {
  json::Array list;
  for (const KernelCounters &kernel : kernels) {
    json::Object object = toObject(kernel);
    object["name"] = json::fixUTF8(kernel.name);
    list.push_back(std::move(object));
  }
  return json::Object{
      {"version", 1},
      {"l2", json::Object{{"bytes", l2Bytes},
                          {"line_bytes", kLineBytes},
                          {"sector_bytes", kSectorBytes},
                          {"flushed_between_launches", flushL2}}},
      {"kernels", std::move(list)},
      {"sum", toObject(getSum())},
  };
}

//===----------------------------------------------------------------------===//
// Tables
//===----------------------------------------------------------------------===//

/// 1234567 as 1,234,567.
static std::string formatCount(uint64_t value) {
  std::string text = std::to_string(value);
  for (size_t position = text.size(); position > 3;) {
    position -= 3;
    text.insert(position, 1, ',');
  }
  return text;
}

static std::string formatRatio(double numerator, double denominator) {
  std::string text;
  raw_string_ostream(text) << format("%.2f", numerator / denominator);
  return text;
}

namespace {
/// A line of the first table: its label, and a cell for each kernel, which is
/// empty for a number that is 0.
struct Row {
  std::string label;
  SmallVector<std::string> cells;
};

using Rows = std::vector<Row>;
} // namespace

static void addCount(Rows &rows, ArrayRef<KernelCounters> kernels,
                     const Twine &label,
                     function_ref<uint64_t(const Counters &)> get) {
  Row row{label.str(), {}};
  bool any = false;
  for (const KernelCounters &kernel : kernels) {
    const uint64_t value = get(kernel.counters);
    any |= value != 0;
    row.cells.push_back(value == 0 ? "0" : formatCount(value));
  }
  if (any)
    rows.push_back(std::move(row));
}

static void
addRatio(Rows &rows, ArrayRef<KernelCounters> kernels, const Twine &label,
         function_ref<std::pair<double, double>(const Counters &)> get) {
  Row row{label.str(), {}};
  bool any = false;
  for (const KernelCounters &kernel : kernels) {
    auto [numerator, denominator] = get(kernel.counters);
    any |= denominator != 0;
    row.cells.push_back(denominator == 0 ? "-"
                                         : formatRatio(numerator, denominator));
  }
  if (any)
    rows.push_back(std::move(row));
}

static void addGlobal(Rows &rows, ArrayRef<KernelCounters> kernels,
                      StringRef label, GlobalTraffic Counters::*traffic) {
  addCount(rows, kernels, "global " + label + ", requests",
           [&](const Counters &c) { return (c.*traffic).requests; });
  addCount(rows, kernels, "  bytes asked for",
           [&](const Counters &c) { return (c.*traffic).bytes; });
  addRatio(rows, kernels, "  sectors a request", [&](const Counters &c) {
    return std::pair<double, double>((c.*traffic).sectors,
                                     (c.*traffic).requests);
  });
  addRatio(rows, kernels, "  % of sectors used", [&](const Counters &c) {
    return std::pair<double, double>(100.0 * (c.*traffic).bytes,
                                     kSectorBytes * (c.*traffic).sectors);
  });
}

static void addShared(Rows &rows, ArrayRef<KernelCounters> kernels,
                      StringRef label, SharedTraffic Counters::*traffic) {
  addCount(rows, kernels, "shared " + label + ", requests",
           [&](const Counters &c) { return (c.*traffic).requests; });
  addCount(rows, kernels, "  bytes",
           [&](const Counters &c) { return (c.*traffic).bytes; });
  addCount(rows, kernels, "  wavefronts",
           [&](const Counters &c) { return (c.*traffic).wavefronts; });
  addCount(rows, kernels, "  bank conflicts",
           [&](const Counters &c) { return (c.*traffic).bankConflicts; });
}

static void addPlain(Rows &rows, ArrayRef<KernelCounters> kernels,
                     StringRef label, PlainTraffic Counters::*traffic) {
  addCount(rows, kernels, label + ", requests",
           [&](const Counters &c) { return (c.*traffic).requests; });
  addCount(rows, kernels, "  bytes",
           [&](const Counters &c) { return (c.*traffic).bytes; });
}

static Rows makeRows(ArrayRef<KernelCounters> kernels) {
  Rows rows;
  auto count = [&](const Twine &label, uint64_t Counters::*member) {
    addCount(rows, kernels, label,
             [&](const Counters &c) { return c.*member; });
  };
  count("launches", &Counters::launches);
  count("CTAs", &Counters::ctas);
  count("threads", &Counters::threads);
  count("instructions x lanes", &Counters::laneInstructions);
  count("instructions of warps", &Counters::warpInstructions);
  addGlobal(rows, kernels, "reads", &Counters::globalReads);
  addGlobal(rows, kernels, "writes", &Counters::globalWrites);
  addGlobal(rows, kernels, "atomics", &Counters::globalAtomics);
  addRatio(rows, kernels, "L2 hits, % of sectors", [](const Counters &c) {
    return std::pair<double, double>(100.0 * c.l2Hits, c.l2Sectors);
  });
  count("device memory, bytes read", &Counters::deviceBytesRead);
  count("device memory, bytes written", &Counters::deviceBytesWritten);
  addShared(rows, kernels, "reads", &Counters::sharedReads);
  addShared(rows, kernels, "writes", &Counters::sharedWrites);
  addShared(rows, kernels, "atomics", &Counters::sharedAtomics);
  addPlain(rows, kernels, "distributed shared reads",
           &Counters::distributedReads);
  addPlain(rows, kernels, "distributed shared writes",
           &Counters::distributedWrites);
  addPlain(rows, kernels, "distributed shared atomics",
           &Counters::distributedAtomics);
  addPlain(rows, kernels, "local reads", &Counters::localReads);
  addPlain(rows, kernels, "local writes", &Counters::localWrites);
  addPlain(rows, kernels, "constant reads", &Counters::constantReads);
  count("cp.async copies of lanes", &Counters::asyncCopies);
  count("  bytes", &Counters::asyncCopyBytes);
  count("bulk copies", &Counters::bulkCopies);
  count("  bytes", &Counters::bulkCopyBytes);
  count("CTA barriers of warps", &Counters::ctaBarriers);
  count("warp barriers", &Counters::warpBarriers);
  count("cluster barriers of warps", &Counters::clusterBarriers);
  count("mbarrier waits of warps", &Counters::mbarrierWaits);
  count("shuffles", &Counters::shuffles);
  count("other collectives", &Counters::otherCollectives);

  std::vector<std::string> shapes;
  for (const KernelCounters &kernel : kernels)
    for (const auto &entry : kernel.counters.tensorCoreOps)
      shapes.push_back(entry.first);
  llvm::sort(shapes);
  shapes.erase(llvm::unique(shapes), shapes.end());
  for (const std::string &shape : shapes)
    addCount(rows, kernels, "tensor core " + shape, [&](const Counters &c) {
      auto it = c.tensorCoreOps.find(shape);
      return it == c.tensorCoreOps.end() ? 0 : it->second;
    });
  return rows;
}

/// Prints lines of cells in columns, the first `numLeft` to the left.
static void printAligned(raw_ostream &os,
                         ArrayRef<SmallVector<std::string>> lines,
                         unsigned numLeft) {
  SmallVector<size_t> widths;
  for (ArrayRef<std::string> line : lines) {
    widths.resize(std::max(widths.size(), line.size()), 0);
    for (auto [width, cell] : zip(widths, line))
      width = std::max(width, cell.size());
  }
  for (ArrayRef<std::string> line : lines) {
    std::string text;
    raw_string_ostream out(text);
    for (auto [index, cell] : enumerate(line)) {
      out << "  ";
      if (index < numLeft)
        out << left_justify(cell, widths[index]);
      else
        out << right_justify(cell, widths[index]);
    }
    os << StringRef(text).rtrim() << '\n';
  }
}

void CounterReport::print(raw_ostream &os) const {
  if (kernels.empty()) {
    os << "no kernel was launched\n";
    return;
  }
  std::vector<KernelCounters> columns = kernels;
  if (columns.size() > 1)
    columns.push_back(getSum());
  const Rows rows = makeRows(columns);

  // As many kernels side by side as fit.
  constexpr size_t maxWidth = 100;
  size_t labelWidth = 0;
  for (const Row &row : rows)
    labelWidth = std::max(labelWidth, row.label.size());
  for (size_t begin = 0; begin != columns.size();) {
    size_t end = begin, width = 2 + labelWidth;
    while (end != columns.size()) {
      size_t columnWidth = columns[end].name.size();
      for (const Row &row : rows)
        columnWidth = std::max(columnWidth, row.cells[end].size());
      width += 2 + columnWidth;
      if (end != begin && width > maxWidth)
        break;
      ++end;
    }
    SmallVector<SmallVector<std::string>> lines;
    lines.push_back({"kernel"});
    for (size_t column = begin; column != end; ++column)
      lines.back().push_back(columns[column].name);
    for (const Row &row : rows) {
      lines.push_back({row.label});
      lines.back().append(row.cells.begin() + begin, row.cells.begin() + end);
    }
    printAligned(os, lines, 1);
    os << '\n';
    begin = end;
  }

  SmallVector<SmallVector<std::string>> lines;
  lines.push_back({"kernel", "buffer", "bytes read", "written", "by atomics",
                   "from device", "to device"});
  for (const KernelCounters &kernel : kernels)
    for (const auto &[name, traffic] : kernel.buffers)
      lines.push_back({kernel.name, name, formatCount(traffic.bytesRead),
                       formatCount(traffic.bytesWritten),
                       formatCount(traffic.bytesAtomic),
                       formatCount(traffic.deviceBytesRead),
                       formatCount(traffic.deviceBytesWritten)});
  if (lines.size() == 1)
    return;
  printAligned(os, lines, 2);
  os << '\n';
}

} // namespace mhc::emulator
