#ifndef SWL_NEON_FC_H
#define SWL_NEON_FC_H

#include "../epilogue.h"
#include "neon_epilogue.h"

// The sums and the epilogue of one block of output channels.
typedef void SwlNeonFcFunction(const SwlFullyConnectedParams* _Nonnull params,
                               const int8_t* _Nonnull input, const int8_t* _Nonnull weights,
                               const SwlNeonBlock* _Nonnull block, const int8_t* _Nonnull skip,
                               int8_t* _Nonnull output);

// Walks the blocks.
static inline void swl_neon_fc(const SwlFullyConnectedParams* _Nonnull p,
                               const int8_t* _Nonnull input, int8_t* _Nonnull output,
                               int32_t block_begin, int32_t block_end,
                               SwlNeonFcFunction* _Nonnull run) {
  assert(p->in_count > 0 && p->out_count > 0);
  assert(0 <= block_begin && block_begin <= block_end);
  assert(block_end <= swl_block_count(p->out_count));
  swl_epilogue_assert(&p->epilogue);
  const size_t block_length = (size_t)swl_quad_count(p->in_count) * SWL_QUAD_BYTES;
  for (int32_t block = block_begin; block < block_end; block++) {
    const int32_t first = block * SWL_BLOCK_CHANNELS;
    const int32_t left = p->out_count - first;
    SwlNeonBlock constants;
    swl_neon_load_block(&constants, &p->epilogue, &p->blocks[block],
                        left < SWL_BLOCK_CHANNELS ? left : SWL_BLOCK_CHANNELS);
    run(p, input, p->weights + (size_t)block * block_length, &constants,
        (p->epilogue.skip ? p->epilogue.skip : output) + first, output + first);
  }
}

#endif
