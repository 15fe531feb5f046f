//===- Program.cpp - Tensors and sizes of a program -----------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Program.h"

#include "Failure.h"

#include <algorithm>

using namespace mhcrt;

//===----------------------------------------------------------------------===//
// Types
//===----------------------------------------------------------------------===//

const char *mhcrt_type_name(mhcrt_type type) {
  static const char *const names[] = {"bf16", "f16", "f32", "f64",
                                      "i1",   "i8",  "i32", "i64"};
  return type >= MHCRT_BF16 && type <= MHCRT_I64 ? names[type] : "unknown type";
}

uint32_t mhcrt_type_bytes(mhcrt_type type) {
  static const uint32_t bytes[] = {2, 2, 4, 8, 1, 1, 4, 8};
  return type >= MHCRT_BF16 && type <= MHCRT_I64 ? bytes[type] : 0;
}

//===----------------------------------------------------------------------===//
// Shapes
//===----------------------------------------------------------------------===//

std::string mhcrt::describeTensor(const ProgramInfo &info, mhcrt_role role,
                                  size_t index) {
  const std::string &name = getTensors(info, role)[index].name;
  return (role == MHCRT_ARGUMENT ? "argument " : "result ") +
         std::to_string(index) + (name.empty() ? "" : " ('" + name + "')");
}

void mhcrt::checkSizes(const ProgramInfo &info, const int64_t *sizes) {
  if (!info.sizes.empty())
    expectObject(sizes, "the sizes");
  for (size_t i = 0; i < info.sizes.size(); ++i)
    if (sizes[i] < 0)
      fail(MHCRT_WRONG_SHAPE, "size " + info.sizes[i] +
                                  ": expected at least 0, got " +
                                  std::to_string(sizes[i]));
}

int64_t mhcrt::getDimension(const ProgramInfo &info, mhcrt_role role,
                            size_t index, size_t dimension,
                            const int64_t *sizes) {
  const Expression &formula = getTensors(info, role)[index].shape[dimension];
  int64_t value;
  try {
    value = formula.evaluate(sizes);
  } catch (const Failure &failure) {
    fail(failure.status, describeTensor(info, role, index) + ", dimension " +
                             std::to_string(dimension) + ": " + failure.what());
  }
  if (value < 0)
    fail(MHCRT_WRONG_SHAPE,
         describeTensor(info, role, index) + ": expected dimension " +
             std::to_string(dimension) + " to be at least 0, got " +
             std::to_string(value));
  return value;
}

uint64_t mhcrt::getBytes(const ProgramInfo &info, mhcrt_role role, size_t index,
                         const int64_t *sizes) {
  const Tensor &tensor = getTensors(info, role)[index];
  // A product with a 0 is 0, whatever the others are.
  auto bytes = static_cast<int64_t>(mhcrt_type_bytes(tensor.type));
  bool isEmpty = false, overflow = false;
  for (size_t i = 0; i < tensor.shape.size(); ++i) {
    int64_t dimension = getDimension(info, role, index, i, sizes);
    isEmpty |= dimension == 0;
    overflow |= __builtin_mul_overflow(bytes, dimension, &bytes);
  }
  if (isEmpty)
    return 0;
  if (overflow)
    fail(MHCRT_ARITHMETIC, describeTensor(info, role, index) +
                               ": expected less than 2^63 bytes, got more");
  return static_cast<uint64_t>(bytes);
}

uint64_t mhcrt::getWorkspaceBytes(const ProgramInfo &info,
                                  const int64_t *sizes) {
  int64_t bytes;
  try {
    bytes = info.workspace.evaluate(sizes);
  } catch (const Failure &failure) {
    fail(failure.status, std::string("the workspace: ") + failure.what());
  }
  if (bytes < 0)
    fail(MHCRT_OUT_OF_RANGE, "the workspace: expected at least 0 bytes, got " +
                                 std::to_string(bytes));
  return static_cast<uint64_t>(bytes);
}

//===----------------------------------------------------------------------===//
// Tensors given
//===----------------------------------------------------------------------===//

/// Fails unless there are as many tensors as the program has, of its types and
/// ranks.
static void checkTypes(const ProgramInfo &info, mhcrt_role role,
                       const mhcrt_tensor *tensors, uint32_t numTensors) {
  const std::vector<Tensor> &expected = getTensors(info, role);
  if (numTensors != expected.size())
    fail(MHCRT_INVALID_USE,
         "expected " + std::to_string(expected.size()) +
             (role == MHCRT_ARGUMENT ? " arguments" : " results") + ", got " +
             std::to_string(numTensors));
  if (numTensors)
    expectObject(tensors, "tensors");
  for (uint32_t i = 0; i < numTensors; ++i) {
    const mhcrt_tensor &tensor = tensors[i];
    if (tensor.type != expected[i].type)
      fail(MHCRT_WRONG_TYPE, describeTensor(info, role, i) + ": expected " +
                                 mhcrt_type_name(expected[i].type) + ", got " +
                                 mhcrt_type_name(tensor.type));
    if (tensor.rank != expected[i].shape.size())
      fail(MHCRT_WRONG_SHAPE, describeTensor(info, role, i) +
                                  ": expected rank " +
                                  std::to_string(expected[i].shape.size()) +
                                  ", got " + std::to_string(tensor.rank));
    if (tensor.rank)
      expectObject(tensor.dims, "dimensions of a tensor");
  }
}

static void checkShapes(const ProgramInfo &info, mhcrt_role role,
                        const mhcrt_tensor *tensors, const int64_t *sizes) {
  const std::vector<Tensor> &expected = getTensors(info, role);
  for (size_t i = 0; i < expected.size(); ++i)
    for (size_t j = 0; j < expected[i].shape.size(); ++j) {
      int64_t dimension = getDimension(info, role, i, j, sizes);
      if (tensors[i].dims[j] == dimension)
        continue;
      std::string size;
      if (auto symbol = expected[i].shape[j].getSymbol())
        size = info.sizes[*symbol] + " = ";
      fail(MHCRT_WRONG_SHAPE, describeTensor(info, role, i) +
                                  ": expected dimension " + std::to_string(j) +
                                  " to be " + size + std::to_string(dimension) +
                                  ", got " +
                                  std::to_string(tensors[i].dims[j]));
    }
}

void mhcrt::inferSizes(const ProgramInfo &info, const mhcrt_tensor *arguments,
                       uint32_t numArguments, int64_t *sizes) {
  checkTypes(info, MHCRT_ARGUMENT, arguments, numArguments);
  if (!info.sizes.empty())
    expectObject(sizes, "a place for the sizes");
  std::fill_n(sizes, info.sizes.size(), -1);
  for (size_t i = 0; i < info.arguments.size(); ++i)
    for (size_t j = 0; j < info.arguments[i].shape.size(); ++j)
      if (auto symbol = info.arguments[i].shape[j].getSymbol();
          symbol && sizes[*symbol] == -1)
        sizes[*symbol] = arguments[i].dims[j];
  checkSizes(info, sizes);
  checkShapes(info, MHCRT_ARGUMENT, arguments, sizes);
}

void mhcrt::checkTensors(const ProgramInfo &info, mhcrt_role role,
                         const mhcrt_tensor *tensors, uint32_t numTensors,
                         const int64_t *sizes) {
  checkTypes(info, role, tensors, numTensors);
  checkShapes(info, role, tensors, sizes);
}

//===----------------------------------------------------------------------===//
// The C interface
//===----------------------------------------------------------------------===//

const char *mhcrt_get_program_name(const mhcrt_program *program) {
  return program ? program->info->name.c_str() : nullptr;
}

uint32_t mhcrt_get_num_tensors(const mhcrt_program *program, mhcrt_role role) {
  return program
             ? static_cast<uint32_t>(getTensors(*program->info, role).size())
             : 0;
}

/// The program's tensor. Fails with MHCRT_INVALID_USE.
static const Tensor &findTensor(const mhcrt_program *program, mhcrt_role role,
                                uint32_t index) {
  expectObject(program, "a program");
  if (role != MHCRT_ARGUMENT && role != MHCRT_RESULT)
    fail(MHCRT_INVALID_USE, "expected MHCRT_ARGUMENT or MHCRT_RESULT, got " +
                                std::to_string(role));
  const std::vector<Tensor> &tensors = getTensors(*program->info, role);
  if (index >= tensors.size())
    fail(MHCRT_INVALID_USE,
         std::string("expected ") +
             (role == MHCRT_ARGUMENT ? "an argument" : "a result") + " below " +
             std::to_string(tensors.size()) + ", got " + std::to_string(index));
  return tensors[index];
}

mhcrt_status mhcrt_get_tensor_info(const mhcrt_program *program,
                                   mhcrt_role role, uint32_t index,
                                   mhcrt_tensor_info *info,
                                   mhcrt_error *error) {
  return guarded(error, [&] {
    const Tensor &tensor = findTensor(program, role, index);
    expectObject(info, "a place for the information");
    info->name = tensor.name.c_str();
    info->type = tensor.type;
    info->rank = static_cast<uint32_t>(tensor.shape.size());
    for (size_t i = 0; i < tensor.shape.size(); ++i)
      info->dims[i] = tensor.shape[i].getConstant().value_or(-1);
  });
}

int mhcrt_may_alias(const mhcrt_program *program, uint32_t argument,
                    uint32_t result) {
  if (argument >= mhcrt_get_num_tensors(program, MHCRT_ARGUMENT))
    return 0;
  const std::vector<uint32_t> &allowed =
      program->info->arguments[argument].mayAlias;
  return std::find(allowed.begin(), allowed.end(), result) != allowed.end();
}

uint32_t mhcrt_get_num_sizes(const mhcrt_program *program) {
  return program ? static_cast<uint32_t>(program->info->sizes.size()) : 0;
}

const char *mhcrt_get_size_name(const mhcrt_program *program, uint32_t index) {
  return index < mhcrt_get_num_sizes(program)
             ? program->info->sizes[index].c_str()
             : nullptr;
}

mhcrt_status mhcrt_get_shape(const mhcrt_program *program, mhcrt_role role,
                             uint32_t index, const int64_t *sizes,
                             int64_t *dims, mhcrt_error *error) {
  return guarded(error, [&] {
    const Tensor &tensor = findTensor(program, role, index);
    checkSizes(*program->info, sizes);
    if (!tensor.shape.empty())
      expectObject(dims, "a place for the dimensions");
    for (size_t i = 0; i < tensor.shape.size(); ++i)
      dims[i] = getDimension(*program->info, role, index, i, sizes);
  });
}

mhcrt_status mhcrt_get_workspace_bytes(const mhcrt_program *program,
                                       const int64_t *sizes, uint64_t *bytes,
                                       mhcrt_error *error) {
  return guarded(error, [&] {
    expectObject(program, "a program");
    expectObject(bytes, "a place for the bytes");
    checkSizes(*program->info, sizes);
    *bytes = getWorkspaceBytes(*program->info, sizes);
  });
}

mhcrt_status mhcrt_infer_sizes(const mhcrt_program *program,
                               const mhcrt_tensor *arguments,
                               uint32_t numArguments, int64_t *sizes,
                               mhcrt_error *error) {
  return guarded(error, [&] {
    expectObject(program, "a program");
    inferSizes(*program->info, arguments, numArguments, sizes);
  });
}
