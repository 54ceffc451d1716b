#include <assert.h>

#include "CSwiftletKernels.h"

// Channels that are summed together in one pass over the pixels.
#define TILE 64

void swl_mean_s8__portable(const SwlMeanParams* p, const int8_t* input, int8_t* output,
                           int32_t channel_begin, int32_t channel_end) {
  assert(p->pixels > 0 && p->lo <= p->hi);
  assert(0 <= channel_begin && channel_begin <= channel_end && channel_end <= p->channels);
  assert(p->entry.shift >= -7 && p->entry.shift <= 24);
  for (int32_t first = channel_begin; first < channel_end; first += TILE) {
    const int32_t count = channel_end - first < TILE ? channel_end - first : TILE;
    uint32_t sums[TILE] = {0};
    const int8_t* pixel = input + first;
    for (int32_t i = 0; i < p->pixels; i++, pixel += p->channels) {
      for (int32_t c = 0; c < count; c++) sums[c] += (uint32_t)pixel[c];
    }
    for (int32_t c = 0; c < count; c++) {
      const int32_t acc = (int32_t)(sums[c] + (uint32_t)p->entry.bias);
      output[first + c] = swl_requantize(acc, p->entry.shift, p->entry.multiplier, p->lo, p->hi);
    }
  }
}
