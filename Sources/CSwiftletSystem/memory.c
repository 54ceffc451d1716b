#include <stdlib.h>
#include <string.h>

#include "CSwiftletSystem.h"

#define ALIGNMENT 64

// aligned_alloc wants a multiple of the alignment, and 0 would be a null or a useless pointer. 0
// when it is more than there can be.
static size_t rounded(int64_t length) {
  if (length < 0 || length > PTRDIFF_MAX - ALIGNMENT) return 0;
  const size_t blocks = ((size_t)length + ALIGNMENT - 1) / ALIGNMENT;
  return (blocks > 0 ? blocks : 1) * ALIGNMENT;
}

void* swl_aligned_reserve(int64_t length) {
  const size_t count = rounded(length);
  return count > 0 ? aligned_alloc(ALIGNMENT, count) : NULL;
}

void* swl_aligned_alloc(int64_t length) {
  void* pointer = swl_aligned_reserve(length);
  if (pointer) memset(pointer, 0, rounded(length));
  return pointer;
}

void swl_aligned_free(void* pointer) { free(pointer); }
