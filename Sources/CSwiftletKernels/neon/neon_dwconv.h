#ifndef SWL_NEON_DWCONV_H
#define SWL_NEON_DWCONV_H

#include "../conv_window.h"
#include "neon_epilogue.h"

// One block of 16 channels of a depthwise convolution over output rows [row_begin, row_end).
typedef struct SwlNeonDwRun {
  const SwlConvParams* _Nonnull params;
  const int8_t* _Nonnull input;
  const int8_t* _Nonnull weights;  // [kernel_w][⌈kernel_h/4⌉][16][4]
  const SwlNeonBlock* _Nonnull block;
  int8_t* _Nonnull output;
  int32_t channel;  // the block's first
  int32_t row_begin, row_end;
} SwlNeonDwRun;

typedef void SwlNeonDwRunFunction(const SwlNeonDwRun* _Nonnull run);

// Calls `run` for every block of chunks of rows that stay in a small core's first cache: a block
// reads 16 bytes of each cache line, the next ones read the rest.
void swl_neon_dwconv(const SwlConvParams* _Nonnull params, const int8_t* _Nonnull input,
                     int8_t* _Nonnull output, int32_t row_begin, int32_t row_end,
                     SwlNeonDwRunFunction* _Nonnull run);

// Any window, one pixel; exact for any weights. `y` and `x` in the output.
void swl_neon_dwconv_pixel(const SwlNeonDwRun* _Nonnull run, int32_t y, int32_t x);

// Kernels as tall as this have functions of their own.
#define SWL_NEON_DW_KERNEL 5

// The input rows under one output row, from the block's first channel on. A row outside the input
// is the padding again and again: its pixels are 0 bytes apart.
typedef struct SwlNeonDwRows {
  const int8_t* _Nonnull at[SWL_NEON_DW_KERNEL];
  size_t step[SWL_NEON_DW_KERNEL];
} SwlNeonDwRows;

SWL_NEON_INLINE SwlNeonDwRows swl_neon_dw_rows(const SwlNeonDwRun* _Nonnull run, int32_t y,
                                               int32_t kernel) {
  SwlNeonDwRows rows;
  for (int32_t ky = 0; ky < kernel; ky++) {
    const int8_t* row = swl_conv_input_row(run->params, run->input, y, ky);
    rows.at[ky] = (row ? row : run->params->padding_row) + run->channel;
    rows.step[ky] = row ? (size_t)run->params->in_c : 0;
  }
  return rows;
}

// The pixel in `column` of row `ky`, the padding where there is none.
SWL_NEON_INLINE const int8_t* _Nonnull swl_neon_dw_pixel(const SwlNeonDwRun* _Nonnull run,
                                                         const SwlNeonDwRows* _Nonnull rows,
                                                         int32_t ky, int32_t column) {
  if (column < 0 || column >= run->params->in_w) return run->params->padding_row + run->channel;
  return rows->at[ky] + (size_t)column * rows->step[ky];
}

// Where output pixel (y, x) of the block stands.
SWL_NEON_INLINE int8_t* _Nonnull swl_neon_dw_output(const SwlNeonDwRun* _Nonnull run, int32_t y,
                                                    int32_t x) {
  const SwlConvParams* p = run->params;
  return run->output + ((size_t)y * (size_t)p->out_w + (size_t)x) * (size_t)p->out_c +
         run->channel;
}

// Whether the kernel is `kernel` × `kernel` without dilation.
SWL_NEON_INLINE int32_t swl_neon_dw_is(const SwlConvParams* _Nonnull p, int32_t kernel) {
  return p->kernel_h == kernel && p->kernel_w == kernel && p->dilation_h == 1 &&
         p->dilation_w == 1 && p->stride_w <= 2;
}

// The columns [first, last) of the output whose windows lie inside the input's columns.
static inline void swl_neon_inner_columns(const SwlConvParams* _Nonnull p, int32_t* _Nonnull first,
                                          int32_t* _Nonnull last) {
  const int32_t reach = (p->kernel_w - 1) * p->dilation_w - p->pad_left;
  *first = (p->pad_left + p->stride_w - 1) / p->stride_w;
  *last = reach < p->in_w ? (p->in_w - 1 - reach) / p->stride_w + 1 : 0;
  if (*last > p->out_w) *last = p->out_w;
  if (*first > *last) *first = *last;
}

#endif
