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

// The counts of one group of a convolution.
typedef struct SwlGroupCounts {
  int32_t in_channels, out_channels, blocks;
  int32_t tap_quads, quads;  // of a tap, of all taps
} SwlGroupCounts;

static inline SwlGroupCounts swl_group_counts(const SwlConvParams* _Nonnull p) {
  const int32_t in_channels = p->in_c / p->groups, out_channels = p->out_c / p->groups;
  const int32_t tap_quads = swl_quad_count(in_channels);
  return (SwlGroupCounts){.in_channels = in_channels,
                          .out_channels = out_channels,
                          .blocks = swl_block_count(out_channels),
                          .tap_quads = tap_quads,
                          .quads = p->kernel_h * p->kernel_w * tap_quads};
}

// The channels that exist in block `block` of `out_channels`.
static inline int32_t swl_block_channels(int32_t out_channels, int32_t block) {
  const int32_t left = out_channels - block * SWL_BLOCK_CHANNELS;
  return left < SWL_BLOCK_CHANNELS ? left : SWL_BLOCK_CHANNELS;
}

// Quads of one tap that follow each other: from its quad `begin` on.
typedef struct SwlTapQuads {
  int32_t tap, begin, count;
} SwlTapQuads;

// Those of the quads [first, first + most), counted over all taps, that are in the first one's tap.
static inline SwlTapQuads swl_tap_quads(SwlGroupCounts counts, int32_t first, int32_t most) {
  const int32_t begin = first % counts.tap_quads;
  const int32_t left = counts.tap_quads - begin;
  return (SwlTapQuads){
      .tap = first / counts.tap_quads, .begin = begin, .count = left < most ? left : most};
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
