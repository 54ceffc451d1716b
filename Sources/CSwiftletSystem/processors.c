// sched_getaffinity and CPU_COUNT_S.
#define _GNU_SOURCE

#include <errno.h>
#include <sched.h>
#include <stdlib.h>
#include <unistd.h>

#include "CSwiftletSystem.h"

// More processors than Linux can be built for.
#define MOST_PROCESSORS (1 << 16)

#if defined(__linux__)
// 0 when the system does not say.
static int count_affinity(void) {
  // The kernel refuses a set that is smaller than its own.
  for (int size = CPU_SETSIZE; size <= MOST_PROCESSORS; size *= 2) {
    cpu_set_t* set = CPU_ALLOC(size);
    if (!set) return 0;
    const size_t length = CPU_ALLOC_SIZE(size);
    const int failed = sched_getaffinity(0, length, set) != 0;
    const int is_short = failed && errno == EINVAL;
    const int count = failed ? 0 : CPU_COUNT_S(length, set);
    CPU_FREE(set);
    if (!is_short) return count;
  }
  return 0;
}
#else
static int count_affinity(void) { return 0; }
#endif

int32_t swl_processors_allowed(void) {
  const int allowed = count_affinity();
  if (allowed > 0) return allowed;
  const long online = sysconf(_SC_NPROCESSORS_ONLN);
  return online > 0 && online <= MOST_PROCESSORS ? (int32_t)online : 1;
}
