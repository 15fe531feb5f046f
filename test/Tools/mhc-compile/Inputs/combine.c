/* Runs the program `combine` of a connection on streams and a row of ones, with
   coefficients that are all 0: post is 1, and every element of the matrix 1/4, so
   that every element of the result is 2. */
#include "hyper-connection.h"

#include <stdio.h>
#include <stdlib.h>

static mhcrt_error error;

static void check(mhcrt_status status) {
  if (status == MHCRT_SUCCESS)
    return;
  fprintf(stderr, "%s: %s\n", mhcrt_status_name(status), error.message);
  exit(1);
}

/* Device memory of `count` elements of two bytes that are `value`. */
static void *make(mhcrt_device *device, size_t count, uint16_t value) {
  void *data;
  uint16_t *host = malloc(count * sizeof *host + 1);
  for (size_t i = 0; i < count; ++i)
    host[i] = value;
  check(mhcrt_allocate(device, count * sizeof *host, "tensor", &data, &error));
  if (count)
    check(mhcrt_copy_to_device(device, data, host, count * sizeof *host, NULL,
                               &error));
  free(host);
  return data;
}

int main(int argc, char **argv) {
  const uint16_t one = 0x3f80, two = 0x4000;
  size_t tokens = argc > 1 ? (size_t)atoi(argv[1]) : 1, hidden = 64, n = 4;
  mhcrt_module *module;
  check(hyper_connection_load(NULL, &module, &error));
  mhcrt_device *device = mhcrt_get_device(module);

  void *x = make(device, tokens * n * hidden, one);
  void *f = make(device, tokens * hidden, one);
  /* Zeros, of four bytes an element. */
  void *h = make(device, 2 * tokens * n * (n + 2), 0);
  void *scale = make(device, 2 * 3, 0);
  void *base = make(device, 2 * n * (n + 2), 0);
  void *out = make(device, tokens * n * hidden, 0);
  uint64_t bytes;
  check(hyper_connection_combine_workspace_bytes(module, (int64_t)tokens,
                                                 &bytes, &error));
  void *workspace = make(device, bytes / 2, 0);
  check(hyper_connection_combine(module, NULL, (int64_t)tokens, x, f, h, scale,
                                 base, out, workspace, bytes, 0, &error));
  check(mhcrt_synchronize(device, NULL, &error));

  size_t count = tokens * n * hidden, right = 0;
  uint16_t *host = malloc(count * sizeof *host + 1);
  if (count)
    check(mhcrt_copy_to_host(device, host, out, count * sizeof *host, NULL,
                             &error));
  for (size_t i = 0; i < count; ++i)
    right += host[i] == two;
  printf("%u tokens: %u elements are 2\n", (unsigned)tokens, (unsigned)right);

  void *buffers[] = {x, f, h, scale, base, out, workspace};
  for (size_t i = 0; i < sizeof buffers / sizeof *buffers; ++i)
    check(mhcrt_free(device, buffers[i], &error));
  mhcrt_unload(module);
  free(host);
  return right != count;
}
