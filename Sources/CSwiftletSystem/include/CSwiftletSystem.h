// What the runtime needs of the operating system and the processor, besides arithmetic: files in
// memory, threads, SHA-256, the clock and stop signals. Embedded Swift has none of them.
#ifndef CSWIFTLET_SYSTEM_H
#define CSWIFTLET_SYSTEM_H

#include "swl_clock.h"
#include "swl_file.h"
#include "swl_memory.h"
#include "swl_sha256.h"
#include "swl_stop_signal.h"
#include "swl_thread_pool.h"

#endif
