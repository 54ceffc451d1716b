#if defined(__x86_64__)

#include "../x86_kernels.h"
#include "dwconv_3x3_vnni.h"
#include "dwconv_5x5_vnni.h"
#include "dwconv_vnni.h"

// Depthwise convolution of 64 channels at a time. A column's bytes of four rows are interleaved
// per channel, as the packed weights are, so that one VPDPBUSD multiplies four taps; a column
// serves every output of a tile whose window holds it.
//
// Where no more than 32 or 16 channels are left, a vector holds two or four strands: parts of the
// row that advance side by side, so that no lane idles.

// Kernels of more columns × ⌈rows/4⌉ than this take the portable function.
#define MAX_QUADS 32

typedef struct KernelCall {
  const SwlConvParams* p;
  int32_t channels;  // those that exist, up to 64
  int32_t strands;   // 1, 2 or 4
  int32_t quads;     // ⌈kernel_h/4⌉
  __m512i weights[MAX_QUADS][4];
  SwlVnniChannels constants;
} KernelCall;

// What kernel row `row` reads in a column of every strand.
//
// A single strand branches at the border: the compiler then keeps the loads apart from what uses
// them. Several strands would mispredict too often.
SWL_VNNI_INLINE __m512i load_pixels(const SwlDepthwiseRows* rows, int32_t column, int32_t distance,
                                    const int row, const int strands, const int at_border) {
  if (strands == 1) return swl_vnni_load(swl_depthwise_pixel_or_padding(rows, column, row));
  const int8_t* x[4];
  SWL_UNROLL
  for (int i = 0; i < strands; i++) {
    x[i] = swl_depthwise_pixel(rows, swl_depthwise_column(rows, column + i * distance, at_border),
                               row);
  }
  __m512i pixels =
      strands == 2 ? swl_vnni_load_2(x[0], x[1]) : swl_vnni_load_4(x[0], x[1], x[2], x[3]);
  // A load of its own, which the processor can run ahead, not one within the XOR.
  __asm__("" : "+v"(pixels));
  return pixels;
}

// The pixels of input column `column`, and each further strand's `distance` columns on, in four
// rows; rows past `height` meet zero weights and repeat the last.
SWL_VNNI_INLINE void load_column(const SwlDepthwiseRows* rows, int32_t column, int32_t distance,
                                 const int height, const int strands, const int at_border,
                                 __m512i v[4]) {
  __m512i x[4];
  SWL_UNROLL
  for (int i = 0; i < 4; i++) {
    x[i] = i < height ? _mm512_xor_si512(load_pixels(rows, column, distance, i, strands, at_border),
                                         _mm512_set1_epi8(-128))
                      : x[i - 1];
  }
  swl_vnni_interleave(x, v);
}

// Stores one output of every strand, `distance` bytes apart.
SWL_VNNI_INLINE void store(int8_t* output, __m512i y, int32_t channels, ptrdiff_t distance,
                           const int strands) {
  if (strands == 1) {
    swl_vnni_store(output, y, channels);
  } else if (strands == 2) {
    const __mmask32 mask = (__mmask32)swl_vnni_mask(channels);
    _mm256_mask_storeu_epi8(output, mask, _mm512_castsi512_si256(y));
    _mm256_mask_storeu_epi8(output + distance, mask, _mm512_extracti64x4_epi64(y, 1));
  } else {
    const __mmask16 mask = (__mmask16)swl_vnni_mask(channels);
    _mm_mask_storeu_epi8(output, mask, _mm512_castsi512_si128(y));
    _mm_mask_storeu_epi8(output + distance, mask, _mm512_extracti32x4_epi32(y, 1));
    _mm_mask_storeu_epi8(output + 2 * distance, mask, _mm512_extracti32x4_epi32(y, 2));
    _mm_mask_storeu_epi8(output + 3 * distance, mask, _mm512_extracti32x4_epi32(y, 3));
  }
}

// 3×3 kernels. The outputs whose windows overlap are summed side by side, so that every column is
// interleaved once.
#define SIZE 3
#define OPEN(stride) ((SIZE + (stride) - 1) / (stride))

// What the outputs of a row share. All copies, which no store can change.
typedef struct Row {
  SwlDepthwiseRows rows;
  const __m512i (*weights)[4];
  const SwlVnniChannels* constants;
  __m512i bias[4];
  int32_t kind, channels;
  int32_t distance;    // outputs from one strand to the next
  ptrdiff_t out_step;  // bytes from one output to the next
} Row;

SWL_VNNI_INLINE void copy_4(const __m512i from[4], __m512i to[4]) {
  SWL_UNROLL
  for (int j = 0; j < 4; j++) to[j] = from[j];
}

// Adds input column `column`, column `c` of the first open window, to every open window it is in.
SWL_VNNI_INLINE void add_column(const Row* row, const int stride, const int strands, int32_t column,
                                const int c, const int at_border, __m512i acc[OPEN(1)][4]) {
  __m512i v[4];
  load_column(&row->rows, column, row->distance * stride, SIZE, strands, at_border, v);
  SWL_UNROLL
  for (int i = 0; i < OPEN(stride); i++) {
    const int kx = c - i * stride;
    if (kx < 0 || kx >= SIZE) continue;
    SWL_UNROLL
    for (int j = 0; j < 4; j++)
      acc[i][j] = _mm512_dpbusd_epi32(acc[i][j], v[j], row->weights[kx][j]);
  }
}

// Outputs [begin, end): each adds the last columns of the first open window, stores it, and opens
// another.
SWL_VNNI_INLINE void run_outputs(const Row* row, const int stride, const int strands,
                                 int32_t column, int8_t* output, int32_t begin, int32_t end,
                                 const int at_border, __m512i acc[OPEN(1)][4]) {
  const int open = OPEN(stride);
  column += begin * stride;
  output += begin * row->out_step;
  for (int32_t x = begin; x < end; x++) {
    SWL_UNROLL
    for (int c = SIZE - stride; c < SIZE; c++) {
      add_column(row, stride, strands, column + c, c, at_border, acc);
    }
    const __m512i y =
        swl_vnni_finish(row->kind, row->constants->how, row->constants, acc[0][0], acc[0][1],
                        acc[0][2], acc[0][3], SWL_VNNI_BY_QUAD, _mm512_setzero_si512());
    store(output, y, row->channels, row->distance * row->out_step, strands);
    SWL_UNROLL
    for (int i = 0; i + 1 < open; i++) copy_4(acc[i + 1], acc[i]);
    copy_4(row->bias, acc[open - 1]);
    column += stride;
    output += row->out_step;
  }
}

// A row of outputs.
SWL_VNNI_INLINE void run_row(const KernelCall* call, const SwlDepthwiseRows* rows, int8_t* output,
                             const int stride, const int strands) {
  const SwlConvParams* p = call->p;
  Row row = {.rows = *rows,
             .weights = call->weights,
             .constants = &call->constants,
             .kind = p->epilogue.kind,
             .channels = call->channels,
             // Strands have the same length, and overlap where the row cannot be divided.
             .distance = p->out_w / strands,
             .out_step = p->out_step};
  const int32_t length = p->out_w - (strands - 1) * row.distance;
  copy_4(call->constants.bias, row.bias);
  // Copies, which no store can change, stay in registers.
  __m512i weights[SIZE][4];
  SWL_UNROLL
  for (int i = 0; i < SIZE; i++) copy_4(call->weights[i], weights[i]);
  row.weights = weights;

  __m512i acc[OPEN(1)][4];
  SWL_UNROLL
  for (int i = 0; i < OPEN(stride); i++) copy_4(row.bias, acc[i]);
  const int32_t column = -p->pad_left;
  SWL_UNROLL
  for (int c = 0; c < SIZE - stride; c++) {
    add_column(&row, stride, strands, column + c, c, 1, acc);
  }
  if (strands == 1) {
    run_outputs(&row, stride, strands, column, output, 0, length, 1, acc);
    return;
  }
  const SwlDepthwiseInner inner =
      swl_depthwise_inner(p, (strands - 1) * row.distance * stride, length);
  run_outputs(&row, stride, strands, column, output, 0, inner.begin, 1, acc);
  run_outputs(&row, stride, strands, column, output, inner.begin, inner.end, 0, acc);
  run_outputs(&row, stride, strands, column, output, inner.end, length, 1, acc);
}

// Any kernel, one output at a time. `row` gives the rows of a quad of taps.
SWL_VNNI static void run_row_of_any__vnni(const KernelCall* call, const int8_t* input,
                                          int8_t* output, int32_t y, int32_t channel) {
  const SwlConvParams* p = call->p;
  for (int32_t x = 0; x < p->out_w; x++) {
    __m512i acc[4];
    copy_4(call->constants.bias, acc);
    for (int32_t quad = 0; quad < call->quads; quad++) {
      SwlDepthwiseRows rows;
      swl_depthwise_rows(p, input, y, channel, 4 * quad, 4, &rows);
      for (int32_t kx = 0; kx < p->kernel_w; kx++) {
        const int32_t column = x * p->stride_w - p->pad_left + kx * p->dilation_w;
        __m512i v[4];
        load_column(&rows, column, 0, 4, 1, 1, v);
        const __m512i* w = call->weights[kx * call->quads + quad];
        for (int j = 0; j < 4; j++) acc[j] = _mm512_dpbusd_epi32(acc[j], v[j], w[j]);
      }
    }
    const __m512i result =
        swl_vnni_finish(p->epilogue.kind, call->constants.how, &call->constants, acc[0], acc[1],
                        acc[2], acc[3], SWL_VNNI_BY_QUAD, _mm512_setzero_si512());
    swl_vnni_store(output + (size_t)x * (size_t)p->out_step, result, call->channels);
  }
}

typedef void (*RowFunction)(const KernelCall*, const SwlDepthwiseRows*, int8_t*);

#define ROW_FUNCTION(stride, strands)                                         \
  SWL_VNNI static void run_row_##stride##_##strands##__vnni(                  \
      const KernelCall* call, const SwlDepthwiseRows* rows, int8_t* output) { \
    run_row(call, rows, output, stride, strands);                             \
  }
ROW_FUNCTION(1, 1)
ROW_FUNCTION(1, 2)
ROW_FUNCTION(1, 4)
ROW_FUNCTION(2, 1)
ROW_FUNCTION(2, 2)
ROW_FUNCTION(2, 4)

// By stride (1, 2) and strands (1, 2, 4).
static const RowFunction row_functions[2][3] = {
    {run_row_1_1__vnni, run_row_1_2__vnni, run_row_1_4__vnni},
    {run_row_2_1__vnni, run_row_2_2__vnni, run_row_2_4__vnni}};

static int32_t has_row_function(const SwlConvParams* p) {
  return p->kernel_h == SIZE && p->kernel_w == SIZE && (p->stride_w == 1 || p->stride_w == 2) &&
         p->dilation_w == 1;
}

// Fills in what depends on the channels from block `block` on.
SWL_VNNI static void set_channels__vnni(KernelCall* call, int32_t block, int32_t blocks,
                                        int32_t strands) {
  const SwlConvParams* p = call->p;
  const SwlVnniPlaces places = swl_vnni_places(block, strands);
  swl_vnni_place_constants(p, places, blocks, &call->constants);
  const int32_t count = p->kernel_w * call->quads;
  for (int32_t i = 0; i < count; i++) {
    __m512i w[4];
    swl_vnni_place_weights(p, places, blocks, i, count, w);
    swl_vnni_transpose_lanes(w, call->weights[i]);
  }
  const int32_t left = p->out_c - block * SWL_BLOCK_CHANNELS;
  call->channels = left < 64 ? left : 64;
  call->strands = strands;
}

SWL_VNNI void swl_dwconv_s8__vnni(const SwlConvParams* p, const int8_t* input, int8_t* output,
                                  int32_t row_begin, int32_t row_end) {
  swl_conv_assert(p, row_begin, row_end);
  swl_epilogue_assert(&p->epilogue);
  assert(p->in_c == p->groups && p->out_c == p->groups);
  assert(p->epilogue.kind != SWL_EPILOGUE_ADD);
  KernelCall call;
  call.p = p;
  call.quads = swl_quad_count(p->kernel_h);
  if ((int64_t)p->kernel_w * call.quads > MAX_QUADS) {
    swl_dwconv_s8__portable(p, input, output, row_begin, row_end);
    return;
  }
  if (swl_dwconv_is_5x5(p)) {
    swl_dwconv_5x5__vnni(p, input, output, row_begin, row_end);
    return;
  }
  const int32_t is_3x3 = swl_dwconv_is_3x3(p);
  const int32_t is_fast = has_row_function(p);
  const int32_t blocks = swl_block_count(p->out_c);
  for (int32_t block = 0; block < blocks; block += SWL_VNNI_UNITS) {
    if (is_3x3 && swl_dwconv_3x3__vnni(p, input, output, row_begin, row_end, block)) continue;
    const int32_t left = blocks - block;
    const int32_t strands = !is_fast || p->out_w < 8 || left > 2 ? 1 : 4 / left;
    set_channels__vnni(&call, block, blocks, strands);
    const int32_t channel = block * SWL_BLOCK_CHANNELS;
    for (int32_t y = row_begin; y < row_end; y++) {
      int8_t* row = output + (size_t)y * (size_t)p->out_w * (size_t)p->out_step + channel;
      if (is_fast) {
        SwlDepthwiseRows rows;
        swl_depthwise_rows(p, input, y, channel, 0, p->kernel_h, &rows);
        row_functions[p->stride_w - 1][strands / 2](&call, &rows, row);
      } else {
        run_row_of_any__vnni(&call, input, row, y, channel);
      }
    }
  }
}

#endif
