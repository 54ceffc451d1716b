#define _POSIX_C_SOURCE 200809L

#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "CSwiftletSystem.h"

// How often a waiting thread looks before it sleeps. Operations follow each other within
// microseconds, where waking a sleeping thread takes tens of them.
#define SPINS 1000

typedef struct Worker {
  SwlThreadPool* pool;
  int32_t index;  // 1…threads − 1; the caller is 0
  pthread_t thread;
} Worker;

// One run at a time. The caller writes job, context and parts, then raises `generation` (release);
// workers read them after seeing the new generation (acquire). Every worker then lowers `working`,
// also one that had no part, and the caller returns when it is 0: so the fields are never written
// while a worker may read them.
struct SwlThreadPool {
  int32_t threads;
  int32_t started;  // workers that exist
  pthread_mutex_t mutex;
  pthread_cond_t work_came;   // generation was raised
  pthread_cond_t work_ended;  // working became 0
  atomic_uint generation;
  atomic_int working;
  int32_t is_stopping;
  void (*job)(void* context, int32_t part);
  void* context;
  int32_t parts;
  Worker workers[];
};

static inline void pause_briefly(void) {
#if defined(__x86_64__) || defined(__i386__)
  __builtin_ia32_pause();
#elif defined(__aarch64__) || (defined(__arm__) && __ARM_ARCH >= 7)
  __asm__ volatile("yield");
#endif
}

// Thread `index` does parts [parts·index/threads, parts·(index + 1)/threads).
static void run_share(SwlThreadPool* pool, int32_t index) {
  const int64_t parts = pool->parts;
  const int32_t begin = (int32_t)(parts * index / pool->threads);
  const int32_t end = (int32_t)(parts * (index + 1) / pool->threads);
  for (int32_t part = begin; part < end; part++) pool->job(pool->context, part);
}

// Waits until the generation is another than `seen` and returns it.
static unsigned wait_for_work(SwlThreadPool* pool, unsigned seen) {
  for (int32_t i = 0; i < SPINS; i++) {
    const unsigned now = atomic_load_explicit(&pool->generation, memory_order_acquire);
    if (now != seen) return now;
    pause_briefly();
  }
  pthread_mutex_lock(&pool->mutex);
  unsigned now;
  while ((now = atomic_load_explicit(&pool->generation, memory_order_acquire)) == seen) {
    pthread_cond_wait(&pool->work_came, &pool->mutex);
  }
  pthread_mutex_unlock(&pool->mutex);
  return now;
}

static void* worker_main(void* argument) {
  Worker* worker = argument;
  SwlThreadPool* pool = worker->pool;
  unsigned seen = 0;
  for (;;) {
    seen = wait_for_work(pool, seen);
    if (pool->is_stopping) return NULL;
    run_share(pool, worker->index);
    if (atomic_fetch_sub_explicit(&pool->working, 1, memory_order_acq_rel) == 1) {
      // The lock puts this signal either before the caller looks or after it has begun to wait.
      pthread_mutex_lock(&pool->mutex);
      pthread_cond_signal(&pool->work_ended);
      pthread_mutex_unlock(&pool->mutex);
    }
  }
}

// Lets every worker go on. The lock keeps one that is about to sleep from missing it.
static void raise_generation(SwlThreadPool* pool) {
  pthread_mutex_lock(&pool->mutex);
  atomic_fetch_add_explicit(&pool->generation, 1, memory_order_release);
  pthread_cond_broadcast(&pool->work_came);
  pthread_mutex_unlock(&pool->mutex);
}

static void wait_for_workers(SwlThreadPool* pool) {
  for (int32_t i = 0; i < SPINS; i++) {
    if (atomic_load_explicit(&pool->working, memory_order_acquire) == 0) return;
    pause_briefly();
  }
  pthread_mutex_lock(&pool->mutex);
  while (atomic_load_explicit(&pool->working, memory_order_acquire) != 0) {
    pthread_cond_wait(&pool->work_ended, &pool->mutex);
  }
  pthread_mutex_unlock(&pool->mutex);
}

// Makes the lock and the conditions; 0 when the system refuses one of them.
static int make_lock(SwlThreadPool* pool) {
  if (pthread_mutex_init(&pool->mutex, NULL) != 0) return 0;
  if (pthread_cond_init(&pool->work_came, NULL) == 0) {
    if (pthread_cond_init(&pool->work_ended, NULL) == 0) return 1;
    pthread_cond_destroy(&pool->work_came);
  }
  pthread_mutex_destroy(&pool->mutex);
  return 0;
}

SwlThreadPool* swl_thread_pool_create(int32_t threads) {
  if (threads < 1 || threads > SWL_MAX_THREADS) return NULL;
  SwlThreadPool* pool = calloc(1, sizeof *pool + (size_t)threads * sizeof(Worker));
  if (!pool) return NULL;
  pool->threads = threads;
  atomic_init(&pool->generation, 0);
  atomic_init(&pool->working, 0);
  if (!make_lock(pool)) {
    free(pool);
    return NULL;
  }
  for (int32_t index = 1; index < threads; index++) {
    Worker* worker = &pool->workers[index];
    worker->pool = pool;
    worker->index = index;
    if (pthread_create(&worker->thread, NULL, worker_main, worker) != 0) {
      swl_thread_pool_destroy(pool);
      return NULL;
    }
    pool->started++;
  }
  return pool;
}

void swl_thread_pool_destroy(SwlThreadPool* pool) {
  if (!pool) return;
  pool->is_stopping = 1;
  raise_generation(pool);
  for (int32_t i = 1; i <= pool->started; i++) pthread_join(pool->workers[i].thread, NULL);
  pthread_cond_destroy(&pool->work_ended);
  pthread_cond_destroy(&pool->work_came);
  pthread_mutex_destroy(&pool->mutex);
  free(pool);
}

int32_t swl_thread_pool_size(const SwlThreadPool* pool) { return pool->threads; }

void swl_thread_pool_run(SwlThreadPool* pool, int32_t parts,
                         void (*job)(void* context, int32_t part), void* context) {
  assert(parts >= 0);
  // One part is not worth waking anybody.
  if (pool->threads == 1 || parts <= 1) {
    for (int32_t part = 0; part < parts; part++) job(context, part);
    return;
  }
  pool->job = job;
  pool->context = context;
  pool->parts = parts;
  atomic_store_explicit(&pool->working, pool->threads - 1, memory_order_relaxed);
  raise_generation(pool);
  run_share(pool, 0);
  wait_for_workers(pool);
}
