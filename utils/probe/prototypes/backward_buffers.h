//===- backward_buffers.h - The backward's arrays on the device -*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef PROBE_PROTOTYPES_BACKWARD_BUFFERS_H
#define PROBE_PROTOTYPES_BACKWARD_BUFFERS_H

#include "backward_fragments.h"
#include "backward_inputs.h"
#include "backward_one_pass.h"
#include "backward_token.h"

namespace probe {

struct RepeatParameters {
  const uint4 *from;
  uint4 *to;
  u64 period, count;
};

PROBE_KERNEL(repeatPieces, 256, 1, RepeatParameters, {
  for (u64 i = static_cast<u64>(blockIdx.x) * blockDim.x + threadIdx.x;
       i < p.count; i += static_cast<u64>(gridDim.x) * blockDim.x)
    storeGlobal4(p.to + i, loadGlobal4(p.from + i % p.period));
})

/// Everything that the kernels of one width and number of slices read and
/// write, for up to `capacity` tokens.
class BackwardBuffers {
public:
  BackwardBuffers(const Device &device, const BackwardInputs &in, int capacity,
                  int maxSlabs)
      : in(in), capacity(capacity), maxSlabs(maxSlabs), device(device),
        x(rowElements(4)), g(rowElements(4)), f(rowElements(1)),
        dy(rowElements(1)), dx(rowElements(4)), df(rowElements(1)),
        previous(perToken(kPrevious)), own(perToken(kOwn)),
        saved(perToken(kSaved)), sumsIn(perToken(in.slices * kSums)),
        preInfo(perToken(kPreInfo)), sumsOut(perToken(in.slices * kSums)),
        tokenGradients(perToken(kTokenGradients)), dcPre(perToken(4)),
        scale(in.scale), base(in.base), dmRows(perToken(kDmRowWords)),
        dmColumns(tilesOfAll() * kDmColumnWords), dphi(dphiCount(maxSlabs)),
        phiTwoTerms(packPhi(in.phi, in.hidden, 2)),
        phiOneTerm(packPhi(in.phi, in.hidden, 1)) {
    repeat(x, in.x), repeat(g, in.g), repeat(f, in.f), repeat(dy, in.dy);
    repeat(previous, in.previous), repeat(saved, in.saved);
    repeat(sumsIn, in.sums), repeat(preInfo, in.preInfo);
    resetOwn();
  }

  /// Bytes a token, nearly.
  static size_t bytesOfToken(int hidden, int slices) {
    return 30 * static_cast<size_t>(hidden) + 160 * slices + 700;
  }
  /// f32 x 4 that `slabs` slabs write.
  size_t dphiCount(int slabs) const {
    return static_cast<size_t>(slabs) * (in.hidden / kWarpColumns) * 24 * 32;
  }

  /// k not written.
  void resetOwn() { repeat(own, in.own); }
  /// What the kernel of a token writes, not written.
  void poisonToken() {
    dmRows.fill(0xff), dmColumns.fill(0xff), tokenGradients.fill(0xff);
  }
  /// What the kernels over columns write, not written.
  void poisonColumns() {
    dx.fill(0xff), df.fill(0xff), sumsOut.fill(0xff), dphi.fill(0xff);
    dcPre.fill(0xff);
  }
  /// dm of pre of the first tokens, NaN: the kernel of one pass may not use it.
  void poisonPre(int tokens) {
    constexpr u32 nan = 0x7fc07fc0;
    std::vector<u32> rows =
        dmRows.download(0, static_cast<size_t>(tokens) * kDmRowWords);
    for (size_t at = 0; at < rows.size(); at += 12)
      rows[at] = rows[at + 1] = nan;
    dmRows.upload(rows);
    std::vector<u32> columns = dmColumns.download(
        0, (tokens + kTileTokens - 1) / kTileTokens * kDmColumnWords);
    for (size_t at = 0; at < columns.size(); ++at)
      if (at % kDmColumnWords < 4 * 8)
        columns[at] = nan;
    dmColumns.upload(columns);
  }

  TokenParameters token(int tokens) const {
    return {x.data(),        f.data(),         dy.data(),
            previous.data(), saved.data(),     sumsIn.data(),
            scale.data(),    base.data(),      own.data(),
            dmRows.data(),   dmColumns.data(), tokenGradients.data(),
            tokens};
  }
  ColumnParameters columns(int tokens, int terms) const {
    return {g.data(),
            dy.data(),
            x.data(),
            f.data(),
            dx.data(),
            df.data(),
            previous.data(),
            own.data(),
            dmRows.data(),
            dmColumns.data(),
            (terms == 2 ? phiTwoTerms : phiOneTerm).data(),
            sumsOut.data(),
            dphi.data(),
            tokens};
  }
  OnePassParameters onePass(int tokens) const {
    return {columns(tokens, 2), preInfo.data(), dcPre.data()};
  }

  const BackwardInputs &in;
  const int capacity, maxSlabs;

private:
  size_t rowElements(int streams) const {
    return static_cast<size_t>(capacity) * streams * in.hidden;
  }
  size_t perToken(int count) const {
    return static_cast<size_t>(capacity) * count;
  }
  size_t tilesOfAll() const {
    return (capacity + kTileTokens - 1) / kTileTokens;
  }
  template <typename T>
  void repeat(const Buffer<T> &target, const std::vector<T> &source) {
    const Buffer<T> from(source);
    constexpr size_t perPiece = 16 / sizeof(T);
    const unsigned ctas = 4 * device.multiprocessors;
    launch(repeatPieces, {kEmulated ? 1 : ctas, kEmulated ? 32u : 256u},
           {reinterpret_cast<const uint4 *>(from.data()),
            reinterpret_cast<uint4 *>(target.data()), source.size() / perPiece,
            target.size() / perPiece});
    synchronize();
  }
  Device device;

public:
  Buffer<u16> x, g, f, dy, dx, df;
  Buffer<float> previous, own, saved, sumsIn, preInfo, sumsOut, tokenGradients,
      dcPre, scale, base;
  Buffer<u32> dmRows, dmColumns;
  Buffer<float4> dphi;
  Buffer<uint4> phiTwoTerms, phiOneTerm;
};

} // namespace probe

#endif // PROBE_PROTOTYPES_BACKWARD_BUFFERS_H
