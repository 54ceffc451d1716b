#ifndef SWL_THREAD_POOL_H
#define SWL_THREAD_POOL_H

#include <stdint.h>

typedef struct SwlThreadPool SwlThreadPool;

// The most threads a pool can have.
#define SWL_MAX_THREADS 256

// A pool that runs jobs on 1…SWL_MAX_THREADS threads, the caller's included: a pool of 1 makes
// none. Null for another number, or when memory or threads cannot be had.
SwlThreadPool* _Nullable swl_thread_pool_create(int32_t threads);

// Ends and joins the threads. No run may be in progress.
void swl_thread_pool_destroy(SwlThreadPool* _Nullable pool);

// The number of threads, the caller's included.
int32_t swl_thread_pool_size(const SwlThreadPool* _Nonnull pool);

// Calls job(context, part) for every part in [0, parts) and returns when all are done. Parts are
// dealt to threads in contiguous runs, the first to the caller. Allocates nothing. One run at a
// time: neither two threads nor a job may call it while it runs.
void swl_thread_pool_run(SwlThreadPool* _Nonnull pool, int32_t parts,
                         void (*_Nonnull job)(void* _Nullable context, int32_t part),
                         void* _Nullable context);

#endif
