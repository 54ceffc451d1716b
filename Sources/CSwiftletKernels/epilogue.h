#ifndef SWL_EPILOGUE_H
#define SWL_EPILOGUE_H

#include <assert.h>

#include "requantize_8.h"

// Turns the sums of a block's 16 channels into int8, eight channels of all pixels at a time.

// The constants of eight channels.
typedef struct SwlChannels8 {
  SwlSums4 factor[2];  // of swl_floor_shift_4
  SwlSums4 bias[2];    // plus 2³¹
  SwlShorts8 multiplier, lo, hi;
  int32_t shifts_left;  // whether any shift is negative
  SwlShorts8 up;        // 2^max(−shift, 0)
  // h-swish and curves.
  SwlShorts8 second_multiplier, addend;  // (zp << F) + 2^(F−1)
  SwlShorts8 three, minus_three, gate_scale;
  // Residual add.
  SwlShorts8 skip_multiplier;
} SwlChannels8;

// The constants of channels [first, first + 8) of a block.
static inline void swl_channels_8(const SwlEpilogue* _Nonnull epilogue,
                                  const SwlChannelBlock* _Nonnull block, int32_t first,
                                  SwlChannels8* _Nonnull c) {
  const int is_swish = epilogue->kind == SWL_EPILOGUE_HARD_SWISH;
  const int32_t f = is_swish ? epilogue->fraction_bits : 0;
  const int has_second = is_swish || epilogue->kind == SWL_EPILOGUE_CURVE;
  const int32_t output_shift = has_second ? epilogue->output_shift : 1;
  // In arrays first: vectors are slow to fill lane by lane.
  uint32_t factor[8], bias[8];
  int16_t up[8];
  c->shifts_left = 0;
  for (int32_t i = 0; i < 8; i++) {
    const int32_t shift = block->shift[first + i];
    factor[i] = swl_shift_factor(shift > 0 ? shift : 0);
    up[i] = (int16_t)(1 << (shift < 0 ? -shift : 0));
    c->shifts_left |= shift < 0;
  }
  for (int32_t i = 0; i < 8; i++) bias[i] = (uint32_t)block->bias[first + i] + (UINT32_C(1) << 31);
  memcpy(c->factor, factor, sizeof factor);
  memcpy(c->bias, bias, sizeof bias);
  memcpy(&c->up, up, sizeof up);
  memcpy(&c->multiplier, block->multiplier + first, sizeof c->multiplier);
  memcpy(&c->second_multiplier, block->second_multiplier + first, sizeof c->second_multiplier);
  c->addend = swl_widen_8(block->zero_point + first) * swl_splat_8(1 << output_shift) +
              swl_splat_8(1 << (output_shift - 1));
  c->lo = swl_widen_8(block->lo + first);
  c->hi = swl_widen_8(block->hi + first);
  c->three = swl_splat_8(3 * (1 << f));
  c->minus_three = swl_splat_8(-3 * (1 << f));
  c->gate_scale = swl_splat_8(1 << (12 - f));
  c->skip_multiplier = swl_splat_8(epilogue->skip_multiplier);
}

// swl_curve of eight lanes.
static inline SwlShorts8 swl_curve_8(const SwlEpilogue* _Nonnull epilogue, SwlShorts8 b) {
  const int32_t k = epilogue->core_shift, end = 1 << (15 - k);
  const SwlCurve* curve = epilogue->curve;
  const SwlShorts8 t =
      swl_clamp_8(b, swl_splat_8(-end), swl_splat_8(end - 1)) * swl_splat_8(1 << k);
  int16_t segment[8], value[8], slope[8], bend[8];
  memcpy(segment, &t, sizeof segment);
  for (int32_t i = 0; i < 8; i++) {
    const int32_t at = swl_floor_shift(segment[i] + (1 << 15), 11);
    value[i] = curve->value[at];
    slope[i] = curve->slope[at];
    bend[i] = curve->bend[at];
  }
  SwlShorts8 p, d, e;
  memcpy(&p, value, sizeof p);
  memcpy(&d, slope, sizeof d);
  memcpy(&e, bend, sizeof e);
  // ((t & 2047) − 1024) << 5: the bits above fall off.
  const SwlShorts8 r = (SwlShorts8)((SwlWords8)t << 5) ^ swl_splat_8(INT16_MIN);
  d += swl_multiply_q15_8(e, r);
  p += swl_multiply_q15_8(d, r);
  const SwlShorts8 ramp =
      swl_clamp_8(b, swl_splat_8(0), swl_splat_8(epilogue->ramp ? INT16_MAX : 0));
  return swl_add_saturated_8(p, ramp);
}

// Eight outputs, as int16: swl_requantize, swl_hard_swish, swl_curve or swl_residual_add. `skip` is
// the other operand of a residual add.
SWL_INLINE SwlShorts8 swl_finish_8(const SwlEpilogue* _Nonnull epilogue,
                                   const SwlChannels8* _Nonnull c, const int shifts_left,
                                   const uint32_t* _Nonnull sums, const int8_t* _Nullable skip) {
  SwlSums4 acc[2];
  memcpy(acc, sums, sizeof acc);
  SwlShorts8 b = swl_saturate_8(swl_floor_shift_4(acc[0] + c->bias[0], c->factor[0]),
                                swl_floor_shift_4(acc[1] + c->bias[1], c->factor[1]));
  if (shifts_left) b = swl_multiply_saturated_8(b, c->up);
  b = swl_multiply_q15_8(b, c->multiplier);
  int32_t fraction_bits = 6;
  switch ((SwlEpilogueKind)epilogue->kind) {
    case SWL_EPILOGUE_REQUANTIZE:
      break;
    case SWL_EPILOGUE_HARD_SWISH: {
      // clamp(b + 3·2^f, 0, 6·2^f), with the clamp first so that it fits 16 bits.
      const SwlShorts8 gate = swl_clamp_8(b, c->minus_three, c->three) + c->three;
      b = swl_multiply_q15_8(b, gate * c->gate_scale);
      b = swl_multiply_q15_8(b, c->second_multiplier);
      b = swl_add_saturated_8(b, c->addend);
      fraction_bits = epilogue->output_shift;
      break;
    }
    case SWL_EPILOGUE_CURVE:
      b = swl_multiply_q15_8(swl_curve_8(epilogue, b), c->second_multiplier);
      b = swl_add_saturated_8(b, c->addend);
      fraction_bits = epilogue->output_shift;
      break;
    case SWL_EPILOGUE_ADD:
      b = swl_add_saturated_8(b, swl_multiply_q15_8(swl_widen_8(skip) * 256, c->skip_multiplier));
      break;
  }
  return swl_clamp_8(b >> swl_splat_8(fraction_bits), c->lo, c->hi);
}

// The first `count` ≤ 8 outputs from channel `first` of a block on, of all pixels.
SWL_INLINE void swl_finish_pixels(const SwlEpilogue* _Nonnull epilogue,
                                  const SwlChannels8* _Nonnull c, const int shifts_left,
                                  const uint32_t (*_Nonnull sums)[SWL_BLOCK_CHANNELS],
                                  int32_t pixels, int32_t first, size_t at, size_t step,
                                  int32_t count, int8_t* _Nonnull output) {
  at += (size_t)first;
  for (int32_t i = 0; i < pixels; i++, at += step) {
    const int8_t* skip = epilogue->skip ? epilogue->skip + at : NULL;
    swl_store_8(output + at, swl_finish_8(epilogue, c, shifts_left, sums[i] + first, skip), count);
  }
}

// Adds the bias to the sums of `pixels` pixels and stores the first `count` ≤ 16 channels of each
// in output[at + i·step …]. Of a residual add's other operand up to 16 bytes are read.
static inline void swl_epilogue_store(const SwlEpilogue* _Nonnull epilogue,
                                      const SwlChannelBlock* _Nonnull block,
                                      const uint32_t (*_Nonnull sums)[SWL_BLOCK_CHANNELS],
                                      int32_t pixels, size_t at, size_t step, int32_t count,
                                      int8_t* _Nonnull output) {
  for (int32_t n = 0; n < count; n++) {
    assert(block->shift[n] >= -7 && block->shift[n] <= 24 && block->multiplier[n] >= 0);
    assert(block->lo[n] <= block->hi[n]);
  }
  for (int32_t first = 0; first < count; first += 8) {
    SwlChannels8 channels;
    swl_channels_8(epilogue, block, first, &channels);
    const int32_t length = count - first < 8 ? count - first : 8;
    if (channels.shifts_left) {
      swl_finish_pixels(epilogue, &channels, 1, sums, pixels, first, at, step, length, output);
    } else {
      swl_finish_pixels(epilogue, &channels, 0, sums, pixels, first, at, step, length, output);
    }
  }
}

// What every kernel asserts of its epilogue.
static inline void swl_epilogue_assert(const SwlEpilogue* _Nonnull epilogue) {
  switch ((SwlEpilogueKind)epilogue->kind) {
    case SWL_EPILOGUE_REQUANTIZE:
      break;
    case SWL_EPILOGUE_HARD_SWISH:
      assert(epilogue->fraction_bits >= 0 && epilogue->fraction_bits <= 12);
      assert(epilogue->output_shift >= 2 && epilogue->output_shift <= 7);
      break;
    case SWL_EPILOGUE_CURVE:
      assert(epilogue->curve);
      assert(epilogue->core_shift >= 0 && epilogue->core_shift <= 12);
      assert(epilogue->output_shift >= 2 && epilogue->output_shift <= 7);
      break;
    case SWL_EPILOGUE_ADD:
      assert(epilogue->skip);
      assert(epilogue->skip_multiplier >= 0 && epilogue->skip_multiplier < 1 << 14);
      break;
  }
}

#endif
