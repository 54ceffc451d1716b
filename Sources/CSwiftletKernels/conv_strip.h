#ifndef SWL_CONV_STRIP_H
#define SWL_CONV_STRIP_H

#include "accumulate.h"
#include "conv_window.h"

// Output pixels that kernels compute together for what they widen to serve them all; they go on
// from one row to the next.
typedef struct SwlStrip {
  int32_t y, x, count;  // the first pixel, and how many there are: up to SWL_STRIP
} SwlStrip;

// The strip that begins at output pixel `first` of those before `end`.
static inline SwlStrip swl_strip(const SwlConvParams* _Nonnull p, int64_t first, int64_t end) {
  return (SwlStrip){.y = (int32_t)(first / p->out_w),
                    .x = (int32_t)(first % p->out_w),
                    .count = end - first < SWL_STRIP ? (int32_t)(end - first) : SWL_STRIP};
}

// What each pixel of a strip reads for a tap: swl_conv_pixel of all of them.
static inline void swl_strip_pixels(const SwlConvParams* _Nonnull p, const int8_t* _Nonnull input,
                                    SwlStrip strip, int32_t ky, int32_t kx,
                                    const int8_t* _Nonnull* _Nonnull pixels) {
  const int8_t* const padding = p->padding_row;
  const int32_t out_w = p->out_w, in_w = p->in_w, stride = p->stride_w;
  const ptrdiff_t channels = p->in_c;
  const int32_t left = kx * p->dilation_w - p->pad_left;
  const int8_t* row = swl_conv_input_row(p, input, strip.y, ky);
  for (int32_t i = 0; i < strip.count;) {
    // The strip's pixels in this row: padding, input, padding.
    const int32_t in_row = out_w - strip.x, all = strip.count - i;
    const int32_t end = i + (in_row < all ? in_row : all);
    int32_t column = strip.x * stride + left;
    for (; i < end && column < 0; i++, column += stride) pixels[i] = padding;
    if (row) {
      for (; i < end && column < in_w; i++, column += stride) pixels[i] = row + column * channels;
    }
    for (; i < end; i++) pixels[i] = padding;
    strip.x = 0;
    row = swl_conv_input_row(p, input, ++strip.y, ky);
  }
}

#endif
