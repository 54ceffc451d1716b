#ifndef SWL_CONV_HALVES_VNNI_H
#define SWL_CONV_HALVES_VNNI_H

#include "conv_tile_vnni.h"

// Pointwise tiles in halves: while one is summed, the other becomes bytes. The two use different
// parts of the processor; one after the other, the second waits until the first's last
// instructions are in sight.

// The pixels of half a tile, by blocks: 12 sums.
#define SWL_VNNI_HALF_PIXELS(blocks) (12 / (blocks))

// Halves of so many quads or more are faster in two parts.
#define SWL_VNNI_QUADS_IN_PARTS 10

typedef struct SwlVnniHalf {
  __m512i acc[12][4];
} SwlVnniHalf;

// Where the halves read and write: by itself, which no store can change.
typedef struct SwlVnniHalves {
  __m512i flip;
  const int8_t* weights;
  size_t block_length;
  const int8_t* x;
  size_t step;  // from one pixel to the next
  int32_t quads;
  const int8_t* skip;
  int8_t* output;
} SwlVnniHalves;

// Adds the products of the quads [begin, end).
SWL_VNNI_INLINE void swl_vnni_half_sums(const SwlVnniHalves* at, int32_t begin, int32_t end,
                                        const int blocks, SwlVnniHalf* to) {
  const int8_t* weights = at->weights + (ptrdiff_t)begin * SWL_QUAD_BYTES;
  const int8_t* x = at->x + (ptrdiff_t)begin * 4;
  for (int32_t quad = begin; quad < end; quad++) {
    __m512i w[4];
    SWL_UNROLL
    for (int b = 0; b < blocks; b++) w[b] = swl_vnni_load(weights + (size_t)b * at->block_length);
    SWL_UNROLL
    for (int i = 0; i < SWL_VNNI_HALF_PIXELS(blocks); i++) {
      const __m512i a = swl_vnni_broadcast(x + (size_t)i * at->step, at->flip);
      SWL_UNROLL
      for (int b = 0; b < blocks; b++) to->acc[i][b] = _mm512_dpbusd_epi32(to->acc[i][b], a, w[b]);
    }
    weights += 64;
    x += 4;
  }
}

#define DIVIDE(a, b) (((a) + (b) - 1) / (b))

// Sums the next half into `to` in `parts` parts, after each of which some of `from` is stored.
// Either may be missing.
SWL_VNNI_INLINE void swl_vnni_half(const SwlVnniTileJob* call, SwlVnniStore store,
                                   SwlVnniHalves* at, SwlVnniHalf* to, const SwlVnniHalf* from,
                                   const int blocks, const int parts, const int kind,
                                   SwlVnniShift how) {
  const int pixels = SWL_VNNI_HALF_PIXELS(blocks);
  const int at_once = blocks > 2 ? 1 : 4 / blocks;
  const int stores = pixels / at_once;
  if (to) {
    SWL_UNROLL
    for (int i = 0; i < pixels; i++) {
      SWL_UNROLL
      for (int b = 0; b < blocks; b++) to->acc[i][b] = call->constants.bias[b];
    }
  }
  SWL_UNROLL
  for (int part = 0; part < parts; part++) {
    if (to) {
      swl_vnni_half_sums(at, part * at->quads / parts, (part + 1) * at->quads / parts, blocks, to);
    }
    SWL_UNROLL
    for (int i = DIVIDE(part * stores, parts); i < DIVIDE((part + 1) * stores, parts); i++) {
      if (!from) continue;
      swl_vnni_tile_store(call, store, from->acc + i * at_once, at->skip, at->output, at_once,
                          blocks, kind, how);
      at->output += (size_t)at_once * store.step;
      if (at->skip) at->skip += (size_t)at_once * store.step;
    }
  }
  if (to) at->x += (size_t)pixels * at->step;
}

// As many pixels as `count` holds halves, one at least.
SWL_VNNI_INLINE int32_t swl_vnni_halves(const SwlVnniTileJob* call, const SwlVnniTaps* taps,
                                        int32_t count, const int8_t* skip, int8_t* output,
                                        const int blocks, const int parts, const int kind,
                                        SwlVnniShift how) {
  SwlVnniHalves at = {.flip = swl_vnni_flip(),
                      .weights = call->weights,
                      .block_length = call->block_length,
                      .x = taps->taps[0].start,
                      .step = taps->taps[0].step,
                      .quads = taps->quads,
                      .skip = skip,
                      .output = output};
  const SwlVnniStore store = swl_vnni_store_of(call, blocks);
  const int32_t halves = count / SWL_VNNI_HALF_PIXELS(blocks);
  SwlVnniHalf a, b;
  swl_vnni_half(call, store, &at, &a, NULL, blocks, parts, kind, how);
  int32_t half = 1;
  for (; half + 2 <= halves; half += 2) {
    swl_vnni_half(call, store, &at, &b, &a, blocks, parts, kind, how);
    swl_vnni_half(call, store, &at, &a, &b, blocks, parts, kind, how);
  }
  if (half < halves) {
    swl_vnni_half(call, store, &at, &b, &a, blocks, parts, kind, how);
    a = b;
  }
  swl_vnni_half(call, store, &at, NULL, &a, blocks, parts, kind, how);
  return halves * SWL_VNNI_HALF_PIXELS(blocks);
}

#endif
