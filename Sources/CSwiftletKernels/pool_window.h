#ifndef SWL_POOL_WINDOW_H
#define SWL_POOL_WINDOW_H

#include <assert.h>

#include "CSwiftletKernels.h"

// Channels that are pooled together in one pass over a window.
#define SWL_POOL_TILE 64

// The taps of one window that lie inside the input: rows [top, bottom), columns [left, right).
typedef struct SwlPoolWindow {
  int32_t top, bottom, left, right;
} SwlPoolWindow;

static inline SwlPoolWindow swl_pool_window(const SwlPoolParams* _Nonnull p, int32_t y, int32_t x) {
  SwlPoolWindow w = {.top = y * p->stride_h - p->pad_top, .left = x * p->stride_w - p->pad_left};
  w.bottom = w.top + p->kernel_h < p->in_h ? w.top + p->kernel_h : p->in_h;
  w.right = w.left + p->kernel_w < p->in_w ? w.left + p->kernel_w : p->in_w;
  if (w.top < 0) w.top = 0;
  if (w.left < 0) w.left = 0;
  return w;
}

// The first of `channels` bytes of an input pixel.
static inline const int8_t* _Nonnull swl_pool_pixel(const SwlPoolParams* _Nonnull p,
                                                    const int8_t* _Nonnull input, int32_t row,
                                                    int32_t column) {
  return input + ((size_t)row * (size_t)p->in_w + (size_t)column) * (size_t)p->channels;
}

static inline void swl_pool_assert(const SwlPoolParams* _Nonnull p, int32_t row_begin,
                                   int32_t row_end) {
  assert(p->in_h > 0 && p->in_w > 0 && p->channels > 0 && p->out_h > 0 && p->out_w > 0);
  assert(p->kernel_h > 0 && p->kernel_w > 0 && p->stride_h > 0 && p->stride_w > 0);
  assert(p->lo <= p->hi);
  assert(0 <= row_begin && row_begin <= row_end && row_end <= p->out_h);
  (void)p, (void)row_begin, (void)row_end;
}

#endif
