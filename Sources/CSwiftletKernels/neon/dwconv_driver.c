#if defined(__aarch64__)

#include "../epilogue.h"
#include "neon_dwconv.h"
#include "neon_taps.h"

// Input rows that stay in a small core's first cache.
#define CHUNK_BYTES 32768

void swl_neon_dwconv_pixel(const SwlNeonDwRun* run, int32_t y, int32_t x) {
  const SwlConvParams* p = run->params;
  const int8_t* weights = run->weights;
  int32x4_t sums[1][4];
  int32x4_t* acc = sums[0];
  swl_neon_start(acc, run->block->bias, 4);
  for (int32_t kx = 0; kx < p->kernel_w; kx++) {
    for (int32_t ky = 0; ky < p->kernel_h; ky += 4, weights += 4 * SWL_BLOCK) {
      const int8x16x4_t taps = vld4q_s8(weights);
      for (int32_t i = 0; i < 4 && ky + i < p->kernel_h; i++) {
        const int8_t* row = swl_conv_input_row(p, run->input, y, ky + i);
        const int8_t* pixel = swl_conv_pixel(p, row, x, kx) + run->channel;
        swl_neon_add_tap(acc, vld1q_s8(pixel), taps.val[i]);
      }
    }
  }
  int8_t* output = swl_neon_dw_output(run, y, x);
  swl_neon_finish(run->block, sums, output, output, 0, run->block->kind, run->block->count, 1);
}

void swl_neon_dwconv(const SwlConvParams* p, const int8_t* input, int8_t* output,
                     int32_t row_begin, int32_t row_end, SwlNeonDwRunFunction* run) {
  swl_conv_assert(p, row_begin, row_end);
  swl_epilogue_assert(&p->epilogue);
  assert(p->in_c == p->groups && p->out_c == p->groups);
  assert(p->epilogue.kind != SWL_EPILOGUE_ADD);
  const size_t block_length =
      (size_t)p->kernel_w * (size_t)((p->kernel_h + 3) / 4) * 4 * SWL_BLOCK;
  const int64_t fitting = CHUNK_BYTES / ((int64_t)p->in_w * p->in_c);
  int64_t chunk = (fitting - p->kernel_h) / p->stride_h + 1;
  if (chunk < 1) chunk = 1;

  for (int64_t y = row_begin; y < row_end; y += chunk) {
    for (int32_t channel = 0; channel < p->out_c; channel += SWL_BLOCK) {
      const size_t index = (size_t)channel / SWL_BLOCK;
      SwlNeonBlock constants;
      const int32_t left = p->out_c - channel;
      swl_neon_load_block(&constants, &p->epilogue, &p->blocks[index],
                          left < SWL_BLOCK ? left : SWL_BLOCK);
      const SwlNeonDwRun part = {
          .params = p,
          .input = input,
          .weights = p->weights + index * block_length,
          .block = &constants,
          .output = output,
          .channel = channel,
          .row_begin = (int32_t)y,
          .row_end = row_end - y < chunk ? row_end : (int32_t)(y + chunk),
      };
      run(&part);
    }
  }
}

#endif
