//===- OutputFolderTest.cpp - Checks of result folders --------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Check.h"

#include "mhc/Support/Npy.h"
#include "mhc/Support/OutputFolder.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"

#include <csignal>
#include <vector>

#include <sys/resource.h>

using namespace llvm;
using namespace mhc;
using namespace mhc::test;

/// The names in a folder, sorted, with spaces between; `-` if it is not there.
static std::string list(StringRef folder) {
  if (!sys::fs::exists(folder))
    return "-";
  std::vector<std::string> names;
  std::error_code ec;
  for (sys::fs::directory_iterator it(folder, ec), end; !ec && it != end;
       it.increment(ec))
    names.push_back(sys::path::filename(it->path()).str());
  sort(names);
  return join(names, " ");
}

static std::string read(StringRef path) {
  auto buffer = MemoryBuffer::getFile(path);
  return buffer ? (*buffer)->getBuffer().str() : "unreadable";
}

static void writeText(StringRef path, StringRef text) {
  std::error_code ec;
  raw_fd_ostream(path, ec) << text;
}

void mhc::test::checkOutputFolder(Checks &checks) {
  auto zero =
      cantFail(HostTensor::createZero(ElementKind::F32, {2}), "two floats");

  checks.run("output-commit", [&] {
    // A percent sign is an ordinary character.
    const std::string path = checks.path("out/100%/deep/");
    auto folder = checks.value("create", OutputFolder::create(path));
    if (!folder)
      return;
    OutputFolder moved = std::move(*folder);
    checks.succeeds("0", moved.write(0, zero));
    checks.succeeds("10", moved.write(10, zero));
    checks.succeeds(
        "text",
        moved.writeFile("counters.json", [](raw_ostream &os) { os << "{}"; }));
    checks.isTrue("nothing before commit", !sys::fs::exists(path + "/0.npy"));
    checks.succeeds("commit", moved.commit());
    checks.equal("files", "0.npy 10.npy counters.json", list(path));
    checks.equal("text", "{}", read(path + "/counters.json"));
    auto back = checks.value("read", readNpy(path + "/10.npy"));
    checks.isTrue("same", back && back->getBytes() == zero.getBytes());
  });

  checks.run("output-abandoned", [&] {
    {
      auto folder = checks.value(
          "create", OutputFolder::create(checks.path("abandoned/a/b")));
      if (!folder)
        return;
      checks.succeeds("write", folder->write(0, zero));
    }
    checks.equal("gone", "-", list(checks.path("abandoned")));

    sys::fs::create_directory(checks.path("kept"));
    writeText(checks.path("kept/0.npy"), "old");
    {
      auto folder =
          checks.value("create", OutputFolder::create(checks.path("kept")));
      if (!folder)
        return;
      checks.succeeds("write", folder->write(0, zero));
    }
    checks.equal("files", "0.npy", list(checks.path("kept")));
    checks.equal("contents", "old", read(checks.path("kept/0.npy")));
  });

  checks.run("output-replaces", [&] {
    auto folder =
        checks.value("create", OutputFolder::create(checks.path("kept")));
    if (!folder)
      return;
    checks.succeeds("write", folder->write(0, zero));
    checks.succeeds("commit", folder->commit());
    checks.equal("files", "0.npy", list(checks.path("kept")));
    checks.succeeds("new", readNpy(checks.path("kept/0.npy")).takeError());
  });

  checks.run("output-failed-commit", [&] {
    // The third result cannot be put in place: the others are taken back.
    const std::string path = checks.path("failed");
    sys::fs::create_directories(path + "/2.npy");
    writeText(path + "/0.npy", "old");
    {
      auto folder = checks.value("create", OutputFolder::create(path));
      if (!folder)
        return;
      for (unsigned i = 0; i != 4; ++i)
        checks.succeeds("write", folder->write(i, zero));
      checks.message("commit", folder->commit(),
                     {"cannot replace", "2.npy'", "irectory"});
      checks.equal("at once", "0.npy 2.npy", list(path));
    }
    checks.equal("files", "0.npy 2.npy", list(path));
    checks.equal("contents", "old", read(path + "/0.npy"));
  });

  checks.run("output-failed-write", [&] {
    const std::string path = checks.path("vanishing/a");
    auto folder = checks.value("create", OutputFolder::create(path));
    if (!folder)
      return;
    checks.succeeds("write", folder->write(0, zero));
    checks.message("write", folder->writeFile("b/1.npy", [](raw_ostream &) {}),
                   {"cannot create a file for", "1.npy'"});
    checks.equal("gone", "-", list(checks.path("vanishing")));
  });

  checks.run("output-full-disk", [&] {
    // A limit on the size of files stands for a full disk.
    auto folder =
        checks.value("create", OutputFolder::create(checks.path("full/a")));
    if (!folder)
      return;
    checks.succeeds("small", folder->writeFile("0", [](raw_ostream &) {}));
    struct rlimit before;
    ::getrlimit(RLIMIT_FSIZE, &before);
    struct rlimit small = before;
    small.rlim_cur = 100;
    auto *handler = std::signal(SIGXFSZ, SIG_IGN);
    ::setrlimit(RLIMIT_FSIZE, &small);
    Error error = folder->write(1, zero);
    ::setrlimit(RLIMIT_FSIZE, &before);
    std::signal(SIGXFSZ, handler);
    checks.message("write", std::move(error),
                   {"cannot write", "1.npy'", "File too large"});
    checks.equal("gone", "-", list(checks.path("full")));
  });

  checks.run("output-bad-folder", [&] {
    writeText(checks.path("file"), "");
    checks.message("empty", OutputFolder::create("").takeError(),
                   {"got an empty path"});
    checks.message("file",
                   OutputFolder::create(checks.path("file")).takeError(),
                   {"file'", "Not a directory"});
    checks.message("below a file",
                   OutputFolder::create(checks.path("file/a/b")).takeError(),
                   {"cannot create the folder", "file/a'", "Not a directory"});
    // For the superuser no folder is unwritable but those of the system.
    if (sys::fs::is_directory("/proc"))
      checks.message("unwritable",
                     OutputFolder::create("/proc/mhc-results").takeError(),
                     {"cannot create the folder '/proc/mhc-results'"});
  });
}
