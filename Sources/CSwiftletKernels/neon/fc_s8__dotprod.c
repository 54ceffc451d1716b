#if defined(__aarch64__)

#include "neon_dotprod.h"
#include "neon_fc.h"
#include "neon_kernels.h"

// Even and odd quads have accumulators of their own, so that eight chains of SDOT run at once.
SWL_DOTPROD static void run_block__dotprod(const SwlFullyConnectedParams* p, const int8_t* x,
                                           const int8_t* w, const SwlNeonBlock* block,
                                           const int8_t* skip, int8_t* output) {
  int32x4_t sums[1][4], odd[4];
  int32x4_t* even = sums[0];
  SWL_UNROLL
  for (int32_t j = 0; j < 4; j++) even[j] = block->bias[j], odd[j] = vdupq_n_s32(0);
  int32_t left = p->in_count;
  for (; left >= 16; left -= 16, x += 16, w += 256) {
    const int8x16_t v = vld1q_s8(x);
    SWL_UNROLL
    for (int32_t j = 0; j < 4; j++) {
      even[j] = vdotq_laneq_s32(even[j], vld1q_s8(w + 16 * j), v, 0);
      odd[j] = vdotq_laneq_s32(odd[j], vld1q_s8(w + 64 + 16 * j), v, 1);
      even[j] = vdotq_laneq_s32(even[j], vld1q_s8(w + 128 + 16 * j), v, 2);
      odd[j] = vdotq_laneq_s32(odd[j], vld1q_s8(w + 192 + 16 * j), v, 3);
    }
  }
  for (; left > 0; left -= 4, x += 4, w += 64) {
    _Alignas(4) int8_t quad[4] = {0};
    memcpy(quad, x, (size_t)(left < 4 ? left : 4));
    const int8x16_t v = vreinterpretq_s8_s32(vld1q_dup_s32((const int32_t*)(const void*)quad));
    SWL_UNROLL
    for (int32_t j = 0; j < 4; j++) even[j] = vdotq_s32(even[j], vld1q_s8(w + 16 * j), v);
  }
  SWL_UNROLL
  for (int32_t j = 0; j < 4; j++) even[j] = vaddq_s32(even[j], odd[j]);
  swl_neon_finish(block, sums, skip, output, 0, block->mode, 1);
}

void swl_fc_s8__dotprod(const SwlFullyConnectedParams* p, const int8_t* input, int8_t* output,
                        int32_t block_begin, int32_t block_end) {
  swl_neon_fc(p, input, output, block_begin, block_end, run_block__dotprod);
}

#endif
