#include "pool_window.h"

// The maximum of channels [first, first + count) of one window.
static void pool_tile(const SwlPoolParams* p, const int8_t* input, SwlPoolWindow w, int32_t first,
                      int32_t count, int8_t* output) {
  int8_t largest[SWL_POOL_TILE];
  for (int32_t c = 0; c < count; c++) largest[c] = INT8_MIN;
  for (int32_t row = w.top; row < w.bottom; row++) {
    for (int32_t column = w.left; column < w.right; column++) {
      const int8_t* pixel = swl_pool_pixel(p, input, row, column) + first;
      for (int32_t c = 0; c < count; c++) {
        if (pixel[c] > largest[c]) largest[c] = pixel[c];
      }
    }
  }
  for (int32_t c = 0; c < count; c++) output[c] = (int8_t)swl_clamp(largest[c], p->lo, p->hi);
}

void swl_maxpool_s8__portable(const SwlPoolParams* p, const int8_t* input, int8_t* output,
                              int32_t row_begin, int32_t row_end) {
  swl_pool_assert(p, row_begin, row_end);
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
