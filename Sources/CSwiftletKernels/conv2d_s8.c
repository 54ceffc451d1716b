#include "accumulate.h"
#include "conv_window.h"
#include "epilogue.h"

// Sums one output pixel of one block over all taps. `channel` is the group's first input channel,
// `channels` the group's input channels.
static void sum_window(const SwlConvParams* p, const int8_t* input, const int8_t* weights,
                       int32_t y, int32_t x, int32_t channel, int32_t channels, uint32_t* sums) {
  const size_t tap_length = (size_t)((channels + 3) / 4) * 4 * SWL_BLOCK;
  for (int32_t ky = 0; ky < p->kernel_h; ky++) {
    const int8_t* row = swl_conv_input_row(p, input, y, ky);
    for (int32_t kx = 0; kx < p->kernel_w; kx++) {
      swl_accumulate(sums, swl_conv_pixel(p, row, x, kx) + channel, weights, channels);
      weights += tap_length;
    }
  }
}

// A block's weights stay in the cache while they pass over a whole row: rows, groups, blocks,
// pixels, from the outside in.
void swl_conv2d_s8__scalar(const SwlConvParams* p, const int8_t* input, int8_t* output,
                           int32_t row_begin, int32_t row_end) {
  swl_conv_assert(p, row_begin, row_end);
  swl_epilogue_assert(&p->epilogue);
  const int32_t in_channels = p->in_c / p->groups;
  const int32_t out_channels = p->out_c / p->groups;
  const int32_t blocks = (out_channels + SWL_BLOCK - 1) / SWL_BLOCK;
  const size_t block_length = (size_t)p->kernel_h * (size_t)p->kernel_w *
                              (size_t)((in_channels + 3) / 4) * 4 * SWL_BLOCK;

  for (int32_t y = row_begin; y < row_end; y++) {
    for (int32_t group = 0; group < p->groups; group++) {
      for (int32_t block = 0; block < blocks; block++) {
        const size_t packed = (size_t)group * (size_t)blocks + (size_t)block;
        const int32_t first = group * out_channels + block * SWL_BLOCK;
        const int32_t left = out_channels - block * SWL_BLOCK;
        const int32_t count = left < SWL_BLOCK ? left : SWL_BLOCK;
        for (int32_t x = 0; x < p->out_w; x++) {
          uint32_t sums[SWL_BLOCK] = {0};
          sum_window(p, input, p->weights + packed * block_length, y, x, group * in_channels,
                     in_channels, sums);
          const size_t at =
              ((size_t)y * (size_t)p->out_w + (size_t)x) * (size_t)p->out_step + (size_t)first;
          const int8_t* skip = p->epilogue.skip ? p->epilogue.skip + at : NULL;
          swl_epilogue_store(&p->epilogue, &p->blocks[packed], sums, skip, output + at, count);
        }
      }
    }
  }
}
