#include "neon_kernels.h"

#if defined(SWL_NEON)

#include "neon_fc.h"
#include "neon_gemm.h"
#include "neon_quads.h"

static void run_block(const SwlFullyConnectedParams* p, const int8_t* x, const int8_t* w,
                      const SwlNeonBlock* block, const int8_t* skip, int8_t* output) {
  int32x4_t acc[8], sums[1][4];
  swl_neon_pair_bias(acc, block);
  const int32_t has_128 = swl_neon_has_128(w, (size_t)swl_quad_count(p->in_count) * SWL_QUAD_BYTES);
  int32_t left = p->in_count;
  for (uint32_t pairs = has_128 ? 0 : (uint32_t)left / 8; pairs != 0;
       pairs--, left -= 8, x += 8, w += 128) {
    int8x16_t x0, x1;
    swl_neon_two_quads(&x0, &x1, x);
    SWL_UNROLL
    for (int32_t j = 0; j < 4; j++) {
      swl_neon_add_pair(&acc[2 * j], x0, x1, vld1q_s8(w + 16 * j), vld1q_s8(w + 64 + 16 * j));
    }
  }
  for (; left >= 4; left -= 4, x += 4, w += 64) swl_neon_add_quad(acc, swl_neon_quad(x), w);
  if (left > 0) {
    _Alignas(4) int8_t rest[4] = {0};
    memcpy(rest, x, (size_t)left);
    swl_neon_add_quad(acc, swl_neon_quad(rest), w);
  }
  swl_neon_gather(sums[0], acc);
  swl_neon_finish(block, sums, skip, output, 0, block->mode, 1);
}

void swl_fc_s8__neon(const SwlFullyConnectedParams* p, const int8_t* input, int8_t* output,
                     int32_t block_begin, int32_t block_end) {
  swl_neon_fc(p, input, output, block_begin, block_end, run_block);
}

#endif
