// What the runtime and the programs need of the operating system and the processor, besides
// arithmetic: files in memory, threads, processors, SHA-256, the clock and signals. Embedded Swift
// has none of them.
#ifndef CSWIFTLET_SYSTEM_H
#define CSWIFTLET_SYSTEM_H

#include "swl_bus_error.h"
#include "swl_clock.h"
#include "swl_file.h"
#include "swl_memory.h"
#include "swl_processors.h"
#include "swl_sha256.h"
#include "swl_stop_signal.h"
#include "swl_thread_pool.h"

#endif
