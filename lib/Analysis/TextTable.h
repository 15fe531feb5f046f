//===- TextTable.h - Text in columns ----------------------------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef LIB_ANALYSIS_TEXTTABLE_H
#define LIB_ANALYSIS_TEXTTABLE_H

#include "mlir/Support/LLVM.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/raw_ostream.h"

#include <string>
#include <vector>

namespace mlir::mhc {

/// Text in columns: the first `left` of them to the left, the others to the
/// right.
class TextTable {
public:
  explicit TextTable(unsigned left = 1) : left(left) {}

  void add(ArrayRef<std::string> cells) {
    rows.emplace_back(cells);
    widths.resize(std::max(widths.size(), cells.size()), 0);
    for (auto [width, cell] : llvm::zip(widths, cells))
      width = std::max(width, cell.size());
  }

  void print(llvm::raw_ostream &os) const {
    for (ArrayRef<std::string> row : rows) {
      os << "  ";
      for (auto [index, cell] : llvm::enumerate(row)) {
        unsigned width = widths[index];
        if (index > 0)
          os << "  ";
        if (index >= left)
          os << llvm::right_justify(cell, width);
        else if (index + 1 < row.size())
          os << llvm::left_justify(cell, width);
        else
          os << cell;
      }
      os << '\n';
    }
  }

private:
  unsigned left;
  std::vector<SmallVector<std::string>> rows;
  SmallVector<size_t> widths;
};

} // namespace mlir::mhc

#endif // LIB_ANALYSIS_TEXTTABLE_H
