#include "accumulate.h"
#include "epilogue.h"

void swl_fc_s8__scalar(const SwlFullyConnectedParams* p, const int8_t* input, int8_t* output,
                       int32_t block_begin, int32_t block_end) {
  assert(p->in_count > 0 && p->out_count > 0);
  assert(0 <= block_begin && block_begin <= block_end);
  assert(block_end <= (p->out_count + SWL_BLOCK - 1) / SWL_BLOCK);
  swl_epilogue_assert(&p->epilogue);
  const size_t block_length = (size_t)((p->in_count + 3) / 4) * 4 * SWL_BLOCK;

  for (int32_t block = block_begin; block < block_end; block++) {
    const int32_t first = block * SWL_BLOCK;
    const int32_t left = p->out_count - first;
    const int32_t count = left < SWL_BLOCK ? left : SWL_BLOCK;
    uint32_t sums[SWL_BLOCK] = {0};
    swl_accumulate(sums, input, p->weights + (size_t)block * block_length, p->in_count);
    const int8_t* skip = p->epilogue.skip ? p->epilogue.skip + first : NULL;
    swl_epilogue_store(&p->epilogue, &p->blocks[block], sums, skip, output + first, count);
  }
}
