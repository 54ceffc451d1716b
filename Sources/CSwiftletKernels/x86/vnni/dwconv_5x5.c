#if defined(__x86_64__)

#include "dwconv_5x5_vnni.h"
#include "dwconv_vnni.h"

// 5×5 depthwise convolution: 25 taps in 7 groups of four. Five groups are the columns' first four
// rows; a sixth is the last row of four columns, and the seventh holds its fifth column.
//
// A row of outputs is computed in passes, each of which has registers enough; what passes between
// them stays in the first-level cache. Pairs of bytes are interleaved: of rows that follow each
// other, which two rows of outputs read, and of columns of the last row. Then a few outputs are
// summed for a quarter of the channels at a time, whose weights stay in registers. Last, the sums
// become bytes.
//
// Strands are rows of the output.

#define SIZE 5
#define GROUPS 7
// Pairs of rows that are kept, a power of two.
#define KEPT 4
// Columns of a segment of a row: wider rows are computed in several.
#define MAX_COLUMNS 36
// Outputs that are summed at a time.
#define MAX_TILE 8

typedef struct KernelCall {
  const SwlConvParams* p;
  const int8_t* input;     // from the first channel on
  const int8_t* padding;   // likewise
  int32_t channels;        // those that exist, up to 64
  int32_t strands;         // 1, 2 or 4
  int32_t first, columns;  // the segment's input columns
  int32_t begin, end;      // those of them that are inside the input, counted from `first`
  int32_t kept[KEPT];      // which row is the first of a pair
  __m512i weights[GROUPS][4];
  SwlVnniChannels constants;
  // [row mod KEPT][column][low, high half of each lane]: bytes of that row and the next.
  __m512i pairs[KEPT][MAX_COLUMNS][2];
  // [column][half]: bytes of that column and the next in the last row.
  __m512i below[MAX_COLUMNS][2];
  __m512i sums[MAX_TILE][4];
} KernelCall;

// Where every strand reads an input row.
typedef struct StrandRow {
  const int8_t* start[4];
  ptrdiff_t step[4];  // from one column to the next: 0 in a padding row
} StrandRow;

SWL_VNNI_INLINE StrandRow strand_row(const KernelCall* call, int32_t row) {
  const SwlConvParams* p = call->p;
  StrandRow r;
  for (int32_t i = 0; i < 4; i++) {
    const int32_t y = row + (i < call->strands ? i : 0) * p->stride_h;
    const int32_t is_inside = y >= 0 && y < p->in_h;
    const size_t row_length = (size_t)p->in_w * (size_t)p->in_c;
    r.start[i] = is_inside ? call->input + (size_t)y * row_length : call->padding;
    r.step[i] = is_inside ? p->in_c : 0;
  }
  return r;
}

SWL_VNNI_INLINE __m512i flip_bits(__m512i x) { return _mm512_xor_si512(x, _mm512_set1_epi8(-128)); }

// A column inside the input, of every strand.
SWL_VNNI_INLINE __m512i load_pixels(const StrandRow* r, ptrdiff_t column, const int strands) {
  const int8_t* x[4];
  SWL_UNROLL
  for (int i = 0; i < strands; i++) x[i] = r->start[i] + column * r->step[i];
  return flip_bits(strands == 1   ? swl_vnni_load(x[0])
                   : strands == 2 ? swl_vnni_load_2(x[0], x[1])
                                  : swl_vnni_load_4(x[0], x[1], x[2], x[3]));
}

// What every strand reads outside the input's columns.
SWL_VNNI_INLINE __m512i load_padding(const KernelCall* call, const int strands) {
  const int8_t* x = call->padding;
  return flip_bits(strands == 1   ? swl_vnni_load(x)
                   : strands == 2 ? swl_vnni_load_2(x, x)
                                  : swl_vnni_load_4(x, x, x, x));
}

SWL_VNNI_INLINE void store_pair(__m512i to[2], __m512i a, __m512i b) {
  to[0] = _mm512_unpacklo_epi8(a, b);
  to[1] = _mm512_unpackhi_epi8(a, b);
}

// Interleaves row `row` and the next, unless that is done.
SWL_VNNI_INLINE void pair_rows(KernelCall* call, int32_t row, const int strands) {
  const int32_t slot = row & (KEPT - 1);
  if (call->kept[slot] == row) return;
  call->kept[slot] = row;
  const StrandRow upper = strand_row(call, row), lower = strand_row(call, row + 1);
  const __m512i padding = load_padding(call, strands);
  __m512i(*to)[2] = call->pairs[slot];
  for (int32_t c = 0; c < call->begin; c++) store_pair(to[c], padding, padding);
  for (int32_t c = call->begin; c < call->end; c++) {
    const ptrdiff_t column = call->first + c;
    store_pair(to[c], load_pixels(&upper, column, strands), load_pixels(&lower, column, strands));
  }
  for (int32_t c = call->end; c < call->columns; c++) store_pair(to[c], padding, padding);
}

// Interleaves the columns of row `row` with the next ones.
SWL_VNNI_INLINE void pair_columns(KernelCall* call, int32_t row, const int strands) {
  const StrandRow r = strand_row(call, row);
  const __m512i padding = load_padding(call, strands);
  __m512i last = padding;
  for (int32_t c = 1; c < call->begin; c++) store_pair(call->below[c - 1], padding, padding);
  for (int32_t c = call->begin; c < call->end; c++) {
    const __m512i x = load_pixels(&r, call->first + c, strands);
    if (c > 0) store_pair(call->below[c - 1], last, x);
    last = x;
  }
  for (int32_t c = call->end > 0 ? call->end : 1; c < call->columns; c++) {
    store_pair(call->below[c - 1], last, padding);
    last = padding;
  }
}

// Sums `count` outputs from output x of the segment on. `upper` and `lower` are the pairs of the
// first four rows.
SWL_VNNI_INLINE void sum_tile(KernelCall* call, const __m512i (*upper)[2],
                              const __m512i (*lower)[2], const __m512i (*below)[2], const int count,
                              const int stride) {
  SWL_UNROLL
  for (int j = 0; j < 4; j++) {
    const int half = j / 2;
    __m512i w[GROUPS], acc[MAX_TILE];
    SWL_UNROLL
    for (int i = 0; i < GROUPS; i++) w[i] = call->weights[i][j];
    SWL_UNROLL
    for (int i = 0; i < count; i++) acc[i] = call->constants.bias[j];
    SWL_UNROLL
    for (int c = 0; c < (count - 1) * stride + SIZE; c++) {
      const __m512i v = j % 2 == 0 ? _mm512_unpacklo_epi16(upper[c][half], lower[c][half])
                                   : _mm512_unpackhi_epi16(upper[c][half], lower[c][half]);
      SWL_UNROLL
      for (int i = 0; i < count; i++) {
        const int kx = c - i * stride;
        if (kx >= 0 && kx < SIZE) acc[i] = _mm512_dpbusd_epi32(acc[i], v, w[kx]);
      }
    }
    SWL_UNROLL
    for (int i = 0; i <= count; i++) {
      const __m512i a = below[i * stride][half], b = below[i * stride + 2][half];
      const __m512i v = j % 2 == 0 ? _mm512_unpacklo_epi16(a, b) : _mm512_unpackhi_epi16(a, b);
      if (i > 0) acc[i - 1] = _mm512_dpbusd_epi32(acc[i - 1], v, w[6]);
      if (i < count) acc[i] = _mm512_dpbusd_epi32(acc[i], v, w[5]);
    }
    SWL_UNROLL
    for (int i = 0; i < count; i++) call->sums[i][j] = acc[i];
  }
}

#define TILE(n, stride)                             \
  case n:                                           \
    sum_tile(call, upper, lower, below, n, stride); \
    break;
#define TILE_FUNCTION(stride)                                                                \
  SWL_VNNI static void sum_tile_##stride##__vnni(KernelCall* call, const __m512i(*upper)[2], \
                                                 const __m512i(*lower)[2],                   \
                                                 const __m512i(*below)[2], int32_t count) {  \
    switch (count) {                                                                         \
      TILE(1, stride)                                                                        \
      TILE(2, stride)                                                                        \
      TILE(3, stride)                                                                        \
      TILE(4, stride)                                                                        \
      TILE(5, stride)                                                                        \
      TILE(6, stride)                                                                        \
      TILE(7, stride)                                                                        \
      TILE(8, stride)                                                                        \
    }                                                                                        \
  }
TILE_FUNCTION(1)
TILE_FUNCTION(2)

// Where the outputs of every strand go; `strands` of them, which may be fewer than there are.
typedef struct Outputs {
  int8_t* start[4];
  int32_t strands;
} Outputs;

// Turns the sums of `count` outputs into bytes.
SWL_VNNI_INLINE void finish_tile(const KernelCall* call, const Outputs* outputs, size_t at,
                                 int32_t count, const int kind) {
  // A copy, which no store can change.
  const SwlVnniChannels constants = call->constants;
  const size_t step = (size_t)call->p->out_step;
  const __mmask64 mask = swl_vnni_mask(call->channels);
  for (int32_t i = 0; i < count; i++) {
    const __m512i* sums = call->sums[i];
    const __m512i y = swl_vnni_finish(kind, constants.how, &constants, sums[0], sums[1], sums[2],
                                      sums[3], SWL_VNNI_BY_QUAD, _mm512_setzero_si512());
    if (call->strands == 1) {
      _mm512_mask_storeu_epi8(outputs->start[0] + at, mask, y);
    } else if (call->strands == 2) {
      _mm256_mask_storeu_epi8(outputs->start[0] + at, (__mmask32)mask, _mm512_castsi512_si256(y));
      if (outputs->strands > 1) {
        _mm256_mask_storeu_epi8(outputs->start[1] + at, (__mmask32)mask,
                                _mm512_extracti64x4_epi64(y, 1));
      }
    } else {
      const __m128i parts[4] = {_mm512_castsi512_si128(y), _mm512_extracti32x4_epi32(y, 1),
                                _mm512_extracti32x4_epi32(y, 2), _mm512_extracti32x4_epi32(y, 3)};
      for (int32_t u = 0; u < outputs->strands; u++) {
        _mm_mask_storeu_epi8(outputs->start[u] + at, (__mmask16)mask, parts[u]);
      }
    }
    at += step;
  }
}

SWL_VNNI static void finish_requantize__vnni(const KernelCall* call, const Outputs* outputs,
                                             size_t at, int32_t count) {
  finish_tile(call, outputs, at, count, SWL_EPILOGUE_REQUANTIZE);
}

SWL_VNNI static void finish_swish__vnni(const KernelCall* call, const Outputs* outputs, size_t at,
                                        int32_t count) {
  finish_tile(call, outputs, at, count, SWL_EPILOGUE_HARD_SWISH);
}

SWL_VNNI static void finish_curve__vnni(const KernelCall* call, const Outputs* outputs, size_t at,
                                        int32_t count) {
  finish_tile(call, outputs, at, count, SWL_EPILOGUE_CURVE);
}

#define PAIR_FUNCTION(strands)                                                 \
  SWL_VNNI static void pair_##strands##__vnni(KernelCall* call, int32_t top) { \
    pair_rows(call, top, strands);                                             \
    pair_rows(call, top + 2, strands);                                         \
    pair_columns(call, top + 4, strands);                                      \
  }
PAIR_FUNCTION(1)
PAIR_FUNCTION(2)
PAIR_FUNCTION(4)

// `count` outputs of every strand, whose windows begin in input row `top`.
static void run_row(KernelCall* call, int32_t top, int32_t count, const Outputs* outputs) {
  const SwlConvParams* p = call->p;
  if (call->strands == 1) {
    pair_1__vnni(call, top);
  } else if (call->strands == 2) {
    pair_2__vnni(call, top);
  } else {
    pair_4__vnni(call, top);
  }
  const int32_t tiles = (count + MAX_TILE - 1) / MAX_TILE;
  const int32_t most = (count + tiles - 1) / tiles;
  for (int32_t x = 0; x < count; x += most) {
    const int32_t left = count - x < most ? count - x : most;
    const int32_t c = x * p->stride_w;
    const __m512i(*upper)[2] = call->pairs[top & (KEPT - 1)] + c;
    const __m512i(*lower)[2] = call->pairs[(top + 2) & (KEPT - 1)] + c;
    if (p->stride_w == 1) {
      sum_tile_1__vnni(call, upper, lower, call->below + c, left);
    } else {
      sum_tile_2__vnni(call, upper, lower, call->below + c, left);
    }
    const size_t at = (size_t)x * (size_t)p->out_step;
    if (p->epilogue.kind == SWL_EPILOGUE_HARD_SWISH) {
      finish_swish__vnni(call, outputs, at, left);
    } else if (p->epilogue.kind == SWL_EPILOGUE_CURVE) {
      finish_curve__vnni(call, outputs, at, left);
    } else {
      finish_requantize__vnni(call, outputs, at, left);
    }
  }
}

// Fills in what depends on the channels from block `block` on.
SWL_VNNI static void set_channels__vnni(KernelCall* call, int32_t block, int32_t blocks,
                                        int32_t strands) {
  const SwlConvParams* p = call->p;
  const SwlVnniPlaces places = swl_vnni_places(block, strands);
  swl_vnni_place_constants(p, places, blocks, &call->constants);
  __m512i last[2][4];
  // The column of the next window's four that is this window's fifth.
  const __m128i fifth = _mm_cvtsi32_si128(p->stride_w == 1 ? 24 : 16);
  for (int32_t kx = 0; kx < SIZE; kx++) {
    __m512i w[4];
    swl_vnni_place_weights(p, places, blocks, 2 * kx, 2 * SIZE, w);
    swl_vnni_transpose_lanes(w, call->weights[kx]);
    swl_vnni_place_weights(p, places, blocks, 2 * kx + 1, 2 * SIZE, w);
    for (int32_t u = 0; u < 4; u++) {
      if (kx == 0) {
        last[0][u] = w[u];
      } else if (kx < 4) {
        const __m512i placed = _mm512_sll_epi32(w[u], _mm_cvtsi32_si128(8 * kx));
        last[0][u] = _mm512_or_si512(last[0][u], placed);
      } else {
        last[1][u] = _mm512_sll_epi32(w[u], fifth);
      }
    }
  }
  swl_vnni_transpose_lanes(last[0], call->weights[5]);
  swl_vnni_transpose_lanes(last[1], call->weights[6]);
  const int32_t left = p->out_c - block * SWL_BLOCK_CHANNELS;
  call->channels = left < 64 ? left : 64;
  call->padding = p->padding_row + block * SWL_BLOCK_CHANNELS;
  call->strands = strands;
}

// Output columns [segment.begin, segment.end) of rows [row_begin, row_end).
static void run_segment(KernelCall* call, SwlColumns segment, int8_t* output, int32_t row_begin,
                        int32_t row_end) {
  const SwlConvParams* p = call->p;
  const int32_t count = segment.end - segment.begin;
  call->first = segment.begin * p->stride_w - p->pad_left;
  call->columns = count * p->stride_w + SIZE - 1;
  call->begin = call->first < 0 ? -call->first : 0;
  if (call->begin > call->columns) call->begin = call->columns;
  call->end = p->in_w - call->first;
  if (call->end > call->columns) call->end = call->columns;
  if (call->end < call->begin) call->end = call->begin;
  for (int32_t i = 0; i < KEPT; i++) call->kept[i] = INT32_MIN;
  const size_t row_length = (size_t)p->out_w * (size_t)p->out_step;
  output += (size_t)segment.begin * (size_t)p->out_step;
  for (int32_t y = row_begin; y < row_end; y += call->strands) {
    Outputs outputs;
    outputs.strands = row_end - y < call->strands ? row_end - y : call->strands;
    for (int32_t i = 0; i < outputs.strands; i++) {
      outputs.start[i] = output + (size_t)(y + i) * row_length;
    }
    run_row(call, y * p->stride_h - p->pad_top, count, &outputs);
  }
}

SWL_VNNI void swl_dwconv_5x5__vnni(const SwlConvParams* p, const int8_t* input, int8_t* output,
                                   int32_t row_begin, int32_t row_end) {
  if (row_begin == row_end) return;
  KernelCall call;
  call.p = p;
  const int32_t blocks = swl_block_count(p->out_c);
  const int32_t most = (MAX_COLUMNS - SIZE + 1) / p->stride_w;
  const int32_t segments = (p->out_w + most - 1) / most;
  for (int32_t block = 0; block < blocks; block += SWL_VNNI_UNITS) {
    const int32_t left = blocks - block;
    int32_t strands = left > 2 ? 1 : 4 / left;
    // No strand without a row.
    while (strands / 2 >= row_end - row_begin) strands /= 2;
    set_channels__vnni(&call, block, blocks, strands);
    call.input = input + block * SWL_BLOCK_CHANNELS;
    for (int32_t i = 0; i < segments; i++) {
      const SwlColumns segment = {swl_tile_begin(p->out_w, i, segments),
                                  swl_tile_begin(p->out_w, i + 1, segments)};
      run_segment(&call, segment, output + block * SWL_BLOCK_CHANNELS, row_begin, row_end);
    }
  }
}

#endif
