//===- Images.cpp - The files of a manifest -------------------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Images.h"

#include "Failure.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>
#include <sys/stat.h>

using namespace mhcrt;

std::string mhcrt::readWholeFile(const std::string &path) {
  auto refuse = [&] {
    fail(MHCRT_MISSING_FILE, path + ": " + std::strerror(errno));
  };
  struct stat status;
  std::unique_ptr<FILE, int (*)(FILE *)> file(std::fopen(path.c_str(), "rb"),
                                              std::fclose);
  if (!file || fstat(fileno(file.get()), &status) != 0)
    refuse();
  if (S_ISDIR(status.st_mode)) {
    errno = EISDIR;
    refuse();
  }
  std::string contents;
  contents.reserve(static_cast<size_t>(status.st_size) + 1);
  char block[1 << 16];
  while (size_t count = std::fread(block, 1, sizeof block, file.get()))
    contents.append(block, count);
  if (std::ferror(file.get()))
    refuse();
  return contents;
}

std::string mhcrt::findManifest(const std::string &path) {
  struct stat status;
  if (stat(path.c_str(), &status) == 0 && S_ISDIR(status.st_mode))
    return path + (path.back() == '/' ? "" : "/") + "kernels.json";
  return path;
}

static std::string toHex(uint64_t value) {
  char text[17];
  std::snprintf(text, sizeof text, "%016llx",
                static_cast<unsigned long long>(value));
  return text;
}

void mhcrt::checkImage(const File &file, std::string_view data,
                       const std::string &name) {
  if (data.size() != file.bytes)
    fail(MHCRT_TRUNCATED_FILE, name + ": expected " +
                                   std::to_string(file.bytes) + " bytes, got " +
                                   std::to_string(data.size()));
  uint64_t hash = XXH64(data.data(), data.size(), /*seed=*/0);
  if (hash != file.hash)
    fail(MHCRT_DAMAGED_FILE, name + ": expected contents of hash " +
                                 toHex(file.hash) + ", got " + toHex(hash));
}

std::string mhcrt::prepareImage(const File &file, std::string_view data) {
  std::string image;
  if (file.kind == FileKind::Bitcode && data.substr(0, 4) == "BC\xC0\xDE") {
    auto word = [&](uint32_t value) {
      for (unsigned i = 0; i < 4; ++i)
        image.push_back(static_cast<char>(value >> (8 * i)));
    };
    constexpr uint32_t magic = 0x0B17C0DE, headerBytes = 20;
    word(magic);
    word(0);
    word(headerBytes);
    word(static_cast<uint32_t>(data.size()));
    word(0);
  }
  image.append(data);
  // What std::string ends with is a NUL.
  return image;
}
