#if defined(__x86_64__)

#include "../x86_kernels.h"
#include "conv_halves_vnni.h"
#include "conv_rgb_vnni.h"
#include "conv_tile_vnni.h"

// One tile of `pixels` pixels from pixel `first` of the taps on; both numbers are constants at
// every call.
SWL_VNNI_INLINE void run_tile(const SwlVnniTileJob* call, const SwlVnniTaps* taps, size_t first,
                              const int8_t* skip, int8_t* output, const int pixels,
                              const int blocks) {
  __m512i acc[12][4];
  swl_vnni_tile_sums(call, taps, first, pixels, blocks, acc);
  const SwlVnniStore store = swl_vnni_store_of(call, blocks);
  swl_vnni_tile_store(call, store, acc, skip, output, pixels, blocks, call->kind,
                      call->constants.how);
}

// A function per number of blocks, so that each stays small enough to be compiled well.
#define TILE(n, blocks)                                   \
  case n:                                                 \
    run_tile(call, taps, first, skip, output, n, blocks); \
    break;
#define TILES_6(blocks) \
  TILE(1, blocks) TILE(2, blocks) TILE(3, blocks) TILE(4, blocks) TILE(5, blocks) TILE(6, blocks)
#define TILES_8(blocks) TILES_6(blocks) TILE(7, blocks) TILE(8, blocks)
#define TILES_12(blocks) \
  TILES_8(blocks) TILE(9, blocks) TILE(10, blocks) TILE(11, blocks) TILE(12, blocks)
#define TILE_FUNCTION(blocks, tiles)                                                         \
  SWL_VNNI static void run_tile_##blocks##__vnni(                                            \
      const SwlVnniTileJob* call, const SwlVnniTaps* taps, size_t first, const int8_t* skip, \
      int8_t* output, int32_t pixels) {                                                      \
    switch (pixels) { tiles(blocks) }                                                        \
  }

TILE_FUNCTION(1, TILES_12)
TILE_FUNCTION(2, TILES_12)
TILE_FUNCTION(3, TILES_8)
TILE_FUNCTION(4, TILES_6)

typedef void (*TileFunction)(const SwlVnniTileJob*, const SwlVnniTaps*, size_t, const int8_t*,
                             int8_t*, int32_t);
static const TileFunction tile_functions[5] = {NULL, run_tile_1__vnni, run_tile_2__vnni,
                                               run_tile_3__vnni, run_tile_4__vnni};

// How the call shifts, which is never left.
SWL_VNNI_INLINE SwlVnniShift shift_of(const SwlVnniTileJob* call, const int kind) {
  return kind == SWL_EPILOGUE_REQUANTIZE ? call->constants.how : SWL_VNNI_SHIFTS_RIGHT;
}

#define HALVES_FUNCTION(blocks, name, kind)                                                   \
  SWL_VNNI static int32_t run_halves_##blocks##_##name##__vnni(                               \
      const SwlVnniTileJob* call, const SwlVnniTaps* taps, int32_t count, const int8_t* skip, \
      int8_t* output) {                                                                       \
    const SwlVnniShift how = shift_of(call, kind);                                            \
    return taps->quads < SWL_VNNI_QUADS_IN_PARTS                                              \
               ? swl_vnni_halves(call, taps, count, skip, output, blocks, 1, kind, how)       \
               : swl_vnni_halves(call, taps, count, skip, output, blocks, 2, kind, how);      \
  }
#define HALVES_FUNCTIONS(name, kind) \
  HALVES_FUNCTION(1, name, kind)     \
  HALVES_FUNCTION(2, name, kind)     \
  HALVES_FUNCTION(3, name, kind)     \
  HALVES_FUNCTION(4, name, kind)
HALVES_FUNCTIONS(requantize, SWL_EPILOGUE_REQUANTIZE)
HALVES_FUNCTIONS(swish, SWL_EPILOGUE_HARD_SWISH)
HALVES_FUNCTIONS(add, SWL_EPILOGUE_ADD)
HALVES_FUNCTIONS(curve, SWL_EPILOGUE_CURVE)

typedef int32_t (*HalvesFunction)(const SwlVnniTileJob*, const SwlVnniTaps*, int32_t, const int8_t*,
                                  int8_t*);
#define HALVES_ENTRY(name)                                                                      \
  {NULL, run_halves_1_##name##__vnni, run_halves_2_##name##__vnni, run_halves_3_##name##__vnni, \
   run_halves_4_##name##__vnni}
// By SwlEpilogueKind and blocks.
static const HalvesFunction halves_functions[4][5] = {HALVES_ENTRY(requantize), HALVES_ENTRY(swish),
                                                      HALVES_ENTRY(add), HALVES_ENTRY(curve)};

// Runs `count` pixels that share `taps`: one tap in halves; several taps, and what is left and the
// last half, in tiles, the last two of about the same size.
SWL_VNNI static void run_stretch__vnni(const SwlVnniTileJob* call, const SwlVnniTaps* taps,
                                       int32_t blocks, int32_t count, const int8_t* skip,
                                       int8_t* output) {
  const int32_t most = swl_vnni_tile_pixels[blocks];
  const int32_t half = SWL_VNNI_HALF_PIXELS(blocks);
  const int32_t even = count % half == 0 ? count : count - count % half - half;
  int32_t first = 0;
  if (even > 0 && taps->count == 1 && call->constants.how != SWL_VNNI_SHIFTS_LEFT) {
    first = halves_functions[call->kind][blocks](call, taps, even, skip, output);
  }
  while (first < count) {
    const int32_t left = count - first;
    const int32_t pixels = left >= 2 * most ? most : left > most ? (left + 1) / 2 : left;
    const size_t at = (size_t)first * call->out_step;
    tile_functions[blocks](call, taps, (size_t)first, skip ? skip + at : NULL, output + at, pixels);
    first += pixels;
  }
}

// Where a run of channel blocks reads and writes.
typedef struct Blocks {
  int32_t count;        // 1…4
  int32_t in_channel;   // the group's first input channel
  int32_t out_channel;  // the first block's first output channel
} Blocks;

// The taps of `count` pixels from column x on. Where a tap is one quad, as in a network's first
// layer, and the whole window lies inside the input, a row of the kernel is taken for a tap.
static void set_taps(const SwlConvParams* p, const int8_t* input, int32_t y, int32_t x,
                     int32_t count, int32_t channel, SwlVnniTaps* taps) {
  swl_conv_taps(p, input, y, x, channel, taps->taps);
  taps->count = p->kernel_h * p->kernel_w;
  taps->quads = swl_quad_count(p->in_c / p->groups);
  taps->quad_step = 4;
  const int32_t top = y * p->stride_h - p->pad_top;
  const int32_t is_inside = top >= 0 && top + (p->kernel_h - 1) * p->dilation_h < p->in_h;
  if (taps->quads > 1 || count == 1 || !is_inside) return;
  taps->count = p->kernel_h;
  taps->quads = p->kernel_w;
  taps->quad_step = (size_t)p->dilation_w * (size_t)p->in_c;
  for (int32_t ky = 0; ky < p->kernel_h; ky++) taps->taps[ky] = taps->taps[ky * p->kernel_w];
}

SWL_VNNI static void run_rows__vnni(const SwlConvParams* p, const SwlVnniTileJob* call,
                                    Blocks blocks, const int8_t* input, int8_t* output,
                                    int32_t row_begin, int32_t row_end) {
  const int8_t* skip = p->epilogue.skip ? p->epilogue.skip + blocks.out_channel : NULL;
  output += blocks.out_channel;
  const size_t row_length = (size_t)p->out_w * (size_t)p->out_step;
  SwlVnniTaps taps;
  if (swl_conv_is_pointwise(p)) {
    set_taps(p, input, row_begin, 0, 1, blocks.in_channel, &taps);
    const size_t at = (size_t)row_begin * row_length;
    run_stretch__vnni(call, &taps, blocks.count, (row_end - row_begin) * p->out_w,
                      skip ? skip + at : NULL, output + at);
    return;
  }
  const SwlColumns inner = swl_conv_inner_columns(p);
  for (int32_t y = row_begin; y < row_end; y++) {
    for (int32_t x = 0; x < p->out_w;) {
      const int32_t count = x == inner.begin && inner.end > x ? inner.end - x : 1;
      set_taps(p, input, y, x, count, blocks.in_channel, &taps);
      const size_t at = (size_t)y * row_length + (size_t)x * (size_t)p->out_step;
      run_stretch__vnni(call, &taps, blocks.count, count, skip ? skip + at : NULL, output + at);
      x += count;
    }
  }
}

// Fills in what depends on the blocks, of which the first is number `packed`.
SWL_VNNI static void set_blocks__vnni(const SwlConvParams* p, SwlVnniTileJob* call, size_t packed,
                                      int32_t blocks) {
  const SwlChannelBlock* units[4];
  for (int32_t u = 0; u < 4; u++) {
    // Up to two blocks a pixel, the units are those of two or four pixels.
    const int32_t block = blocks > 2 ? u : u % blocks;
    units[u] = block < blocks ? &p->blocks[packed + (size_t)block] : &swl_no_channels;
  }
  swl_vnni_channels__vnni(&call->constants, &p->epilogue, units, SWL_VNNI_BY_BLOCK);
  call->weights = p->weights + packed * call->block_length;
}

// Up to four blocks' weights pass over all rows before the next: they stay in the cache.
SWL_VNNI void swl_conv2d_s8__vnni(const SwlConvParams* p, const int8_t* input, int8_t* output,
                                  int32_t row_begin, int32_t row_end) {
  swl_conv_assert(p, row_begin, row_end);
  swl_epilogue_assert(&p->epilogue);
  if ((int64_t)p->kernel_h * p->kernel_w > SWL_MAX_TAPS) {
    swl_conv2d_s8__portable(p, input, output, row_begin, row_end);
    return;
  }
  if (row_begin == row_end) return;
  if (swl_conv_is_rgb(p)) {
    swl_conv_rgb__vnni(p, input, output, row_begin, row_end);
    return;
  }
  const int32_t in_channels = p->in_c / p->groups;
  const int32_t out_channels = p->out_c / p->groups;
  const int32_t block_count = swl_block_count(out_channels);
  SwlVnniTileJob call;
  call.kind = p->epilogue.kind;
  call.out_step = (size_t)p->out_step;
  call.block_length = (size_t)p->kernel_h * (size_t)p->kernel_w *
                      (size_t)swl_quad_count(in_channels) * SWL_QUAD_BYTES;
  for (int32_t group = 0; group < p->groups; group++) {
    for (int32_t block = 0; block < block_count;) {
      const int32_t left = block_count - block;
      const Blocks blocks = {.count = left < 4 ? left : 4,
                             .in_channel = group * in_channels,
                             .out_channel = group * out_channels + block * SWL_BLOCK_CHANNELS};
      const int32_t channels = out_channels - block * SWL_BLOCK_CHANNELS;
      call.channels = channels < 64 ? channels : 64;
      set_blocks__vnni(p, &call, (size_t)group * (size_t)block_count + (size_t)block, blocks.count);
      run_rows__vnni(p, &call, blocks, input, output, row_begin, row_end);
      block += blocks.count;
    }
  }
}

#endif
