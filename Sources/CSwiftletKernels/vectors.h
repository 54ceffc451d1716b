#ifndef SWL_VECTORS_H
#define SWL_VECTORS_H

#include <string.h>

#include "CSwiftletKernels.h"

// What the portable kernels' inner loops are written with: vectors that compilers map to whatever
// 128-bit instructions every processor of an architecture has, SSE2 on x86-64.

typedef int8_t SwlBytes8 __attribute__((vector_size(8)));
typedef int8_t SwlBytes16 __attribute__((vector_size(16)));
typedef int16_t SwlShorts8 __attribute__((vector_size(16)));
typedef uint16_t SwlWords8 __attribute__((vector_size(16)));
typedef int16_t SwlShorts16 __attribute__((vector_size(32)));
typedef int32_t SwlInts4 __attribute__((vector_size(16)));
typedef int32_t SwlInts8 __attribute__((vector_size(32)));
typedef uint32_t SwlSums4 __attribute__((vector_size(16)));
typedef uint64_t SwlLongs4 __attribute__((vector_size(32)));

// For functions of which an argument is to be a constant: `lanes`, 8 or 16 of a block's channels,
// so that blocks at most half full cost half.
#define SWL_INLINE __attribute__((always_inline)) static inline

static inline SwlBytes16 swl_load_16(const int8_t* _Nonnull bytes) {
  SwlBytes16 v;
  memcpy(&v, bytes, sizeof v);
  return v;
}

// Four sums of two products: a[2i]·b[2i] + a[2i+1]·b[2i+1], which compilers know to be SSE2's
// PMADDWD. Of widened bytes none overflows.
static inline SwlSums4 swl_multiply_pairs(SwlShorts8 a, SwlShorts8 b) {
  const SwlInts8 p = __builtin_convertvector(a, SwlInts8) * __builtin_convertvector(b, SwlInts8);
  return (SwlSums4)__builtin_shufflevector(p, p, 0, 2, 4, 6) +
         (SwlSums4)__builtin_shufflevector(p, p, 1, 3, 5, 7);
}

static inline SwlShorts8 swl_widen_8(const int8_t* _Nonnull bytes) {
  SwlBytes8 v;
  memcpy(&v, bytes, sizeof v);
  return __builtin_convertvector(v, SwlShorts8);
}

// Stores the first `count` of eight bytes.
static inline void swl_store_8(int8_t* _Nonnull output, SwlShorts8 y, int32_t count) {
  const SwlBytes8 bytes = __builtin_convertvector(y, SwlBytes8);
  if (count >= 8) {
    memcpy(output, &bytes, sizeof bytes);
  } else {
    memcpy(output, &bytes, (size_t)count);
  }
}

#endif
