//===- ArgumentSpec.h - Arguments given on a command line ----- -*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MHC_SUPPORT_ARGUMENTSPEC_H
#define MHC_SUPPORT_ARGUMENTSPEC_H

#include "mhc/Support/HostTensor.h"

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"

#include <cstdint>
#include <optional>
#include <string>

namespace mhc {

/// Where an argument's elements come from, as parseArgumentSpec reads it.
struct ArgumentSpec {
  enum class Source {
    File,  ///< The array of a .npy file.
    Zeros, ///< Zero everywhere.
    Full,  ///< One value everywhere.
    Random ///< Standard normal numbers, see Random.h.
  };

  Source source = Source::Zeros;
  /// The text that was parsed, for messages.
  std::string text;
  /// File: the path.
  std::string path;
  /// Full: the value as written; a number, `inf`, `nan`, `true` or `false`.
  std::string value;
  /// Random: the seed.
  uint64_t seed = 0;
  /// The dimensions, where the text gives them; none is negative. Never given
  /// for File.
  std::optional<llvm::SmallVector<int64_t>> dims;
};

/// Parses `zeros[:DIMS]`, `full:VALUE[:DIMS]`, `random:SEED[:DIMS]` (DIMS such
/// as `13x4x4096`; SEED an unsigned 64-bit number) or, for any other text, the
/// path of a .npy file. A file whose name starts like another form is written
/// with its folder, such as `./zeros`.
llvm::Expected<ArgumentSpec> parseArgumentSpec(llvm::StringRef text);

/// Makes the tensor that `spec` stands for, as an argument of the type with
/// elements of `kind` and the dimensions `typeShape`, of which each negative
/// one (such as mlir::ShapedType::kDynamic) is dynamic.
///
/// Floats are rounded once, to nearest even, to `kind`: from the file's type,
/// from the decimal text of `full`, or from the double of `random`. The array
/// of a file must have exactly `kind` where either is an integer type.
///
/// Errors: a file that cannot be read; a rank or a static dimension that
/// differs; a dynamic dimension without DIMS; a value that an integer type
/// cannot hold; random integers; a tensor that is too large.
llvm::Expected<HostTensor> materialize(const ArgumentSpec &spec,
                                       ElementKind kind,
                                       llvm::ArrayRef<int64_t> typeShape);

} // namespace mhc

#endif // MHC_SUPPORT_ARGUMENTSPEC_H
