#include "neon_kernels.h"

#if defined(SWL_NEON)

#include "neon_dwconv.h"
#include "neon_taps.h"

// Pixels in a tile.
#define TILE SWL_NEON_PIXELS

// Sums all taps of one pixel, two at a time; `taps` and `x` as [ky][kx].
SWL_NEON_INLINE void sum_pixel(int32x4_t* sums, const int8_t* input, size_t pitch,
                               const int8x16_t* taps, int32_t kernel) {
#define INPUT(t) \
  vld1q_s8(input + (size_t)((t) / kernel) * pitch + (t) % kernel * SWL_BLOCK_CHANNELS)
  SWL_UNROLL
  for (int32_t t = 0; t + 1 < kernel * kernel; t += 2) {
    swl_neon_add_taps(sums, INPUT(t), taps[t], INPUT(t + 1), taps[t + 1]);
  }
  swl_neon_add_tap(sums, INPUT(kernel * kernel - 1), taps[kernel * kernel - 1]);
#undef INPUT
}

// `tile` pixels, a constant; the compiler loads the inputs that they share once.
SWL_NEON_INLINE void run_tile(const SwlNeonDwRun* r, const int8x16_t* taps, const int8_t* input,
                              int8_t* output, SwlNeonMode mode, int32_t kernel, int32_t stride,
                              int32_t tile) {
  int32x4_t sums[TILE][4];
  SWL_UNROLL
  for (int32_t i = 0; i < tile; i++) swl_neon_start(sums[i], r->block->bias, 4);
  SWL_UNROLL
  for (int32_t i = 0; i < tile; i++) {
    sum_pixel(sums[i], input + i * stride * SWL_BLOCK_CHANNELS, r->pitch, taps, kernel);
  }
  swl_neon_finish(r->block, sums, output, output, r->output_step, mode, tile);
}

SWL_NEON_INLINE void run_rows(const SwlNeonDwRun* run, int32_t kernel, int32_t stride) {
  // A copy stays in registers, where stores to the output cannot reach it.
  const SwlNeonDwRun r = *run;
  const SwlNeonMode mode = r.block->mode;
  int8x16_t taps[SWL_NEON_DW_KERNEL * SWL_NEON_DW_KERNEL];
  const int8_t* weights = r.weights;
  SWL_UNROLL
  for (int32_t kx = 0; kx < kernel; kx++) {
    SWL_UNROLL
    for (int32_t ky = 0; ky < kernel; ky += 4, weights += 4 * SWL_BLOCK_CHANNELS) {
      const int8x16x4_t four = vld4q_s8(weights);
      SWL_UNROLL
      for (int32_t i = 0; i < 4; i++) {
        if (ky + i < kernel) taps[(ky + i) * kernel + kx] = four.val[i];
      }
    }
  }
  for (int32_t y = 0; y < r.rows; y++) {
    const int8_t* input = r.input + (size_t)(y * r.stride_h) * r.pitch;
    int8_t* output = r.output + (size_t)y * r.output_pitch;
    for (uint32_t tiles = (uint32_t)r.pixels / TILE; tiles != 0; tiles--) {
      run_tile(&r, taps, input, output, mode, kernel, stride, TILE);
      input += TILE * stride * SWL_BLOCK_CHANNELS;
      output += TILE * r.output_step;
    }
    if ((uint32_t)r.pixels % TILE) run_tile(&r, taps, input, output, mode, kernel, stride, 1);
  }
}

static void run_3x3_s1(const SwlNeonDwRun* run) { run_rows(run, 3, 1); }
static void run_3x3_s2(const SwlNeonDwRun* run) { run_rows(run, 3, 2); }
static void run_5x5_s1(const SwlNeonDwRun* run) { run_rows(run, 5, 1); }
static void run_5x5_s2(const SwlNeonDwRun* run) { run_rows(run, 5, 2); }

void swl_dwconv_s8__neon(const SwlConvParams* p, const int8_t* input, int8_t* output,
                         int32_t row_begin, int32_t row_end) {
  const SwlNeonDwKernels kernels = {run_3x3_s1, run_3x3_s2, run_5x5_s1, run_5x5_s2,
                                    .checks_128 = 1};
  swl_neon_dwconv(p, input, output, row_begin, row_end, &kernels);
}

#endif
