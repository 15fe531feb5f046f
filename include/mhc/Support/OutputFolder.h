//===- OutputFolder.h - Results written all or none ----------- -*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MHC_SUPPORT_OUTPUTFOLDER_H
#define MHC_SUPPORT_OUTPUTFOLDER_H

#include "mhc/Support/HostTensor.h"

#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"
#include "llvm/Support/raw_ostream.h"

#include <string>
#include <system_error>
#include <vector>

namespace mhc {

/// Files that appear in a folder all together or not at all. Each is written to
/// a temporary file in the folder and gets its name in commit(). After an error
/// of write(), writeFile() or commit(), and where an object is destroyed
/// without commit(), the temporaries and the folders that were created are
/// removed, and files that were there before are as they were. After an error
/// the object may only be destroyed.
class OutputFolder {
public:
  /// Opens the folder, creating it and its parents where missing. An error if
  /// it cannot be created, is not a folder, or cannot be written to.
  static llvm::Expected<OutputFolder> create(llvm::StringRef path);

  OutputFolder(OutputFolder &&other);
  OutputFolder &operator=(OutputFolder &&) = delete;
  ~OutputFolder();

  /// Writes result number `index` as `<index>.npy` (see writeNpy). An error
  /// with the system's reason if it cannot be written in full.
  llvm::Error write(unsigned index, const HostTensor &tensor);

  /// Writes a file `name` with what `print` prints. Each name once.
  llvm::Error writeFile(llvm::StringRef name,
                        llvm::function_ref<void(llvm::raw_ostream &)> print);

  /// Gives all files their names, replacing files of these names. An error if
  /// one cannot be renamed; then all are taken back.
  llvm::Error commit();

private:
  struct Entry {
    std::string temporary;
    std::string target;
    /// What `target` was moved to during commit(), if it existed.
    std::string backup;
  };

  explicit OutputFolder(llvm::StringRef path) : path(path) {}

  /// Removes everything this object made.
  void discard();
  /// Undoes the first `count` renames of commit().
  void rollBack(size_t count);
  /// discard(), and an error: what cannot be done with `file`, and why.
  llvm::Error fail(llvm::StringRef what, llvm::StringRef file,
                   std::error_code reason);

  std::string path;
  /// The folders this object created, outermost first.
  llvm::SmallVector<std::string> createdFolders;
  std::vector<Entry> entries;
  bool open = true;
};

} // namespace mhc

#endif // MHC_SUPPORT_OUTPUTFOLDER_H
