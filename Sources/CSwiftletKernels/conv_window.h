#ifndef SWL_CONV_WINDOW_H
#define SWL_CONV_WINDOW_H

#include <assert.h>

#include "CSwiftletKernels.h"

// What convolution and depthwise convolution share: where a tap reads, and what they assert.

// The input row that row `ky` of the kernel reads for output row `y`, or null when it is outside.
static inline const int8_t* _Nullable swl_conv_input_row(const SwlConvParams* _Nonnull p,
                                                         const int8_t* _Nonnull input, int32_t y,
                                                         int32_t ky) {
  const int32_t row = y * p->stride_h - p->pad_top + ky * p->dilation_h;
  if (row < 0 || row >= p->in_h) return NULL;
  return input + (size_t)row * (size_t)p->in_w * (size_t)p->in_c;
}

// The pixel that column `kx` of the kernel reads in `row` for output column `x`: `in_c` bytes,
// those of padding_row outside the input.
static inline const int8_t* _Nonnull swl_conv_pixel(const SwlConvParams* _Nonnull p,
                                                    const int8_t* _Nullable row, int32_t x,
                                                    int32_t kx) {
  const int32_t column = x * p->stride_w - p->pad_left + kx * p->dilation_w;
  if (!row || column < 0 || column >= p->in_w) return p->padding_row;
  return row + (size_t)column * (size_t)p->in_c;
}

static inline void swl_conv_assert(const SwlConvParams* _Nonnull p, int32_t row_begin,
                                   int32_t row_end) {
  assert(p->in_h > 0 && p->in_w > 0 && p->in_c > 0);
  assert(p->out_h > 0 && p->out_w > 0 && p->out_c > 0 && p->out_step >= p->out_c);
  assert(p->kernel_h > 0 && p->kernel_w > 0 && p->stride_h > 0 && p->stride_w > 0);
  assert(p->dilation_h > 0 && p->dilation_w > 0);
  assert(p->groups > 0 && p->in_c % p->groups == 0 && p->out_c % p->groups == 0);
  assert(0 <= row_begin && row_begin <= row_end && row_end <= p->out_h);
  (void)p, (void)row_begin, (void)row_end;
}

#endif
