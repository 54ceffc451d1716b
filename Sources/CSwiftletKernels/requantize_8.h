#ifndef SWL_REQUANTIZE_8_H
#define SWL_REQUANTIZE_8_H

#include "vectors.h"

// What swl_requantize.h defines, for eight lanes of 16 bits; tests compare all of it with the
// oracle. Written with vectors and not as loops over the definitions, because compilers that
// vectorize those compute in 32 bits, where SSE2 lacks minimum, maximum and multiplication.
//
// Where a definition's sum has 32 bits before it is shifted by n ≤ 7 and clamped to int8, it
// saturates to 16 bits here: the ends of int16 shifted by n are outside int8 too.

static inline SwlShorts8 swl_splat_8(int32_t x) {
  const int16_t y = (int16_t)x;
  return (SwlShorts8){y, y, y, y, y, y, y, y};
}

static inline SwlShorts8 swl_clamp_8(SwlShorts8 x, SwlShorts8 lo, SwlShorts8 hi) {
  return __builtin_elementwise_max(__builtin_elementwise_min(x, hi), lo);
}

// swl_floor_shift_by_factor of four lanes.
static inline SwlInts4 swl_floor_shift_4(SwlSums4 u, SwlSums4 factor) {
  const SwlLongs4 product =
      __builtin_convertvector(u, SwlLongs4) * __builtin_convertvector(factor, SwlLongs4);
  return (SwlInts4)(__builtin_convertvector(product >> 31, SwlSums4) - factor);
}

// swl_saturate_16.
static inline SwlShorts8 swl_saturate_8(SwlInts4 low, SwlInts4 high) {
  const SwlInts8 x = __builtin_shufflevector(low, high, 0, 1, 2, 3, 4, 5, 6, 7);
  const SwlInts8 least = (SwlInts8){0} + INT16_MIN, greatest = (SwlInts8){0} + INT16_MAX;
  return __builtin_convertvector(
      __builtin_elementwise_max(__builtin_elementwise_min(x, greatest), least), SwlShorts8);
}

// The nearest int16 of a·b.
static inline SwlShorts8 swl_multiply_saturated_8(SwlShorts8 a, SwlShorts8 b) {
  const SwlInts8 p = __builtin_convertvector(a, SwlInts8) * __builtin_convertvector(b, SwlInts8);
  return swl_saturate_8(__builtin_shufflevector(p, p, 0, 1, 2, 3),
                        __builtin_shufflevector(p, p, 4, 5, 6, 7));
}

// swl_multiply_q15: the upper halves of x·m + x·m + 2¹⁵ are (x·m + 2¹⁴) >> 15.
static inline SwlShorts8 swl_multiply_q15_8(SwlShorts8 x, SwlShorts8 m) {
  const SwlShorts8 low =
      (SwlShorts8)(swl_multiply_pairs(__builtin_shufflevector(x, x, 0, 0, 1, 1, 2, 2, 3, 3),
                                      __builtin_shufflevector(m, m, 0, 0, 1, 1, 2, 2, 3, 3)) +
                   (1 << 15));
  const SwlShorts8 high =
      (SwlShorts8)(swl_multiply_pairs(__builtin_shufflevector(x, x, 4, 4, 5, 5, 6, 6, 7, 7),
                                      __builtin_shufflevector(m, m, 4, 4, 5, 5, 6, 6, 7, 7)) +
                   (1 << 15));
  return __builtin_shufflevector(low, high, 1, 3, 5, 7, 9, 11, 13, 15);
}

// The nearest int16 of a + b.
static inline SwlShorts8 swl_add_saturated_8(SwlShorts8 a, SwlShorts8 b) {
  return __builtin_elementwise_add_sat(a, b);
}

#endif
