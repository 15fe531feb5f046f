//===- ResultSummary.h - A result in one line ----------------- -*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MHC_SUPPORT_RESULTSUMMARY_H
#define MHC_SUPPORT_RESULTSUMMARY_H

#include "mhc/Support/HostTensor.h"

#include <string>

namespace mhc {

/// A tensor in one line, without a newline: `3x4x64xbf16 min -3.1 max 2.9 mean
/// 0.01`, or `0x4x64xbf16 empty`.
///
/// The least and the greatest element leave out NaN; the mean is taken in
/// double, over the finite elements. Each is `nan` where no element counts.
/// ` nan N` and ` inf N` follow if N > 0 elements are NaN or infinite. Numbers
/// have 6 significant digits, but an integer's min and max are exact.
std::string summarizeResult(const HostTensor &tensor);

} // namespace mhc

#endif // MHC_SUPPORT_RESULTSUMMARY_H
