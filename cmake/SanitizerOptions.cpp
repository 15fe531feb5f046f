//===- SanitizerOptions.cpp - What the sanitizers may report --------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Linked into every tool of a sanitized build.
//
//===----------------------------------------------------------------------===//

/// Headers of LLVM mark memory as unused that libLLVM and libMLIR, which have
/// no sanitizer, then use unmarked: both kinds of marks would give false
/// alarms. A report aborts, so that it is not taken for exit code 1; memory
/// that the system does not give is the tools' own business.
extern "C" const char *__asan_default_options() {
  return "allow_user_poisoning=0:detect_container_overflow=0:"
         "allocator_may_return_null=1:abort_on_error=1";
}

extern "C" const char *__ubsan_default_options() {
  return "print_stacktrace=1:abort_on_error=1";
}
