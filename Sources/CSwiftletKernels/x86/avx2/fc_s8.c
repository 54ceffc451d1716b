#if defined(__x86_64__)

#include "../x86_kernels.h"
#include "epilogue_avx2.h"

// Even and odd quads of a block are summed apart: one chain of additions would wait for itself.
SWL_AVX2 void swl_fc_s8__avx2(const SwlFullyConnectedParams* p, const int8_t* input, int8_t* output,
                              int32_t block_begin, int32_t block_end) {
  assert(p->in_count > 0 && p->out_count > 0);
  assert(0 <= block_begin && block_begin <= block_end);
  assert(block_end <= swl_block_count(p->out_count));
  swl_epilogue_assert(&p->epilogue);
  const int32_t quads = swl_quad_count(p->in_count);
  for (int32_t block = block_begin; block < block_end; block++) {
    SwlAvx2Channels constants;
    swl_avx2_channels(&constants, &p->epilogue, &p->blocks[block]);
    __m256i acc[2][2] = {{constants.bias[0], constants.bias[1]},
                         {_mm256_setzero_si256(), _mm256_setzero_si256()}};
    const int8_t* weights = p->weights + (size_t)block * (size_t)quads * SWL_QUAD_BYTES;
    int32_t quad = 0;
    for (; quad + 2 <= quads; quad += 2) {
      SWL_UNROLL
      for (int i = 0; i < 2; i++) {
        const __m256i x = swl_avx2_broadcast(input + 4 * (quad + i));
        const __m256i magnitude = _mm256_abs_epi8(x);
        __m256i w[2];
        swl_avx2_weights(weights + (size_t)(quad + i) * SWL_QUAD_BYTES, w);
        acc[i][0] = swl_avx2_dot(acc[i][0], x, magnitude, w[0]);
        acc[i][1] = swl_avx2_dot(acc[i][1], x, magnitude, w[1]);
      }
    }
    if (quad < quads) {
      const __m256i x = swl_avx2_broadcast(input + 4 * quad);
      const __m256i magnitude = _mm256_abs_epi8(x);
      __m256i w[2];
      swl_avx2_weights(weights + (size_t)quad * SWL_QUAD_BYTES, w);
      acc[0][0] = swl_avx2_dot(acc[0][0], x, magnitude, w[0]);
      acc[0][1] = swl_avx2_dot(acc[0][1], x, magnitude, w[1]);
    }
    const int32_t first = block * SWL_BLOCK_CHANNELS;
    const int32_t left = p->out_count - first;
    const __m128i y = swl_avx2_finish(
        p->epilogue.kind, &constants, _mm256_add_epi32(acc[0][0], acc[1][0]),
        _mm256_add_epi32(acc[0][1], acc[1][1]), p->epilogue.skip ? p->epilogue.skip + first : NULL);
    swl_avx2_store(output + first, y, left);
  }
}

#endif
