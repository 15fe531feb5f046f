//===- ConnectionModel.h - Model IR of one connection -----------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What --connection asks for, and the model IR that this is. Every program is
// the part of a model between two sublayers, for any number of tokens.
//
//===----------------------------------------------------------------------===//

#ifndef TOOLS_MHC_COMPILE_CONNECTIONMODEL_H
#define TOOLS_MHC_COMPILE_CONNECTIONMODEL_H

#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"

#include <string>

struct ConnectionModel {
  enum Variant { DeepSeekV4, DeepSeekV41, Paper, HC, StaticHC, Residual };
  enum Direction { Forward, Backward, Both };

  /// Reads "key=value,...". An error names what is wrong, and what is known.
  static llvm::Expected<ConnectionModel> parse(llvm::StringRef text);

  /// The functions that are asked for, as model IR.
  std::string print() const;
  /// The functions of this IR, without "@".
  llvm::SmallVector<std::string> getFunctions() const;

  int64_t streams = 4;
  int64_t hidden = 4096;
  /// Of rows: bf16, f16, f32 or f64.
  std::string type = "bf16";
  Variant variant = DeepSeekV4;
  /// pre, combine, boundary, head, expand.
  llvm::SmallVector<std::string> kernels;
  Direction direction = Forward;
  int64_t iterations = 20;
  std::string precision = "bf16x3";
  bool normWeight = false;
};

#endif // TOOLS_MHC_COMPILE_CONNECTIONMODEL_H
