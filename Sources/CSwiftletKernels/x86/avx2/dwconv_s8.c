#if defined(__x86_64__)

#include "../../dwconv_rows.h"
#include "../x86_kernels.h"
#include "epilogue_avx2.h"

// Depthwise convolution of 16 channels at a time. A column's bytes of four rows are interleaved per
// channel, as the packed weights are, so that one dot product multiplies four taps; a column serves
// every output whose window holds it. Interleaving leaves the channels in the epilogue's order.

// Kernels of more columns × ⌈rows/4⌉ than this take the portable function.
#define MAX_QUADS 32

// The most open windows: those of a 5×5 kernel with stride 1.
#define MAX_OPEN 5

typedef struct KernelCall {
  const SwlConvParams* p;
  int32_t channels;  // those that exist, up to 16
  int32_t quads;     // ⌈kernel_h/4⌉
  __m256i weights[MAX_QUADS][2];
  SwlAvx2Channels constants;
} KernelCall;

// The pixels of input column `column` in four rows from row `first` of the kernel on, channels
// 0–3, 8–11 and 4–7, 12–15; rows past `height` repeat the last.
SWL_AVX2_INLINE void load_column(const SwlDepthwiseRows* rows, int32_t column, const int first,
                                 const int height, __m256i v[2]) {
  __m128i x[4];
  SWL_UNROLL
  for (int i = 0; i < 4; i++) {
    const int row = first + i;
    if (row < height) {
      x[i] = _mm_loadu_si128((const __m128i*)swl_depthwise_pixel_or_padding(rows, column, row));
    } else {
      x[i] = x[i - 1];
    }
  }
  const __m256i rows_01 =
      _mm256_set_m128i(_mm_unpackhi_epi8(x[0], x[1]), _mm_unpacklo_epi8(x[0], x[1]));
  const __m256i rows_23 =
      _mm256_set_m128i(_mm_unpackhi_epi8(x[2], x[3]), _mm_unpacklo_epi8(x[2], x[3]));
  v[0] = _mm256_unpacklo_epi16(rows_01, rows_23);
  v[1] = _mm256_unpackhi_epi16(rows_01, rows_23);
}

// Adds input column `column`, column `c` of the first open window, to every open window it is in.
SWL_AVX2_INLINE void add_column(const SwlDepthwiseRows* rows, int32_t column, const int c,
                                const int height, const int width, const int stride,
                                const __m256i weights[][2], __m256i acc[MAX_OPEN][2]) {
  const int quads = swl_quad_count(height);
  SWL_UNROLL
  for (int quad = 0; quad < quads; quad++) {
    __m256i v[2];
    load_column(rows, column, 4 * quad, height, v);
    SWL_UNROLL
    for (int j = 0; j < 2; j++) {
      const __m256i magnitude = _mm256_abs_epi8(v[j]);
      SWL_UNROLL
      for (int i = 0; i < MAX_OPEN; i++) {
        const int kx = c - i * stride;
        if (kx < 0 || kx >= width) continue;
        acc[i][j] = swl_avx2_dot(acc[i][j], v[j], magnitude, weights[kx * quads + quad][j]);
      }
    }
  }
}

// A row of outputs of a kernel whose size and stride are constants at every call. Each step adds
// the last columns of the first open window, stores it, and opens one.
SWL_AVX2_INLINE void run_row(const KernelCall* call, const SwlDepthwiseRows* from, int8_t* output,
                             const int height, const int width, const int stride) {
  const SwlConvParams* p = call->p;
  const int open = (width + stride - 1) / stride;
  const SwlDepthwiseRows rows = *from;
  const SwlAvx2Channels* constants = &call->constants;
  const ptrdiff_t step = p->out_step;
  const int32_t out_w = p->out_w, kind = p->epilogue.kind, channels = call->channels;

  __m256i acc[MAX_OPEN][2];
  SWL_UNROLL
  for (int i = 0; i < open; i++) {
    acc[i][0] = constants->bias[0];
    acc[i][1] = constants->bias[1];
  }
  int32_t column = -p->pad_left;
  SWL_UNROLL
  for (int c = 0; c < width - stride; c++) {
    add_column(&rows, column + c, c, height, width, stride, call->weights, acc);
  }
  for (int32_t x = 0; x < out_w; x++) {
    SWL_UNROLL
    for (int c = width - stride; c < width; c++) {
      add_column(&rows, column + c, c, height, width, stride, call->weights, acc);
    }
    const __m128i y = swl_avx2_finish(kind, constants, acc[0][0], acc[0][1], NULL);
    swl_avx2_store(output, y, channels);
    SWL_UNROLL
    for (int i = 0; i + 1 < open; i++) {
      acc[i][0] = acc[i + 1][0];
      acc[i][1] = acc[i + 1][1];
    }
    acc[open - 1][0] = constants->bias[0];
    acc[open - 1][1] = constants->bias[1];
    column += stride;
    output += step;
  }
}

// Any kernel, one output at a time.
SWL_AVX2 static void run_row_of_any__avx2(const KernelCall* call, const int8_t* input,
                                          int8_t* output, int32_t y, int32_t channel) {
  const SwlConvParams* p = call->p;
  for (int32_t x = 0; x < p->out_w; x++) {
    __m256i acc[2] = {call->constants.bias[0], call->constants.bias[1]};
    for (int32_t quad = 0; quad < call->quads; quad++) {
      SwlDepthwiseRows rows;
      swl_depthwise_rows(p, input, y, channel, 4 * quad, 4, &rows);
      for (int32_t kx = 0; kx < p->kernel_w; kx++) {
        __m256i v[2];
        load_column(&rows, x * p->stride_w - p->pad_left + kx * p->dilation_w, 0, 4, v);
        const __m256i* w = call->weights[kx * call->quads + quad];
        for (int j = 0; j < 2; j++) {
          acc[j] = swl_avx2_dot(acc[j], v[j], _mm256_abs_epi8(v[j]), w[j]);
        }
      }
    }
    const __m128i y_16 = swl_avx2_finish(p->epilogue.kind, &call->constants, acc[0], acc[1], NULL);
    swl_avx2_store(output + (size_t)x * (size_t)p->out_step, y_16, call->channels);
  }
}

#define ROW_FUNCTION(name, height, width, stride)                                 \
  SWL_AVX2 static void name(const KernelCall* call, const SwlDepthwiseRows* rows, \
                            int8_t* output) {                                     \
    run_row(call, rows, output, height, width, stride);                           \
  }
ROW_FUNCTION(run_row_3x3_s1__avx2, 3, 3, 1)
ROW_FUNCTION(run_row_3x3_s2__avx2, 3, 3, 2)
ROW_FUNCTION(run_row_5x5_s1__avx2, 5, 5, 1)
ROW_FUNCTION(run_row_5x5_s2__avx2, 5, 5, 2)

typedef void (*RowFunction)(const KernelCall*, const SwlDepthwiseRows*, int8_t*);

// Null for kernels without a function of their own.
static RowFunction row_function(const SwlConvParams* p) {
  const int32_t size = p->kernel_h, stride = p->stride_w;
  if (p->kernel_w == size && p->dilation_w == 1 && p->dilation_h == 1) {
    if (size == 3 && stride == 1) return run_row_3x3_s1__avx2;
    if (size == 3 && stride == 2) return run_row_3x3_s2__avx2;
    if (size == 5 && stride == 1) return run_row_5x5_s1__avx2;
    if (size == 5 && stride == 2) return run_row_5x5_s2__avx2;
  }
  return NULL;
}

// Fills in what depends on the block.
SWL_AVX2 static void set_channels__avx2(KernelCall* call, int32_t block) {
  const SwlConvParams* p = call->p;
  swl_avx2_channels(&call->constants, &p->epilogue, &p->blocks[block]);
  const int32_t count = p->kernel_w * call->quads;
  for (int32_t i = 0; i < count; i++) {
    swl_avx2_weights(p->weights + ((size_t)block * (size_t)count + (size_t)i) * SWL_QUAD_BYTES,
                     call->weights[i]);
  }
  const int32_t left = p->out_c - block * SWL_BLOCK_CHANNELS;
  call->channels = left < SWL_BLOCK_CHANNELS ? left : SWL_BLOCK_CHANNELS;
}

SWL_AVX2 void swl_dwconv_s8__avx2(const SwlConvParams* p, const int8_t* input, int8_t* output,
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
  const RowFunction run = row_function(p);
  const int32_t blocks = swl_block_count(p->out_c);
  for (int32_t block = 0; block < blocks; block++) {
    set_channels__avx2(&call, block);
    const int32_t channel = block * SWL_BLOCK_CHANNELS;
    for (int32_t y = row_begin; y < row_end; y++) {
      int8_t* row = output + (size_t)y * (size_t)p->out_w * (size_t)p->out_step + channel;
      if (run) {
        SwlDepthwiseRows rows;
        swl_depthwise_rows(p, input, y, channel, 0, p->kernel_h, &rows);
        run(&call, &rows, row);
      } else {
        run_row_of_any__avx2(&call, input, row, y, channel);
      }
    }
  }
}

#endif
