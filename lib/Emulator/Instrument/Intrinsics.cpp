//===- Intrinsics.cpp - Intrinsics that need no handler -------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Instrument/Intrinsics.h"

#include "llvm/IR/Instructions.h"
#include "llvm/IR/IntrinsicInst.h"
#include "llvm/IR/IntrinsicsNVPTX.h"
#include "llvm/IR/Operator.h"

using namespace llvm;
using namespace mhc::emulator;

std::optional<Register> mhc::emulator::findRegister(Intrinsic::ID id) {
  switch (id) {
#define AXES(intrinsic, register)                                              \
  case Intrinsic::nvvm_read_ptx_sreg_##intrinsic##_x:                          \
    return register##X;                                                        \
  case Intrinsic::nvvm_read_ptx_sreg_##intrinsic##_y:                          \
    return register##Y;                                                        \
  case Intrinsic::nvvm_read_ptx_sreg_##intrinsic##_z:                          \
    return register##Z;
    AXES(tid, Tid)
    AXES(ntid, NTid)
    AXES(ctaid, CtaId)
    AXES(nctaid, NCtaId)
    AXES(clusterid, ClusterId)
    AXES(nclusterid, NClusterId)
    AXES(cluster_ctaid, ClusterCtaId)
    AXES(cluster_nctaid, ClusterNCtaId)
#undef AXES
  case Intrinsic::nvvm_read_ptx_sreg_laneid:
    return LaneId;
  case Intrinsic::nvvm_read_ptx_sreg_warpid:
    return WarpId;
  case Intrinsic::nvvm_read_ptx_sreg_nwarpid:
    return NWarpId;
  case Intrinsic::nvvm_read_ptx_sreg_warpsize:
    return WarpSize;
  case Intrinsic::nvvm_read_ptx_sreg_smid:
    return SmId;
  case Intrinsic::nvvm_read_ptx_sreg_nsmid:
    return NSmId;
  case Intrinsic::nvvm_read_ptx_sreg_gridid:
    return GridId;
  case Intrinsic::nvvm_read_ptx_sreg_lanemask_eq:
    return LaneMaskEq;
  case Intrinsic::nvvm_read_ptx_sreg_lanemask_le:
    return LaneMaskLe;
  case Intrinsic::nvvm_read_ptx_sreg_lanemask_lt:
    return LaneMaskLt;
  case Intrinsic::nvvm_read_ptx_sreg_lanemask_ge:
    return LaneMaskGe;
  case Intrinsic::nvvm_read_ptx_sreg_lanemask_gt:
    return LaneMaskGt;
  case Intrinsic::nvvm_read_ptx_sreg_cluster_ctarank:
    return ClusterCtaRank;
  case Intrinsic::nvvm_read_ptx_sreg_cluster_nctarank:
    return ClusterNCtaRank;
  case Intrinsic::nvvm_is_explicit_cluster:
    return IsExplicitCluster;
  case Intrinsic::nvvm_read_ptx_sreg_dynamic_smem_size:
    return DynamicSharedSize;
  case Intrinsic::nvvm_read_ptx_sreg_total_smem_size:
    return TotalSharedSize;
  default:
    return std::nullopt;
  }
}

bool mhc::emulator::isPortable(Intrinsic::ID id) {
  switch (id) {
  case Intrinsic::abs:
  case Intrinsic::bitreverse:
  case Intrinsic::bswap:
  case Intrinsic::canonicalize:
  case Intrinsic::ceil:
  case Intrinsic::copysign:
  case Intrinsic::ctlz:
  case Intrinsic::ctpop:
  case Intrinsic::cttz:
  case Intrinsic::expect:
  case Intrinsic::fabs:
  case Intrinsic::floor:
  case Intrinsic::fma:
  case Intrinsic::fptosi_sat:
  case Intrinsic::fptoui_sat:
  case Intrinsic::frexp:
  case Intrinsic::fshl:
  case Intrinsic::fshr:
  case Intrinsic::is_fpclass:
  case Intrinsic::ldexp:
  case Intrinsic::maximum:
  case Intrinsic::maximumnum:
  case Intrinsic::maxnum:
  case Intrinsic::minimum:
  case Intrinsic::minimumnum:
  case Intrinsic::minnum:
  case Intrinsic::nearbyint:
  case Intrinsic::ptrmask:
  case Intrinsic::rint:
  case Intrinsic::round:
  case Intrinsic::roundeven:
  case Intrinsic::sadd_sat:
  case Intrinsic::sadd_with_overflow:
  case Intrinsic::scmp:
  case Intrinsic::smax:
  case Intrinsic::smin:
  case Intrinsic::smul_with_overflow:
  case Intrinsic::sqrt:
  case Intrinsic::ssub_sat:
  case Intrinsic::ssub_with_overflow:
  case Intrinsic::trunc:
  case Intrinsic::uadd_sat:
  case Intrinsic::uadd_with_overflow:
  case Intrinsic::ucmp:
  case Intrinsic::umax:
  case Intrinsic::umin:
  case Intrinsic::umul_with_overflow:
  case Intrinsic::usub_sat:
  case Intrinsic::usub_with_overflow:
  case Intrinsic::vector_reduce_add:
  case Intrinsic::vector_reduce_and:
  case Intrinsic::vector_reduce_fadd:
  case Intrinsic::vector_reduce_fmax:
  case Intrinsic::vector_reduce_fmaximum:
  case Intrinsic::vector_reduce_fmin:
  case Intrinsic::vector_reduce_fminimum:
  case Intrinsic::vector_reduce_fmul:
  case Intrinsic::vector_reduce_mul:
  case Intrinsic::vector_reduce_or:
  case Intrinsic::vector_reduce_smax:
  case Intrinsic::vector_reduce_smin:
  case Intrinsic::vector_reduce_umax:
  case Intrinsic::vector_reduce_umin:
  case Intrinsic::vector_reduce_xor:
    return true;
  default:
    return false;
  }
}

bool mhc::emulator::isHint(Intrinsic::ID id) {
  switch (id) {
  case Intrinsic::assume:
  case Intrinsic::dbg_assign:
  case Intrinsic::dbg_declare:
  case Intrinsic::dbg_label:
  case Intrinsic::dbg_value:
  case Intrinsic::experimental_noalias_scope_decl:
  case Intrinsic::invariant_end:
  case Intrinsic::invariant_start:
  case Intrinsic::lifetime_end:
  case Intrinsic::lifetime_start:
  case Intrinsic::sideeffect:
    return true;
  default:
    return false;
  }
}

StringRef mhc::emulator::getApproximation(const Instruction &instruction) {
  const auto *operation = dyn_cast<FPMathOperator>(&instruction);
  if (!operation || !operation->hasApproxFunc() ||
      !instruction.getType()->getScalarType()->isFloatTy())
    return "";
  if (instruction.getOpcode() == Instruction::FDiv)
    return "llvm.nvvm.div.approx.f";
  const auto *call = dyn_cast<IntrinsicInst>(&instruction);
  switch (call ? call->getIntrinsicID() : Intrinsic::not_intrinsic) {
  case Intrinsic::sqrt:
    return "llvm.nvvm.sqrt.approx.f";
  case Intrinsic::exp2:
    return "llvm.nvvm.ex2.approx.f";
  case Intrinsic::log2:
    return "llvm.nvvm.lg2.approx.f";
  case Intrinsic::sin:
    return "llvm.nvvm.sin.approx.f";
  case Intrinsic::cos:
    return "llvm.nvvm.cos.approx.f";
  case Intrinsic::tanh:
    return "llvm.nvvm.tanh.approx.f";
  default:
    return "";
  }
}
