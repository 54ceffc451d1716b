#ifndef SWL_CLOCK_H
#define SWL_CLOCK_H

#include <stdint.h>

// Nanoseconds since some moment before the program started; they never go back. (Embedded Swift has
// no clock of its own.)
uint64_t swl_monotonic_nanoseconds(void);

#endif
