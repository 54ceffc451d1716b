#ifndef SWL_THREAD_POOL_H
#define SWL_THREAD_POOL_H

#include <stdint.h>

typedef struct SwlThreadPool SwlThreadPool;

// A pool that runs jobs on `threads` ≥ 1 threads, the caller's included. Null when threads cannot
// be made.
SwlThreadPool* _Nullable swl_thread_pool_create(int32_t threads);
void swl_thread_pool_destroy(SwlThreadPool* _Nullable pool);
int32_t swl_thread_pool_size(const SwlThreadPool* _Nonnull pool);

// Calls job(context, part) for every part in [0, parts) and returns when all are done. Parts are
// dealt to threads in contiguous runs. Allocates nothing.
void swl_thread_pool_run(SwlThreadPool* _Nonnull pool, int32_t parts,
                         void (*_Nonnull job)(void* _Nullable context, int32_t part),
                         void* _Nullable context);

#endif
