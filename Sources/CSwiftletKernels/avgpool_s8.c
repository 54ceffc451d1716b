#include "pool_window.h"

// The mean of channels [first, first + count) of one window.
static void pool_tile(const SwlPoolParams* p, const int8_t* input, SwlPoolWindow w, int32_t first,
                      int32_t count, int8_t* output) {
  const int32_t taps = p->kernel_h * p->kernel_w;
  const int32_t inside = (w.bottom - w.top) * (w.right - w.left);
  assert(inside > 0);
  const SwlMeanEntry* entry = &p->entries[(p->counts_padding ? taps : inside) - 1];
  assert(entry->shift >= -7 && entry->shift <= 24);

  const int32_t padding = p->counts_padding ? (taps - inside) * p->input_zero_point : 0;
  uint32_t sums[SWL_POOL_TILE];
  for (int32_t c = 0; c < count; c++) sums[c] = (uint32_t)entry->bias + (uint32_t)padding;
  for (int32_t row = w.top; row < w.bottom; row++) {
    for (int32_t column = w.left; column < w.right; column++) {
      const int8_t* pixel = swl_pool_pixel(p, input, row, column) + first;
      for (int32_t c = 0; c < count; c++) sums[c] += (uint32_t)pixel[c];
    }
  }
  for (int32_t c = 0; c < count; c++) {
    output[c] = swl_requantize((int32_t)sums[c], entry->shift, entry->multiplier, p->lo, p->hi);
  }
}

void swl_avgpool_s8__portable(const SwlPoolParams* p, const int8_t* input, int8_t* output,
                              int32_t row_begin, int32_t row_end) {
  swl_pool_assert(p, row_begin, row_end);
  assert(p->entries);
  output += (size_t)row_begin * (size_t)p->out_w * (size_t)p->channels;
  for (int32_t y = row_begin; y < row_end; y++) {
    for (int32_t x = 0; x < p->out_w; x++, output += p->channels) {
      const SwlPoolWindow w = swl_pool_window(p, y, x);
      for (int32_t first = 0; first < p->channels; first += SWL_POOL_TILE) {
        const int32_t left = p->channels - first;
        pool_tile(p, input, w, first, left < SWL_POOL_TILE ? left : SWL_POOL_TILE, output + first);
      }
    }
  }
}
