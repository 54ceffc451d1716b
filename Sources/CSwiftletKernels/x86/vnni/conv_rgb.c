#if defined(__x86_64__)

#include "conv_rgb_vnni.h"
#include "epilogue_vnni.h"

// A vector holds four pixels, one to a lane, by four output channels. A pixel's window is 9 bytes
// of three rows, and windows stand 6 bytes apart: from 32 bytes of a row, one permutation of
// 16-bit words gives a group of four bytes of all four pixels. Groups 2·ky and 2·ky + 1 are the
// first 8 bytes of row ky, and the last one is the ninth bytes of the three rows: 7 groups where
// taps of 3 channels, padded to 4, would be 9.

#define GROUPS 7
#define PIXELS 4
// Bytes that are read of a row for four pixels; the windows take 27.
#define ROW_BYTES 32
// Input columns of four windows.
#define COLUMNS (2 * (PIXELS - 1) + 3)
// Room for COLUMNS columns and what is stored past them.
#define EDGE_BYTES 64

typedef struct KernelCall {
  const SwlConvParams* p;
  int32_t channels;  // of the blocks, up to 32
  // [group][block][j]: channels 4j…4j+3 of the block in every lane.
  __m512i weights[GROUPS][2][4];
  SwlVnniChannels constants[2];
  int8_t padding[ROW_BYTES];  // a row outside the input
} KernelCall;

// Where the three rows of four windows start.
typedef struct Windows {
  const int8_t* rows[3];
} Windows;

// The weights of one block from 9 taps of [16][4], whose fourth channel is padding.
SWL_VNNI static void set_weights__vnni(KernelCall* call, const int8_t* packed, int32_t block) {
  __m512i groups[GROUPS];
  groups[6] = _mm512_setzero_si512();
  for (int32_t ky = 0; ky < 3; ky++) {
    __m512i tap[3];
    for (int32_t kx = 0; kx < 3; kx++)
      tap[kx] = swl_vnni_load(packed + (3 * ky + kx) * SWL_QUAD_BYTES);
    groups[2 * ky] = _mm512_or_si512(tap[0], _mm512_slli_epi32(tap[1], 24));
    groups[2 * ky + 1] =
        _mm512_or_si512(_mm512_srli_epi32(tap[1], 8), _mm512_slli_epi32(tap[2], 16));
    const __m512i ninth = _mm512_srli_epi32(_mm512_slli_epi32(tap[2], 8), 24);
    groups[6] = _mm512_or_si512(groups[6], _mm512_sll_epi32(ninth, _mm_cvtsi32_si128(8 * ky)));
  }
  for (int32_t i = 0; i < GROUPS; i++) {
    __m512i* w = call->weights[i][block];
    w[0] = _mm512_shuffle_i32x4(groups[i], groups[i], 0x00);
    w[1] = _mm512_shuffle_i32x4(groups[i], groups[i], 0x55);
    w[2] = _mm512_shuffle_i32x4(groups[i], groups[i], 0xAA);
    w[3] = _mm512_shuffle_i32x4(groups[i], groups[i], 0xFF);
  }
}

// The words from `first` on that lane p reads: first + 3p, and `second` words further.
SWL_VNNI_INLINE __m512i word_pairs(int32_t first, int32_t second) {
  const __m512i lanes = _mm512_setr_epi32(0, 0, 0, 0, 3, 3, 3, 3, 6, 6, 6, 6, 9, 9, 9, 9);
  const int32_t pair = first | (first + second) << 16;
  return _mm512_add_epi32(_mm512_or_si512(lanes, _mm512_slli_epi32(lanes, 16)),
                          _mm512_set1_epi32(pair));
}

// 64 bytes, of which the last 32 are nothing. The compiler must not know that: it would permute two
// vectors instead of one.
SWL_VNNI_INLINE __m512i widen(__m256i bytes) {
  __m512i wide = _mm512_zextsi256_si512(bytes);
  __asm__("" : "+v"(wide));
  return wide;
}

// Sums `count` times four pixels of `blocks` blocks.
SWL_VNNI_INLINE void sum_windows(const KernelCall* call, const Windows* windows, const int count,
                                 const int blocks, __m512i acc[2][2][4]) {
  const __m256i flip = _mm256_set1_epi8(-128);
  __m512i rows[2][4];
  SWL_UNROLL
  for (int g = 0; g < count; g++) {
    __m256i x[3];
    SWL_UNROLL
    for (int ky = 0; ky < 3; ky++) {
      const __m256i bytes = _mm256_loadu_si256((const __m256i*)windows[g].rows[ky]);
      x[ky] = _mm256_xor_si256(bytes, flip);
      rows[g][ky] = widen(x[ky]);
    }
    // Even bytes of the first two rows, side by side.
    const __m256i low = _mm256_and_si256(x[0], _mm256_set1_epi16(0xFF));
    rows[g][3] = widen(_mm256_or_si256(low, _mm256_slli_epi16(x[1], 8)));
    SWL_UNROLL
    for (int b = 0; b < blocks; b++) {
      SWL_UNROLL
      for (int j = 0; j < 4; j++) acc[g][b][j] = call->constants[b].bias[j];
    }
  }
  const __m512i words[3] = {word_pairs(0, 1), word_pairs(2, 1), word_pairs(4, 32)};
  SWL_UNROLL
  for (int i = 0; i < GROUPS; i++) {
    __m512i a[2];
    SWL_UNROLL
    for (int g = 0; g < count; g++) {
      a[g] = i < 6 ? _mm512_permutexvar_epi16(words[i % 2], rows[g][i / 2])
                   : _mm512_permutex2var_epi16(rows[g][3], words[2], rows[g][2]);
    }
    SWL_UNROLL
    for (int b = 0; b < blocks; b++) {
      SWL_UNROLL
      for (int j = 0; j < 4; j++) {
        const __m512i w = call->weights[i][b][j];
        SWL_UNROLL
        for (int g = 0; g < count; g++) {
          acc[g][b][j] = _mm512_dpbusd_epi32(acc[g][b][j], a[g], w);
        }
      }
    }
  }
  // Sums are not put off until they are used: the weights would be loaded again.
  SWL_UNROLL
  for (int g = 0; g < count; g++) {
    SWL_UNROLL
    for (int b = 0; b < blocks; b++) {
      SWL_UNROLL
      for (int j = 0; j < 4; j++) __asm__("" : "+v"(acc[g][b][j]));
    }
  }
}

// Stores 16 channels of four pixels.
SWL_VNNI_INLINE void store_pixels(int8_t* output, size_t step, __m512i y, int32_t channels) {
  const __mmask16 mask =
      (__mmask16)swl_vnni_mask(channels < SWL_BLOCK_CHANNELS ? channels : SWL_BLOCK_CHANNELS);
  _mm_mask_storeu_epi8(output, mask, _mm512_castsi512_si128(y));
  _mm_mask_storeu_epi8(output + step, mask, _mm512_extracti32x4_epi32(y, 1));
  _mm_mask_storeu_epi8(output + 2 * step, mask, _mm512_extracti32x4_epi32(y, 2));
  _mm_mask_storeu_epi8(output + 3 * step, mask, _mm512_extracti32x4_epi32(y, 3));
}

// Eight pixels of one or two blocks.
SWL_VNNI_INLINE void run_windows(const KernelCall* call, const Windows windows[2], int8_t* output,
                                 const int blocks, const int kind) {
  __m512i acc[2][2][4];
  sum_windows(call, windows, 2, blocks, acc);
  const size_t step = (size_t)call->p->out_step;
  SWL_UNROLL
  for (int g = 0; g < 2; g++) {
    __m512i y[2];
    SWL_UNROLL
    for (int b = 0; b < blocks; b++) {
      const __m512i* a = acc[g][b];
      y[b] = swl_vnni_finish(kind, call->constants[b].how, &call->constants[b], a[0], a[1], a[2],
                             a[3], SWL_VNNI_BY_QUAD, _mm512_setzero_si512());
    }
    if (blocks == 1 && call->channels == 16 && step == 16) {
      _mm512_storeu_si512(output, y[0]);
    } else if (blocks == 2 && call->channels == 32 && step == 32) {
      const __m512i first = _mm512_setr_epi64(0, 1, 8, 9, 2, 3, 10, 11);
      const __m512i second = _mm512_setr_epi64(4, 5, 12, 13, 6, 7, 14, 15);
      _mm512_storeu_si512(output, _mm512_permutex2var_epi64(y[0], first, y[1]));
      _mm512_storeu_si512(output + 64, _mm512_permutex2var_epi64(y[0], second, y[1]));
    } else {
      SWL_UNROLL
      for (int b = 0; b < blocks; b++) {
        store_pixels(output + b * SWL_BLOCK_CHANNELS, step, y[b],
                     call->channels - b * SWL_BLOCK_CHANNELS);
      }
    }
    output += 4 * step;
  }
}

// Where the kernel's rows are in the input, and how far apart their columns are: 0 in the padding.
typedef struct Rows {
  const int8_t* start[3];
  ptrdiff_t step[3];
} Rows;

// Puts four windows from input column `column` on together, some of which reach out of the input:
// padding, what there is of the row, padding. Copies whole vectors, each over the end of the last.
SWL_VNNI static void gather_edge__vnni(const KernelCall* call, const Rows* rows, int32_t column,
                                       int8_t edge[3][EDGE_BYTES], Windows* windows) {
  int32_t before = column < 0 ? -column : 0;
  if (before > COLUMNS) before = COLUMNS;
  int32_t inside = call->p->in_w - (column + before);
  if (inside > COLUMNS - before) inside = COLUMNS - before;
  if (inside < 0) inside = 0;
  const __m256i padding = _mm256_loadu_si256((const __m256i*)call->padding);
  for (int32_t ky = 0; ky < 3; ky++) {
    const int8_t* from = rows->start[ky] + (inside > 0 ? column + before : 0) * rows->step[ky];
    const __m256i bytes = _mm256_loadu_si256((const __m256i*)from);
    _mm256_storeu_si256((__m256i*)edge[ky], padding);
    _mm256_storeu_si256((__m256i*)(edge[ky] + 3 * before), bytes);
    _mm256_storeu_si256((__m256i*)(edge[ky] + 3 * (before + inside)), padding);
    windows->rows[ky] = edge[ky];
  }
}

// A row of up to two blocks. The last eight pixels may overlap those before.
SWL_VNNI_INLINE void run_row(const KernelCall* call, const int8_t* input, int8_t* output, int32_t y,
                             const int blocks, const int kind) {
  const SwlConvParams* p = call->p;
  Rows rows;
  SWL_UNROLL
  for (int ky = 0; ky < 3; ky++) {
    const int8_t* row = swl_conv_input_row(p, input, y, ky);
    rows.start[ky] = row ? row : call->padding;
    rows.step[ky] = row ? 3 : 0;
  }
  const size_t out_step = (size_t)p->out_step;
  const int32_t pad_left = p->pad_left, last_column = p->in_w - COLUMNS;
  const int32_t last = p->out_w - 2 * PIXELS;
  for (int32_t begin = 0; begin < last + 2 * PIXELS; begin += 2 * PIXELS) {
    const int32_t x = begin < last ? begin : last;
    Windows windows[2];
    int8_t edge[2][3][EDGE_BYTES];
    SWL_UNROLL
    for (int g = 0; g < 2; g++) {
      const int32_t column = 2 * (x + g * PIXELS) - pad_left;
      if (column < 0 || column > last_column) {
        gather_edge__vnni(call, &rows, column, edge[g], &windows[g]);
        continue;
      }
      SWL_UNROLL
      for (int ky = 0; ky < 3; ky++) {
        windows[g].rows[ky] = rows.start[ky] + column * rows.step[ky];
      }
    }
    run_windows(call, windows, output + (size_t)x * out_step, blocks, kind);
  }
}

#define ROW_FUNCTION(name, blocks, kind)                                        \
  SWL_VNNI static void run_row_##blocks##_##name##__vnni(                       \
      const KernelCall* call, const int8_t* input, int8_t* output, int32_t y) { \
    run_row(call, input, output, y, blocks, kind);                              \
  }
ROW_FUNCTION(requantize, 1, SWL_EPILOGUE_REQUANTIZE)
ROW_FUNCTION(requantize, 2, SWL_EPILOGUE_REQUANTIZE)
ROW_FUNCTION(swish, 1, SWL_EPILOGUE_HARD_SWISH)
ROW_FUNCTION(swish, 2, SWL_EPILOGUE_HARD_SWISH)
ROW_FUNCTION(curve, 1, SWL_EPILOGUE_CURVE)
ROW_FUNCTION(curve, 2, SWL_EPILOGUE_CURVE)

typedef void (*RowFunction)(const KernelCall*, const int8_t*, int8_t*, int32_t);
// By SwlEpilogueKind, of which an addition is none of those that come here, and blocks.
static const RowFunction row_functions[4][2] = {
    {run_row_1_requantize__vnni, run_row_2_requantize__vnni},
    {run_row_1_swish__vnni, run_row_2_swish__vnni},
    {NULL, NULL},
    {run_row_1_curve__vnni, run_row_2_curve__vnni}};

SWL_VNNI void swl_conv_rgb__vnni(const SwlConvParams* p, const int8_t* input, int8_t* output,
                                 int32_t row_begin, int32_t row_end) {
  KernelCall call;
  call.p = p;
  for (int32_t i = 0; i < ROW_BYTES; i++) call.padding[i] = p->padding_row[i % 3];
  const int32_t block_count = swl_block_count(p->out_c);
  const size_t row_length = (size_t)p->out_w * (size_t)p->out_step;
  for (int32_t block = 0; block < block_count; block += 2) {
    const int32_t blocks = block_count - block < 2 ? 1 : 2;
    for (int32_t b = 0; b < blocks; b++) {
      const SwlChannelBlock* constants = &p->blocks[block + b];
      const SwlChannelBlock* units[4] = {constants, constants, constants, constants};
      swl_vnni_channels__vnni(&call.constants[b], &p->epilogue, units, SWL_VNNI_BY_QUAD);
      set_weights__vnni(&call, p->weights + (size_t)(block + b) * 9 * SWL_QUAD_BYTES, b);
    }
    call.channels = p->out_c - block * SWL_BLOCK_CHANNELS;
    if (call.channels > 2 * SWL_BLOCK_CHANNELS) call.channels = 2 * SWL_BLOCK_CHANNELS;
    const RowFunction run = row_functions[p->epilogue.kind][blocks - 1];
    for (int32_t y = row_begin; y < row_end; y++) {
      run(&call, input, output + (size_t)y * row_length + block * SWL_BLOCK_CHANNELS, y);
    }
  }
}

#endif
