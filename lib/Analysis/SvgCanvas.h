//===- SvgCanvas.h - Shapes of a picture ------------------------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Boxes, texts and arrows as SVG without scripts. Colours are classes, so that
// a browser in dark mode takes others.
//
//===----------------------------------------------------------------------===//

#ifndef LIB_ANALYSIS_SVGCANVAS_H
#define LIB_ANALYSIS_SVGCANVAS_H

#include "mlir/Support/LLVM.h"
#include "llvm/Support/raw_ostream.h"

namespace mlir::mhc {

/// Coordinates are whole pixels, from the top left.
struct Point {
  int x = 0;
  int y = 0;
};

class SvgCanvas {
public:
  enum class Anchor { Start, Middle, End };

  /// The pixels of a text: its font has one width for all characters.
  static int getTextWidth(StringRef text);
  static constexpr int kLine = 18;

  /// `style` is one of the classes in the style sheet.
  void box(Point topLeft, int width, int height, StringRef style,
           int radius = 6);
  /// `at` is on the base line.
  void text(Point at, StringRef text, StringRef style = "text",
            Anchor anchor = Anchor::Start);
  /// Straight lines through the points; with a head at the last.
  void line(ArrayRef<Point> points, StringRef style, bool hasHead);
  void dot(Point at, StringRef style);
  /// An outline of path commands, such as `M0,9 h4 v-2`.
  void path(StringRef commands, StringRef style);

  /// Puts the shapes of another picture over these.
  void append(const SvgCanvas &other) { shapes += other.shapes; }

  /// Writes the picture of all shapes so far, `width` by `height`. `classes`
  /// is added to the style sheet.
  void write(llvm::raw_ostream &os, StringRef title, int width, int height,
             StringRef classes = "") const;

private:
  std::string shapes;
};

} // namespace mlir::mhc

#endif // LIB_ANALYSIS_SVGCANVAS_H
