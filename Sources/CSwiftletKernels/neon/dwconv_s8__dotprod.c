#if defined(__aarch64__)

#include "neon_dotprod.h"
#include "neon_dwconv.h"
#include "neon_kernels.h"

// SDOT sums four taps down a column, for four channels. The input has its channels side by side,
// so each column of 16 channels is first shuffled to [16][4] as the weights are; every output
// whose window it lies in then uses it.

// Pixels in a tile.
#define TILE 2

// Groups of four taps down a column of the tallest kernel.
#define GROUPS ((SWL_NEON_DW_KERNEL + SWL_QUAD_INPUTS - 1) / SWL_QUAD_INPUTS)

// Where the shuffle of four channels' taps finds them: byte c of tap t at 16·t + c. Taps that the
// last group lacks become zeros, whatever weights they meet.
#define NONE 255
#define CHANNEL(taps, c) taps((c)), taps((c) + 1), taps((c) + 2), taps((c) + 3)
#define CHANNELS(taps)                                                                \
  {                                                                                   \
    {CHANNEL(taps, 0)}, {CHANNEL(taps, 4)}, {CHANNEL(taps, 8)}, { CHANNEL(taps, 12) } \
  }
#define TAPS_1(c) (c), NONE, NONE, NONE
#define TAPS_3(c) (c), 16 + (c), 32 + (c), NONE
#define TAPS_4(c) (c), 16 + (c), 32 + (c), 48 + (c)

static const uint8_t shuffle_1[4][SWL_BLOCK_CHANNELS] = CHANNELS(TAPS_1);
static const uint8_t shuffle_3[4][SWL_BLOCK_CHANNELS] = CHANNELS(TAPS_3);
static const uint8_t shuffle_4[4][SWL_BLOCK_CHANNELS] = CHANNELS(TAPS_4);

// A column's `kernel` vectors of 16 channels, a constant 3 or 5, as [group][16][4].
SWL_NEON_INLINE void shuffle_column(int8x16_t column[GROUPS][4], const int8x16_t* x,
                                    int32_t kernel) {
  SWL_UNROLL
  for (int32_t j = 0; j < 4; j++) {
    if (kernel == 3) {
      const int8x16x3_t rows = {{x[0], x[1], x[2]}};
      column[0][j] = vqtbl3q_s8(rows, vld1q_u8(shuffle_3[j]));
    } else {
      const int8x16x4_t rows = {{x[0], x[1], x[2], x[3]}};
      column[0][j] = vqtbl4q_s8(rows, vld1q_u8(shuffle_4[j]));
      column[1][j] = vqtbl1q_s8(x[4], vld1q_u8(shuffle_1[j]));
    }
  }
}

SWL_NEON_INLINE void load_column(int8x16_t column[GROUPS][4], const int8_t* input, size_t pitch,
                                 int32_t kernel) {
  int8x16_t x[SWL_NEON_DW_KERNEL];
  SWL_UNROLL
  for (int32_t ky = 0; ky < kernel; ky++) x[ky] = vld1q_s8(input + (size_t)ky * pitch);
  shuffle_column(column, x, kernel);
}

// Adds column `kx` of a window to a pixel's sums.
SWL_DOTPROD_INLINE void add_column(int32x4_t* sums, int8x16_t column[GROUPS][4],
                                   const int8_t* weights, int32_t kx, int32_t kernel) {
  const int32_t groups = swl_quad_count(kernel);
  SWL_UNROLL
  for (int32_t group = 0; group < groups; group++) {
    SWL_UNROLL
    for (int32_t j = 0; j < 4; j++) {
      const int8x16_t w = vld1q_s8(weights + ((kx * groups + group) * 4 + j) * SWL_BLOCK_CHANNELS);
      sums[j] = vdotq_s32(sums[j], w, column[group][j]);
    }
  }
}

// `tile` pixels, a constant.
SWL_DOTPROD_INLINE void run_tile(const SwlNeonDwRun* r, const int8_t* input, int8_t* output,
                                 SwlNeonMode mode, int32_t kernel, int32_t stride, int32_t tile) {
  int32x4_t sums[TILE][4];
  SWL_UNROLL
  for (int32_t i = 0; i < tile; i++) swl_neon_start(sums[i], r->block->bias, 4);
  SWL_UNROLL
  for (int32_t x = 0; x < kernel + stride * (tile - 1); x++) {
    int8x16_t column[GROUPS][4];
    load_column(column, input + x * SWL_BLOCK_CHANNELS, r->pitch, kernel);
    SWL_UNROLL
    for (int32_t i = 0; i < tile; i++) {
      const int32_t kx = x - i * stride;
      if (kx >= 0 && kx < kernel) add_column(sums[i], column, r->weights, kx, kernel);
    }
  }
  swl_neon_finish(r->block, sums, output, output, r->output_step, mode, tile);
}

SWL_DOTPROD_INLINE void run_rows(const SwlNeonDwRun* run, int32_t kernel, int32_t stride) {
  // A copy stays in registers, where stores to the output cannot reach it.
  const SwlNeonDwRun r = *run;
  const SwlNeonMode mode = r.block->mode;
  for (int32_t y = 0; y < r.rows; y++) {
    const int8_t* input = r.input + (size_t)(y * r.stride_h) * r.pitch;
    int8_t* output = r.output + (size_t)y * r.output_pitch;
    for (uint32_t tiles = (uint32_t)r.pixels / TILE; tiles != 0; tiles--) {
      run_tile(&r, input, output, mode, kernel, stride, TILE);
      input += TILE * stride * SWL_BLOCK_CHANNELS;
      output += TILE * r.output_step;
    }
    if ((uint32_t)r.pixels % TILE) run_tile(&r, input, output, mode, kernel, stride, 1);
  }
}

// 3×3 at stride 1: two columns of a tile are those of the tile before. Each is used up before its
// variable takes the next one, so that it can stay in its registers.
SWL_DOTPROD static void run_3x3_s1__dotprod(const SwlNeonDwRun* run) {
  const SwlNeonDwRun r = *run;
  const SwlNeonMode mode = r.block->mode;
  for (int32_t y = 0; y < r.rows; y++) {
    const int8_t* input = r.input + (size_t)(y * r.stride_h) * r.pitch;
    int8_t* output = r.output + (size_t)y * r.output_pitch;
    int8x16_t even[GROUPS][4], odd[GROUPS][4];
    load_column(even, input, r.pitch, 3);
    load_column(odd, input + SWL_BLOCK_CHANNELS, r.pitch, 3);
    input += 2 * SWL_BLOCK_CHANNELS;
    for (uint32_t tiles = (uint32_t)r.pixels / 2; tiles != 0; tiles--) {
      int32x4_t sums[2][4];
      swl_neon_start(sums[0], r.block->bias, 4);
      swl_neon_start(sums[1], r.block->bias, 4);
      add_column(sums[0], even, r.weights, 0, 3);
      load_column(even, input, r.pitch, 3);
      add_column(sums[0], odd, r.weights, 1, 3);
      add_column(sums[1], odd, r.weights, 0, 3);
      load_column(odd, input + SWL_BLOCK_CHANNELS, r.pitch, 3);
      add_column(sums[0], even, r.weights, 2, 3);
      add_column(sums[1], even, r.weights, 1, 3);
      add_column(sums[1], odd, r.weights, 2, 3);
      swl_neon_finish(r.block, sums, output, output, r.output_step, mode, 2);
      input += 2 * SWL_BLOCK_CHANNELS;
      output += 2 * r.output_step;
    }
    if (r.pixels % 2 != 0) run_tile(&r, input - 2 * SWL_BLOCK_CHANNELS, output, mode, 3, 1, 1);
  }
}

SWL_DOTPROD static void run_3x3_s2__dotprod(const SwlNeonDwRun* run) { run_rows(run, 3, 2); }
SWL_DOTPROD static void run_5x5_s1__dotprod(const SwlNeonDwRun* run) { run_rows(run, 5, 1); }
SWL_DOTPROD static void run_5x5_s2__dotprod(const SwlNeonDwRun* run) { run_rows(run, 5, 2); }

void swl_dwconv_s8__dotprod(const SwlConvParams* p, const int8_t* input, int8_t* output,
                            int32_t row_begin, int32_t row_end) {
  const SwlNeonDwKernels kernels = {run_3x3_s1__dotprod, run_3x3_s2__dotprod, run_5x5_s1__dotprod,
                                    run_5x5_s2__dotprod, .checks_128 = 0};
  swl_neon_dwconv(p, input, output, row_begin, row_end, &kernels);
}

#endif
