#if defined(__aarch64__)

#include "neon_gemm.h"
#include "neon_kernels.h"
#include "neon_quads.h"

// `tile` pixels, a constant 1 or 2: 16 accumulators stay in registers beside the operands.
SWL_NEON_INLINE void run_tile(const SwlNeonRun* r, const int8_t* input, const int8_t* skip,
                              int8_t* output, int32_t kind, int32_t count, int32_t tile) {
  int32x4_t acc[2][8];
  const int8_t* x[2];
  SWL_UNROLL
  for (int32_t i = 0; i < tile; i++) {
    swl_neon_start(acc[i], r->block->bias_pairs, 8);
    x[i] = swl_neon_own_register(input + (size_t)i * r->input_stride);
  }
  const int8_t* w = r->weights;
  for (int32_t pairs = r->has_128 ? 0 : r->quads / 2; pairs != 0; pairs--, w += 128) {
    int8x16_t x0[2], x1[2];
    SWL_UNROLL
    for (int32_t i = 0; i < tile; i++) {
      const int32x4x2_t both = vld2q_dup_s32((const int32_t*)(const void*)x[i]);
      x0[i] = swl_neon_opaque(both.val[0]);
      x1[i] = swl_neon_opaque(both.val[1]);
      x[i] += 8;
    }
    SWL_UNROLL
    for (int32_t j = 0; j < 4; j++) {
      const int8x16_t w0 = vld1q_s8(w + 16 * j), w1 = vld1q_s8(w + 64 + 16 * j);
      SWL_UNROLL
      for (int32_t i = 0; i < tile; i++) swl_neon_add_pair(&acc[i][2 * j], x0[i], x1[i], w0, w1);
      if (j == 1) {
        SWL_UNROLL
        for (int32_t i = 0; i < tile; i++) swl_neon_barrier(acc[i]);
      }
    }
  }
  for (int32_t quads = r->has_128 ? r->quads : r->quads % 2; quads != 0; quads--, w += 64) {
    SWL_UNROLL
    for (int32_t i = 0; i < tile; i++, x[i - 1] += 4) {
      swl_neon_add_quad(acc[i], swl_neon_quad(x[i]), w);
    }
  }
  int32x4_t sums[2][4];
  SWL_UNROLL
  for (int32_t i = 0; i < tile; i++) swl_neon_gather(sums[i], acc[i]);
  swl_neon_finish(r->block, sums, skip, output, r->output_stride, kind, count, tile);
}

static void run_block(const SwlNeonRun* run) {
  // A copy stays in registers, where stores to the output cannot reach it.
  const SwlNeonRun r = *run;
  const int32_t kind = r.block->kind, count = r.block->count;
  const int8_t* input = r.input;
  const int8_t* skip = r.skip;
  int8_t* output = r.output;
  for (int32_t tiles = r.pixels / 2; tiles != 0; tiles--) {
    run_tile(&r, input, skip, output, kind, count, 2);
    input += 2 * r.input_stride;
    output += 2 * r.output_stride;
    skip += 2 * r.output_stride;
  }
  if (r.pixels % 2) run_tile(&r, input, skip, output, kind, count, 1);
}

void swl_conv2d_s8__neon(const SwlConvParams* p, const int8_t* input, int8_t* output,
                         int32_t row_begin, int32_t row_end) {
  swl_neon_conv2d(p, input, output, row_begin, row_end, run_block, 1);
}

#endif
