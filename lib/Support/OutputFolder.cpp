//===- OutputFolder.cpp - Results written all or none ---------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "mhc/Support/OutputFolder.h"
#include "mhc/Support/Npy.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/ADT/Twine.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/Process.h"
#include "llvm/Support/Signals.h"

#include <cassert>
#include <utility>

using namespace llvm;

namespace mhc {

static Error makeError(StringRef what, StringRef file, std::error_code reason) {
  return createStringError(reason,
                           what + " '" + file + "': " + reason.message());
}

/// Creates a file of a name that is not taken, hidden, beside `target`, for
/// this object's own use. (LLVM's createUniqueFile would replace each `%` of
/// the folder's name.) Leaves it open as `descriptor`.
static std::error_code createFileBeside(StringRef target, StringRef extension,
                                        int &descriptor,
                                        SmallVectorImpl<char> &result) {
  std::error_code ec;
  for (unsigned attempt = 0; attempt != 1000; ++attempt) {
    result.clear();
    sys::path::append(result, sys::path::parent_path(target),
                      "." + sys::path::filename(target) + "." +
                          Twine(sys::Process::getProcessId()) + "-" +
                          Twine(attempt) + extension);
    ec = sys::fs::openFileForWrite(Twine(result), descriptor,
                                   sys::fs::CD_CreateNew);
    if (ec != std::errc::file_exists)
      break;
  }
  return ec;
}

OutputFolder::OutputFolder(OutputFolder &&other)
    : path(std::move(other.path)),
      createdFolders(std::move(other.createdFolders)),
      entries(std::move(other.entries)),
      open(std::exchange(other.open, false)) {}

OutputFolder::~OutputFolder() { discard(); }

Expected<OutputFolder> OutputFolder::create(StringRef path) {
  if (path.empty())
    return createStringError("expected a folder for the results, got an empty "
                             "path");
  OutputFolder folder(path);

  // The folders that are missing, innermost first.
  SmallVector<StringRef> missing;
  for (StringRef part = path; !part.empty() && !sys::fs::exists(part);
       part = sys::path::parent_path(part))
    missing.push_back(part);
  for (StringRef part : reverse(missing)) {
    // `a/` is there once `a` is.
    if (sys::fs::exists(part))
      continue;
    if (std::error_code ec =
            sys::fs::create_directory(part, /*IgnoreExisting=*/false))
      return folder.fail("cannot create the folder", part, ec);
    folder.createdFolders.push_back(part.str());
  }

  if (!sys::fs::is_directory(path))
    return folder.fail("cannot write to", path,
                       std::make_error_code(std::errc::not_a_directory));
  if (std::error_code ec = sys::fs::access(path, sys::fs::AccessMode::Write))
    return folder.fail("cannot write to the folder", path, ec);
  return folder;
}

Error OutputFolder::write(unsigned index, const HostTensor &tensor) {
  return writeFile((Twine(index) + ".npy").str(),
                   [&](raw_ostream &os) { writeNpy(os, tensor); });
}

Error OutputFolder::writeFile(StringRef name,
                              function_ref<void(raw_ostream &)> print) {
  assert(open && "expected no error and no commit before");
  SmallString<128> target(path);
  sys::path::append(target, name);

  int descriptor;
  SmallString<128> temporary;
  if (std::error_code ec =
          createFileBeside(target, ".tmp", descriptor, temporary))
    return fail("cannot create a file for", target, ec);
  entries.push_back({temporary.str().str(), target.str().str(), ""});
  sys::RemoveFileOnSignal(temporary);

  raw_fd_ostream os(descriptor, /*shouldClose=*/true);
  print(os);
  os.close();
  if (std::error_code ec = os.error()) {
    os.clear_error();
    return fail("cannot write", target, ec);
  }
  return Error::success();
}

Error OutputFolder::commit() {
  assert(open && "expected no error and no commit before");
  for (auto [index, entry] : enumerate(entries)) {
    // A file that is there is kept until all have been renamed.
    if (sys::fs::is_directory(entry.target)) {
      rollBack(index);
      return fail("cannot replace", entry.target,
                  std::make_error_code(std::errc::is_a_directory));
    }
    if (sys::fs::exists(entry.target)) {
      int descriptor;
      SmallString<128> backup;
      std::error_code ec =
          createFileBeside(entry.target, ".old", descriptor, backup);
      if (!ec) {
        sys::Process::SafelyCloseFileDescriptor(descriptor);
        if ((ec = sys::fs::rename(entry.target, backup)))
          sys::fs::remove(backup);
      }
      if (ec) {
        rollBack(index);
        return fail("cannot replace", entry.target, ec);
      }
      entry.backup = backup.str().str();
    }
    if (std::error_code ec = sys::fs::rename(entry.temporary, entry.target)) {
      if (!entry.backup.empty())
        sys::fs::rename(entry.backup, entry.target);
      rollBack(index);
      return fail("cannot write", entry.target, ec);
    }
  }

  open = false;
  for (const Entry &entry : entries) {
    sys::DontRemoveFileOnSignal(entry.temporary);
    if (!entry.backup.empty())
      sys::fs::remove(entry.backup);
  }
  return Error::success();
}

void OutputFolder::rollBack(size_t count) {
  for (const Entry &entry : ArrayRef(entries).take_front(count)) {
    if (entry.backup.empty())
      sys::fs::remove(entry.target);
    else
      sys::fs::rename(entry.backup, entry.target);
  }
}

void OutputFolder::discard() {
  if (!std::exchange(open, false))
    return;
  for (const Entry &entry : entries) {
    sys::fs::remove(entry.temporary);
    sys::DontRemoveFileOnSignal(entry.temporary);
  }
  // A folder that someone else has put something into stays.
  for (const std::string &folder : reverse(createdFolders))
    sys::fs::remove(folder);
}

Error OutputFolder::fail(StringRef what, StringRef file,
                         std::error_code reason) {
  discard();
  return makeError(what, file, reason);
}

} // namespace mhc
