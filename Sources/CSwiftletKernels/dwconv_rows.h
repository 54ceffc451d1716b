#ifndef SWL_DWCONV_ROWS_H
#define SWL_DWCONV_ROWS_H

#include "conv_window.h"

// The most kernel rows that SwlDepthwiseRows holds.
#define SWL_DEPTHWISE_ROWS 8

// What one row of a depthwise convolution's outputs reads, from the first channel of a block on.
// Vector kernels copy it to locals: a compiler must take for granted that the bytes they store may
// be part of anything in memory.
typedef struct SwlDepthwiseRows {
  // [0] of rows in the input, [1] of columns outside it: there every row reads the padding.
  const int8_t* _Nonnull start[2][SWL_DEPTHWISE_ROWS];
  ptrdiff_t mask[SWL_DEPTHWISE_ROWS];  // of a column's offset: 0 in a padding row, else all ones
  int32_t width, channels;
} SwlDepthwiseRows;

// The `count` rows that the kernel's rows from `first` on read for output row y; rows past the
// kernel's last meet zero weights and repeat it.
static inline void swl_depthwise_rows(const SwlConvParams* _Nonnull p, const int8_t* _Nonnull input,
                                      int32_t y, int32_t channel, int32_t first, int32_t count,
                                      SwlDepthwiseRows* _Nonnull rows) {
  for (int32_t i = 0; i < count; i++) {
    const int32_t ky = first + i < p->kernel_h ? first + i : p->kernel_h - 1;
    const int8_t* row = swl_conv_input_row(p, input, y, ky);
    rows->start[0][i] = (row ? row : p->padding_row) + channel;
    rows->start[1][i] = p->padding_row + channel;
    rows->mask[i] = row ? -1 : 0;
  }
  rows->width = p->in_w;
  rows->channels = p->in_c;
}

// Where a column is: computed once for all rows, without branches, which every end of a row would
// mispredict. `may_be_outside` is a constant: the inner columns of a row need no check.
typedef struct SwlDepthwiseColumn {
  const int8_t* _Nonnull const* _Nonnull start;
  ptrdiff_t offset;
} SwlDepthwiseColumn;

static inline SwlDepthwiseColumn swl_depthwise_column(const SwlDepthwiseRows* _Nonnull rows,
                                                      int32_t column, const int may_be_outside) {
  const int32_t is_outside = may_be_outside && (uint32_t)column >= (uint32_t)rows->width;
  return (SwlDepthwiseColumn){
      .start = rows->start[is_outside],
      .offset = (ptrdiff_t)column * rows->channels & (ptrdiff_t)(is_outside - 1)};
}

// What kernel row `row` reads in input column `column`, by a branch.
static inline const int8_t* _Nonnull swl_depthwise_pixel_or_padding(
    const SwlDepthwiseRows* _Nonnull rows, int32_t column, int32_t row) {
  const int is_inside = column >= 0 && column < rows->width;
  const ptrdiff_t offset = (ptrdiff_t)column * rows->channels;
  return is_inside ? rows->start[0][row] + (offset & rows->mask[row]) : rows->start[1][0];
}

// The outputs [begin, end) of a row, of `length`, whose windows' last `stride_w` columns lie inside
// the input and would do so `reach` columns further to the right.
typedef struct SwlDepthwiseInner {
  int32_t begin, end;
} SwlDepthwiseInner;

static inline SwlDepthwiseInner swl_depthwise_inner(const SwlConvParams* _Nonnull p, int32_t reach,
                                                    int32_t length) {
  const int32_t before = p->pad_left - p->kernel_w + p->stride_w;
  const int32_t last = p->in_w - 1 + p->pad_left - (p->kernel_w - 1) - reach;
  SwlDepthwiseInner inner = {.begin = before > 0 ? (before + p->stride_w - 1) / p->stride_w : 0,
                             .end = last < 0 ? 0 : last / p->stride_w + 1};
  if (inner.end > length) inner.end = length;
  if (inner.begin > inner.end) inner.begin = inner.end;
  return inner;
}

// What kernel row `row` reads in a column.
static inline const int8_t* _Nonnull swl_depthwise_pixel(const SwlDepthwiseRows* _Nonnull rows,
                                                         SwlDepthwiseColumn column, int32_t row) {
  return column.start[row] + (column.offset & rows->mask[row]);
}

#endif
