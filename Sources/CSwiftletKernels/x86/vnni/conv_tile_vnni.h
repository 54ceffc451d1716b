#ifndef SWL_CONV_TILE_VNNI_H
#define SWL_CONV_TILE_VNNI_H

#include "../../conv_taps.h"
#include "epilogue_vnni.h"

// The product of a tile of output pixels and 1…4 channel blocks, its sums kept in registers from
// the first tap to the stored bytes.

// What a tile does not change.
typedef struct SwlVnniTileJob {
  const int8_t* weights;  // of the first block, all taps
  size_t block_length;    // bytes of one block's weights
  int32_t kind;           // SwlEpilogueKind
  int32_t channels;       // output channels in the blocks, up to 64
  size_t out_step;        // bytes from one output pixel to the next
  SwlVnniChannels constants;
} SwlVnniTileJob;

// What the pixels of a stretch read, in the weights' order: `count` taps of `quads` groups of 4
// bytes, quad_step apart.
typedef struct SwlVnniTaps {
  SwlTap taps[SWL_MAX_TAPS];
  int32_t count, quads;
  size_t quad_step;
} SwlVnniTaps;

// The most pixels that fit the registers, by blocks: pixels × blocks sums, the blocks' weights,
// one activation.
static const int32_t swl_vnni_tile_pixels[5] = {0, 12, 12, 8, 6};

// Sums pixels × blocks from the bias on. Pixels are addressed from every fourth one with two
// steps, which leaves the compiler enough registers for addresses.
SWL_VNNI_INLINE void swl_vnni_tile_sums(const SwlVnniTileJob* call, const SwlVnniTaps* from,
                                        size_t first, const int pixels, const int blocks,
                                        __m512i acc[12][4]) {
  SWL_UNROLL
  for (int i = 0; i < pixels; i++) {
    SWL_UNROLL
    for (int b = 0; b < blocks; b++) acc[i][b] = call->constants.bias[b];
  }
  const __m512i flip = swl_vnni_flip();
  const int8_t* weights = call->weights;
  const size_t block_length = call->block_length, quad_step = from->quad_step;
  for (int32_t t = 0; t < from->count; t++) {
    const size_t step = from->taps[t].step;
    const int8_t* x[3];
    SWL_UNROLL
    for (int i = 0; i < 3; i++) x[i] = from->taps[t].start + (first + (size_t)(4 * i)) * step;
    const size_t step_3 = 3 * step;
    for (int32_t quad = 0; quad < from->quads; quad++) {
      __m512i w[4];
      SWL_UNROLL
      for (int b = 0; b < blocks; b++) {
        w[b] = swl_vnni_load(weights + (size_t)b * block_length);
      }
      SWL_UNROLL
      for (int i = 0; i < pixels; i++) {
        const size_t offset = i % 4 == 3 ? step_3 : (size_t)(i % 4) * step;
        const __m512i a = swl_vnni_broadcast(x[i / 4] + offset, flip);
        SWL_UNROLL
        for (int b = 0; b < blocks; b++) acc[i][b] = _mm512_dpbusd_epi32(acc[i][b], a, w[b]);
      }
      weights += 64;
      SWL_UNROLL
      for (int i = 0; i < 3; i++) x[i] += quad_step;
    }
  }
}

// The other operand of a residual add, for `pixels` pixels. Bytes past the channels are readable
// and change nothing.
SWL_VNNI_INLINE __m512i swl_vnni_tile_skip(const int8_t* skip, size_t step, const int pixels,
                                           const int blocks) {
  if (blocks > 2) return swl_vnni_load(skip);
  const int8_t* x[4];
  SWL_UNROLL
  for (int i = 0; i < 4; i++) x[i] = i < pixels ? skip + (size_t)i * step : skip;
  return blocks == 2 ? swl_vnni_load_2(x[0], x[1]) : swl_vnni_load_4(x[0], x[1], x[2], x[3]);
}

// How outputs are stored: by value, which no store can change.
typedef struct SwlVnniStore {
  __mmask64 mask;  // the channels
  size_t step;     // bytes from one output pixel to the next
  int is_dense;    // whether pixels of one or two blocks stand side by side
} SwlVnniStore;

SWL_VNNI_INLINE SwlVnniStore swl_vnni_store_of(const SwlVnniTileJob* call, const int blocks) {
  return (SwlVnniStore){.mask = swl_vnni_mask(call->channels),
                        .step = call->out_step,
                        .is_dense = blocks <= 2 && call->channels == blocks * SWL_BLOCK_CHANNELS &&
                                    call->out_step == (size_t)(blocks * SWL_BLOCK_CHANNELS)};
}

// Stores pixels one by one where a pixel has more than two blocks, else two or four at a time: at
// once where they stand side by side.
SWL_VNNI_INLINE void swl_vnni_tile_store(const SwlVnniTileJob* call, SwlVnniStore store,
                                         const __m512i acc[12][4], const int8_t* skip,
                                         int8_t* output, const int pixels, const int blocks,
                                         int32_t kind, SwlVnniShift how) {
  const __m512i zero = _mm512_setzero_si512();
  const int at_once = blocks > 2 ? 1 : 4 / blocks;
  SWL_UNROLL
  for (int i = 0; i < pixels; i += at_once) {
    const int is_vector = store.is_dense && i + at_once <= pixels;
    __m512i units[4];
    SWL_UNROLL
    for (int u = 0; u < 4; u++) {
      const int pixel = i + (blocks > 2 ? 0 : u / blocks);
      const int block = blocks > 2 ? u : u % blocks;
      units[u] = pixel < pixels && block < blocks ? acc[pixel][block] : zero;
    }
    __m512i other = zero;
    if (kind == SWL_EPILOGUE_ADD) {
      other = is_vector ? swl_vnni_load(skip)
                        : swl_vnni_tile_skip(skip, store.step, pixels - i, blocks);
    }
    const __m512i y = swl_vnni_finish(kind, how, &call->constants, units[0], units[1], units[2],
                                      units[3], SWL_VNNI_BY_BLOCK, other);
    if (blocks > 2) {
      _mm512_mask_storeu_epi8(output, store.mask, y);
    } else if (is_vector) {
      _mm512_storeu_si512(output, y);
    } else if (blocks == 2) {
      _mm256_mask_storeu_epi8(output, (__mmask32)store.mask, _mm512_castsi512_si256(y));
      if (i + 1 < pixels) {
        _mm256_mask_storeu_epi8(output + store.step, (__mmask32)store.mask,
                                _mm512_extracti64x4_epi64(y, 1));
      }
    } else {
      const __m128i parts[4] = {_mm512_castsi512_si128(y), _mm512_extracti32x4_epi32(y, 1),
                                _mm512_extracti32x4_epi32(y, 2), _mm512_extracti32x4_epi32(y, 3)};
      SWL_UNROLL
      for (int u = 0; u < 4 && i + u < pixels; u++) {
        _mm_mask_storeu_epi8(output + (size_t)u * store.step, (__mmask16)store.mask, parts[u]);
      }
    }
    output += (size_t)at_once * store.step;
    if (skip) skip += (size_t)at_once * store.step;
  }
}

#endif
