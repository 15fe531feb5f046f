//===- SvgCanvas.cpp - Shapes of a picture --------------------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "SvgCanvas.h"

using namespace mlir;
using namespace mlir::mhc;

/// Of a 12 pixel monospaced font, a little more than most have.
static constexpr double kCharacter = 7.4;

static constexpr StringLiteral kStyle = R"(
    text { font: 12px ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; fill: #1f2328 }
    .title { font-weight: bold; font-size: 14px }
    .strong { font-weight: bold }
    .muted { fill: #59636e }
    .page { fill: #ffffff }
    .kernel { fill: #f6f8fa; stroke: #d1d9e0 }
    .sweep { fill: #ddf4ff; stroke: #0969da; stroke-width: 1.5 }
    .token { fill: #fff8c5; stroke: #9a6700 }
    .row, .kept, .sum, .total { fill: none; stroke-width: 1.8 }
    .row { stroke: #0969da }
    .kept { stroke: #8250df; stroke-dasharray: 5 4 }
    .sum { stroke: #9a6700 }
    .total { stroke: #1a7f37 }
    .row-head { fill: #0969da } .kept-head { fill: #8250df } .sum-head { fill: #9a6700 } .total-head { fill: #1a7f37 }
    .row-text { fill: #0550ae } .kept-text { fill: #6639ba } .sum-text { fill: #7d4e00 } .total-text { fill: #116329 }
    @media (prefers-color-scheme: dark) {
      text { fill: #e6edf3 }
      .muted { fill: #9198a1 }
      .page { fill: #0d1117 }
      .kernel { fill: #151b23; stroke: #3d444d }
      .sweep { fill: #121d2f; stroke: #4493f8 }
      .token { fill: #272115; stroke: #d29922 }
      .row { stroke: #4493f8 } .kept { stroke: #ab7df8 } .sum { stroke: #d29922 } .total { stroke: #3fb950 }
      .row-head { fill: #4493f8 } .kept-head { fill: #ab7df8 } .sum-head { fill: #d29922 } .total-head { fill: #3fb950 }
      .row-text { fill: #79c0ff } .kept-text { fill: #d2a8ff } .sum-text { fill: #e3b341 } .total-text { fill: #56d364 }
    }
)";

static std::string escape(StringRef text) {
  std::string escaped;
  for (char c : text)
    switch (c) {
    case '&':
      escaped += "&amp;";
      break;
    case '<':
      escaped += "&lt;";
      break;
    case '>':
      escaped += "&gt;";
      break;
    case '"':
      escaped += "&quot;";
      break;
    default:
      // Other control characters are none of XML's.
      escaped += static_cast<unsigned char>(c) < 0x20 ? '?' : c;
    }
  return escaped;
}

int SvgCanvas::getTextWidth(StringRef text) {
  // Bytes that start a character.
  int count = llvm::count_if(text, [](char c) { return (c & 0xC0) != 0x80; });
  return static_cast<int>(count * kCharacter + 1);
}

void SvgCanvas::box(Point topLeft, int width, int height, StringRef style,
                    int radius) {
  llvm::raw_string_ostream(shapes)
      << "  <rect class=\"" << style << "\" x=\"" << topLeft.x << "\" y=\""
      << topLeft.y << "\" width=\"" << width << "\" height=\"" << height
      << "\" rx=\"" << radius << "\"/>\n";
}

void SvgCanvas::text(Point at, StringRef text, StringRef style, Anchor anchor) {
  llvm::raw_string_ostream os(shapes);
  os << "  <text class=\"" << style << "\" x=\"" << at.x << "\" y=\"" << at.y
     << "\"";
  if (anchor != Anchor::Start)
    os << " text-anchor=\"" << (anchor == Anchor::End ? "end" : "middle")
       << "\"";
  os << ">" << escape(text) << "</text>\n";
}

void SvgCanvas::line(ArrayRef<Point> points, StringRef style, bool hasHead) {
  llvm::raw_string_ostream os(shapes);
  Point end = points.back(), before = points[points.size() - 2];
  // The direction of the last piece: pieces are horizontal or vertical.
  int dx = (end.x > before.x) - (end.x < before.x);
  int dy = (end.y > before.y) - (end.y < before.y);
  os << "  <polyline class=\"" << style << "\" points=\"";
  for (Point point : points.drop_back())
    os << point.x << "," << point.y << " ";
  Point stop = end;
  if (hasHead)
    stop = {end.x - 7 * dx, end.y - 7 * dy};
  os << stop.x << "," << stop.y << "\"/>\n";
  if (!hasHead)
    return;
  Point left{end.x - 9 * dx - 4 * dy, end.y - 9 * dy + 4 * dx};
  Point right{end.x - 9 * dx + 4 * dy, end.y - 9 * dy - 4 * dx};
  os << "  <polygon class=\"" << style << "-head\" points=\"" << end.x << ","
     << end.y << " " << left.x << "," << left.y << " " << right.x << ","
     << right.y << "\"/>\n";
}

void SvgCanvas::dot(Point at, StringRef style) {
  llvm::raw_string_ostream(shapes)
      << "  <circle class=\"" << style << "-head\" cx=\"" << at.x << "\" cy=\""
      << at.y << "\" r=\"3\"/>\n";
}

void SvgCanvas::path(StringRef commands, StringRef style) {
  llvm::raw_string_ostream(shapes)
      << "  <path class=\"" << style << "\" d=\"" << commands << "\"/>\n";
}

void SvgCanvas::write(llvm::raw_ostream &os, StringRef title, int width,
                      int height, StringRef classes) const {
  os << "<svg xmlns=\"http://www.w3.org/2000/svg\" role=\"img\" width=\""
     << width << "\" height=\"" << height << "\" viewBox=\"0 0 " << width << " "
     << height << "\">\n  <title>" << escape(title) << "</title>\n  <style>"
     << kStyle << classes << "  </style>\n  <rect class=\"page\" width=\""
     << width << "\" height=\"" << height << "\"/>\n"
     << shapes << "</svg>\n";
}
