/* mhcrt.h in C99, with every warning an error. */

#include "mhc/Runtime/mhcrt.h"

/* All failures are in one range, and success is none of them. */
typedef char statuses_begin_at_0[MHCRT_SUCCESS == 0 ? 1 : -1];

int mhcrtCheckHeaderInC(void) {
  mhcrt_error error;
  mhcrt_module *module = NULL;
  mhcrt_status status =
      mhcrt_load(NULL, "a folder that is not there", &module, &error);
  mhcrt_unload(module);
  mhcrt_close_device(NULL);
  return status == MHCRT_MISSING_FILE && error.status == status && !module;
}
