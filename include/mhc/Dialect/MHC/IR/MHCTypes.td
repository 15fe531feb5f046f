//===- MHCTypes.td - Rows, weights and totals in a kernel -*- tablegen -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MHC_DIALECT_MHC_IR_MHCTYPES
#define MHC_DIALECT_MHC_IR_MHCTYPES

include "mhc/Dialect/MHC/IR/MHCBase.td"

class MHC_ShapedType<string name, string mnemonic_> : TypeDef<MHC_Dialect, name> {
  let mnemonic = mnemonic_;
  let parameters = (ins ArrayRefParameter<"int64_t">:$shape, "::mlir::Type":$elementType);
  let hasCustomAssemblyFormat = 1;
  let genVerifyDecl = 1;
}

def MHC_RowType : MHC_ShapedType<"Row", "row"> {
  let summary = "a row of one token";
  let description = [{
    `!mhc.row<4x4096xbf16>` is what a kernel knows of rows `[T.., 4, 4096]`: streams
    and hidden of one token. `!mhc.row<4096xbf16>` has no streams. Only an
    `mhc.sweep` reads its elements, column by column: of a row with streams a column
    is a `vector<4xbf16>`, of one without a `bf16`. Elements are bf16, f16, f32, f64, i8,
    i32 or i64.
  }];
  let extraClassDeclaration = [{
    bool hasStreams() const { return getShape().size() == 2; }
    /// n; 1 for a row without a stream dimension.
    int64_t getStreams() const { return hasStreams() ? getShape()[0] : 1; }
    int64_t getHidden() const { return getShape().back(); }
    /// `vector<nxT>` for a row with streams, `T` for one without.
    ::mlir::Type getColumnType() const;
    /// The row of `hidden` such columns; null if that is not a column.
    static RowType getOfColumns(::mlir::Type column, int64_t hidden);
    /// The bytes of its elements.
    int64_t getBytes() const;
  }];
}

def MHC_WeightType : MHC_ShapedType<"Weight", "weight"> {
  let summary = "phi in a kernel";
  let description = [{
    `!mhc.weight<24x4x4096xf32>` is phi `[24, 4 * 4096]` of a product with whole
    tokens; `!mhc.weight<6x4096xf32>` is phi `[6, 4096]` of one with each stream, or with
    a row without streams.
  }];
  let extraClassDeclaration = [{
    bool hasStreams() const { return getShape().size() == 3; }
    /// m, the number of rows of phi.
    int64_t getOutputs() const { return getShape()[0]; }
    int64_t getStreams() const { return hasStreams() ? getShape()[1] : 1; }
    int64_t getHidden() const { return getShape().back(); }
  }];
}

def MHC_TotalType : MHC_ShapedType<"Total", "total"> {
  let summary = "a value added over all tokens";
  let description = [{
    What a kernel adds over its tokens, such as the gradient of phi,
    `!mhc.total<24x4x4096xf32>`. No token can read it; it is only returned. The tensor has this
    shape, or the last two dimensions as one. `!mhc.total<f32>` is a number.
  }];
}

#endif // MHC_DIALECT_MHC_IR_MHCTYPES
