#include <stdlib.h>
#include <string.h>

#include "CSwiftletSystem.h"

#define ALIGNMENT 64

void* swl_aligned_alloc(int64_t length) {
  if (length < 0 || length > PTRDIFF_MAX - ALIGNMENT) return NULL;
  // aligned_alloc wants a multiple of the alignment, and 0 would be a null or a useless pointer.
  size_t rounded = ((size_t)length + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
  if (rounded == 0) rounded = ALIGNMENT;
  void* pointer = aligned_alloc(ALIGNMENT, rounded);
  if (pointer) memset(pointer, 0, rounded);
  return pointer;
}

void swl_aligned_free(void* pointer) { free(pointer); }
