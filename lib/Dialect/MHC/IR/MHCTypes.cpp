//===- MHCTypes.cpp - Rows, weights and totals in a kernel ----------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "mhc/Dialect/MHC/IR/MHC.h"
#include "mhc/Dialect/MHC/IR/Shapes.h"

#include "mlir/IR/Builders.h"
#include "mlir/IR/DialectImplementation.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using namespace mlir::mhc;

#define GET_TYPEDEF_CLASSES
#include "mhc/Dialect/MHC/IR/MHCTypes.cpp.inc"

void MHCDialect::registerTypes() {
  addTypes<
#define GET_TYPEDEF_LIST
#include "mhc/Dialect/MHC/IR/MHCTypes.cpp.inc"
      >();
}

//===----------------------------------------------------------------------===//
// Syntax: <4x64xbf16>
//===----------------------------------------------------------------------===//

static void printShape(AsmPrinter &printer, ArrayRef<int64_t> shape,
                       Type element) {
  printer << '<';
  for (int64_t size : shape)
    printer << size << 'x';
  printer << element << '>';
}

template <typename T> static Type parseShape(AsmParser &parser) {
  SMLoc loc = parser.getCurrentLocation();
  SmallVector<int64_t> shape;
  Type element;
  if (parser.parseLess() ||
      parser.parseDimensionList(shape, /*allowDynamic=*/false) ||
      parser.parseType(element) || parser.parseGreater())
    return {};
  return parser.getChecked<T>(loc, parser.getContext(), shape, element);
}

Type RowType::parse(AsmParser &parser) { return parseShape<RowType>(parser); }
Type WeightType::parse(AsmParser &parser) {
  return parseShape<WeightType>(parser);
}
Type TotalType::parse(AsmParser &parser) {
  return parseShape<TotalType>(parser);
}
void RowType::print(AsmPrinter &printer) const {
  printShape(printer, getShape(), getElementType());
}
void WeightType::print(AsmPrinter &printer) const {
  printShape(printer, getShape(), getElementType());
}
void TotalType::print(AsmPrinter &printer) const {
  printShape(printer, getShape(), getElementType());
}

//===----------------------------------------------------------------------===//
// Rules
//===----------------------------------------------------------------------===//

using EmitError = function_ref<InFlightDiagnostic()>;

static bool isRowFloat(Type type) {
  return isa<BFloat16Type, Float16Type, Float32Type, Float64Type>(type);
}

static LogicalResult verifyStreamsAndHidden(EmitError emitError,
                                            ArrayRef<int64_t> shape,
                                            bool withStreams) {
  int64_t hidden = shape.back();
  if (hidden < 1 || hidden > kMaxHidden)
    return emitError() << "expected hidden, the last dimension, to be from 1 "
                          "to "
                       << kMaxHidden << ", got " << hidden;
  int64_t streams = withStreams ? shape[shape.size() - 2] : 1;
  if (streams < 1 || streams > kMaxStreams)
    return emitError() << "expected streams, the dimension before the last, to "
                          "be from 1 to "
                       << kMaxStreams << ", got " << streams;
  return success();
}

LogicalResult RowType::verify(EmitError emitError, ArrayRef<int64_t> shape,
                              Type element) {
  if (shape.size() != 1 && shape.size() != 2)
    return emitError() << "expected a row to have dimensions n x C or C, got "
                       << shape.size() << " dimensions";
  if (!isRowFloat(element) && !element.isSignlessInteger(8) &&
      !element.isSignlessInteger(32) && !element.isSignlessInteger(64))
    return emitError() << "expected a row of bf16, f16, f32, f64, i8, i32 or "
                          "i64, got "
                       << element;
  return verifyStreamsAndHidden(emitError, shape, shape.size() == 2);
}

LogicalResult WeightType::verify(EmitError emitError, ArrayRef<int64_t> shape,
                                 Type element) {
  if (shape.size() != 2 && shape.size() != 3)
    return emitError() << "expected weights to have dimensions m x n x C or "
                          "m x C, got "
                       << shape.size() << " dimensions";
  if (!isRowFloat(element))
    return emitError() << "expected weights of bf16, f16, f32 or f64, got "
                       << element;
  if (shape.front() < 1)
    return emitError() << "expected weights to have at least one row, got "
                       << shape.front();
  return verifyStreamsAndHidden(emitError, shape, shape.size() == 3);
}

LogicalResult TotalType::verify(EmitError emitError, ArrayRef<int64_t> shape,
                                Type element) {
  if (!isa<FloatType>(element))
    return emitError() << "expected a total of floats, got " << element;
  for (int64_t size : shape)
    if (size < 1)
      return emitError() << "expected dimensions of at least 1, got " << size;
  return success();
}

//===----------------------------------------------------------------------===//
// Columns
//===----------------------------------------------------------------------===//

Type RowType::getColumnType() const {
  if (hasStreams())
    return VectorType::get(getStreams(), getElementType());
  return getElementType();
}

RowType RowType::getOfColumns(Type column, int64_t hidden) {
  SmallVector<int64_t> shape;
  if (auto vector = dyn_cast<VectorType>(column))
    llvm::append_range(shape, vector.getShape());
  shape.push_back(hidden);
  Type element = getElementTypeOrSelf(column);
  MLIRContext *context = column.getContext();
  auto silent = [&] {
    InFlightDiagnostic diagnostic = mlir::emitError(UnknownLoc::get(context));
    diagnostic.abandon();
    return diagnostic;
  };
  if (shape.size() > 2 || failed(verify(silent, shape, element)))
    return nullptr;
  return get(context, shape, element);
}

int64_t RowType::getBytes() const {
  return getStreams() * getHidden() *
         (getElementType().getIntOrFloatBitWidth() / 8);
}
