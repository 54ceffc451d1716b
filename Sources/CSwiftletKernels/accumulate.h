#ifndef SWL_ACCUMULATE_H
#define SWL_ACCUMULATE_H

#include <string.h>

#include "vectors.h"

// The dot products of one block of 16 output channels with a strip of pixels.
//
// SSE2 multiplies no bytes; int16 in pairs are the fastest it has, and to widen bytes costs more
// than their products. So weights are widened once for all pixels of a strip, and pixels once for
// all blocks, or once for each block where their inputs do not fit a chunk. Sums are unsigned:
// damaged weights make them wrap around, where signed sums would be undefined.

// Pixels that share widened weights; even.
#define SWL_STRIP 64

// Quads, groups of four inputs with [16][4] weights, that are widened at a time.
#define SWL_CHUNK 64

// What the pixels of a strip read, as int16, and room for what is widened along with it.
typedef struct SwlPatches {
  _Alignas(16) int16_t pixel[SWL_STRIP][4 * SWL_CHUNK + 16];
} SwlPatches;

typedef struct SwlSums {
  _Alignas(16) uint32_t pixel[SWL_STRIP][SWL_BLOCK_CHANNELS];
} SwlSums;

// Zeros for `count` pixels, and for one more where that is odd.
static inline void swl_clear_sums(SwlSums* _Nonnull sums, int32_t count) {
  memset(sums->pixel, 0, (size_t)(count + 1) / 2 * 2 * sizeof sums->pixel[0]);
}

// The weights of two inputs, [16][2].
typedef struct SwlPair {
  SwlShorts8 vector[4];
} SwlPair;

// A quad's weights: of inputs 0 and 1, then 2 and 3.
static inline void swl_widen_quad(const int8_t* _Nonnull weights, SwlPair pairs[_Nonnull 2]) {
  for (int32_t i = 0; i < 4; i++) {
    const SwlBytes16 bytes = swl_load_16(weights + 16 * i);
    const SwlInts8 wide = (SwlInts8) __builtin_convertvector(bytes, SwlShorts16);
    pairs[0].vector[i] = (SwlShorts8)__builtin_shufflevector(wide, wide, 0, 2, 4, 6);
    pairs[1].vector[i] = (SwlShorts8)__builtin_shufflevector(wide, wide, 1, 3, 5, 7);
  }
}

// Two inputs in every lane.
static inline SwlShorts8 swl_broadcast_pair(const int16_t* _Nonnull x) {
  int32_t pair;
  memcpy(&pair, x, sizeof pair);
  return (SwlShorts8)(SwlInts4){pair, pair, pair, pair};
}

// Adds the products of two pixels: up to eight accumulators, what 16 registers can hold.
SWL_INLINE void swl_accumulate_two(const SwlPair* _Nonnull weights, int32_t pairs,
                                   const int16_t* _Nonnull x_0, const int16_t* _Nonnull x_1,
                                   const int32_t lanes,
                                   uint32_t (*_Nonnull sums)[SWL_BLOCK_CHANNELS]) {
  SwlSums4 acc[2][4];
  memcpy(acc, sums, sizeof acc);
  for (int32_t k = 0; k < pairs; k++) {
    const SwlShorts8 a = swl_broadcast_pair(x_0 + 2 * k);
    const SwlShorts8 b = swl_broadcast_pair(x_1 + 2 * k);
    for (int32_t i = 0; i < lanes / 4; i++) {
      acc[0][i] += swl_multiply_pairs(a, weights[k].vector[i]);
      acc[1][i] += swl_multiply_pairs(b, weights[k].vector[i]);
    }
  }
  memcpy(sums, acc, sizeof acc);
}

// Adds the products of `count` pixels with `quads` ≤ SWL_CHUNK quads of a block of `channels`
// channels; an odd last pixel is summed twice, once into the sums after its own.
static inline void swl_accumulate(const int8_t* _Nonnull weights, int32_t quads,
                                  const SwlPatches* _Nonnull patches, int32_t count,
                                  int32_t channels, SwlSums* _Nonnull sums) {
  SwlPair wide[2 * SWL_CHUNK];
  for (int32_t i = 0; i < quads; i++) {
    swl_widen_quad(weights + (size_t)i * SWL_QUAD_BYTES, wide + 2 * i);
  }
  for (int32_t i = 0; i < count; i += 2) {
    const int16_t* x_0 = patches->pixel[i];
    const int16_t* x_1 = patches->pixel[i + 1 < count ? i + 1 : i];
    if (channels > 8) {
      swl_accumulate_two(wide, 2 * quads, x_0, x_1, 16, &sums->pixel[i]);
    } else {
      swl_accumulate_two(wide, 2 * quads, x_0, x_1, 8, &sums->pixel[i]);
    }
  }
}

#endif
