//===- Failure.h - What went wrong, and its way to the caller ---*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Inside of this library a failure is an exception; every function of the C
// interface runs in `guarded`, beyond which none gets.
//
//===----------------------------------------------------------------------===//

#ifndef MHC_LIB_RUNTIME_FAILURE_H
#define MHC_LIB_RUNTIME_FAILURE_H

#include "mhc/Runtime/mhcrt.h"

#include <new>
#include <stdexcept>
#include <string>
#include <utility>

namespace mhcrt {

struct Failure : std::runtime_error {
  Failure(mhcrt_status status, const std::string &message, int driverCode = 0)
      : std::runtime_error(message), status(status), driverCode(driverCode) {}

  const mhcrt_status status;
  const int driverCode;
};

[[noreturn]] inline void fail(mhcrt_status status, const std::string &message) {
  throw Failure(status, message);
}

/// Fails with MHCRT_INVALID_USE unless the caller gave an object.
inline void expectObject(const void *object, const char *what) {
  if (!object)
    fail(MHCRT_INVALID_USE, std::string("expected ") + what + ", got null");
}

/// Fills `error`, unless it is null, and returns the status.
mhcrt_status report(mhcrt_error *error, mhcrt_status status, int driverCode,
                    const char *message);

/// Runs a function of the C interface.
template <typename Body>
mhcrt_status guarded(mhcrt_error *error, Body &&body) noexcept {
  try {
    body();
  } catch (const Failure &failure) {
    return report(error, failure.status, failure.driverCode, failure.what());
  } catch (const std::bad_alloc &) {
    return report(error, MHCRT_OUT_OF_MEMORY, 0, "the host's memory ran out");
  } catch (const std::exception &exception) {
    return report(error, MHCRT_INVALID_USE, 0, exception.what());
  }
  return report(error, MHCRT_SUCCESS, 0, "");
}

} // namespace mhcrt

#endif // MHC_LIB_RUNTIME_FAILURE_H
