#ifndef SWL_MEMORY_H
#define SWL_MEMORY_H

#include <stdint.h>

// At least `length` ≥ 0 bytes of 64-byte aligned zeroed memory, null when there is none; freed by
// swl_aligned_free.
void* _Nullable swl_aligned_alloc(int64_t length);
// The same, but of any content, so that pages that nobody touches take up nothing.
void* _Nullable swl_aligned_reserve(int64_t length);
void swl_aligned_free(void* _Nullable pointer);

#endif
