#if defined(__aarch64__)

#include "neon_dotprod.h"
#include "neon_gemm.h"
#include "neon_kernels.h"

// Pixels of a tile: 24 accumulators, 6 inputs and 2 weights are all the registers there are.
#define TILE SWL_NEON_TILE

// Adds 16 inputs of each pixel, a vector of four quads each.
SWL_DOTPROD_INLINE void add_vectors(int32x4_t acc[TILE][4], const int8x16_t* x, const int8_t* w,
                                    int32_t tile) {
#define ADD_QUAD(lane)                                      \
  SWL_UNROLL                                                \
  for (int32_t j = 0; j < 4; j++) {                         \
    const int8x16_t v = vld1q_s8(w + 64 * (lane) + 16 * j); \
    SWL_UNROLL                                              \
    for (int32_t i = 0; i < tile; i++) {                    \
      acc[i][j] = vdotq_laneq_s32(acc[i][j], v, x[i], lane); \
    }                                                       \
  }
  ADD_QUAD(0)
  ADD_QUAD(1)
  ADD_QUAD(2)
  ADD_QUAD(3)
#undef ADD_QUAD
}

// `tile` pixels, a constant.
SWL_DOTPROD_INLINE void run_tile(const SwlNeonRun* r, const int8_t* input, const int8_t* skip,
                                 int8_t* output, int32_t kind, int32_t count,
                                 int32_t tile) {
  int32x4_t acc[TILE][4];
  const int8_t* x[TILE];
  SWL_UNROLL
  for (int32_t i = 0; i < tile; i++) {
    swl_neon_start(acc[i], r->block->bias, 4);
    x[i] = swl_neon_own_register(input + (size_t)i * r->input_stride);
  }
  const int8_t* w = r->weights;
  for (int32_t vectors = r->quads / 4; vectors != 0; vectors--, w += 256) {
    int8x16_t v[TILE];
    SWL_UNROLL
    for (int32_t i = 0; i < tile; i++, x[i - 1] += 16) v[i] = vld1q_s8(x[i]);
    add_vectors(acc, v, w, tile);
  }
  for (int32_t quads = r->quads % 4; quads != 0; quads--, w += 64) {
    int8x16_t v[TILE];
    SWL_UNROLL
    for (int32_t i = 0; i < tile; i++, x[i - 1] += 4) {
      v[i] = vreinterpretq_s8_s32(vld1q_dup_s32((const int32_t*)(const void*)x[i]));
    }
    SWL_UNROLL
    for (int32_t j = 0; j < 4; j++) {
      const int8x16_t weights = vld1q_s8(w + 16 * j);
      SWL_UNROLL
      for (int32_t i = 0; i < tile; i++) acc[i][j] = vdotq_s32(acc[i][j], weights, v[i]);
    }
  }
  swl_neon_finish(r->block, acc, skip, output, r->output_stride, kind, count, tile);
}

SWL_DOTPROD static void run_block(const SwlNeonRun* run) {
  // A copy stays in registers, where stores to the output cannot reach it.
  const SwlNeonRun r = *run;
  const int32_t kind = r.block->kind, count = r.block->count;
  const int8_t* input = r.input;
  const int8_t* skip = r.skip;
  int8_t* output = r.output;
  for (int32_t tiles = r.pixels / TILE; tiles != 0; tiles--) {
    run_tile(&r, input, skip, output, kind, count, TILE);
    input += TILE * r.input_stride;
    output += TILE * r.output_stride;
    skip += TILE * r.output_stride;
  }
  switch (r.pixels % TILE) {
    case 5: run_tile(&r, input, skip, output, kind, count, 5); break;
    case 4: run_tile(&r, input, skip, output, kind, count, 4); break;
    case 3: run_tile(&r, input, skip, output, kind, count, 3); break;
    case 2: run_tile(&r, input, skip, output, kind, count, 2); break;
    case 1: run_tile(&r, input, skip, output, kind, count, 1); break;
  }
}

void swl_conv2d_s8__dotprod(const SwlConvParams* p, const int8_t* input, int8_t* output,
                            int32_t row_begin, int32_t row_end) {
  swl_neon_conv2d(p, input, output, row_begin, row_end, run_block, 0);
}

#endif
