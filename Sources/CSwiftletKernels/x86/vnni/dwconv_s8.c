#if defined(__x86_64__)

#include "../../conv_window.h"
#include "epilogue_vnni.h"

// Depthwise convolution of 64 channels at a time. A column's bytes of four rows are interleaved
// per channel, as the packed weights are, so that one VPDPBUSD multiplies four taps; a column
// serves every output of a tile whose window holds it.
//
// Interleaving leaves channels 4j…4j+3 of all four blocks in vector j: the epilogue's order by
// quad. Weights and constants are brought into that order once per 64 channels.

// Output pixels of a tile: 4 vectors of sums each.
#define TILE 4

// Kernels of more columns × ⌈rows/4⌉ than this take the scalar function.
#define MAX_QUADS 32

// Input rows behind one output row. Padding rows stand still from column to column.
typedef struct Rows {
  const int8_t* start[4 * MAX_QUADS];  // of the first of the 64 channels
  size_t step[4 * MAX_QUADS];
} Rows;

typedef struct Job {
  const SwlConvParams* p;
  const int8_t* padding;  // the first of the 64 channels
  __mmask64 mask;         // of the channels that exist
  int32_t quads;          // ⌈kernel_h/4⌉
  __m512i weights[MAX_QUADS][4];
  SwlVnniChannels constants;
} Job;

// v[j] = the bytes of four rows, channels 4j…4j+3 of each block: [block][channel][row].
SWL_VNNI_INLINE void interleave(const __m512i rows[4], __m512i v[4]) {
  const __m512i low_01 = _mm512_unpacklo_epi8(rows[0], rows[1]);
  const __m512i high_01 = _mm512_unpackhi_epi8(rows[0], rows[1]);
  const __m512i low_23 = _mm512_unpacklo_epi8(rows[2], rows[3]);
  const __m512i high_23 = _mm512_unpackhi_epi8(rows[2], rows[3]);
  v[0] = _mm512_unpacklo_epi16(low_01, low_23);
  v[1] = _mm512_unpackhi_epi16(low_01, low_23);
  v[2] = _mm512_unpacklo_epi16(high_01, high_23);
  v[3] = _mm512_unpackhi_epi16(high_01, high_23);
}

// The pixels of input column `column` in four rows from row `first` of the kernel on; rows past
// `height` meet zero weights and repeat the last.
SWL_VNNI_INLINE void load_column(const Job* job, const Rows* rows, int32_t column, const int first,
                                 const int height, const int at_border, __m512i v[4]) {
  const int is_padding = at_border && (column < 0 || column >= job->p->in_w);
  __m512i x[4];
  for (int i = 0; i < 4; i++) {
    const int row = first + i;
    if (row < height) {
      const int8_t* pixel =
          is_padding ? job->padding : rows->start[row] + (ptrdiff_t)column * (ptrdiff_t)rows->step[row];
      x[i] = swl_vnni_unsigned(swl_vnni_load(pixel));
    } else {
      x[i] = x[i - 1];
    }
  }
  interleave(x, v);
}

// `pixels` outputs of one row from input column `column` on. All sizes are constants where speed
// matters; at_border says that columns may lie outside the input.
SWL_VNNI_INLINE void run_tile(const Job* job, const Rows* rows, int32_t column, int8_t* output,
                              const int height, const int width, const int stride,
                              const int dilation, const int pixels, const int at_border) {
  __m512i acc[TILE][4];
  for (int i = 0; i < pixels; i++) {
    for (int j = 0; j < 4; j++) acc[i][j] = job->constants.bias[j];
  }
  const int quads = (height + 3) / 4;
  const int columns = (pixels - 1) * stride + (width - 1) * dilation + 1;
  for (int c = 0; c < columns; c++) {
    for (int quad = 0; quad < quads; quad++) {
      __m512i v[4];
      load_column(job, rows, column + c, 4 * quad, height, at_border, v);
      for (int i = 0; i < pixels; i++) {
        const int distance = c - i * stride;
        if (distance < 0 || distance % dilation != 0 || distance / dilation >= width) continue;
        const __m512i* w = job->weights[distance / dilation * quads + quad];
        for (int j = 0; j < 4; j++) acc[i][j] = _mm512_dpbusd_epi32(acc[i][j], v[j], w[j]);
      }
    }
  }
  for (int i = 0; i < pixels; i++) {
    const __m512i y =
        swl_vnni_finish(job->p->epilogue.kind, &job->constants, acc[i][0], acc[i][1], acc[i][2],
                        acc[i][3], SWL_VNNI_BY_QUAD, _mm512_setzero_si512());
    _mm512_mask_storeu_epi8(output + (size_t)i * (size_t)job->p->out_c, job->mask, y);
  }
}

// A row of outputs. Tiles overlap at the end of the row rather than shrink.
SWL_VNNI_INLINE void run_row(const Job* job, const Rows* rows, int8_t* output, const int height,
                             const int width, const int stride) {
  const SwlConvParams* p = job->p;
  const size_t step = (size_t)p->out_c;
  if (p->out_w < TILE) {
    for (int32_t x = 0; x < p->out_w; x++) {
      run_tile(job, rows, x * stride - p->pad_left, output + (size_t)x * step, height, width,
               stride, 1, 1, 1);
    }
    return;
  }
  const int32_t columns = (TILE - 1) * stride + width;
  for (int32_t next = 0; next < p->out_w; next += TILE) {
    const int32_t x = next < p->out_w - TILE ? next : p->out_w - TILE;
    const int32_t column = x * stride - p->pad_left;
    if (column >= 0 && column + columns <= p->in_w) {
      run_tile(job, rows, column, output + (size_t)x * step, height, width, stride, 1, TILE, 0);
    } else {
      run_tile(job, rows, column, output + (size_t)x * step, height, width, stride, 1, TILE, 1);
    }
  }
}

// Any kernel, one output at a time.
SWL_VNNI static void run_row_of_any(const Job* job, const Rows* rows, int8_t* output) {
  const SwlConvParams* p = job->p;
  for (int32_t x = 0; x < p->out_w; x++) {
    run_tile(job, rows, x * p->stride_w - p->pad_left, output + (size_t)x * (size_t)p->out_c,
             p->kernel_h, p->kernel_w, p->stride_w, p->dilation_w, 1, 1);
  }
}

#define ROW_FUNCTION(name, height, width, stride)                                      \
  SWL_VNNI static void name(const Job* job, const Rows* rows, int8_t* output) {        \
    run_row(job, rows, output, height, width, stride);                                 \
  }
ROW_FUNCTION(run_row_3x3_s1, 3, 3, 1)
ROW_FUNCTION(run_row_3x3_s2, 3, 3, 2)
ROW_FUNCTION(run_row_5x5_s1, 5, 5, 1)
ROW_FUNCTION(run_row_5x5_s2, 5, 5, 2)

typedef void (*RowFunction)(const Job*, const Rows*, int8_t*);

static RowFunction row_function(const SwlConvParams* p) {
  const int32_t size = p->kernel_h, stride = p->stride_w;
  if (p->kernel_w == size && p->dilation_w == 1) {
    if (size == 3 && stride == 1) return run_row_3x3_s1;
    if (size == 3 && stride == 2) return run_row_3x3_s2;
    if (size == 5 && stride == 1) return run_row_5x5_s1;
    if (size == 5 && stride == 2) return run_row_5x5_s2;
  }
  return run_row_of_any;
}

// Fills in what depends on the 64 channels from block `block` on.
SWL_VNNI static void set_channels(Job* job, int32_t block, int32_t blocks) {
  const SwlConvParams* p = job->p;
  const SwlChannelBlock* units[4];
  for (int32_t u = 0; u < 4; u++) {
    units[u] = block + u < blocks ? &p->blocks[block + u] : &swl_no_channels;
  }
  swl_vnni_channels(&job->constants, &p->epilogue, units, SWL_VNNI_BY_QUAD);
  const int32_t count = p->kernel_w * job->quads;
  for (int32_t i = 0; i < count; i++) {
    __m512i w[4];
    for (int32_t u = 0; u < 4; u++) {
      const size_t at = (size_t)(block + u) * (size_t)count + (size_t)i;
      w[u] = block + u < blocks ? swl_vnni_load(p->weights + at * 64) : _mm512_setzero_si512();
    }
    swl_vnni_transpose_lanes(w, job->weights[i]);
  }
  job->padding = p->padding_row + block * SWL_BLOCK;
  job->mask = swl_vnni_mask(p->out_c - block * SWL_BLOCK);
}

static void set_rows(const SwlConvParams* p, const int8_t* input, int32_t y, int32_t channel,
                     Rows* rows) {
  for (int32_t ky = 0; ky < p->kernel_h; ky++) {
    const int8_t* row = swl_conv_input_row(p, input, y, ky);
    rows->start[ky] = (row ? row : p->padding_row) + channel;
    rows->step[ky] = row ? (size_t)p->in_c : 0;
  }
}

SWL_VNNI void swl_dwconv_s8__vnni(const SwlConvParams* p, const int8_t* input, int8_t* output,
                                  int32_t row_begin, int32_t row_end) {
  swl_conv_assert(p, row_begin, row_end);
  swl_epilogue_assert(&p->epilogue);
  assert(p->in_c == p->groups && p->out_c == p->groups);
  assert(p->epilogue.kind != SWL_EPILOGUE_ADD);
  Job job;
  job.p = p;
  job.quads = (p->kernel_h + 3) / 4;
  if ((int64_t)p->kernel_w * job.quads > MAX_QUADS) {
    swl_dwconv_s8__scalar(p, input, output, row_begin, row_end);
    return;
  }
  const RowFunction run = row_function(p);
  const int32_t blocks = (p->out_c + SWL_BLOCK - 1) / SWL_BLOCK;
  for (int32_t block = 0; block < blocks; block += SWL_VNNI_UNITS) {
    set_channels(&job, block, blocks);
    const int32_t channel = block * SWL_BLOCK;
    for (int32_t y = row_begin; y < row_end; y++) {
      Rows rows;
      set_rows(p, input, y, channel, &rows);
      const size_t at = (size_t)y * (size_t)p->out_w * (size_t)p->out_c;
      run(&job, &rows, output + at + channel);
    }
  }
}

#endif
