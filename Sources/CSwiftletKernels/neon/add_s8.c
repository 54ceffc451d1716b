#include "neon_kernels.h"

#if defined(SWL_NEON)

#include <assert.h>

#include "neon_elementwise.h"

// a·m_a + b·m_b + addend for four elements, shifted.
SWL_NEON_INLINE int32x4_t add_four(int16x4_t a, int16x4_t b, const SwlAddParams* p) {
  int32x4_t sum = vdupq_n_s32(p->addend);
  sum = vmlal_n_s16(sum, a, (int16_t)p->multiplier_a);
  sum = vmlal_n_s16(sum, b, (int16_t)p->multiplier_b);
  return vshlq_s32(sum, vdupq_n_s32(-p->shift));
}

SWL_NEON_INLINE int16x8_t add_eight(int16x8_t a, int16x8_t b, const SwlAddParams* p) {
  return vqmovn_high_s32(vqmovn_s32(add_four(vget_low_s16(a), vget_low_s16(b), p)),
                         add_four(vget_high_s16(a), vget_high_s16(b), p));
}

void swl_add_s8__neon(const SwlAddParams* params, const int8_t* a, const int8_t* b, int8_t* output,
                      int64_t count) {
  const SwlAddParams p = *params;
  assert(p.multiplier_a >= 0 && p.multiplier_a < 1 << 15);
  assert(p.multiplier_b >= 0 && p.multiplier_b < 1 << 15);
  assert(p.addend > -(1 << 30) && p.addend < 1 << 30);
  assert(p.shift >= 0 && p.shift <= 20 && p.lo <= p.hi);
  const int8x16_t lo = vdupq_n_s8((int8_t)p.lo), hi = vdupq_n_s8((int8_t)p.hi);
  for (; count > 0; count -= SWL_BLOCK_CHANNELS) {
    const int8x16_t x = vld1q_s8(a), y = vld1q_s8(b);
    const int16x8_t low = add_eight(vmovl_s8(vget_low_s8(x)), vmovl_s8(vget_low_s8(y)), &p);
    const int16x8_t high = add_eight(vmovl_high_s8(x), vmovl_high_s8(y), &p);
    const int8x16_t sum = vqmovn_high_s16(vqmovn_s16(low), high);
    swl_neon_store_up_to_16(output, vminq_s8(vmaxq_s8(sum, lo), hi), count);
    a += SWL_BLOCK_CHANNELS;
    b += SWL_BLOCK_CHANNELS;
    output += SWL_BLOCK_CHANNELS;
  }
}

#endif
