/* Runs a compiled program with one size, the number of tokens, on arguments of
 * zeros: how a program in C calls libmhcrt.
 *
 *     cc run.c -lmhcrt && ./a.out FOLDER TOKENS
 */

#include <mhc/Runtime/mhcrt.h>

#include <stdio.h>
#include <stdlib.h>

static mhcrt_error error;

/* Ends the process after a failure. */
static void check(mhcrt_status status) {
  if (status == MHCRT_SUCCESS)
    return;
  fprintf(stderr, "%s: %s\n", mhcrt_status_name(status), error.message);
  exit(1);
}

/* Memory for an argument or a result, with zeros in it. */
static void *make(const mhcrt_program *program, mhcrt_role role, uint32_t index,
                  const int64_t *sizes, mhcrt_device *device, void *stream) {
  mhcrt_tensor_info info;
  int64_t dims[MHCRT_MAX_RANK];
  void *data;
  check(mhcrt_get_tensor_info(program, role, index, &info, &error));
  check(mhcrt_get_shape(program, role, index, sizes, dims, &error));
  uint64_t bytes = mhcrt_type_bytes(info.type);
  for (uint32_t i = 0; i < info.rank; ++i)
    bytes *= (uint64_t)dims[i];
  check(mhcrt_allocate(device, bytes, info.name, &data, &error));
  check(mhcrt_fill(device, data, 0, bytes, stream, &error));
  return data;
}

int main(int argc, char **argv) {
  if (argc != 3)
    return 2;
  mhcrt_device *device;
  mhcrt_module *module;
  const mhcrt_program *program;
  void *stream;
  check(mhcrt_open_device(NULL, -1, &device, &error));
  check(mhcrt_load(device, argv[1], &module, &error));
  check(mhcrt_find_program(module, NULL, &program, &error));
  check(mhcrt_get_stream(device, /*priority=*/0, &stream, &error));

  int64_t tokens = atoll(argv[2]);
  void *arguments[16], *results[16], *workspace;
  uint32_t num_arguments = mhcrt_get_num_tensors(program, MHCRT_ARGUMENT);
  uint32_t num_results = mhcrt_get_num_tensors(program, MHCRT_RESULT);
  if (mhcrt_get_num_sizes(program) != 1 || num_arguments > 16 ||
      num_results > 16)
    return 1;
  for (uint32_t i = 0; i < num_arguments; ++i)
    arguments[i] = make(program, MHCRT_ARGUMENT, i, &tokens, device, stream);
  for (uint32_t i = 0; i < num_results; ++i)
    results[i] = make(program, MHCRT_RESULT, i, &tokens, device, stream);
  uint64_t bytes;
  check(mhcrt_get_workspace_bytes(program, &tokens, &bytes, &error));
  check(mhcrt_allocate(device, bytes, "workspace", &workspace, &error));

  /* Everything is there: what follows may be captured in a graph. */
  check(mhcrt_launch(program, stream, &tokens, arguments, results, workspace,
                     bytes, /*flags=*/0, &error));
  check(mhcrt_synchronize(device, stream, &error));
  printf("%s: %u results for %lld tokens\n", mhcrt_get_program_name(program),
         num_results, (long long)tokens);

  for (uint32_t i = 0; i < num_arguments; ++i)
    check(mhcrt_free(device, arguments[i], &error));
  for (uint32_t i = 0; i < num_results; ++i)
    check(mhcrt_free(device, results[i], &error));
  check(mhcrt_free(device, workspace, &error));
  check(mhcrt_return_stream(device, stream, &error));
  mhcrt_unload(module);
  mhcrt_close_device(device);
  return 0;
}
