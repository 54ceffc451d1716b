#include "neon_kernels.h"

#if defined(SWL_NEON)

#include "../pool_window.h"
#include "neon_elementwise.h"

// The mean of 16 channels of one window.
static int8x16_t pool_block(const SwlPoolParams* p, const SwlNeonMean* mean, const int8_t* input,
                            SwlPoolWindow w, int32_t channel) {
  int32x4_t sums[4];
  for (int32_t i = 0; i < 4; i++) sums[i] = vdupq_n_s32(0);
  for (int32_t row = w.top; row < w.bottom; row++) {
    const int8_t* pixel = swl_pool_pixel(p, input, row, w.left) + channel;
    for (int32_t column = w.left; column < w.right; column++, pixel += p->channels) {
      swl_neon_add_bytes(sums, vld1q_s8(pixel));
    }
  }
  return swl_neon_end_mean(mean, sums);
}

void swl_avgpool_s8__neon(const SwlPoolParams* p, const int8_t* input, int8_t* output,
                          int32_t row_begin, int32_t row_end) {
  swl_pool_assert(p, row_begin, row_end);
  assert(p->entries);
  const int32_t taps = p->kernel_h * p->kernel_w;
  output += (size_t)row_begin * (size_t)p->out_w * (size_t)p->channels;
  for (int32_t y = row_begin; y < row_end; y++) {
    for (int32_t x = 0; x < p->out_w; x++, output += p->channels) {
      const SwlPoolWindow w = swl_pool_window(p, y, x);
      const int32_t inside = (w.bottom - w.top) * (w.right - w.left);
      assert(inside > 0);
      const SwlMeanEntry* entry = &p->entries[(p->counts_padding ? taps : inside) - 1];
      assert(entry->shift >= -7 && entry->shift <= 24);
      const int32_t padding = p->counts_padding ? (taps - inside) * p->input_zero_point : 0;
      const SwlNeonMean mean = swl_neon_mean(entry, padding, p->lo, p->hi);
      for (int32_t channel = 0; channel < p->channels; channel += SWL_BLOCK_CHANNELS) {
        swl_neon_store_up_to_16(output + channel, pool_block(p, &mean, input, w, channel),
                                p->channels - channel);
      }
    }
  }
}

#endif
