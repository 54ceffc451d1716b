#ifndef SWL_NEON_EPILOGUE_H
#define SWL_NEON_EPILOGUE_H

#include <string.h>

#include "CSwiftletKernels.h"
#include "neon_a32.h"

#define SWL_NEON_INLINE static inline __attribute__((always_inline))

// Before loops over a tile: unless they are unrolled, accumulators stand in memory, not registers.
#define SWL_UNROLL _Pragma("clang loop unroll(full)")

// The epilogue in registers: 16 accumulators of one pixel become 16 bytes. Each instruction is one
// step of swl_requantize.h; where a sum saturates at 16 bits here and not there, the shift that
// follows is at most 7, so that both end at the same clamp.

// What decides the way through the epilogue. Kernels keep a copy in registers: to a compiler,
// every store to the output could change memory.
typedef struct SwlNeonMode {
  int32_t kind;    // SwlEpilogueKind
  int32_t count;   // how many of the 16 channels exist
  int32_t clamps;  // whether any channel's clamp is narrower than int8
} SwlNeonMode;

// 32 numbers of 16 bits, in the form that TBL takes: their lower and their upper bytes.
typedef struct SwlNeonTable {
  int8x16x2_t low, high;
} SwlNeonTable;

// One block's constants, in the form the instructions take.
typedef struct SwlNeonBlock {
  int32x4_t bias[4];
  int32x4_t shift[4];  // −s: SQSHL shifts right, rounding down, by negative amounts
  int16x8_t multiplier[2];
  int8x16_t lo, hi;
  SwlNeonMode mode;
  int16_t skip_multiplier;
  // h-swish and curves only.
  int16x8_t second_multiplier[2];
  int16x8_t addend[2];                            // (zp << F) + 2^(F−1)
  int16x8_t output_shift;                         // −F
  int16x8_t gate_offset, gate_limit, gate_shift;  // 3·2^f, 6·2^f, 12 − f
  int16x8_t core_lo, core_hi, core_shift;         // of a curve's core: its ends, k
  int16x8_t ramp_hi;                              // the most that max(b, 0) adds
  SwlNeonTable value, slope, bend;                // of a curve's segments
} SwlNeonBlock;

SWL_NEON_INLINE SwlNeonTable swl_neon_load_table(const int16_t* _Nonnull entries) {
  const int8x16x2_t first = vld2q_s8((const int8_t*)entries);
  const int8x16x2_t last = vld2q_s8((const int8_t*)(entries + 16));
  return (SwlNeonTable){.low = {{first.val[0], last.val[0]}},
                        .high = {{first.val[1], last.val[1]}}};
}

// What only curves need.
SWL_NEON_INLINE void swl_neon_load_curve(SwlNeonBlock* _Nonnull b,
                                         const SwlEpilogue* _Nonnull epilogue) {
  const int32_t end = 1 << (15 - epilogue->core_shift);
  b->core_lo = vdupq_n_s16((int16_t)-end);
  b->core_hi = vdupq_n_s16((int16_t)(end - 1));
  b->core_shift = vdupq_n_s16((int16_t)epilogue->core_shift);
  b->ramp_hi = vdupq_n_s16(epilogue->ramp ? INT16_MAX : 0);
  b->value = swl_neon_load_table(epilogue->curve->value);
  b->slope = swl_neon_load_table(epilogue->curve->slope);
  b->bend = swl_neon_load_table(epilogue->curve->bend);
}

SWL_NEON_INLINE void swl_neon_load_block(SwlNeonBlock* _Nonnull b,
                                         const SwlEpilogue* _Nonnull epilogue,
                                         const SwlChannelBlock* _Nonnull block, int32_t count) {
  const int8x16_t shift = vnegq_s8(vld1q_s8(block->shift));
  const int16x8_t low = vmovl_s8(vget_low_s8(shift)), high = vmovl_high_s8(shift);
  b->shift[0] = vmovl_s16(vget_low_s16(low));
  b->shift[1] = vmovl_high_s16(low);
  b->shift[2] = vmovl_s16(vget_low_s16(high));
  b->shift[3] = vmovl_high_s16(high);
  for (int32_t i = 0; i < 4; i++) b->bias[i] = vld1q_s32(block->bias + 4 * i);
  for (int32_t i = 0; i < 2; i++) b->multiplier[i] = vld1q_s16(block->multiplier + 8 * i);
  b->lo = vld1q_s8(block->lo);
  b->hi = vld1q_s8(block->hi);
  b->mode.kind = epilogue->kind;
  b->mode.count = count;
  b->mode.clamps = vmaxvq_s8(b->lo) > INT8_MIN || vminvq_s8(b->hi) < INT8_MAX;
  b->skip_multiplier = (int16_t)epilogue->skip_multiplier;
  const int is_curve = epilogue->kind == SWL_EPILOGUE_CURVE;
  if (!is_curve && epilogue->kind != SWL_EPILOGUE_HARD_SWISH) return;
  const int16x8_t out = vdupq_n_s16((int16_t)epilogue->output_shift);
  const int16x8_t half = vdupq_n_s16((int16_t)(1 << (epilogue->output_shift - 1)));
  const int8x16_t zero_point = vld1q_s8(block->zero_point);
  b->addend[0] = vaddq_s16(vshlq_s16(vmovl_s8(vget_low_s8(zero_point)), out), half);
  b->addend[1] = vaddq_s16(vshlq_s16(vmovl_high_s8(zero_point), out), half);
  for (int32_t i = 0; i < 2; i++) {
    b->second_multiplier[i] = vld1q_s16(block->second_multiplier + 8 * i);
  }
  b->output_shift = vnegq_s16(out);
  if (is_curve) {
    swl_neon_load_curve(b, epilogue);
    return;
  }
  const int32_t f = epilogue->fraction_bits;
  b->gate_offset = vdupq_n_s16((int16_t)(3 << f));
  b->gate_limit = vdupq_n_s16((int16_t)(6 << f));
  b->gate_shift = vdupq_n_s16((int16_t)(12 - f));
}

// Starts `count` accumulators, a constant, at the bias.
SWL_NEON_INLINE void swl_neon_start(int32x4_t* _Nonnull acc, const int32x4_t* _Nonnull bias,
                                    int32_t count) {
  SWL_UNROLL
  for (int32_t i = 0; i < count; i++) acc[i] = bias[i];
  // The next pixel loads them again, two an instruction; compilers would copy each.
  __asm__ volatile("" ::: "memory");
}

// h times m₂ and the zero point, up to the clamp.
SWL_NEON_INLINE int8x8_t swl_neon_second(const SwlNeonBlock* _Nonnull b, int32_t half,
                                         int16x8_t h) {
  const int16x8_t c = vqrdmulhq_s16(h, b->second_multiplier[half]);
  return vqmovn_s16(vshlq_s16(vqaddq_s16(c, b->addend[half]), b->output_shift));
}

// swl_hard_swish up to the clamp.
SWL_NEON_INLINE int8x8_t swl_neon_hard_swish(const SwlNeonBlock* _Nonnull b, int32_t half,
                                             int16x8_t x) {
  const int16x8_t gate =
      vminq_s16(vmaxq_s16(vqaddq_s16(x, b->gate_offset), vdupq_n_s16(0)), b->gate_limit);
  return swl_neon_second(b, half, vqrdmulhq_s16(x, vshlq_s16(gate, b->gate_shift)));
}

// The sixteen entries of a table at `places`.
SWL_NEON_INLINE int16x8x2_t swl_neon_entries(const SwlNeonTable* _Nonnull table,
                                             uint8x16_t places) {
  int8x16_t low = vqtbl2q_s8(table->low, places), high = vqtbl2q_s8(table->high, places);
  // Clang 17 (that of Swift 6.0.3) fails an assertion where it sees a zip of TBL's results.
  __asm__("" : "+w"(low), "+w"(high));
  return (int16x8x2_t){
      {vreinterpretq_s16_s8(vzip1q_s8(low, high)), vreinterpretq_s16_s8(vzip2q_s8(low, high))}};
}

// swl_finish_curve of swl_curve up to the clamp, of 16 channels: their segments fill one vector.
SWL_NEON_INLINE int8x16_t swl_neon_curve(const SwlNeonBlock* _Nonnull b, int16x8x2_t x) {
  int16x8_t t[2], r[2], h[2];
  SWL_UNROLL
  for (int32_t i = 0; i < 2; i++) {
    t[i] = vminq_s16(vmaxq_s16(x.val[i], b->core_lo), b->core_hi);
    t[i] = vshlq_s16(t[i], b->core_shift);
    // ((t & 2047) − 1024) << 5: the bits above fall off.
    r[i] = veorq_s16(vshlq_n_s16(t[i], 5), vdupq_n_s16(INT16_MIN));
  }
  // The upper bytes, of which the upper five bits count the segments from the middle.
  const int8x16_t upper = vshrn_high_n_s16(vshrn_n_s16(t[0], 8), t[1], 8);
  const uint8x16_t places = vshrq_n_u8(veorq_u8(vreinterpretq_u8_s8(upper), vdupq_n_u8(0x80)), 3);
  const int16x8x2_t bend = swl_neon_entries(&b->bend, places);
  const int16x8x2_t slope = swl_neon_entries(&b->slope, places);
  const int16x8x2_t value = swl_neon_entries(&b->value, places);
  SWL_UNROLL
  for (int32_t i = 0; i < 2; i++) {
    const int16x8_t d = vaddq_s16(slope.val[i], vqrdmulhq_s16(bend.val[i], r[i]));
    const int16x8_t p = vaddq_s16(value.val[i], vqrdmulhq_s16(d, r[i]));
    const int16x8_t ramp = vminq_s16(vmaxq_s16(x.val[i], vdupq_n_s16(0)), b->ramp_hi);
    h[i] = vqaddq_s16(p, ramp);
  }
  return vcombine_s8(swl_neon_second(b, 0, h[0]), swl_neon_second(b, 1, h[1]));
}

// Stores the first `count` < 16 bytes: a function of its own, as it is rare.
static __attribute__((noinline)) void swl_neon_store(int8_t* _Nonnull output, int8x16_t y,
                                                     int32_t count) {
  for (; count > 0; count--, output++) {
    vst1q_lane_s8(output, y, 0);
    y = vextq_s8(y, y, 1);
  }
}

// Sixteen sums, with the bias in them, become the 16-bit results b that every epilogue starts from.
SWL_NEON_INLINE int16x8x2_t swl_neon_requantize(const SwlNeonBlock* _Nonnull b,
                                                const int32x4_t* _Nonnull sums) {
  const int16x8_t low = vqmovn_high_s32(vqmovn_s32(vqshlq_s32(sums[0], b->shift[0])),
                                        vqshlq_s32(sums[1], b->shift[1]));
  const int16x8_t high = vqmovn_high_s32(vqmovn_s32(vqshlq_s32(sums[2], b->shift[2])),
                                         vqshlq_s32(sums[3], b->shift[3]));
  return (int16x8x2_t){
      {vqrdmulhq_s16(low, b->multiplier[0]), vqrdmulhq_s16(high, b->multiplier[1])}};
}

// The skip operand's part of a residual add.
SWL_NEON_INLINE int16x8x2_t swl_neon_add_skip(const SwlNeonBlock* _Nonnull b, int16x8x2_t x,
                                              int8x16_t q) {
  const int16x8_t low = vqrdmulhq_n_s16(vshll_n_s8(vget_low_s8(q), 8), b->skip_multiplier);
  const int16x8_t high = vqrdmulhq_n_s16(vshll_high_n_s8(q, 8), b->skip_multiplier);
  return (int16x8x2_t){{vqaddq_s16(x.val[0], low), vqaddq_s16(x.val[1], high)}};
}

// Drops the six fraction bits.
SWL_NEON_INLINE int8x16_t swl_neon_narrow(int16x8x2_t x) {
  return vqshrn_high_n_s16(vqshrn_n_s16(x.val[0], 6), x.val[1], 6);
}

// The most pixels of any tile.
#define SWL_NEON_TILE 6

// Pixels of a tile without dot products: their accumulators stay in registers, of which A32 has
// half as many.
#if defined(__aarch64__)
#define SWL_NEON_PIXELS 2
#else
#define SWL_NEON_PIXELS 1
#endif

// Ends `tile` pixels, a constant. `skip` stands where `output` does in the other operand of a
// residual add, and is read for nothing else. `mode` is the block's, in registers.
// All pixels are computed before any is stored, so that constants are loaded once: to a compiler,
// each store could change them.
SWL_NEON_INLINE void swl_neon_finish(const SwlNeonBlock* _Nonnull block,
                                     const int32x4_t (*_Nonnull sums)[4],
                                     const int8_t* _Nonnull skip, int8_t* _Nonnull output,
                                     size_t stride, SwlNeonMode mode, int32_t tile) {
  int8x16_t y[SWL_NEON_TILE];
  if (mode.kind == SWL_EPILOGUE_REQUANTIZE) {
    SWL_UNROLL
    for (int32_t i = 0; i < tile; i++) {
      y[i] = swl_neon_narrow(swl_neon_requantize(block, sums[i]));
    }
  } else if (mode.kind == SWL_EPILOGUE_ADD) {
    SWL_UNROLL
    for (int32_t i = 0; i < tile; i++) {
      const int16x8x2_t x = swl_neon_requantize(block, sums[i]);
      const int8x16_t q = vld1q_s8(skip + (size_t)i * stride);
      y[i] = swl_neon_narrow(swl_neon_add_skip(block, x, q));
    }
  } else if (mode.kind == SWL_EPILOGUE_CURVE) {
    SWL_UNROLL
    for (int32_t i = 0; i < tile; i++) {
      y[i] = swl_neon_curve(block, swl_neon_requantize(block, sums[i]));
    }
  } else {
    SWL_UNROLL
    for (int32_t i = 0; i < tile; i++) {
      const int16x8x2_t x = swl_neon_requantize(block, sums[i]);
      y[i] = vcombine_s8(swl_neon_hard_swish(block, 0, x.val[0]),
                         swl_neon_hard_swish(block, 1, x.val[1]));
    }
  }
  if (mode.clamps) {
    SWL_UNROLL
    for (int32_t i = 0; i < tile; i++) y[i] = vminq_s8(vmaxq_s8(y[i], block->lo), block->hi);
  }
  if (mode.count == SWL_BLOCK_CHANNELS) {
    SWL_UNROLL
    for (int32_t i = 0; i < tile; i++) vst1q_s8(output + (size_t)i * stride, y[i]);
  } else if (mode.count == SWL_BLOCK_CHANNELS / 2) {
    SWL_UNROLL
    for (int32_t i = 0; i < tile; i++) vst1_s8(output + (size_t)i * stride, vget_low_s8(y[i]));
  } else {
    SWL_UNROLL
    for (int32_t i = 0; i < tile; i++)
      swl_neon_store(output + (size_t)i * stride, y[i], mode.count);
  }
}

#endif
