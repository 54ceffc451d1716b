#if defined(__x86_64__)

#include "conv_strips_avx2.h"
#include "conv_tile_avx2.h"

// Blocks that share patches where there are several chunks: those of one chunk take the place of
// another's.
#define BLOCKS 4

// What the strips of a convolution share.
typedef struct KernelCall {
  const SwlConvParams* params;
  const int8_t* input;
  int8_t* output;
  SwlGroupCounts counts;
} KernelCall;

// Widens `count` inputs, 16 at a time.
SWL_AVX2_INLINE void widen(const int8_t* x, size_t count, int16_t* wide) {
  for (size_t i = 0; i < count; i += 16) {
    const __m128i bytes = _mm_loadu_si128((const __m128i*)(x + i));
    _mm256_storeu_si256((__m256i*)(wide + i), _mm256_cvtepi8_epi16(bytes));
  }
}

// x₀x₂ + x₁x₃ of the quads of 16 inputs, each twice.
SWL_AVX2_INLINE __m256i quad_products(__m256i x) {
  return _mm256_madd_epi16(x, _mm256_shuffle_epi32(x, _MM_SHUFFLE(2, 3, 0, 1)));
}

// Those of a pixel, eight sums that make up twice as much; `mask` has the inputs of its last 1–4
// quads.
SWL_AVX2_INLINE __m256i sum_products(const int16_t* x, int32_t quads, __m256i mask) {
  __m256i sum = _mm256_setzero_si256();
  for (; quads > 4; quads -= 4, x += 16) {
    sum = _mm256_add_epi32(sum, quad_products(swl_avx2_load(x)));
  }
  return _mm256_add_epi32(sum, quad_products(_mm256_and_si256(swl_avx2_load(x), mask)));
}

// Fills in the products of `count` pixels, and of up to three more, which nobody reads.
SWL_AVX2 static void make_products__avx2(SwlAvx2Patches* patches, int32_t quads, int32_t count) {
  const __m256i mask = _mm256_cmpgt_epi64(_mm256_set1_epi64x(quads - (quads - 1) / 4 * 4),
                                          _mm256_setr_epi64x(0, 1, 2, 3));
  for (int32_t i = 0; i < count; i += 4) {
    const int16_t* x = patches->inputs + (size_t)i * patches->step;
    __m256i sums[4];
    SWL_UNROLL
    for (int k = 0; k < 4; k++) sums[k] = sum_products(x + (size_t)k * patches->step, quads, mask);
    const __m256i halves =
        _mm256_hadd_epi32(_mm256_hadd_epi32(sums[0], sums[1]), _mm256_hadd_epi32(sums[2], sums[3]));
    const __m128i twice =
        _mm_add_epi32(_mm256_castsi256_si128(halves), _mm256_extracti128_si256(halves, 1));
    _mm_storeu_si128((__m128i*)(patches->products + i), _mm_srai_epi32(twice, 1));
  }
}

// Widens what a strip reads in a chunk. `channel` is the group's first input channel.
SWL_AVX2 static void make_patches__avx2(const KernelCall* call, SwlStrip strip, int32_t channel,
                                        SwlAvx2Chunk chunk, SwlAvx2Patches* patches) {
  const SwlConvParams* p = call->params;
  if (swl_conv_is_pointwise(p) && chunk.count * 4 == p->in_c) {
    // The pixels stand one after the other.
    const size_t first = (size_t)strip.y * (size_t)p->out_w + (size_t)strip.x;
    patches->step = (size_t)p->in_c;
    widen(call->input + first * patches->step, (size_t)strip.count * patches->step,
          patches->inputs);
    return;
  }
  // What is widened past a tap's inputs is overwritten by the next tap, or not read.
  patches->step = (size_t)(chunk.count + 3) * 4;
  for (int32_t done = 0; done < chunk.count;) {
    const SwlTapQuads run = swl_tap_quads(call->counts, chunk.first + done, chunk.count - done);
    const int8_t* pixels[SWL_STRIP];
    swl_strip_pixels(p, call->input, strip, run.tap / p->kernel_w, run.tap % p->kernel_w, pixels);
    int16_t* wide = patches->inputs + 4 * done;
    for (int32_t i = 0; i < strip.count; i++, wide += patches->step) {
      widen(pixels[i] + channel + 4 * run.begin, (size_t)run.count * 4, wide);
    }
    done += run.count;
  }
}

// What block `index` of a group needs for a strip.
SWL_AVX2 static void make_block__avx2(const KernelCall* call, SwlStrip strip, int32_t group,
                                      int32_t index, SwlAvx2Block* block) {
  const SwlConvParams* p = call->params;
  const SwlGroupCounts counts = call->counts;
  const size_t packed = (size_t)group * (size_t)counts.blocks + (size_t)index;
  const int32_t channel = group * counts.out_channels + index * SWL_BLOCK_CHANNELS;
  const size_t pixel = (size_t)strip.y * (size_t)p->out_w + (size_t)strip.x;
  const size_t at = pixel * (size_t)p->out_step + (size_t)channel;
  block->kind = p->epilogue.kind;
  block->channels = swl_block_channels(counts.out_channels, index);
  block->weights = p->weights + packed * (size_t)counts.quads * SWL_QUAD_BYTES;
  block->skip = p->epilogue.skip ? p->epilogue.skip + at : NULL;
  block->output = call->output + at;
  block->out_step = (size_t)p->out_step;
  swl_avx2_channels(&block->constants, &p->epilogue, &p->blocks[packed]);
}

// One group of a strip. Patches that fit one chunk serve all blocks.
SWL_AVX2 static void run_group__avx2(const KernelCall* call, SwlStrip strip, int32_t group) {
  const SwlGroupCounts counts = call->counts;
  SwlAvx2Patches patches;
  SwlAvx2Block blocks[BLOCKS];
  int32_t made = -1;
  for (int32_t begin = 0; begin < counts.blocks; begin += BLOCKS) {
    const int32_t rest = counts.blocks - begin;
    const int32_t count = rest < BLOCKS ? rest : BLOCKS;
    for (int32_t i = 0; i < count; i++) {
      make_block__avx2(call, strip, group, begin + i, &blocks[i]);
    }
    for (int32_t first = 0; first < counts.quads; first += SWL_AVX2_CHUNK) {
      const int32_t left = counts.quads - first;
      const SwlAvx2Chunk chunk = {.first = first,
                                  .count = left < SWL_AVX2_CHUNK ? left : SWL_AVX2_CHUNK,
                                  .is_first = first == 0,
                                  .is_last = left <= SWL_AVX2_CHUNK};
      if (made != first) {
        make_patches__avx2(call, strip, group * counts.in_channels, chunk, &patches);
        make_products__avx2(&patches, chunk.count, strip.count);
        made = first;
      }
      for (int32_t i = 0; i < count; i++) {
        swl_avx2_block(&blocks[i], &patches, chunk, strip.count);
      }
    }
  }
}

SWL_AVX2 void swl_conv_strips__avx2(const SwlConvParams* p, const int8_t* input, int8_t* output,
                                    int32_t row_begin, int32_t row_end) {
  const KernelCall call = {
      .params = p, .input = input, .output = output, .counts = swl_group_counts(p)};
  // Strips of about the same length, for widened weights to serve many pixels, and of whole tiles.
  const int64_t begin = (int64_t)row_begin * p->out_w;
  const int64_t end = (int64_t)row_end * p->out_w;
  const int64_t tiles = (end - begin + SWL_AVX2_TILE - 1) / SWL_AVX2_TILE;
  const int64_t most = SWL_STRIP / SWL_AVX2_TILE;
  const int64_t strips = (tiles + most - 1) / most;
  const int64_t length = (tiles + strips - 1) / strips * SWL_AVX2_TILE;
  for (int64_t first = begin; first < end; first += length) {
    const SwlStrip strip = swl_strip(p, first, first + length < end ? first + length : end);
    for (int32_t group = 0; group < p->groups; group++) run_group__avx2(&call, strip, group);
  }
}

#endif
