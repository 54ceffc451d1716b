#include "neon_kernels.h"

#if defined(SWL_NEON)

#include "neon_gemm.h"
#include "neon_quads.h"

// `tile` pixels, a constant 1 or 2: 16 accumulators (8 on A32) stay in registers beside the
// operands. `vectors`, a constant 2 or 4: how many vectors of 4 channels are not empty.
SWL_NEON_INLINE void run_tile(const SwlNeonRun* r, const int32x4_t* bias, SwlNeonMode mode,
                              int32_t vectors, int32_t tile) {
  int32x4_t acc[SWL_NEON_PIXELS][8];
  const int8_t* x[SWL_NEON_PIXELS];
  SWL_UNROLL
  for (int32_t i = 0; i < tile; i++) {
    swl_neon_start(acc[i], bias, 8);
    x[i] = swl_neon_own_register(r->input + (size_t)i * r->input_stride);
  }
  const int8_t* w = r->weights;
  const uint32_t quads = (uint32_t)r->quads;
  for (uint32_t pairs = r->has_128 ? 0 : quads / 2; pairs != 0; pairs--, w += 128) {
    int8x16_t x0[SWL_NEON_PIXELS], x1[SWL_NEON_PIXELS];
    SWL_UNROLL
    for (int32_t i = 0; i < tile; i++, x[i - 1] += 8) {
      swl_neon_two_quads(&x0[i], &x1[i], x[i]);
    }
    SWL_UNROLL
    for (int32_t j = 0; j < vectors; j++) {
      const int8x16_t w0 = vld1q_s8(w + 16 * j), w1 = vld1q_s8(w + 64 + 16 * j);
      SWL_UNROLL
      for (int32_t i = 0; i < tile; i++) swl_neon_add_pair(&acc[i][2 * j], x0[i], x1[i], w0, w1);
      if (j == 1 && vectors == 4) {
        SWL_UNROLL
        for (int32_t i = 0; i < tile; i++) swl_neon_barrier(acc[i]);
      }
    }
  }
  for (uint32_t single = r->has_128 ? quads : quads % 2; single != 0; single--, w += 64) {
    SWL_UNROLL
    for (int32_t i = 0; i < tile; i++, x[i - 1] += 4) {
      swl_neon_add_quad(acc[i], swl_neon_quad(x[i]), w);
    }
  }
  int32x4_t sums[SWL_NEON_PIXELS][4];
  SWL_UNROLL
  for (int32_t i = 0; i < tile; i++) swl_neon_gather(sums[i], acc[i]);
  swl_neon_finish(r->block, sums, r->skip, r->output, r->output_stride, mode, tile);
}

// `r` is a copy that stays in registers, where stores to the output cannot reach it.
SWL_NEON_INLINE void run_pixels(SwlNeonRun r, int32_t vectors) {
  const SwlNeonMode mode = r.block->mode;
  int32x4_t pairs[8];
  swl_neon_pair_bias(pairs, r.block);
  const int32x4_t* bias = pairs;
  __asm__("" : "+r"(bias)::"memory");  // stays in memory: there are no registers for it
  for (uint32_t tiles = (uint32_t)r.pixels / SWL_NEON_PIXELS; tiles != 0; tiles--) {
    run_tile(&r, bias, mode, vectors, SWL_NEON_PIXELS);
    swl_neon_advance(&r, SWL_NEON_PIXELS);
  }
  if (r.pixels % SWL_NEON_PIXELS != 0) run_tile(&r, bias, mode, vectors, 1);
}

// Apart from each other, so that addresses made for one do not take registers from the other.
static __attribute__((noinline)) void run_half_block(const SwlNeonRun* run) { run_pixels(*run, 2); }
static __attribute__((noinline)) void run_whole_block(const SwlNeonRun* run) {
  run_pixels(*run, 4);
}

static void run_block(const SwlNeonRun* run) {
  if (run->block->mode.count <= 8) {
    run_half_block(run);
  } else {
    run_whole_block(run);
  }
}

void swl_conv2d_s8__neon(const SwlConvParams* p, const int8_t* input, int8_t* output,
                         int32_t row_begin, int32_t row_end) {
  swl_neon_conv2d(p, input, output, row_begin, row_end, run_block, 1);
}

#endif
