#ifndef SWL_PROCESSORS_H
#define SWL_PROCESSORS_H

#include <stdint.h>

// On how many processors the calling thread may run (sched_getaffinity, which taskset and
// containers narrow), or how many are online where the system cannot say; at least 1. A quota of
// time is not looked at.
int32_t swl_processors_allowed(void);

#endif
