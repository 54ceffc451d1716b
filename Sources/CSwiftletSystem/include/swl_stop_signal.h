#ifndef SWL_STOP_SIGNAL_H
#define SWL_STOP_SIGNAL_H

#include <stdint.h>

// From now on the first SIGINT and the first SIGTERM are only noted, for swl_stop_signal, and make
// a call that waits fail with EINTR; a second of the same kind ends the process as ever. A signal
// that is ignored stays so; one that the calling thread blocks is let through. (What runs in a
// signal handler cannot be written in Swift: it may allocate or take a lock.)
void swl_catch_stop_signals(void);

// The number of the signal that was noted, or 0. Any thread may ask.
int32_t swl_stop_signal(void);

#endif
