#ifndef SWL_CONV_TILE_AVX2_H
#define SWL_CONV_TILE_AVX2_H

#include "../../conv_strip.h"
#include "../../conv_taps.h"
#include "epilogue_avx2.h"

// The dot products of one block of output channels with a strip of pixels.
//
// Products of bytes cost an instruction for signs; those of widened int16 pairs do not, but only
// half of the vector units multiply, and pairs keep these busier than the others. Winograd's inner
// product trades every other multiplication for an addition:
//
//   x₀w₀ + x₂w₂ = (x₀ + w₂)(x₂ + w₀) − x₀x₂ − w₀w₂
//
// of which x₀x₂ is summed once for all channels and w₀w₂ once for all pixels. Nothing is rounded:
// sums of two bytes fit int16, and what wraps around in 32 bits comes back. Weights are widened
// once for all pixels of a strip, and pixels once for all blocks.

// Quads, groups of four inputs with [16][4] weights, that are widened at a time.
#define SWL_AVX2_CHUNK 256

// Pixels whose sums the registers hold: two accumulators each, next to a quad's four vectors of
// weights, a pixel's inputs and two sums of both. For a fourth, weights would be loaded again.
#define SWL_AVX2_TILE 3

// What the pixels of a strip read, as int16, one pixel after the other, and room for what is
// widened along with the last.
typedef struct SwlAvx2Patches {
  size_t step;                  // inputs from one pixel to the next
  int32_t products[SWL_STRIP];  // x₀x₂ + x₁x₃ of all quads
  _Alignas(32) int16_t inputs[SWL_STRIP * (4 * SWL_AVX2_CHUNK + 16) + 16];
} SwlAvx2Patches;

// A quad's weights, of inputs 0 and 1 and of 2 and 3: of the accumulators' channels, or of channels
// 0–7 alone.
typedef struct SwlAvx2Quad {
  __m256i pairs[2][2];
} SwlAvx2Quad;

// The outputs of one block.
typedef struct SwlAvx2Block {
  int32_t kind;           // SwlEpilogueKind
  int32_t channels;       // output channels in the block, up to 16
  const int8_t* weights;  // all quads
  const int8_t* skip;
  int8_t* output;
  size_t out_step;  // bytes from one output pixel to the next
  SwlAvx2Channels constants;
  __m256i sums[SWL_STRIP][2];  // from one chunk to the next
} SwlAvx2Block;

// Which of all quads are summed.
typedef struct SwlAvx2Chunk {
  int32_t first, count;
  int32_t is_first, is_last;
} SwlAvx2Chunk;

// The four weights of 8 channels as int16 pairs; returns w₀w₂ + w₁w₃.
SWL_AVX2_INLINE __m256i swl_avx2_widen_pairs(__m256i w, __m256i* first, __m256i* second) {
  const __m256i order = _mm256_broadcastsi128_si256(
      _mm_setr_epi8(0, 1, 4, 5, 8, 9, 12, 13, 2, 3, 6, 7, 10, 11, 14, 15));
  const __m256i pairs = _mm256_shuffle_epi8(w, order);
  *first = _mm256_srai_epi16(_mm256_unpacklo_epi8(pairs, pairs), 8);
  *second = _mm256_srai_epi16(_mm256_unpackhi_epi8(pairs, pairs), 8);
  return _mm256_madd_epi16(*first, *second);
}

// Widens a chunk's weights and subtracts their products from `base`.
SWL_AVX2_INLINE void swl_avx2_widen_weights(const int8_t* weights, int32_t quads, const int vectors,
                                            SwlAvx2Quad* wide, __m256i base[2]) {
  for (int32_t i = 0; i < quads; i++, weights += 64, wide++) {
    __m256i w[2];
    if (vectors == 1) {
      w[0] = swl_avx2_load(weights);
    } else {
      swl_avx2_weights(weights, w);
    }
    SWL_UNROLL
    for (int j = 0; j < vectors; j++) {
      const __m256i products = swl_avx2_widen_pairs(w[j], &wide->pairs[0][j], &wide->pairs[1][j]);
      base[j] = _mm256_sub_epi32(base[j], products);
    }
  }
}

// Two inputs in every lane.
SWL_AVX2_INLINE __m256i swl_avx2_broadcast_pair(const int16_t* x) {
  int32_t pair;
  memcpy(&pair, x, sizeof pair);
  return _mm256_set1_epi32(pair);
}

// One tile of `pixels` pixels from pixel `first` on, of a block with so many vectors of channels.
// The vectors of `base` are what all pixels' sums begin with.
SWL_AVX2_INLINE void swl_avx2_tile(SwlAvx2Block* block, const SwlAvx2Patches* patches,
                                   SwlAvx2Chunk chunk, const SwlAvx2Quad* w, const __m256i base[2],
                                   int32_t first, const int pixels, const int vectors) {
  __m256i acc[SWL_AVX2_TILE][2];
  SWL_UNROLL
  for (int i = 0; i < pixels; i++) {
    const __m256i products = _mm256_set1_epi32(patches->products[first + i]);
    SWL_UNROLL
    for (int j = 0; j < vectors; j++) {
      acc[i][j] = _mm256_sub_epi32(base[j], products);
      if (!chunk.is_first) acc[i][j] = _mm256_add_epi32(acc[i][j], block->sums[first + i][j]);
    }
  }
  const size_t step = patches->step;
  const int16_t* x = patches->inputs + (size_t)first * step;
  const int16_t* const end = x + 4 * chunk.count;
  for (; x != end; x += 4, w++) {
    __m256i low_weights[2], high_weights[2];
    SWL_UNROLL
    for (int j = 0; j < vectors; j++) {
      low_weights[j] = w->pairs[0][j];
      high_weights[j] = w->pairs[1][j];
    }
    SWL_UNROLL
    for (int i = 0; i < pixels; i++) {
      const __m256i low = swl_avx2_broadcast_pair(x + (size_t)i * step);
      const __m256i high = swl_avx2_broadcast_pair(x + (size_t)i * step + 2);
      SWL_UNROLL
      for (int j = 0; j < vectors; j++) {
        const __m256i products = _mm256_madd_epi16(_mm256_add_epi16(low, high_weights[j]),
                                                   _mm256_add_epi16(high, low_weights[j]));
        acc[i][j] = _mm256_add_epi32(acc[i][j], products);
      }
    }
  }
  SWL_UNROLL
  for (int i = 0; i < pixels; i++) {
    if (!chunk.is_last) {
      SWL_UNROLL
      for (int j = 0; j < vectors; j++) block->sums[first + i][j] = acc[i][j];
      continue;
    }
    const size_t at = (size_t)(first + i) * block->out_step;
    if (vectors == 1) acc[i][1] = _mm256_permute2x128_si256(acc[i][0], acc[i][0], 1);
    const __m128i y = swl_avx2_finish(block->kind, &block->constants, acc[i][0], acc[i][1],
                                      block->skip ? block->skip + at : NULL);
    swl_avx2_store(block->output + at, y, block->channels);
  }
}

// swl_avx2_block for blocks with so many vectors of channels.
SWL_AVX2_INLINE void swl_avx2_tiles(SwlAvx2Block* block, const SwlAvx2Patches* patches,
                                    SwlAvx2Chunk chunk, int32_t count, const int vectors) {
  __m256i base[2] = {_mm256_setzero_si256(), _mm256_setzero_si256()};
  if (chunk.is_first) {
    base[0] = block->constants.bias[0];
    base[1] = block->constants.bias[1];
    // One vector has channels 0–7.
    if (vectors == 1) base[0] = _mm256_permute2x128_si256(base[0], base[1], 0x20);
  }
  SwlAvx2Quad w[SWL_AVX2_CHUNK];
  swl_avx2_widen_weights(block->weights + (size_t)chunk.first * SWL_QUAD_BYTES, chunk.count,
                         vectors, w, base);
  // Along with each tile, a part of the weights that are widened next is brought near.
  const int8_t* next =
      block->weights + ((size_t)chunk.first + (size_t)chunk.count) * SWL_QUAD_BYTES;
  const int32_t lines = chunk.count * SWL_AVX2_TILE / count;
  int32_t i = 0;
  for (; i + SWL_AVX2_TILE <= count; i += SWL_AVX2_TILE) {
    for (int32_t line = 0; line < lines; line++, next += 64) _mm_prefetch(next, _MM_HINT_T0);
    swl_avx2_tile(block, patches, chunk, w, base, i, SWL_AVX2_TILE, vectors);
  }
  for (; i < count; i++) swl_avx2_tile(block, patches, chunk, w, base, i, 1, vectors);
}

// Adds the products of a chunk for `count` pixels; the last makes the sums outputs.
SWL_AVX2_INLINE void swl_avx2_block(SwlAvx2Block* block, const SwlAvx2Patches* patches,
                                    SwlAvx2Chunk chunk, int32_t count) {
  if (block->channels > 8) {
    swl_avx2_tiles(block, patches, chunk, count, 2);
  } else {
    swl_avx2_tiles(block, patches, chunk, count, 1);
  }
}

#endif
