#include "accumulate.h"
#include "epilogue.h"

// A convolution of one pixel: weights are widened for it alone.
void swl_fc_s8__portable(const SwlFullyConnectedParams* p, const int8_t* input, int8_t* output,
                         int32_t block_begin, int32_t block_end) {
  assert(p->in_count > 0 && p->out_count > 0);
  assert(0 <= block_begin && block_begin <= block_end);
  assert(block_end <= swl_block_count(p->out_count));
  swl_epilogue_assert(&p->epilogue);
  const int32_t quads = swl_quad_count(p->in_count);

  for (int32_t block = block_begin; block < block_end; block++) {
    const int8_t* weights = p->weights + (size_t)block * (size_t)quads * SWL_QUAD_BYTES;
    SwlSums4 acc[4] = {{0}, {0}, {0}, {0}};
    for (int32_t i = 0; i < quads; i++) {
      SwlPair w[2];
      swl_widen_quad(weights + (size_t)i * SWL_QUAD_BYTES, w);
      int16_t x[4];
      for (int32_t k = 0; k < 4; k++) x[k] = input[4 * i + k];
      const SwlShorts8 a = swl_broadcast_pair(x), b = swl_broadcast_pair(x + 2);
      for (int32_t k = 0; k < 4; k++) {
        acc[k] += swl_multiply_pairs(a, w[0].vector[k]) + swl_multiply_pairs(b, w[1].vector[k]);
      }
    }
    uint32_t sums[1][SWL_BLOCK_CHANNELS];
    memcpy(sums, acc, sizeof sums);
    const int32_t first = block * SWL_BLOCK_CHANNELS;
    const int32_t left = p->out_count - first;
    swl_epilogue_store(&p->epilogue, &p->blocks[block], sums, 1, (size_t)first, 0,
                       left < SWL_BLOCK_CHANNELS ? left : SWL_BLOCK_CHANNELS, output);
  }
}
