//===- FatalErrors.cpp - Fatal errors of LLVM, caught ---------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "FatalErrors.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/Compiler.h"
#include "llvm/Support/CrashRecoveryContext.h"
#include "llvm/Support/ErrorHandling.h"

#include <string>

#if LLVM_ADDRESS_SANITIZER_BUILD
#include <csignal>
#include <sanitizer/lsan_interface.h>
#endif

/// The message of the fatal error that ended this thread's body.
static thread_local std::string fatalMessage;

/// Leaves the body, if there is one; LLVM then goes on as if there were no
/// handler.
static void leaveBody(void *, const char *message, bool) {
  if (llvm::CrashRecoveryContext *context =
          llvm::CrashRecoveryContext::GetCurrent()) {
    fatalMessage = message;
    context->HandleExit(1);
  }
  llvm::errs() << "LLVM ERROR: " << message << '\n';
}

/// Lets fatal errors leave bodies. Signals become errors as well, but for those
/// that end a program with a report of a sanitizer.
static void enableRecovery() {
#if LLVM_ADDRESS_SANITIZER_BUILD
  constexpr int numbers[] = {SIGABRT, SIGBUS, SIGFPE, SIGILL, SIGSEGV, SIGTRAP};
  struct sigaction actions[std::size(numbers)];
  for (auto [number, action] : llvm::zip_equal(numbers, actions))
    sigaction(number, nullptr, &action);
#endif
  llvm::CrashRecoveryContext::Enable();
#if LLVM_ADDRESS_SANITIZER_BUILD
  for (auto [number, action] : llvm::zip_equal(numbers, actions))
    sigaction(number, &action, nullptr);
#endif
}

llvm::Error mlir::mhc::catchFatalErrors(llvm::function_ref<void()> body) {
  static const bool installed = [] {
    enableRecovery();
    llvm::install_fatal_error_handler(leaveBody);
    return true;
  }();
  (void)installed;
  fatalMessage.clear();
  llvm::CrashRecoveryContext context;
#if LLVM_ADDRESS_SANITIZER_BUILD
  // A body that is left destroys nothing.
  __lsan::ScopedDisabler leaks;
#endif
  if (context.RunSafely(body))
    return llvm::Error::success();
  return llvm::createStringError(
      fatalMessage.empty() ? "LLVM crashed" : llvm::StringRef(fatalMessage));
}
