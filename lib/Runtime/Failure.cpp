//===- Failure.cpp - What went wrong, and its way to the caller -----------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Failure.h"

#include <cstring>

mhcrt_status mhcrt::report(mhcrt_error *error, mhcrt_status status,
                           int driverCode, const char *message) {
  if (!error)
    return status;
  error->status = status;
  error->driver_code = driverCode;
  size_t length = std::strlen(message);
  if (length >= sizeof error->message)
    length = sizeof error->message - 1;
  for (size_t i = 0; i < length; ++i)
    error->message[i] = message[i] == '\n' ? ' ' : message[i];
  error->message[length] = '\0';
  return status;
}

const char *mhcrt_status_name(mhcrt_status status) {
  switch (status) {
#define STATUS(name)                                                           \
  case name:                                                                   \
    return #name;
    STATUS(MHCRT_SUCCESS)
    STATUS(MHCRT_INVALID_USE)
    STATUS(MHCRT_OUT_OF_MEMORY)
    STATUS(MHCRT_NO_DRIVER)
    STATUS(MHCRT_DRIVER_TOO_OLD)
    STATUS(MHCRT_NO_DEVICE)
    STATUS(MHCRT_WRONG_CHIP)
    STATUS(MHCRT_MISSING_FILE)
    STATUS(MHCRT_TRUNCATED_FILE)
    STATUS(MHCRT_DAMAGED_FILE)
    STATUS(MHCRT_MALFORMED_MANIFEST)
    STATUS(MHCRT_WRONG_VERSION)
    STATUS(MHCRT_UNKNOWN_PROGRAM)
    STATUS(MHCRT_NULL_POINTER)
    STATUS(MHCRT_MISALIGNED_POINTER)
    STATUS(MHCRT_SMALL_WORKSPACE)
    STATUS(MHCRT_WRONG_SHAPE)
    STATUS(MHCRT_WRONG_TYPE)
    STATUS(MHCRT_OVERLAP)
    STATUS(MHCRT_ARITHMETIC)
    STATUS(MHCRT_OUT_OF_RANGE)
    STATUS(MHCRT_CHECK_FAILED)
    STATUS(MHCRT_OUT_OF_DEVICE_MEMORY)
    STATUS(MHCRT_DRIVER_ERROR)
#undef STATUS
  }
  return "unknown status";
}
