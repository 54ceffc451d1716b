#include <errno.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "CSwiftletAllocationCounter.h"

#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define SANITIZED 1
#endif
#endif

#if defined(__GLIBC__) && !defined(SANITIZED)

// An executable's own malloc takes the place of the C library's in all of the process.
void* __libc_malloc(size_t size);
void* __libc_calloc(size_t count, size_t size);
void* __libc_realloc(void* pointer, size_t size);
void* __libc_memalign(size_t alignment, size_t size);

static atomic_llong allocations;
static _Thread_local int64_t own_allocations;

static void count_one(void) {
  atomic_fetch_add_explicit(&allocations, 1, memory_order_relaxed);
  own_allocations++;
}

void* malloc(size_t size) {
  count_one();
  return __libc_malloc(size);
}

void* calloc(size_t count, size_t size) {
  count_one();
  return __libc_calloc(count, size);
}

void* realloc(void* pointer, size_t size) {
  count_one();
  return __libc_realloc(pointer, size);
}

void* memalign(size_t alignment, size_t size) {
  count_one();
  return __libc_memalign(alignment, size);
}

void* aligned_alloc(size_t alignment, size_t size) { return memalign(alignment, size); }

int posix_memalign(void** result, size_t alignment, size_t size) {
  void* pointer = memalign(alignment, size);
  if (!pointer) return ENOMEM;
  *result = pointer;
  return 0;
}

int64_t swl_allocation_count(void) {
  return atomic_load_explicit(&allocations, memory_order_relaxed);
}

int64_t swl_allocation_count_of_thread(void) { return own_allocations; }

#else

int64_t swl_allocation_count(void) { return -1; }
int64_t swl_allocation_count_of_thread(void) { return -1; }

#endif
