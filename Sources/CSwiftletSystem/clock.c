// clock_gettime under -std=c11.
#define _POSIX_C_SOURCE 200809L

#include <time.h>

#include "CSwiftletSystem.h"

uint64_t swl_monotonic_nanoseconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (uint64_t)now.tv_sec * UINT64_C(1000000000) + (uint64_t)now.tv_nsec;
}
