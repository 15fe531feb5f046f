//===- MatrixUnit.h - What one mma.sync computes, bit for bit -- -*- C++
//-*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// D = A * B + C of one warp, from registers to registers, with the sums of a
// tensor core instead of those of a CPU. A tensor core does not round after
// each addition. It takes a block of products and the accumulator, and
//
// 1. multiplies exactly;
// 2. finds the largest exponent among the products and the accumulator, where
//    the exponent of a product is the sum of its operands' exponents (the
//    product of their significands lies in [1, 4)), a subnormal operand keeps
//    its format's least exponent, a product with a zero has none, and the
//    accumulator's is at least that of the least normal f32;
// 3. cuts each addend off, toward zero, `fractionBits` bits below that
// exponent;
// 4. adds what is left exactly, so that the order within a block is irrelevant;
// 5. cuts the sum to f32, toward zero, or rounds it to f16, to nearest even.
//
// A sum of zero is +0. A NaN, an infinity times zero and a sum of both
// infinities give the canonical NaN (0x7fffffff, 0x7fff in f16). Subnormal
// numbers are kept everywhere. tf32 operands are f32 words whose lower 13 bits
// are ignored.
//
// Double-precision products are a chain of fused multiply-adds in the order of
// k, integers wrap around or saturate.
//
// Sources:
// - M. Fasi, N. J. Higham, M. Mikaitis, S. Pranesh, "Numerical behavior of
//   NVIDIA tensor cores", PeerJ Computer Science 7, 2021.
// - F. A. Khattak, M. Mikaitis, "Accurate models of NVIDIA tensor cores",
//   arXiv 2512.07004, 2025: blocks and alignment bits of V100 to B200.
// - P. Xie et al., "MMA-Sim: bit-accurate reference model of tensor cores and
//   matrix cores", arXiv 2511.10909, 2025.
//
// The default floating-point environment is assumed (nearest even, subnormals
// not flushed). The bits do not depend on the machine that computes them.
//
//===----------------------------------------------------------------------===//

#ifndef MHC_LIB_EMULATOR_ARITHMETIC_MATRIXUNIT_H
#define MHC_LIB_EMULATOR_ARITHMETIC_MATRIXUNIT_H

#include "llvm/ADT/ArrayRef.h"

#include <cstdint>

namespace mhc::emulator {

/// The lanes of a warp.
constexpr unsigned kWarpLanes = 32;

/// The element type of A or of B.
enum class MatrixType : uint8_t { BF16, F16, TF32, E4M3, E5M2, F64, S8, U8 };

/// The element type of C and D.
enum class AccumulatorType : uint8_t { F32, F16, F64, S32 };

/// How a chip's tensor cores add: everything that is not in the PTX ISA.
struct AccumulationModel {
  /// How products of fp8 elements are made.
  enum class Fp8 : uint8_t {
    /// The chip has no such mma.sync: ptxas (13.0) widens the elements to f16,
    /// and chains two f16 operations from zero, first on the elements with
    /// k mod 4 in {0, 1}, then on the others. The result is added to C by an
    /// ordinary addition that rounds to nearest even.
    AsF16,
    /// An operation of its own, with the parameters below.
    Native
  };

  /// The bits kept below the largest exponent.
  unsigned fractionBits;
  /// The products of a block: of 16-bit elements, and of tf32 elements. A
  /// longer k is a chain of blocks, in the order of k, each of which ends in
  /// the accumulator's type.
  unsigned products16;
  unsigned productsTF32;
  Fp8 fp8;
  /// For Fp8::Native: the products of a block, the bits kept below the largest
  /// exponent, and the fraction bits of an f32 result.
  unsigned productsFp8;
  unsigned fractionBitsFp8;
  unsigned resultBitsFp8;

  /// The model of compute capability `sm` (80, 86, 89, 90, 100, 120, ...).
  static AccumulationModel forChip(unsigned sm);
};

/// The shape and the types of one mma.sync (A in rows, B in columns).
struct MatrixOperation {
  unsigned m, n, k;
  MatrixType a, b;
  AccumulatorType accumulator;
  /// Integers: saturate (.satfinite) instead of wrapping around.
  bool saturate = false;

  /// Whether this is one of the operations below:
  ///   m16n8k16, m16n8k8       bf16 (f32), f16 (f32 or f16)
  ///   m16n8k8, m16n8k4        tf32 (f32)
  ///   m16n8k32, m16n8k16      e4m3 and e5m2 in any pair (f32 or f16)
  ///   m8n8k4, m16n8k{4,8,16}  f64
  ///   m16n8k32, m16n8k16      s8 and u8 in any pair (s32)
  bool isSupported() const;

  /// The 32-bit words a lane holds of each operand. An f64 register is two
  /// words, the lower half first.
  unsigned getWordsA() const;
  unsigned getWordsB() const;
  unsigned getWordsC() const;
};

/// An element's place in a matrix.
struct MatrixPlace {
  unsigned row, column;
  bool operator==(const MatrixPlace &other) const {
    return row == other.row && column == other.column;
  }
};

/// The place of element `index` of a lane's fragment of A, B, C or D; elements
/// are counted from the lowest bits of the first register.
MatrixPlace locateA(const MatrixOperation &operation, unsigned lane,
                    unsigned index);
MatrixPlace locateB(const MatrixOperation &operation, unsigned lane,
                    unsigned index);
MatrixPlace locateC(const MatrixOperation &operation, unsigned lane,
                    unsigned index);

/// Computes D of a supported operation. The arrays hold the words of lane 0,
/// then those of lane 1, and so on; `d` may be `c`.
void multiplyAccumulate(const MatrixOperation &operation,
                        const AccumulationModel &model,
                        llvm::ArrayRef<uint32_t> a, llvm::ArrayRef<uint32_t> b,
                        llvm::ArrayRef<uint32_t> c,
                        llvm::MutableArrayRef<uint32_t> d);

/// The same bits from a plain program, one element of D after the other. It is
/// what the fast one is tested against, and computes what that one leaves out.
void multiplyAccumulateByElement(const MatrixOperation &operation,
                                 const AccumulationModel &model,
                                 llvm::ArrayRef<uint32_t> a,
                                 llvm::ArrayRef<uint32_t> b,
                                 llvm::ArrayRef<uint32_t> c,
                                 llvm::MutableArrayRef<uint32_t> d);

} // namespace mhc::emulator

#endif // MHC_LIB_EMULATOR_ARITHMETIC_MATRIXUNIT_H
