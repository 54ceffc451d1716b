#include "neon_kernels.h"

#if defined(SWL_NEON)

#include <assert.h>
#include <string.h>

#include "neon_elementwise.h"

// Pixels whose sum fits 16 bits: 256 times −128.
#define PIXELS 256

// 16 channels, or the first `count`: another thread may be writing those after them.
static inline int8x16_t load_channels(const int8_t* x, const int32_t count) {
  if (count >= SWL_BLOCK_CHANNELS) return vld1q_s8(x);
  if (count == 8) return vcombine_s8(vld1_s8(x), vdup_n_s8(0));
  int8_t channels[SWL_BLOCK_CHANNELS] = {0};
  memcpy(channels, x, (size_t)count);
  return vld1q_s8(channels);
}

// Sums the first `count` of 16 channels of all pixels.
static void sum_pixels(const SwlMeanParams* p, const int8_t* pixel, const int32_t count,
                       int32x4_t* sums) {
  const size_t step = (size_t)p->channels;
  for (int32_t i = 0; i < 4; i++) sums[i] = vdupq_n_s32(0);
  for (int32_t left = p->pixels; left > 0; left -= PIXELS) {
    int16x8_t low = vdupq_n_s16(0), high = vdupq_n_s16(0);
    for (int32_t i = left < PIXELS ? left : PIXELS; i != 0; i--, pixel += step) {
      const int8x16_t x = load_channels(pixel, count);
      low = vaddw_s8(low, vget_low_s8(x));
      high = vaddw_high_s8(high, x);
    }
    sums[0] = vaddw_s16(sums[0], vget_low_s16(low));
    sums[1] = vaddw_high_s16(sums[1], low);
    sums[2] = vaddw_s16(sums[2], vget_low_s16(high));
    sums[3] = vaddw_high_s16(sums[3], high);
  }
}

void swl_mean_s8__neon(const SwlMeanParams* p, const int8_t* input, int8_t* output,
                       int32_t channel_begin, int32_t channel_end) {
  assert(p->pixels > 0 && p->lo <= p->hi);
  assert(0 <= channel_begin && channel_begin <= channel_end && channel_end <= p->channels);
  assert(p->entry.shift >= -7 && p->entry.shift <= 24);
  const SwlNeonMean mean = swl_neon_mean(&p->entry, 0, p->lo, p->hi);
  for (int32_t channel = channel_begin; channel < channel_end; channel += SWL_BLOCK_CHANNELS) {
    int32x4_t sums[4];
    sum_pixels(p, input + channel, channel_end - channel, sums);
    swl_neon_store_up_to_16(output + channel, swl_neon_end_mean(&mean, sums),
                            channel_end - channel);
  }
}

#endif
