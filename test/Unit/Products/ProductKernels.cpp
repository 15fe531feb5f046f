//===- ProductKernels.cpp - A kernel around each product with phi ---------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
//     mhc-product-kernels key=value,... key=value,...
//
// prints a program for the emulator with a kernel for each argument, which is a
// case, and a function @main that runs them all: it takes rows and weights, or
// coefficients and weights, or rows and coefficients for each case, and returns
// a result for each:
//
//     project      [leaves, values, tokens]
//     backproject  [tokens, streams, hidden]
//     outer        [outputs, streams, hidden]
//
// Keys: op, outputs, streams (of phi), rowstreams, hidden, rows and phi
// (types), precision, tokens, shared (1: phi there), leaves (of a CTA, one a
// warp), count (outputs of a part of outer).
//
//===----------------------------------------------------------------------===//

#include "../../../lib/Conversion/MHCKernelToGPU/WeightProducts.h"

#include "mhc/Pipelines/Pipelines.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/LLVMIR/NVVMDialect.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/IR/Verifier.h"
#include "llvm/Support/MathExtras.h"

#include <map>
#include <string>

using namespace mlir;
using namespace mlir::mhc;

namespace {
struct Case {
  std::map<std::string, std::string> keys;

  int64_t get(const std::string &key, int64_t otherwise) const {
    auto it = keys.find(key);
    return it == keys.end() ? otherwise : std::stoll(it->second);
  }
  std::string getText(const std::string &key, StringRef otherwise) const {
    auto it = keys.find(key);
    return it == keys.end() ? otherwise.str() : it->second;
  }
};

class KernelBuilder {
public:
  KernelBuilder(OpBuilder &builder, const Case &given, int64_t number)
      : builder(builder), loc(builder.getUnknownLoc()), given(given),
        name("case_" + std::to_string(number)), code(builder, loc) {}

  LogicalResult parse();
  void emitKernel(ModuleOp module);
  MemRefType getType(int which) const { return types[which]; }
  Value emitLaunch(Value first, Value second);

private:
  Type parseType(const std::string &text) {
    return llvm::StringSwitch<Type>(text)
        .Case("bf16", builder.getBF16Type())
        .Case("f16", builder.getF16Type())
        .Case("f64", builder.getF64Type())
        .Default(builder.getF32Type());
  }
  Value getPointer(Value memref);
  WarpTile getTile();
  SmallVector<Value> loadColumns(const WarpTile &tile, Value rows);
  TokenValues loadCoefficients(Value d, Value memory);
  void loopOverTiles(function_ref<void(const WarpTile &)> body);
  void emitProjectBody(Value rows, Value phi, Value out);
  void emitBackprojectBody(Value d, Value phi, Value out);
  void emitOuterBody(Value rows, Value d, Value out);
  WeightMemory makePhi(Value pointer, WeightMemory::Use use);

  OpBuilder &builder;
  Location loc;
  const Case &given;
  std::string name, op;
  DeviceCode code;
  std::optional<WeightProduct> product;
  int64_t tokens, leaves, tiles, count, hidden, slices, values, stride;
  bool isShared;
  MemRefType types[3];
  /// The number of tokens, and the CTA's dynamic shared memory.
  Value numTokens, shared;
  int64_t sharedBytes = 0;
};
} // namespace

LogicalResult KernelBuilder::parse() {
  op = given.getText("op", "project");
  int64_t streams = given.get("streams", 4);
  int64_t outputs = given.get("outputs", 24);
  hidden = given.get("hidden", 64);
  tokens = given.get("tokens", 13);
  leaves = given.get("leaves", 2);
  tiles = given.get("tiles", 1);
  isShared = given.get("shared", 1);
  Type rows = parseType(given.getText("rows", "bf16"));
  Type phi = parseType(given.getText("phi", "f32"));
  std::optional<Precision> precision =
      symbolizePrecision(given.getText("precision", "bf16x3"));
  if (!precision)
    return failure();
  product.emplace(WeightProduct{
      WeightType::get(builder.getContext(), {outputs, streams, hidden}, phi),
      *precision, given.get("rowstreams", streams), rows});
  count = given.get("count", outputs);
  slices = llvm::divideCeil(llvm::divideCeil(hidden, 32), leaves);
  values = outputs * (product->isEach() ? product->rowStreams : 1);
  stride = llvm::alignTo(tokens, 32) + 8;
  Type sum = product->getSumType();
  auto rowType = MemRefType::get({tokens, product->rowStreams, hidden}, rows);
  auto phiType = MemRefType::get({outputs, streams, hidden}, phi);
  auto dType = MemRefType::get({values, tokens}, sum);
  if (op == "project") {
    types[0] = rowType;
    types[1] = phiType;
    types[2] = MemRefType::get({slices * leaves, values, tokens}, sum);
  } else if (op == "backproject") {
    types[0] = dType;
    types[1] = phiType;
    types[2] = MemRefType::get({tokens, product->rowStreams, hidden}, sum);
  } else {
    types[0] = rowType;
    types[1] = dType;
    types[2] = MemRefType::get({outputs, streams, hidden}, sum);
  }
  return success();
}

Value KernelBuilder::getPointer(Value memref) {
  Value address =
      memref::ExtractAlignedPointerAsIndexOp::create(builder, loc, memref);
  address =
      arith::IndexCastOp::create(builder, loc, builder.getI64Type(), address);
  return LLVM::IntToPtrOp::create(
      builder, loc, LLVM::LLVMPointerType::get(builder.getContext(), 1),
      address);
}

WarpTile KernelBuilder::getTile() {
  WarpTile tile;
  Value thread = code.threadId();
  tile.lane = code.rem(thread, 32);
  tile.g = code.div(tile.lane, 4);
  tile.t = code.rem(tile.lane, 4);
  tile.leaf = code.div(thread, 32);
  Value leaf = code.add(code.mul(code.blockId('x'), leaves), tile.leaf);
  tile.column = code.mul(leaf, 32);
  tile.end = numTokens;
  return tile;
}

void KernelBuilder::loopOverTiles(function_ref<void(const WarpTile &)> body) {
  WarpTile tile = getTile();
  code.loop(code.i32(0), numTokens, code.i32(8), [&](Value token) {
    tile.token = token;
    body(tile);
  });
}

/// The columns of all streams, of the last token for those that are missing.
SmallVector<Value> KernelBuilder::loadColumns(const WarpTile &tile,
                                              Value rows) {
  Value token = code.min(code.add(tile.token, tile.g), code.add(numTokens, -1));
  Value own = code.add(tile.column, code.mul(tile.t, 8));
  Type element = product->rowElement;
  SmallVector<Value> columns;
  for (int64_t stream = 0; stream < product->rowStreams; ++stream) {
    Value row = code.add(code.mul(token, product->rowStreams), stream);
    SmallVector<Value> values;
    if (hidden % 32 == 0 && hidden % (32 * leaves) == 0) {
      Value place = code.add(code.mul(row, hidden), own);
      columns.push_back(code.load(
          VectorType::get({8}, element),
          code.offset(rows, code.mul(place, getBytes(element))), 16, true));
      continue;
    }
    for (int64_t i = 0; i < 8; ++i) {
      Value column = code.add(own, i);
      Value inside = code.min(column, code.i32(hidden - 1));
      Value place = code.add(code.mul(row, hidden), inside);
      Value value = code.load(
          element, code.offset(rows, code.mul(place, getBytes(element))),
          getBytes(element), true);
      values.push_back(code.select(code.less(column, code.i32(hidden)), value,
                                   code.zero(element)));
    }
    columns.push_back(code.join(values));
  }
  return columns;
}

/// d from global [value][token] to shared memory, with zeros for what lacks.
TokenValues KernelBuilder::loadCoefficients(Value d, Value memory) {
  TokenValues result{memory, product->getSumType(), stride};
  int64_t bytes = getBytes(result.element);
  code.loop(code.threadId(), code.i32(values * stride), code.i32(32 * leaves),
            [&](Value i) {
              Value token = code.rem(i, stride);
              Value inside = code.min(token, code.add(numTokens, -1));
              Value place =
                  code.add(code.mul(code.div(i, stride), numTokens), inside);
              Value value =
                  code.load(result.element,
                            code.offset(d, code.mul(place, bytes)), bytes);
              value = code.select(code.less(token, numTokens), value,
                                  code.zero(result.element));
              code.store(value, code.offset(memory, code.mul(i, bytes)), bytes);
            });
  return result;
}

WeightMemory KernelBuilder::makePhi(Value pointer, WeightMemory::Use use) {
  Value memory;
  if (isShared) {
    memory = code.offset(shared, sharedBytes);
    sharedBytes += WeightMemory::getSharedBytes(*product, use, leaves);
  }
  WeightMemory phi(*product, use, pointer, memory);
  if (isShared)
    phi.fill(code, code.threadId(), 32 * leaves, leaves, [&](Value leaf) {
      return code.mul(code.add(code.mul(code.blockId('x'), leaves), leaf), 32);
    });
  return phi;
}

void KernelBuilder::emitProjectBody(Value rows, Value phiPointer, Value out) {
  int64_t bytes = getBytes(product->getSumType());
  WeightMemory phi = makePhi(phiPointer, WeightMemory::Project);
  int64_t sumsBytes = llvm::alignTo(values * 8 * bytes, 16);
  Value all = code.offset(shared, sharedBytes);
  sharedBytes += sumsBytes * leaves * tiles;
  code.barrier();
  WarpTile tile = getTile();
  code.loop(code.i32(0), numTokens, code.i32(8 * tiles), [&](Value token) {
    SmallVector<RowTile> rowTiles;
    for (int64_t i = 0; i < tiles; ++i) {
      tile.token = code.add(token, 8 * i);
      Value place = code.add(code.mul(tile.leaf, tiles), i);
      rowTiles.push_back({tile, loadColumns(tile, rows),
                          code.offset(all, code.mul(place, sumsBytes))});
    }
    emitProject(code, phi, rowTiles);
    code.warpBarrier();
    for (const RowTile &rowTile : rowTiles)
      code.loop(tile.lane, code.i32(values * 8), code.i32(32), [&](Value i) {
        Value token = code.add(rowTile.tile.token, code.rem(i, 8));
        code.when(code.less(token, numTokens), [&] {
          Value leaf = code.div(tile.column, 32);
          Value place = code.add(code.mul(leaf, values), code.div(i, 8));
          place = code.add(code.mul(place, numTokens), token);
          Value sum =
              code.load(product->getSumType(),
                        code.offset(rowTile.sums, code.mul(i, bytes)), bytes);
          code.store(sum, code.offset(out, code.mul(place, bytes)), bytes);
        });
      });
    code.warpBarrier();
  });
}

void KernelBuilder::emitBackprojectBody(Value dPointer, Value phiPointer,
                                        Value out) {
  int64_t bytes = getBytes(product->getSumType());
  WeightMemory phi = makePhi(phiPointer, WeightMemory::Backproject);
  TokenValues d = loadCoefficients(dPointer, code.offset(shared, sharedBytes));
  sharedBytes += values * stride * bytes;
  code.barrier();
  loopOverTiles([&](const WarpTile &tile) {
    SmallVector<Value> rows = emitBackproject(code, phi, tile, d);
    Value token = code.add(tile.token, tile.g);
    Value own = code.add(tile.column, code.mul(tile.t, 8));
    bool isWhole = hidden % 32 == 0 && hidden % (32 * leaves) == 0;
    code.when(code.less(token, numTokens), [&] {
      for (int64_t stream = 0; stream < product->rowStreams; ++stream) {
        Value row = rows[stream];
        Value place = code.mul(
            code.add(code.mul(token, product->rowStreams), stream), hidden);
        if (isWhole) {
          code.store(
              row, code.offset(out, code.mul(code.add(place, own), bytes)), 16);
          continue;
        }
        for (int64_t i = 0; i < 8; ++i) {
          Value column = code.add(own, i);
          code.when(code.less(column, code.i32(hidden)), [&] {
            code.store(
                code.extract(row, i),
                code.offset(out, code.mul(code.add(place, column), bytes)),
                bytes);
          });
        }
      }
    });
  });
}

void KernelBuilder::emitOuterBody(Value rows, Value dPointer, Value out) {
  TokenValues d = loadCoefficients(dPointer, code.offset(shared, sharedBytes));
  sharedBytes += values * stride * getBytes(product->getSumType());
  code.barrier();
  OuterProduct outer(*product, code.mul(code.blockId('z'), count), count);
  WarpTile tile = getTile();
  SmallVector<Value> sums = code.loopCarrying(
      code.i32(0), numTokens, code.i32(8), outer.getInitial(code),
      [&](Value token, ValueRange sums) {
        tile.token = token;
        return outer.add(code, tile, loadColumns(tile, rows), d, sums);
      });
  outer.store(code, tile, sums, out);
}

void KernelBuilder::emitKernel(ModuleOp module) {
  builder.setInsertionPointToEnd(module.getBody());
  auto gpuModule = gpu::GPUModuleOp::create(builder, loc, name);
  gpuModule->setAttr("mhc.bare_pointers", builder.getUnitAttr());
  builder.setInsertionPointToStart(gpuModule.getBody());
  auto bytes = LLVM::LLVMArrayType::get(builder.getI8Type(), 0);
  LLVM::GlobalOp::create(builder, loc, bytes, /*isConstant=*/false,
                         LLVM::Linkage::External, "shared", Attribute(),
                         /*alignment=*/16, /*addrSpace=*/3);
  auto type = builder.getFunctionType(
      {types[0], types[1], types[2], builder.getI32Type()}, {});
  auto kernel = gpu::GPUFuncOp::create(builder, loc, "kernel", type);
  kernel->setAttr(gpu::GPUDialect::getKernelFuncAttrName(),
                  builder.getUnitAttr());
  kernel.setKnownBlockSizeAttr(
      builder.getDenseI32ArrayAttr({static_cast<int32_t>(32 * leaves), 1, 1}));
  builder.setInsertionPointToStart(&kernel.getBody().front());
  shared = LLVM::AddressOfOp::create(
      builder, loc, LLVM::LLVMPointerType::get(builder.getContext(), 3),
      "shared");
  numTokens = kernel.getArgument(3);
  Value pointers[3];
  for (int i = 0; i < 3; ++i)
    pointers[i] = getPointer(kernel.getArgument(i));
  if (op == "project")
    emitProjectBody(pointers[0], pointers[1], pointers[2]);
  else if (op == "backproject")
    emitBackprojectBody(pointers[0], pointers[1], pointers[2]);
  else
    emitOuterBody(pointers[0], pointers[1], pointers[2]);
  gpu::ReturnOp::create(builder, loc);
}

Value KernelBuilder::emitLaunch(Value first, Value second) {
  Value out = memref::AllocOp::create(builder, loc, types[2]);
  auto index = [&](int64_t value) -> Value {
    return arith::ConstantIndexOp::create(builder, loc, value);
  };
  Value one = index(1);
  int64_t parts =
      op == "outer" ? llvm::divideCeil(product->phi.getOutputs(), count) : 1;
  gpu::LaunchFuncOp::create(
      builder, loc,
      SymbolRefAttr::get(
          builder.getContext(), name,
          {FlatSymbolRefAttr::get(builder.getContext(), "kernel")}),
      gpu::KernelDim3{index(slices), one, index(parts)},
      gpu::KernelDim3{index(32 * leaves), one, one}, code.i32(sharedBytes),
      ValueRange{first, second, out, code.i32(tokens)});
  return out;
}

int main(int argc, char **argv) {
  DialectRegistry registry;
  registerDialects(registry);
  MLIRContext context(registry);
  context.loadAllAvailableDialects();
  OpBuilder builder(&context);
  Location loc = builder.getUnknownLoc();
  OwningOpRef<ModuleOp> module = ModuleOp::create(loc);
  (*module)->setAttr(gpu::GPUDialect::getContainerModuleAttrName(),
                     builder.getUnitAttr());
  std::vector<Case> cases(argc - 1);
  std::vector<std::unique_ptr<KernelBuilder>> kernels;
  SmallVector<Type> arguments, results;
  for (int i = 1; i < argc; ++i) {
    SmallVector<StringRef> pairs;
    StringRef(argv[i]).split(pairs, ',');
    for (StringRef pair : pairs)
      cases[i - 1].keys[pair.split('=').first.str()] =
          pair.split('=').second.str();
    kernels.push_back(
        std::make_unique<KernelBuilder>(builder, cases[i - 1], i - 1));
    if (failed(kernels.back()->parse())) {
      llvm::errs() << "expected a precision in " << argv[i] << "\n";
      return 1;
    }
    kernels.back()->emitKernel(*module);
    arguments.append({kernels.back()->getType(0), kernels.back()->getType(1)});
    results.push_back(kernels.back()->getType(2));
  }
  builder.setInsertionPointToEnd(module->getBody());
  auto main = func::FuncOp::create(builder, loc, "main",
                                   builder.getFunctionType(arguments, results));
  builder.setInsertionPointToStart(main.addEntryBlock());
  SmallVector<Value> values;
  for (auto [i, kernel] : llvm::enumerate(kernels))
    values.push_back(kernel->emitLaunch(main.getArgument(2 * i),
                                        main.getArgument(2 * i + 1)));
  func::ReturnOp::create(builder, loc, values);
  if (failed(verify(*module)))
    return 1;
  module->print(llvm::outs());
  return 0;
}
