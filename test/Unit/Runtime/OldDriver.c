/* A CUDA driver from before launches had attributes: it lacks most functions
   that libmhcrt needs. */

int cuInit(unsigned flags) {
  (void)flags;
  return 0;
}

int cuDriverGetVersion(int *version) {
  *version = 11040;
  return 0;
}
