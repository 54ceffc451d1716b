#ifndef SWL_NEON_QUADS_H
#define SWL_NEON_QUADS_H

#include "neon_epilogue.h"

// Dot products on ARMv8.0, which has no instruction for them: SMULL and SMLAL sum two products in
// 16 bits (exact for weights in [−127, 127]), SADALP adds neighbours to 32 bits. An accumulator of
// four lanes serves two channels, two lanes each, so that a block has eight.

// The inputs of one quad, four times. For A64 the compiler must not see that the halves are equal:
// it would replace SMULL2 by EXT and SMULL. A32 has no SMULL2, and keeps one half only.
SWL_NEON_INLINE int8x16_t swl_neon_opaque(int32x4_t quad) {
#if defined(__aarch64__)
  __asm__("" : "+w"(quad));
#endif
  return vreinterpretq_s8_s32(quad);
}

SWL_NEON_INLINE int8x16_t swl_neon_quad(const int8_t* _Nonnull x) {
  int32_t quad;
  memcpy(&quad, x, sizeof quad);
  return swl_neon_opaque(vdupq_n_s32(quad));
}

// Two quads that follow each other.
SWL_NEON_INLINE void swl_neon_two_quads(int8x16_t* _Nonnull first, int8x16_t* _Nonnull second,
                                        const int8_t* _Nonnull x) {
#if defined(__aarch64__)
  const int32x4x2_t both = vld2q_dup_s32((const int32_t*)(const void*)x);
  *first = swl_neon_opaque(both.val[0]);
  *second = swl_neon_opaque(both.val[1]);
#else
  // clang 17 makes wrong code of vld2q_dup_s32 for A32.
  const int32x2_t both = vreinterpret_s32_s8(vld1_s8(x));
  *first = swl_neon_opaque(vdupq_lane_s32(both, 0));
  *second = swl_neon_opaque(vdupq_lane_s32(both, 1));
#endif
}

// The biases as the accumulators start with them: every one beside a zero.
SWL_NEON_INLINE void swl_neon_pair_bias(int32x4_t* _Nonnull pairs,
                                        const SwlNeonBlock* _Nonnull block) {
  const int32x4_t zero = vdupq_n_s32(0);
  SWL_UNROLL
  for (int32_t i = 0; i < 4; i++) {
    pairs[2 * i] = vzip1q_s32(block->bias[i], zero);
    pairs[2 * i + 1] = vzip2q_s32(block->bias[i], zero);
  }
}

// Adds 16 weights of each of two quads, for the four channels of accumulators acc[0], acc[1].
SWL_NEON_INLINE void swl_neon_add_pair(int32x4_t* _Nonnull acc, int8x16_t x0, int8x16_t x1,
                                       int8x16_t w0, int8x16_t w1) {
  acc[0] = vpadalq_s16(acc[0], vmlal_s8(vmull_s8(vget_low_s8(w0), vget_low_s8(x0)), vget_low_s8(w1),
                                        vget_low_s8(x1)));
  acc[1] = vpadalq_s16(acc[1], vmlal_high_s8(vmull_high_s8(w0, x0), w1, x1));
}

// What stands before this is computed before any load after it. Schedulers would otherwise start so
// many products at once that accumulators no longer fit in registers.
SWL_NEON_INLINE void swl_neon_barrier(int32x4_t* _Nonnull acc) {
  __asm__ volatile("" : "+w"(acc[0]), "+w"(acc[1]), "+w"(acc[2]), "+w"(acc[3])::"memory");
}

// Adds one quad; exact for any weights.
SWL_NEON_INLINE void swl_neon_add_quad(int32x4_t* _Nonnull acc, int8x16_t x,
                                       const int8_t* _Nonnull weights) {
  SWL_UNROLL
  for (int32_t i = 0; i < 4; i++) {
    const int8x16_t w = vld1q_s8(weights + 16 * i);
    acc[2 * i] = vpadalq_s16(acc[2 * i], vmull_s8(vget_low_s8(w), vget_low_s8(x)));
    acc[2 * i + 1] = vpadalq_s16(acc[2 * i + 1], vmull_high_s8(w, x));
  }
}

// Brings the eight accumulators together as the 16 sums the epilogue takes.
SWL_NEON_INLINE void swl_neon_gather(int32x4_t* _Nonnull sums, const int32x4_t* _Nonnull acc) {
  SWL_UNROLL
  for (int32_t i = 0; i < 4; i++) sums[i] = vpaddq_s32(acc[2 * i], acc[2 * i + 1]);
}

#endif
