#ifndef SWL_DWCONV_5X5_VNNI_H
#define SWL_DWCONV_5X5_VNNI_H

#include "../../include/CSwiftletKernels.h"

// Whether swl_dwconv_5x5__vnni computes it: 5×5 without dilation, horizontal stride
// 1 or 2.
static inline int32_t swl_dwconv_is_5x5(const SwlConvParams* _Nonnull p) {
  return p->kernel_h == 5 && p->kernel_w == 5 && (p->stride_w == 1 || p->stride_w == 2) &&
         p->dilation_h == 1 && p->dilation_w == 1;
}

void swl_dwconv_5x5__vnni(const SwlConvParams* _Nonnull params, const int8_t* _Nonnull input,
                          int8_t* _Nonnull output, int32_t row_begin, int32_t row_end);

#endif
