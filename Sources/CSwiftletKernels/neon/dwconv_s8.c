#if defined(__aarch64__)

#include "neon_dwconv.h"
#include "neon_gemm.h"
#include "neon_kernels.h"
#include "neon_taps.h"

// Most pixels in a tile, and the columns of the input that such a tile reads at stride 2.
#define TILE 2
#define COLUMNS (SWL_NEON_DW_KERNEL + 2 * (TILE - 1))

// What stays the same over a row of the output; a copy, in registers, where stores to the output
// cannot reach it.
typedef struct Row {
  const SwlNeonBlock* block;
  const int8x16_t* taps;  // [ky][kx]
  SwlNeonDwRows rows;
  size_t output_step;
  int32_t kind, count;
} Row;

// Sums all taps of one pixel, two at a time. `x` holds the tile's inputs, [ky][COLUMNS].
SWL_NEON_INLINE void sum_pixel(int32x4_t* acc, const int8x16_t* x, const int8x16_t* taps,
                               int32_t column, int32_t kernel) {
#define INPUT(t) x[(t) / kernel * COLUMNS + column + (t) % kernel]
  SWL_UNROLL
  for (int32_t t = 0; t + 1 < kernel * kernel; t += 2) {
    swl_neon_add_taps(acc, INPUT(t), taps[t], INPUT(t + 1), taps[t + 1]);
  }
  swl_neon_add_tap(acc, INPUT(kernel * kernel - 1), taps[kernel * kernel - 1]);
#undef INPUT
}

// A pixel whose window reaches outside the input's columns.
SWL_NEON_INLINE void run_edge(const SwlNeonDwRun* run, const Row* row, int32_t y, int32_t x,
                              int32_t kernel, int32_t stride) {
  int8x16_t v[SWL_NEON_DW_KERNEL * COLUMNS];
  SWL_UNROLL
  for (int32_t ky = 0; ky < kernel; ky++) {
    SWL_UNROLL
    for (int32_t kx = 0; kx < kernel; kx++) {
      const int32_t column = x * stride - run->params->pad_left + kx;
      v[ky * COLUMNS + kx] = vld1q_s8(swl_neon_dw_pixel(run, &row->rows, ky, column));
    }
  }
  int32x4_t sums[1][4];
  swl_neon_start(sums[0], row->block->bias, 4);
  sum_pixel(sums[0], v, row->taps, 0, kernel);
  int8_t* output = swl_neon_dw_output(run, y, x);
  swl_neon_finish(row->block, sums, output, output, 0, row->kind, row->count, 1);
}

// `tile` pixels whose windows lie inside; columns that they share are loaded once.
SWL_NEON_INLINE void run_tile(const Row* row, int8_t* output, int32_t kernel, int32_t stride,
                              int32_t tile) {
  int8x16_t v[SWL_NEON_DW_KERNEL * COLUMNS];
  SWL_UNROLL
  for (int32_t ky = 0; ky < kernel; ky++) {
    SWL_UNROLL
    for (int32_t column = 0; column < kernel + stride * (tile - 1); column++) {
      v[ky * COLUMNS + column] =
          vld1q_s8(row->rows.at[ky] + (size_t)column * row->rows.step[ky]);
    }
  }
  int32x4_t sums[TILE][4];
  SWL_UNROLL
  for (int32_t i = 0; i < tile; i++) {
    swl_neon_start(sums[i], row->block->bias, 4);
    sum_pixel(sums[i], v, row->taps, i * stride, kernel);
  }
  swl_neon_finish(row->block, sums, output, output, row->output_step, row->kind, row->count, tile);
}

SWL_NEON_INLINE void advance(Row* row, int32_t kernel, size_t columns) {
  SWL_UNROLL
  for (int32_t ky = 0; ky < kernel; ky++) row->rows.at[ky] += columns * row->rows.step[ky];
}

SWL_NEON_INLINE void run_rows(const SwlNeonDwRun* run, const int8x16_t* taps, int32_t kernel,
                              int32_t stride) {
  const SwlConvParams* p = run->params;
  const int32_t width = p->out_w;
  int32_t first, last;
  swl_neon_inner_columns(p, &first, &last);
  for (int32_t y = run->row_begin; y < run->row_end; y++) {
    Row row = {.block = run->block, .taps = taps, .rows = swl_neon_dw_rows(run, y, kernel)};
    row.output_step = (size_t)p->out_c;
    row.kind = run->block->kind;
    row.count = run->block->count;
    for (int32_t x = 0; x < first; x++) run_edge(run, &row, y, x, kernel, stride);
    for (int32_t x = last; x < width; x++) run_edge(run, &row, y, x, kernel, stride);
    if (first == last) continue;
    int8_t* output = swl_neon_dw_output(run, y, first);
    advance(&row, kernel, (size_t)(first * stride - p->pad_left));
    for (int32_t tiles = (last - first) / TILE; tiles != 0; tiles--) {
      run_tile(&row, output, kernel, stride, TILE);
      output += TILE * row.output_step;
      advance(&row, kernel, TILE * (size_t)stride);
    }
    if ((last - first) % TILE) run_tile(&row, output, kernel, stride, 1);
  }
}

// Taps in the order of the rows, [ky][kx].
SWL_NEON_INLINE void run_kernel(const SwlNeonDwRun* run, int32_t kernel) {
  int8x16_t taps[SWL_NEON_DW_KERNEL * SWL_NEON_DW_KERNEL];
  const int8_t* weights = run->weights;
  for (int32_t kx = 0; kx < kernel; kx++) {
    for (int32_t ky = 0; ky < kernel; ky += 4, weights += 4 * SWL_BLOCK) {
      const int8x16x4_t four = vld4q_s8(weights);
      for (int32_t i = 0; i < 4 && ky + i < kernel; i++) {
        taps[(ky + i) * kernel + kx] = four.val[i];
      }
    }
  }
  if (run->params->stride_w == 1) {
    run_rows(run, taps, kernel, 1);
  } else {
    run_rows(run, taps, kernel, 2);
  }
}

static void run_3x3(const SwlNeonDwRun* run) { run_kernel(run, 3); }
static void run_5x5(const SwlNeonDwRun* run) { run_kernel(run, 5); }

static void run_block(const SwlNeonDwRun* run) {
  const SwlConvParams* p = run->params;
  const size_t length = (size_t)p->kernel_w * (size_t)((p->kernel_h + 3) / 4) * 4 * SWL_BLOCK;
  const int32_t is_exact = !swl_neon_has_128(run->weights, length);
  if (is_exact && swl_neon_dw_is(p, 3)) {
    run_3x3(run);
  } else if (is_exact && swl_neon_dw_is(p, 5)) {
    run_5x5(run);
  } else {
    for (int32_t y = run->row_begin; y < run->row_end; y++) {
      for (int32_t x = 0; x < p->out_w; x++) swl_neon_dwconv_pixel(run, y, x);
    }
  }
}

void swl_dwconv_s8__neon(const SwlConvParams* p, const int8_t* input, int8_t* output,
                         int32_t row_begin, int32_t row_end) {
  swl_neon_dwconv(p, input, output, row_begin, row_end, run_block);
}

#endif
