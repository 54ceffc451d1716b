#if defined(__x86_64__)

#include "../../conv_window.h"
#include "epilogue_vnni.h"

// Depthwise convolution of 64 channels at a time. A column's bytes of four rows are interleaved
// per channel, as the packed weights are, so that one VPDPBUSD multiplies four taps; a column
// serves every output of a tile whose window holds it.
//
// Interleaving leaves channels 4j…4j+3 of all four blocks in vector j: the epilogue's order by
// quad. Weights and constants are brought into that order once per 64 channels.

// Kernels of more columns × ⌈rows/4⌉ than this take the scalar function.
#define MAX_QUADS 32

// The most rows and columns of a kernel that has a function of its own.
#define MAX_ROWS 8

// The input behind one row of outputs. Copied where it is used: the compiler must take for granted
// that the bytes stored may be part of anything in memory.
typedef struct Rows {
  const int8_t* start[MAX_ROWS];  // of the first of the 64 channels
  ptrdiff_t mask[MAX_ROWS];       // of a column's offset: 0 in the padding, else all ones
  const int8_t* padding;          // the first of the 64 channels
  int32_t width, channels;
} Rows;

typedef struct Job {
  const SwlConvParams* p;
  int32_t channels;       // those that exist, up to 64
  int32_t quads;          // ⌈kernel_h/4⌉
  __m512i weights[MAX_QUADS][4];
  SwlVnniChannels constants;
} Job;

// The rows that the kernel's rows from `first` on read for output row y, MAX_ROWS at most; rows past
// the kernel's last meet zero weights and repeat it.
static void set_rows(const SwlConvParams* p, const int8_t* input, int32_t y, int32_t channel,
                     int32_t first, Rows* rows) {
  for (int32_t i = 0; i < MAX_ROWS; i++) {
    const int32_t ky = first + i < p->kernel_h ? first + i : p->kernel_h - 1;
    const int8_t* row = swl_conv_input_row(p, input, y, ky);
    rows->start[i] = (row ? row : p->padding_row) + channel;
    rows->mask[i] = row ? -1 : 0;
  }
  rows->padding = p->padding_row + channel;
  rows->width = p->in_w;
  rows->channels = p->in_c;
}

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
SWL_VNNI_INLINE void load_column(const Rows* rows, int32_t column, const int first,
                                 const int height, __m512i v[4]) {
  const int is_inside = column >= 0 && column < rows->width;
  const ptrdiff_t offset = (ptrdiff_t)column * rows->channels;
  __m512i x[4];
  SWL_UNROLL
  for (int i = 0; i < 4; i++) {
    const int row = first + i;
    if (row < height) {
      const int8_t* pixel =
          is_inside ? rows->start[row] + (offset & rows->mask[row]) : rows->padding;
      x[i] = _mm512_xor_si512(swl_vnni_load(pixel), _mm512_set1_epi8(-128));
    } else {
      x[i] = x[i - 1];
    }
  }
  interleave(x, v);
}

SWL_VNNI_INLINE void store(const Job* job, int32_t kind, int32_t channels, const __m512i acc[4],
                           int8_t* output) {
  const __m512i y = swl_vnni_finish(kind, &job->constants, acc[0], acc[1], acc[2], acc[3],
                                    SWL_VNNI_BY_QUAD, _mm512_setzero_si512());
  swl_vnni_store(output, y, channels);
}

// The outputs whose windows overlap are summed side by side, so that every column is interleaved
// once. At most 5: a 5×5 kernel with stride 1.
#define MAX_OPEN 5

// Adds input column `column`, column `c` of the first open window, to every open window it is in.
SWL_VNNI_INLINE void add_column(const Rows* rows, int32_t column, const int c,
                                const int height, const int width, const int stride,
                                const __m512i weights[][4], __m512i acc[MAX_OPEN][4]) {
  const int quads = (height + 3) / 4;
  SWL_UNROLL
  for (int quad = 0; quad < quads; quad++) {
    __m512i v[4];
    load_column(rows, column, 4 * quad, height, v);
    SWL_UNROLL
    for (int i = 0; i < MAX_OPEN; i++) {
      const int kx = c - i * stride;
      if (kx < 0 || kx >= width) continue;
      const __m512i* w = weights[kx * quads + quad];
      SWL_UNROLL
      for (int j = 0; j < 4; j++) acc[i][j] = _mm512_dpbusd_epi32(acc[i][j], v[j], w[j]);
    }
  }
}

SWL_VNNI_INLINE void open_window(const __m512i bias[4], __m512i acc[4]) {
  SWL_UNROLL
  for (int j = 0; j < 4; j++) acc[j] = bias[j];
}

// A row of outputs of a kernel whose size and stride are constants at every call. Each step adds
// the last columns of the first open window, stores it, and opens one.
SWL_VNNI_INLINE void run_row(const Job* job, const Rows* from, int8_t* output, const int height,
                             const int width, const int stride) {
  const SwlConvParams* p = job->p;
  const int open = (width + stride - 1) / stride;
  const Rows rows = *from;
  __m512i bias[4];
  SWL_UNROLL
  for (int j = 0; j < 4; j++) bias[j] = job->constants.bias[j];
  // Weights of one quad a column stay in registers.
  __m512i copies[3][4];
  const int fits = height <= 4 && width <= 3;
  if (fits) {
    SWL_UNROLL
    for (int i = 0; i < width; i++) {
      SWL_UNROLL
      for (int j = 0; j < 4; j++) copies[i][j] = job->weights[i][j];
    }
  }
  const __m512i(*weights)[4] = fits ? copies : job->weights;
  const ptrdiff_t step = p->out_c;
  const int32_t out_w = p->out_w, kind = p->epilogue.kind, channels = job->channels;

  __m512i acc[MAX_OPEN][4];
  SWL_UNROLL
  for (int i = 0; i < open; i++) open_window(bias, acc[i]);
  int32_t column = -p->pad_left;
  SWL_UNROLL
  for (int c = 0; c < width - stride; c++) {
    add_column(&rows, column + c, c, height, width, stride, weights, acc);
  }
  for (int32_t x = 0; x < out_w; x++) {
    SWL_UNROLL
    for (int c = width - stride; c < width; c++) {
      add_column(&rows, column + c, c, height, width, stride, weights, acc);
    }
    store(job, kind, channels, acc[0], output);
    SWL_UNROLL
    for (int i = 0; i + 1 < open; i++) {
      SWL_UNROLL
      for (int j = 0; j < 4; j++) acc[i][j] = acc[i + 1][j];
    }
    open_window(bias, acc[open - 1]);
    column += stride;
    output += step;
  }
}

// Any kernel, one output at a time. `row` gives the rows of a quad of taps.
SWL_VNNI static void run_row_of_any(const Job* job, const int8_t* input, int8_t* output, int32_t y,
                                    int32_t channel) {
  const SwlConvParams* p = job->p;
  for (int32_t x = 0; x < p->out_w; x++) {
    __m512i acc[4];
    open_window(job->constants.bias, acc);
    for (int32_t quad = 0; quad < job->quads; quad++) {
      Rows rows;
      set_rows(p, input, y, channel, 4 * quad, &rows);
      for (int32_t kx = 0; kx < p->kernel_w; kx++) {
        const int32_t column = x * p->stride_w - p->pad_left + kx * p->dilation_w;
        __m512i v[4];
        load_column(&rows, column, 0, 4, v);
        const __m512i* w = job->weights[kx * job->quads + quad];
        for (int j = 0; j < 4; j++) acc[j] = _mm512_dpbusd_epi32(acc[j], v[j], w[j]);
      }
    }
    store(job, p->epilogue.kind, job->channels, acc, output + (size_t)x * (size_t)p->out_c);
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

// Null for kernels without a function of their own.
static RowFunction row_function(const SwlConvParams* p) {
  const int32_t size = p->kernel_h, stride = p->stride_w;
  if (p->kernel_w == size && p->dilation_w == 1 && p->dilation_h == 1) {
    if (size == 3 && stride == 1) return run_row_3x3_s1;
    if (size == 3 && stride == 2) return run_row_3x3_s2;
    if (size == 5 && stride == 1) return run_row_5x5_s1;
    if (size == 5 && stride == 2) return run_row_5x5_s2;
  }
  return NULL;
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
  const int32_t left = p->out_c - block * SWL_BLOCK;
  job->channels = left < 64 ? left : 64;
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
      int8_t* row = output + (size_t)y * (size_t)p->out_w * (size_t)p->out_c + channel;
      if (run) {
        Rows rows;
        set_rows(p, input, y, channel, 0, &rows);
        run(&job, &rows, row);
      } else {
        run_row_of_any(&job, input, row, y, channel);
      }
    }
  }
}

#endif
