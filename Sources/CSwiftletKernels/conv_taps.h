#ifndef SWL_CONV_TAPS_H
#define SWL_CONV_TAPS_H

#include "conv_window.h"

// How vector kernels find what a convolution reads: for a stretch of output pixels, tap t of pixel
// i starts at taps[t].start + i·taps[t].step. Nothing is copied and pointers per pixel are not
// kept.

// Kernels of more taps than this take the portable function.
#define SWL_MAX_TAPS 64

typedef struct SwlTap {
  const int8_t* _Nonnull start;
  size_t step;  // bytes from one output pixel to the next; 0 in the padding
} SwlTap;

// Output columns [begin, end).
typedef struct SwlColumns {
  int32_t begin, end;
} SwlColumns;

// A 1×1 convolution without stride or padding: its rows are one long row of pixels.
static inline int32_t swl_conv_is_pointwise(const SwlConvParams* _Nonnull p) {
  return p->kernel_h == 1 && p->kernel_w == 1 && p->stride_h == 1 && p->stride_w == 1 &&
         p->pad_top == 0 && p->pad_left == 0 && p->in_w == p->out_w && p->in_h == p->out_h;
}

// The output columns whose every tap lies inside the input's columns; may be empty.
static inline SwlColumns swl_conv_inner_columns(const SwlConvParams* _Nonnull p) {
  const int32_t last = p->in_w - 1 + p->pad_left - (p->kernel_w - 1) * p->dilation_w;
  SwlColumns inner = {.begin = (p->pad_left + p->stride_w - 1) / p->stride_w,
                      .end = last < 0 ? 0 : last / p->stride_w + 1};
  if (inner.end > p->out_w) inner.end = p->out_w;
  if (inner.begin > inner.end) inner.begin = inner.end;
  return inner;
}

// The taps for output pixels of row y from column x on. They hold for the stretch of inner columns
// from x, or for column x alone. `channel` is the group's first input channel.
static inline void swl_conv_taps(const SwlConvParams* _Nonnull p, const int8_t* _Nonnull input,
                                 int32_t y, int32_t x, int32_t channel, SwlTap* _Nonnull taps) {
  const size_t step = (size_t)p->stride_w * (size_t)p->in_c;
  for (int32_t ky = 0; ky < p->kernel_h; ky++) {
    const int8_t* row = swl_conv_input_row(p, input, y, ky);
    for (int32_t kx = 0; kx < p->kernel_w; kx++, taps++) {
      taps->start = swl_conv_pixel(p, row, x, kx) + channel;
      taps->step = row ? step : 0;
    }
  }
}

// Where tile `tile` of `tiles` begins when `count` pixels are divided evenly.
static inline int32_t swl_tile_begin(int32_t count, int32_t tile, int32_t tiles) {
  return (int32_t)((int64_t)count * tile / tiles);
}

#endif
