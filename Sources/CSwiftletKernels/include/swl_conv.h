#ifndef SWL_CONV_H
#define SWL_CONV_H

#include "swl_types.h"

// Convolution of any kernel, stride, dilation, padding and grouping; pointwise is kernel 1×1.
//
// weights: per group, [⌈N/16⌉][⌈K/4⌉][16][4] with N = out_c/groups output channels and
// K = (ky, kx, c), c padded with zeros to a multiple of 4 per tap.
// blocks: per group ⌈N/16⌉ channel blocks.
// Padding at the bottom and right follows from the output size.
// out_step ≥ out_c: bytes from one output pixel to the next. Where it is more, the bytes between
// are not written: the outputs are some channels of a wider tensor. padding_row: in_c bytes, the
// input's zero point per channel: what a tap outside the input reads.
typedef struct SwlConvParams {
  int32_t in_h, in_w, in_c;
  int32_t out_h, out_w, out_c;
  int32_t out_step;
  int32_t kernel_h, kernel_w, stride_h, stride_w, dilation_h, dilation_w;
  int32_t pad_top, pad_left;
  int32_t groups;
  const int8_t* _Nonnull weights;
  const SwlChannelBlock* _Nonnull blocks;
  const int8_t* _Nonnull padding_row;
  SwlEpilogue epilogue;
} SwlConvParams;

// Computes output rows [row_begin, row_end).
void swl_conv2d_s8__portable(const SwlConvParams* _Nonnull params, const int8_t* _Nonnull input,
                             int8_t* _Nonnull output, int32_t row_begin, int32_t row_end);

// Depthwise convolution: in_c = out_c = groups, any epilogue but ADD.
//
// blocks: ⌈C/16⌉ channel blocks, channels in a row.
// weights: [⌈C/16⌉][kernel_w][⌈kernel_h/4⌉][16][4]: taps down a column in groups of 4, zero padded.
void swl_dwconv_s8__portable(const SwlConvParams* _Nonnull params, const int8_t* _Nonnull input,
                             int8_t* _Nonnull output, int32_t row_begin, int32_t row_end);

// Fully connected: y[n] = Σ_k x[k]·w[n][k].
//
// weights: [⌈N/16⌉][⌈K/4⌉][16][4] over K = in_count input elements in NHWC order.
typedef struct SwlFullyConnectedParams {
  int32_t in_count, out_count;
  const int8_t* _Nonnull weights;
  const SwlChannelBlock* _Nonnull blocks;
  SwlEpilogue epilogue;
} SwlFullyConnectedParams;

// Computes the output channel blocks [block_begin, block_end) of ⌈out_count/16⌉.
void swl_fc_s8__portable(const SwlFullyConnectedParams* _Nonnull params,
                         const int8_t* _Nonnull input, int8_t* _Nonnull output, int32_t block_begin,
                         int32_t block_end);

#endif
