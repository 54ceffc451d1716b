#include "conv_window.h"
#include "epilogue.h"

// Pixels of a row that are summed together, so that a tap's weights are gathered once for them.
#define TILE 8

// Adds one tap to `pixels` pixels from output column x on. `count` is 16 but for the last block;
// it is a constant at the call that matters, so that the inner loop becomes vectors.
static inline void add_tap(const SwlConvParams* p, const int8_t* row, const int8_t* weights,
                           int32_t x, int32_t kx, int32_t channel, int32_t pixels, int32_t count,
                           uint32_t sums[TILE][SWL_BLOCK]) {
  int8_t w[SWL_BLOCK];
  for (int32_t n = 0; n < SWL_BLOCK; n++) w[n] = weights[4 * n];
  for (int32_t i = 0; i < pixels; i++) {
    const int8_t* pixel = swl_conv_pixel(p, row, x + i, kx) + channel;
    for (int32_t n = 0; n < count; n++) sums[i][n] += (uint32_t)(pixel[n] * w[n]);
  }
}

// One tile of one block: all taps, then the epilogue.
static void run_tile(const SwlConvParams* p, const int8_t* input, int8_t* output, int32_t y,
                     int32_t x, int32_t pixels, int32_t block) {
  const int32_t channel = block * SWL_BLOCK;
  const int32_t left = p->out_c - channel;
  const int32_t count = left < SWL_BLOCK ? left : SWL_BLOCK;
  const size_t column_length = (size_t)((p->kernel_h + 3) / 4) * SWL_BLOCK * 4;
  const int8_t* weights = p->weights + (size_t)block * (size_t)p->kernel_w * column_length;

  uint32_t sums[TILE][SWL_BLOCK] = {{0}};
  for (int32_t ky = 0; ky < p->kernel_h; ky++) {
    const int8_t* row = swl_conv_input_row(p, input, y, ky);
    const int8_t* quad = weights + (size_t)(ky / 4) * SWL_BLOCK * 4 + ky % 4;
    for (int32_t kx = 0; kx < p->kernel_w; kx++) {
      const int8_t* tap = quad + (size_t)kx * column_length;
      if (count == SWL_BLOCK) {
        add_tap(p, row, tap, x, kx, channel, pixels, SWL_BLOCK, sums);
      } else {
        add_tap(p, row, tap, x, kx, channel, pixels, count, sums);
      }
    }
  }
  for (int32_t i = 0; i < pixels; i++) {
    const size_t at =
        ((size_t)y * (size_t)p->out_w + (size_t)(x + i)) * (size_t)p->out_step + (size_t)channel;
    swl_epilogue_store(&p->epilogue, &p->blocks[block], sums[i], NULL, output + at, count);
  }
}

void swl_dwconv_s8__scalar(const SwlConvParams* p, const int8_t* input, int8_t* output,
                           int32_t row_begin, int32_t row_end) {
  swl_conv_assert(p, row_begin, row_end);
  swl_epilogue_assert(&p->epilogue);
  assert(p->in_c == p->groups && p->out_c == p->groups);
  assert(p->epilogue.kind != SWL_EPILOGUE_ADD);
  const int32_t blocks = (p->out_c + SWL_BLOCK - 1) / SWL_BLOCK;
  for (int32_t y = row_begin; y < row_end; y++) {
    for (int32_t block = 0; block < blocks; block++) {
      for (int32_t x = 0; x < p->out_w; x += TILE) {
        const int32_t left = p->out_w - x;
        run_tile(p, input, output, y, x, left < TILE ? left : TILE, block);
      }
    }
  }
}
