//===- Manifest.h - kernels.json --------------------------------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MHC_TARGET_MANIFEST_H
#define MHC_TARGET_MANIFEST_H

#include "mhc/Target/CompileModules.h"
#include "mhc/Target/DeviceProgram.h"

namespace mlir::mhc {

/// A file beside the manifest that the runtime loads.
struct ManifestFile {
  std::string name;
  /// cubin, ptx, bitcode, or data for constants.
  std::string kind;
  std::string bytes;
};

/// What the runtime is given: the programs, and the code of their kernels in
/// one form.
struct Package {
  DevicePrograms programs;
  std::string chip;
  /// The version of the PTX, "8.6"; may be empty.
  std::string ptxVersion;
  std::vector<ManifestFile> files;
  /// Of each kernel of the programs: its file, its name in it, and what ptxas
  /// says of it.
  struct Kernel {
    unsigned file;
    std::string symbol;
    std::optional<KernelReport> report;
  };
  std::vector<Kernel> kernels;
};

/// Makes a package out of `programs` and the images of their modules in the
/// form `kind` (cubin, ptx or bitcode), as files of the name `stem` and a
/// number. Only modules that a program launches have one.
Package makePackage(DevicePrograms programs, const DeviceImages &images,
                    StringRef kind, StringRef stem);

/// The bytes of an image in the form `kind`, and the suffix of its file.
std::string getImageBytes(const DeviceImage &image, StringRef kind);
StringRef getImageSuffix(StringRef kind);

/// kernels.json, one line for each kernel, argument, result and step.
void printManifest(const Package &package, raw_ostream &os);

} // namespace mlir::mhc

#endif // MHC_TARGET_MANIFEST_H
