#ifndef CSWIFTLET_ALLOCATION_COUNTER_H
#define CSWIFTLET_ALLOCATION_COUNTER_H

#include <stdint.h>

// How many times memory was allocated by any thread of this process since it started; −1 where the
// allocator cannot be replaced (no glibc, or under a sanitizer that replaces it itself).
int64_t swl_allocation_count(void);

// The same for the calling thread alone.
int64_t swl_allocation_count_of_thread(void);

#endif
