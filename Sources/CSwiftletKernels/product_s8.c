#include <assert.h>

#include "CSwiftletKernels.h"

static int8_t multiply(const SwlProductParams* p, int32_t a, int32_t b) {
  const int32_t product = (a - p->zero_point_a) * (b - p->zero_point_b);
  return swl_requantize(product + p->bias, p->shift, p->multiplier, p->lo, p->hi);
}

void swl_product_s8__portable(const SwlProductParams* params, const int8_t* a, const int8_t* b,
                              int8_t* output, int64_t begin, int64_t end) {
  // A copy, so that the compiler knows that what is written does not change it.
  const SwlProductParams p = *params;
  assert(p.channels > 0 && 0 <= begin && begin <= end && p.lo <= p.hi);
  assert(p.shift >= -7 && p.shift <= 24 && p.multiplier >= 1 << 14 && p.multiplier < 1 << 15);
  assert(p.channel_step == 0 || p.channel_step == 1);
  const int64_t channels = p.channels;
  if (p.channel_step == 1 && p.pixel_step == p.channels) {
    // Pixels follow each other in both.
    for (int64_t i = begin * channels; i < end * channels; i++)
      output[i] = multiply(&p, a[i], b[i]);
    return;
  }
  for (int64_t pixel = begin; pixel < end; pixel++) {
    const int8_t* first = a + pixel * channels;
    const int8_t* second = b + pixel * p.pixel_step;
    int8_t* result = output + pixel * channels;
    if (p.channel_step == 1) {
      for (int64_t c = 0; c < channels; c++) result[c] = multiply(&p, first[c], second[c]);
    } else {
      const int32_t factor = second[0];
      for (int64_t c = 0; c < channels; c++) result[c] = multiply(&p, first[c], factor);
    }
  }
}
