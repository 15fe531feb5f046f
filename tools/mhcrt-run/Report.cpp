//===- Report.cpp - What mhcrt-run says -----------------------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Report.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/WithColor.h"

bool reportError(const llvm::Twine &message) {
  llvm::WithColor::error(llvm::errs(), "mhcrt-run") << message << '\n';
  return false;
}

bool reportError(llvm::Error error) {
  return reportError(llvm::toString(std::move(error)));
}

bool check(mhcrt_status status, const mhcrt_error &error) {
  return status == MHCRT_SUCCESS || reportError(llvm::Twine(error.message));
}

/// x: ?x4x4096xbf16, f: ?x4096xbf16
static void printTensors(const mhcrt_program *program, mhcrt_role role) {
  llvm::raw_ostream &os = llvm::outs();
  uint32_t count = mhcrt_get_num_tensors(program, role);
  for (uint32_t i = 0; i < count; ++i) {
    mhcrt_tensor_info info;
    if (mhcrt_get_tensor_info(program, role, i, &info, nullptr))
      continue;
    os << (i ? ", " : "") << info.name << (*info.name ? ": " : "");
    for (uint32_t j = 0; j < info.rank; ++j) {
      if (info.dims[j] < 0)
        os << "?x";
      else
        os << info.dims[j] << 'x';
    }
    os << mhcrt_type_name(info.type);
  }
}

void printModule(const mhcrt_module *module) {
  llvm::raw_ostream &os = llvm::outs();
  for (uint32_t i = 0; i < mhcrt_get_num_programs(module); ++i) {
    const mhcrt_program *program = mhcrt_get_program(module, i);
    os << "program " << mhcrt_get_program_name(program) << '(';
    printTensors(program, MHCRT_ARGUMENT);
    os << ") -> (";
    printTensors(program, MHCRT_RESULT);
    os << ")\n";
  }
  for (uint32_t i = 0; i < mhcrt_get_num_kernels(module); ++i) {
    mhcrt_kernel_info info;
    if (mhcrt_get_kernel_info(module, i, &info, nullptr))
      continue;
    os << "kernel " << info.symbol << ": "
       << info.block[0] * info.block[1] * info.block[2] << " threads, "
       << info.shared_bytes << " bytes of dynamic shared memory";
    if (info.registers >= 0)
      os << ", " << info.registers << " registers";
    if (info.local_bytes >= 0)
      os << ", " << info.local_bytes << " bytes of local memory";
    os << '\n';
  }
}

void printTimes(llvm::SmallVectorImpl<float> &times) {
  llvm::sort(times);
  llvm::errs() << llvm::format("time: median %.4f ms, from %.4f to %.4f, of ",
                               times[times.size() / 2], times.front(),
                               times.back())
               << times.size() << (times.size() == 1 ? " run\n" : " runs\n");
}
