#ifndef SWL_NEON_A32_H
#define SWL_NEON_A32_H

// The kernels are written for 64-bit ARM (A64). 32-bit NEON (A32) has the same vectors and the same
// arithmetic, but half as many registers and no instructions for the upper half of one, across its
// lanes, or between the lanes of two. Here each of those that the kernels use is put together from
// what A32 has, under the same name, so that both compile the same sources.

#include <arm_neon.h>

#if !defined(__aarch64__)

#define SWL_A32 static inline __attribute__((always_inline))

SWL_A32 int16x8_t vmovl_high_s8(int8x16_t a) { return vmovl_s8(vget_high_s8(a)); }
SWL_A32 int32x4_t vmovl_high_s16(int16x8_t a) { return vmovl_s16(vget_high_s16(a)); }

SWL_A32 int16x8_t vaddw_high_s8(int16x8_t a, int8x16_t b) { return vaddw_s8(a, vget_high_s8(b)); }
SWL_A32 int32x4_t vaddw_high_s16(int32x4_t a, int16x8_t b) {
  return vaddw_s16(a, vget_high_s16(b));
}

SWL_A32 int16x8_t vmull_high_s8(int8x16_t a, int8x16_t b) {
  return vmull_s8(vget_high_s8(a), vget_high_s8(b));
}
SWL_A32 int16x8_t vmlal_high_s8(int16x8_t sum, int8x16_t a, int8x16_t b) {
  return vmlal_s8(sum, vget_high_s8(a), vget_high_s8(b));
}

SWL_A32 int8x16_t vqmovn_high_s16(int8x8_t low, int16x8_t a) {
  return vcombine_s8(low, vqmovn_s16(a));
}
SWL_A32 int16x8_t vqmovn_high_s32(int16x4_t low, int32x4_t a) {
  return vcombine_s16(low, vqmovn_s32(a));
}

// The shift is part of the instruction, hence macros.
#define vqshrn_high_n_s16(low, a, n) vcombine_s8((low), vqshrn_n_s16((a), (n)))
#define vshrn_high_n_s16(low, a, n) vcombine_s8((low), vshrn_n_s16((a), (n)))
#define vshll_high_n_s8(a, n) vshll_n_s8(vget_high_s8(a), (n))

SWL_A32 int32x4_t vzip1q_s32(int32x4_t a, int32x4_t b) { return vzipq_s32(a, b).val[0]; }
SWL_A32 int32x4_t vzip2q_s32(int32x4_t a, int32x4_t b) { return vzipq_s32(a, b).val[1]; }

SWL_A32 int32x4_t vpaddq_s32(int32x4_t a, int32x4_t b) {
  return vcombine_s32(vpadd_s32(vget_low_s32(a), vget_high_s32(a)),
                      vpadd_s32(vget_low_s32(b), vget_high_s32(b)));
}

SWL_A32 int8_t vmaxvq_s8(int8x16_t a) {
  int8x8_t most = vmax_s8(vget_low_s8(a), vget_high_s8(a));
  most = vpmax_s8(most, most);
  most = vpmax_s8(most, most);
  return vget_lane_s8(vpmax_s8(most, most), 0);
}
SWL_A32 int8_t vminvq_s8(int8x16_t a) {
  int8x8_t least = vmin_s8(vget_low_s8(a), vget_high_s8(a));
  least = vpmin_s8(least, least);
  least = vpmin_s8(least, least);
  return vget_lane_s8(vpmin_s8(least, least), 0);
}

SWL_A32 int8x16_t vzip1q_s8(int8x16_t a, int8x16_t b) { return vzipq_s8(a, b).val[0]; }
SWL_A32 int8x16_t vzip2q_s8(int8x16_t a, int8x16_t b) { return vzipq_s8(a, b).val[1]; }

// An index of 32 or more finds 0.
SWL_A32 int8x16_t vqtbl2q_s8(int8x16x2_t table, uint8x16_t index) {
  const int8x8x4_t quarters = {{vget_low_s8(table.val[0]), vget_high_s8(table.val[0]),
                                vget_low_s8(table.val[1]), vget_high_s8(table.val[1])}};
  return vcombine_s8(vtbl4_s8(quarters, vreinterpret_s8_u8(vget_low_u8(index))),
                     vtbl4_s8(quarters, vreinterpret_s8_u8(vget_high_u8(index))));
}

// An index of 16 or more finds 0.
SWL_A32 int8x16_t vqtbl1q_s8(int8x16_t table, uint8x16_t index) {
  const int8x8x2_t halves = {{vget_low_s8(table), vget_high_s8(table)}};
  return vcombine_s8(vtbl2_s8(halves, vreinterpret_s8_u8(vget_low_u8(index))),
                     vtbl2_s8(halves, vreinterpret_s8_u8(vget_high_u8(index))));
}

#undef SWL_A32

#endif

#endif
