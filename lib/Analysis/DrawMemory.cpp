//===- DrawMemory.cpp - Pictures of memory over time ----------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Above, a panel or two of bytes alive over steps, on one scale; below, what a
// budget costs.
//
//===----------------------------------------------------------------------===//

#include "mhc/Analysis/DrawMemory.h"
#include "SvgCanvas.h"

#include "mlir/IR/Diagnostics.h"
#include "mlir/Support/FileUtilities.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/ToolOutputFile.h"

#include <cmath>

using namespace mlir;
using namespace mlir::mhc;
using Anchor = SvgCanvas::Anchor;

static constexpr StringLiteral kClasses = R"(
    .axis { fill: none; stroke: #59636e } .grid { fill: none; stroke: #d1d9e0; stroke-width: 0.6 }
    .boundary { fill: none; stroke: #1f2328; stroke-dasharray: 2 3 }
    .streams { fill: #54aeff } .aggregates { fill: #1f883d } .sublayers { fill: #a475f9 } .coefficients { fill: #6e7781 }
    .again { fill: #fb8f44 } .passing { fill: #f2cc60 } .gradients { fill: #d8dee4 }
    .limit { fill: none; stroke: #cf222e; stroke-width: 1.5; stroke-dasharray: 7 4 } .limit-text { fill: #a40e26; font-weight: bold }
    .best { fill: none; stroke: #0969da; stroke-width: 2 } .best-head { fill: #0969da } .best-text { fill: #0550ae }
    .chosen-head { fill: #bc4c00 } .chosen-text { fill: #953800; font-weight: bold }
    .other { fill: none; stroke: #8250df; stroke-dasharray: 2 3 } .other-head { fill: #8250df } .other-text { fill: #6639ba }
    .none { fill: #eff2f5 }
    .peak-head { fill: #1f2328 }
    .halo { font-weight: bold; stroke: #ffffff; stroke-width: 4; paint-order: stroke }
    @media (prefers-color-scheme: dark) {
      .axis { stroke: #9198a1 } .grid { stroke: #3d444d } .boundary { stroke: #e6edf3 }
      .streams { fill: #316dca } .aggregates { fill: #347d39 } .sublayers { fill: #8256d0 } .coefficients { fill: #768390 }
      .again { fill: #db6d28 } .passing { fill: #9e6a03 } .gradients { fill: #444c56 }
      .limit { stroke: #f85149 } .limit-text { fill: #ff7b72 }
      .best { stroke: #4493f8 } .best-head { fill: #4493f8 } .best-text { fill: #79c0ff }
      .chosen-head { fill: #f0883e } .chosen-text { fill: #ffa657 }
      .other { stroke: #ab7df8 } .other-head { fill: #ab7df8 } .other-text { fill: #d2a8ff }
      .none { fill: #21262d }
      .peak-head { fill: #e6edf3 }
      .halo { stroke: #0d1117 }
    }
)";

//===----------------------------------------------------------------------===//
// Numbers
//===----------------------------------------------------------------------===//

std::string mlir::mhc::formatBytes(int64_t bytes) {
  static constexpr StringLiteral kUnits[] = {"B",   "KiB", "MiB", "GiB",
                                             "TiB", "PiB", "EiB"};
  double number = static_cast<double>(bytes);
  unsigned unit = 0;
  // What would be rounded to 1024 is 1 of the next unit.
  while (std::abs(number) >= 1023.5 && unit + 1 < std::size(kUnits)) {
    number /= 1024;
    ++unit;
  }
  double size = std::abs(number);
  int digits = unit == 0 || size >= 99.95 ? 0 : size >= 9.995 ? 1 : 2;
  std::string text;
  llvm::raw_string_ostream(text) << llvm::format("%.*f", digits, number);
  if (digits > 0) {
    while (text.back() == '0')
      text.pop_back();
    if (text.back() == '.')
      text.pop_back();
  }
  return text + " " + kUnits[unit].str();
}

/// A power of two, so that at most `count` of them reach `most`.
static int64_t chooseTick(int64_t most, int64_t count) {
  return llvm::PowerOf2Ceil(llvm::divideCeil(most, count));
}

MemoryProfile::MemoryProfile(std::string title, const Liveness &liveness)
    : title(std::move(title)), backward(liveness.backward) {
  for (const LiveStep &step : liveness.steps)
    steps.push_back(step.bytes);
}

llvm::Expected<BudgetCurve>
mlir::mhc::computeBudgetCurve(const RecomputeChain &chain,
                              const RecomputeCost &chosen, int64_t streams) {
  auto best = solveCurve(chain);
  if (!best)
    return best.takeError();
  auto paper = solvePaperBlocks(chain, streams);
  if (!paper)
    return paper.takeError();
  auto atPaper = solveExact(chain, paper->cost.peak);
  if (!atPaper)
    return atPaper.takeError();
  // A sample of budgets, and those of the plans that are drawn.
  SmallVector<RecomputeCost> costs{atPaper->cost, chosen};
  for (const RecomputeSolution &solution : *best)
    costs.push_back(solution.cost);
  llvm::sort(costs, [](const RecomputeCost &a, const RecomputeCost &b) {
    return std::pair(a.peak, a.moved) < std::pair(b.peak, b.moved);
  });
  BudgetCurve curve;
  for (const RecomputeCost &cost : costs)
    if (curve.best.empty() || cost.moved < curve.best.back().moved)
      curve.best.push_back({cost.peak, cost.moved, ""});
  if (curve.best.back().moved == 0)
    curve.best.back().label = "everything kept";
  curve.others.push_back({paper->cost.peak, paper->cost.moved, "paper's rule"});
  curve.chosen = {chosen.peak, chosen.moved, "this plan"};
  return curve;
}

//===----------------------------------------------------------------------===//
// The picture
//===----------------------------------------------------------------------===//

namespace {
/// Part of the bytes of a step, with the colour of a class.
struct Layer {
  StringLiteral style, name;
};
constexpr Layer kLayers[] = {
    {"streams", "streams"},      {"aggregates", "aggregates"},
    {"sublayers", "sublayers"},  {"coefficients", "coefficients"},
    {"again", "computed again"}, {"passing", "forward alone"},
    {"gradients", "gradients"},
};
constexpr unsigned kLayerCount = std::size(kLayers);

using Stack = std::array<int64_t, kLayerCount>;

/// What lies above what.
Stack getLayers(const LiveBytes &bytes) {
  return {bytes.kept[static_cast<unsigned>(LiveKind::Streams)],
          bytes.kept[static_cast<unsigned>(LiveKind::Aggregates)],
          bytes.kept[static_cast<unsigned>(LiveKind::Sublayers)],
          bytes.kept[static_cast<unsigned>(LiveKind::Coefficients)],
          bytes.getRecomputed(),
          bytes.getPassing(),
          bytes.get(LiveKind::Gradients)};
}

class Drawing {
public:
  explicit Drawing(const MemoryPicture &picture) : picture(picture) {}

  void write(llvm::raw_ostream &os) {
    addTitle();
    if (!picture.profiles.empty())
      addProfiles();
    if (picture.curve)
      addCurve(*picture.curve);
    canvas.write(os, picture.title, kWidth, y + kMargin, kClasses);
  }

private:
  static constexpr int kWidth = 880, kMargin = 16, kScale = 78, kGap = 28,
                       kHeight = 230, kColumn = 2;

  int left() const { return kMargin + kScale; }
  int right() const { return kWidth - kMargin; }

  void addTitle() {
    y = kMargin + 12;
    canvas.text({kMargin, y}, picture.title, "title");
    y += 12;
  }

  // Bytes over steps.
  void addProfiles();
  void addLegend();
  void addProfile(const MemoryProfile &profile, int x, int width);
  void addAreas(const MemoryProfile &profile, int x, int width);
  void addBytesScale(int64_t most, int from, int to);
  int getHeight(int64_t bytes) const {
    return static_cast<int>(std::lround(kHeight * (bytes / scale)));
  }

  // What a budget costs.
  void addCurve(const BudgetCurve &curve);
  void addPoint(const BudgetPoint &point, StringRef style);
  int getCurveX(int64_t budget) const;
  int getCurveY(int64_t moved) const;

  const MemoryPicture &picture;
  SvgCanvas canvas;
  int y = 0;
  /// The bytes at the top of the panels, and where they stand.
  double scale = 1;
  int top = 0;
  bool hasBudget = false;
  double budgetScale = 1, movedScale = 1;
  int curveBottom = 0;
  /// The corners of the curve, and where words begin.
  SmallVector<Point> curvePoints, labels;
};
} // namespace

//===----------------------------------------------------------------------===//
// Bytes over steps
//===----------------------------------------------------------------------===//

void Drawing::addProfiles() {
  int64_t most = 1;
  for (const MemoryProfile &profile : picture.profiles) {
    for (const LiveBytes &bytes : profile.steps)
      most = std::max(most, bytes.getTotal());
    most = std::max(most, profile.budget.value_or(0));
    hasBudget |= profile.budget.has_value();
  }
  // Space for the word at the peak.
  scale = most * 1.12;
  addLegend();
  top = y + 38;
  y = top + kHeight;
  addBytesScale(most, left(), right());
  int count = picture.profiles.size();
  int width = (right() - left() - (count - 1) * kGap) / count;
  for (auto [index, profile] : llvm::enumerate(picture.profiles))
    addProfile(profile, left() + static_cast<int>(index) * (width + kGap),
               width);
  y += 30;
}

void Drawing::addLegend() {
  // What is nowhere to be seen needs no name.
  Stack largest{};
  for (const MemoryProfile &profile : picture.profiles)
    for (const LiveBytes &bytes : profile.steps)
      for (auto [all, one] : llvm::zip(largest, getLayers(bytes)))
        all = std::max(all, one);
  int x = kMargin;
  y += 8;
  for (auto [layer, bytes] : llvm::zip(kLayers, largest)) {
    if (bytes == 0)
      continue;
    int width = 17 + SvgCanvas::getTextWidth(layer.name);
    if (x + width > right()) {
      x = kMargin;
      y += SvgCanvas::kLine;
    }
    canvas.box({x, y}, 12, 12, layer.style, 2);
    canvas.text({x + 17, y + 10}, layer.name, "muted");
    x += width + 18;
  }
  y += 12;
}

void Drawing::addBytesScale(int64_t most, int from, int to) {
  int64_t tick = chooseTick(most, 5);
  for (int64_t bytes = 0; bytes <= most; bytes += tick) {
    int at = y - getHeight(bytes);
    canvas.line({{from, at}, {to, at}}, "grid", false);
    canvas.text({from - 8, at + 4}, bytes == 0 ? "0" : formatBytes(bytes),
                "muted", Anchor::End);
  }
}

/// The areas from the top one down, each as far as the axis: every one covers
/// the lower part of the one before.
void Drawing::addAreas(const MemoryProfile &profile, int x, int width) {
  size_t count = profile.steps.size();
  if (count == 0)
    return;
  // A column of pixels shows that of its steps with the most bytes.
  SmallVector<Stack> columns;
  for (int at = 0; at < width; at += kColumn) {
    size_t first = count * at / width;
    size_t last = std::max(first + 1, count * (at + kColumn) / width);
    const LiveBytes *most = &profile.steps[first];
    for (size_t step = first; step < std::min(last, count); ++step)
      if (profile.steps[step].getTotal() > most->getTotal())
        most = &profile.steps[step];
    columns.push_back(getLayers(*most));
  }
  for (unsigned layer = kLayerCount; layer-- > 0;) {
    std::string commands;
    llvm::raw_string_ostream os(commands);
    os << "M" << x << "," << y;
    int height = 0, run = 0;
    bool isEmpty = true;
    for (auto [index, column] : llvm::enumerate(columns)) {
      int64_t sum = 0;
      for (unsigned below = 0; below <= layer; ++below)
        sum += column[below];
      isEmpty &= column[layer] == 0;
      int next = getHeight(sum);
      if (next != height) {
        if (run > 0)
          os << "h" << run;
        os << "v" << height - next;
        run = 0;
        height = next;
      }
      run += std::min(kColumn, width - static_cast<int>(index) * kColumn);
    }
    os << "h" << run << "V" << y << "z";
    if (!isEmpty)
      canvas.path(commands, kLayers[layer].style);
  }
}

void Drawing::addProfile(const MemoryProfile &profile, int x, int width) {
  size_t count = profile.steps.size();
  canvas.text({x, top - 10}, profile.title, "strong");
  addAreas(profile, x, width);
  canvas.line({{x, y}, {x + width, y}}, "axis", false);
  auto getX = [&](double step) {
    return x + static_cast<int>(std::lround(width * step / count));
  };
  if (count > 0 && profile.backward < count) {
    int middle = getX(profile.backward);
    canvas.line({{middle, y + 18}, {middle, top}}, "boundary", false);
    if (profile.backward > 0)
      canvas.text({(x + middle) / 2, y + 16}, "forward", "muted",
                  Anchor::Middle);
    canvas.text({(middle + x + width) / 2, y + 16}, "backward", "muted",
                Anchor::Middle);
  }
  if (count == 0)
    return;
  // What a budget is about, if there is one.
  auto measure = [&](const LiveBytes &bytes) {
    return hasBudget ? bytes.getActivations() : bytes.getTotal();
  };
  auto peak = llvm::max_element(profile.steps,
                                [&](const LiveBytes &a, const LiveBytes &b) {
                                  return measure(a) < measure(b);
                                });
  Point at{getX(peak - profile.steps.begin() + 0.5),
           y - getHeight(measure(*peak))};
  if (profile.budget) {
    int height = y - getHeight(*profile.budget);
    canvas.line({{x, height}, {x + width, height}}, "limit", false);
    // On the side where the peak is not.
    bool isLeft = at.x > x + width / 2;
    canvas.text({isLeft ? x + 4 : x + width - 4, height - 6},
                "budget " + formatBytes(*profile.budget), "limit-text",
                isLeft ? Anchor::Start : Anchor::End);
  }
  std::string text =
      (hasBudget ? "activations " : "peak ") + formatBytes(measure(*peak));
  int half = SvgCanvas::getTextWidth(text) / 2;
  canvas.dot(at, "peak");
  canvas.text({std::clamp(at.x, x + half, x + width - half),
               y - getHeight(peak->getTotal()) - 8},
              text, "halo", Anchor::Middle);
}

//===----------------------------------------------------------------------===//
// What a budget costs
//===----------------------------------------------------------------------===//

int Drawing::getCurveX(int64_t budget) const {
  return left() + static_cast<int>(
                      std::lround((right() - left()) * (budget / budgetScale)));
}

int Drawing::getCurveY(int64_t moved) const {
  return curveBottom -
         static_cast<int>(std::lround(kHeight * (moved / movedScale)));
}

void Drawing::addPoint(const BudgetPoint &point, StringRef style) {
  Point at{getCurveX(point.budget), getCurveY(point.moved)};
  canvas.dot(at, style);
  if (point.label.empty())
    return;
  std::string text = point.label + ": " + formatBytes(point.budget) +
                     ", moves " + formatBytes(point.moved);
  int width = SvgCanvas::getTextWidth(text);
  Point place{std::min(at.x + 8, right() - width), at.y - 8};
  // Above the curve, which falls, and not over another word.
  for (Point corner : curvePoints)
    if (corner.x >= place.x - 8) {
      place.y = std::min(place.y, corner.y - 8);
      break;
    }
  for (bool isMoved = true; isMoved;) {
    isMoved = false;
    for (Point other : labels)
      if (std::abs(other.y - place.y) < SvgCanvas::kLine) {
        place.y = other.y - SvgCanvas::kLine;
        isMoved = true;
      }
  }
  labels.push_back(place);
  canvas.text(place, text, (style + "-text").str());
}

void Drawing::addCurve(const BudgetCurve &curve) {
  std::vector<BudgetPoint> all = curve.best;
  llvm::append_range(all, curve.others);
  if (curve.chosen)
    all.push_back(*curve.chosen);
  int64_t largest = 1, most = 1;
  for (const BudgetPoint &point : all) {
    largest = std::max(largest, point.budget);
    most = std::max(most, point.moved);
  }
  budgetScale = largest * 1.06;
  movedScale = most * 1.2;
  y += 18;
  canvas.text({left(), y + 4},
              "bytes that are moved to compute again, by budget", "strong");
  int curveTop = y + 18;
  y = curveBottom = curveTop + kHeight;
  if (!curve.best.empty()) {
    int first = getCurveX(curve.best.front().budget);
    canvas.box({left(), curveTop}, first - left(), kHeight, "none", 0);
    if (StringRef text = "no plan"; first - left() > 70)
      canvas.text({(left() + first) / 2, curveTop + kHeight / 2}, text, "muted",
                  Anchor::Middle);
  }
  int64_t tick = chooseTick(most, 5);
  for (int64_t moved = 0; moved <= most; moved += tick) {
    canvas.line({{left(), getCurveY(moved)}, {right(), getCurveY(moved)}},
                "grid", false);
    canvas.text({left() - 8, getCurveY(moved) + 4},
                moved == 0 ? "0" : formatBytes(moved), "muted", Anchor::End);
  }
  tick = chooseTick(largest, 8);
  for (int64_t budget = 0; budget <= largest; budget += tick) {
    canvas.line({{getCurveX(budget), y}, {getCurveX(budget), y + 4}}, "axis",
                false);
    canvas.text({getCurveX(budget), y + 18},
                budget == 0 ? "0" : formatBytes(budget), "muted",
                budget == 0 ? Anchor::Start : Anchor::Middle);
  }
  canvas.line({{left(), y}, {right(), y}}, "axis", false);
  y += 36;
  canvas.text({(left() + right()) / 2, y}, "bytes of activations alive at once",
              "muted", Anchor::Middle);
  for (const BudgetPoint &point : curve.best) {
    Point at{getCurveX(point.budget), getCurveY(point.moved)};
    if (!curvePoints.empty())
      curvePoints.push_back({at.x, curvePoints.back().y});
    curvePoints.push_back(at);
  }
  if (!curvePoints.empty()) {
    curvePoints.push_back({right(), curvePoints.back().y});
    canvas.line(curvePoints, "best", false);
  }
  // From another plan down to the best one within its bytes.
  for (const BudgetPoint &point : curve.others) {
    auto next = llvm::find_if(curve.best, [&](const BudgetPoint &other) {
      return other.budget > point.budget;
    });
    if (next != curve.best.begin() && !curve.best.empty()) {
      Point from{getCurveX(point.budget), getCurveY(point.moved)};
      int64_t moved = std::prev(next)->moved;
      canvas.line({from, {from.x, getCurveY(moved)}}, "other", false);
    }
  }
  for (const BudgetPoint &point : curve.best)
    if (!point.label.empty())
      addPoint(point, "best");
  for (const BudgetPoint &point : curve.others)
    addPoint(point, "other");
  if (curve.chosen)
    addPoint(*curve.chosen, "chosen");
}

//===----------------------------------------------------------------------===//
// Files
//===----------------------------------------------------------------------===//

void mlir::mhc::drawMemory(llvm::raw_ostream &os,
                           const MemoryPicture &picture) {
  Drawing(picture).write(os);
}

LogicalResult mlir::mhc::writeMemoryPicture(Location loc, StringRef option,
                                            StringRef file,
                                            const MemoryPicture &picture) {
  std::string error;
  std::unique_ptr<llvm::ToolOutputFile> output = openOutputFile(file, &error);
  if (!output)
    return emitError(loc, "expected '")
           << option << "' to be a file that can be written, got '" << file
           << "': " << error;
  drawMemory(output->os(), picture);
  output->os().flush();
  if (output->os().has_error()) {
    InFlightDiagnostic diagnostic =
        emitError(loc, "expected to write '")
        << file << "', got: " << output->os().error().message();
    output->os().clear_error();
    return diagnostic;
  }
  output->keep();
  return success();
}
