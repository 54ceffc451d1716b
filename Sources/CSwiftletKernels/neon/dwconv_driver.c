#include "neon_kernels.h"

#if defined(SWL_NEON)

#include "../conv_window.h"
#include "../epilogue.h"
#include "neon_dwconv.h"
#include "neon_gemm.h"
#include "neon_taps.h"

// Windows are copied together in a buffer on the stack, half of a small core's first cache.
#define BUFFER_BYTES 16384

// One block of 16 channels.
typedef struct ChannelBlockCall {
  const SwlConvParams* params;
  const int8_t* input;
  int8_t* output;
  const int8_t* weights;
  const SwlNeonBlock* constants;
  int32_t channel;
} ChannelBlockCall;

// The outputs that are made from one buffer.
typedef struct Tile {
  int32_t y, x, rows, pixels;
} Tile;

static int8_t* output_at(const ChannelBlockCall* block, int32_t y, int32_t x) {
  const SwlConvParams* p = block->params;
  return block->output + ((size_t)y * (size_t)p->out_w + (size_t)x) * (size_t)p->out_step +
         block->channel;
}

// Any window, one pixel; exact for any weights.
static void run_pixel(const ChannelBlockCall* block, int32_t y, int32_t x) {
  const SwlConvParams* p = block->params;
  const int8_t* weights = block->weights;
  int32x4_t sums[1][4];
  swl_neon_start(sums[0], block->constants->bias, 4);
  for (int32_t kx = 0; kx < p->kernel_w; kx++) {
    for (int32_t ky = 0; ky < p->kernel_h; ky += 4, weights += 4 * SWL_BLOCK_CHANNELS) {
      const int8x16x4_t taps = vld4q_s8(weights);
      SWL_UNROLL
      for (int32_t i = 0; i < 4; i++) {
        if (ky + i >= p->kernel_h) break;
        const int8_t* row = swl_conv_input_row(p, block->input, y, ky + i);
        const int8_t* pixel = swl_conv_pixel(p, row, x, kx) + block->channel;
        swl_neon_add_tap(sums[0], vld1q_s8(pixel), taps.val[i]);
      }
    }
  }
  int8_t* output = output_at(block, y, x);
  swl_neon_finish(block->constants, sums, output, output, 0, block->constants->mode, 1);
}

static void fill(int8_t* to, const int8_t* padding, int32_t pixels) {
  const int8x16_t v = vld1q_s8(padding);
  for (; pixels > 0; pixels--, to += SWL_BLOCK_CHANNELS) vst1q_s8(to, v);
}

// Copies `count` pixels, a constant, that stand `step` apart side by side.
SWL_NEON_INLINE void copy_some(int8_t* to, const int8_t* from, size_t step, int32_t count) {
  const int8_t* fifth = from + 4 * step;
  int8x16_t v[8];
  SWL_UNROLL
  for (int32_t j = 0; j < count; j++) {
    v[j] = vld1q_s8((j < 4 ? from : fifth) + (size_t)(j % 4) * step);
  }
  SWL_UNROLL
  for (int32_t j = 0; j < count; j++) vst1q_s8(to + j * SWL_BLOCK_CHANNELS, v[j]);
}

static void copy(int8_t* to, const int8_t* from, size_t step, int32_t pixels) {
  for (; pixels >= 8; pixels -= 8, from += 8 * step, to += 8 * SWL_BLOCK_CHANNELS) {
    copy_some(to, from, step, 8);
  }
  if (pixels >= 4) {
    copy_some(to, from, step, 4);
    pixels -= 4, from += 4 * step, to += 4 * SWL_BLOCK_CHANNELS;
  }
  for (; pixels > 0; pixels--, from += step, to += SWL_BLOCK_CHANNELS) copy_some(to, from, step, 1);
}

// Copies the windows of a tile: `rows` × `columns` pixels of the input, padding outside it.
static void gather(const ChannelBlockCall* block, const Tile* tile, int8_t* to, int32_t rows,
                   int32_t columns) {
  const SwlConvParams* p = block->params;
  const int8_t* padding = p->padding_row + block->channel;
  const int32_t top = tile->y * p->stride_h - p->pad_top;
  const int32_t left = tile->x * p->stride_w - p->pad_left;
  const int32_t begin = swl_clamp(-left, 0, columns);
  const int32_t end = swl_clamp(p->in_w - left, begin, columns);
  const size_t step = (size_t)p->in_c;
  for (int32_t row = top; row < top + rows; row++, to += columns * SWL_BLOCK_CHANNELS) {
    if (row < 0 || row >= p->in_h || begin == end) {
      fill(to, padding, columns);
      continue;
    }
    const int8_t* from =
        block->input + ((size_t)row * (size_t)p->in_w + (size_t)(left + begin)) * step;
    fill(to, padding, begin);
    copy(to + begin * SWL_BLOCK_CHANNELS, from + block->channel, step, end - begin);
    fill(to + end * SWL_BLOCK_CHANNELS, padding, columns - end);
  }
}

static void run_tile(const ChannelBlockCall* block, const Tile* tile, SwlNeonDwRunFunction* run) {
  const SwlConvParams* p = block->params;
  _Alignas(64) int8_t buffer[BUFFER_BYTES];
  const int32_t rows = (tile->rows - 1) * p->stride_h + p->kernel_h;
  const int32_t columns = (tile->pixels - 1) * p->stride_w + p->kernel_w;
  gather(block, tile, buffer, rows, columns);
  const SwlNeonDwRun part = {
      .input = buffer,
      .pitch = (size_t)columns * SWL_BLOCK_CHANNELS,
      .weights = block->weights,
      .block = block->constants,
      .output = output_at(block, tile->y, tile->x),
      .output_step = (size_t)p->out_step,
      .output_pitch = (size_t)p->out_w * (size_t)p->out_step,
      .rows = tile->rows,
      .pixels = tile->pixels,
      .stride_h = p->stride_h,
  };
  run(&part);
}

// One tile of all blocks: the blocks read 16 bytes each of the same cache lines.
static void run_blocks(const SwlConvParams* p, const int8_t* input, int8_t* output,
                       const Tile* tile, SwlNeonDwRunFunction* run, int32_t checks_128) {
  const size_t length = (size_t)p->kernel_w * (size_t)swl_quad_count(p->kernel_h) * SWL_QUAD_BYTES;
  for (int32_t channel = 0; channel < p->out_c; channel += SWL_BLOCK_CHANNELS) {
    const size_t index = (size_t)channel / SWL_BLOCK_CHANNELS;
    const int32_t left = p->out_c - channel;
    SwlNeonBlock constants;
    swl_neon_load_block(&constants, &p->epilogue, &p->blocks[index],
                        left < SWL_BLOCK_CHANNELS ? left : SWL_BLOCK_CHANNELS);
    const ChannelBlockCall block = {
        .params = p,
        .input = input,
        .output = output,
        .weights = p->weights + index * length,
        .constants = &constants,
        .channel = channel,
    };
    if (run && !(checks_128 && swl_neon_has_128(block.weights, length))) {
      run_tile(&block, tile, run);
      continue;
    }
    for (int32_t y = tile->y; y < tile->y + tile->rows; y++) {
      for (int32_t x = tile->x; x < tile->x + tile->pixels; x++) run_pixel(&block, y, x);
    }
  }
}

static SwlNeonDwRunFunction* choose(const SwlConvParams* p, const SwlNeonDwKernels* kernels) {
  if (p->dilation_h != 1 || p->dilation_w != 1 || p->stride_w > 2 || p->stride_h > 2) return NULL;
  if (p->kernel_h == 3 && p->kernel_w == 3) {
    return p->stride_w == 1 ? kernels->k3_s1 : kernels->k3_s2;
  }
  if (p->kernel_h == 5 && p->kernel_w == 5) {
    return p->stride_w == 1 ? kernels->k5_s1 : kernels->k5_s2;
  }
  return NULL;
}

void swl_neon_dwconv(const SwlConvParams* p, const int8_t* input, int8_t* output, int32_t row_begin,
                     int32_t row_end, const SwlNeonDwKernels* kernels) {
  swl_conv_assert(p, row_begin, row_end);
  swl_epilogue_assert(&p->epilogue);
  assert(p->in_c == p->groups && p->out_c == p->groups);
  assert(p->epilogue.kind != SWL_EPILOGUE_ADD);
  SwlNeonDwRunFunction* run = choose(p, kernels);
  // As wide as fits with the fewest rows, then as many rows as fit.
  int32_t most_pixels = p->out_w, most_rows = row_end - row_begin;
  if (run) {
    const int32_t columns = BUFFER_BYTES / SWL_BLOCK_CHANNELS / p->kernel_h;
    const int32_t pixels = (columns - p->kernel_w) / p->stride_w + 1;
    if (pixels < most_pixels) most_pixels = pixels;
    const int32_t used = (most_pixels - 1) * p->stride_w + p->kernel_w;
    const int32_t rows = (BUFFER_BYTES / SWL_BLOCK_CHANNELS / used - p->kernel_h) / p->stride_h + 1;
    if (rows < most_rows) most_rows = rows;
  }
  for (int32_t y = row_begin; y < row_end; y += most_rows) {
    for (int32_t x = 0; x < p->out_w; x += most_pixels) {
      const Tile tile = {
          .y = y,
          .x = x,
          .rows = row_end - y < most_rows ? row_end - y : most_rows,
          .pixels = p->out_w - x < most_pixels ? p->out_w - x : most_pixels,
      };
      run_blocks(p, input, output, &tile, run, kernels->checks_128);
    }
  }
}

#endif
