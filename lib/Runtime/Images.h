//===- Images.h - The files of a manifest -----------------------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MHC_LIB_RUNTIME_IMAGES_H
#define MHC_LIB_RUNTIME_IMAGES_H

#include "Manifest.h"

namespace mhcrt {

/// The contents of a file. Fails with MHCRT_MISSING_FILE.
std::string readWholeFile(const std::string &path);

/// kernels.json of a folder, or the path itself.
std::string findManifest(const std::string &path);

/// Fails unless `data` has the size and the hash that `file` states.
void checkImage(const File &file, std::string_view data,
                const std::string &name);

/// What the driver is given: it learns where an image ends from the image.
/// PTX ends at a NUL; bitcode gets LLVM's wrapper, which states its size.
std::string prepareImage(const File &file, std::string_view data);

} // namespace mhcrt

#endif // MHC_LIB_RUNTIME_IMAGES_H
