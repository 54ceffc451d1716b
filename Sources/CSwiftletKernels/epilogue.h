#ifndef SWL_EPILOGUE_H
#define SWL_EPILOGUE_H

#include <assert.h>

#include "CSwiftletKernels.h"

// Adds the bias and turns the sums of the first `count` ≤ 16 channels of a block into int8.
// `skip` stands where `output` does, in the other operand of a residual add; else it is null.
static inline void swl_epilogue_store(const SwlEpilogue* _Nonnull epilogue,
                                      const SwlChannelBlock* _Nonnull block,
                                      const uint32_t* _Nonnull sums, const int8_t* _Nullable skip,
                                      int8_t* _Nonnull output, int32_t count) {
  for (int32_t n = 0; n < count; n++) {
    assert(block->shift[n] >= -7 && block->shift[n] <= 24 && block->multiplier[n] >= 0);
    assert(block->lo[n] <= block->hi[n]);
  }
  int32_t acc[SWL_BLOCK];
  for (int32_t n = 0; n < SWL_BLOCK; n++) {
    acc[n] = (int32_t)(sums[n] + (uint32_t)block->bias[n]);
  }
  switch ((SwlEpilogueKind)epilogue->kind) {
    case SWL_EPILOGUE_REQUANTIZE:
      for (int32_t n = 0; n < count; n++) {
        output[n] = swl_requantize(acc[n], block->shift[n], block->multiplier[n], block->lo[n],
                                   block->hi[n]);
      }
      break;
    case SWL_EPILOGUE_HARD_SWISH:
      for (int32_t n = 0; n < count; n++) {
        const int32_t b = swl_requantize_16(acc[n], block->shift[n], block->multiplier[n]);
        output[n] = swl_hard_swish(b, epilogue->fraction_bits, block->swish_multiplier[n],
                                   block->zero_point[n], epilogue->output_shift, block->lo[n],
                                   block->hi[n]);
      }
      break;
    case SWL_EPILOGUE_ADD:
      for (int32_t n = 0; n < count; n++) {
        const int32_t b = swl_requantize_16(acc[n], block->shift[n], block->multiplier[n]);
        output[n] = swl_residual_add(b, skip[n], epilogue->skip_multiplier, block->lo[n],
                                     block->hi[n]);
      }
      break;
  }
}

// What every kernel asserts of its epilogue.
static inline void swl_epilogue_assert(const SwlEpilogue* _Nonnull epilogue) {
  switch ((SwlEpilogueKind)epilogue->kind) {
    case SWL_EPILOGUE_REQUANTIZE:
      break;
    case SWL_EPILOGUE_HARD_SWISH:
      assert(epilogue->fraction_bits >= 0 && epilogue->fraction_bits <= 12);
      assert(epilogue->output_shift >= 2 && epilogue->output_shift <= 7);
      break;
    case SWL_EPILOGUE_ADD:
      assert(epilogue->skip);
      assert(epilogue->skip_multiplier >= 0 && epilogue->skip_multiplier < 1 << 14);
      break;
  }
}

#endif
