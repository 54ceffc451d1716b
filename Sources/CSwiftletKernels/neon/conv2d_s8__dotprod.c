#if defined(__aarch64__)

#include "neon_dotprod.h"
#include "neon_gemm.h"
#include "neon_kernels.h"

// Pixels of a tile: 24 accumulators, 6 inputs and 2 weights are all the registers there are.
#define TILE SWL_NEON_TILE

// Adds 16 inputs of each pixel, a vector of four quads each.
SWL_DOTPROD_INLINE void add_inputs(int32x4_t acc[TILE][4], const int8x16_t* x, const int8_t* w,
                                   int32_t vectors, int32_t tile){
#define ADD_QUAD(lane)                                       \
  SWL_UNROLL                                                 \
  for (int32_t j = 0; j < vectors; j++) {                    \
    const int8x16_t v = vld1q_s8(w + 64 * (lane) + 16 * j);  \
    SWL_UNROLL                                               \
    for (int32_t i = 0; i < tile; i++) {                     \
      acc[i][j] = vdotq_laneq_s32(acc[i][j], v, x[i], lane); \
    }                                                        \
  }
    ADD_QUAD(0) ADD_QUAD(1) ADD_QUAD(2) ADD_QUAD(3)
#undef ADD_QUAD
}

// `tile` pixels, a constant, and `vectors`, a constant 2 or 4: how many vectors of 4 channels are
// not empty.
SWL_DOTPROD_INLINE
    void run_tile(const SwlNeonRun* r, SwlNeonMode mode, int32_t vectors, int32_t tile) {
  int32x4_t acc[TILE][4];
  const int8_t* x[TILE];
  SWL_UNROLL
  for (int32_t i = 0; i < tile; i++) {
    swl_neon_start(acc[i], r->block->bias, 4);
    x[i] = swl_neon_own_register(r->input + (size_t)i * r->input_stride);
  }
  const int8_t* w = r->weights;
  for (uint32_t fours = (uint32_t)r->quads / 4; fours != 0; fours--, w += 256) {
    int8x16_t v[TILE];
    SWL_UNROLL
    for (int32_t i = 0; i < tile; i++, x[i - 1] += 16) v[i] = vld1q_s8(x[i]);
    add_inputs(acc, v, w, vectors, tile);
  }
  for (uint32_t quads = (uint32_t)r->quads % 4; quads != 0; quads--, w += 64) {
    int8x16_t v[TILE];
    SWL_UNROLL
    for (int32_t i = 0; i < tile; i++, x[i - 1] += 4) {
      v[i] = vreinterpretq_s8_s32(vld1q_dup_s32((const int32_t*)(const void*)x[i]));
    }
    SWL_UNROLL
    for (int32_t j = 0; j < vectors; j++) {
      const int8x16_t weights = vld1q_s8(w + 16 * j);
      SWL_UNROLL
      for (int32_t i = 0; i < tile; i++) acc[i][j] = vdotq_s32(acc[i][j], weights, v[i]);
    }
  }
  swl_neon_finish(r->block, acc, r->skip, r->output, r->output_stride, mode, tile);
}

// Runs tiles of a size, a constant, until fewer pixels are left. `r` is a copy that stays in
// registers, where stores to the output cannot reach it.
SWL_DOTPROD_INLINE SwlNeonRun run_tiles(SwlNeonRun r, int32_t vectors, int32_t tile) {
  const SwlNeonMode mode = r.block->mode;
  for (uint32_t tiles = (uint32_t)r.pixels / (uint32_t)tile; tiles != 0; tiles--) {
    run_tile(&r, mode, vectors, tile);
    swl_neon_advance(&r, tile);
  }
  r.pixels = (int32_t)((uint32_t)r.pixels % (uint32_t)tile);
  return r;
}

// What whole tiles leave. Apart from them, so that addresses made for one do not take registers
// from the other.
SWL_DOTPROD static __attribute__((noinline)) void run_rest__dotprod(const SwlNeonRun* run) {
  const SwlNeonRun rest = run_tiles(*run, 4, 4);
  run_tiles(run_tiles(rest, 4, 2), 4, 1);
}

SWL_DOTPROD static __attribute__((noinline)) void run_half_block__dotprod(const SwlNeonRun* run) {
  const SwlNeonRun rest = run_tiles(*run, 2, TILE);
  if (rest.pixels > 0) run_rest__dotprod(&rest);
}

SWL_DOTPROD static __attribute__((noinline)) void run_whole_block__dotprod(const SwlNeonRun* run) {
  const SwlNeonRun rest = run_tiles(*run, 4, TILE);
  if (rest.pixels > 0) run_rest__dotprod(&rest);
}

static void run_block(const SwlNeonRun* run) {
  if (run->block->mode.count <= 8) {
    run_half_block__dotprod(run);
  } else {
    run_whole_block__dotprod(run);
  }
}

void swl_conv2d_s8__dotprod(const SwlConvParams* p, const int8_t* input, int8_t* output,
                            int32_t row_begin, int32_t row_end) {
  swl_neon_conv2d(p, input, output, row_begin, row_end, run_block, 0);
}

#endif
