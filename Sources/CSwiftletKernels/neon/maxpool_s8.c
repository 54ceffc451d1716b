#include "neon_kernels.h"

#if defined(SWL_NEON)

#include "../pool_window.h"
#include "neon_elementwise.h"

// The maximum of 16 channels of one window.
static int8x16_t pool_block(const SwlPoolParams* p, const int8_t* input, SwlPoolWindow w,
                            int32_t channel) {
  int8x16_t largest = vdupq_n_s8(INT8_MIN);
  for (int32_t row = w.top; row < w.bottom; row++) {
    const int8_t* pixel = swl_pool_pixel(p, input, row, w.left) + channel;
    for (int32_t column = w.left; column < w.right; column++, pixel += p->channels) {
      largest = vmaxq_s8(largest, vld1q_s8(pixel));
    }
  }
  return largest;
}

void swl_maxpool_s8__neon(const SwlPoolParams* p, const int8_t* input, int8_t* output,
                          int32_t row_begin, int32_t row_end) {
  swl_pool_assert(p, row_begin, row_end);
  const int8x16_t lo = vdupq_n_s8((int8_t)p->lo), hi = vdupq_n_s8((int8_t)p->hi);
  output += (size_t)row_begin * (size_t)p->out_w * (size_t)p->channels;
  for (int32_t y = row_begin; y < row_end; y++) {
    for (int32_t x = 0; x < p->out_w; x++, output += p->channels) {
      const SwlPoolWindow w = swl_pool_window(p, y, x);
      for (int32_t channel = 0; channel < p->channels; channel += SWL_BLOCK_CHANNELS) {
        const int8x16_t largest = pool_block(p, input, w, channel);
        swl_neon_store_up_to_16(output + channel, vminq_s8(vmaxq_s8(largest, lo), hi),
                                p->channels - channel);
      }
    }
  }
}

#endif
