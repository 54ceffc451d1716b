#ifndef SWL_CONV_STRIPS_AVX2_H
#define SWL_CONV_STRIPS_AVX2_H

#include "../x86_kernels.h"

// Whether widened inputs and weights serve so many products that widening them pays: inputs are
// widened for all output channels, weights for up to SWL_STRIP pixels.
static inline int32_t swl_avx2_conv_wants_strips(const SwlConvParams* _Nonnull p, int32_t row_begin,
                                                 int32_t row_end) {
  return p->in_c / p->groups >= 24 && p->out_c / p->groups >= 24 &&
         (int64_t)(row_end - row_begin) * p->out_w >= 16;
}

// swl_conv2d_s8__avx2 for those, strip by strip.
void swl_conv_strips__avx2(const SwlConvParams* _Nonnull params, const int8_t* _Nonnull input,
                           int8_t* _Nonnull output, int32_t row_begin, int32_t row_end);

#endif
