#ifndef SWL_ACCUMULATE_H
#define SWL_ACCUMULATE_H

#include "CSwiftletKernels.h"

// The dot products of one block of 16 output channels. Sums are unsigned: damaged weights make
// them wrap around, where signed sums would be undefined.

// Adds one quad: four inputs times [16][4] weights. All 16 channels are summed side by side, so
// that compilers keep them in vectors.
static inline void swl_accumulate_quad(uint32_t* _Nonnull restrict sums,
                                       const int8_t* _Nonnull restrict x,
                                       const int8_t* _Nonnull restrict weights) {
  for (int32_t n = 0; n < SWL_BLOCK; n++) {
    const int8_t* w = weights + 4 * n;
    sums[n] += (uint32_t)(x[0] * w[0] + x[1] * w[1] + x[2] * w[2] + x[3] * w[3]);
  }
}

// Adds `count` inputs times [⌈count/4⌉][16][4] weights; reads no input past `count`.
static inline void swl_accumulate(uint32_t* _Nonnull restrict sums,
                                  const int8_t* _Nonnull restrict x,
                                  const int8_t* _Nonnull restrict weights, int32_t count) {
  int32_t k = 0;
  for (; count - k >= 4; k += 4) {
    swl_accumulate_quad(sums, x + k, weights + (size_t)k * SWL_BLOCK);
  }
  if (k < count) {
    int8_t rest[4] = {0};
    for (int32_t i = 0; i < count - k; i++) rest[i] = x[k + i];
    swl_accumulate_quad(sums, rest, weights + (size_t)k * SWL_BLOCK);
  }
}

#endif
