#if defined(__x86_64__)

#include "dwconv_3x3_vnni.h"
#include "dwconv_vnni.h"

// 3×3 depthwise convolution with stride 1, two rows of outputs at a time. They read four input
// rows, whose bytes are interleaved once: the upper row of outputs multiplies the first three by
// its weights and the fourth by zero, the lower row the first by zero.
//
// Twice 12 vectors of weights do not fit the registers. Two passes over the rows do: interleaving
// bytes gives the lower and the upper half of each block's channels apart, so that each pass takes
// one half. The first pass leaves its results in a buffer.
//
// A vector holds 64 channels of a pixel. Where a pixel has 32 or 16 channels, it holds two or four
// neighbouring pixels, and the windows between two vectors are taken from both.

#define SIZE 3
// Vectors of outputs in a segment of a row: wider rows are computed in several.
#define MAX_STEPS 64
// Vectors that a window lies in.
#define VECTORS(pixels) ((pixels) == 1 ? 3 : 2)

// Vectors of input columns that are read alike: inside the input, outside it, or partly inside.
typedef enum Place { INSIDE, OUTSIDE, LEFT_EDGE, RIGHT_EDGE } Place;
typedef struct Run {
  Place place;
  int32_t column, count;  // of the first pixel; vectors
} Run;
// Outside, an edge, inside, an edge, outside.
#define MAX_RUNS 5

typedef struct KernelCall {
  const SwlConvParams* p;
  int32_t channels;  // those that exist, up to 64
  int32_t pixels;    // in a vector: 1, 2 or 4
  size_t out_step;   // bytes from one output pixel to the next
  // [upper, lower row of outputs][column]
  __m512i weights[2][SIZE][4];
  SwlVnniChannels constants;
  // The segment.
  int32_t begin, end;
  int32_t inside;  // the first vector's column that is inside the input
  int32_t runs_count, edges_count;
  Run runs[MAX_RUNS];
  int32_t edge_runs[2];  // which of them are edges
  // What a vector reads: outside the input, and at the left and the right edge of four rows.
  __m512i padding;
  __m512i edges[2][4];
  // Bytes of the first pass: of the upper and the lower row of outputs in turns of eight.
  __m512i halves[MAX_STEPS];
} KernelCall;

// Rows of outputs that are computed together, and what four rows of the input hold for them.
typedef struct Part {
  // The first vector inside the input, the padding in rows outside it.
  const int8_t* inside[4];
  ptrdiff_t step[4];  // from one vector to the next
  int8_t* output[2];
} Part;

// Where the vectors of a run are in four rows.
typedef struct Cursor {
  const int8_t* x[4];
  ptrdiff_t step[4];
  int32_t left;
} Cursor;

SWL_VNNI_INLINE Cursor enter(const KernelCall* call, const Part* part, const Run* run,
                             const int pixels) {
  Cursor c = {.left = run->count};
  SWL_UNROLL
  for (int i = 0; i < 4; i++) {
    const int is_inside = run->place == INSIDE;
    const __m512i* outside = &call->padding;
    if (pixels > 1 && run->place != OUTSIDE) outside = &call->edges[run->place == RIGHT_EDGE][i];
    c.x[i] = is_inside ? part->inside[i] : (const int8_t*)outside;
    c.step[i] = is_inside ? part->step[i] : 0;
  }
  return c;
}

// The next vector's bytes of four rows, interleaved for a half of each block's channels.
SWL_VNNI_INLINE void load_next(Cursor* c, const int half, __m512i v[2]) {
  __m512i x[4];
  SWL_UNROLL
  for (int i = 0; i < 4; i++) x[i] = swl_vnni_load(c->x[i]);
  // Loads of their own, which the processor can run ahead, not ones within the unpacking.
  SWL_UNROLL
  for (int i = 0; i < 4; i++) {
    __asm__("" : "+v"(x[i]));
    c->x[i] += c->step[i];
  }
  c->left--;
  const __m512i flip = _mm512_set1_epi8(-128);
  const __m512i upper =
      half == 0 ? _mm512_unpacklo_epi8(x[0], x[1]) : _mm512_unpackhi_epi8(x[0], x[1]);
  const __m512i lower =
      half == 0 ? _mm512_unpacklo_epi8(x[2], x[3]) : _mm512_unpackhi_epi8(x[2], x[3]);
  const __m512i a = _mm512_xor_si512(upper, flip), b = _mm512_xor_si512(lower, flip);
  v[0] = _mm512_unpacklo_epi16(a, b);
  v[1] = _mm512_unpackhi_epi16(a, b);
}

// The windows' column `kx`, from the vectors of columns that they lie in.
SWL_VNNI_INLINE __m512i window_column(__m512i v[3][2], const int kx, const int j,
                                      const int pixels) {
  if (pixels == 1) return v[kx][j];
  if (kx == 0) return v[0][j];
  if (pixels == 2) return kx == 2 ? v[1][j] : _mm512_alignr_epi64(v[1][j], v[0][j], 4);
  return kx == 1 ? _mm512_alignr_epi64(v[1][j], v[0][j], 2)
                 : _mm512_alignr_epi64(v[1][j], v[0][j], 4);
}

// One half of the channels of `rows` rows of outputs.
SWL_VNNI_INLINE void run_half(KernelCall* call, const Part* from, const int half, const int rows,
                              const int pixels, const int32_t kind, const SwlVnniShift how) {
  // Copies, which no store can change.
  const Part part = *from;
  const SwlVnniChannels constants = call->constants;
  const size_t step = (size_t)pixels * call->out_step;
  __m512i w[2][SIZE][2];
  SWL_UNROLL
  for (int row = 0; row < rows; row++) {
    SWL_UNROLL
    for (int kx = 0; kx < SIZE; kx++) {
      SWL_UNROLL
      for (int j = 0; j < 2; j++) w[row][kx][j] = call->weights[row][kx][2 * half + j];
    }
  }
  const int vectors = VECTORS(pixels);
  __m512i v[3][2];
  const Run* run = call->runs;
  const Run* const end = run + call->runs_count;
  Cursor cursor = enter(call, &part, run++, pixels);
  SWL_UNROLL
  for (int i = 0; i + 1 < vectors; i++) {
    if (cursor.left == 0) cursor = enter(call, &part, run++, pixels);
    load_next(&cursor, half, v[i]);
  }
  int8_t* output[2] = {part.output[0], part.output[1]};
  __m512i* kept = call->halves;
  // Bytes that are left to store: of a row, where pixels stand side by side.
  int32_t left = pixels == 1 ? call->channels : (call->end - call->begin) * call->channels;
  for (;;) {
    while (cursor.left > 0) {
      load_next(&cursor, half, v[vectors - 1]);
      __m512i b[2];
      SWL_UNROLL
      for (int row = 0; row < rows; row++) {
        __m512i acc[2];
        SWL_UNROLL
        for (int j = 0; j < 2; j++) {
          acc[j] = constants.bias[2 * half + j];
          SWL_UNROLL
          for (int kx = 0; kx < SIZE; kx++) {
            acc[j] = _mm512_dpbusd_epi32(acc[j], window_column(v, kx, j, pixels), w[row][kx][j]);
          }
        }
        b[row] = swl_vnni_finish_half(kind, how, &constants, half, acc[0], acc[1]);
      }
      const __m512i bytes = _mm512_packs_epi16(b[0], b[rows - 1]);
      if (half == 0) {
        *kept = bytes;
      } else {
        const __m512i first = *kept;
        const __m512i upper = _mm512_unpacklo_epi64(first, bytes);
        swl_vnni_store(output[0], swl_vnni_clamp(&constants, upper), left);
        output[0] += step;
        if (rows == 2) {
          const __m512i lower = _mm512_unpackhi_epi64(first, bytes);
          swl_vnni_store(output[1], swl_vnni_clamp(&constants, lower), left);
          output[1] += step;
        }
        if (pixels > 1) left -= 64;
      }
      kept++;
      SWL_UNROLL
      for (int i = 0; i + 1 < vectors; i++) {
        SWL_UNROLL
        for (int j = 0; j < 2; j++) v[i][j] = v[i + 1][j];
      }
    }
    if (run == end) break;
    cursor = enter(call, &part, run++, pixels);
  }
}

typedef void (*PartFunction)(KernelCall*, const Part*);

#define PART_FUNCTION(name, kind, how, rows, pixels)                              \
  SWL_VNNI static void run_##name##_##rows##_##pixels##__vnni(KernelCall* call,   \
                                                              const Part* part) { \
    run_half(call, part, 0, rows, pixels, kind, how);                             \
    run_half(call, part, 1, rows, pixels, kind, how);                             \
  }
#define PART_FUNCTIONS(name, kind, how) \
  PART_FUNCTION(name, kind, how, 1, 1)  \
  PART_FUNCTION(name, kind, how, 1, 2)  \
  PART_FUNCTION(name, kind, how, 1, 4)  \
  PART_FUNCTION(name, kind, how, 2, 1)  \
  PART_FUNCTION(name, kind, how, 2, 2)  \
  PART_FUNCTION(name, kind, how, 2, 4)
PART_FUNCTIONS(requantize, SWL_EPILOGUE_REQUANTIZE, SWL_VNNI_SHIFTS_RIGHT)
PART_FUNCTIONS(swish, SWL_EPILOGUE_HARD_SWISH, SWL_VNNI_SHIFTS_RIGHT)
PART_FUNCTIONS(curve, SWL_EPILOGUE_CURVE, SWL_VNNI_SHIFTS_RIGHT)
PART_FUNCTIONS(doubles, SWL_EPILOGUE_REQUANTIZE, SWL_VNNI_DOUBLES)
PART_FUNCTIONS(shift, call->p->epilogue.kind, SWL_VNNI_SHIFTS_LEFT)

// By epilogue, rows (1, 2) and pixels (1, 2, 4).
#define ENTRIES(name)                                                           \
  {                                                                             \
    {run_##name##_1_1__vnni, run_##name##_1_2__vnni, run_##name##_1_4__vnni}, { \
      run_##name##_2_1__vnni, run_##name##_2_2__vnni, run_##name##_2_4__vnni    \
    }                                                                           \
  }
static const PartFunction part_functions[][2][3] = {
    ENTRIES(requantize), ENTRIES(swish), ENTRIES(curve), ENTRIES(doubles), ENTRIES(shift)};

// The entry for a kind of epilogue and its shift.
static int function_of(int32_t kind, SwlVnniShift how) {
  switch (how) {
    case SWL_VNNI_SHIFTS_RIGHT:
      return kind == SWL_EPILOGUE_HARD_SWISH ? 1 : kind == SWL_EPILOGUE_CURVE ? 2 : 0;
    case SWL_VNNI_DOUBLES:
      return 3;
    case SWL_VNNI_SHIFTS_LEFT:
      return 4;
  }
}

// Fills in what depends on the channels from block `block` on.
SWL_VNNI static void set_channels__vnni(KernelCall* call, int32_t block, int32_t blocks) {
  const SwlConvParams* p = call->p;
  const int8_t* x = p->padding_row + block * SWL_BLOCK_CHANNELS;
  call->padding = call->pixels == 1   ? swl_vnni_load(x)
                  : call->pixels == 2 ? swl_vnni_load_2(x, x)
                                      : swl_vnni_load_4(x, x, x, x);
  const SwlVnniPlaces places = swl_vnni_places(block, call->pixels);
  swl_vnni_place_constants(p, places, blocks, &call->constants);
  for (int32_t kx = 0; kx < SIZE; kx++) {
    __m512i w[4];
    swl_vnni_place_weights(p, places, blocks, kx, SIZE, w);
    swl_vnni_transpose_lanes(w, call->weights[0][kx]);
    for (int32_t j = 0; j < 4; j++) {
      call->weights[1][kx][j] = _mm512_slli_epi32(call->weights[0][kx][j], 8);
    }
  }
}

// Finds the runs of the output columns [begin, end).
static void set_segment(KernelCall* call, int32_t begin, int32_t end) {
  const SwlConvParams* p = call->p;
  const int32_t pixels = call->pixels;
  call->begin = begin;
  call->end = end;
  call->inside = 0;
  call->runs_count = 0;
  call->edges_count = 0;
  int32_t column = begin - p->pad_left;
  int32_t left = (end - begin + pixels - 1) / pixels + VECTORS(pixels) - 1;
  while (left > 0) {
    Run run = {.place = OUTSIDE, .column = column, .count = left};
    if (column >= p->in_w) {
      // All that is left.
    } else if (column + pixels <= 0) {
      run.count = -column / pixels;
    } else if (column < 0 || column + pixels > p->in_w) {
      run.place = column < 0 ? LEFT_EDGE : RIGHT_EDGE;
      call->edge_runs[call->edges_count++] = call->runs_count;
      run.count = 1;
    } else {
      run.place = INSIDE;
      call->inside = column;
      run.count = (p->in_w - column) / pixels;
    }
    if (run.count > left) run.count = left;
    call->runs[call->runs_count++] = run;
    left -= run.count;
    column += run.count * pixels;
  }
}

// Gathers what a run at an edge reads in row `row`, which begins at `start` unless it is outside.
SWL_VNNI static void set_edge__vnni(KernelCall* call, const Run* run, const int8_t* start,
                                    int32_t row) {
  const SwlConvParams* p = call->p;
  const int8_t* x[4];
  for (int32_t i = 0; i < call->pixels; i++) {
    const int32_t column = run->column + i;
    const int is_inside = start && column >= 0 && column < p->in_w;
    x[i] = is_inside ? start + (size_t)column * (size_t)p->in_c : (const int8_t*)&call->padding;
  }
  call->edges[run->place == RIGHT_EDGE][row] =
      call->pixels == 2 ? swl_vnni_load_2(x[0], x[1]) : swl_vnni_load_4(x[0], x[1], x[2], x[3]);
}

// `rows` rows of outputs from row y on.
static void run_rows(KernelCall* call, const int8_t* input, int8_t* output, int32_t y,
                     int32_t rows) {
  const SwlConvParams* p = call->p;
  const size_t step = (size_t)p->in_c;
  Part part;
  for (int32_t i = 0; i < 4; i++) {
    // One row of outputs needs no fourth row, which may not be there.
    const int32_t row = y - p->pad_top + (i < rows + 2 ? i : rows + 1);
    const int32_t is_inside = row >= 0 && row < p->in_h;
    const int8_t* start = is_inside ? input + (size_t)row * (size_t)p->in_w * step : NULL;
    part.inside[i] =
        is_inside ? start + (size_t)call->inside * step : (const int8_t*)&call->padding;
    part.step[i] = is_inside ? call->pixels * (ptrdiff_t)step : 0;
    for (int32_t j = 0; j < call->edges_count; j++) {
      set_edge__vnni(call, &call->runs[call->edge_runs[j]], start, i);
    }
  }
  for (int32_t i = 0; i < 2; i++) {
    const size_t pixel = (size_t)(y + i) * (size_t)p->out_w + (size_t)call->begin;
    part.output[i] = output + pixel * call->out_step;
  }
  const int epilogue = function_of(p->epilogue.kind, call->constants.how);
  part_functions[epilogue][rows - 1][call->pixels / 2](call, &part);
}

SWL_VNNI int32_t swl_dwconv_3x3__vnni(const SwlConvParams* p, const int8_t* input, int8_t* output,
                                      int32_t row_begin, int32_t row_end, int32_t block) {
  const int32_t blocks = swl_block_count(p->out_c);
  const int32_t left = p->out_c - block * SWL_BLOCK_CHANNELS;
  KernelCall call;
  call.p = p;
  call.out_step = (size_t)p->out_step;
  const int32_t is_dense = (p->in_c == 32 || p->in_c == 16) && call.out_step == (size_t)p->in_c;
  if (left <= 2 * SWL_BLOCK_CHANNELS && !is_dense) return 0;
  call.channels = left < 64 ? left : 64;
  call.pixels = is_dense ? 64 / p->in_c : 1;
  set_channels__vnni(&call, block, blocks);
  const int32_t channel = block * SWL_BLOCK_CHANNELS;
  const int32_t most = MAX_STEPS * call.pixels;
  const int32_t segments = (p->out_w + most - 1) / most;
  for (int32_t i = 0; i < segments; i++) {
    set_segment(&call, swl_tile_begin(p->out_w, i, segments),
                swl_tile_begin(p->out_w, i + 1, segments));
    for (int32_t y = row_begin; y < row_end; y += 2) {
      run_rows(&call, input + channel, output + channel, y, row_end - y < 2 ? 1 : 2);
    }
  }
  return 1;
}

#endif
